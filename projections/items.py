"""What a page's folds work on: statements with the disclosures that may be shown, and who refers to whom
among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ledger.core.statement import Recorded, Statement
from projections.names import Names

if TYPE_CHECKING:
    from projections.compromises import Compromise


@dataclass(frozen=True, slots=True)
class Item:
    """One recorded statement as this reader may see it.

    `claim` has the clear members and those disclosed ones that are held and may be shown; `withheld` counts
    the digests for which nothing is shown (decoys look the same, by design); `shown` is False where the
    reader may see none of the disclosures.
    """

    recorded: Recorded
    claim: Mapping[str, Any]
    withheld: int
    shown: bool = True

    @property
    def statement(self) -> Statement:
        return self.recorded.statement

    @property
    def id(self) -> str:
        return self.recorded.statement.id

    @property
    def position(self) -> int:
        return self.recorded.index

    def read_as(self, claim: Mapping[str, Any]) -> Recorded:
        """The recorded statement with `claim` in the place of its own, for rules that read claims."""
        return self.recorded._replace(statement=self.recorded.statement._replace(claim=claim))

    def refers(self, *rels: str) -> list[str]:
        """Ids of the local statements referred to in one of these ways, in the statement's order."""
        return [ref.id for ref in self.statement.refs if ref.rel in rels and ref.ledger is None]

    def names(self, prefix: str) -> list[str]:
        """Subject names of this prefix, as `factory:`."""
        return [subject.name for subject in self.statement.subjects if subject.name.startswith(prefix)]


@dataclass(frozen=True, slots=True)
class Slice:
    """The items of one page and what they need, ascending by position.

    `names` is what they call whom, `compromised` the keys that others may have used, by key id, `proposals`
    the ids of statements about names that change nothing, `successions` the (old name, new name) pairs of
    mergers and splits among whoever they mention, `targets` what else the items refer to, by id: to say where
    a reference leads, and for no fold.
    """

    items: tuple[Item, ...]
    by_id: Mapping[str, Item]
    _referrers: Mapping[str, tuple[tuple[str, Item], ...]] = field(repr=False)
    names: Names = Names({})  # noqa: RUF009
    compromised: Mapping[str, Compromise] = field(default_factory=dict)
    proposals: frozenset[str] = frozenset()
    successions: tuple[tuple[str, str], ...] = ()
    targets: Mapping[str, Item] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, items: Iterable[Item], targets: Iterable[Item] = ()) -> Slice:
        """Items in any order; the same position twice counts once."""
        ordered = sorted({item.position: item for item in items}.values(), key=lambda item: item.position)
        referrers: dict[str, list[tuple[str, Item]]] = {}
        for item in ordered:
            for ref in item.statement.refs:
                if ref.ledger is None:
                    referrers.setdefault(ref.id, []).append((ref.rel, item))
        by_id = {item.id: item for item in ordered}
        return cls(
            tuple(ordered),
            by_id,
            {key: tuple(value) for key, value in referrers.items()},
            targets={item.id: item for item in targets},
        )

    def named(
        self,
        names: Names,
        compromised: Mapping[str, Compromise] | None = None,
        proposals: frozenset[str] = frozenset(),
        successions: Iterable[tuple[str, str]] = (),
    ) -> Slice:
        return replace(
            self,
            names=names,
            compromised=compromised or {},
            proposals=proposals,
            successions=tuple(successions),
        )

    def get(self, statement_id: str) -> Item | None:
        return self.by_id.get(statement_id)

    def target(self, statement_id: str) -> Item | None:
        """What a reference leads to, if it was logged before this moment."""
        return self.by_id.get(statement_id) or self.targets.get(statement_id)

    def referring(self, statement_id: str, *rels: str) -> list[tuple[str, Item]]:
        """(rel, item) of what refers to a statement in one of these ways (default: any), oldest first."""
        return [pair for pair in self._referrers.get(statement_id, ()) if not rels or pair[0] in rels]

    def of_kind(self, *kinds: str) -> Iterator[Item]:
        return (item for item in self.items if item.statement.kind in kinds)


def slugs(names: Sequence[str]) -> list[str]:
    """Names without their prefix."""
    return [name.partition(":")[2] for name in names]
