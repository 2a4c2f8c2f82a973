"""`evidence verify`: receipts and bundles, checked offline, in steps, by the code of `evidence-verify`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from api.cli.console import out
from api.cli.words import _
from ledger.core.report import Report
from ledger.core.visible import visible_line
from ledger.verifier.words import QUESTIONS, hints, meaning

PAGE_TEXT = "page text"
GRADES = {
    "held": (_("held"), "green"),
    "failed": (_("failed"), "bold red"),
    "unreadable": (_("unreadable"), "bold red"),
    "unchecked": (_("unchecked"), "yellow"),
    "unverified": (_("unverified"), "yellow"),
}


def verify(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Receipts (N.entry, its N.tlog-proof beside it) and bundles."),
    ],
    trust: Annotated[Path | None, typer.Option("--trust", metavar="FILE", help="Whom you trust.")] = None,
    tsa_roots: Annotated[
        Path | None,
        typer.Option(
            "--tsa-roots", metavar="PEM", help="Root certificates of time-stamping authorities you trust."
        ),
    ] = None,
    as_json_: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Verify receipts and bundles without network or account.

    Exit code 3: sound, but nobody said whom to trust.
    """
    # Imported late: whoever only prints a report does without the checks.
    from ledger.verifier.command import as_json, exit_code
    from ledger.verifier.files import read_trust, verify_file

    root = None if trust is None else read_trust(trust)
    reports = [(path, _page_text(path, verify_file(path, root))) for path in files]
    if tsa_roots is not None:
        from api.anchoring import with_certificates

        reports = [(path, with_certificates(path, report, tsa_roots)) for path, report in reports]
    if as_json_:
        sys.stdout.write(as_json(reports))
    else:
        for path, report in reports:
            _print(out(), path, report, named=len(files) > 1)
    raise typer.Exit(exit_code([report for _path, report in reports]))


def _page_text(path: Path, report: Report) -> Report:
    """The report, the text of a page judged by making the page anew."""
    if all(step.name != PAGE_TEXT for step in report):
        return report
    # Imported late: whoever checks a bundle does without the pages.
    from api.dossier.comparing import with_page_text

    return with_page_text(path, report)


def _print(console: Console, path: Path, report: Report, *, named: bool) -> None:
    if named:
        console.print(Text(str(path), style="bold"))
    print_report(console, report)
    for text in (meaning(report), *hints(report)):
        console.print(Text(text))


def print_report(console: Console, report: Report) -> None:
    """What each step asks, its grade and what was seen, as `evidence-verify` has it; then the verdict."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(justify="right", style="dim", no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for step in report:
        words, style = GRADES[step.grade]
        told = [Text(QUESTIONS.get(step.name, "")), Text(visible_line(step.detail), style="dim")]
        grid.add_row(str(step.number), step.name, Text(words, style=style), Group(*filter(None, told)))
    console.print(grid)
    console.print(Text(_("verdict: {verdict}", verdict=visible_line(report.verdict)), style="bold"))
