"""Fixtures: a started sequencer on a fresh database, and its author."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.audit import Sound, check
from ledger.store.auditing import audit_source
from ledger.store.journal import FileSignJournal
from tests.support.writing import Author, Writing, writing


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "journal"


@pytest.fixture
def author() -> Author:
    return Author()


@pytest.fixture
def opened(database_url: str, journal: Path, author: Author) -> Iterator[Writing]:
    """A writing process whose log holds the author's setup."""
    with writing(database_url, journal) as process:
        process.submit(*author.setup)
        yield process


def assert_sound(url: str, journal: Path, entries: int | None = None) -> None:
    """The whole log is as it was signed, and as long as expected."""
    with audit_source(url) as source:
        last = list(check(source, signed=FileSignJournal(journal).last()))[-1]
    assert isinstance(last, Sound), last
    assert "journal" in last.steps
    assert entries is None or last.entries == entries
