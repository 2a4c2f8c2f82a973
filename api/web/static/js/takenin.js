// What a receipt shows at the moment it comes, before it is kept: that the entry is exactly what was signed, that it
// is in the tree that the log has signed. Which keys are the log's is what this very ledger says; a receipt that is
// checked against a trust file from elsewhere (the verify page, `evidence verify`) says more.

import { fromBase64, sameBytes } from "./bytes.js";
import { leafHash, verifyInclusion } from "./merkle.js";
import { openNote, parseCheckpoint, readVerifierKey } from "./note.js";
import { decodeEntry } from "./statement.js";

const HEADER = "c2sp.org/tlog-proof@v1";

// Why a receipt ({entry, proof, index, payload}) does not hold, in English; null if it does. `logKeys` are the
// verifier keys of the log, `origin` its name.
export async function whyNot({ entry, proof, index, payload }, logKeys, origin) {
  try {
    const bytes = fromBase64(entry);
    if (!sameBytes(decodeEntry(bytes).payload, payload)) return "the entry is another statement than was signed";
    const { place, path, note } = parseProof(proof);
    const { text } = await openNote(note, await Promise.all(logKeys.map(readVerifierKey)));
    const checkpoint = await parseCheckpoint(text);
    if (checkpoint.origin !== origin || place !== index) return "the proof is of another log or entry";
    const holds = await verifyInclusion(await leafHash(bytes), place, checkpoint.size, path, checkpoint.root);
    return holds ? null : "the proof does not lead from the entry to the signed tree";
  } catch (error) {
    return error.what ?? error.message;
  }
}

function parseProof(proof) {
  const at = proof.indexOf("\n\n");
  const [header, place, ...path] = proof.slice(0, at).split("\n");
  const index = /^index (0|[1-9][0-9]*)$/.exec(place ?? "");
  if (at < 0 || header !== HEADER || !index) throw new Error("the proof cannot be read");
  return { place: Number(index[1]), path: path.map(fromBase64), note: proof.slice(at + 2) };
}
