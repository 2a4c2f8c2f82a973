// What signing a statement means, in two parts: what everybody keeps for ever, and what can be erased later.

import { dayText, timeText } from "./days.js";
import { h, say } from "./dom.js";
import { digestsIn } from "./statement.js";

// [label, text] of everything that stays; `page` has the words and the labels of members and codes, `targets` maps
// the ids of statements referred to to what is known of them, `names` names to what they are called.
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
    ...subject.map(({ name }) => [words.about, name === "ledger:main" ? words.nobody : nameText(name, names)]),
    ...predicate.refs.map((ref) => [page.labels.relations[ref.rel] ?? ref.rel, refText(ref, targets, page)]),
    ...memberRows(predicate.claim, [], { ...page, called }),
    ...digestRows(predicate.claim, words),
  ];
}

// What a party's short name, or a name, is called; what nobody calls anything stands as it was signed.
export function calledBy(names, { labels }) {
  return (name) => {
    const full = name.includes(":") ? name : `party:${name}`;
    return names.get(full) ?? labels.names[full] ?? name;
  };
}

function attributionRows({ attribution }, { labels, words }, called) {
  if (!attribution) return [];
  const form = labels.codes.form?.[attribution.form] ?? attribution.form;
  return [[words.attribution, [form, ...(attribution.via ?? []).map((one) => say(words.by, { who: called(one) }))].join(", ")]];
}

const nameText = (name, names) => (names.has(name) ? `${names.get(name)} (${name})` : name);

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
export function erasableRows({ disclosed }, page, file) {
  const rows = disclosed.flatMap(({ name, value }) => rowsOf(value, name, [page.labels.members[name] ?? name], page));
  return file ? [...rows, [page.words.document, say(page.words.documentKept, { size: file.size, digest: file.sha256 })]] : rows;
}

// How many digests of the statement no disclosure at hand opens: words that who looks at it does not see.
export function hiddenParts({ value, disclosed }) {
  const shown = new Set(disclosed.map(({ digest }) => digest));
  return [...new Set(digestsIn(value.predicate.claim))].filter((digest) => !shown.has(digest)).length;
}

// The part that can be erased, as it is shown before signing; what is hidden is told, never taken for nothing.
export function erasablePart(built, page, file) {
  const rows = erasableRows(built, page, file);
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
