// Verifying a bundle: thirteen numbered steps, each with a grade (ledger/verifier/bundle.py). The tables of the kinds
// and most rules between statements are not repeated here: what needs them is called unchecked, and never held.

import { Refusal, fromBase64, hex, sha256 } from "./bytes.js";
import { parseBundle, requiredKeys } from "./bundle.js";
import { Climb } from "./climb.js";
import { ELSEWHERE, refused, refusedAmong, sentence, stepOf, takeSteps } from "./grading.js";
import { KeyHistory, introducedKeys } from "./history.js";
import { statementKeys, verifyAllOfKey } from "./index.js";
import { verifySignature } from "./keys.js";
import { leafHash, verifyConsistency } from "./merkle.js";
import { cosigners, isAuditor, parseCheckpoint, splitNote } from "./note.js";
import { judgeLogSignature, judgeQuorum, judgeTrustRoot } from "./signedhead.js";
import { NO_GENESIS, decodeEntry, decodeStatement, pae, parseDisclosure, readStatement, takeApart } from "./statement.js";
import { isStampOf, readReply } from "./timestamp.js";

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

export const BUNDLE_STEPS = STEPS.length + 1;

// Yields each step as it is decided (see stepOf) and returns the reading, null of an unreadable file, for who shows it.
// `documents` maps SHA-256 to bytes that came along; `progress(done, total)` hears of entries within a step.
export async function* verifyBundle(bytes, trust = null, { documents = new Map(), progress = null } = {}) {
  let reading;
  try {
    reading = await readBundle(bytes, progress);
  } catch (error) {
    yield stepOf(1, "file", ["unreadable", refused(error)]);
    return null;
  }
  Object.assign(reading, { trust, documents, progress });
  const { bundle, checkpoint, items } = reading;
  const held = sentence("a bundle about {about}: {n} entries of a log of {size}", { about: bundle.head.about, n: items.length, size: checkpoint.size });
  yield stepOf(1, "file", ["held", held]);
  yield* takeSteps(STEPS, reading, 2);
  return reading;
}

// What the steps amount to, as sentences.
export function bundleVerdict(reading, steps) {
  const grades = new Set(steps.map((step) => step.grade));
  if (reading === null) return [sentence("unreadable")];
  if (grades.has("failed")) return [sentence("failed")];
  if (grades.has("unverified")) return [sentence("trust root: unverified")];
  const verdict = [completeness(reading)];
  if (reading.items.some(isOfAnotherVersion)) {
    verdict.push(sentence("inclusion proven, content not understood, of statements of another version"));
  }
  return verdict;
}

function completeness({ indexed, items, cosigned }) {
  if (!indexed) return sentence("logged; nothing is said about completeness");
  const last = items.filter((item) => item.index < indexed.size).at(-1);
  const values = { entry: indexed.size - 1, time: last.entry.recordedAt };
  return [...cosigned].some(isAuditor)
    ? sentence("complete up to entry {entry} (recorded {time} or later), audited", values)
    : sentence("complete up to entry {entry} (recorded {time} or later), operator's claim", values);
}

// --- 1 file -----------------------------------------------------------------------------------------------------------

const AT_ONCE = 200; // entries taken apart together

async function readBundle(bytes, progress) {
  const bundle = parseBundle(bytes);
  const checkpoint = await parseCheckpoint(splitNote(bundle.head.checkpoint).text);
  const items = [];
  for (let at = 0; at < bundle.entries.length; at += AT_ONCE) {
    progress?.(at, bundle.entries.length);
    items.push(...(await Promise.all(bundle.entries.slice(at, at + AT_ONCE).map(readItem))));
  }
  const statements = items.filter((item) => item.statement).map((item) => item.statement);
  const index = items.find((item) => item.index === bundle.head.index)?.statement;
  const indexed = index?.understood && index.kind === "index" && Number.isSafeInteger(index.claim?.size) ? index.claim : null;
  return { bundle, checkpoint, items, statements, indexed, erased: erasedIn(statements), cosigned: new Set(), proofs: new Map() };
}

async function readItem(source) {
  // Generous, where judging comes later: what is not in its one form is read all the same, if that is possible.
  const item = { ...source, leaf: await leafHash(source.data), entry: null, statement: null, keys: new Set(), introduced: [], refusal: null };
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
  try {
    if (item.statement) item.keys = statementKeys(item.statement);
    if (item.statement) requiredKeys("ledger:main", [item.statement]);
  } catch {
    item.statement = null; // it does not say what it is about
  }
  if (item.statement?.understood) await readKeys(item);
  return item;
}

