// Entries, envelopes, statements and disclosures (docs/protocol.md, "Statements" to "Entries").

import { Refusal, base64url, concat, fromBase64, fromBase64url, fromUtf8, hex, isDigest, isName, isSlug, isTime, sha256, utf8 } from "./bytes.js";
import { ENTRY_LIMIT, decodeCanonical } from "./canonical.js";

export const PREDICATE = "urn:evidence-ledger:v1:";
export const NO_GENESIS = "0".repeat(64);
const PAYLOAD_TYPE = "application/vnd.in-toto+json";
const SIGNATURES_LIMIT = 17;

function demandMembers(value, required, optional, where) {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject) throw new Refusal("wrong-type", "an object belongs here", where);
  for (const name of required) {
    if (!Object.hasOwn(value, name)) throw new Refusal("missing-member", `${name} is missing`, where);
  }
  for (const name of Object.keys(value)) {
    if (![...required, ...optional].includes(name)) {
      throw new Refusal("unknown-member", `${name} has no place here`, where);
    }
  }
}

// The entry in these bytes: payload, signatures, `recordedAt`; refused in any form but its one.
export function decodeEntry(bytes) {
  const value = decodeCanonical(bytes, ENTRY_LIMIT);
  demandMembers(value, ["envelope", "recordedAt"], [], "");
  demandMembers(value.envelope, ["payload", "payloadType", "signatures"], [], "/envelope");
  const { payload, payloadType, signatures } = value.envelope;
  if (!isTime(value.recordedAt, true)) throw new Refusal("bad-time", "recordedAt is no moment", "/recordedAt");
  if (payloadType !== PAYLOAD_TYPE) throw new Refusal("payload-type", "another type of payload", "/envelope/payloadType");
  if (!Array.isArray(signatures) || signatures.length === 0 || signatures.length > SIGNATURES_LIMIT) {
    throw new Refusal("no-signature", `1 to ${SIGNATURES_LIMIT} signatures belong here`, "/envelope/signatures");
  }
  const read = signatures.map((one, at) => readSignature(one, `/envelope/signatures/${at}`));
  for (let at = 1; at < read.length; at++) {
    if (read[at - 1].keyid >= read[at].keyid) {
      throw new Refusal("unsorted-signatures", "signatures stand in the order of their key ids", "/envelope/signatures");
    }
  }
  const bytesOfPayload = readBase64(payload, "/envelope/payload");
  return { payload: bytesOfPayload, signatures: read, recordedAt: value.recordedAt };
}

// The same of bytes that are an entry in another than its one form, as far as that goes; null where it does not.
export function takeApart(bytes) {
  try {
    const { envelope, recordedAt } = JSON.parse(fromUtf8(bytes));
    const signatures = envelope.signatures.map((one) => ({ keyid: String(one.keyid), signature: fromBase64(one.sig) }));
    return { payload: fromBase64(envelope.payload), signatures, recordedAt: String(recordedAt) };
  } catch {
    return null;
  }
}

function readSignature(value, where) {
  demandMembers(value, ["keyid", "sig"], [], where);
  if (!isDigest(value.keyid)) throw new Refusal("bad-hex", "it is no key id", `${where}/keyid`);
  const signature = readBase64(value.sig, `${where}/sig`);
  if (signature.length !== 64) throw new Refusal("signature-length", `${signature.length} bytes`, `${where}/sig`);
  return { keyid: value.keyid, signature };
}

function readBase64(text, where) {
  if (typeof text !== "string") throw new Refusal("wrong-type", "a text belongs here", where);
  try {
    return fromBase64(text);
  } catch (error) {
    throw new Refusal(error.code, error.what, where);
  }
}

// What is signed: DSSE's pre-authentication encoding of type and payload.
export function pae(payload) {
  return concat(utf8(`DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `), payload);
}

const OPTIONAL = ["attribution", "audience", "claimants", "occurred", "said", "sealed", "submitBy"];
const REQUIRED = ["claim", "event", "issuedAt", "issuers", "ledger", "refs", "visibility"];

