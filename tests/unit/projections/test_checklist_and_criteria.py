"""The disclosure checklist of an investigation, and criteria side by side with the formula."""

from __future__ import annotations

from typing import Any

from projections import checklist, criteria
from tests.support.small_log import SmallLog

LEAD = {"participants": [{"party": "auditor", "role": "lead"}]}


def line(log: SmallLog, investigation: str, topic: str) -> dict[str, Any]:
    known = log.slice()
    item = known.get(investigation)
    assert item is not None
    return checklist.view(item, known, "2020-12-31").line(topic).to_json()


def test_only_a_conductors_voice_discloses_and_others_stand_beside_it() -> None:
    log = SmallLog()
    audit = log.say("AuditDescribed", "factory:f", LEAD, by="auditor")
    log.say("AuditDescribed", "factory:f", LEAD | {"notice": "announced"}, by="ngo", refs=[("sameAs", audit)])
    found = line(log, audit, "notice")
    assert (found["states"], found["value"]) == (["said-by-others"], "not-disclosed")
    assert [one["value"] for one in found["others"]] == ["announced"]
    refs = [("sameAs", audit)]
    log.say("AuditDescribed", "factory:f", LEAD | {"notice": "unannounced"}, by="auditor", refs=refs)
    assert line(log, audit, "notice")["value"] == "unannounced"


def test_nobody_becomes_a_conductor_by_describing_the_same_investigation() -> None:
    log = SmallLog()
    audit = log.say("AuditDescribed", "factory:f", LEAD, by="auditor")
    claim = {"participants": [{"party": "stranger", "role": "lead"}], "gbvTraining": "certified"}
    log.say("AuditDescribed", "factory:f", claim, by="stranger", refs=[("sameAs", audit)])
    found = line(log, audit, "gbvTraining")
    assert (found["value"], found["states"]) == ("not-disclosed", ["said-by-others"])
    assert [(one["value"], one["saidBy"]) for one in found["others"]] == [("certified", ["stranger"])]


def test_whom_a_conductor_names_conducts_too() -> None:
    log = SmallLog()
    audit = log.say("AuditDescribed", "factory:f", LEAD, by="auditor")
    refs = [("sameAs", audit)]
    firm = {"participants": [{"party": "firm", "role": "subcontractor"}]}
    log.say("AuditDescribed", "factory:f", firm, by="auditor", refs=refs)
    log.say("AuditDescribed", "factory:f", firm | {"notice": "announced"}, by="firm", refs=refs)
    assert line(log, audit, "notice")["value"] == "announced"


def test_a_point_filled_by_attribution_says_so_and_gives_way_to_the_conductors_own_word() -> None:
    log = SmallLog()
    voice = {"claimants": ["auditor"], "attribution": {"form": "paraphrase"}}
    audit = log.say("AuditDescribed", "factory:f", LEAD | {"notice": "announced"}, by="ngo", **voice)
    refs = [("sameAs", audit)]
    assert line(log, audit, "notice")["standing"] == "attributed"
    log.say("AuditDescribed", "factory:f", LEAD | {"notice": "unannounced"}, by="auditor", refs=refs)
    log.say("AuditDescribed", "factory:f", LEAD | {"notice": "announced"}, by="ngo", refs=refs, **voice)
    found = line(log, audit, "notice")
    assert (found["value"], found["standing"]) == ("unannounced", "signed")


def test_what_the_conductor_disowns_fills_nothing() -> None:
    log = SmallLog()
    audit = log.say("AuditDescribed", "factory:f", LEAD, by="auditor")
    voice = {"claimants": ["auditor"], "attribution": {"form": "paraphrase"}}
    refs = [("sameAs", audit)]
    said = log.say(
        "AuditDescribed", "factory:f", LEAD | {"notice": "announced"}, by="ngo", refs=refs, **voice
    )
    log.say("ResponseGiven", "factory:f", by="auditor", refs=[("disowns", said)])
    assert line(log, audit, "notice")["value"] == "not-disclosed"


def test_a_question_fills_the_point_it_asks_for_part_of() -> None:
    log = SmallLog()
    audit = log.say("AuditDescribed", "factory:f", LEAD, by="auditor")
    claim = {"addressees": ["auditor"], "topic": "gender"}
    question = log.say("QuestionAsked", "factory:f", claim, refs=[("about", audit)])
    assert line(log, audit, "sample")["states"] == ["asked"]
    log.say("ResponseGiven", "factory:f", by="auditor", refs=[("refuses", question)])
    assert line(log, audit, "sample")["states"] == ["refused"]


def test_a_question_that_was_answered_is_not_shown_as_not_disclosed() -> None:
    log = SmallLog()
    audit = log.say("AuditDescribed", "factory:f", LEAD | {"notice": "announced"}, by="auditor")
    claim = {"addressees": ["auditor"], "topic": "gbvTraining"}
    question = log.say("QuestionAsked", "factory:f", claim, by="ngo", refs=[("about", audit)])
    log.say("ResponseGiven", "factory:f", by="auditor", refs=[("answers", question)])
    log.say("ResponseGiven", "factory:f", by="ngo", refs=[("concludes", question)])
    found = line(log, audit, "gbvTraining")
    assert (found["value"], found["states"]) == ("answered", ["disclosed"])
    assert found["asked"][0]["reachedBy"] == "signed"


