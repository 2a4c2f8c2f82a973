"""A page costs the same few queries whatever the log's size."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from ledger.core.statement import Recorded
from tests.integration.api.conftest import Poster

from .conftest import page

PAGES = [
    "/en/",
    "/en/factories",
    "/en/factories/toys",
    "/en/factories/toys?by=said",
    "/en/factories/toys?by=occurred&known=2026-01-06",
    "/en/open",
    "/en/open?all=true&about=factory:toys",
    "/en/open/knowledge?about=factory:toys",
    "/en/criteria",
    "/en/parties",
    "/en/parties/ngo",
    "/en/investigations",
    "/en/search?q=toys",
]
# Pages of one statement, by the event whose first statement of the case they show.
OF_STATEMENTS = {
    "AllegationMade": "/en/statements/{}",
    "QuestionAsked": "/en/statements/{}",
    "DeterminationIssued": "/en/statements/{}",
    "AuditDescribed": "/en/investigations/{}",
}
MOST = 40  # queries that any page may cost


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every query that answering sends while the block runs; the projector's and others' threads go on."""
    sent: list[str] = []
    original = psycopg.Cursor.execute

    def execute(self: Any, query: Any, *arguments: Any, **more: Any) -> Any:
        if threading.current_thread().name.startswith("AnyIO worker"):
            sent.append(str(query))
        return original(self, query, *arguments, **more)

    with monkeypatch.context() as patched:
        patched.setattr(psycopg.Cursor, "execute", execute)
        yield sent


def grow(case: Poster, rounds: int) -> None:
    """More of everything that the pages show."""
    log = case.log
    for _ in range(rounds):
        alleged = log.say("AllegationMade", "ngo", about=["factory:toys"], claim={"issue": "osh/ppe"})
        audit = log.investigation("certifier", ["factory:toys"], ["certifier"])
        found = log.say(
            "DeterminationIssued",
            "certifier",
            about=["factory:toys"],
            claim={"outcome": "not-evidenced"},
            refs=[("about", alleged), ("within", audit)],
        )
        log.say("ResponseGiven", "ngo", refs=[("disputes", found)])
        log.say(
            "QuestionAsked",
            "ngo",
            about=["factory:toys"],
            claim={"addressees": ["certifier"], "topic": "notice"},
            refs=[("about", audit)],
        )


def cost(case: Poster, path: str, monkeypatch: pytest.MonkeyPatch) -> int:
    page(case, path)  # what is read once for good, and views that have to catch up, do not count
    with counted(monkeypatch) as sent:
        page(case, path)
    return len(sent)


def grow_around(case: Poster, rounds: int) -> None:
    """More of everything that bears on the first allegation, audit, finding and question of the case."""
    log = case.log
    alleged, audit = first(case, "AllegationMade"), first(case, "AuditDescribed")
    found, asked = first(case, "DeterminationIssued"), first(case, "QuestionAsked")
    for _ in range(rounds):
        log.say("ResponseGiven", "certifier", refs=[("disputes", alleged)])
        log.say("ResponseGiven", "ngo", refs=[("disputes", found)])
        replied = log.say("ResponseGiven", "certifier", refs=[("acknowledges", asked)])
        log.say("ResponseGiven", "ngo", refs=[("disputes", replied)])
        log.say(
            "QuestionAsked",
            "ngo",
            about=["factory:toys"],
            claim={"addressees": ["certifier"], "topic": "selection"},
            refs=[("about", audit)],
        )
        observed = log.say(
            "ObservationMade",
            "certifier",
            about=["factory:toys"],
            claim={"issue": "osh/ppe", "method": "records-review", "result": "present"},
            refs=[("within", audit)],
        )
        log.say(
            "DeterminationIssued",
            "certifier",
            about=["factory:toys"],
            claim={"outcome": "not-evidenced"},
            refs=[("about", alleged), ("basedOn", observed), ("within", audit)],
        )
        log.investigation("ngo", ["factory:toys"], ["certifier"], refs=[("sameAs", audit)])


def first(case: Poster, event: str) -> Recorded:
    return next(one for one in case.log.recorded if one.statement.event == event)


def test_the_page_of_a_statement_costs_no_more_for_a_longer_thread_and_a_longer_list(
    case: Poster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shown_at_most(count: int) -> None:
        monkeypatch.setattr("projections.statement_queries.REPLIES", count)
        monkeypatch.setattr("projections.investigation_queries.WITHIN", count)

    paths = [path.format(first(case, event).statement.id) for event, path in OF_STATEMENTS.items()]
    shown_at_most(5)
    grow_around(case, 6)  # more than stand on one page
    few = {path: cost(case, path, monkeypatch) for path in paths}
    shown_at_most(10)
    grow_around(case, 12)
    many = {path: cost(case, path, monkeypatch) for path in paths}
    assert min(few.values()) > 0
    assert many == few
    assert max(few.values()) <= MOST


def test_no_page_costs_more_queries_for_a_longer_log(case: Poster, monkeypatch: pytest.MonkeyPatch) -> None:
    grow(case, 14)  # more than a page of any list holds
    few = {path: cost(case, path, monkeypatch) for path in PAGES}
    grow(case, 8)
    many = {path: cost(case, path, monkeypatch) for path in PAGES}
    assert min(few.values()) > 0
    assert many == few
    assert max(few.values()) <= MOST
