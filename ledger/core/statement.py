"""Statements: what is signed. Bytes in, values out.

`decode_statement` judges bytes that come from outside: everything that can be decided about a statement from its
bytes alone (docs/protocol.md, "Statement"). `read_statement` and `read_recorded` read bytes that are in the log
already, where that judgement has been passed; they check nothing and are an order of magnitude faster.
"""

from base64 import b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from json import loads
from typing import TYPE_CHECKING, Any

from .events import EVENTS

if TYPE_CHECKING:
    from .disclosure import Disclosure

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:evidence-ledger:v1:"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a statement is about: its name, and the SHA-256 (64 hex) of what the name stands for."""

    name: str
    digest: str


@dataclass(frozen=True, slots=True)
class Ref:
    """A pinned reference: `id` is the target's statement id, `ledger` (origin, genesis) when it is in another log."""

    rel: str
    id: str
    locator: str | None = None
    ledger: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Attribution:
    """How somebody else's claim came to be here: its form and the relays, from nearest the voice outwards."""

    form: str
    via: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """One signed statement.

    `issuers` is the hand (who signs), `claimants` the voice (whose claim it is; the issuers when the payload names
    none). `type` is what the event says beyond its kind. `claim` holds the clear members, `_sd` included; `digests`
    every `_sd` digest in it, sorted.
    """

    id: str
    payload: bytes
    kind: str
    event: str
    type: str | None
    subjects: tuple[Subject, ...]
    refs: tuple[Ref, ...]
    issuers: tuple[str, ...]
    claimants: tuple[str, ...]
    attribution: Attribution | None
    said: str | None
    issued_at: str
    occurred: str | None
    visibility: str
    audience: tuple[str, ...]
    submit_by: str | None
    sealed_digest: str | None
    origin: str
    genesis: str
    claim: Mapping[str, Any]
    digests: tuple[str, ...]

    @property
    def topic(self) -> str:
        """The event store's topic: predicate type, `#`, event."""
        return f"{PREDICATE_TYPE}{self.kind}#{self.event}"


@dataclass(frozen=True, slots=True)
class Recorded:
    """A statement and its place in the log: leaf index, the ledger's clock, and the ids of the keys that signed."""

    index: int
    recorded_at: str
    statement: Statement
    key_ids: tuple[str, ...]


def read_statement(payload: bytes) -> Statement:
    """Reads a payload that is in the log already; for any other bytes use `decode_statement`."""
    return build_statement(payload, loads(payload))


def read_recorded(index: int, entry: bytes) -> Recorded:
    """Reads a stored entry: what every fold and projection consumes."""
    value = loads(entry)
    envelope = value["envelope"]
    statement = read_statement(b64decode(envelope["payload"]))
    key_ids = tuple([signature["keyid"] for signature in envelope["signatures"]])
    return Recorded(index, value["recordedAt"], statement, key_ids)


def build_statement(payload: bytes, value: Mapping[str, Any]) -> Statement:
    """The statement that `value`, the JSON value of `payload`, stands for; `value` must be well-formed."""
    predicate = value["predicate"]
    get = predicate.get
    ledger = predicate["ledger"]
    kind, type_ = EVENTS[predicate["event"]]
    issuers = tuple(predicate["issuers"])
    claimants = get("claimants")
    attribution = get("attribution")
    sealed = get("sealed")
    claim = predicate["claim"]
    return Statement(
        sha256(payload).hexdigest(),
        payload,
        kind,
        predicate["event"],
        type_,
        tuple([Subject(item["name"], item["digest"]["sha256"]) for item in value["subject"]]),
        tuple([_ref(item) for item in predicate["refs"]]),
        issuers,
        issuers if claimants is None else tuple(claimants),
        None if attribution is None else Attribution(attribution["form"], tuple(attribution.get("via", ()))),
        get("said"),
        predicate["issuedAt"],
        get("occurred"),
        predicate["visibility"],
        tuple(get("audience", ())),
        get("submitBy"),
        None if sealed is None else sealed["digest"],
        ledger["origin"],
        ledger["genesis"],
        claim,
        tuple(sorted(sd_digests(claim))) if b'"_sd"' in payload else (),
    )


def _ref(item: Mapping[str, Any]) -> Ref:
    ledger = item.get("ledger")
    foreign = None if ledger is None else (ledger["origin"], ledger["genesis"])
    return Ref(item["rel"], item["digest"]["sha256"], item.get("locator"), foreign)


def sd_digests(value: Any) -> Iterable[str]:
    """Every digest in an `_sd` of this JSON value, however deep."""
    if type(value) is dict:
        for name, member in value.items():
            if name == "_sd":
                yield from member
            elif type(member) is dict or type(member) is list:
                yield from sd_digests(member)
    elif type(value) is list:
        for member in value:
            if type(member) is dict or type(member) is list:
                yield from sd_digests(member)


@dataclass(frozen=True, slots=True)
class Resolved:
    """A claim with the disclosed members put back; `withheld` counts the digests that no disclosure opened."""

    claim: dict[str, Any]
    withheld: int


def resolve(claim: Mapping[str, Any], disclosures: Iterable["Disclosure"]) -> Resolved:
    """Puts disclosed members back where their digests stand and takes every `_sd` out."""
    by_digest = {disclosure.digest: disclosure for disclosure in disclosures}
    withheld = 0

    def put_back(value: Any) -> Any:
        nonlocal withheld
        if isinstance(value, list):
            return [put_back(item) for item in value]
        if not isinstance(value, Mapping):
            return value
        members = {name: put_back(member) for name, member in value.items() if name != "_sd"}
        for digest in value.get("_sd", ()):
            disclosure = by_digest.get(digest)
            if disclosure is None:
                withheld += 1
            else:
                members[disclosure.name] = disclosure.value
        return members

    resolved = put_back(claim)
    return Resolved(resolved, withheld)
