"""A dossier as PDF: structure for screen readers, fonts inside, codes that scanners read, its bundle."""

from __future__ import annotations

import gc
import io
import itertools
import logging
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from api.dossier.pdf import BUNDLE, Document, demand_pdf, pdf
from api.web.language import language
from ledger.core.bundle import parse_bundle
from ledger.core.citation import parse_citation
from ledger.core.refusal import LedgerError
from ledger.core.statement import read_recorded
from ledger.verifier.bundle import verify_bundle
from ledger.verifier.cited import verify_citation
from tests.support.builder import Log
from tests.support.bundles import bundle_bytes, trust
from tests.support.paper import CHINESE, demand_paper, paper_case, run
from tests.support.public_files import publish, trust_of

LOG = paper_case()
BUNDLE_BYTES = bundle_bytes(LOG, "factory:toys")
ENTRIES = {one.index for one in parse_bundle(BUNDLE_BYTES).entries}

# One process makes what these tests share.
pytestmark = pytest.mark.xdist_group("paper")


@dataclass
class Printed:
    """A PDF, read back."""

    document: Document
    steps: list[tuple[int, int | None]]
    complaints: list[str]
    reader: PdfReader = field(init=False)

    def __post_init__(self) -> None:
        self.reader = PdfReader(io.BytesIO(self.document.data), strict=True)

    @property
    def catalog(self) -> DictionaryObject:
        return self.reader.trailer["/Root"]

    @property
    def text(self) -> str:
        return "\n".join(page.extract_text() for page in self.reader.pages)

    def elements(self) -> Iterator[DictionaryObject]:
        """Every element of the structure, in order."""
        yield from _below(self.catalog["/StructTreeRoot"])

    def tags(self) -> Counter[str]:
        return Counter(str(one["/S"]) for one in self.elements())


def _below(element: DictionaryObject) -> Iterator[DictionaryObject]:
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, ArrayObject | list) else [kids]:
        found = kid.get_object() if isinstance(kid, IndirectObject) else kid
        if isinstance(found, DictionaryObject) and "/S" in found:
            yield found
            yield from _below(found)


def printed(code: str = "en", log: Log = LOG) -> Printed:
    data = bundle_bytes(log, "factory:toys")
    heard: list[str] = []
    listener = logging.Handler(logging.WARNING)
    listener.emit = lambda record: heard.append(record.getMessage())  # type: ignore[method-assign]
    steps: list[tuple[int, int | None]] = []
    logging.getLogger("weasyprint").addHandler(listener)
    try:
        report = verify_bundle(data, trust(log))
        made = pdf(data, report, language(code), lambda done, total: steps.append((done, total)))
    finally:
        logging.getLogger("weasyprint").removeHandler(listener)
    return Printed(made, steps, heard)


@pytest.fixture(scope="module")
def english() -> Printed:
    demand_paper()
    return printed()


@pytest.fixture(scope="module")
def chinese() -> Printed:
    demand_paper()
    return printed("zh")


def test_it_says_that_it_is_pdf_ua(english: Printed) -> None:
    xmp = english.catalog["/Metadata"].get_data().decode()
    assert re.search(r'pdfuaid:part="1"', xmp)
    assert english.reader.pdf_header == "%PDF-1.7"


