"""The sign journal: what this log has ever signed, in a file outside the database (protocol section 6).

A database restored from an older backup, or a failover that lost commits, would otherwise sign a second
history. One line per tree head, `<size> <root in hex> <check>`, appended and flushed to the disk before the
signature may leave the process. `check` is the first 16 hex digits of SHA-256(`<size> <root>`). A torn last
line, which a crash in the middle of a write leaves behind, lacks its line break and is cleared; a damaged
whole line fails its check and is refused.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ledger.core.refusal import LedgerError
from ledger.ports import NOTHING_SIGNED, JournalConflict, Signed

_TAIL = 4096  # bytes read from the end; a line has at most 19 + 1 + 64 + 1 + 16 + 1 = 102
_CHECK = 16


class JournalDamaged(LedgerError):
    """The journal's last complete line is not one that this program wrote."""


class FileSignJournal:
    """`SignJournal` on a local file; several processes of one machine may share it (flock per operation)."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def last(self) -> Signed | None:
        """The newest head recorded, by whichever process. Raises `JournalDamaged`."""
        if not self._path.exists():
            return None
        with self._locked(fcntl.LOCK_SH) as fd:
            return self._newest(fd)[0]

    def holds(self, head: Signed) -> bool:
        """Whether the head's line is among the last forty or so, which is where another process's turn or two
        leave it.
        """
        if not self._path.exists():
            return False
        with self._locked(fcntl.LOCK_SH) as fd:
            return b"\n" + _line(*head) in b"\n" + self._tail(fd)[0]

    def record(self, size: int, root: bytes, after: Signed | None = None) -> None:
        """Append (size, root) and return once it is on the disk; the same head again writes nothing.

        Raises `JournalConflict` when the journal holds a larger tree or another root of this size, or ends
        with another head than `after` by now.
        """
        with self._locked(fcntl.LOCK_EX) as fd:
            newest, end = self._newest(fd)
            if newest == (size, root):
                return
            _refuse_conflict(newest, Signed(size, root))
            _refuse_stranger(newest or NOTHING_SIGNED, after)
            os.ftruncate(fd, end)
            os.pwrite(fd, _line(size, root), end)
            os.fdatasync(fd)

    @contextmanager
    def _locked(self, kind: int) -> Iterator[int]:
        fd = self._open()
        try:
            fcntl.flock(fd, kind)
            yield fd
        finally:
            os.close(fd)  # releases the lock

    def _open(self) -> int:
        try:
            return os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            _sync_folder(self._path.parent)
            return fd

    def _newest(self, fd: int) -> tuple[Signed | None, int]:
        """The last whole line and the offset behind it; a torn line after it does not count."""
        whole, end = self._tail(fd)
        if not whole:
            return None, end
        signed = _parse(whole.splitlines()[-1])
        if signed is None:
            raise JournalDamaged(
                f"{self._path}: the last line is not a tree head",
                "restore the journal, or set it aside only if the database is known to be the newest copy",
            )
        return signed, end

    def _tail(self, fd: int) -> tuple[bytes, int]:
        """What the journal ends with, up to its last line break, and the offset behind that."""
        length = os.fstat(fd).st_size
        start = max(0, length - _TAIL)
        tail = os.pread(fd, length - start, start)
        whole = tail[: tail.rfind(b"\n") + 1]
        return whole, start + len(whole)


def _line(size: int, root: bytes) -> bytes:
    body = f"{size} {root.hex()}"
    return f"{body} {_check(body)}\n".encode()


def _parse(line: bytes) -> Signed | None:
    """Parse, re-format, compare; None when the line is anything else."""
    fields = line.decode("ascii", "replace").split(" ")
    if len(fields) != 3 or not fields[0].isdecimal():
        return None
    try:
        signed = Signed(int(fields[0]), bytes.fromhex(fields[1]))
    except ValueError:
        return None
    return signed if _line(*signed) == line + b"\n" and len(signed.root) == 32 else None


def _check(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:_CHECK]


def _refuse_conflict(newest: Signed | None, wanted: Signed) -> None:
    if newest is None or newest.size < wanted.size:
        return
    raise JournalConflict(
        f"a tree of {newest.size} entries was signed already; {wanted.size} entries with root "
        f"{wanted.root.hex()} would be a second history",
        "find out which copy of the database is the newest and start that one",
    )


def _refuse_stranger(newest: Signed, after: Signed | None) -> None:
    if after is not None and newest != after:
        raise JournalConflict(
            f"meanwhile a tree of {newest.size} entries was signed, with which this one was not compared",
            "find out which copy of the database is the newest and start that one alone",
        )


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
