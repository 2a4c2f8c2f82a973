// Receipts: an entry's bytes and the proof that the log holds them (c2sp.org/tlog-proof@v1), in eight graded steps
// (ledger/core/receipt.py). The tables of the kinds are not repeated here: a statement is never called held for its form.

import { Refusal, base64, fromBase64, hex, sha256 } from "./bytes.js";
import { decodeCanonical } from "./canonical.js";
import { ELSEWHERE, refused, sentence, takeSteps } from "./grading.js";
import { isPublicKey, keyId, verifySignature } from "./keys.js";
import { leafHash, verifyInclusion } from "./merkle.js";
import { parseCheckpoint, splitNote } from "./note.js";
import { failingVerdict, judgeCheckpoint, judgeTrustRoot, judgeWitnesses } from "./signedhead.js";
import { NO_GENESIS, PREDICATE, decodeEntry, decodeStatement, pae } from "./statement.js";

export const PROOF_HEADER = "c2sp.org/tlog-proof@v1";
export const PROOF_HASHES_LIMIT = 63;

// {index, hashes, checkpoint} of the text of a proof, nothing verified.
export function parseProof(text) {
  const end = text.indexOf("\n\n");
  const lines = text.slice(0, Math.max(end, 0)).split("\n");
  if (end < 0 || lines.shift() !== PROOF_HEADER) {
    throw new Refusal("bad-proof", `it does not begin with ${PROOF_HEADER}, or has no empty line`);
  }
  // What an application added; nothing vouches for it.
  if (lines[0]?.startsWith("extra ")) proofBytes(lines.shift().slice("extra ".length));
  const index = /^index (0|[1-9][0-9]{0,18})$/.exec(lines.shift() ?? "");
  if (!index || BigInt(index[1]) >= 2n ** 63n) throw new Refusal("bad-proof", "it has no line `index <number>` in its place");
  const hashes = lines.map(proofBytes);
  if (hashes.length > PROOF_HASHES_LIMIT || hashes.some((hash) => hash.length !== 32)) {
    throw new Refusal("bad-proof", "it has too many hashes, or one that does not have 32 bytes");
  }
  return { index: Number(index[1]), hashes, checkpoint: text.slice(end + 2) };
}

function proofBytes(text) {
  try {
    return fromBase64(text);
  } catch (error) {
    throw new Refusal("bad-proof", `${text.slice(0, 60)}: ${error.what}`);
  }
}

const STEPS = [
  ["entry", checkEntry],
  ["statement", checkStatement],
  ["signatures", checkSignatures],
  ["proof", checkProof],
  ["inclusion", checkInclusion],
  ["trust root", checkTrustRoot],
  ["checkpoint", judgeCheckpoint],
  ["witnesses", judgeWitnesses],
];

export const RECEIPT_STEPS = STEPS.length;

// Yields each step as it is decided and returns the verdict, as sentences. `entry` are bytes, `proof` is text; `known`
// maps key ids to public keys that are at hand.
export async function* verifyReceipt(entry, proof, trust = null, known = new Map()) {
  const receipt = { bytes: entry, text: proof, trust, known, understood: true, witnessed: false };
  const steps = [];
  for await (const step of takeSteps(STEPS, receipt)) {
    steps.push(step);
    yield step;
  }
  return failingVerdict(steps) ?? receiptVerdict(receipt);
}

function receiptVerdict({ witnessed, understood }) {
  const verdict = [witnessed ? sentence("logged, witnessed") : sentence("logged, unwitnessed")];
  return understood ? verdict : [...verdict, sentence("inclusion proven, content not understood")];
}

function checkEntry(receipt) {
  try {
    receipt.entry = decodeEntry(receipt.bytes);
  } catch (error) {
    return ["unreadable", refused(error)];
  }
  return ["held", sentence("recorded {time}", { time: receipt.entry.recordedAt })];
}

