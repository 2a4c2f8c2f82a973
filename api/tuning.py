"""What the interpreter is told once in a process that serves.

A batch leaves hundreds of thousands of small objects in caches, and several threads work on it. With the
default collector appending takes about a sixth more processor time; the shorter turn changes no throughput,
but keeps answers from waiting behind a batch that is being decided.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from typing import Final

# The caches hold what lives long and make no cycles, so looking for cycles may wait for many new objects.
YOUNG_OBJECTS: Final = 50_000
YOUNG_ROUNDS: Final = 20
MIDDLE_ROUNDS: Final = 50
# Seconds. The loop that answers must get the interpreter back from threads that decode and decide; 5 ms, the
# default, is dozens of statements.
SWITCH_INTERVAL: Final = 0.0005
MOST_VERIFYING: Final = 2  # what decoding in one thread keeps busy
# Where workers and projector want one processor, a worker gets nine times as much of it.
PROJECTOR_NICENESS: Final = 10


def tune() -> None:
    """Set the garbage collector and the threads' turns for a serving process; harmless when repeated."""
    gc.collect()
    gc.freeze()  # modules and routes stay until the end
    gc.set_threshold(YOUNG_OBJECTS, YOUNG_ROUNDS, MIDDLE_ROUNDS)
    sys.setswitchinterval(SWITCH_INTERVAL)


def never_interrupt() -> None:
    """Let the threads that this one starts wait, once they have something to do, until a processor is free.

    Else one that an answer or a request wakes often runs at once in the place of a thread of its own process
    that still has the interpreter, only to wait for that (sched(7), SCHED_BATCH). Others may interrupt as
    before. Whatever this thread starts inherits the policy. Changes nothing where an operator chose another
    one, where the system has none such, or does not allow it.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            if os.sched_getscheduler(0) == os.SCHED_OTHER:
                os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def verifying_threads(workers: int, processors: int) -> int:
    """How many threads verify signatures ahead in each of so many processes: as many as have a processor to
    themselves, since each takes turns with those that decode and decide.
    """
    return max(1, min(MOST_VERIFYING, processors // workers))


def let_appending_go_first() -> None:
    """Lower the priority of this process, whose work can be caught up with, unlike an author's waiting."""
    os.nice(max(0, PROJECTOR_NICENESS - os.nice(0)))
