"""The log's newest signed checkpoint, published or not yet."""

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
    """The newest tree head that this ledger has signed: what fresh receipts lead to.

    Its files are published a little later: see `/checkpoint` without `/v1`.
    """
    head = service_of(request).ledger.checkpoint()
    headers = {"evidence-position": str(head.size)}
    return answer(request, head.note.encode(), "text/plain", headers=headers)
