"""Hand and voice: whose claim it is, and who may say what by either."""

import pytest

from ledger.core.statement import Recorded
from tests.support.builder import KeyPair, Log, refused

ISSUE = {"issue": "osh/ppe"}
OBSERVED = {"issue": "osh/ppe", "method": "records-review", "result": "present"}


@pytest.fixture
def report(log: Log) -> Recorded:
    return log.document("clw", ["factory:foshan"])


def attributed(*claimants: str, form: str = "paraphrase", via: tuple[str, ...] = ()) -> dict[str, object]:
    attribution: dict[str, object] = {"form": form}
    if via:
        attribution["via"] = list(via)
    return {"claimants": sorted(claimants), "attribution": attribution}


# --- who may be named --------------------------------------------------------


def test_somebody_elses_words_are_taken_down_under_their_name(log: Log, report: Recorded) -> None:
    said = log.say("AllegationMade", "clw", claim=ISSUE, refs=[("statedIn", report)], **attributed("ietp"))
    assert said.statement.issuers == ("clw",)
    assert said.statement.claimants == ("ietp",)


def test_the_voice_is_a_known_party(log: Log, report: Recorded) -> None:
    with refused("unknown-party"):
        log.say("AllegationMade", "clw", claim=ISSUE, refs=[("statedIn", report)], **attributed("nobody"))


def test_the_voice_is_no_natural_person(log: Log, report: Recorded) -> None:
    person = "p-0123456789abcdef"
    log.list_party(person, ["reviewer"], entity="person")
    with refused("person-as-claimant"):
        log.say("AllegationMade", "clw", claim=ISSUE, refs=[("statedIn", report)], **attributed(person))


def test_relays_are_known_parties_or_hosts(log: Log, report: Recorded) -> None:
    refs = [("statedIn", report)]
    log.say("AllegationMade", "clw", claim=ISSUE, refs=refs, **attributed("ietp", via=("host:news.example",)))
    log.say("AllegationMade", "clw", claim=ISSUE, refs=refs, **attributed("ietp", via=("aaf",)))
    with refused("unknown-party"):
        log.say("AllegationMade", "clw", claim=ISSUE, refs=refs, **attributed("ietp", via=("nobody",)))


def test_an_audience_is_made_of_known_parties(log: Log) -> None:
    log.say("AllegationMade", "clw", claim=ISSUE, visibility="parties", audience=["aaf", "ietp"])
    with refused("unknown-party"):
        log.say("AllegationMade", "clw", claim=ISSUE, visibility="parties", audience=["nobody"])


# --- observations and determinations ------------------------------------------


def test_within_an_investigation_its_conductors_observe(log: Log, report: Recorded) -> None:
    audit = log.investigation("clw", ["factory:foshan"], ["ietp"])
    refs, about = [("within", audit), ("statedIn", report)], ["factory:foshan"]
    log.say("ObservationMade", "clw", about=about, claim=OBSERVED, refs=refs, **attributed("ietp"))
    with refused("wrong-voice"):
        log.say("ObservationMade", "clw", about=about, claim=OBSERVED, refs=refs)
    with refused("wrong-voice"):
        log.say("ObservationMade", "clw", about=about, claim=OBSERVED, refs=refs, **attributed("aaf", "ietp"))


@pytest.mark.parametrize(
    ("role", "conducts"),
    [
        ("lead", True),
        ("joint", True),
        ("subcontractor", True),
        ("certifier", True),
        ("commissioner", False),
        ("payer", False),
        ("observer", False),
        ("facilitator", False),
        ("complainant", False),
    ],
)
def test_some_participants_conduct_and_others_do_not(log: Log, role: str, conducts: bool) -> None:
    claim = {"participants": [{"party": "aaf", "role": role}, {"role": "lead"}]}
    audit = log.investigation("clw", ["factory:foshan"], [], claim=claim)
    observe = {"about": ["factory:foshan"], "claim": OBSERVED, "refs": [("within", audit)]}
    if conducts:
        log.say("ObservationMade", "aaf", **observe)  # type: ignore[arg-type]
    else:
        with refused("wrong-voice"):
            log.say("ObservationMade", "aaf", **observe)  # type: ignore[arg-type]


def test_anybody_observes_outside_an_investigation(log: Log) -> None:
    log.say("ObservationMade", "aaf", about=["factory:foshan"], claim=OBSERVED)


