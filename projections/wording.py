"""How views put things into words, in a language that the caller brings along; English by itself.

Messages are written here and in the views as English sentences with named places; a catalogue turns them into
other languages (`api.web.language`). `marked` only marks a message for extraction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from ledger.core.vocabulary import VOCABULARIES, label


class Wording(Protocol):
    """What a language can do for a view."""

    def gettext(self, message: str) -> str:
        """The message in this language."""
        ...

    def ngettext(self, one: str, many: str, n: int) -> str:
        """The form of a message that fits `n` things."""
        ...

    def listed(self, words: Sequence[str]) -> str:
        """Several words as an enumeration: "A, B and C"."""
        ...

    def date(self, value: str | None) -> str:
        """A date as statements have it: a year, a month, a day, an interval of these."""
        ...

    def term(self, vocabulary: str, code: str) -> str:
        """A term's label; the code itself where the vocabulary has no such term."""
        ...


class English:
    """The language that messages are written in."""

    def gettext(self, message: str) -> str:
        return message

    def ngettext(self, one: str, many: str, n: int) -> str:
        return one if n == 1 else many

    def listed(self, words: Sequence[str]) -> str:
        return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)

    def date(self, value: str | None) -> str:
        """As it was signed: what programs read has no other form."""
        return value or "unknown"

    def term(self, vocabulary: str, code: str) -> str:
        return label(vocabulary, code) if code in VOCABULARIES.get(vocabulary, {}) else code


ENGLISH: Final[Wording] = English()


def marked(message: str) -> str:
    """The message itself; catalogues take in what stands in such a call."""
    return message
