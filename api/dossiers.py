"""Dossiers as files: a bundle as one page that checks itself, or as PDF.

Laying out a PDF takes seconds of a processor and much memory, so a process of its own does it, and is ended
when it takes too long.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from typing import Final

from starlette.concurrency import run_in_threadpool

from api.dossier.page import dossier
from api.problems import Problem

HTML: Final = "text/html"
PDF: Final = "application/pdf"
AT_ONCE: Final = 1  # PDFs, of one process
PATIENCE: Final = 120.0  # seconds, for one PDF
MOST_LAID_OUT: Final = 1 << 21  # bytes of a bundle; more fills hundreds of pages

# The working folder is nobody's library.
_PYTHON: Final = (sys.executable, "-P", "-m", "api.dossier.pdf")


async def page(lines: bytes) -> bytes:
    """The bundle `lines` as a page that checks itself."""
    return await run_in_threadpool(dossier, lines)


async def paper(lines: bytes, lang: str) -> bytes:
    """The bundle `lines` as PDF in the language `lang`. Raises `Problem` where it cannot be made here."""
    if not await run_in_threadpool(makes_pdf):
        raise Problem("no-such-form", "this ledger's machine has no WeasyPrint, or no Pango for it")
    if len(lines) > MOST_LAID_OUT:
        raise Problem("no-such-form", f"the bundle has more than {MOST_LAID_OUT} bytes, too many for paper")
    process = await asyncio.create_subprocess_exec(
        *_PYTHON, lang, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        async with asyncio.timeout(PATIENCE):
            made, told = await process.communicate(lines)
    except TimeoutError:
        raise Problem("no-such-form", f"laying it out took longer than {PATIENCE:g} seconds") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise RuntimeError(told.decode("utf-8", "replace"))
    return made


@cache
def makes_pdf() -> bool:
    """Whether WeasyPrint and the libraries it needs are there; looked up once, outside of this process, which
    would keep them in memory for good.
    """
    if find_spec("weasyprint") is None:
        return False
    asked = subprocess.run([*_PYTHON, "--check"], capture_output=True, check=False)  # noqa: S603
    return asked.returncode == 0
