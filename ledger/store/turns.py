"""Ending a turn: a session that holds an advisory lock, so that the lock ends with it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import psycopg


def end_turn(connection: psycopg.Connection[Any]) -> None:
    """Give the session's locks back, then close it: by itself the server notices some time later that it has
    ended, and whoever comes next would find the turn taken.
    """
    with suppress(psycopg.Error):
        connection.execute("SELECT pg_advisory_unlock_all()")
    connection.close()
