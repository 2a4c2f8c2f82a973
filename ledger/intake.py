"""What waits for the sequencer: submissions, their preparation before the lock, and the bounded queue.

Preparation needs no database: the payload is decoded, its signatures are verified with keys met before and,
if all are good, its disclosures are opened, so that the lock is held for rules and inserts alone. What was
signed with a key seen for the first time is verified and opened under the lock.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import NamedTuple

from ledger.core import keys
from ledger.core.disclosure import Disclosure
from ledger.core.envelope import Envelope, Signature, pae
from ledger.core.refusal import LedgerError, Refusal, detached
from ledger.core.statement import Statement, decode_statement
from ledger.domain.decide import admissible
from ledger.domain.needs import Needs, needs
from ledger.receipts import Receipt

_KEYS_REMEMBERED = 65_536


class Submission(NamedTuple):
    """A signed envelope with the disclosures of its withheld members; `statement` if already decoded.

    `objection` is what stands against it outside the log. It is raised once the rules have accepted the
    statement, so that it is told to nobody who may not sign it.
    """

    envelope: Envelope
    disclosures: tuple[str, ...] = ()
    statement: Statement | None = None
    objection: Refusal | None = None


class Overloaded(LedgerError):
    """The queue is full; `retry_after` is in seconds."""

    def __init__(self, waiting: int, retry_after: int) -> None:
        super().__init__(f"{waiting} statements are waiting", f"send it again in {retry_after} s")
        self.retry_after = retry_after


Outcome = Receipt | BaseException
Settle = Callable[[Outcome], None]


class KnownKeys:
    """Public keys by id, for verification before the lock. The id is the key's digest, so no entry can go
    stale.
    """

    def __init__(self) -> None:
        self._keys: dict[str, bytes] = {}

    def learn(self, public: bytes) -> None:
        if len(self._keys) >= _KEYS_REMEMBERED:
            self._keys.clear()
        self._keys[keys.key_id(public)] = public

    def find(self, key_id: str) -> bytes | None:
        return self._keys.get(key_id)


class SignatureCheck:
    """`verify` of one envelope as the rules call it: each (key, signature) is verified once."""

    __slots__ = ("_known", "_message", "_verdicts")

    def __init__(self, payload: bytes, known: KnownKeys) -> None:
        self._message = pae(payload)
        self._known = known
        self._verdicts: dict[tuple[bytes, bytes], bool] = {}

    def __call__(self, public: bytes, signature: Signature) -> bool:
        verdict = self._verdicts.get((public, signature.sig))
        if verdict is None:
            verdict = keys.verify(public, self._message, signature.sig)
            self._verdicts[public, signature.sig] = verdict
            self._known.learn(public)
        return verdict

    def ahead(self, signatures: Iterable[Signature]) -> bool:
        """Verify now what can be verified without the database; whether that was all, and good."""
        good = True
        for signature in signatures:
            public = self._known.find(signature.keyid)
            if public is None:
                good = False
            else:
                verdict = keys.verify(public, self._message, signature.sig)
                self._verdicts[public, signature.sig] = verdict
                good = good and verdict
        return good


class Ticket:
    """One submission on its way through the sequencer; `settle` answers it, once."""

    __slots__ = ("_opened", "failure", "needs", "settle", "statement", "submission", "verify")

    statement: Statement
    needs: Needs
    verify: SignatureCheck

    def __init__(self, submission: Submission, settle: Settle) -> None:
        self.submission = submission
        self.settle = settle
        self.failure: Exception | None = None
        self._opened: list[Disclosure] | Refusal | None = None

    def prepare(self, known: KnownKeys) -> None:
        """Decode and verify; a refusal (or a fault of ours) is kept and answered in the queue's order."""
        envelope = self.submission.envelope
        try:
            self.statement = self.submission.statement or decode_statement(envelope.payload)
            self.needs = needs(self.statement, envelope)
            self.verify = SignatureCheck(envelope.payload, known)
            # Nobody but whom the ledger knows makes it open a megabyte of disclosures.
            if self.verify.ahead(envelope.signatures):
                self._opened = self._open()
        except Refusal as refusal:
            self.failure = detached(refusal)
        except Exception as failure:
            self.failure = failure

    def opened(self) -> list[Disclosure]:
        """The disclosures, for a statement that the rules have accepted. Raises `Refusal`."""
        found = self._open() if self._opened is None else self._opened
        if isinstance(found, Refusal):
            raise found
        return found

    def _open(self) -> list[Disclosure] | Refusal:
        try:
            return admissible(self.statement, self.submission.disclosures)
        except Refusal as refusal:
            return detached(refusal)


