"""Rows: pure functions of one entry, and the lines they become."""

from __future__ import annotations

import json

import pytest

from ledger.core.kinds import EVENTS
from ledger.core.statement import read_recorded
from projections.check import first_difference
from projections.row import NULL, copy_lines, read_sql
from projections.source import read_entry
from projections.timeline import keys
from projections.views import VIEWS
from tests.support.small_log import SmallLog


def test_the_fast_reader_reads_what_the_cores_reader_reads() -> None:
    log = SmallLog()
    source = log.say("DocumentReferenced", "factory:f", hidden={"title": {"lang": "en", "text": "T"}})
    attribution = {"form": "quote", "via": ["host:example.org"]}
    claim = {"issue": "osh", "method": "records-review", "result": "present"}
    log.say(
        "ObservationMade",
        ["factory:f", "party:p"],
        claim,
        by=["a", "b"],
        refs=[("statedIn", source, "p4")],
        claimants=["c"],
        attribution=attribution,
        said="2020-01",
        occurred="2019",
    )
    for index, entry in enumerate(log.entries):
        assert read_entry(index, entry) == read_recorded(index, entry)


@pytest.mark.parametrize("data", [b"", b"{}", b"no entry", b'{"envelope":{},"recordedAt":"x"}'])
def test_bytes_that_are_no_entry_are_an_error_not_a_row(data: bytes) -> None:
    with pytest.raises((ValueError, KeyError)):
        read_entry(0, data)


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_every_event_makes_rows_with_its_position_and_one_value_per_column(view) -> None:  # type: ignore[no-untyped-def]
    log = SmallLog()
    first = log.say("LedgerOpened", ["ledger:main", "party:operator"], by="operator")
    for event in EVENTS:
        refs = [(rel, first) for rel in ("amends", "answers", "on", "about", "links", "supersedes")]
        log.say(event, ["factory:f", "party:p"], {"issue": "osh", "at": event}, refs=refs)
    made = [row for recorded in log.recorded for row in view.rows(recorded)]
    assert made
    assert {len(row) for row in made} == {len(view.columns)}
    assert {row[0] for row in made} <= set(range(len(log.entries)))
    assert NULL not in {row[0] for row in made}


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_a_views_columns_are_those_of_its_table(view) -> None:  # type: ignore[no-untyped-def]
    table = view.statements()[0]
    assert table.startswith(f"CREATE TABLE {view.table} (")
    columns = [line.split()[0] for line in table.splitlines()[1:-1]]
    assert tuple(columns) == view.columns
    assert all(f" ON {view.table} " in index for index in view.statements()[1])


def test_comments_in_sql_files_are_left_out() -> None:
    assert "--" not in read_sql("tracking.sql")


def test_a_statement_is_found_by_its_subjects_targets_hand_and_voice() -> None:
    log = SmallLog()
    source = log.say("DocumentReferenced", "factory:f")
    log.say(
        "AllegationMade",
        ["factory:f", "party:p"],
        {"issue": "osh"},
        by=["a", "b"],
        refs=[("basedOn", source), ("statedIn", source)],
        claimants=["c"],
        attribution={"form": "quote"},
    )
    assert keys(log.recorded[-1].statement) == [
        "factory:f",
        "party:p",
        f"statement:{source}",
        "signed:a",
        "signed:b",
        "said:c",
    ]


def test_lines_are_what_copy_gives_back() -> None:
    assert copy_lines([(1, "a", NULL), (2, "b", "c")]) == ["1\ta\t\\N", "2\tb\tc"]
    assert copy_lines([]) == []


def test_values_outside_their_grammar_are_escaped_and_cannot_break_a_line() -> None:
    assert copy_lines([(1, "a\tb\n", "c\\N", NULL)]) == ["1\ta\\tb\\n\tc\\\\N\t\\N"]
    assert copy_lines([(1, "a\rb", "c")]) == ["1\ta\\rb\tc"]


def test_the_first_position_that_differs_is_named_whatever_the_order() -> None:
    lines = ["1\ta", "1\tb", "2\ta", "10\ta"]
    assert first_difference(lines, list(reversed(lines))) is None
    assert first_difference(lines, lines[:-1]) == 10
    assert first_difference(lines, ["1\ta", "1\ta", *lines[2:]]) == 1
    assert first_difference(lines, [*lines, "2\ta"]) == 2
    assert first_difference([], ["7\tz"]) == 7


def test_rows_hold_no_disclosed_text() -> None:
    log = SmallLog()
    log.say("PartyListed", "party:p", hidden={"names": [{"lang": "en", "text": "Secret Name"}]})
    made = [row for view in VIEWS for row in view.rows(log.recorded[0])]
    assert "Secret" not in json.dumps(made)
