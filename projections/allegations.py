"""Where an allegation stands, by whom: each state with the parties that brought it about, in their words.

No state tells more than what somebody says: a finding has whose it is, how it was reached and who disputes
it, a withdrawal has how many of those who signed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ledger.domain.derived.allegations import State
from projections.amendments import as_amended, followers
from projections.checklist import Line
from projections.items import Item, Slice
from projections.profiles import METHOD, Profiles
from projections.voices import provenance, reached
from projections.wording import ENGLISH, Wording, marked

OPEN: Final = marked("open: no answer and no finding in this ledger")
OUTCOMES: Final = {
    "DeterminationIssued": "finding-outcomes",
    "OverallDetermined": "overall-outcomes",
    "CertificationDecided": "certification-outcomes",
}
"""The vocabulary of a determination's outcome, by event."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Statements `by` which one state was brought about, whose word they are and whose hand: `voices` and
    `hands` are slugs; where it `is_request`, `voices` are names of those it was put to.

    `standing` is how far it is their own word, the weakest. `event`, `outcome` (a code; None where it is not
    shown) and `profile` (how it was reached, by topic) are those of a determination, `disputed` those who
    dispute it.
    """

    by: tuple[str, ...]
    voices: tuple[str, ...]
    hands: tuple[str, ...] = ()
    standing: str = "signed"
    is_request: bool = False
    event: str = ""
    outcome: str | None = None
    profile: Mapping[str, Line] | None = None
    disputed: tuple[Cause, ...] = ()

    def to_json(self) -> dict[str, object]:
        told: dict[str, object] = {
            "by": list(self.by),
            "voices": list(self.voices),
            "signedBy": list(self.hands),
            "standing": self.standing,
        }
        if self.profile is None:
            return told
        profile = {topic: line.to_json() for topic, line in self.profile.items()}
        disputed = [one.to_json() for one in self.disputed]
        return told | {"outcome": self.outcome, "profile": profile, "disputed": disputed}


@dataclass(frozen=True, slots=True)
class Stands:
    """One state that holds, and its causes: none where nobody did, or another state's tell it."""

    state: State
    causes: tuple[Cause, ...]
    name: Callable[[str], str]

    def to_json(self) -> dict[str, object]:
        """With its words in English; "" where those of another state tell it."""
        each = (words(self.state, one, self.name) for one in self.causes)
        return {
            "name": self.state.name,
            "by": list(self.state.by),
            "attributed": self.state.attributed,
            "causes": [one.to_json() for one in self.causes],
            "words": OPEN if self.state.name == "open" else "; ".join(each),
        }


def stands(found: Sequence[State], known: Slice, profiles: Profiles) -> tuple[Stands, ...]:
    """The states of one allegation with their causes."""
    disputing = {one for state in found if state.name == "disputed" for one in state.by}
    return tuple(
        Stands(state, tuple(_causes(state, disputing, known, profiles)), known.names.of) for state in found
    )


def _causes(state: State, disputing: set[str], known: Slice, profiles: Profiles) -> Iterable[Cause]:
    items = [one for one in map(known.get, state.by) if one is not None]
    if state.name == "withdrawn":
        return [Cause(state.by, state.withdrew, state.withdrew)]
    if state.name == "determined":
        return [_finding(one, known, profiles) for one in items]
    if state.name == "notified":
        return _put(items, known)
    if state.name == "answered":
        # Who disputes it answers it; that is told once.
        return _alike((one for one in items if one.id not in disputing), known)
    return _alike(items, known)


def _finding(one: Item, known: Slice, profiles: Profiles) -> Cause:
    lines = profiles.of(one).lines
    disputes = (later for _, later in followers(one, known, "disputes"))
    (found,) = _alike([one], known)
    return replace(
        found,
        event=one.statement.event,
        outcome=as_amended(one, known).get("outcome"),
        profile={topic: lines[topic] for topic in METHOD},
        disputed=tuple(_alike(disputes, known)),
    )


def _put(items: Iterable[Item], known: Slice) -> list[Cause]:
    """Those to whom it was put, where that is shown, and those who acknowledge it."""
    asked = [
        Cause((one.id,), tuple(as_amended(one, known).get("addressees", ())), is_request=True)
        for one in items
        if one.statement.kind == "request"
    ]
    return asked + _alike((one for one in items if one.statement.kind != "request"), known)


def _alike(items: Iterable[Item], known: Slice) -> list[Cause]:
    """Statements in one's own voice together, those that the same others report together."""
    groups: dict[tuple[str, tuple[str, ...]], list[Item]] = {}
    for one in items:
        given = provenance(one, known)
        hands = one.statement.issuers if given.attributed else ()
        groups.setdefault((given.standing, hands), []).append(one)
    return [
        Cause(tuple(one.id for one in those), _voices(those), hands, standing)
        for (standing, hands), those in groups.items()
    ]


def _voices(items: Iterable[Item]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(slug for one in items for slug in one.statement.claimants))


WITHDRAWN: Final = marked("withdrawn by {names}")
WITHDRAWN_BY_SOME: Final = marked("withdrawn by {by} of {of} signers: {names}")
PUT: Final = marked("put to {names}")
PUT_TO_SOMEBODY: Final = marked("put to somebody; to whom is not shown")
ACKNOWLEDGED: Final = marked("acknowledged by {names}")
BY: Final = {
    "disputed": marked("disputed by {names}"),
    "answered": marked("answered by {names}"),
    "recurring": marked("said again of another period by {names}"),
}


def words(
    state: State,
    cause: Cause,
    name: Callable[[str], str] = str,
    wording: Wording = ENGLISH,
    apart: bool = False,
) -> str:
    """One cause of a state in words: who did what. `name` names a slug; with `apart` those who dispute a
    finding are left to `disputed`.
    """
    names = wording.listed([name(voice) for voice in cause.voices])
    gettext = wording.gettext
    if state.name == "withdrawn":
        text = gettext(WITHDRAWN if state.of == 1 else WITHDRAWN_BY_SOME)
        return text.format(names=names, by=len(state.withdrew), of=state.of)
    if state.name == "determined":
        parts = [_concluded(cause, names, name, wording)]
        parts += [] if apart else [disputed(one, name, wording) for one in cause.disputed]
        return gettext(", ").join(parts)
    if state.name == "notified":
        said = (PUT if names else PUT_TO_SOMEBODY) if cause.is_request else ACKNOWLEDGED
    else:
        said = BY[state.name]
    return reached(gettext(said).format(names=names), cause.standing, cause.hands, name, wording)


def disputed(cause: Cause, name: Callable[[str], str] = str, wording: Wording = ENGLISH) -> str:
    """Who disputes a finding, as it goes on behind it."""
    names = wording.listed([name(voice) for voice in cause.voices])
    said = wording.ngettext("which {names} disputes", "which {names} dispute", len(cause.voices))
    return reached(said.format(names=names), cause.standing, cause.hands, name, wording)


def _concluded(cause: Cause, names: str, name: Callable[[str], str], wording: Wording) -> str:
    if cause.outcome is None:
        said = wording.gettext("a conclusion of {names}, which is not shown").format(names=names)
    else:
        outcome = wording.term(OUTCOMES[cause.event], cause.outcome)
        said = wording.ngettext(
            "{names} concludes “{outcome}”", "{names} conclude “{outcome}”", len(cause.voices)
        )
        said = said.format(names=names, outcome=outcome)
    return reached(said, cause.standing, cause.hands, name, wording)
