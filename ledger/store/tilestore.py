"""The public log's files in a folder or in an S3 bucket: `ports.LogFileStore`.

Tiles are put once, with a create-only put; the checkpoint alone is replaced, in one step, and only when it
still is the one that the publisher saw. A web server or CDN may serve folder or bucket as it is.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError
from obstore.store import S3Store

from ledger.core.tiles import CHECKPOINT_PATH
from ledger.ports import CheckpointMoved, FileConflict, LogFilesUnavailable

from .blobs import S3Location

if TYPE_CHECKING:
    from obstore.store import ObjectStore

WRITERS = 8  # files written at once: most of the time is spent waiting for the disk or the network
SPOOL: Final = ".spool"
TILE_HEADERS: Final = {
    "Content-Type": "application/octet-stream",
    "Cache-Control": "public, max-age=31536000, immutable",
}
CHECKPOINT_HEADERS: Final = {
    "Content-Type": "text/plain; charset=utf-8",
    "Cache-Control": "public, max-age=2",
}


class FolderLogFiles:
    """The files below `folder`, readable by everyone; one machine's processes may share it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, path: str) -> bytes | None:
        """The bytes at `path`, None when there is no such file. Raises `LogFilesUnavailable`."""
        try:
            return (self.folder / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as error:
            raise _unavailable(error) from error

    def put_new(self, files: Mapping[str, bytes]) -> None:
        """See `ports.LogFileStore.put_new`."""
        with _reported():
            self._spool().mkdir(parents=True, exist_ok=True)
            folders = {(self.folder / path).parent for path in files}
            for folder in folders:
                folder.mkdir(parents=True, exist_ok=True)
            _together(self._create, files.items())
            # Last, and also for files that were there: whoever put them may have died before this.
            _together(_flush_folder, ((each,) for each in self._with_parents(folders)))

    def delete(self, paths: Collection[str]) -> None:
        """See `ports.LogFileStore.delete`; folders of partial tiles go with their last file."""
        with _reported():
            for path in paths:
                (self.folder / path).unlink(missing_ok=True)
            for folder in {(self.folder / path).parent for path in paths}:
                if folder.name.endswith(".p") and folder.is_dir() and not any(folder.iterdir()):
                    folder.rmdir()

    def put_checkpoint(self, note: bytes, previous: bytes | None) -> None:
        """See `ports.LogFileStore.put_checkpoint`."""
        with _reported():
            self._spool().mkdir(parents=True, exist_ok=True)
            with self._locked():
                if self.read(CHECKPOINT_PATH) != previous:
                    raise _moved()
                written = self._write(note)
                written.replace(self.folder / CHECKPOINT_PATH)
                _flush_folder(self.folder)

    def _create(self, path: str, data: bytes) -> None:
        """A link fails when the name is taken, and shows the whole file or nothing."""
        target = self.folder / path
        if target.exists():
            _compare(path, target.read_bytes(), data)
            return
        written = self._write(data)
        try:
            target.hardlink_to(written)
        except FileExistsError:
            _compare(path, target.read_bytes(), data)
        finally:
            written.unlink()

    def _write(self, data: bytes) -> Path:
        """A file beside the public ones, whole and on the disk."""
        fd, name = tempfile.mkstemp(dir=self._spool())
        with os.fdopen(fd, "wb") as file:
            os.fchmod(fd, 0o644)
            file.write(data)
            file.flush()
            os.fsync(fd)
        return Path(name)

    def _spool(self) -> Path:
        return self.folder / SPOOL

    def _with_parents(self, folders: Iterable[Path]) -> set[Path]:
        """The folders and those above them, up to ours: any of them may be new."""
        above = {each for folder in folders for each in (folder, *folder.parents)}
        return {self.folder, *(each for each in above if self.folder in each.parents)}

    @contextmanager
    def _locked(self) -> Iterator[None]:
        fd = os.open(self._spool() / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            yield
        finally:
            os.close(fd)  # releases the lock


class BucketLogFiles:
    """The files as objects of a bucket with conditional puts (`If-None-Match`, `If-Match`), each with the
    headers that it is to be served with.
    """

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def read(self, path: str) -> bytes | None:
        """The bytes at `path`, None when there is no such object. Raises `LogFilesUnavailable`."""
        with _reported():
            return self._get(path)[0]

    def put_new(self, files: Mapping[str, bytes]) -> None:
        """See `ports.LogFileStore.put_new`."""
        with _reported():
            _together(self._create, files.items())

    def delete(self, paths: Collection[str]) -> None:
        """See `ports.LogFileStore.delete`."""
        with _reported():
            obstore.delete(self._store, list(paths))

    def put_checkpoint(self, note: bytes, previous: bytes | None) -> None:
        """See `ports.LogFileStore.put_checkpoint`."""
        with _reported():
            found, tag = self._get(CHECKPOINT_PATH)
            if found != previous:
                raise _moved()
            mode: Any = "create" if found is None else {"e_tag": tag}
            try:
                self._put(CHECKPOINT_PATH, note, CHECKPOINT_HEADERS, mode)
            except (AlreadyExistsError, PreconditionError) as error:
                raise _moved() from error

    def _create(self, path: str, data: bytes) -> None:
        try:
            self._put(path, data, TILE_HEADERS, "create")
        except AlreadyExistsError:
            _compare(path, self._get(path)[0], data)

    def _put(self, path: str, data: bytes, headers: Mapping[str, str], mode: Any) -> None:
        obstore.put(self._store, path, data, attributes=dict(headers), mode=mode, use_multipart=False)

    def _get(self, path: str) -> tuple[bytes | None, str | None]:
        try:
            found = obstore.get(self._store, path)
        except FileNotFoundError:
            return None, None
        return bytes(found.bytes()), found.meta["e_tag"]


def open_log_files(location: str, at: S3Location | None = None) -> FolderLogFiles | BucketLogFiles:
    """The files in the folder `location`, or in the bucket `at`."""
    return FolderLogFiles(Path(location)) if at is None else BucketLogFiles(bucket(at))


def bucket(at: S3Location) -> ObjectStore:
    """A bucket for small objects: a request that takes longer than half a minute is given up."""
    config: dict[str, Any] = {"region": at.region}
    if at.endpoint:
        config |= {"endpoint": at.endpoint, "virtual_hosted_style_request": False}
    if at.access_key:
        config |= {"access_key_id": at.access_key, "secret_access_key": at.secret_key}
    config["client_options"] = {
        "timeout": "30s",
        "connect_timeout": "5s",
        "allow_http": at.endpoint.startswith("http://"),
    }
    config["retry_config"] = {"max_retries": 3, "retry_timeout": timedelta(seconds=20)}
    return cast("ObjectStore", S3Store(at.bucket, prefix=at.prefix or None, **config))


def _together(work: Any, arguments: Iterable[tuple[Any, ...]]) -> None:
    """Do all, several at once; raises the first error once every one of them has ended."""
    with ThreadPoolExecutor(WRITERS, thread_name_prefix="tiles") as pool:
        waiting = [pool.submit(work, *each) for each in arguments]
    for each in waiting:
        each.result()


def _compare(path: str, found: bytes | None, wanted: bytes) -> None:
    if found != wanted:
        raise FileConflict(
            f"{path} holds other bytes than the log has there",
            "keep a copy of it to find out why, remove it, and run `evidence rebuild tiles`",
        )


def _flush_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _moved() -> CheckpointMoved:
    return CheckpointMoved(
        "the published checkpoint is not the one that was to be replaced",
        "let one ledger alone publish to this place",
    )


@contextlib.contextmanager
def _reported() -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError) as error:
        raise _unavailable(error) from error


def _unavailable(error: Exception) -> LogFilesUnavailable:
    """Only the first line: obstore's messages go on with a debugging dump of addresses and headers."""
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return LogFilesUnavailable(
        f"the public log's files cannot be reached: {reason}", "check their address, space and permissions"
    )
