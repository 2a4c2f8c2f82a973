"""Bundles: everything about a name or a statement, with its proofs, in one file that needs no network; and
dossiers, which are bundles that people can read.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.responses import Response, StreamingResponse

from api import bundles, dossiers, openapi
from api.answers import REVALIDATE, service_of
from api.etags import matches
from api.limits import while_waited_for
from api.parameters import IdPath, SlugPath
from api.problems import Problem

router = APIRouter(tags=["bundles"])

Documents = Annotated[
    bool, Query(description="A zip with the bytes of the public documents that the bundle names.")
]
Form = Annotated[
    Literal["html", "pdf"],
    Query(alias="format", description="A page that checks itself, or a document for paper."),
]
Lang = Annotated[
    Literal["en", "fr", "de", "zh"], Query(description="Of a PDF's own words; a page is in English.")
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
_DOSSIERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The bundle inside one HTML page that prints it and checks itself without a network, "
        "or attached to a PDF, where the ledger's machine can lay one out.",
        "content": {dossiers.HTML: {"schema": {"type": "string"}}, dossiers.PDF: _BINARY},
        "headers": {"ETag": {"description": "Of what is printed.", "schema": {"type": "string"}}},
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


@router.get("/factories/{slug}/dossier", responses=_DOSSIERS, response_class=Response)
async def factory_dossier(
    request: Request,
    slug: SlugPath,
    form: Form = "html",
    lang: Lang = "en",
) -> Response:
    """Everything about a factory, for people to read."""
    return await _dossier(request, f"factory:{slug}", form, lang)


@router.get("/parties/{slug}/dossier", responses=_DOSSIERS, response_class=Response)
async def party_dossier(
    request: Request,
    slug: SlugPath,
    form: Form = "html",
    lang: Lang = "en",
) -> Response:
    """Everything about a party, for people to read."""
    return await _dossier(request, f"party:{slug}", form, lang)


@router.get("/criteria/{slug}/dossier", responses=_DOSSIERS, response_class=Response)
async def criterion_dossier(
    request: Request,
    slug: SlugPath,
    form: Form = "html",
    lang: Lang = "en",
) -> Response:
    """Everything about a criterion, for people to read."""
    return await _dossier(request, f"criterion:{slug}", form, lang)


@router.get("/statements/{id}/dossier", responses=_DOSSIERS, response_class=Response)
async def statement_dossier(
    request: Request,
    id: IdPath,  # noqa: A002
    form: Form = "html",
    lang: Lang = "en",
) -> Response:
    """A statement and all that refers to it, for people to read."""
    return await _dossier(request, f"statement:{id}", form, lang)


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


async def _dossier(request: Request, about: str, form: str, lang: str) -> Response:
    if lang != "en" and form == "html":
        raise Problem("bad-parameter", f"a page is in English alone, not in {lang}", "lang", "add format=pdf")
    await run_in_threadpool(dossiers.demand_form, form)
    state = await run_in_threadpool(bundles.state_of, service_of(request))
    tag = dossiers.tag_of(about, form, lang, *state)
    headers = {"etag": f"W/{tag}", "cache-control": REVALIDATE}
    if matches(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=headers)
    kept: dossiers.Kept = request.app.state.kept
    made = kept.get(tag)
    if made is None:
        with request.app.state.dossiers[form].enter():
            made = await while_waited_for(request.receive, _made(request, about, form, lang))
        kept.put(tag, made)
    headers["content-disposition"] = f'attachment; filename="{about.replace(":", "-")}.{form}"'
    return Response(made, 200, headers, dossiers.PDF if form == "pdf" else dossiers.HTML)


async def _made(request: Request, about: str, form: str, lang: str) -> bytes:
    with await bundles.write(service_of(request), about, documents=False) as file:
        # No more of it than may be printed, and the byte that says that there is more.
        lines = await run_in_threadpool(file.read, dossiers.MOST_PRINTED[form] + 1)
    return await dossiers.make(lines, form, lang)
