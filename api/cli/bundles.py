"""`evidence bundle` and `evidence dossier`: everything about a name, with its proofs, in one file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.console import say, say_json
from api.cli.naming import is_statement, statement_id, suggesting
from api.cli.options import Data, Database, Json, TrustFile, Url, UsageError, load_settings
from api.cli.place import reach
from api.cli.printing import ENGLISH, Lang, printer
from api.cli.proving import trust_of
from api.cli.words import _, plural
from ledger.core.bundle import Bundle, parse_bundle
from ledger.core.grammar import is_slug
from ledger.core.refusal import LedgerError, Refusal

if TYPE_CHECKING:
    from api.client.http import Client

Name = Annotated[
    str,
    typer.Argument(
        metavar="NAME|STATEMENT",
        help="factory:SLUG, party:SLUG or criterion:SLUG (a bare slug is a factory), or a statement's id or"
        " the number of its entry.",
    ),
]
Output = Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Where to write it.")]
Documents = Annotated[bool, typer.Option("--documents", help="A zip with the documents that it names.")]
FOLDERS = {"factory": "factories", "party": "parties", "criterion": "criteria"}


def bundle(
    name: Name,
    output: Output,
    documents: Documents = False,
    data: Data = None,
    database: Database = None,
    url: Url = None,
    as_json: Json = False,
) -> None:
    """Write everything the log holds about NAME, with its proofs, for `evidence verify` anywhere."""
    settings, wanted = load_settings(data, database, url), demand_name(name)
    with reach(settings) as client, suggesting(client, wanted):
        size = client.download(address(client, wanted), output, documents="true" if documents else None)
    if as_json:
        say_json({"file": str(output), "bytes": size})
        return
    trust = "trust.json" if settings.url else settings.trust_file
    check = f"evidence verify {output} --trust {trust}"
    say(_("{file}: {size} bytes; check it with `{check}`", file=output, size=f"{size:,}", check=check))
    if settings.url:
        own = f"{settings.url.rstrip('/')}/verify/trust.json"
        say(_("The ledger's trust file is {own}; compare it with what others have.", own=own))


def dossier(
    name: Name,
    output: Output,
    lang: Lang = ENGLISH,
    trust: TrustFile = None,
    data: Data = None,
    database: Database = None,
    url: Url = None,
    as_json: Json = False,
) -> None:
    """Write the same as one HTML page that prints it and checks itself, or for paper as FILE.pdf.

    Paper cannot check itself: it tells what was found when it was made, and has a code beside each statement.
    """
    settings, wanted = load_settings(data, database, url), demand_name(name)
    on_paper = output.suffix.lower() == ".pdf"
    make = printer(lang, trust_of(trust, settings)) if on_paper else _page(lang, trust)
    with reach(settings) as client, suggesting(client, wanted):
        lines = client.content(address(client, wanted))
    bundled = _read(lines)
    size = _write(output, make(lines))
    if as_json:
        say_json({"file": str(output), "bytes": size, "entries": len(bundled.entries)})
        return
    told = plural("{n} entry", "{n} entries", len(bundled.entries))
    end = _("print it") if on_paper else _("open it in a browser")
    say(_("{file}: {entries} about {name}; {end}", file=output, entries=told, name=name, end=end))


def _page(lang: str, trust: Path | None) -> Callable[[bytes], bytes]:
    """What makes the page. Raises UsageError for options of paper."""
    if lang != ENGLISH or trust is not None:
        raise UsageError("--lang and --trust are for a PDF", "name the output FILE.pdf, or leave them out")
    # Imported late: the page's text and scripts are read only here.
    from api.dossier.page import dossier as page_of

    return page_of


def _write(file: Path, data: bytes) -> int:
    """Write a file that is whole or not there; returns its size in bytes."""
    with NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", delete=False) as part:
        try:
            part.write(data)
        except BaseException:
            Path(part.name).unlink()
            raise
    Path(part.name).chmod(0o644)
    Path(part.name).replace(file)
    return len(data)


def demand_name(text: str) -> str:
    """What is asked about with its kind before it, `statement:` among them. Raises UsageError for what has no
    bundle.
    """
    kind, colon, rest = text.partition(":")
    if not colon:
        kind, rest = ("statement", text) if is_statement(text) else ("factory", text)
    if not is_statement(rest) if kind == "statement" else kind not in FOLDERS or not is_slug(rest):
        raise UsageError(
            f"{text} has no bundle",
            "write factory:SLUG, party:SLUG or criterion:SLUG, a slug in small letters such as river-mill; or"
            " a statement's id or the number of its entry",
        )
    return f"{kind}:{rest}"


def address(client: Client, name: str) -> str:
    """The path of the bundle of a name with its kind before it."""
    kind, _colon, rest = name.partition(":")
    if kind == "statement":
        return f"/v1/statements/{statement_id(client, rest)}/bundle"
    return f"/v1/{FOLDERS[kind]}/{rest}/bundle"


def _read(lines: bytes) -> Bundle:
    try:
        return parse_bundle(lines)
    except Refusal as refusal:
        mend = "check that the address is a ledger's"
        raise LedgerError(f"not a bundle: {refusal.what}", mend) from refusal
