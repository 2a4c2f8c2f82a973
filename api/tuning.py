"""What the interpreter is told once in a process that serves.

Both matter because a batch is worked on by several threads and leaves hundreds of thousands of small objects
in caches: at the defaults a fifth of the time went into collecting garbage that was none.
"""

from __future__ import annotations

import gc
import sys
from typing import Final

# The caches hold what lives long and make no cycles, so looking for cycles may wait for many new objects.
YOUNG_OBJECTS: Final = 50_000
YOUNG_ROUNDS: Final = 20
MIDDLE_ROUNDS: Final = 50
# Seconds. Each verified signature must get the interpreter back; 5 ms, the default, is sixty signatures.
SWITCH_INTERVAL: Final = 0.0005


def tune() -> None:
    """Set the garbage collector and the threads' turns for a serving process; harmless when repeated."""
    gc.collect()
    gc.freeze()  # modules and routes stay until the end
    gc.set_threshold(YOUNG_OBJECTS, YOUNG_ROUNDS, MIDDLE_ROUNDS)
    sys.setswitchinterval(SWITCH_INTERVAL)
