"""Documents by the SHA-256 of their bytes: `BlobStore` on obstore, in a local folder or in an S3 bucket.

An upload's name is known only after its last byte, so a stream is first spooled to a temporary file
while its digest is taken, then put under that digest with a create-only put: what is stored is never
replaced. Objects lie at `<first two hex digits>/<64 hex digits>`. A local put is flushed to the disk, file
and folder, before it counts.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, MemoryStore, S3Store

from ledger.core.refusal import LedgerError

if TYPE_CHECKING:
    from obstore import GetOptions
    from obstore.store import ObjectStore

CHUNK = 1 << 18  # bytes read or sent at once
_DIGEST = re.compile(r"[0-9a-f]{64}")
_KEY = re.compile(r"(?:.*/)?([0-9a-f]{2})/([0-9a-f]{64})")


class BlobUnavailable(LedgerError):
    """The blob store could not be reached, or refused to work."""


class BlobTooLarge(LedgerError):
    """The stream went past the limit; nothing was stored."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"the document is larger than {limit} bytes", f"send at most {limit} bytes")
        self.limit = limit


class BlobDamaged(LedgerError):
    """What is stored under a digest has another digest."""


@dataclass(frozen=True)
class S3Location:
    """A bucket and how to reach it; empty keys are looked up as AWS tools do (environment, role)."""

    bucket: str
    prefix: str = ""
    endpoint: str = ""
    region: str = "us-east-1"
    access_key: str = ""
    secret_key: str = ""


class ObjectBlobStore:
    """`ledger.ports.BlobStore` over any obstore store; `folder` is set when objects are local files."""

    def __init__(self, store: ObjectStore, spool: Path | None = None, folder: Path | None = None) -> None:
        self._store = store
        self._spool = spool
        self._folder = folder

    async def put_new(self, stream: AsyncIterator[bytes], limit: int) -> tuple[str, int]:
        """Store a stream of at most `limit` bytes; (sha256 hex, size) once durable, also if already there.

        Raises `BlobTooLarge`, `BlobDamaged` when other bytes lie under this digest, `BlobUnavailable`.
        """
        with tempfile.NamedTemporaryFile(dir=self._spool, prefix=".incoming-") as spooled:
            sha256, size = await _spool(stream, spooled, limit)
            spooled.flush()
            await self._create(sha256, Path(spooled.name))
        return sha256, size

    async def open(self, sha256: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The bytes of [start, end), in chunks. Raises `KeyError` when there are none under that digest."""
        size = await self.size(sha256)
        if size is None:
            raise KeyError(sha256)
        stop = size if end is None else min(end, size)
        if start >= stop:
            return
        options: GetOptions = {"range": (start, stop)}
        try:
            result = await obstore.get_async(self._store, _key(sha256), options=options)
            async for chunk in result.stream(min_chunk_size=CHUNK):
                yield bytes(chunk)
        except FileNotFoundError:
            raise KeyError(sha256) from None
        except (BaseError, OSError) as error:
            raise _unavailable(error) from error

    async def size(self, sha256: str) -> int | None:
        """The size in bytes, None when nothing is held under that digest."""
        try:
            meta = await obstore.head_async(self._store, _key(sha256))
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as error:
            raise _unavailable(error) from error
        return meta["size"]

    def digests(self) -> Iterator[str]:
        """Every digest held, in any order; objects that are not ours by name are passed over."""
        try:
            for page in obstore.list(self._store):
                for meta in page:
                    match = _KEY.fullmatch(meta["path"])
                    if match and match[2].startswith(match[1]):
                        yield match[2]
        except (BaseError, OSError) as error:
            raise _unavailable(error) from error

    async def verify(self, sha256: str) -> int:
        """Re-read all bytes of a digest; their count. Raises `KeyError`, `BlobDamaged`, `BlobUnavailable`."""
        seen, size = hashlib.sha256(), 0
        async for chunk in self.open(sha256):
            seen.update(chunk)
            size += len(chunk)
        if seen.hexdigest() != sha256:
            raise BlobDamaged(
                f"the blob {sha256} holds {size} bytes with the digest {seen.hexdigest()}",
                "remove the damaged object and upload the document again",
            )
        return size

    async def check_ready(self) -> None:
        """One cheap question to the store. Raises `BlobUnavailable` when it cannot be answered."""
        try:
            await obstore.list_with_delimiter_async(self._store, prefix="00")
        except (BaseError, OSError) as error:
            raise _unavailable(error) from error

    async def _create(self, sha256: str, spooled: Path) -> None:
        try:
            await obstore.put_async(self._store, _key(sha256), spooled, mode="create", use_multipart=False)
        except AlreadyExistsError:
            await self.verify(sha256)
        except (BaseError, OSError) as error:
            raise _unavailable(error) from error
        if self._folder is not None:
            await asyncio.to_thread(_flush, self._folder / _key(sha256))


def folder_blobs(folder: Path) -> ObjectBlobStore:
    """Blobs as files below `folder`, which is made (0700) when missing."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    spool = folder / ".spool"
    spool.mkdir(exist_ok=True, mode=0o700)
    return ObjectBlobStore(LocalStore(folder, mkdir=True), spool=spool, folder=folder)


def memory_blobs() -> ObjectBlobStore:
    """Blobs of this process alone, gone with it."""
    return ObjectBlobStore(MemoryStore())


def s3_blobs(at: S3Location, spool: Path | None = None) -> ObjectBlobStore:
    """Blobs in a bucket that exists; plain HTTP only when the endpoint says so."""
    config: dict[str, Any] = {"region": at.region}
    if at.endpoint:
        config |= {"endpoint": at.endpoint, "virtual_hosted_style_request": False}
    if at.access_key:
        config |= {"access_key_id": at.access_key, "secret_access_key": at.secret_key}
    # Half an hour bounds one whole transfer; the default of 30 s would cut off slow readers of large files.
    config["client_options"] = {"timeout": "30m", "allow_http": at.endpoint.startswith("http://")}
    store = S3Store(at.bucket, prefix=at.prefix or None, **config)
    return ObjectBlobStore(cast("ObjectStore", store), spool=spool)


async def _spool(stream: AsyncIterator[bytes], target: Any, limit: int) -> tuple[str, int]:
    """Write the stream to `target`, refusing byte `limit` + 1; (sha256 hex, size)."""
    seen, size = hashlib.sha256(), 0
    async for chunk in stream:
        size += len(chunk)
        if size > limit:
            raise BlobTooLarge(limit)
        seen.update(chunk)
        target.write(chunk)
    return seen.hexdigest(), size


def _key(sha256: str) -> str:
    assert _DIGEST.fullmatch(sha256), f"not a SHA-256 in lower-case hex: {sha256!r}"
    return f"{sha256[:2]}/{sha256}"


def _flush(path: Path) -> None:
    """Bring a new file and its name to the disk; obstore itself leaves that to the kernel."""
    for target in (path, path.parent, path.parent.parent):
        fd = os.open(target, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


def _unavailable(error: Exception) -> BlobUnavailable:
    """Only the first line: obstore's messages go on with a debugging dump of addresses and headers."""
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return BlobUnavailable(f"the blob store did not answer: {reason}", "check its address and keys")
