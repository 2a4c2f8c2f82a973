"""How long an answer took, as far as partial, reported and unknown times tell."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.core.statement import Statement
from projections.answering import Took, middle, took
from tests.support.small_log import SmallLog

ATTRIBUTED: dict[str, Any] = {"claimants": ["auditor"], "attribution": {"form": "paraphrase"}}


def said(event: str, at: str, **more: Any) -> Statement:
    """A statement signed on day `at`."""
    log = SmallLog()
    log.say(event, "factory:works", {"addressees": ["auditor"]}, at=at, **more)
    return log.recorded[0].statement


def asked(at: str = "2020-02-01", **more: Any) -> Statement:
    return said("QuestionAsked", at, **more)


def answered(at: str, **more: Any) -> Statement:
    return said("ResponseGiven", at, by="auditor", **more)


def test_days_count_from_asking_to_answering() -> None:
    assert took(asked(), [answered("2020-02-13")]) == Took(12, 12)
    assert took(asked(), [answered("2020-02-01")]) == Took(0, 0)


def test_without_an_answer_there_is_nothing_to_count() -> None:
    assert took(asked(), []) is None


def test_of_several_answers_the_first_counts() -> None:
    assert took(asked(), [answered("2020-03-01"), answered("2020-02-11")]) == Took(10, 10)


def test_when_it_was_said_counts_and_not_when_somebody_wrote_it_down() -> None:
    reported = said("ResponseGiven", "2021-01-01", said="2020-02-08", **ATTRIBUTED)
    assert took(asked("2021-01-01", said="2020-02-01"), [reported]) == Took(7, 7)


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        ("2020-02-01", "2020-03", Took(29, 59)),
        ("2020-02", "2020-03-01", Took(1, 29)),
        ("2020-02", "2020-02", Took(0, 28)),
        ("2020-02", "2020-01", Took(0, 0)),
        ("2020-02-01", "2020-02-05/..", Took(4, 424)),
        ("../2020-02-01", "2020-02-05", Took(4, None)),
    ],
)
def test_coarse_times_give_a_span_that_is_never_too_narrow(
    question: str, answer: str, expected: Took
) -> None:
    reported = said("ResponseGiven", "2021-03-31", said=answer, **ATTRIBUTED)
    assert took(asked("2021-03-31", said=question), [reported]) == expected


def test_an_answer_that_nobody_dates_was_given_before_it_was_reported() -> None:
    reported = said("ResponseGiven", "2020-03-01", **ATTRIBUTED)
    assert took(asked(), [reported]) == Took(0, 29)


def test_a_request_that_nobody_dates_was_made_before_it_was_reported() -> None:
    assert took(asked("2020-02-01", **ATTRIBUTED), [answered("2020-02-11")]) == Took(10, None)


def test_the_middle_is_one_of_those_there_are() -> None:
    spans = [Took(3, 3), Took(90, None), Took(1, 400), Took(7, 7)]
    assert middle(spans) == 3
    assert middle(spans[:3]) == 3
    assert middle([]) is None
