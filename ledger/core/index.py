"""The completeness index: proves which entries concern a key ("these are all") and that none does.

Every entry has a set of keys (`index_keys`). The entries of one key make an RFC 6962 tree of their own, the
key's *sub-tree*; the keys with their sub-trees' roots and sizes are the leaves of a binary trie over the
bits of SHA-256(key), so that each key has one place, and an empty place proves absence (docs/protocol.md,
"The index").

`IndexTree` grows by adding entries and hashes only what changed. Places nobody asked about may be *stubs*,
bare hashes: a tree of stubs and a few paths, as loaded from storage, takes entries in and proves just as
well.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple

from . import merkle
from .grammar import base64_decode, base64_encode, is_slug, split_name
from .merkle import EMPTY_ROOT, Frontier, node_hash
from .refusal import Refusal
from .statement import Recorded, Statement

HASH_BYTES = 32
DEPTH_LIMIT = 8 * HASH_BYTES  # bits of a key's hash: no path is longer
KEY_KINDS = frozenset({"party", "key", "ledger"})  # what makes up a party's key history


# --- keys -------------------------------------------------------------------------------


def index_keys(recorded: Recorded) -> frozenset[str]:
    """The index keys of an entry; none for `index` statements."""
    return statement_keys(recorded.statement)


def statement_keys(statement: Statement) -> frozenset[str]:
    """The index keys of a statement: what it is about, what it refers to here, its hands and its voices."""
    if statement.kind == "index":
        return frozenset()
    names = [subject.name for subject in statement.subjects]
    found = {*names, *["by:" + slug for slug in statement.issuers]}
    found.update("statement:" + ref.id for ref in statement.refs if ref.ledger is None)
    found.update("voice:" + slug for slug in _voices(statement))
    if statement.kind in KEY_KINDS:
        found.update("keys:" + name[6:] for name in names if name.startswith("party:"))
    return frozenset(found)


def _voices(statement: Statement) -> Iterator[str]:
    """Claimants that the payload lists, and relays that are parties."""
    # Claimants that repeat the issuers count when they are listed. The quotation marks make this exact:
    # inside a string they are escaped, and no kind has a member of this name.
    if statement.claimants != statement.issuers or b'"claimants":' in statement.payload:
        yield from statement.claimants
    if statement.attribution is not None:
        yield from (relay for relay in statement.attribution.via if ":" not in relay)


def is_index_key(text: str) -> bool:
    """Whether `text` has the form of an index key, so that some entry might have it."""
    prefix, _, rest = text.partition(":")
    if prefix in ("by", "voice", "keys"):
        return is_slug(rest)
    return split_name(text) is not None


def check_index_key(text: str) -> str:
    """`text`, once it has the form of an index key; raises `Refusal`."""
    if not is_index_key(text):
        raise Refusal("bad-index-key", f"{text!r:.200} is no index key")
    return text


def key_digest(key: str) -> bytes:
    """SHA-256 of the key in UTF-8: its bits, most significant first, are its way through the trie."""
    return sha256(key.encode("utf-8")).digest()


# --- one key's sub-tree -----------------------------------------------------------------


def key_tree_leaf(position: int, leaf_hash: bytes) -> bytes:
    """The sub-tree's leaf hash for the entry at `position` (log index) with that log leaf hash."""
    return merkle.leaf_hash(position.to_bytes(8, "big") + leaf_hash)


def key_tree_root(pairs: Iterable[tuple[int, bytes]]) -> bytes:
    """The sub-tree's root over (log index, log leaf hash) of all its entries, ascending."""
    leaves = [key_tree_leaf(position, leaf_hash) for position, leaf_hash in pairs]
    return Frontier().append(leaves).frontier.root()


def prove_in_key_tree(pairs: Sequence[tuple[int, bytes]], ordinal: int) -> list[bytes]:
    """The audit path of the entry that is number `ordinal` (from 0) of its key."""
    leaves = [key_tree_leaf(position, leaf_hash) for position, leaf_hash in pairs]
    return merkle.batch_inclusion_proofs(Frontier(), leaves)[ordinal]


