// Bundles (docs/protocol.md, "Bundles"): read one, then verify it step by step. Nothing here needs a network.

import { Refusal, fromBase64, hex, isDigest, isName, isSlug, sha256, utf8 } from "./bytes.js";
import { decodeCanonical } from "./canonical.js";
import { KeyHistory, introducedKeys } from "./history.js";
import { isIndexKey, statementKeys, verifyAllOfKey } from "./index.js";
import { verifySignature } from "./keys.js";
import { leafHash, verifyConsistency, verifyInclusion } from "./merkle.js";
import { isQuorum, openNote, parseCheckpoint, splitNote } from "./note.js";
import { NO_GENESIS, decodeEntry, decodeStatement, pae, parseDisclosure, readStatement, takeApart } from "./statement.js";

const FORMAT = "urn:evidence-ledger:v1:bundle";
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
  if (value.format !== FORMAT) bad(`its format is not ${FORMAT}`);
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

// --- verifying -----------------------------------------------------------------------------------------------------------

// Grades as everywhere: held, failed, unreadable, unchecked, unverified.
const STEPS = [
  ["form", checkForm],
  ["signatures", checkSignatures],
  ["key status", checkKeyStatus],
  ["inclusion", checkInclusion],
  ["trust root", checkTrustRoot],
  ["checkpoint", checkCheckpoint],
  ["witnesses", checkWitnesses],
  ["completeness", checkCompleteness],
  ["rules", checkRules],
  ["disclosures", checkDisclosures],
  ["documents", checkDocuments],
  ["time-stamps", checkTimeStamps],
];

// Yields {number, name, grade, detail, entries} for each step, `entries` being the positions that failed it, and
// returns the items for who shows them. The steps and their numbers are those of evidence-verify.
export async function* verifyBundle(bytes, trust = null) {
  let reading;
  try {
    reading = await readBundle(bytes, trust);
  } catch (error) {
    yield { number: 1, name: "file", grade: "unreadable", detail: told(error), entries: [] };
    return null;
  }
  const count = reading.items.length;
  yield { number: 1, name: "file", grade: "held", detail: `${count} entries about ${reading.bundle.head.about}`, entries: [] };
  for (const [at, [name, check]] of STEPS.entries()) {
    let found;
    try {
      found = await check(reading);
    } catch (error) {
      found = ["failed", told(error)];
    }
    yield { number: at + 2, name, grade: found[0], detail: found[1], entries: found[2] ?? [] };
  }
  return reading;
}

const told = (error) => (error instanceof Refusal ? error.message : `${error.name}: ${error.message}`);

async function readBundle(bytes, trust) {
  const bundle = parseBundle(bytes);
  const checkpoint = await parseCheckpoint(splitNote(bundle.head.checkpoint).text);
  const items = await Promise.all(bundle.entries.map(readItem));
  const statements = items.filter((item) => item.statement).map((item) => item.statement);
  const index = items.find((item) => item.index === bundle.head.index)?.statement;
  return { bundle, checkpoint, trust, items, statements, indexed: index?.kind === "index" ? index.claim : null };
}

async function readItem(source) {
  // Generous, where judging comes later: what is not in its one form is read all the same, if that is possible.
  const item = { ...source, leaf: await leafHash(source.data), entry: null, statement: null, refusal: null };
  try {
    item.entry = decodeEntry(source.data);
  } catch (error) {
    item.refusal = error;
    item.entry = takeApart(source.data);
  }
  if (item.entry === null) return item;
  try {
    item.statement = await decodeStatement(item.entry.payload);
  } catch (error) {
    item.refusal ??= error;
    item.statement = await readStatement(item.entry.payload);
  }
  return item;
}

