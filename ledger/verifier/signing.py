"""The signatures of many entries, verified on other threads while this one goes on.

libsodium lets the interpreter go while it works, so two threads use two cores; but a thread that wants the
interpreter back waits for whoever runs Python until that one is told to hand over, by default 5 ms later, in
which time libsodium could have verified fifty signatures. So the handing over is made quick for as long.
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from ..core.envelope import pae
from ..core.keys import verify
from ..domain.aggregates import Key
from .reading import Item

Results = list[list[bool | None]]
"""For each entry, for each signature: whether it is good, None when its key is not at hand."""

CHUNK = 128  # entries verified in one go
THREADS = 2
HANDOVER = 50e-6  # seconds


@contextmanager
def verifying(items: Sequence[Item], keys: Mapping[str, Key]) -> Iterator[Callable[[], Results]]:
    """Starts at once; yields what waits for the results. Few entries are verified only when asked for."""
    if len(items) <= CHUNK:
        yield lambda: _results(items, keys)
        return
    chunks = [items[at : at + CHUNK] for at in range(0, len(items), CHUNK)]
    before = sys.getswitchinterval()
    sys.setswitchinterval(HANDOVER)
    pool = ThreadPoolExecutor(THREADS)
    try:
        futures: list[Future[Results]] = [pool.submit(_results, chunk, keys) for chunk in chunks]
        yield lambda: [result for future in futures for result in future.result()]
    finally:
        pool.shutdown(cancel_futures=True)
        sys.setswitchinterval(before)


def _results(items: Sequence[Item], keys: Mapping[str, Key]) -> Results:
    return [_of_entry(item, keys) for item in items]


def _of_entry(item: Item, keys: Mapping[str, Key]) -> list[bool | None]:
    message = pae(item.envelope.payload)
    found = [(keys.get(one.keyid), one.sig) for one in item.envelope.signatures]
    return [None if key is None else verify(key.public, message, sig) for key, sig in found]
