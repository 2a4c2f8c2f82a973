"""A dossier as PDF/UA-1, made by WeasyPrint of what `paper.py` lays out; the bundle is attached.

WeasyPrint is an optional package and needs libraries of the system: `demand_pdf` says in one line what is
missing. The same bundle, report, language, fonts and versions give the same bytes.
"""

from __future__ import annotations

import gc
import hashlib
import io
import logging
import sys
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from api.dossier.paper import newest, paper
from api.web.language import Language
from ledger.core.refusal import LedgerError
from ledger.core.report import FAILED, UNREADABLE, Report

VARIANT: Final = "pdf/ua-1"
BUNDLE: Final = "dossier.bundle"

ShowProgress = Callable[[int, int | None], None]
"""show(done, total), in pages, each counted when it is laid out and when it is drawn."""


@dataclass(frozen=True, slots=True)
class Document:
    """The bytes of a PDF, how many pages it has, and the characters that it prints by their number."""

    data: bytes
    pages: int
    missing: tuple[str, ...]


def demand_pdf() -> Any:
    """The module WeasyPrint. Raises LedgerError where it or what it needs is not installed."""
    try:
        # What it would print about missing libraries is said here in one line.
        with redirect_stdout(io.StringIO()):
            import weasyprint  # type: ignore[import-untyped]
    except ModuleNotFoundError as error:
        mend = "install it with `pip install 'weasyprint>=70,<71'`"
        raise LedgerError(f"a PDF needs the Python package {error.name}", mend) from error
    except OSError as error:
        mend = "on Debian: `apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0`"
        raise LedgerError(f"a PDF needs the library Pango, which was not found: {error}", mend) from error
    return weasyprint


def sound(report: Report) -> Report:
    """The report itself. Raises LedgerError for one of a bundle that does not hold: paper would hide it.

    Too few witnesses are told on the paper, as of a receipt, for the log itself may be sound.
    """
    for step in report:
        if step.grade == UNREADABLE or (step.grade == FAILED and step.name != "witnesses"):
            mend = "keep it as evidence and ask the ledger: `evidence bundle`, then `evidence verify`"
            raise LedgerError(f"not printed, for it does not hold: {step.name}: {step.detail}", mend)
    return report


def pdf(data: bytes, report: Report, language: Language, show: ShowProgress) -> Document:
    """The bundle `data`, of which `report` is the verification, as PDF.

    Raises LedgerError, and `Refusal` when `data` is no bundle that could be printed.
    """
    weasyprint = demand_pdf()
    told = _render(weasyprint, data, paper(data, report, language), show)
    if told.missing:
        # Only drawing shows which characters no font has; they are then printed by their number.
        missing = sorted(told.missing)
        told = _render(weasyprint, data, paper(data, report, language, missing), show)
        return Document(told.data, told.pages, tuple(missing))
    return Document(told.data, told.pages, ())


@dataclass(slots=True)
class _Rendering:
    """What one rendering came to."""

    show: ShowProgress
    missing: set[str] = field(default_factory=set)
    laid_out: int = 0
    pages: int = 0
    data: bytes = b""


def _render(weasyprint: Any, data: bytes, html: str, show: ShowProgress) -> _Rendering:
    told = _Rendering(show)
    with _listening(told), _uncollected():
        document = weasyprint.HTML(string=html, url_fetcher=_fetch_codes).render(pdf_variant=VARIANT)
        told.pages = len(document.pages)
        for number, page in enumerate(document.pages, told.pages):
            page.paint = _counted(page.paint, number, told)
        told.data = document.write_pdf(
            pdf_variant=VARIANT,
            # Neither a date nor anything by chance: what is the same has the same identifier.
            pdf_identifier=hashlib.sha256(html.encode("utf-8")).hexdigest()[:32],
            attachments=[_attached(weasyprint, data)],
            finisher=tell_languages,
        )
    return told


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the search for cycles: nearly all that is made of a page is kept until the last one is drawn,
    and looking through it again and again costs a tenth of the whole.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _fetch_codes(url: str) -> Any:
    """The codes that a page carries; nothing is loaded from anywhere."""
    if url.startswith("data:image/png;base64,"):
        from weasyprint.urls import URLFetcherResponse  # type: ignore[import-untyped]

        return URLFetcherResponse(url, b64decode(url.partition(",")[2]), {"Content-Type": "image/png"})
    raise ValueError(f"a dossier needs nothing from {url}")