// A finding over many entries: held, or failed with the first few named.
async function overEntries(items, judge, held, grade = "held") {
  const failed = [];
  for (const item of items) {
    try {
      await judge(item);
    } catch (error) {
      failed.push([item.index, told(error)]);
    }
  }
  if (failed.length === 0) return [grade, held];
  const shown = failed.slice(0, 3).map(([index, what]) => `entry ${index}: ${what}`);
  const more = failed.length > 3 ? `; and ${failed.length - 3} more` : "";
  return ["failed", shown.join("; ") + more, failed.map(([index]) => index)];
}

async function checkForm({ items }) {
  const judge = (item) => {
    if (item.refusal) throw item.refusal;
  };
  const found = await overEntries(items, judge, "");
  if (found[0] === "failed") return found;
  const other = items.filter((item) => !item.statement?.understood).map((item) => item.index);
  const strange = other.length > 0 ? `; not understood, another version: entries ${other.join(", ")}` : "";
  return ["unchecked", `${items.length} entries are canonical and have the members of every statement${strange}; the tables of each kind are checked by evidence-verify`];
}

async function checkSignatures({ items }) {
  const keys = new Map();
  for (const item of items) {
    if (!item.statement?.understood) continue;
    for (const key of await introducedKeys(item.statement, item.index).catch(() => [])) keys.set(key.id, key.publicKey);
  }
  let count = 0;
  const missing = new Set();
  const judge = async ({ entry, index }) => {
    if (!entry) return;
    const message = pae(entry.payload);
    for (const { keyid, signature } of entry.signatures) {
      const publicKey = keys.get(keyid);
      if (!publicKey) missing.add(index);
      else if (!(await verifySignature(publicKey, message, signature))) {
        throw new Refusal("bad-signature", `the signature of the key ${keyid} does not fit what it signs`);
      } else count += 1;
    }
  };
  const found = await overEntries(items, judge, "");
  if (found[0] === "failed") return found;
  if (missing.size > 0) return ["unchecked", `${count} are good; keys not at hand for entries ${[...missing].join(", ")}`];
  return ["held", `${count} signatures by ${keys.size} keys are good`];
}

async function checkKeyStatus(reading) {
  const history = new KeyHistory();
  const judge = async ({ statement, entry, index }) => {
    if (!statement?.understood) return;
    try {
      await history.judge(statement, entry, index);
    } finally {
      await history.takeIn(statement, index);
    }
  };
  const found = await overEntries(reading.items, judge, "");
  if (found[0] === "failed") return found;
  const gaps = await unknownHistories(reading);
  const flagged = reading.items.filter((item) => item.entry && history.compromised(item.entry, item.index));
  const flag = flagged.length ? `; signed since a key was in other hands: entries ${flagged.map((item) => item.index).join(", ")}` : "";
  if (gaps.length > 0) return ["unchecked", `not shown to be whole: the key history of ${gaps.join(", ")}${flag}`];
  return ["held", `each key could sign when it did, as of entry ${reading.indexed.size - 1}${flag}`];
}

// Whose keys may have a history that the bundle does not show.
async function unknownHistories(reading) {
  const signers = new Set(reading.statements.flatMap((one) => one.issuers));
  if (!reading.indexed || reading.statements.some((one) => !one.understood)) return [...signers];
  const whole = await Promise.all([...signers].map((slug) => isWhole(reading, `keys:${slug}`)));
  return [...signers].filter((_, at) => !whole[at]);
}

async function isWhole(reading, key) {
  const proven = reading.bundle.keys.find((one) => one.key === key);
  return proven !== undefined && (await proveKey(reading, proven).then(() => true, () => false));
}

// Refuses unless the entries here are all entries of the key.
function proveKey({ items, indexed }, { key, proof }) {
  const pairs = items.filter((item) => item.index < indexed.size && item.statement && statementKeys(item.statement).has(key));
  return verifyAllOfKey(fromBase64(indexed.root), key, proof, pairs);
}

