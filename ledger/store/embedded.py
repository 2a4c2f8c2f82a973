"""The embedded PostgreSQL server: the database of a ledger that nobody had to set up.

Several handles, in one process or in many, may hold one server; the last to let go stops it. Kernel file
locks keep count, so a holder that is killed counts no more (docs/decisions/0002).
"""

from __future__ import annotations

import fcntl
import os
import signal
import stat
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

import psycopg

from .accounts import EmbeddedUnavailable, account_for, bundled_binaries, reachable_binaries
from .cluster import Cluster

__all__ = ["DATABASE", "EmbeddedServer", "EmbeddedUnavailable"]

DATABASE = "evidence"
GATE_SECONDS = 700  # longer than a start that has to recover first


class EmbeddedServer:
    """A handle on the server whose cluster is in `data_dir`; a context manager.

    `data_dir` is made (0700) when missing; modes of folders that exist are never changed. `binaries` is the
    folder of another PostgreSQL's programs (tests run version 15 so). Raises `EmbeddedUnavailable` where it
    cannot work.
    """

    def __init__(self, data_dir: Path | str, *, binaries: Path | None = None) -> None:
        self.data_dir = Path(data_dir).absolute()
        self._binaries = binaries
        self._cluster: Cluster | None = None
        self._holder: int | None = None
        self._process = os.getpid()

    @property
    def url(self) -> str:
        """The libpq URL of the ledger's database, over a Unix socket."""
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        """The libpq URL of another database of the same server."""
        assert self._cluster is not None, "the server is used inside its `with` block"
        return self._cluster.url(database)

    def start(self) -> Self:
        """Hold the server, starting it if it does not run; returns once it accepts connections."""
        assert self._cluster is None, "this handle already holds the server"
        _prepare_folder(self.data_dir)
        gate = _locked(self.data_dir / "gate.lock")
        try:
            self._cluster = self._open_cluster()
            self._holder = _locked(self.data_dir / "holders.lock", fcntl.LOCK_SH)
            self._ensure_running()
        except BaseException:
            self._let_go()
            raise
        finally:
            os.close(gate)
        _termination.hold()
        return self

    def revive(self) -> None:
        """Start the server again if it was killed under its holders; does nothing while it lives."""
        gate = _locked(self.data_dir / "gate.lock")
        try:
            self._ensure_running()
        finally:
            os.close(gate)

    def stop(self) -> None:
        """Let go of the server; the last holder stops it and returns when it has gone."""
        if self._cluster is None or os.getpid() != self._process:
            return  # a forked child shares its parent's lock and must not give it up
        gate = _locked(self.data_dir / "gate.lock")
        try:
            self._stop_if_last(self._cluster)
        finally:
            self._let_go()
            os.close(gate)
            _termination.release()

    def _open_cluster(self) -> Cluster:
        folder = self.data_dir / "cluster"
        account = account_for(folder)
        binaries = reachable_binaries(self._binaries or bundled_binaries(), account)
        return Cluster(folder, binaries, account)

    def _ensure_running(self) -> None:
        assert self._cluster is not None
        self._cluster.create()
        self._cluster.ensure_running()
        self._ensure_database()

    def _ensure_database(self) -> None:
        with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if found is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def _stop_if_last(self, cluster: Cluster) -> None:
        assert self._holder is not None
        try:
            # Turning the shared lock into an exclusive one succeeds for the only holder; the gate keeps
            # others out.
            fcntl.flock(self._holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        cluster.stop()

    def _let_go(self) -> None:
        if self._holder is not None:
            os.close(self._holder)
        self._holder = self._cluster = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _prepare_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.stat()
    except OSError as error:
        raise EmbeddedUnavailable(
            f"The data folder {folder} cannot be made: {error.strerror}.", "choose another one (--data)"
        ) from error
    if not stat.S_ISDIR(found.st_mode) or not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise EmbeddedUnavailable(
            f"{folder} is not a folder you can write to.", "choose another one (--data)"
        )
    if found.st_mode & 0o022:
        raise EmbeddedUnavailable(
            f"Others may write to the data folder {folder}, so they could exchange the database.",
            f"chmod go-w {folder}, or choose another one (--data)",
        )


def _locked(path: Path, kind: int = fcntl.LOCK_EX) -> int:
    """An open descriptor with the lock; closing it, or dying, releases it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + GATE_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            return descriptor
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(descriptor)
                raise EmbeddedUnavailable(
                    f"Another process has held {path} for {GATE_SECONDS} seconds.",
                    "see which one, with `fuser`",
                ) from None
            time.sleep(0.02)


class _Termination:
    """Lets SIGTERM and SIGHUP end the program as an exit does, so that `with` blocks let go of the server.

    Their default is to end it at once. A program with handlers of its own keeps them, and the default is back
    when this process holds no server any more.
    """

    def __init__(self) -> None:
        self._handles = 0

    def hold(self) -> None:
        self._handles += 1
        self._replace(signal.SIG_DFL, _exit)

    def release(self) -> None:
        self._handles -= 1
        if not self._handles:
            self._replace(_exit, signal.SIG_DFL)

    def _replace(self, old: object, new: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGHUP):
                if signal.getsignal(number) is old:
                    signal.signal(number, new)


def _exit(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


_termination = _Termination()
