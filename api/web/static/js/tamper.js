// Changing one byte of what was verified, in a copy, to see which step refuses it: where the parts of a file stand, and
// places in them at which a change leaves the file readable, so that the part itself is judged and not its form.

import { fromBase64, fromBase64url, fromUtf8 } from "./bytes.js";
import { decodeCanonical } from "./canonical.js";
import { PREDICATE, checkOutline, decodeEntry } from "./statement.js";

export const PARTS = ["statement", "signature", "proof", "completeness", "checkpoint", "disclosure", "document"];
const TRIES = 600;
const CHOOSY = 400; // of these, for a statement that introduces no keys and closes nothing
const KEEPERS = ["ledger", "party", "key", "index"];
const AROUND = 24; // bytes shown on either side

// The same subject with the lowest bit of one byte turned, in a copy.
export function flipped(subject, { piece, offset }) {
  const old = subject.pieces[piece];
  const fresh = { ...old, bytes: old.bytes.slice() };
  fresh.bytes[offset] ^= 1;
  const swap = (one) => (one === old ? fresh : one);
  return { ...subject, pieces: subject.pieces.map(swap), beside: subject.beside.map(swap) };
}

// --- where the parts stand --------------------------------------------------------------------------------------------

// [{part, piece, from, to, at, text, entry}]: bytes `from` to `to` of a piece belong to the part; `at` and `text` are
// what is decoded as one where the part stands inside it, `entry` its position in the log.
export function partsOf(subject) {
  if (!known.has(subject)) known.set(subject, subject.pieces.flatMap(partsOfPiece));
  return known.get(subject);
}

const known = new WeakMap(); // of a subject, which never changes

function partsOfPiece(piece, number) {
  return PARTS_OF[piece.role](piece, latin1(piece.bytes)).map((one) => ({ piece: number, ...one }));
}

// One character a byte, so that places in the text are places in the bytes.
const CHUNK = 2 ** 14;

function latin1(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return text;
}

const PARTS_OF = {
  entry: (piece, text) => inEntry(text, 0, false),
  proof: (piece, text) => inProof(text),
  bundle: (piece, text) => inBundle(text),
  "index-proof": (piece, text) => inProofFile(text),
  document: (piece) => [{ part: "document", from: 0, to: piece.bytes.length }],
};

// Payload and signatures of an entry that begins at `at` of a piece, in base64 there or as it is.
function inEntry(text, at, isEncoded, entry) {
  const inner = isEncoded ? decoded(text) : text;
  const found = [];
  const add = (part, from, to) => {
    const place = isEncoded ? [at + Math.ceil((from * 4) / 3), at + Math.floor((to * 4) / 3)] : [at + from, at + to];
    found.push({ part, from: place[0], to: place[1], at, text, isEncoded, entry });
  };
  const payload = /"payload":"([^"]*)"/d.exec(inner);
  if (payload) add("statement", ...payload.indices[1]);
  for (const one of inner.matchAll(/"sig":"([^"]*)"/dg)) add("signature", ...one.indices[1]);
  return found;
}

function decoded(text) {
  try {
    return atob(text);
  } catch {
    return "";
  }
}

function inProof(text) {
  const head = /^[^\n]*\n(?:extra [^\n]*\n)?index [^\n]*\n/.exec(text);
  const end = text.indexOf("\n\n");
  if (!head || end < 0) return [];
  const hashes = end > head[0].length ? [{ part: "proof", from: head[0].length, to: end }] : [];
  return [...hashes, ...inCheckpoint(text.slice(end + 2), end + 2, "\n")];
}

// The root hash of a checkpoint, and all of its note; `newline` is how the text around it writes one.
function inCheckpoint(note, at, newline) {
  const lines = note.split(newline);
  const from = at + lines.slice(0, 2).join(newline).length + newline.length;
  if (lines.length < 3) return [];
  return [
    { part: "checkpoint", from, to: from + lines[2].length },
    { part: "checkpoint", from: at, to: at + note.length, isWide: true },
  ];
}

function inBundle(text) {
  const found = [];
  for (let at = 0, number = 0; at < text.length; number += 1) {
    const end = text.indexOf("\n", at) < 0 ? text.length : text.indexOf("\n", at);
    found.push(...inLine(text.slice(at, end), at, number));
    at = end + 1;
  }
  return found;
}

function inLine(line, at, number) {
  if (number === 0) return inHead(line, at);
  const found = [];
  const position = /"index":([0-9]+)/.exec(line);
  const entry = position === null ? undefined : Number(position[1]);
  const part = line.includes('"entry":"') ? "proof" : line.includes('"key":') ? "completeness" : null;
  for (const one of line.matchAll(/"entry":"([^"]*)"/dg)) found.push(...inEntry(one[1], at + one.indices[1][0], true, entry));
  if (part) found.push(...inList(line, at, "hashes", part, entry));
  return [...found, ...inList(line, at, "disclosures", "disclosure", entry)];
}

function inHead(line, at) {
  const found = /"checkpoint":"((?:[^"\\]|\\.)*)"/d.exec(line);
  return found ? inCheckpoint(found[1], at + found.indices[1][0], "\\n") : [];
}

