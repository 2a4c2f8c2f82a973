"""Open items: requests and commitments with their age, due dates, extensions and what came back, per
addressee.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ledger.core.statement import Recorded, Statement
from ledger.domain.derived.requests import (
    ENDED,
    Due,
    Follower,
    Progress,
    Standing,
    due,
    progress,
    standings,
)
from projections.amendments import Withdrawal, as_amended, withdrawal
from projections.dates import days, days_between
from projections.items import Item, Slice
from projections.registry import speaks_for
from projections.row import Row, View, reference_rows
from projections.shown import Shown, said_when, show
from projections.voices import STANDINGS, bearing, provenance, reached
from projections.wording import ENGLISH, Wording, marked

OPENERS = frozenset({"request", "commitment"})
FOLLOWERS = frozenset({"response", "progress", "amendment", "link", "commitment", "determination"})
# Everything by which a later statement can bear on a request or commitment.
RELS = frozenset(
    {
        "amends",
        "links",
        "on",
        "towards",
        "about",
        "answers",
        "partlyAnswers",
        "concludes",
        "acknowledges",
        "commends",
        "accepts",
        "partlyAccepts",
        "disputes",
        "offers",
        "refuses",
        "endorses",
        "retracts",
        "adopts",
        "disowns",
        "confirms",
        "respondsTo",
    }
)


def rows(recorded: Recorded) -> list[Row]:
    """An opening row with one row per subject and addressee for what is asked or promised; else one per
    reference.
    """
    statement = recorded.statement
    found: list[Row] = []
    if statement.kind in FOLLOWERS:
        found = reference_rows(recorded, RELS)
    if statement.kind in OPENERS:
        found.append((recorded.index, statement.id, statement.id, statement.kind))
        found += [(recorded.index, statement.id, subject.name, "subject") for subject in statement.subjects]
        found += [
            (recorded.index, statement.id, name, "asks") for name in statement.claim.get("addressees", ())
        ]
    return found


TABLE = View(
    name="open_items",
    version=1,
    columns=("position", "statement_id", "key", "rel"),
    rows=rows,
)


@dataclass(frozen=True, slots=True)
class Age:
    """Whole days since it was asked or promised; `at_least` where only a month or year of that is known."""

    days: int
    at_least: bool

    def to_json(self) -> dict[str, object]:
        return {"days": self.days, "atLeast": self.at_least}


@dataclass(frozen=True, slots=True)
class Addressee:
    """One addressee's standing, in words too; `reached_by` is the weakest standing (signed, attributed...)
    among the statements it rests on, and `hands` who signed those, so that a status reached by attribution
    says so. `offered` are codes of what was offered instead of an answer, as far as that is shown. `settled`
    is whether it owes nothing more: an answer that only others report leaves it owing.
    """

    standing: Standing
    reached_by: str | None
    words: str
    settled: bool
    hands: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        return {
            "addressee": self.standing.addressee,
            "outcome": self.standing.outcome,
            "overdue": self.standing.overdue,
            "by": list(self.standing.by),
            "offers": list(self.standing.offers),
            "asOf": self.standing.as_of,
            "reachedBy": self.reached_by,
            "settled": self.settled,
            "words": self.words,
        }


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a commitment: the state stated, by which statement, of whom, and how far that is their own
    word.
    """

    state: str
    by: str
    claimants: tuple[str, ...]
    standing: str

    def to_json(self) -> dict[str, object]:
        return {"state": self.state, "by": self.by, "saidBy": list(self.claimants), "standing": self.standing}


@dataclass(frozen=True, slots=True)
class Move:
    """One statement that moved the due date: whose word it is, who signed it, and how far it is their own."""

    by: str
    claimants: tuple[str, ...]
    hands: tuple[str, ...]
    standing: str

    def to_json(self) -> dict[str, object]:
        hands = {"saidBy": list(self.claimants), "signedBy": list(self.hands)}
        return {"by": self.by, **hands, "standing": self.standing}