// The statement of a payload: canonical, with the members that every statement has. The tables of the kinds
// (docs/protocol-kinds.md) are not repeated here. `understood` is false for another version's statement.
export function decodeStatement(payload) {
  return outline(payload, decodeCanonical(payload));
}

// The same of a payload that is JSON in another form; null where it says too little.
export async function readStatement(payload) {
  try {
    return await outline(payload, JSON.parse(fromUtf8(payload)));
  } catch {
    return null;
  }
}

async function outline(payload, value) {
  const id = hex(await sha256(payload));
  demandMembers(value, ["_type", "predicate", "predicateType", "subject"], [], "");
  if (typeof value.predicateType !== "string") throw new Refusal("wrong-type", "a text belongs here", "/predicateType");
  const understood = value.predicateType.startsWith(PREDICATE);
  const { predicate, subject } = value;
  if (understood) demandMembers(predicate, REQUIRED, OPTIONAL, "/predicate");
  demandMembers(predicate?.ledger, ["genesis", "origin"], [], "/predicate/ledger");
  const { issuers, refs, claimants } = predicate;
  checkList(subject, (one) => isName(one?.name) && isDigest(one?.digest?.sha256), "/subject");
  checkList(issuers, isSlug, "/predicate/issuers");
  if (claimants !== undefined) checkList(claimants, isSlug, "/predicate/claimants");
  checkList(refs, (one) => isDigest(one?.digest?.sha256) && one.name === `statement:${one.digest.sha256}`, "/predicate/refs");
  if (understood && !isTime(predicate.issuedAt, false)) throw new Refusal("bad-time", "it is no moment", "/predicate/issuedAt");
  return {
    id,
    understood,
    kind: value.predicateType.slice(PREDICATE.length),
    event: predicate.event,
    subjects: subject.map((one) => ({ name: one.name, digest: one.digest.sha256 })),
    refs: refs.map((one) => ({ rel: one.rel, id: one.digest.sha256, locator: one.locator, foreign: one.ledger !== undefined })),
    issuers,
    claimants: claimants ?? issuers,
    listed: claimants ?? [],
    via: predicate.attribution?.via ?? [],
    attribution: predicate.attribution,
    predicate,
    claim: predicate.claim,
    ledger: predicate.ledger,
    digests: digestsIn(predicate.claim),
  };
}

function checkList(value, isGood, where) {
  if (!Array.isArray(value) || !value.every(isGood)) throw new Refusal("wrong-type", "a list of other things belongs here", where);
}

// Every digest in an `_sd` of the claim.
function digestsIn(value) {
  if (Array.isArray(value)) return value.flatMap(digestsIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => (name === "_sd" ? member : digestsIn(member)));
}

// A disclosure (RFC 9901's format): base64url of canonical JSON [salt, name, value].
export async function parseDisclosure(text) {
  const parts = decodeCanonical(fromBase64url(text));
  if (!Array.isArray(parts) || parts.length !== 3 || !parts.slice(0, 2).every((one) => typeof one === "string")) {
    throw new Refusal("disclosure-form", "it is not an array of salt, name and value");
  }
  const [salt, name, value] = parts;
  if (fromBase64url(salt).length !== 16) throw new Refusal("disclosure-salt", "its salt does not have 16 bytes");
  if (["_sd", "_sd_alg", "..."].includes(name)) throw new Refusal("disclosure-name", `${name} may not be disclosed`);
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(name) || name === "__proto__") throw new Refusal("key-grammar", "its name");
  if (holdsDigests(value)) throw new Refusal("disclosure-form", "a disclosed value holds digests of further disclosures");
  return { name, value, digest: base64url(await sha256(utf8(text))) };
}

function holdsDigests(value) {
  if (Array.isArray(value)) return value.some(holdsDigests);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([name, member]) => ["_sd", "_sd_alg", "..."].includes(name) || holdsDigests(member));
}
