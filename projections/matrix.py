"""Claims matrix of a factory or party: issue x method x party. Every observation stays apart, nothing is
merged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ledger.core.statement import Recorded
from ledger.core.vocabulary import VOCABULARIES
from ledger.domain.derived.allegations import states
from ledger.domain.derived.certificates import Certificate, CertificateDecision, certificate_on, decision_of
from ledger.domain.derived.conflicts import Conflict, Observed, conflicts
from ledger.domain.derived.recurrence import Claimed, recurring
from projections.allegations import Stands, stands
from projections.amendments import Withdrawal, as_amended, wholly_withdrawn, withdrawal
from projections.checklist import Line
from projections.items import Item, Slice
from projections.profiles import Profiles, detectability, issues_of, note
from projections.row import NULL, Row, View
from projections.shown import Shown, show
from projections.voices import STANDINGS, bearing, provenance

CLAIMS = ("allegation", "observation", "determination")
KINDS = frozenset({*CLAIMS, "investigation", "request", "response", "link", "amendment"})


def rows(recorded: Recorded) -> list[Row]:
    """One row per subject that is a factory or party, of every kind the matrix is folded from."""
    statement = recorded.statement
    if statement.kind not in KINDS:
        return []
    issue = statement.claim.get("issue", NULL) if statement.kind in CLAIMS else NULL
    method = statement.claim.get("method", NULL)
    return [
        (recorded.index, subject.name, statement.kind, issue, method, statement.id)
        for subject in statement.subjects
        if subject.name.startswith(("factory:", "party:"))
    ]


TABLE = View(
    name="matrix",
    version=2,
    columns=("position", "key", "kind", "issue", "method", "statement_id"),
    rows=rows,
)


# What others answered to a claim stands beside it.
REPLIES = (
    "acknowledges",
    "commends",
    "accepts",
    "partlyAccepts",
    "disputes",
    "endorses",
    "retracts",
    "adopts",
    "disowns",
    "confirms",
    "respondsTo",
)
LINKS = {
    "ConflictNoted": "conflict",
    "NoConflictNoted": "no-conflict",
    "CorroborationNoted": "corroboration",
    "DuplicateNoted": "duplicate",
}
ABOUT_A_SET = {
    "factory": "about several factories together, not about this one alone",
    "party": "about several parties together, not about this one alone",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply to a claim: whose it is, who signed it, how far it is its claimants' own word, what it says.

    `content` is its claim as amended by all who signed it, as far as the reader may see it; `withheld` counts
    what may be hidden.
    """

    rel: str
    id: str
    said_by: tuple[str, ...]
    signed_by: tuple[str, ...]
    standing: str
    content: Mapping[str, Any] = field(default_factory=dict)
    withheld: int = 0
    withdrawn: Withdrawal | None = None

    def to_json(self) -> dict[str, object]:
        hands = {"saidBy": list(self.said_by), "signedBy": list(self.signed_by)}
        return {"rel": self.rel, "id": self.id, **hands, "standing": self.standing}


@dataclass(frozen=True, slots=True)
class Cell:
    """One claim in the matrix: what it says as amended by all its issuers, its original, and the replies to
    it.

    `withdrawn` is None where nobody has withdrawn it. `states` are those of an allegation.
    """

    shown: Shown
    content: Mapping[str, Any]
    withdrawn: Withdrawal | None
    replies: tuple[Reply, ...]
    states: tuple[Stands, ...] = ()

    def to_json(self) -> dict[str, object]:
        return {
            **self.shown.to_json(),
            "asAmended": dict(self.content),
            "withdrawn": self.withdrawn.words() if self.withdrawn else None,
            "states": [one.to_json() for one in self.states],
            "replies": [reply.to_json() for reply in self.replies],
        }


