"""Policies: whose cosignatures make a quorum, held against counting by hand, and prose that is none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.keys import public_key
from ledger.core.note import COSIGNATURE, ED25519, Verifier
from ledger.core.policy import parse_policy, published_policy
from ledger.core.refusal import Refusal
from tests.vectors.common import seed

COUNT = 6
VKEYS = [Verifier(f"w.example/{n}", COSIGNATURE, public_key(seed(f"w{n}"))).vkey for n in range(COUNT)]
LOG = Verifier("log.example", ED25519, public_key(seed("log"))).vkey
WITNESSES = "".join(f"witness w{n} {vkey}\n" for n, vkey in enumerate(VKEYS))

# A quorum as a tree: a witness's number, or (threshold, members); every member stands once.
Tree = Any


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    nodes: list[Tree] = list(range(COUNT))
    for _ in range(draw(st.integers(0, COUNT - 1))):
        count = draw(st.integers(1, min(3, len(nodes))))
        members, nodes = nodes[:count], nodes[count:]
        nodes.append((draw(st.integers(1, count)), members))
    return nodes[-1]


def _holds(tree: Tree, given: frozenset[int]) -> bool:
    if isinstance(tree, int):
        return tree in given
    threshold, members = tree
    return [_holds(member, given) for member in members].count(True) >= threshold


def _text(tree: Tree, lines: list[str]) -> str:
    if isinstance(tree, int):
        return f"w{tree}"
    threshold, members = tree
    names = [_text(member, lines) for member in members]
    lines.append(f"group g{len(lines)} {threshold} {' '.join(names)}\n")
    return f"g{len(lines) - 1}"


@given(trees(), st.frozensets(st.integers(0, COUNT - 1)))
def test_a_quorum_is_reached_exactly_when_counting_by_hand_says_so(tree: Tree, given: frozenset[int]) -> None:
    lines: list[str] = []
    name = _text(tree, lines)
    policy = parse_policy(f"log {LOG}\n{WITNESSES}{''.join(lines)}quorum {name}\n")
    assert policy.is_satisfied_by({f"w{n}" for n in given}) == _holds(tree, given)


@given(trees(), st.frozensets(st.integers(0, COUNT - 1)), st.integers(0, COUNT - 1))
def test_one_more_cosignature_never_breaks_a_quorum(tree: Tree, given: frozenset[int], more: int) -> None:
    lines: list[str] = []
    name = _text(tree, lines)
    policy = parse_policy(f"{WITNESSES}{''.join(lines)}quorum {name}\n")
    names = {f"w{n}" for n in given}
    assert not policy.is_satisfied_by(names) or policy.is_satisfied_by(names | {f"w{more}"})


def test_witnesses_may_come_with_addresses() -> None:
    policy = parse_policy(
        f"witness a {VKEYS[0]} https://w.example/submit\nwitness b {VKEYS[1]}\nquorum none\n"
    )
    assert policy.addresses == {"a": "https://w.example/submit"}


@pytest.mark.parametrize("prose", ["", "We judge nothing.", "A quorum of witnesses is planned.\nSoon."])
def test_prose_names_no_witnesses(prose: str) -> None:
    assert not published_policy(prose).demands_witnesses()


@pytest.mark.parametrize("broken", ["quorum w1", "  quorum\tnone none", "Prose.\nquorum none\n", "quorum"])
def test_a_policy_with_a_quorum_is_no_prose_even_when_it_is_broken(broken: str) -> None:
    with pytest.raises(Refusal, match=r"bad-policy|line|quorum|log, witness"):
        published_policy(broken)


def test_comments_say_what_else_the_operator_does() -> None:
    policy = published_policy(f"# We judge nothing.\nlog {LOG}\n{WITNESSES}quorum w2\n")
    assert policy.quorum == "w2"