@dataclass(frozen=True, slots=True)
class OpenItem:
    """A request or commitment and all that became of it by the day looked from.

    `content` is its claim as amended by all its issuers; `shown` holds the original. `addressees` is for
    requests, `state`, `behind` and `steps` for commitments. `due.now` None is unknown. `followed_by` are
    (rel, statement id).
    """

    shown: Shown
    content: dict[str, Any]
    open: bool
    age: Age
    due: Due
    overdue_days: int
    addressees: tuple[Addressee, ...]
    state: str | None
    behind: bool
    steps: tuple[Step, ...]
    withdrawn: Withdrawal | None
    followed_by: tuple[tuple[str, str], ...]
    moves: tuple[Move, ...] = ()

    def to_json(self) -> dict[str, object]:
        dates: dict[str, object] = {
            "first": self.due.first,
            "now": self.due.now,
            "extensions": len(self.moves),
            "changes": [move.to_json() for move in self.moves],
        }
        shown: dict[str, object] = {
            **self.shown.to_json(),
            "asAmended": self.content,
            "open": self.open,
            "age": self.age.to_json(),
            "due": dates,
            "overdueDays": self.overdue_days,
            "withdrawn": self.withdrawn.words() if self.withdrawn else None,
            "followedBy": [{"rel": rel, "id": one} for rel, one in self.followed_by],
        }
        if self.state is None:
            return shown | {"addressees": [one.to_json() for one in self.addressees]}
        return shown | {
            "state": self.state,
            "behind": self.behind,
            "steps": [step.to_json() for step in self.steps],
        }


def view(item: Item, known: Slice, today: str) -> OpenItem:
    """The request or commitment `item` as it stands on the day `today` (YYYY-MM-DD)."""
    content = as_amended(item, known)
    opener = item.read_as(content).statement
    thread = bearing(item, known)
    dates = due(item.read_as(item.claim).statement, thread)
    asked = _addressees(opener, thread, known, today)
    moved = progress(opener, thread, today) if item.statement.kind == "commitment" else None
    withdrawn = withdrawal(item, known)
    gone = withdrawn is not None and withdrawn.by_all
    late = days_between(days(dates.now)[1], today) if dates.now and dates.passed(today) else 0
    pending = moved.state != "verified" if moved else _pending(asked)
    return OpenItem(
        shown=show(item, known),
        content=content,
        open=pending and not gone,
        age=_age(item, today),
        due=dates,
        overdue_days=late if pending and not gone else 0,
        addressees=tuple(asked),
        state=moved.state if moved else None,
        behind=moved.behind if moved else False,
        steps=_steps(moved, known),
        withdrawn=withdrawn,
        followed_by=tuple((rel, one.id) for rel, one in known.referring(item.id)),
        moves=_moves(dates, known),
    )


def _moves(dates: Due, known: Slice) -> tuple[Move, ...]:
    found = []
    for change in dates.changes:
        one = known.get(change)
        assert one is not None, "changes come from the same slice"
        standing = provenance(one, known).standing
        found.append(Move(change, one.statement.claimants, one.statement.issuers, standing))
    return tuple(found)


def _pending(asked: Sequence[Addressee]) -> bool:
    """Whether any addressee still owes an answer; a request whose addressees are not known here stays
    pending.
    """
    return not asked or not all(one.settled for one in asked)


def _age(item: Item, today: str) -> Age:
    """Counted from the last day that "asked" may mean, so it is never overstated."""
    asked = said_when(item.statement) or item.statement.issued_at
    first, last = days(asked)
    return Age(max(days_between(min(last, days(item.statement.issued_at)[1]), today), 0), first != last)


