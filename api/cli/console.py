"""Where output goes: people read rich text, programs read JSON, errors are one line on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from api.cli.words import _
from ledger.core.refusal import LedgerError
from ledger.core.visible import visible, visible_json, visible_line

# Wider lines are hard to read; narrower terminals get what they have.
WIDEST = 120


class _Console(Console):
    """Prints what strangers wrote without letting it steer the terminal; its own colours are put in later."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(visible(segment.text), segment.style)


def out() -> Console:
    """Standard output: no colour and no markup when it is not a terminal."""
    console = _Console(highlight=False, soft_wrap=False)
    if console.width > WIDEST:
        console.width = WIDEST
    return console


def err() -> Console:
    """Standard error, for progress and for errors."""
    return _Console(stderr=True, highlight=False)


def say(text: str = "") -> None:
    """One plain line for people; square brackets are printed as they are."""
    out().print(text, markup=False)


def say_member(line: str) -> None:
    """One line `name: value` beneath a heading; a value of many lines stays to the right of its name."""
    # Imported late: few commands show one.
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    name, _, value = line.partition(": ")
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column()
    table.add_row(Text(f"{name}:"), Text(value))
    out().print(Padding(table, (0, 0, 0, 4), expand=False))


def say_json(value: Any) -> None:
    """One JSON value for programs, the same on a terminal and in a pipe, and there at once."""
    sys.stdout.write(visible_json(json.dumps(value, ensure_ascii=False, indent=2)) + "\n")
    sys.stdout.flush()


def complain(what: str, mend: str = "", code: str = "") -> None:
    """An error in one line: what is wrong, and how to mend it."""
    start = _("evidence: {what}", what=what)
    text = visible_line(f"{start} ({code})" if code else start)
    sys.stderr.write(f"{text} - {visible_line(mend)}\n" if mend else f"{text}\n")


class NotConfirmed(LedgerError):
    """Nobody said yes to what was shown."""


def confirm(question: str, *, is_answered: bool, as_json: bool) -> None:
    """Ask for a yes on standard error and read one line; `is_answered` is the option `--yes`.

    Raises NotConfirmed for any other answer, and where nobody can answer: a program, or an input that ended.
    """
    if is_answered:
        return
    line = ""
    if not as_json:
        sys.stderr.write(_("{question} [y/N] ", question=visible_line(question)))
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not sys.stdin.isatty():
            sys.stderr.write("\n")
    if not line:
        raise NotConfirmed("nobody said yes, so that nothing is signed", "answer `y`, or give --yes")
    if line.strip().casefold() not in ("y", "yes"):
        raise NotConfirmed("not confirmed, so that nothing is signed", "run it again, and answer `y`")


@contextmanager
def progress(label: str, total: int | None) -> Iterator[Any]:
    """A progress bar on standard error; yields `advance(n=1)`. Silent when nobody watches."""
    # Imported late: few commands take long.
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = err()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda n=1, total=None: bar.update(task, advance=n, total=total)
