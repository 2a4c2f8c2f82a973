// Signed notes, checkpoints and policies of the C2SP specifications (docs/protocol.md, "Notes, checkpoints, policies").

import { Refusal, base64, concat, fromBase64, hex, sameBytes, sha256, utf8 } from "./bytes.js";
import { isPublicKey, verifySignature } from "./keys.js";

export const LOG_KEY = 1;
export const WITNESS_KEY = 4;
const LINE = /^— (\S+) (\S+)$/;
const isKeyName = (name) => name !== "" && !/[\s+\u0000-\u001f]/.test(name);

// The text of a note and its signature lines, nothing verified.
export function splitNote(note) {
  const at = note.lastIndexOf("\n\n");
  if (note.length > 1_000_000 || at < 0 || !note.endsWith("\n") || /[\u0000-\u0009\u000b-\u001f]/.test(note)) {
    throw new Refusal("bad-note", "it is no text with signature lines");
  }
  const lines = note.slice(at + 2, -1).split("\n");
  if (lines.length > 100) throw new Refusal("bad-note", `${lines.length} signatures, the limit is 100`);
  return { text: note.slice(0, at + 1), signatures: lines.map(signatureLine) };
}

function signatureLine(line) {
  const found = LINE.exec(line);
  if (!found || !isKeyName(found[1])) throw new Refusal("bad-note", "a line is no signature line");
  let data;
  try {
    data = fromBase64(found[2]);
  } catch (error) {
    throw new Refusal("bad-note", error.what);
  }
  if (data.length < 5) throw new Refusal("bad-note", "a line holds no signature");
  return { name: found[1], hash: hex(data.slice(0, 4)), signature: data.slice(4) };
}

// The key that a `<name>+<hash>+<base64>` string describes.
export async function readVerifierKey(text) {
  const [name, hash, ...rest] = text.split("+");
  let material;
  try {
    material = fromBase64(rest.join("+"));
  } catch (error) {
    throw new Refusal("bad-vkey", error.what);
  }
  const type = material[0];
  if (!isKeyName(name) || (type !== LOG_KEY && type !== WITNESS_KEY)) {
    throw new Refusal("bad-vkey", "it has no name, or a type other than 01 and 04");
  }
  const publicKey = material.slice(1);
  if (publicKey.length !== 32) throw new Refusal("bad-key", `${publicKey.length} bytes instead of 32`);
  if (!isPublicKey(publicKey)) throw new Refusal("weak-key", "it is no point of the prime-order subgroup");
  const right = hex((await sha256(concat(utf8(`${name}\n`), material))).slice(0, 4));
  if (hash !== right || text !== `${name}+${hash}+${base64(material)}`) {
    throw new Refusal("bad-vkey", `its key hash is ${right}`);
  }
  return { name, hash, type, publicKey, text };
}

async function checkNoteSignature(verifier, text, signature) {
  if (verifier.type === LOG_KEY) return verifySignature(verifier.publicKey, utf8(text), signature);
  if (signature.length !== 72) return false;
  const seconds = signature.slice(0, 8).reduce((number, byte) => number * 256n + BigInt(byte), 0n);
  const message = utf8(`cosignature/v1\ntime ${seconds}\n${text}`);
  return seconds < 2n ** 63n && verifySignature(verifier.publicKey, message, signature.slice(8));
}

// The text, and the verifiers whose signature is good. Unknown signatures are ignored; a bad one of a known key
// refuses the note, and so does the lack of any good one.
export async function openNote(note, verifiers) {
  const { text, signatures } = splitNote(note);
  const verified = [];
  for (const signature of signatures) {
    const verifier = verifiers.find((one) => one.name === signature.name && one.hash === signature.hash);
    if (!verifier) continue;
    if (!(await checkNoteSignature(verifier, text, signature.signature))) {
      throw new Refusal("bad-signature", `the signature of ${signature.name} does not fit the text`);
    }
    if (!verified.includes(verifier)) verified.push(verifier);
  }
  if (verified.length === 0) throw new Refusal("note-unverified", "no known key has signed it");
  return { text, verified };
}

// The three lines of a checkpoint: origin, size, root hash.
export async function parseCheckpoint(text) {
  const lines = text.split("\n");
  if (lines.length !== 4 || lines[3] !== "") throw new Refusal("bad-checkpoint", "it does not have exactly three lines");
  const [origin, size] = lines;
  if (origin === "" || !/^(0|[1-9][0-9]{0,18})$/.test(size) || BigInt(size) >= 2n ** 63n) {
    throw new Refusal("bad-checkpoint", "its origin or size is malformed");
  }
  let root;
  try {
    root = fromBase64(lines[2]);
  } catch (error) {
    throw new Refusal("bad-checkpoint", error.what);
  }
  const empty = await sha256(new Uint8Array());
  if (root.length !== 32 || (size === "0" && !sameBytes(root, empty))) {
    throw new Refusal("bad-checkpoint", "the root hash is no hash, or not that of an empty tree");
  }
  return { origin, size: Number(size), root };
}

// The checkpoint in a note that the log's key has signed, with the verifiers (of the log and `others`) that signed.
export async function openCheckpoint(note, log, others = []) {
  const { text, verified } = await openNote(note, [log, ...others]);
  if (!verified.includes(log)) throw new Refusal("note-unverified", `the log's key ${log.name} has not signed it`);
  const checkpoint = await parseCheckpoint(text);
  if (checkpoint.origin !== log.name) throw new Refusal("bad-checkpoint", `it is of ${checkpoint.origin}, its key is named ${log.name}`);
  return { checkpoint, verified };
}

