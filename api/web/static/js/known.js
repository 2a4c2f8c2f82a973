// The names that a ledger knows, as suggestions beside fields, and what they are called.

import { find, get } from "./api.js";
import { LISTS, listed, standingText } from "./called.js";
import { byId, data, h } from "./dom.js";

const PAGES = 5; // of a hundred names each; whoever is not among them is typed
// Marks that could turn what stands around a name (CVE-2021-42574).
const OF_DIRECTION = /[\u202a-\u202e\u2066-\u2069]/g;

// {known, isWhole}: `known` maps `party:x` and `factory:x` to {called, texts, standing, by}, what each is called in the
// reader's language and in all, how it stands, and who named it first; `isWhole` tells whether there are no others.
export const noNames = () => ({ known: new Map(), isWhole: false });

// The names of this ledger; fills the lists of suggestions that the page has.
export async function loadNames() {
  const names = await read();
  const { words } = data("page");
  const option = ({ value, called, ...one }) => h("option", { value }, [called, standingText(one, words)].filter((text) => text).join("; "));
  for (const list of LISTS) byId(list)?.replaceChildren(...listed(list, names.known).map(option));
  return names;
}

// The same with these names, wherever they stand in the ledger; what nobody answers is called by its short name.
export async function namesWith(wanted, names = noNames()) {
  const missing = wanted.filter((name) => !names.known.has(name));
  const found = await Promise.all(missing.map((name) => find(addressOf(name)).catch(() => null)));
  // An old name leads to what it became, which is not what was signed.
  const more = missing.flatMap((name, at) => (found[at]?.name === name ? [[name, described(found[at])]] : []));
  return { ...names, known: new Map([...names.known, ...more]) };
}

const addressOf = (name) => `/v1/${name.startsWith("party:") ? "parties" : "factories"}/${encodeURIComponent(name.slice(name.indexOf(":") + 1))}`;

async function read() {
  const lists = await Promise.all(["/v1/factories?limit=100", "/v1/parties?limit=100"].map(named));
  return { known: new Map(lists.flatMap(({ found }) => found)), isWhole: lists.every(({ isWhole }) => isWhole) };
}

async function named(path) {
  const found = [];
  let after = "";
  for (let page = 0; page < PAGES && after !== null; page++) {
    const { items, next } = await get(`${path}${after && `&after=${encodeURIComponent(after)}`}`);
    found.push(...items.map((one) => [one.name, described(one)]));
    after = next;
  }
  return { found, isWhole: after === null };
}

function described({ name, called, standing, history }) {
  const texts = (called?.texts ?? []).map(({ lang, text }) => ({ lang, text: text.replace(OF_DIRECTION, "") }));
  return {
    called: inReadersLanguage(texts) ?? data("page").labels.names[name] ?? name,
    texts: texts.map(({ text }) => text),
    standing,
    by: history?.[0]?.provenance?.signedBy ?? [],
  };
}

function inReadersLanguage(texts) {
  const base = ({ lang }) => lang.split("-")[0];
  return (texts.find((text) => base(text) === base(document.documentElement)) ?? texts[0])?.text;
}
