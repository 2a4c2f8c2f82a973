"""The sequencer as an event loop sees it.

Waking another thread costs more than deciding a statement. So requests that are read in one turn of the loop
are handed over together, and what the sequencer answers together wakes the loop once.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence

from ledger.intake import Group, Ticket
from ledger.sequencer import Outcome, Sequencer, Submission


class Appender:
    """Appends for the coroutines of one event loop."""

    def __init__(self, sequencer: Sequencer, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._sequencer = sequencer
        self._gathered: list[Ticket] = []
        self._answered: deque[tuple[asyncio.Future[list[Outcome]], list[Outcome]]] = deque()
        self._waking = False

    def append(self, group: Sequence[Submission]) -> asyncio.Future[list[Outcome]]:
        """The outcomes in order, once everything accepted is durable. For coroutines of the loop."""
        future: asyncio.Future[list[Outcome]] = self.loop.create_future()
        if not group:
            future.set_result([])
            return future
        answers = Group(len(group), lambda outcomes: self._answer(future, outcomes))
        if not self._gathered:
            self.loop.call_soon(self._hand_over)
        self._gathered += [Ticket(each, answers.settler(at)) for at, each in enumerate(group)]
        return future

    def _hand_over(self) -> None:
        tickets, self._gathered = self._gathered, []
        self._sequencer.take_in(tickets)

    def _answer(self, future: asyncio.Future[list[Outcome]], outcomes: list[Outcome]) -> None:
        """In the sequencer's thread. A loop that is closed has nobody left to answer."""
        self._answered.append((future, outcomes))
        if not self._waking:
            self._waking = True
            try:
                self.loop.call_soon_threadsafe(self._deliver)
            except RuntimeError:
                self._answered.clear()

    def _deliver(self) -> None:
        self._waking = False  # before the first is taken: what comes after it wakes again
        while self._answered:
            future, outcomes = self._answered.popleft()
            if not future.done():  # cancelled: the client is gone
                future.set_result(outcomes)
