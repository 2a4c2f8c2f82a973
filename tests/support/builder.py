"""A log in memory, built in a few lines: keys, entry 0, parties, factories and signed statements.

    log = Log.opened()
    clw = log.register("clw")
    log.factory("foshan")
    alleged = log.say("AllegationMade", "clw", about=["factory:foshan"], claim={"issue": "osh/ppe"})
    log.say("ResponseGiven", "clw", refs=[("endorses", alleged)])

Everything is decided by the real rules and signed with real keys, which follow from their names, as salts
follow from a counter: the same calls give the same bytes. `log.entries` are the entry bytes, `log.state` is
the view after them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import pytest

from ledger.core import canonical, disclosure, keys
from ledger.core.entry import encode_entry
from ledger.core.envelope import Envelope, Signature, normalised, pae
from ledger.core.form import NO_GENESIS, first_digest
from ledger.core.grammar import base64_encode, format_recorded_at, milliseconds
from ledger.core.kinds import EVENTS
from ledger.core.merkle import leaf_hash
from ledger.core.refusal import Refusal
from ledger.core.statement import Recorded, Statement, decode_statement
from ledger.domain.decide import admissible, admit, decide
from ledger.domain.facts import creation_of
from ledger.domain.state import State

ORIGIN = "ledger.example.org/test"
START = "2026-01-05T09:00:00Z"
CLOSED = frozenset({"response", "request", "commitment", "progress", "link", "amendment", "control"})
Target = tuple[str, "Recorded | str"] | tuple[str, "Recorded | str", str]


@dataclass(frozen=True, slots=True)
class KeyPair:
    """An Ed25519 key that follows from its name, so that vectors stay the same."""

    name: str
    role: str = "root"
    scope: tuple[str, ...] = ("any",)

    @property
    def seed(self) -> bytes:
        return sha256(f"key of {self.name}".encode()).digest()

    @property
    def public(self) -> bytes:
        return keys.public_key(self.seed)

    @property
    def id(self) -> str:
        return keys.key_id(self.public)

    def claim(self, **more: Any) -> dict[str, Any]:
        """The `key` claim that describes it."""
        return {
            "alg": "ed25519",
            "publicKey": base64_encode(self.public),
            "keyId": self.id,
            "role": self.role,
            "scope": sorted(self.scope),
            **more,
        }

    def sign(self, payload: bytes) -> Signature:
        return Signature(self.id, keys.sign(self.seed, pae(payload)))


OPERATOR = KeyPair("operator")
OPERATOR_DEVICE = KeyPair("operator device", "device", ("index",))
REGISTRAR = KeyPair("registrar")
LOG_KEY = KeyPair("log")
FOUNDING_KEYS = (OPERATOR, OPERATOR_DEVICE, REGISTRAR)


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed statement with its disclosures, ready to be submitted."""

    statement: Statement
    envelope: Envelope
    disclosures: tuple[str, ...] = ()


def sign(payload: bytes, *signers: KeyPair) -> Envelope:
    return normalised(payload, [signer.sign(payload) for signer in signers])


def verifier(envelope: Envelope) -> Any:
    """`verify` as `decide` wants it, by the real signature check."""
    message = pae(envelope.payload)
    return lambda public, signature: keys.verify(public, message, signature.sig)


def log_vkey(origin: str = ORIGIN) -> str:
    """The log's verifier key (C2SP signed-note)."""
    key = b"\x01" + LOG_KEY.public
    fingerprint = sha256(origin.encode() + b"\n" + key).hexdigest()[:8]
    return f"{origin}+{fingerprint}+{base64_encode(key)}"


def genesis_claim(clock: str = "system", origin: str = ORIGIN) -> dict[str, Any]:
    """The claim of entry 0."""
    parties = ("operator", "operator", "registrar")
    members = ("alg", "publicKey", "role", "scope")
    return {
        "clock": clock,
        "intervals": {"index": 60, "maxPublishDelay": 60},
        "keys": [
            {"party": party} | {name: key.claim()[name] for name in members}
            for party, key in zip(parties, FOUNDING_KEYS, strict=True)
        ],
        "limits": {"document": 104_857_600, "entry": 65_535, "payload": 32_768},
        "logKeys": [log_vkey(origin)],
        "policy": f"log {log_vkey(origin)}\nquorum none\n",
        "version": 1,
    }


