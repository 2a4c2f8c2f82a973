"""Byte ranges (RFC 9110 section 14): one range is honoured, several are answered with the whole."""

from __future__ import annotations

import re
from typing import Final

from api.problems import Problem

_ONE: Final = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


def parse_range(header: str | None, size: int) -> tuple[int, int] | None:
    """[start, end) of a single range, None for the whole. Raises `Problem` when nothing of it exists, with
    the size that there is (RFC 9110 section 15.5.17).
    """
    match = _ONE.fullmatch(header.replace(" ", "")) if header else None
    if match is None or match[0] == "bytes=-":
        return None
    first, last = match[1], match[2]
    start, end = (max(size - int(last), 0), size) if not first else (int(first), _end(last, size))
    if first and last and int(first) > int(last):
        return None  # syntactically invalid: the field is ignored
    if start >= size or start >= end:
        extent = {"content-range": f"bytes */{size}"}
        raise Problem("bad-range", f"the document has {size} bytes", "Range", headers=extent)
    return start, end


def _end(last: str, size: int) -> int:
    return min(int(last) + 1, size) if last else size
