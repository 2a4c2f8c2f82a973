"""What every place for the public log's files must do, tried on a folder and on an S3 server."""

from __future__ import annotations

import hashlib
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import obstore
import pytest
from moto.server import ThreadedMotoServer

from ledger.ports import CheckpointMoved, FileConflict, LogFileStore, LogFilesUnavailable
from ledger.store.blobs import S3Location
from ledger.store.tilestore import BucketLogFiles, FolderLogFiles, bucket
from tests.support.public_log import contents

PATHS = ("tile/0/000.p/5", "tile/entries/x001/x234/067", "tile/1/000")


@pytest.fixture(scope="module")
def s3_endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def in_bucket(s3_endpoint: str, tmp_path: Path) -> S3Location:
    name = "b-" + hashlib.sha256(str(tmp_path).encode()).hexdigest()[:20]
    urllib.request.urlopen(urllib.request.Request(f"{s3_endpoint}/{name}", method="PUT")).close()
    return S3Location(name, prefix="log", endpoint=s3_endpoint, access_key="id", secret_key="secret")


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> LogFileStore:
    if request.param == "folder":
        return FolderLogFiles(tmp_path / "log")
    return BucketLogFiles(bucket(request.getfixturevalue("in_bucket")))


def test_nothing_is_there_before_it_is_put(store: LogFileStore) -> None:
    assert [store.read(path) for path in (*PATHS, "checkpoint")] == [None] * 4


def test_what_was_put_is_read_back(store: LogFileStore) -> None:
    files = {path: bytes([n]) * (n * 1000 + 1) for n, path in enumerate(PATHS)}
    store.put_new(files)
    assert {path: store.read(path) for path in PATHS} == files


def test_a_path_on_the_way_to_a_file_is_no_file(store: LogFileStore) -> None:
    store.put_new(dict.fromkeys(PATHS, b"x"))
    assert [store.read(path) for path in ("tile", "tile/0", "tile/0/000.p", "tile/1/000/5")] == [None] * 4


def test_a_full_tile_lies_beside_its_partial_ones(store: LogFileStore) -> None:
    files = {"tile/0/000.p/5": b"five", "tile/0/000": b"full", "tile/0/000.p/255": b"nearly full"}
    store.put_new(files)
    assert {path: store.read(path) for path in files} == files


def test_the_same_bytes_again_change_nothing(store: LogFileStore) -> None:
    store.put_new({PATHS[0]: b"once"})
    store.put_new({PATHS[0]: b"once", PATHS[1]: b"new"})
    assert (store.read(PATHS[0]), store.read(PATHS[1])) == (b"once", b"new")


def test_other_bytes_are_refused_and_the_first_ones_stay(store: LogFileStore) -> None:
    store.put_new({PATHS[0]: b"first"})
    with pytest.raises(FileConflict, match=r"tile/0/000\.p/5"):
        store.put_new({PATHS[0]: b"other", PATHS[1]: b"beside it"})
    assert store.read(PATHS[0]) == b"first"


def test_what_is_deleted_is_gone_and_may_be_put_again(store: LogFileStore) -> None:
    store.put_new({PATHS[0]: b"partial", PATHS[2]: b"full"})
    store.delete([PATHS[0]])
    store.delete([PATHS[0]])
    assert (store.read(PATHS[0]), store.read(PATHS[2])) == (None, b"full")
    store.put_new({PATHS[0]: b"again"})
    assert store.read(PATHS[0]) == b"again"


def test_a_checkpoint_replaces_the_one_that_was_seen(store: LogFileStore) -> None:
    store.put_checkpoint(b"one", None)
    store.put_checkpoint(b"two", b"one")
    assert store.read("checkpoint") == b"two"


@pytest.mark.parametrize("believed", [None, b"another"])
def test_a_checkpoint_never_replaces_one_that_was_not_seen(
    store: LogFileStore, believed: bytes | None
) -> None:
    store.put_checkpoint(b"one", None)
    with pytest.raises(CheckpointMoved):
        store.put_checkpoint(b"two", believed)
    assert store.read("checkpoint") == b"one"


def test_a_first_checkpoint_is_not_put_over_nothing_that_was_something(store: LogFileStore) -> None:
    with pytest.raises(CheckpointMoved):
        store.put_checkpoint(b"two", b"one")
    assert store.read("checkpoint") is None


def test_of_two_publishers_at_once_one_wins_and_the_other_is_told(store: LogFileStore) -> None:
    store.put_checkpoint(b"one", None)
    outcomes: list[str] = []
    gate = threading.Barrier(2)

    def put(note: bytes) -> None:
        gate.wait()
        try:
            store.put_checkpoint(note, b"one")
            outcomes.append(note.decode())
        except CheckpointMoved:
            outcomes.append("moved")

    threads = [threading.Thread(target=put, args=(note,)) for note in (b"two", b"three")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes)[0] == "moved"
    winner = next(outcome for outcome in outcomes if outcome != "moved")
    assert store.read("checkpoint") == winner.encode()


def test_files_in_a_folder_can_be_read_by_a_web_server(tmp_path: Path) -> None:
    store = FolderLogFiles(tmp_path / "log")
    store.put_new({PATHS[1]: b"tile"})
    store.put_checkpoint(b"note", None)
    for path in (PATHS[1], "checkpoint"):
        assert (tmp_path / "log" / path).stat().st_mode & 0o777 == 0o644


def test_a_folder_keeps_no_traces_of_writing(tmp_path: Path) -> None:
    store = FolderLogFiles(tmp_path / "log")
    store.put_new({PATHS[0]: b"tile"})
    with pytest.raises(FileConflict):
        store.put_new({PATHS[0]: b"other"})
    store.put_checkpoint(b"note", None)
    assert set(contents(tmp_path / "log")) == {PATHS[0], "checkpoint"}
    assert [path.name for path in (tmp_path / "log" / ".spool").iterdir()] == ["lock"]


def test_objects_carry_the_headers_they_are_to_be_served_with(in_bucket: S3Location) -> None:
    store = BucketLogFiles(bucket(in_bucket))
    store.put_new({PATHS[1]: b"tile"})
    store.put_checkpoint(b"note", None)
    store.put_checkpoint(b"newer note", b"note")
    expected = {
        PATHS[1]: ("application/octet-stream", "public, max-age=31536000, immutable"),
        "checkpoint": ("text/plain; charset=utf-8", "public, max-age=2"),
    }
    for path, headers in expected.items():
        found = obstore.get(bucket(in_bucket), path).attributes
        assert (found["Content-Type"], found["Cache-Control"]) == headers


def test_a_place_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = FolderLogFiles(tmp_path / "file" / "log")
    with pytest.raises(LogFilesUnavailable, match="Not a directory"):
        store.put_new({PATHS[0]: b"tile"})


def test_a_bucket_that_is_not_there_is_told_in_one_line(in_bucket: S3Location) -> None:
    missing = S3Location("no-such-bucket", endpoint=in_bucket.endpoint, access_key="id", secret_key="secret")
    with pytest.raises(LogFilesUnavailable) as error:
        BucketLogFiles(bucket(missing)).put_new({PATHS[0]: b"tile"})
    assert "\n" not in error.value.what
