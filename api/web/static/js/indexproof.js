// Proof files: one answer about the log that is checked without it (ledger/core/index_proof.py): these are all entries of
// a key, nothing responded to a request, this was logged before that. Eight graded steps.

import { Refusal, fromBase64, fromUtf8 } from "./bytes.js";
import { ELSEWHERE, refused, sentence, takeSteps } from "./grading.js";
import { KEY_DEPTH_LIMIT, isIndexKey, statementKeys, verifyAllOfKey } from "./index.js";
import { keyId, verifySignature } from "./keys.js";
import { leafHash, verifyInclusion } from "./merkle.js";
import { isAuditor, parseCheckpoint, splitNote } from "./note.js";
import { PROOF_HASHES_LIMIT } from "./receipt.js";
import { failingVerdict, judgeCheckpoint, judgeTrustRoot, judgeWitnesses } from "./signedhead.js";
import { decodeEntry, decodeStatement, pae } from "./statement.js";

export const INDEX_PROOF_FORMAT = "urn:evidence-ledger:v1:index-proof";

// --- reading ----------------------------------------------------------------------------------------------------------

// {asks, checkpoint, entries, and key, proof, published or earlier, later} of a proof file, nothing verified.
export function parseIndexProof(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    bad("it is not JSON");
  }
  if (!isObject(value) || value.format !== INDEX_PROOF_FORMAT) bad(`it is no JSON object with the format ${INDEX_PROOF_FORMAT}`);
  try {
    return parsed(value);
  } catch (error) {
    throw new Refusal("bad-proof-file", error.what ?? error.message);
  }
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const bad = (what) => {
  throw new Refusal("bad-proof-file", what);
};

function parsed(value) {
  const { asks, checkpoint, entries } = value;
  let shown;
  if (asks === "precedence") {
    demandExactly(value, ["earlier", "later"]);
    shown = { earlier: position(value.earlier), later: position(value.later) };
  } else if (asks === "all" || asks === "silence") {
    demandExactly(value, ["key", "proof", "published"]);
    shown = { key: indexKey(value.key, asks), proof: keyProof(value.proof), published: position(value.published) };
  } else bad("it asks neither `all`, `silence` nor `precedence`");
  if (typeof checkpoint !== "string" || !Array.isArray(entries)) bad("`checkpoint` is a text and `entries` a list");
  const read = entries.map(provenEntry);
  if (read.some((one, at) => at > 0 && read[at - 1].index >= one.index)) bad("its entries do not ascend");
  return { asks, ...shown, checkpoint, entries: read };
}

function demandExactly(value, names) {
  const members = ["asks", "checkpoint", "entries", "format", ...names].sort().join();
  if (Object.keys(value).sort().join() !== members) bad("it lacks a member, or has one too many");
}

function position(value) {
  if (!Number.isInteger(value) || value < 0) bad("an index is a number from 0");
  return value;
}

function indexKey(value, asks) {
  if (typeof value !== "string" || !isIndexKey(value)) bad("its key is none");
  if (asks === "silence" && !value.startsWith("statement:")) bad("its key is that of no request");
  return value;
}

function provenEntry(value) {
  if (!isObject(value) || Object.keys(value).sort().join() !== "entry,index,path") bad("an entry has exactly `entry`, `index` and `path`");
  if (!Array.isArray(value.path) || value.path.length > PROOF_HASHES_LIMIT) bad(`a path is a list of at most ${PROOF_HASHES_LIMIT} hashes`);
  return { index: position(value.index), data: bytesOf(value.entry), path: value.path.map(hashOf) };
}

function keyProof(value) {
  if (!isObject(value) || !("path" in value) || Object.keys(value).some((name) => name !== "path" && name !== "leaf")) {
    bad("a key proof has the members `path` and perhaps `leaf`");
  }
  if (!Array.isArray(value.path) || value.path.length > KEY_DEPTH_LIMIT) bad(`the path is a list of at most ${KEY_DEPTH_LIMIT} hashes`);
  return { path: value.path.map(hashOf), leaf: "leaf" in value ? keyLeaf(value.leaf) : null };
}

function keyLeaf(value) {
  if (!isObject(value) || Object.keys(value).sort().join() !== "count,key,root") bad("a leaf has the members `count`, `key` and `root`");
  const { key, count } = value;
  if (typeof key !== "string" || !isIndexKey(key) || !Number.isInteger(count) || count < 1) bad("a leaf has an index key and a count of at least 1");
  return { key, count, root: hashOf(value.root) };
}

