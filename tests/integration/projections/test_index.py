"""The index in a real database: grown in steps, proven at every size, rebuilt, and changed bytes found."""

from __future__ import annotations

import random
from collections.abc import Iterator

import psycopg
import pytest

from ledger.core.index import Absent, IndexTree, Present, verify_all, verify_key_proof
from projections import index, index_trie
from projections.check import Defect, check
from projections.rebuild import rebuild
from projections.runner import Runner
from tests.support.small_log import SmallLog

SIZES = (7, 8, 40, 60)


def small_log(count: int) -> SmallLog:
    """Statements about few names by few parties, each referring to an earlier one."""
    chance, log = random.Random(3), SmallLog()
    ids: list[str] = []
    for number in range(count):
        name = f"factory:f{chance.randrange(9)}"
        by = chance.choice(["clw", "aaf", "mattel"])
        refs = [("respondsTo", chance.choice(ids))] if ids and number % 2 else []
        event = "ResponseGiven" if refs else "AllegationMade"
        claim = {} if refs else {"issue": "osh/ppe"}
        at = f"2020-01-01T09:{number // 60:02}:{number % 60:02}Z"
        ids.append(log.say(event, name, claim, by=by, refs=refs, at=at))
    return log


def leaf(conn: psycopg.Connection[object], position: int) -> bytes:
    row = conn.execute("SELECT leaf_hash FROM ledger_entry WHERE position = %s", (position,)).fetchone()
    assert row is not None
    return bytes(row[0])  # type: ignore[index]


def project(url: str) -> None:
    with Runner(url, [index.TABLE], batch=13) as runner:
        while runner.run_once():
            pass


@pytest.fixture
def indexed(database_url: str) -> Iterator[tuple[SmallLog, psycopg.Connection[object], dict[int, IndexTree]]]:
    """A log whose index was computed at `SIZES`, and the same trees computed in memory from the beginning."""
    log, trees = small_log(SIZES[-1]), {}
    for size in SIZES:
        log.store(database_url, size)
        project(database_url)
        index_trie.StoredIndex(database_url).advance()
    with psycopg.connect(database_url, autocommit=True) as conn:
        for size in SIZES:
            trees[size] = IndexTree()
            for recorded in log.recorded[:size]:
                trees[size].extend(recorded, leaf(conn, recorded.index))
        yield log, conn, trees


Indexed = tuple[SmallLog, psycopg.Connection[object], dict[int, IndexTree]]


def test_an_index_grown_in_steps_is_the_one_computed_at_once(indexed: Indexed) -> None:
    _, conn, trees = indexed
    for size, tree in trees.items():
        assert index_trie.head_at(conn, size) == tree.head(size)


def test_a_size_that_was_not_computed_has_no_head(indexed: Indexed) -> None:
    _, conn, _ = indexed
    assert index_trie.head_at(conn, 9) is None
    with pytest.raises(index_trie.NotIndexed):
        index_trie.prove(conn, 9, "factory:f1")


def test_every_key_is_proven_at_every_size(indexed: Indexed) -> None:
    log, conn, trees = indexed
    every = {key for recorded in log.recorded for key in index.index_keys(recorded)}
    for size, tree in trees.items():
        for key in every:
            proof, pairs = index_trie.prove(conn, size, key), index_trie.pairs(conn, size, key)
            assert proof == tree.prove(key)
            assert verify_all(tree.root(), key, proof, pairs) == len(pairs)
            present = verify_key_proof(tree.root(), key, proof)
            assert isinstance(present, Present if pairs else Absent)


def test_a_key_that_nobody_used_is_proven_absent(indexed: Indexed) -> None:
    _, conn, trees = indexed
    for number in range(50):
        key = f"factory:nobody-{number}"
        proof = index_trie.prove(conn, 40, key)
        assert verify_key_proof(trees[40].root(), key, proof) == Absent()


def test_a_rebuild_computes_the_same_trie(database_url: str, indexed: Indexed) -> None:
    _, conn, trees = indexed
    rebuild(database_url, [index.TABLE])
    head = index_trie.rebuild(conn)
    assert head == trees[60].head(60)
    assert [event for event in check(database_url, [index.TABLE]) if isinstance(event, Defect)] == []


def test_a_sound_index_passes_the_check(database_url: str, indexed: Indexed) -> None:
    assert [event for event in check(database_url, [index.TABLE]) if isinstance(event, Defect)] == []


@pytest.mark.parametrize(
    ("change", "size"),
    [
        ("UPDATE index_head SET root = sha256(root) WHERE size = 40", 40),
        ("UPDATE index_head SET keys = keys + 1 WHERE size = 8", 8),
        ("UPDATE index_node SET hash = sha256(hash) WHERE size = 60 AND path = '0'", 60),
        ("UPDATE index_node SET count = count + 1 WHERE size = 7 AND key = 'by:clw'", 7),
        ("DELETE FROM index_node WHERE size = 40 AND key = 'by:aaf'", 40),
        ("INSERT INTO index_node SELECT path || '0', size, hash FROM index_node WHERE key = 'by:clw'", 7),
    ],
)
def test_a_changed_trie_is_named_with_its_size(
    database_url: str, indexed: Indexed, change: str, size: int
) -> None:
    indexed[1].execute(change)
    (defect,) = [event for event in check(database_url, [index.TABLE]) if isinstance(event, Defect)]
    assert (defect.view, defect.position) == ("index trie", size - 1)


def test_two_processes_that_grow_the_index_agree(database_url: str) -> None:
    log = small_log(20)
    log.store(database_url)
    project(database_url)
    with psycopg.connect(database_url, autocommit=True) as conn:
        first = index_trie.grow(conn, 20)
        assert index_trie.grow(conn, 20) == first == index_trie.newest_head(conn)
