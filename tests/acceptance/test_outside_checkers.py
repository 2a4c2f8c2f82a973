"""Checkers that share no line with the ledger read its public files: Go's own tlog, and one from the specs.

The Go program needs `go` and Debian's `golang-golang-x-mod-dev`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.acceptance.conftest import Demo
from tests.support.builder import log_vkey
from tests.support.requirements import missing
from tests.support.synthetic import publish

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
