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

const HEAD = '{"envelope":{"payload":"';
const MIDDLE = `","payloadType":"${PAYLOAD_TYPE}","signatures":[`;
const TAIL = ']},"recordedAt":"';
const STEP = 174; // characters of a signature and the comma behind it
const TIME_LENGTH = 24;

// The same of bytes that are an entry in another than its one form, by the places at which its parts stand; null where
// nothing stands there.
export function takeApart(bytes) {
  try {
    const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    const payloadEnd = text.indexOf('"', HEAD.length);
    const end = text.length - TIME_LENGTH - 2 - TAIL.length;
    const signatures = [];
    for (let at = payloadEnd + MIDDLE.length; at < end; at += STEP) {
      const keyid = text.slice(at + 10, at + 74);
      if (/[^\u0000-\u007f]/.test(keyid)) return null;
      signatures.push({ keyid, signature: anyBase64(text.slice(at + 83, at + 171)) });
    }
    const payload = anyBase64(text.slice(HEAD.length, payloadEnd));
    return payload.length > 0 ? { payload, signatures, recordedAt: text.slice(-TIME_LENGTH - 2, -2) } : null;
  } catch {
    return null;
  }
}

// Base64 in any form, with characters that are none of it passed over.
function anyBase64(text) {
  const known = text.replace(/[^A-Za-z0-9+/]/g, "");
  const rest = known.length % 4;
  const padding = text.split("=").length - 1;
  if (rest === 1 || (rest > 1 && padding < 4 - rest)) throw new Refusal("bad-base64", "its length or padding is wrong");
  return Uint8Array.from(atob(known), (one) => one.charCodeAt(0));
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
export async function decodeStatement(payload) {
  const value = decodeCanonical(payload);
  checkOutline(value);
  return statementOf(payload, value);
}

// The same of a payload that is JSON in another form; null where it says too little.
export async function readStatement(payload) {
  try {
    return usable(await statementOf(payload, JSON.parse(fromUtf8(payload))));
  } catch {
    return null;
  }
}

// Refuses a payload's value without the members that every statement has.
export function checkOutline(value) {
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
}

async function statementOf(payload, value) {
  const { predicate, predicateType, subject } = value;
  const { issuers, refs, claimants } = predicate;
  return {
    id: hex(await sha256(payload)),
    understood: predicateType.startsWith(PREDICATE),
    kind: predicateType.slice(PREDICATE.length),
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

// A statement of no known form, once what every step asks of it can be asked.
function usable(statement) {
  const { predicate, claim, ledger, subjects, refs, issuers, claimants, via } = statement;
  const texts = [predicate.event, predicate.issuedAt, ledger.origin, ledger.genesis, ...subjects.map((one) => one.name)];
  if (statement.understood) texts.push(predicate.visibility);
  const isObject = typeof claim === "object" && claim !== null && !Array.isArray(claim);
  if (statement.understood && !isObject) throw new Refusal("wrong-type", "the claim is no object");
  const all = [...texts, ...refs.map((one) => one.id), ...issuers, ...claimants, ...via];
  if (!all.every((one) => typeof one === "string")) throw new Refusal("wrong-type", "a text is something else");
  return statement;
}

function checkList(value, isGood, where) {
  if (!Array.isArray(value) || !value.every(isGood)) throw new Refusal("wrong-type", "a list of other things belongs here", where);
}

// Every digest in an `_sd` of the claim.
export function digestsIn(value) {
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
  return { salt, name, value, digest: base64url(await sha256(utf8(text))) };
}

function holdsDigests(value) {
  if (Array.isArray(value)) return value.some(holdsDigests);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([name, member]) => ["_sd", "_sd_alg", "..."].includes(name) || holdsDigests(member));
}
