"""Replay figures, measured where the work is done: rebuilding each view, and re-checking the log."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

from ledger import audit
from ledger.store.auditing import audit_source
from projections.rebuild import rebuild
from projections.views import VIEWS

from .load import CannotMeasure

if TYPE_CHECKING:
    from collections.abc import Callable

TARGETS = {"check bytes, positions, root": ">= 50,000"}


def measure(database: str, add: Callable[[str, float], None], rounds: int) -> None:
    """Entries a second, a value a round, of every rebuild and of both checks."""
    for number in range(rounds):
        for view in VIEWS:
            add(f"rebuild {view.name}", rebuild(database, [view]).rate)
        add("rebuild all views at once", rebuild(database, VIEWS).rate)
        add("check bytes, positions, root", check(database, rules=False))
        if not number:
            add("check with signatures and rules", check(database, rules=True))


def check(database: str, *, rules: bool) -> float:
    """Entries a second that `evidence check` re-reads, without views."""
    started = time.perf_counter()
    with audit_source(database) as source:
        (last,) = deque(audit.check(source, rules=rules), maxlen=1)
    seconds = time.perf_counter() - started
    if not isinstance(last, audit.Sound):
        raise CannotMeasure(f"the log is not sound: {last}")
    return last.entries / seconds
