"""How a determination was reached: what stands beside every one of them, wherever it is shown (R19).

"Not evidenced" means little without the method, the notice and the competence behind it. Where nobody tells
them, that is what is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ledger.core.vocabulary import VOCABULARIES
from ledger.domain.derived.checklists import Point
from projections import checklist
from projections.amendments import as_amended
from projections.checklist import Checklist, Line
from projections.items import Item, Slice

TOPICS: Final = (
    "methods",
    "notice",
    "competence",
    "gbvTraining",
    "selection",
    "sample",
    "crossCheck",
    "access",
)
METHOD: Final = TOPICS[:3]
"""What stands beside every outcome, wherever it stands (R19): points of the investigation's checklist."""
NEGATIVE: Final = frozenset({"not-evidenced", "refuted", "uncorroborated-evidence"})


@dataclass(frozen=True, slots=True)
class Profile:
    """The investigation, if one is named, and its checklist's lines by topic; "not-disclosed" where it tells
    nothing.
    """

    investigation: str | None
    lines: Mapping[str, Line]


class Profiles:
    """The profiles of one page's determinations, on the day `today`; each investigation is folded once."""

    def __init__(self, known: Slice, today: str) -> None:
        self._known, self._today = known, today
        self._checklists: dict[str, Checklist] = {}

    def of(self, determination: Item) -> Profile:
        """The profile of the investigation that the determination is within."""
        within = [one for one in map(self._known.get, determination.refers("within")) if one is not None]
        described = [one for one in within if one.statement.kind == "investigation"]
        if not described:
            return Profile(None, {topic: Line(Point(topic, (), None, (), (), ())) for topic in TOPICS})
        found = self._checklist(described[0])
        return Profile(described[0].id, {topic: found.line(topic) for topic in TOPICS})

    def _checklist(self, investigation: Item) -> Checklist:
        if investigation.id not in self._checklists:
            found = checklist.view(investigation, self._known, self._today)
            self._checklists[investigation.id] = found
        return self._checklists[investigation.id]


def issues_of(item: Item, known: Slice, depth: int = 4) -> list[str | None]:
    """The issues a claim is on: its own, or those of what a determination is about; [None] where it is
    withheld.
    """
    claim = as_amended(item, known)
    if "issue" in claim:
        value = claim["issue"]
        return list(value) if isinstance(value, list) else [value]
    near = [known.get(target) for target in item.refers("about", "details")] if depth else []
    found = [issue for one in near if one is not None for issue in issues_of(one, known, depth - 1)]
    return list(dict.fromkeys(found)) or [None]


def note(issue: str | None, content: Mapping[str, Any]) -> str | None:
    """How hard the issue is to find, beside negative outcomes only."""
    return detectability(issue) if content.get("outcome") in NEGATIVE else None


def detectability(issue: str | None) -> str | None:
    """How hard the issue is to find, from its own or its level 1 term; None where the vocabulary says
    nothing.
    """
    terms = VOCABULARIES["issues"]
    while issue:
        term = terms.get(issue)
        if term is not None and term.detectability:
            return term.detectability
        issue = issue.rpartition("/")[0]
    return None
