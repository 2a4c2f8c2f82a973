"""The one place where errors of the driver become errors of ours.

Use cases know `StoreUnavailable` and `CommitOutcomeUnknown` (ledger.ports) and the event-sourcing library's
exceptions; they never see psycopg.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from eventsourcing import persistence
from psycopg.pq import ConnStatus

from ledger.ports import StoreUnavailable

# Most specific first: the first class that matches decides.
_LIBRARY_ERRORS: tuple[tuple[type[psycopg.Error], type[persistence.PersistenceError]], ...] = (
    (psycopg.IntegrityError, persistence.IntegrityError),
    (psycopg.DataError, persistence.DataError),
    (psycopg.ProgrammingError, persistence.ProgrammingError),
    (psycopg.NotSupportedError, persistence.NotSupportedError),
    (psycopg.InternalError, persistence.InternalError),
)


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Translate what psycopg and the library's pool raise inside the block.

    `doing` completes the sentence "The database failed while ...". Raises `StoreUnavailable` for a server
    that cannot be reached, and the library's own exception for everything that is about the data or the
    statement.
    """
    try:
        yield
    except (persistence.OperationalError, persistence.InterfaceError) as error:
        raise unavailable(doing, error) from error
    except psycopg.Error as error:
        for driver_class, library_class in _LIBRARY_ERRORS:
            if isinstance(error, driver_class):
                raise library_class(str(error)) from error
        raise unavailable(doing, error) from error


def unavailable(doing: str, error: Exception) -> StoreUnavailable:
    """The error to raise when the database could not do its part."""
    first_line = str(error).strip().split("\n", 1)[0] or type(error).__name__
    return StoreUnavailable(
        f"The database failed while {doing}: {first_line}",
        "check that PostgreSQL runs and that the database URL is right, then try again",
    )


def is_lost(connection: psycopg.Connection[object]) -> bool:
    """Whether the connection is gone, so that no answer can come over it any more."""
    return connection.closed or connection.pgconn.status != ConnStatus.OK
