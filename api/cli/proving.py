"""`evidence prove` and `evidence index`: answers about the log as a whole that anyone can check."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.console import out, say, say_json
from api.cli.naming import Statement, demand_statement, is_statement, statement_id
from api.cli.options import Data, Database, Json, TrustFile, Url, UsageError, load_settings, read_trust
from api.cli.place import demand_ledger, reach
from api.cli.verifying import print_report
from api.cli.words import _
from api.client.asked import check_answers
from ledger.core.grammar import is_digest, is_slug
from ledger.core.index_proof import verify_index_proof
from ledger.domain.names import LEDGER

if TYPE_CHECKING:
    from api.client.http import Client
    from api.settings import Settings
    from ledger.core.receipt import Trust

Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to keep the proof file.")
]

KEYS = ("factory", "party", "criterion", "by", "voice", "keys", "statement", "document")


def everything(
    key: Annotated[
        str, typer.Argument(metavar="KEY", help="factory:SLUG, party:SLUG, by:SLUG, statement:ID...")
    ],
    output: Output = None,
    trust: TrustFile = None,
    data: Data = None,
    database: Database = None,
    url: Url = None,
    as_json: Json = False,
) -> None:
    """Prove that these are all entries of an index key, or that there is none."""
    _prove(load_settings(data, database, url), "all", {"key": _demand_key(key)}, output, trust, as_json)


def silence(
    request: Statement,
    output: Output = None,
    trust: TrustFile = None,
    data: Data = None,
    database: Database = None,
    url: Url = None,
    as_json: Json = False,
) -> None:
    """Prove that no response to a request is in the log."""
    asked = {"of": demand_statement(request)}
    _prove(load_settings(data, database, url), "silence", asked, output, trust, as_json)


def precedence(
    earlier: Annotated[
        str, typer.Argument(metavar="EARLIER", help="The statement that came first, by id or entry number.")
    ],
    later: Annotated[str, typer.Argument(metavar="LATER", help="The statement that came after it.")],
    output: Output = None,
    trust: TrustFile = None,
    data: Data = None,
    database: Database = None,
    url: Url = None,
    as_json: Json = False,
) -> None:
    """Prove that one statement was logged before another."""
    asked = {"earlier": demand_statement(earlier), "later": demand_statement(later)}
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
    root = trust_of(trust, settings)
    with reach(settings) as client:
        meant = {name: _resolved(client, value, root) for name, value in asked.items()}
        text = client.text(f"/v1/proofs/{what}", **meant)
    if output is not None:
        output.write_text(text, encoding="utf-8")
    check_answers(text, what, meant)
    report = verify_index_proof(text, root)
    if as_json:
        say_json({"file": None if output is None else str(output), **report.to_json()})
    else:
        print_report(out(), report)
        if output is not None:
            say(_("Kept in {file}; `evidence verify` checks it anywhere.", file=output))
    raise typer.Exit(report.exit_code)


def _demand_key(key: str) -> str:
    """The key itself. Raises UsageError for what is no index key."""
    kind, _colon, rest = key.partition(":")
    fits = {"statement": is_statement, "document": is_digest}.get(kind, is_slug)
    if key != LEDGER and (kind not in KEYS or not fits(rest)):
        raise UsageError(
            f"{key} is no index key",
            f"write one of {', '.join(KEYS)} with a colon and a slug, an id or an entry's number behind it",
        )
    return key


def _resolved(client: Client, asked: str, trust: Trust | None) -> str:
    """An index key or a statement, by its id where it was named by its entry's number."""
    kind, colon, rest = asked.rpartition(":")
    return f"{kind}{colon}{statement_id(client, rest, trust)}" if kind in ("", "statement") else asked


def trust_of(given: Path | None, settings: Settings) -> Trust | None:
    """The trust file given, or that of the data folder; a ledger elsewhere needs one to be given."""
    if given is None and (settings.url or not settings.trust_file.exists()):
        return None
    return read_trust(given, settings)


def publish(data: Data = None, database: Database = None, as_json: Json = False) -> None:
    """Publish an index statement now; `evidence serve` publishes one in each interval by itself."""
    receipt = publish_index(demand_ledger(load_settings(data, database)))
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
