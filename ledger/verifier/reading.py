"""A bundle, read: its entries taken apart once, and what several steps ask of them.

Reading is generous where judging comes later: an entry that is not in its one form is taken apart all the
same, if that is possible, so that each step of the verification judges its own matter and no other.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from hashlib import sha256
from typing import Any, NamedTuple

from ..core import canonical
from ..core.bundle import Bundle, BundledEntry, parse_bundle, required_keys
from ..core.checkpoint import Checkpoint
from ..core.checkpoint import parse as parse_checkpoint
from ..core.entry import decode_entry, decode_entry_trusted
from ..core.envelope import Envelope
from ..core.index import IndexHead, index_head, statement_keys, verify_all
from ..core.merkle import leaf_hash
from ..core.note import split_note
from ..core.receipt import Trust
from ..core.refusal import Refusal
from ..core.statement import PREDICATE_TYPE, Recorded, Ref, Statement, Subject, decode_statement
from ..core.statement import read_statement as read_logged
from ..domain.aggregates import Key
from ..domain.aggregates.keys import new_keys

# What taking apart bytes of no known form may run into.
MALFORMED = (ValueError, KeyError, TypeError, AttributeError, IndexError, StopIteration, RecursionError)


class Item(NamedTuple):
    """One entry of the bundle.

    `refusal` is what is wrong with its form. `understood` is False for a statement of another version, of
    which only the members that say what it is about are read. `statement` is None where not even that is.
    """

    source: BundledEntry
    leaf: bytes
    envelope: Envelope
    recorded_at: str
    statement: Statement | None
    understood: bool
    refusal: Refusal | None

    @property
    def index(self) -> int:  # type: ignore[override]  # instead of a tuple's method
        return self.source.index

    @property
    def recorded(self) -> Recorded:
        """The entry as folds consume it."""
        assert self.statement is not None, "folds take statements that could be read"
        signers = tuple([signature.keyid for signature in self.envelope.signatures])
        return Recorded(self.index, self.recorded_at, self.statement, signers)


class Reading:
    """A bundle with what the steps derive from it; `trust` and `documents` come from outside it.

    `documents` are bytes by SHA-256 (64 hexadecimal digits), None when the bundle came without any.
    """

    def __init__(
        self,
        data: bytes,
        trust: Trust | None = None,
        documents: Mapping[str, bytes] | None = None,
        read: Callable[[BundledEntry], Item] | None = None,
    ) -> None:
        """Raises `Refusal` when `data` is no bundle, or its checkpoint cannot be read.

        `read` takes an entry apart, as soon as it is read.
        """
        self.items: list[Item] = []
        take = read or read_item
        self.bundle: Bundle = parse_bundle(data, lambda entry: self.items.append(take(entry)))
        self.checkpoint: Checkpoint = parse_checkpoint(split_note(self.bundle.head.checkpoint)[0])
        self.trust = trust
        self.documents = documents

    @cached_property
    def statements(self) -> list[tuple[int, Statement]]:
        """(index, statement) of every entry that could be read."""
        return [(item.index, item.statement) for item in self.items if item.statement is not None]

    @cached_property
    def by_index(self) -> dict[int, Item]:
        return {item.index: item for item in self.items}

    @cached_property
    def index_head(self) -> IndexHead | None:
        """What the index statement that the head names claims; None without one."""
        item = self.by_index.get(-1 if self.bundle.head.index is None else self.bundle.head.index)
        if item is None or item.statement is None or item.statement.kind != "index":
            return None
        try:
            head = index_head(item.statement)
        except (*MALFORMED, Refusal):
            return None
        return head if type(head.size) is int and type(head.keys) is int else None

    @cached_property
    def keys(self) -> dict[str, Key]:
        """Every key that some entry introduces, by its id."""
        found: dict[str, Key] = {}
        for index, statement in self.statements:
            for key in keys_of(statement, index):
                found.setdefault(key.id, key)
        return found

    @cached_property
    def positions(self) -> dict[str, list[tuple[int, bytes]]]:
        """(index, leaf hash) of the entries below the index's size, ascending, by index key."""
        head = self.index_head
        found: dict[str, list[tuple[int, bytes]]] = {}
        for item in self.items:
            if head is not None and item.index < head.size and item.statement is not None:
                for key in statement_keys(item.statement):
                    found.setdefault(key, []).append((item.index, item.leaf))
        return found

    @cached_property
    def required(self) -> frozenset[str]:
        """The keys that this bundle has to prove."""
        return required_keys(self.bundle.head.about, [statement for _, statement in self.statements])

    @cached_property
    def proofs(self) -> dict[str, Refusal | None]:
        """For each key that the bundle proves: None when the proof shows the entries here to be all."""
        return {proven.key: self._judge(proven.key) for proven in self.bundle.keys}

    def is_whole(self, key: str) -> bool:
        """Whether the bundle shows that it holds all entries of this key below the index's size."""
        return self.proofs.get(key, self) is None

    def _judge(self, key: str) -> Refusal | None:
        head = self.index_head
        if head is None:
            return Refusal("index-unknown", "the index statement is not among the entries")
        proof = next(proven.proof for proven in self.bundle.keys if proven.key == key)
        try:
            verify_all(head.root, key, proof, self.positions.get(key, ()))
        except Refusal as refusal:
            return refusal
        return None

    @cached_property
    def erased(self) -> frozenset[str]:
        """Digests that a statement of erasure here names: of disclosures, and SHA-256 of documents."""
        return frozenset(
            digest
            for _, statement in self.statements
            if statement.kind == "control" and statement.type == "erased"
            for digest in _strings(statement.claim.get("digests"))
        )