function checkInclusion({ items, checkpoint }) {
  const judge = async ({ leaf, index, path }) => {
    if (!(await verifyInclusion(leaf, index, checkpoint.size, path, checkpoint.root))) {
      throw new Refusal("bad-proof", "its path does not lead to the checkpoint's root");
    }
  };
  return overEntries(items, judge, `${items.length} entries stand in the log of ${checkpoint.size}`);
}

function checkTrustRoot({ bundle, items, checkpoint, trust }) {
  const { origin, genesis } = bundle.head;
  const opened = items.find((item) => item.index === 0)?.statement?.id;
  if (checkpoint.origin !== origin || opened !== genesis) return ["failed", `the checkpoint is of ${checkpoint.origin}, entry 0 is ${opened}`];
  if (!trust) return ["unverified", "no trust file was given: anyone can make a log of this name"];
  if (trust.origin !== origin || trust.genesis !== genesis) return ["failed", `the bundle is of ${origin} with genesis ${genesis}`];
  return ["held", `${origin} with genesis ${genesis}`];
}

async function checkCheckpoint({ trust, bundle }) {
  if (!trust) return ["unverified", "the key that signed the checkpoint is not known"];
  await openNote(bundle.head.checkpoint, [trust.log]);
  return ["held", `signed by ${trust.log.name}, key ${trust.log.hash}`];
}

async function checkWitnesses({ trust, bundle }) {
  if (!trust) return ["unverified", "which witnesses count is not known"];
  const { policy } = trust;
  const found = new Set();
  const signed = splitNote(bundle.head.checkpoint).signatures;
  for (const [name, key] of policy.witnesses) {
    if (!signed.some((one) => one.name === key.name && one.hash === key.hash)) continue;
    await openNote(bundle.head.checkpoint, [key]);
    found.add(name);
  }
  const count = `${found.size} cosignatures`;
  if (!isQuorum(policy, found)) return ["failed", `${count}, the quorum ${policy.quorum} is not reached`];
  return ["held", `${count}, quorum ${policy.quorum}`];
}

async function checkCompleteness(reading) {
  const { bundle, items, statements, indexed } = reading;
  if (bundle.head.index === undefined) return ["unchecked", "the log had no index statement yet: nothing is said about completeness"];
  if (!indexed) return ["failed", `entry ${bundle.head.index} is no index statement`];
  const required = requiredKeys(bundle.head.about, statements);
  const proven = new Set(bundle.keys.map((one) => one.key));
  const missing = [...required].filter((key) => !proven.has(key));
  const surplus = [...proven].filter((key) => !required.has(key));
  if (missing.length + surplus.length > 0) return ["failed", `keys not proven: ${missing.join(", ") || "none"}; not asked for: ${surplus.join(", ") || "none"}`];
  const late = items.filter((item) => item.index >= indexed.size && item.index !== bundle.head.index);
  if (late.length > 0) return ["failed", "entries that the index does not cover are among them", late.map((item) => item.index)];
  const named = /^statement:(.*)$/.exec(bundle.head.about)?.[1];
  if (named && !statements.some((one) => one.id === named)) return ["failed", "the statement itself is not among the entries"];
  for (const proven of bundle.keys) await proveKey(reading, proven);
  return ["held", `all there is about ${bundle.head.about} up to entry ${indexed.size - 1}, by the operator's index`];
}

