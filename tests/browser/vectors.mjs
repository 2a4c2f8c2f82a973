// The golden vectors, run against the verifier that pages carry: `node vectors.mjs <folder of tests/vectors>`.
// Prints one line for each file, and exits with 1 after naming what differs.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto;

const folder = process.argv[2];
const code = new URL("../../api/web/static/js/", import.meta.url);
const load = (name) => import(new URL(name, code));
const { base64, sameBytes, utf8 } = await load("bytes.js");
const { parseBundle } = await load("bundle.js");
const { decodeCanonical, encodeCanonical } = await load("canonical.js");
const { isPublicKey, keyId, verifyByArithmetic, verifySignature } = await load("keys.js");
const { treeRoot, verifyConsistency, verifyInclusion } = await load("merkle.js");
const { isQuorum, openNote, parseCheckpoint, parsePolicy, parseTrust, readVerifierKey } = await load("note.js");
const { parseProof } = await load("receipt.js");
const { decodeEntry, parseDisclosure } = await load("statement.js");

const read = (name) => JSON.parse(readFileSync(join(folder, "formats", name), "utf8"));
const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));
const problems = [];
let count = 0;

async function run(file, vectors, accepts) {
  for (const vector of vectors) {
    count += 1;
    let outcome;
    try {
      outcome = await accepts(vector);
    } catch (error) {
      outcome = `${error.name}: ${error.message}`;
    }
    if (outcome !== true) problems.push(`${file}: ${vector.name}: ${outcome}`);
  }
}

// Refused is what throws a refusal of ours: anything else that goes wrong is a defect.
const refuses = (attempt) => async (vector) => {
  try {
    await attempt(vector);
  } catch (error) {
    return error.code !== undefined && error.what !== undefined ? true : `${error.name}: ${error.message}`;
  }
  return "accepted";
};

async function file(name, accepted, attempt, vectors = read(name)) {
  const before = problems.length;
  await run(name, vectors.accepted, accepted);
  await run(name, vectors.refused, typeof attempt === "function" ? refuses(attempt) : attempt.refused);
  console.log(`${name}: ${vectors.accepted.length} accepted, ${vectors.refused.length} refused, ${problems.length - before} differ`);
}

await file(
  "canonical.json",
  (one) => sameBytes(encodeCanonical(decodeCanonical(bytes(one.dataBase64))), bytes(one.dataBase64)),
  (one) => decodeCanonical(bytes(one.dataBase64)),
);
await file(
  "keys.json",
  async (one) => isPublicKey(bytes(one.publicKey)) && (await keyId(bytes(one.publicKey))) === one.keyId,
  { refused: (one) => !isPublicKey(bytes(one.publicKey)) },
);
const verifiedBy = (verify) => (one) => verify(bytes(one.publicKey), bytes(one.messageBase64), bytes(one.signature));
for (const verify of [verifySignature, verifyByArithmetic]) {
  await file("signatures.json", verifiedBy(verify), { refused: async (one) => !(await verifiedBy(verify)(one)) });
}
await file(
  "disclosure.json",
  async (one) => (await parseDisclosure(one.disclosure)).digest === one.digest,
  (one) => parseDisclosure(one.disclosure),
);
await file(
  "entry.json",
  (one) => decodeEntry(bytes(one.dataBase64)).recordedAt !== "",
  (one) => decodeEntry(bytes(one.dataBase64)),
);
const notes = read("note.json");
const known = await Promise.all(notes.vkeys.map(readVerifierKey));
await file(
  "note.json",
  async (one) => (await openNote(one.note, known)).verified.map((key) => key.name).join() === one.names.join(),
  (one) => openNote(one.note, known),
  notes,
);
await file(
  "vkey.json",
  async (one) => {
    const key = await readVerifierKey(one.vkey);
    return key.name === one.keyName && key.type === one.type && base64(key.publicKey) === one.publicKey;
  },
  (one) => readVerifierKey(one.vkey),
);
await file(
  "policy.json",
  async (one) => {
    const policy = await parsePolicy(one.policy);
    const all = (sets, wanted) => sets.every((names) => isQuorum(policy, new Set(names)) === wanted);
    return all(one.enough, true) && all(one.tooFew, false);
  },
  (one) => parsePolicy(one.policy),
);
await file(
  "trust.json",
  async (one) => (await parseTrust(one.file)).origin !== "",
  (one) => parseTrust(one.file),
);
const checkpoints = read("checkpoint.json");
await file(
  "checkpoint.json",
  async (one) => {
    const found = await parseCheckpoint(one.text);
    return found.size === one.size && base64(found.root) === one.root;
  },
  (one) => parseCheckpoint(one.text),
  { accepted: checkpoints.accepted, refused: checkpoints.refused.filter((one) => one.text !== undefined) },
);
await file(
  "proof.json",
  (one) => {
    const { index, hashes } = parseProof(one.proof);
    return index === one.index && hashes.length === one.hashes;
  },
  (one) => parseProof(one.proof),
);

await file(
  "bundle.json",
  (one) => {
    const { anchors, keys, entries } = parseBundle(utf8(one.bundle));
    const paths = [...anchors.map((line) => line.path), ...keys.map((line) => line.proof.path), ...entries.map((line) => line.path)];
    const found = paths.map((path) => path.map(base64));
    return JSON.stringify([entries.map((line) => line.index), found]) === JSON.stringify([one.indexes, one.paths]);
  },
  (one) => parseBundle(utf8(one.bundle)),
);

const merkle = read("merkle.json");
const fromHex = (text) => new Uint8Array(Buffer.from(text, "hex"));
const leafHashes = merkle.leafHashes.map(fromHex);
const roots = merkle.roots.map(fromHex);
const rootOf = (size) => roots[size];
await run(
  "merkle.json",
  merkle.roots.map((_, size) => ({ name: `root of ${size}`, size })),
  async ({ size }) => sameBytes(await treeRoot(leafHashes.slice(0, size)), rootOf(size)),
);
// Each proof is accepted as it is, and refused with any one of its hashes changed or left out.
async function proofs(vectors, accepts) {
  for (const vector of vectors) {
    const path = vector.proof.map(fromHex);
    await run("merkle.json", [vector], () => accepts(vector, path));
    for (const at of path.keys()) {
      const changed = path.map((hash, place) => (place === at ? hash.map((byte, i) => (i === 7 ? byte ^ 1 : byte)) : hash));
      await run("merkle.json", [{ name: `${vector.name}, hash ${at} changed` }], async () => !(await accepts(vector, changed)));
      const shorter = path.filter((_, place) => place !== at);
      await run("merkle.json", [{ name: `${vector.name}, hash ${at} left out` }], async () => !(await accepts(vector, shorter)));
    }
  }
}
await proofs(merkle.inclusion, ({ index, size }, path) => verifyInclusion(leafHashes[index], index, size, path, rootOf(size)));
await proofs(merkle.consistency, ({ first, second }, path) => verifyConsistency(first, rootOf(first), second, rootOf(second), path));

console.log(`${count} vectors, ${problems.length} differ`);
for (const problem of problems) console.error(problem);
process.exit(problems.length > 0 ? 1 : 0);
