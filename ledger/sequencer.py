"""The sequencer: one writer at a time gives statements their place in the log.

Group commit: everything that waits once it is our turn is decided, appended and committed together, then one
checkpoint is journalled and signed and every author gets a receipt. The order of one batch:

1. session lock of this log (one process at a time, held until the checkpoint is signed)
2. transaction; the head row under lock; all that the batch refers to, in one query
3. is this database what was signed?
4. decide each statement in order (`ledger.batch`)
5. append entries, tree nodes and the new head; commit
6. journal and sign the new head; unlock
7. answer

Nothing is answered or signed on an unknown commit outcome: the batch is decided again under the lock,
where what was stored after all is found by its statement ids.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import NamedTuple

from ledger.batch import Batch, BatchView, ClockBehind, Known, Written, clock_of, extend, receipts_of
from ledger.cache import FactCache
from ledger.core import merkle
from ledger.core.index import index_head
from ledger.core.refusal import LedgerError, detached
from ledger.core.statement import read_recorded
from ledger.domain.names import LEDGER
from ledger.heads import Heads, SequencerUnavailable, SignedHead
from ledger.intake import Group, Intake, Outcome, Overloaded, Settle, Submission, Ticket
from ledger.ports import (
    Clock,
    CommitOutcomeUnknown,
    Head,
    IndexHeads,
    LogRecorder,
    StoreUnavailable,
    Unit,
)
from ledger.receipts import Receipt, ReceiptDesk

__all__ = ["Limits", "Outcome", "Overloaded", "Receipt", "Sequencer", "SequencerUnavailable", "Submission"]

log = logging.getLogger(__name__)

NOT_NOW = "nothing can be appended at the moment"
Late = Callable[[int], list[Ticket]]
SEND_AGAIN = "send it again: what is logged already gets its receipt"


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of the sequencer: queue and batch in statements, threads that verify, patience and rest in
    seconds.
    """

    queue: int = 8_192
    batch: int = 1_024
    verifying: int = 2
    patience: float = 20.0  # how long an unknown commit outcome is looked into before its authors hear of it
    rest: float = 1.0  # how long to wait before looking again whether the log may be continued


class Sequenced(NamedTuple):
    """A durable batch: what was decided and written, and the head signed after it.

    `doubt` is the log's size before a commit of this batch whose outcome was unknown at first: duplicates
    from there on are its own.
    """

    batch: Batch
    written: Written
    signed: SignedHead
    doubt: int | None


def _unwatched(appended: int) -> None:
    del appended


