"""The words of disclosures: kept behind the appends, gone with what they were read from, and checked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projections import disclosed, schema
from projections.check import Defect, check
from projections.runner import Runner, health
from projections.search_queries import search
from projections.views import VIEWS
from projections.words import HAN, configuration, mirror
from tests.support.small_log import SmallLog

Conn = psycopg.Connection[Any]


def told(*texts: tuple[str, str]) -> SmallLog:
    log = SmallLog()
    log.say("LedgerOpened", ["ledger:main", "party:operator"], {"clock": "demo"}, by="operator")
    for lang, text in texts:
        log.say(
            "AllegationMade", "factory:f", {"issue": "osh/ppe"}, hidden={"text": {"lang": lang, "text": text}}
        )
    return log


@pytest.fixture
def conn(any_database_url: str) -> Iterator[Conn]:
    with psycopg.connect(any_database_url, autocommit=True) as opened:
        yield opened


def project(url: str) -> None:
    with Runner(url, VIEWS) as runner:
        while runner.run_once():
            pass


def found(conn: Conn, query: str) -> list[int]:
    return sorted(one.line.shown.position for one in search(conn, query, limit=1000).items)


def words_of(conn: Conn) -> list[tuple[Any, ...]]:
    return conn.execute("SELECT * FROM disclosure_words ORDER BY digest, lang").fetchall()


THREE = (("en", "They were instructed."), ("fr", "Elles travaillaient."), ("zh", "没有安全培训。"))


def test_words_are_found_on_every_server_that_is_supported(conn: Conn, any_database_url: str) -> None:
    told(*THREE).store(any_database_url)
    project(any_database_url)
    assert [found(conn, query) for query in ("instruction", "travailler", "培训", "鞋")] == [
        [1],
        [2],
        [3],
        [],
    ]


def test_what_is_erased_is_found_no_more_from_the_same_transaction_on(
    conn: Conn, any_database_url: str
) -> None:
    log = told(*THREE)
    log.store(any_database_url)
    project(any_database_url)
    with conn.transaction():
        conn.execute("UPDATE disclosure SET content = NULL WHERE position = 1")
        assert found(conn, "instruction") == []
    project(any_database_url)
    assert found(conn, "instruction") == []
    assert list(check(any_database_url, VIEWS))[-1].done == len(log.entries)  # type: ignore[union-attr]


def test_what_comes_late_is_read_late(conn: Conn, any_database_url: str) -> None:
    told(*THREE).store(any_database_url)
    (content,) = conn.execute("SELECT content FROM disclosure WHERE position = 1").fetchone() or (None,)
    conn.execute("UPDATE disclosure SET content = NULL WHERE position = 1")
    project(any_database_url)
    assert found(conn, "instruction") == []
    conn.execute("UPDATE disclosure SET content = %s WHERE position = 1", (content,))
    project(any_database_url)
    assert found(conn, "instruction") == [1]


def test_read_in_pieces_or_anew_the_words_are_the_same(conn: Conn, any_database_url: str) -> None:
    log = told(*THREE * 3)
    log.store(any_database_url)
    project(any_database_url)
    whole = words_of(conn)
    conn.execute("UPDATE disclosure_words SET words = NULL")
    seen: list[tuple[int, int]] = []
    assert disclosed.rebuild(conn, lambda done, total: seen.append((done, total))) == len(log.entries)
    assert words_of(conn) == whole
    assert seen[-1] == (len(log.entries), len(log.entries))


def test_words_that_no_disclosure_says_are_named_with_their_position(
    conn: Conn, any_database_url: str
) -> None:
    told(*THREE).store(any_database_url)
    project(any_database_url)
    conn.execute("UPDATE disclosure_words SET words = 'shoe'::tsvector WHERE position = 2")
    defects = [one for one in check(any_database_url, VIEWS) if isinstance(one, Defect)]
    assert [(one.view, one.position) for one in defects] == [("words", 2)]


def test_words_that_are_missing_are_named_too(conn: Conn, any_database_url: str) -> None:
    told(*THREE).store(any_database_url)
    project(any_database_url)
    conn.execute("DELETE FROM disclosure_words WHERE position = 3")
    defects = [one for one in check(any_database_url, VIEWS) if isinstance(one, Defect)]
    assert [(one.view, one.position) for one in defects] == [("words", 3)]


def test_words_of_another_version_are_not_searched_until_they_are_read_again(
    conn: Conn, any_database_url: str
) -> None:
    told(*THREE).store(any_database_url)
    project(any_database_url)
    conn.execute("UPDATE projection_version SET version = 0 WHERE view = 'words'")
    (shown,) = health(conn, [schema.words(conn)])
    assert (shown.ok, shown.to_json()["needs"]) == (False, "rebuild")
    disclosed.rebuild(conn)
    (shown,) = health(conn, [schema.words(conn)])
    assert shown.ok
    assert found(conn, "instruction") == [1]


_LETTERS = st.text(st.sampled_from("abcdeéèüßñ ,.;'-’“”0123456789安全培训工人。，"), min_size=1, max_size=60)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=_LETTERS, lang=st.sampled_from(["en", "fr", "de", "zh", "vi"]))
def test_whatever_is_written_is_found_by_each_of_its_words(database_url: str, text: str, lang: str) -> None:
    words, language = {*mirror(text).split(), *HAN.findall(text)}, configuration(lang)
    with psycopg.connect(database_url, autocommit=True) as conn:
        size = conn.execute("SELECT size FROM ledger_head").fetchone()
        assert size is not None
        if size[0] == 0:
            LOGS[database_url] = told()
        log = LOGS[database_url]
        log.say("AllegationMade", "factory:f", hidden={"text": {"lang": lang, "text": text}})
        log.store(database_url)
        project(database_url)
        position = len(log.entries) - 1
        for word in words:
            # A stop word of its language ("a", "c'") is no word to be found by.
            if conn.execute("SELECT to_tsvector(%s::regconfig, %s) = ''", (language, word)).fetchone() == (
                True,
            ):
                continue
            assert position in found(conn, f'"{word}"'), word


LOGS: dict[str, SmallLog] = {}
STOPS = "SELECT to_tsvector(%s::regconfig, %s) = ''"
