"""Write the golden vectors of the rules: `python -m tests.vectors.generate_rules`.

`rules/<clock>.json` holds a whole log, entry by entry with the stream that each belongs to, and entries that
may not follow it, each named after its defect: well-formed statements that only the log's state rules out.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ledger.core.entry import decode_entry, encode_entry
from ledger.core.envelope import Signature, normalised
from ledger.core.merkle import leaf_hash
from ledger.core.refusal import Refusal
from ledger.core.statement import Recorded, decode_statement
from ledger.domain.decide import decide
from ledger.domain.facts import creation_of
from ledger.domain.state import State
from tests.support.builder import (
    LOG_KEY,
    OPERATOR,
    OPERATOR_DEVICE,
    REGISTRAR,
    KeyPair,
    Log,
    Signed,
    genesis_claim,
    verifier,
)

FOLDER = Path(__file__).parent / "rules"
ABOUT = (
    "log: the entries of a valid log in order, each as its text and the stream it belongs to. "
    "refused: entries that may not follow the first `after` of them, with the code of the refusal and a "
    "JSON pointer into the payload, or into the envelope where it begins with /signatures."
)
FOSHAN = "factory:foshan"
ISSUE = {"issue": "osh/ppe"}
OBSERVED = {"issue": "osh/ppe", "method": "records-review", "result": "present"}
TEXT = {"text": {"lang": "en", "text": "Gloves were not handed out."}}
ORGANISATION = {"entity": "organisation", "roles": ["ngo"]}
PHONE = KeyPair("clw phone", "device", ("allegation",))
LOST = KeyPair("clw lost phone", "device")
OLD = KeyPair("clw old phone", "device")
NEW = KeyPair("new")
PERSON = "p-0123456789abcdef"


class Case:
    """The log that the refused entries may not follow, with what they refer to."""

    def __init__(self) -> None:
        log = self.log = Log.opened()
        log.register("clw")
        log.register("aaf", recoverers=["clw"])
        self.listing = log.list_party("ietp", ["certifier"])
        log.list_party(PERSON, ["reviewer"], entity="person")
        log.factory("foshan")
        log.factory("wah-tung")
        for key, more in ((PHONE, {}), (LOST, {}), (OLD, {"expires": "2026-01-05T09:00:10Z"})):
            signers = [log.keys["clw"], key]
            log.say("KeyAdded", "clw", about=["party:clw"], claim=key.claim(**more), signers=signers)
        log.say("KeyRevoked", "clw", about=["party:clw"], claim={"keyId": LOST.id})
        self.document = log.document("clw", [FOSHAN])
        self.audit = log.investigation("clw", [FOSHAN, "party:ietp"], ["ietp"])
        self.alleged = log.say("AllegationMade", ["aaf", "clw"], about=[FOSHAN], claim=ISSUE, hidden=TEXT)
        self.quoted = log.say(
            "OverallDetermined",
            "clw",
            about=[FOSHAN],
            claim={"outcome": "conforms"},
            refs=[("within", self.audit), ("statedIn", self.document, "p2")],
            claimants=["ietp"],
            attribution={"form": "paraphrase", "via": ["host:news.example.org"]},
            said="2025-12",
        )
        self.criterion = log.criterion("saws-3", "aaf", quantity={"value": "24", "unit": "h"})
        self.question = log.say(
            "QuestionAsked", "clw", refs=[("about", self.audit)], claim={"addressees": ["ietp"]}
        )
        self.promise = log.say("CommitmentMade", "aaf", about=[FOSHAN], claim={"actor": "ietp"})
        log.say("ResponseGiven", "aaf", refs=[("endorses", self.alleged), ("disputes", self.quoted)])
        log.say("StatementExtended", "clw", refs=[("amends", self.alleged)])
        log.say("NoReplyNoted", "clw", refs=[("on", self.question)], claim={"asOf": "2026-01"})
        log.say("ConflictNoted", "aaf", refs=[("links", self.alleged), ("links", self.quoted)])
        self.harassed = log.say(
            "AllegationMade", "clw", about=[FOSHAN], claim={"issue": "harassment-gbv", "period": "2025"}
        )

    def allege(self, *signers: KeyPair, by: str | list[str] = "clw", **more: Any) -> Signed:
        about = more.pop("about", [FOSHAN])
        return self.log.draft("AllegationMade", by, about=about, claim=ISSUE, signers=signers or None, **more)

    def register(self, key: KeyPair, *signers: KeyPair, slug: str = "new", **more: Any) -> Signed:
        claim = {**ORGANISATION, "checked": "demo", "firstKey": key.claim()} | more.pop("claim", {})
        by = more.pop("by", "registrar")
        names = [f"party:{slug}"]
        return self.log.draft("PartyRegistered", by, about=names, claim=claim, signers=signers, **more)

    def add_key(self, key: KeyPair, *signers: KeyPair) -> Signed:
        return self.log.draft("KeyAdded", "clw", about=["party:clw"], claim=key.claim(), signers=signers)

    def reply(self, by: str, rel: str, target: Recorded, **more: Any) -> Signed:
        return self.log.draft("ResponseGiven", by, refs=[(rel, target), *more.pop("refs", [])], **more)


Draft = Callable[[Case], Signed]
CLW, AAF = KeyPair("clw"), KeyPair("aaf")
ATTRIBUTED = {"claimants": ["ietp"], "attribution": {"form": "paraphrase"}}

OPENING: dict[str, Draft] = {
    "opened twice": lambda c: Log("demo").genesis(),
    "bound to another origin": lambda c: with_origin(c, "ledger.example.org/other"),
    "bound to another genesis": lambda c: Log.opened("demo").draft(
        "LedgerAmended", "operator", claim={"version": 1}
    ),
    "logged twice": lambda c: again(c, c.alleged),
    "digest of an earlier entry": lambda c: repeated_digest(c),
    "ledger amended by its device key": lambda c: c.log.draft(
        "LedgerAmended", "operator", claim={"version": 1}, signers=[OPERATOR_DEVICE]
    ),
}
SIGNATURES: dict[str, Draft] = {
    "missing issuers signature": lambda c: c.allege(CLW, by=["aaf", "clw"]),
    "surplus signature of another party": lambda c: c.allege(CLW, AAF),
    "surplus signature of the same party": lambda c: c.allege(CLW, PHONE),
    "surplus signature of an unknown key": lambda c: c.allege(CLW, KeyPair("stranger")),
    "signed by the logs key": lambda c: c.allege(CLW, LOG_KEY),
    "signature under another partys key id": lambda c: borrowed_key_id(c),
    "signed by a revoked key": lambda c: c.allege(LOST),
    "signed by an expired key": lambda c: c.allege(OLD),
    "key without this kind in its scope": lambda c: c.log.draft("DocumentReferenced", "clw", signers=[PHONE]),
    "device key adds a key": lambda c: c.add_key(NEW, PHONE, NEW),
    "new key without proof of possession": lambda c: c.add_key(NEW, CLW),
    "new key introduces itself": lambda c: c.add_key(NEW, NEW),
    "known key introduced again": lambda c: c.add_key(AAF, CLW, AAF),
    "revoked key introduced again": lambda c: c.add_key(LOST, CLW, LOST),
    "logs key as a partys key": lambda c: c.add_key(LOG_KEY, CLW, LOG_KEY),
}
PARTIES: dict[str, Draft] = {
    "listed party as issuer": lambda c: c.allege(KeyPair("ietp"), by="ietp"),
    "registered by a party": lambda c: c.register(NEW, CLW, NEW, by="clw"),
    "registered twice": lambda c: c.register(NEW, REGISTRAR, NEW, slug="clw"),
    "listed name registered as new": lambda c: c.register(
        NEW, REGISTRAR, NEW, slug="ietp", creates=["party:ietp"]
    ),
    "recoverer that is only listed": lambda c: c.register(
        NEW, REGISTRAR, NEW, claim={"recoverers": ["ietp"]}
    ),
    "name taken by a party": lambda c: c.log.draft(
        "PartyListed", "aaf", about=["party:ietp"], creates=["party:ietp"], claim=ORGANISATION
    ),
    "name taken by a factory": lambda c: c.log.draft(
        "FactoryRegistered",
        "aaf",
        about=[FOSHAN],
        creates=[FOSHAN],
        claim={"level": "factory", "country": "CN"},
    ),
    "registered party amended by the registrar": lambda c: c.log.draft(
        "PartyAmended", "registrar", about=["party:clw"], claim={"country": "CN"}
    ),
    "recovered by the registrar alone": lambda c: recovery(c, REGISTRAR, by=["registrar"]),
    "recovered by a party that is no recoverer": lambda c: recovery(
        c, REGISTRAR, AAF, by=["aaf", "registrar"], of="clw"
    ),
    "another partys key revoked": lambda c: c.log.draft(
        "KeyRevoked", "clw", about=["party:aaf"], claim={"keyId": AAF.id}
    ),
    "compromised before it was added": lambda c: c.log.draft(
        "KeyRevoked", "clw", about=["party:clw"], claim={"keyId": PHONE.id, "compromisedSince": 1}
    ),
    "merger without the registrar": lambda c: c.log.draft(
        "PartyMerged",
        ["aaf", "clw"],
        about=["party:aaf", "party:clw"],
        refs=[("supersedes", creation(c, "party:aaf"))],
    ),
    "merger of something else": lambda c: c.log.draft(
        "PartyMerged",
        ["aaf", "clw", "registrar"],
        about=["party:aaf", "party:clw"],
        refs=[("supersedes", c.listing)],
    ),
}
SUBJECTS: dict[str, Draft] = {
    "unknown subject": lambda c: c.allege(about=["factory:nowhere"]),
    "mixed up name and digest": lambda c: c.allege(pins={FOSHAN: creation(c, "factory:wah-tung")}),
    "missing subject in a response": lambda c: c.reply("aaf", "disputes", c.alleged, closed=False),
    "missing subject in an amendment": lambda c: c.log.draft(
        "StatementWithdrawn", "clw", refs=[("amends", c.alleged)], closed=False
    ),
    "no subject in common with its investigation": lambda c: observe(
        c, about=["factory:wah-tung"], **ATTRIBUTED
    ),
    "reference to what is not logged": lambda c: c.allege(refs=[("basedOn", "ab" * 32)]),
    "reference to the wrong kind": lambda c: c.allege(refs=[("basedOn", creation(c, FOSHAN))]),
    "within a question": lambda c: c.log.draft(
        "ObservationMade", "clw", about=[FOSHAN], claim=OBSERVED, refs=[("within", c.question)]
    ),
}
VOICES: dict[str, Draft] = {
    "unknown claimant": lambda c: c.allege(
        refs=[("statedIn", c.document)], claimants=["nobody"], attribution={"form": "quote"}
    ),
    "unknown relay": lambda c: c.allege(
        refs=[("statedIn", c.document)], claimants=["ietp"], attribution={"form": "quote", "via": ["nobody"]}
    ),
    "unknown audience": lambda c: c.allege(visibility="parties", audience=["nobody"]),
    "unknown participant": lambda c: c.log.draft(
        "AuditDescribed",
        "clw",
        about=[FOSHAN],
        claim={"stage": "reported", "participants": [{"party": "nobody", "role": "lead"}]},
    ),
    "unknown factory as actor": lambda c: c.log.draft(
        "CommitmentMade", "aaf", about=[FOSHAN], claim={"actor": "factory:nowhere"}
    ),
    "observation by who did not conduct": lambda c: observe(c),
    "determination by an ngo": lambda c: c.log.draft(
        "OverallDetermined", "clw", about=[FOSHAN], claim={"outcome": "conforms"}, refs=[("within", c.audit)]
    ),
    "adoption by who is not quoted": lambda c: c.reply("aaf", "adopts", c.quoted),
    "disowned by a stranger": lambda c: c.reply("aaf", "disowns", c.quoted),
    "retraction of quoted words": lambda c: c.reply("clw", "retracts", c.quoted),
    "adoption in somebody elses name": lambda c: c.reply(
        "clw", "adopts", c.quoted, refs=[("statedIn", c.document)], **ATTRIBUTED
    ),
    "amendment by who did not issue": lambda c: c.log.draft(
        "StatementWithdrawn", "clw", refs=[("amends", c.criterion)]
    ),
    "amendment of a member that its target has not": lambda c: amend(c, c.alleged, outcome="granted"),
    "amendment in the type of another kind": lambda c: amend(c, c.alleged, issue=["discrimination", "osh"]),
    "amendment that counts what its target may not": lambda c: amend(c, c.harassed, sample={"n": 20}),
    "amendment that addresses past the subjects": lambda c: amend(c, c.question, addressees=["aaf", "ietp"]),
    "completion claimed by neither committer nor actor": lambda c: progress(
        c, "CompletionClaimed", "clw", c.promise
    ),
    "completion verified by the committer": lambda c: progress(c, "CompletionVerified", "aaf", c.promise),
    "no reply stated by who did not ask": lambda c: progress(
        c, "NoReplyNoted", "aaf", c.question, asOf="2026"
    ),
    "due date moved by a stranger": lambda c: progress(c, "DueChanged", "clw", c.promise, due="2027"),
    "no reply to a commitment": lambda c: progress(c, "NoReplyNoted", "aaf", c.promise, asOf="2026"),
    "hold placed by a party": lambda c: c.log.draft(
        "LegalHoldPlaced", "clw", claim={"ground": "legal-proceedings"}, refs=[("controls", c.alleged)]
    ),
    "index of entries to come": lambda c: c.log.draft(
        "IndexPublished",
        "operator",
        claim={"keys": 1, "root": "A" * 43 + "=", "size": 999},
        signers=[OPERATOR_DEVICE],
    ),
}


def with_origin(case: Case, origin: str) -> Signed:
    case.log.origin = origin
    return case.allege()


def again(case: Case, recorded: Recorded) -> Signed:
    statement = recorded.statement
    return Signed(statement, decode_entry(case.log.entries[recorded.index]).envelope)


def repeated_digest(case: Case) -> Signed:
    claim = ISSUE | {"_sd": list(case.alleged.statement.digests)}
    return case.log.draft("AllegationMade", "clw", about=[FOSHAN], claim=claim)


def borrowed_key_id(case: Case) -> Signed:
    signed = case.allege(CLW)
    payload = signed.envelope.payload
    return Signed(signed.statement, normalised(payload, [Signature(CLW.id, AAF.sign(payload).sig)]))


def recovery(case: Case, *signers: KeyPair, by: list[str], of: str = "aaf") -> Signed:
    return case.log.draft(
        "KeyRecovered", by, about=[f"party:{of}"], claim=NEW.claim(), signers=[*signers, NEW]
    )


def creation(case: Case, name: str) -> str:
    found = creation_of(case.log.state, name)
    assert found is not None
    return found


def observe(case: Case, **more: Any) -> Signed:
    refs = [("within", case.audit)]
    if "claimants" in more:
        refs.append(("statedIn", case.document))
    about = more.pop("about", [FOSHAN])
    return case.log.draft("ObservationMade", "clw", about=about, claim=OBSERVED, refs=refs, **more)


def progress(case: Case, event: str, by: str, target: Recorded, **claim: str) -> Signed:
    return case.log.draft(event, by, claim=claim, refs=[("on", target)])


def amend(case: Case, target: Recorded, **changed: Any) -> Signed:
    return case.log.draft("StatementCorrected", "clw", claim={"set": changed}, refs=[("amends", target)])


# --- writing ----------------------------------------------------------------


def refusal_of(log: list[str], after: int, entry_text: str) -> Refusal:
    """What the rules say to an entry after the first `after` of the log; its form is good."""
    state = State()
    for index, text in enumerate(log[:after]):
        state.apply(recorded_of(index, text), leaf_hash(text.encode("ascii")))
    entry = decode_entry(entry_text.encode("ascii"))
    statement = decode_statement(entry.envelope.payload)
    try:
        decide(state, statement, entry.envelope, entry.recorded_at, verifier(entry.envelope))
    except Refusal as refusal:
        return refusal
    raise AssertionError(f"accepted: {entry_text}")


def recorded_of(index: int, text: str) -> Recorded:
    entry = decode_entry(text.encode("ascii"))
    key_ids = tuple(one.keyid for one in entry.envelope.signatures)
    return Recorded(index, entry.recorded_at, decode_statement(entry.envelope.payload), key_ids)


def entry_text(log: Log, signed: Signed, recorded_at: str | None = None) -> str:
    return encode_entry(signed.envelope, recorded_at or log.time_of(signed.statement)).decode("ascii")


def refused(name: str, log: list[str], after: int, text: str) -> dict[str, Any]:
    refusal = refusal_of(log, after, text)
    return {"name": name, "after": after, "entry": text, "code": refusal.code, "where": refusal.where}


def system_vectors() -> dict[str, Any]:
    base = Case()
    log = [data.decode("ascii") for data in base.log.entries]
    cases = []
    for name, draft in (OPENING | SIGNATURES | PARTIES | SUBJECTS | VOICES).items():
        case = Case()
        cases.append(refused(name, log, len(log), entry_text(case.log, draft(case))))
    cases += clock_vectors(log)
    cases.append(refused("before entry 0", log, 0, log[1]))
    return {"about": ABOUT, "log": with_streams(base.log), "refused": cases}


def clock_vectors(log: list[str]) -> list[dict[str, Any]]:
    case = Case()
    last = case.log.state.recorded_at
    late = case.allege(submitBy="2026-01-05T09:00:30Z")
    ahead = case.allege(issuedAt="2026-01-05T09:06:01Z")
    timed = {
        "recorded before the previous entry": (case.allege(), "2026-01-05T08:59:59.000Z"),
        "submitted after its submitBy": (late, "2026-01-05T09:00:30.001Z"),
        "issued 301 seconds ahead": (ahead, "2026-01-05T09:01:00.000Z"),
    }
    assert last < "2026-01-05T09:00:30.001Z", "the log of the vectors ends before the times they test"
    return [refused(name, log, len(log), entry_text(case.log, *one)) for name, one in timed.items()]


def demo_vectors() -> dict[str, Any]:
    base = Log.opened("demo")
    base.list_party("ietp")
    log = [data.decode("ascii") for data in base.entries]
    later = base.draft(
        "PartyListed", "registrar", about=["party:x"], claim=ORGANISATION, issuedAt="2026-02-01T00:00:00Z"
    )
    earlier = base.draft(
        "PartyListed", "registrar", about=["party:x"], claim=ORGANISATION, issuedAt="2020-02-01T00:00:00Z"
    )
    times = {
        "later than the newest issuedAt": (later, "2026-02-01T00:00:00.001Z"),
        "earlier than its issuedAt": (later, "2026-01-31T00:00:00.000Z"),
        "its own issuedAt although an earlier entry has a newer one": (earlier, "2020-02-01T00:00:00.000Z"),
    }
    assert genesis_claim("demo")["clock"] == "demo"
    cases = [refused(name, log, len(log), entry_text(base, *one)) for name, one in times.items()]
    return {"about": ABOUT, "log": with_streams(base), "refused": cases}


def index_vectors() -> dict[str, Any]:
    """A log with three index statements, and index statements that may not follow it."""
    base = Log.opened()
    base.index(1)
    base.register("clw")
    base.factory("foshan")
    base.say("AllegationMade", "clw", about=[FOSHAN], claim=ISSUE)
    base.index(3)
    indexed = base.index().statement.claim
    log = [data.decode("ascii") for data in base.entries]
    # The number of keys stays what it is: index statements have none.
    good = {"keys": indexed["keys"], "root": indexed["root"], "size": len(log)}
    claims: dict[str, tuple[dict[str, Any], list[KeyPair]]] = {
        "over an entry to come": (good | {"size": len(log) + 1}, [OPERATOR_DEVICE]),
        "over fewer entries than the one before": (good | {"size": indexed["size"] - 1}, [OPERATOR_DEVICE]),
        "another number of keys": (good | {"keys": good["keys"] - 1}, [OPERATOR_DEVICE]),
        "another root": (good | {"root": "A" * 43 + "="}, [OPERATOR_DEVICE]),
        "signed by the root key": (good, [OPERATOR]),
        "signed by the registrar": (good, [REGISTRAR]),
    }
    cases = [
        refused(name, log, len(log), entry_text(base, index_draft(base, claim, signers)))
        for name, (claim, signers) in claims.items()
    ]
    return {"about": ABOUT, "log": with_streams(base), "refused": cases}


def index_draft(log: Log, claim: dict[str, Any], signers: list[KeyPair]) -> Signed:
    return log.draft("IndexPublished", "operator", claim=claim, signers=signers)


def with_streams(log: Log) -> list[dict[str, str]]:
    return [
        {"entry": data.decode("ascii"), "stream": str(log.state.originator_of(one.statement.id))}
        for data, one in zip(log.entries, log.recorded, strict=True)
    ]


def vectors() -> dict[str, dict[str, Any]]:
    """File name -> content."""
    return {"system.json": system_vectors(), "demo.json": demo_vectors(), "index.json": index_vectors()}


def text_of(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, content in vectors().items():
        (FOLDER / name).write_text(text_of(content), encoding="utf-8")


if __name__ == "__main__":
    main()
