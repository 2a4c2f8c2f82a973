"""Dossiers as files: a bundle as one page that checks itself, or as PDF.

Making one takes a processor for seconds and much memory. A process of its own does it, within bounds, and is
ended when it takes too long or nobody waits for it any more; what it made is kept until the log grows.
"""

from __future__ import annotations

import asyncio
import hashlib
import subprocess
import sys
from collections import OrderedDict
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from typing import Final

from api.dossier.made import TOO_MUCH_MEMORY
from api.problems import Problem

HTML: Final = "text/html"
PDF: Final = "application/pdf"
PAGES_AT_ONCE: Final = 2  # of one process
PAPERS_AT_ONCE: Final = 1
PATIENCE: Final = 120.0  # seconds, for one of them
MOST_KEPT: Final = 1 << 26  # bytes of finished dossiers that one process keeps
# Bytes of a bundle; more makes a page that browsers are slow with, or fills hundreds of sheets.
MOST_PRINTED: Final = {"html": 1 << 23, "pdf": 1 << 21}

# The working folder is nobody's library.
_PYTHON: Final = (sys.executable, "-P", "-m")
_MAKING: Final = (*_PYTHON, "api.dossier.made")


class Kept:
    """Finished dossiers by their entity tags, at most `limit` bytes; those not asked for longest go first."""

    def __init__(self, limit: int = MOST_KEPT) -> None:
        self._limit = limit
        self._made: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0

    def get(self, tag: str) -> bytes | None:
        """What was made under this tag, if it is still there."""
        if tag in self._made:
            self._made.move_to_end(tag)
        return self._made.get(tag)

    def put(self, tag: str, made: bytes) -> None:
        """Keep it, unless it is larger than all that may be kept."""
        if len(made) > self._limit or tag in self._made:
            return
        self._made[tag] = made
        self._size += len(made)
        while self._size > self._limit:
            _, oldest = self._made.popitem(last=False)
            self._size -= len(oldest)


def tag_of(about: str, form: str, lang: str, *state: str) -> str:
    """The entity tag of a dossier, known before it is made; `state` is all of the ledger that it depends on.

    Weak when sent: which bytes a PDF has is up to fonts and libraries, too.
    """
    parts = "\0".join((version("evidence-ledger"), about, form, lang, *state))
    return f'"{hashlib.sha256(parts.encode()).hexdigest()[:32]}-{form}-{lang}"'


async def make(lines: bytes, form: str, lang: str) -> bytes:
    """The bundle `lines` as "html" or "pdf". Raises `Problem` where it cannot be made here."""
    if len(lines) > MOST_PRINTED[form]:
        raise _too_large(f"the bundle has more than {MOST_PRINTED[form]} bytes")
    process = await asyncio.create_subprocess_exec(
        *_MAKING, form, lang, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        async with asyncio.timeout(PATIENCE):
            made, told = await process.communicate(lines)
    except TimeoutError:
        raise _too_large(f"making it took longer than {PATIENCE:g} seconds") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    # A library that gets no memory ends its process by a signal.
    if process.returncode == TOO_MUCH_MEMORY or process.returncode < 0:
        raise _too_large("making it took more than the memory or time that one may take")
    if process.returncode:
        raise RuntimeError(told.decode("utf-8", "replace"))
    return made


def _too_large(detail: str) -> Problem:
    return Problem("dossier-too-large", detail)


def demand_form(form: str) -> None:
    """Raises `Problem` for a form that this machine does not make."""
    if form == "pdf" and not makes_pdf():
        raise Problem("no-such-form", "this ledger's machine has no WeasyPrint, or no Pango for it")


@cache
def makes_pdf() -> bool:
    """Whether WeasyPrint and the libraries it needs are there; looked up once, outside of this process, which
    would keep them in memory for good.
    """
    if find_spec("weasyprint") is None:
        return False
    asked = subprocess.run([*_PYTHON, "api.dossier.pdf"], capture_output=True, check=False)  # noqa: S603
    return asked.returncode == 0
