"""Who is known by which name, with which keys, and what happened in which order."""

from __future__ import annotations

import pytest

from ledger.core.grammar import base64_encode
from ledger.core.keys import key_id
from projections.registry import current, predecessors, succession, view
from projections.timeline import view as timeline
from tests.support.small_log import SmallLog


def key(letter: str) -> dict[str, object]:
    return {"keyId": letter * 64, "role": "root", "scope": ["any"]}


def test_a_listed_party_becomes_registered_and_keeps_its_history() -> None:
    log = SmallLog()
    listing = log.say("PartyListed", "party:p", {"entity": "organisation", "roles": ["ngo"]}, by="registrar")
    found = view("party:p", log.slice())
    assert found is not None
    assert (found.standing, found.keys, found.id) == ("listed", (), listing)
    log.say("PartyRegistered", "party:p", {"firstKey": key("a"), "country": "CH"}, by="registrar")
    log.say("PartyAmended", "party:p", {"country": "FR"}, by="p")
    found = view("party:p", log.slice())
    assert found is not None
    assert (found.standing, len(found.history)) == ("registered", 3)
    assert (found.facts["country"], found.facts["roles"]) == ("FR", ["ngo"])


def test_keys_are_shown_with_the_positions_between_which_they_are_valid() -> None:
    log = SmallLog()
    log.say("PartyRegistered", "party:p", {"firstKey": key("a")}, by="registrar")
    log.say("KeyAdded", "party:p", key("b"), by="p")
    log.say("KeyRevoked", "party:p", {"keyId": "a" * 64, "compromisedSince": 1}, by="p")
    log.say("KeyRecovered", "party:p", key("c"), by="registrar")
    found = view("party:p", log.slice())
    assert found is not None
    shown = [(one.key_id[0], one.added, one.revoked, one.compromised_since) for one in found.keys]
    assert shown == [("a", 0, 2, 1), ("b", 1, 3, None), ("c", 3, None, None)]


def test_a_party_shows_the_keys_of_what_became_it_apart_from_its_own() -> None:
    log = SmallLog()
    log.say("PartyRegistered", "party:cert", {"firstKey": key("a")}, by="registrar")
    log.say("PartyRegistered", "party:newcert", {"firstKey": key("b")}, by="registrar")
    log.say("KeyRevoked", "party:cert", {"keyId": "a" * 64, "compromisedSince": 1}, by="registrar")
    refs = [("supersedes", log.made["party:cert"])]
    log.say("PartyMerged", ["party:cert", "party:newcert"], by="registrar", refs=refs)
    found = view("party:newcert", log.slice())
    assert found is not None
    assert [(name, one.key_id[0], one.compromised_since) for name, one in found.held] == [
        ("party:newcert", "b", None),
        ("party:cert", "a", 1),
    ]
    (former,) = found.to_json()["former"]  # type: ignore[misc]
    assert (former["name"], former["keys"][0]["revoked"]) == ("party:cert", 2)  # type: ignore[index]


def test_a_factory_says_what_it_is_part_of_as_the_newest_statement_in_force_has_it() -> None:
    log = SmallLog()
    for name in ("complex", "campus", "other"):
        log.say("FactoryRegistered", f"factory:{name}", by="registrar")
    part = [("partOf", log.made["factory:complex"])]
    log.say("FactoryRegistered", "factory:hall", {"level": "building"}, by="registrar", refs=part)

    def whole() -> tuple[str, ...]:
        found = view("factory:hall", log.slice())
        assert found is not None
        return found.part_of

    assert whole() == ("factory:complex",)
    log.say("FactoryAmended", "factory:hall", by="owner", refs=[("partOf", log.made["factory:other"])])
    assert whole() == ("factory:complex",)
    log.say("FactoryAmended", "factory:hall", by="registrar", refs=[("partOf", log.made["factory:campus"])])
    assert whole() == ("factory:campus",)


def test_the_keys_of_entry_0_belong_to_the_parties_it_names() -> None:
    log = SmallLog()
    public = base64_encode(bytes(range(32)))
    claim = {"keys": [{"party": "operator", "publicKey": public, "role": "root", "scope": ["any"]}]}
    log.say("LedgerOpened", ["ledger:main", "party:operator", "party:registrar"], claim, by="operator")
    operator, registrar = (view(name, log.slice()) for name in ("party:operator", "party:registrar"))
    assert operator is not None
    assert registrar is not None
    assert [one.key_id for one in operator.keys] == [key_id(bytes(range(32)))]
    assert (registrar.keys, registrar.standing) == ((), "registered")


def test_a_name_that_is_not_there_has_no_entry() -> None:
    assert view("party:p", SmallLog().slice()) is None


@pytest.mark.parametrize("event", ["FactoryMerged", "FactorySplit"])
def test_a_succession_leads_from_the_superseded_name_to_the_others(event: str) -> None:
    log = SmallLog()
    old = log.say("FactoryRegistered", "factory:old")
    log.say("FactoryRegistered", "factory:new")
    log.say(event, ["factory:new", "factory:old"], refs=[("supersedes", old)], by="registrar")
    paths = succession(recorded.statement for recorded in log.recorded)
    assert paths == [("factory:old", "factory:new")]
    found = view("factory:new", log.slice())
    assert found is not None
    assert found.was == ("factory:old",)