// Each text of a list of texts.
function inList(line, at, member, part, entry) {
  const list = new RegExp(`"${member}":\\s*\\[([^\\]]*)\\]`, "d").exec(line);
  if (!list) return [];
  const start = at + list.indices[1][0];
  return [...list[1].matchAll(/"([^"]*)"/dg)].map((one) => {
    const [from, to] = one.indices[1];
    return { part, from: start + from, to: start + to, at: start + from, text: one[1], entry };
  });
}

function inProofFile(text) {
  const found = [];
  for (const one of text.matchAll(/"entry":\s*"([^"]*)"/dg)) found.push(...inEntry(one[1], one.indices[1][0], true));
  for (const one of text.matchAll(/"path":\s*\[[^\]]*\]/dg)) found.push(...inList(one[0], one.index, "path", "proof"));
  const note = /"checkpoint":\s*"((?:[^"\\]|\\.)*)"/d.exec(text);
  return [...found, ...(note ? inCheckpoint(note[1], note.indices[1][0], "\\n") : [])];
}

// --- a place in a part ------------------------------------------------------------------------------------------------

// {piece, offset} of a byte of the part whose change the file's form survives, if there is one; null without the part.
// `random(n)` is a number from 0 to n - 1.
export function pick(subject, part, random = (n) => Math.floor(Math.random() * n)) {
  const ranges = partsOf(subject).filter((one) => one.part === part && !one.isWide && one.to > one.from);
  if (ranges.length === 0) return null;
  let place;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const range = ranges[random(ranges.length)];
    const offset = range.from + random(range.to - range.from);
    place = { piece: range.piece, offset };
    if (leavesForm(range, subject.pieces[range.piece].bytes, offset, tries < CHOOSY)) return place;
  }
  return place;
}

function leavesForm(range, bytes, offset, isChoosy) {
  if (range.part === "document") return true;
  const fresh = bytes[offset] ^ 1;
  if (!isBase64(bytes[offset]) || !isBase64(fresh)) return false;
  // A hash's last character before the padding has bits to spare.
  if (!(range.part in READS)) return String.fromCharCode(bytes[offset + 1]) !== "=";
  return READS[range.part](changed(range, offset), range.isEncoded, isChoosy);
}

const isBase64 = (byte) => /[A-Za-z0-9+/]/.test(String.fromCharCode(byte));

// What is decoded as one, with the change in it.
function changed({ at, text }, offset) {
  const place = offset - at;
  return text.slice(0, place) + String.fromCharCode(text.charCodeAt(place) ^ 1) + text.slice(place + 1);
}

const reads = (attempt) => (...given) => {
  try {
    return attempt(...given) !== false;
  } catch {
    return false;
  }
};

const READS = {
  statement: reads((text, isEncoded, isChoosy) => {
    const value = decodeCanonical(decodeEntry(entryBytes(text, isEncoded)).payload);
    checkOutline(value);
    const { predicateType } = value;
    return predicateType.startsWith(PREDICATE) && !(isChoosy && KEEPERS.includes(predicateType.slice(PREDICATE.length)));
  }),
  signature: reads((text, isEncoded) => decodeEntry(entryBytes(text, isEncoded))),
  disclosure: reads((text) => decodeCanonical(fromBase64url(text))),
};

const entryBytes = (text, isEncoded) => (isEncoded ? fromBase64(text) : Uint8Array.from(text, (one) => one.charCodeAt(0)));

// --- showing ----------------------------------------------------------------------------------------------------------

// What stands at a place and what would stand there: {name, size, old, fresh, before, after, part, entry, inside}.
// `inside` is {before, was, is, after}: what a statement or a disclosure says around the change, once it is decoded.
export function look(subject, { piece, offset }) {
  const { name, bytes } = subject.pieces[piece];
  const range = partsOf(subject).find((one) => one.piece === piece && one.from <= offset && offset < one.to);
  return {
    name,
    size: bytes.length,
    old: bytes[offset],
    fresh: bytes[offset] ^ 1,
    before: shown(bytes.subarray(Math.max(0, offset - AROUND), offset)),
    after: shown(bytes.subarray(offset + 1, offset + 1 + AROUND)),
    part: range?.part ?? null,
    entry: range?.entry ?? null,
    inside: range ? inside(range, offset) : null,
  };
}

export const shown = (bytes) => Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·")).join("");

const CONTENTS = {
  statement: (text, isEncoded) => fromUtf8(decodeEntry(entryBytes(text, isEncoded)).payload),
  disclosure: (text) => fromUtf8(fromBase64url(text)),
};

function inside(range, offset) {
  if (!(range.part in CONTENTS)) return null;
  try {
    const [was, is] = [range.text, changed(range, offset)].map((text) => CONTENTS[range.part](text, range.isEncoded));
    return difference([...was], [...is]);
  } catch {
    return null; // it can no longer be read
  }
}

// Where two texts, as lists of characters, differ.
function difference(was, is) {
  let first = 0;
  while (first < was.length && was[first] === is[first]) first += 1;
  let last = 0;
  while (last < was.length - first && last < is.length - first && was.at(-1 - last) === is.at(-1 - last)) last += 1;
  const ends = [was.length - last, is.length - last];
  return {
    before: was.slice(Math.max(0, first - AROUND), first).join(""),
    was: was.slice(first, ends[0]).join(""),
    is: is.slice(first, ends[1]).join(""),
    after: was.slice(ends[0], ends[0] + AROUND).join(""),
  };
}
