"""Statements: what is signed. Bytes in, values out.

`decode_statement` judges bytes that come from outside: everything that can be decided about a statement
from its bytes alone (docs/protocol.md, "Statement"). `read_statement` and `read_recorded` read bytes that
are in the log already, where that judgement has been passed; they check nothing and are an order of
magnitude faster. Statements are named tuples, which take a fifth of the time of frozen data
classes to make: a log is read by the hundred thousand.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from . import canonical
from .canonical import PAYLOAD_LIMIT
from .disclosure import Disclosure
from .entry import read_parts
from .events import EVENTS
from .form import (
    PREDICATE_TYPE,
    STATEMENT_TYPE,
    check_addressees,
    check_form,
    check_resolved_claim,
    first_digest,
    sd_digests,
)
from .refusal import Refusal

__all__ = [
    "PREDICATE_TYPE",
    "STATEMENT_TYPE",
    "Attribution",
    "Recorded",
    "Ref",
    "Resolved",
    "Statement",
    "Subject",
    "check_opening",
    "check_payload",
    "check_resolved",
    "decode_statement",
    "first_digest",
    "read_recorded",
    "read_statement",
    "resolve",
]


class Subject(NamedTuple):
    """What a statement is about: its name, and the SHA-256 (64 hex) of what the name stands for."""

    name: str
    digest: str


class Ref(NamedTuple):
    """A pinned reference: `id` is the target's statement id, `ledger` (origin, genesis) of another log."""

    rel: str
    id: str
    locator: str | None = None
    ledger: tuple[str, str] | None = None


class Attribution(NamedTuple):
    """How somebody else's claim came to be here: its form and the relays, from nearest the voice outwards."""

    form: str
    via: tuple[str, ...] = ()


class Statement(NamedTuple):
    """One signed statement.

    `issuers` is the hand (who signs), `claimants` the voice (whose claim it is; the issuers when the
    payload names none). `type` is what the event says beyond its kind. `claim` holds the clear members,
    `_sd` included; `digests` every `_sd` digest in it, sorted.
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


class Recorded(NamedTuple):
    """A statement and its place in the log: leaf index, the ledger's clock, the ids of the signing keys."""

    index: int  # type: ignore[assignment]  # instead of a tuple's method
    recorded_at: str
    statement: Statement
    key_ids: tuple[str, ...]


def decode_statement(payload: bytes) -> Statement:
    """The statement of bytes from outside; `Refusal` names what is wrong and where.

    Settles everything that the bytes alone decide: the canonical encoding, members, grammars,
    vocabularies, sort orders, and the rules between members. What needs earlier entries is the
    domain's.
    """
    return build_statement(payload, _well_formed(payload))


def check_payload(payload: bytes) -> None:
    """Settles the same as `decode_statement`, for those who read the statement elsewhere."""
    _well_formed(payload)


def _well_formed(payload: bytes) -> Any:
    # The form has no member that is not in the canonical profile (tests/unit/core/test_kinds.py), so nobody
    # need look for such a thing in a statement that keeps it.
    value = canonical.decode_same(payload) if len(payload) <= PAYLOAD_LIMIT else canonical.NOTHING
    if value is not canonical.NOTHING:
        try:
            check_form(value)
        except Exception:
            value = canonical.NOTHING
    if value is canonical.NOTHING:
        # Of several defects everybody names the same: first of the encoding, then of the form.
        value = canonical.decode(payload)
        check_form(value)
    return value


def read_statement(payload: bytes) -> Statement:
    """Reads a payload that is in the log already; for any other bytes use `decode_statement`."""
    return build_statement(payload, canonical.decode_trusted(payload))


def read_recorded(index: int, entry: bytes) -> Recorded:
    """Reads a stored entry: what every fold and projection consumes."""
    payload, key_ids, recorded_at = read_parts(entry)
    return Recorded(index, recorded_at, read_statement(payload), key_ids)


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


class Resolved(NamedTuple):
    """A claim with its disclosures put back; `withheld` counts the digests that none opened."""

    claim: dict[str, Any]
    withheld: int


def resolve(claim: Mapping[str, Any], disclosures: Iterable[Disclosure]) -> Resolved:
    """Puts disclosed members back where their digests stand and takes every `_sd` out."""
    by_digest = {disclosure.digest: disclosure for disclosure in disclosures}
    withheld = sum(digest not in by_digest for digest in sd_digests(claim))
    return Resolved(_put_back(claim, by_digest), withheld)


def _put_back(value: Any, by_digest: Mapping[str, Disclosure]) -> Any:
    # Not inside `resolve`: a function that holds itself is found by the garbage collector alone, whose pauses
    # stop every author. By exact type: asking an abstract class takes longer than all the rest.
    if type(value) is list:
        return [_put_back(item, by_digest) for item in value]
    if type(value) is not dict:
        return value
    members = {name: _put_back(member, by_digest) for name, member in value.items() if name != "_sd"}
    for digest in value.get("_sd", ()):
        disclosure = by_digest.get(digest)
        if disclosure is not None:
            members[disclosure.name] = disclosure.value
    return members


def check_resolved(statement: Statement, disclosures: Iterable[Disclosure]) -> None:
    """Admission only: each disclosure belongs to the statement, and the resolved claim has the kind's form.

    A verifier cannot repeat this once a disclosure is withheld or erased, so no rule of the log depends
    on it.
    """
    given = list(disclosures)
    # 1 They belong to the statement.
    check_opening(statement, given)
    # 2 The result has the kind's members in their full types.
    claim = resolve(statement.claim, given).claim
    check_resolved_claim(statement.event, statement.visibility, claim)
    # 3 A sealed request hides whom it asks, but not from the subjects.
    if statement.kind == "request":
        check_addressees(claim, [subject.name for subject in statement.subjects])


def check_opening(statement: Statement, disclosures: Iterable[Disclosure]) -> None:
    """What disclosures have to keep to even where others of the statement are missing; raises `Refusal`."""
    given = list(disclosures)
    # 1 Every disclosure opens a digest of this claim, none opens one twice, and no salt is used again.
    _check_belonging(statement, given)
    # 2 Put back, they collide with no clear member and with no other.
    _check_names(statement.claim, {disclosure.digest: disclosure for disclosure in given})


def _check_belonging(statement: Statement, given: list[Disclosure]) -> None:
    known = frozenset(statement.digests)
    digests: set[str] = set()
    salts: set[bytes] = set()
    for i, disclosure in enumerate(given):
        where = f"/disclosures/{i}"
        if disclosure.digest not in known:
            raise Refusal("disclosure-unused", f"nothing commits to {disclosure.digest}", where)
        if disclosure.digest in digests:
            raise Refusal("digest-repeated", f"{disclosure.digest} is disclosed twice", where)
        if disclosure.salt in salts:
            raise Refusal("repeated-salt", "another disclosure has the same salt", where)
        digests.add(disclosure.digest)
        salts.add(disclosure.salt)


def _check_names(value: Any, by_digest: Mapping[str, Disclosure], where: str = "/predicate/claim") -> None:
    members = value.items() if type(value) is dict else enumerate(value)
    names = set(value) if type(value) is dict else set()
    for name, member in members:
        if name == "_sd":
            for digest in member:
                disclosure = by_digest.get(digest)
                if disclosure is not None and disclosure.name in names:
                    raise Refusal("name-twice", f"`{disclosure.name}` stands here twice", where)
                if disclosure is not None:
                    names.add(disclosure.name)
        elif type(member) is dict or type(member) is list:
            _check_names(member, by_digest, f"{where}/{name}")
