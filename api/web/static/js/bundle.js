// Bundles (docs/protocol.md, "Bundles"): what is in one, and which keys it has to prove. bundlesteps.js verifies them.

import { Refusal, fromBase64, hex, isDigest, isName, isSlug, utf8 } from "./bytes.js";
import { decodeCanonical } from "./canonical.js";
import { isIndexKey } from "./index.js";

export const BUNDLE_FORMAT = "urn:evidence-ledger:v1:bundle";
const LINE_LIMIT = 1 << 26;

// --- reading ---------------------------------------------------------------------------------------------------------

// The bundle in these bytes, nothing verified: {head, anchors, keys, entries}.
export function parseBundle(bytes) {
  const lines = splitLines(bytes);
  const hashes = new HashTable();
  const bundle = { head: null, anchors: [], keys: [], entries: [] };
  for (const [number, line] of lines.entries()) {
    try {
      readLine(bundle, hashes, decodeCanonical(line, LINE_LIMIT), number);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw new Refusal(error.code, error.what, `/${number}${error.where}`);
    }
  }
  if (bundle.head === null) throw new Refusal("bad-bundle", "it is empty");
  if (bundle.head.index === undefined && bundle.keys.length > 0) {
    throw new Refusal("bad-bundle", "keys are proven, and the head names no index statement", "/0");
  }
  return bundle;
}

function splitLines(bytes) {
  const lines = [];
  let start = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, start)) {
    lines.push(bytes.subarray(start, at));
    start = at + 1;
  }
  if (start !== bytes.length) throw new Refusal("bad-bundle", "it does not end with a newline", `/${lines.length}`);
  return lines;
}

const bad = (what) => {
  throw new Refusal("bad-bundle", what);
};

function readLine(bundle, hashes, value, number) {
  if (typeof value !== "object" || Array.isArray(value)) bad("it is no object");
  if (number === 0) bundle.head = readHead(value);
  else if ("entry" in value) bundle.entries.push(readEntry(value, hashes, bundle.entries.at(-1)));
  else if ("key" in value && bundle.entries.length === 0) bundle.keys.push(readKey(value, hashes, bundle.keys.at(-1)));
  else if ("anchor" in value && bundle.entries.length + bundle.keys.length === 0) {
    bundle.anchors.push(readAnchor(value, hashes, bundle.anchors.at(-1)));
  } else bad("neither anchor, key nor entry, or not in that order");
}

function demand(value, members) {
  if (Object.keys(value).sort().join() !== [...members].sort().join()) bad(`it has not exactly the members ${members.join(", ")}`);
}

const isPosition = (value) => Number.isSafeInteger(value) && value >= 0;
const isTexts = (value) => Array.isArray(value) && value.every((one) => typeof one === "string");
const isAscending = (list) => list.every((one, at) => at === 0 || list[at - 1] < one);

// In the order of UTF-8, which is not that of JavaScript's comparison beyond U+FFFF.
const compareTexts = (one, other) => (hex(utf8(one)) < hex(utf8(other)) ? -1 : one === other ? 0 : 1);

function readHead(value) {
  if (value.format !== BUNDLE_FORMAT) bad(`its format is not ${BUNDLE_FORMAT}`);
  demand(value, ["about", "checkpoint", "format", "genesis", "origin", ...("index" in value ? ["index"] : [])]);
  if (!isTexts([value.about, value.checkpoint, value.genesis, value.origin])) bad("its members are texts");
  if (!isName(value.about) || !isDigest(value.genesis)) bad("about or genesis is malformed");
  if ("index" in value && !isPosition(value.index)) bad("index is no position");
  return value;
}

function readAnchor(value, hashes, previous) {
  demand(value, ["anchor", "hashes", "path", "replies"]);
  if (typeof value.anchor !== "string" || !isTexts(value.replies)) bad("an anchor is a note with replies");
  const replies = value.replies.map(fromBase64);
  if (replies.length === 0 || !isAscending(replies.map(hex))) bad("an anchor has replies, sorted and unique");
  if (previous && compareTexts(previous.note, value.anchor) >= 0) bad("anchors are sorted and unique");
  return { note: value.anchor, replies, path: hashes.read(value) };
}

