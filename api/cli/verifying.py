"""`evidence verify`: a receipt, checked offline, in graded steps; never one green tick."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.cli.console import out, say_json
from api.cli.words import _
from api.client.receipts import keys_of_receipts, read_receipt
from ledger.core.receipt import Report, Trust, parse_trust, verify_receipt
from ledger.core.refusal import LedgerError

GRADES = {
    "held": (_("held"), "green"),
    "failed": (_("failed"), "bold red"),
    "unreadable": (_("unreadable"), "bold red"),
    "unchecked": (_("unchecked"), "yellow"),
    "unverified": (_("unverified"), "yellow"),
}


def verify(
    receipt: Annotated[
        Path, typer.Argument(metavar="RECEIPT", help="N.entry or N.tlog-proof; both lie side by side.")
    ],
    trust: Annotated[Path | None, typer.Option("--trust", metavar="FILE", help="Whom you trust.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Verify a receipt without network or account. Exit code 3: sound, but nobody said whom to trust."""
    files = read_receipt(receipt)
    report = verify_receipt(files.entry, files.proof, _trust(trust), keys_of_receipts(receipt.parent))
    if as_json:
        say_json(as_value(report))
    else:
        print_report(out(), report)
    raise typer.Exit(report.exit_code)


def _trust(path: Path | None) -> Trust | None:
    if path is None:
        return None
    try:
        return parse_trust(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise LedgerError(f"{path}: {error}", "give the trust file of a ledger that you trust") from error


def print_report(console: Console, report: Report) -> None:
    """One line for each step, then what they amount to."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(justify="right", style="dim", no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for step in report:
        words, style = GRADES[step.grade]
        grid.add_row(str(step.number), step.name, Text(words, style=style), Text(step.detail, style="dim"))
    console.print(grid)
    console.print(Text(_("verdict: {verdict}", verdict=report.verdict), style="bold"))


def as_value(report: Report) -> dict[str, object]:
    """The report for programs."""
    steps = [{"number": s.number, "name": s.name, "grade": s.grade, "detail": s.detail} for s in report]
    return {"verdict": report.verdict, "exitCode": report.exit_code, "steps": steps}
