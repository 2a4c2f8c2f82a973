"""The public log as files (c2sp.org/tlog-tiles): the published checkpoint, hash tiles and entry bundles.

They come straight from the folder or bucket that they were published to; the database is not asked.
"""

from __future__ import annotations

import gzip
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import openapi
from api.answers import FOR_EVER, answer, service_of
from api.problems import Problem
from ledger.core.refusal import Refusal
from ledger.core.tiles import CHECKPOINT_PATH, ENTRIES, parse_path

router = APIRouter(tags=["log"])

SECONDS_OLD: Final = "public, max-age=2"
OCTETS: Final = "application/octet-stream"
PLAIN: Final = "text/plain; charset=utf-8"
# A page on any site, or on a reader's disk, may check this log.
ANYONE: Final = {"access-control-allow-origin": "*"}
# Bundles halve at this level already; higher ones take several times as long.
GZIP_LEVEL: Final = 4

_BYTES: Final[dict[str, Any]] = {"type": "string", "format": "binary"}


@router.get(
    "/checkpoint",
    responses=openapi.reads("A signed note of three lines.", {"type": "string"}, "text/plain"),
    response_class=Response,
)
def checkpoint(request: Request) -> Response:
    """The published tree head: every tile of its size is there."""
    note = service_of(request).files.read(CHECKPOINT_PATH)
    if note is None:
        raise Problem("no-checkpoint", "nothing has been published yet")
    size = note.split(b"\n")[1].decode()
    return answer(request, note, PLAIN, SECONDS_OLD, {**ANYONE, "evidence-position": size})


@router.get(
    "/tile/{path:path}",
    responses=openapi.reads("A tile or entry bundle of a published tree.", _BYTES, OCTETS),
    response_class=Response,
)
def tile(request: Request, path: str) -> Response:
    """A hash tile, `<level>/<index>`, or an entry bundle, `entries/<index>`; partial: with `.p/<width>`."""
    try:
        wanted = parse_path(f"tile/{path}")
    except Refusal as refusal:
        raise Problem("no-such-tile", refusal.what) from refusal
    data = service_of(request).files.read(wanted.path)
    if data is None:
        raise Problem("no-such-tile", "no published tree has it")
    if wanted.level != ENTRIES:
        return answer(request, data, OCTETS, FOR_EVER, ANYONE)
    return _bundle(request, data)


def _bundle(request: Request, data: bytes) -> Response:
    """Entries are text, so that they travel at half their size to whoever takes gzip."""
    headers = {**ANYONE, "vary": "accept-encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        data = gzip.compress(data, GZIP_LEVEL, mtime=0)
        headers["content-encoding"] = "gzip"
    return answer(request, data, OCTETS, FOR_EVER, headers)
