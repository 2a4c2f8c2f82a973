"""`evidence serve` and `evidence project`: the API, and the projector as a process of its own."""

from __future__ import annotations

import signal
import threading
from typing import Annotated

import typer

from api.cli.console import say, say_json
from api.cli.options import Data, Database, Json, load_settings
from api.cli.place import demand_ledger
from api.cli.words import _

Host = Annotated[str | None, typer.Option("--host", help="The address to listen on; 127.0.0.1 unless given.")]
Port = Annotated[int | None, typer.Option("--port", help="The port to listen on; 8000 unless given.")]
Workers = Annotated[int | None, typer.Option("--workers", help="How many processes serve.")]


def serve(
    data: Data = None,
    database: Database = None,
    host: Host = None,
    port: Port = None,
    workers: Workers = None,
    as_json: Json = False,
) -> None:
    """Serve the API until stopped; an embedded ledger's views are kept up to date beside it."""
    from api.listener import open_listener
    from api.server import run

    settings = demand_ledger(load_settings(data, database, host=host, port=port, workers=workers))
    with open_listener(settings.host, settings.port) as listener:
        if as_json:
            say_json({"url": listener.url})
        else:
            say(_("Serving on {url} until stopped (Ctrl-C).", url=listener.url))
        run(settings, listener)


def project(data: Data = None, database: Database = None, as_json: Json = False) -> None:
    """Keep the views and the public log up to date until stopped, as a process of its own."""
    from api.anchoring import anchoring
    from api.composition import database as opened
    from api.publishing import publishing
    from api.tuning import let_appending_go_first
    from projections.runner import Runner
    from projections.views import VIEWS

    settings = demand_ledger(load_settings(data, database))
    stop = threading.Event()
    with opened(settings) as url:
        let_appending_go_first()  # behind the opening, which may start the embedded server
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_args: stop.set())
        if as_json:
            say_json({"views": [view.name for view in VIEWS]})
        else:
            say(_("Keeping the views and the public log up to date until stopped (Ctrl-C)."))
        with publishing(settings, url), anchoring(settings, url):
            Runner(url, VIEWS).run_forever(stop)
