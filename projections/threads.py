"""Threads: what a statement refers to, what refers to it, and on either side once more (letter: R2).

A thread is bounded on both sides, as a clause of a law may be referred to for years: whoever folds one says
which replies were read, and of what lies beyond it is told that there is more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from projections.items import Item, Slice
from projections.shown import Shown, show

UP: Final = 2
"""So many references are followed from a statement."""
NEAR: Final = 8
"""At most so many are shown of what lies beside something that is itself beside the statement."""


@dataclass(frozen=True, slots=True)
class Tie:
    """How one statement refers to another, and the place in it that is meant."""

    rel: str
    locator: str | None


@dataclass(frozen=True, slots=True)
class Branch:
    """A statement beside another one, and the `ties` between them.

    `shown` is None for what is not in this ledger at the moment looked from; `origin` then names the other
    ledger that holds it, if it is said to be one's. `branches` lie further along; with `more`, some of them.
    """

    id: str
    ties: tuple[Tie, ...]
    shown: Shown | None
    origin: str | None = None
    branches: tuple[Branch, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class Thread:
    """What a statement refers to, in its own order, and what refers to it, oldest first."""

    before: tuple[Branch, ...]
    after: tuple[Branch, ...]


def view(item: Item, known: Slice, replies: Sequence[Item], further: Mapping[str, Sequence[Item]]) -> Thread:
    """The thread of `item`: `replies` refer to it, and `further`, by reply, to these: up to one more than
    `NEAR`, so that what is left out is noticed.
    """
    after = tuple(_reply(item.id, one, known, further.get(one.id, ())) for one in replies)
    return Thread(tuple(_before(item, known, UP)), after)


def targets(item: Item, most: int | None = None) -> list[str]:
    """Ids of the statements of this ledger that `item` refers to, in its order, each once."""
    return list(dict.fromkeys(ref.id for ref in item.statement.refs if ref.ledger is None))[:most]


def _ties(item: Item) -> dict[tuple[str, str | None], list[Tie]]:
    """By target and the origin of another ledger: a statement may refer to one thing in several ways."""
    found: dict[tuple[str, str | None], list[Tie]] = {}
    for ref in item.statement.refs:
        origin = ref.ledger[0] if ref.ledger else None
        found.setdefault((ref.id, origin), []).append(Tie(ref.rel, ref.locator))
    return found


def _before(item: Item, known: Slice, depth: int) -> Iterator[Branch]:
    ties = _ties(item)
    for (target, origin), found in list(ties.items())[: None if depth == UP else NEAR]:
        one = known.get(target) if origin is None else None
        if one is None:
            yield Branch(target, tuple(found), None, origin)
        else:
            nested = tuple(_before(one, known, depth - 1)) if depth > 1 else ()
            more = depth > 1 and len(_ties(one)) > NEAR
            yield Branch(target, tuple(found), show(one, known), None, nested, more)


def _reply(target: str, one: Item, known: Slice, further: Sequence[Item] = ()) -> Branch:
    ties = tuple(_ties(one)[target, None])
    nested = tuple(_reply(one.id, reply, known) for reply in further[:NEAR])
    return Branch(one.id, ties, show(one, known), None, nested, len(further) > NEAR)