@dataclass(frozen=True, slots=True)
class ObservationCell:
    """One observation, kept apart from every other.

    `n`, `N` and `share` (in per cent) of its sample are "unknown" where nobody states them, and shown so.
    Quantity and unit are as stated; `withheld` counts what may be hidden.
    """

    cell: Cell
    method: str
    parties: tuple[str, ...]

    @property
    def sample(self) -> Mapping[str, Any]:
        sample = self.cell.content.get("sample")
        return sample if isinstance(sample, Mapping) else {}

    def to_json(self) -> dict[str, object]:
        content = self.cell.content
        sample = {"n": "unknown", "N": "unknown", "share": "unknown", **self.sample}
        return {
            **self.cell.to_json(),
            "method": self.method,
            "parties": list(self.parties),
            "result": content.get("result"),
            "sample": sample,
            "percent": _percent(sample["share"]),
            "quantity": content.get("quantity"),
            "tendency": content.get("tendency"),
        }


@dataclass(frozen=True, slots=True)
class DeterminationCell:
    """One determination with the investigation's checklist lines that say how it was reached.

    Without an investigation, or where it tells nothing, every line reads "not-disclosed". `note` says how
    hard the issue is to find, beside negative outcomes only.
    """

    cell: Cell
    about: tuple[str, ...]
    investigation: str | None
    profile: Mapping[str, Line]
    note: str | None

    def to_json(self) -> dict[str, object]:
        return {
            **self.cell.to_json(),
            "outcome": self.cell.content.get("outcome"),
            "about": list(self.about),
            "investigation": self.investigation,
            "profile": {topic: line.to_json() for topic, line in self.profile.items()},
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Noted:
    """A computed conflict of two observations, and what anyone linked between them: (type, link id, who
    signed it).
    """

    conflict: Conflict
    links: tuple[tuple[str, str, tuple[str, ...]], ...]

    def to_json(self) -> dict[str, object]:
        one = self.conflict
        return {
            "between": [one.one, one.other],
            "aspect": one.aspect,
            "certainty": one.certainty,
            "reasons": list(one.reasons),
            "links": [{"type": type_, "id": link, "signedBy": list(who)} for type_, link, who in self.links],
        }


@dataclass(frozen=True, slots=True)
class Criterion:
    """A clause that stands beside the cells of its issue."""

    shown: Shown

    def to_json(self) -> dict[str, object]:
        return self.shown.to_json()


@dataclass(frozen=True, slots=True)
class IssueRow:
    """All that is claimed on one issue (None: the issue is withheld). Nothing in it is merged or ranked.

    `about_a_set` holds statements with a scope: they are about a set that includes this name and fill no
    cell. `of` is what the matrix is of: a factory or a party.
    """

    issue: str | None
    label: str
    detectability: str | None
    allegations: tuple[Cell, ...]
    observations: tuple[ObservationCell, ...]
    determinations: tuple[DeterminationCell, ...]
    conflicts: tuple[Noted, ...]
    criteria: tuple[Criterion, ...]
    about_a_set: tuple[Cell | DeterminationCell | ObservationCell, ...]
    of: str = "factory"

    def to_json(self) -> dict[str, object]:
        return {
            "issue": self.issue,
            "label": self.label,
            "detectability": self.detectability,
            "allegations": [cell.to_json() for cell in self.allegations],
            "observations": [cell.to_json() for cell in self.observations],
            "determinations": [cell.to_json() for cell in self.determinations],
            "conflicts": [one.to_json() for one in self.conflicts],
            "criteria": [one.to_json() for one in self.criteria],
            "aboutASet": [{"words": ABOUT_A_SET[self.of], **cell.to_json()} for cell in self.about_a_set],
        }


@dataclass(frozen=True, slots=True)
class CertificateCell:
    """A certificate on the day looked from: whose it is, its number if one is stated, and how far the
    decisions that it rests on are their claimants' own word.
    """

    said_by: tuple[str, ...]
    number: str | None
    certificate: Certificate
    standing: str

    def to_json(self) -> dict[str, object]:
        return {
            "saidBy": list(self.said_by),
            "number": self.number,
            "state": self.certificate.state,
            "by": list(self.certificate.by),
            "standing": self.standing,
        }


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows by issue in the vocabulary's order; `overall` are determinations on no single issue, certificates
    too.
    """

    name: str
    includes: tuple[str, ...]
    rows: tuple[IssueRow, ...]
    overall: tuple[DeterminationCell, ...]
    certificates: tuple[CertificateCell, ...] = ()

    def row(self, issue: str) -> IssueRow:
        return next(row for row in self.rows if row.issue == issue)

    def to_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "includes": list(self.includes),
            "rows": [row.to_json() for row in self.rows],
            "overall": [cell.to_json() for cell in self.overall],
            "certificates": [one.to_json() for one in self.certificates],
        }


def view(names: Sequence[str], known: Slice, today: str) -> Matrix:
    """The matrix of `names[0]`, whose history includes that of the others, on the day `today`."""
    fold = _Fold(frozenset(names), known, today)
    rows_, overall = tuple(fold.rows()), tuple(fold.overall())
    return Matrix(names[0], tuple(names), rows_, overall, tuple(fold.certificates()))


def replies(item: Item, known: Slice, rels: Sequence[str] = REPLIES) -> tuple[Reply, ...]:
    """The responses to `item` in one of these ways, oldest first."""
    return tuple(
        _reply(rel, one, known)
        for rel, one in known.referring(item.id, *rels)
        if one.statement.kind == "response"
    )


def _reply(rel: str, one: Item, known: Slice) -> Reply:
    return Reply(
        rel=rel,
        id=one.id,
        said_by=one.statement.claimants,
        signed_by=one.statement.issuers,
        standing=provenance(one, known).standing,
        content=as_amended(one, known),
        withheld=one.withheld,
        withdrawn=withdrawal(one, known),
    )


class _Fold:
    """The matrix's working: each claim goes to one row for each of its issues."""

    def __init__(self, names: frozenset[str], known: Slice, today: str) -> None:
        self._names, self._known, self._today = names, known, today
        self._kind = min(names).partition(":")[0]
        self._profiles = Profiles(known, today)
        self._claims = [
            item
            for item in known.of_kind(*CLAIMS)
            if any(subject.name in names for subject in item.statement.subjects)
        ]
        self._content = {item.id: as_amended(item, known) for item in self._claims}
        single = (item for item in self._claims if not self._is_of_a_set(item))
        alleged = {item.id for item in self._claims if item.statement.kind == "allegation"}
        self._recurring = recurring(map(self._claimed, single), alleged)

    def rows(self) -> Iterable[IssueRow]:
        by_issue: dict[str | None, list[Item]] = {}
        for item in self._claims:
            if not self._is_overall(item):
                for issue in issues_of(item, self._known):
                    by_issue.setdefault(issue, []).append(item)
        order = {code: place for place, code in enumerate(VOCABULARIES["issues"])}
        for issue in sorted(by_issue, key=lambda code: order.get(code or "", len(order))):
            yield self._row(issue, by_issue[issue])

    def overall(self) -> Iterable[DeterminationCell]:
        return [self._determination(item, None) for item in self._claims if self._is_overall(item)]

    def _is_overall(self, item: Item) -> bool:
        return item.statement.type in ("overall", "certification") and "issue" not in self._content[item.id]

    def _is_of_a_set(self, item: Item) -> bool:
        """Scoped, or about several factories or parties with something withheld, which may be the scope."""
        others = set(item.names(f"{self._kind}:")) - self._names
        return "scope" in self._content[item.id] or (bool(others) and item.withheld > 0)

    def _row(self, issue: str | None, items: Sequence[Item]) -> IssueRow:
        single = [item for item in items if not self._is_of_a_set(item)]
        observed = [item for item in single if item.statement.kind == "observation"]
        term = VOCABULARIES["issues"].get(issue or "")
        return IssueRow(
            issue=issue,
            label=term.labels["en"] if term else "issue withheld",
            detectability=detectability(issue),
            allegations=tuple(self._cell(one) for one in single if one.statement.kind == "allegation"),
            observations=tuple(self._observation(one) for one in observed),
            determinations=tuple(
                self._determination(one, issue) for one in single if one.statement.kind == "determination"
            ),
            conflicts=tuple(self._conflicts(observed)),
            criteria=tuple(self._criteria(issue, items)),
            about_a_set=tuple(self._any(one, issue) for one in items if self._is_of_a_set(one)),
            of=self._kind,
        )

    def _any(self, item: Item, issue: str | None) -> Cell | ObservationCell | DeterminationCell:
        if item.statement.kind == "determination":
            return self._determination(item, issue)
        return self._observation(item) if item.statement.kind == "observation" else self._cell(item)

    def _cell(self, item: Item) -> Cell:
        return Cell(
            shown=show(item, self._known),
            content=self._content[item.id],
            withdrawn=withdrawal(item, self._known),
            replies=replies(item, self._known),
            states=self._states(item),
        )

    def _states(self, item: Item) -> tuple[Stands, ...]:
        if item.statement.kind != "allegation":
            return ()
        recurs = self._recurring.get(item.id, ())
        found = states(item.statement, bearing(item, self._known), recurs)
        return stands(found, self._known, self._profiles)

    def certificates(self) -> list[CertificateCell]:
        """Each certificate, by certifier and number, on the day looked from; what was withdrawn or disowned
        decides nothing.
        """
        decided: dict[tuple[tuple[str, ...], str | None], list[CertificateDecision]] = {}
        for item in self._claims:
            if item.statement.type == "certification" and self._decides(item):
                statement = item.read_as(self._content[item.id]).statement
                decision = decision_of(statement, item.recorded.recorded_at)
                key = (statement.claimants, statement.claim.get("number"))
                decided.setdefault(key, []).append(decision)
        return [self._certificate(*key, found) for key, found in decided.items()]

    def _decides(self, item: Item) -> bool:
        known = self._known
        return not wholly_withdrawn(item, known) and provenance(item, known).standing != "disowned"

    def _certificate(
        self, who: tuple[str, ...], number: str | None, decisions: Sequence[CertificateDecision]
    ) -> CertificateCell:
        found = certificate_on(self._today, decisions)
        rests_on = [one for one in map(self._known.get, found.by) if one is not None]
        standings = [provenance(one, self._known).standing for one in rests_on]
        return CertificateCell(who, number, found, min(standings, key=STANDINGS.index, default="unknown"))

    def _claimed(self, item: Item) -> Claimed:
        claim = self._content[item.id]
        when = claim.get("period") or item.statement.occurred
        issue = issues_of(item, self._known)[0] or item.id
        return Claimed(item.id, frozenset({"this"}), issue, when)

    def _observation(self, item: Item) -> ObservationCell:
        cell = self._cell(item)
        return ObservationCell(cell, cell.content.get("method", "unstated"), item.statement.claimants)

    def _determination(self, item: Item, issue: str | None) -> DeterminationCell:
        cell = self._cell(item)
        found = self._profiles.of(item)
        return DeterminationCell(
            cell=cell,
            about=tuple(item.refers("about")),
            investigation=found.investigation,
            profile=found.lines,
            note=note(issue, cell.content),
        )

    def _conflicts(self, observed: Sequence[Item]) -> list[Noted]:
        standing = [one for one in observed if not wholly_withdrawn(one, self._known)]
        return [Noted(found, self._links(found)) for found in conflicts(map(self._observed, standing))]

    def _observed(self, item: Item) -> Observed:
        claim = self._content[item.id]
        # Two names of one factory are one subject here.
        return Observed(item.id, frozenset({"this"}), claim, claim.get("period") or item.statement.occurred)

    def _links(self, found: Conflict) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        other = {link.id for _, link in self._known.referring(found.other, "links")}
        return tuple(
            (LINKS[link.statement.event], link.id, link.statement.issuers)
            for _, link in self._known.referring(found.one, "links")
            if link.id in other and link.statement.event in LINKS
        )

    def _criteria(self, issue: str | None, items: Sequence[Item]) -> list[Criterion]:
        named = {target for item in items for target in item.refers("against")}
        return [
            Criterion(show(one, self._known))
            for one in self._known.of_kind("criterion")
            if one.id in named or (issue is not None and one.claim.get("issue") == issue)
        ]


def _percent(share: Any) -> str | None:
    """A share of the sample, which is signed in per cent, without trailing zeros: "90.0" is "90"."""
    return None if share == "unknown" else f"{Decimal(share).normalize():f}"