// The names of a policy's witnesses that have cosigned the note; a bad cosignature of one of them refuses it.
export async function cosigners(note, policy) {
  const signed = splitNote(note).signatures;
  const named = [...policy.witnesses].filter(([, key]) => signed.some((one) => one.name === key.name && one.hash === key.hash));
  for (const [, key] of named) await openNote(note, [key]);
  return new Set(named.map(([name]) => name));
}

// A policy (c2sp.org/tlog-policy): logs, witnesses and groups by name, and the quorum's name.
export async function parsePolicy(text) {
  const policy = { logs: [], witnesses: new Map(), groups: new Map(), quorum: "" };
  if (text.length > 65_536 || /[\u0000-\u0008\u000b-\u001f\u007f]/.test(text)) {
    throw new Refusal("bad-policy", "it is too long or holds control characters");
  }
  const members = new Set();
  for (const [number, line] of text.split("\n").entries()) {
    const words = line.split(/[ \t]+/).filter((word) => word !== "");
    if (words.length === 0 || words[0].startsWith("#")) continue;
    try {
      await definePolicyLine(policy, members, words);
    } catch (error) {
      throw new Refusal("bad-policy", `line ${number + 1}: ${error.what ?? error.message}`);
    }
  }
  if (policy.quorum === "") throw new Refusal("bad-policy", "it has no line `quorum`");
  return policy;
}

async function definePolicyLine(policy, listed, [word, ...rest]) {
  const isDefined = (name) => policy.witnesses.has(name) || policy.groups.has(name);
  const demand = (condition, what) => {
    if (!condition) throw new Refusal("bad-policy", what);
  };
  const isFree = (name) => name !== "none" && !isDefined(name);
  if (word === "log") {
    demand(rest.length === 1 || rest.length === 2, "log takes a verifier key and perhaps an address");
    const log = await readVerifierKey(rest[0]);
    demand(log.type === LOG_KEY, "a log's key has the type 01");
    demand(!policy.logs.some((one) => sameBytes(one.publicKey, log.publicKey)), "the log's key occurs twice");
    policy.logs.push(log);
  } else if (word === "witness") {
    demand(rest.length === 2 || rest.length === 3, "witness takes a name, a verifier key and perhaps an address");
    const witness = await readVerifierKey(rest[1]);
    demand(witness.type === WITNESS_KEY, "a witness's key has the type 04");
    const known = [...policy.witnesses.values()];
    demand(!known.some((one) => sameBytes(one.publicKey, witness.publicKey)), "the witness's key occurs twice");
    demand(isFree(rest[0]), `the name ${rest[0]} is taken`);
    policy.witnesses.set(rest[0], witness);
  } else if (word === "group") {
    demand(rest.length >= 3, "group takes a name, all, any or a number, and members");
    const [name, rule, ...members] = rest;
    for (const member of members) {
      demand(isDefined(member) && !listed.has(member), `${member} is not defined above, or is a member already`);
      listed.add(member);
    }
    const threshold = rule === "all" ? members.length : rule === "any" ? 1 : /^[1-9][0-9]*$/.test(rule) ? Number(rule) : 0;
    demand(threshold >= 1 && threshold <= members.length, `${rule} is not all, any or a number of members`);
    demand(isFree(name), `the name ${name} is taken`);
    policy.groups.set(name, { threshold, members });
  } else if (word === "quorum") {
    demand(rest.length === 1 && policy.quorum === "", "there is one line `quorum`, with one name");
    demand(rest[0] === "none" || isDefined(rest[0]), `${rest[0]} is not defined above`);
    policy.quorum = rest[0];
  } else {
    demand(false, `${word} is not log, witness, group or quorum`);
  }
}

// Whether a witness that a policy lists under this name replays the log, and so vouches for the index.
export const isAuditor = (name) => /^auditor(-|$)/.test(name);

// Whether cosignatures of the named witnesses (a Set) make the quorum.
export function isQuorum(policy, witnesses, name = policy.quorum) {
  if (name === "none") return true;
  if (policy.witnesses.has(name)) return witnesses.has(name);
  const group = policy.groups.get(name);
  return group.members.filter((member) => isQuorum(policy, witnesses, member)).length >= group.threshold;
}

// A trust file: origin, genesis, the log's verifier key and the policy, all of them texts. `logs` are the keys that may
// have signed a checkpoint, its own first: the policy lists those that the log had before, too.
export async function parseTrust(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal("bad-trust", "it is not JSON");
  }
  const members = ["genesis", "origin", "policy", "vkey"];
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject || Object.keys(value).sort().join() !== members.join()) {
    throw new Refusal("bad-trust", `it has not exactly the members ${members.join(", ")}`);
  }
  if (!members.every((name) => typeof value[name] === "string")) throw new Refusal("bad-trust", "its members are texts");
  if (!/^[0-9a-f]{64}$/.test(value.genesis) || /^0+$/.test(value.genesis)) throw new Refusal("bad-trust", "its genesis is malformed");
  try {
    const log = await readVerifierKey(value.vkey);
    const policy = await parsePolicy(value.policy);
    const listed = policy.logs.some((one) => one.text === log.text);
    if (log.name !== value.origin || log.type !== LOG_KEY || !listed) {
      throw new Refusal("bad-trust", "its key is not that of its origin, or its policy does not list the key");
    }
    const others = policy.logs.filter((one) => one.name === value.origin && one.text !== log.text);
    return { origin: value.origin, genesis: value.genesis, logs: [log, ...others], policy };
  } catch (error) {
    throw new Refusal("bad-trust", error.what ?? error.message);
  }
}
