"""The index: keys, trie and proofs, held against the golden vectors, each of its hashes changed once."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import pytest

from ledger.core import canonical, index, merkle
from ledger.core.grammar import base64_decode
from ledger.core.refusal import Refusal
from ledger.core.statement import decode_statement
from tests.support.builder import refused
from tests.vectors import generate_index as vectors

STORED = {name: json.loads((vectors.FOLDER / name).read_text(encoding="utf-8")) for name in vectors.FILES}
TRIE = STORED["trie.json"]
ROOT = bytes.fromhex(TRIE["roots"][-1])


def named(cases: list[Any]) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in cases]


def pairs(positions: list[int]) -> list[tuple[int, bytes]]:
    return [(position, bytes.fromhex(TRIE["entries"][position]["leafHash"])) for position in positions]


# --- vectors ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", vectors.FILES)
def test_the_generator_writes_what_is_stored(name: str) -> None:
    assert (vectors.FOLDER / name).read_text(encoding="utf-8") == vectors.text_of(vectors.FILES[name]())


@pytest.mark.parametrize("case", named(STORED["keys.json"]["accepted"]))
def test_a_statement_has_exactly_its_keys(case: dict[str, Any]) -> None:
    statement = decode_statement(case["payload"].encode())
    assert sorted(index.statement_keys(statement)) == case["keys"]
    assert all(map(index.is_index_key, case["keys"]))


def test_the_root_after_each_entry_is_that_of_the_vectors() -> None:
    tree = index.IndexTree()
    for position, entry in enumerate(TRIE["entries"]):
        assert (tree.root().hex(), tree.keys) == (TRIE["roots"][position], TRIE["keys"][position])
        for key in entry["keys"]:
            tree.add(key, position, bytes.fromhex(entry["leafHash"]))
    assert (tree.root().hex(), tree.keys) == (TRIE["roots"][-1], TRIE["keys"][-1])


@pytest.mark.parametrize("case", named(TRIE["accepted"]))
def test_a_good_proof_shows_presence_or_absence(case: dict[str, Any]) -> None:
    proof = index.parse_key_proof(case["proof"])
    found = index.verify_key_proof(ROOT, case["key"], proof)
    if case["count"]:
        assert found == index.Present(case["count"], bytes.fromhex(case["keyRoot"]))
    else:
        assert found == index.Absent()
    assert index.verify_all(ROOT, case["key"], proof, pairs(case["entries"])) == case["count"]
    assert proof.to_json() == case["proof"]


@pytest.mark.parametrize("case", named(TRIE["refused"]))
def test_a_proof_with_one_defect_is_refused(case: dict[str, Any]) -> None:
    with refused(case["code"]):
        index.verify_all(ROOT, case["key"], index.parse_key_proof(case["proof"]), pairs(case["entries"]))


# --- definitions, written out -------------------------------------------------------------


def test_an_index_without_entries_has_the_root_of_nothing() -> None:
    tree = index.IndexTree()
    assert tree.root() == sha256(b"").digest()
    assert index.verify_key_proof(tree.root(), "by:clw", tree.prove("by:clw")) == index.Absent()


def test_an_index_of_one_key_is_that_keys_leaf() -> None:
    tree = index.IndexTree()
    tree.add("by:clw", 5, bytes(32))
    inside = sha256(b"\x00" + (5).to_bytes(8, "big") + bytes(32)).digest()
    leaf = canonical.encode({"count": 1, "key": "by:clw", "root": index.base64_encode(inside)})
    assert tree.root() == sha256(b"\x00" + leaf).digest()
    assert tree.leaf("by:clw") == index.KeyLeaf("by:clw", 1, inside)


def test_two_keys_part_at_the_first_bit_in_which_they_differ() -> None:
    first, second, _ = vectors.NEIGHBOURS
    tree = index.IndexTree()
    tree.add(first, 0, bytes(32))
    alone = tree.root()
    tree.add(second, 1, bytes(32))
    proof = tree.prove(first)
    differ = int.from_bytes(index.key_digest(first), "big") ^ int.from_bytes(index.key_digest(second), "big")
    assert len(proof.path) == 256 - differ.bit_length() + 1
    assert proof.path[1:] == (sha256(b"").digest(),) * (len(proof.path) - 1)
    assert index.hash_of(tree._descend(first)[-1]) == alone


def test_a_leafs_hash_is_that_of_its_canonical_json() -> None:
    leaf = index.KeyLeaf("factory:a.b_c-d", 2**40, bytes(range(32)))
    assert leaf.hash() == merkle.leaf_hash(canonical.encode(leaf.to_json()))


def test_an_entry_is_proven_at_its_place_within_its_key() -> None:
    positions = next(case["entries"] for case in TRIE["accepted"] if case["key"] == "by:clw")
    shown = pairs(positions)
    leaf = index.KeyLeaf("by:clw", len(shown), index.key_tree_root(shown))
    for ordinal, (position, leaf_hash) in enumerate(shown):
        proof = index.prove_in_key_tree(shown, ordinal)
        assert index.verify_in_key_tree(leaf, ordinal, position, leaf_hash, proof)
        assert not index.verify_in_key_tree(leaf, ordinal, position + 1, leaf_hash, proof)
        assert not index.verify_in_key_tree(leaf, ordinal + 1, position, leaf_hash, proof)


@pytest.mark.parametrize(
    "text",
    [
        "factory:x",
        "party:x",
        "criterion:x",
        "ledger:main",
        "by:x",
        "voice:x",
        "keys:x",
        "statement:" + "0" * 64,
    ],
)
def test_index_keys_have_their_form(text: str) -> None:
    assert index.is_index_key(text)


@pytest.mark.parametrize(
    "text", ["", "x", "by:", "by:X", "by:party:x", "ledger:other", "statement:x", "group:x", "keys:\ud800"]
)
def test_other_texts_are_no_index_keys(text: str) -> None:
    assert not index.is_index_key(text)
    with refused("bad-index-key"):
        index.verify_key_proof(ROOT, text, index.KeyProof(None, ()))


def test_a_stub_is_never_walked_into() -> None:
    tree = index.IndexTree(bytes(32), 1)
    with pytest.raises(AssertionError, match="stub"):
        tree.add("by:clw", 0, bytes(32))


# --- every hash of every proof, changed once ----------------------------------------------


def small_tree(keys: int) -> index.IndexTree:
    tree = index.IndexTree()
    for number in range(keys):
        tree.add(f"factory:f{number}", number, sha256(b"%d" % number).digest())
    return tree


@pytest.mark.parametrize("count", [1, 2, 3, 7, 33, 100])
def test_no_proof_survives_the_change_of_one_of_its_hashes(count: int) -> None:
    tree = small_tree(count)
    root = tree.root()
    for number in range(count + 10):
        key = f"factory:f{number}"
        proof = tree.prove(key)
        index.verify_key_proof(root, key, proof)
        for at, node in enumerate(proof.path):
            other = bytes([node[0] ^ 1]) + node[1:]
            path = (*proof.path[:at], other, *proof.path[at + 1 :])
            with pytest.raises(Refusal, match="index-proof-root"):
                index.verify_key_proof(root, key, index.KeyProof(proof.leaf, path))


def test_no_key_is_proven_absent_that_is_there() -> None:
    tree = small_tree(40)
    root = tree.root()
    proofs = [tree.prove(f"factory:f{number}") for number in range(80)]
    for number in range(40):
        key = f"factory:f{number}"
        for proof in (*proofs, *(index.KeyProof(None, one.path) for one in proofs)):
            try:
                found = index.verify_key_proof(root, key, proof)
            except Refusal:
                continue
            assert isinstance(found, index.Present)


def test_a_proof_grows_with_the_logarithm_of_the_keys() -> None:
    small, large = (
        max(len(tree.prove(f"factory:f{number}").path) for number in range(50))
        for tree in (small_tree(64), small_tree(4096))
    )
    assert small < large <= small + 14


def test_what_json_may_hold_is_read_or_refused() -> None:
    good = index.parse_key_proof(TRIE["accepted"][0]["proof"]).to_json()
    for value in (
        None,
        [],
        {},
        {"path": None},
        {"path": [1]},
        good | {"leaf": None},
        {"path": [], "leaf": {}},
    ):
        with pytest.raises(Refusal):
            index.parse_key_proof(value)
    assert base64_decode(good["leaf"]["root"])
