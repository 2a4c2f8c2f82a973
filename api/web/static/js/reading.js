// Statements as the pages of the ledger read: names instead of slugs, codes and dates in words, replies beside what
// they reply to. The same, value for value, as api/dossier/reading.py prints.

import { methodOf } from "./method.js";
import { langText, listed, termText, timeText, memberValue } from "./values.js";

const IN_HEADING = ["issue", "outcome"];
const NAMED_KINDS = ["party", "factory", "criterion"];
const REGISTRAR = "registrar";
const NAMING_MEMBERS = ["names", "title"];
const OPENING = 240; // characters of a reply's words
const SHORT = 12; // characters of a digest

// {heading, rows} of each item by its index, and what a name is called; `words` are the tables of the program.
export function readings(items, known, words) {
  const called = callers(items, words);
  const later = new Map();
  for (const item of items) {
    if (!item.statement?.understood) continue;
    for (const ref of item.statement.refs) {
      if (ref.foreign) continue;
      if (!later.has(ref.id)) later.set(ref.id, []);
      later.get(ref.id).push([ref.rel, item]);
    }
  }
  const read = new Map(items.map((item) => [item.index, readOne(item, { known, words, called, later: later.get(item.statement?.id) ?? [] })]));
  return { read, called };
}

function readOne(item, context) {
  const { statement, index } = item;
  if (!statement) return { heading: `Entry ${index}`, rows: [["Content", "cannot be read"]] };
  const event = eventOf(item, context);
  if (!statement.understood) {
    return { heading: capital(`${event}, entry ${index}`), rows: [["Content", "of another version of the protocol"], ["Statement", statement.id]] };
  }
  const claim = resolvedClaim(item);
  const inHeading = IN_HEADING.filter((name) => typeof claim[name] === "string");
  const heading = [capital(`${event}, entry ${index}`), ...inHeading.map((name) => memberText(name, claim[name], item, context))].join(": ");
  const missing = countMissing(statement.predicate.claim, disclosedOf(item));
  const rows = [
    ...originRows(item, context),
    ...claimRows(claim, inHeading, item, context),
    ...reachedRows(item, context),
    ...statement.refs.map((ref) => [capital(context.words.relations[ref.rel] ?? ref.rel), referenceText(ref, context)]),
    ...laterRows(item, context),
    ...(missing > 0 ? [["Withheld or erased", `${missing} of its contents`]] : []),
    ["Statement", statement.id],
  ];
  return { heading, rows: rows.map(([what, text]) => [what, text.replaceAll("\u0000", "\ufffd")]) };
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

const eventOf = ({ statement }, { words }) => words.events[statement.event] ?? statement.event;

// --- names and values ---------------------------------------------------------------------------------------------------

// A name counts only where a statement in force gives it to what it makes or changes.
function callers(items, words) {
  const makers = new Map(); // statements that make or change a name, oldest first, by that name
  for (const item of items) {
    if (!item.statement?.understood) continue;
    for (const { name } of item.statement.subjects) {
      if (NAMED_KINDS.includes(item.statement.kind) && name.startsWith(`${item.statement.kind}:`)) makers.set(name, [...(makers.get(name) ?? []), item]);
    }
  }
  const given = new Map([...makers].map(([name, own]) => [name, givenName(inForce(own))]));
  return (name) => {
    const full = name.includes(":") ? name : `party:${name}`;
    const kind = full.slice(0, full.indexOf(":"));
    const rest = full.slice(kind.length + 1);
    if (kind === "document") return `document ${rest.slice(0, SHORT)}`;
    if (kind === "host") return rest;
    if (kind === "group") return words.groups[rest] ?? termText("source-groups", rest, words);
    if (kind === "ledger") return "the ledger";
    if (!NAMED_KINDS.includes(kind)) return full;
    return given.get(full) ?? words.founders[full] ?? rest;
  };
}

// Those that bind (projections/authority.py): until the registrar signs, who proposed a factory describes it.
function inForce(own) {
  const found = [];
  let authors = [];
  for (const item of own) {
    const { issuers, kind } = item.statement;
    if (issuers.includes(REGISTRAR)) authors = [REGISTRAR];
    else if (found.length === 0) authors = issuers;
    if (kind !== "factory" || issuers.some((slug) => authors.includes(slug))) found.push(item);
  }
  return found;
}

// The newest, in English where it has one in English (projections/names.py).
function givenName(makers) {
  for (const item of [...makers].reverse()) {
    const claim = resolvedClaim(item);
    for (const member of NAMING_MEMBERS) {
      const texts = [claim[member] ?? []].flat(Infinity).filter(isText);
      if (texts.length > 0) return (texts.find((one) => one.lang.split("-")[0] === "en") ?? texts[0]).text;
    }
  }
  return undefined;
}

const memberText = (name, value, { statement: { event } }, context) => memberValue(name, value, event, context);

const isText = (value) => typeof value === "object" && typeof value.text === "string" && typeof value.lang === "string";

const disclosedOf = (item) => new Map((item.disclosed ?? []).map((one) => [one.digest, one]));

const resolvedClaim = (item) => resolved(item.statement.predicate.claim, disclosedOf(item));

function resolved(value, disclosed) {
  if (Array.isArray(value)) return value.map((one) => resolved(one, disclosed));
  if (typeof value !== "object") return value;
  const members = Object.entries(value).filter(([name]) => name !== "_sd");
  const found = (value._sd ?? []).map((digest) => disclosed.get(digest)).filter(Boolean);
  return Object.fromEntries([...members, ...found.map((one) => [one.name, one.value])].map(([name, one]) => [name, resolved(one, disclosed)]));
}

function countMissing(value, disclosed) {
  if (typeof value !== "object") return 0;
  const digests = Array.isArray(value) ? [] : (value._sd ?? []);
  const inside = Object.entries(value).filter(([name]) => name !== "_sd").map(([, one]) => one);
  const shown = digests.filter((digest) => disclosed.has(digest)).map((digest) => disclosed.get(digest).value);
  return digests.length - shown.length + [...inside, ...shown].reduce((sum, one) => sum + countMissing(one, disclosed), 0);
}

// --- what there is to say -------------------------------------------------------------------------------------------------

function originRows(item, context) {
  const { predicate, subjects } = item.statement;
  const { called } = context;
  const hands = listed(predicate.issuers.map(called));
  const said = [["Said on", predicate.said], ["Occurred", predicate.occurred], ["Recorded", item.entry.recordedAt]];
  return [
    ...(predicate.claimants ? [["Said by", voicesText(item, context) + formText(predicate, called)], ["Signed by", hands]] : [["Said and signed by", hands]]),
    ...said.filter(([, value]) => value !== undefined).map(([what, value]) => [what, timeText(value)]),
    ["About", listed(subjects.map((one) => called(one.name)))],
  ];
}

function voicesText({ statement: { predicate } }, { called }) {
  const { issuers, claimants = issuers } = predicate;
  const unsigned = claimants.filter((slug) => !issuers.includes(slug));
  const told = listed(claimants.map(called));
  if (unsigned.length === claimants.length) return `${told} (attributed, not signed)`;
  return unsigned.length > 0 ? `${told} (not signed by ${listed(unsigned.map(called))})` : told;
}

function formText({ attribution }, called) {
  if (!attribution) return "";
  return `, ${attribution.form}${attribution.via ? `, by way of ${listed(attribution.via.map(called))}` : ""}`;
}

function claimRows(claim, left, item, context) {
  const members = Object.entries(claim).filter(([name]) => !left.includes(name) && name !== "set");
  return [...memberRows(members, "", item, context), ...memberRows(Object.entries(claim.set ?? {}), "Now: ", item, context)];
}

function memberRows(members, before, item, context) {
  const { first, members: labels } = context.words;
  const place = (name) => (first.includes(name) ? first.indexOf(name) : first.length);
  const ordered = members.sort(([one], [other]) => place(one) - place(other) || (one < other ? -1 : 1));
  return ordered.flatMap(([name, value]) => {
    const label = capital(before + (labels[name] ?? name));
    const texts = [value].flat();
    if (texts.length > 0 && texts.every(isText)) return texts.map((one) => [label, quotedText(one, context)]);
    return [[label, memberText(name, value, item, context)]];
  });
}

function quotedText({ text, lang, from }, context) {
  const remarks = [...(lang.split("-")[0] === "en" ? [] : [langText(lang, context.words)]), ...(from === undefined ? [] : ["translated"])];
  return remarks.length > 0 ? `${text} (${remarks.join(", ")})` : text;
}

function reachedRows(item, context) {
  return methodOf(item, context.known, context.words).map(({ member, label, value, text, index }) => {
    const told = value === undefined ? text : memberValue(member, value, "", context);
    return member ? [`How it was reached: ${label}`, `${told} (by entry ${index})`] : ["How it was reached", told];
  });
}

function referenceText(ref, context) {
  const place = ref.locator === undefined ? "" : `, at ${ref.locator}`;
  if (ref.foreign) return `another ledger's statement ${ref.id.slice(0, SHORT)}${place}`;
  if (!context.known.has(ref.id)) return `a statement not in this file, ${ref.id.slice(0, SHORT)}${place}`;
  return targetText(context.known.get(ref.id), context) + place;
}

function targetText(item, context) {
  if (!item.statement.understood) return `entry ${item.index}`;
  const { title } = resolvedClaim(item);
  return title !== undefined && isText(title) ? `“${title.text}”, entry ${item.index}` : byText(item, context);
}

function byText(item, context, remark = "") {
  const { issue } = resolvedClaim(item);
  const on = typeof issue === "string" ? ` on ${memberText("issue", issue, item, context)}` : "";
  return `${eventOf(item, context)}${on} by ${voicesText(item, context)}${remark}, entry ${item.index}`;
}

// What others say to it, and what became of it.
function laterRows({ statement: { issuers } }, context) {
  const { words } = context;
  return context.later
    .filter(([rel]) => !words.structure.includes(rel))
    .map(([rel, item]) => {
      const count = issuers.filter((slug) => item.statement.issuers.includes(slug)).length;
      const remark = rel === "amends" ? ` (${count} of ${issuers.length} who signed)` : "";
      const relation = rel === "about" ? "" : `${words.relations[rel] ?? rel}: `;
      return [words.answers.includes(rel) ? "Reply" : "Later", relation + byText(item, context, remark) + openingText(item)];
    });
}

// Not that of a determination, which never stands without its method.
function openingText(item) {
  const { text } = resolvedClaim(item);
  if (text === undefined || !isText(text) || item.statement.kind === "determination") return "";
  const points = [...text.text];
  if (points.length <= OPENING) return `: “${text.text}”`;
  const whole = points.slice(0, OPENING).join("");
  const end = whole.lastIndexOf(" ");
  return `: “${end > 0 ? whole.slice(0, end) : whole}…”`;
}
