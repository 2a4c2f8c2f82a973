"""Questions that many rules ask of a view, answered for ordinary parties and for those of entry 0 alike."""

from collections.abc import Iterator

from ..core.refusal import Refusal
from ..core.statement import Ref, Statement
from .aggregates import Criterion, Factory, Key, LedgerMain, Party, Record
from .aggregates.keys import Revocation
from .names import FOUNDERS, LEDGER, OPERATOR, REGISTRAR, party_name
from .view import View

_FOUNDED = frozenset([LEDGER, *map(party_name, FOUNDERS)])
_FOUNDING_ROLES = {OPERATOR: frozenset[str](), REGISTRAR: frozenset({"registrar"})}


def ledger_of(view: View) -> LedgerMain | None:
    """The ledger's own aggregate, None before entry 0."""
    found = view.aggregate(LEDGER)
    return found if isinstance(found, LedgerMain) else None


def party_of(view: View, slug: str) -> Party | None:
    """The party's aggregate; None for an unknown party and for a founder whose stream has no entry yet."""
    found = view.aggregate(party_name(slug))
    return found if isinstance(found, Party) else None


def is_party(view: View, slug: str) -> bool:
    """Whether the slug is that of a listed or registered party, or of one that entry 0 introduced."""
    if slug in FOUNDERS:
        return ledger_of(view) is not None
    return party_of(view, slug) is not None


def roles_of(view: View, slug: str) -> frozenset[str]:
    """The party's roles before this entry."""
    party = party_of(view, slug)
    given = frozenset[str]() if party is None else party.roles
    return given | _FOUNDING_ROLES.get(slug, frozenset())


def is_registered(view: View, slug: str) -> bool:
    """Whether the party ever had a key."""
    if slug in FOUNDERS:
        return ledger_of(view) is not None
    party = party_of(view, slug)
    return party is not None and len(party.keys) > 0


def creation_of(view: View, name: str) -> str | None:
    """The id of the statement that created a named thing; None when nothing has that name."""
    found = view.aggregate(name)
    if isinstance(found, Factory | Criterion):
        return found.creation
    if isinstance(found, Party) and found.creation is not None:
        return found.creation
    ledger = ledger_of(view)
    if ledger is not None and (name in _FOUNDED):
        return ledger.genesis
    return None


def key_of(view: View, slug: str, key_id: str) -> Key | None:
    """A key of this party, whatever its standing."""
    party = party_of(view, slug)
    found = None if party is None else party.keys.get(key_id)
    if found is None and slug in FOUNDERS:
        ledger = ledger_of(view)
        found = None if ledger is None else ledger.keys.get(key_id)
        return found if found is not None and found.party == slug else None
    return found


def revocation_of(view: View, key: Key) -> Revocation | None:
    """What revoked a key, by its id or by a recovery of the party; the earlier of both."""
    party = party_of(view, key.party)
    if party is None:
        return None
    named = party.revocations.get(key.id)
    if not party.recoveries:
        return named
    recovery = next((index for index in party.recoveries if index > key.added), None)
    if recovery is not None and (named is None or recovery < named.index):
        return Revocation(recovery)
    return named


def record_of(view: View, statement_id: str) -> Record | None:
    """The record of a logged statement, None when it is not in this ledger."""
    originator_id = view.originator_of(statement_id)
    aggregate = None if originator_id is None else view.aggregate(originator_id)
    return None if aggregate is None else aggregate.records.get(statement_id)


def target_of(view: View, ref: Ref) -> Record:
    """The record that a reference into this ledger pins; refused when there is none."""
    found = record_of(view, ref.id)
    if found is None:
        raise Refusal("unknown-reference", f"no statement {ref.id} precedes this one", "/predicate/refs")
    return found


def targets(view: View, statement: Statement, *rels: str) -> Iterator[tuple[Ref, Record]]:
    """References of these relations into this ledger, with what they pin."""
    for ref in statement.refs:
        if ref.rel in rels and ref.ledger is None:
            yield ref, target_of(view, ref)