// The keys that the entry introduces; a statement that does not describe them has no form that any rule could take.
async function readKeys(item) {
  try {
    item.introduced = await introducedKeys(item.statement, item.index);
  } catch (error) {
    item.refusal ??= error;
    item.introduced = null;
  }
}

// Digests that a statement of erasure here names: of disclosures, and SHA-256 of documents.
function erasedIn(statements) {
  const erasures = statements.filter((one) => ["DisclosureErased", "EvidenceErased"].includes(one.event));
  return new Set(erasures.flatMap((one) => (Array.isArray(one.claim.digests) ? one.claim.digests : [])));
}

// --- 2 form -----------------------------------------------------------------------------------------------------------

async function checkForm({ items, progress }) {
  const judge = ({ refusal }) => {
    if (refusal) throw refusal;
  };
  const failed = await refusedAmong(items, judge, progress);
  if (failed) return failed;
  const strange = items.filter(isOfAnotherVersion).map((item) => item.index);
  const said = [sentence("{n} are canonical and have the members of every statement", { n: items.length }), ELSEWHERE];
  if (strange.length > 0) said.unshift(sentence("content not understood, another version: {entries}", { entries: strange }));
  return ["unchecked", said];
}

// --- 3 signatures, 4 key status ---------------------------------------------------------------------------------------

async function checkSignatures({ items, progress }) {
  const keys = new Map();
  for (const { introduced } of items) for (const key of introduced ?? []) keys.set(key.id, key.publicKey);
  let good = 0;
  const missing = new Set();
  const judge = async ({ entry, index }) => {
    if (!entry) return;
    const message = pae(entry.payload);
    for (const { keyid, signature } of entry.signatures) {
      const publicKey = keys.get(keyid);
      if (!publicKey) missing.add(index);
      else if (!(await verifySignature(publicKey, message, signature))) throw new Refusal("bad-signature", "a signature does not verify");
      else good += 1;
    }
  };
  const failed = await refusedAmong(items, judge, progress);
  if (failed) return failed;
  if (missing.size === 0) return ["held", sentence("{good} good", { good })];
  return ["unchecked", [sentence("{good} good", { good }), sentence("keys not at hand for {entries}", { entries: [...missing] })]];
}

async function checkKeyStatus(reading) {
  const { items, progress } = reading;
  const history = new KeyHistory();
  const whole = await wholeHistories(reading);
  const gaps = [];
  const judge = async (item) => {
    const { statement, entry, index } = item;
    if (isOfAnotherVersion(item)) gaps.push([index, sentence("a statement of another version")]);
    if (item.introduced === null) gaps.push([index, sentence("its form")]);
    if (!statement?.understood || item.introduced === null) return;
    const unknown = index === 0 ? [] : statement.issuers.filter((slug) => !whole.has(slug));
    if (unknown.length > 0) gaps.push([index, sentence("the history of {name}", { name: `party:${unknown[0]}` })]);
    try {
      await history.judge(statement, entry, index);
    } catch (error) {
      // What is not here may have introduced the key, or made its standing another.
      if (unknown.length === 0 || DECIDED_ANYWAY.includes(error.code)) throw error;
    } finally {
      await history.takeIn(statement, index);
    }
  };
  const failed = await refusedAmong(items, judge, progress);
  if (failed) return failed;
  const flagged = items.filter((item) => item.entry && history.compromised(item.entry, item.index)).map((item) => item.index);
  const flags = flagged.length > 0 ? [sentence("signed since their key is said to be compromised: {entries}", { entries: flagged })] : [];
  if (gaps.length === 0) return ["held", [sentence("signed by whom they had to be, with keys valid then"), ...flags]];
  const values = { entries: gaps.map(([index]) => index), what: gaps[0][1] };
  return ["unchecked", [sentence("not decided here for {entries}, for want of {what}", values), ...flags]];
}

const DECIDED_ANYWAY = ["surplus-signature", "key-known"];

const isOfAnotherVersion = ({ statement }) => statement !== null && !statement.understood;

