// Names as people call them: what is typed for a party or a factory becomes its short name, or those are offered that
// it may mean.

import { h, say } from "./dom.js";

const MOST = 8; // names that are offered
const PREFIX = /^[a-z]+:/;

// Letters without case and accents, as people type them.
const plainly = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();

// What is typed, read: {value} when it is a name's own value or what exactly one registered name is called, else
// {value: null}; {near} are the names that it may mean, those that are only proposed last. `names` is a list of
// {value, called, texts, standing}; one that is not whole settles nothing, since others may be called the same.
export function meant(typed, names, isWhole) {
  const words = plainly(typed);
  if (words === "") return { value: null, near: [] };
  const isOwn = ({ value }) => value === typed || value.replace(PREFIX, "") === words;
  const isCalled = ({ texts }) => texts.some((text) => plainly(text) === words);
  const exact = names.filter((one) => isOwn(one) || isCalled(one));
  if (exact.length === 1 && (exact[0].value === typed || (isWhole && exact[0].standing !== "proposed"))) {
    return { value: exact[0].value, near: [] };
  }
  const others = names.filter((one) => !exact.includes(one) && (one.value.includes(words) || one.texts.some((text) => plainly(text).includes(words))));
  const near = exact.length > 1 ? exact : [...exact, ...others];
  const isProposed = ({ standing }) => Number(standing === "proposed");
  return { value: null, near: near.sort((one, other) => isProposed(one) - isProposed(other)).slice(0, MOST) };
}

// How a name stands where nobody who registers names stands behind it; "" for all others.
export function standingText({ standing, by }, words) {
  return standing === "proposed" ? say(words.proposedBy, { who: by.join(", ") }) : "";
}

// A name as it is offered and as it is signed: what it is called, its own value, and how it stands.
export function fullText({ value, called, ...one }, words) {
  const isCalled = called !== value && called.replace(PREFIX, "") !== value;
  const aside = [...(isCalled ? [value] : []), standingText(one, words)].filter((text) => text).join("; ");
  return `${isCalled ? called : value}${aside && ` (${aside})`}`;
}

// What a list of suggestions holds, from the map of all names (`party:x` to what it is called): whole names in `names`,
// parties by their short names in `parties`, these and factories by their whole names in `actors`.
export function listed(list, known) {
  const all = [...known].map(([value, one]) => ({ ...one, value }));
  if (list === "names") return all;
  const parties = all.filter(({ value }) => value.startsWith("party:")).map((one) => ({ ...one, value: one.value.slice("party:".length) }));
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

// Write into a field the name that it means, of all that are known; what to tell about that, or buttons for those that
// it may mean.
export function settle(input, { known, isWhole }, words, changed) {
  const typed = input.value.trim();
  const names = listed(input.getAttribute("list"), known);
  const { value, near } = meant(typed, names, isWhole);
  const told = (one) => say(words.foundAs, { called: typed, name: fullText(one, words) });
  if (value !== null) {
    const one = names.find((other) => other.value === value);
    if (value === typed) return one.standing === "proposed" ? [told(one)] : [];
    input.value = value;
    changed();
    return [told(one)];
  }
  if (near.length === 0) return [];
  const take = (one) => () => {
    input.value = one.value;
    placeFor(input).replaceChildren(told(one));
    input.focus();
    changed();
  };
  const items = near.map((one) => h("li", {}, h("button", { type: "button", class: "secondary", click: take(one) }, fullText(one, words))));
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
