"""Statements: reading, resolving disclosures, and what is checked of the resolved form."""

import base64
from typing import Any

import pytest

from ledger.core import canonical, disclosure
from ledger.core.refusal import Refusal
from ledger.core.statement import check_resolved, decode_statement, read_recorded, resolve
from tests.vectors.statement_examples import Value, accepted, digest_of, disclose, payload, sealed, subject

TEXT = {"lang": "en", "text": "They were told to hide."}


def with_disclosures(value: Value, *members: disclosure.Disclosure, path: str = "") -> Value:
    """The payload with these disclosures' digests in the claim, or in the object at `path` of it."""
    target = value["predicate"]["claim"]
    for step in filter(None, path.split("/")):
        target = target[step]
    target["_sd"] = sorted([*target.get("_sd", []), *(one.digest for one in members)])
    return value


def refusal(value: Value, *given: disclosure.Disclosure) -> str:
    statement = decode_statement(canonical.encode(value))
    with pytest.raises(Refusal) as caught:
        check_resolved(statement, given)
    return caught.value.code


def admits(value: Value, *given: disclosure.Disclosure) -> dict[str, Any]:
    statement = decode_statement(canonical.encode(value))
    check_resolved(statement, given)
    return resolve(statement.claim, given).claim


def allegation() -> Value:
    return payload("AllegationMade", {"issue": "osh"})


def test_a_statement_knows_its_parts() -> None:
    statement = decode_statement(canonical.encode(accepted()["ObservationMade"]))
    assert statement.topic == "urn:evidence-ledger:v1:observation#ObservationMade"
    assert statement.issuers == ("china-labor-watch",)
    assert statement.claimants == ("ietp",)
    assert statement.attribution is not None
    assert statement.attribution.via == ("mattel", "host:business-humanrights.org")
    assert [ref.rel for ref in statement.refs] == ["statedIn", "within"]
    assert statement.refs[0].locator == "p2"


def test_without_claimants_the_issuers_are_the_voice() -> None:
    statement = decode_statement(canonical.encode(allegation()))
    assert statement.claimants == statement.issuers


def test_a_recorded_entry_gives_position_time_and_signers() -> None:
    data = canonical.encode(allegation())
    envelope = {
        "payload": base64.b64encode(data).decode(),
        "payloadType": "application/vnd.in-toto+json",
        "signatures": [{"keyid": digest_of("key"), "sig": "AA=="}],
    }
    recorded = read_recorded(
        7, canonical.encode({"envelope": envelope, "recordedAt": "2019-11-20T09:00:00.250Z"})
    )
    assert (recorded.index, recorded.recorded_at) == (7, "2019-11-20T09:00:00.250Z")
    assert recorded.statement == decode_statement(data)
    assert recorded.key_ids == (digest_of("key"),)


def test_disclosures_are_put_back_where_their_digests_stand() -> None:
    text, share = disclose("t", "text", TEXT), disclose("s", "share", "90")
    value = accepted()["ObservationMade"]
    value["predicate"]["claim"] |= {"sample": {}, "_sd": []}
    del value["predicate"]["claim"]["quantity"]
    with_disclosures(with_disclosures(value, text), share, path="sample")
    claim = admits(value, text, share)
    assert claim["text"] == TEXT
    assert claim["sample"] == {"share": "90"}


def test_withheld_disclosures_are_counted() -> None:
    text = disclose("t", "text", TEXT)
    statement = decode_statement(canonical.encode(with_disclosures(allegation(), text)))
    assert resolve(statement.claim, []).withheld == 1
    assert resolve(statement.claim, []).claim == {"issue": "osh"}


def test_a_decoy_needs_no_disclosure() -> None:
    assert admits(with_disclosures(allegation(), disclose("t", "text", TEXT))) == {"issue": "osh"}


def test_a_disclosure_in_no_sd_is_refused() -> None:
    assert refusal(allegation(), disclose("t", "text", TEXT)) == "disclosure-unused"


