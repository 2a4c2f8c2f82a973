"""Statements drawn at random for the builder's log: of every kind, more or less sensible, by whom they may
and may not be said, at times that are and are not theirs.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from hypothesis import strategies as st

from ledger.core.grammar import format_recorded_at
from ledger.core.index import IndexHead, IndexTree, statement_keys
from ledger.core.kinds import EVENTS, HIDDEN, KINDS
from ledger.core.merkle import leaf_hash
from ledger.core.note import COSIGNATURE, ED25519, Verifier
from ledger.core.refusal import Refusal
from ledger.core.statement import Recorded
from ledger.domain.facts import ledger_of
from tests.support.builder import OPERATOR, OPERATOR_DEVICE, ORIGIN, REGISTRAR, KeyPair, Log, Signed, log_vkey

PARTIES = ("clw", "aaf", "ietp", "mattel")
FACTORIES = ("foshan", "wah-tung")
ISSUES = ("osh/ppe", "working-time/weekly-hours", "harassment-gbv")
CRITERIA = ("law", "code")
DOCUMENTS = tuple(sha256(name.encode()).hexdigest() for name in ("letter", "report"))
NEXT_LOG_KEY = KeyPair("log 2")


class Computed:
    """`IndexHeads`: the index of a log in memory, computed anew for every size."""

    def __init__(self, log: Log) -> None:
        self._log = log

    def at(self, size: int) -> IndexHead | None:
        if size > len(self._log.entries):
            return None
        tree = IndexTree()
        for recorded, entry in zip(self._log.recorded[:size], self._log.entries, strict=False):
            for key in statement_keys(recorded.statement):
                tree.add(key, recorded.index, leaf_hash(entry))
        return tree.head(size)


Pick = st.DataObject


def some(data: Pick, values: Any, most: int = 3) -> list[Any]:
    return data.draw(st.lists(st.sampled_from(list(values)), max_size=most, unique=True))


def one(data: Pick, values: Any) -> Any:
    return data.draw(st.sampled_from(list(values)))


def refs_of(data: Pick, log: Log, kind: str, rels: tuple[str, ...]) -> list[tuple[str, Any]]:
    """Up to two references, mostly to what the relation may lead to."""
    found = []
    for rel in some(data, rels, 2):
        fitting = [one.index for one in log.recorded if one.statement.kind in KINDS[kind].refs[rel]]
        indices = fitting if fitting and data.draw(st.integers(0, 5)) else range(len(log.recorded))
        found.append((rel, log.recorded[one(data, indices)]))
    return found


def after(log: Log, seconds: int) -> str:
    """So many seconds after the ledger's present, in the form of `issuedAt`."""
    return format_recorded_at(log.now + 1_000 * seconds)[:19] + "Z"


def signer(data: Pick, log: Log) -> str:
    """Mostly somebody who can sign."""
    return str(one(data, [*log.keys] * 3 + ["ietp"]))


def party_event(data: Pick, log: Log) -> dict[str, Any]:
    slug = str(one(data, PARTIES))
    key = KeyPair(f"{slug} {data.draw(st.integers(0, 2))}", one(data, ("root", "device")))
    described = {"entity": "organisation", "roles": one(data, (["certifier"], ["ngo"]))}
    expiring = {} if one(data, (True, True, False)) else {"expires": after(log, one(data, (-1, 1, 2, 3)))}
    event = one(
        data, ("PartyListed", "PartyRegistered", "PartyAmended", "KeyAdded", "KeyRevoked", "KeyRecovered")
    )
    claim: dict[str, Any] = {
        "PartyListed": described,
        "PartyRegistered": {
            **described,
            "checked": "demo",
            "firstKey": key.claim(**expiring),
            "recoverers": sorted(some(data, PARTIES) or ["clw"]),
        },
        "PartyAmended": {"roles": ["certifier"]},
        "KeyAdded": key.claim(**expiring),
        "KeyRecovered": key.claim(**expiring),
        "KeyRevoked": {"keyId": key.id},
    }[event]
    if event == "KeyRevoked" and slug in log.keys and one(data, (True, False)):
        claim["keyId"] = log.keys[slug].id
    introduces = event in ("PartyRegistered", "KeyAdded", "KeyRecovered")
    by = {"registrar"} if event in ("PartyRegistered", "KeyRecovered") else {slug}
    if event == "KeyRecovered":
        by |= {signer(data, log)}
    if data.draw(st.integers(0, 4)) == 0:
        by = {signer(data, log)}
    return {
        "event": event,
        "by": by,
        "about": [f"party:{slug}"],
        "claim": claim,
        "new": key if introduces else None,
    }


