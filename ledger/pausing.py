"""Waiting for an interval that the ledger may amend in the meantime."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

LOOK_AGAIN = 5.0  # seconds until an amended interval is noticed


def pause(stop: threading.Event, interval: Callable[[], float]) -> bool:
    """Wait until `interval` is over, in seconds, or `stop` is set; whether it is set.

    The interval is asked for again while it lasts, so that a shorter one is kept at once and without a
    restart. While it cannot be told, the one known last counts.
    """
    waited, seconds = 0.0, LOOK_AGAIN
    while not stop.is_set():
        with suppress(Exception):  # whatever is wrong, who works after the pause finds it and says so
            seconds = interval()
        step = min(seconds - waited, LOOK_AGAIN)
        if step <= 0:
            return False
        stop.wait(step)
        waited += step
    return True