function readKey(value, hashes, previous) {
  demand(value, ["hashes", "key", "path", ...("leaf" in value ? ["leaf"] : [])]);
  if (typeof value.key !== "string" || !isIndexKey(value.key)) bad("it is no index key");
  if (previous && previous.key >= value.key) bad("keys are sorted and unique");
  return { key: value.key, proof: { leaf: "leaf" in value ? readLeaf(value.leaf) : null, path: hashes.read(value) } };
}

function readLeaf(leaf) {
  demand(leaf, ["count", "key", "root"]);
  if (!isPosition(leaf.count) || leaf.count === 0 || !isTexts([leaf.key, leaf.root]) || !isIndexKey(leaf.key)) bad("a leaf is malformed");
  return { count: leaf.count, key: leaf.key, root: readHash(leaf.root) };
}

function readEntry(value, hashes, previous) {
  demand(value, ["disclosures", "entry", "hashes", "index", "path"]);
  if (!isPosition(value.index) || typeof value.entry !== "string") bad("an entry has a position and bytes");
  if (previous && previous.index >= value.index) bad("entries are sorted and unique");
  if (!isTexts(value.disclosures) || !isAscending(value.disclosures)) bad("disclosures are texts, sorted and unique");
  return { index: value.index, data: fromBase64(value.entry), disclosures: value.disclosures, path: hashes.read(value) };
}

function readHash(text) {
  const hash = fromBase64(text);
  if (hash.length !== 32) bad("a hash has 32 bytes");
  return hash;
}

// Every hash stands in a bundle once, where it is first used.
class HashTable {
  constructor() {
    this.hashes = [];
    this.known = new Set();
  }

  read({ hashes, path }) {
    if (!isTexts(hashes) || !Array.isArray(path) || !path.every(isPosition)) bad("hashes are texts, a path is numbers");
    const first = this.hashes.length;
    const used = [...new Set(path.filter((number) => number >= first))];
    if (used.length !== hashes.length || used.some((number, at) => number !== first + at)) {
      bad("`hashes` holds what `path` uses first, in that order");
    }
    for (const text of hashes) {
      if (this.known.has(text)) bad("a hash stands in two places");
      this.known.add(text);
      this.hashes.push(readHash(text));
    }
    return path.map((number) => this.hashes[number]);
  }
}

// --- which keys it has to prove -----------------------------------------------------------------------------------------

const SUCCESSIONS = ["FactoryMerged", "FactorySplit", "PartyMerged", "PartySplit"];

// The name and every name that mergers and splits tie to it.
export function heirs(name, statements) {
  const prefix = name.slice(0, name.indexOf(":") + 1);
  const tied = statements
    .filter((one) => SUCCESSIONS.includes(one.event))
    .map((one) => one.subjects.map((subject) => subject.name).filter((other) => other.startsWith(prefix)));
  const found = new Set([name]);
  for (let size = 0; size !== found.size; ) {
    size = found.size;
    for (const names of tied) if (names.some((one) => found.has(one))) names.forEach((one) => found.add(one));
  }
  return found;
}

export function keysAbout(name, statements) {
  const keysOf = (one) => (one.startsWith("party:") ? [one, `by:${one.slice(6)}`, `voice:${one.slice(6)}`] : [one]);
  return new Set([...heirs(name, statements)].flatMap(keysOf));
}

// The keys that a bundle proves, no more and no fewer: those about the name, and the history of every party named.
export function requiredKeys(about, statements) {
  return new Set([...keysAbout(about, statements), ...statements.flatMap(partiesOf).map((slug) => `keys:${slug}`)]);
}

function partiesOf({ issuers, claimants, via, predicate, subjects, claim }) {
  const named = subjects.filter((one) => one.name.startsWith("party:")).map((one) => one.name.slice(6));
  const relays = via.filter((relay) => !relay.includes(":"));
  return [...issuers, ...claimants, ...relays, ...(predicate.audience ?? []), ...named, ...namedIn(claim).filter(isSlug)];
}

const NAMING = ["actor", "addressees", "operatedBy", "owner", "recipients", "recoverers", "respondents"];

// What clear members of a claim name, and what an amendment sets.
function namedIn(claim) {
  const isObject = typeof claim === "object" && claim !== null;
  if (!isObject) return [];
  const participants = Array.isArray(claim.participants) ? claim.participants.map((one) => one?.party) : [];
  return [...NAMING.flatMap((member) => claim[member] ?? []), ...participants, ...namedIn(claim.set)];
}
