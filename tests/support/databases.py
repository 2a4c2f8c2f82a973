"""Throw-away databases on throw-away servers, one server of each kind for a whole test run."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg

from ledger.store.embedded import EmbeddedServer
from ledger.store.migrate import migrate

TEMPLATE = "evidence_template"
_numbers = itertools.count(1)


def system_binaries() -> Path | None:
    """The programs of the oldest system PostgreSQL that we support (Debian's layout), if there is one."""
    found = {}
    for initdb in Path("/usr/lib/postgresql").glob("*/bin/initdb"):
        if re.fullmatch(r"\d+", version := initdb.parent.parent.name) and int(version) >= 15:
            found[int(version)] = initdb.parent
    return found[min(found)] if found else None


class TestServer:
    """A server with a migrated template; each test gets a copy, which costs some 20 ms."""

    __test__ = False

    def __init__(self, server: EmbeddedServer) -> None:
        self.server = server
        with psycopg.connect(server.url_of("postgres"), autocommit=True) as gate:
            # Several test processes share the server: the first one prepares it.
            gate.execute("SELECT pg_advisory_lock(1)")
            self._loosen(gate)
            self._prepare_template(gate)
        self._maintenance = psycopg.connect(server.url_of("postgres"), autocommit=True)

    def _loosen(self, gate: psycopg.Connection[tuple[object, ...]]) -> None:
        # A throw-away server need not survive a power cut; killed processes lose nothing either way.
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            gate.execute(f"ALTER SYSTEM SET {name} = off")
        gate.execute("SELECT pg_reload_conf()")

    def _prepare_template(self, gate: psycopg.Connection[tuple[object, ...]]) -> None:
        found = gate.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone()
        if found is None:
            gate.execute(f"CREATE DATABASE {TEMPLATE}_new")
            migrate(self.server.url_of(f"{TEMPLATE}_new"))
            gate.execute(f"ALTER DATABASE {TEMPLATE}_new RENAME TO {TEMPLATE}")

    @contextmanager
    def database(self, template: str = TEMPLATE) -> Iterator[str]:
        """The URL of a new database, dropped at the end whoever is still connected."""
        name = f"test_{os.getpid()}_{next(_numbers)}"
        self._maintenance.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self.server.url_of(name)
        finally:
            self._maintenance.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        self._maintenance.close()


def described(url: str) -> str:
    """A URL for a test's failure message, as short as it can be told."""
    return quote(url.rsplit("@", 1)[-1], safe="/?=&%")
