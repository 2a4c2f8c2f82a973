"""Registry: who and what the ledger knows by name - parties with their keys, factories, criteria, and their
aliases.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ledger.core.grammar import base64_decode
from ledger.core.keys import key_id
from ledger.core.statement import Recorded, Statement
from ledger.domain.derived.requests import SpeaksFor, itself
from projections.authority import SUCCESSIONS, binds, in_force, is_proposed, proposals
from projections.items import Item, Slice
from projections.names import Name, names
from projections.row import Row, View
from projections.shown import Shown, show

KINDS = frozenset({"ledger", "party", "key", "factory", "criterion"})
PROPOSED = "Proposed"
"""Before the event of a merger or split that does not bind, so that no look-up follows it."""


def rows(recorded: Recorded) -> list[Row]:
    """One row per subject of what makes or changes a name; an amendment has one per statement it amends."""
    statement = recorded.statement
    if statement.kind in KINDS:
        keys = [subject.name for subject in statement.subjects]
    elif statement.kind == "amendment":
        keys = [ref.id for ref in statement.refs if ref.rel == "amends"]
    else:
        return []
    event = statement.event
    if event in SUCCESSIONS and not binds(statement):
        event = PROPOSED + event
    return [(recorded.index, key, statement.kind, event, statement.id) for key in keys]


TABLE = View(
    name="registry",
    version=2,
    columns=("position", "key", "kind", "event", "statement_id"),
    rows=rows,
)


@dataclass(frozen=True, slots=True)
class Key:
    """A party's key: valid for entries after `added` and before `revoked` (positions; protocol section 1).

    What was signed at or after `compromised_since` is flagged, never dropped. `public` are its raw bytes.
    """

    key_id: str
    role: str
    scope: tuple[str, ...]
    added: int
    expires: str | None = None
    revoked: int | None = None
    compromised_since: int | None = None
    public: bytes = b""

    def to_json(self) -> dict[str, object]:
        shown: dict[str, object] = {
            "keyId": self.key_id,
            "role": self.role,
            "scope": list(self.scope),
            "added": self.added,
            "expires": self.expires,
            "revoked": self.revoked,
        }
        since = self.compromised_since
        return shown if since is None else shown | {"compromisedSince": since}


@dataclass(frozen=True, slots=True)
class Former:
    """A name that became another one, near or far: what it was called, and its keys, which stay its own."""

    name: str
    called: Name
    keys: tuple[Key, ...]

    def to_json(self) -> dict[str, object]:
        shown: dict[str, object] = {"name": self.name, "called": self.called.to_json()}
        if self.name.startswith("party:"):
            shown |= {"keys": [key.to_json() for key in self.keys]}
        return shown


@dataclass(frozen=True, slots=True)
class Entry:
    """What the ledger knows by one name.

    `facts` are the members of the statements in force, the newest of each; `standing` is registered, listed
    (a party without a key that the registrar named) or proposed (the registrar has signed nothing about it);
    `became` the names it was merged into or split into, `was` those that became it, near and far, `former`
    what is known of them; `part_of` the names that it is stated to be part of; `history` the statements
    themselves, `proposals` the ids of those among them that change nothing.
    """

    name: str
    id: str
    standing: str | None
    called: Name
    facts: Mapping[str, Any]
    keys: tuple[Key, ...]
    became: tuple[str, ...]
    was: tuple[str, ...]
    history: tuple[Shown, ...]
    proposals: tuple[str, ...] = ()
    former: tuple[Former, ...] = ()
    part_of: tuple[str, ...] = ()

    @property
    def held(self) -> tuple[tuple[str, Key], ...]:
        """(name, key) of every key that it or a former name has had."""
        own = [(self.name, key) for key in self.keys]
        return (*own, *((one.name, key) for one in self.former for key in one.keys))

    def to_json(self) -> dict[str, object]:
        shown: dict[str, object] = {
            "name": self.name,
            "id": self.id,
            "called": self.called.to_json(),
            "facts": dict(self.facts),
            "became": list(self.became),
            "was": list(self.was),
            "former": [one.to_json() for one in self.former],
            "partOf": list(self.part_of),
            "history": [one.to_json() for one in self.history],
            "proposals": list(self.proposals),
        }
        if self.standing:
            shown |= {"standing": self.standing}
        if self.name.startswith("party:"):
            shown |= {"keys": [key.to_json() for key in self.keys]}
        return shown


def view(name: str, known: Slice) -> Entry | None:
    """The entry of `name` folded from its statements; None when there are none yet."""
    own = [item for item in known.items if _makes(item.statement, name)]
    if not own:
        return None
    binding = in_force(own)
    paths = successions(known)
    was = tuple(sorted(predecessors(name, paths)))
    return Entry(
        name=name,
        id=_creating_id(own[0].statement, name),
        standing=_standing(name, own),
        called=names([name], own).by_name[name],
        facts=_facts(binding),
        keys=tuple(keys(name, [item.recorded for item in own])),
        became=tuple(sorted(new for old, new in paths if old == name)),
        was=was,
        history=tuple(show(item, known) for item in own),
        proposals=tuple(proposals(own)),
        former=tuple(_former(old, known) for old in was),
        part_of=_part_of(name, binding, known),
    )


def _former(name: str, known: Slice) -> Former:
    own = [item for item in known.items if _makes(item.statement, name)]
    return Former(name, names([name], own).by_name[name], tuple(keys(name, [item.recorded for item in own])))


def _part_of(name: str, binding: Sequence[Item], known: Slice) -> tuple[str, ...]:
    """As the newest statement in force that tells it has it; empty where none does or it is not at hand."""
    told = [item for item in binding if item.refers("partOf")]
    wholes = map(known.get, told[-1].refers("partOf")) if told else ()
    prefix = name.partition(":")[0] + ":"
    return tuple(sorted({one for whole in wholes if whole is not None for one in whole.names(prefix)}))


def _makes(statement: Statement, name: str) -> bool:
    return statement.kind in KINDS and any(subject.name == name for subject in statement.subjects)


def _creating_id(statement: Statement, name: str) -> str:
    """A later statement's subject digest is the creating statement's id; the creating one is its own."""
    created = statement.event.endswith(("Opened", "Listed", "Registered", "Published"))
    digest = next(subject.digest for subject in statement.subjects if subject.name == name)
    return statement.id if created else digest


def _standing(name: str, own: Sequence[Item]) -> str | None:
    """A party is registered once it has had a key of its own (domain: parties); a factory has no keys."""
    if not name.startswith(("party:", "factory:")):
        return None
    if any(item.statement.event in ("PartyRegistered", "LedgerOpened") for item in own):
        return "registered"
    if is_proposed(own):
        return "proposed"
    return "listed" if name.startswith("party:") else "registered"


def _facts(own: Sequence[Item]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for item in own:
        if (
            item.statement.kind in ("party", "factory", "criterion")
            and item.statement.event not in SUCCESSIONS
        ):
            facts.update(item.claim)
    hidden = ("_sd", "names", "title", "firstKey", "action", "proof")
    return {member: value for member, value in facts.items() if member not in hidden}


def keys(name: str, history: Iterable[Recorded]) -> list[Key]:
    """The keys a party ever had, in the order they were added."""
    found: dict[str, Key] = {}
    slug = name.partition(":")[2]
    for recorded in history:
        statement = recorded.statement
        if statement.event == "KeyRevoked":
            _revoke(found, statement.claim["keyId"], recorded.index, statement.claim.get("compromisedSince"))
        if statement.event == "KeyRecovered":
            for one in list(found):
                _revoke(found, one, recorded.index, None)
        for claim in _introduced(statement, slug):
            key = _key(claim, recorded.index)
            found[key.key_id] = key
    return list(found.values())


def _introduced(statement: Statement, slug: str) -> list[Mapping[str, Any]]:
    """Key claims that the statement adds for this party."""
    if statement.event in ("KeyAdded", "KeyRecovered"):
        return [statement.claim]
    if statement.kind == "ledger":
        # Entry 0 names its keys by themselves; their ids follow.
        own = [key for key in statement.claim.get("keys", ()) if key.get("party") == slug]
        return [{**key, "keyId": key_id(base64_decode(key["publicKey"]))} for key in own]
    first = statement.claim.get("firstKey")
    return [first] if first else []


def _key(claim: Mapping[str, Any], index: int) -> Key:
    scope, public = tuple(claim.get("scope", ())), base64_decode(claim.get("publicKey", ""))
    # Entry 0 gives the keys without their ids.
    own = claim.get("keyId") or key_id(public)
    return Key(own, claim["role"], scope, index, claim.get("expires"), public=public)


def _revoke(found: dict[str, Key], revoked: str, index: int, since: int | None) -> None:
    key = found.get(revoked)
    if key is not None and key.revoked is None:
        found[revoked] = replace(key, revoked=index, compromised_since=since)


def succession(statements: Iterable[Statement]) -> list[tuple[str, str]]:
    """(old name, new name) pairs of mergers and splits: what `supersedes` refers to became the other
    subjects.

    A subject's digest is the id of the statement that made the name, and so is the reference's.
    """
    pairs: list[tuple[str, str]] = []
    for statement in statements:
        if statement.event in SUCCESSIONS and binds(statement):
            superseded = {ref.id for ref in statement.refs if ref.rel == "supersedes"}
            old = [subject.name for subject in statement.subjects if subject.digest in superseded]
            new = [subject.name for subject in statement.subjects if subject.digest not in superseded]
            pairs += [(before, after) for before in old for after in new]
    return pairs


def successions(known: Slice) -> list[tuple[str, str]]:
    """The pairs of `succession` that `known` tells of, whether it holds the statements or only the names."""
    return list(dict.fromkeys([*succession(item.statement for item in known.items), *known.successions]))


def speaks_for(known: Slice) -> SpeaksFor:
    """Who answers for an addressee at the moment looked from: itself, and each party that it has become."""
    paths = successions(known)

    def speaks(addressee: str, claimant: str) -> bool:
        former = predecessors(f"party:{claimant}", paths)
        return itself(addressee, claimant) or f"party:{addressee}" in former

    return speaks


def predecessors(name: str, paths: Sequence[tuple[str, str]]) -> set[str]:
    """Every name that became `name`, directly or not."""
    found: set[str] = set()
    latest = {name}
    while latest:
        latest = {old for old, new in paths if new in latest} - found - {name}
        found |= latest
    return found


def current(name: str, paths: Sequence[tuple[str, str]]) -> str:
    """The name that `name` was merged into, followed to the end; a split name stays itself, as it has no one
    heir.
    """
    seen = {name}
    while True:
        heirs = {new for old, new in paths if old == name} - seen
        if len(heirs) != 1:
            return name
        name = heirs.pop()
        seen.add(name)
