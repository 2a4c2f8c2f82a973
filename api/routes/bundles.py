"""Bundles: everything about a name or a statement, with its proofs, in one file that needs no network."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.responses import Response, StreamingResponse

from api import bundles, openapi
from api.answers import REVALIDATE, service_of
from api.etags import matches
from api.parameters import IdPath, SlugPath

router = APIRouter(tags=["bundles"])

Documents = Annotated[
    bool, Query(description="A zip with the bytes of the public documents that the bundle names.")
]
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A bundle (docs/protocol.md, Bundles), or a zip with its documents.",
        "content": {bundles.LINES: {"schema": {"type": "string"}}, bundles.ZIP: _BINARY},
        "headers": {"ETag": {"description": "Of the exact bytes.", "schema": {"type": "string"}}},
    },
    **openapi.not_modified(),
    **openapi.PROBLEMS,
}


@router.get("/factories/{slug}/bundle", responses=_ANSWERS, response_class=Response)
async def factory(request: Request, slug: SlugPath, documents: Documents = False) -> Response:
    """All there is about a factory and those it was merged with or split from."""
    return await _answer(request, f"factory:{slug}", documents=documents)


@router.get("/parties/{slug}/bundle", responses=_ANSWERS, response_class=Response)
async def party(request: Request, slug: SlugPath, documents: Documents = False) -> Response:
    """All there is about a party, all it signed, and all it claims."""
    return await _answer(request, f"party:{slug}", documents=documents)


@router.get("/criteria/{slug}/bundle", responses=_ANSWERS, response_class=Response)
async def criterion(request: Request, slug: SlugPath, documents: Documents = False) -> Response:
    """All there is about a criterion."""
    return await _answer(request, f"criterion:{slug}", documents=documents)


@router.get("/statements/{id}/bundle", responses=_ANSWERS, response_class=Response)
async def statement(request: Request, id: IdPath, documents: Documents = False) -> Response:  # noqa: A002
    """A statement and all that refers to it."""
    return await _answer(request, f"statement:{id}", documents=documents)


async def _answer(request: Request, about: str, *, documents: bool) -> Response:
    with request.app.state.bundles.enter():
        file = await bundles.write(service_of(request), about, documents=documents)
        tag, size = await run_in_threadpool(bundles.entity_tag, file)
    headers = {"etag": tag, "cache-control": REVALIDATE}
    if matches(request.headers.get("if-none-match"), tag):
        file.close()
        return Response(status_code=304, headers=headers)
    name = f"{about.replace(':', '-')}.{'zip' if documents else 'jsonl'}"
    headers |= {"content-length": str(size), "content-disposition": f'attachment; filename="{name}"'}
    kind = bundles.ZIP if documents else bundles.LINES
    return StreamingResponse(_sent(file), 200, headers, kind)


async def _sent(file: bundles.Spool) -> Any:
    with file:
        async for chunk in iterate_in_threadpool(bundles.chunks(file)):
            yield chunk
