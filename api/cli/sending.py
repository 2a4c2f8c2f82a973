"""`evidence submit`: send signed files, verify every receipt, keep it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from api.cli.console import complain, progress, say, say_json
from api.cli.options import Data, Database, Json, TrustFile, Url, UsageError, load_settings, read_trust
from api.cli.place import reach
from api.cli.words import _
from api.client.http import Client, Receipt, RefusedByServer, labels, write_receipt
from api.client.order import in_order
from api.client.receipts import accept
from api.client.signed import SUFFIX, Signed, read_signed
from ledger.core.form import NO_GENESIS
from ledger.core.receipt import Trust
from ledger.core.refusal import LedgerError, Refusal
from ledger.verifier.files import introduced, keys_of_receipts

BATCH = 200

Files = Annotated[
    list[Path],
    typer.Argument(metavar="FILE...", help="Signed files, or folders of them; order does not matter."),
]
Receipts = Annotated[
    Path | None,
    typer.Option("--receipts", metavar="DIR", help="Where receipts go; receipts/ beside the first file."),
]
Outcome = Receipt | RefusedByServer


def submit(
    files: Files,
    receipts: Receipts = None,
    trust: TrustFile = None,
    data: Data = None,
    database: Database = None,
    url: Url = None,
    as_json: Json = False,
) -> None:
    """Send signed files to the ledger; a refused one never holds up the others."""
    settings = load_settings(data, database, url)
    root = read_trust(trust, settings)
    paths = list(_expand(files))
    if not paths:
        raise UsageError("there is no signed file to send", f"name files or folders of *{SUFFIX}")
    batch = in_order([read_signed(path) for path in paths])
    folder = receipts or (settings.receipts_folder if data else paths[0].parent / "receipts")
    results: list[dict[str, object]] = []
    with reach(settings) as client, progress(_("submitting"), len(batch)) as advance:
        for signed, outcome in enter(client, batch, root, folder):
            results.append(_result(signed, outcome, folder, as_json))
            if isinstance(outcome, Receipt) and outcome.duplicate:
                _warn_of_missing(client, signed)
            advance(1)
    if as_json:
        say_json(results)
    if any("code" in result for result in results):
        raise typer.Exit(1)


def _expand(files: Sequence[Path]) -> Iterator[Path]:
    for path in files:
        if path.is_dir():
            yield from sorted(path.glob(f"*{SUFFIX}"))
        else:
            yield path


def enter(
    client: Client, batch: Sequence[Signed], trust: Trust, folder: Path, known: dict[str, bytes] | None = None
) -> Iterator[tuple[Signed, Outcome]]:
    """Send statements in order; every receipt is verified before it is kept.

    Raises BadReceipt, and LedgerError before anything is sent for a statement of another ledger than the
    trust file's, whose receipt could not be verified.
    """
    for signed in batch:
        _demand_ledger_of(signed, trust)
    keys = keys_of_receipts(folder) if known is None else known
    queue = iter(batch)
    while chunk := list(islice(queue, BATCH)):
        for signed, outcome in zip(chunk, client.submit_many(chunk), strict=True):
            if isinstance(outcome, Receipt):
                keys |= introduced(signed.envelope.payload)
                accept(signed, outcome, trust, keys)
                write_receipt(folder, outcome)
            yield signed, outcome


def _demand_ledger_of(signed: Signed, trust: Trust) -> None:
    try:
        statement = signed.statement()
    except Refusal:
        return  # the ledger says what is wrong with it
    if statement.genesis not in (trust.genesis, NO_GENESIS):
        (name,) = labels([signed])
        raise LedgerError(
            f"{name} was signed for the ledger {statement.origin}, the trust file is that of {trust.origin}; "
            "nothing was sent",
            "give the trust file of that ledger",
        )


def _warn_of_missing(client: Client, signed: Signed) -> None:
    """Whoever sends a statement first decides which of its disclosures the ledger ever holds."""
    statement = signed.statement()
    held = client.find(f"/v1/statements/{statement.id}") or {}
    missing = set(signed.disclosures) - set(held.get("disclosures", ()))
    if missing and statement.visibility == "public":
        complain(
            _(
                "{name} was logged before without {n} of its disclosures",
                name=labels([signed])[0],
                n=len(missing),
            ),
            _("they cannot be added; sign a statement anew to say what they say"),
        )


def _result(signed: Signed, outcome: Outcome, folder: Path, as_json: bool) -> dict[str, object]:
    (name,) = labels([signed])
    if isinstance(outcome, RefusedByServer):
        if not as_json:
            complain(f"{name}: {outcome.what}", outcome.mend)
        return {"label": name, "code": outcome.code, "place": outcome.place, "what": outcome.what}
    receipt = folder / f"{outcome.index}.entry"
    if not as_json:
        again = _(" (was logged before)") if outcome.duplicate else ""
        say(
            _(
                "entry {index}  {name}  receipt {file}{again}",
                index=outcome.index,
                name=name,
                file=receipt,
                again=again,
            )
        )
    return {
        "label": name,
        "id": outcome.id,
        "index": outcome.index,
        "recordedAt": outcome.recorded_at,
        "receipt": str(receipt),
        "duplicate": outcome.duplicate,
    }
