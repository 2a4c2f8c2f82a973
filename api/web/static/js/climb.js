// Many inclusion proofs into one tree: what neighbours share is hashed once (ledger/verifier/inclusion.py).

import { sameBytes } from "./bytes.js";
import { nodeHash } from "./merkle.js";

const halved = (number) => Math.floor(number / 2);
const sameRest = (one, other) => one.length === other.length && one.every((hash, at) => sameBytes(hash, other[at]));

// Judges the audit paths of one tree of `size` leaves with this root (RFC 9162 section 2.1.3.2). A node that has led to
// the root is remembered with the rest of the way that led there: a path that arrives at it with the same hash and the
// same rest holds, and only then.
export class Climb {
  constructor(size, root) {
    Object.assign(this, { size, root, known: new Map() });
  }

  // Whether `path` leads from the hash of leaf `index` to the root, as verifyInclusion has it.
  async leads(leaf, index, path) {
    if (!(index >= 0 && index < this.size)) return false;
    const passed = [];
    let [level, at, last, node] = [0, index, this.size - 1, leaf];
    for (let used = 0; ; used += 1) {
      const place = `${level}/${at}`;
      const rest = path.slice(used);
      const known = this.known.get(place);
      if (known) return sameBytes(known.node, node) && sameRest(known.rest, rest) && this.remember(passed);
      passed.push([place, { node, rest }]);
      if (rest.length === 0) return last === 0 && sameBytes(node, this.root) && this.remember(passed);
      if (last === 0) return false;
      if (at % 2 === 1 || at === last) {
        node = await nodeHash(rest[0], node);
        while (at % 2 === 0 && at > 0) [level, at, last] = [level + 1, halved(at), halved(last)];
      } else {
        node = await nodeHash(node, rest[0]);
      }
      [level, at, last] = [level + 1, halved(at), halved(last)];
    }
  }

  remember(passed) {
    for (const [place, found] of passed) this.known.set(place, found);
    return true;
  }
}
