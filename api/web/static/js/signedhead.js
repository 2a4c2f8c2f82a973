// What receipts and proof files ask of the checkpoint in them, once each (ledger/core/receipt.py).

import { sentence } from "./grading.js";
import { isQuorum, openCheckpoint } from "./note.js";

// The log's trusted key signed it. `subject` has `trust` and `note`, and is given `opened`: the keys that signed.
export async function judgeCheckpoint(subject) {
  const { trust, note } = subject;
  if (!trust) return ["unverified", sentence("the key that signed the checkpoint is not known")];
  const { log, policy } = trust;
  subject.opened = (await openCheckpoint(note, log, [...policy.witnesses.values()])).verified;
  return ["held", sentence("signed by {name}, key {hash}", { name: log.name, hash: log.hash })];
}

// The cosignatures make the quorum of the reader's policy; `subject.witnessed` then says whether that asks for any.
export function judgeWitnesses(subject) {
  const { trust, opened } = subject;
  if (!trust) return ["unverified", sentence("which witnesses count is not known")];
  if (!opened) return ["unchecked", sentence("the checkpoint is not signed by the log")];
  const { policy } = trust;
  const names = new Set([...policy.witnesses].filter(([, key]) => opened.includes(key)).map(([name]) => name));
  const values = { n: names.size, quorum: policy.quorum };
  // The first receipt of a ledger is signed by the log alone: sound, yet no quorum counts it.
  if (!isQuorum(policy, names)) return ["failed", sentence("{n} cosignatures, the quorum {quorum} is not reached", values)];
  subject.witnessed = policy.quorum !== "none";
  return ["held", sentence("{n} cosignatures, quorum {quorum}", values)];
}

// What the steps amount to unless they all hold; null then. A missing quorum alone leaves a receipt sound.
export function failingVerdict(steps) {
  const has = (grade) => steps.some((step) => step.grade === grade);
  if (has("unreadable")) return [sentence("unreadable")];
  if (steps.some((step) => step.grade === "failed" && step.name !== "witnesses")) return [sentence("failed")];
  return has("unverified") ? [sentence("trust root: unverified")] : null;
}
