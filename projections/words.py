"""The words of texts, as they are looked for: the same for what is written and for what is asked.

PostgreSQL stems English, French and German. Which characters make a word is decided here, since its own
parser takes curly quotes and Chinese full stops for letters and leaves capital umlauts as they are wherever
the database has the locale C, as the embedded one has. Texts reach it as words in small letters between
spaces; Chinese, which has none, and words without their accents reach it as lexemes ready made.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

CONFIGURATIONS: Final[Mapping[str, str]] = {"en": "english", "fr": "french", "de": "german"}
"""PostgreSQL's text search configuration by language; words of all others are taken as they are."""

LONGEST: Final = 250  # characters of a lexeme; PostgreSQL takes 2046 bytes
# Scripts that are written without spaces between words: Han with its signs of repetition, kana, bopomofo.
_HAN = "々〆〇〻ぁ-ゖゝ-ヺー-ヿㄅ-ㄯ㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff"
HAN: Final = re.compile(f"[{_HAN}]+")
_NO_WORD = re.compile(rf"[^\w]|_|[{_HAN}]")
# The same, many times faster, for texts that have nothing else.
_ASCII = "".join(one.lower() if one.isalnum() else " " for one in map(chr, range(128)))


@dataclass(frozen=True, slots=True)
class Said:
    """A text of a member: `lang` is its language without region and script, "" where none is stated."""

    member: str
    lang: str
    text: str

    @property
    def configuration(self) -> str:
        return configuration(self.lang)


def configuration(lang: str) -> str:
    """PostgreSQL's text search configuration for a language."""
    return CONFIGURATIONS.get(lang, "simple")


def base(lang: str) -> str:
    """`zh` of `zh-Hant-TW` (RFC 5646: the first subtag)."""
    return lang.partition("-")[0].lower()


def texts(member: str, value: Any) -> Iterator[Said]:
    """Every text in a value, in its order: text values with their language, other strings without one."""
    if isinstance(value, str):
        yield Said(member, "", value)
    elif isinstance(value, Mapping):
        if isinstance(value.get("text"), str):
            yield Said(member, base(str(value.get("lang", ""))), value["text"])
        else:
            for name, part in value.items():
                yield from texts(name, part) if name != "_sd" else ()
    elif isinstance(value, list | tuple):
        for part in value:
            yield from texts(member, part)


def composed(text: str) -> str:
    """Letters with their accents as one character each (NFC)."""
    return unicodedata.normalize("NFC", text)


def mirror(text: str) -> str:
    """A composed text's words in small letters, each where it stands, and spaces in all other places:
    character for character as long as the text, so that places found in one are places in the other.
    """
    if text.isascii():
        return text.translate(_ASCII)
    # The one capital whose small letter is two characters.
    return _NO_WORD.sub(" ", text.replace("\u0130", "I").lower())


@lru_cache(maxsize=16384)
def folded(word: str) -> str:
    """The word without accents, as somebody without such keys types it."""
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(mark for mark in apart if not unicodedata.combining(mark))


def lexemes(text: str) -> str:
    """PostgreSQL's text form of what its dictionaries do not make (`tsvector`): each Han character and each
    pair of neighbours where they stand, and the words with accents without these.
    """
    if text.isascii():
        return ""
    parts = [f"'{lexeme}':{place}" for place, lexeme in _pairs(text)]
    for word in dict.fromkeys(mirror(text).split()):
        plain = folded(word)
        if plain != word:
            parts += [f"'{part[:LONGEST]}'" for part in mirror(plain).split()]
    return " ".join(parts)


def _pairs(text: str) -> Iterator[tuple[int, str]]:
    """(place, character or pair) of every run of Han; a place is left out between runs."""
    place = 0
    for run in HAN.findall(text):
        for index in range(len(run)):
            place += 1
            yield place, run[index]
            if index + 1 < len(run):
                yield place, run[index : index + 2]
        place += 1


def phrase(run: str) -> str:
    """A run of Han as a query (`tsquery`): its pairs one behind the other; a single character alone."""
    pairs = [run[index : index + 2] for index in range(len(run) - 1)] or [run]
    return " <-> ".join(f"'{pair}'" for pair in pairs)
