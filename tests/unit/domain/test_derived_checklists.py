"""What an investigation tells of itself, what was asked of it, and whose word that is."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.core.statement import Statement
from ledger.domain.derived.checklists import (
    ATTRIBUTES,
    FILLS,
    NOT_DISCLOSED,
    Asked,
    Point,
    conducting,
    conductors,
    points,
)
from tests.support.builder import Log

WHO = frozenset({"ietp"})


@pytest.fixture
def described(log: Log) -> Any:
    """Descriptions of one audit: (statement, claim) by whoever is named."""

    def describe(by: str, **claim: Any) -> tuple[Statement, dict[str, Any]]:
        if by == "ietp" and "ietp" not in log.keys:
            log.register("ietp", ["certifier"], pins={"party:ietp": _creation(log)})
        said = log.investigation(by, ["factory:foshan"], ["ietp"], claim=claim).statement
        return said, dict(said.claim)

    return describe


def _creation(log: Log) -> str:
    return next(one.statement.id for one in log.recorded if one.statement.event == "PartyListed")


def point(topic: str, descriptions: list[Any], *asked: Asked) -> Point:
    return next(one for one in points(descriptions, asked, WHO) if one.topic == topic)


def test_every_attribute_has_a_line_in_the_letters_order_and_other_topics_follow(described: Any) -> None:
    asked = [Asked("q", "resolutions", "open"), Asked("r", "timeframe", "open")]
    topics = [one.topic for one in points([described("ietp")], asked, WHO)]
    assert topics == [*ATTRIBUTES, "resolutions"]
    assert FILLS["timeframe"] == "days"


def test_a_conductors_word_discloses_and_the_last_one_counts(described: Any) -> None:
    found = point("notice", [described("ietp", notice="announced"), described("ietp", notice="unannounced")])
    assert (found.states, found.value, len(found.said)) == (("disclosed",), "unannounced", 2)


def test_not_disclosed_is_a_value_and_gives_way_to_any_other(described: Any) -> None:
    hidden = described("ietp", payer=NOT_DISCLOSED)
    assert point("payer", [hidden]).states == (NOT_DISCLOSED,)
    assert point("payer", [described("ietp", payer="buyer"), hidden]).value == "buyer"


def test_what_others_say_stands_beside_and_fills_nothing(described: Any) -> None:
    found = point("notice", [described("clw", notice="announced")])
    assert (found.states, found.value, found.said) == (("said-by-others",), None, ())
    assert [one.value for one in found.others] == ["announced"]


@pytest.mark.parametrize(
    ("outcome", "states"),
    [
        ("open", ("asked",)),
        ("acknowledged", ("asked",)),
        ("no-reply-stated", ("asked",)),
        ("refused", ("refused",)),
        ("answered", ("disclosed",)),
        ("concluded", ()),
    ],
)
def test_a_question_stands_as_its_best_outcome(described: Any, outcome: str, states: tuple[str, ...]) -> None:
    assert point("notice", [described("ietp")], Asked("q", "notice", outcome)).states == states


def test_asked_and_not_disclosed_hold_together_the_question_first(described: Any) -> None:
    found = point("payer", [described("ietp", payer=NOT_DISCLOSED)], Asked("q", "payer", "open"))
    assert found.states == ("asked", NOT_DISCLOSED)


def test_nobody_having_said_or_asked_anything_is_no_state(described: Any) -> None:
    assert point("privacy", [described("ietp")]).states == ()


@pytest.mark.parametrize("role", ["observer", "commissioner", "payer", "complainant", "facilitator"])
def test_who_only_takes_part_conducts_nothing(role: str) -> None:
    claim = {"participants": [{"party": "aaf", "role": role}, {"party": "ietp", "role": "certifier"}]}
    assert conductors(claim) == {"ietp"}
    assert conductors({"participants": [{"role": "lead"}]}) == conductors({}) == frozenset()


def test_conductors_are_named_by_the_description_itself_and_by_its_conductors(described: Any) -> None:
    own = described("ietp")
    stranger = (described("clw")[0], {"participants": [{"party": "clw", "role": "lead"}]})
    partner = (described("ietp")[0], {"participants": [{"party": "aaf", "role": "joint"}]})
    assert conducting(own[1], [own, stranger]) == {"ietp"}
    assert conducting(own[1], [own, stranger, partner]) == {"ietp", "aaf"}
