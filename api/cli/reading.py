"""`evidence timeline | matrix | open | party | factory`: the views, as text or JSON."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.console import out, say_json
from api.cli.naming import FOLDERS, located, suggesting
from api.cli.options import AsOf, Data, Database, Json, Url, UsageError, load_settings
from api.cli.place import reach
from api.cli.words import _

if TYPE_CHECKING:
    from api.client.http import Client

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="factory:SLUG or party:SLUG; a bare slug is a factory.")
]
Slug = Annotated[str | None, typer.Argument(metavar="[SLUG]", help="One of them; all without it.")]
By = Annotated[str, typer.Option("--by", help="Order by the time recorded, said or occurred.")]
All = Annotated[bool, typer.Option("--all", help="Show what is settled, too.")]


def timeline(
    name: Name,
    as_of: AsOf = None,
    by: By = "recorded",
    data: Data = None,
    database: Database = None,
    url: Url = None,
    as_json: Json = False,
) -> None:
    """Everything about a factory or party, oldest first."""
    if by not in ("recorded", "said", "occurred"):
        raise UsageError(f"{by} is not one of the times", "use --by recorded, said or occurred")
    path = located(name, load_settings(data, database, url))
    with opened(data, database, url) as (client, newest), suggesting(client, name):
        answer, items = ask_all(client, f"{path}/timeline", as_of=as_of, by=by, at_least=newest)
    if as_json:
        say_json({**answer, "items": items})
    else:
        from api.cli import render

        render.timeline(out(), answer, items)


def matrix(
    name: Name,
    as_of: AsOf = None,
    data: Data = None,
    database: Database = None,
    url: Url = None,
    as_json: Json = False,
) -> None:
    """Who claims what about a factory or party, by issue, method and party."""
    path = located(name, load_settings(data, database, url))
    with opened(data, database, url) as (client, newest), suggesting(client, name):
        answer = client.get(f"{path}/matrix", as_of=as_of, at_least=newest)
    if as_json:
        say_json(answer)
    else:
        from api.cli import render_matrix

        render_matrix.matrix(out(), answer)


def open_items(
    as_of: AsOf = None,
    show_all: All = False,
    data: Data = None,
    database: Database = None,
    url: Url = None,
    as_json: Json = False,
) -> None:
    """Questions, demands and commitments that nothing in this ledger answers or verifies."""
    found = {}
    with opened(data, database, url) as (client, newest):
        for what in ("requests", "commitments"):
            answer, items = ask_all(client, f"/v1/{what}", as_of=as_of, at_least=newest)
            found[what] = (answer, [item for item in items if show_all or item["open"]])
    if as_json:
        say_json({what: {**answer, "items": items} for what, (answer, items) in found.items()})
        return
    from api.cli import render

    console = out()
    requests, commitments = (
        (_("No request is recorded at that moment."), _("No commitment is recorded at that moment."))
        if show_all
        else (_("No request is open at that moment."), _("No commitment is open at that moment."))
    )
    render.open_list(console, *found["requests"], _("Questions, demands and other requests"), requests)
    render.open_list(console, *found["commitments"], _("Commitments"), commitments, again=True)


def party(
    slug: Slug = None,
    as_of: AsOf = None,
    data: Data = None,
    database: Database = None,
    url: Url = None,
    as_json: Json = False,
) -> None:
    """Show the parties, or one of them with its keys."""
    _registry("party", slug, as_of, (data, database, url), as_json)


def factory(
    slug: Slug = None,
    as_of: AsOf = None,
    data: Data = None,
    database: Database = None,
    url: Url = None,
    as_json: Json = False,
) -> None:
    """Show the factories, or one of them."""
    _registry("factory", slug, as_of, (data, database, url), as_json)


def _registry(
    kind: str, slug: str | None, as_of: str | None, where: tuple[Any, Any, Any], as_json: bool
) -> None:
    name = "" if slug is None else f"{kind}:{slug.removeprefix(f'{kind}:')}"
    path = located(name, load_settings(*where)) if name else f"/v1/{FOLDERS[kind]}"
    with opened(*where) as (client, newest), suggesting(client, name):
        if slug is None:
            answer, entries = ask_all(client, path, as_of=as_of, at_least=newest)
            shown: dict[str, Any] = {**answer, "items": entries}
        else:
            answer = shown = client.get(path, as_of=as_of, at_least=newest)
            entries = [answer]
    if as_json:
        say_json(shown)
    else:
        from api.cli import render

        render.registry(out(), answer, entries, _("Parties") if kind == "party" else _("Factories"))


def ask_all(client: Client, path: str, **parameters: str | int | None) -> tuple[dict[str, Any], list[Any]]:
    """The first page's answer, and the items of all pages."""
    pages = list(client.pages(path, limit=500, **parameters))
    first = pages[0]
    names = {name: value for page in pages for name, value in page.get("names", {}).items()}
    return {**first, "names": names}, [item for page in pages for item in page["items"]]


@contextmanager
def opened(data: Any, database: Any, url: Any) -> Iterator[tuple[Client, int]]:
    """A client, and the size of the log: what was entered just before is shown."""
    with reach(load_settings(data, database, url)) as client:
        yield client, log_size(client)


def log_size(client: Client) -> int:
    """How many entries the newest checkpoint covers (its second line)."""
    return int(client.text("/v1/checkpoint").split("\n")[1])