def factory_event(data: Pick, log: Log) -> dict[str, Any]:
    slug = one(data, FACTORIES)
    event = one(data, ("FactoryRegistered", "FactoryAmended", "FactoryMerged"))
    if event == "FactoryMerged":
        return {
            "event": event,
            "by": {signer(data, log)},
            "about": [f"factory:{name}" for name in FACTORIES],
            "refs": refs_of(data, log, "factory", ("supersedes",))[:1],
        }
    claim = {"level": "factory", "country": "CN"}
    return {
        "event": event,
        "by": {signer(data, log)},
        "about": [f"factory:{slug}"],
        "claim": claim,
    }


def criterion_event(data: Pick, log: Log) -> dict[str, Any]:
    by = signer(data, log)
    return {
        "event": "CriterionPublished",
        "by": {by},
        "about": [f"criterion:{one(data, CRITERIA)}"],
        "claim": {
            "owner": one(data, (by, by, *PARTIES)),
            "nature": one(data, ("law", "code")),
            "clause": "1",
            "version": "unknown",
            "issue": one(data, ISSUES),
            "comparator": "required",
        },
        "refs": refs_of(data, log, "criterion", ("supersedes",)),
    }


def document_event(data: Pick, log: Log) -> dict[str, Any]:
    return {
        "event": "DocumentCaptured",
        "by": {signer(data, log)},
        "about": [f"document:{one(data, DOCUMENTS)}", *some(data, ("factory:foshan", "party:ietp"), 1)],
        "claim": {"media": "text/plain", "size": 3, "form": "letter"},
    }


def control_event(data: Pick, log: Log) -> dict[str, Any]:
    """By the registrar, an author of the target, or somebody else."""
    fitting = [one for one in log.recorded if one.statement.kind in KINDS["control"].refs["controls"]]
    target = one(data, fitting)
    event = one(data, [event for event, (kind, _) in EVENTS.items() if kind == "control"])
    claim: dict[str, Any] = {"ground": one(data, ("court-order", "data-protection", "error", "safety"))}
    if event in ("DisclosureErased", "EvidenceErased", "EvidenceOpened"):
        known = [*digests_of(log), *DOCUMENTS] if event == "DisclosureErased" else DOCUMENTS
        claim["digests"] = sorted(some(data, known, 2) or [DOCUMENTS[0]])
    by = {"registrar"} if one(data, (True, False)) else set(target.statement.issuers)
    if data.draw(st.integers(0, 4)) == 0:
        by = {signer(data, log)}
    return {"event": event, "by": by, "claim": claim, "refs": [("controls", target)]}


def digests_of(log: Log) -> list[str]:
    """Every disclosure that the log has committed to."""
    return [digest for recorded in log.recorded for digest in recorded.statement.digests]


def index_event(data: Pick, log: Log) -> dict[str, Any]:
    """The right index over all or fewer entries, or one with a wrong size, number or root."""
    size = len(log.entries)
    claimed = one(data, [size] * 4 + [size - 1, size + 1, log.state.indexed, max(log.state.indexed - 1, 0)])
    head = Computed(log).at(min(claimed, size))
    assert head is not None
    wrong = one(data, [{}] * 4 + [{"keys": head.keys + 1}, {"root": "A" * 43 + "="}])
    return {
        "event": "IndexPublished",
        "by": {"operator"},
        "claim": head.to_claim() | {"size": claimed} | wrong,
        "signers": [one(data, (*[OPERATOR_DEVICE] * 4, OPERATOR, REGISTRAR))],
    }


