"""Bundles from a ledger: everything about one name, or about one statement, with its proofs.

What goes in follows from the log alone (docs/protocol.md, "Bundles"), so that the same log gives the same
bytes. Entries are read twice, first to learn what else belongs to them and then to be written, so that a long
history costs no memory.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from ledger.core import merkle
from ledger.core.bundle import (
    Anchor,
    BundledEntry,
    Head,
    ProvenKey,
    bundle_lines,
    keys_about,
    required_keys,
)
from ledger.core.checkpoint import parse as parse_checkpoint
from ledger.core.index import KeyProof
from ledger.core.note import split_note
from ledger.core.refusal import LedgerError
from ledger.core.statement import Statement, read_recorded
from ledger.domain.visibility import ANONYMOUS, may_see

PAGE = 500  # entries read at once
CONTEXT_ROUNDS = 4  # how far references are followed; what stands further away leaves a rule unchecked


class NotBundled(LedgerError):
    """There is nothing in the log to make this bundle of."""


class Indexed(NamedTuple):
    """An index statement: its own position, and how many entries it covers."""

    position: int
    size: int


class BundleSource(Protocol):
    """One snapshot of a log with its index and what is disclosed of it."""

    def published_index(self, size: int) -> Indexed | None:
        """The newest index statement among the first `size` entries."""
        ...

    def positions(self, key: str, size: int) -> Sequence[int]:
        """The positions of all entries of an index key among the first `size`."""
        ...

    def prove(self, keys: Sequence[str], size: int) -> Sequence[KeyProof]:
        """The proof of each key in the index over the first `size` entries."""
        ...

    def find(self, statements: Collection[str]) -> Mapping[str, int]:
        """Where statements are logged, by id; those that are not are left out."""
        ...

    def terms(self, size: int) -> Sequence[int]:
        """Positions of entry 0 and of every amendment of the ledger itself among the first `size` entries."""
        ...

    def changes(self, statements: Collection[str], size: int) -> Sequence[int]:
        """Positions of the amendments and controls among the first `size` entries that refer to these."""
        ...

    def entries(self, positions: Sequence[int]) -> Iterable[tuple[int, bytes]]:
        """(position, entry bytes) in the order of the ascending `positions`."""
        ...

    def disclosures(self, positions: Sequence[int]) -> Mapping[int, Sequence[str]]:
        """What is held, by position, whoever may see it."""
        ...

    def node(self, level: int, first: int, count: int) -> Sequence[bytes]:
        """Stored hashes of the tree, for levels 0, 8, 16..."""
        ...


class TimeStamped(NamedTuple):
    """A checkpoint that a time-stamping authority has dated: its note, and the replies."""

    note: str
    replies: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A bundle whose content is settled; `lines` reads and writes it. `documents` are SHA-256 in hexadecimal.

    Valid while the source's snapshot is.
    """

    head: Head
    size: int
    anchors: Sequence[Anchor]
    keys: Sequence[ProvenKey]
    positions: Sequence[int]
    documents: Sequence[str]
    source: BundleSource

    def lines(self) -> Iterator[bytes]:
        """The bundle, line after line."""
        return bundle_lines(self.head, self.anchors, self.keys, self._entries())

    def _entries(self) -> Iterator[BundledEntry]:
        read = merkle.TileReader(self.source.node, self.size)
        for page in _pages(self.positions):
            held = self.source.disclosures(page)
            for position, data in self.source.entries(page):
                shown = may_see(ANONYMOUS, read_recorded(position, data).statement)
                texts = tuple(sorted(held.get(position, ()))) if shown else ()
                path = merkle.inclusion_proof(position, self.size, read)
                yield BundledEntry(position, data, tuple(path), texts)


def choose_checkpoint(source: BundleSource, signed: str, published: str | None) -> str:
    """Of two checkpoints of the log, the one for a bundle: the published, which witnesses may have signed,
    too, once it covers an index statement; until then the newest that is signed.
    """
    if published is None:
        return signed
    size = parse_checkpoint(split_note(published)[0]).size
    return signed if source.published_index(size) is None else published


def prepare(
    source: BundleSource,
    about: str,
    checkpoint: str,
    stamped: Iterable[TimeStamped] = (),
) -> Prepared:
    """The bundle about `about`, a name of the ledger or `statement:<id>`, in the tree of a signed checkpoint.

    Complete up to the newest index statement under that checkpoint. Raises `NotBundled` when that much of
    the log has nothing about it.
    """
    newest = parse_checkpoint(split_note(checkpoint)[0])
    indexed = source.published_index(newest.size)
    size = newest.size if indexed is None else indexed.size
    gathered = _Gathered(source, about, size)
    gathered.gather(also=[] if indexed is None else [indexed.position])
    keys = sorted(gathered.keys) if indexed is not None else []
    positions = sorted(gathered.statements)
    at = None if indexed is None else indexed.position
    head = Head(about, newest.origin, gathered.statements[0].id, checkpoint, at)
    proven = [ProvenKey(key, proof) for key, proof in zip(keys, source.prove(keys, size), strict=True)]
    anchors = _anchors(source, newest.size, stamped, positions)
    return Prepared(head, newest.size, anchors, proven, positions, gathered.documents(), source)