function bytesOf(value) {
  if (typeof value !== "string") bad("bytes are base64 in a text");
  return fromBase64(value);
}

function hashOf(value) {
  const hash = bytesOf(value);
  if (hash.length !== 32) bad("a hash has 32 bytes");
  return hash;
}

// --- verifying --------------------------------------------------------------------------------------------------------

const STEPS = [
  ["file", checkFile],
  ["statements", checkStatements],
  ["inclusion", checkInclusion],
  ["trust root", checkTrustRoot],
  ["checkpoint", judgeCheckpoint],
  ["witnesses", judgeWitnesses],
  ["index", checkIndex],
  ["answer", checkAnswer],
];

export const INDEX_PROOF_STEPS = STEPS.length;

// Yields each step as it is decided and returns the verdict, as sentences.
export async function* verifyIndexProof(bytes, trust = null) {
  const file = { bytes, trust, entries: new Map(), statements: new Map(), witnessed: false, cosigned: new Set(), answer: null };
  const steps = [];
  for await (const step of takeSteps(STEPS, file)) {
    steps.push(step);
    yield step;
  }
  return failingVerdict(steps) ?? [file.answer, file.witnessed ? sentence("witnessed") : sentence("unwitnessed")];
}

async function checkFile(file) {
  try {
    file.proof = parseIndexProof(fromUtf8(file.bytes));
    file.note = file.proof.checkpoint;
    file.checkpoint = await parseCheckpoint(splitNote(file.note).text);
  } catch (error) {
    return ["unreadable", refused(error)];
  }
  const { asks, entries, earlier, later, published } = file.proof;
  const spoken = asks === "precedence" ? [earlier, later] : [0, published];
  const missing = spoken.filter((index) => !entries.some((one) => one.index === index)).sort((one, other) => one - other);
  if (missing.length > 0) return ["unreadable", sentence("entry {index} is missing in the file", { index: missing[0] })];
  return ["held", sentence("asks `{asks}`, {n} entries", { asks, n: entries.length })];
}

async function checkStatements({ proof, entries, statements }) {
  for (const { index, data } of proof.entries) {
    try {
      const entry = decodeEntry(data);
      const statement = await decodeStatement(entry.payload);
      if (!statement.understood) throw new Refusal("unknown-kind", "this predicate type is not one of this protocol's");
      entries.set(index, entry);
      statements.set(index, statement);
    } catch (error) {
      return ["unreadable", sentence("entry {index}: {why}", { index, why: refused(error) })];
    }
  }
  return ["unchecked", [sentence("{n} are canonical and have the members of every statement", { n: entries.size }), ELSEWHERE]];
}

async function checkInclusion({ proof, checkpoint }) {
  const { size, root } = checkpoint;
  for (const { index, data, path } of proof.entries) {
    if (!(await verifyInclusion(await leafHash(data), index, size, path, root))) {
      return ["failed", sentence("the path of entry {index} does not lead to the checkpoint", { index })];
    }
  }
  return ["held", sentence("{n} entries in a log of {size}", { n: proof.entries.length, size })];
}

function checkTrustRoot({ trust, checkpoint, statements }) {
  if (!trust) return ["unverified", sentence("no trust file was given: anyone can make a log of this name")];
  const bound = [...statements].map(([index, { id, ledger }]) => ({ index, origin: ledger.origin, genesis: index === 0 ? id : ledger.genesis }));
  const common = bound[0]?.genesis ?? trust.genesis;
  const other = bound.find(({ origin, genesis }) => origin !== checkpoint.origin || genesis !== common);
  if (other) return ["failed", sentence("entry {index} is of {origin} with genesis {genesis}", other)];
  return judgeTrustRoot(checkpoint.origin, common, trust);
}