class Sequencer:
    """Takes submissions from any thread; one of its own writes them. `start` before use, `stop` after."""

    def __init__(
        self,
        recorder: LogRecorder,
        heads: Heads,
        desk: ReceiptDesk,
        clock: Clock,
        limits: Limits | None = None,
        index: IndexHeads | None = None,
        watch: Callable[[int], None] = _unwatched,
    ) -> None:
        """`index` says what index statements must claim; without it none is taken in.

        `watch` hears of every batch that has committed how many entries it appended.
        """
        self._watch = watch
        self._limits = limits or Limits()
        self._recorder = recorder
        self._heads = heads
        self._desk = desk
        self._clock = clock
        self._index = index
        self._facts = FactCache()
        self._intake = Intake(self._limits.queue, self._limits.batch, self._limits.verifying)
        self._base = 0
        self._problem: SequencerUnavailable | None = SequencerUnavailable("the sequencer is starting")
        self._writer = threading.Thread(target=self._write_forever, name="sequencer", daemon=True)

    def start(self) -> None:
        """Start writing; whether the log may be continued is found out at once and shown by `problem`."""
        self._intake.start()
        self._examine()
        self._writer.start()

    def stop(self) -> None:
        """Answer everything taken so far, then return; later submissions are answered with `Overloaded`."""
        self._intake.close()
        if self._writer.is_alive():
            self._writer.join()

    @property
    def problem(self) -> SequencerUnavailable | None:
        """Why nothing can be appended, or None while all is well."""
        return self._problem

    def submit(self, submissions: Sequence[Submission]) -> list[Future[Receipt]]:
        """Queue submissions; earlier ones are decided first and later ones may refer to them.

        Each future gives a `Receipt` once its entry is durable, or raises `Refusal`, `Overloaded` or
        `SequencerUnavailable`.
        """
        futures: list[Future[Receipt]] = [Future() for _ in submissions]
        self.take_in([Ticket(each, _settler(f)) for each, f in zip(submissions, futures, strict=True)])
        return futures

    def submit_together(self, submissions: Sequence[Submission]) -> Future[list[Outcome]]:
        """Like `submit`, with one future for all outcomes in order; exceptions are values of the list."""
        future: Future[list[Outcome]] = Future()
        future.set_running_or_notify_cancel()
        if not submissions:
            future.set_result([])
        group = Group(len(submissions), future.set_result)
        self.take_in([Ticket(each, group.settler(at)) for at, each in enumerate(submissions)])
        return future

    def take_in(self, tickets: Sequence[Ticket]) -> None:
        """Queue tickets, in order; each is settled once, in the writer's thread or in this one."""
        self._intake.put(tickets)

    # Everything below runs in the writer's thread.

    def _write_forever(self) -> None:
        while (tickets := self._intake.take(self._limits.rest)) is not None:
            if tickets:
                self._answer(tickets, late=self._intake.more)
                self._intake.done(len(tickets))
            elif self._problem is not None:
                self._examine()

    def _answer(self, tickets: list[Ticket], late: Late | None = None) -> None:
        """Sequence and settle `tickets`, to which `late` adds what got ready while we waited for our turn."""
        try:
            sequenced = self._sequence_until_known(tickets, late)
        except LedgerError as reason:
            self._fail(tickets, _unavailable(reason))
        except Exception as fault:
            self._answer_one_by_one(tickets, fault)
        else:
            self._problem = None
            _settle(sequenced, self._desk)
            self._watch(len(sequenced.batch.accepted))

    def _answer_one_by_one(self, tickets: list[Ticket], fault: Exception) -> None:
        """A fault of ours in a whole batch (nothing of it is stored): find the statement that brings it
        about.
        """
        log.error("a batch of %d statements could not be written", len(tickets), exc_info=fault)
        self._facts.clear()
        if len(tickets) == 1:
            tickets[0].settle(fault)
            return
        for ticket in tickets:
            self._answer([ticket])

    def _fail(self, tickets: list[Ticket], problem: SequencerUnavailable) -> None:
        log.warning("%d statements are not appended: %s", len(tickets), problem)
        self._facts.clear()
        self._problem = problem
        for ticket in tickets:
            ticket.settle(ticket.failure or problem)

    def _sequence_until_known(self, tickets: list[Ticket], late: Late | None) -> Sequenced:
        """Sequence a batch; after an unknown commit outcome decide it again until the outcome is known.

        Raises `SequencerUnavailable` when it stays unknown beyond the limit of patience.
        """
        deadline = time.monotonic() + self._limits.patience
        doubt: int | None = None  # the size of the log before the commit whose outcome is unknown
        while True:
            try:
                return self._sequence(tickets, doubt, late if doubt is None else None)
            except CommitOutcomeUnknown as unknown:
                log.warning("commit outcome unknown, reading back: %s", unknown)
                doubt = self._base if doubt is None else doubt
            except StoreUnavailable:
                if doubt is None:
                    raise
            if time.monotonic() > deadline:
                raise SequencerUnavailable("it is not known whether the batch was stored", SEND_AGAIN)
            self._facts.clear()
            time.sleep(0.05)

    def _sequence(self, tickets: list[Ticket], doubt: int | None, late: Late | None) -> Sequenced:
        """Steps 1 to 6 for one batch."""
        with self._recorder.sequencing():
            with self._recorder.unit() as unit:
                known = self._load(unit, tickets)
                if late is not None and (more := late(self._limits.batch - len(tickets))):
                    tickets += more
                    known.update(self._load(unit, more))
                batch, written = self._decide(unit, tickets, known)
                if batch.accepted:
                    unit.append([each.row for each in batch.accepted], written.nodes, written.head)
            self._facts.keep(batch.view.decided)
            signed = self._heads.sign(written.head.size, written.root, _version(batch))
        return Sequenced(batch, written, signed, doubt)

    def _load(self, unit: Unit, tickets: list[Ticket]) -> Known:
        """Step 2: what the tickets need, as it stands under the head lock."""
        wanted = self._facts.wanted(tickets)
        loaded = unit.load(wanted.originators, wanted.statements, wanted.keys, wanted.digests)
        return self._facts.merge(wanted, loaded)

    def _decide(self, unit: Unit, tickets: list[Ticket], known: Known) -> tuple[Batch, Written]:
        """Steps 3 and 4. Raises `SequencerUnavailable` when this log may not be continued."""
        head = unit.head
        self._base = head.size
        self._may_continue(head)
        indexed = _indexed(unit) if any(map(_is_index, tickets)) else 0
        view = BatchView(head, known, indexed, self._index)
        batch = Batch(view, self._clock.now(), lambda statement_id: self._desk.entry(statement_id).state)
        for ticket in tickets:
            batch.decide(ticket)
        return batch, extend(head, batch)

    def _may_continue(self, head: Head) -> None:
        self._heads.check(head)
        if self._problem is not None:
            self._heads.check_published(head)

    def _examine(self) -> None:
        """Find out whether the log may be continued, and sign what a crash left committed but unsigned."""
        try:
            with self._recorder.sequencing():
                with self._recorder.unit() as unit:
                    head = unit.head
                    self._may_continue(head)
                if isinstance(self._problem, ClockBehind):
                    clock_of(self._clock.now(), head.recorded_at)
                self._heads.sign(head.size, merkle.Frontier.from_bytes(head.frontier).root())
            self._problem = None
        except Exception as reason:
            told = self._problem is not None and self._problem.what == NOT_NOW
            self._problem = _unavailable(reason, logging.DEBUG if told else logging.WARNING)


