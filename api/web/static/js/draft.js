// Drafts as a person fills them in: the same members as a statement's predicate, with names and ids where digests
// will stand. The same reading as api/drafts/draft.py, of values in place of YAML.

// What is wrong with a draft: `what` in words, `place` a JSON pointer into the statement that it would become.
export class DraftError extends Error {
  // `name` is what the draft calls something, where that is what is wrong.
  constructor(code, what, place = "", name = "") {
    super(what);
    Object.assign(this, { code, what, place, name });
  }
}

const LISTS = ["issuers", "subjects", "claimants", "audience", "disclose"];
const TEXTS = ["said", "occurred", "issuedAt", "submitBy", "visibility"];
const OTHERS = ["label", "kind", "event", "type", "lang", "attribution", "refs", "claim", "file"];

// A draft with every member in its place: lists are lists, what is absent is null or empty.
export function readDraft(given, tables) {
  const value = Object.fromEntries(Object.entries(given).filter(([, member]) => member !== "" && member !== undefined));
  for (const name of Object.keys(value)) {
    if (![...LISTS, ...TEXTS, ...OTHERS].includes(name)) throw new DraftError("unknown-member", `unknown member ${name}`);
  }
  const draft = { kind: tables.kind, event: eventOf(value, tables), lang: text(value, "lang") ?? "en" };
  for (const name of LISTS) draft[name] = list(value, name);
  for (const name of TEXTS) draft[name] = text(value, name);
  draft.refs = (value.refs ?? []).map(reference);
  draft.claim = value.claim ?? {};
  draft.attribution = value.attribution ?? null;
  draft.file = value.file ?? null;
  return draft;
}

// The event, or the one that kind and type stand for.
function eventOf(value, tables) {
  const event = text(value, "event");
  const fitting = Object.keys(tables.events).filter((name) => {
    if (event !== null) return name === event;
    return value.type === undefined || tables.events[name] === value.type;
  });
  if (fitting.length !== 1) throw new DraftError("unknown-event", `${tables.kind} has no event of that name`, "/predicate/event");
  return fitting[0];
}

const isOne = (value) => typeof value === "string" || typeof value === "number";

function text(value, name) {
  const found = value[name];
  if (found === undefined) return null;
  if (!isOne(found)) throw new DraftError("wrong-type", `${name} is not a single value`, `/predicate/${name}`);
  return String(found);
}

function list(value, name) {
  const found = isOne(value[name]) ? [value[name]] : (value[name] ?? []);
  if (!Array.isArray(found) || !found.every(isOne)) throw new DraftError("wrong-type", `${name} is not a list`, `/predicate/${name}`);
  return found.map(String);
}

// `{rel: target}` or `{rel: "target#locator"}`.
function reference(item, at) {
  const found = Object.entries(item);
  if (found.length !== 1) throw new DraftError("wrong-type", "a reference is one relation to one statement", `/predicate/refs/${at}`);
  const [rel, target] = found[0];
  const [name, ...rest] = String(target).split("#");
  return { rel, target: name, locator: rest.join("#") || null };
}

const level = (issue) => String(issue).split("/")[0];

function issuesIn(claim) {
  const found = Array.isArray(claim.issue) ? claim.issue : claim.issue === undefined ? [] : [claim.issue];
  const inside = claim.set;
  return [...found.map(level), ...(typeof inside === "object" && inside !== null ? issuesIn(inside) : [])];
}

// Whether a draft is about harassment or gender-based violence.
export function isSensitive(draft) {
  return issuesIn(draft.claim).includes("harassment-gbv");
}

// What the draft says; public otherwise, but sealed when it is about harassment or gender-based violence.
export function visibilityOf(draft) {
  return draft.visibility ?? (isSensitive(draft) ? "sealed" : "public");
}
