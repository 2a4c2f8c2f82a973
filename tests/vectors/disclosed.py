"""Vectors of statements with their disclosures: what admission takes, and what it refuses by its defect.

Every payload here is well-formed by itself; the disclosures that came along decide.
"""

from __future__ import annotations

from typing import Any

from ledger.core import canonical
from ledger.core.disclosure import Disclosure
from ledger.core.statement import check_resolved, decode_statement, resolve
from tests.vectors import common
from tests.vectors.statement_examples import Value, accepted, disclose, payload, sealed

ABOUT = (
    "Statements as they come in. payload: the text that is signed, well-formed in each of them. disclosures: "
    "the texts that came along. accepted: claim is the claim with its disclosures put back, withheld counts "
    "the digests that none opened. refused: code and where, a JSON pointer into the payload, or to the "
    "disclosure's place where it begins with /disclosures."
)
TEXT = disclose("text", "text", {"lang": "en", "text": "They were told to hide."})
OTHER_TEXT = disclose("other text", "text", {"lang": "fr", "text": "On leur a dit de se cacher."})
HOURS = disclose("hours", "quantity", {"low": "4", "high": "8", "unit": "h"})
SHARE = disclose("share", "share", "90")
FEW = disclose("few", "sample", {"group": "women-workers", "n": 10, "women": 10, "share": "40"})
Case = tuple[str, Value, list[Disclosure]]


def holding(value: Value, *members: Disclosure, inside: str = "") -> Value:
    """The payload with these members' digests in its claim, or in an object of the claim."""
    claim = value["predicate"]["claim"]
    place = claim.setdefault(inside, {}) if inside else claim
    if members:
        place["_sd"] = sorted([*place.get("_sd", []), *(one.digest for one in members)])
    return value


def allegation(*members: Disclosure) -> Value:
    return holding(payload("AllegationMade", {"issue": "osh"}), *members)


def observation(*members: Disclosure) -> Value:
    claim = {"issue": "osh/pre-job-training", "method": "worker-interview", "result": "present"}
    return holding(payload("ObservationMade", claim), *members)


def captured() -> Value:
    return accepted()["parties-captured-document"]


def asked_in_secret(*members: Disclosure) -> Value:
    value = sealed("QuestionAsked")
    decoys = value["predicate"]["claim"]["_sd"][len(members) :]
    value["predicate"]["claim"]["_sd"] = sorted([*decoys, *(one.digest for one in members)])
    return value


def taken() -> list[Case]:
    plaintext = disclose("plaintext", "plaintext", {"sha256": "0" * 64, "size": 7})
    days = disclose("days", "occurred", "2019-06-03/2019-06-04")
    return [
        ("no disclosures", allegation(), []),
        ("a text", allegation(TEXT), [TEXT]),
        ("a text that is withheld", allegation(TEXT), []),
        ("one of two", observation(TEXT, HOURS), [HOURS]),
        (
            "members in an object of the claim",
            holding(observation(TEXT), SHARE, inside="sample"),
            [TEXT, SHARE],
        ),
        ("counts too small for the clear", observation(FEW), [FEW]),
        ("days too fine for the clear", allegation(days), [days]),
        ("digest and size of bytes for parties", holding(captured(), plaintext), [plaintext]),
        ("a sealed statement that opens nothing", accepted()["sealed-allegation"], []),
    ]


def turned_down() -> list[Case]:
    stranger = disclose("stranger", "severity", "high")
    same_salt = disclose("text", "quantity", {"value": "3", "unit": "h"})
    clear = disclose("clear", "issue", "osh/ppe")
    bare = disclose("bare", "text", {"text": "They were told to hide."})
    number = disclose("number", "quantity", {"value": 3, "unit": "h"})
    asked = disclose("asked", "addressees", ["ietp"])
    return [
        ("disclosure in no _sd", allegation(), [TEXT]),
        ("disclosure of another statement", allegation(TEXT), [TEXT, OTHER_TEXT]),
        ("disclosure given twice", allegation(TEXT), [TEXT, TEXT]),
        ("one salt in two disclosures", observation(TEXT, same_salt), [TEXT, same_salt]),
        ("a member disclosed twice", allegation(TEXT, OTHER_TEXT), [TEXT, OTHER_TEXT]),
        ("a member disclosed and in the clear", allegation(clear), [clear]),
        ("a member that the kind does not have", allegation(stranger), [stranger]),
        ("a text without language", allegation(bare), [bare]),
        ("a measured value as a number", observation(number), [number]),
        ("bytes for parties without digest and size", captured(), []),
        ("an addressee who is no subject", asked_in_secret(asked), [asked]),
    ]


def disclosed_vectors() -> dict[str, Any]:
    """The content of `statements/disclosed.json`."""
    return {
        "about": ABOUT,
        "accepted": [accepted_vector(*case) for case in taken()],
        "refused": [refused_vector(*case) for case in turned_down()],
    }


def accepted_vector(name: str, value: Value, given: list[Disclosure]) -> dict[str, Any]:
    data = canonical.encode(value)
    statement = decode_statement(data)
    check_resolved(statement, given)
    resolved = resolve(statement.claim, given)
    return common.accepted(name, **sent(data, given), claim=resolved.claim, withheld=resolved.withheld)


def refused_vector(name: str, value: Value, given: list[Disclosure]) -> dict[str, Any]:
    data = canonical.encode(value)
    statement = decode_statement(data)
    return common.refused(name, lambda: check_resolved(statement, given), **sent(data, given))


def sent(data: bytes, given: list[Disclosure]) -> dict[str, Any]:
    return {"payload": data.decode(), "disclosures": [one.text for one in given]}
