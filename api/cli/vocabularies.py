"""`evidence terms`: the closed lists that claims are made of, with what each term means."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from api.cli.console import out, say, say_json
from api.cli.options import Json, UsageError
from api.cli.words import _
from ledger.core.vocabulary import VOCABULARIES

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="[VOCABULARY...]", help="Such as issues or methods; without it, their names."),
]


def terms(names: Names = None, as_json: Json = False) -> None:
    """List the terms of a vocabulary, such as `evidence terms issues`; or the vocabularies."""
    for name in names or []:
        if name not in VOCABULARIES:
            raise UsageError(f"there is no vocabulary {name}", f"there are {', '.join(VOCABULARIES)}")
    chosen = names or list(VOCABULARIES)
    if as_json:
        say_json(
            {name: {code: term.labels["en"] for code, term in VOCABULARIES[name].items()} for name in chosen}
        )
        return
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    if names:
        for code, term in (pair for name in names for pair in VOCABULARIES[name].items()):
            table.add_row(code, term.labels["en"])
    else:
        for name in chosen:
            table.add_row(name, ", ".join(list(VOCABULARIES[name])[:3]) + " …")
    out().print(table)
    if not names:
        say(_("`evidence terms VOCABULARY` lists one of them."))
