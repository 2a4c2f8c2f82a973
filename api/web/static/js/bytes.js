// Bytes as text and back, hashes, and what every refusal looks like. Everything refuses what it would not write.

export class Refusal extends Error {
  // `code` as in ledger/core/refusal.py, `where` a JSON pointer ("" for the whole).
  constructor(code, what, where = "") {
    super(where ? `${code} at ${where}: ${what}` : `${code}: ${what}`);
    this.code = code;
    this.what = what;
    this.where = where;
  }
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const utf8Encoder = new TextEncoder();

export function utf8(text) {
  return utf8Encoder.encode(text);
}

export function fromUtf8(bytes) {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    throw new Refusal("not-utf8", "the bytes are not UTF-8");
  }
}

export function base64(bytes) {
  let text = "";
  // No more at once than a call takes as its arguments.
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

// Padded base64 (RFC 4648 section 4) that encodes back to the same text: what the last character has to spare is zero.
export function fromBase64(text) {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new Refusal("bad-base64", "a character that is none of base64");
  if (text.length % 4 !== 0) throw new Refusal("bad-base64", "its length or padding is wrong");
  if (text.endsWith("=") && !/([AQgw]=|[AEIMQUYcgkosw048])=$/.test(text)) throw new Refusal("bad-base64", "it does not encode back to the same text");
  const decoded = atob(text);
  const bytes = new Uint8Array(decoded.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = decoded.charCodeAt(at);
  return bytes;
}

export function base64url(bytes) {
  return base64(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

export function fromBase64url(text) {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new Refusal("bad-base64url", "a character that is none of base64url");
  const standard = text.replaceAll("-", "+").replaceAll("_", "/");
  try {
    return fromBase64(standard + "=".repeat((4 - (standard.length % 4)) % 4));
  } catch (error) {
    throw new Refusal("bad-base64url", error.what);
  }
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

export function hex(bytes) {
  let text = "";
  for (const byte of bytes) text += HEX[byte];
  return text;
}

export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function sameBytes(one, other) {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}

export async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

export function isDigest(text) {
  return typeof text === "string" && /^[0-9a-f]{64}$/.test(text);
}

export function isSlug(text) {
  return typeof text === "string" && /^[a-z0-9][a-z0-9._-]{0,127}$/.test(text);
}

// Whether `text` is a name of the ledger such as `factory:foshan` (docs/protocol.md, 1).
export function isName(text) {
  const colon = text.indexOf(":");
  const prefix = text.slice(0, colon);
  const rest = text.slice(colon + 1);
  if (["party", "factory", "criterion"].includes(prefix)) return isSlug(rest);
  if (["document", "statement"].includes(prefix)) return isDigest(rest);
  return text === "ledger:main";
}

const TIME = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(\.\d{3})?Z$/;

// Whether `text` is a moment of the calendar, `fraction` saying whether thousandths belong to it.
export function isTime(text, fraction) {
  const found = typeof text === "string" ? TIME.exec(text) : null;
  if (!found || (found[7] !== undefined) !== fraction || found[1] === "0000") return false;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number);
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return day >= 1 && day <= days && hour < 24 && minute < 60 && second < 60;
}
