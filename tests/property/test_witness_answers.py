"""Whatever a witness answers, it is judged: nothing is raised, and nothing but a good cosignature counts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ledger.core.checkpoint import Checkpoint, sign_checkpoint
from ledger.core.grammar import base64_encode
from ledger.core.keys import public_key, sign
from ledger.core.merkle import EMPTY_ROOT
from ledger.core.note import COSIGNATURE, Signer, Verifier
from ledger.witnessing import (
    LONGEST_PAUSE,
    SIZE_TYPE,
    Outage,
    Question,
    Reply,
    Standing,
    Witness,
    cosignature,
    judge,
    probed,
)
from tests.vectors.common import ORIGIN, seed

HEAD = Checkpoint(ORIGIN, 9, bytes(range(32)))
KEY = seed("witness")
WITNESS = Witness("w", Verifier("witness.example", COSIGNATURE, public_key(KEY)), "http://w")
NOTE = sign_checkpoint(HEAD, Signer(ORIGIN, seed("log")))


def _line(timestamped: bytes) -> bytes:
    encoded = base64_encode(WITNESS.verifier.key_hash + timestamped)
    return f"— witness.example {encoded}\n".encode()


def _cosigned(checkpoint: Checkpoint, seconds: int) -> bytes:
    text = f"cosignature/v1\ntime {seconds}\n{checkpoint.text()}".encode()
    return seconds.to_bytes(8, "big") + sign(KEY, text)


bodies = st.one_of(
    st.binary(max_size=300),
    st.binary(min_size=1, max_size=90).map(_line),
    st.text(alphabet="— witness.example\n=+/AZ09", max_size=80).map(str.encode),
    st.integers(-5, 2**70).map(lambda n: f"{n}\n".encode()),
    st.lists(st.sampled_from([_line(_cosigned(HEAD, 5)), _line(bytes(72)), b"\n", b"x\n\n"]), max_size=4).map(
        b"".join
    ),
)
replies = st.builds(
    Reply,
    st.one_of(st.sampled_from([200, 400, 403, 404, 409, 422, 429, 500]), st.integers(100, 999)),
    st.sampled_from([SIZE_TYPE, "text/plain", "text/html", ""]),
    bodies,
    st.none() | st.floats(0, 10**6),
)
answers = replies | st.builds(Outage, st.text(max_size=20))
kept = st.builds(
    lambda size: (
        f"{Checkpoint(ORIGIN, size, bytes([size or 1]) * 32 if size else EMPTY_ROOT).text()}\n"
        + _line(bytes(72)).decode()
    ),
    st.integers(0, 12),
)
standings = st.builds(Standing, st.just("") | kept, st.integers(0, 12), failures=st.integers(0, 10**6))


@given(answers, standings, st.integers(0, 9), st.floats(0, 1, exclude_max=True))
def test_every_answer_is_judged(answer: Reply | Outage, before: Standing, old: int, luck: float) -> None:
    after, again, size = judge(WITNESS, before, Question(NOTE, HEAD, old), answer, 1000.0, luck)
    given = cosignature(after, HEAD)
    if given is not None and after.note != before.note:
        assert WITNESS.verifier.check(HEAD.text(), given.signature)
    if again:
        assert size != old, "asked again from the same size it would answer the same"
        assert before.known_size <= size <= HEAD.size
    elif after.note == before.note:
        assert after.alarm or 1000 < after.retry_at <= 1000 + LONGEST_PAUSE
    assert after.size >= before.size


@given(answers, standings)
def test_every_answer_to_a_probe_is_judged(answer: Reply | Outage, before: Standing) -> None:
    after = probed(before, answer)
    assert after.note == before.note
    assert after.alarm or after.known_size >= before.size


@given(st.integers(1, 2**63 - 1))
def test_a_good_cosignature_is_taken_whenever_it_was_given(seconds: int) -> None:
    reply = Reply(200, "text/plain", _line(_cosigned(HEAD, seconds)))
    after = judge(WITNESS, Standing(), Question(NOTE, HEAD, 0), reply, 1000.0, 0.5).standing
    assert cosignature(after, HEAD) is not None
    assert (after.size, after.failures, after.since) == (9, 0, 1000.0)
