"""Judging entries by their bytes: form and signatures, the part of an audit that needs no earlier entry.

It is most of the work, so it can be shared out among processes. Rules are for `audit_replay`.
"""

import gc
import multiprocessing
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import accumulate, pairwise
from mmap import mmap
from multiprocessing.context import BaseContext
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Protocol

from ..core import keys
from ..core.entry import decode_entry
from ..core.envelope import pae
from ..core.refusal import Refusal
from ..core.statement import check_payload

NICENESS = 10  # of those who judge
# Seconds until a thread that waits for the interpreter asks for it. Hashing an entry gives the interpreter up
# and takes it back at once, and the wait begins anew: with the default, which is longer than reading an entry
# takes, the pool's threads send nothing to those who judge until the last entry is read.
SWITCH_INTERVAL = 0.00001
MOST_PROCESSES = 4  # the one that replays the rules keeps no more than that busy


class Flaw(NamedTuple):
    """A defect of the entry's `bytes` or of the statement's `form`: the refusal that it earned."""

    step: str
    code: str
    what: str
    where: str


Judgement = Flaw | frozenset[str] | None
"""None for an entry in perfect order, all of whose signatures are good; else its flaw, or, where some
signature is bad or could not be tried, the ids of the keys whose signatures are good.
"""
Judgements = list[Judgement]


class Judging(Protocol):
    """Whoever judges; the answer comes when it is called for."""

    def submit(self, entries: Sequence[bytes], known: Mapping[str, bytes]) -> Callable[[], Judgements]:
        """`known` are public keys by key id; a signature by another key is not tried here."""
        ...


def judge(entries: Sequence[bytes], known: Mapping[str, bytes]) -> Judgements:
    """A judgement of each entry."""
    return [_judge(entry, known) for entry in entries]


def _judge(data: bytes, known: Mapping[str, bytes]) -> Judgement:
    try:
        envelope = decode_entry(data).envelope
    except Refusal as refusal:
        return Flaw("bytes", refusal.code, refusal.what, refusal.where)
    try:
        check_payload(envelope.payload)
    except Refusal as refusal:
        return Flaw("form", refusal.code, refusal.what, refusal.where)
    message = pae(envelope.payload)
    good = [
        one.keyid
        for one in envelope.signatures
        if one.keyid in known and keys.verify(known[one.keyid], message, one.sig)
    ]
    return None if len(good) == len(envelope.signatures) else frozenset(good)


class JudgingHere:
    """In this process, when the answer is called for."""

    def submit(self, entries: Sequence[bytes], known: Mapping[str, bytes]) -> Callable[[], Judgements]:
        return lambda: judge(entries, known)


class JudgingElsewhere:
    """In processes of their own, one for each core; a context manager that ends them.

    While it lasts, threads of this process take turns in shorter intervals; so one of it at a time, or one
    inside the other.
    """

    def __init__(self, processes: int, room: int = 0) -> None:
        """`room` bytes of memory are shared with the processes, if they can: entries laid down there, as long
        as they fit, need not be sent through a pipe, which takes a third of the time that form does.
        """
        context = _context()
        shares = room > 0 and context.get_start_method() == "fork"
        self._shelf = mmap(-1, room) if shares else None
        self._taken = 0
        self._pool = ProcessPoolExecutor(
            min(processes, MOST_PROCESSES), context, initializer=_prepare, initargs=(self._shelf,)
        )

    def __enter__(self) -> "JudgingElsewhere":
        self._interval = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_INTERVAL)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        sys.setswitchinterval(self._interval)
        self._pool.shutdown(cancel_futures=True)
        if self._shelf is not None:
            self._shelf.close()

    def submit(self, entries: Sequence[bytes], known: Mapping[str, bytes]) -> Callable[[], Judgements]:
        start, sizes = self._taken, [len(entry) for entry in entries]
        end = start + sum(sizes)
        if self._shelf is None or end > len(self._shelf):
            return self._pool.submit(judge, entries, known).result
        self._shelf[start:end] = b"".join(entries)
        self._taken = end
        return self._pool.submit(_judge_shelved, start, sizes, known).result


def _context() -> BaseContext:
    """How processes are started: as copies of this one, which have all that is imported, if it has but one
    thread. A copy could hold locks of threads that it does not have, so otherwise they are started afresh.
    """
    return multiprocessing.get_context("fork" if _threads() == 1 else "spawn")


def _threads() -> int | None:
    """The threads of this process, those included that Python does not know; None where nobody tells."""
    try:
        return len(list(Path("/proc/self/task").iterdir()))
    except OSError:
        return None


_shelf: mmap | None = None  # in a process that judges: what it shares with the one that reads


def _judge_shelved(start: int, sizes: Sequence[int], known: Mapping[str, bytes]) -> Judgements:
    """A judgement of each of the entries of these sizes that lie one behind the other from `start`."""
    assert _shelf is not None, "told when the process started"
    ends = accumulate(sizes, initial=start)
    return judge([_shelf[first:last] for first, last in pairwise(ends)], known)


def _prepare(shelf: mmap | None) -> None:
    global _shelf
    _shelf = shelf
    # Judging leaves no cycles behind, so looking for them is time lost.
    gc.disable()
    # One process reads and replays the rules in order, and all others wait for it: it goes first.
    if hasattr(os, "nice"):
        os.nice(NICENESS)
