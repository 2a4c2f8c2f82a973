"""Who shares no line with the ledger reads its public files: Go's tlog, a checker from the specs, a witness.

The Go program needs `go` and Debian's `golang-golang-x-mod-dev`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.core.checkpoint import open_checkpoint
from ledger.core.merkle import leaf_hash
from ledger.core.note import Verifier
from tests.acceptance.conftest import Demo
from tests.outside.witness.server import serving
from tests.outside.witness.witness import Witness
from tests.support.builder import log_vkey
from tests.support.requirements import missing
from tests.support.synthetic import checkpoint, made_up, publish

pytestmark = pytest.mark.xdist_group("acceptance")

ROOT = Path(__file__).parents[2]
GO_SOURCES = Path("/usr/share/gocode")
ENTRIES = 100_000
Checker = Callable[[Path, str], subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def golog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Go checker, built from Debian's packages without a network."""
    go = shutil.which("go")
    if go is None or not (GO_SOURCES / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        missing("Go and its module packages are missing (apt-get install golang-go golang-golang-x-mod-dev)")
    folder = tmp_path_factory.mktemp("golog")
    environment = {
        "GO111MODULE": "off",
        "GOPATH": str(GO_SOURCES),
        "GOCACHE": str(folder / "cache"),
        "PATH": os.environ["PATH"],
    }
    source = ROOT / "tests" / "outside" / "golog" / "main.go"
    subprocess.run([go, "build", "-o", str(folder / "golog"), str(source)], env=environment, check=True)
    return folder / "golog"


@pytest.fixture(params=["go", "python"])
def checker(request: pytest.FixtureRequest) -> Checker:
    if request.param == "go":
        start = [str(request.getfixturevalue("golog"))]
    else:
        start = [sys.executable, "-m", "tests.outside.logcheck"]

    def run(folder: Path, vkey: str) -> subprocess.CompletedProcess[str]:
        command = [*start, str(folder), vkey]
        return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)

    return run


@pytest.fixture(scope="module")
def synthetic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("synthetic")
    publish(folder, ENTRIES)
    yield folder
    shutil.rmtree(folder)


def flip_one_bit(path: Path, at: int) -> bytes:
    """Flip a bit of a file; its bytes as they were."""
    before = path.read_bytes()
    changed = bytearray(before)
    changed[at] ^= 1
    path.write_bytes(changed)
    return before


def test_the_case_of_2019_holds_and_does_not_after_one_flipped_bit(
    demo: Demo, checker: Checker, tmp_path: Path
) -> None:
    vkey = json.loads((demo.data / "trust.json").read_text())["vkey"]
    files = tmp_path / "log"
    shutil.copytree(demo.data / "log", files)
    good = checker(files, vkey)
    assert good.returncode == 0, good.stderr
    assert "entries hold" in good.stdout
    size = (files / "checkpoint").read_text().splitlines()[1]
    for path in (f"tile/entries/000.p/{size}", f"tile/0/000.p/{size}", "checkpoint"):
        before = flip_one_bit(files / path, 70)
        assert checker(files, vkey).returncode == 1, path
        (files / path).write_bytes(before)
    assert checker(files, vkey).returncode == 0


def test_a_hundred_thousand_entries_hold_and_do_not_after_one_flipped_bit(
    synthetic: Path, checker: Checker
) -> None:
    good = checker(synthetic, log_vkey())
    assert good.returncode == 0, good.stderr
    assert f"{ENTRIES} entries hold" in good.stdout
    for path in ("tile/entries/200", "tile/0/123", "tile/1/000"):
        before = flip_one_bit(synthetic / path, 40)
        assert checker(synthetic, log_vkey()).returncode == 1, path
        (synthetic / path).write_bytes(before)


def test_another_logs_key_opens_nothing(synthetic: Path, checker: Checker) -> None:
    assert checker(synthetic, log_vkey("another.example.org/log")).returncode == 1


# --- a witness ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Follower:
    """A witness that has cosigned an earlier checkpoint, and where it is asked."""

    witness: Witness
    url: str

    def feed(self, folder: Path) -> subprocess.CompletedProcess[str]:
        """Bring it the checkpoint of a folder, as somebody does who has nothing but the files."""
        command = [sys.executable, "-m", "tests.outside.witness.feed", str(folder), self.url]
        return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)


@contextmanager
def following(vkey: str, earlier: str, folder: Path) -> Iterator[Follower]:
    witness = Witness("witness.example/outside", Ed25519PrivateKey.generate())
    witness.trust(vkey)
    folder.mkdir()
    (folder / "checkpoint").write_text(earlier)
    with serving(witness) as server:
        follower = Follower(witness, server.url)
        first = follower.feed(folder)
        assert first.returncode == 0, first.stderr
        yield follower


# What a witness answers to another letter in the root hash: signed by nobody, or no base64 at all.
ALTERED = {"403", "400"}


def assert_followed(
    vkey: str, earlier: str, files: Path, folder: Path, places: dict[str, set[str]], checker: Checker
) -> None:
    """The witness goes along from the earlier checkpoint, but not with a bit flipped at one of `places`."""
    with following(vkey, earlier, folder) as follower:
        for path, answers in places.items():
            before = flip_one_bit(files / path, 40)
            declined = follower.feed(files)
            (files / path).write_bytes(before)
            assert declined.returncode == 1, path
            assert declined.stderr[:10] in {f"feed: {answer} " for answer in answers}, path
        cosigned = follower.feed(files)
        assert cosigned.returncode == 0, cosigned.stderr
    log, witness = Verifier.from_vkey(vkey), Verifier.from_vkey(follower.witness.vkey)
    note = (files / "checkpoint").read_text() + cosigned.stdout
    assert [one.name for one in open_checkpoint(note, log, [witness])[1].verified] == [log.name, witness.name]
    # Who knows the log's key alone passes over the cosignature.
    before = (files / "checkpoint").read_bytes()
    (files / "checkpoint").write_text(note)
    assert checker(files, vkey).returncode == 0
    (files / "checkpoint").write_bytes(before)


def test_a_witness_follows_the_case_of_2019_from_a_receipts_checkpoint(
    demo: Demo, checker: Checker, tmp_path: Path
) -> None:
    vkey = json.loads((demo.data / "trust.json").read_text())["vkey"]
    files = tmp_path / "log"
    shutil.copytree(demo.data / "log", files)
    proof = Path(demo.shown["receipt"]["file"]).with_suffix(".tlog-proof").read_text()
    size = (files / "checkpoint").read_text().splitlines()[1]
    places = {"checkpoint": ALTERED, f"tile/0/000.p/{size}": {"422"}}
    assert_followed(vkey, proof.partition("\n\n")[2], files, tmp_path / "earlier", places, checker)


def test_a_witness_follows_a_hundred_thousand_entries(
    synthetic: Path, checker: Checker, tmp_path: Path
) -> None:
    earlier = checkpoint([leaf_hash(entry) for entry in made_up(70_001)])
    places = {"checkpoint": ALTERED, "tile/0/273": {"422"}, "tile/1/001.p/134": {"422"}}
    assert_followed(log_vkey(), earlier, synthetic, tmp_path / "earlier", places, checker)
