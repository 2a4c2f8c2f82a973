"""The event-sourcing library's datastore, opened from a libpq URL."""

from __future__ import annotations

import select
from collections.abc import Callable
from typing import Any

from eventsourcing.postgres import ConnectionPool, PostgresDatastore
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow, dict_row

from ledger.core.refusal import LedgerError

from . import arrays

DEFAULT_POOL_SIZE = 10
CONNECT_SECONDS = 10.0
# Every prepared statement here is a look-up by index in tables that only grow. Planning one anew for each
# array takes as long as running it, and a plan made while the tables were small must not scan them when they
# are large.
PLANNING = "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off"


class LedgerDatastore(PostgresDatastore):
    """A pool of connections to the database at `url`, with text originator ids.

    The library takes host, port and the rest one by one; a URL says more (TLS, several hosts, sockets), so
    the pool is given the URL itself. Connections are in autocommit mode, as the library wants them.
    """

    def __init__(self, url: str, *, pool_size: int = DEFAULT_POOL_SIZE) -> None:
        self.url = url
        # What the library would have connected with is never used; its pool of that is never opened.
        super().__init__("", "", "", "", "", originator_id_type="text", single_row_tracking=True)
        self.pool = ConnectionPool(
            url,
            connection_class=Connection[DictRow],
            kwargs={"row_factory": dict_row},
            min_size=1,
            max_size=pool_size,
            open=False,
            configure=self.after_connect_func(),
            timeout=CONNECT_SECONDS,
            check=_check_if_spoken_to,
        )

    def after_connect_func(self) -> Callable[[Connection[Any]], None]:
        """What the library does to a new connection, and our array types."""
        prepare_for_library = super().after_connect_func()

        def prepare(connection: Connection[Any]) -> None:
            prepare_for_library(connection)
            connection.execute(PLANNING)
            arrays.register(connection.adapters)

        return prepare


def _check_if_spoken_to(connection: Connection[Any]) -> None:
    """Raise for a pooled connection whose server went away; the pool then gives another one.

    A server that ends says so, and a closed socket reads as its end, so that an idle connection with nothing
    to read is whole. Only one that was spoken to is worth a round trip.
    """
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    if poll.poll(0):
        ConnectionPool.check_connection(connection)


def datastore_from_url(url: str, *, pool_size: int = DEFAULT_POOL_SIZE) -> LedgerDatastore:
    """A datastore on the libpq URL (or key=value string) `url`; connects at first use.

    Raises `LedgerError` for text that is no such thing.
    """
    try:
        conninfo_to_dict(url)
    except Exception as error:
        raise LedgerError(
            f"The database URL cannot be read: {str(error).strip()}",
            "write postgresql://user:password@host:port/database",
        ) from error
    return LedgerDatastore(url, pool_size=pool_size)
