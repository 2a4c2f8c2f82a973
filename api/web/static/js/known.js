// The names that a ledger knows, as suggestions beside fields, and what they are called.

import { get } from "./api.js";
import { byId, data, h } from "./dom.js";

const PAGES = 5; // of a hundred names each; whoever is not among them is typed

// A map of `party:x` and `factory:x` to what each is called; fills the lists `parties` and `names` of the page.
export async function loadNames() {
  const [parties, factories] = await read();
  byId("parties").replaceChildren(...options(parties, (name) => name.slice("party:".length)));
  byId("names").replaceChildren(...options([...factories, ...parties], (name) => name));
  return new Map([...factories, ...parties]);
}

// The same map alone; what nobody answers is called by its short name.
export async function calledNames() {
  const [parties, factories] = await read().catch(() => [[], []]);
  return new Map([...factories, ...parties]);
}

const read = () => Promise.all(["/v1/parties?limit=100", "/v1/factories?limit=100"].map(named));

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

const options = (names, valueOf) => names.map(([name, called]) => h("option", { value: valueOf(name) }, called));
