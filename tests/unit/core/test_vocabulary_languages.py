"""Every term of every vocabulary in the four languages of the pages."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ledger.core.vocabulary import VOCABULARIES

LANGUAGES = ("en", "fr", "de", "zh")
# Labels that are rightly the same in another language, each looked at: by language.
REVIEWED = json.loads((Path(__file__).parent / "same_labels.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(VOCABULARIES))
def test_every_term_has_a_label_in_every_language(name: str) -> None:
    for term in VOCABULARIES[name].values():
        for language in LANGUAGES:
            label = term.labels[language]
            assert label == label.strip() != "", (name, term.code, language)
            assert label.isprintable(), (name, term.code, language)


@pytest.mark.parametrize("language", ["fr", "de", "zh"])
def test_a_label_equal_to_its_english_was_looked_at(language: str) -> None:
    terms = [term for vocabulary in VOCABULARIES.values() for term in vocabulary.values()]
    same = {term.labels["en"] for term in terms if term.labels[language] == term.labels["en"]}
    assert sorted(same) == REVIEWED[language]


def test_a_chinese_label_is_written_in_chinese() -> None:
    for vocabulary in VOCABULARIES.values():
        for term in vocabulary.values():
            assert re.search("[\u4e00-\u9fff]", term.labels["zh"]), term.code
