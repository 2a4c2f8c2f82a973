"""What others made and we serve is what they published, byte for byte, with its licence."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

VENDOR = Path(__file__).parents[3] / "api" / "web" / "static" / "vendor"
FOLDERS = sorted(one.name for one in VENDOR.iterdir() if one.is_dir())


@pytest.mark.parametrize("name", FOLDERS)
def test_each_vendored_file_has_the_digest_that_its_origin_names(name: str) -> None:
    folder = VENDOR / name
    origin = (folder / "origin.txt").read_text()
    named = {file: digest for digest, file in re.findall(r"^([0-9a-f]{64})  (\S+)$", origin, re.MULTILINE)}
    files = {one.name for one in folder.iterdir()} - {"origin.txt"}
    assert files <= named.keys()
    assert "LICENSE.txt" in files
    for file in files:
        assert hashlib.sha256((folder / file).read_bytes()).hexdigest() == named[file], file
