"""Parties: listed by anybody, registered by the registrar with proof of possession, amended by themselves."""

import pytest

from ledger.domain.aggregates import Party
from ledger.domain.facts import creation_of, is_party, is_registered, party_of, roles_of
from tests.support.builder import REGISTRAR, KeyPair, Log, refused

ORGANISATION = {"entity": "organisation", "roles": ["ngo"]}


def registration(key: KeyPair) -> dict[str, object]:
    return {**ORGANISATION, "checked": "demo", "firstKey": key.claim()}


def test_a_registered_party_may_sign(log: Log) -> None:
    assert is_registered(log.state, "clw")
    assert log.document("clw").statement.issuers == ("clw",)


def test_a_listed_party_is_known_and_cannot_sign(log: Log) -> None:
    assert is_party(log.state, "ietp")
    assert not is_registered(log.state, "ietp")
    log.keys["ietp"] = KeyPair("ietp")
    with refused("unknown-issuer"):
        log.document("ietp")


def test_any_party_proposes_a_listing(log: Log) -> None:
    log.list_party("mattel", ["buyer"], by="clw")
    mattel = party_of(log.state, "mattel")
    assert isinstance(mattel, Party)
    assert mattel.proposed
    assert not party_of(log.state, "ietp").proposed  # type: ignore[union-attr]


def test_a_name_is_given_once(log: Log) -> None:
    for taken in ("clw", "ietp", "operator", "registrar"):
        with refused("name-taken"):
            names = [f"party:{taken}"]
            log.say("PartyListed", "clw", about=names, creates=names, claim=ORGANISATION)


def test_a_registration_needs_proof_of_possession(log: Log) -> None:
    key = KeyPair("new")
    with refused("proof-of-possession"):
        log.say(
            "PartyRegistered", "registrar", about=["party:new"], claim=registration(key), signers=[REGISTRAR]
        )


def test_a_registration_needs_the_registrars_signature(log: Log) -> None:
    key = KeyPair("new")
    with refused("missing-signature"):
        log.say("PartyRegistered", "registrar", about=["party:new"], claim=registration(key), signers=[key])


def test_only_the_registrar_registers(log: Log) -> None:
    key = KeyPair("new")
    with refused("wrong-issuer"):
        log.say(
            "PartyRegistered",
            "clw",
            about=["party:new"],
            claim=registration(key),
            signers=[log.keys["clw"], key],
        )


def test_a_listed_party_is_registered_under_its_listing(log: Log) -> None:
    listing = creation_of(log.state, "party:ietp")
    log.register("ietp", ["certifier"])
    assert is_registered(log.state, "ietp")
    assert creation_of(log.state, "party:ietp") == listing


def test_a_registration_as_if_the_listed_name_were_new_is_refused(log: Log) -> None:
    key = KeyPair("ietp")
    with refused("name-taken"):
        log.say(
            "PartyRegistered",
            "registrar",
            about=["party:ietp"],
            creates=["party:ietp"],
            claim=registration(key),
            signers=[REGISTRAR, key],
        )


@pytest.mark.parametrize("slug", ["clw", "operator", "registrar"])
def test_a_party_that_ever_had_a_key_is_not_registered_again(log: Log, slug: str) -> None:
    key = KeyPair("another")
    with refused("already-registered"):
        log.say(
            "PartyRegistered",
            "registrar",
            about=[f"party:{slug}"],
            claim=registration(key),
            signers=[REGISTRAR, key],
        )


def test_a_registered_party_amends_itself(log: Log) -> None:
    log.say("PartyAmended", "clw", about=["party:clw"], claim={"roles": ["certifier", "ngo"]})
    assert roles_of(log.state, "clw") == {"certifier", "ngo"}


def test_the_registrar_amends_a_party_while_it_is_only_listed(log: Log) -> None:
    log.say("PartyAmended", "registrar", about=["party:ietp"], claim={"country": "CN"})
    log.register("ietp")
    with refused("wrong-issuer"):
        log.say("PartyAmended", "registrar", about=["party:ietp"], claim={"country": "HK"})


def test_nobody_else_amends_a_party(log: Log) -> None:
    for slug in ("aaf", "ietp"):
        with refused("wrong-issuer"):
            log.say("PartyAmended", "clw", about=[f"party:{slug}"], claim={"country": "CN"})


def test_an_unknown_party_cannot_be_amended(log: Log) -> None:
    with refused("unknown-subject"):
        log.say("PartyAmended", "registrar", about=["party:nobody"], claim={"country": "CN"})


def test_a_device_key_does_not_amend_its_party(log: Log) -> None:
    device = KeyPair("clw phone", "device")
    log.say("KeyAdded", "clw", about=["party:clw"], claim=device.claim(), signers=[log.keys["clw"], device])
    with refused("root-key-needed"):
        log.say("PartyAmended", "clw", about=["party:clw"], claim={"country": "US"}, signers=[device])


