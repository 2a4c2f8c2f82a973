"""A dossier laid out for paper: what the page prints, in any language, with a code beside each statement."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from html import unescape

import pytest

from api.dossier.paper import paper
from api.dossier.seen import Seen, seen
from api.dossier.text import describe, read
from api.qr import code_png
from api.web.language import LANGUAGES, language
from ledger.core.bundle import parse_bundle
from ledger.core.checkpoint import parse as parse_checkpoint
from ledger.core.citation import Citation, format_citation
from ledger.core.note import split_note
from ledger.core.report import Report
from ledger.verifier.bundle import verify_bundle
from tests.support.builder import Log
from tests.support.bundles import bundle_bytes, case, trust
from tests.support.paper import CHINESE, paper_case

ABOUT = "factory:toys"


@dataclass(frozen=True)
class Case:
    """A log, its bundle, and what verifying that found."""

    log: Log
    data: bytes
    report: Report

    @classmethod
    def of(cls, log: Log, about: str = ABOUT) -> Case:
        data = bundle_bytes(log, about)
        return cls(log, data, verify_bundle(data, trust(log)))

    def html(self, code: str = "en") -> str:
        return paper(self.data, self.report, language(code))

    def position(self, event: str) -> int:
        """That of the last statement of this event."""
        return next(one.index for one in reversed(self.log.recorded) if one.statement.event == event)


@cache
def small() -> Case:
    return Case.of(paper_case())


@cache
def english() -> str:
    return small().html()


def article(html: str, index: int) -> str:
    (found,) = re.findall(rf'<article id="entry-{index}">.*?</article>', html, re.S)
    return found


def text(html: str) -> str:
    """What a reader reads of it: no markup, white space as one space."""
    bare = re.sub(r"<svg.*?</svg>|<style>.*?</style>", " ", html, flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", bare)).split())


def test_it_prints_every_row_that_the_page_prints() -> None:
    entries = [read(one) for one in parse_bundle(small().data).entries]
    known = {one.id: one for one in entries}
    for one in entries:
        printed = describe(one, known)
        shown = text(article(english(), one.index))
        assert printed.heading in shown[:1].lower() + shown[1:]
        for row in printed.rows:
            assert row.what in shown
            for part in (row.lead, row.text, row.remark):
                assert " ".join(part.split()) in shown


def test_each_statement_stands_once() -> None:
    indexes = [int(one) for one in re.findall(r'<article id="entry-(\d+)">', english())]
    assert sorted(indexes) == [one.index for one in parse_bundle(small().data).entries]


@pytest.mark.parametrize("index", [0, 7, -1])
def test_the_code_beside_a_statement_cites_it(index: int) -> None:
    bundle = parse_bundle(small().data)
    entry = read(bundle.entries[index])
    head = parse_checkpoint(split_note(bundle.head.checkpoint)[0])
    cited = format_citation(Citation(entry.id, entry.index, head))
    ((image, words),) = re.findall(r'<img src="([^"]+)" alt="([^"]+)">', article(english(), entry.index))
    assert unescape(image) == code_png(cited)
    assert words == f"Code that cites entry {entry.index}, statement {entry.id}"


def test_its_cover_has_the_name_in_every_language() -> None:
    cover = english().partition('<section class="cover">')[2].partition("</section>")[0]
    assert "<h1>Toys &amp; Co.</h1>" in cover
    assert '<span lang="zh">玩具厂</span>' in cover
    assert ABOUT in cover


def test_in_another_language_it_goes_by_its_name_there() -> None:
    assert "<h1>玩具厂</h1>" in small().html("zh")


def test_its_cover_says_which_state_of_which_log_it_prints() -> None:
    head = parse_checkpoint(split_note(parse_bundle(small().data).head.checkpoint)[0])
    cover = text(english().partition('<section class="cover">')[2].partition("</section>")[0])
    assert head.origin in cover
    assert f"Its entries when this was made {head.size}" in cover
    assert head.text().split("\n")[2] in cover
    assert small().log.genesis_id in cover


def test_a_demonstration_says_that_nobody_named_has_signed() -> None:
    demo = Log.opened("demo")
    html = Case.of(case(demo)).html()
    assert "the organisations named signed nothing here" in text(html)
    assert "the organisations named signed nothing here" not in text(english())


def test_quoted_texts_carry_their_language_and_no_other_text_does() -> None:
    alleged = article(english(), small().position("AllegationMade") - 2)
    assert f'<span lang="zh">{CHINESE}</span> (zh)' in alleged
    assert re.findall(r"<span(?! lang=)", english()) == []


def test_markup_in_a_text_stays_text() -> None:
    assert "Training took four hours &lt;b&gt;&amp;amp; no more&lt;/b&gt;." in english()


def test_every_reference_leads_to_a_statement_that_is_printed() -> None:
    targets = set(re.findall(r'href="#([^"]+)"', english()))
    assert targets
    assert targets <= set(re.findall(r'id="([^"]+)"', english()))
    assert not re.findall(r'(?:href|src)="(?!#|data:image/png;base64,)', english())


def test_hand_and_voice_stand_in_a_sentence_and_as_they_were_signed() -> None:
    shown = text(article(english(), small().position("AllegationMade")))
    assert "certifier says (paraphrase), taken by ngo from" in shown
    assert "not signed by certifier" in shown
    assert "said by certifier (paraphrase); not signed by certifier" in shown.replace(
        "said bycert", "said by cert"
    )


def test_a_withdrawal_stands_beside_what_it_withdraws() -> None:
    withdrawal = small().position("StatementWithdrawn")
    (withdrawn,) = [one for one in re.findall(r"<article.*?</article>", english(), re.S) if CHINESE in one]
    assert "withdrawn by 1 of 1" in text(withdrawn)
    assert f'href="#entry-{withdrawal}"' in withdrawn


def test_codes_are_explained_beside_what_was_signed() -> None:
    shown = text(article(english(), small().position("QuestionAsked")))
    assert "topic" in shown
    assert re.search(r"osh/ppe \[[^\]]+\]", text(english()))


def test_it_tells_what_verifying_the_bundle_found() -> None:
    html = text(english())
    for step in small().report:
        assert step.detail in html
    assert "Is it the ledger that you trust?" in html


def test_without_a_trust_file_it_says_that_nobody_said_whom_to_trust() -> None:
    data = small().data
    html = text(paper(data, verify_bundle(data, None), language("en")))
    assert html.count("unverified") >= 3
    assert "nobody said which ledger you trust" in html


def test_characters_without_a_shape_are_printed_by_their_number() -> None:
    log = Log.opened()
    log.register("ngo")
    log.factory("toys")
    said = {"lang": "en", "text": "bell\x07 and \u202eback\u202c, line\nand \x00 \ue000"}
    log.say("AllegationMade", "ngo", about=[ABOUT], claim={"issue": "osh/ppe"}, hidden={"text": said})
    found = Case.of(log)
    html = paper(found.data, found.report, language("en"), missing=["\ue000", "\u4e2d"])
    assert "bell‹U+0007› and ‹U+202E›back‹U+202C›, line\nand \ufffd ‹U+E000›" in html
    assert "printed by their number, in ‹›: U+0007, U+202C, U+202E, U+E000." in text(html)


def test_where_every_character_has_a_shape_nothing_is_said_about_it() -> None:
    assert "by their number" not in text(english())


def test_the_contents_tell_statements_of_one_kind_apart() -> None:
    contents = english().partition('<section class="contents">')[2].partition("</section>")[0]
    question = small().position("QuestionAsked")
    (row,) = [one for one in re.findall(r"<tr>.*?</tr>", contents, re.S) if f'"#entry-{question}"' in one]
    assert f"Question, entry {question} Notice" in text(row)
    alleged = small().position("AllegationMade")
    assert re.search(rf"Allegation, entry {alleged} Personal protective equipment", text(contents))


def test_the_contents_name_no_outcome_since_it_never_stands_without_its_method() -> None:
    contents = english().partition('<section class="contents">')[2].partition("</section>")[0]
    assert f"entry {small().position('DeterminationIssued')}" in text(contents)
    assert "Not evidenced" not in text(contents)


def test_dates_stand_as_they_were_signed_and_in_the_readers_words() -> None:
    html = text(article(small().html("fr"), small().position("AllegationMade")))
    assert "2019-12 [décembre 2019]" in html
    assert re.search(r"2026-01-05T\S+Z \[5 janvier 2026, \d\d:\d\d UTC\]", html)
    assert re.search(r"2026年1月5日", text(small().html("zh").partition("contents")[2]))


def test_what_was_seen_is_told_in_the_readers_language() -> None:
    for code in LANGUAGES:
        for step in small().report:
            told = seen(step.detail, language(code), code)
            assert told.lang == code, step.detail
            assert (told.text == step.detail) == (code == "en"), step.detail


def test_what_is_seen_in_no_case_known_stands_in_english() -> None:
    assert seen("something new", language("fr"), "fr") == Seen("something new", "en")


@pytest.mark.parametrize("code", LANGUAGES)
def test_it_is_in_the_language_that_was_asked_for(code: str) -> None:
    html = small().html(code)
    assert f'<html lang="{language(code).tag}">' in html
    assert language(code).gettext("How to check this") in text(html)
    assert text(html).count(language(code).gettext("signed by")) > 15


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_in_another_language_what_was_signed_stays_as_it_was_signed(code: str) -> None:
    html = text(small().html(code))
    for entry in (read(one) for one in parse_bundle(small().data).entries):
        assert entry.id in html
        assert entry.recorded_at in html
    assert CHINESE in html


def test_the_same_bundle_and_report_make_the_same_document() -> None:
    assert Case.of(paper_case()).html() == english()


def test_a_statement_alone_has_paper_of_its_own() -> None:
    question = next(one for one in small().log.recorded if one.statement.event == "QuestionAsked")
    about = f"statement:{question.statement.id}"
    html = Case.of(small().log, about).html()
    assert f"<h1>{about}</h1>" in html
    assert f'id="entry-{question.index}"' in html


# --- determinations ---------------------------------------------------------------------------


def finding(log: Log, **told: object) -> Case:
    """A finding about an allegation of harassment; its audit is described unless `told` is empty."""
    log.register("ngo")
    log.register("certifier", roles=("certifier",))
    log.factory("toys")
    issue = {"issue": "harassment-gbv"}
    alleged = log.say("AllegationMade", "ngo", about=[ABOUT], claim=issue, visibility="public")
    refs = [("about", alleged)]
    if told:
        who = [{"party": "certifier", "role": "lead"}]
        claim = {"stage": "reported", "participants": who, **told}
        audit = log.say("AuditDescribed", "certifier", about=[ABOUT], claim=claim)
        asked = {"addressees": ["certifier"], "topic": "competence"}
        log.say("QuestionAsked", "ngo", about=[ABOUT], claim=asked, refs=[("about", audit)])
        refs.append(("within", audit))
    outcome = {"outcome": "not-evidenced"}
    log.say("DeterminationIssued", "certifier", about=[ABOUT], claim=outcome, refs=refs)
    return Case.of(log)


def test_a_finding_never_stands_without_its_method() -> None:
    found = finding(Log.opened(), methods=["records-review"], notice="announced")
    asked = found.position("QuestionAsked")
    shown = article(found.html(), found.position("DeterminationIssued"))
    assert "outcome not-evidenced [Not evidenced]" in text(shown)
    assert f"as far as this document tells: entry {found.position('AuditDescribed')}" in text(shown)
    reached = text(shown.partition('<div class="reached">')[2])
    assert "Methods Records review" in reached
    assert "Notice Announced" in reached
    assert "Training on gender-based violence not disclosed" in reached
    assert "not disclosed; asked : no answer in this ledger" in reached
    assert f'href="#entry-{asked}"' in shown
    assert "How hard it is to find" in reached
    assert "no statement of the ledger, signed by nobody" in reached


def test_a_finding_of_no_investigation_says_that_nothing_is_disclosed() -> None:
    found = finding(Log.opened())
    reached = text(article(found.html(), found.position("DeterminationIssued")).partition("reached")[2])
    assert "No investigation is named." in reached
    assert reached.count("not disclosed") == 8


def test_nothing_but_a_determination_has_been_reached() -> None:
    determined = [one for one in small().log.recorded if one.statement.kind == "determination"]
    assert english().count('<div class="reached">') == len(determined) == 1
