"""Serving: uvicorn with uvloop and httptools, one process or several on one database."""

from __future__ import annotations

import os
from contextlib import ExitStack, nullcontext
from typing import Any

import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr
from uvicorn.supervisors import Multiprocess

from api import logs, metrics
from api.app import create_app
from api.composition import Service, database
from api.listener import Listener
from api.settings import Settings, hand_down, load
from api.tuning import never_interrupt, tune
from api.wire import Protocol
from ledger.store.migrate import migrate

GRACE_SECONDS = 20  # for requests under way when told to stop


def run(settings: Settings, listener: Listener) -> None:
    """Serve on the address held until told to stop (SIGTERM, SIGINT); with several workers this process
    watches over them.
    """
    logs.configure(settings)
    with ExitStack() as stack:
        # Held here, so that workers that come and go do not stop and start the embedded server; and started
        # before this process says how its threads are to run, since whatever it starts takes that over.
        url = stack.enter_context(database(settings))
        if settings.database is None:
            migrate(url)
            settings = settings.model_copy(update={"database": SecretStr(url)})
        if settings.workers > 1:
            hand_down(settings)
            _watch(settings, listener)
            return
        never_interrupt()
        # Opened here rather than by the server, so that a ledger that cannot be opened is told in one line.
        service = stack.enter_context(Service(settings))
        application = create_app(settings, lambda _: nullcontext(service))
        tune()
        uvicorn.Server(uvicorn.Config(application, **_options(settings))).run(sockets=[listener])


def app() -> FastAPI:
    """The application of a worker process, from the environment that `run` handed down."""
    settings = load()
    logs.configure(settings)
    never_interrupt()
    application = create_app(settings)
    tune()
    return application


def _watch(settings: Settings, listener: Listener) -> None:
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    metrics.share(settings.metrics_folder)
    config = uvicorn.Config("api.server:app", factory=True, workers=settings.workers, **_options(settings))
    Multiprocess(config, [listener]).run()


def _options(settings: Settings) -> dict[str, Any]:
    return {
        "host": settings.host,
        "port": settings.port,
        "loop": "uvloop",
        "http": Protocol,
        "ws": "none",
        "lifespan": "on",
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "date_header": True,
        "timeout_graceful_shutdown": GRACE_SECONDS,
    }
