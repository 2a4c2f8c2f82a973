"""`evidence demo`: enter a case through the HTTP API as its several parties, show it, serve it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from api.cli import render, render_matrix
from api.cli.console import out, progress, say, say_json
from api.cli.founding import enter_genesis, found
from api.cli.naming import address
from api.cli.options import Json, load_settings, read_trust
from api.cli.place import reach
from api.cli.proving import publish_index
from api.cli.reading import ask_all, log_size
from api.cli.sending import enter
from api.cli.verifying import print_report
from api.cli.words import _, plural
from api.client.http import Client, Receipt
from api.client.signed import Signed
from api.demo.case import Case, make_keys, packaged_case, read_case, signed_statements
from ledger.core.receipt import Trust
from ledger.core.refusal import LedgerError
from ledger.core.report import Report
from ledger.verifier.files import verify_file

if TYPE_CHECKING:
    from api.listener import Listener
    from api.settings import Settings

Data = Annotated[
    Path | None,
    typer.Option(
        "--data", metavar="DIR", help="Where to keep the demo's ledger; a temporary folder unless given."
    ),
]
NoServe = Annotated[bool, typer.Option("--no-serve", help="End after showing the case.")]
CaseFolder = Annotated[
    Path | None, typer.Option("--case", metavar="DIR", help="Another case to enter: case.yaml and drafts.")
]
Port = Annotated[int | None, typer.Option("--port", help="The port to serve on; 8000 unless given.")]


def demo(
    data: Data = None,
    no_serve: NoServe = False,
    case_folder: CaseFolder = None,
    port: Port = None,
    as_json: Json = False,
) -> None:
    """Enter the 2019 toy-factory exchange, print what it shows about one factory, then serve it."""
    case = read_case(case_folder or packaged_case())
    with _folder(data) as folder:
        settings = load_settings(folder, origin=case.origin, port=port)
        with nullcontext() if no_serve else _held(settings) as listener:
            show = _collect if as_json else _print
            with _ledger(case, settings) as (client, trust, position):
                shown = show(case, client, _receipt_report(case, settings, trust, position))
            if as_json:
                say_json(shown)
            else:
                _tell_where(settings, is_kept=data is not None)
            if listener is not None:
                _serve(settings, listener, tells=not as_json, is_kept=data is not None)


@contextmanager
def _folder(data: Path | None) -> Iterator[Path]:
    if data is not None:
        yield data
        return
    with tempfile.TemporaryDirectory(prefix="evidence-demo-") as folder:
        # The database runs under an account of its own when we are root: it has to get through.
        Path(folder).chmod(0o711)
        yield Path(folder)


@contextmanager
def _held(settings: Settings) -> Iterator[Listener]:
    """The address to serve on, taken before anything is entered; who asks meanwhile waits.

    Raises `AddressTaken`.
    """
    # Imported late, as below: a demo that is only printed needs neither.
    from api.listener import open_listener

    with open_listener(settings.host, settings.port) as listener:
        listener.listen()
        yield listener


def _serve(settings: Settings, listener: Listener, *, tells: bool, is_kept: bool) -> None:
    """Serve until stopped; says what becomes of what was entered meanwhile."""
    from api.server import run

    try:
        if tells:
            say(_("Serving on {url} until stopped (Ctrl-C).", url=listener.url))
        run(settings, listener)
    finally:
        if tells and not is_kept:
            say(_("Deleting {folder} with all that was entered.", folder=settings.data))


def _tell_where(settings: Settings, *, is_kept: bool) -> None:
    """Where whoever wants to enter something finds what that takes."""
    say()
    say(_("Keys of its parties: {folder}", folder=settings.keys_folder))
    say(_("Trust file: {file}", file=settings.trust_file))
    if not is_kept:
        say(_("All of it is deleted at the end; `evidence demo --data DIR` keeps it in DIR."))


@contextmanager
def _ledger(case: Case, settings: Settings) -> Iterator[tuple[Client, Trust, int]]:
    """The case in a ledger, entered now unless the folder holds it; yields the entry whose receipt is
    shown.
    """
    if settings.trust_file.exists():
        trust = read_trust(None, settings)
        with reach(settings) as client:
            yield client, trust, _remembered(settings)
        return
    genesis, trust = found(settings, case.origin, "demo", case.opened, None, case.policy)
    batch = list(signed_statements(case, trust, make_keys(case, settings.keys_folder), settings.keys_folder))
    with reach(settings) as client:
        enter_genesis(client, genesis, trust, settings.receipts_folder)
        shown = _enter_all(case, settings, client, trust, batch)
        # Once, at the end: the same entries stand at the same places however long entering took.
        publish_index(settings)
        yield client, trust, shown


def _enter_all(case: Case, settings: Settings, client: Client, trust: Trust, batch: Sequence[Signed]) -> int:
    """Send every statement; returns the index of the one whose receipt is shown. Raises LedgerError."""
    shown = -1
    with progress(_("entering"), len(batch)) as advance:
        for signed, outcome in enter(client, batch, trust, settings.receipts_folder):
            if not isinstance(outcome, Receipt):
                raise LedgerError(f"{signed.label}: {outcome.what}", outcome.mend)
            if signed.label == case.receipt:
                shown = outcome.index
            advance(1)
    (settings.data / "demo-receipt").write_text(f"{shown}\n", encoding="utf-8")
    return shown


def _remembered(settings: Settings) -> int:
    try:
        return int((settings.data / "demo-receipt").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise LedgerError(
            f"{settings.data} holds another ledger", "name an empty folder with --data"
        ) from error


def _receipt_report(case: Case, settings: Settings, trust: Trust, position: int) -> tuple[Path, Report]:
    """The receipt of one statement, read from its two files and verified without the ledger."""
    if position < 0:
        raise LedgerError(
            f"no draft of the case has the label {case.receipt}", "mend `receipt:` in case.yaml"
        )
    folder = settings.receipts_folder
    return folder / f"{position}.entry", verify_file(folder / f"{position}.entry", trust)


def _views(case: Case, client: Client) -> tuple[dict[str, Any], list[Any], dict[str, Any], int]:
    size = log_size(client)
    where = address(case.show)
    answer, items = ask_all(client, f"{where}/timeline", at_least=size)
    return answer, items, client.get(f"{where}/matrix", at_least=size), size


def _collect(case: Case, client: Client, verified: tuple[Path, Report]) -> dict[str, Any]:
    answer, items, matrix, size = _views(case, client)
    receipt = {"file": str(verified[0]), **verified[1].to_json()}
    return {
        "case": case.name,
        "notice": case.notice,
        "entries": size,
        "timeline": {**answer, "items": items},
        "matrix": matrix,
        "receipt": receipt,
    }


def _print(case: Case, client: Client, verified: tuple[Path, Report]) -> None:
    console = out()
    answer, items, matrix, size = _views(case, client)
    _banner(console, case, size)
    render.timeline(console, answer, items)
    _rule(console)
    render_matrix.matrix(console, matrix, again=True)
    _rule(console)
    console.print(Text(_("A receipt, verified offline: {file}", file=verified[0]), style="bold"))
    print_report(console, verified[1])
    console.print()
    console.print(Text(case.notice, style="italic"))


def _banner(console: Console, case: Case, size: int) -> None:
    console.print(Text(case.name, style="bold"))
    console.print(Text(case.notice, style="italic"))
    console.print(Text(plural("{n} entry in the log", "{n} entries in the log", size), style="dim"))
    _rule(console)


def _rule(console: Console) -> None:
    console.rule(style="dim", characters="─")
    console.print()
