"""What a request may cost: bytes of a body, how long it may take, and how much may be under way at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager
from typing import Any, Final, Generic, TypeVar

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope

from api.problems import Problem

T = TypeVar("T")

PATIENCE: Final = 30.0  # seconds that any body may take
BATCH_PATIENCE: Final = 600.0  # one whose lines are signed while it is sent
SLOWEST: Final = 4096  # bytes a second beyond, or a few idle connections would hold up everybody's uploads


def refuse_announced(scope: Scope, limit: int) -> None:
    """Refuse by Content-Length, before any byte of the body is read. Raises `Problem`."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and int(value) > limit:
            raise _too_large(limit)


async def chunks(
    scope: Scope, receive: Receive, limit: int, patience: float = PATIENCE
) -> AsyncIterator[bytes]:
    """The body as it comes in, at most `limit` bytes, in at most `patience` seconds and one more for each
    `SLOWEST` bytes. Raises `Problem` or `ClientDisconnect`.
    """
    refuse_announced(scope, limit)
    size, more = 0, True
    latest = asyncio.get_running_loop().time() + patience
    while more:
        try:
            message = await _until(latest + size / SLOWEST, receive())
        except TimeoutError:
            raise Problem("body-too-slow", f"{size} bytes came in time") from None
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk = message.get("body", b"")
        more = message.get("more_body", False)
        size += len(chunk)
        if size > limit:
            raise _too_large(limit)
        if chunk:
            yield chunk


async def _until(latest: float, waited_for: Awaitable[T]) -> T:
    """What is waited for, at most until the loop's time `latest`. Raises `TimeoutError`.

    Most bodies have come in with the head. For these no clock is set, which takes longer than reading them.
    """
    if not isinstance(waited_for, Coroutine):  # which may not be begun here and gone on with there
        async with asyncio.timeout_at(latest):
            return await waited_for
    steps = waited_for.__await__()
    try:
        first = next(steps)
    except StopIteration as here:
        found: T = here.value
        return found
    async with asyncio.timeout_at(latest):
        return await _Begun(first, steps)


class _Begun(Generic[T]):
    """The rest of an awaitable that was begun already; `first` is what it waits for."""

    def __init__(self, first: Any, steps: Generator[Any, Any, T]) -> None:
        self._first = first
        self._steps = steps

    def __await__(self) -> Generator[Any, Any, T]:
        waited_for = self._first
        while True:
            step: Callable[[Any], Any]
            try:
                given = yield waited_for
                step = self._steps.send
            except BaseException as error:
                given, step = error, self._steps.throw
            try:
                waited_for = step(given)
            except StopIteration as done:
                result: T = done.value
                return result
            finally:
                del given, step  # an error holds its frames, which would hold the error


async def whole(scope: Scope, receive: Receive, limit: int) -> bytes:
    """The whole body, at most `limit` bytes; without a copy when it came in one piece."""
    parts = [chunk async for chunk in chunks(scope, receive, limit)]
    return parts[0] if len(parts) == 1 else b"".join(parts)


async def while_waited_for(receive: Receive, work: Coroutine[Any, Any, T]) -> T:
    """What `work` comes to; it is ended, and `ClientDisconnect` raised, when the client hangs up first."""
    working, leaving = asyncio.ensure_future(work), asyncio.ensure_future(_hung_up(receive))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientDisconnect
        return working.result()
    finally:
        for one in (working, leaving):
            one.cancel()
        # Until both have ended: what was begun is not counted out before.
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class Gate:
    """At most `limit` of something at once in this process; one more is refused, never queued."""

    def __init__(self, limit: int, code: str) -> None:
        self._limit = limit
        self._code = code
        self.under_way = 0

    @contextmanager
    def enter(self) -> Iterator[None]:
        """Count one in. Raises `Problem` when full."""
        if self.under_way >= self._limit:
            raise Problem(self._code, f"{self.under_way} are under way, which is the limit")
        self.under_way += 1
        try:
            yield
        finally:
            self.under_way -= 1


def _too_large(limit: int) -> Problem:
    return Problem("body-too-large", f"the limit is {limit} bytes")
