"""Criteria: clauses of laws and standards side by side, compared with the formula shown (R11, R12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from ledger.core.statement import Recorded
from ledger.domain.derived.comparison import Clause, Pair, Reading, pair, readings
from ledger.domain.derived.quantities import decimal
from projections.amendments import as_amended, followers, wholly_withdrawn
from projections.items import Item, Slice
from projections.row import NULL, Row, View, reference_rows
from projections.shown import Shown, show

RELS = frozenset({"supersedes", "amends", "links"})


def rows(recorded: Recorded) -> list[Row]:
    """For a criterion its id, name and issue as keys; for what refers to a statement, that one's id."""
    statement = recorded.statement
    if statement.kind in ("amendment", "link"):
        return reference_rows(recorded, RELS)
    if statement.kind != "criterion":
        return []
    found: list[Row] = [
        (recorded.index, statement.id, statement.id, "opens"),
        (recorded.index, statement.id, statement.claim.get("issue", NULL), "issue"),
    ]
    found += [(recorded.index, statement.id, subject.name, "subject") for subject in statement.subjects]
    return found + reference_rows(recorded, RELS)


TABLE = View(
    name="criteria",
    version=1,
    columns=("position", "statement_id", "key", "rel"),
    rows=rows,
)


@dataclass(frozen=True, slots=True)
class Compared:
    """One reading with its numbers in hours: `allows` and `overtimeAWeek` of the weekly limit, `limit` of the
    other.
    """

    reading: Reading

    def to_json(self) -> dict[str, object]:
        one = self.reading
        return {
            "weekly": one.weekly,
            "monthly": one.monthly,
            "baseline": decimal(one.baseline),
            "overtimeAWeek": decimal(one.overtime_a_week),
            "allowsAMonth": decimal(one.allows, 0),
            "limitAMonth": decimal(one.limit),
            "limitAsWeek": decimal(one.as_week),
            "formula": one.formula,
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """The clauses of one level-1 issue: each as stated, every pair on the same issue, every reading of hours,
    and the
    ids of the links by which somebody notes a gap between them."""

    issue: str
    clauses: tuple[Shown, ...]
    pairs: tuple[Pair, ...]
    readings: tuple[Compared, ...]
    gaps: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        return {
            "issue": self.issue,
            "clauses": [one.to_json() for one in self.clauses],
            "pairs": [
                {"between": [one.one, one.other], "outcome": one.outcome, "reason": one.reason}
                for one in self.pairs
            ],
            "readings": [one.to_json() for one in self.readings],
            "gaps": list(self.gaps),
        }


def view(known: Slice) -> list[Comparison]:
    """The criteria of the slice side by side by level-1 issue, without superseded and withdrawn ones."""
    by_issue: dict[str, list[Item]] = {}
    for item in known.of_kind("criterion"):
        if not wholly_withdrawn(item, known) and not _is_superseded(item, known):
            by_issue.setdefault(str(item.claim.get("issue", "")).partition("/")[0], []).append(item)
    return [_comparison(issue, items, known) for issue, items in sorted(by_issue.items())]


def _is_superseded(item: Item, known: Slice) -> bool:
    """By somebody who published the clause, or whose clause it is; anybody else's newer one stands beside."""
    entitled = {*item.statement.issuers, str(item.claim.get("owner"))}
    later = (one for _, one in followers(item, known, "supersedes"))
    return any(entitled & set(one.statement.issuers) for one in later)


def _comparison(issue: str, items: Sequence[Item], known: Slice) -> Comparison:
    clauses = [Clause(one.id, one.names("criterion:")[0], as_amended(one, known)) for one in items]
    same = [
        both for both in combinations(clauses, 2) if both[0].claim.get("issue") == both[1].claim.get("issue")
    ]
    links = [link for one in items for _, link in known.referring(one.id, "links")]
    return Comparison(
        issue=issue,
        clauses=tuple(show(one, known) for one in items),
        pairs=tuple(pair(*both) for both in same),
        readings=tuple(Compared(one) for one in readings(clauses)),
        gaps=tuple(dict.fromkeys(link.id for link in links if link.statement.event == "CriteriaGapNoted")),
    )
