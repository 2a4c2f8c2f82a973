"""The two servers that are compared, on one PostgreSQL with its durable settings, each with two workers.

The ledger runs as docker-compose.yml runs it: the workers append, and a projector of its own keeps up the
views and the public log, on the same two cores. What it uses of them is counted. The stock application keeps
no views; for a comparison of the same work the projector can be held, as if it had a machine of its own.
"""

from __future__ import annotations

import base64
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import psycopg

from ledger.core.receipt import Trust, parse_trust
from projections.runner import health
from projections.schema import words
from projections.views import VIEWS

from . import machine
from .author import Scene
from .load import CannotMeasure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ledger.store.embedded import EmbeddedServer
    from tests.support.builder import Signed

EVIDENCE = str(Path(sys.executable).with_name("evidence"))
WORKERS = 2
START_SECONDS = 60


class Site:
    """The ledger under test: `evidence init`, then `evidence serve`, as a user would run them."""

    def __init__(self, server: EmbeddedServer, folder: Path) -> None:
        self.data = folder / "ledger"
        self.database = new_database(server, "bench_ledger")
        self._run("migrate")
        self._run("init", "--no-passphrase", "--origin", "ledger.example.org/bench")
        self.trust: Trust = parse_trust((self.data / "trust.json").read_text())
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.pids: tuple[int, ...] = ()
        self.postgres = postmaster(self.database)

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Serve until the block ends."""
        command = [EVIDENCE, "serve", *self._place(), "--workers", str(WORKERS), "--port", str(self.port)]
        apart = {"EVIDENCE_PROJECTOR": "none"}
        with (
            running([EVIDENCE, "project", *self._place()], None, self.data / "project.log") as projector,
            running(command, f"{self.url}/readyz", self.data / "serve.log", apart) as workers,
        ):
            self.pids = (workers, projector)
            yield

    @contextmanager
    def projector_held(self) -> Iterator[None]:
        """Append without the projector until the block ends."""
        projector = self.pids[1]
        os.kill(projector, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(projector, signal.SIGCONT)

    def settle(self) -> None:
        """Return once views and words have caught up: what is measured next has the machine to itself."""
        with psycopg.connect(self.database, autocommit=True) as conn:
            while any(view.behind for view in health(conn, [*VIEWS, words(conn)])):
                time.sleep(0.1)

    def enter_scene(self) -> Scene:
        """Register what the load refers to."""
        genesis = (self.data / "receipts").glob("0.entry")
        registrar = registrar_seed(self.data / "keys" / "registrar.key")
        return Scene.enter(next(genesis).read_bytes(), registrar, self._submit)

    def size(self) -> int:
        """Entries in the log."""
        with psycopg.connect(self.database) as conn:
            row = conn.execute("SELECT size FROM ledger_head").fetchone()
        return int(row[0]) if row else 0

    def post_batches(self, bodies: Sequence[bytes], batch: int) -> None:
        """Submit bodies in batches; every line must be accepted."""
        for at in range(0, len(bodies), batch):
            lines = b"\n".join(bodies[at : at + batch]) + b"\n"
            answer = httpx2.post(f"{self.url}/v1/statements:batch", content=lines, timeout=60)
            if any(b'"status":201' not in line for line in answer.content.splitlines()):
                raise CannotMeasure(f"a statement was refused: {answer.text[:300]}")

    def processor_seconds(self) -> tuple[float, float]:
        """What the serving processes, and PostgreSQL, have used of the processors so far."""
        ours = sum(machine.processor_seconds(pid) for pid in self.pids)
        return ours, machine.processor_seconds(self.postgres)

    def largest_worker(self) -> int:
        """Resident memory (bytes) of the largest process that serves."""
        family = [child for pid in self.pids for child in machine.children(pid)]
        return max((machine.resident(pid) for pid in family), default=0)

    def run(self, *arguments: str) -> str:
        """Run an `evidence` command on this ledger and return what it prints."""
        return self._run(*arguments)

    def _run(self, command: str, *arguments: str) -> str:
        whole = [EVIDENCE, command, *self._place(), *arguments]
        done = subprocess.run(whole, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CannotMeasure(f"evidence {command} failed: {done.stderr.strip()[-400:]}")
        return done.stdout

    def _place(self) -> list[str]:
        return ["--data", str(self.data), "--database", self.database]

    def _submit(self, signed: Signed) -> bytes:
        from ledger.core.envelope import to_json_value

        body = {"envelope": to_json_value(signed.envelope), "disclosures": list(signed.disclosures)}
        answer = httpx2.post(f"{self.url}/v1/statements", json=body)
        if answer.status_code != 201:
            raise CannotMeasure(f"the ledger refused what the benchmark needs: {answer.text[:400]}")
        return base64.b64decode(answer.json()["entry"])


@contextmanager
def stock(server: EmbeddedServer, folder: Path, public_key: bytes) -> Iterator[str]:
    """The stock application on a database of its own; its base URL."""
    port = free_port()
    environment = {"STOCK_DATABASE": new_database(server, "bench_stock"), "STOCK_KEY": public_key.hex()}
    command = [sys.executable, "-m", "uvicorn", "tests.benchmarks.stock_app:app", "--port", str(port)]
    command += ["--workers", str(WORKERS), "--no-access-log", "--log-level", "warning"]
    url = f"http://127.0.0.1:{port}"
    with running(command, f"{url}/openapi.json", folder / "stock.log", environment):
        yield url


@contextmanager
def running(
    command: Sequence[str], ready: str | None, log: Path, environment: dict[str, Any] | None = None
) -> Iterator[int]:
    """A process of its own group, waited for until it answers `ready` with success, and stopped at the end.

    Its pid.
    """
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=out, start_new_session=True, env={**os.environ, **(environment or {})}
        )
    try:
        if ready is not None:
            _wait_until_ready(process, ready, log)
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_until_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx2.get(url).is_success:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.1)
    raise CannotMeasure(f"{url} did not answer: {log.read_text(errors='replace')[-600:]}")


def new_database(server: EmbeddedServer, name: str) -> str:
    """An empty database on the embedded server; its URL."""
    with psycopg.connect(server.url, autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE {name}")  # a constant of this file
    return server.url_of(name)


def postmaster(database: str) -> int:
    """The pid of the server's first process."""
    with psycopg.connect(database) as conn:
        return machine.parent(conn.info.backend_pid)


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def registrar_seed(path: Path) -> bytes:
    """The seed in an unlocked key file."""
    from api.client.keyfile import read_key_file

    return read_key_file(path).seed(_no_passphrase)


def _no_passphrase() -> str:
    raise CannotMeasure("the key file is locked")
