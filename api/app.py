"""The HTTP application: documented routes, the two hot ones before them, one table of problems around all."""

from __future__ import annotations

import traceback
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from importlib.metadata import version
from types import MappingProxyType
from typing import Final

import structlog
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import dossiers, problems
from api.answers import HEAD_ONLY, refuse_repeated_parameters
from api.composition import Service
from api.hot import Bounds, SubmitBatch, SubmitStatement
from api.limits import Gate
from api.problems import Problem
from api.routes import ROUTERS, UNVERSIONED
from api.settings import Settings
from ledger.core.refusal import LedgerError, Refusal

PREFIX: Final = "/v1"
DESCRIPTION: Final = (
    "Who claims what about a factory, on what basis, and what became of it. Every statement is signed by its "
    "author before it is sent; every receipt proves that the statement is in a log that cannot be changed."
)

log = structlog.get_logger("api")


OpenService = Callable[[Settings], AbstractContextManager[Service]]
PageOf = Callable[[Request, Exception], Response | None]
"""The page that tells a reader of an error; None where a program asks."""


class Application(FastAPI):
    """The framework's application with the hot routes, by method and path, before all that it puts around its
    own.
    """

    hot: Mapping[tuple[str, str], Route] = MappingProxyType({})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self.hot.get((scope.get("method", ""), scope.get("path", "")))
        if route is None:
            await super().__call__(scope, receive, send)
            return
        scope["app"] = self
        scope["route"] = route
        await route.app(scope, receive, send)


def create_app(settings: Settings, open_service: OpenService = Service, *, pages: bool = True) -> FastAPI:
    """The application of one serving process; the service is opened when serving begins.

    Without `pages` it is the API alone, which is imported in three quarters of the time.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with open_service(settings) as service:
            app.state.service = service
            yield

    app = Application(
        title="Evidence Ledger",
        version=version("evidence-ledger"),
        description=DESCRIPTION,
        lifespan=lifespan,
        # Their pages load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(refuse_repeated_parameters)],
    )
    app.state.uploads = Gate(settings.uploads_at_once, "too-many-uploads")
    app.state.bundles = Gate(settings.bundles_at_once, "too-many-bundles")
    app.state.dossiers = {
        "html": Gate(dossiers.PAGES_AT_ONCE, "too-many-bundles"),
        "pdf": Gate(dossiers.PAPERS_AT_ONCE, "too-many-bundles"),
    }
    app.state.kept = dossiers.Kept()
    routers, page_of = _pages() if pages else ((), _no_page)
    _add_routes(app, routers)
    _add_problems(app, page_of)
    guard = Middleware(Guard, page_of=page_of)
    app.hot = _hot_routes(app, settings, guard)
    app.add_middleware(guard.cls, *guard.args, **guard.kwargs)
    return app


def _pages() -> tuple[Sequence[APIRouter], PageOf]:
    from api.web import routes
    from api.web.routing import problem_page

    return routes.ROUTERS, problem_page


def _no_page(request: Request, error: Exception) -> None:
    del request, error


def _hot_routes(app: FastAPI, settings: Settings, guard: Middleware) -> dict[tuple[str, str], Route]:
    bounds = Bounds(settings.max_statement_bytes, settings.max_batch_bytes, settings.max_batch_lines)

    def service() -> Service:
        found: Service = app.state.service
        return found

    return {
        ("POST", path): Route(path, endpoint(service, bounds), methods=["POST"], middleware=[guard])
        for path, endpoint in (
            (f"{PREFIX}/statements", SubmitStatement),
            (f"{PREFIX}/statements:batch", SubmitBatch),
        )
    }


def _add_routes(app: FastAPI, pages: Sequence[APIRouter]) -> None:
    for router in ROUTERS:
        app.include_router(router, prefix=PREFIX)
    for router in (*UNVERSIONED, *pages):
        app.include_router(router)


def _add_problems(app: FastAPI, page_of: PageOf) -> None:
    async def ours(request: Request, error: Exception) -> Response:
        return page_of(request, error) or problems.respond(error)

    async def parameters(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return await ours(request, _bad_parameter(error))

    async def framework(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        code = problems.CODE_OF_STATUS.get(error.status_code, "bad-request")
        response = await ours(request, Problem(code, str(error.detail)))
        response.headers.update(error.headers or {})
        if response.headers.get("allow") == "GET":
            response.headers["allow"] = "GET, HEAD"  # which is answered wherever GET is
        return response

    for kind in (Problem, Refusal, LedgerError):
        app.add_exception_handler(kind, ours)
    app.add_exception_handler(RequestValidationError, parameters)
    app.add_exception_handler(HTTPException, framework)


def _bad_parameter(error: RequestValidationError) -> Problem:
    """The parameter's name stands second in the place, behind `query`, `path` or `header`."""
    first = error.errors()[0]
    return Problem("bad-parameter", str(first["msg"]), str(first["loc"][:2][-1]))


class Guard:
    """Around everything: headers that no answer goes without, and errors of ours as problems, logged.

    Logged are the route and the kind of error: no address, header or body, since any may name a person.
    """

    HEADERS: Final = [
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
    ]

    def __init__(self, app: ASGIApp, page_of: PageOf) -> None:
        self._app = app
        self._page_of = page_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False
        if scope["method"] == "HEAD":
            # What GET would answer, without the content (RFC 9110 section 9.3.2).
            scope, send = {**scope, "method": "GET", HEAD_ONLY: True}, _without_content(send)

        async def guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [*message["headers"], *self.HEADERS]
            await send(message)

        try:
            await self._app(scope, receive, guarded)
        except ClientDisconnect:
            return
        except Exception as error:
            log.error("failed", method=scope["method"], route=_route(scope), **_told(error))
            if started:
                raise  # the client sees an unfinished answer
            await _told_to(Request(scope), error, self._page_of)(scope, receive, guarded)


def _told_to(request: Request, error: Exception, page_of: PageOf) -> Response:
    """A page for readers, a problem for programs; the latter, too, where not even that page can be made."""
    try:
        return page_of(request, error) or problems.respond(error)
    except Exception as second:
        log.error("failed to say so", **_told(second))
        return problems.respond(error)


def _without_content(send: Send) -> Send:
    ended = False

    async def head(message: Message) -> None:
        nonlocal ended
        if message["type"] == "http.response.start":
            await send(message)
        elif not ended:
            ended = True
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    return head


def _told(error: Exception) -> dict[str, str]:
    """The kind of error and the line it comes from; its text may hold what somebody sent."""
    frames = traceback.extract_tb(error.__traceback__)
    at = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "-"
    return {"error": type(error).__name__, "at": at}


def _route(scope: Scope) -> str:
    """The route's template; paths themselves may hold what somebody typed."""
    return getattr(scope.get("route"), "path", "-")
