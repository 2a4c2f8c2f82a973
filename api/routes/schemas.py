"""The JSON Schema of each kind of statement, from the same tables that decode it."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from api import openapi
from api.answers import JSON, answer
from api.problems import Problem
from ledger.core.kinds import KINDS
from ledger.core.schema import schema

router = APIRouter(tags=["schemas"])


@router.get(
    "/schemas",
    responses=openapi.reads("The kinds and their events.", {"type": "object"}),
    response_class=Response,
)
def kinds(request: Request) -> Response:
    """Every kind of statement, with its events and where its schema is."""
    shown = [
        {"kind": name, "events": sorted(kind.events), "schema": f"/v1/schemas/{name}"}
        for name, kind in sorted(KINDS.items())
    ]
    return answer(request, msgspec.json.encode({"kinds": shown}), JSON)


@router.get(
    "/schemas/{kind}",
    responses=openapi.reads("JSON Schema 2020-12.", {"type": "object"}, "application/schema+json"),
    response_class=Response,
)
def kind_schema(request: Request, kind: str = Path(pattern="^[a-z]{1,32}$")) -> Response:
    """The schema of one kind's statements."""
    if kind not in KINDS:
        raise Problem("no-such-kind", f"there is no kind {kind!r}", "kind")
    return answer(request, msgspec.json.encode(schema(kind)), "application/schema+json")
