"""Have checkpoints witnessed before they are published (protocol section 6)."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

from ledger.core.checkpoint import Checkpoint
from ledger.core.checkpoint import parse as parse_checkpoint
from ledger.core.merkle import HashReader, consistency_proof
from ledger.core.note import split_note
from ledger.core.policy import Policy, published_policy
from ledger.core.refusal import LedgerError, Refusal
from ledger.ports import Signed, WitnessDoor, WitnessMemory
from ledger.witnessing import (
    ROUNDS,
    Question,
    Standing,
    Witness,
    add_checkpoint_body,
    assemble,
    cosignature,
    gave_up,
    judge,
    probed,
    quorum_reached,
    witnesses_of,
)

log = logging.getLogger(__name__)
AT_ONCE = 16  # witnesses asked at the same time


class WitnessAlarm(LedgerError):
    """What a witness says cannot be true of an append-only log: nothing is published until a human looked."""


class QuorumMissing(LedgerError):
    """Too few witnesses have cosigned this checkpoint; the next publication asks again."""


class PolicyUnusable(LedgerError):
    """The published policy, or that of the settings, cannot be read."""


@dataclass(frozen=True, slots=True)
class WitnessState:
    """How one witness stands, for operators."""

    witness: Witness
    standing: Standing
    counts: bool
    """Whether the published policy names it."""

    def to_json(self) -> dict[str, object]:
        """Names and numbers; times in seconds since 1970, 0 for never."""
        standing = self.standing
        return {
            "name": self.witness.name,
            "counts": self.counts,
            "size": standing.size,
            "claimed": standing.claimed,
            "cosignedAt": int(standing.since),
            "answer": standing.answer,
            "failures": standing.failures,
            "retryAt": int(standing.retry_at),
            "alarm": standing.alarm,
        }


class Asked(NamedTuple):
    """A witness and where it stands after it was asked."""

    witness: Witness
    standing: Standing


class Witnesses:
    """`Cosigner` and `TreeHeadSource`: asks the witnesses of the policy that the ledger has published.

    `policy_at` gives the policy's text for a tree of a size, "" for an empty one; `nodes` reads the tree of a
    size; `own` is the settings' policy file: addresses, and witnesses to be asked beyond the policy.
    """

    def __init__(
        self,
        policy_at: Callable[[int], str],
        nodes: Callable[[int], HashReader],
        door: WitnessDoor,
        memory: WitnessMemory,
        own: Policy | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._policy_at = policy_at
        self._nodes = nodes
        self._door = door
        self._memory = memory
        self._own = own
        self._now = now
        self._luck = random.Random()  # noqa: S311 - spreads retries, protects nothing
        self._asked: tuple[Witness, ...] = ()
        self._newest = "a witness"

    def cosign(self, size: int, root: bytes, note: str) -> str:
        """The note with every cosignature that could be had.

        Raises `WitnessAlarm`, and `QuorumMissing` when they do not make the policy's quorum.
        """
        policy = self._policy(size)
        witnesses = self._listed(policy)
        self._stop_on_alarm(Asked(each, self._memory.recall(each.verifier.vkey)) for each in witnesses)
        checkpoint = parse_checkpoint(split_note(note)[0])
        assert (checkpoint.size, checkpoint.root) == (size, root), "the note is of this tree"
        asked = self._together(lambda witness: self._ask(witness, note, checkpoint), witnesses)
        self._stop_on_alarm(asked)
        given = [signature for each in asked if (signature := cosignature(each.standing, checkpoint))]
        cosigned = assemble(note, given)
        if not quorum_reached(policy, witnesses, cosigned):
            told = "; ".join(f"{each.witness.name}: {each.standing.answer}" for each in asked)
            raise QuorumMissing(
                f"{len(given)} of {len(witnesses)} witnesses cosigned {size} entries, too few for the quorum "
                f"{policy.quorum}: {told}",
                "nothing is lost: it is published as soon as the quorum has cosigned",
            )
        return cosigned

    def probe(self, size: int, empty_tree: str) -> None:
        """Ask every witness which size it holds, before the first append; `empty_tree` is a signed checkpoint
        of no entries. Who does not answer stays as remembered. `size` is that of the database.
        """
        note, checkpoint = empty_tree, parse_checkpoint(split_note(empty_tree)[0])
        body = add_checkpoint_body(0, (), note)
        assert checkpoint.size == 0, "every tree begins with the empty one, so signing it binds to nothing"

        def ask(witness: Witness) -> Asked:
            vkey, before = witness.verifier.vkey, self._memory.recall(witness.verifier.vkey)
            after = probed(before, self._door.add_checkpoint(witness.address, body))
            # Whoever has asked in the meantime knows more.
            if self._memory.recall(vkey) == before:
                self._memory.remember(vkey, after)
            return Asked(witness, after)

        self._together(ask, [each for each in self._listed(self._policy(size)) if each.address])

    def states(self, size: int) -> list[WitnessState]:
        """How each witness stands, by the policy of a tree of `size`. Raises `PolicyUnusable`."""
        policy = self._policy(size)
        return [
            WitnessState(each, self._memory.recall(each.verifier.vkey), each.name in policy.witnesses)
            for each in self._listed(policy)
        ]

    def are_enough(self, size: int, note: str) -> bool:
        """Whether the policy of a tree of `size` asks for witnesses and the note has its quorum."""
        policy = self._policy(size)
        return policy.demands_witnesses() and quorum_reached(policy, witnesses_of(policy), note)

    @property
    def name(self) -> str:
        """Who knows the tree head that `last` gave."""
        return self._newest

    def last(self) -> Signed | None:
        """The largest tree that any witness is known to hold; without its root when that is only claimed."""
        standings = [(w, self._memory.recall(w.verifier.vkey)) for w in self._asked]
        if not standings:
            return None
        witness, newest = max(standings, key=lambda each: each[1].known_size)
        self._newest = f"witness {witness.name}"
        head = newest.head
        if head is not None and head.size == newest.known_size:
            return Signed(head.size, head.root)
        return Signed(newest.known_size, b"")

    def _policy(self, size: int) -> Policy:
        try:
            return published_policy(self._policy_at(size))
        except Refusal as refusal:
            raise PolicyUnusable(
                f"the ledger's policy: {refusal.what}", "amend the ledger with a policy that can be read"
            ) from refusal

    def _listed(self, policy: Policy) -> Sequence[Witness]:
        self._asked = tuple(witnesses_of(policy, self._own))
        return self._asked

    def _stop_on_alarm(self, asked: Iterable[Asked]) -> None:
        alarms = [f"witness {w.name}: {standing.alarm}" for w, standing in asked if standing.alarm]
        if alarms:
            raise WitnessAlarm(
                "; ".join(alarms), "run `evidence check`, ask the witness, then `evidence witness forget`"
            )

    def _together(self, ask: Callable[[Witness], Asked], witnesses: Sequence[Witness]) -> list[Asked]:
        if not witnesses:
            return []
        with ThreadPoolExecutor(min(AT_ONCE, len(witnesses)), thread_name_prefix="witness") as pool:
            return list(pool.map(ask, witnesses))

    def _ask(self, witness: Witness, note: str, checkpoint: Checkpoint) -> Asked:
        """Up to three rounds with one witness; none while it is to be left alone or has cosigned already."""
        vkey = witness.verifier.vkey
        standing = self._memory.recall(vkey)
        at_rest = standing.retry_at > self._now() or not witness.address
        if at_rest or cosignature(standing, checkpoint) is not None:
            return Asked(witness, standing)
        old = min(standing.known_size, checkpoint.size)
        for _ in range(ROUNDS):
            body = add_checkpoint_body(old, self._proof(old, checkpoint.size), note)
            reply = self._door.add_checkpoint(witness.address, body)
            question = Question(note, checkpoint, old)
            standing, again, old = judge(witness, standing, question, reply, self._now(), self._luck.random())
            self._memory.remember(vkey, standing)
            if not again:
                break
        else:
            standing = gave_up(standing, self._now(), self._luck.random())
            self._memory.remember(vkey, standing)
        if standing.failures or standing.alarm:
            log.warning("witness %s: %s", witness.name, standing.answer)
        return Asked(witness, standing)

    def _proof(self, old: int, size: int) -> Sequence[bytes]:
        return consistency_proof(old, size, self._nodes(size)) if old else ()