async function checkIndex(file) {
  const { asks, key, published } = file.proof;
  if (asks === "precedence") return ["held", sentence("not needed: the places in the log answer by themselves")];
  const statement = file.statements.get(published);
  if (statement.kind !== "index") return ["failed", sentence("entry {index} is no index statement", { index: published })];
  const { size, root } = statement.claim;
  if (size > published) return ["failed", sentence("entry {index} indexes entries after itself", { index: published })];
  file.indexed = size;
  file.listed = file.proof.entries.filter((one) => one.index < size && statementKeys(file.statements.get(one.index)).has(key));
  const pairs = await Promise.all(file.listed.map(async ({ index, data }) => ({ index, leaf: await leafHash(data) })));
  const n = await verifyAllOfKey(fromBase64(root), key, file.proof.proof, pairs);
  const [grade, signer] = await judgeSigner(file);
  return [grade, sentence("all {n} entries of `{key}` among the first {size}, {signer}", { n, key, size, signer })];
}

// Whether the operator's device key that entry 0 introduced signed the index statement.
async function judgeSigner({ proof, entries, statements }) {
  const { event, claim } = statements.get(0);
  const devices = event === "LedgerOpened" ? claim.keys.filter((key) => key.role === "device").map((key) => fromBase64(key.publicKey)) : [];
  const known = new Map(await Promise.all(devices.map(async (key) => [await keyId(key), key])));
  const { payload, signatures } = entries.get(proof.published);
  for (const { keyid, signature } of signatures) {
    if (!known.has(keyid)) return ["unchecked", sentence("signed by a key that entry 0 does not have: {key}", { key: keyid })];
    if (!(await verifySignature(known.get(keyid), pae(payload), signature))) {
      return ["failed", sentence("the signature of key {key} does not verify", { key: keyid })];
    }
  }
  return ["held", sentence("as the operator has signed")];
}

function checkAnswer(file) {
  const { asks, key, published } = file.proof;
  if (asks === "precedence") return answerPrecedence(file);
  if (file.indexed === undefined) return ["unchecked", sentence("the index does not hold")];
  const until = { entry: file.indexed - 1, time: file.entries.get(published).recordedAt };
  if (asks === "silence") return answerSilence(file, until);
  file.answer = listing({ n: file.listed.length, key, ...until }, isAudited(file));
  return ["held", file.answer];
}

// Whether an auditor vouches for the root of the index.
const isAudited = ({ cosigned }) => [...cosigned].some(isAuditor);

function listing(values, audited) {
  if (values.n > 0) {
    return audited
      ? sentence("{n} entries have the key `{key}` up to entry {entry}, as indexed at {time}, audited", values)
      : sentence("{n} entries have the key `{key}` up to entry {entry}, as indexed at {time}, operator's claim", values);
  }
  return audited
    ? sentence("no entries have the key `{key}` up to entry {entry}, as indexed at {time}, audited", values)
    : sentence("no entries have the key `{key}` up to entry {entry}, as indexed at {time}, operator's claim", values);
}

function answerSilence(file, until) {
  const request = file.proof.key.slice("statement:".length);
  const asked = [...file.statements].find(([, one]) => one.id === request);
  if (asked?.[1].kind !== "request") return ["failed", sentence("the file does not hold a request {request}", { request })];
  if (asked[0] >= file.indexed) {
    // An index that is older than the request cannot know of what answers it.
    return ["failed", sentence("entry {index}, the request, is beyond the {size} indexed", { index: asked[0], size: file.indexed })];
  }
  const responses = file.listed.filter(({ index }) => file.statements.get(index).kind === "response");
  if (responses.length > 0) {
    const values = { index: responses[0].index, n: responses.length, ...until };
    return ["failed", sentence("entry {index} responds, in all {n} do, up to entry {entry}, as indexed at {time}", values)];
  }
  const values = { since: file.entries.get(asked[0]).recordedAt, index: asked[0], ...until };
  file.answer = isAudited(file)
    ? sentence("no response to the request of {since} (entry {index}) up to entry {entry}, as indexed at {time}, audited", values)
    : sentence("no response to the request of {since} (entry {index}) up to entry {entry}, as indexed at {time}, operator's claim", values);
  return ["held", file.answer];
}

function answerPrecedence(file) {
  const { earlier, later } = file.proof;
  if (earlier >= later) return ["failed", sentence("entry {earlier} does not precede entry {later}", { earlier, later })];
  const [first, second] = [earlier, later].map((index) => {
    const values = { event: file.statements.get(index).event, index, time: file.entries.get(index).recordedAt };
    return sentence("{event} (entry {index}, recorded {time})", values);
  });
  file.answer = sentence("{first} was logged before {second}", { first, second });
  return ["held", file.answer];
}
