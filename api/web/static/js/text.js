// Statements as people read them: a heading and rows of (what, text), the same as api/dossier/text.py prints.
// What a page prints is compared with this, made from what was signed.

import { methodRows } from "./method.js";

// {heading, rows} of an item of a verified bundle; `known` are its items by statement id, `words` are the
// vocabulary that the page carries.
export function describe(item, known, words) {
  const { statement, index } = item;
  if (!statement) return { heading: `entry ${index}`, rows: [["content", "cannot be read"]] };
  const heading = `${words.events[statement.event] ?? statement.event}, entry ${index}`;
  if (!statement.understood) return { heading, rows: [["content", "of another version of the protocol"], ["statement", statement.id]] };
  const { predicate } = statement;
  const disclosed = new Map(item.disclosed.map((one) => [one.digest, one]));
  const state = { rows: [], withheld: 0, disclosed, words };
  flatten(predicate.claim, [], state);
  const rows = [
    ...voices(statement),
    ["signed by", statement.issuers.join(", ")],
    ...dates(item),
    ["about", statement.subjects.map((one) => one.name).join(", ")],
    ...state.rows,
    ...methodRows(item, known, words),
    ...statement.refs.map((ref) => [words.relations[ref.rel] ?? ref.rel, refText(ref, known)]),
  ];
  if (state.withheld > 0) rows.push(["withheld or erased", `${state.withheld} of its contents`]);
  rows.push(["statement", statement.id]);
  return { heading, rows: rows.map(([what, text]) => [what, text.replaceAll("\u0000", "\ufffd")]) };
}

function voices({ predicate }) {
  if (!predicate.claimants) return [];
  const { claimants, issuers, attribution } = predicate;
  let text = claimants.join(", ");
  const unsigned = claimants.filter((slug) => !issuers.includes(slug));
  if (attribution) {
    text += ` (${[attribution.form, ...(attribution.via ?? []).map((relay) => `by way of ${relay}`)].join(", ")})`;
  }
  if (unsigned.length > 0) text += `; not signed by ${unsigned.join(", ")}`;
  return [["said by", text]];
}

function dates({ entry, statement: { predicate } }) {
  const rows = [
    ["recorded", entry.recordedAt],
    ["signed on", predicate.issuedAt],
    ["said on", predicate.said],
    ["occurred", predicate.occurred],
  ];
  return rows.filter(([, text]) => text !== undefined);
}

function refText(ref, known) {
  const place = ref.foreign ? "another ledger's statement" : known.has(ref.id) ? `entry ${known.get(ref.id).index}` : "a statement not in this file";
  return `${place} ${ref.id}${ref.locator === undefined ? "" : `, at ${ref.locator}`}`;
}

// One row for each value, named by the members that lead to it; disclosed members stand among the clear ones.
function flatten(value, path, state) {
  const members = new Map(Object.entries(value).filter(([name]) => name !== "_sd"));
  for (const digest of value._sd ?? []) {
    const found = state.disclosed.get(digest);
    if (found) members.set(found.name, found.value);
    else state.withheld += 1;
  }
  for (const name of [...members.keys()].sort()) {
    flattenValue(members.get(name), [...path, state.words.members[name] ?? name], state);
  }
}

function flattenValue(value, path, state) {
  if (Array.isArray(value) && value.some((one) => typeof one === "object")) {
    value.forEach((one, at) => flattenValue(one, [...path, String(at + 1)], state));
  } else if (Array.isArray(value)) {
    state.rows.push([path.join(" "), value.map(scalarText).join(", ")]);
  } else if (typeof value === "object" && typeof value.text === "string" && typeof value.lang === "string") {
    state.rows.push([path.join(" "), `${value.text} (${value.lang}${value.from === undefined ? "" : ", translated"})`]);
  } else if (typeof value === "object") {
    flatten(value, path, state);
  } else {
    state.rows.push([path.join(" "), scalarText(value)]);
  }
}

const scalarText = (value) => (value === true ? "yes" : value === false ? "no" : String(value));
