"""What a command is asked about: a factory or party by its name, a statement by its id or its entry's number.

A name that nobody has registered is answered with those that resemble it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Annotated, Final

import typer

from api.cli.options import UsageError
from api.likely import likely
from ledger.core.grammar import is_digest, is_slug
from ledger.core.refusal import LedgerError

if TYPE_CHECKING:
    from api.client.http import Client
    from api.settings import Settings
    from ledger.core.receipt import Trust

Statement = Annotated[
    str, typer.Argument(metavar="STATEMENT", help="A statement's id, or the number of its entry.")
]
FOLDERS: Final[Mapping[str, str]] = {"factory": "factories", "party": "parties"}
UNKNOWN: Final = frozenset({"no-such-factory", "no-such-party", "not-found", "nothing-to-bundle"})
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,14}")


# --- statements ---------------------------------------------------------------------------


def is_statement(text: str) -> bool:
    """Whether it could be a statement's id or an entry's number."""
    return is_digest(text) or _NUMBER.fullmatch(text) is not None


def demand_statement(text: str) -> str:
    """The text itself. Raises UsageError for what is neither an id nor a number."""
    if not is_statement(text):
        raise UsageError(
            f"{text} is no statement",
            "give its id (64 characters, 0 to 9 and a to f) or the number of its entry, such as 53",
        )
    return text


def statement_id(client: Client, text: str, trust: Trust | None = None) -> str:
    """The id of the statement; of an entry's number the ledger is asked, and has to prove it.

    Raises UsageError for what is neither, RefusedByServer for an entry that there is not, and BadAnswer.
    """
    if is_digest(demand_statement(text)):
        return text
    # Imported late, as whoever gives an id does without.
    from api.client.asked import id_of_entry

    return id_of_entry(client, int(text), trust)


# --- factories and parties ----------------------------------------------------------------


def address(name: str) -> str:
    """The path of a factory or party. Raises UsageError for any other name."""
    kind, slug = _parts(name)
    if kind not in FOLDERS or not is_slug(slug):
        raise UsageError(
            f"{name} is no factory or party", "write factory:SLUG or party:SLUG, such as factory:river-mill"
        )
    return f"/v1/{FOLDERS[kind]}/{slug}"


def located(name: str, settings: Settings) -> str:
    """The path of a factory or party. Raises UsageError with the names that it resembles."""
    try:
        return address(name)
    except UsageError as error:
        from api.cli.place import reach

        meant = ""
        with suppress(LedgerError), reach(settings) as client:
            meant = _did_you_mean(client, name)
        raise UsageError(error.what, meant or error.mend) from error


@contextmanager
def suggesting(client: Client, name: str) -> Iterator[None]:
    """A refusal of this name becomes one with the names that it resembles."""
    from api.client.http import RefusedByServer

    try:
        yield
    except RefusedByServer as refusal:
        if refusal.code not in UNKNOWN:
            raise
        kind, slug = _parts(name)
        if kind not in FOLDERS or not is_slug(slug) or client.find(address(name)) is not None:
            raise  # it is there, though not as of that moment, or not indexed yet
        mend = _did_you_mean(client, name) or f"`evidence {kind}` lists those of this ledger"
        raise LedgerError(f"nothing in this ledger is called {kind}:{slug}", mend) from refusal


def _parts(name: str) -> tuple[str, str]:
    kind, colon, slug = name.partition(":")
    return (kind, slug) if colon else ("factory", name)


def _did_you_mean(client: Client, name: str) -> str:
    """`did you mean A or B?`, empty where nothing resembles it."""
    kind, slug = _parts(name)
    # Whoever writes no kind may mean either.
    if ":" not in name and is_slug(slug):
        for one in FOLDERS:
            if client.find(address(f"{one}:{slug}")) is not None:
                return f"did you mean {one}:{slug}?"
    for one in FOLDERS if ":" not in name else [kind] if kind in FOLDERS else []:
        if meant := resembling(slug, dict(_registered(client, one))):
            return f"did you mean {' or '.join(meant)}? `evidence {one}` lists all of this ledger"
    return ""


def _registered(client: Client, kind: str) -> Iterator[tuple[str, list[str]]]:
    """Every name of the kind with what it is called."""
    for page in client.pages(f"/v1/{FOLDERS[kind]}", limit=500):
        for item in page["items"]:
            texts = item.get("called", {}).get("texts", ())
            yield item["name"], [str(text["text"]) for text in texts]


def resembling(text: str, called: Mapping[str, Sequence[str]]) -> list[str]:
    """The names whose slug or whose words resemble the text, the most alike first; at most three."""
    words: dict[str, str] = {}
    for name, texts in called.items():
        for one in (name.partition(":")[2], *texts):
            words.setdefault(one.casefold(), name)
    return likely(text, words, within=True)
