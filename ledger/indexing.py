"""Publishes the completeness index: once per interval in which something came, an `index` statement.

The operator's device key signs it and it goes through the sequencer like every other statement, which holds
what it claims against the index computed (protocol section 7). In a demo it is dated like the entry before
it, so that no index moves the ledger's clock.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from ledger.core import canonical, keys
from ledger.core.envelope import Envelope, Signature, normalised, pae
from ledger.core.grammar import format_recorded_at, milliseconds
from ledger.core.index import IndexHead
from ledger.core.statement import PREDICATE_TYPE, STATEMENT_TYPE
from ledger.domain.names import LEDGER, OPERATOR
from ledger.intake import Submission
from ledger.pausing import pause
from ledger.ports import Clock
from ledger.receipts import Receipt

log = logging.getLogger(__name__)

ANSWER_SECONDS = 60.0  # how long the sequencer may take
EVENT = "IndexPublished"


@dataclass(frozen=True, slots=True)
class Identity:
    """Which ledger the statements are for; `demo` says that entries are dated by their statements."""

    origin: str
    genesis: str
    demo: bool = False


@dataclass(frozen=True, slots=True)
class News:
    """An index that is worth publishing: what it claims, and the time of the last entry of the log."""

    head: IndexHead
    recorded_at: str


class GrowingIndex(Protocol):
    """The index as it is computed beside the log."""

    def turn(self) -> AbstractContextManager[bool]:
        """Whether it is this process's turn to publish, while the block runs."""
        ...

    def indexed_at(self) -> str:
        """`recordedAt` of the newest index statement, "" when there is none."""
        ...

    def news(self) -> News | None:
        """The index over all taken in so far; None when only index statements came since the newest."""
        ...


Submit = Callable[[Sequence[Submission]], Sequence[Future[Receipt]]]


class IndexPublisher:
    """Publishes for one process; any number of processes take turns."""

    def __init__(
        self,
        identity: Identity,
        index: GrowingIndex,
        submit: Submit,
        seed: bytes,
        clock: Clock,
        interval: Callable[[], float],
    ) -> None:
        """`seed` (32 bytes) is that of the operator's device key; `interval`, in seconds, may be amended."""
        self._identity = identity
        self._index = index
        self._submit = submit
        self._seed = seed
        self._clock = clock
        self._interval = interval
        self._spent = 0.0  # seconds of the interval that are over when its wait begins
        self.trouble: str | None = None

    def run_forever(self, stop: threading.Event) -> None:
        """Publish once per interval until `stop` is set; trouble is logged, kept and tried again."""
        # Half of it at first: what came just before a restart is not to wait for two intervals.
        self._spent = self._interval() / 2
        while not pause(stop, lambda: self._interval() - self._spent):
            try:
                self.publish()
                self.trouble, self._spent = None, self._interval() - (self._rest() or self._interval())
            except Exception as error:
                self.trouble = str(error)
                log.warning("the index is not published, trying again: %s", error)

    def publish(self, *, now: bool = False) -> Receipt | None:
        """One index statement, if something came and the interval is over (`now`: even if it is not).

        None when there is nothing to publish, or another process is at it. Raises `LedgerError` or `Refusal`.
        """
        with self._index.turn() as mine:
            if not mine or not (now or self._identity.demo or self._rest() == 0):
                return None
            news = self._index.news()
            if news is None:
                return None
            submission = Submission(self._signed(news))
            return self._submit([submission])[0].result(ANSWER_SECONDS)

    def _rest(self) -> float:
        """Seconds until the interval since the newest index statement is over."""
        indexed_at = self._index.indexed_at()
        if not indexed_at:
            return 0.0
        age, interval = (self._clock.now() - milliseconds(indexed_at)) / 1000, self._interval()
        return min(max(interval - age, 0.0), interval)

    def _signed(self, news: News) -> Envelope:
        now = news.recorded_at if self._identity.demo else format_recorded_at(self._clock.now())
        payload = index_payload(self._identity, news.head, f"{now[:19]}Z")
        signature = keys.sign(self._seed, pae(payload))
        return normalised(payload, [Signature(keys.key_id(keys.public_key(self._seed)), signature)])


def index_payload(identity: Identity, head: IndexHead, issued_at: str) -> bytes:
    """The bytes of an index statement, to be signed by the operator's device key."""
    return canonical.encode(
        {
            "_type": STATEMENT_TYPE,
            "subject": [{"name": LEDGER, "digest": {"sha256": identity.genesis}}],
            "predicateType": f"{PREDICATE_TYPE}index",
            "predicate": {
                "ledger": {"genesis": identity.genesis, "origin": identity.origin},
                "event": EVENT,
                "visibility": "public",
                "issuers": [OPERATOR],
                "issuedAt": issued_at,
                "refs": [],
                "claim": head.to_claim(),
            },
        }
    )
