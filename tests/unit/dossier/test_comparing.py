"""A page is held against the bundle inside it by making it anew."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from api.dossier.comparing import judge_page_text, with_page_text
from api.dossier.page import dossier
from ledger.core.page import put_in_page
from ledger.core.report import FAILED
from ledger.verifier.files import verify_file
from tests.support.bundles import bundle_bytes
from tests.support.bundles import case as small_case
from tests.verifier.defects import CORPUS, corpus_trust

ARTICLE = re.compile(r'<article id="entry-(\d+)">.*?</article>', re.DOTALL)
CHANGED: dict[str, Callable[[str], str]] = {
    "a word": lambda one: one.replace("</dd>", " by nobody</dd>", 1),
    "left out": lambda one: "",
    "printed twice": lambda one: one + one,
}
ELSEWHERE = {
    "an earlier program": ("<style>", "<style>/* earlier */"),
    "an earlier table of words": ('"structure": [', '"structure": ["disputes", '),
    "statements hidden": ("<body>", "<body hidden>"),
    "statements commented out": ("<body>", "<body><!--"),
    "a sentence at the end": ("</body>", "<p>All of it was proven.</p></body>"),
}


@cache
def page() -> str:
    return dossier(bundle_bytes(small_case(), "factory:toys")).decode()


def test_the_page_that_is_made_of_a_bundle_prints_what_was_signed() -> None:
    assert judge_page_text(page().encode()).grade == "held"


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED)
def test_a_page_of_this_program_that_prints_an_entry_otherwise_fails(
    change: Callable[[str], str],
) -> None:
    article = [*ARTICLE.finditer(page())][-1]
    step = judge_page_text(page().replace(article[0], change(article[0])).encode())
    assert (step.grade, step.detail.rpartition(": ")[2]) == ("failed", f"entry {article[1]}")


@pytest.mark.parametrize(("old", "new"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_page_that_differs_elsewhere_is_never_called_held(old: str, new: str) -> None:
    assert old in page()
    step = judge_page_text(page().replace(old, new, 1).encode())
    assert (step.number, step.name, step.grade) == (14, "page text", "unchecked")


def test_a_bundle_of_which_no_page_can_be_made_leaves_the_text_unchecked() -> None:
    data = (CORPUS / "statement-with-an-unknown-member.jsonl").read_bytes()
    inside = put_in_page(data.replace(b'"entry":"', b'"entry":"AAAA'))
    assert judge_page_text(f"<!doctype html>{inside}".encode()).grade == "unchecked"


def test_a_page_whose_text_fails_fails_as_a_whole(tmp_path: Path) -> None:
    file = tmp_path / "toys.html"
    file.write_bytes(dossier((CORPUS / "sound.jsonl").read_bytes()))
    honest = verify_file(file, corpus_trust())
    assert with_page_text(file, honest).exit_code == 0
    file.write_text(file.read_text().replace("</dd>", " by nobody</dd>"))
    found = with_page_text(file, verify_file(file, corpus_trust()))
    assert (found.verdict, found.outcome, found.exit_code) == (FAILED, FAILED, 1)


def test_a_file_that_is_no_page_keeps_its_report() -> None:
    file = CORPUS / "sound.jsonl"
    report = verify_file(file, corpus_trust())
    assert with_page_text(file, report) is report
