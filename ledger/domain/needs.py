"""What `decide` may look at for one statement: read beforehand, in one round trip."""

from dataclasses import dataclass

from ..core.envelope import Envelope
from ..core.refusal import Refusal
from ..core.statement import Statement
from .aggregates import introduced_keys
from .names import LEDGER, party_name
from .view import View


@dataclass(frozen=True, slots=True)
class Needs:
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
    found = {LEDGER}
    for subject in statement.subjects:
        if not subject.name.startswith("document:"):
            found.add(subject.name)
    recoverers = statement.claim.get("recoverers", ())
    for slug in (*statement.issuers, *statement.claimants, *statement.audience, *recoverers):
        found.add(party_name(slug))
    if statement.attribution is not None:
        found.update(party_name(relay) for relay in statement.attribution.via if ":" not in relay)
    return frozenset(found)


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
