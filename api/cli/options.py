"""Options that several commands share, each with one meaning."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ledger.core.refusal import LedgerError, Refusal

if TYPE_CHECKING:
    from api.settings import Settings
    from ledger.core.receipt import Trust

Data = Annotated[
    Path | None,
    typer.Option(
        "--data", metavar="DIR", help="The folder of an embedded ledger (keys, database, documents)."
    ),
]
Database = Annotated[
    str | None, typer.Option("--database", metavar="URL", help="A PostgreSQL of your own, as a libpq URL.")
]
Url = Annotated[str | None, typer.Option("--url", metavar="URL", help="The address of a ledger that serves.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
TrustFile = Annotated[
    Path | None,
    typer.Option("--trust", metavar="FILE", help="The trust file; of --data it is found by itself."),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="WHEN", help="A day (2020-02-06), an instant, or a number of entries (17)."
    ),
]
KeyFiles = Annotated[
    list[Path] | None,
    typer.Option("--key", "-k", metavar="FILE", help="A key file that signs; repeat it for several."),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Sign without asking, as a script does.")]
NoPassphrase = Annotated[
    bool, typer.Option("--no-passphrase", help="Leave the key unlocked: whoever gets the file can sign.")
]


class UsageError(LedgerError):
    """Options that do not go together; exit code 2."""


def load_settings(
    data: Path | None = None, database: str | None = None, url: str | None = None, **more: object
) -> Settings:
    """Settings from options and environment. Raises UsageError when two ledgers are named."""
    if url is not None and (data is not None or database is not None):
        raise UsageError("--url names another ledger than --data or --database", "give one of them")
    # Imported late: reading the environment costs more than all else that a command starts with.
    from api import settings

    given = {name: value for name, value in more.items() if value is not None}
    return settings.load(data=data, database=database, url=url, **given)


def read_trust(path: Path | None, settings: Settings) -> Trust:
    """The trust root from the file given, else from the data folder. Raises LedgerError."""
    from ledger.core.receipt import parse_trust

    found = path or settings.trust_file
    try:
        text = found.read_text(encoding="utf-8")
    except OSError as error:
        mend = "give `--trust FILE`, or `--data DIR` of a ledger made with `evidence init`"
        raise LedgerError(f"no trust file: {found}: {error.strerror}", mend) from error
    except UnicodeDecodeError as error:
        raise LedgerError(f"{found} is not a trust file", "ask the ledger's operator for it") from error
    try:
        return parse_trust(text)
    except Refusal as refusal:
        raise Refusal(refusal.code, f"{found}: {refusal.what}", mend=refusal.mend) from refusal