def _addressees(opener: Statement, thread: Sequence[Follower], known: Slice, today: str) -> list[Addressee]:
    speaks = speaks_for(known)
    asking = {*opener.issuers, *opener.claimants}
    hands = [_hands(one, known) for _, one in thread]

    def settled(standing: Standing) -> bool:
        """Whether it stands ended by what who asked or who was asked has signed or adopted: nobody else ends
        a silence between them, whatever words are put into their mouths (domain: hand and voice, 3).
        """
        name = standing.addressee
        own = [
            pair
            for pair, signed in zip(thread, hands, strict=True)
            if any(hand in asking or speaks(name, hand) for hand in signed)
        ]
        alone = opener._replace(claim={**opener.claim, "addressees": [name]})
        return standing.outcome in ENDED and standings(alone, own, today, speaks)[0].outcome in ENDED

    found = standings(opener, thread, today, speaks)
    return [addressee(one, known, settled(one)) for one in found]


def _hands(recorded: Recorded, known: Slice) -> set[str]:
    """Who signed it or has adopted it since."""
    item = known.get(recorded.statement.id)
    assert item is not None, "the thread comes from the same slice"
    given = provenance(item, known)
    return {*given.signed_by, *(voice.party for voice in given.said_by if voice.standing == "adopted")}


def addressee(standing: Standing, known: Slice, settled: bool) -> Addressee:
    """A standing with how far what it rests on is its claimants' own word."""
    rests_on = [one for one in map(known.get, standing.by) if one is not None]
    reached_by = min((provenance(one, known).standing for one in rests_on), key=STANDINGS.index, default=None)
    offers = [one for one in map(known.get, standing.offers) if one is not None]
    found = Addressee(
        standing=standing,
        reached_by=reached_by,
        words="",
        settled=settled,
        hands=_distinct(hand for one in rests_on for hand in one.statement.issuers),
        offered=_distinct(code for one in offers if (code := as_amended(one, known).get("offer"))),
    )
    return replace(found, words=words(found, known.names.of))


def _distinct(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))


OUTCOMES = {
    "concluded": marked("concluded"),
    "answered": marked("answered"),
    "partly": marked("partly answered"),
    "refused": marked("refused to answer"),
    "acknowledged": marked("acknowledged, no answer in this ledger"),
    "open": marked("no answer in this ledger"),
    "offered": marked("offered something else, no answer in this ledger"),
    "no-reply-stated": marked("no reply, as the asker states"),
}
NO_ANSWER = marked("{done}; no answer in this ledger")


def told(standing: Standing) -> str:
    """The outcome as every page words it (`OUTCOMES`): an offer of something else is told as such."""
    offered = bool(standing.offers) and standing.outcome == "acknowledged"
    return "offered" if offered else standing.outcome


def words(each: Addressee, name: Callable[[str], str] = str, wording: Wording = ENGLISH) -> str:
    """How a request stands with this addressee, in words; `name` names a slug. Only the asker can say that
    there was no reply.
    """
    standing, outcome = each.standing, told(each.standing)
    gettext = wording.gettext
    if outcome == "offered" and each.offered:
        what = wording.listed([wording.term("offers", code) for code in each.offered])
        text = gettext("offered instead: {what}").format(what=what)
    elif outcome == "offered":
        text = gettext("offered something else")
    elif outcome == "acknowledged":
        text = gettext("acknowledged")
    else:
        text = gettext(OUTCOMES[outcome])
    if outcome == "no-reply-stated" and standing.as_of:
        text = gettext("{outcome} (as of {day})").format(outcome=text, day=wording.date(standing.as_of))
    # That nothing answers is nobody's word: it stands behind whose word the rest is.
    text = reached(text, each.reached_by, each.hands, name, wording)
    if outcome in ("offered", "acknowledged"):
        text = gettext(NO_ANSWER).format(done=text)
    return gettext("{outcome}, overdue").format(outcome=text) if standing.overdue else text


def _steps(moved: Progress | None, known: Slice) -> tuple[Step, ...]:
    found = []
    for state, by in moved.steps if moved else ():
        one = known.get(by)
        assert one is not None, "steps come from the same slice"
        found.append(Step(state, by, one.statement.claimants, provenance(one, known).standing))
    return tuple(found)
