"""What every blob store must do, tried on a local folder, in memory and on an S3 server."""

from __future__ import annotations

import asyncio
import hashlib
import urllib.request
from collections.abc import AsyncIterator, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto.server import ThreadedMotoServer

from ledger.store.blobs import (
    BlobDamaged,
    BlobTooLarge,
    BlobUnavailable,
    ObjectBlobStore,
    S3Location,
    folder_blobs,
    memory_blobs,
    s3_blobs,
)

T = TypeVar("T")
LIMIT = 1 << 20


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


async def stream(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def read(blobs: ObjectBlobStore, sha256: str, start: int = 0, end: int | None = None) -> bytes:
    return b"".join([chunk async for chunk in blobs.open(sha256, start, end)])


async def put(blobs: ObjectBlobStore, data: bytes, limit: int = LIMIT) -> str:
    return (await blobs.put_new(stream(data), limit))[0]


@pytest.fixture(scope="module")
def s3_endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["folder", "memory", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectBlobStore:
    if request.param == "folder":
        return folder_blobs(tmp_path / "blobs")
    if request.param == "memory":
        return memory_blobs()
    endpoint = request.getfixturevalue("s3_endpoint")
    bucket = "b-" + hashlib.sha256(str(tmp_path).encode()).hexdigest()[:20]
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/{bucket}", method="PUT")).close()
    at = S3Location(bucket, prefix="documents", endpoint=endpoint, access_key="id", secret_key="secret")
    return s3_blobs(at, spool=tmp_path)


def test_what_was_put_is_read_back_under_its_digest(blobs: ObjectBlobStore) -> None:
    data = bytes(range(256)) * 3000
    sha256, size = run(blobs.put_new(stream(data[:10], b"", data[10:]), LIMIT))
    assert (sha256, size) == (hashlib.sha256(data).hexdigest(), len(data))
    assert run(read(blobs, sha256)) == data
    assert run(blobs.size(sha256)) == len(data)


def test_an_empty_document_is_a_document(blobs: ObjectBlobStore) -> None:
    sha256, size = run(blobs.put_new(stream(), LIMIT))
    assert (sha256, size) == (hashlib.sha256(b"").hexdigest(), 0)
    assert run(read(blobs, sha256)) == b""
    assert run(blobs.size(sha256)) == 0


def test_the_same_bytes_again_give_the_same_digest_and_change_nothing(blobs: ObjectBlobStore) -> None:
    assert run(put(blobs, b"once")) == run(put(blobs, b"once"))
    assert list(blobs.digests()) == [hashlib.sha256(b"once").hexdigest()]


def test_puts_of_the_same_bytes_at_the_same_time_all_succeed(blobs: ObjectBlobStore) -> None:
    async def together() -> list[str]:
        return await asyncio.gather(*(put(blobs, b"race" * 999) for _ in range(8)))

    assert len(set(run(together()))) == 1
    assert len(list(blobs.digests())) == 1


def test_a_document_of_exactly_the_limit_is_stored_and_one_byte_more_is_not(blobs: ObjectBlobStore) -> None:
    assert run(put(blobs, b"x" * 100, limit=100))
    with pytest.raises(BlobTooLarge):
        run(blobs.put_new(stream(b"y" * 60, b"y" * 41), 100))
    assert list(blobs.digests()) == [hashlib.sha256(b"x" * 100).hexdigest()]


def test_a_stream_that_breaks_off_leaves_nothing_behind(blobs: ObjectBlobStore, tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"half a document"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        run(blobs.put_new(broken(), LIMIT))
    assert list(blobs.digests()) == []
    assert not list(tmp_path.rglob(".incoming-*"))


def test_an_unknown_digest_has_no_size_and_cannot_be_opened(blobs: ObjectBlobStore) -> None:
    unknown = hashlib.sha256(b"never stored").hexdigest()
    assert run(blobs.size(unknown)) is None
    with pytest.raises(KeyError):
        run(read(blobs, unknown))


def test_re_reading_confirms_a_blob_that_is_whole(blobs: ObjectBlobStore) -> None:
    assert run(blobs.verify(run(put(blobs, b"whole")))) == 5


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=400), start=st.integers(0, 500), length=st.none() | st.integers(0, 500))
def test_a_range_is_the_slice_of_the_bytes(
    blobs: ObjectBlobStore, data: bytes, start: int, length: int | None
) -> None:
    end = None if length is None else start + length
    assert run(read(blobs, run(put(blobs, data)), start, end)) == data[start:end]


def test_a_changed_file_is_reported_and_never_taken_for_the_document(tmp_path: Path) -> None:
    blobs = folder_blobs(tmp_path)
    sha256 = run(put(blobs, b"as it was sent"))
    (tmp_path / sha256[:2] / sha256).write_bytes(b"as it was sEnt")
    with pytest.raises(BlobDamaged):
        run(blobs.verify(sha256))
    with pytest.raises(BlobDamaged):
        run(put(blobs, b"as it was sent"))


def test_other_files_in_the_folder_are_no_documents(tmp_path: Path) -> None:
    blobs = folder_blobs(tmp_path)
    (tmp_path / "ab").mkdir()
    (tmp_path / "ab" / "README").write_text("hello")
    assert list(blobs.digests()) == []


def test_the_folder_of_documents_is_closed_to_other_users(tmp_path: Path) -> None:
    folder_blobs(tmp_path / "blobs")
    assert (tmp_path / "blobs").stat().st_mode & 0o777 == 0o700


def test_a_bucket_that_does_not_exist_is_an_error_with_one_line_and_a_remedy(s3_endpoint: str) -> None:
    at = S3Location("no-such-bucket", endpoint=s3_endpoint, access_key="id", secret_key="secret")
    with pytest.raises(BlobUnavailable) as refused:
        run(put(s3_blobs(at), b"x"))
    with pytest.raises(BlobUnavailable):
        run(s3_blobs(at).check_ready())
    assert "\n" not in refused.value.what
    assert refused.value.mend


def test_a_store_that_answers_is_ready(blobs: ObjectBlobStore) -> None:
    run(blobs.check_ready())
