"""A pause follows the interval that the ledger has amended while it lasts."""

from __future__ import annotations

import threading

from ledger.pausing import LOOK_AGAIN, pause


class Waits(threading.Event):
    """An event that notes how long it was waited for, and lets no time pass; set after so many waits."""

    def __init__(self, most: int = 1_000) -> None:
        super().__init__()
        self.noted: list[float] = []
        self._most = most

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.noted.append(timeout)
        if len(self.noted) >= self._most:
            self.set()
        return self.is_set()


def test_an_interval_is_waited_for_once() -> None:
    waits = Waits()
    assert not pause(waits, lambda: 3 * LOOK_AGAIN + 1)
    assert waits.noted == [LOOK_AGAIN, LOOK_AGAIN, LOOK_AGAIN, 1]


def test_a_shorter_interval_counts_from_when_the_pause_began() -> None:
    intervals = iter([86_400.0, 86_400.0, LOOK_AGAIN])
    waits = Waits()
    assert not pause(waits, lambda: next(intervals))
    assert waits.noted == [LOOK_AGAIN, LOOK_AGAIN]


def test_an_interval_that_cannot_be_told_is_the_one_known_last() -> None:
    known = iter([1.5 * LOOK_AGAIN])

    def interval() -> float:
        for seconds in known:
            return seconds
        raise OSError("the database does not answer")

    waits = Waits()
    assert not pause(waits, interval)
    assert waits.noted == [LOOK_AGAIN, LOOK_AGAIN / 2]


def test_who_is_stopped_waits_no_more() -> None:
    waits = Waits(most=2)
    assert pause(waits, lambda: 86_400.0)
    assert len(waits.noted) == 2
    assert pause(waits, lambda: 86_400.0)
    assert len(waits.noted) == 2
