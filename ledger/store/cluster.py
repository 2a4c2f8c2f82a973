"""One PostgreSQL data folder and the server on it: create, start, find, stop.

No TCP, a socket in a folder of mode 0700, durable settings. Whether a server lives is asked of the kernel:
every process of a server inherits a file lock, so a recycled process id, a zombie or a dead server's orphans
cannot deceive (docs/decisions/0002). Callers hold the gate of `embedded.EmbeddedServer`.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg

from .accounts import Account, EmbeddedUnavailable

ROLE = "evidence"
PORT = 5432
# The working directory is inherited: a server that was started inside its folder reaches it by this name even
# when the account may not walk through the folders above (/root is 0700, and stays so).
INHERITED_FOLDER = Path("/proc/self/cwd")
# sockaddr_un holds 108 bytes with the final NUL on Linux, 104 on macOS.
LONGEST_SOCKET_PATH = 103
START_SECONDS = 600  # recovery after a crash may have to replay a gigabyte of WAL
STOP_SECONDS = 60

SETTINGS = """\
# Written at every start. Settings of your own: ALTER SYSTEM, which writes postgresql.auto.conf.
listen_addresses = ''
port = {port}
unix_socket_directories = '{socket_folder}'
unix_socket_permissions = 0700
# What is acknowledged is on disk.
fsync = on
synchronous_commit = on
full_page_writes = on
max_connections = 64
shared_buffers = 128MB
wal_buffers = 16MB
max_wal_size = 1GB
# Commits do not wait while a new segment is filled with zeros; what is flushed into it gets its blocks then.
wal_init_zero = off
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
log_line_prefix = '%m [%p] '
log_checkpoints = off
# Short statements by primary key: compiling them costs more than it saves.
jit = off
"""


class Cluster:
    """The data folder `folder`, run by `account` with the programs in `binaries`."""

    def __init__(self, folder: Path, binaries: Path, account: Account) -> None:
        self.folder = folder
        self._binaries = binaries
        self._account = account
        self._lock_file = folder.with_name("server.lock")
        self.socket_folder = _socket_folder(folder, account)

    def url(self, database: str) -> str:
        """The libpq URL of `database`, complete, so that no PG* variable can redirect it."""
        host = quote(str(self.socket_folder), safe="")
        return f"postgresql://{ROLE}@/{quote(database)}?host={host}&port={PORT}"

    def create(self) -> None:
        """`initdb` beside and rename, so that a crash leaves no half-made cluster. Does nothing if there is
        one."""
        if (self.folder / "PG_VERSION").exists():
            return
        beside = self.folder.with_name(f"{self.folder.name}.new")
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(mode=0o700)
        if self._account.is_other:
            os.chown(beside, self._account.uid, self._account.gid)
        self._run(
            "initdb",
            "--username",
            ROLE,
            "--encoding=UTF8",
            "--data-checksums",
            *self._locale(),
            inside=beside,
        )
        beside.rename(self.folder)

    def _locale(self) -> list[str]:
        # The builtin provider came with version 17; on an older server "C" orders the same.
        help_text = self._account.run([str(self._binaries / "initdb"), "--help"], cwd="/").stdout
        if "--builtin-locale" in help_text:
            return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        return ["--locale=C"]

    def ensure_running(self) -> None:
        """Start a server unless one lives; clears what a dead one left.

        Raises `EmbeddedUnavailable` with the end of the server's log when it does not come up.
        """
        deadline = time.monotonic() + STOP_SECONDS
        while True:
            with self._server_lock() as lock:
                if lock is not None:
                    self._clear_leftovers()
                    return self._start(lock)
                if self._answers():
                    return None
            # Processes of a server that was killed are still going down, or one still comes up.
            if time.monotonic() > deadline:
                raise self._stuck()
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop the server if one lives, and return when its last process has gone."""
        if not self._answers() and self._goes_down(seconds=5):
            return  # it was killed, and what it left behind is going down by itself
        for mode in ("fast", "immediate"):
            # A failure may mean that the server went down first; the lock tells.
            with contextlib.suppress(EmbeddedUnavailable):
                self._run("pg_ctl", "stop", "-w", "-t", str(STOP_SECONDS), "-m", mode, inside=self.folder)
            if self._goes_down(seconds=5):
                return
        raise self._stuck()

    def _goes_down(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while True:
            with self._server_lock() as lock:
                if lock is not None:
                    return True
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)

    def _stuck(self) -> EmbeddedUnavailable:
        return EmbeddedUnavailable(
            f"A PostgreSQL server holds {self.folder} and does not answer.",
            f"see {self.folder / 'server.log'}, and end the processes whose working directory it is",
        )

    @contextlib.contextmanager
    def _server_lock(self) -> Iterator[int | None]:
        """The lock that every process of a server inherits: its descriptor, or None while a server lives."""
        descriptor = os.open(self._lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield None
            else:
                yield descriptor
        finally:
            os.close(descriptor)

    def _start(self, lock: int) -> None:
        self.socket_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._write_settings()
        log = self._seen_from_inside(self.folder) / "server.log"
        self._run(
            "pg_ctl",
            "start",
            "-w",
            "-t",
            str(START_SECONDS),
            "-l",
            str(log),
            inside=self.folder,
            pass_fds=(lock,),
        )

    def _clear_leftovers(self) -> None:
        # Safe only under the server lock: no process of an earlier server can be alive.
        for leftover in (
            self.folder / "postmaster.pid",
            self.socket_folder / f".s.PGSQL.{PORT}",
            self.socket_folder / f".s.PGSQL.{PORT}.lock",
        ):
            leftover.unlink(missing_ok=True)

    def _answers(self) -> bool:
        # A whole connection, since the socket of a server that is being killed still takes a plain one.
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _write_settings(self) -> None:
        inside = "." if self.socket_folder == self.folder else str(self.socket_folder)
        self._write("postgresql.conf", SETTINGS.format(port=PORT, socket_folder=inside))
        # The kernel names the peer: only the server's own account and root may be the ledger's role.
        self._write("pg_hba.conf", f"local all {ROLE} peer map=ledger\n")
        self._write("pg_ident.conf", f'ledger "{self._account.name}" {ROLE}\nledger root {ROLE}\n')

    def _write(self, name: str, text: str) -> None:
        beside = self.folder / f"{name}.new"
        beside.write_text(text, encoding="utf-8")
        if self._account.is_other:
            os.chown(beside, self._account.uid, self._account.gid)
        beside.replace(self.folder / name)

    def _seen_from_inside(self, folder: Path) -> Path:
        return INHERITED_FOLDER if self._account.is_other and INHERITED_FOLDER.exists() else folder

    def _run(self, program: str, *arguments: str, inside: Path, pass_fds: tuple[int, ...] = ()) -> None:
        command = [str(self._binaries / program), "-D", str(self._seen_from_inside(inside)), *arguments]
        done = self._account.run(command, cwd=inside, pass_fds=pass_fds)
        if done.returncode != 0:
            said = " ".join(filter(None, (_last_lines(done.stdout), self._end_of_log())))
            raise EmbeddedUnavailable(
                f"PostgreSQL's {program} failed on {inside}: {said}",
                f"see {self.folder / 'server.log'}; check that the disk has room for {self._account.name}",
            )

    def _end_of_log(self) -> str:
        with contextlib.suppress(OSError):
            return _last_lines((self.folder / "server.log").read_text(errors="replace")[-2000:])
        return ""


def _socket_folder(folder: Path, account: Account) -> Path:
    """The cluster itself, which is 0700; a short private folder if that path is too long for a socket.

    A comma would make libpq read two hosts.
    """
    if len(os.fsencode(folder / f".s.PGSQL.{PORT}.lock")) <= LONGEST_SOCKET_PATH and "," not in str(folder):
        return folder
    private = Path(f"/tmp/evidence-ledger-{account.uid}")  # noqa: S108  (ownership and mode are checked)
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return _private_folder(_private_folder(private, account) / name, account)


def _private_folder(folder: Path, account: Account) -> Path:
    """`folder`, made with mode 0700 for `account`; anyone may have put something else there before."""
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        if account.is_other:
            os.chown(folder, account.uid, account.gid)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid or found.st_mode & 0o077:
        raise EmbeddedUnavailable(
            f"{folder} must be a folder of {account.name} that nobody else may enter, and it is not.",
            "remove it, or choose a data folder with a shorter path",
        )
    return folder


def _last_lines(text: str, count: int = 3) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return re.sub(r"\s+", " ", " | ".join(lines[-count:]))
