// What a code beside a printed statement holds (docs/protocol.md, "Citations"), as ledger/core/citation.py writes it.

// Of a receipt that was checked: what it cites is the checkpoint of its own proof.
export function citationOf({ id, index, proof }) {
  const note = proof.slice(proof.indexOf("\n\n") + 2);
  const checkpoint = note.split("\n").slice(0, 3).join("\n");
  return `urn:evidence-ledger:v1:citation\nstatement ${id}\nindex ${index}\n\n${checkpoint}\n`;
}
