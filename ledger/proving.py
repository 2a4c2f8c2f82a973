"""Makes proof files: all entries of a key, silence, precedence (`ledger.core.index_proof`)."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.bundles import BundleSource, Indexed
from ledger.core import merkle
from ledger.core.checkpoint import parse as parse_checkpoint
from ledger.core.index import check_index_key
from ledger.core.index_proof import (
    ALL,
    PRECEDENCE,
    SILENCE,
    Completeness,
    IndexProof,
    Precedence,
    ProvenEntry,
)
from ledger.core.note import split_note
from ledger.core.refusal import LedgerError
from ledger.core.statement import Statement, read_recorded


class NotProven(LedgerError):
    """The log does not show that."""


def prove_all(source: BundleSource, key: str, checkpoint: str) -> IndexProof:
    """That these are all entries of a key, as of the newest index statement in the tree of a checkpoint.

    `checkpoint` is the signed note. Raises `NotProven` while nothing is indexed, `Refusal` for no index key.
    """
    check_index_key(key)
    size = _size(checkpoint)
    indexed = _indexed(source, size)
    positions = source.positions(key, indexed.size)
    return _complete(source, ALL, key, indexed, positions, checkpoint)


def prove_silence(source: BundleSource, request: str, checkpoint: str) -> IndexProof:
    """That no response to the request (a statement id) was logged, as of the newest index statement.

    Raises `NotProven` when there is one, when nothing indexed yet is that request, or nothing is indexed.
    """
    indexed = _indexed(source, _size(checkpoint))
    asked = source.find([request]).get(request)
    if asked is not None and (kind := _statement(source, asked).kind) != "request":
        raise NotProven(f"entry {asked} is of the kind {kind}, not request", "name the request itself")
    if asked is None or asked >= indexed.size:
        what = f"no request {request} is among the first {indexed.size} entries"
        raise NotProven(what, "check the id; what was entered just now is indexed within a minute")
    key = f"statement:{request}"
    positions = source.positions(key, indexed.size)
    responses = [one for one in positions if _statement(source, one).kind == "response"]
    if responses:
        raise NotProven(f"entry {responses[0]} responds to it", "see its thread: `evidence open`")
    return _complete(source, SILENCE, key, indexed, [asked, *positions], checkpoint)


def prove_precedence(source: BundleSource, earlier: str, later: str, checkpoint: str) -> IndexProof:
    """That one statement (by its id) was logged before another. Raises `NotProven` when it was not."""
    found = source.find([earlier, later])
    size = _size(checkpoint)
    missing = [one for one in (earlier, later) if found.get(one, size) >= size]
    if missing:
        raise NotProven(f"no statement {missing[0]} is in the log", "check its id")
    first, second = found[earlier], found[later]
    if first == second:
        raise NotProven(f"entry {first} stands in both places", "name two statements")
    if first > second:
        raise NotProven(f"entry {first} does not precede entry {second}", "ask the other way round")
    shown = Precedence(first, second)
    return IndexProof(PRECEDENCE, shown, checkpoint, _entries(source, [first, second], size))


def _complete(
    source: BundleSource, asks: str, key: str, indexed: Indexed, positions: Iterable[int], checkpoint: str
) -> IndexProof:
    (proof,) = source.prove([key], indexed.size)
    # Entry 0 says whose device key may sign the index.
    entries = _entries(source, [0, indexed.position, *positions], _size(checkpoint))
    return IndexProof(asks, Completeness(key, proof, indexed.position), checkpoint, entries)


def _entries(source: BundleSource, positions: Iterable[int], size: int) -> tuple[ProvenEntry, ...]:
    read = merkle.TileReader(source.node, size)
    return tuple(
        ProvenEntry(position, data, tuple(merkle.inclusion_proof(position, size, read)))
        for position, data in source.entries(sorted(set(positions)))
    )


def _statement(source: BundleSource, position: int) -> Statement:
    ((_, data),) = source.entries([position])
    return read_recorded(position, data).statement


def _indexed(source: BundleSource, size: int) -> Indexed:
    found = source.published_index(size)
    if found is None:
        raise NotProven("no index statement is logged yet", "ask again after the next interval")
    return found


def _size(checkpoint: str) -> int:
    return parse_checkpoint(split_note(checkpoint)[0]).size
