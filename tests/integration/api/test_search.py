"""Search over HTTP: words in any form and language, names, codes, facets, and nothing not for everybody."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.integration.web.conftest import page

from .conftest import Poster


def text(lang: str, words: str) -> dict[str, str]:
    return {"lang": lang, "text": words}


@pytest.fixture
def told(case: Poster) -> Poster:
    """The case with texts in four languages, and one for two parties alone."""
    for lang, words in (
        ("en", "Workers were instructed for four hours before the job."),
        ("fr", "Les ouvrières travaillaient sans équipement de protection."),
        ("de", "Die Arbeiterinnen klagten über fehlende Schulungen."),
        ("zh", "工人在上岗前没有接受安全培训。"),
    ):
        case.log.say(
            "AllegationMade",
            "ngo",
            about=["factory:toys"],
            claim={"issue": "osh/ppe"},
            hidden={"text": text(lang, words)},
        )
    case.log.say(
        "AllegationMade",
        "ngo",
        about=["factory:toys"],
        claim={"issue": "compensation/fines"},
        hidden={"text": text("en", "A confidential account of deductions.")},
        visibility="parties",
        audience=["certifier"],
    )
    return case


def found(case: Poster, q: str, **parameters: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = case.read("/v1/search", q=q, **parameters)["items"]
    return items


@pytest.mark.parametrize(
    ("q", "lang"),
    [
        ("instruction", "en"),
        ("instructed hours", "en"),
        ('"four hours"', "en"),
        ("travailler", "fr"),
        ("equipement", "fr"),
        ("Schulung", "de"),
        ("fehlenden Schulungen", "de"),
        ("安全培训", "zh"),
        ("培训", "zh"),
    ],
)
def test_a_word_is_found_in_any_form_in_its_language(told: Poster, q: str, lang: str) -> None:
    assert [item["excerpt"]["lang"] for item in found(told, q) if item["excerpt"]] == [lang]


def test_words_that_do_not_stand_together_are_no_phrase(told: Poster) -> None:
    assert found(told, '"hours four"') == []
    assert found(told, "instructed -hours") == []
    assert found(told, "全安") == []


def test_what_was_found_is_marked_in_the_excerpt(told: Poster) -> None:
    (item,) = found(told, "instruction")
    excerpt = item["excerpt"]
    assert [excerpt["text"][start:stop] for start, stop in excerpt["marks"]] == ["instructed"]
    assert item["matched"] == [{"in": "disclosure", "member": "text"}]


def test_codes_and_names_are_found_too(told: Poster) -> None:
    trained = {item["event"] for item in found(told, "pre-job-training")}
    assert trained == {"AllegationMade", "DeterminationIssued"}
    assert found(told, "toys")[0]["event"] == "FactoryRegistered"
    alleged = next(one for one in told.log.recorded if one.statement.event == "AllegationMade")
    assert found(told, alleged.statement.id[:16])[0]["id"] == alleged.statement.id


def test_what_is_for_some_parties_alone_is_neither_found_nor_counted(told: Poster) -> None:
    shown = told.read("/v1/search", q="confidential")
    assert (shown["items"], shown["total"]) == ([], 0)
    assert not any(shown["facets"].values())
    assert found(told, "compensation/fines") == []


def test_facets_tell_said_by_from_signed_by_and_narrow_the_rest(told: Poster) -> None:
    shown = told.read("/v1/search", q="toys")
    facets = {
        name: {one["value"]: one["count"] for one in values} for name, values in shown["facets"].items()
    }
    assert facets["signedBy"]["certifier"] == facets["saidBy"]["certifier"] == 2
    narrowed = told.read("/v1/search", q="toys", signed_by="certifier")
    assert narrowed["total"] == 2
    assert {item["event"] for item in narrowed["items"]} == {"AuditDescribed", "DeterminationIssued"}


def test_pages_follow_each_other_without_a_gap_or_a_repetition(told: Poster) -> None:
    whole = [item["id"] for item in found(told, "toys", limit=100)]
    paged: list[str] = []
    after: str | None = None
    while True:
        shown = told.read("/v1/search", q="toys", limit=2, **({"after": after} if after else {}))
        paged += [item["id"] for item in shown["items"]]
        after = shown["next"]
        if after is None:
            break
    assert paged == whole
    assert len(set(paged)) == len(paged)


def test_an_earlier_day_finds_what_was_there_then(told: Poster) -> None:
    assert found(told, "instruction", as_of=5) == []


def test_a_disclosure_that_is_gone_is_found_no_more(told: Poster, database_url: str) -> None:
    assert len(found(told, "instruction")) == 1
    with psycopg.connect(database_url) as conn:
        conn.execute("DELETE FROM disclosure WHERE content IS NOT NULL")
    assert found(told, "instruction") == []


@pytest.mark.parametrize("q", ["", "   ", "-toys", '""', "x" * 201])
def test_a_query_without_anything_to_look_for_is_refused_at_its_place(told: Poster, q: str) -> None:
    response = told.client.get("/v1/search", params={"q": q})
    assert (response.status_code, response.json()["place"]) == (400, "q")


def test_the_page_of_results_shows_hand_and_voice_and_marks_words(told: Poster) -> None:
    shown = page(told, "/en/search", q="instruction")
    assert "1 statement found" in shown.text
    assert "<mark>instructed</mark>" in shown.html
    assert "says, signed" in shown.text
    assert shown.all("input")


def test_the_page_says_what_cannot_be_looked_for(told: Poster) -> None:
    assert "only says what is to be left out" in page(told, "/en/search", 400, q="-toys").text
    assert "Nothing is found" in page(told, "/en/search", q="nowhere").text


# --- by what codes are called ---------------------------------------------------------------------


@pytest.fixture
def harassed(case: Poster) -> Poster:
    """The case, an allegation of harassment without a word of text, and a finding about it."""
    issue = {"issue": "harassment-gbv"}
    log = case.log
    alleged = log.say("AllegationMade", "ngo", about=["factory:toys"], claim=issue, visibility="public")
    outcome = {"outcome": "not-evidenced"}
    methods = {"methods": ["records-review"]}
    audit = log.investigation("certifier", ["factory:toys"], ["certifier"], claim=methods)
    refs = [("about", alleged), ("within", audit)]
    log.say("DeterminationIssued", "certifier", about=["factory:toys"], claim=outcome, refs=refs)
    return case


@pytest.mark.parametrize(
    "q", ["harassment", "harassments", "harcèlement", "harcelement", "Belästigung", "骚扰"]
)
def test_a_code_is_found_by_what_it_is_called_in_any_language(harassed: Poster, q: str) -> None:
    shown = found(harassed, q)
    assert [item["event"] for item in shown] == ["AllegationMade", "DeterminationIssued"]
    assert shown[0]["matched"] == [{"in": "code", "codes": ["harassment-gbv"]}]
    assert [item["issues"] for item in shown] == [["harassment-gbv"]] * 2


def test_a_finding_is_found_by_the_issue_of_what_it_is_about(harassed: Poster) -> None:
    (item,) = found(harassed, "harassment", kind="determination")
    assert item["matched"] == [{"in": "issue", "codes": ["harassment-gbv"]}]
    assert found(harassed, "harassment-gbv", kind="determination") == [item]
    assert found(harassed, '"gender-based violence"', kind="determination")[0]["id"] == item["id"]
    assert found(harassed, "not-evidenced -harassment", limit=100) == [
        one for one in found(harassed, "not-evidenced", limit=100) if one["id"] != item["id"]
    ]


@pytest.mark.parametrize("q", ["Arbeitsschutz", "santé", "职业安全"])
def test_the_label_of_a_group_of_issues_finds_all_below_it(told: Poster, q: str) -> None:
    issues = {issue for item in found(told, q, kind="allegation") for issue in item["issues"]}
    assert issues == {"osh/ppe", "osh/pre-job-training"}


def test_words_of_one_label_have_to_stand_together_in_a_phrase(harassed: Poster) -> None:
    assert found(harassed, '"violence gender-based"') == []


def test_labels_of_measures_find_nothing(told: Poster) -> None:
    criterion = [item for item in found(told, "Stunden") if item["kind"] == "criterion"]
    assert criterion == []


def test_pages_of_what_labels_find_follow_each_other(harassed: Poster) -> None:
    first = harassed.read("/v1/search", q="骚扰", limit=1)
    second = harassed.read("/v1/search", q="骚扰", limit=1, after=first["next"])
    assert first["total"] == second["total"] == 2
    assert second["next"] is None
    assert [first["items"][0]["event"], second["items"][0]["event"]] == [
        "AllegationMade",
        "DeterminationIssued",
    ]


def test_a_sealed_issue_is_not_found_by_its_label_nor_through_it(case: Poster) -> None:
    sealed = case.log.say(
        "AllegationMade",
        "ngo",
        about=["factory:toys"],
        claim={"issue": "harassment-gbv"},
        visibility="parties",
        audience=["certifier"],
    )
    case.log.say(
        "DeterminationIssued",
        "certifier",
        about=["factory:toys"],
        claim={"outcome": "not-evidenced"},
        refs=[("about", sealed)],
    )
    assert found(case, "harassment") == []


def test_the_page_shows_a_finding_with_its_issue_and_how_it_was_reached(harassed: Poster) -> None:
    shown = page(harassed, "/en/search", q="harassment", kind="determination").text
    hit = shown.partition("1 statement found")[2]
    for told in (
        "Issue Harassment and gender-based violence",
        "Outcome Not evidenced",
        "Methods Records review",
        "Notice Not disclosed",
        "Competence Not disclosed",
        "Training on gender-based violence Not disclosed",
        "How hard it is to find Hard to detect",
        "no statement of the ledger, signed by nobody",
        "By the issue of what it is about: Harassment and gender-based violence",
    ):
        assert told in hit
    assert "harassment-gbv" not in hit


def test_the_page_says_in_the_readers_words_by_what_it_was_found(harassed: Poster) -> None:
    shown = page(harassed, "/de/search", q="骚扰", kind="allegation").text
    assert "Nach Codes: Belästigung und geschlechtsspezifische Gewalt" in shown
