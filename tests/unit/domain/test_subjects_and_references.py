"""Subjects are pinned and closed over what a statement replies to; references pin what is logged."""

import pytest

from ledger.core.statement import Recorded
from ledger.domain.facts import creation_of
from tests.support.builder import Log, refused

ISSUE = {"issue": "osh/ppe"}


@pytest.fixture
def alleged(log: Log) -> Recorded:
    return log.say("AllegationMade", "clw", about=["factory:foshan", "party:ietp"], claim=ISSUE)


def test_an_unknown_factory_is_no_subject(log: Log) -> None:
    with refused("unknown-subject"):
        log.say("AllegationMade", "clw", about=["factory:nowhere"], claim=ISSUE)


def test_a_name_pinned_by_another_names_digest_is_refused(log: Log) -> None:
    log.factory("wah-tung")
    pins = {"factory:foshan": creation_of(log.state, "factory:wah-tung")}
    with refused("subject-digest"):
        log.say("AllegationMade", "clw", about=["factory:foshan"], pins=pins, claim=ISSUE)


def test_a_registration_with_a_digest_of_nothing_is_refused(log: Log) -> None:
    """Neither the listing's id, there being none, nor the first digest under this genesis."""
    with refused("subject-digest"):
        log.register("new", pins={"party:new": "ab" * 32})


def test_bytes_are_a_subject_without_any_registration(log: Log) -> None:
    sha256 = "ab" * 32
    claim = {"media": "text/plain", "size": 3, "form": "letter"}
    log.say("DocumentCaptured", "clw", about=[f"document:{sha256}", "factory:foshan"], claim=claim)


def test_a_response_lists_every_factory_and_party_of_its_targets(log: Log, alleged: Recorded) -> None:
    for about in ([], ["factory:foshan"], ["party:ietp"]):
        with refused("subject-missing"):
            log.say("ResponseGiven", "aaf", about=about, refs=[("disputes", alleged)], closed=False)
    names = ["factory:foshan", "party:ietp"]
    log.say("ResponseGiven", "aaf", about=names, refs=[("disputes", alleged)], closed=False)


@pytest.mark.parametrize(
    ("event", "rel", "claim"),
    [
        ("QuestionAsked", "about", {"addressees": ["ietp"]}),
        ("CommitmentMade", "towards", {"actor": "clw"}),
        ("StatementExtended", "amends", {}),
    ],
)
def test_replies_of_other_kinds_do_so_too(
    log: Log, alleged: Recorded, event: str, rel: str, claim: dict[str, object]
) -> None:
    target = alleged
    if event == "QuestionAsked":
        target = log.investigation("clw", ["factory:foshan"], ["clw"])
    with refused("subject-missing"):
        log.say(event, "clw", about=["party:ietp"], refs=[(rel, target)], claim=claim, closed=False)
    log.say(event, "clw", about=["party:ietp"], refs=[(rel, target)], claim=claim)


def test_criteria_and_documents_do_not_hand_on_their_subjects(log: Log) -> None:
    document = log.document("clw", ["factory:foshan"])
    log.say("ResponseGiven", "aaf", refs=[("acknowledges", document)], closed=False)


def test_an_allegation_need_not_repeat_what_it_is_based_on(log: Log, alleged: Recorded) -> None:
    log.say("AllegationMade", "clw", about=["factory:foshan"], claim=ISSUE, refs=[("basedOn", alleged)])


def test_an_observation_shares_a_subject_with_its_investigation(log: Log) -> None:
    log.factory("wah-tung")
    audit = log.investigation("clw", ["factory:foshan", "party:ietp"], ["clw"])
    claim = {"issue": "osh", "method": "records-review", "result": "present"}
    with refused("subject-missing"):
        log.say("ObservationMade", "clw", about=["factory:wah-tung"], claim=claim, refs=[("within", audit)])
    log.say("ObservationMade", "clw", about=["factory:foshan"], claim=claim, refs=[("within", audit)])


def test_64_subjects_may_stand_beside_those_that_are_demanded(log: Log, alleged: Recorded) -> None:
    names = [f"factory:f{i:03}" for i in range(65)]
    for name in names:
        log.factory(name.removeprefix("factory:"))
    log.say("ResponseGiven", "aaf", about=names[:64], refs=[("disputes", alleged)])
    with refused("too-many-subjects"):
        log.say("ResponseGiven", "aaf", about=names, refs=[("disputes", alleged)])
    log.say("DocumentReferenced", "aaf", about=names[:64])
    with refused("too-many-subjects"):
        log.say("DocumentReferenced", "aaf", about=names)


def test_a_reference_to_what_is_not_logged_is_refused(log: Log) -> None:
    with refused("unknown-reference"):
        log.say("AllegationMade", "clw", claim=ISSUE, refs=[("basedOn", "ab" * 32)])


def test_a_reference_into_another_ledger_is_checked_for_form_only(log: Log) -> None:
    foreign = {
        "rel": "basedOn",
        "name": f"statement:{'ab' * 32}",
        "digest": {"sha256": "ab" * 32},
        "ledger": {"genesis": "cd" * 32, "origin": "elsewhere.example.org"},
    }
    log.say("AllegationMade", "clw", claim=ISSUE, foreign=[foreign])


@pytest.mark.parametrize(
    ("event", "rel", "claim"),
    [
        ("AllegationMade", "basedOn", ISSUE),
        ("AllegationMade", "against", ISSUE),
        ("AllegationMade", "statedIn", ISSUE),
        ("ResponseGiven", "answers", {}),
        ("ResponseGiven", "endorses", {}),
        ("CommitmentMade", "towards", {"actor": "clw"}),
        ("ProgressReported", "on", {}),
    ],
)
def test_a_relation_leads_only_to_certain_kinds(
    log: Log, event: str, rel: str, claim: dict[str, object]
) -> None:
    registration = next(one for one in log.recorded if one.statement.event == "FactoryRegistered")
    with refused("reference-kind"):
        log.say(event, "clw", refs=[(rel, registration)], claim=claim)


def test_within_leads_to_a_complaint_or_lawsuit_but_to_no_question(log: Log) -> None:
    log.list_party("court", ["forum"])
    claim = {"addressees": ["court"]}
    complaint = log.say("ComplaintFiled", "clw", claim=claim)
    question = log.say("QuestionAsked", "clw", claim=claim)
    observed = {"issue": "osh", "method": "media", "result": "unclear"}
    log.say("ObservationMade", "clw", about=["party:court"], claim=observed, refs=[("within", complaint)])
    with refused("reference-kind"):
        log.say("ObservationMade", "clw", about=["party:court"], claim=observed, refs=[("within", question)])


@pytest.mark.parametrize(
    ("event", "claim"),
    [
        ("AuditDescribed", {"stage": "reported", "participants": [{"party": "nobody", "role": "lead"}]}),
        ("CommitmentMade", {"actor": "nobody"}),
        ("CommitmentMade", {"actor": "factory:nowhere"}),
        ("ComplaintFiled", {"addressees": ["ietp"], "respondents": ["nobody"]}),
        ("PartyListed", {"entity": "programme", "roles": ["ngo"], "operatedBy": "nobody"}),
    ],
)
def test_whom_a_claim_names_has_been_named_before(log: Log, event: str, claim: dict[str, object]) -> None:
    """Else a slug could be anything, a worker's name for one, and stay in the clear for ever."""
    about = ["party:new"] if event == "PartyListed" else ["factory:foshan"]
    with refused("unknown-party"):
        log.say(event, "clw", about=about, claim=claim)