def ending(log: Log, name: str) -> list[tuple[str, str]]:
    creation = creation_of(log.state, name)
    assert creation is not None
    return [("supersedes", creation)]


def test_a_merger_is_signed_by_the_registrar_and_each_registered_party(log: Log) -> None:
    names, refs = ["party:aaf", "party:clw"], ending(log, "party:aaf")
    for hands in (["registrar"], ["aaf", "clw"], ["clw", "registrar"]):
        with refused("wrong-issuer"):
            log.say("PartyMerged", hands, about=names, refs=refs)
    log.say("PartyMerged", ["aaf", "clw", "registrar"], about=names, refs=refs)
    # It is appended to the stream of the party that ends, and its old name still resolves.
    assert [party_of(log.state, slug).version for slug in ("aaf", "clw")] == [2, 1]  # type: ignore[union-attr]
    assert creation_of(log.state, "party:aaf") is not None


def test_a_merger_with_a_listed_party_needs_no_signature_of_its_own(log: Log) -> None:
    names = ["party:clw", "party:ietp"]
    log.say("PartyMerged", ["clw", "registrar"], about=names, refs=ending(log, "party:ietp"))


@pytest.mark.parametrize("event", ["PartyMerged", "PartySplit"])
def test_what_ends_or_divides_is_a_subject(log: Log, event: str) -> None:
    names, refs = ["party:aaf", "party:clw"], ending(log, "party:ietp")
    with refused("succession"):
        log.say(event, ["aaf", "clw", "registrar"], about=names, refs=refs)


def test_the_operator_and_the_registrar_do_not_merge(log: Log) -> None:
    names = ["party:clw", "party:registrar"]
    with refused("founder"):
        log.say("PartyMerged", ["clw", "registrar"], about=names, refs=ending(log, "party:clw"))


def test_a_split_is_appended_to_the_stream_of_the_divided_party(log: Log) -> None:
    log.list_party("a-branch", ["ngo"])
    names = ["party:a-branch", "party:clw"]
    log.say("PartySplit", ["clw", "registrar"], about=names, refs=ending(log, "party:clw"))
    assert [party_of(log.state, slug).version for slug in ("a-branch", "clw")] == [1, 2]  # type: ignore[union-attr]


def test_a_recoverer_is_another_party_with_a_key_of_its_own(log: Log) -> None:
    """A merely listed one could be registered by the registrar, who would then recover `new` all alone."""
    for recoverer in ("nobody", "new", "registrar", "ietp"):
        with refused("recoverer"):
            log.register("new", recoverers=[recoverer])
    log.register("new", recoverers=["clw"])
    assert party_of(log.state, "new").recoverers == ("clw",)  # type: ignore[union-attr]


def test_anybody_proposes_a_factory_and_its_name_is_given_once(log: Log) -> None:
    log.factory("dongguan", by="clw")
    assert log.state.aggregate("factory:dongguan").proposed  # type: ignore[union-attr]
    assert not log.state.aggregate("factory:foshan").proposed  # type: ignore[union-attr]
    with refused("name-taken"):
        log.say(
            "FactoryRegistered",
            "registrar",
            about=["factory:foshan"],
            creates=["factory:foshan"],
            claim={"level": "factory", "country": "CN"},
        )


def test_a_factory_merger_ends_one_of_its_subjects(log: Log) -> None:
    log.factory("foshan-2")
    log.factory("foshan-3")
    names = ["factory:foshan", "factory:foshan-2"]
    with refused("succession"):
        log.say("FactoryMerged", "registrar", about=names, refs=ending(log, "factory:foshan-3"))
    log.say("FactoryMerged", "registrar", about=names, refs=ending(log, "factory:foshan-2"))
    assert log.state.aggregate("factory:foshan-2").version == 2  # type: ignore[union-attr]


def test_claims_about_a_factory_do_not_grow_its_stream(log: Log) -> None:
    log.say("AllegationMade", "clw", about=["factory:foshan"], claim={"issue": "osh"})
    assert log.state.aggregate("factory:foshan").version == 1  # type: ignore[union-attr]


def test_a_criterion_is_published_once_under_its_name(log: Log) -> None:
    quantity = {"value": "24", "unit": "h"}
    log.criterion("saws-3", "clw", quantity=quantity)
    with refused("name-taken"):
        log.say(
            "CriterionPublished",
            "aaf",
            about=["criterion:saws-3"],
            creates=["criterion:saws-3"],
            claim=dict(log.recorded[-1].statement.claim),
        )


@pytest.mark.parametrize("event", ["FactoryMerged", "FactorySplit"])
def test_what_comes_of_a_merger_or_split_is_registered_before(log: Log, event: str) -> None:
    names, refs = ["factory:foshan", "factory:foshan-b"], ending(log, "factory:foshan")
    with refused("unknown-subject"):
        log.say(event, "registrar", about=names, refs=refs)
    log.factory("foshan-b")
    log.say(event, "registrar", about=names, refs=refs)
