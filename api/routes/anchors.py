"""Time-stamps of outside authorities over the published checkpoints."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Query, Request
from psycopg import Connection
from starlette.responses import Response

from api import openapi
from api.answers import answer, service_of
from api.parameters import MOST
from ledger.anchoring import stamped_text
from ledger.core.grammar import base64_encode
from ledger.store.timestamps import Dated, covering

router = APIRouter(tags=["log"])

SHOWN: Final = 100
Covers = Annotated[int, Query(ge=0, le=MOST, description="The index of an entry: those that date it.")]


@router.get(
    "/anchors",
    responses=openapi.reads(
        "Replies over checkpoints that hold the entry, the earliest first.", openapi.ANCHORS
    ),
    response_class=Response,
)
def anchors(request: Request, covers: Covers = 0) -> Response:
    """Who dated the log, other than the ledger itself: at most a hundred RFC 3161 replies, as they came."""

    def question(conn: Connection[Any]) -> list[Dated]:
        return covering(conn, covers, SHOWN)

    found = service_of(request).read(question)
    return answer(request, msgspec.json.encode({"items": [_shown(each) for each in found]}))


def _shown(dated: Dated) -> dict[str, Any]:
    stamp = dated.stamp
    return {
        "size": stamp.size,
        "time": stamp.stamped_at,
        "authority": stamp.authority,
        "checkpoint": dated.note,
        "text": base64_encode(stamped_text(dated.note)),
        "reply": base64_encode(stamp.reply),
    }