def ledger_event(data: Pick, log: Log) -> dict[str, Any]:
    """Other terms: those that may be, and keys and policies that may not."""
    stolen = KeyPair("clw")
    values: dict[str, Any] = {
        "intervals": {"index": data.draw(st.integers(1, 90)), "maxPublishDelay": 7},
        "limits": {"document": 1 << 20, "entry": 65_535, "payload": 32_768},
        "version": one(data, (1, 2)),
        "logKeys": one(data, log_keys(log, stolen)),
        "policy": one(data, policies(log, stolen)),
    }
    named = some(data, ("logKeys", "policy", "logKeys", "policy", *values), 2) or ["intervals"]
    return {
        "event": "LedgerAmended",
        "by": {"operator"},
        "claim": {name: values[name] for name in named},
        "signers": [one(data, (*[OPERATOR] * 5, OPERATOR_DEVICE, REGISTRAR))],
    }


def log_keys(log: Log, stolen: KeyPair) -> list[list[str]]:
    """The keys in force, with another, that alone; a party's, one of another log, and one of a witness."""
    now, following = log_vkey(), Verifier(ORIGIN, ED25519, NEXT_LOG_KEY.public).vkey
    in_force = ledger_of(log.state)
    assert in_force is not None
    foreign = Verifier("ledger.example.org/another", ED25519, NEXT_LOG_KEY.public).vkey
    cosigning = Verifier(ORIGIN, COSIGNATURE, NEXT_LOG_KEY.public).vkey
    usual = [list(in_force.log_keys), sorted([now, following]), [following], [now]]
    return [*usual, [Verifier(ORIGIN, ED25519, stolen.public).vkey], [foreign], [cosigning]]


def policies(log: Log, stolen: KeyPair) -> list[str]:
    """Prose, policies with and without a witness; one that cannot be read, one with a party's key."""
    witness = Verifier("witness.example/w", COSIGNATURE, KeyPair("witness").public).vkey
    thief = Verifier("witness.example/x", COSIGNATURE, stolen.public).vkey
    return [
        f"We judge nothing, {len(log.entries)} times.",
        f"log {log_vkey()}\nquorum none\n",
        f"log {log_vkey()}\nwitness w {witness}\nquorum w\n",
        "quorum nobody\n",
        f"witness w {thief}\nquorum w\n",
    ]


SAYINGS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "AllegationMade": ({"issue": "osh/ppe"}, ("about", "basedOn")),
    "ObservationMade": (
        {"issue": "osh/ppe", "method": "records-review", "result": "present"},
        ("within", "basedOn", "against"),
    ),
    "OverallDetermined": ({"outcome": "conforms"}, ("within", "about")),
    "AuditDescribed": (
        {"stage": "reported", "participants": [{"party": "clw", "role": "lead"}]},
        ("previous",),
    ),
    "DocumentReferenced": ({}, ("translates",)),
    "ResponseGiven": ({}, ("adopts", "disowns", "retracts", "endorses", "answers")),
    "QuestionAsked": ({"addressees": ["ietp"]}, ("about", "basedOn")),
    "CommitmentMade": ({"actor": "mattel"}, ("towards",)),
    "CompletionClaimed": ({}, ("on",)),
    "CompletionVerified": ({}, ("on",)),
    "NoReplyNoted": ({"asOf": "2026"}, ("on",)),
    "ConflictNoted": ({}, ("links",)),
    "StatementWithdrawn": ({}, ("amends",)),
}


