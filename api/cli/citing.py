"""`evidence citation`: the code beside a printed statement, checked as `evidence-verify citation` does."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from api.cli.console import out, say
from api.cli.options import Json
from api.cli.verifying import print_report
from ledger.verifier.cited_command import as_json as to_json
from ledger.verifier.cited_command import check
from ledger.verifier.files import read_trust
from ledger.verifier.words import meaning


def citation(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="What a scanner read from the code, or - .")],
    place: Annotated[str, typer.Argument(metavar="URL|DIR", help="Where the log's public files lie.")],
    trust: Annotated[Path | None, typer.Option("--trust", metavar="FILE", help="Whom you trust.")] = None,
    as_json: Json = False,
) -> None:
    """Check that a printed statement stands in the log, at the place that its code names.

    Exit code 3: it does, but nobody said whom to trust.
    """
    report = check(file, place, None if trust is None else read_trust(trust))
    if as_json:
        sys.stdout.write(to_json(file, report))
    else:
        print_report(out(), report)
        say(meaning(report))
    raise typer.Exit(report.exit_code)
