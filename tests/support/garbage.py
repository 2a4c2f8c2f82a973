"""What only the garbage collector finds: objects that hold one another."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def found_by_the_collector() -> Iterator[list[str]]:
    """Gives the modules of what the block left for the collector."""
    found: list[str] = []
    gc.collect()
    gc.disable()
    try:
        yield found
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        found += sorted({_module(one) for one in gc.garbage})
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


def _module(one: object) -> str:
    """The module that a frame or function is of, else that of its class."""
    if isinstance(one, FrameType):
        return str(one.f_globals.get("__name__"))
    return str(getattr(one, "__module__", type(one).__module__))
