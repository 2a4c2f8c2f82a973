"""Texts of the terminal, prepared for translation: every text is a literal in `_(...)` with named places."""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

LOCALES = Path(__file__).parent / "locales"


@cache
def _catalogue() -> gettext.NullTranslations:
    # LANGUAGE, LC_ALL, LC_MESSAGES and LANG decide, as for every other program; without a catalogue, English.
    return gettext.translation("evidence", LOCALES, fallback=True)


def _(text: str, /, **values: object) -> str:
    """The text in the reader's language, with `{name}` replaced by the value of that name."""
    translated = _catalogue().gettext(text)
    return translated.format(**values) if values else translated


def plural(one: str, many: str, n: int, /, **values: object) -> str:
    """The form of a text for `n` things; `{n}` stands for the number."""
    return _catalogue().ngettext(one, many, n).format(n=n, **values)
