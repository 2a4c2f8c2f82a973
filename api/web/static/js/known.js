// The names that a ledger knows, as suggestions beside fields, and what they are called.

import { get } from "./api.js";
import { LISTS, listed } from "./called.js";
import { byId, data, h } from "./dom.js";

const PAGES = 5; // of a hundred names each; whoever is not among them is typed

// A map of `party:x` and `factory:x` to what each is called; fills the lists of suggestions that the page has.
export async function loadNames() {
  const names = new Map((await read()).flat());
  for (const list of LISTS) byId(list)?.replaceChildren(...listed(list, names).map(({ value, called }) => h("option", { value }, called)));
  return names;
}

// The same map alone; what nobody answers is called by its short name.
export async function calledNames() {
  return new Map((await read().catch(() => [])).flat());
}

const read = () => Promise.all(["/v1/factories?limit=100", "/v1/parties?limit=100"].map(named));

async function named(path) {
  const found = [];
  for (let page = 0, after = ""; page < PAGES && after !== null; page++) {
    const { items, next } = await get(`${path}${after && `&after=${encodeURIComponent(after)}`}`);
    found.push(...items.map(({ name, called }) => [name, inReadersLanguage(called?.texts ?? []) ?? data("page").labels.names[name] ?? name]));
    after = next;
  }
  return found;
}

function inReadersLanguage(texts) {
  const base = ({ lang }) => lang.split("-")[0];
  return (texts.find((text) => base(text) === base(document.documentElement)) ?? texts[0])?.text;
}