async function checkStatement(receipt) {
  const { payload } = receipt.entry;
  try {
    receipt.statement = outlineOf(decodeCanonical(payload));
  } catch (error) {
    return ["unreadable", refused(error)];
  }
  const { predicateType } = receipt.statement;
  receipt.understood = predicateType.startsWith(PREDICATE);
  if (!receipt.understood) return ["unchecked", sentence("content not understood: {type}", { type: predicateType })];
  const { event, id } = await decodeStatement(payload);
  return ["unchecked", [sentence("{event} {id}", { event, id }), ELSEWHERE]];
}

// A payload of any version that says of which ledger and type it is.
function outlineOf(value) {
  const ledger = value?.predicate?.ledger;
  const texts = [ledger?.origin, ledger?.genesis, value?.predicateType];
  if (!texts.every((one) => typeof one === "string")) {
    throw new Refusal("missing-member", "the payload does not say which ledger it is for");
  }
  return value;
}

async function checkSignatures({ entry, statement, known }) {
  const keys = new Map([...(await keysInClaim(statement)), ...known]);
  const message = pae(entry.payload);
  const missing = [];
  for (const { keyid, signature } of entry.signatures) {
    const publicKey = keys.get(keyid);
    if (publicKey === undefined) missing.push(keyid);
    else if ((await keyId(publicKey)) !== keyid || !(await verifySignature(publicKey, message, signature))) {
      return ["failed", sentence("the signature of key {key} does not verify", { key: keyid })];
    }
  }
  if (missing.length > 0) return ["unchecked", sentence("keys not at hand: {keys}; the bundle of the statement has them", { keys: missing.join(", ") })];
  const own = entry.signatures.filter(({ keyid }) => !known.has(keyid)).length;
  const n = entry.signatures.length;
  return own > 0
    ? ["held", sentence("{n} verified, {own} by keys that the statement itself introduces", { n, own })]
    : ["held", sentence("{n} verified", { n })];
}

// Key id to public key of what a statement brings with it (genesis, registration, key added): these sign it, too.
export async function keysInClaim({ predicate: { claim } }) {
  const found = new Map();
  if (typeof claim !== "object" || claim === null || Array.isArray(claim)) return found;
  for (const one of [claim, claim.firstKey, ...(Array.isArray(claim.keys) ? claim.keys : [])]) {
    if (typeof one?.publicKey !== "string") continue;
    const publicKey = fromBase64(one.publicKey);
    if (publicKey.length !== 32) throw new Refusal("bad-key", `${publicKey.length} bytes instead of 32`);
    if (!isPublicKey(publicKey)) throw new Refusal("weak-key", "it is no point of the prime-order subgroup");
    found.set(await keyId(publicKey), publicKey);
  }
  return found;
}

async function checkProof(receipt) {
  try {
    receipt.proof = parseProof(receipt.text);
    receipt.note = receipt.proof.checkpoint;
    receipt.checkpoint = await parseCheckpoint(splitNote(receipt.note).text);
  } catch (error) {
    return ["unreadable", refused(error)];
  }
  return ["held", sentence("entry {index} of a log of {size}", { index: receipt.proof.index, size: receipt.checkpoint.size })];
}

async function checkInclusion({ bytes, proof, checkpoint }) {
  const { size, root } = checkpoint;
  if (!(await verifyInclusion(await leafHash(bytes), proof.index, size, proof.hashes, root))) {
    return ["failed", sentence("the proof does not lead from this entry to the checkpoint's root")];
  }
  return ["held", sentence("in the tree with root {root}", { root: base64(root) })];
}

async function checkTrustRoot({ trust, statement, entry, proof, checkpoint }) {
  if (!trust) return ["unverified", sentence("no trust file was given: anyone can make a log of this name")];
  const { ledger } = statement.predicate;
  const isFirst = proof.index === 0;
  if (isFirst && ledger.genesis !== NO_GENESIS) return ["failed", sentence("entry 0 names another genesis")];
  const genesis = isFirst ? hex(await sha256(entry.payload)) : ledger.genesis;
  if (checkpoint.origin !== ledger.origin) {
    return ["failed", sentence("the checkpoint is of {origin}, the statement of {other}", { origin: checkpoint.origin, other: ledger.origin })];
  }
  return judgeTrustRoot(ledger.origin, genesis, trust);
}
