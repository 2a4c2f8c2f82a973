// What somebody wants checked: files told apart by what is in them, receipts put together from their two files.

import { Refusal, fromBase64, fromUtf8, hex, sha256, utf8 } from "./bytes.js";
import { looksLikeZip, openArchive } from "./archive.js";
import { BUNDLE_FORMAT } from "./bundle.js";
import { BUNDLE_STEPS, bundleVerdict, verifyBundle } from "./bundlesteps.js";
import { refused, sentence, stepOf } from "./grading.js";
import { INDEX_PROOF_FORMAT, INDEX_PROOF_STEPS, verifyIndexProof } from "./indexproof.js";
import { looksLikePage, takeFromPage } from "./page.js";
import { PROOF_HEADER, RECEIPT_STEPS, keysInClaim, parseProof, verifyReceipt } from "./receipt.js";
import { PREDICATE, decodeEntry } from "./statement.js";

export const FILE_LIMIT = 2 ** 30; // bytes of all files together; a browser holds them in memory
const BUNDLE_HEAD = 2 ** 16; // bytes in which a bundle has said what it is
const JSON_LIMIT = 2 ** 22; // bytes of a receipt or trust file in JSON
const PAGE_TEXT = sentence("only the bundle inside the page was checked; what the page prints may be something else");

// {subjects, trust, left} of the files ([{name, bytes}]): what can be verified, each with its `pieces` ([{role, name,
// bytes}]); the text of a trust file among them; [{name, why}] of what cannot be used. Nothing is verified here.
export async function readSubjects(files) {
  const found = { subjects: [], trust: null, left: [], entries: [], proofs: [] };
  for (const file of files) {
    try {
      await sortIn(file, found);
    } catch (error) {
      // Unreadable is a finding, too: it is shown as the first step of a report.
      found.subjects.push({ kind: "unreadable", name: file.name, pieces: [], error: refused(error) });
    }
  }
  pair(found);
  for (const subject of found.subjects) subject.beside = found.entries;
  return { subjects: found.subjects, trust: found.trust, left: found.left };
}

async function sortIn({ name, bytes }, found) {
  const start = String.fromCharCode(...bytes.subarray(0, 200));
  if (name.endsWith(".entry") || start.startsWith('{"envelope":')) found.entries.push({ role: "entry", name, bytes });
  else if (name.endsWith(".tlog-proof") || start.startsWith(PROOF_HEADER)) found.proofs.push({ role: "proof", name, bytes });
  else if (looksLikePage(bytes)) found.subjects.push({ ...bundleOf(name, takeFromPage(bytes)), isPage: true });
  else if (looksLikeZip(bytes)) found.subjects.push(zipped(name, bytes));
  else if (start.includes(INDEX_PROOF_FORMAT)) found.subjects.push({ kind: "index-proof", name, pieces: [{ role: "index-proof", name, bytes }] });
  else if (!(await sortInJson(name, bytes, found))) found.subjects.push(looksLikeBundle(bytes) ? bundleOf(name, bytes) : strange(name));
}

// Whatever is damaged in a bundle is for its own steps to find, as long as it says that it is one.
function looksLikeBundle(bytes) {
  return new TextDecoder("latin1").decode(bytes.subarray(0, BUNDLE_HEAD)).includes(BUNDLE_FORMAT);
}

const strange = (name) => ({ kind: "unreadable", name, pieces: [], error: sentence("this is no bundle, dossier, receipt or proof file") });

function bundleOf(name, bytes, documents = []) {
  return { kind: "bundle", name, pieces: [{ role: "bundle", name: "bundle.jsonl", bytes }, ...documents] };
}

function zipped(name, bytes) {
  const { bundle, documents } = openArchive(bytes);
  const pieces = [...documents].map(([digest, data]) => ({ role: "document", name: `documents/${digest}`, digest, bytes: data }));
  return bundleOf(name, bundle, pieces);
}

// Receipts as the API gives them, and trust files: whether it was one of these.
async function sortInJson(name, bytes, found) {
  const value = bytes.length <= JSON_LIMIT ? objectIn(bytes) : null;
  if (value === null) return false;
  if (Object.keys(value).sort().join() === "genesis,origin,policy,vkey") found.trust = fromUtf8(bytes);
  else if (typeof value.entry === "string" && typeof value.proof === "string") found.subjects.push(await receiptInJson(name, value));
  else return false;
  return true;
}

