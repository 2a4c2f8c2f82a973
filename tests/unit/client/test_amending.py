"""What the text of a policy becomes when its keys, its witnesses or its prose are amended."""

from __future__ import annotations

import pytest

from api.client.amending import policy_saying, policy_with_keys, policy_with_witnesses
from ledger.core.keys import public_key
from ledger.core.note import COSIGNATURE, ED25519, Verifier
from ledger.core.policy import published_policy
from tests.support.builder import ORIGIN, log_vkey, refused
from tests.vectors.common import seed

PROSE = "We judge nothing.\nquora are not ours."
OTHER = Verifier(ORIGIN, ED25519, public_key(seed("log 2"))).vkey


def witness(name: str) -> str:
    vkey = Verifier(f"{name}.example/w", COSIGNATURE, public_key(seed(name))).vkey
    return f"witness {name} {vkey} https://{name}.example\n"


NORTH = witness("north") + "quorum north\n"
SOUTH = "# asked since spring\n" + witness("south") + "\nquorum south\n\n"


def test_prose_becomes_the_comments_of_a_policy() -> None:
    amended = policy_with_witnesses(PROSE, NORTH, [log_vkey()])
    assert amended == f"# We judge nothing.\n# quora are not ours.\nlog {log_vkey()}\n{NORTH}"
    assert published_policy(amended).quorum == "north"


def test_other_witnesses_replace_the_old_ones_and_what_is_said_stays() -> None:
    before = policy_with_witnesses(PROSE, SOUTH, [log_vkey()])
    assert policy_with_witnesses(before, NORTH, [log_vkey()]) == policy_with_witnesses(
        PROSE, NORTH, [log_vkey()]
    )


def test_the_logs_keys_keep_their_addresses() -> None:
    policy = f"log {log_vkey()} https://ledger.example.org\nquorum none\n"
    both = policy_with_witnesses(policy, NORTH, [log_vkey(), OTHER])
    assert sorted(both.splitlines()[:2]) == sorted(
        [f"log {log_vkey()} https://ledger.example.org", f"log {OTHER}"]
    )
    assert both.endswith(NORTH)
    assert policy_with_keys(both, [OTHER]) == f"log {OTHER}\n{NORTH}"


def test_other_words_leave_keys_and_witnesses_as_they_are() -> None:
    before = policy_with_witnesses(PROSE, SOUTH, [log_vkey()])
    assert policy_saying(before, "We judge no one.") == policy_with_witnesses(
        "We judge no one.", SOUTH, [log_vkey()]
    )
    assert policy_saying(PROSE, "We judge no one.") == "We judge no one."


@pytest.mark.parametrize("lines", ["quorum nobody\n", witness("north"), f"{NORTH}log {log_vkey()}\n"])
def test_lines_that_make_no_policy_are_refused(lines: str) -> None:
    with refused("bad-policy"):
        policy_with_witnesses(PROSE, lines, [log_vkey()])
