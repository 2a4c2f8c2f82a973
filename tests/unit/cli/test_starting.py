"""A command that is typed is imported, and none of the others; help and what is no command know them all."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

from api.cli.app import COMMANDS, GROUPS, UNREADABLE, run, typed

HEAVY = ("pydantic_settings", "httpx2", "fastapi", "obstore", "psycopg", "jinja2", "babel")
MODULES = sorted({place.partition(":")[0] for place in COMMANDS.values()})


def imported(*arguments: str) -> set[str]:
    """What a process has imported once it has run these arguments."""
    script = (
        "import sys; from api.cli.app import run; run(sys.argv[1:]); sys.stderr.write(' '.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("Usage: evidence")
    return set(done.stderr.split())


@pytest.mark.parametrize(
    ("arguments", "module"),
    [(["key", "new"], "keys"), (["verify"], "verifying"), (["timeline"], "reading"), (["audit"], "audit")],
)
def test_a_command_imports_no_other_commands_module_and_no_library_that_its_help_does_without(
    arguments: list[str], module: str
) -> None:
    found = imported(*arguments, "--help")
    assert {name for name in MODULES if f"api.cli.{name}" in found} == {module}
    assert found.isdisjoint(HEAVY)


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    said = capsys.readouterr().out
    assert all(f"\n  {path[0]} " in said for path in COMMANDS)
    for group in GROUPS:
        assert run([group, "--help"]) == 0
        said = capsys.readouterr().out
        assert all(f"\n  {path[1]} " in said for path in COMMANDS if path[0] == group)


def test_every_command_is_found_where_the_table_says() -> None:
    for path, place in COMMANDS.items():
        module, _, function = place.partition(":")
        assert callable(getattr(import_module(f"api.cli.{module}"), function)), path


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_a_command_alone_is_the_same_command_as_among_all(
    path: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed([*path, "--help"]) == [path]
    assert run([*path, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"Usage: evidence {' '.join(path)} ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["timelin"], "No such command 'timelin'. Did you mean 'timeline'?"),
        (["key", "nwe"], "No such command 'nwe'. Did you mean 'new'?"),
        (["bogus"], "No such command 'bogus'."),
        (["--nope"], "No such option: --nope"),
        (["verify", "--nope"], "No such option: --nope"),
    ],
)
def test_what_is_no_command_is_told_in_one_line_with_what_may_be_meant(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == UNREADABLE
    assert said in capsys.readouterr().err
