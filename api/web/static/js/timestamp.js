// RFC 3161 time-stamp replies, as far as they can be read without certificates: what was stamped, and when
// (ledger/verifier/timestamp.py). Whether an authority signed is for a tool that knows certificates.

import { Refusal, hex, sameBytes, utf8 } from "./bytes.js";

// Object identifiers, in DER.
const SIGNED_DATA = "06092a864886f70d010702";
const TST_INFO = "060b2a864886f70d0109100104";
const IMPRINTS = { "0609608648016503040201": "SHA-256", "0609608648016503040202": "SHA-384", "0609608648016503040203": "SHA-512" };
const GENERALIZED_TIME = 0x18;
const SEQUENCE = 0x30;

// {algorithm, imprint, time} in a TimeStampResp (section 2.4.2) in DER; `time` is YYYYMMDDhhmmssZ.
export function readReply(reply) {
  try {
    return readResponse(reply);
  } catch (error) {
    throw new Refusal("bad-timestamp", `it is no time-stamp reply: ${error.message}`);
  }
}

// Whether the stamp is of this text.
export async function isStampOf({ algorithm, imprint }, text) {
  return sameBytes(new Uint8Array(await crypto.subtle.digest(algorithm, utf8(text))), imprint);
}

function readResponse(reply) {
  // 1 The reply: a status of granted, and the token.
  const [status, token] = elements(onlySequence(reply).content);
  const granted = elements(status.content)[0].content;
  if (granted.at(-1) > 1 || granted.slice(0, -1).some((byte) => byte !== 0)) throw new Error("the authority refused");
  // 2 The token: CMS signed data around a TSTInfo.
  const [kind, wrapped] = elements(token.content);
  const [, , inner] = elements(elements(wrapped.content)[0].content);
  const [innerKind, innerWrapped] = elements(inner.content);
  if (hex(kind.data) !== SIGNED_DATA || hex(innerKind.data) !== TST_INFO) throw new Error("it holds something else than a time-stamp");
  // 3 The TSTInfo: version, policy, imprint, serial number, time.
  const [, , imprint, , time] = elements(onlySequence(elements(innerWrapped.content)[0].content).content);
  const [named, hashed] = elements(imprint.content);
  const algorithm = IMPRINTS[hex(elements(named.content)[0].data)];
  if (!algorithm || time.tag !== GENERALIZED_TIME) throw new Error("its imprint is by a hash that is not known here, or it has no time");
  if (time.content.some((byte) => byte > 127)) throw new Error("its time is no text");
  return { algorithm, imprint: hashed.content, time: String.fromCharCode(...time.content) };
}

function onlySequence(data) {
  const found = elements(data);
  if (found.length !== 1 || found[0].tag !== SEQUENCE) throw new Error("one sequence belongs here");
  return found[0];
}

// The elements that the bytes are made of (X.690, definite lengths): {tag, content, data}.
function elements(bytes) {
  const found = [];
  for (let at = 0; at < bytes.length; ) {
    let length = bytes[at + 1];
    let start = at + 2;
    if (length === undefined) throw new Error("it ends too early");
    if (length & 0x80) {
      start += length & 0x7f;
      if (start === at + 2 || start > bytes.length) throw new Error("a length that is not definite");
      length = bytes.slice(at + 2, start).reduce((number, byte) => number * 256 + byte, 0);
    }
    if (start + length > bytes.length) throw new Error("it ends too early");
    found.push({ tag: bytes[at], content: bytes.slice(start, start + length), data: bytes.slice(at, start + length) });
    at = start + length;
  }
  return found;
}
