"""What somebody looks for: words, "quoted phrases" and -what is to be left out, read into terms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ledger.core.refusal import LedgerError
from projections.wording import Wording, marked
from projections.words import HAN, LONGEST, composed, folded, mirror, phrase

LONGEST_QUERY: Final = 200  # characters
MOST_TERMS: Final = 16
_PREFIX: Final = 2  # characters from which on a code is found by its beginning

_PART = re.compile(r'(?:(?<=\s)|^)(-?)(?:["“„«](?P<quoted>[^"“”„«»]*)["”“»]|(?P<plain>\S+))')


class QueryUnreadable(LedgerError):
    """There is nothing in it that could be looked for, or too much: a message with `{named}` places."""

    MEND: Final = marked("give one to {most} words, names or codes")

    def __init__(self, message: str, **counts: int) -> None:
        self.message, self.counts = message, counts | {"most": MOST_TERMS}
        super().__init__(message.format(**self.counts), self.MEND.format(**self.counts))

    def said(self, wording: Wording) -> str:
        """What is wrong and how to mend it, in a language."""
        texts = (wording.gettext(text).format(**self.counts) for text in (self.message, self.MEND))
        return ". ".join(texts)


@dataclass(frozen=True, slots=True)
class Term:
    """One thing looked for. `text` are its words in small letters.

    `words` are looked for one behind the other, by their stems; `lexemes` is a query (`tsquery`) for what is
    not stemmed, and `written` what a code may begin with; "" where there is nothing to look for that way.
    """

    text: str
    words: tuple[str, ...]
    lexemes: str
    written: str
    excluded: bool = False

    @property
    def is_han(self) -> bool:
        return not self.words

    @property
    def code(self) -> str:
        """A query (`tsquery`) for lexemes that begin so; a single character is found whole alone."""
        quoted = self.written.replace("\\", "\\\\").replace("'", "''")
        return f"'{quoted}'" + (":*" if len(self.written) >= _PREFIX else "") if quoted else ""


def parse(text: str) -> tuple[Term, ...]:
    """The terms of a query, each once, in its order. Raises `QueryUnreadable`."""
    if len(text) > LONGEST_QUERY:
        message = marked("it has {n} characters, more than {limit}")
        raise QueryUnreadable(message, n=len(text), limit=LONGEST_QUERY)
    found = tuple(dict.fromkeys(_terms(composed(text))))
    if not found:
        raise QueryUnreadable(marked("there is no word in it to look for"))
    if all(term.excluded for term in found):
        raise QueryUnreadable(marked("it only says what is to be left out"))
    if len(found) > MOST_TERMS:
        raise QueryUnreadable(marked("it has {n} terms, more than {most}"), n=len(found))
    return found


def _terms(text: str) -> Iterator[Term]:
    for part in _PART.finditer(text):
        quoted, excluded = part["quoted"], part[1] == "-"
        written = part["plain"] if quoted is None else quoted
        for run in HAN.findall(written):
            yield Term(run, (), phrase(run), "", excluded)
        for rest in HAN.split(written):
            words = tuple(mirror(rest).split())
            if words:
                code = rest.strip().lower() if quoted is None else "-".join(words)
                yield Term(" ".join(words), words, _plain(words), _trimmed(code), excluded)


def _plain(words: tuple[str, ...]) -> str:
    """A single word without its accents, as it is kept beside one that has them."""
    plain = mirror(folded(words[0])).split() if len(words) == 1 else []
    return f"'{plain[0][:LONGEST]}'" if len(plain) == 1 else ""


def _trimmed(code: str) -> str:
    """Without the punctuation of a sentence around it; codes hold nothing that cannot be printed."""
    return "".join(filter(str.isprintable, code)).strip("\"'“”„«»‘’()[]{}<>,;.!?:/-")
