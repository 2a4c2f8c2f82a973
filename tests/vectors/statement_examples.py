"""One well-formed payload for every event, and some for the forms that events share.

They are examples of form: what they refer to exists in no log.
"""

import base64
import copy
import hashlib
from typing import Any

from ledger.core import disclosure, keys
from ledger.core.events import EVENTS
from ledger.core.form import FOUNDING_NAMES, NO_GENESIS, PREDICATE_TYPE, STATEMENT_TYPE, first_digest

Value = dict[str, Any]
ORIGIN = "ledger.example.org/2026"


def digest_of(label: str) -> str:
    """A digest that stands for something: the same for the same label."""
    return hashlib.sha256(f"evidence ledger vectors: {label}".encode()).hexdigest()


def disclose(label: str, name: str, value: Any) -> disclosure.Disclosure:
    salt = hashlib.sha256(f"salt: {label}".encode()).digest()[:16]
    return disclosure.parse(disclosure.make(salt, name, value))


def sd(*labels: str) -> list[str]:
    """Digests of decoys."""
    return sorted(disclosure.digest(digest_of(label)) for label in labels)


GENESIS = digest_of("genesis")


def subject(name: str) -> Value:
    digest = (
        GENESIS if name in FOUNDING_NAMES else name[9:] if name.startswith("document:") else digest_of(name)
    )
    return {"name": name, "digest": {"sha256": digest}}


def new_subject(name: str, genesis: str = GENESIS) -> Value:
    return {"name": name, "digest": {"sha256": first_digest(genesis, name)}}


def ref(rel: str, label: str, **more: Any) -> Value:
    target = digest_of(label)
    return {"rel": rel, "name": f"statement:{target}", "digest": {"sha256": target}, **more}


def payload(event: str, claim: Value, subjects: list[Value] | None = None, **members: Any) -> Value:
    """A payload's value: public and issued by one party about one factory unless told otherwise."""
    predicate = {
        "ledger": {"genesis": GENESIS, "origin": ORIGIN},
        "event": event,
        "visibility": "public",
        "issuers": ["china-labor-watch"],
        "issuedAt": "2019-11-20T09:00:00Z",
        "refs": [],
        "claim": claim,
    }
    predicate |= members
    predicate["refs"] = sorted(predicate["refs"], key=lambda one: (one["rel"], one["digest"]["sha256"]))
    return {
        "_type": STATEMENT_TYPE,
        "subject": sorted(subjects or [subject("factory:foshan-nanhai-mattel")], key=lambda one: one["name"]),
        "predicateType": PREDICATE_TYPE + EVENTS[event][0],
        "predicate": predicate,
    }


def public_key(label: str) -> bytes:
    return keys.public_key(bytes.fromhex(digest_of(f"key {label}")))


def key(label: str, role: str = "root", scope: str = "any") -> Value:
    public = public_key(label)
    return {
        "alg": "ed25519",
        "publicKey": base64.b64encode(public).decode(),
        "keyId": keys.key_id(public),
        "role": role,
        "scope": [scope],
    }


def _genesis_key(party: str, role: str, scope: str) -> Value:
    value = key(f"{party} {role}", role, scope) | {"party": party}
    del value["keyId"]
    return value


def opened() -> Value:
    value = payload(
        "LedgerOpened",
        {
            "clock": "system",
            "intervals": {"index": 60, "maxPublishDelay": 3600},
            "keys": [
                _genesis_key("operator", "root", "any"),
                _genesis_key("operator", "device", "index"),
                _genesis_key("registrar", "root", "any"),
            ],
            "limits": {"document": 50_000_000, "entry": 65_535, "payload": 32_768},
            "logKeys": [f"{ORIGIN}+0a1b2c3d+{base64.b64encode(bytes([1]) + bytes(32)).decode()}"],
            "policy": "log ledger.example.org/2026+0a1b2c3d\nquorum none\n",
            "version": 1,
        },
        [new_subject(name, NO_GENESIS) for name in FOUNDING_NAMES],
        issuers=["operator"],
    )
    value["predicate"]["ledger"]["genesis"] = NO_GENESIS
    return value


def sealed(event: str, subjects: list[Value] | None = None, **members: Any) -> Value:
    digests = sorted(digest for i in range(16) for digest in sd(f"{event} {i}"))
    return payload(
        event,
        {"_sd": digests},
        subjects,
        visibility="sealed",
        audience=["ilo", "solidar-suisse"],
        sealed={"digest": digest_of("age file")},
        **members,
    )


