"""The dossier in a real browser, opened from a disk: it checks itself, and names what was changed."""

from __future__ import annotations

import base64
import io
import itertools
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, expect
from pypdf import PdfReader

from api.dossier.page import dossier
from ledger.core import canonical
from ledger.core.note import Verifier
from ledger.core.page import put_in_page, take_from_page
from ledger.core.receipt import Trust, format_trust
from ledger.verifier.bundle import verify_bundle
from tests.support.builder import KeyPair, Log, log_vkey
from tests.support.bundles import bundle_bytes, case, trust
from tests.support.paper import paper_case

LOG = case()
BUNDLE = bundle_bytes(LOG, "factory:toys")
PAGE = dossier(BUNDLE).decode()
ALLEGED = next(one.index for one in LOG.recorded if one.statement.event == "AllegationMade")
STEPS = [
    *("file", "form", "signatures", "key status", "inclusion", "trust root", "checkpoint", "witnesses"),
    *("completeness", "rules", "disclosures", "documents", "time-stamps", "page text"),
]


@dataclass
class Opened:
    """A dossier in a tab, its checks done."""

    page: Page
    requests: list[str]
    complaints: list[str]

    @property
    def grades(self) -> dict[str, str]:
        rows = self.page.locator("#steps tr").all()
        return {str(row.get_attribute("data-step")): str(row.get_attribute("data-grade")) for row in rows}

    @property
    def failed(self) -> set[str]:
        return {step for step, grade in self.grades.items() if grade in ("failed", "unreadable")}

    def detail(self, step: str) -> str:
        return self.page.locator(f'#steps tr[data-step="{step}"] td').last.inner_text()

    def choose_trust(self, text: str) -> None:
        payload = {"name": "trust.json", "mimeType": "application/json", "buffer": text.encode()}
        self.page.set_input_files("#trust", payload)  # type: ignore[arg-type]
        expect(self.page.locator("#trust-told")).not_to_be_empty()
        self.wait()

    def wait(self) -> None:
        """Until the checks are done; the page's policy lets nobody evaluate a condition in it."""
        expect(self.page.locator("#verdict")).to_have_attribute("data-grade", re.compile("."), timeout=30_000)


Open = Callable[[str], Opened]


@pytest.fixture
def opened(chromium: Browser, tmp_path: Path) -> Iterator[Open]:
    context = chromium.new_context()

    def open_page(html: str) -> Opened:
        file = tmp_path / "dossier.html"
        file.write_bytes(html.encode())
        page = context.new_page()
        found = Opened(page, [], [])
        page.on("request", lambda request: found.requests.append(request.url))
        page.on("console", lambda message: found.complaints.append(message.text))
        page.on("pageerror", lambda error: found.complaints.append(str(error)))
        page.goto(file.as_uri())
        found.wait()
        return found

    yield open_page
    context.close()


def with_bundle(data: bytes) -> str:
    """The page with another bundle in it than the one that it prints."""
    inside = put_in_page(data)
    return re.sub(r'<template id="bundle">.*</template>', lambda _: inside, PAGE, flags=re.DOTALL)


def changed(change: Callable[[dict[str, Any]], None], which: Callable[[dict[str, Any]], bool]) -> str:
    """The page with one line of its bundle changed, in canonical form all the same."""
    lines = [json.loads(line) for line in BUNDLE.splitlines()]
    change(next(line for line in lines if which(line)))
    return with_bundle(b"".join(canonical.encode(line) + b"\n" for line in lines))


def test_it_opens_from_a_disk_and_checks_itself(opened: Open) -> None:
    found = opened(PAGE)
    assert list(found.grades) == STEPS
    assert found.failed == set()
    assert found.grades["signatures"] == found.grades["completeness"] == found.grades["page text"] == "held"
    assert found.grades["trust root"] == "unverified"
    assert "Whether it comes from the ledger that you trust is not known" in found.page.inner_text("#verdict")
    marks = found.page.locator("article .mark").all_inner_texts()
    assert set(marks) == {"signed as printed, and in the log at this place"}


def test_it_asks_the_network_for_nothing_and_breaks_none_of_its_own_rules(opened: Open) -> None:
    found = opened(PAGE)
    assert all(url.startswith("file:") for url in found.requests)
    assert len(found.requests) == 1
    assert found.complaints == []


def test_its_policy_lets_no_other_script_run(opened: Open) -> None:
    found = opened(PAGE.replace("<main>", "<main><script>document.title = 'taken over'</script>"))
    assert found.page.title().startswith("Dossier")
    assert any("Content Security Policy" in one for one in found.complaints)


