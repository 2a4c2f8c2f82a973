"""What `evidence dossier -o FILE.pdf` does: verify the bundle, lay it out, tell what fonts are missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.console import complain, progress
from api.cli.options import UsageError
from api.cli.words import _, plural
from ledger.core.receipt import Trust
from ledger.core.report import Report
from ledger.verifier.bundle import verify_bundle

if TYPE_CHECKING:
    from api.dossier.pdf import Document

Lang = Annotated[
    str, typer.Option("--lang", metavar="LANGUAGE", help="Of a PDF's own words: en, fr, de or zh.")
]
ENGLISH = "en"
SHOWN = 10  # characters, of those that no font has


def printer(lang: str, trust: Trust | None) -> Callable[[bytes], bytes]:
    """What makes a PDF of a bundle. Raises UsageError for a language that there is not, and LedgerError where
    what it takes is not installed.
    """
    # Imported late: only here are a template engine, four languages and WeasyPrint needed.
    from api.dossier.pdf import demand_pdf, sound
    from api.web.language import LANGUAGES

    if lang not in LANGUAGES:
        raise UsageError(f"--lang {lang}: there is no such language", f"give one of {', '.join(LANGUAGES)}")
    demand_pdf()

    def made(lines: bytes) -> bytes:
        document = _laid_out(lines, sound(verify_bundle(lines, trust)), lang)
        _tell_missing(document)
        return document.data

    return made


def _laid_out(lines: bytes, report: Report, lang: str) -> Document:
    from api.dossier.pdf import pdf
    from api.web.language import language

    with progress(_("laying out and drawing"), None) as advance:
        seen = 0

        def show(done: int, total: int | None) -> None:
            nonlocal seen
            advance(done - seen, total=total)
            seen = done

        return pdf(lines, report, language(lang), show)


def _tell_missing(document: Document) -> None:
    if not document.missing:
        return
    count = plural("{n} character has", "{n} characters have", len(document.missing))
    shown = ", ".join(f"U+{ord(one):04X}" for one in document.missing[:SHOWN])
    what = _("{count} no font here and stand by their number: {shown}", count=count, shown=shown)
    complain(what, _("on Debian: `apt-get install fonts-noto-core fonts-noto-cjk`, then make it again"))
