"""Documents: upload the bytes before the statement that captures them; read them back by digest."""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import APIRouter, Header, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from api import documents, limits, media, openapi
from api.answers import FOR_EVER, HEAD_ONLY, service_of
from api.composition import Service
from api.etags import matches
from api.parameters import AtLeast, IdPath
from api.problems import Problem
from api.ranges import parse_range

router = APIRouter(tags=["documents"])

_TAKEN = openapi.answers(
    "Stored under its digest; capture it by a statement.",
    {
        "type": "object",
        "properties": {
            "sha256": openapi.DIGEST,
            "size": {"type": "integer", "minimum": 1},
            "media": {"enum": sorted(media.ALLOWED)},
        },
        "required": ["media", "sha256", "size"],
    },
    status=201,
)
_BYTES = {
    media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in sorted(media.ALLOWED)
}
_ANY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
# Whatever was uploaded is never a page of ours: it is saved, not shown, and can run nothing.
_INERT = {
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "same-origin",
}


@router.post("/documents", status_code=201, responses=_TAKEN, response_class=Response, openapi_extra=_ANY)
async def upload(request: Request) -> Response:
    """Store bytes. Their type is told from the content alone; a name or declared type is not looked at."""
    service = service_of(request)
    limit = service.settings.max_document_bytes
    with request.app.state.uploads.enter():
        stream = limits.chunks(request.scope, request.receive, limit)
        taken = await documents.take(service.blobs, stream, limit)
    headers = {"location": f"/v1/documents/{taken.sha256}", "cache-control": "no-store"}
    return Response(msgspec.json.encode(taken._asdict()), 201, headers, "application/json")


@router.get(
    "/documents/{sha256}",
    responses={
        200: {"description": "The bytes, to be saved.", "content": _BYTES},
        206: {"description": "The range asked for.", "content": _BYTES},
        **openapi.not_modified(),
        **openapi.PROBLEMS,
    },
    response_class=Response,
)
async def document(
    request: Request,
    sha256: IdPath,
    at_least: AtLeast = None,
    range_: str | None = Header(None, alias="Range", max_length=100, description="One byte range."),
) -> Response:
    """The bytes that a public statement has captured, as a download."""
    service = service_of(request)
    await run_in_threadpool(_demand_captured, service, sha256, at_least)
    size = await service.blobs.size(sha256)
    if size is None:
        raise _unknown(sha256)
    tag = f'"{sha256}"'
    if matches(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers={"etag": tag, "cache-control": FOR_EVER})
    wanted = parse_range(range_, size) if request.headers.get("if-range", tag) == tag else None
    start, end = wanted or (0, size)
    kind = media.detect(await _read(service, sha256, media.HEAD)) or "application/octet-stream"
    headers = _headers(tag, sha256, kind, (start, end, size), partial=wanted is not None)
    if HEAD_ONLY in request.scope:
        return Response(None, 206 if wanted else 200, headers, kind)
    stream = service.blobs.open(sha256, start, end)
    return StreamingResponse(stream, 206 if wanted else 200, headers, kind)


def _demand_captured(service: Service, sha256: str, at_least: int | None) -> None:
    if at_least is not None:
        service.wait_for(at_least)
    if not service.read(lambda conn: documents.is_captured(conn, sha256)):
        raise _unknown(sha256)


def _headers(
    tag: str, sha256: str, kind: str, extent: tuple[int, int, int], *, partial: bool
) -> dict[str, str]:
    start, end, size = extent
    name = f"{sha256}.{media.ALLOWED.get(kind, 'bin')}"
    headers = {
        "etag": tag,
        "cache-control": FOR_EVER,
        "accept-ranges": "bytes",
        "content-length": str(end - start),
        "content-disposition": f'attachment; filename="{name}"',
        **_INERT,
    }
    return headers | ({"content-range": f"bytes {start}-{end - 1}/{size}"} if partial else {})


async def _read(service: Service, sha256: str, count: int) -> bytes:
    return b"".join([chunk async for chunk in service.blobs.open(sha256, 0, count)])


def _unknown(sha256: str) -> Problem:
    return Problem("no-such-document", f"no public statement captures {sha256}", "sha256")