def test_a_question_is_answered_by_what_the_party_asked_has_become() -> None:
    log = SmallLog()
    listed = log.say("PartyListed", "party:auditor", by="registrar")
    audit = log.say("AuditDescribed", "factory:f", LEAD, by="auditor")
    claim = {"addressees": ["auditor"], "topic": "gbvTraining"}
    question = log.say("QuestionAsked", "factory:f", claim, by="ngo", refs=[("about", audit)])
    log.say("ResponseGiven", "factory:f", by="heir", refs=[("answers", question)])
    assert line(log, audit, "gbvTraining")["asked"][0]["outcome"] == "open"
    refs = [("supersedes", listed)]
    log.say("PartyMerged", ["party:auditor", "party:heir"], by="registrar", refs=refs)
    assert line(log, audit, "gbvTraining")["asked"][0]["outcome"] == "answered"


def test_a_question_that_its_asker_gave_up_discloses_nothing() -> None:
    log = SmallLog()
    audit = log.say("AuditDescribed", "factory:f", LEAD, by="auditor")
    claim = {"addressees": ["auditor"], "topic": "gbvTraining"}
    question = log.say("QuestionAsked", "factory:f", claim, by="ngo", refs=[("about", audit)])
    log.say("ResponseGiven", "factory:f", by="ngo", refs=[("concludes", question)])
    found = line(log, audit, "gbvTraining")
    assert (found["value"], found["states"]) == ("not-disclosed", [])


def test_a_point_nobody_spoke_of_reads_not_disclosed_and_is_not_said_to_be_stated() -> None:
    log = SmallLog()
    audit = log.say("AuditDescribed", "factory:f", LEAD, by="auditor")
    found = line(log, audit, "competence")
    assert (found["value"], found["stated"], found["states"]) == ("not-disclosed", False, [])


def test_topics_beyond_the_attributes_have_lines_once_asked() -> None:
    log = SmallLog()
    audit = log.say("AuditDescribed", "factory:f", LEAD, by="auditor")
    claim = {"addressees": ["auditor"], "topic": "resolutions"}
    log.say("DisclosureRequested", "factory:f", claim, refs=[("about", audit)])
    assert line(log, audit, "resolutions")["states"] == ["asked"]


def clauses(*claims: dict[str, Any]) -> list[dict[str, Any]]:
    log = SmallLog()
    for number, claim in enumerate(claims):
        log.say("CriterionPublished", f"criterion:c{number}", claim)
    return [one.to_json() for one in criteria.view(log.slice())]


def hours(value: str, per: str) -> dict[str, str]:
    return {"value": value, "unit": "h", "per": per}


WEEKLY = {
    "issue": "working-time/weekly-hours",
    "comparator": "max",
    "owner": "scheme",
    "quantity": hours("72", "week"),
}
MONTHLY = {
    "issue": "working-time/monthly-overtime",
    "comparator": "max",
    "owner": "state",
    "quantity": hours("36", "month"),
}


def test_a_weekly_limit_is_read_over_every_baseline_with_the_formula() -> None:
    baselines = [MONTHLY | {"baseline": hours(value, "week")} for value in ("40", "44")]
    found = clauses(WEEKLY, *baselines)
    readings = found[0]["readings"]
    assert [(one["baseline"], one["overtimeAWeek"], one["allowsAMonth"]) for one in readings] == [
        ("40", "32", "139"),
        ("44", "28", "121"),
    ]
    assert readings[0]["formula"] == (
        "(72 h - 40 h) a week = 32 h a week; 32 h x 52 / 12 = about 139 h a month, against 36 h a month"
    )
    assert readings[0]["limitAsWeek"] == "48.3"


def test_a_change_of_the_limit_changes_the_reading() -> None:
    found = clauses(WEEKLY | {"quantity": hours("60", "week")}, MONTHLY | {"baseline": hours("40", "week")})
    assert found[0]["readings"][0]["allowsAMonth"] == "87"


def test_a_qualitative_clause_stands_against_a_number_without_being_compared() -> None:
    issue = "osh/pre-job-training"
    law = {"issue": issue, "comparator": "min", "quantity": {"value": "24", "unit": "h"}}
    found = clauses(law, {"issue": issue, "comparator": "qualitative"})
    assert [(one["outcome"], one["reason"]) for one in found[0]["pairs"]] == [
        ("not-comparable", "qualitative")
    ]


def test_the_same_limit_in_other_units_is_the_same() -> None:
    issue = {"issue": "osh/pre-job-training", "comparator": "min"}
    pair = ({"value": "24", "unit": "h"}, {"value": "1440", "unit": "min"})
    found = clauses(*(issue | {"quantity": quantity} for quantity in pair))
    assert found[0]["pairs"][0]["outcome"] == "same"


def test_a_superseded_clause_is_left_out() -> None:
    log = SmallLog()
    old = log.say("CriterionPublished", "criterion:old", WEEKLY)
    new = log.say("CriterionPublished", "criterion:new", WEEKLY, refs=[("supersedes", old)])
    assert [one.id for one in criteria.view(log.slice())[0].clauses] == [new]


def test_nobody_hides_another_authors_clause_by_superseding_it() -> None:
    log = SmallLog()
    old = log.say("CriterionPublished", "criterion:old", WEEKLY, by="ngo")
    refs = [("supersedes", old)]
    new = log.say("CriterionPublished", "criterion:new", WEEKLY, refs=refs, by="stranger")
    assert [one.id for one in criteria.view(log.slice())[0].clauses] == [old, new]
    newer = log.say("CriterionPublished", "criterion:newer", WEEKLY, refs=refs, by="scheme")
    assert [one.id for one in criteria.view(log.slice())[0].clauses] == [new, newer]