function objectIn(bytes) {
  try {
    const value = JSON.parse(fromUtf8(bytes));
    return typeof value === "object" && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

async function receiptInJson(name, value) {
  const entry = fromBase64(value.entry);
  await checkBeside(value, entry);
  return receiptOf(name, { role: "entry", name: "entry", bytes: entry }, { role: "proof", name: "proof", bytes: utf8(value.proof) });
}

// What the answer says beside entry and proof is what these say.
async function checkBeside({ id, index, proof }, entry) {
  if (id !== undefined) {
    const own = hex(await sha256(decodeEntry(entry).payload));
    if (id !== own) throw new Refusal("bad-proof", `the file is said to be about the statement ${id}, its entry is the statement ${own}`);
  }
  if (index !== undefined && parseProof(proof).index !== index) {
    throw new Refusal("bad-proof", `the file is said to be about entry ${index}, its proof is of entry ${parseProof(proof).index}`);
  }
}

const receiptOf = (name, entry, proof) => ({ kind: "receipt", name, pieces: [entry, proof] });
const stemOf = ({ name }) => name.replace(/\.(entry|tlog-proof)$/, "");

// Receipts of the entries and proofs that belong together: by name, or because there is only one of each.
function pair(found) {
  const entries = [...found.entries];
  for (const proof of found.proofs) {
    const isOnly = found.proofs.length === 1 && found.entries.length === 1;
    const at = isOnly ? 0 : entries.findIndex((one) => stemOf(one) === stemOf(proof));
    if (at < 0) found.left.push({ name: proof.name, why: sentence("its {other} is missing", { other: `${stemOf(proof)}.entry` }) });
    else found.subjects.push(receiptOf(stemOf(proof), entries.splice(at, 1)[0], proof));
  }
  // Entries by themselves lend their keys.
  for (const entry of entries) found.left.push({ name: entry.name, why: sentence("its {other} is missing", { other: `${stemOf(entry)}.tlog-proof` }) });
}

// Key id to public key of all that these entries bring into the ledger.
async function keysOf(entries) {
  const found = new Map();
  for (const { bytes } of entries) {
    try {
      const value = JSON.parse(fromUtf8(decodeEntry(bytes).payload));
      const kind = value.predicateType.slice(PREDICATE.length);
      if (["ledger", "party", "key"].includes(kind)) for (const [id, key] of await keysInClaim(value)) found.set(id, key);
    } catch {
      continue; // no receipt of ours; it proves nothing and harms nothing
    }
  }
  return found;
}

// How many steps a verification has, when none ends it early.
export function stepsOf({ kind, isPage = false }) {
  return { bundle: BUNDLE_STEPS + (isPage ? 1 : 0), receipt: RECEIPT_STEPS, "index-proof": INDEX_PROOF_STEPS, unreadable: 1 }[kind];
}

// Yields each step as it is decided and returns the verdict, as sentences.
export async function* verifySubject(subject, trust = null, progress = null) {
  if (subject.kind === "unreadable") yield stepOf(1, "file", ["unreadable", subject.error]);
  if (subject.kind === "bundle") return yield* verifiedBundle(subject, trust, progress);
  if (subject.kind === "index-proof") return yield* verifyIndexProof(subject.pieces[0].bytes, trust);
  if (subject.kind === "receipt") return yield* verifiedReceipt(subject, trust);
  return [sentence("unreadable")];
}

// Of a page the bundle inside is verified; one more step says that its text is not.
async function* verifiedBundle({ pieces: [bundle, ...rest], isPage }, trust, progress) {
  const documents = new Map(rest.map(({ digest, bytes }) => [digest, bytes]));
  const steps = [];
  const verification = verifyBundle(bundle.bytes, trust, { documents, progress });
  let next = await verification.next();
  for (; !next.done; next = await verification.next()) {
    steps.push(next.value);
    yield next.value;
  }
  if (isPage && next.value !== null) yield stepOf(BUNDLE_STEPS + 1, "page text", ["unchecked", PAGE_TEXT]);
  return bundleVerdict(next.value, steps);
}

async function* verifiedReceipt({ pieces: [entry, proof], beside }, trust) {
  let text;
  try {
    text = fromUtf8(proof.bytes);
  } catch (error) {
    yield stepOf(1, "file", ["unreadable", refused(error)]);
    return [sentence("unreadable")];
  }
  return yield* verifyReceipt(entry.bytes, text, trust, await keysOf(beside));
}