MAIN = [subject("ledger:main")]
PROGRAMME = [subject("party:ietp-programme")]
IETP = [subject("party:ietp"), subject("party:ietp-programme")]
COALITION = ["actionaid-france", "china-labor-watch", "christliche-initiative-romero", "solidar-suisse"]
BYTES = "document:" + digest_of("the letter")
STATED = ref("statedIn", "d5", locator="p2")
QUANTITY = {"low": "4", "high": "8", "unit": "h"}
ATTRIBUTED: Value = {
    "issuers": ["china-labor-watch"],
    "claimants": ["ietp"],
    "attribution": {"form": "paraphrase", "via": ["mattel", "host:business-humanrights.org"]},
    "said": "2020-01-03",
}


def _registry() -> dict[str, Value]:
    registrar = {"issuers": ["registrar"]}
    party, factory = "party:example", "factory:example"
    return {
        "LedgerOpened": opened(),
        "LedgerAmended": payload("LedgerAmended", {"version": 2}, MAIN, issuers=["operator"]),
        "IndexPublished": payload(
            "IndexPublished",
            {"keys": 7, "root": base64.b64encode(hashlib.sha256(b"").digest()).decode(), "size": 3},
            MAIN,
            issuers=["operator"],
        ),
        "PartyListed": payload(
            "PartyListed",
            {"entity": "organisation", "roles": ["buyer"], "country": "US", "_sd": sd("names")},
            [new_subject(party)],
        ),
        "PartyRegistered": payload(
            "PartyRegistered",
            {
                "entity": "organisation",
                "roles": ["certifier", "ngo"],
                "firstKey": key("example"),
                "checked": "own-domain",
                "recoverers": ["china-labor-watch"],
                "ageRecipient": "age1" + "q" * 58,
                "_sd": sd("names", "proof"),
            },
            [subject(party)],
            **registrar,
        ),
        "PartyAmended": payload("PartyAmended", {"roles": ["ngo"]}, [subject(party)], issuers=["example"]),
        "PartyMerged": payload(
            "PartyMerged",
            {},
            [subject(party), subject("party:other")],
            refs=[ref("supersedes", party)],
            **registrar,
        ),
        "PartySplit": payload(
            "PartySplit",
            {},
            [subject(party), subject("party:other")],
            refs=[ref("supersedes", party)],
            **registrar,
        ),
        "KeyAdded": payload("KeyAdded", key("second", "device"), [subject(party)], issuers=["example"]),
        "KeyRevoked": payload(
            "KeyRevoked", {"keyId": digest_of("k"), "compromisedSince": 4}, [subject(party)], **registrar
        ),
        "KeyRecovered": payload(
            "KeyRecovered", key("third"), [subject(party)], issuers=["china-labor-watch", "registrar"]
        ),
        "FactoryRegistered": payload(
            "FactoryRegistered",
            {
                "level": "factory",
                "country": "CN",
                "identifiers": ["ietp:C000202"],
                "_sd": sd("address", "names"),
            },
            [new_subject(factory)],
            **registrar,
        ),
        "FactoryAmended": payload(
            "FactoryAmended", {"validFrom": "2020-01"}, [subject(factory)], **registrar
        ),
        "FactoryMerged": payload(
            "FactoryMerged",
            {},
            [subject(factory), subject("factory:other")],
            refs=[ref("supersedes", factory)],
            **registrar,
        ),
        "FactorySplit": payload(
            "FactorySplit",
            {},
            [subject(factory), subject("factory:other")],
            refs=[ref("supersedes", factory)],
            **registrar,
        ),
        "CriterionPublished": payload(
            "CriterionPublished",
            {
                "owner": "cn-npc",
                "nature": "law",
                "clause": "41",
                "version": "1994",
                "jurisdiction": "CN",
                "inForce": "1995-01-01/..",
                "issue": "working-time/monthly-overtime",
                "comparator": "max",
                "quantity": {"value": "36", "unit": "h", "per": "month"},
                "baseline": {"value": "40", "unit": "h", "per": "week"},
                "_sd": sd("title", "text"),
            },
            [new_subject("criterion:cn-labour-law-41")],
        ),
    }


