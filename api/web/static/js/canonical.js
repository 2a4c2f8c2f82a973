// Canonical JSON (docs/protocol.md, "Canonical form"): decode, check, encode again, compare.

import { Refusal, fromUtf8, utf8 } from "./bytes.js";

export const PAYLOAD_LIMIT = 32_768;
export const ENTRY_LIMIT = 65_535;
const DEPTH_LIMIT = 16;
const MEMBER = /^(?!__proto__$)[A-Za-z_][A-Za-z0-9_]{0,63}$/;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

// The canonical text of objects, arrays, strings, booleans and integers; anything else is refused.
export function canonicalText(value, depth = 1) {
  switch (typeof value) {
    case "string":
      if (LONE_SURROGATE.test(value)) throw new Refusal("lone-surrogate", "half of a surrogate pair stands alone");
      return JSON.stringify(value);
    case "boolean":
      return String(value);
    case "number":
      if (Object.is(value, -0)) throw new Refusal("negative-zero", "-0 stands here");
      if (!Number.isInteger(value)) throw new Refusal("float", `${value} stands here`);
      if (!Number.isSafeInteger(value)) throw new Refusal("integer-range", `${value} is beyond 2^53 - 1`);
      return String(value);
    case "object":
      return containerText(value, depth);
    default:
      throw new Refusal("not-encodable", `a ${typeof value} stands here`);
  }
}

function containerText(value, depth) {
  if (value === null) throw new Refusal("null", "null stands here");
  if (depth > DEPTH_LIMIT) throw new Refusal("too-deep", `more than ${DEPTH_LIMIT} levels`);
  if (Array.isArray(value)) return `[${value.map((item) => canonicalText(item, depth + 1)).join(",")}]`;
  const members = Object.keys(value).sort();
  for (const name of members) {
    if (!MEMBER.test(name)) throw new Refusal("key-grammar", `the key ${JSON.stringify(name)}`);
  }
  return `{${members.map((name) => `"${name}":${canonicalText(value[name], depth + 1)}`).join(",")}}`;
}

// The value whose canonical encoding is exactly these bytes.
export function decodeCanonical(bytes, limit = PAYLOAD_LIMIT) {
  if (bytes.length > limit) throw new Refusal("too-large", `${bytes.length} bytes, the limit is ${limit}`);
  const text = fromUtf8(bytes);
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal("not-json", "the text is not JSON");
  }
  // Two members of one name, white space, escapes that are not needed: all of it reads back differently.
  if (canonicalText(value) !== text) throw new Refusal("not-canonical", "encoded again, it gives other bytes");
  return value;
}

export function encodeCanonical(value) {
  return utf8(canonicalText(value));
}
