"""Fixtures: databases on a real PostgreSQL 18 (embedded) and on a system PostgreSQL 15 where there is one."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from ledger.store.embedded import EmbeddedServer
from tests.support.databases import TestServer, system_binaries
from tests.support.requirements import missing

# A busy machine is no defect: no example is failed for the time it took (pytest's own limit ends what hangs).
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# Test processes (pytest-xdist) share one server of each kind; they inherit the folder's name.
RUN_FOLDER = "EVIDENCE_TEST_RUN_FOLDER"


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        # Short, and open to traversal, since PostgreSQL 15 insists on walking to its folder from the top.
        folder = tempfile.mkdtemp(prefix="evidence-test-", dir="/tmp")
        Path(folder).chmod(0o711)
        os.environ[RUN_FOLDER] = folder


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(RUN_FOLDER), ignore_errors=True)


def _server(kind: str, binaries: Path | None = None) -> Iterator[TestServer]:
    folder = Path(os.environ[RUN_FOLDER]) / kind
    folder.mkdir(exist_ok=True)
    folder.chmod(0o711)
    with EmbeddedServer(folder, binaries=binaries) as server:
        test_server = TestServer(server)
        yield test_server
        test_server.close()


@pytest.fixture(scope="session")
def embedded_server() -> Iterator[TestServer]:
    """The PostgreSQL 18 of the wheel."""
    yield from _server("18")


@pytest.fixture(scope="session")
def system_server() -> Iterator[TestServer]:
    """A PostgreSQL of the system, version 15 or later, run like the embedded one."""
    binaries = system_binaries()
    if binaries is None:
        missing("no PostgreSQL 15 or later under /usr/lib/postgresql (Debian: apt-get install postgresql)")
    yield from _server("system", binaries)


@pytest.fixture
def database_url(embedded_server: TestServer) -> Iterator[str]:
    """A fresh, migrated database on the embedded server."""
    with embedded_server.database() as url:
        yield url


@pytest.fixture
def empty_database_url(embedded_server: TestServer) -> Iterator[str]:
    """A fresh database without any table on the embedded server."""
    with embedded_server.database("template1") as url:
        yield url


@pytest.fixture
def system_database_url(system_server: TestServer) -> Iterator[str]:
    """A fresh, migrated database on the system's server."""
    with system_server.database() as url:
        yield url


@pytest.fixture(params=["embedded_server", "system_server"])
def any_server(request: pytest.FixtureRequest) -> TestServer:
    """Each server in turn."""
    server: TestServer = request.getfixturevalue(request.param)
    return server


@pytest.fixture
def any_database_url(any_server: TestServer) -> Iterator[str]:
    """A fresh, migrated database on each server in turn."""
    with any_server.database() as url:
        yield url


@pytest.fixture
def private_dir() -> Iterator[Path]:
    """A short temporary folder in which a test may run embedded servers of its own."""
    folder = Path(tempfile.mkdtemp(prefix="evidence-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
