// The completeness index: which keys an entry has, and that the entries shown are all of a key
// (docs/protocol.md, "The index").

import { Refusal, base64, isName, isSlug, sameBytes, sha256, utf8, concat } from "./bytes.js";
import { encodeCanonical } from "./canonical.js";
import { leafHash, nodeHash, treeRoot } from "./merkle.js";

const KEY_KINDS = ["party", "key", "ledger"];
export const KEY_DEPTH_LIMIT = 256;

// The index keys of a statement; none for index statements.
export function statementKeys(statement) {
  if (statement.kind === "index") return new Set();
  const names = statement.subjects.map((one) => one.name);
  const parties = KEY_KINDS.includes(statement.kind) ? names.filter((name) => name.startsWith("party:")) : [];
  return new Set([
    ...names,
    ...statement.refs.filter((ref) => !ref.foreign).map((ref) => `statement:${ref.id}`),
    ...statement.issuers.map((slug) => `by:${slug}`),
    ...statement.listed.map((slug) => `voice:${slug}`),
    ...statement.via.filter((relay) => !relay.includes(":")).map((slug) => `voice:${slug}`),
    ...parties.map((name) => `keys:${name.slice(6)}`),
  ]);
}

export function isIndexKey(text) {
  const found = /^(by|voice|keys):(.*)$/s.exec(text);
  return found ? isSlug(found[2]) : isName(text);
}

// SHA-256(0 | canonical JSON of count, key and root).
function keyLeafHash(leaf) {
  return leafHash(encodeCanonical({ count: leaf.count, key: leaf.key, root: base64(leaf.root) }));
}

const bitAt = (digest, level) => (digest[level >> 3] >> (7 - (level & 7))) & 1;

// {count, root} of the key in the index with this root, {count: 0} when the proof shows that it is absent.
export async function verifyKeyProof(root, key, { leaf, path }) {
  const digest = await sha256(utf8(key));
  const depth = path.length;
  if (depth > KEY_DEPTH_LIMIT) throw new Refusal("bad-index-proof", `${depth} hashes, where a path has at most ${KEY_DEPTH_LIMIT}`);
  if (leaf && leaf.key !== key) {
    const other = await sha256(utf8(leaf.key));
    for (let level = 0; level < depth; level++) {
      if (bitAt(digest, level) !== bitAt(other, level)) {
        throw new Refusal("index-proof-place", `${key} does not lead to the place of ${leaf.key}`);
      }
    }
  }
  let node = leaf ? await keyLeafHash(leaf) : await sha256(new Uint8Array());
  for (let step = 0; step < depth; step++) {
    const right = bitAt(digest, depth - 1 - step) === 1;
    node = right ? await nodeHash(path[step], node) : await nodeHash(node, path[step]);
  }
  if (!sameBytes(node, root)) throw new Refusal("index-proof-root", `the path of ${key} does not lead to the root of the index`);
  return leaf && leaf.key === key ? { count: leaf.count, root: leaf.root } : { count: 0, root: null };
}

// Checks that `pairs` ({index, leaf} ascending) are all entries of the key, and gives their number.
export async function verifyAllOfKey(root, key, proof, pairs) {
  const found = await verifyKeyProof(root, key, proof);
  if (found.count !== pairs.length) {
    throw new Refusal("index-incomplete", `${key} has ${found.count} entries, ${pairs.length} are shown`);
  }
  if (found.count > 0) {
    const leaves = await Promise.all(pairs.map((pair) => leafHash(concat(bigEndian(pair.index), pair.leaf))));
    if (!sameBytes(await treeRoot(leaves), found.root)) {
      throw new Refusal("index-incomplete", `the entries shown are not the ${found.count} of ${key}`);
    }
  }
  return found.count;
}

function bigEndian(number) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(number));
  return bytes;
}
