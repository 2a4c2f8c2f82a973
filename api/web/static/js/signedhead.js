// What is asked of the checkpoint in a file, once each (ledger/core/receipt.py).

import { sentence } from "./grading.js";
import { isQuorum, openCheckpoint, splitNote } from "./note.js";

// A trusted key of the log signed it. `subject` has `trust` and `note`, and is given `opened`: the keys that signed.
export async function judgeCheckpoint(subject) {
  const { trust, note } = subject;
  if (!trust) return ["unverified", sentence("the key that signed the checkpoint is not known")];
  const { finding, opened } = await judgeLogSignature(note, trust, [...trust.policy.witnesses.values()]);
  subject.opened = opened;
  return finding;
}

// The finding, and the keys that signed (null when no trusted key of the log is among them).
export async function judgeLogSignature(note, { origin, logs }, witnesses = []) {
  const lines = splitNote(note).signatures;
  const signing = logs.filter((log) => lines.some((one) => one.name === log.name && one.hash === log.hash));
  if (signing.length === 0 && lines.some((one) => one.name === origin)) {
    // An impostor's key, or one that the log had before, or has by now: the file alone cannot tell.
    const said = sentence(
      "signed in this log's name by a key that the trust file does not list; if the log has changed keys, use the trust file of that time",
    );
    return { finding: ["failed", said], opened: null };
  }
  const [log] = [...signing, ...logs];
  const { verified } = await openCheckpoint(note, log, [...signing.slice(1), ...witnesses]);
  return { finding: ["held", sentence("signed by {name}, key {hash}", { name: log.name, hash: log.hash })], opened: verified };
}

// The cosignatures make the quorum of the reader's policy; `subject.witnessed` then says whether that asks for any, and
// `subject.cosigned` which of its witnesses they are of.
export function judgeWitnesses(subject) {
  const { trust, opened } = subject;
  if (!trust) return ["unverified", sentence("which witnesses count is not known")];
  if (!opened) return ["unchecked", sentence("the checkpoint is not signed by the log")];
  const { policy } = trust;
  const names = new Set([...policy.witnesses].filter(([, key]) => opened.includes(key)).map(([name]) => name));
  subject.cosigned = names;
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