def _attached(weasyprint: Any, data: bytes) -> Any:
    """The bundle as a file in the PDF, as old as its newest entry."""
    moment = datetime.fromisoformat(newest(data))
    told = "The statements with their proofs; check it with evidence-verify"
    return weasyprint.Attachment(string=data, name=BUNDLE, description=told, created=moment, modified=moment)


def _counted(paint: Callable[..., None], before: int, told: _Rendering) -> Callable[..., None]:
    def painted(*arguments: Any, **options: Any) -> None:
        paint(*arguments, **options)
        told.show(before + 1, 2 * told.pages)

    return painted


# --- what it says while it works --------------------------------------------------------------


class _Listener(logging.Handler):
    """Takes in the pages that are laid out, and the characters that no font has."""

    def __init__(self, told: _Rendering) -> None:
        super().__init__()
        self._told = told

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg.startswith("Step 5 - Creating layout - Page") and record.args:
            page = record.args[0]  # type: ignore[index]
            assert isinstance(page, int)
            self._told.laid_out = max(self._told.laid_out, page)
            self._told.show(page, None if page == self._told.laid_out else 2 * self._told.laid_out)
        elif record.msg.startswith(".notdef glyph") and record.args:
            self._told.missing.add(str(record.args[0]))  # type: ignore[index]


@contextmanager
def _listening(told: _Rendering) -> Iterator[None]:
    """Hear what WeasyPrint logs, and nobody else does."""
    listener = _Listener(told)
    loggers = [logging.getLogger(name) for name in ("weasyprint", "weasyprint.progress")]
    before = [(one.level, one.propagate) for one in loggers]
    for one in loggers:
        one.addHandler(listener)
        one.setLevel(logging.INFO)
        one.propagate = False
    try:
        yield
    finally:
        for one, (level, propagate) in zip(loggers, before, strict=True):
            one.removeHandler(listener)
            one.setLevel(level)
            one.propagate = propagate


# --- languages --------------------------------------------------------------------------------


def tell_languages(document: Any, pdf: Any) -> None:
    """Say in the structure which language each quoted text is in (PDF/UA-1, 7.2): WeasyPrint says it of the
    whole alone.

    Texts stand in `span`, which paper uses for nothing else. Each part of one that has a line to itself is an
    element of its own, and both the boxes and the elements stand in the order of the document.
    """
    # Private parts, as this release has them; pyproject.toml admits no other.
    from pydyf import String  # type: ignore[import-untyped]
    from weasyprint.formatting_structure.boxes import InlineBox  # type: ignore[import-untyped]

    languages = [lang for page in document.pages for lang in _languages(page._page_box, InlineBox)]
    elements = [one for one in pdf.objects if _is_quotation(one)]
    assert len(languages) == len(elements), "boxes and elements are the same texts"
    for lang, element in zip(languages, elements, strict=True):
        element["Lang"] = String(lang)


def _languages(box: Any, inline: Any) -> Iterator[str]:
    for child in getattr(box, "children", ()):
        if child.element_tag == "span" and isinstance(child, inline):
            yield child.element.attrib["lang"]
        yield from _languages(child, inline)


def _is_quotation(element: Any) -> bool:
    """Elements of texts have elements in them; those of a line's characters have numbers."""
    is_span = isinstance(element, dict) and element.get("S") == "/Span"
    return is_span and not all(isinstance(one, int) for one in element["K"])


# --- in a process of its own ------------------------------------------------------------------


def main() -> int:
    """`python -m api.dossier.pdf` tells by its exit code whether a PDF could be made here."""
    try:
        demand_pdf()
    except LedgerError as error:
        print(f"{error.what}: {error.mend}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
