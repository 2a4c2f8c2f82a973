"""Style, scripts and pictures of the pages, kept by browsers for ever under a name that changes with them."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from api.answers import FOR_EVER
from api.problems import Problem
from api.web import assets

router = APIRouter(include_in_schema=False)

# What a worker may do follows from its own file: load our modules, and send nothing to anybody.
_POLICY: Final = "default-src 'none'; script-src 'self'; frame-ancestors 'none'"


@router.get("/static/{build}/{path:path}")
def static(build: str, path: str) -> Response:
    """One file. An older build's address gives the present file, and says not to keep it."""
    data = assets.contents().get(path)
    if data is None:
        raise Problem("not-found", "there is no such file")
    kept = FOR_EVER if build == assets.build() else "no-store"
    media = assets.MEDIA[path.rpartition(".")[2]]
    headers = {
        "cache-control": kept,
        "cross-origin-resource-policy": "same-origin",
        "content-security-policy": _POLICY,
    }
    return Response(data, headers=headers, media_type=media)
