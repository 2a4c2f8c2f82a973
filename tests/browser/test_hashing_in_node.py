"""Documents are digested piece by piece, with a library of others that is what its authors published."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from tests.browser.scripts import Scripts

VENDOR = Path(__file__).parents[2] / "api" / "web" / "static" / "vendor"
PIECE = 256 * 1024


@pytest.mark.parametrize("size", [0, 1, 55, 56, 64, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 7])
def test_a_file_of_any_size_has_the_digest_that_python_finds(scripts: Scripts, size: int) -> None:
    answer = scripts.ask("digest", size=size)
    assert answer["digest"] == sha256(bytes(at % 251 for at in range(size))).hexdigest()
    assert answer["told"][-1:] == ([size] if size else [])


def test_what_others_wrote_is_unchanged() -> None:
    """Each folder of `vendor` says where its files come from, and their digests there."""
    folders = [path for path in VENDOR.iterdir() if path.is_dir()]
    assert folders
    for folder in folders:
        lines = [line.split() for line in (folder / "origin.txt").read_text().splitlines()]
        named = {line[1]: line[0] for line in lines if len(line) == 2 and len(line[0]) == 64}
        held = {
            path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
            for path in folder.rglob("*")
            if path.is_file() and path.name != "origin.txt"
        }
        archives = {name: digest for name, digest in named.items() if name.endswith(".tgz")}
        assert archives
        assert {name: digest for name, digest in named.items() if name not in archives} == held