def saying(data: Pick, log: Log) -> dict[str, Any]:
    event = one(data, SAYINGS)
    claim, rels = SAYINGS[event]
    about = set(
        some(data, ("factory:foshan", "factory:foshan", "factory:wah-tung", "party:aaf", "party:ietp"), 2)
    )
    drafted = {
        "event": event,
        "by": {signer(data, log) for _ in range(data.draw(st.integers(1, 2)))},
        "about": sorted(about),
        "claim": claim,
        "refs": refs_of(data, log, EVENTS[event][0], rels),
        "closed": one(data, (True, True, True, False)),
    }
    drafted |= committed(data, log, event)
    if one(data, (True, False, False)):
        voice = {"claimants": sorted(some(data, PARTIES, 2) or ["ietp"]), "attribution": {"form": "conduct"}}
        drafted |= voice | {"visibility": "public"}
    return drafted


def committed(data: Pick, log: Log, event: str) -> dict[str, Any]:
    """Sometimes a text beside the statement; now and then the digest of somebody else's, copied."""
    rows = {row.name for row in KINDS[EVENTS[event][0]].rows if row.presence == HIDDEN}
    choice = data.draw(st.integers(0, 7))
    if choice == 0 and digests_of(log):
        return {"claim": {**SAYINGS[event][0], "_sd": [one(data, digests_of(log))]}}
    return (
        {"hidden": {"text": {"lang": "en", "text": "What was seen."}}}
        if choice < 3 and "text" in rows
        else {}
    )


def timed(data: Pick, log: Log) -> dict[str, str]:
    """Mostly nothing; else said too early, or sent around the last moment for it."""
    choice = data.draw(st.integers(0, 11))
    if choice == 0:
        return {"issuedAt": after(log, one(data, (-5, 299, 300, 301)))}
    return {"submitBy": after(log, one(data, (-1, 0, 1)))} if choice == 1 else {}


DRAWN = (
    *[party_event] * 2,
    factory_event,
    *[saying] * 4,
    criterion_event,
    document_event,
    control_event,
    *[index_event] * 2,
    ledger_event,
)


def statement(data: Pick, log: Log) -> Signed | None:
    """A signed statement, more or less sensible; None when even its form is refused."""
    drafted = timed(data, log) | one(data, DRAWN)(data, log)
    event, by, new = drafted.pop("event"), sorted(drafted.pop("by")), drafted.pop("new", None)
    signers = drafted.pop("signers", None) or [log.keys.get(slug) or KeyPair(slug) for slug in by]
    if data.draw(st.integers(0, 9)) == 0:
        signers = signers[1:]
    if new is not None:
        signers.append(new)
    if not signers or data.draw(st.integers(0, 9)) == 0:
        signers.append(REGISTRAR)
    try:
        return log.draft(event, by, signers=list(dict.fromkeys(signers)), **drafted)
    except Refusal:
        return None


def learn(log: Log, recorded: Recorded, signed: Signed) -> None:
    """Later statements are signed with the keys that parties have come to have."""
    statement = recorded.statement
    if statement.event in ("PartyRegistered", "KeyRecovered", "KeyAdded"):
        slug = statement.subjects[0].name[6:]
        ids = [one.keyid for one in signed.envelope.signatures]
        names = [KeyPair(f"{slug} {i}", role) for i in range(3) for role in ("root", "device")]
        added = next(key for key in names if key.id in ids)
        if statement.event != "KeyAdded" or statement.claim["role"] == "root":
            log.keys[slug] = added


def opened(data: Pick) -> Log:
    """A log in which there is something to refer to."""
    log = Log.opened(one(data, ("system", "demo")))
    log.register("clw")
    log.register("aaf", ["certifier"], recoverers=["clw"])
    log.list_party("ietp")
    # Its key expires some time during the history.
    expires = after(log, data.draw(st.integers(2, 12)))
    log.register("mattel", ["buyer"], firstKey=KeyPair("mattel").claim(expires=expires))
    log.factory("foshan")
    log.say("AllegationMade", "clw", about=["factory:foshan"], claim={"issue": "osh"})
    log.investigation("clw", ["factory:foshan"], ["clw"])
    return log