def test_a_disclosure_given_twice_is_refused() -> None:
    text = disclose("t", "text", TEXT)
    assert refusal(with_disclosures(allegation(), text), text, text) == "digest-repeated"


def test_a_salt_used_twice_is_refused() -> None:
    text, quantity = disclose("same", "text", TEXT), disclose("same", "quantity", {"value": "3", "unit": "h"})
    assert refusal(with_disclosures(allegation(), text, quantity), text, quantity) == "repeated-salt"


def test_a_name_both_clear_and_disclosed_is_refused() -> None:
    issue = disclose("i", "issue", "osh")
    assert refusal(with_disclosures(allegation(), issue), issue) == "name-twice"


def test_a_name_disclosed_twice_is_refused() -> None:
    one, two = disclose("1", "text", TEXT), disclose("2", "text", TEXT)
    assert refusal(with_disclosures(allegation(), one, two), one, two) == "name-twice"


def test_a_disclosed_member_that_the_kind_does_not_have_is_refused() -> None:
    severity = disclose("s", "severity", "high")
    assert refusal(with_disclosures(allegation(), severity), severity) == "unknown-member"


def test_a_disclosed_text_without_language_is_refused() -> None:
    text = disclose("t", "text", {"text": "They were told to hide."})
    assert refusal(with_disclosures(allegation(), text), text) == "missing-member"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("occurred", "2019-06-03"),
        ("period", "2019-06-03/2019-06-04"),
        ("sample", {"n": 10, "women": 4, "share": "40"}),
        ("quantity", {"value": "4", "unit": "persons"}),
    ],
)
def test_what_is_too_fine_for_the_clear_may_be_disclosed(name: str, value: Any) -> None:
    member = disclose("m", name, value)
    assert admits(with_disclosures(allegation(), member), member)[name] == value


def test_a_captured_document_that_is_not_public_discloses_digest_and_size() -> None:
    value = accepted()["parties-captured-document"]
    plaintext = disclose("p", "plaintext", {"sha256": digest_of("x"), "size": 7})
    assert refusal(value) == "missing-member"
    assert admits(with_disclosures(value, plaintext), plaintext)["plaintext"]["size"] == 7


def test_a_sealed_statement_may_keep_its_required_members_withheld() -> None:
    assert admits(accepted()["sealed-allegation"]) == {}


def test_a_sealed_request_names_its_addressees_as_subjects() -> None:
    members = [disclose(f"d{i}", "text" if i else "addressees", TEXT if i else ["ietp"]) for i in range(16)]
    value = sealed("QuestionAsked")
    value["predicate"]["claim"]["_sd"] = sorted(one.digest for one in members)
    assert refusal(value, members[0]) == "subject-missing"
    value["subject"].append(subject("party:ietp"))
    assert admits(value, members[0]) == {"addressees": ["ietp"]}


def test_an_amendment_may_set_disclosed_members() -> None:
    text = disclose("t", "text", TEXT)
    value = with_disclosures(accepted()["StatementCorrected"], text, path="set")
    assert admits(value, text) == {"set": {"number": 4, "text": TEXT}}


@pytest.mark.parametrize(
    ("ledger", "code"),
    [
        ({"origin": "NO ORIGIN"}, "bad-origin"),
        ({"genesis": "short"}, "bad-hex"),
        ({"more": "x"}, "unknown-member"),
        ({"origin": 1}, "wrong-type"),
    ],
)
def test_the_ledgers_identity_is_checked_behind_a_statement_that_had_it_right(
    ledger: dict[str, Any], code: str
) -> None:
    decode_statement(canonical.encode(allegation()))
    value = allegation()
    value["predicate"]["ledger"] |= ledger
    for _ in range(2):
        with pytest.raises(Refusal) as caught:
            decode_statement(canonical.encode(value))
        assert caught.value.code == code
    assert decode_statement(canonical.encode(allegation())).event == "AllegationMade"
