// What signing a statement means, in two parts: what everybody keeps for ever, and what can be erased later.

import { fullText } from "./called.js";
import { dayText, timeText } from "./days.js";
import { h, say } from "./dom.js";
import { digestsIn } from "./statement.js";

// [label, text] of everything that stays; `page` has the words and the labels of members and codes, `targets` maps
// the ids of statements referred to to what is known of them; `names` are those known (known.js).
export function permanentRows({ value }, page, targets, names) {
  const { predicate, subject } = value;
  const { words } = page;
  const called = calledBy(names, page);
  const unsigned = (predicate.claimants ?? []).filter((slug) => !predicate.issuers.includes(slug));
  return [
    [words.kind, page.labels.event],
    [words.signedBy, predicate.issuers.map(called).join(", ")],
    ...(predicate.claimants ? [[words.saidBy, predicate.claimants.map(called).join(", ")]] : []),
    ...(unsigned.length > 0 ? [[words.notSignedBy, unsigned.map(called).join(", ")]] : []),
    ...attributionRows(predicate, page, called),
    ...[["said", predicate.said], ["occurred", predicate.occurred]].flatMap(([name, text]) => (text ? [[page.labels.members[name] ?? name, dayText(text, words)]] : [])),
    [words.signedOn, timeText(predicate.issuedAt, words)],
    ...subject.map(({ name }) => [words.about, name === "ledger:main" ? words.nobody : called(name)]),
    ...predicate.refs.map((ref) => [page.labels.relations[ref.rel] ?? ref.rel, refText(ref, targets, page)]),
    ...memberRows(predicate.claim, [], { ...page, called }),
    ...digestRows(predicate.claim, words),
  ];
}

// What a party's short name, or a name, is called, always with the name that is signed: anybody may have called
// themselves the same. What nobody calls anything stands alone.
export function calledBy({ known }, { labels, words }) {
  return (name) => {
    const full = wholeName(name);
    if (full.startsWith("group:")) return labels.names[full] ?? name;
    const called = labels.names[full] ?? full;
    return fullText({ called, ...known.get(full), value: name }, words);
  };
}

const wholeName = (name) => (name.includes(":") ? name : `party:${name}`);

// Every party and factory that a statement and its disclosures name, as the names that the ledger knows them by.
export function namesIn({ value, disclosed }, slugs) {
  const { predicate, subject } = value;
  const inClaim = (inner, name) => {
    if (slugs.includes(name)) return [inner].flat().filter((one) => typeof one === "string");
    return isObject(inner) || Array.isArray(inner) ? Object.entries(inner).flatMap(([key, one]) => inClaim(one, Array.isArray(inner) ? name : key)) : [];
  };
  const shown = disclosed.flatMap(({ name, value }) => inClaim(value, name));
  const found = [...predicate.issuers, ...(predicate.claimants ?? []), ...(predicate.attribution?.via ?? []), ...subject.map(({ name }) => name), ...inClaim(predicate.claim, ""), ...shown];
  return [...new Set(found.map(wholeName))].filter((name) => /^(party|factory):/.test(name));
}

function attributionRows({ attribution }, { labels, words }, called) {
  if (!attribution) return [];
  const form = labels.codes.form?.[attribution.form] ?? attribution.form;
  return [[words.attribution, [form, ...(attribution.via ?? []).map((one) => say(words.by, { who: called(one) }))].join(", ")]];
}

function refText({ digest, locator }, targets, { labels, words }) {
  const known = targets.get(digest.sha256);
  const what = known ? `${labels.events[known.event] ?? known.event}, ${dayText(known.recordedAt, words)} ` : "";
  return `${what}${digest.sha256.slice(0, 12)}…${locator ? `, ${locator}` : ""}`;
}

function digestRows(claim, words) {
  const count = digestsIn(claim).length;
  return count > 0 ? [[words.digests, say(words.digestCount, { n: count })]] : [];
}

// One row for each value of a claim, named by the members that lead to it.
export function memberRows(value, path, page) {
  return Object.entries(value).flatMap(([name, inner]) => (name === "_sd" ? [] : rowsOf(inner, name, [...path, page.labels.members[name] ?? name], page)));
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

function rowsOf(value, name, path, page) {
  const label = path.join(" · ");
  if (Array.isArray(value) && value.some(isObject)) return value.flatMap((one) => rowsOf(one, name, path, page));
  if (isObject(value) && Object.keys(value).sort().join() === "lang,text") return [[label, `${value.text} (${page.labels.codes.lang[value.lang] ?? value.lang})`]];
  if (isObject(value)) return memberRows(value, path, page);
  return [[label, [value].flat().map((one) => scalar(one, name, page)).join(", ")]];
}

function scalar(value, name, { labels, words, dates, slugs, called }) {
  if (typeof value === "boolean") return value ? words.yes : words.no;
  const coded = labels.codes[name]?.[value];
  if (coded !== undefined) return coded;
  if (dates.includes(name)) return dayText(String(value), words);
  return called && slugs.includes(name) ? called(value) : String(value);
}

// [label, text] of everything that can be erased.
export function erasableRows({ disclosed }, page, names, file = null) {
  const own = { ...page, called: calledBy(names, page) };
  const rows = disclosed.flatMap(({ name, value }) => rowsOf(value, name, [page.labels.members[name] ?? name], own));
  return file ? [...rows, [page.words.document, say(page.words.documentKept, { size: file.size, digest: file.sha256 })]] : rows;
}

// How many digests of the statement no disclosure at hand opens: words that who looks at it does not see.
export function hiddenParts({ value, disclosed }) {
  const shown = new Set(disclosed.map(({ digest }) => digest));
  return [...new Set(digestsIn(value.predicate.claim))].filter((digest) => !shown.has(digest)).length;
}

// The part that can be erased, as it is shown before signing; what is hidden is told, never taken for nothing.
export function erasablePart(built, page, names, file = null) {
  const rows = erasableRows(built, page, names, file);
  const hidden = hiddenParts(built);
  if (rows.length === 0 && hidden === 0) return [h("p", {}, page.words.nothingErasable)];
  return [
    ...(rows.length > 0 ? [factList(rows)] : []),
    ...(hidden > 0 ? [h("p", { class: "error" }, say(page.words.hiddenParts, { n: hidden }))] : []),
  ];
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

export function factList(rows) {
  return h("dl", { class: "facts" }, rows.map(([label, text]) => h("div", {}, h("dt", {}, capital(label)), h("dd", { dir: "auto" }, text))));
}
