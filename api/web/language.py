"""The languages of the pages: messages, plurals, dates, numbers, lists and the vocabularies' terms.

Catalogues are the files `locale/<language>.po`, read once when a language is first used. English is the
language that messages are written in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from gettext import NullTranslations
from importlib.resources import files
from io import BytesIO
from typing import Final

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import Translations

from ledger.core.vocabulary import VOCABULARIES

LANGUAGES: Final = ("en", "fr", "de", "zh")
DEFAULT: Final = "en"


class Language:
    """One language; implements `projections.wording.Wording`."""

    def __init__(self, code: str) -> None:
        self.code = code
        # Days before months, as most readers of this English write them.
        self.locale = Locale.parse("en_GB" if code == DEFAULT else code)
        self._messages = _catalogue(code)

    @property
    def tag(self) -> str:
        """The BCP 47 tag that pages carry."""
        return "zh-Hans" if self.code == "zh" else self.code

    @property
    def own_name(self) -> str:
        """What the language calls itself."""
        return str(Locale.parse(self.code).get_display_name(self.code)).capitalize()

    # Messages.

    def gettext(self, message: str) -> str:
        """The message in this language."""
        return self._messages.gettext(message)

    def ngettext(self, one: str, many: str, n: int) -> str:
        """The form of a message that fits `n` things."""
        return self._messages.ngettext(one, many, n)

    def listed(self, words: Sequence[str]) -> str:
        """Several words as an enumeration."""
        return format_list(list(words), locale=self.locale)

    def term(self, vocabulary: str, code: str) -> str:
        """A term's label; the code itself where the vocabulary has no such term."""
        found = VOCABULARIES.get(vocabulary, {}).get(code)
        return code if found is None else found.labels.get(self.code, found.labels["en"])

    def territory(self, code: str) -> str:
        """A country by its ISO 3166 code, as this language calls it (CLDR)."""
        return str(self.locale.territories.get(code, code))

    # Values.

    def number(self, value: int | str | Decimal) -> str:
        """An integer or decimal string with this language's separators, all its digits kept."""
        return _number(str(value), self.locale)

    def date(self, value: str | None) -> str:
        """A date as statements have it: a year, month or day, an interval of these, or an instant's day."""
        if not value:
            return self.gettext("unknown")
        first, slash, last = value.partition("/")
        if not slash:
            return self._one_date(value)
        if first == "..":
            return self.gettext("until {day}").format(day=self._one_date(last))
        if last == "..":
            return self.gettext("since {day}").format(day=self._one_date(first))
        return self.gettext("{first} to {last}").format(
            first=self._one_date(first), last=self._one_date(last)
        )

    def time(self, value: str | None) -> str:
        """An instant to the minute, in UTC."""
        if not value or len(value) < 16:
            return self.date(value)
        return self.gettext("{day}, {time} UTC").format(day=self._one_date(value), time=value[11:16])

    def _one_date(self, value: str) -> str:
        """`2019`, `2019-06`, `2019-06-01` or an instant."""
        parts = [int(part) for part in value[:10].split("-")]
        if len(parts) == 1:
            return value
        year, month, *day = parts
        return (
            _day(date(year, month, day[0]), self.locale) if day else _month(date(year, month, 1), self.locale)
        )

    def text(self, values: Iterable[Mapping[str, str]]) -> Mapping[str, str] | None:
        """Of texts {"lang", "text"} the one in this language, else the first; None of none."""
        found = list(values)
        fitting = [one for one in found if one.get("lang", "").split("-")[0] == self.code]
        return next(iter(fitting or found), None)


# Long pages have the same numbers and days again and again.
@lru_cache(maxsize=16_384)
def _number(value: str, locale: Locale) -> str:
    exact = Decimal(value)
    digits = max(-int(exact.as_tuple().exponent), 0)
    return format_decimal(exact, format="#,##0" + ("." + "0" * digits if digits else ""), locale=locale)


@lru_cache(maxsize=16_384)
def _day(day: date, locale: Locale) -> str:
    return str(format_date(day, format="long", locale=locale))


@lru_cache(maxsize=4_096)
def _month(day: date, locale: Locale) -> str:
    return str(format_skeleton("yMMMM", day, locale=locale))


@cache
def language(code: str) -> Language:
    """The language of this code. Raises `KeyError` for one that there is not."""
    if code not in LANGUAGES:
        raise KeyError(code)
    return Language(code)


def _catalogue(code: str) -> NullTranslations:
    if code == DEFAULT:
        return NullTranslations()
    text = files("api.web").joinpath("locale", f"{code}.po").read_bytes()
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(text), locale=code))
    compiled.seek(0)
    return Translations(compiled)


def preferred(accept_language: str | None) -> str:
    """The code of the language that a reader's `Accept-Language` asks for first (RFC 9110 section 12.5.4)."""
    ranked: list[tuple[float, int, str]] = []
    for place, part in enumerate((accept_language or "").split(",")):
        tag, _, parameters = part.strip().partition(";")
        code = tag.strip().lower().split("-")[0]
        if code in LANGUAGES and (weight := _weight(parameters)) > 0:
            ranked.append((-weight, place, code))
    return min(ranked)[2] if ranked else DEFAULT


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
