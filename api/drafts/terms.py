"""How to mend a term that no vocabulary has: the terms that it resembles, and the command that lists them."""

from __future__ import annotations

import re
from typing import Any

from api.likely import likely
from ledger.core.refusal import Refusal
from ledger.core.vocabulary import VOCABULARIES


def mend_of(refusal: Refusal, payload: Any) -> str:
    """The refusal's own words on mending; of an unknown term, those that were likely meant.

    `payload` is the JSON value that was refused; the refusal names its vocabularies in its text.
    """
    names = vocabularies_in(refusal.what)
    if refusal.code != "unknown-term" or not names:
        return refusal.mend
    lists = f"`evidence terms {' '.join(names)}` lists all terms"
    meant = [f"`{code}`" for code in resembling(str(_at(payload, refusal.where)), names)]
    return f"did you mean {' or '.join(meant)}? {lists}" if meant else lists


def resembling(text: str, names: list[str]) -> list[str]:
    """The codes of these vocabularies whose code, last part or English label resembles the text."""
    words: dict[str, str] = {}
    for code, term in (pair for name in names for pair in VOCABULARIES[name].items()):
        for one in (code, code.rpartition("/")[2], term.labels["en"]):
            words.setdefault(one.casefold(), code)
    return likely(text, words)


def vocabularies_in(text: str) -> list[str]:
    """The vocabularies that a text names between backquotes, as the field tables do."""
    return [name for name in re.findall(r"`([a-z-]+)`", text) if name in VOCABULARIES]


def _at(value: Any, pointer: str) -> Any:
    """The value at a JSON pointer (RFC 6901); an empty text where there is none."""
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        try:
            value = value[int(key)] if isinstance(value, list) else value[key]
        except (KeyError, IndexError, ValueError, TypeError):
            return ""
    return value