def test_its_policy_lets_nothing_out(opened: Open) -> None:
    page = opened(PAGE).page
    outcome = page.evaluate("fetch('http://127.0.0.1:9/').then(() => 'sent', (error) => String(error))")
    assert "sent" not in outcome


def test_its_policy_lets_no_text_become_markup(opened: Open) -> None:
    page = opened(PAGE).page
    with pytest.raises(Error, match="TrustedHTML"):
        page.evaluate("document.querySelector('h1').innerHTML = '<b>taken over</b>'")


def test_with_a_trust_file_the_ledger_is_known(opened: Open) -> None:
    found = opened(PAGE)
    found.choose_trust(format_trust(trust(LOG)))
    assert found.failed == set()
    assert {found.grades[step] for step in ("trust root", "checkpoint")} == {"held"}
    # The trust file asks for no witnesses, so nobody outside was asked.
    assert found.grades["witnesses"] == "unchecked"
    assert "those marked unchecked say what is wanting" in found.page.inner_text("#verdict")


def test_a_trust_file_of_another_ledger_is_noticed(opened: Open) -> None:
    found = opened(PAGE)
    mine = trust(LOG)
    vkey = Verifier("other.example.org/log", 1, KeyPair("stranger").public).vkey
    other = Trust("other.example.org/log", "ab" * 32, vkey, f"log {vkey}\nquorum none\n")
    found.choose_trust(format_trust(other))
    assert found.failed == {"trust root", "checkpoint"}
    expect(found.page.locator("#verdict")).to_contain_text("names another ledger")
    found.choose_trust(format_trust(Trust(mine.origin, "ab" * 32, mine.vkey, mine.policy)))
    assert found.failed == {"trust root"}
    expect(found.page.locator("#verdict")).to_contain_text("has signed two histories")


def test_a_trust_file_with_another_key_is_noticed(opened: Open) -> None:
    found = opened(PAGE)
    vkey = Verifier(LOG.origin, 1, KeyPair("stranger").public).vkey
    assert vkey != log_vkey()
    mine = trust(LOG)
    found.choose_trust(format_trust(Trust(mine.origin, mine.genesis, vkey, f"log {vkey}\nquorum none\n")))
    assert found.failed == {"checkpoint"}


def test_no_trust_file_at_all_is_told(opened: Open) -> None:
    found = opened(PAGE)
    found.page.set_input_files(
        "#trust", {"name": "trust.json", "mimeType": "application/json", "buffer": b"{}"}
    )
    expect(found.page.locator("#trust-told")).to_contain_text("cannot be used")


def test_it_grades_as_the_verifier_in_python_does(opened: Open) -> None:
    found = opened(PAGE)
    found.choose_trust(format_trust(trust(LOG)))
    told = {step.name: step.grade for step in verify_bundle(BUNDLE, trust(LOG))}
    own = {step: grade for step, grade in found.grades.items() if step != "page text"}
    # What the page leaves to the other verifier it calls unchecked, and never held.
    assert {step for step in own if own[step] != told[step]} <= {"form", "rules"}
    assert own["form"] == own["rules"] == "unchecked"


def allegation(line: dict[str, Any]) -> bool:
    return "entry" in line and line["index"] == ALLEGED


def turn(text: str, at: int) -> str:
    """One base64 character changed for another."""
    return text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]


