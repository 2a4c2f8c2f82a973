"""How far a statement is proven at this moment: signed, published, cosigned, dated by clocks of others.

That changes without an entry, so it is no view. Who cosigned and who dated is read out of what is published
itself, each signature verified; what a time-stamping authority signed is for a tool that knows certificates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from psycopg import Connection

from api.composition import Service
from api.promises import Proven
from ledger.core.checkpoint import Checkpoint
from ledger.core.checkpoint import parse as parse_checkpoint
from ledger.core.grammar import format_recorded_at
from ledger.core.note import open_note, split_note
from ledger.core.policy import published_policy
from ledger.core.receipt import parse_proof
from ledger.core.refusal import Refusal
from ledger.cosigning import WitnessState
from ledger.ports import Publication
from ledger.store.publications import first_covering
from ledger.store.timestamps import Dated, covering

STAMPS: Final = 20  # time-stamps that are looked at, the first ones
_END_OF_DATES: Final = 253_402_300_800  # seconds; behind the year 9999


@dataclass(frozen=True, slots=True)
class Dating:
    """Somebody else's clock: `by` whom a tree of `size` entries was there `at` this instant. `cosigned` tells
    a witness from a time-stamping authority.
    """

    by: str
    at: str
    size: int
    cosigned: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """A receipt with its checkpoint, whether the ledger's policy asks for witnesses, whose cosignatures the
    checkpoint bears, and the earliest datings of any tree that holds the entry.
    """

    proven: Proven
    checkpoint: Checkpoint
    demanded: bool
    cosigners: tuple[str, ...]
    datings: tuple[Dating, ...]

    @property
    def published(self) -> bool:
        """Whether the published files hold the entry."""
        return self.proven.published > self.proven.receipt.index


def proof_of(service: Service, statement_id: str) -> Proof:
    """Raises `NotLogged`, and `LedgerError` while the ledger's policy cannot be read."""
    proven = service.proof(statement_id)
    index, note = proven.receipt.index, parse_proof(proven.receipt.proof).checkpoint

    def question(conn: Connection[Any]) -> tuple[Publication | None, list[Dated]]:
        return first_covering(conn, index), covering(conn, index, STAMPS)

    first, stamps = service.read(question)
    _, terms = service.terms()
    states = service.witness_states()
    datings = [*_cosigned(first.note if first else note, states), *map(_stamped, stamps)]
    return Proof(
        proven,
        parse_checkpoint(split_note(note)[0]),
        published_policy(terms.policy).demands_witnesses(),
        tuple(one.by for one in _cosigned(note, states)),
        tuple(sorted(datings, key=lambda one: one.at)),
    )


def _cosigned(note: str, states: Iterable[WitnessState]) -> Iterator[Dating]:
    """The cosignatures of a note by witnesses that the ledger knows, from its policy or its settings."""
    names = {one.witness.verifier: one.witness.name for one in states}
    try:
        verified = open_note(note, list(names)).verified
    except Refusal:  # none of them has signed it; what the log's own key signed was checked where it was put
        return
    size = parse_checkpoint(split_note(note)[0]).size
    for verifier, name in names.items():
        for one in verified:
            seconds = verifier.time(one.signature)
            own = (one.name, one.key_hash) == (verifier.name, verifier.key_hash)
            if own and seconds is not None and seconds < _END_OF_DATES:
                yield Dating(name, format_recorded_at(seconds * 1000), size, cosigned=True)


def _stamped(dated: Dated) -> Dating:
    at = dated.stamp.stamped_at  # YYYYMMDDhhmmss[.f]Z
    instant = f"{at[:4]}-{at[4:6]}-{at[6:8]}T{at[8:10]}:{at[10:12]}:{at[12:14]}.000Z"
    return Dating(dated.stamp.authority, instant, dated.stamp.size, cosigned=False)
