"""The log's newest signed checkpoint, as c2sp.org/tlog-checkpoint has it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import openapi
from api.answers import answer, service_of

router = APIRouter(tags=["log"])


@router.get(
    "/checkpoint",
    responses=openapi.reads("A signed note of three lines.", {"type": "string"}, "text/plain"),
    response_class=Response,
)
def checkpoint(request: Request) -> Response:
    """The newest tree head that this ledger has signed."""
    head = service_of(request).ledger.checkpoint()
    headers = {"evidence-position": str(head.size)}
    return answer(request, head.note.encode(), "text/plain", headers=headers)