def test_it_is_tagged_and_has_a_language_and_a_title(english: Printed, chinese: Printed) -> None:
    assert english.catalog["/MarkInfo"]["/Marked"] == True  # noqa: E712 - a PDF object, not a bool
    assert english.catalog["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert english.catalog["/Lang"] == "en"
    assert chinese.catalog["/Lang"] == "zh-Hans"
    assert english.reader.metadata is not None
    assert english.reader.metadata.title == "Dossier – Toys & Co."


def test_its_structure_has_headings_tables_and_lists(english: Printed) -> None:
    tags = english.tags()
    assert tags["/H1"] == 1
    assert tags["/H2"] >= 7
    # One over each statement, and one over each part of the contents.
    assert tags["/H3"] == len(ENTRIES) + 3
    assert tags["/Art"] >= len(ENTRIES)
    assert tags["/TH"] > tags["/Art"]
    assert tags["/L"] >= 3


def test_headings_never_skip_a_level(english: Printed) -> None:
    levels = [int(tag[2]) for one in english.elements() if re.fullmatch("/H[1-6]", tag := str(one["/S"]))]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_every_cell_of_a_table_knows_its_headings(english: Printed) -> None:
    cells = [one for one in english.elements() if one["/S"] == "/TD"]
    assert cells
    assert all(one["/A"]["/Headers"] for one in cells)


def test_each_code_is_a_figure_with_words_for_it(english: Printed) -> None:
    told = [str(one["/Alt"]) for one in english.elements() if one["/S"] == "/Figure"]
    assert {int(re.search(r"entry (\d+)", one)[1]) for one in told} == ENTRIES  # type: ignore[index]
    assert len(told) == len(ENTRIES)


def test_quoted_texts_say_their_language_to_screen_readers(english: Printed) -> None:
    languages = Counter(str(one["/Lang"]) for one in english.elements() if "/Lang" in one)
    assert languages["zh"] >= 3
    assert set(languages) == {"en", "zh"}


def test_each_statement_has_a_bookmark(english: Printed) -> None:
    titles = [str(one["/Title"]) for one in _flat(english.reader.outline)]
    indexes = [int(found[1]) for title in titles if (found := re.search(r", entry (\d+)$", title))]
    assert sorted(indexes) == sorted(ENTRIES)
    assert "How to check this" in titles


def _flat(outline: Any) -> Iterator[Any]:
    for one in outline:
        if isinstance(one, list):
            yield from _flat(one)
        else:
            yield one


def test_references_are_links_within_the_document(english: Printed) -> None:
    named = english.reader.named_destinations
    links = [
        note.get_object() for page in english.reader.pages for note in page.get("/Annots", ArrayObject())
    ]
    assert len(links) > len(ENTRIES)
    assert {str(link["/Dest"]) for link in links} <= named.keys()
    assert all("/Contents" in link for link in links)


def test_its_fonts_are_inside(english: Printed, chinese: Printed) -> None:
    for one in (english, chinese):
        fonts = [font for page in one.reader.pages for font in _fonts(page)]
        assert any("CJK" in str(font["/BaseFont"]) for font in fonts)
        for font in fonts:
            descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert {"/FontFile2", "/FontFile3"} & descriptor.keys()
            assert "/ToUnicode" in font


def _fonts(page: Any) -> Iterator[Any]:
    for font in page["/Resources"]["/Font"].values():
        yield font.get_object()


def test_text_can_be_taken_out_in_every_script(english: Printed, chinese: Printed) -> None:
    for one in (english, chinese):
        assert CHINESE in one.text.replace("\n", "")
    assert "Training took four hours <b>&amp; no more</b>." in english.text
    assert "如何检查" in chinese.text


def test_each_sheet_says_whose_it_is_and_how_many_there_are(english: Printed) -> None:
    pages = english.reader.pages
    assert len(pages) == english.document.pages
    for number, page in enumerate(pages, 1):
        found = page.extract_text()
        assert LOG.origin in found
        assert f"{number} / {len(pages)}" in found
        assert number == 1 or "factory:toys" in found


def test_no_heading_is_the_last_on_its_page(english: Printed) -> None:
    for page in english.reader.pages:
        lines = [line.strip() for line in page.extract_text().splitlines() if line.strip()]
        body = [line for line in lines if LOG.origin not in line and not re.fullmatch(r"\d+ / \d+", line)]
        assert not re.fullmatch(r"[A-Z][a-z ]+, entry \d+", body[-1]), body[-3:]


def test_the_bundle_is_attached_as_it_was(english: Printed) -> None:
    assert english.reader.attachments == {BUNDLE: [BUNDLE_BYTES]}


def test_nothing_about_it_was_amiss(english: Printed, chinese: Printed) -> None:
    assert english.complaints == chinese.complaints == []
    assert english.document.missing == ()


def test_progress_goes_up_to_its_end(english: Printed) -> None:
    assert english.steps[0][0] == 1
    assert english.steps[-1] == (2 * english.document.pages, 2 * english.document.pages)


def test_garbage_is_collected_again_once_it_is_made(english: Printed) -> None:
    assert english.document.pages
    assert gc.isenabled()


def test_the_same_bundle_makes_the_same_bytes(english: Printed) -> None:
    assert printed().document.data == english.document.data


def test_it_has_no_date_of_its_making(english: Printed) -> None:
    assert english.reader.metadata is not None
    assert english.reader.metadata.creation_date is None
    assert english.reader.metadata.modification_date is None


def test_a_scanner_reads_from_each_sheet_what_the_log_has(english: Printed, tmp_path: Path) -> None:
    """Drawn as a printer would, read by somebody else's program, and held against the public files."""
    file = tmp_path / "dossier.pdf"
    file.write_bytes(english.document.data)
    run("pdftoppm", "-r", "200", "-gray", str(file), str(tmp_path / "page"))
    pages = sorted(str(page) for page in tmp_path.glob("page*.pgm"))
    assert len(pages) == english.document.pages
    read = run("zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", *pages)
    codes = ["urn:evidence-ledger:" + one for one in read.split("urn:evidence-ledger:")[1:]]
    assert {parse_citation(code).index for code in codes} == ENTRIES
    files = publish(LOG.entries)
    assert {verify_citation(code, files, trust_of(LOG)).exit_code for code in codes} == {0}
    assert {parse_citation(code).statement for code in codes} == {
        read_recorded(one.index, one.data).statement.id for one in parse_bundle(BUNDLE_BYTES).entries
    }


def test_characters_that_no_font_has_stand_by_their_number() -> None:
    demand_paper()
    log = Log.opened()
    log.register("ngo")
    log.factory("toys")
    # The last character of the last plane: nobody will ever draw it.
    text = {"lang": "en", "text": "before \U0010fffd after"}
    log.say(
        "AllegationMade", "ngo", about=["factory:toys"], claim={"issue": "osh/ppe"}, hidden={"text": text}
    )
    found = printed(log=log)
    assert found.document.missing == ("\U0010fffd",)
    assert "before ‹U+10FFFD› after" in found.text


def test_a_text_longer_than_a_page_is_printed_whole() -> None:
    demand_paper()
    log = Log.opened()
    log.register("ngo")
    log.factory("toys")
    words = " ".join(f"word{number}" for number in range(1_600))
    log.say(
        "AllegationMade",
        "ngo",
        about=["factory:toys"],
        claim={"issue": "osh/ppe"},
        hidden={"text": {"lang": "en", "text": words}},
    )
    found = printed(log=log).text
    assert all(f"word{number}" in found for number in (0, 799, 1_599))


# --- where it cannot be made --------------------------------------------------------------


def test_a_missing_package_is_told_with_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(LedgerError, match="a PDF needs the Python package weasyprint") as error:
        demand_pdf()
    assert "pip install 'weasyprint" in error.value.mend


def test_a_missing_library_is_told_with_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # What WeasyPrint does where Pango is missing: it prints much, and raises OSError.
    (tmp_path / "weasyprint.py").write_text("print('-----')\nraise OSError('cannot load library libpango')\n")
    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(LedgerError, match="library Pango") as error:
        demand_pdf()
    assert "libpango-1.0-0" in error.value.mend
    assert capsys.readouterr().out == ""