// The signers whose key history the bundle shows to be whole.
async function wholeHistories(reading) {
  const proven = new Set(reading.indexed ? reading.bundle.keys.map((one) => one.key) : []);
  const signers = [...new Set(reading.statements.flatMap((one) => one.issuers))].filter((slug) => proven.has(`keys:${slug}`));
  const refusals = await Promise.all(signers.map((slug) => refusalOf(reading, `keys:${slug}`)));
  return new Set(signers.filter((_, at) => refusals[at] === null));
}

// Why the entries here are not all entries of a key that the bundle proves; null when they are.
function refusalOf(reading, key) {
  const { bundle, items, indexed, proofs } = reading;
  if (!proofs.has(key)) {
    const { proof } = bundle.keys.find((one) => one.key === key);
    const pairs = items.filter((item) => item.index < indexed.size && item.keys.has(key));
    const proven = (async () => verifyAllOfKey(fromBase64(indexed.root), key, proof, pairs))();
    proofs.set(key, proven.then(() => null, (error) => error));
  }
  return proofs.get(key);
}

// --- 5 inclusion ------------------------------------------------------------------------------------------------------

async function checkInclusion({ items, checkpoint, progress }) {
  const climb = new Climb(checkpoint.size, checkpoint.root);
  const lost = [];
  for (const [at, { leaf, index, path }] of items.entries()) {
    if (at % 50 === 0) progress?.(at, items.length);
    if (!(await climb.leads(leaf, index, path))) lost.push(index);
  }
  if (lost.length > 0) return ["failed", sentence("the proofs of {entries} do not lead to the checkpoint's root", { entries: lost }), lost];
  return ["held", sentence("{n} in the tree of {size}", { n: items.length, size: checkpoint.size })];
}

// --- 6 trust root, 7 checkpoint, 8 witnesses --------------------------------------------------------------------------

function checkTrustRoot({ bundle, items, checkpoint, trust }) {
  const { origin, genesis } = bundle.head;
  const opened = items.find((item) => item.index === 0)?.statement?.id;
  if (checkpoint.origin !== origin || opened !== genesis) {
    return ["failed", sentence("the checkpoint is of {origin}, entry 0 is {id}", { origin: checkpoint.origin, id: opened ?? sentence("none") })];
  }
  if (!trust) return ["unverified", sentence("no trust file was given: anyone can make a log of this name")];
  return judgeTrustRoot(origin, genesis, trust);
}

async function checkCheckpoint({ trust, bundle }) {
  if (!trust) return ["unverified", sentence("the key that signed the checkpoint is not known")];
  return (await judgeLogSignature(bundle.head.checkpoint, trust)).finding;
}

async function checkWitnesses(reading) {
  const { trust, bundle } = reading;
  if (!trust) return ["unverified", sentence("which witnesses count is not known")];
  reading.cosigned = await cosigners(bundle.head.checkpoint, trust.policy);
  return judgeQuorum(trust.policy, reading.cosigned);
}

// --- 9 completeness ---------------------------------------------------------------------------------------------------

async function checkCompleteness(reading) {
  const { bundle, items, statements, indexed } = reading;
  const { about, index } = bundle.head;
  if (index === undefined) return ["unchecked", sentence("the log had no index statement: nothing is said about completeness")];
  if (!indexed) return ["failed", sentence("entry {index} is no index statement, or is not here", { index })];
  const named = /^statement:(.*)$/.exec(about)?.[1];
  if (named && !statements.some((one) => one.id === named)) throw new Refusal("index-incomplete", "the statement that the bundle is about is not in it");
  const required = requiredKeys(about, statements);
  const proven = new Set(bundle.keys.map((one) => one.key));
  const missing = [...required].filter((key) => !proven.has(key)).sort();
  const surplus = [...proven].filter((key) => !required.has(key)).sort();
  if (missing.length + surplus.length > 0) return ["failed", sentence("keys not proven: {missing}; proven for nothing: {surplus}", { missing, surplus })];
  const late = items.filter((item) => item.index >= indexed.size && item.index !== index).map((item) => item.index);
  if (late.length > 0) return ["failed", sentence("entries {entries} are beyond the {size} that the index covers", { entries: late, size: indexed.size }), late];
  const wrong = (await Promise.all([...proven].map((key) => refusalOf(reading, key)))).filter((one) => one !== null);
  if (wrong.length > 0 && items.some(isOfAnotherVersion)) {
    return ["unchecked", sentence("the keys of statements of another version are not known")];
  }
  if (wrong.length > 0) return ["failed", wrong.slice(0, 3).map(refused)];
  return ["held", sentence("all there is under {n} keys up to entry {entry}", { n: proven.size, entry: indexed.size - 1 })];
}

