"""`evidence audit`: a public log, audited by the code of `evidence-verify audit`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.console import progress
from api.cli.options import UsageError
from api.cli.words import _
from ledger.verifier.audit_command import EVERY, Order, is_wait, run
from ledger.verifier.files import read_trust


def audit(
    place: Annotated[str, typer.Argument(metavar="URL|DIR", help="Where the log's public files lie.")],
    trust: Annotated[Path, typer.Option("--trust", metavar="FILE", help="The trust file of that ledger.")],
    state: Annotated[
        Path | None,
        typer.Option("--state", metavar="FILE", help="What is kept from one audit to the next."),
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Look again and again until interrupted.")] = False,
    every: Annotated[
        float, typer.Option("--every", metavar="SECONDS", help="Time between two looks of a watch.")
    ] = EVERY,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Audit a public log: decide every entry again, and compare with what was seen before.

    Exit code 1: there were alarms.
    """
    if not is_wait(every):
        raise UsageError(f"--every {every} is no time to wait", "give seconds, such as 60")
    with progress(_("auditing"), None) as advance:
        seen = 0

        def show(done: int, total: int) -> None:
            nonlocal seen
            advance(done - seen, total=total)
            seen = done

        code = run(Order(place, read_trust(trust), state, every if watch else None, as_json), show)
    raise typer.Exit(code)
