"""Random histories: the rules see only what `needs` asked for, and a replay from bytes decides the same."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.core.entry import decode_entry
from ledger.core.kinds import EVENTS, KINDS
from ledger.core.refusal import Refusal
from ledger.core.statement import Recorded, decode_statement, read_recorded
from ledger.domain.aggregates import Aggregate
from ledger.domain.decide import Decision, decide
from ledger.domain.needs import Needs, needs
from ledger.domain.state import State
from tests.support.builder import REGISTRAR, KeyPair, Log, Signed, verifier

PARTIES = ("clw", "aaf", "ietp", "mattel")
FACTORIES = ("foshan", "wah-tung")
ISSUES = ("osh/ppe", "working-time/weekly-hours", "harassment-gbv")


class Narrow:
    """A view that knows what was asked for and fails on anything else."""

    def __init__(self, state: State, asked: Needs) -> None:
        self.size, self.recorded_at = state.size, state.recorded_at
        self._state, self._asked = state, asked
        streams = (state.originator_of(one) for one in asked.statements)
        self._streams = asked.originators | {stream for stream in streams if stream is not None}

    def aggregate(self, originator_id: str) -> Aggregate | None:
        assert originator_id in self._streams, f"{originator_id} was not asked for"
        return self._state.aggregate(originator_id)

    def originator_of(self, statement_id: str) -> str | None:
        assert statement_id in self._asked.statements, f"{statement_id} was not asked for"
        return self._state.originator_of(statement_id)

    def party_of_key(self, key_id: str) -> str | None:
        assert key_id in self._asked.keys, f"the key {key_id} was not asked for"
        return self._state.party_of_key(key_id)

    def digest_seen(self, digest: str) -> bool:
        assert digest in self._asked.digests, f"the digest {digest} was not asked for"
        return self._state.digest_seen(digest)


def outcome(view: Any, signed: Signed, recorded_at: str) -> Decision | tuple[str, str, str]:
    """The decision, or the refusal with its words and place."""
    envelope = signed.envelope
    try:
        return decide(view, signed.statement, envelope, recorded_at, verifier(envelope))
    except Refusal as refusal:
        return refusal.code, refusal.what, refusal.where


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


def signer(data: Pick, log: Log) -> str:
    """Mostly somebody who can sign."""
    return str(one(data, [*log.keys] * 3 + ["ietp"]))


def party_event(data: Pick, log: Log) -> dict[str, Any]:
    slug = str(one(data, PARTIES))
    key = KeyPair(f"{slug} {data.draw(st.integers(0, 2))}", one(data, ("root", "device")))
    described = {"entity": "organisation", "roles": one(data, (["certifier"], ["ngo"]))}
    event = one(
        data, ("PartyListed", "PartyRegistered", "PartyAmended", "KeyAdded", "KeyRevoked", "KeyRecovered")
    )
    claim: dict[str, Any] = {
        "PartyListed": described,
        "PartyRegistered": {
            **described,
            "checked": "demo",
            "firstKey": key.claim(),
            "recoverers": sorted(some(data, PARTIES) or ["clw"]),
        },
        "PartyAmended": {"roles": ["certifier"]},
        "KeyAdded": key.claim(),
        "KeyRecovered": key.claim(),
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


SAYINGS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "AllegationMade": ({"issue": "osh/ppe"}, ("about", "basedOn")),
    "ObservationMade": (
        {"issue": "osh/ppe", "method": "records-review", "result": "present"},
        ("within", "basedOn"),
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
    if one(data, (True, False, False)):
        voice = {"claimants": sorted(some(data, PARTIES, 2) or ["ietp"]), "attribution": {"form": "conduct"}}
        drafted |= voice | {"visibility": "public"}
    return drafted


def statement(data: Pick, log: Log) -> Signed | None:
    """A signed statement, more or less sensible; None when even its form is refused."""
    drafted = one(data, (party_event, factory_event, saying, saying))(data, log)
    event, by, new = drafted.pop("event"), sorted(drafted.pop("by")), drafted.pop("new", None)
    signers = [log.keys.get(slug) or KeyPair(slug) for slug in by]
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


def history(data: Pick, log: Log, length: int) -> list[tuple[Signed, str, Any]]:
    """Submit statements; each with its time and what the rules said, the accepted ones in `log`."""
    submitted = []
    for _ in range(length):
        signed = statement(data, log)
        if signed is None:
            continue
        recorded_at = log.time_of(signed.statement)
        submitted.append((signed, recorded_at, outcome(log.state, signed, recorded_at)))
        if isinstance(submitted[-1][2], Decision):
            learn(log, log.append(signed), signed)
    return submitted


def learn(log: Log, recorded: Recorded, signed: Signed) -> None:
    """Later statements are signed with the keys that parties have come to have."""
    if recorded.statement.event in ("PartyRegistered", "KeyRecovered"):
        slug = recorded.statement.subjects[0].name[6:]
        ids = [one.keyid for one in signed.envelope.signatures]
        names = [KeyPair(f"{slug} {i}", role) for i in range(3) for role in ("root", "device")]
        log.keys[slug] = next(key for key in names if key.id in ids)


def opened(data: Pick) -> Log:
    """A log in which there is something to refer to."""
    log = Log.opened(one(data, ("system", "demo")))
    log.register("clw")
    log.register("aaf", ["certifier"], recoverers=["clw"])
    log.list_party("ietp")
    log.factory("foshan")
    log.say("AllegationMade", "clw", about=["factory:foshan"], claim={"issue": "osh"})
    log.investigation("clw", ["factory:foshan"], ["clw"])
    return log


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_rules_look_only_at_what_needs_asked_for(data: Pick) -> None:
    log = opened(data)
    for _ in range(8):
        signed = statement(data, log)
        if signed is None:
            continue
        recorded_at = log.time_of(signed.statement)
        narrow = Narrow(log.state, needs(signed.statement, signed.envelope))
        full = outcome(log.state, signed, recorded_at)
        assert outcome(narrow, signed, recorded_at) == full
        if isinstance(full, Decision):
            learn(log, log.append(signed), signed)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_replay_from_entry_bytes_decides_what_the_live_log_decided(data: Pick) -> None:
    log = opened(data)
    replay = State()
    for index, entry in enumerate(log.entries):
        replay.apply(read_recorded(index, entry))
    for signed, recorded_at, said in history(data, log, 10):
        assert outcome(replay, signed, recorded_at) == said
        if isinstance(said, Decision):
            again = from_entry(log.entries[replay.size])
            assert outcome(replay, again, recorded_at) == said
            replay.apply(read_recorded(replay.size, log.entries[replay.size]))
    assert replay.size == log.state.size


def from_entry(data: bytes) -> Signed:
    """What an auditor has: the strict reading of a stored entry."""
    envelope = decode_entry(data).envelope
    return Signed(decode_statement(envelope.payload), envelope)