def determine(log: Log, by: str, **more: object) -> Recorded:
    return log.say("OverallDetermined", by, about=["factory:foshan"], claim={"outcome": "conforms"}, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("role", ["certifier", "forum"])
def test_a_certifier_or_forum_determines(log: Log, role: str) -> None:
    log.register("body", [role])
    determine(log, "body")


def test_nobody_else_determines(log: Log) -> None:
    with refused("wrong-voice"):
        determine(log, "clw")


def test_a_conductor_determines_within_its_investigation(log: Log) -> None:
    audit = log.investigation("clw", ["factory:foshan"], ["clw"])
    determine(log, "clw", refs=[("within", audit)])
    with refused("wrong-voice"):
        determine(log, "aaf", refs=[("within", audit)])


def test_roles_count_as_they_were_before_the_entry(log: Log) -> None:
    log.say("PartyAmended", "clw", about=["party:clw"], claim={"roles": ["certifier"]})
    determine(log, "clw")
    log.say("PartyAmended", "clw", about=["party:clw"], claim={"roles": ["ngo"]})
    with refused("wrong-voice"):
        determine(log, "clw")


def test_every_claimant_has_to_qualify(log: Log, report: Recorded) -> None:
    log.list_party("mattel", ["buyer"])
    with refused("wrong-voice"):
        determine(log, "clw", refs=[("statedIn", report)], **attributed("ietp", "mattel"))
    determine(log, "clw", refs=[("statedIn", report)], **attributed("ietp"))


def test_only_a_certification_supersedes_a_certification(log: Log) -> None:
    log.register("body", ["certifier"])
    overall = determine(log, "body")
    claim, about = {"outcome": "granted"}, ["factory:foshan"]
    with refused("reference-kind"):
        log.say("CertificationDecided", "body", about=about, claim=claim, refs=[("supersedes", overall)])
    granted = log.say("CertificationDecided", "body", about=about, claim=claim)
    log.say("CertificationDecided", "body", about=about, claim=claim, refs=[("supersedes", granted)])


# --- responses ----------------------------------------------------------------


@pytest.fixture
def quoted(log: Log, report: Recorded) -> Recorded:
    """IETP's words, relayed by AAF, taken down by CLW; IETP has a key by now."""
    log.register("ietp", ["certifier"])
    said = attributed("ietp", via=("aaf",))
    return log.say(
        "AllegationMade", "clw", about=["factory:foshan"], claim=ISSUE, refs=[("statedIn", report)], **said
    )


@pytest.mark.parametrize(
    ("rel", "who"),
    [
        ("adopts", {"ietp"}),
        ("disowns", {"ietp", "aaf"}),
        ("retracts", set()),
        ("endorses", {"ietp", "aaf", "clw"}),
    ],
)
def test_rights_over_quoted_words(log: Log, quoted: Recorded, rel: str, who: set[str]) -> None:
    for slug in ("aaf", "clw", "ietp"):
        if slug in who:
            log.say("ResponseGiven", slug, refs=[(rel, quoted)])
        else:
            with refused("wrong-issuer"):
                log.say("ResponseGiven", slug, refs=[(rel, quoted)])


def test_who_spoke_for_itself_retracts(log: Log) -> None:
    said = log.say("AllegationMade", ["aaf", "clw"], about=["factory:foshan"], claim=ISSUE)
    log.say("ResponseGiven", "clw", refs=[("retracts", said)])
    log.register("cir")
    with refused("wrong-issuer"):
        log.say("ResponseGiven", ["clw", "cir"], refs=[("retracts", said)])


@pytest.mark.parametrize("rel", ["adopts", "disowns", "retracts"])
def test_an_attribution_never_exercises_somebodys_rights(
    log: Log, quoted: Recorded, report: Recorded, rel: str
) -> None:
    with refused("attributed-right"):
        log.say("ResponseGiven", "clw", refs=[(rel, quoted), ("statedIn", report)], **attributed("ietp"))


# --- progress -------------------------------------------------------------------


@pytest.fixture
def promise(log: Log) -> Recorded:
    log.register("mattel", ["buyer"])
    return log.say("CommitmentMade", "aaf", about=["factory:foshan"], claim={"actor": "mattel"})


@pytest.mark.parametrize(
    ("event", "claim", "who"),
    [
        ("CompletionClaimed", {}, {"aaf", "mattel"}),
        ("CompletionVerified", {}, {"clw"}),
        ("CompletionDisputed", {}, {"aaf", "clw", "mattel"}),
        ("CommitmentReopened", {}, {"aaf", "clw", "mattel"}),
        ("ProgressReported", {}, {"aaf", "clw", "mattel"}),
        ("DueChanged", {"due": "2027"}, {"aaf"}),
    ],
)
def test_who_reports_on_a_commitment(
    log: Log, promise: Recorded, event: str, claim: dict[str, str], who: set[str]
) -> None:
    for slug in ("aaf", "clw", "mattel"):
        if slug in who:
            log.say(event, slug, claim=claim, refs=[("on", promise)])
        else:
            with refused("wrong-voice"):
                log.say(event, slug, claim=claim, refs=[("on", promise)])


def test_the_actor_may_be_a_factory_with_nobody_to_sign_for_it(log: Log) -> None:
    promise = log.say("CommitmentMade", "aaf", claim={"actor": "factory:foshan"})
    with refused("wrong-voice"):
        log.say("CompletionClaimed", "clw", refs=[("on", promise)])


def test_only_the_asker_says_that_no_reply_came_or_moves_the_date(log: Log) -> None:
    question = log.say("QuestionAsked", "clw", claim={"addressees": ["ietp"]})
    for event, claim in (("NoReplyNoted", {"asOf": "2026-02"}), ("DueChanged", {"due": "2027"})):
        with refused("wrong-voice"):
            log.say(event, "aaf", claim=claim, refs=[("on", question)])
        log.say(event, "clw", claim=claim, refs=[("on", question)])


def test_completion_is_of_a_commitment_and_silence_of_a_request(log: Log, promise: Recorded) -> None:
    question = log.say("QuestionAsked", "clw", claim={"addressees": ["ietp"]})
    for event in ("CompletionClaimed", "CompletionVerified"):
        with refused("reference-kind"):
            log.say(event, "clw", refs=[("on", question)])
    with refused("reference-kind"):
        log.say("NoReplyNoted", "aaf", claim={"asOf": "2026-02"}, refs=[("on", promise)])


# --- amendments -------------------------------------------------------------------


def test_some_of_the_issuers_amend(log: Log) -> None:
    said = log.say("AllegationMade", ["aaf", "clw"], about=["factory:foshan"], claim=ISSUE)
    withdrawn = log.say("StatementWithdrawn", "clw", refs=[("amends", said)])
    assert log.state.originator_of(withdrawn.statement.id) == said.statement.id
    assert log.state.aggregate(said.statement.id).version == 2  # type: ignore[union-attr]


def test_nobody_else_amends_and_nobody_beside_the_issuers(log: Log) -> None:
    said = log.say("AllegationMade", "clw", about=["factory:foshan"], claim=ISSUE)
    for hands in ("aaf", ["aaf", "clw"]):
        with refused("wrong-issuer"):
            log.say("StatementWithdrawn", hands, refs=[("amends", said)])


def test_the_quoted_voice_does_not_amend_what_it_did_not_sign(log: Log, quoted: Recorded) -> None:
    with refused("wrong-issuer"):
        log.say("StatementCorrected", "ietp", refs=[("amends", quoted)])


def test_a_criterion_is_amended_in_its_own_stream(log: Log) -> None:
    criterion = log.criterion("saws-3", "clw", quantity={"value": "24", "unit": "h"})
    log.say("StatementExtended", "clw", about=["criterion:saws-3"], refs=[("amends", criterion)])
    assert log.state.aggregate("criterion:saws-3").version == 2  # type: ignore[union-attr]


# --- what is not offered yet ----------------------------------------------------------


def test_control_statements_are_refused_with_their_own_code(log: Log) -> None:
    said = log.say("AllegationMade", "clw", about=["factory:foshan"], claim=ISSUE)
    with refused("not-yet-control"):
        log.say("LegalHoldPlaced", "registrar", claim={"ground": "safety"}, refs=[("controls", said)])


def test_the_hands_of_control_are_decided_all_the_same(log: Log) -> None:
    said = log.say("AllegationMade", "clw", about=["factory:foshan"], claim=ISSUE)
    with refused("wrong-issuer"):
        log.say("LegalHoldPlaced", "clw", claim={"ground": "safety"}, refs=[("controls", said)])
    erased = {"ground": "error", "digests": ["ab" * 32]}
    with refused("wrong-issuer"):
        log.say("EvidenceErased", "aaf", claim=erased, refs=[("controls", said)])


def sealed(log: Log, **more: object) -> Recorded:
    hidden = {f"decoy{i}": i for i in range(16)}
    return log.say(
        "AllegationMade",
        "clw",
        about=["factory:foshan"],
        hidden=hidden,
        visibility="sealed",
        audience=["aaf"],
        sealed={"digest": "ab" * 32},
        **more,  # type: ignore[arg-type]
    )


def test_sealed_statements_are_refused_with_their_own_code(log: Log) -> None:
    public = log.say("AllegationMade", "clw", about=["factory:foshan"], claim=ISSUE)
    with refused("not-yet-sealed"):
        sealed(log, refs=[("details", public)])


def test_details_lead_to_a_public_statement_of_the_same_kind(log: Log) -> None:
    guarded = log.say(
        "AllegationMade",
        "clw",
        about=["factory:foshan"],
        claim=ISSUE,
        visibility="parties",
        audience=["aaf"],
    )
    with refused("details"):
        sealed(log, refs=[("details", guarded)])


def test_a_key_of_nobody_stays_a_stranger(log: Log) -> None:
    with refused("unknown-key"):
        log.say("AllegationMade", "clw", claim=ISSUE, signers=[KeyPair("stranger")])
