"""The public log through the command line alone: published with each command, rebuilt, its key rotated."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.core.note import split_note
from ledger.store.embedded import EmbeddedServer
from ledger.store.tilestore import FolderLogFiles
from tests.acceptance.conftest import evidence
from tests.support.public_log import assert_servable, contents

pytestmark = pytest.mark.xdist_group("acceptance")


@pytest.fixture(scope="module")
def data(short_folder: Path) -> Iterator[Path]:
    folder = short_folder / "rotated"
    done = evidence("init", "--data", folder, "--origin", "ledger.example.org/rotated", "--no-passphrase")
    assert done.code == 0, done.err
    # Held here, so that the commands need not start it one after the other.
    with EmbeddedServer(folder / "postgres"):
        yield folder


def vkey(data: Path) -> str:
    key: str = json.loads((data / "trust.json").read_text())["vkey"]
    return key


def rotate(data: Path, *more: str) -> dict[str, Any]:
    shown: dict[str, Any] = evidence("key", "rotate-log", "--data", data, "--json", *more).json()
    return shown


def signers(data: Path) -> int:
    return len(split_note((data / "log" / "checkpoint").read_text())[1])


def test_a_key_is_rotated_and_every_step_is_published(data: Path) -> None:
    old = vkey(data)
    assert assert_servable(FolderLogFiles(data / "log"), old).size >= 1
    both = rotate(data)
    assert old in both["logKeys"]
    assert len(both["logKeys"]) == 2
    for key in both["logKeys"]:
        assert assert_servable(FolderLogFiles(data / "log"), key) is not None
    assert signers(data) == 2
    after = rotate(data, "--retire")
    assert old not in after["logKeys"]
    assert [vkey(data)] == after["logKeys"]
    assert assert_servable(FolderLogFiles(data / "log"), vkey(data)) is not None
    assert signers(data) == 1
    checked = evidence("check", "--data", data)
    assert checked.code == 0, checked.err
    # What the old key alone has signed holds by the new trust file, too; the old file knows no newer key.
    kept = Path(after["kept"])
    assert json.loads(kept.read_text())["vkey"] == old
    newest = after["index"]
    assert [verified(data, 0, kept), verified(data, newest, kept)] == [0, 1]
    assert [verified(data, 0), verified(data, newest)] == [0, 0]
    told = evidence("verify", data / "receipts" / f"{newest}.entry", "--trust", kept).out
    assert "use the trust file of that time" in told


def verified(data: Path, index: int, trust: Path | None = None) -> int:
    """The exit code of `evidence verify` for the receipt of an entry."""
    receipt = data / "receipts" / f"{index}.entry"
    return evidence("verify", receipt, "--trust", trust or data / "trust.json").code


def test_there_is_nothing_to_retire_where_one_key_signs(data: Path) -> None:
    if signers(data) != 1:
        rotate(data, "--retire")
    refused = evidence("key", "rotate-log", "--data", data, "--retire")
    assert refused.code == 1
    assert "one log key alone is in force" in refused.err


def test_a_key_made_before_is_brought_into_force(data: Path) -> None:
    made = data / "keys" / "log-prepared.key"
    assert evidence("key", "new", made, "--no-passphrase").code == 0
    shown = rotate(data, "--new", str(made))
    assert len(shown["logKeys"]) == 2
    assert signers(data) == 2


def test_what_a_stolen_key_has_signed_is_no_longer_accepted(data: Path) -> None:
    if signers(data) == 1:
        rotate(data)
    alone = rotate(data, "--retire")["index"]  # in good order; the key that is left signs alone
    stolen = vkey(data)
    rotate(data)
    assert evidence("key", "rotate-log", "--data", data, "--stolen").code == 1
    assert verified(data, alone) == 0
    after = rotate(data, "--retire", "--stolen")
    assert stolen not in (data / "trust.json").read_text()
    assert [verified(data, alone), verified(data, after["index"])] == [1, 0]
    # Keys that were retired in good order before stay listed.
    assert verified(data, 0) == 0


def test_the_public_files_are_rebuilt_elsewhere_byte_for_byte(data: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "www"
    done = subprocess.run(
        [sys.executable, "-c", "from api.cli import main; main()", "rebuild", "tiles", "--data", str(data)],
        env={**os.environ, "EVIDENCE_TILES": str(elsewhere)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert contents(elsewhere) == contents(data / "log")


def test_a_rebuild_names_the_file_that_was_altered(data: Path) -> None:
    path = next((data / "log" / "tile" / "entries").rglob("*.p/*"))
    before = path.read_bytes()
    path.write_bytes(before[:-1] + b"?")
    try:
        done = evidence("rebuild", "tiles", "--data", data)
    finally:
        path.write_bytes(before)
    assert done.code == 1
    assert str(path.relative_to(data / "log")) in done.err
