"""`evidence search`: statements by words, names and codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich.text import Text

from api.cli import plain, render
from api.cli.console import out, say_json
from api.cli.options import AsOf, Data, Database, Json, Url
from api.cli.reading import opened
from api.cli.words import _, plural

Words = Annotated[
    list[str], typer.Argument(metavar="WORDS...", help='Words, names or codes; "several words" together.')
]
Kind = Annotated[
    list[str], typer.Option("--kind", help="Only this kind, such as allegation; may be repeated.")
]
Issue = Annotated[list[str], typer.Option("--issue", help="Only this issue, such as osh/ppe.")]
Method = Annotated[list[str], typer.Option("--method", help="Only this method, such as records-review.")]
SaidBy = Annotated[list[str], typer.Option("--said-by", help="Only what this party says or is said to say.")]
SignedBy = Annotated[list[str], typer.Option("--signed-by", help="Only what this party signed.")]
Period = Annotated[list[str], typer.Option("--period", help="Only what is about this year.")]
Lang = Annotated[str, typer.Option("--lang", help="What is written in this language comes first.")]
Newest = Annotated[bool, typer.Option("--newest", help="What was recorded last comes first.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=1000, help="At most so many.")]


def search(
    words: Words,
    as_of: AsOf = None,
    kind: Kind = [],  # noqa: B006 - typer copies it
    issue: Issue = [],  # noqa: B006
    method: Method = [],  # noqa: B006
    said_by: SaidBy = [],  # noqa: B006
    signed_by: SignedBy = [],  # noqa: B006
    period: Period = [],  # noqa: B006
    lang: Lang = "en",
    newest: Newest = False,
    limit: Limit = 20,
    data: Data = None,
    database: Database = None,
    url: Url = None,
    as_json: Json = False,
) -> None:
    """Find statements by words in any form, names and codes."""
    asked = {
        "q": " ".join(words),
        "as_of": as_of,
        "kind": kind,
        "issue": issue,
        "method": method,
        "said_by": said_by,
        "signed_by": signed_by,
        "period": period,
        "lang": lang,
        "order": "newest" if newest else "relevance",
        "limit": limit,
    }
    with opened(data, database, url) as (client, size):
        answer = client.get("/v1/search", **asked, at_least=size)
    if as_json:
        say_json(answer)
    else:
        _print(answer)


def _print(answer: Mapping[str, Any]) -> None:
    console, items = out(), answer["items"]
    page = plain.page_of(answer, items)
    total = int(answer["total"])
    found = plural("{n} statement", "{n} statements", total)
    render.heading(console, answer, _("Search: {words}", words=answer["query"]["text"]), found)
    for item in items:
        left = [(render.day_of(item["recordedAt"]), "bold"), (render.event_words(item["event"]), "cyan")]
        left.append((f"#{item['position']}", "dim"))
        excerpt = item["excerpt"]
        lines = [(_marked(excerpt), "")] if excerpt else []
        render.block(console, left, [*lines, *render.statement_lines(item, page)])
    if not items:
        console.print(_("Nothing is found. Try fewer words, or a name or code."))
    elif answer["next"]:
        console.print(Text(_("There are more: give --limit, or narrow them down."), style="dim"))


def _marked(excerpt: Mapping[str, Any]) -> str:
    """The excerpt with » « around what was found, which any terminal shows."""
    text, parts, end = excerpt["text"], [], 0
    for start, stop in excerpt["marks"]:
        parts += [text[end:start], "»", text[start:stop], "«"]
        end = stop
    shown = "".join([*parts, text[end:]])
    return ("… " if excerpt["before"] else "") + shown + (" …" if excerpt["after"] else "")