def _strings(value: Any) -> Iterable[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else ()


def keys_of(statement: Statement, index: int) -> list[Key]:
    """The keys that a statement of any form introduces."""
    try:
        return new_keys(statement, index)
    except (*MALFORMED, Refusal):
        return []  # what is wrong with the statement's form is for that step to say


# --- one entry --------------------------------------------------------------------------


def read_item(source: BundledEntry) -> Item:
    """The entry taken apart, with what is wrong with its form."""
    leaf, refusal = leaf_hash(source.data), None
    try:
        entry = decode_entry(source.data)
        envelope, recorded_at = entry.envelope, entry.recorded_at
    except Refusal as refused:
        refusal = refused
        envelope, recorded_at = _take_apart(source.data)
    if not envelope.payload:
        return Item(source, leaf, envelope, recorded_at, None, True, refusal)
    statement: Statement | None = None
    understood = True
    try:
        statement = decode_statement(envelope.payload)
    except Refusal as refused:
        statement, understood = _read_anyway(envelope.payload)
        refusal = refusal or (refused if understood or not _is_canonical(envelope.payload) else None)
    return Item(source, leaf, envelope, recorded_at, statement, understood, refusal)


def read_trusted(source: BundledEntry) -> Item:
    """The entry read as one of a log that one trusts; of any other bytes it raises `MALFORMED` or gives
    nonsense.
    """
    entry = decode_entry_trusted(source.data)
    statement = read_logged(entry.envelope.payload)
    return Item(source, leaf_hash(source.data), entry.envelope, entry.recorded_at, statement, True, None)


def _take_apart(data: bytes) -> tuple[Envelope, str]:
    try:
        entry = decode_entry_trusted(data)
    except (*MALFORMED, Refusal):
        return Envelope(b"", ()), ""
    return entry.envelope, entry.recorded_at


def _is_canonical(payload: bytes) -> bool:
    try:
        canonical.decode(payload)
    except Refusal:
        return False
    return True


def _read_anyway(payload: bytes) -> tuple[Statement | None, bool]:
    """The statement in bytes that are not well-formed, and whether it is of this version at all."""
    try:
        value = json.loads(payload)
        if not value["predicateType"].startswith(PREDICATE_TYPE):
            return _usable(_outline(payload, value)), False
        return _usable(read_logged(payload)), True
    except (*MALFORMED, Refusal):
        return None, True


def _usable(statement: Statement) -> Statement:
    """A statement of no known form, once what every step asks of it can be asked; raises `MALFORMED`."""
    texts = [statement.event, statement.issued_at, statement.visibility, statement.origin, statement.genesis]
    if not isinstance(statement.claim, dict) or not all(isinstance(text, str) for text in texts):
        raise TypeError("a text or the claim is something else")
    statement_keys(statement)
    required_keys("ledger:main", [statement])
    hash((statement.subjects, statement.refs, statement.attribution, statement.audience, statement.digests))
    return statement


def _outline(payload: bytes, value: Any) -> Statement:
    """What says whom a statement of another version concerns, if that still stands where it stood."""
    predicate = value["predicate"]
    issuers = tuple(map(str, predicate["issuers"]))
    return Statement(
        sha256(payload).hexdigest(),
        payload,
        value["predicateType"].rpartition(":")[2],
        str(predicate["event"]),
        None,
        tuple([Subject(str(one["name"]), str(one["digest"]["sha256"])) for one in value["subject"]]),
        tuple([Ref(str(one["rel"]), str(one["digest"]["sha256"])) for one in predicate["refs"]]),
        issuers,
        tuple(map(str, predicate.get("claimants", issuers))),
        None,
        None,
        str(predicate["issuedAt"]),
        None,
        "sealed",  # whether anybody may see what it discloses, only its own version says
        (),
        None,
        None,
        str(predicate["ledger"]["origin"]),
        str(predicate["ledger"]["genesis"]),
        {},
        (),
    )
