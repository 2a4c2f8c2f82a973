"""`evidence terms` lists what a draft may say."""

from __future__ import annotations

import json

import pytest

from api.cli.app import UNREADABLE, run
from ledger.core.vocabulary import VOCABULARIES


def test_a_vocabulary_is_listed_with_what_each_term_means(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["terms", "issues"]) == 0
    said = capsys.readouterr().out.splitlines()
    lines = dict(line.rstrip().split(None, 1) for line in said if not line.startswith(" "))
    assert lines["working-time/weekly-hours"] == "Weekly hours"
    assert lines.keys() == VOCABULARIES["issues"].keys()


def test_without_a_name_every_vocabulary_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["terms"]) == 0
    said = capsys.readouterr().out
    assert all(f"{name} " in said for name in VOCABULARIES)


def test_programs_get_several_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["terms", "methods", "notice", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["methods"]["records-review"] == "Records review"
    assert found.keys() == {"methods", "notice"}


def test_a_vocabulary_that_there_is_not_is_answered_with_those_that_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["terms", "issue"]) == UNREADABLE
    assert "there are access, aspects" in capsys.readouterr().err