def verify_in_key_tree(
    leaf: "KeyLeaf", ordinal: int, position: int, leaf_hash: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the entry at `position` is number `ordinal` (from 0) among the entries of that key."""
    hashed = key_tree_leaf(position, leaf_hash)
    return merkle.verify_inclusion(hashed, ordinal, leaf.count, proof, leaf.root)


@dataclass(frozen=True, slots=True)
class KeyLeaf:
    """A key of the index with the size and root of its sub-tree."""

    key: str
    count: int
    root: bytes

    def to_json(self) -> dict[str, Any]:
        return {"count": self.count, "key": self.key, "root": base64_encode(self.root)}

    def hash(self) -> bytes:
        """SHA-256(0x00 || canonical JSON of count, key and root)."""
        # Index keys have nothing to escape: this text is the canonical form, and the tests compare it.
        text = f'{{"count":{self.count},"key":"{self.key}","root":"{base64_encode(self.root)}"}}'
        return merkle.leaf_hash(text.encode("ascii"))


# --- proofs -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KeyProof:
    """What stands where a key belongs (its leaf, another key's leaf, or None for nothing), and the way up.

    `path` holds the siblings from that place up, one for each bit of the way: 32 bytes each.
    """

    leaf: KeyLeaf | None
    path: tuple[bytes, ...]

    def to_json(self) -> dict[str, Any]:
        """`{"leaf":{count,key,root},"path":[base64...]}`; no `leaf` for an empty place."""
        path = [base64_encode(sibling) for sibling in self.path]
        return {"path": path} if self.leaf is None else {"leaf": self.leaf.to_json(), "path": path}


@dataclass(frozen=True, slots=True)
class Present:
    """The key has `count` entries, whose sub-tree has this root."""

    count: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Absent:
    """No entry has the key."""


def parse_key_proof(value: Any) -> KeyProof:
    """The inverse of `KeyProof.to_json`; raises `Refusal`."""
    if not isinstance(value, dict) or not {"path"} <= set(value) <= {"path", "leaf"}:
        raise Refusal("bad-index-proof", "a key proof has the members `path` and perhaps `leaf`")
    path = value["path"]
    if not isinstance(path, list) or len(path) > DEPTH_LIMIT:
        raise Refusal("bad-index-proof", f"the path is a list of at most {DEPTH_LIMIT} hashes")
    leaf = _parse_leaf(value["leaf"]) if "leaf" in value else None
    return KeyProof(leaf, tuple([_parse_hash(one) for one in path]))


def _parse_leaf(value: Any) -> KeyLeaf:
    if not isinstance(value, dict) or set(value) != {"count", "key", "root"}:
        raise Refusal("bad-index-proof", "a leaf has the members `count`, `key` and `root`")
    key, count = value["key"], value["count"]
    if not isinstance(key, str) or not is_index_key(key) or type(count) is not int or count < 1:
        raise Refusal("bad-index-proof", "a leaf has an index key and a count of at least 1")
    return KeyLeaf(key, count, _parse_hash(value["root"]))


def _parse_hash(value: Any) -> bytes:
    decoded = base64_decode(value) if isinstance(value, str) else b""
    if len(decoded) != HASH_BYTES:
        raise Refusal("bad-index-proof", "a hash is base64 of 32 bytes")
    return decoded


def verify_key_proof(root: bytes, key: str, proof: KeyProof) -> Present | Absent:
    """What the index with this root says of `key`; raises `Refusal` when the proof does not show it."""
    check_index_key(key)
    depth, leaf = len(proof.path), proof.leaf
    if depth > DEPTH_LIMIT:
        raise Refusal("bad-index-proof", f"{depth} hashes, where a path has at most {DEPTH_LIMIT}")
    digest = key_digest(key)
    # 1 Another key's leaf shows absence only where `key` itself would stand.
    if leaf is not None and leaf.key != key and not _share_bits(key_digest(leaf.key), digest, depth):
        raise Refusal("index-proof-place", f"`{key}` does not lead to the place of `{leaf.key}`")
    # 2 From the place up, bit by bit, to the root.
    node = EMPTY_ROOT if leaf is None else leaf.hash()
    for level, sibling in zip(reversed(range(depth)), proof.path, strict=True):
        node = node_hash(sibling, node) if _bit(digest, level) else node_hash(node, sibling)
    if node != root:
        raise Refusal("index-proof-root", f"the path of `{key}` does not lead to the root of the index")
    # 3 What stands there.
    return Present(leaf.count, leaf.root) if leaf is not None and leaf.key == key else Absent()


def verify_all(root: bytes, key: str, proof: KeyProof, pairs: Sequence[tuple[int, bytes]]) -> int:
    """Checks that `pairs`, (log index, log leaf hash) ascending, are all entries of `key`; gives the number.

    Raises `Refusal`. That each pair stands in the log is for inclusion proofs to show.
    """
    found = verify_key_proof(root, key, proof)
    count = found.count if isinstance(found, Present) else 0
    if count != len(pairs):
        raise Refusal("index-incomplete", f"`{key}` has {count} entries, {len(pairs)} are shown")
    if isinstance(found, Present) and key_tree_root(pairs) != found.root:
        raise Refusal("index-incomplete", f"the entries shown are not the {count} of `{key}`")
    return count


def _bit(digest: bytes, level: int) -> int:
    return digest[level >> 3] >> (7 - (level & 7)) & 1


def _share_bits(one: bytes, other: bytes, count: int) -> bool:
    shift = DEPTH_LIMIT - count
    return int.from_bytes(one, "big") >> shift == int.from_bytes(other, "big") >> shift


# --- the tree ---------------------------------------------------------------------------


class Twig:
    """A key's place in the trie: its leaf and the frontier of its sub-tree, which grows by appending."""

    __slots__ = ("bits", "count", "frontier", "hash", "key", "parent")

    def __init__(self, key: str, count: int = 0, frontier: Iterable[bytes] = ()) -> None:
        self.key = key
        self.bits = int.from_bytes(key_digest(key), "big")
        self.count = count
        self.frontier = list(frontier)  # as `Frontier.hashes`
        self.hash: bytes | None = None
        self.parent: Fork | None = None

    def append(self, position: int, leaf_hash: bytes) -> None:
        # The carry of a binary counter: two hashes an entry on average, whatever the count. `key_tree_leaf`
        # and `node_hash` are inlined here and in `hash_of`: audits spend their time there.
        node, count = sha256(b"\x00" + position.to_bytes(8, "big") + leaf_hash).digest(), self.count
        while count & 1:
            node = sha256(b"\x01" + self.frontier.pop() + node).digest()
            count >>= 1
        self.frontier.append(node)
        self.count += 1

    def leaf(self) -> KeyLeaf:
        return KeyLeaf(self.key, self.count, Frontier(self.count, tuple(self.frontier)).root())


class Fork:
    """An inner node: its two sides, and its hash once it is known.

    Where a hash is unknown (None), those of all forks above are unknown, too.
    """

    __slots__ = ("hash", "parent", "sides")

    def __init__(self, left: "Node" = None, right: "Node" = None, known: bytes | None = None) -> None:
        self.sides: list[Node] = [left, right]
        self.hash = known
        self.parent: Fork | None = None
        for side in self.sides:
            if isinstance(side, Fork | Twig):
                side.parent = self


Node = Fork | Twig | bytes | None
"""bytes is a stub (the hash of a sub-trie that is not at hand), None an empty place."""


class IndexTree:
    """The index, growing entry by entry. Not safe for use by several threads."""

    def __init__(self, top: Node = None, keys: int = 0, twigs: Iterable[Twig] = ()) -> None:
        """Empty; or as loaded: the trie's top, the number of all its keys, and the twigs that are in it."""
        self.top = top
        self.keys = keys
        self._twigs = {twig.key: twig for twig in twigs}

    def extend(self, recorded: Recorded, leaf_hash: bytes) -> None:
        """Take in one entry of the log, under all its keys."""
        for key in statement_keys(recorded.statement):
            self.add(key, recorded.index, leaf_hash)

    def add(self, key: str, position: int, leaf_hash: bytes) -> None:
        """Take in the entry at `position` under one key; positions ascend within a key."""
        twig = self._twigs.get(key) or self._plant(Twig(key))
        twig.append(position, leaf_hash)
        twig.hash = None
        fork = twig.parent
        while fork is not None and fork.hash is not None:
            fork.hash = None
            fork = fork.parent

    def root(self) -> bytes:
        """The root of the index over everything added; hashes what changed since it was last asked for."""
        return hash_of(self.top)

    def head(self, size: int) -> "IndexHead":
        """What an index statement over the first `size` entries, those added, claims."""
        return IndexHead(size, self.keys, self.root())

    def leaf(self, key: str) -> KeyLeaf | None:
        """The key's leaf, None when no entry has the key."""
        node = self._descend(key)[-1]
        return node.leaf() if isinstance(node, Twig) and node.key == key else None

    def prove(self, key: str) -> KeyProof:
        """The proof of presence or absence of a key."""
        *forks, node = self._descend(key)
        digest = key_digest(key)
        path = [
            hash_of(fork.sides[1 - _bit(digest, level)])
            for level, fork in enumerate(forks)
            if isinstance(fork, Fork)
        ]
        return KeyProof(node.leaf() if isinstance(node, Twig) else None, tuple(path[::-1]))

    def changed(self) -> Iterator[tuple[str, Fork | Twig]]:
        """(path, node) of each node whose hash is not known yet; a path is the bits that lead there."""
        pending: list[tuple[str, Node]] = [("", self.top)]
        while pending:
            path, node = pending.pop()
            if isinstance(node, Fork | Twig) and node.hash is None:
                yield path, node
                if isinstance(node, Fork):
                    pending += [(path + "0", node.sides[0]), (path + "1", node.sides[1])]

    def _descend(self, key: str) -> list[Node]:
        """The forks on the way of `key`, from the top, and last the place where it belongs."""
        bits, shift = int.from_bytes(key_digest(key), "big"), DEPTH_LIMIT - 1
        node, way = self.top, list[Node]()
        while isinstance(node, Fork):
            way.append(node)
            node, shift = node.sides[bits >> shift & 1], shift - 1
        assert not isinstance(node, bytes), f"the way of {key} leads into a stub"
        return [*way, node]

    def _plant(self, twig: Twig) -> Twig:
        """Give a new key its place."""
        *way, there = self._descend(twig.key)
        shift = DEPTH_LIMIT - len(way)
        grown: Fork | Twig = _parted(there, twig, shift) if isinstance(there, Twig) else twig
        if way:
            fork = way[-1]
            assert isinstance(fork, Fork)
            fork.sides[twig.bits >> shift & 1] = grown
            grown.parent = fork
        else:
            self.top = grown
        for above in way:
            assert isinstance(above, Fork)
            above.hash = None
        self._twigs[twig.key] = twig
        self.keys += 1
        return twig


def _parted(there: Twig, new: Twig, shift: int) -> Fork:
    """Two keys that share the bits above `shift`, forked apart at the first bit in which they differ."""
    there.hash = None  # it stands elsewhere now: `changed` names it
    differ = (there.bits ^ new.bits).bit_length() - 1
    fork = Fork(there, new) if new.bits >> differ & 1 else Fork(new, there)
    for level in range(differ + 1, shift):
        fork = Fork(None, fork) if new.bits >> level & 1 else Fork(fork, None)
    return fork


def hash_of(node: Node) -> bytes:
    """The hash of a node of the trie: SHA-256 of nothing for an empty place."""
    if node is None:
        return EMPTY_ROOT
    if isinstance(node, bytes):
        return node
    if node.hash is None:
        if isinstance(node, Twig):
            node.hash = node.leaf().hash()
        else:
            left, right = node.sides
            node.hash = sha256(b"\x01" + hash_of(left) + hash_of(right)).digest()
    return node.hash


class IndexHead(NamedTuple):
    """What an index statement claims: over the first `size` entries there are `keys` keys and this root."""

    size: int
    keys: int
    root: bytes

    def to_claim(self) -> dict[str, Any]:
        return {"keys": self.keys, "root": base64_encode(self.root), "size": self.size}


def index_head(statement: Statement) -> IndexHead:
    """The head that an `index` statement, well-formed, claims."""
    claim = statement.claim
    return IndexHead(claim["size"], claim["keys"], base64_decode(claim["root"]))
