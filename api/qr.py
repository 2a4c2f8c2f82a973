"""QR codes, the same on paper and on pages: text in; out comes markup, or a picture for what prints."""

from __future__ import annotations

from html import escape
from itertools import groupby

import segno

# Modules of white around a code (ISO/IEC 18004 section 5.3.8).
QUIET = 4
SCALE = 4


def code_svg(text: str, title: str) -> str:
    """The code of `text` as an SVG element that a screen reader calls `title`.

    One unit is one module. Dark modules are black on white whatever stands around them, since that is what
    scanners read best; the size is for a style sheet to give. Raises ValueError for more than a code holds
    (some 2,000 characters).
    """
    # A quarter of the bits that it adds may be lost (level M, often higher in the same size).
    rows = segno.make(text, error="m", micro=False).matrix
    size = len(rows) + 2 * QUIET
    dark = "".join(_row(number, row) for number, row in enumerate(rows, QUIET))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="code" role="img" viewBox="0 0 {size} {size}" '
        f'shape-rendering="crispEdges"><title>{escape(title)}</title>'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path stroke="#000" d="{dark}"/></svg>'
    )


def code_png(text: str) -> str:
    """The same code as a `data:` address of a PNG: a picture is drawn in a fraction of the time that hundreds
    of strokes take.

    A module is `SCALE` dots wide, so that a printer that smooths pictures keeps its edges.
    """
    made = segno.make(text, error="m", micro=False)
    return str(made.png_data_uri(scale=SCALE, border=QUIET))


def _row(number: int, row: bytearray) -> str:
    """The dark modules of a row, each run of them a stroke of one unit's width through their middle."""
    path, at = "", QUIET
    for dark, modules in groupby(row):
        length = len(list(modules))
        path += f"M{at} {number}.5h{length}" if dark else ""
        at += length
    return path
