// The zip around a bundle that brings its documents along (docs/protocol.md, "Bundles"; ledger/verifier/archive.py).
// Nothing in it is compressed, so that it unpacks to no more than it is.

import { Refusal, isDigest } from "./bytes.js";

const BUNDLE = "bundle.jsonl";
const DOCUMENTS = "documents/";
const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const FULL_16 = 0xffff;
const FULL_32 = 0xffffffff;
const PLAIN_FLAGS = 0x0808; // sizes that follow the data, a name in UTF-8
const NEWEST = 63; // version needed to extract

const bad = (what) => {
  throw new Refusal("bad-bundle", `the zip cannot be read: ${what}`);
};

export function looksLikeZip(bytes) {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

// {bundle, documents}: bytes, and bytes by the SHA-256 that is their name, nothing verified. They are views into the
// file's own bytes.
export function openArchive(bytes) {
  let members;
  try {
    members = membersOf(bytes);
    checkMembers(members);
    checkPlaces(members, bytes.length);
  } catch (error) {
    // A place outside the file.
    if (error instanceof RangeError) bad("it ends too early");
    throw error;
  }
  for (const { name, data, crc } of members) if (crc32(data) !== crc) bad(`the checksum of ${name} is another`);
  const [bundle, ...documents] = members;
  return { bundle: bundle.data, documents: new Map(documents.map(({ name, data }) => [name.slice(DOCUMENTS.length), data])) };
}

function checkMembers(members) {
  if (members[0]?.name !== BUNDLE || new Set(members.map((one) => one.name)).size !== members.length) {
    throw new Refusal("bad-bundle", `a zip begins with ${BUNDLE}, and nothing is in it twice`);
  }
  for (const { name, method, flags, version } of members) {
    if (method !== 0) throw new Refusal("bad-bundle", `${name} is compressed`);
    if ((flags & ~PLAIN_FLAGS) !== 0 || version > NEWEST) bad(`${name} is encrypted, or otherwise not as it is`);
    if (name !== BUNDLE && !(name.startsWith(DOCUMENTS) && isDigest(name.slice(DOCUMENTS.length)))) {
      throw new Refusal("bad-bundle", `${name.slice(0, 100)} is no document's name`);
    }
  }
}

// No byte belongs to two members.
function checkPlaces(members, size) {
  const sorted = [...members].sort((one, other) => one.start - other.start);
  for (const [at, { start, end, name }] of sorted.entries()) {
    if (end > (sorted[at + 1]?.start ?? size)) bad(`${name} lies over another`);
  }
}

// --- the directory ----------------------------------------------------------------------------------------------------

function membersOf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const { count, size, start, end } = directoryOf(view);
  if (start + size !== end) bad("its directory is not where it says");
  const members = [];
  for (let number = 0, at = start; number < count; number += 1) {
    if (view.getUint32(at, true) !== CENTRAL) bad("its directory is damaged");
    const length = view.getUint16(at + 28, true);
    const extra = view.getUint16(at + 30, true);
    members.push(memberAt(view, bytes, at, length, extra));
    at += 46 + length + extra + view.getUint16(at + 32, true);
    if (number === count - 1 && at !== end) bad("its directory is damaged");
  }
  return members;
}

function directoryOf(view) {
  // The end record is last but for a comment, which may be long.
  const first = Math.max(0, view.byteLength - 22 - FULL_16);
  for (let at = view.byteLength - 22; at >= first; at -= 1) {
    if (view.getUint32(at, true) !== END || view.getUint16(at + 20, true) !== view.byteLength - at - 22) continue;
    const short = { count: view.getUint16(at + 10, true), size: view.getUint32(at + 12, true), start: view.getUint32(at + 16, true), end: at };
    if (at < 20 || view.getUint32(at - 20, true) !== LOCATOR_64) return short;
    const end = number64(view, at - 12);
    if (view.getUint32(end, true) !== END_64) bad("its directory is damaged");
    return { count: number64(view, end + 32), size: number64(view, end + 40), start: number64(view, end + 48), end };
  }
  return bad("it has no directory");
}

function number64(view, at) {
  const number = view.getBigUint64(at, true);
  if (number > BigInt(view.byteLength)) bad("it ends too early");
  return Number(number);
}

// The member that the directory's entry at `at` describes: {name, method, flags, crc, data, start, end}.
function memberAt(view, bytes, at, length, extra) {
  const [size, packed, local] = sizesAt(view, at, length, extra);
  const name = textOf(bytes, at + 46, length);
  if (view.getUint32(local, true) !== LOCAL) bad(`${name} is not where the directory has it`);
  if (textOf(bytes, local + 30, view.getUint16(local + 26, true)) !== name) bad(`${name} has two names`);
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  const method = view.getUint16(at + 10, true);
  if (method === 0 && size !== packed) bad(`${name} has two sizes`);
  if (start + packed > bytes.length) bad("it ends too early");
  const data = bytes.subarray(start, start + packed);
  return { name, method, version: view.getUint16(at + 6, true), flags: view.getUint16(at + 8, true), crc: view.getUint32(at + 16, true), data, start: local, end: start + packed };
}

const textOf = (bytes, at, length) => String.fromCharCode(...bytes.subarray(at, at + length));

// Size, size in the file and place; what does not fit into 32 bits stands in the extra field, in this order.
function sizesAt(view, at, length, extra) {
  const found = [view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)];
  const end = at + 46 + length + extra;
  for (let field = at + 46 + length; field + 4 <= end && found.includes(FULL_32); ) {
    if (view.getUint16(field, true) === 1) {
      for (let value = field + 4, which = 0; which < 3; which += 1) {
        if (found[which] !== FULL_32) continue;
        found[which] = number64(view, value);
        value += 8;
      }
      break;
    }
    field += 4 + view.getUint16(field + 2, true);
  }
  return found;
}

// --- checksums --------------------------------------------------------------------------------------------------------

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let number = byte;
  for (let bit = 0; bit < 8; bit += 1) number = number & 1 ? (number >>> 1) ^ 0xedb88320 : number >>> 1;
  return number >>> 0;
});

function crc32(bytes) {
  let crc = FULL_32;
  for (let at = 0; at < bytes.length; at += 1) crc = (crc >>> 8) ^ TABLE[(crc ^ bytes[at]) & 255];
  return (crc ^ FULL_32) >>> 0;
}
