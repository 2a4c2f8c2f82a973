"""The incremental index against its definition, whatever is added in whatever order."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.core import canonical, index, merkle
from ledger.core.grammar import base64_encode
from projections.index_trie import StoredNode, assemble

EMPTY = sha256(b"").digest()
NAMES = st.integers(0, 60).map(lambda number: f"factory:f{number}")
LOGS = st.lists(st.sets(NAMES, max_size=4), max_size=40)
"""For each entry of a log, its keys."""


def leaf_of(position: int) -> bytes:
    return sha256(b"leaf %d" % position).digest()


def by_key(log: Sequence[Collection[str]]) -> dict[str, list[tuple[int, bytes]]]:
    found: dict[str, list[tuple[int, bytes]]] = {}
    for position, keys in enumerate(log):
        for key in keys:
            found.setdefault(key, []).append((position, leaf_of(position)))
    return found


def tree_hash(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word."""
    if not leaves:
        return EMPTY
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + tree_hash(leaves[:split]) + tree_hash(leaves[split:])).digest()


def naive_root(log: Mapping[str, Sequence[tuple[int, bytes]]], prefix: str = "") -> bytes:
    """The definition of the root, computed anew from all keys below `prefix`."""
    keys = [key for key in log if bits(key).startswith(prefix)]
    if not keys:
        return EMPTY
    if len(keys) == 1:
        (key,) = keys
        root = tree_hash([position.to_bytes(8, "big") + leaf for position, leaf in log[key]])
        leaf = {"count": len(log[key]), "key": key, "root": base64_encode(root)}
        return sha256(b"\x00" + canonical.encode(leaf)).digest()
    return sha256(b"\x01" + naive_root(log, prefix + "0") + naive_root(log, prefix + "1")).digest()


def bits(key: str) -> str:
    return "".join(f"{byte:08b}" for byte in sha256(key.encode()).digest())


def grown(log: Sequence[Collection[str]]) -> index.IndexTree:
    tree = index.IndexTree()
    for position, keys in enumerate(log):
        for key in keys:
            tree.add(key, position, leaf_of(position))
    return tree


@settings(max_examples=80, deadline=None)
@given(LOGS, st.lists(st.integers(0, 40), max_size=4))
def test_the_root_is_that_of_the_definition_however_often_it_is_asked_for(
    log: list[set[str]], asked: list[int]
) -> None:
    tree = index.IndexTree()
    for position, keys in enumerate(log):
        if position in asked:
            assert tree.root() == naive_root(by_key(log[:position]))
        for key in keys:
            tree.add(key, position, leaf_of(position))
    assert tree.root() == naive_root(by_key(log))
    assert tree.keys == len(by_key(log))


@settings(max_examples=80, deadline=None)
@given(LOGS, NAMES)
def test_every_key_is_proven_present_with_all_its_entries_or_absent(log: list[set[str]], key: str) -> None:
    tree, pairs = grown(log), by_key(log).get(key, [])
    proof = tree.prove(key)
    assert index.parse_key_proof(proof.to_json()) == proof
    assert index.verify_all(tree.root(), key, proof, pairs) == len(pairs)
    leaf = tree.leaf(key)
    assert (leaf.count if leaf else 0) == len(pairs)


@settings(max_examples=60, deadline=None)
@given(LOGS, LOGS)
def test_a_tree_of_stubs_grows_as_the_whole_tree_does(before: list[set[str]], after: list[set[str]]) -> None:
    stored: dict[str, StoredNode] = {}
    tree = grown(before)
    keep(stored, tree)
    fresh = {key for keys in after for key in keys}
    part = assemble(lambda paths: read(stored, paths), fresh, tree.keys)
    for position, keys in enumerate(after, len(before)):
        for key in keys:
            part.add(key, position, leaf_of(position))
    keep(stored, part)
    whole = grown([*before, *after])
    assert (part.root(), part.keys) == (whole.root(), whole.keys)
    # And what was written is enough to prove everything.
    for key in by_key([*before, *after]):
        one = assemble(lambda paths: read(stored, paths), [key], whole.keys)
        assert one.prove(key) == whole.prove(key)


def keep(stored: dict[str, StoredNode], tree: index.IndexTree) -> None:
    """Write what changed, as the database does."""
    changed = list(tree.changed())
    tree.root()
    for path, node in changed:
        assert node.hash is not None
        leaf = (
            (node.key, node.count, b"".join(node.frontier)) if isinstance(node, index.Twig) else (None,) * 3
        )
        stored[path] = StoredNode(node.hash, *leaf)


def read(stored: dict[str, StoredNode], paths: Collection[str]) -> dict[str, StoredNode]:
    return {path: stored[path] for path in paths if path in stored}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 2**60), min_size=1, max_size=70, unique=True).map(sorted))
def test_a_keys_tree_is_that_of_rfc_6962(positions: list[int]) -> None:
    pairs = [(position, leaf_of(position)) for position in positions]
    leaves = [position.to_bytes(8, "big") + leaf for position, leaf in pairs]
    assert index.key_tree_root(pairs) == tree_hash(leaves)
    twig = index.Twig("by:clw")
    for position, leaf in pairs:
        twig.append(position, leaf)
    assert twig.leaf().root == tree_hash(leaves)
    assert (
        tuple(twig.frontier)
        == merkle.Frontier().append([merkle.leaf_hash(one) for one in leaves]).frontier.hashes
    )
