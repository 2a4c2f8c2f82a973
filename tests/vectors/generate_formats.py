"""Write the golden vectors of the formats: `python -m tests.vectors.generate_formats`.

Each file holds what an implementation must accept, with the values it must arrive at, and what it must
refuse, each refused vector named after its defect and carrying the code of the refusal. Bytes are base64
under names that end in `Base64`, or plain text. Everything follows from fixed seeds, so the files only
change when a format does, and a format that has been used must not change.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.vectors import bundles, proofs, signed, values

FOLDER = Path(__file__).parent / "formats"

FILES: dict[str, Callable[[], dict[str, Any]]] = {
    "canonical.json": values.canonical_vectors,
    "grammar.json": values.grammar_vectors,
    "keys.json": signed.key_vectors,
    "signatures.json": signed.signature_vectors,
    "envelope.json": signed.envelope_vectors,
    "entry.json": signed.entry_vectors,
    "disclosure.json": signed.disclosure_vectors,
    "merkle.json": proofs.merkle_vectors,
    "tiles.json": proofs.tile_vectors,
    "note.json": proofs.note_vectors,
    "vkey.json": proofs.vkey_vectors,
    "checkpoint.json": proofs.checkpoint_vectors,
    "policy.json": proofs.policy_vectors,
    "proof.json": proofs.proof_vectors,
    "trust.json": proofs.trust_vectors,
    "citation.json": proofs.citation_vectors,
    "bundle.json": bundles.bundle_vectors,
}


def render(make: Callable[[], dict[str, Any]]) -> bytes:
    return json.dumps(make(), ensure_ascii=True, indent=1).encode("ascii") + b"\n"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, make in FILES.items():
        (FOLDER / name).write_bytes(render(make))


if __name__ == "__main__":
    main()
