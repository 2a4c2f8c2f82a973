// What is asked of the checkpoint in a file, once each (ledger/core/receipt.py).

import { refused, sentence } from "./grading.js";
import { isQuorum, openCheckpoint, splitNote } from "./note.js";

// A file that is bound to one ledger is bound to the one that the trust file names.
export function judgeTrustRoot(origin, genesis, trust) {
  if (origin === trust.origin && genesis === trust.genesis) return ["held", sentence("{origin} with genesis {genesis}", { origin, genesis })];
  const values = { origin, genesis, own_origin: trust.origin, own_genesis: trust.genesis };
  const said = sentence("{origin} with genesis {genesis}; the trust file names {own_origin} with genesis {own_genesis}", values);
  if (origin === trust.origin) return ["failed", said, [], "namesake"];
  // Two ledgers have nothing in common: one genesis under two names is a forgery.
  return ["failed", said, [], genesis === trust.genesis ? "" : "foreign"];
}

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
  try {
    const { verified } = await openCheckpoint(note, log, [...signing.slice(1), ...witnesses]);
    return { finding: ["held", sentence("signed by {name}, key {hash}", { name: log.name, hash: log.hash })], opened: verified };
  } catch (error) {
    if (signing.length > 0 || error.code !== "note-unverified") throw error;
    return { finding: ["failed", refused(error), [], "foreign"], opened: null };
  }
}

// The cosignatures make the quorum of the reader's policy; `subject.witnessed` then says whether they do, and
// `subject.cosigned` which of its witnesses they are of.
export function judgeWitnesses(subject) {
  const { trust, opened } = subject;
  if (!trust) return ["unverified", sentence("which witnesses count is not known")];
  if (!opened) return ["unchecked", sentence("the checkpoint is not signed by the log")];
  const { policy } = trust;
  const names = new Set([...policy.witnesses].filter(([, key]) => opened.includes(key)).map(([name]) => name));
  subject.cosigned = names;
  const found = judgeQuorum(policy, names);
  subject.witnessed = found[0] === "held";
  return found;
}

// Whether the cosignatures by these of the policy's witnesses make its quorum. A policy that asks for none leaves it
// unchecked: nobody outside was asked, so nothing held.
export function judgeQuorum(policy, names) {
  const values = { n: names.size, quorum: policy.quorum };
  if (policy.quorum === "none") return ["unchecked", sentence("{n} cosignatures; the trust file asks for no witnesses", values)];
  // The first receipt of a ledger is signed by the log alone: sound, yet no quorum counts it.
  if (!isQuorum(policy, names)) return ["failed", sentence("{n} cosignatures, the quorum {quorum} is not reached", values), [], "unwitnessed"];
  return ["held", sentence("{n} cosignatures, quorum {quorum}", values)];
}

// What the steps amount to unless they all hold; null then. A missing quorum alone leaves a receipt sound.
export function failingVerdict(steps) {
  const has = (grade) => steps.some((step) => step.grade === grade);
  if (has("unreadable")) return [sentence("unreadable")];
  if (steps.some((step) => step.grade === "failed" && step.name !== "witnesses")) return [sentence("failed")];
  return has("unverified") ? [sentence("trust root: unverified")] : null;
}
