"""A party: how it came to be known, its roles, and every key it ever had."""

from dataclasses import dataclass, field, replace

from ...core.statement import Recorded, Statement
from ..names import REGISTRAR
from ..record_map import RecordMap
from .base import Aggregate
from .keys import Key, Revocation, new_keys
from .records import Record, record_of


@dataclass(frozen=True, slots=True)
class Party(Aggregate):
    """Fold of `party:<slug>`.

    `creation` is the id of the statement that listed or registered it (None for the operator and the
    registrar, which entry 0 introduced), `proposed` whether somebody other than the registrar listed it.
    `revocations` go by key id; `recoveries` are the indices that revoked all keys introduced before
    them.
    """

    creation: str | None = None
    proposed: bool = False
    entity: str | None = None
    roles: frozenset[str] = frozenset()
    keys: RecordMap[Key] = field(default_factory=RecordMap)
    revocations: RecordMap[Revocation] = field(default_factory=RecordMap)
    recoveries: tuple[int, ...] = ()
    recoverers: tuple[str, ...] = ()


def evolve_party(party: Party | None, recorded: Recorded) -> Party:
    """Fold one party or key event."""
    record = record_of(recorded)
    party = Party(0, RecordMap[Record]()) if party is None else party
    party = replace(party, version=party.version + 1, records=party.records.adding(record.id, record))
    event = recorded.statement.event
    if event in ("PartyListed", "PartyRegistered"):
        return _registered(_described(_created(party, record), recorded.statement), recorded)
    if event == "PartyAmended":
        return _described(party, recorded.statement)
    if event == "KeyRevoked":
        return _revoked(party, recorded)
    if event == "KeyRecovered":
        party = replace(party, recoveries=(*party.recoveries, recorded.index))
    return _with_keys(party, recorded)


def _created(party: Party, record: Record) -> Party:
    if party.creation is not None:
        return party
    return replace(party, creation=record.id, proposed=REGISTRAR not in record.issuers)


def _described(party: Party, statement: Statement) -> Party:
    claim = statement.claim
    roles = claim.get("roles")
    return replace(
        party,
        entity=claim.get("entity", party.entity),
        roles=party.roles if roles is None else frozenset(roles),
        recoverers=tuple(claim.get("recoverers", party.recoverers)),
    )


def _registered(party: Party, recorded: Recorded) -> Party:
    if recorded.statement.event == "PartyRegistered":
        party = replace(party, proposed=False)
    return _with_keys(party, recorded)


def _with_keys(party: Party, recorded: Recorded) -> Party:
    keys = party.keys
    for key in new_keys(recorded.statement, recorded.index):
        keys = keys.adding(key.id, key)
    return replace(party, keys=keys)


def _revoked(party: Party, recorded: Recorded) -> Party:
    claim = recorded.statement.claim
    revocation = Revocation(recorded.index, claim.get("compromisedSince"))
    return replace(party, revocations=party.revocations.adding(claim["keyId"], revocation))
