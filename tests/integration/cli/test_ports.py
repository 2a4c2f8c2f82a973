"""A port that is taken is told before anything is entered or said, with another that may be free."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.cli.app import FAILED, run
from api.listener import open_listener


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which another program listens."""
    with open_listener("127.0.0.1", 0) as held:
        held.listen()
        yield held.getsockname()[1]


def test_a_server_that_cannot_have_its_port_says_so_and_not_that_it_serves(
    taken: int, tmp_path: Path, empty_database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = ["--data", str(tmp_path / "ledger"), "--database", empty_database_url]
    assert run(["init", *ledger, "--no-passphrase"]) == 0
    capsys.readouterr()
    assert run(["serve", *ledger, "--port", str(taken)]) == FAILED
    said = capsys.readouterr()
    assert said.out == ""
    assert f"port {taken} of 127.0.0.1 is taken" in said.err
    assert f"--port {taken + 1}" in said.err
    assert len(said.err.splitlines()) == 1


def test_a_demo_that_cannot_have_its_port_enters_nothing(
    taken: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["demo", "--data", str(tmp_path / "demo"), "--port", str(taken)]) == FAILED
    said = capsys.readouterr()
    assert said.out == ""
    assert f"port {taken} of 127.0.0.1 is taken" in said.err
    assert f"make demo PORT={taken + 1}" in said.err
    assert not (tmp_path / "demo").exists()
