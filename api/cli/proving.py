"""`evidence prove` and `evidence index`: answers about the log as a whole that anyone can check."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.console import out, say, say_json
from api.cli.options import Data, Database, Json, TrustFile, Url, load_settings, read_trust
from api.cli.place import reach
from api.cli.verifying import print_report
from api.cli.words import _
from ledger.core.index_proof import verify_index_proof

if TYPE_CHECKING:
    from api.settings import Settings
    from ledger.core.receipt import Trust

Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to keep the proof file.")
]
Id = Annotated[str, typer.Argument(metavar="ID", help="A statement's id.")]


def everything(
    key: Annotated[str, typer.Argument(metavar="KEY", help="factory:X, party:X, by:X, statement:ID...")],
    output: Output = None,
    trust: TrustFile = None,
    data: Data = None,
    database: Database = None,
    url: Url = None,
    as_json: Json = False,
) -> None:
    """Prove that these are all entries of an index key, or that there is none."""
    _prove(load_settings(data, database, url), "all", {"key": key}, output, trust, as_json)


def silence(
    request: Id,
    output: Output = None,
    trust: TrustFile = None,
    data: Data = None,
    database: Database = None,
    url: Url = None,
    as_json: Json = False,
) -> None:
    """Prove that no response to a request is in the log."""
    _prove(load_settings(data, database, url), "silence", {"of": request}, output, trust, as_json)


def precedence(
    earlier: Annotated[str, typer.Argument(metavar="EARLIER", help="The statement that came first.")],
    later: Annotated[str, typer.Argument(metavar="LATER", help="The statement that came after it.")],
    output: Output = None,
    trust: TrustFile = None,
    data: Data = None,
    database: Database = None,
    url: Url = None,
    as_json: Json = False,
) -> None:
    """Prove that one statement was logged before another."""
    asked = {"earlier": earlier, "later": later}
    _prove(load_settings(data, database, url), "precedence", asked, output, trust, as_json)


def _prove(
    settings: Settings,
    what: str,
    asked: dict[str, str],
    output: Path | None,
    trust: Path | None,
    as_json: bool,
) -> None:
    """Fetch, keep, and check as anyone would; exit code of the check."""
    with reach(settings) as client:
        text = client.text(f"/v1/proofs/{what}", **asked)
    if output is not None:
        output.write_text(text, encoding="utf-8")
    report = verify_index_proof(text, trust_of(trust, settings))
    if as_json:
        say_json({"file": None if output is None else str(output), **report.to_json()})
    else:
        print_report(out(), report)
        if output is not None:
            say(_("Kept in {file}; `evidence verify` checks it anywhere.", file=output))
    raise typer.Exit(report.exit_code)


def trust_of(given: Path | None, settings: Settings) -> Trust | None:
    """The trust file given, or that of the data folder; a ledger elsewhere needs one to be given."""
    if given is None and (settings.url or not settings.trust_file.exists()):
        return None
    return read_trust(given, settings)


def publish(data: Data = None, database: Database = None, as_json: Json = False) -> None:
    """Publish an index statement now; `evidence serve` publishes one in each interval by itself."""
    receipt = publish_index(load_settings(data, database))
    if as_json:
        say_json({"index": None if receipt is None else receipt.index})
    elif receipt is None:
        say(_("Everything is indexed already."))
    else:
        say(_("Index published as entry {index}.", index=receipt.index))


def publish_index(settings: Settings) -> Any:
    """The receipt of an index statement over everything logged, None when nothing came since the last."""
    from api.composition import Service

    with Service(settings.model_copy(update={"indexer": "none"})) as service:
        service.wait_for(service.recorder.head().size)
        return service.index_publisher().publish(now=True)
