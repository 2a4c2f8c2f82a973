"""What the factory page counts and gathers: gaps, days learned later, conflicts of one claim, old names."""

from __future__ import annotations

import pytest

from api.web.factory import GAP_DAYS, conflicting, gap, later_by, older_names
from ledger.domain.derived.conflicts import Conflict
from projections.matrix import IssueRow, Noted
from projections.timeline import Moment


def at(first: str) -> Moment:
    return Moment(first, first, first, True)


@pytest.mark.parametrize(
    ("reached", "first", "days"),
    [
        ("2019-11-20", "2020-01-01", 41),
        (None, "2020-01-01", 0),
        ("2020-01-01", "2020-01-01", 0),
        ("2020-01-01", "2020-01-02", 0),
        ("2020-01-01", f"2020-01-{GAP_DAYS + 1}", 0),
        ("2020-01-01", f"2020-01-{GAP_DAYS + 2}", GAP_DAYS),
        ("2020-03-01", "2020-01-01", 0),
    ],
)
def test_a_gap_counts_the_days_between_and_is_told_where_there_are_many(
    reached: str | None, first: str, days: int
) -> None:
    assert gap(reached, at(first)) == days


@pytest.mark.parametrize(
    ("recorded", "known", "days"),
    [
        ("2020-02-07T09:00:00.000Z", "2019-12-28", 41),
        ("2020-02-07T09:00:00.000Z", "2020-02-07", 0),
        ("2020-02-07T23:59:59.999Z", "2020-02-06", 1),
        ("2020-02-07T09:00:00.000Z", "2021-01-01", 0),
        ("2020-02-07T09:00:00.000Z", None, 0),
    ],
)
def test_what_was_recorded_behind_the_day_was_learned_so_many_days_later(
    recorded: str, known: str | None, days: int
) -> None:
    assert later_by(recorded, known) == days


def test_each_observation_names_those_it_does_not_agree_with() -> None:
    noted = [Noted(Conflict(one, other, "quantity", "certain", ()), ()) for one, other in ("ab", "ac")]
    row = IssueRow("osh", "", None, (), (), (), tuple(noted), (), ())
    assert conflicting(row) == {"a": ["b", "c"], "b": ["a"], "c": ["a"]}


def test_a_name_that_is_given_no_more_is_an_earlier_one() -> None:
    def named(*texts: str) -> dict[str, object]:
        return {"names": [{"lang": "en", "text": text} for text in texts]}

    history = [named("Old Works", "Works"), {}, named("Older Works", "Old Works"), named("New Works")]
    found = [one["text"] for one in older_names(history, ["New Works"])]
    assert found == ["Old Works", "Works", "Older Works"]
