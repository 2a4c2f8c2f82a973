"""Every command answers programs in JSON, those that run until stopped too."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from api.cli.app import application, run
from projections.views import VIEWS


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, set[str]]]:
    """The name and the options of every command."""
    if not hasattr(command, "commands"):
        yield " ".join(path), {option for one in command.params for option in one.opts}
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, (*path, name))


def test_every_command_has_an_answer_for_programs() -> None:
    found = dict(commands(typer.main.get_command(application())))
    assert len(found) > 30
    assert [name for name, options in found.items() if "--json" not in options] == []


@pytest.fixture
def ledger(tmp_path: Path, empty_database_url: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The options of a new ledger."""
    options = ["--data", str(tmp_path / "ledger"), "--database", empty_database_url]
    assert run(["init", *options, "--no-passphrase"]) == 0
    capsys.readouterr()
    return options


def first_value(*arguments: str) -> Any:
    """What a command prints first, before it is stopped."""
    command = [sys.executable, "-c", "from api.cli import main; main()", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        text = ""
        while not text.endswith("}\n"):
            line = process.stdout.readline()
            assert line, "it ended"
            text += line
        process.terminate()
    return json.loads(text)


def test_a_server_says_where_it_serves(ledger: list[str]) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    said = first_value("serve", *ledger, "--port", str(port), "--json")
    assert said == {"url": f"http://127.0.0.1:{port}"}


def test_a_projector_says_which_views_it_keeps(ledger: list[str]) -> None:
    assert first_value("project", *ledger, "--json") == {"views": [view.name for view in VIEWS]}