# Kinds that what refers to them does not carry along as a subject: their changes are looked up.
_LOOSE = frozenset({"criterion", "document"})


@dataclass(slots=True)
class _Gathered:
    """What belongs into a bundle, found round by round: the keys, and the statements by position."""

    source: BundleSource
    about: str
    size: int
    keys: set[str] = field(default_factory=set)
    statements: dict[int, Statement] = field(default_factory=dict)

    def gather(self, also: Sequence[int]) -> None:
        """Everything that belongs in, and the entries at the positions `also`."""
        # 1 All there is about the name and the names tied to it.
        self._follow(lambda: keys_about(self.about, self.statements.values()))
        if self.about.startswith("statement:"):
            self._read(self._found([self.about.partition(":")[2]]))
        if not self.statements:
            what = f"the first {self.size} entries of the log have nothing about {self.about}"
            raise NotBundled(what, "check the name; what was entered just now is indexed within a minute")
        # 2 What says whose log this is, and by which index it is complete.
        self._read([*self.source.terms(self.size), *also])
        # 3 What all of it refers to, and what that refers to, so that rules can be asked about it, too. In
        #   between the history of every party named in any of it, and of those named in that.
        known: frozenset[int] = frozenset()
        for _ in range(CONTEXT_ROUNDS):
            before = frozenset(self.statements)
            self._read_context(known)
            self._follow(lambda: required_keys(self.about, list(self.statements.values())))
            known = before

    def documents(self) -> list[str]:
        """SHA-256 of the public documents that these statements name."""
        return sorted(
            {
                subject.digest
                for one in self.statements.values()
                if one.kind == "document" and may_see(ANONYMOUS, one)
                for subject in one.subjects
                if subject.name.startswith("document:")
            }
        )

    def _follow(self, wanted: Callable[[], Set[str]]) -> None:
        """Take in all entries of the wanted keys until these entries want no more."""
        while fresh := wanted() - self.keys:
            self.keys |= fresh
            for key in sorted(fresh):
                self._read(self.source.positions(key, self.size))

    def _read_context(self, known: Set[int]) -> None:
        """Take in what the statements beyond the `known` positions refer to, and what changed of it."""
        named = set()
        for one in self._beyond(known):
            named |= {ref.id for ref in one.refs if ref.ledger is None}
            # The digest of a name is the id of the statement that made it.
            named |= {subject.digest for subject in one.subjects}
        self._read(self._found(named))
        loose = [one.id for one in self._beyond(known) if one.kind in _LOOSE]
        self._read(self.source.changes(loose, self.size))

    def _beyond(self, known: Set[int]) -> list[Statement]:
        return [statement for position, statement in self.statements.items() if position not in known]

    def _found(self, statements: Collection[str]) -> list[int]:
        return [position for position in self.source.find(statements).values() if position < self.size]

    def _read(self, positions: Iterable[int]) -> None:
        for page in _pages(sorted(set(positions) - set(self.statements))):
            for position, data in self.source.entries(page):
                statement = read_recorded(position, data).statement
                # The bytes are read again when they are written.
                self.statements[position] = statement._replace(payload=b"", digests=())


def _anchors(
    source: BundleSource, size: int, stamped: Iterable[TimeStamped], positions: Sequence[int]
) -> list[Anchor]:
    """For each entry the earliest dated checkpoint that covers it, with the way from there to `size`."""
    dated = sorted((parse_checkpoint(split_note(one.note)[0]).size, one) for one in stamped)
    sizes = [covered for covered, _ in dated if covered <= size]
    wanted = {bisect_right(sizes, position) for position in positions} - {len(sizes)}
    read = merkle.TileReader(source.node, size)
    anchors = [
        Anchor(
            dated[one][1].note,
            tuple(merkle.consistency_proof(sizes[one], size, read)),
            tuple(sorted(set(dated[one][1].replies))),
        )
        for one in wanted
    ]
    return sorted(anchors, key=lambda anchor: anchor.note)


def _pages(positions: Sequence[int]) -> Iterator[Sequence[int]]:
    for first in range(0, len(positions), PAGE):
        yield positions[first : first + PAGE]
