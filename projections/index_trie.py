"""The completeness index in the database: its trie at every size it was computed for, kept by adding rows.

Growing it loads the paths of the keys that came, adds, and writes the nodes that changed; everything else is
a stub. A proof loads one path. The pure part is `ledger.core.index`; nothing here is trusted: `check`
computes the trie anew, and every auditor does the same with each root that was logged.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

import psycopg
from psycopg import Connection
from psycopg.rows import tuple_row

from ledger.core.index import (
    DEPTH_LIMIT,
    HASH_BYTES,
    Fork,
    IndexHead,
    IndexTree,
    KeyProof,
    Node,
    Twig,
    index_head,
    key_digest,
)
from ledger.core.refusal import LedgerError
from ledger.core.statement import read_recorded
from ledger.indexing import News
from projections import index, schema
from projections.statements import statements

Conn = Connection[Any]

# Entries taken in at a time: bounds the memory of a first run over a long log.
CHUNK = 50_000
# Any constant serves, as long as every process takes the same one ("indx" in ASCII).
_LOCK = 0x696E6478
_TURN = 0x74726E78
EVERYTHING = 2**62

_SQL = statements("index_trie_queries")
# The last entry that has index keys, and the time of the last of all.
_END = "SELECT (SELECT max(position) FROM view_index), (SELECT recorded_at FROM ledger_head)"


class NotIndexed(LedgerError):
    """The index was not computed for that size, or no index statement covers it yet."""


class StoredNode(NamedTuple):
    """A row of the trie; `key` is None for a fork."""

    hash: bytes
    key: str | None
    entries: int | None
    frontier: bytes | None

    def twig(self) -> Twig:
        assert self.key is not None
        assert self.entries is not None
        assert self.frontier is not None
        hashes = [self.frontier[at : at + HASH_BYTES] for at in range(0, len(self.frontier), HASH_BYTES)]
        twig = Twig(self.key, self.entries, hashes)
        twig.hash = self.hash
        return twig


@dataclass(frozen=True, slots=True)
class Published:
    """An index statement in the log: its position, time and entry bytes, and what it claims."""

    position: int
    recorded_at: str
    entry: bytes
    head: IndexHead


# --- the trie as it is stored -----------------------------------------------------------


def head_at(conn: Conn, size: int) -> IndexHead | None:
    """The index over the first `size` entries, None unless it was computed for exactly these."""
    rows = _rows(conn, "SELECT size, keys, root FROM index_head WHERE size = %s", (size,))
    return IndexHead(*rows[0]) if rows else None


def newest_head(conn: Conn) -> IndexHead:
    """The index at the largest size it was computed for."""
    rows = _rows(conn, "SELECT size, keys, root FROM index_head ORDER BY size DESC LIMIT 1", ())
    return IndexHead(*rows[0]) if rows else IndexTree().head(0)


def load(conn: Conn, size: int, keys: Iterable[str]) -> IndexTree:
    """The trie as of `size`, a size it was computed for, with the places of `keys`; stubs everywhere else."""
    head = head_at(conn, size) if size else IndexTree().head(0)
    if head is None:
        raise NotIndexed(f"the index was not computed over {size} entries", "ask for a published one")
    return assemble(lambda paths: _nodes(conn, paths, size), keys, head.keys)


ReadNodes = Callable[[Collection[str]], Mapping[str, StoredNode]]


def assemble(read: ReadNodes, keys: Iterable[str], total: int) -> IndexTree:
    """A trie from stored nodes, one read for each level that the ways of `keys` go down."""
    ways = {"": [f"{int.from_bytes(key_digest(key), 'big'):0{DEPTH_LIMIT}b}" for key in keys]}
    nodes = dict(read([""]))
    opened: set[str] = set()
    while ways:
        forks = {path: bits for path, bits in ways.items() if path in nodes and nodes[path].key is None}
        opened.update(forks)
        nodes.update(read([path + side for path in forks for side in "01"]) if forks else {})
        ways = {}
        for path, bits in forks.items():
            for one in bits:
                ways.setdefault(one[: len(path) + 1], []).append(one)
    twigs: list[Twig] = []
    return IndexTree(_built("", nodes, opened, twigs), total, twigs)


def _built(path: str, nodes: Mapping[str, StoredNode], opened: set[str], twigs: list[Twig]) -> Node:
    stored = nodes.get(path)
    if stored is None:
        return None
    if stored.key is not None:
        twigs.append(stored.twig())
        return twigs[-1]
    if path not in opened:
        return stored.hash
    left, right = (_built(path + side, nodes, opened, twigs) for side in "01")
    return Fork(left, right, stored.hash)


def _nodes(conn: Conn, paths: Collection[str], size: int) -> dict[str, StoredNode]:
    cursor = conn.cursor(row_factory=tuple_row, binary=True)
    rows = cursor.execute(_SQL["nodes"], {"paths": list(paths), "size": size}, prepare=True)
    return {path: StoredNode(*row) for path, *row in rows}


def _save(conn: Conn, tree: IndexTree, size: int) -> IndexHead:
    """Write the nodes that changed, as of `size`."""
    changed = list(tree.changed())
    head = tree.head(size)
    copy = "COPY index_node (path, size, hash, key, count, frontier) FROM STDIN (FORMAT BINARY)"
    with conn.cursor() as cursor, cursor.copy(copy) as rows:
        rows.set_types(["text", "int8", "bytea", "text", "int8", "bytea"])
        for path, node in changed:
            stored = _stored(node)
            rows.write_row((path, size, *stored))
    conn.execute("INSERT INTO index_head VALUES (%s, %s, %s)", (size, head.keys, head.root))
    return head


def _stored(node: Fork | Twig) -> StoredNode:
    """The row of a node whose hash is known."""
    assert node.hash is not None
    if isinstance(node, Fork):
        return StoredNode(node.hash, None, None, None)
    return StoredNode(node.hash, node.key, node.count, b"".join(node.frontier))


# --- growing ----------------------------------------------------------------------------


class StoredIndex:
    """The index of one database; `ports.IndexHeads`. For any thread: each call has its own connection."""

    def __init__(self, url: str) -> None:
        self._url = url

    def at(self, size: int) -> IndexHead | None:
        with psycopg.connect(self._url, autocommit=True) as conn:
            return head_at(conn, size)

    @contextmanager
    def turn(self) -> Iterator[bool]:
        """See `GrowingIndex.turn`: a lock on this database, given back at the end."""
        with psycopg.connect(self._url, autocommit=True) as conn:
            try:
                yield bool(_rows(conn, "SELECT pg_try_advisory_lock(%s)", (_TURN,))[0][0])
            finally:
                # By itself the server notices some time later that the session has ended.
                with suppress(psycopg.Error):
                    conn.execute("SELECT pg_advisory_unlock_all()")

    def indexed_at(self) -> str:
        """See `GrowingIndex.indexed_at`."""
        with psycopg.connect(self._url, autocommit=True) as conn:
            newest = newest_published(conn)
            return "" if newest is None else newest.recorded_at

    def news(self) -> News | None:
        """See `GrowingIndex.news`."""
        with psycopg.connect(self._url, autocommit=True) as conn:
            newest = newest_published(conn)
            ((last, recorded_at),) = _rows(conn, _END, ())
        if last is None or (newest is not None and last < newest.head.size):
            return None
        return News(self.advance(), recorded_at)

    def advance(self) -> IndexHead:
        """Take in every entry that the view of the keys has taken in."""
        with psycopg.connect(self._url, autocommit=True) as conn:
            head = newest_head(conn)
            while head.size < (end := min(reached(conn), head.size + CHUNK)):
                head = grow(conn, end)
            return head


def reached(conn: Conn) -> int:
    """How many entries the view of the keys has taken in."""
    return schema.positions(conn, [index.TABLE]).get(index.TABLE.name, 0)


def grow(conn: Conn, size: int) -> IndexHead:
    """Compute the index over the first `size` entries from the newest one, unless it is there already."""
    with conn.transaction():
        conn.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        newest = newest_head(conn)
        if newest.size >= size:
            return newest
        added = _rows(conn, _SQL["added"], (newest.size, size))
        tree = load(conn, newest.size, {key for _, key, _ in added})
        for position, key, leaf_hash in added:
            tree.add(key, position, leaf_hash)
        return _save(conn, tree, size)


def rebuild(conn: Conn) -> IndexHead:
    """Compute the trie anew, at the sizes of every index statement logged and at the newest size.

    Readers see the old one until this has ended.
    """
    with conn.transaction():
        conn.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        newest, end = newest_head(conn).size, reached(conn)
        published = {one.head.size for one in _published(conn, end) if one.head.size <= end}
        conn.execute("DELETE FROM index_node")
        conn.execute("DELETE FROM index_head")
        for size in sorted({min(newest, end), *published, *range(CHUNK, end, CHUNK)} - {0}):
            grow(conn, size)
        return newest_head(conn)


# --- questions --------------------------------------------------------------------------


def newest_published(conn: Conn, size: int = EVERYTHING) -> Published | None:
    """The newest index statement, if there is one among the first `size` entries."""
    found = _published(conn, size, _SQL["newest_published"])
    return found[0] if found else None


def _published(conn: Conn, size: int, query: str = _SQL["published"]) -> list[Published]:
    rows = _rows(conn, query, (size,))
    return [_read_published(position, state) for position, state in rows]


def _read_published(position: int, entry: bytes) -> Published:
    recorded = read_recorded(position, entry)
    return Published(position, recorded.recorded_at, entry, index_head(recorded.statement))


def prove(conn: Conn, size: int, key: str) -> KeyProof:
    """The proof of presence or absence of a key in the index over the first `size` entries."""
    return load(conn, size, [key]).prove(key)


def pairs(conn: Conn, size: int, key: str) -> list[tuple[int, bytes]]:
    """(position, leaf hash) of all entries of a key among the first `size`, ascending."""
    return _rows(conn, _SQL["pairs"], (key, size))


# --- checking ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WrongIndex:
    """The first size at which the stored trie is not that of the entries."""

    size: int
    what: str


def check(conn: Conn) -> Iterator[int | WrongIndex]:
    """Sizes at which the stored trie is sound, in order, then `WrongIndex` if there is one that is not.

    The view of the keys is checked by itself; this computes the trie from it, in memory.
    """
    tree = IndexTree()
    done = 0
    for size, keys, root in _rows(conn, "SELECT size, keys, root FROM index_head ORDER BY size", ()):
        for position, key, leaf_hash in _rows(conn, _SQL["added"], (done, size)):
            tree.add(key, position, leaf_hash)
        changed = list(tree.changed())
        if tree.head(size) != IndexHead(size, keys, root):
            yield WrongIndex(size, "its root or number of keys is not that of the entries")
            return
        query = "SELECT path, hash, key, count, frontier FROM index_node WHERE size = %s"
        if set(_rows(conn, query, (size,))) != {(path, *_stored(node)) for path, node in changed}:
            yield WrongIndex(size, "its nodes are not those of the entries")
            return
        done = size
        yield size


def _rows(conn: Conn, query: str, parameters: Sequence[object]) -> list[Any]:
    return conn.cursor(row_factory=tuple_row, binary=True).execute(query, parameters).fetchall()
