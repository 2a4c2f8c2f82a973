// The Merkle tree of RFC 6962: leaves, inclusion and consistency proofs (docs/protocol.md, "The tree").

import { concat, sameBytes, sha256 } from "./bytes.js";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export function leafHash(entry) {
  return sha256(concat(LEAF, entry));
}

export function nodeHash(left, right) {
  return sha256(concat(NODE, left, right));
}

// The root over leaf hashes.
export async function treeRoot(leaves) {
  if (leaves.length === 0) return sha256(new Uint8Array());
  let row = leaves;
  while (row.length > 1) {
    const above = [];
    for (let at = 0; at + 1 < row.length; at += 2) above.push(nodeHash(row[at], row[at + 1]));
    const next = await Promise.all(above);
    // An odd last node is carried up unchanged.
    row = row.length % 2 ? [...next, row.at(-1)] : next;
  }
  return row[0];
}

const half = (number) => Math.floor(number / 2);

// Whether `path` leads from the hash of leaf `index` to the root of `size` leaves (RFC 9162 section 2.1.3.2).
export async function verifyInclusion(leaf, index, size, path, root) {
  if (!(index >= 0 && index < size)) return false;
  let [at, last, node] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      node = await nodeHash(sibling, node);
      while (at % 2 === 0 && at > 0) [at, last] = [half(at), half(last)];
    } else {
      node = await nodeHash(node, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && sameBytes(node, root);
}

// Whether the tree of `second` leaves begins with that of `first` (RFC 9162 section 2.1.4.2).
export async function verifyConsistency(first, firstRoot, second, secondRoot, proof) {
  if (!(first >= 0 && first <= second)) return false;
  if (first === second) return proof.length === 0 && sameBytes(firstRoot, secondRoot);
  if (first === 0) return proof.length === 0 && sameBytes(firstRoot, await sha256(new Uint8Array()));
  const path = isPowerOfTwo(first) ? [firstRoot, ...proof] : [...proof];
  if (path.length === 0) return false;
  let [at, last] = [first - 1, second - 1];
  while (at % 2 === 1) [at, last] = [half(at), half(last)];
  let [before, after] = [path[0], path[0]];
  for (const node of path.slice(1)) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      before = await nodeHash(node, before);
      after = await nodeHash(node, after);
      while (at % 2 === 0 && at > 0) [at, last] = [half(at), half(last)];
    } else {
      after = await nodeHash(after, node);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && sameBytes(before, firstRoot) && sameBytes(after, secondRoot);
}

function isPowerOfTwo(number) {
  while (number % 2 === 0) number /= 2;
  return number === 1;
}