// Of the rules, those about every entry alike: the binding to this log, the clock, and that nothing is said twice.
async function checkRules({ items }) {
  const opened = items.find((item) => item.index === 0)?.statement;
  if (!opened) return ["unchecked", "entry 0 is not here, so nothing says what binds the others"];
  const ids = new Set();
  const digests = new Set();
  let previous = "";
  const judge = ({ statement, entry, index }) => {
    if (!statement?.understood) return;
    const before = previous;
    previous = entry.recordedAt;
    const { ledger, predicate } = statement;
    const genesis = index === 0 ? NO_GENESIS : opened.id;
    if (ledger.origin !== opened.ledger.origin || ledger.genesis !== genesis) throw new Refusal("foreign-ledger", "it is bound to another log");
    if (entry.recordedAt < before) throw new Refusal("time-decreased", `recorded before ${before}`);
    if (Date.parse(predicate.issuedAt) > Date.parse(entry.recordedAt) + 300_000) throw new Refusal("issued-ahead", `signed on ${predicate.issuedAt}`);
    if (predicate.submitBy && Date.parse(predicate.submitBy) < Date.parse(entry.recordedAt)) throw new Refusal("submitted-late", `after ${predicate.submitBy}`);
    if (ids.has(statement.id)) throw new Refusal("statement-known", "it stands above already");
    ids.add(statement.id);
    for (const digest of statement.digests) {
      if (digests.has(digest)) throw new Refusal("digest-repeated", "a digest of it stands above already");
      digests.add(digest);
    }
  };
  return overEntries(items, judge, "bound to this log, in order of time, nothing twice; the other rules are for evidence-verify", "unchecked");
}

async function checkDisclosures(reading) {
  let held = 0;
  const erasures = reading.statements.filter((one) => ["DisclosureErased", "EvidenceErased"].includes(one.event));
  const erased = new Set(erasures.flatMap((one) => one.claim.digests ?? []));
  const judge = async (item) => {
    item.disclosed = [];
    for (const text of item.disclosures) {
      const one = await parseDisclosure(text);
      if (!item.statement?.digests.includes(one.digest)) throw new Refusal("disclosure-unused", "nothing signed commits to a disclosure");
      if (erased.has(one.digest)) throw new Refusal("erased-slot", "an erased content is given all the same");
      item.disclosed.push(one);
      held += 1;
    }
  };
  const found = await overEntries(reading.items, judge, "");
  if (found[0] === "failed") return found;
  const all = reading.statements.reduce((sum, one) => sum + one.digests.length, 0);
  const gone = reading.statements.flatMap((one) => one.digests).filter((one) => erased.has(one)).length;
  return [all === held ? "held" : "unchecked", `${held} held, ${all - held - gone} withheld or decoys, ${gone} erased`];
}

function checkDocuments({ statements }) {
  const named = new Set(statements.flatMap((one) => one.subjects.map((subject) => subject.name)).filter((name) => name.startsWith("document:")));
  if (named.size === 0) return ["held", "no document is named"];
  return ["unchecked", `${named.size} named by their SHA-256; their bytes are not in this file`];
}

async function checkTimeStamps({ bundle, checkpoint }) {
  if (bundle.anchors.length === 0) return ["unchecked", "none in the bundle"];
  for (const anchor of bundle.anchors) {
    const old = await parseCheckpoint(splitNote(anchor.note).text);
    const leads = await verifyConsistency(old.size, old.root, checkpoint.size, checkpoint.root, anchor.path);
    const imprint = hex(await sha256(utf8(splitNote(anchor.note).text)));
    const fits = anchor.replies.every((reply) => isGranted(reply) && hex(reply).includes(imprint));
    if (!fits) return ["failed", "a reply refuses, or is about something else than its checkpoint"];
    if (old.origin !== checkpoint.origin || !leads) return ["failed", `the dated tree of ${old.size} entries is not the beginning of this log`];
  }
  return ["unchecked", `${bundle.anchors.length} dated trees begin this log; the authorities' signatures are checked by evidence-verify`];
}

// Whether a TimeStampResp (RFC 3161, DER) begins with the status granted, with modifications or without.
function isGranted(reply) {
  const header = (at) => (reply[at + 1] < 128 ? 2 : 2 + (reply[at + 1] & 127));
  const inside = header(0);
  const status = inside + header(inside);
  return reply[0] === 0x30 && reply[inside] === 0x30 && reply[status] === 2 && reply[status + 1] === 1 && reply[status + 2] <= 1;
}
