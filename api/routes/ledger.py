"""The ledger's own terms, as entry 0 and its amendments leave them."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import Response

from api import openapi
from api.answers import answer, service_of

router = APIRouter(tags=["log"])

_TERMS: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["ledger", "size", "recordedAt", "logKeys", "policy", "intervals", "version"],
}


@router.get(
    "/ledger",
    responses=openapi.reads("Which ledger this is, and its terms.", _TERMS),
    response_class=Response,
)
def ledger(request: Request) -> Response:
    """Which keys sign for the log now, the witness policy, and how soon entries are indexed and published."""
    service = service_of(request)
    about, (head, terms) = service.about, service.terms()
    shown = {
        "ledger": about.to_json(),
        "size": head.size,
        "recordedAt": head.recorded_at,
        "logKeys": list(terms.log_keys),
        "policy": terms.policy,
        "intervals": {"index": terms.index_interval, "maxPublishDelay": terms.max_publish_delay},
        "version": terms.version,
    }
    return answer(request, msgspec.json.encode(shown), headers={"evidence-position": str(head.size)})
