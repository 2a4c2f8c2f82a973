"""A page held against the bundle inside it: does it print what was signed?

`evidence-verify` has no words to print with, and leaves that open; here the page is made of the bundle anew.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from api.dossier.page import dossier
from ledger.core.page import take_from_page
from ledger.core.refusal import Refusal
from ledger.core.report import FAILED, HELD, Report, Step
from ledger.verifier.files import PAGE_TEXT
from ledger.verifier.reading import MALFORMED

# What a page computes its text with: two pages of one bundle with the same print the same.
_PROGRAM = re.compile(rb"<(script|style)\b.*?</\1>", re.DOTALL)
_ARTICLE = re.compile(rb'<article id="entry-(\d+)">.*?</article>', re.DOTALL)
_SHOWN = 5  # entries named in a step's detail


def with_page_text(path: Path, report: Report) -> Report:
    """The report on a file, with the text of a page judged; other files' reports as they are."""
    if PAGE_TEXT not in report.steps:
        return report
    step = judge_page_text(path.read_bytes())
    verdict = FAILED if step.grade == FAILED else report.verdict
    return replace(report, steps=tuple(step if one == PAGE_TEXT else one for one in report), verdict=verdict)


def judge_page_text(page: bytes) -> Step:
    """Whether a page prints what the bundle inside it says.

    It does where it is byte for byte what is made of that bundle here, and does not where the same program
    makes other articles of it. A page with another program, such as an earlier version's, stays unchecked.
    """
    try:
        made = dossier(take_from_page(page))
    except (*MALFORMED, Refusal) as error:
        # A defect of the bundle is for its own steps to find.
        return replace(PAGE_TEXT, detail=f"of the bundle inside no page can be made here: {error}")
    if page == made:
        return replace(PAGE_TEXT, grade=HELD, detail="byte for byte what is made of the bundle inside")
    is_same = [one[0] for one in _PROGRAM.finditer(page)] == [one[0] for one in _PROGRAM.finditer(made)]
    printed, right = _articles(page), _articles(made)
    wrong = sorted(at for at in printed.keys() | right.keys() if printed.get(at) != right.get(at))
    if is_same and wrong:
        named = ", ".join(f"entry {at}" for at in wrong[:_SHOWN]) + (", ..." if wrong[_SHOWN:] else "")
        return replace(PAGE_TEXT, grade=FAILED, detail=f"it prints something else than was signed: {named}")
    said = "not the page that is made here of the bundle inside: altered, or made by another version"
    return replace(PAGE_TEXT, detail=said)


def _articles(page: bytes) -> dict[int, bytes]:
    """What is printed of each entry; of one printed twice, both."""
    found: dict[int, bytes] = {}
    for one in _ARTICLE.finditer(page):
        found[int(one[1])] = found.get(int(one[1]), b"") + one[0]
    return found
