"""Answers held against their question: a ledger could prove something true of something else."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING

from api.client.http import BadAnswer
from ledger.core.entry import decode_entry
from ledger.core.grammar import is_digest
from ledger.core.index_proof import ALL, Completeness, IndexProof, parse_index_proof
from ledger.core.receipt import Trust, parse_proof, verify_receipt
from ledger.core.refusal import Refusal
from ledger.core.report import HELD

if TYPE_CHECKING:
    from api.client.http import Client

TELL = "do not rely on it, keep it and tell others"


def id_of_entry(client: Client, index: int, trust: Trust | None) -> str:
    """The id of the statement at an index, by the ledger's own proof that it stands there.

    Raises `BadAnswer` where the proof is of another entry or does not hold, RefusedByServer for an entry that
    there is not. Without `trust` the proof is held against its own checkpoint alone.
    """
    shown = client.get(f"/v1/statements/{index}")
    if not isinstance(shown, Mapping) or not is_digest(str(shown.get("id"))):
        raise BadAnswer(f"the answer about entry {index} names no statement", "check the ledger's address")
    receipt = client.receipt(str(shown["id"]))
    try:
        found = parse_proof(receipt.proof).index
    except Refusal as refusal:
        raise BadAnswer(f"the proof of entry {index} cannot be read: {refusal.what}", TELL) from refusal
    # What cannot be read ends a report before its later steps.
    held = {step.name for step in verify_receipt(receipt.entry, receipt.proof, trust) if step.grade == HELD}
    needed = {"inclusion"} if trust is None else {"inclusion", "trust root", "checkpoint"}
    if found != index or not needed <= held:
        raise BadAnswer(f"the ledger does not prove that this statement is entry {index}", TELL)
    return receipt.id


def check_answers(text: str, what: str, asked: Mapping[str, str]) -> None:
    """Raise `BadAnswer` unless a proof file speaks of what was asked: `key`, `of`, or `earlier` and `later`.

    A file that cannot be read is left to the verifier, who names what is wrong with it.
    """
    try:
        proof = parse_index_proof(text)
    except Refusal:
        return
    if proof.asks != what or _subject(proof) != dict(asked):
        raise BadAnswer("the ledger answered another question than the one that was asked", TELL)


def _subject(proof: IndexProof) -> dict[str, str]:
    if isinstance(proof.shown, Completeness):
        key = proof.shown.key
        return {"key": key} if proof.asks == ALL else {"of": key.removeprefix("statement:")}
    ids = {entry.index: _statement_id(entry.data) for entry in proof.entries}
    return {name: ids.get(getattr(proof.shown, name), "") for name in ("earlier", "later")}


def _statement_id(entry: bytes) -> str:
    try:
        return sha256(decode_entry(entry).envelope.payload).hexdigest()
    except Refusal:
        return ""
