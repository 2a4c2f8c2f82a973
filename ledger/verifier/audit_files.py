"""The auditor's edge: where the public files lie, a folder or a web address, and the state file."""

import os
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Set
from concurrent.futures import Future, ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from ..core.merkle import TILE_WIDTH
from ..core.receipt import Trust
from ..core.refusal import Refusal
from ..core.tiles import CHECKPOINT_PATH, ENTRIES, LogFiles, Tile, parse_path
from .audit_kept import Kept, format_kept, nothing_kept, parse_kept
from .files import Unreadable

# 256 entries of 65,535 bytes, each with its length.
FILE_LIMIT = 256 * 65_537
SECONDS = 30.0  # that a server may be silent
TRIES = 4
READERS = 4
FILES_AHEAD = 8  # of each sort
WAIT = 0.5  # seconds before the second try, twice as long before each further one
ABSENT = frozenset({404, 410})
FORBIDDEN = 403


class FilesUnreachable(Unreadable):
    """The log's files could not be asked for; that says nothing about the log."""


class Folder:
    """`LogFiles` below a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, path: str) -> bytes | None:
        try:
            return (self._folder / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise FilesUnreachable(f"{error.filename}: {error.strerror}", "check its permissions") from error


class Web:
    """`LogFiles` below an http or https address.

    A bucket that lets nobody list its files says 403 of one that is not there. So does one that lets nobody
    read, of every file: once the checkpoint could be read, a tile of which it says so is absent.
    """

    def __init__(self, address: str) -> None:
        self._address = address.rstrip("/")
        self._absent = ABSENT  # what the server says of a tile that is not there

    def read(self, path: str) -> bytes | None:
        """Raises `FilesUnreachable` once the server has failed to answer several times."""
        address = f"{self._address}/{path}"
        is_tile = path != CHECKPOINT_PATH
        for attempt in range(TRIES):
            try:
                data = _get(address, self._absent if is_tile else ABSENT)
                if data is not None and not is_tile:
                    self._absent = ABSENT | {FORBIDDEN}
                return data
            except (OSError, HTTPException) as error:
                failure = error
            time.sleep(WAIT * 2**attempt if attempt + 1 < TRIES else 0)
        mend = "check the address, and try again later"
        raise FilesUnreachable(f"{address}: {failure}", mend) from failure


class ReadAhead:
    """`LogFiles` that fetches the bundles and leaf tiles after the one asked for while that one is worked on.

    An auditor asks for them in order, and waiting for disks and networks is most of reading.
    """

    def __init__(self, files: LogFiles) -> None:
        self._files = files
        self._pool = ThreadPoolExecutor(READERS, "read-ahead")
        self._coming: dict[str, Future[bytes | None]] = {}

    def read(self, path: str) -> bytes | None:
        if path == CHECKPOINT_PATH:
            self._coming.clear()  # another look: what was not there may be there by now
            return self._files.read(path)
        self._fetch_after(path)
        coming = self._coming.pop(path, None)
        found = None if coming is None else coming.result()
        return self._files.read(path) if found is None else found

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)

    def _fetch_after(self, path: str) -> None:
        tile = parse_path(path)
        if tile.level not in (ENTRIES, 0) or tile.width != TILE_WIDTH:
            return
        for index in range(tile.index + 1, tile.index + 1 + FILES_AHEAD):
            following = Tile(tile.level, index, TILE_WIDTH).path
            if following not in self._coming:
                self._coming[following] = self._pool.submit(self._files.read, following)


def _get(address: str, absent: Set[int]) -> bytes | None:
    """The answer's body; None when its status is one of `absent`. Raises OSError, HTTPException."""
    request = urllib.request.Request(address, headers={"User-Agent": "evidence-audit"})  # noqa: S310 -- `log_files` admits http and https alone
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            data: bytes = answer.read(FILE_LIMIT + 1)
            packed = answer.headers.get("Content-Encoding") == "gzip"
    except urllib.error.HTTPError as error:
        with error:
            if error.code in absent:
                return None
        raise
    # Buckets hand bundles out as they hold them, packed or not.
    return _unpacked(_bounded(data)) if packed else _bounded(data)


def _bounded(data: bytes) -> bytes:
    if len(data) > FILE_LIMIT:
        raise HTTPException(f"more than {FILE_LIMIT} bytes")
    return data


def _unpacked(data: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        # However much is packed in there, no more than shows that it is too much.
        return _bounded(unpacker.decompress(data, FILE_LIMIT + 1))
    except zlib.error as error:
        raise HTTPException(f"its gzip is broken: {error}") from error


def log_files(place: str) -> LogFiles:
    """The public files at a folder or an address. Raises `Unreadable`."""
    if urlsplit(place).scheme in ("http", "https"):
        return Web(place)
    folder = Path(place)
    if not folder.is_dir():
        raise Unreadable(f"{place} is no folder and no http address", "name where the log's public files lie")
    return Folder(folder)


def read_kept(path: Path | None, trust: Trust) -> Kept:
    """What was kept at `path`, nothing where there is no such file yet. Raises `Unreadable`."""
    if path is None:
        return nothing_kept(trust)
    try:
        return parse_kept(path.read_text(encoding="utf-8"), trust)
    except FileNotFoundError:
        return nothing_kept(trust)
    except Refusal as refusal:
        raise Unreadable(f"{path}: {refusal.what}", refusal.mend) from refusal
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{path}: {error}", "name a file of yours, or a new one") from error


def write_kept(path: Path, kept: Kept) -> None:
    """Replace the state file in one step: after a crash the old one is there, or the new one.

    Raises `Unreadable` where nothing can be written.
    """
    beside = path.with_name(path.name + ".new")
    try:
        with beside.open("w", encoding="utf-8") as file:
            file.write(format_kept(kept))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror}", "name a file that can be written") from error
