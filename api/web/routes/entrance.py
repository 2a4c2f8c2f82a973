"""Where addresses without a language lead: to the reader's own."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse

from api.web.language import preferred

router = APIRouter(include_in_schema=False)

NOUNS = (
    "factories",
    "parties",
    "statements",
    "open",
    "investigations",
    "criteria",
    "search",
    "verify",
    "submit",
    "about",
)


def _send_on(request: Request) -> RedirectResponse:
    """The same address in the language that the reader's browser asks for."""
    code = preferred(request.headers.get("accept-language"))
    query = f"?{request.url.query}" if request.url.query else ""
    # Not kept: another reader behind the same cache may speak another language.
    headers = {"vary": "accept-language", "cache-control": "no-cache"}
    return RedirectResponse(f"/{code}{request.url.path}{query}", 307, headers)


router.add_api_route("/", _send_on, methods=["GET"])
for noun in NOUNS:
    router.add_api_route(f"/{noun}", _send_on, methods=["GET"])
    router.add_api_route(f"/{noun}/{{rest:path}}", _send_on, methods=["GET"])
