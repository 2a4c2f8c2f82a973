"""The event-sourcing library's datastore, opened from a libpq URL."""

from __future__ import annotations

from eventsourcing.postgres import ConnectionPool, PostgresDatastore
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow, dict_row

from ledger.core.refusal import LedgerError

DEFAULT_POOL_SIZE = 10
CONNECT_SECONDS = 10.0


class LedgerDatastore(PostgresDatastore):
    """A pool of connections to the database at `url`, with text originator ids.

    The library takes host, port and the rest one by one; a URL says more (TLS, several hosts, sockets), so the
    pool is given the URL itself. Connections are in autocommit mode, as the library wants them.
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
        )


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
