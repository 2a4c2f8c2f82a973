"""What is typed for a party becomes its short name only where nobody else can be meant; run by Node."""

from __future__ import annotations

from typing import Any

from tests.browser.scripts import Scripts

WORDS = {"proposedBy": "proposed by {who}"}


def name(value: str, *texts: str, standing: str = "registered") -> dict[str, Any]:
    called = texts[0] if texts else value
    return {"value": value, "called": called, "texts": texts, "standing": standing, "by": ["stranger"]}


def proposal(value: str, *texts: str) -> dict[str, Any]:
    return name(value, *texts, standing="proposed")


WATCH = name("clw", "CLW (China Labor Watch Inc.)", "中国劳工观察")


def typed(scripts: Scripts, text: str, *names: dict[str, Any], whole: bool = True) -> tuple[Any, Any]:
    answer = scripts.ask("meant", typed=text, names=list(names), isWhole=whole, words=WORDS)
    return answer["value"], answer["near"]


def test_what_exactly_one_registered_party_is_called_is_that_party(scripts: Scripts) -> None:
    assert typed(scripts, "clw (CHINA labor watch inc.)", WATCH) == ("clw", [])


def test_a_party_is_known_by_its_name_in_every_language(scripts: Scripts) -> None:
    assert typed(scripts, "中国劳工观察", WATCH) == ("clw", [])


def test_a_proposal_is_offered_with_who_proposed_it_and_never_taken(scripts: Scripts) -> None:
    hongkong = proposal("clw-hk", "China Labor Watch")
    assert typed(scripts, "China Labor Watch", hongkong, WATCH) == (
        None,
        ["CLW (China Labor Watch Inc.) (clw)", "China Labor Watch (clw-hk; proposed by stranger)"],
    )


def test_proposals_never_crowd_out_who_is_registered(scripts: Scripts) -> None:
    many = [proposal(f"clw-{at}", f"China Labor Watch {at}") for at in range(20)]
    _, near = typed(scripts, "China Labor Watch", *many, WATCH)
    assert near[0] == "CLW (China Labor Watch Inc.) (clw)"
    assert len(near) == 8


def test_a_short_name_that_is_also_what_another_party_is_called_settles_nothing(scripts: Scripts) -> None:
    squatter, real = proposal("amnesty", "Friends"), name("amnesty-int", "Amnesty")
    assert typed(scripts, "amnesty", squatter, real) == (
        None,
        ["Amnesty (amnesty-int)", "Friends (amnesty; proposed by stranger)"],
    )


def test_a_name_is_only_offered_while_not_all_names_are_known(scripts: Scripts) -> None:
    assert typed(scripts, "Amnesty", name("amnesty-int", "Amnesty"), whole=False) == (
        None,
        ["Amnesty (amnesty-int)"],
    )


def test_a_short_name_typed_in_full_stands_for_itself(scripts: Scripts) -> None:
    assert typed(scripts, "clw", WATCH, whole=False) == ("clw", [])


def test_an_empty_field_means_nobody_not_even_who_is_called_nothing(scripts: Scripts) -> None:
    assert typed(scripts, " ", name("blank", "")) == (None, [])
