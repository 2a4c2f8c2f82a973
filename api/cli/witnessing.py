"""`evidence proof` for whoever holds a receipt; `evidence witness` for whoever runs a ledger."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from api.cli.console import complain, out, say, say_json
from api.cli.naming import Statement, demand_statement, statement_id
from api.cli.options import Data, Database, Json, TrustFile, Url, load_settings, read_trust
from api.cli.place import demand_ledger, reach
from api.cli.verifying import print_report
from api.cli.words import _
from api.client.promises import WITNESSED, alarm, contradiction, keep, promise
from ledger.core.receipt import verify_receipt
from ledger.core.refusal import LedgerError
from ledger.core.report import FAILED, UNREADABLE
from ledger.verifier.files import keys_of_receipts

Receipts = Annotated[
    Path | None,
    typer.Option("--receipts", metavar="DIR", help="Where the first receipt lies, and the newest goes."),
]


def proof(
    statement: Statement,
    receipts: Receipts = None,
    trust: TrustFile = None,
    data: Data = None,
    database: Database = None,
    url: Url = None,
    as_json: Json = False,
) -> None:
    """Get the newest receipt of a statement, verify it, and raise an alarm when a promise was broken.

    Exit code 1: it does not hold, or no checkpoint that the trust file demands covers it in time.
    """
    settings, asked = load_settings(data, database, url), demand_statement(statement)
    root = read_trust(trust, settings)
    folder = receipts or (settings.receipts_folder if data else Path("receipts"))
    with reach(settings) as client:
        upgrade, promised = client.upgrade(statement_id(client, asked, root)), promise(client, root)
    newest = upgrade.receipt
    report = verify_receipt(newest.entry, newest.proof, root, keys_of_receipts(folder))
    sound = all(s.grade not in (FAILED, UNREADABLE) or s.name == "witnesses" for s in report)
    alarms = [a for a in (contradiction(folder, newest), alarm(report, upgrade, root, promised)) if a]
    is_witnessed = sound and report.verdict.startswith(WITNESSED)
    kept = keep(folder, newest) if is_witnessed else None
    if as_json:
        say_json({"receipt": kept and str(kept), "alarms": alarms, **report.to_json()})
    else:
        print_report(out(), report)
        say(_("Kept as {file}.", file=kept) if kept else _("Keep the first receipt, and ask again later."))
        for each in alarms:
            complain(_("ALARM: {what}", what=each), _("tell others who rely on this ledger"))
    raise typer.Exit(0 if sound and not alarms else 1)


def status(data: Data = None, database: Database = None, as_json: Json = False) -> None:
    """Show how each witness stands: what it cosigned, how it answered last, whether there is an alarm."""
    from api.composition import database as opened
    from api.publishing import witness_states

    settings = demand_ledger(load_settings(data, database))
    with opened(settings) as url:
        states = witness_states(settings, url)
    if as_json:
        say_json([state.to_json() for state in states])
        return
    if not states:
        say(_("Neither the ledger's policy nor the settings name a witness."))
        return
    table = Table(box=None, pad_edge=False)
    for title in (_("witness"), _("counts"), _("entries"), _("cosigned"), _("last answer")):
        table.add_column(title)
    for state in states:
        standing = state.standing
        when = f"{datetime.fromtimestamp(standing.since, UTC):%Y-%m-%dT%H:%M:%SZ}" if standing.since else "-"
        counts = _("yes") if state.counts else _("no")
        told = Text(standing.alarm, style="bold red") if standing.alarm else Text(standing.answer or "-")
        table.add_row(state.witness.name, counts, str(standing.size), when, told)
    out().print(table)


def forget(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As `evidence witness status` shows it.")],
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Dismiss a witness's alarm: start afresh with it. What was remembered is kept in a file, as evidence.

    Only after `evidence check`, and after asking who runs the witness.
    """
    from api.composition import database as opened
    from api.publishing import witness_states
    from ledger.store.witness import FileWitnessMemory

    settings = demand_ledger(load_settings(data, database))
    with opened(settings) as url:
        found = [each.witness for each in witness_states(settings, url) if each.witness.name == name]
    if not found:
        raise LedgerError(f"no witness is called {name}", "see `evidence witness status`")
    kept = FileWitnessMemory(settings.witnesses_folder).forget(found[0].verifier.vkey)
    if as_json:
        say_json({"witness": name, "kept": kept and str(kept)})
    elif kept is None:
        say(_("Nothing was remembered of {name}.", name=name))
    else:
        say(_("Started afresh with {name}; what was remembered is in {file}.", name=name, file=kept))