@dataclass
class Log:
    """A log under construction; each method that appends returns the `Recorded` entry or raises `Refusal`."""

    clock: str = "system"
    origin: str = ORIGIN
    state: State = field(default_factory=State)
    entries: list[bytes] = field(default_factory=list)
    recorded: list[Recorded] = field(default_factory=list)
    disclosures: dict[str, str] = field(default_factory=dict)
    keys: dict[str, KeyPair] = field(default_factory=dict)
    now: int = milliseconds(START)
    _salts: int = 0

    @classmethod
    def opened(cls, clock: str = "system", origin: str = ORIGIN) -> Log:
        """A log with entry 0."""
        log = cls(clock, origin)
        log.keys = {"operator": OPERATOR, "registrar": REGISTRAR}
        log.append(log.genesis())
        return log

    @property
    def genesis_id(self) -> str:
        return self.recorded[0].statement.id if self.recorded else NO_GENESIS

    @property
    def today(self) -> str:
        """The ledger's time in the form of `issuedAt`."""
        return format_recorded_at(self.now)[:19] + "Z"

    # --- ready-made statements ------------------------------------------------

    def genesis(self) -> Signed:
        """Entry 0, signed by its three keys."""
        return self.draft(
            "LedgerOpened",
            "operator",
            about=["ledger:main", "party:operator", "party:registrar"],
            claim=genesis_claim(self.clock, self.origin),
            creates=("ledger:main", "party:operator", "party:registrar"),
            signers=FOUNDING_KEYS,
        )

    def register(
        self,
        slug: str,
        roles: Sequence[str] = ("ngo",),
        pins: Mapping[str, str] | None = None,
        **claim: Any,
    ) -> Recorded:
        """Register a party with a root key of its own; a listed one keeps its name."""
        key = KeyPair(slug)
        described = {
            "entity": "organisation",
            "roles": sorted(roles),
            "checked": "demo",
            "firstKey": key.claim(),
        }
        recorded = self.say(
            "PartyRegistered",
            "registrar",
            about=[f"party:{slug}"],
            claim=described | claim,
            signers=(REGISTRAR, key),
            pins=pins,
        )
        self.keys[slug] = key
        return recorded

    def list_party(
        self, slug: str, roles: Sequence[str] = ("certifier",), by: str = "registrar", **claim: Any
    ) -> Recorded:
        """List a party without a key."""
        described = {"entity": "organisation", "roles": sorted(roles)}
        return self.say("PartyListed", by, about=[f"party:{slug}"], claim=described | claim)

    def factory(self, slug: str, by: str = "registrar", **claim: Any) -> Recorded:
        return self.say(
            "FactoryRegistered",
            by,
            about=[f"factory:{slug}"],
            claim={"level": "factory", "country": "CN"} | claim,
        )

    def criterion(self, slug: str, by: str, **claim: Any) -> Recorded:
        described = {
            "owner": by,
            "nature": "law",
            "clause": "1",
            "version": "unknown",
            "issue": "osh/pre-job-training",
            "comparator": "min",
        }
        return self.say("CriterionPublished", by, about=[f"criterion:{slug}"], claim=described | claim)

    def document(self, by: str, about: Sequence[str] = (), **claim: Any) -> Recorded:
        """A document that is only referred to."""
        described = {"form": "report", "availability": "public"}
        return self.say("DocumentReferenced", by, about=about, claim=described | claim)

    def index(self, size: int | None = None, **claim: Any) -> Recorded:
        """Publish the index over the first `size` entries, by default all; `claim` says it differently."""
        head = self.state.index_head(self.state.size if size is None else size)
        return self.say(
            "IndexPublished", "operator", claim=head.to_claim() | claim, signers=[OPERATOR_DEVICE]
        )

    def investigation(
        self, by: str, about: Sequence[str], conductors: Iterable[str], **more: Any
    ) -> Recorded:
        participants = [{"party": slug, "role": "lead"} for slug in sorted(conductors)]
        claim = {"stage": "reported", "participants": participants} | more.pop("claim", {})
        return self.say(more.pop("event", "AuditDescribed"), by, about=about, claim=claim, **more)

    # --- any statement --------------------------------------------------------

    def say(self, event: str, by: str | Sequence[str], **more: Any) -> Recorded:
        """Draft, sign, decide and append one statement; see `draft` for what it may say."""
        return self.append(self.draft(event, by, **more))

    def draft(
        self,
        event: str,
        by: str | Sequence[str],
        *,
        about: Iterable[str] = (),
        claim: Mapping[str, Any] | None = None,
        hidden: Mapping[str, Any] | None = None,
        refs: Iterable[Target] = (),
        signers: Sequence[KeyPair] | None = None,
        creates: Iterable[str] = (),
        pins: Mapping[str, str] | None = None,
        foreign: Iterable[Mapping[str, Any]] = (),
        closed: bool = True,
        **predicate: Any,
    ) -> Signed:
        """A signed statement that is not appended.

        `about` are subjects, closed over the references unless `closed` is False; `hidden` members
        become disclosures; `refs` are (rel, recorded or id[, locator]); `creates` forces first digests;
        `predicate` takes `claimants`, `attribution`, `said`, `occurred`, `visibility`, `audience`,
        `issuedAt`, `submitBy`.
        """
        issuers = [by] if isinstance(by, str) else sorted(by)
        texts = [self._disclosure(name, value) for name, value in (hidden or {}).items()]
        body = dict(claim or {})
        if texts:
            body["_sd"] = sorted(disclosure.digest(text) for text in texts)
        kind = EVENTS[event][0]
        pinned = [*[self._ref(*ref) for ref in refs], *foreign]
        forced = {name: first_digest(self.genesis_id, name) for name in creates} | dict(pins or {})
        names = set(about) | (self._closure(kind, pinned, body) if closed else set())
        payload = canonical.encode(
            {
                "_type": "https://in-toto.io/Statement/v1",
                "subject": [self._subject(name, forced) for name in sorted(names or {"ledger:main"})],
                "predicateType": f"urn:evidence-ledger:v1:{kind}",
                "predicate": {
                    "ledger": {"genesis": self.genesis_id, "origin": self.origin},
                    "event": event,
                    "visibility": "public",
                    "issuers": issuers,
                    "issuedAt": self.today,
                    "refs": sorted(pinned, key=lambda ref: (ref["rel"], ref["digest"]["sha256"])),
                    "claim": body,
                    **predicate,
                },
            }
        )
        if signers is None:
            signers = [self.keys[slug] for slug in issuers]
        return Signed(decode_statement(payload), sign(payload, *signers), tuple(texts))

    def append(self, signed: Signed) -> Recorded:
        """Decide, admit and append; time goes on by a second."""
        self._decide(signed)
        held = admit(self.state, signed.statement, admissible(signed.statement, signed.disclosures))
        self.disclosures.update(held)
        return self._enter(signed)

    def enter(self, signed: Signed) -> Recorded:
        """Decide and append, as a server that admits more would."""
        self._decide(signed)
        return self._enter(signed)

    def _decide(self, signed: Signed) -> None:
        recorded_at = self.time_of(signed.statement)
        decide(self.state, signed.statement, signed.envelope, recorded_at, verifier(signed.envelope))

    def _enter(self, signed: Signed) -> Recorded:
        recorded_at = self.time_of(signed.statement)
        key_ids = tuple(one.keyid for one in signed.envelope.signatures)
        recorded = Recorded(self.state.size, recorded_at, signed.statement, key_ids)
        entry = encode_entry(signed.envelope, recorded_at)
        self.state.apply(recorded, leaf_hash(entry))
        self.entries.append(entry)
        self.recorded.append(recorded)
        self.now += 1_000
        return recorded

    def time_of(self, statement: Statement) -> str:
        """`recordedAt` of the next entry by the log's clock."""
        now = format_recorded_at(self.now)
        if self.clock == "demo":
            now = statement.issued_at[:-1] + ".000Z"
        return max(self.state.recorded_at, now)

    def _disclosure(self, name: str, value: Any) -> str:
        self._salts += 1
        salt = sha256(f"salt {self._salts}".encode()).digest()[: disclosure.SALT_BYTES]
        return disclosure.make(salt, name, value)

    def _ref(self, rel: str, target: Recorded | str, locator: str | None = None) -> dict[str, Any]:
        id_ = target if isinstance(target, str) else target.statement.id
        ref = {"rel": rel, "name": f"statement:{id_}", "digest": {"sha256": id_}}
        return ref | ({"locator": locator} if locator else {})

    def _closure(self, kind: str, refs: Iterable[Mapping[str, Any]], claim: Mapping[str, Any]) -> set[str]:
        """Factories and parties of the targets, and addressees, that subject closure demands."""
        by_id = {recorded.statement.id: recorded.statement for recorded in self.recorded}
        names: set[str] = set()
        for ref in refs:
            target = by_id.get(ref["digest"]["sha256"])
            carried = target is not None and target.kind not in ("criterion", "document")
            if target is not None and carried and (kind in CLOSED or ref["rel"] == "details"):
                names |= {one.name for one in target.subjects if one.name.startswith(("party:", "factory:"))}
        for addressee in claim.get("addressees", ()) if kind == "request" else ():
            if not addressee.startswith("group:"):
                names.add(addressee if addressee.startswith("factory:") else f"party:{addressee}")
        return names

    def _subject(self, name: str, forced: Mapping[str, str]) -> dict[str, Any]:
        digest = forced.get(name) or creation_of(self.state, name) or first_digest(self.genesis_id, name)
        if name.startswith("document:"):
            digest = name.removeprefix("document:")
        return {"name": name, "digest": {"sha256": digest}}


@contextmanager
def refused(code: str) -> Iterator[None]:
    """The block is refused with exactly this code."""
    with pytest.raises(Refusal) as caught:
        yield
    assert caught.value.code == code, str(caught.value)