class Group:
    """Submissions answered together: `done` is called once, with all outcomes in order."""

    def __init__(self, size: int, done: Callable[[list[Outcome]], None]) -> None:
        """`size` is at least 1; `done` is called by whoever settles the last one."""
        self._done = done
        self._outcomes: list[Outcome | None] = [None] * size
        self._settled = count(1)  # two threads settle when the queue runs full; they never draw one number

    def settler(self, index: int) -> Settle:
        def settle(outcome: Outcome) -> None:
            self._outcomes[index] = outcome
            if next(self._settled) == len(self._outcomes):
                self._done([each for each in self._outcomes if each is not None])

        return settle


class Intake:
    """A bounded first-in-first-out queue whose tickets are prepared by a thread of its own, in order."""

    def __init__(self, limit: int, batch: int, threads: int = 2) -> None:
        self._limit = limit
        self._batch = batch
        self._known = KnownKeys()
        self._raw: deque[Ticket] = deque()
        self._ready: deque[Ticket] = deque()
        self._lock = threading.Lock()
        self._arrived = threading.Condition(self._lock)
        self._prepared = threading.Condition(self._lock)
        self._waiting = 0
        self._closed = False
        self._pace = _Pace()
        self._pool = ThreadPoolExecutor(threads, "verify")
        self._threads = threads
        self._preparer = threading.Thread(target=self._prepare_forever, name="intake", daemon=True)

    def start(self) -> None:
        self._preparer.start()

    def put(self, tickets: Sequence[Ticket]) -> None:
        """Queue what fits; the rest is answered with `Overloaded` at once."""
        with self._lock:
            room = 0 if self._closed else max(0, self._limit - self._waiting)
            self._raw.extend(tickets[:room])
            self._waiting += len(tickets[:room])
            waiting = self._waiting
            self._arrived.notify()
        for ticket in tickets[room:]:
            ticket.settle(Overloaded(waiting, self._pace.seconds_for(waiting)))

    def take(self, timeout: float) -> list[Ticket] | None:
        """Everything prepared, at most a batch; [] after `timeout` seconds, None once closed and drained."""
        with self._lock:
            self._prepared.wait_for(lambda: self._ready or self._drained(), timeout)
            if not self._ready and self._drained():
                return None
            return [self._ready.popleft() for _ in range(min(len(self._ready), self._batch))]

    def more(self, limit: int) -> list[Ticket]:
        """What else is prepared by now, at most `limit`; never waits."""
        with self._lock:
            return [self._ready.popleft() for _ in range(min(len(self._ready), limit))]

    def done(self, count: int) -> None:
        """`count` taken tickets have been answered."""
        with self._lock:
            self._waiting -= count
            self._pace.settled(count)

    def close(self) -> None:
        """Take nothing new; what waits is still prepared and given out."""
        with self._lock:
            self._closed = True
            self._arrived.notify()
            self._prepared.notify()

    def _drained(self) -> bool:
        return self._closed and self._waiting == 0

    def _prepare_forever(self) -> None:
        while (tickets := self._take_raw()) is not None:
            self._prepare(tickets)
            with self._lock:
                self._ready.extend(tickets)
                self._prepared.notify()
        self._pool.shutdown()

    def _take_raw(self) -> list[Ticket] | None:
        with self._lock:
            self._arrived.wait_for(lambda: self._raw or self._closed)
            if not self._raw:
                return None
            return [self._raw.popleft() for _ in range(min(len(self._raw), self._batch))]

    def _prepare(self, tickets: list[Ticket]) -> None:
        """Verification releases the interpreter's lock, so a large batch uses several cores."""
        if len(tickets) < 8 or self._threads == 1:
            self._prepare_some(tickets)
            return
        size = math.ceil(len(tickets) / self._threads)
        chunks = (tickets[start : start + size] for start in range(0, len(tickets), size))
        for _ in self._pool.map(self._prepare_some, chunks):
            pass

    def _prepare_some(self, tickets: Iterable[Ticket]) -> None:
        for ticket in tickets:
            ticket.prepare(self._known)


class _Pace:
    """How fast tickets are answered, for the hint when to come again."""

    def __init__(self) -> None:
        self._rate = 500.0  # statements a second, until measured
        self._since = time.monotonic()

    def settled(self, count: int) -> None:
        now = time.monotonic()
        elapsed, self._since = max(now - self._since, 1e-4), now
        self._rate += 0.1 * (count / elapsed - self._rate)

    def seconds_for(self, waiting: int) -> int:
        return max(1, min(30, math.ceil(waiting / max(self._rate, 1.0))))
