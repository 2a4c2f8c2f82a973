"""The 2019 case on paper: printed by a command, scanned from the sheets, checked against the public log."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from pypdf import PdfReader

from ledger.core.citation import parse_citation
from tests.acceptance.conftest import Demo, Ran, evidence
from tests.support.paper import demand_paper, run

pytestmark = pytest.mark.xdist_group("acceptance")

FOSHAN = "factory:foshan-nanhai-mattel"


@pytest.fixture(scope="module")
def paper(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    demand_paper()
    file = tmp_path_factory.mktemp("paper") / "foshan.pdf"
    ran = demo.run("dossier", FOSHAN, "-o", file, "--trust", demo.data / "trust.json")
    assert (ran.code, ran.err) == (0, ""), ran.err
    assert "print it" in " ".join(ran.out.split())
    return file


@pytest.fixture(scope="module")
def sheets(paper: Path) -> list[str]:
    """The text of each sheet, read once: it takes longer than to print them."""
    return [page.extract_text() for page in PdfReader(paper).pages]


@pytest.fixture(scope="module")
def short(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The paper about one statement, a few sheets."""
    demand_paper()
    file = tmp_path_factory.mktemp("short") / "statement.pdf"
    assert print_statement(demo, file, "--trust", demo.data / "trust.json").code == 0
    return file


def print_statement(demo: Demo, file: Path, *more: object) -> Ran:
    return demo.run("dossier", demo.shown["timeline"]["items"][0]["id"], "-o", file, *more)


def text(file: Path) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(file).pages)


def test_it_prints_the_factory_with_everything_that_its_page_has(
    paper: Path, sheets: list[str], demo: Demo
) -> None:
    found = "\n".join(sheets)
    reader = PdfReader(paper)
    assert reader.metadata is not None
    assert reader.metadata.title == "Dossier – Foshan Nanhai Mattel Precision Diecasting"
    for item in demo.shown["timeline"]["items"]:
        assert item["id"] in found
    assert "the organisations named signed nothing" in found.replace("\n", " ")


def test_it_says_what_was_found_with_the_trust_file_and_without_one(short: Path, demo: Demo) -> None:
    alone = short.with_name("alone.pdf")
    assert print_statement(demo, alone).code == 0
    assert "unverified" not in text(short)
    assert text(alone).count("unverified") >= 3


def test_made_again_it_is_the_same_file(short: Path, demo: Demo) -> None:
    again = short.with_name("again.pdf")
    assert print_statement(demo, again, "--trust", demo.data / "trust.json").code == 0
    assert again.read_bytes() == short.read_bytes()


def test_the_bundle_can_be_taken_out_of_it_and_verifies(paper: Path, demo: Demo) -> None:
    run("pdfdetach", "-saveall", "-o", str(paper.parent), str(paper))
    bundle = paper.parent / "dossier.bundle"
    assert evidence("verify", bundle, "--trust", demo.data / "trust.json").code == 0
    direct = paper.with_name("direct.bundle")
    assert demo.run("bundle", FOSHAN, "-o", direct).code == 0
    assert direct.read_bytes() == bundle.read_bytes()


def test_what_a_scanner_reads_from_a_sheet_checks_against_the_public_log(
    paper: Path, sheets: list[str], demo: Demo
) -> None:
    # The table of contents names it, too, and has no codes.
    page = next(
        at for at, words in enumerate(sheets, 1) if "Allegation, entry" in words and "Contents" not in words
    )
    run(
        "pdftoppm",
        "-r",
        "200",
        "-gray",
        "-f",
        str(page),
        "-l",
        str(page),
        str(paper),
        str(paper.parent / "sheet"),
    )
    images = [str(image) for image in paper.parent.glob("sheet*.pgm")]
    scanned = run("zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", *images)
    codes = re.split(r"(?=^urn:evidence-ledger:)", scanned, flags=re.M)[1:]
    assert codes
    for code in codes:
        file = paper.with_name("code.txt")
        file.write_text(code)
        ran = evidence("citation", file, demo.url, "--trust", demo.data / "trust.json", "--json")
        assert ran.code == 0, ran.out + ran.err
        assert json.loads(ran.out)["verdict"] == "logged, unwitnessed"
        assert any(parse_citation(code).statement in words for words in sheets)


def test_it_comes_in_the_language_that_was_asked_for(demo: Demo, tmp_path: Path) -> None:
    demand_paper()
    file = tmp_path / "ietp.pdf"
    assert print_statement(demo, file, "--lang", "de", "--json").json()["entries"] >= 1
    assert PdfReader(file).trailer["/Root"]["/Lang"] == "de"
    assert "Wie Sie dies prüfen" in text(file)


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        ((FOSHAN, "-o", "x.pdf", "--lang", "it"), 2, "en, fr, de, zh"),
        ((FOSHAN, "-o", "x.html", "--lang", "fr"), 2, "FILE.pdf"),
        (("factory:nowhere", "-o", "x.pdf"), 1, "nowhere"),
    ],
)
def test_what_cannot_be_printed_is_told_in_one_line_and_leaves_nothing(
    demo: Demo, tmp_path: Path, arguments: tuple[str, ...], code: int, told: str
) -> None:
    ran = evidence("dossier", *arguments, "--url", demo.url, cwd=tmp_path)
    assert ran.code == code
    assert len(ran.err.splitlines()) == 1
    assert told in ran.err
    assert list(tmp_path.iterdir()) == []


def test_where_the_library_is_missing_it_says_how_to_get_it(demo: Demo, tmp_path: Path) -> None:
    # The working folder comes first in this command's path: WeasyPrint as it is where Pango is missing.
    shim = tmp_path / "weasyprint.py"
    shim.write_text("print('-----')\nraise OSError('cannot load library libpango-1.0-0')\n")
    ran = evidence("dossier", FOSHAN, "-o", "x.pdf", "--url", demo.url, cwd=tmp_path)
    assert (ran.code, ran.out) == (1, "")
    assert len(ran.err.splitlines()) == 1
    assert "apt-get install libpango-1.0-0" in ran.err
    assert not (tmp_path / "x.pdf").exists()