def _investigations() -> dict[str, Value]:
    claim = {
        "stage": "reported",
        "participants": [{"party": "ietp", "role": "lead"}, {"role": "observer"}],
        "methods": ["records-review", "worker-interview"],
        "notice": "not-disclosed",
        "selection": "not-disclosed",
        "days": "2",
        "gbvTraining": "not-disclosed",
        "_sd": sd("text"),
    }
    return {
        event: payload(event, claim, occurred="2019-12", refs=[ref("promptedBy", "d1"), ref("sameAs", "i3")])
        for event, (kind, _) in EVENTS.items()
        if kind == "investigation"
    }


def _claims() -> dict[str, Value]:
    return {
        "AllegationMade": payload(
            "AllegationMade",
            {
                "issue": "compensation/wages",
                "period": "2019-06/2019-10",
                "scope": {
                    "quantifier": "none",
                    "of": 5,
                    "population": {"value": "1000", "unit": "factories", "bound": "more-than"},
                    "membersKnown": True,
                },
                "_sd": sd("text"),
            },
            issuers=COALITION,
            occurred="2019-06/2019-10",
            said="2019-11-20",
            refs=[ref("basedOn", "i1"), ref("statedIn", "d1")],
        ),
        "ObservationMade": payload(
            "ObservationMade",
            {
                "issue": "osh/pre-job-training",
                "method": "worker-interview",
                "result": "present",
                "quantity": QUANTITY,
                "sample": {"group": "workers", "n": 20, "N": 400, "women": 10, "share": "50"},
                "_sd": sd("text"),
            },
            refs=[ref("within", "i2"), STATED],
            **ATTRIBUTED,
        ),
        "DeterminationIssued": payload(
            "DeterminationIssued",
            {"outcome": "not-evidenced", "reason": "not-stated"},
            refs=[ref("about", "a2"), ref("within", "i2"), STATED],
            **ATTRIBUTED,
        ),
        "OverallDetermined": payload(
            "OverallDetermined", {"outcome": "conforms"}, refs=[ref("against", "k1")]
        ),
        "CertificationDecided": payload(
            "CertificationDecided",
            {"outcome": "probation", "number": "C000361", "validity": "2019-03-01/2020-02-29"},
            refs=[ref("supersedes", "earlier certificate")],
        ),
        "DocumentReferenced": payload(
            "DocumentReferenced",
            {
                "documentDate": "2019-11-20",
                "form": "report",
                "availability": "public",
                "_sd": sd("title", "url"),
            },
        ),
        "DocumentCaptured": payload(
            "DocumentCaptured",
            {
                "media": "text/plain",
                "size": 6762,
                "form": "letter",
                "custody": "unsigned-copy",
                "langs": ["en"],
            },
            [subject("factory:foshan-nanhai-mattel"), subject(BYTES)],
        ),
        "DocumentSealed": sealed("DocumentSealed"),
    }


def _exchange() -> dict[str, Value]:
    asked = {"addressees": ["ietp"], "_sd": sd("text")}
    more = {
        "QuestionAsked": {"topic": "gbvTraining"},
        "DemandMade": {
            "number": 1,
            "issue": ["compensation/living-wage"],
            "remedy": ["back-pay"],
            "due": "2020-06",
        },
        "DisclosureRequested": {"topic": "grievances-raised"},
        "AccessRequested": {"delivery": "letter"},
        "CommentInvited": {"addressees": ["group:buyers", "ietp"]},
        "ComplaintFiled": {"respondents": ["factory:example"], "caseNumber": "2019/17"},
        "LawsuitFiled": {"caseNumber": "2019-CV-17"},
    }
    requests = {event: payload(event, asked | members, IETP) for event, members in more.items()}
    return requests | {
        "ResponseGiven": payload(
            "ResponseGiven",
            {"offer": "meeting", "withoutLiability": True},
            PROGRAMME,
            refs=[ref("acknowledges", "d5"), ref("offers", "q3"), ref("partlyAnswers", "q4")],
        ),
        "CommitmentMade": payload(
            "CommitmentMade",
            {
                "actor": "ietp",
                "scope": {"quantifier": "some", "of": 5, "membersKnown": False},
                "due": "2019-12-31",
            },
            PROGRAMME,
            refs=[ref("towards", "q1"), STATED],
            **ATTRIBUTED,
        ),
    }


