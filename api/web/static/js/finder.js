// Finding the statement that a reference means: by its id or address, by words, or among those about whom the form is.

import { get } from "./api.js";
import { targetIn } from "./compose.js";
import { h, say } from "./dom.js";
import { readField, writeField } from "./fields.js";

const MOST = 50; // statements that are offered
const NEWEST_OF = 1000; // statements of one timeline, of which the newest are offered

// Let the buttons of a form find statements; `resolver` looks ids and names up, `changed` hears of a choice.
export function armFinder(form, page, resolver, changed) {
  form.addEventListener("click", async ({ target }) => {
    const button = target.closest("button[data-find]");
    if (!button) return;
    const reference = button.closest('[data-member="refs"][data-shape="object"]');
    const found = reference.querySelector("[data-found]");
    found.replaceChildren(page.words.looking);
    try {
      found.replaceChildren(...(await answer(form, reference, page, resolver, changed)));
    } catch (error) {
      found.replaceChildren(h("span", { class: "error" }, error.message));
    }
  });
}

async function answer(form, reference, page, resolver, changed) {
  const field = reference.querySelector('[data-member="target"]');
  const typed = targetIn(readField(field) ?? "");
  const known = await lookUp(typed, resolver);
  if (known) return [h("p", {}, described(known, page))];
  const rel = readField(reference.querySelector('[data-member="rel"]'));
  const kinds = kindsOf(rel, page);
  const choices = typed === "" ? await statementsAbout(readField(form.querySelector('[data-member="subjects"]')) ?? [], kinds) : await searched(typed, kinds);
  if (choices.length === 0) return [h("p", {}, page.words.nothingFound)];
  const choose = (id) => () => {
    writeField(field, id);
    reference.querySelector("[data-found]").replaceChildren(h("p", {}, say(page.words.chosen, { id: `${id.slice(0, 12)}…` })));
    field.querySelector("input").focus();
    changed();
  };
  const items = choices.map((one) => h("li", {}, h("button", { type: "button", class: "secondary", click: choose(one.id) }, choiceText(one, page))));
  return [h("p", {}, page.words.chooseOne), h("ol", { class: "found" }, ...items)];
}

async function lookUp(typed, resolver) {
  if (/^(party|factory|criterion):/.test(typed)) {
    const id = await resolver.named(typed);
    return id === null ? null : { name: typed, id };
  }
  return resolver.target(typed);
}

function described({ name, event, issuers, recordedAt }, { words, labels }) {
  if (name) return say(words.foundName, { name });
  return say(words.foundStatement, { event: labels.events[event] ?? event, by: issuers.join(", "), day: recordedAt.slice(0, 10) });
}

// The kinds that a relation may lead to; every kind while none is chosen.
const kindsOf = (rel, { tables }) => new Set(tables.refs.filter((rule) => !rel || rule.rel === rel).flatMap((rule) => rule.targets));

// Statements of these kinds that hold the words.
async function searched(words, kinds) {
  const query = [["q", words], ["limit", MOST], ...[...kinds].map((kind) => ["kind", kind])];
  return (await get(`/v1/search?${new URLSearchParams(query)}`)).items;
}

// The newest statements of these kinds about the names in the form.
async function statementsAbout(names, kinds) {
  const pages = await Promise.all(names.filter((name) => /^(party|factory):/.test(name)).map((name) => get(timelineOf(name))));
  const found = new Map(pages.flatMap(({ items }) => items).map((one) => [one.id, one]));
  const fitting = [...found.values()].filter((one) => kinds.has(one.kind));
  return fitting.sort((one, other) => other.position - one.position).slice(0, MOST);
}

function timelineOf(name) {
  const [kind, slug] = [name.slice(0, name.indexOf(":")), name.slice(name.indexOf(":") + 1)];
  return `/v1/${kind === "party" ? "parties" : "factories"}/${encodeURIComponent(slug)}/timeline?limit=${NEWEST_OF}`;
}

function choiceText(one, { labels }) {
  const words = one.content?.title?.text ?? one.content?.text?.text ?? one.content?.url ?? "";
  const start = words.length > 80 ? `${words.slice(0, 79)}…` : words;
  const by = (one.provenance?.saidBy ?? []).map(({ party }) => party).join(", ");
  return [labels.events[one.event] ?? one.event, by, one.recordedAt?.slice(0, 10), start].filter((part) => part).join(" · ");
}
