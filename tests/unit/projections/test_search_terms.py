"""What somebody looks for, read into terms; and what of a text is marked as found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.excerpts import LENGTH, excerpt, other_places, stemmed_places
from projections.search import beginnings, facets, years
from projections.search_terms import LONGEST_QUERY, MOST_TERMS, QueryUnreadable, parse
from projections.words import Said, lexemes, mirror, phrase
from tests.support.small_log import SmallLog


def texts_of(query: str) -> list[tuple[str, bool]]:
    return [(term.text, term.excluded) for term in parse(query)]


def test_words_stand_alone_and_quoted_ones_together() -> None:
    assert texts_of('safety "four hours" Training') == [
        ("safety", False),
        ("four hours", False),
        ("training", False),
    ]


@pytest.mark.parametrize("quoted", ['"four hours"', "“four hours”", "„four hours“", "«four hours»"])
def test_quotation_marks_of_every_language_quote(quoted: str) -> None:
    assert texts_of(quoted) == [("four hours", False)]


def test_a_minus_before_a_word_leaves_it_out_and_one_inside_does_not() -> None:
    assert texts_of("training -drill pre-job") == [("training", False), ("drill", True), ("pre job", False)]


def test_chinese_is_a_term_of_its_own_beside_other_words() -> None:
    assert texts_of("Foshan培训") == [("培训", False), ("foshan", False)]
    assert parse("培训")[0].is_han


def test_a_term_asked_for_twice_is_one() -> None:
    assert texts_of("Heat heat HEAT") == [("heat", False)]


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("", "no word"),
        ('"" . -', "no word"),
        ("-heat", "left out"),
        ("x" * (LONGEST_QUERY + 1), f"more than {LONGEST_QUERY}"),
        (" ".join(f"w{number}" for number in range(MOST_TERMS + 1)), f"more than {MOST_TERMS}"),
    ],
)
def test_what_holds_nothing_to_look_for_or_too_much_is_refused(query: str, why: str) -> None:
    with pytest.raises(QueryUnreadable, match=why):
        parse(query)


def test_pairs_of_characters_are_looked_for_one_behind_the_other() -> None:
    assert phrase("安全培训") == "'安全' <-> '全培' <-> '培训'"
    assert phrase("火") == "'火'"
    assert "'安全':1" in lexemes("安全")


def test_a_mirror_has_every_word_where_the_text_has_it() -> None:
    text = "L’équipement: İSTANBUL, 4-8 h"
    assert len(mirror(text)) == len(text)
    assert mirror(text).split() == ["l", "équipement", "istanbul", "4", "8", "h"]


@given(st.text(st.characters(max_codepoint=127)))
def test_a_text_in_ascii_is_read_as_beside_other_letters(text: str) -> None:
    assert mirror(text + "é") == mirror(text) + "é"
    assert (lexemes(text), lexemes(text + " é")) == ("", "'e'")


def test_marked_words_are_found_again_in_the_text() -> None:
    text = "They trained; training ended."
    marked = "they <trained>  <training> ended "
    assert [text[first:last] for first, last in stemmed_places(marked, text)] == ["trained", "training"]
    assert stemmed_places("another text", text) == []


def test_words_asked_for_without_accents_are_marked_with_them() -> None:
    text = "Sans équipement, 没有培训"
    places = other_places(text, parse("equipement 培训"))
    assert {text[first:last] for first, last in places} == {"équipement", "培训"}


def test_an_excerpt_is_cut_at_words_around_what_was_found() -> None:
    words = [f"word{number}" for number in range(200)]
    text = " ".join([*words[:100], "needle", *words[100:]])
    place = (text.index("needle"), text.index("needle") + len("needle"))
    found = excerpt([(Said("text", "en", text), [place])], "en")
    assert found is not None
    assert (found.before, found.after) == (True, True)
    assert len(found.text) <= LENGTH
    assert found.text.split()[0] in words
    assert [found.text[first:last] for first, last in found.marks] == ["needle"]


def test_of_two_texts_the_one_with_more_of_what_was_asked_for_is_shown() -> None:
    less, more = Said("title", "en", "heat and noise"), Said("text", "de", "heat and noise")
    found = excerpt([(less, [(0, 4)]), (more, [(0, 4), (9, 14)])], "en")
    assert found is not None
    assert found.member == "text"
    assert excerpt([(less, [])], "en") is None


def test_a_code_is_found_by_the_beginning_of_any_of_its_words() -> None:
    assert beginnings("factory:Foshan-Nanhai") == ("factory:foshan-nanhai", "foshan-nanhai", "nanhai")


def test_a_statement_counts_for_every_year_that_it_may_mean_and_its_issue_for_level_1() -> None:
    log = SmallLog()
    log.say(
        "AllegationMade",
        "factory:f",
        {"issue": "osh/ppe", "period": "2017/2019"},
        by="ngo",
    )
    found = facets(log.recorded[0].statement)
    assert {"issue:osh", "issue:osh/ppe", "signed:ngo", "said:ngo", "kind:allegation"} <= set(found)
    assert years(log.recorded[0].statement) == ["period:2017", "period:2018", "period:2019"]