CHANGES: dict[str, tuple[Callable[[dict[str, Any]], None], Callable[[dict[str, Any]], bool], set[str]]] = {
    "a hash of a path": (
        lambda line: line.update(hashes=[turn(line["hashes"][0], 5), *line["hashes"][1:]]),
        lambda line: "entry" in line and bool(line["hashes"]),
        {"inclusion"},
    ),
    "a hash of a key's path": (
        lambda line: line.update(hashes=[turn(line["hashes"][0], 5), *line["hashes"][1:]]),
        lambda line: "key" in line and bool(line["hashes"]),
        {"completeness"},
    ),
    "the number of a key's entries": (
        lambda line: line["leaf"].update(count=line["leaf"]["count"] + 1),
        lambda line: line.get("key") == "factory:toys",
        {"completeness"},
    ),
    "a disclosure": (
        lambda line: line.update(disclosures=[turn(line["disclosures"][0], 60)]),
        lambda line: "entry" in line and bool(line["disclosures"]),
        {"disclosures", "page text"},
    ),
    "the origin": (lambda line: line.update(origin="elsewhere.example/1"), lambda _: True, {"trust root"}),
    "the position of the index": (
        lambda line: line.update(index=7),
        lambda line: "about" in line,
        {"completeness", "page text"},
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_byte_is_named_by_its_step(opened: Open, name: str) -> None:
    change, which, steps = CHANGES[name]
    assert opened(changed(change, which)).failed == steps


def resigned(change: Callable[[dict[str, Any]], None]) -> str:
    """The page with the allegation's entry changed inside."""

    def alter(line: dict[str, Any]) -> None:
        entry = json.loads(base64.b64decode(line["entry"]))
        change(entry)
        line["entry"] = base64.b64encode(canonical.encode(entry)).decode()

    return changed(alter, allegation)


def test_a_changed_signature_is_named_by_its_step(opened: Open) -> None:
    def change(entry: dict[str, Any]) -> None:
        signature = entry["envelope"]["signatures"][0]
        signature["sig"] = turn(signature["sig"], 10)

    found = opened(resigned(change))
    assert found.failed == {"signatures", "inclusion", "completeness"}
    assert f"entry {ALLEGED}" in found.detail("signatures")
    assert "failed" in found.page.inner_text(f"#entry-{ALLEGED} .mark")


def test_a_back_dated_entry_is_named_by_the_log_and_by_the_page(opened: Open) -> None:
    found = opened(resigned(lambda entry: entry.update(recordedAt="2020-01-05T09:00:00.000Z")))
    assert found.failed == {"inclusion", "completeness", "rules", "page text"}


def test_a_statement_left_out_is_missed(opened: Open) -> None:
    lines = [json.loads(line) for line in BUNDLE.splitlines()]
    last = max(at for at, line in enumerate(lines) if "entry" in line and line["index"] == 11)
    kept = b"".join(canonical.encode(line) + b"\n" for at, line in enumerate(lines) if at != last)
    found = opened(with_bundle(kept))
    assert found.failed & {"completeness", "file"}
    assert "signatures" not in found.failed


def test_a_damaged_line_is_named_by_its_number(opened: Open) -> None:
    found = opened(with_bundle(BUNDLE.replace(b'{"disclosures"', b'{"disclosurez"', 1)))
    assert found.grades == {"file": "unreadable"}


def test_the_text_that_the_page_prints_is_held_against_what_was_signed(opened: Open) -> None:
    assert "osh/pre-job-training" in PAGE
    found = opened(PAGE.replace('<dd dir="auto">osh/pre-job-training</dd>', '<dd dir="auto">osh/heat</dd>'))
    assert found.failed == {"page text"}
    assert "osh/pre-job-training" in found.page.inner_text(f"#entry-{ALLEGED}")
    assert "osh/heat" not in found.page.inner_text("main")


def test_the_words_that_it_is_read_in_are_held_against_what_was_signed(opened: Open) -> None:
    words = '<dd dir="auto">finding by certifier, entry 11</dd>'
    assert PAGE.count(words) == 1
    for instead in ('<dd dir="auto">finding by ngo, entry 11</dd>', ""):
        found = opened(PAGE.replace(words, instead))
        assert found.failed == {"page text"}
        assert "finding by certifier, entry 11" in found.page.inner_text(f"#entry-{ALLEGED}")


def test_a_name_counts_only_where_a_statement_in_the_file_gives_it(opened: Open) -> None:
    page = dossier(bundle_bytes(paper_case(), "factory:toys")).decode()
    assert opened(page).page.title() == "Dossier: Toys & Co."
    forged = page.replace("Toys &amp; Co.", "Somebody else").replace("Toys & Co.", "Somebody else")
    inside = page.partition('<template id="bundle">')[2].partition("</template>")[0]
    forged = re.sub(
        r'<template id="bundle">.*</template>',
        lambda _: f'<template id="bundle">{inside}</template>',
        forged,
        flags=re.DOTALL,
    )
    found = opened(forged)
    assert found.failed == {"page text"}
    assert found.page.title() == "Dossier: Toys & Co."
    assert "Somebody else" not in found.page.inner_text("body")


def program(page: str) -> str:
    """What the page's policy admits by its hash."""
    return page.partition('<script type="module">')[2].partition("</script>")[0]


def test_the_program_is_the_same_in_all_dossiers() -> None:
    other = dossier(bundle_bytes(paper_case(), "party:ngo")).decode()
    assert program(PAGE)
    assert program(other) == program(PAGE)


def test_no_page_brings_the_words_by_which_it_is_checked(opened: Open) -> None:
    """A page that prints other words for a code, drops a reply, and carries tables that say the same."""
    tables = {
        "values": {"issue": {'"osh/pre-job-training"': "Child labour"}},
        "structure": ["disputes", "about", "respondsTo"],
        "answers": [],
    }
    forged = PAGE.replace("Pre-job training (Occupational safety and health)", "Child labour")
    forged = forged.replace("<div><dt>Reply</dt>", "<div hidden><dt>Reply</dt>")
    forged = re.sub(r"<div><dt>Later</dt>.*?</div>", "", forged)
    carried = f'<script type="application/json" id="words">{json.dumps(tables)}</script>'
    forged = forged.replace('<script type="module">', carried + '<script type="module">')
    assert program(forged) == program(PAGE)
    found = opened(forged)
    assert found.failed == {"page text"}
    shown = found.page.inner_text(f"#entry-{ALLEGED}")
    assert "Pre-job training" in shown
    assert "finding by certifier, entry 11" in shown
    assert "Child labour" not in found.page.inner_text("main")


def test_other_tables_are_another_program_which_the_page_does_not_run(
    chromium: Browser, tmp_path: Path
) -> None:
    label = '"osh/pre-job-training": "Pre-job training"'
    assert program(PAGE).count(label) == 1
    file = tmp_path / "dossier.html"
    file.write_text(PAGE.replace(label, '"osh/pre-job-training": "Child labour"'))
    page = chromium.new_page()
    page.goto(file.as_uri())
    assert "Nothing has been checked yet" in page.inner_text("main")
    page.close()


def test_what_a_document_about_a_factory_is_titled_does_not_name_the_factory(opened: Open) -> None:
    log = Log.opened()
    log.register("ngo")
    log.factory("toys")
    title = {"title": {"lang": "en", "text": "Hell on Earth"}}
    described = {"form": "report", "availability": "public"}
    log.say("DocumentReferenced", "ngo", about=["factory:toys"], claim=described, hidden=title)
    page = dossier(bundle_bytes(log, "factory:toys")).decode()
    assert "Hell on Earth" in page
    forged = page.replace('data-fact="called">toys<', 'data-fact="called">Hell on Earth<')
    found = opened(forged)
    assert found.failed == {"page text"}
    assert found.page.title() == "Dossier: toys"


def test_what_a_stranger_proposes_does_not_rename_a_factory_of_the_registrar(opened: Open) -> None:
    log = paper_case()
    names = {"names": [{"lang": "en", "text": "Somebody else"}]}
    log.say("FactoryAmended", "ngo", about=["factory:toys"], claim={}, hidden=names)
    log.index()
    found = opened(dossier(bundle_bytes(log, "factory:toys")).decode())
    assert found.failed == set()
    assert found.page.title() == "Dossier: Toys & Co."


def test_every_member_as_it_was_signed_is_there_to_open(opened: Open) -> None:
    page = opened(PAGE).page
    article = page.locator(f"#entry-{ALLEGED}")
    assert "osh/pre-job-training" not in article.inner_text()
    article.get_by_text("As it was signed").click()
    assert "osh/pre-job-training" in article.inner_text()


@pytest.mark.parametrize(
    ("printed", "instead"),
    [
        (
            '<p class="dim" data-fact="about">factory:toys',
            '<p class="dim" data-fact="about">factory:elsewhere',
        ),
        ('<span data-fact="called">toys</span>', '<span data-fact="called">factory:elsewhere</span>'),
        ("<title>Dossier: toys", "<title>Dossier: factory:elsewhere"),
        ("up to entry 15, by the index", "up to entry 99, by the index"),
        ('data-fact="own">', 'data-fact="own">1'),
    ],
)
def test_what_the_page_says_of_the_whole_is_held_against_the_bundle(
    opened: Open, printed: str, instead: str
) -> None:
    assert printed in PAGE
    found = opened(PAGE.replace(printed, instead, 1))
    assert found.failed == {"page text"}
    assert "factory:elsewhere" not in found.page.title() + found.page.inner_text("body")


def test_a_statement_moved_out_of_its_section_is_put_back(opened: Open) -> None:
    start = PAGE.index(f'<article id="entry-{ALLEGED}">')
    article = PAGE[start : PAGE.index("</article>", start) + len("</article>")]
    moved = PAGE.replace(article, "").replace('data-section="context">', f'data-section="context">{article}')
    found = opened(moved)
    assert found.failed == {"page text"}
    assert found.page.locator(f'[data-section="own"] #entry-{ALLEGED}').count() == 1


def test_another_bundle_is_not_taken_for_the_one_printed(opened: Open) -> None:
    assert "page text" in opened(with_bundle(bundle_bytes(LOG, "factory:elsewhere"))).failed


def test_a_statement_that_nobody_signed_is_taken_off_the_page(opened: Open) -> None:
    forged = '<article id="entry-99"><h3>allegation, entry 99</h3><dl></dl><p class="mark"></p></article>'
    found = opened(PAGE.replace('<article id="entry-7">', forged + '<article id="entry-7">'))
    assert found.failed == {"page text"}
    assert found.page.locator("#entry-99").count() == 0


def test_markup_in_a_text_stays_text(opened: Open) -> None:
    shown = opened(PAGE).page.inner_text(f"#entry-{ALLEGED}")
    assert "Training took four hours <b>&amp; no more</b>." in shown


def test_it_reads_without_scripts(chromium: Browser, tmp_path: Path) -> None:
    file = tmp_path / "dossier.html"
    file.write_text(PAGE)
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(file.as_uri())
    text = page.inner_text("main")
    assert "Nothing has been checked yet" in text
    assert "Not evidenced" in text
    assert page.locator("#checks").is_hidden()
    context.close()


def test_the_bundle_can_be_taken_out_of_the_page(opened: Open) -> None:
    page = opened(PAGE).page
    with page.expect_download() as download:
        page.click("#save")
    assert Path(download.value.path()).read_bytes() == BUNDLE


def test_it_prints_what_is_read_and_leaves_out_what_is_not_opened(opened: Open) -> None:
    paper = PdfReader(io.BytesIO(opened(PAGE).page.pdf()))
    text = "\n".join(one.extract_text() for one in paper.pages)
    assert paper.metadata is not None
    assert paper.metadata.title == "Dossier: toys"
    assert "Pre-job training" in text
    assert "osh/pre-job-training" not in text


def test_on_a_narrow_screen_nothing_is_cut_off(opened: Open) -> None:
    page = opened(PAGE).page
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_every_part_is_reachable_and_named(opened: Open) -> None:
    page = opened(PAGE).page
    headings = page.evaluate("Array.from(document.querySelectorAll('h1,h2,h3'), (h) => Number(h.tagName[1]))")
    assert headings[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(headings))
    assert page.get_by_label("Whom do you trust?").count() == 1
    assert page.locator("th:not([scope])").count() == 0
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the statements"


def test_the_bundle_can_be_taken_out_by_another_program() -> None:
    assert take_from_page(PAGE.encode()) == BUNDLE


def test_two_pages_of_one_bundle_are_the_same_page() -> None:
    assert dossier(BUNDLE) == dossier(bundle_bytes(case(), "factory:toys"))


def test_a_log_without_an_index_makes_a_page_that_claims_less(opened: Open) -> None:
    log = Log.opened()
    log.factory("toys")
    found = opened(dossier(bundle_bytes(log, "factory:toys")).decode())
    assert found.failed == set()
    assert found.grades["completeness"] == "unchecked"


def test_how_a_finding_was_reached_is_held_against_the_descriptions_of_its_investigation(
    opened: Open,
) -> None:
    log = Log.opened()
    log.register("ngo")
    log.register("certifier", roles=("certifier",))
    log.factory("toys")
    alleged = log.say("AllegationMade", "ngo", about=["factory:toys"], claim={"issue": "osh/ppe"})
    who = [{"party": "certifier", "role": "lead"}]
    told = {"stage": "reported", "participants": who, "methods": ["management-interview", "records-review"]}
    team = {"team": {"lang": "en", "text": "Two people."}}
    first = log.say("AuditDescribed", "certifier", about=["factory:toys"], claim=told, hidden=team)
    log.disclosures.clear()
    later = {"stage": "closed", "participants": who, "notice": "announced", "competence": "not-disclosed"}
    log.say("AuditDescribed", "certifier", about=["factory:toys"], claim=later, refs=[("sameAs", first)])
    for within in ([("within", first)], []):
        refs = [("about", alleged), *within]
        claim = {"outcome": "not-evidenced"}
        log.say("DeterminationIssued", "certifier", about=["factory:toys"], claim=claim, refs=refs)
    page = dossier(bundle_bytes(log, "factory:toys")).decode()
    found = opened(page)
    assert found.failed == set()
    assert found.grades["page text"] == "held"
    forged = opened(page.replace("announced (by entry", "unannounced (by entry"))
    assert forged.failed == {"page text"}
    assert "announced (by entry" in forged.page.inner_text("main")
    assert "unannounced (by entry" not in forged.page.inner_text("main")