def _afterwards() -> dict[str, Value]:
    progress = {event: payload(event, {}, refs=[ref("on", "c1")]) for event in _of_kind("progress")}
    progress["DueChanged"]["predicate"]["claim"] = {"due": "2020-12"}
    progress["NoReplyNoted"]["predicate"]["claim"] = {"asOf": "2020-02", "addressees": ["ietp"]}
    links = {
        event: payload(event, {"aspect": "quantity"}, refs=[ref("links", "o1"), ref("links", "o2")])
        for event in _of_kind("link")
    }
    links["RelationStated"]["predicate"]["claim"] = {"relation": "buys-from", "period": "2019/.."}
    control = {
        event: payload(event, {"ground": "safety"}, refs=[ref("controls", "a3")])
        for event in _of_kind("control")
    }
    for event in ("EvidenceErased", "EvidenceOpened"):
        control[event]["predicate"]["claim"]["digests"] = [digest_of("file")]
    control["DisclosureErased"]["predicate"]["claim"] |= {"digests": sd("names"), "authority": "author"}
    control["EvidenceOpened"]["predicate"]["claim"]["recipients"] = ["ilo"]
    amended = {"refs": [ref("amends", "q1"), STATED], "issuers": COALITION}
    return (
        progress
        | links
        | control
        | {
            "StatementCorrected": payload("StatementCorrected", {"set": {"number": 4}}, **amended),
            "StatementExtended": payload(
                "StatementExtended",
                {
                    "set": {"issue": ["harassment-gbv"], "remedy": ["standard-clause", "training"]},
                    "_sd": sd("text"),
                },
                **amended,
            ),
            "StatementWithdrawn": payload("StatementWithdrawn", {}, **amended),
        }
    )


def _of_kind(kind: str) -> list[str]:
    return [event for event, (name, _) in EVENTS.items() if name == kind]


def _shared_forms() -> dict[str, Value]:
    foreign = {"origin": "other.example.org/log", "genesis": digest_of("other genesis")}
    person = "party:p-0123456789abcdef"
    return {
        "sealed-allegation": sealed("AllegationMade", refs=[ref("details", "a2")]),
        "parties-allegation": payload(
            "AllegationMade", {"issue": "harassment-gbv"}, visibility="parties", audience=["ilo"]
        ),
        "parties-captured-document": payload(
            "DocumentCaptured",
            {"media": "image/jpeg", "_sd": sd("plaintext")},
            visibility="parties",
            audience=["ilo"],
        ),
        "conduct-without-document": payload(
            "ObservationMade",
            {"issue": "audit-integrity/access-denied", "method": "site-observation", "result": "present"},
            claimants=["ietp"],
            attribution={"form": "conduct"},
        ),
        "claimants-who-sign": payload(
            "CommitmentMade", {"actor": "actionaid-france"}, claimants=COALITION, issuers=COALITION
        ),
        "reference-into-another-ledger": payload(
            "AllegationMade", {"issue": "osh"}, refs=[ref("basedOn", "elsewhere", ledger=foreign)]
        ),
        "natural-person": payload(
            "PartyListed", {"entity": "person", "roles": ["reviewer"]}, [new_subject(person)]
        ),
        "new-party-registered": payload(
            "PartyRegistered",
            {"entity": "court", "roles": ["court"], "firstKey": key("court"), "checked": "in-person"},
            [new_subject("party:court")],
            issuers=["registrar"],
        ),
        "premium-in-per-cent": payload(
            "CriterionPublished",
            {
                "owner": "cn-npc",
                "nature": "law",
                "clause": "44",
                "version": "1994",
                "issue": "compensation/overtime-premium",
                "comparator": "min",
                "quantity": {"value": "150", "unit": "%", "of": "hourly-wage"},
            },
            [new_subject("criterion:cn-labour-law-44")],
        ),
        "submit-by": payload("AllegationMade", {"issue": "osh"}, submitBy="2019-12-01T00:00:00Z"),
        "disclosed-members": payload(
            "ObservationMade",
            {
                "issue": "osh/pre-job-training",
                "method": "worker-interview",
                "result": "present",
                "sample": {"_sd": sd("share")},
                "_sd": sd("quantity"),
            },
        ),
    }


def accepted() -> dict[str, Value]:
    """Well-formed payload values by name: every event under its own name, then the shared forms."""
    by_event = _registry() | _investigations() | _claims() | _exchange() | _afterwards()
    assert by_event.keys() == EVENTS.keys(), sorted(by_event.keys() ^ EVENTS.keys())
    return copy.deepcopy(by_event | _shared_forms())