def _version(batch: Batch) -> int:
    """How many entries the ledger's own stream has after the batch."""
    ledger = batch.view.aggregate(LEDGER)
    return 0 if ledger is None else ledger.version


def _is_index(ticket: Ticket) -> bool:
    return ticket.failure is None and ticket.statement.kind == "index"


def _indexed(unit: Unit) -> int:
    """The size of the newest index statement, 0 when there is none."""
    newest = unit.newest_index()
    return 0 if newest is None else index_head(read_recorded(0, newest).statement).size


def _unavailable(reason: Exception, level: int = logging.WARNING) -> SequencerUnavailable:
    """Whatever stopped a batch, as what its authors are told: nothing about this machine, which is logged."""
    if isinstance(reason, SequencerUnavailable):
        return detached(reason)  # it is kept, and the frames it went through hold the whole batch
    log.log(level, "nothing can be appended: %s: %s", type(reason).__name__, reason)
    return SequencerUnavailable(NOT_NOW, SEND_AGAIN)


def _settle(sequenced: Sequenced, desk: ReceiptDesk) -> None:
    """Step 7. Each ticket is answered with its receipt or with the reason why it has none."""
    batch, signed = sequenced.batch, sequenced.signed
    receipts = receipts_of(batch, sequenced.written, signed.note)
    for accepted, receipt in zip(batch.accepted, receipts, strict=True):
        accepted.ticket.settle(receipt)
    for refused in batch.refused:
        refused.ticket.settle(refused.reason)
    stored_by_this_batch: set[int] = set()
    for ticket, index in batch.duplicates:
        first = sequenced.doubt is not None and index >= sequenced.doubt and index not in stored_by_this_batch
        stored_by_this_batch.add(index)
        ticket.settle(_receipt_again(ticket, desk, signed, duplicate=not first))


def _receipt_again(ticket: Ticket, desk: ReceiptDesk, signed: SignedHead, *, duplicate: bool) -> Outcome:
    try:
        return replace(desk.receipt(ticket.statement.id, signed), duplicate=duplicate)
    except Exception as reason:  # the statement is logged; only this answer failed
        return _unavailable(reason)


def _settler(future: Future[Receipt]) -> Settle:
    """Answers one future, which nobody can cancel: what is queued will be logged."""
    future.set_running_or_notify_cancel()

    def settle(outcome: Outcome) -> None:
        if isinstance(outcome, Receipt):
            future.set_result(outcome)
        else:
            future.set_exception(outcome)

    return settle
