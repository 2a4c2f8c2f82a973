"""Every message of the pages in every language, with the same places, and none left in English unnoticed."""

from __future__ import annotations

import json
import re
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from api.web.catalogues import LOCALE, messages, updated
from api.web.language import DEFAULT, LANGUAGES, language

OTHERS = [code for code in LANGUAGES if code != DEFAULT]
# Messages that are rightly the same in another language, each looked at: by language.
REVIEWED = json.loads((Path(__file__).parent / "same_in_translation.json").read_text())
_PLACES = re.compile(r"%\([a-z_]+\)s|\{[a-z_]+\}|%%")


@cache
def template() -> Catalog:
    return messages()


@cache
def catalogue(code: str) -> Catalog:
    return read_po(BytesIO((LOCALE / f"{code}.po").read_bytes()), locale=code)


def forms(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, tuple | list) else [message.string]


def sources(message: Message) -> list[str]:
    return list(message.id) if isinstance(message.id, tuple | list) else [message.id]


def all_of(code: str) -> list[Message]:
    return [message for message in catalogue(code) if message.id]


@pytest.mark.parametrize("code", OTHERS)
def test_a_catalogue_holds_exactly_the_messages_of_the_pages(code: str) -> None:
    assert (LOCALE / f"{code}.po").read_bytes() == updated(code, template()), (
        "run: python -m api.web.catalogues"
    )


@pytest.mark.parametrize("code", OTHERS)
def test_no_message_lacks_its_translation(code: str) -> None:
    assert [message.id for message in all_of(code) if not all(forms(message))] == []


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_equal_to_its_source_was_looked_at(code: str) -> None:
    same = {
        text
        for message in all_of(code)
        for text in forms(message)
        # What has no letters of its own, such as "{size} %", is the same everywhere.
        if text in sources(message) and re.search(r"[A-Za-z]", _PLACES.sub("", text))
    }
    assert sorted(same - set(REVIEWED[code])) == []
    assert sorted(set(REVIEWED[code]) - same) == [], "reviewed, but no longer the same"


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_names_the_places_of_its_source(code: str) -> None:
    for message in all_of(code):
        wanted = set(_PLACES.findall(sources(message)[-1]))
        for text in forms(message):
            # A form for one thing may leave the number out.
            found = set(_PLACES.findall(text))
            assert found == wanted or (message.pluralizable and found <= wanted), message.id


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_begins_and_ends_with_the_space_of_its_source(code: str) -> None:
    for message in all_of(code):
        if sources(message) != [", "]:
            for text in forms(message):
                assert text == text.strip() or sources(message)[0] != sources(message)[0].strip(), message.id


def test_messages_are_short_enough_to_be_read_and_are_whole_sentences_or_words() -> None:
    for message in template():
        for text in sources(message) if message.id else ():
            assert "\n" not in text, text
            assert len(text) <= 400, text


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_language_formats_dates_lists_and_numbers_in_its_own_way(code: str) -> None:
    expected = {
        "en": ("7 February 2020", "June 2019 to October 2019", "a, b and c", "1,234.50"),
        "fr": ("7 février 2020", "juin 2019 à octobre 2019", "a, b et c", "1\u202f234,50"),
        "de": ("7. Februar 2020", "Juni 2019 bis Oktober 2019", "a, b und c", "1.234,50"),
        "zh": ("2020年2月7日", "2019年6月至2019年10月", "a、b和c", "1,234.50"),
    }
    spoken = language(code)
    assert (
        spoken.date("2020-02-07T09:00:00.000Z"),
        spoken.date("2019-06/2019-10"),
        spoken.listed(["a", "b", "c"]),
        spoken.number("1234.50"),
    ) == expected[code]
