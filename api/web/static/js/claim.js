// The claim of a draft: which members stay in the log for ever, which can be erased, and the shape of each.
// The same steps as api/drafts/claim.py, by the tables that api/drafts/tables.py writes.

import { DraftError } from "./draft.js";

// {clear, disclosed: [{name, value, place}]}; `members` are those that follow from a captured file, `isPublic`
// whether everybody is to see the statement.
export function splitClaim(draft, members, tables, isPublic) {
  const rows = rowsFor(tables, draft.event, isPublic);
  const values = { ...draft.claim, ...members };
  const clear = {};
  const disclosed = [];
  for (const [name, value] of Object.entries(values)) {
    if (name === "occurred") {
      // The clear says a month or a year; a finer date is a disclosure of that name.
      disclosed.push({ name, value: String(value), place: [] });
      continue;
    }
    const row = rows.get(name);
    if (!row) throw new DraftError("unknown-member", `${draft.event} has no member ${name} in its claim`, `/predicate/claim/${name}`);
    const shaped = shape(value, row.schema, draft.lang);
    if (draft.disclose.includes(name) || row.leaves) {
      disclosed.push({ name, value: shaped, place: [] });
    } else if (name === "set") {
      const { kept, taken } = splitSet(draft, shaped, tables.hiddenInSet);
      if (Object.keys(kept).length > 0 || taken.length === 0) clear[name] = kept;
      disclosed.push(...taken);
    } else {
      clear[name] = shaped;
    }
  }
  for (const name of draft.disclose) {
    if (!name.startsWith("set.") && !Object.hasOwn(values, name)) {
      throw new DraftError("unknown-member", `disclose names ${name}, which the claim does not have`, `/predicate/claim/${name}`);
    }
  }
  return { clear, disclosed };
}

export function rowsFor(tables, event, isPublic) {
  const holds = (row) => (row.events === null || row.events.includes(event)) && (row.public === null || row.public === isPublic);
  return new Map(tables.rows.filter(holds).map((row) => [row.name, row]));
}

// The new values in an amendment: those that a kind only discloses are disclosures inside `set`.
function splitSet(draft, value, hidden) {
  const leaves = (name) => hidden.includes(name) || draft.disclose.includes(`set.${name}`);
  const members = Object.entries(value);
  return {
    kept: Object.fromEntries(members.filter(([name]) => !leaves(name))),
    taken: members.filter(([name]) => leaves(name)).map(([name, item]) => ({ name, value: item, place: ["set"] })),
  };
}

// The clear members with the digests (in the order of `disclosed`) in every object that something was taken from.
export function withDigests({ clear, disclosed }, digests) {
  const claim = structuredClone(clear);
  disclosed.forEach(({ place }, at) => {
    let holder = claim;
    for (const name of place) holder = holder[name] ??= {};
    holder._sd = [...(holder._sd ?? []), digests[at]].sort();
  });
  return claim;
}

// The value in the form its schema wants: texts, decimal strings, sorted lists. What fits nowhere stays.
export function shape(value, schema, lang) {
  if (schema.anyOf) return shapeAny(value, schema.anyOf, lang);
  if (schema.type === "array") return shapeArray(value, schema, lang);
  if (schema.type === "object") return shapeObject(value, schema, lang);
  return Number.isInteger(value) && isString(schema) ? String(value) : value;
}

function shapeAny(value, options, lang) {
  for (const option of options) {
    const shaped = shape(value, option, lang);
    if (fits(shaped, option)) return shaped;
  }
  return value;
}

function shapeArray(value, schema, lang) {
  const list = isWord(value) ? [value] : value;
  if (!Array.isArray(list)) return list;
  const shaped = list.map((item) => shape(item, schema.items, lang));
  return schema.uniqueItems && shaped.every((item) => typeof item === "string") ? [...new Set(shaped)].sort() : shaped;
}

function shapeObject(value, schema, lang) {
  const members = schema.properties ?? {};
  if (isWord(value) && "lang" in members && "text" in members) return { lang, text: String(value) };
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shape(item, members[name] ?? {}, lang)]));
}

const isWord = (value) => typeof value === "string" || Number.isInteger(value);
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

function isString(schema) {
  return schema.type === "string" || "pattern" in schema || (schema.enum ?? [0]).every((item) => typeof item === "string");
}

// Whether the value has the outer form that a schema asks for; the schema of the whole statement says the rest.
function fits(value, schema) {
  if ("const" in schema) return value === schema.const;
  if (schema.enum) return schema.enum.includes(value);
  const right = { array: Array.isArray, object: isObject, integer: Number.isInteger }[schema.type];
  if (!(right ? right(value) : typeof value === schema.type)) return false;
  if (Array.isArray(value)) return value.every((item) => fits(item, schema.items));
  return !isObject(value) || Object.keys(value).every((name) => name in (schema.properties ?? {}));
}
