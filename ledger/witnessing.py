"""Witnesses (c2sp.org/tlog-witness): what a log sends them, and what each of their answers means.

Pure decisions; the time is a parameter, in seconds since 1970. A witness is asked with the size of the last
tree it is known to have cosigned and a proof that the new tree begins with that one. What it answers decides:

200  its cosignature is verified before it counts; signatures of other keys are ignored
409  it holds another size than we thought: asked again from there, with a fresh proof
422  it holds a tree that ours does not begin with: an alarm
400, 403, 404, anything else, nothing at all: asked again later, each time after a longer pause

A witness that forgets a tree it has cosigned, or that knows a larger one than this log has signed, is an
alarm too. An alarm stops publication until a human has looked (`evidence witness forget`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from ledger.core.checkpoint import Checkpoint, parse_size
from ledger.core.checkpoint import parse as parse_checkpoint
from ledger.core.grammar import base64_encode
from ledger.core.note import NoteSignature, Verifier, open_note, split_note
from ledger.core.policy import Policy
from ledger.core.refusal import Refusal

SIZE_TYPE: Final = "text/x.tlog.size"
PROOF_LIMIT: Final = 63
ROUNDS: Final = 3  # how often one witness is asked about one checkpoint
SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness: its name in the policy or the settings, its cosignature key, its submission prefix or ""."""

    name: str
    verifier: Verifier
    address: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What is remembered of a witness.

    `note` is the newest checkpoint that it cosigned, with its cosignature; `claimed` the largest size that it
    said it holds. `answer` says how it answered last, "" when it was never asked; `since` when it cosigned
    last; `failures` in a row; not before `retry_at` is it asked again. `alarm` is "" while all is well.
    """

    note: str = ""
    claimed: int = 0
    answer: str = ""
    since: float = 0.0
    failures: int = 0
    retry_at: float = 0.0
    alarm: str = ""

    @property
    def head(self) -> Checkpoint | None:
        """The newest tree that it cosigned."""
        return parse_checkpoint(split_note(self.note)[0]) if self.note else None

    @property
    def size(self) -> int:
        """The size of that tree, 0 when there is none."""
        head = self.head
        return head.size if head else 0

    @property
    def known_size(self) -> int:
        """The largest size that it holds, proven or claimed."""
        return max(self.size, self.claimed)


class Reply(NamedTuple):
    """An HTTP answer as it came: status, media type without parameters, body, `Retry-After` in seconds."""

    status: int
    media_type: str
    body: bytes
    retry_after: float | None = None


class Outage(NamedTuple):
    """No whole answer came."""

    what: str


class Question(NamedTuple):
    """One request: the note, its checkpoint, and the size from which the consistency proof leads."""

    note: str
    checkpoint: Checkpoint
    old: int


class Next(NamedTuple):
    """What follows from an answer: the new standing, whether to ask again at once, and from which size."""

    standing: Standing
    again: bool = False
    old: int = 0


# --- whom to ask ------------------------------------------------------------------------


def witnesses_of(policy: Policy, settings: Policy | None = None) -> list[Witness]:
    """Everyone to be asked: the published policy's witnesses and the settings', whose addresses go first.

    The settings' names are theirs alone; a key decides who is who.
    """
    own = settings or Policy(quorum="none")
    addresses = {own.witnesses[name].public: address for name, address in own.addresses.items()}
    asked = [
        Witness(name, verifier, addresses.get(verifier.public, policy.addresses.get(name, "")))
        for name, verifier in policy.witnesses.items()
    ]
    listed = {witness.verifier.public for witness in asked}
    more = own.witnesses.items()
    return asked + [
        Witness(name, key, addresses.get(key.public, "")) for name, key in more if key.public not in listed
    ]


# --- what to send -----------------------------------------------------------------------


def add_checkpoint_body(old: int, proof: Sequence[bytes], note: str) -> bytes:
    """The body of add-checkpoint: the old size, the consistency proof (32 bytes each), the checkpoint."""
    assert len(proof) <= PROOF_LIMIT, "a tree has fewer than 2^63 entries"
    path = "".join(base64_encode(node) + "\n" for node in proof)
    return f"old {old}\n{path}\n{note}".encode()


# --- what an answer means ---------------------------------------------------------------


def judge(
    witness: Witness, standing: Standing, question: Question, answer: Reply | Outage, now: float, luck: float
) -> Next:
    """What follows from the answer to a question; `luck` in [0, 1) spreads the pauses of many logs."""
    if isinstance(answer, Outage):
        return Next(_pause(standing, answer.what, now, luck))
    if answer.status == 200:
        return _cosigned(witness, standing, question, answer, now, luck)
    if answer.status == 409:
        return _conflict(standing, question, answer, now, luck)
    if answer.status == 422:
        what = f"it says that the tree of {question.checkpoint.size} entries does not continue the one"
        return _alarm(standing, f"{what} of {question.old} that it cosigned")
    told = f"{_MEANING.get(answer.status, 'HTTP status')} ({answer.status})"
    return Next(_pause(standing, told, now, luck, answer.retry_after))


_MEANING: Final[Mapping[int, str]] = {
    400: "it cannot read the request",
    403: "it does not trust the log's key",
    404: "it does not know this log",
    429: "it is asked too often",
}


def _cosigned(
    witness: Witness, standing: Standing, question: Question, reply: Reply, now: float, luck: float
) -> Next:
    text = question.checkpoint.text()
    try:
        lines = reply.body.decode("utf-8")
        # The log's own signature lines stay out of it: what is judged is the witness's.
        note = open_note(f"{text}\n{lines}", [witness.verifier])
        (own,) = note.verified
        if note.text != text:
            raise Refusal("bad-note", "it is of another text")
        if int.from_bytes(own.signature[:8], "big") == 0:
            raise Refusal("bad-signature", "its time is zero")
    except UnicodeDecodeError:
        return Next(_pause(standing, "its answer is not text (200)", now, luck))
    except Refusal as refusal:
        return Next(_pause(standing, f"no good cosignature: {refusal.what:.200} (200)", now, luck))
    if standing.size > question.checkpoint.size:
        what = f"it cosigned {standing.size} entries, and afterwards only {question.checkpoint.size}"
        return _alarm(standing, what)
    kept = f"{text}\n{own.line}"
    return Next(Standing(kept, question.checkpoint.size, "cosigned (200)", now))


def _conflict(standing: Standing, question: Question, reply: Reply, now: float, luck: float) -> Next:
    size = _size_of(reply)
    if size is None:
        return Next(_pause(standing, "a conflict without a size (409)", now, luck))
    if size < standing.known_size:
        return _alarm(standing, f"it held {standing.known_size} entries, now it says {size}")
    if size > question.checkpoint.size:
        # Recorded as its claim, so that the sequencer compares it with the database, too.
        what = f"it holds {size} entries, more than the {question.checkpoint.size} that this log signed"
        return _alarm(replace(standing, claimed=size), what)
    known = replace(standing, claimed=size, answer=f"it holds {size} entries (409)")
    if size == question.old:
        return Next(_pause(known, "a conflict with the size that it names itself (409)", now, luck))
    return Next(known, again=True, old=size)


def _size_of(reply: Reply) -> int | None:
    """The size that a 409 names: decimal digits and a newline, of its own media type."""
    if reply.media_type != SIZE_TYPE or not reply.body.endswith(b"\n"):
        return None
    return parse_size(reply.body[:-1].decode("ascii", "replace"))


def probed(standing: Standing, answer: Reply | Outage) -> Standing:
    """The standing after a question about the empty tree, with which every tree begins: what does it hold?

    A tree larger than ours is no alarm of its own here: the sequencer compares it with the database.
    """
    if isinstance(answer, Outage):
        return replace(standing, answer=answer.what)
    size = 0 if answer.status == 200 else _size_of(answer) if answer.status == 409 else None
    if size is None:
        told = f"{_MEANING.get(answer.status, 'HTTP status')} ({answer.status})"
        return replace(standing, answer=told)
    if size < standing.known_size:
        return _alarm(standing, f"it held {standing.known_size} entries, now it says {size}").standing
    return replace(standing, claimed=size, answer=f"it holds {size} entries ({answer.status})")


def gave_up(standing: Standing, now: float, luck: float) -> Standing:
    """The standing after as many rounds as one checkpoint is worth."""
    return _pause(standing, f"it named another size {ROUNDS} times (409)", now, luck)


def _alarm(standing: Standing, what: str) -> Next:
    return Next(replace(standing, alarm=what, answer=what, failures=standing.failures + 1))


def _pause(standing: Standing, what: str, now: float, luck: float, at_least: float | None = None) -> Standing:
    """Exponential backoff with jitter: between half and all of the pause, which doubles up to a minute."""
    failures = standing.failures + 1
    pause = min(LONGEST_PAUSE, SHORTEST_PAUSE * 2 ** min(failures - 1, 16)) * (0.5 + luck / 2)
    pause = max(pause, min(at_least or 0.0, LONGEST_PAUSE))
    return replace(standing, answer=what, failures=failures, retry_at=now + pause)


# --- what it amounts to -----------------------------------------------------------------


def cosignature(standing: Standing, checkpoint: Checkpoint) -> NoteSignature | None:
    """The cosignature of exactly this checkpoint, if the witness gave it."""
    if not standing.note:
        return None
    text, signatures = split_note(standing.note)
    return signatures[0] if text == checkpoint.text() else None


def assemble(note: str, cosignatures: Iterable[NoteSignature]) -> str:
    """The log's note followed by the cosignatures, by name and key hash."""
    ordered = sorted(cosignatures, key=lambda each: (each.name, each.key_hash))
    return note + "".join(each.line for each in ordered)


def quorum_reached(policy: Policy, witnesses: Iterable[Witness], note: str) -> bool:
    """Whether the cosignatures on a note, each verified anew, make the policy's quorum."""
    if not policy.demands_witnesses():
        return True
    try:
        opened = open_note(note, [witness.verifier for witness in witnesses])
    except Refusal:
        return False
    return policy.is_satisfied_by(policy.cosigners(opened))
