"""Is the process alive, and may it be given work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.answers import service_of
from api.composition import Service
from ledger.core.refusal import LedgerError

router = APIRouter(tags=["operation"])
MOST_BEHIND = 50_000  # entries; beyond, what is shown is too old to be called the ledger

_READY: dict[str, Any] = {
    "type": "object",
    "properties": {"ready": {"type": "boolean"}},
    "required": ["ready"],
}


@router.get(
    "/healthz",
    responses={200: {"description": "The process answers.", "content": {"application/json": {"schema": {}}}}},
    response_class=Response,
)
async def alive() -> Response:
    """Nothing but that the process answers."""
    return Response(b'{"status":"ok"}', headers={"cache-control": "no-store"}, media_type="application/json")


@router.get(
    "/readyz",
    responses={
        200: {"description": "All parts work.", "content": {"application/json": {"schema": _READY}}},
        503: {"description": "Some part does not.", "content": {"application/json": {"schema": _READY}}},
    },
    response_class=Response,
)
async def ready(request: Request) -> Response:
    """All parts: sequencer, views, migrations, publication, witnesses, documents; what is wrong with each."""
    service = service_of(request)
    checks = await run_in_threadpool(_checks, service)
    checks["blobs"] = await _blobs(service)
    well = all(check["ok"] for check in checks.values())
    body = msgspec.json.encode({"ready": well, "checks": checks})
    return Response(body, 200 if well else 503, {"cache-control": "no-store"}, media_type="application/json")


def _checks(service: Service) -> dict[str, dict[str, Any]]:
    return {
        "sequencer": _checked(lambda: _sequencer(service)),
        "views": _checked(lambda: _views(service)),
        "search": _checked(lambda: _search(service)),
        "migrations": _checked(lambda: _migrations(service)),
        "publication": _checked(service.publication),
        "index": _checked(service.indexing),
        "witnesses": _checked(lambda: _witnesses(service)),
    }


def _checked(check: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """A part that cannot even be asked is not well; what it said stays in the log of the process."""
    try:
        return check()
    except LedgerError as error:
        return {"ok": False, "detail": error.what}
    except Exception as error:
        return {"ok": False, "detail": type(error).__name__}


def _sequencer(service: Service) -> dict[str, Any]:
    problem = service.sequencer.problem
    return {"ok": problem is None} | ({"detail": problem.what} if problem else {})


def _views(service: Service) -> dict[str, Any]:
    views = service.health()
    well = all(view.ok and view.behind <= MOST_BEHIND for view in views)
    return {"ok": well, "views": [view.to_json() for view in views]}


def _search(service: Service) -> dict[str, Any]:
    """Words that lag or have stopped are shown, and make the process no less ready for everything else."""
    return {"ok": True, "words": service.search_health().to_json()}


def _migrations(service: Service) -> dict[str, Any]:
    waiting = service.pending_migrations()
    return {"ok": not waiting, "pending": waiting}


def _witnesses(service: Service) -> dict[str, Any]:
    """A witness that does not answer is shown, and makes the process no less ready; an alarm does."""
    states = service.witness_states()
    well = not any(state.standing.alarm for state in states)
    return {"ok": well, "witnesses": [state.to_json() for state in states]}


async def _blobs(service: Service) -> dict[str, Any]:
    try:
        await service.blobs.check_ready()
    except LedgerError as error:
        return {"ok": False, "detail": error.what}
    return {"ok": True}
