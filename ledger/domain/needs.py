"""What `decide` may look at for one statement: read beforehand, in one round trip."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ..core.envelope import Envelope
from ..core.refusal import Refusal
from ..core.statement import Statement
from .aggregates import introduced_keys
from .names import LEDGER, full_name, party_name
from .view import View


class Needs(NamedTuple):
    """One hop: streams by name, statements (their streams too), keys and digests by id."""

    originators: frozenset[str]
    statements: frozenset[str]
    keys: frozenset[str]
    digests: frozenset[str]


def needs(statement: Statement, envelope: Envelope) -> Needs:
    """Everything that `decide` and `originator_id` may look at for this statement."""
    return Needs(
        _originators(statement),
        frozenset([statement.id, *[ref.id for ref in statement.refs if ref.ledger is None]]),
        frozenset(
            [*[one.keyid for one in envelope.signatures], *[key for key, _ in introduced_keys(statement)]]
        ),
        frozenset([*statement.digests, *plain_digests(statement)]),
    )


def _originators(statement: Statement) -> frozenset[str]:
    found = {LEDGER, *[one.name for one in statement.subjects if not one.name.startswith("document:")]}
    found.update(map(party_name, statement.issuers))
    if statement.claimants != statement.issuers:
        found.update(map(party_name, statement.claimants))
    found.update(map(party_name, statement.audience))
    if "recoverers" in statement.claim:
        found.update(map(party_name, statement.claim["recoverers"]))
    if statement.attribution is not None:
        found.update(party_name(relay) for relay in statement.attribution.via if ":" not in relay)
    found.update([name for name, _ in named_in(statement.claim)])
    return frozenset(found)


# Members that name one party or factory, and those that name several.
_ONE = ("actor", "operatedBy", "owner")
_SEVERAL = ("addressees", "recipients", "respondents")
_NAMING = frozenset([*_ONE, *_SEVERAL, "participants", "set"])


def named_in(claim: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """(name, JSON pointer below the claim) of each party and factory that clear members name, those that an
    amendment sets too.
    """
    return () if _NAMING.isdisjoint(claim) else _named_in(claim, "")


def _named_in(claim: Mapping[str, Any], place: str) -> Iterator[tuple[str, str]]:
    for member in _ONE:
        if member in claim:
            yield full_name(claim[member]), f"{place}/{member}"
    for member in _SEVERAL:
        for i, one in enumerate(claim.get(member, ())):
            if not one.startswith("group:"):
                yield full_name(one), f"{place}/{member}/{i}"
    for i, one in enumerate(claim.get("participants", ())):
        if "party" in one:
            yield party_name(one["party"]), f"{place}/participants/{i}/party"
    if "set" in claim:
        yield from _named_in(claim["set"], f"{place}/set")


def plain_digests(statement: Statement) -> list[str]:
    """SHA-256 of what is held in the open or as a ciphertext; refused once it was erased."""
    found = [one.digest for one in statement.subjects if one.name.startswith("document:")]
    if statement.sealed_digest is not None:
        found.append(statement.sealed_digest)
    return found


def originator_id(statement: Statement, view: View) -> str:
    """The stream a statement belongs to.

    Lifecycle statements go to the stream of what they change (its first target), all others open their own.
    """
    match statement.kind:
        case "ledger":
            return LEDGER
        case "party" | "factory":
            return superseded(statement) or _named(statement, statement.kind)
        case "key":
            return _named(statement, "party")
        case "criterion":
            return _named(statement, "criterion")
        case "amendment" | "control":
            return _stream_of_target(statement, view)
        case _:
            return statement.id


def superseded(statement: Statement) -> str | None:
    """The name that ends in a merger or divides in a split: the subject that its `supersedes` pins."""
    if statement.type not in ("merged", "split"):
        return None
    pinned = {ref.id for ref in statement.refs if ref.rel == "supersedes"}
    return next((one.name for one in statement.subjects if one.digest in pinned), None)


def _named(statement: Statement, kind: str) -> str:
    for subject in statement.subjects:
        if subject.name.startswith(kind + ":"):
            return subject.name
    raise Refusal("subject-missing", f"it names no {kind} among its subjects", "/subject")


def _stream_of_target(statement: Statement, view: View) -> str:
    for ref in statement.refs:
        if ref.rel in ("amends", "controls") and ref.ledger is None:
            found = view.originator_of(ref.id)
            if found is not None:
                return found
    raise Refusal("unknown-reference", "what it changes is not in this ledger", "/predicate/refs")
