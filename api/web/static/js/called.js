// Names as people call them: what is typed for a party or a factory becomes its short name, or those are offered that
// it may mean.

import { h, say } from "./dom.js";

const MOST = 8; // names that are offered
const PREFIX = /^[a-z]+:/;

// Letters without case and accents, as people type them.
const plainly = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();

// What is typed, read: {value} when it is a name's own value or what exactly one name is called, else {near}, the
// names that it may mean. `names` is a list of {value, called}.
export function meant(typed, names) {
  const own = names.find(({ value }) => value === typed);
  if (own) return { value: own.value, near: [] };
  const words = plainly(typed);
  const exact = names.filter(({ value, called }) => plainly(called) === words || value.replace(PREFIX, "") === words);
  if (exact.length === 1) return { value: exact[0].value, near: [] };
  const near = names.filter(({ value, called }) => words !== "" && (plainly(called).includes(words) || value.includes(words)));
  return { value: null, near: near.slice(0, MOST) };
}

// What a list of suggestions holds, from the map of all names (`party:x` to what it is called): whole names in `names`,
// parties by their short names in `parties`, these and factories by their whole names in `actors`.
export function listed(list, names) {
  const all = [...names].map(([name, called]) => ({ value: name, called }));
  if (list === "names") return all;
  const parties = all.filter(({ value }) => value.startsWith("party:")).map(({ value, called }) => ({ value: value.slice("party:".length), called }));
  return list === "parties" ? parties : [...all.filter(({ value }) => !value.startsWith("party:")), ...parties];
}

export const LISTS = ["parties", "names", "actors"];
const TAKES_NAMES = LISTS.map((list) => `input[list="${list}"]`).join();
// Offers move what stands below them, so they wait until whoever presses a button there has let go of it.
const LATER = 300; // milliseconds

// Let the fields of a form that take names take what these are called. `names` gives the map of the moment; `changed`
// hears of what was written into a field.
export function armNames(form, names, words, changed) {
  form.addEventListener("change", ({ target }) => {
    if (!target.matches(TAKES_NAMES)) return;
    const told = settle(target, names(), words, changed);
    setTimeout(() => placeFor(target).replaceChildren(...told), LATER);
  });
}

// Write into a field the name that it means, of the map of all; what to tell about that, or buttons for those that it
// may mean.
export function settle(input, names, words, changed) {
  const typed = input.value.trim();
  const { value, near } = meant(typed, listed(input.getAttribute("list"), names));
  if (value !== null && value !== typed) {
    input.value = value;
    changed();
    return [say(words.foundAs, { called: typed, name: value })];
  }
  if (near.length === 0) return [];
  const take = (one) => () => {
    input.value = one.value;
    placeFor(input).replaceChildren(say(words.foundAs, { called: one.called, name: one.value }));
    input.focus();
    changed();
  };
  const items = near.map((one) => h("li", {}, h("button", { type: "button", class: "secondary", click: take(one) }, `${one.called} (${one.value})`)));
  return [h("p", {}, words.doYouMean), h("ol", { class: "found" }, ...items)];
}

// Where a field's offers are told.
export function placeFor(input) {
  const next = input.nextElementSibling;
  if (next?.matches("[data-offered]")) return next;
  const made = h("div", { "data-offered": true, role: "status" });
  input.after(made);
  return made;
}
