// Ed25519 keys and signatures (docs/protocol.md, "Keys").
//
// Browsers accept the key 01 00..00 with the signature 01 00..00 | 00..00 for every message, so the key itself is
// checked here: the canonical encoding of a point of the prime-order subgroup. Signatures are verified by the
// browser; where it lacks Ed25519, by the same arithmetic.

import { concat, hex, sha256 } from "./bytes.js";

const P = 2n ** 255n - 19n; // the field
const L = 2n ** 252n + 27742317777372353535851937790883648493n; // the order of the subgroup
const MASK = 2n ** 255n - 1n;

const modulo = (number, by = P) => ((number % by) + by) % by;

function power(base, exponent) {
  let result = 1n;
  for (let square = modulo(base); exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * square) % P;
    square = (square * square) % P;
  }
  return result;
}

const D = modulo(-121665n * power(121666n, P - 2n));
const ROOT_OF_MINUS_ONE = power(2n, (P - 1n) / 4n);
const NEUTRAL_POINT = [0n, 1n, 1n, 0n];
const BASE = decodePoint(littleEndianBytes(modulo(4n * power(5n, P - 2n))));

function littleEndian(bytes) {
  let number = 0n;
  for (let at = bytes.length - 1; at >= 0; at--) number = (number << 8n) | BigInt(bytes[at]);
  return number;
}

function littleEndianBytes(number) {
  const bytes = new Uint8Array(32);
  for (let at = 0; at < 32; at++, number >>= 8n) bytes[at] = Number(number & 255n);
  return bytes;
}

// RFC 8032 section 5.1.3: [X, Y, Z, T], or null for bytes that encode no point, or not canonically.
function decodePoint(bytes) {
  const encoded = littleEndian(bytes);
  const sign = encoded >> 255n;
  const y = encoded & MASK;
  if (y >= P) return null;
  const u = modulo(y * y - 1n);
  const v = modulo(D * y * y + 1n);
  let x = modulo(u * power(v, 3n) * power(u * power(v, 7n), (P - 5n) / 8n));
  if (modulo(v * x * x) !== u) x = modulo(x * ROOT_OF_MINUS_ONE);
  if (modulo(v * x * x) !== u || (x === 0n && sign === 1n)) return null;
  if ((x & 1n) !== sign) x = P - x;
  return [x, y, 1n, modulo(x * y)];
}

function encodePoint([x, y, z]) {
  const inverse = power(z, P - 2n);
  return littleEndianBytes(modulo(y * inverse) | ((modulo(x * inverse) & 1n) << 255n));
}

function add([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = modulo((y1 - x1) * (y2 - x2));
  const b = modulo((y1 + x1) * (y2 + x2));
  const c = modulo(2n * D * t1 * t2);
  const d = modulo(2n * z1 * z2);
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [modulo(e * f), modulo(g * h), modulo(f * g), modulo(e * h)];
}

function times(number, point) {
  let result = NEUTRAL_POINT;
  for (; number > 0n; number >>= 1n) {
    if (number & 1n) result = add(result, point);
    point = add(point, point);
  }
  return result;
}

const isNeutral = ([x, y, z]) => modulo(x) === 0n && modulo(y - z) === 0n;

export async function keyId(publicKey) {
  return hex(await sha256(publicKey));
}

const checkedKeys = new Map();

// Whether 32 bytes are the canonical encoding of a point of the prime-order subgroup, not the neutral element.
export function isPublicKey(publicKey) {
  if (publicKey.length !== 32) return false;
  const name = hex(publicKey);
  if (!checkedKeys.has(name)) {
    const point = decodePoint(publicKey);
    checkedKeys.set(name, point !== null && !isNeutral(point) && isNeutral(times(L, point)));
  }
  return checkedKeys.get(name);
}

// Whether the signature (64 bytes) is good for the message under the public key (32 bytes); never throws.
export async function verifySignature(publicKey, message, signature) {
  if (signature.length !== 64 || !isPublicKey(publicKey)) return false;
  const r = signature.slice(0, 32);
  // Only who gives the key away can sign with a neutral R; libsodium refuses it, and so does every verifier.
  if (littleEndian(r) === 1n || littleEndian(signature.slice(32)) >= L) return false;
  if (!(await browserKnowsEd25519())) return verifyByArithmetic(publicKey, message, signature);
  const key = await crypto.subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]);
  return crypto.subtle.verify("Ed25519", key, signature, message);
}

let known;

export function browserKnowsEd25519() {
  known ??= crypto.subtle.importKey("raw", encodePoint(BASE), "Ed25519", false, ["verify"]).then(
    () => true,
    () => false,
  );
  return known;
}

// encode([S]B - [k]A) equals the bytes of R, k = SHA-512(R | A | M) mod L: no cofactor.
export async function verifyByArithmetic(publicKey, message, signature) {
  if (signature.length !== 64 || !isPublicKey(publicKey)) return false;
  const r = signature.slice(0, 32);
  const s = littleEndian(signature.slice(32));
  if (littleEndian(r) === 1n || s >= L) return false;
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-512", concat(r, publicKey, message)));
  const [x, y, z, t] = decodePoint(publicKey);
  const found = add(times(s, BASE), times(modulo(littleEndian(hash), L), [modulo(-x), y, z, modulo(-t)]));
  return hex(encodePoint(found)) === hex(r);
}
