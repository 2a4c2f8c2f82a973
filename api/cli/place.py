"""Reaching a ledger: over its address, or by serving the one in a data folder to this process alone.

A command with `--data` or `--database` runs the very same HTTP API as `evidence serve`, on a socket in a
folder that nobody else may enter, so that there is one way in whatever is named.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger.core.refusal import LedgerError

if TYPE_CHECKING:
    from api.client.http import Client
    from api.settings import Settings

START_SECONDS = 120.0  # a first start makes the database cluster


@contextmanager
def reach(settings: Settings) -> Iterator[Client]:
    """A client of the ledger that the settings name. Raises LedgerError when it cannot be reached."""
    # Imported late, as below: what a command needs that runs, its help does without.
    from api.client.http import Client

    if settings.url:
        with Client(settings.url) as client:
            yield client
        return
    demand_ledger(settings)
    with tempfile.TemporaryDirectory(prefix="evidence-") as folder:
        socket = Path(folder) / "api.sock"
        # A command of a few seconds publishes nothing: that is for `evidence serve` and `evidence index`.
        quiet = settings.model_copy(update={"indexer": "none"})
        with served(quiet, uds=str(socket)), local_client(socket) as client:
            yield client


def demand_ledger(settings: Settings) -> Settings:
    """The settings. Raises LedgerError where they name a folder without a ledger, before anything is made."""
    made = settings.postgres_folder.is_dir() or settings.log_key_file.exists()
    if settings.database is None and not made:
        raise LedgerError(
            f"there is no ledger in {settings.data}",
            "make one with `evidence init`, or give --data, --database or --url",
        )
    return settings


def local_client(socket: Path) -> Client:
    """A client that talks to a Unix socket."""
    import httpx2

    from api.client.http import Client

    return Client("http://ledger.localhost", httpx2.HTTPTransport(uds=str(socket)))


@contextmanager
def served(settings: Settings, **where: Any) -> Iterator[None]:
    """Serve the API from a thread of this process while the block runs; `where` is uvicorn's host, port or
    uds.
    """
    # Imported late: commands that need no server start in a tenth of the time.
    import uvicorn

    from api.app import create_app
    from api.composition import Service

    # Opened here rather than by the server, so that a ledger that cannot be opened is told in one line.
    with Service(settings) as service:
        # Nobody opens pages over the socket of a command.
        application = create_app(settings, lambda _: nullcontext(service), pages=False)
        config = uvicorn.Config(
            application, log_level="error", access_log=False, lifespan="on", log_config=None, **where
        )
        server = uvicorn.Server(config)
        failure: list[BaseException] = []
        thread = threading.Thread(target=_run, args=(server, failure), name="api", daemon=True)
        thread.start()
        try:
            _await_start(server, thread, failure)
            yield
        finally:
            server.should_exit = True
            thread.join()


def _run(server: Any, failure: list[BaseException]) -> None:
    try:
        server.run()
    except BaseException as error:
        failure.append(error)


def _await_start(server: Any, thread: threading.Thread, failure: list[BaseException]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        if not thread.is_alive():
            cause = failure[0] if failure else None
            if isinstance(cause, LedgerError):
                raise cause
            raise LedgerError(
                "the ledger could not be opened", "see the log above, or run `evidence check`"
            ) from cause
        if time.monotonic() > deadline:
            raise LedgerError(f"the ledger did not open within {START_SECONDS:.0f} s", "see its log")
        time.sleep(0.01)
