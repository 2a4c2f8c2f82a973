"""A factory's page: what its views say, arranged for one reader and one day by which things were known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any, Final

from api.dossier.text import words
from api.web.board import Alike, alike
from api.web.claims import Claims, marked_plural
from api.web.comparisons import Compared
from api.web.glance import Counted, Glance, glance, method_of, outcomes, since_conflict, voices
from api.web.language import Language
from api.web.learned import Learned
from api.web.overview import Overview, Placed, overview
from ledger.core.vocabulary import VOCABULARIES
from ledger.domain.derived.allegations import State
from projections import allegations, checklist
from projections.allegations import OPEN as OPEN
from projections.allegations import Cause
from projections.dates import FIRST_DAY, LAST_DAY, days, days_between
from projections.factory_queries import Factory, Found
from projections.items import Item
from projections.matrix import (
    REPLIES,
    CertificateCell,
    DeterminationCell,
    IssueRow,
    Matrix,
    Noted,
    ObservationCell,
    Reply,
    replies,
)
from projections.names import Names
from projections.open_items import OPENERS, Addressee, OpenItem
from projections.profiles import METHOD, detectability
from projections.timeline import Line
from projections.timeline import Moment as When
from projections.voices import says
from projections.wording import marked

GAP_DAYS: Final = 14
"""So many days without an entry are told between two lines."""
CONFLICTS_SHOWN: Final = 12  # of one issue; the rest is counted
TOGETHER: Final = 3  # requests that stand alike and are told as one
STATES_SHOWN: Final = 6  # causes of one state of an allegation, and statements of one cause
OPEN_SHOWN: Final = 20
OWING_SHOWN: Final = 3
TOLD_VOICES: Final = 3  # a lane names fewer in full
MANY_YEARS: Final = 2  # a list over more is jumped through by years
SHAPES: Final = (
    "investigation",
    "allegation",
    "observation",
    "determination",
    "request",
    "response",
    "document",
)
"""Kinds that have a mark of their own in the drawing; all others share one."""
ANSWERS: Final = (*REPLIES, "answers", "partlyAnswers", "concludes", "offers", "refuses")
AXES: Final = {
    "recorded": marked("When it was recorded"),
    "said": marked("When it was said"),
    "occurred": marked("When it occurred"),
}
CERTIFICATES: Final = {
    "valid": marked("valid"),
    "probation": marked("on probation"),
    "suspended": marked("suspended"),
    "withdrawn": marked("withdrawn"),
    "expired": marked("expired"),
    "unknown": marked("unknown"),
}
CERTAINTIES: Final = {
    "certain": marked("They cannot both hold as stated."),
    "possible": marked("Possibly they cannot both hold."),
}
DOUBTS: Final = {
    "days-against-hours": marked(
        "One is given in days, the other in hours; a working day has no fixed number of hours."
    ),
    "period-unknown": marked("For one of them nobody states when it was so."),
    "of-unstated": marked("Only one of them says what it is a quantity of."),
}
NOTED: Final = {
    "conflict": marked("noted as a conflict"),
    "no-conflict": marked("noted as no conflict"),
    "corroboration": marked("noted as a corroboration"),
    "duplicate": marked("noted as a duplicate"),
}


LATER: Final = marked_plural("learned {n} day later", "learned {n} days later")
KNOWN: Final = marked(
    "By {day}, {n} of the {all} statements in the timeline below had been recorded; "
    "what was learned later is grey."
)
CHOOSE: Final = marked(
    "Choose a day: what was recorded later turns grey, with how many days later it was learned."
)


def later_by(recorded_at: str, known: str | None) -> int:
    """Days from the day `known` to the recording; 0 for what had been recorded by then."""
    return max(days_between(known, recorded_at[:10]), 0) if known else 0


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the timeline as it stands on the page.

    `gap` are the days without an entry before it, if they are many; `later` those after the day by which
    things were known; `standing` is where a request or commitment stands.
    """

    line: Line
    gap: int
    later: int
    standing: OpenItem | None
    replies: tuple[Reply, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The issues of one level 1, with what laws and standards say of it."""

    issue: str | None
    note: str | None
    rows: tuple[IssueRow, ...]
    compared: Compared | None


@dataclass(frozen=True, slots=True)
class Measured:
    """A determination on no single issue, and the clauses on one issue that it was measured against."""

    cell: DeterminationCell
    clauses: tuple[str, ...]

    @property
    def day(self) -> str:
        """When it was recorded."""
        return self.cell.cell.shown.recorded_at[:10]


@dataclass(frozen=True, slots=True)
class Glanced:
    """An issue of the summary: what is claimed on it alone (None: nothing), and what else measures it."""

    issue: str | None
    row: IssueRow | None
    measured: tuple[Measured, ...]

    @property
    def since(self) -> str:
        """The day of the first of what measures it."""
        return min(one.day for one in self.measured)


@dataclass(frozen=True, slots=True)
class Opened:
    """What is open about the factory: some of it, and how many there are of each event."""

    shown: tuple[OpenItem, ...]
    by_event: Mapping[str, int]
    more: bool

    @property
    def count(self) -> int:
        return sum(self.by_event.values())


class FactoryPage:
    """The parts of the page, each made when the template comes to it."""

    def __init__(
        self,
        found: Found,
        reading: Callable[[], Factory],
        language: Language,
        naming: Callable[[Names], Callable[[str], str]],
        known: str | None,
    ) -> None:
        """`reading` reads the rest of what was found, when the template comes to it."""
        self.found, self.language, self.known = found, language, known
        self._reading = reading
        self._called = dict(found.names.by_name)
        self.names = Names(self._called)
        self._named = naming(self.names)
        self._claims = Claims(language, self._named)

    @cached_property
    def factory(self) -> Factory:
        """All about it; from here on its names are known, too."""
        found = self._reading()
        self._called.update(found.names.by_name)
        return found

    # The timeline.

    def told(self) -> Iterator[Told]:
        """The lines in their order, with the gaps between them."""
        factory = self.factory
        reached: str | None = None
        for line, (when, item) in zip(factory.lines(), factory.placed(), strict=True):
            yield Told(
                line=line,
                gap=gap(reached, when),
                later=later_by(line.shown.recorded_at, self.known),
                standing=factory.open_item(item) if item.statement.kind in OPENERS else None,
                replies=replies(item, factory.known, ANSWERS),
            )
            # What has no end known ends no gap but the one before it.
            end = when.last if when.last < LAST_DAY else when.first
            reached = max(reached or end, end)

    def runs(self) -> Iterator[tuple[Told, ...]]:
        """The lines, requests beside each other that stand alike together."""
        for _, found in groupby(self.told(), self._alike):
            yield from _together(tuple(found))

    def _alike(self, one: Told) -> object:
        """What requests that are shown together have in common; any other line is alone with its own."""
        shown = one.line.shown
        if one.standing is None or shown.kind != "request" or shown.amendments or shown.retracted_by:
            return shown.id
        return (self.when(one.line), shown.recorded_at[:10], *self._put(one.standing))

    def _put(self, item: OpenItem) -> tuple[object, ...]:
        """Whose request it is, and how it stands with whom."""
        standings = (
            (each.standing.addressee, each.words, self.learned.standing(each)) for each in item.addressees
        )
        return (says(item.shown.provenance, self._named, self.language), item.state, *standings)

    def by_event(self, run: Iterable[Line | OpenItem]) -> list[tuple[str, list[Line | OpenItem]]]:
        """Those of each event, in the order of the first of them."""
        found: dict[str, list[Line | OpenItem]] = {}
        for one in run:
            found.setdefault(one.shown.event, []).append(one)
        return list(found.items())

    def gist(self, one: Line | OpenItem) -> str:
        """What a request or promise is about: its number and its topic, else its issues, else its entry."""
        content = one.content
        member = next((name for name in ("topic", "issue") if content.get(name)), None)
        about = self._claims.value(member, content[member]) if member else ""
        number = str(content.get("number") or "")
        entry = self.language.gettext("entry {n}").format(n=one.shown.position)
        return " ".join(part for part in (number, about) if part) or entry

    def alike(self, item: OpenItem) -> list[Alike]:
        """Those whom a request was put to, by how they stand."""
        return alike(item.addressees)

    def who(self, names: Iterable[str]) -> str:
        """Names of any kind as an enumeration."""
        return self.language.listed([self._named(name) for name in names])

    def when(self, line: Line) -> str:
        """The line's date in the time that the page goes by."""
        if not line.when.known:
            return self.language.gettext("{day}, when it was recorded; nobody states when").format(
                day=self.language.date(line.when.value or line.shown.recorded_at)
            )
        return self.language.date(line.when.value)

    def times(self, line: Line) -> str:
        """All its times in one sentence."""
        gettext, date, shown = self.language.gettext, self.language.date, line.shown
        parts = [gettext("entry {n}").format(n=shown.position)]
        if self.factory.chosen.by != "recorded":
            parts.append(gettext("recorded {day}").format(day=date(shown.recorded_at)))
        if self.factory.chosen.by != "said" and shown.said:
            parts.append(gettext("said {day}").format(day=date(shown.said)))
        if self.factory.chosen.by != "occurred" and shown.occurred:
            parts.append(gettext("occurred {day}").format(day=date(shown.occurred)))
        lag = days_between(days(shown.said)[1], shown.recorded_at[:10]) if shown.said else 0
        if lag > 0:
            told = self.language.ngettext(
                "recorded {n} day after it was said", "recorded {n} days after it was said", lag
            )
            parts.append(told.format(n=self.language.number(lag)))
        return " · ".join(parts)

    def in_heading(self, content: Mapping[str, object]) -> list[str]:
        """Members that the line's heading has already."""
        issue = ["issue"] if isinstance(content.get("issue"), str) else []
        return [*issue, "outcome"]

    @cached_property
    def jumps(self) -> list[tuple[str, int]]:
        """(year or month, entry) of the first line of each, of months where there are few years."""
        firsts = [(when.first, item.position) for when, item in self.factory.placed()]
        length = 7 if len({first[:4] for first, _ in firsts}) <= MANY_YEARS else 4
        found: dict[str, int] = {}
        for first, position in firsts:
            if first > FIRST_DAY:
                found.setdefault(first[:length], position)
        return list(found.items())

    # What it can be narrowed to.

    def options(self, facet: str) -> list[tuple[str, int]]:
        """Values of a facet with their number of entries: issues and methods in the vocabulary's order."""
        found = self.factory.facets.of(facet).items()
        if facet in ("issue", "method"):
            order = {code: place for place, code in enumerate(VOCABULARIES[f"{facet}s"])}
            return sorted(found, key=lambda one: (order.get(one[0], len(order)), one[0]))
        return sorted(found, key=lambda one: (-one[1], one[0]))

    def method(self, code: str) -> str:
        """A method in words."""
        return self._claims.code("method", code)

    @property
    def narrowed(self) -> bool:
        """Whether only some lines were chosen."""
        chosen = self.factory.chosen
        return any((chosen.issue, chosen.method, chosen.kinds, chosen.said_by, chosen.signed_by))

    # The drawing.

    @cached_property
    def overview(self) -> Overview | None:
        """The drawing of the lines that the page has."""
        return overview(_drawn(when, item) for when, item in self.factory.placed())

    @property
    def known_x(self) -> float | None:
        """Where the day by which things were known lies in the drawing."""
        return self.overview.x(self.known) if self.overview and self.known else None

    @property
    def legend(self) -> list[tuple[str, str]]:
        """(mark, what it stands for) of each mark among the lines; kinds that share one are told together."""
        gettext = self.language.gettext
        found = {item.statement.kind for item in self.factory.wanted}
        own: list[tuple[str, str]] = [(kind, gettext(kind)) for kind in SHAPES if kind in found]
        others = self.language.listed([gettext(kind) for kind in sorted(found - set(SHAPES))])
        return [*own, ("other", others)] if others else own

    def voice(self, voices: Sequence[str]) -> str:
        """A lane's name: who says it, the first of many and how many more."""
        if not voices:
            return self.language.gettext("all others")
        if len(voices) < TOLD_VOICES:
            return self.listed(voices)
        told = self.language.ngettext("{name} and {n} other", "{name} and {n} others", len(voices) - 1)
        return told.format(name=self._named(voices[0]), n=len(voices) - 1)

    def mark_title(self, placed: Placed) -> str:
        """What a mark says when one points at it: its day, what it is and whose."""
        item = self._by_position[placed.position]
        issue = item.statement.claim.get("issue")
        about = self._claims.issue(issue) if isinstance(issue, str) else ""
        event = self.language.gettext(words()["events"].get(item.statement.event, item.statement.event))
        day = self.language.date(placed.first if placed.first > FIRST_DAY else placed.last)
        return " · ".join(part for part in (day, event, about, self.voice(placed.voices)) if part)

    @cached_property
    def _by_position(self) -> Mapping[int, Item]:
        return {item.position: item for item in self.factory.wanted}

    # The day by which things were known.

    @property
    def range(self) -> tuple[str, str]:
        """The first and the last day on which something about it was recorded."""
        found = sorted(self.factory.facets.days)
        return found[0], found[-1]

    def stop(self, step: int, chosen: str | None) -> str | None:
        """The next day before (-1) or behind (1) the one chosen on which something was recorded, or None."""
        found = sorted(self.factory.facets.days)
        if step < 0:
            return max((day for day in found if not chosen or day < chosen), default=None)
        return min((day for day in found if chosen and day > chosen), default=None)

    def later(self, recorded_at: str) -> int:
        """Days between the day chosen and a recording behind it, else 0."""
        return later_by(recorded_at, self.known)

    def later_words(self, n: int) -> str:
        """That something was learned so many days later."""
        return self.language.ngettext(*LATER, n).format(n=self.language.number(n))

    @property
    def later_forms(self) -> list[str]:
        """The words for one day and for several, for the page's script."""
        return [self.language.ngettext(*LATER, 1), self.language.ngettext(*LATER, 2)]

    @property
    def known_told(self) -> str:
        """How many lines of the page had been recorded by the day chosen, or what choosing one shows."""
        if self.known is None:
            return self.language.gettext(CHOOSE)
        wanted = self.factory.wanted
        count = sum(not self.later(item.recorded.recorded_at) for item in wanted)
        number, day = self.language.number, self.language.date(self.known)
        return self.language.gettext(KNOWN).format(day=day, n=number(count), all=number(len(wanted)))

    @cached_property
    def learned(self) -> Learned:
        """The days on which the ledger recorded where what stands on the page comes from."""
        return Learned.of(self.factory.known)

    # Words.

    def listed(self, slugs: Iterable[str]) -> str:
        """Parties as an enumeration."""
        return self.language.listed([self._named(slug) for slug in slugs])

    def stands(self, state: State, cause: Cause) -> str:
        """Who brought an allegation into a state; a finding without those who dispute it."""
        return allegations.words(state, cause, self._named, self.language, apart=True)

    def disputed(self, cause: Cause) -> str:
        """Who disputes a finding, as it goes on behind it."""
        return allegations.disputed(cause, self._named, self.language)

    # The matrix.

    @cached_property
    def matrix(self) -> Matrix:
        return self.factory.matrix()

    def groups(self) -> list[Group]:
        """The rows of the matrix by level 1, in the vocabulary's order."""
        compared = self.factory.comparisons()
        found = []
        for level, rows in groupby(self.in_order(), key=lambda row: _level(row.issue)):
            comparison = compared.get(level or "")
            words = Compared(comparison, self.language) if comparison else None
            found.append(Group(level, detectability(level), tuple(rows), words))
        return found

    def in_order(self) -> list[IssueRow]:
        """By level 1 first: the vocabulary may name an issue's level 2 anywhere."""
        return sorted(self.matrix.rows, key=lambda row: _place(row.issue))

    # The summary.

    @cached_property
    def overall(self) -> list[DeterminationCell]:
        """Determinations on no single issue that are no certificates."""
        return [one for one in self.matrix.overall if one.cell.shown.type != "certification"]

    def glanced(self) -> list[Glanced]:
        """Issues of the summary: those of the matrix, and those that an overall determination measured."""
        measured = self._measured()
        rows = {row.issue: row for row in self.matrix.rows}
        issues = sorted({*rows, *measured}, key=_place)
        return [Glanced(issue, rows.get(issue), tuple(measured.get(issue, ()))) for issue in issues]

    def _measured(self) -> dict[str | None, list[Measured]]:
        """The determinations on no single issue, by each issue of the clauses that they name."""
        found: dict[str | None, list[Measured]] = {}
        for one in self.overall:
            clauses: dict[str, list[str]] = {}
            for ref in one.cell.shown.refs:
                clause = self.factory.known.get(ref.id) if ref.rel == "against" else None
                issue = clause.claim.get("issue") if clause else None
                if clause and isinstance(issue, str):
                    clauses.setdefault(issue, []).append(clause.names("criterion:")[0])
            for issue, names in clauses.items():
                found.setdefault(issue, []).append(Measured(one, tuple(names)))
        return found

    def outcomes(self, cells: Iterable[DeterminationCell]) -> tuple[Counted, ...]:
        """What determinations found, equal ones together."""
        return outcomes(cells)

    def asked(self, line: checklist.Line) -> list[tuple[str, Addressee, list[str]]]:
        """(day, how they stand, ids) of the requests on a point, those of a day that stand alike together."""
        found: dict[tuple[str, str], tuple[str, Addressee, list[str]]] = {}
        for one in line.point.asked:
            day, stood = self.learned.first([one.request]), line.stood[one.request]
            found.setdefault((day, stood.words), (day, stood, []))[2].append(one.request)
        return list(found.values())

    def folding(
        self, lines: Mapping[str, checklist.Line]
    ) -> tuple[dict[str, checklist.Line], dict[str, checklist.Line]]:
        """Lines of a profile that stand open, those beside every outcome, and those that are folded."""
        shown = {topic: line for topic, line in lines.items() if topic in METHOD}
        return shown, {topic: line for topic, line in lines.items() if topic not in METHOD}

    def answered(self, one: DeterminationCell) -> str:
        """The day of the first reply to it."""
        return self.learned.first(reply.id for reply in one.cell.replies)

    def anchor(self, issue: str | None) -> str:
        """Where an issue stands on the page."""
        return "issue-" + (issue or "withheld").replace("/", "-")

    def by_method(self, observations: Iterable[ObservationCell]) -> list[ObservationCell]:
        """Observations of one method together, those of one party beside each other."""
        order = {code: place for place, code in enumerate(VOCABULARIES["methods"])}
        return sorted(observations, key=lambda one: (order.get(one.method, len(order)), one.parties))

    def size(self, number: int | str | None) -> str:
        """The size of a sample; what nobody states is unknown, and told so."""
        if number in (None, "unknown"):
            return self.language.gettext("unknown")
        return self.language.number(str(number))

    def glance(self, row: IssueRow) -> Glance:
        """One issue in a line."""
        return glance(row, self.learned)

    def since_conflict(self, row: IssueRow) -> str:
        """The day since which two observations of an issue do not agree."""
        return since_conflict(row, self.learned)

    def method_of(self, one: DeterminationCell) -> dict[str, checklist.Line]:
        """What is told of how a determination was reached, in short."""
        return method_of(one)

    def decisions(self, certificate: CertificateCell | None = None) -> list[DeterminationCell]:
        """Decisions on a certificate, or on any, oldest first."""
        found = [one for one in self.matrix.overall if one.cell.shown.type == "certification"]
        if certificate is None:
            return found
        whose = (certificate.said_by, certificate.number)
        return [one for one in found if (voices(one.cell), one.cell.content.get("number")) == whose]

    # Names.

    def other_names(self, shown: str) -> list[Mapping[str, str]]:
        """What it is called beside the name that the page has, in all languages."""
        return [text for text in self.found.entry.called.texts if text["text"] != shown]

    def older_names(self) -> list[Mapping[str, str]]:
        """What it was called before, oldest first."""
        entry = self.found.entry
        return older_names(
            (one.content for one in entry.history), (one["text"] for one in entry.called.texts)
        )

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """The entry of each statement that the page knows of, by id."""
        return {item.id: item.position for item in self.factory.known.items}

    # What is open.

    @cached_property
    def opened(self) -> Opened:
        found = [one for one in map(self.factory.open_item, self.factory.opened) if one.open]
        by_event: dict[str, int] = {}
        for one in found:
            by_event[one.shown.event] = by_event.get(one.shown.event, 0) + 1
        return Opened(tuple(found[:OPEN_SHOWN]), by_event, len(found) > OPEN_SHOWN)

    def open_runs(self) -> Iterator[tuple[OpenItem, ...]]:
        """What is open, items beside each other that stand alike together."""
        for _, found in groupby(
            self.opened.shown, lambda one: (one.shown.recorded_at[:10], one.age, *self._put(one))
        ):
            yield from _together(tuple(found))

    @property
    def owing(self) -> list[str]:
        """Those who owe an answer in what is open, the ones who owe most first."""
        owed = Counter(
            one.standing.addressee for item in self.opened.shown for one in item.addressees if not one.settled
        )
        return [name for name, _ in owed.most_common(OWING_SHOWN)]


def _together(run: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """The run as one where it is long, else each of it alone."""
    if len(run) >= TOGETHER:
        yield run
    else:
        yield from ((one,) for one in run)


def _place(issue: str | None) -> tuple[int, int]:
    """Where an issue stands among others: that of its level 1 first; what is withheld comes last."""
    order = {code: place for place, code in enumerate(VOCABULARIES["issues"])}
    return order.get(_level(issue) or "", len(order)), order.get(issue or "", len(order))


def _level(issue: str | None) -> str | None:
    return issue.partition("/")[0] if issue else None


def gap(reached: str | None, when: When) -> int:
    """Whole days between the last day so far and an entry; 0 where they are few, or nothing went before."""
    if reached is None:
        return 0
    between = days_between(reached, when.first) - 1
    return between if between >= GAP_DAYS else 0


def _drawn(when: When, item: Item) -> Placed:
    statement = item.statement
    return Placed(
        position=item.position,
        first=when.first,
        last=when.last,
        voices=statement.claimants,
        kind=statement.kind,
        signed=set(statement.claimants) <= set(statement.issuers),
        recorded=item.recorded.recorded_at[:10],
    )


def conflicting(row: IssueRow) -> dict[str, list[str]]:
    """For each observation of an issue those that it does not agree with, by statement id."""
    found: dict[str, list[str]] = {}
    for noted in row.conflicts:
        found.setdefault(noted.conflict.one, []).append(noted.conflict.other)
        found.setdefault(noted.conflict.other, []).append(noted.conflict.one)
    return found


IN_COLUMNS: Final = frozenset({"methods", "notice", "competence"})


def rest_of(profile: Mapping[str, checklist.Line]) -> dict[str, checklist.Line]:
    """The lines of a determination's profile that have no column of their own."""
    return {topic: line for topic, line in profile.items() if topic not in IN_COLUMNS}


def shown_conflicts(row: IssueRow) -> Sequence[Noted]:
    """As many of an issue's conflicts as the page shows."""
    return row.conflicts[:CONFLICTS_SHOWN]


def older_names(history: Iterable[Mapping[str, Any]], current: Iterable[str]) -> list[Mapping[str, str]]:
    """Names that earlier statements gave and the newest one does not, oldest first."""
    seen = set(current)
    found: list[Mapping[str, str]] = []
    for content in history:
        texts = content.get("names")
        for text in texts if isinstance(texts, list) else []:
            if text["text"] not in seen:
                seen.add(text["text"])
                found.append(text)
    return found