// --- 10 rules ---------------------------------------------------------------------------------------------------------

// Of the rules, those about every entry alike: the binding to this log, the clock, and that nothing is said twice.
async function checkRules({ items, progress }) {
  const opened = items.find((item) => item.index === 0)?.statement;
  if (!opened) return ["unchecked", sentence("entry 0 is not here, so nothing says what binds the others")];
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
  const failed = await refusedAmong(items, judge, progress);
  return failed ?? ["unchecked", sentence("bound to this log, in order of time, nothing twice; the other rules are checked by evidence-verify")];
}

// --- 11 disclosures, 12 documents -------------------------------------------------------------------------------------

async function checkDisclosures({ items, erased, progress }) {
  const count = { held: 0, withheld: 0, erased: 0 };
  const judge = async (item) => {
    item.disclosed = [];
    for (const text of item.disclosures) item.disclosed.push(await parseDisclosure(text));
    // What is wrong with the statement itself is for its form to say.
    if (item.refusal || !item.statement?.understood) return;
    const { digests } = item.statement;
    for (const { digest } of item.disclosed) {
      if (erased.has(digest)) throw new Refusal("erased-slot", `the content of ${digest} was erased`);
      if (!digests.includes(digest)) throw new Refusal("disclosure-unused", `nothing commits to ${digest}`);
    }
    const salts = new Set(item.disclosed.map(({ salt }) => salt));
    if (salts.size !== item.disclosed.length) throw new Refusal("repeated-salt", "another disclosure has the same salt");
    const gone = digests.filter((digest) => erased.has(digest)).length;
    count.held += item.disclosed.length;
    count.erased += gone;
    count.withheld += digests.length - item.disclosed.length - gone;
  };
  const failed = await refusedAmong(items, judge, progress);
  return failed ?? [count.withheld + count.erased > 0 ? "unchecked" : "held", sentence("{held} held, {withheld} withheld, {erased} erased", count)];
}

// Public documents: their bytes, where they came along, have the hash that was signed.
async function checkDocuments({ statements, documents, erased }) {
  const shown = statements.filter((one) => one.understood && one.kind === "document" && one.predicate.visibility === "public");
  const names = shown.flatMap((one) => one.subjects.map((subject) => subject.name)).filter((name) => name.startsWith("document:"));
  const named = new Set(names.map((name) => name.slice("document:".length)));
  for (const [digest, bytes] of [...documents].sort()) {
    if (hex(await sha256(bytes)) !== digest) return ["failed", sentence("the bytes called {digest} are others", { digest })];
    if (erased.has(digest)) return ["failed", sentence("the document {digest} was erased", { digest })];
    if (!named.has(digest)) return ["failed", sentence("no entry here names the document {digest}", { digest })];
  }
  const gone = [...named].filter((digest) => erased.has(digest)).length;
  const absent = [...named].filter((digest) => !erased.has(digest) && !documents.has(digest)).length;
  return [absent + gone > 0 ? "unchecked" : "held", sentence("{match} match, {absent} absent, {erased} erased", { match: documents.size, absent, erased: gone })];
}

// --- 13 time-stamps ---------------------------------------------------------------------------------------------------

async function checkTimeStamps({ bundle, checkpoint }) {
  if (bundle.anchors.length === 0) return ["unchecked", sentence("none")];
  const seen = [];
  for (const anchor of bundle.anchors) {
    const { text } = splitNote(anchor.note);
    const old = await parseCheckpoint(text);
    const leads = await verifyConsistency(old.size, old.root, checkpoint.size, checkpoint.root, anchor.path);
    if (old.origin !== checkpoint.origin || !leads) throw new Refusal("bad-timestamp", `the stamped tree of ${old.size} is none that this log grew from`);
    for (const reply of anchor.replies) {
      const stamp = readReply(reply);
      if (!(await isStampOf(stamp, text))) throw new Refusal("bad-timestamp", `a reply is not about the tree of ${old.size}`);
      seen.push(sentence("{size} entries at {time}", { size: old.size, time: stamp.time }));
    }
  }
  return ["unchecked", sentence("{times}; imprint matches, signature unchecked", { times: seen })];
}