def names_of(log: SmallLog, name: str) -> list[str]:
    found = view(name, log.slice())
    assert found is not None
    return [text["text"] for text in found.called.texts]


def called(text: str) -> dict[str, object]:
    return {"names": [{"lang": "en", "text": text}]}


def test_what_others_propose_about_a_factory_changes_nothing_and_stays_in_its_history() -> None:
    log = SmallLog()
    mine = {"level": "factory", "country": "CN"}
    log.say("FactoryRegistered", "factory:f", mine, hidden=called("Foshan"), by="registrar")
    log.say("FactoryRegistered", "factory:g", mine, by="registrar")
    renamed = log.say("FactoryAmended", "factory:f", {"country": "VN"}, hidden=called("Model"), by="owner")
    merged = log.say(
        "FactoryMerged",
        ["factory:f", "factory:g"],
        refs=[("supersedes", log.recorded[0].statement.id)],
        by="owner",
    )
    found = view("factory:f", log.slice())
    assert found is not None
    assert (found.facts["country"], names_of(log, "factory:f"), found.became) == ("CN", ["Foshan"], ())
    assert (found.proposals, len(found.history)) == ((renamed, merged), 3)
    log.say("FactoryAmended", "factory:f", hidden=called("Foshan Nanhai"), by="registrar")
    assert names_of(log, "factory:f") == ["Foshan Nanhai"]


def test_who_proposed_a_factory_describes_it_until_the_registrar_does() -> None:
    log = SmallLog()
    log.say("FactoryRegistered", "factory:f", {"country": "CN"}, by="ngo")
    log.say("FactoryAmended", "factory:f", {"country": "VN"}, by="ngo")
    proposed = view("factory:f", log.slice())
    log.say("FactoryAmended", "factory:f", {"level": "complex"}, by="registrar")
    log.say("FactoryAmended", "factory:f", {"country": "TH"}, by="ngo")
    taken = view("factory:f", log.slice())
    assert proposed is not None
    assert taken is not None
    assert (proposed.standing, proposed.facts["country"]) == ("proposed", "VN")
    assert (taken.standing, dict(taken.facts)) == ("registered", {"country": "VN", "level": "complex"})


def test_a_party_that_the_registrar_has_not_named_is_a_proposal() -> None:
    log = SmallLog()
    log.say("PartyListed", "party:p", {"entity": "organisation", "roles": ["ngo"]}, by="ngo")
    proposed = view("party:p", log.slice())
    log.say("PartyAmended", "party:p", {"country": "CH"}, by="registrar")
    listed = view("party:p", log.slice())
    assert (proposed and proposed.standing, listed and listed.standing) == ("proposed", "listed")


def test_mergers_are_followed_to_the_end_and_a_split_name_stays_itself() -> None:
    merged = [("a", "b"), ("b", "c"), ("x", "c")]
    assert current("a", merged) == "c"
    assert predecessors("c", merged) == {"a", "b", "x"}
    split = [("a", "b"), ("a", "c")]
    assert current("a", split) == "a"
    assert predecessors("b", split) == {"a"}
    assert current("a", [("a", "b"), ("b", "a")]) in ("a", "b")


def test_the_three_times_order_the_same_items_differently() -> None:
    log = SmallLog()
    late = log.say(
        "AllegationMade", "factory:f", {"issue": "osh"}, at="2020-01-01", said="2019-12", occurred="2017"
    )
    early = log.say(
        "AllegationMade", "factory:f", {"issue": "osh/ppe"}, at="2020-01-02", said="2018", occurred="2016"
    )
    unknown = log.say(
        "AllegationMade",
        "factory:f",
        {"issue": "osh"},
        at="2020-01-03",
        claimants=["x"],
        attribution={"form": "quote"},
    )
    orders = {
        by: [line.shown.id for line in timeline(log.items(), log.slice(), by)]
        for by in ("recorded", "said", "occurred")
    }
    assert orders["recorded"] == [late, early, unknown]
    assert orders["said"] == orders["occurred"] == [early, late, unknown]
    last = timeline(log.items(), log.slice(), "said")[-1].when
    assert (last.value, last.known, last.first) == (None, False, "2020-01-03")


def test_whoever_signs_its_own_claim_says_it_then_at_the_latest() -> None:
    log = SmallLog()
    log.say("AllegationMade", "factory:f", {"issue": "osh"}, at="2020-01-01")
    assert timeline(log.items(), log.slice(), "said")[0].when.value == "2020-01-01T09:00:00Z"


def test_a_timeline_never_shows_a_negative_finding_without_how_it_was_reached() -> None:
    log = SmallLog()
    alleged = log.say("AllegationMade", "factory:f", {"issue": "harassment-gbv"})
    claim = {"notice": "announced", "participants": [{"party": "auditor", "role": "lead"}]}
    audit = log.say("AuditDescribed", "factory:f", claim, by="auditor")
    refs = [("about", alleged), ("within", audit)]
    log.say("DeterminationIssued", "factory:f", {"outcome": "not-evidenced"}, by="auditor", refs=refs)
    finding = [line.to_json() for line in timeline(log.items(), log.slice())][-1]
    shown = {topic: line["value"] for topic, line in finding["profile"].items()}  # type: ignore[attr-defined]
    assert (shown["notice"], shown["methods"], shown["competence"]) == (
        "announced",
        "not-disclosed",
        "not-disclosed",
    )
    assert "ard to detect" in str(finding["note"])
