"""The parts of a statement that its entry only commits to: what of each is shown, and why the rest is not.

An entry holds digests; what they commit to lies beside it (docs/protocol.md, "Disclosures"). A reader is told
what became of each, as nothing else tells a part that was taken away from one that was never there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ledger.core.disclosure import parse
from projections.items import Item, Slice

SHOWN: Final = "shown"
WITHHELD: Final = "withheld"
ERASED: Final = "erased"
NOT_HELD: Final = "not-held"
_ERASURES: Final = frozenset({"DisclosureErased", "EvidenceErased"})


@dataclass(frozen=True, slots=True)
class Part:
    """One digest of a claim; `place` are the members that lead to where it stands.

    `state` is shown; withheld, as its statement is not public; erased, as the statement `erased_by` says; or
    not-held: its content never came, as it is with decoys. `name` is its member's where it is shown.
    """

    digest: str
    place: tuple[str, ...]
    state: str
    name: str | None = None
    erased_by: str | None = None


def parts(item: Item, held: Mapping[str, str | None], known: Slice) -> list[Part]:
    """Every part of `item` in the order of its claim; `held` are the contents by digest."""
    erased = dict(_erasures(item, known))
    return [
        _part(digest, place, item, held.get(digest), erased.get(digest))
        for digest, place in _places(item.statement.claim, ())
    ]


def _part(
    digest: str, place: tuple[str, ...], item: Item, content: str | None, erased_by: str | None
) -> Part:
    if erased_by is not None:
        return Part(digest, place, ERASED, None, erased_by)
    if not item.shown:
        return Part(digest, place, WITHHELD)
    if content is None:
        return Part(digest, place, NOT_HELD)
    return Part(digest, place, SHOWN, parse(content).name)


def _erasures(item: Item, known: Slice) -> Iterator[tuple[str, str]]:
    """(digest, id of the statement that erased it); the earliest comes last, so that it counts."""
    for _, control in reversed(known.referring(item.id, "controls")):
        if control.statement.event in _ERASURES:
            for digest in control.statement.claim.get("digests", ()):
                yield digest, control.id


def _places(value: Any, place: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    if isinstance(value, Mapping):
        yield from ((digest, place) for digest in value.get("_sd", ()))
        for name, member in value.items():
            if name != "_sd":
                yield from _places(member, (*place, name))
    elif isinstance(value, list | tuple):
        for member in value:
            yield from _places(member, place)
