"""What a request may cost: bytes of its body, and how many are under way at once."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any
from weakref import ref

import pytest
from starlette.requests import ClientDisconnect
from starlette.types import Message

from api.limits import Gate, _until, chunks, whole
from api.problems import Problem, respond
from ledger.sequencer import Overloaded


def receiving(*messages: Message) -> Callable[[], Any]:
    waiting = list(messages)

    async def receive() -> Message:
        return waiting.pop(0)

    return receive


def part(body: bytes, more: bool = True) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


def read(limit: int, *messages: Message, announced: bytes | None = None) -> bytes:
    headers = [] if announced is None else [(b"content-length", announced)]
    return asyncio.run(whole({"type": "http", "headers": headers}, receiving(*messages), limit))


def test_a_body_of_exactly_the_limit_is_read_whole() -> None:
    assert read(6, part(b"abc"), part(b"def", more=False)) == b"abcdef"


def test_a_body_over_the_limit_is_refused_while_it_comes_in() -> None:
    with pytest.raises(Problem) as refused:
        read(5, part(b"abc"), part(b"def"))
    assert refused.value.code == "body-too-large"


def test_a_body_that_is_announced_too_large_is_refused_unread() -> None:
    with pytest.raises(Problem):
        read(5, announced=b"6")


def test_a_client_that_goes_away_ends_the_reading() -> None:
    with pytest.raises(ClientDisconnect):
        read(5, part(b"abc"), {"type": "http.disconnect"})


def test_a_body_that_comes_late_and_in_pieces_is_read_whole() -> None:
    coming = [part(b"abc"), part(b"def", more=False)]

    async def receive() -> Message:
        await asyncio.sleep(0)
        await asyncio.sleep(0.001)
        return coming.pop(0)

    assert asyncio.run(whole({"type": "http", "headers": []}, receive, 6)) == b"abcdef"


def test_what_breaks_while_a_body_is_waited_for_is_not_taken_for_slowness() -> None:
    async def receive() -> Message:
        await asyncio.sleep(0.001)
        raise OSError("broken")

    with pytest.raises(OSError, match="broken"):
        asyncio.run(whole({"type": "http", "headers": []}, receive, 6))


@pytest.mark.parametrize("begun", [True, False], ids=["a future", "a plain iterator"])
def test_a_body_may_be_waited_for_by_whatever_can_be_awaited(begun: bool) -> None:
    class Plain:
        def __init__(self, future: asyncio.Future[Message]) -> None:
            self._future = future

        def __await__(self) -> Iterator[Any]:
            return islice(self._future.__await__(), 2)  # which has neither `send` nor `throw`

    def receive() -> Any:
        future: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_later(0.001, future.set_result, part(b"abc", more=False))
        return future if begun else Plain(future)

    async def read_it() -> bytes:
        return await whole({"type": "http", "headers": []}, receive, 6)

    assert asyncio.run(read_it()) == b"abc"


def test_reading_that_is_given_up_holds_nothing_back() -> None:
    held = []

    class Piece:
        pass

    async def receive() -> Message:
        piece = Piece()
        held.append(ref(piece))
        await asyncio.Event().wait()
        raise AssertionError

    async def give_up() -> None:
        try:
            await _until(asyncio.get_running_loop().time() + 0.001, receive())
        except TimeoutError:
            return
        raise AssertionError

    gc.disable()
    try:
        asyncio.run(give_up())
        assert [one() for one in held] == [None]
    finally:
        gc.enable()


def test_reading_can_be_ended_while_a_body_is_waited_for() -> None:
    left = []

    async def receive() -> Message:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            left.append("ended")
            raise
        raise AssertionError

    async def read_and_leave() -> None:
        reading = asyncio.ensure_future(whole({"type": "http", "headers": []}, receive, 6))
        await asyncio.sleep(0.001)
        reading.cancel()
        await reading

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(read_and_leave())
    assert left == ["ended"]


def test_a_body_that_stalls_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a client that sends headers and then nothing would hold its place for ever."""
    monkeypatch.setattr("api.limits.SLOWEST", 1_000_000)
    coming = [part(b"abc")]

    async def receive() -> Message:
        if coming:
            return coming.pop()
        await asyncio.Event().wait()
        raise AssertionError

    async def drip() -> list[bytes]:
        return [chunk async for chunk in chunks({"type": "http", "headers": []}, receive, 9, patience=0.05)]

    with pytest.raises(Problem) as refused:
        asyncio.run(drip())
    assert (refused.value.code, refused.value.detail) == ("body-too-slow", "3 bytes came in time")
    answer = respond(refused.value)
    assert (answer.status_code, answer.headers["connection"]) == (408, "close")


def test_one_more_than_the_gate_holds_is_told_to_come_later() -> None:
    gate = Gate(2, "too-many-uploads")
    with gate.enter(), gate.enter():
        with pytest.raises(Problem) as refused, gate.enter():
            pass
        response = respond(refused.value)
        assert response.status_code == 429
        assert int(response.headers["retry-after"]) >= 1
    with gate.enter():
        assert gate.under_way == 1


def test_the_place_is_given_back_after_an_error() -> None:
    gate = Gate(1, "too-many-uploads")
    with pytest.raises(ValueError, match="broken"), gate.enter():
        raise ValueError("broken")
    assert gate.under_way == 0


def test_an_overloaded_sequencer_says_itself_when_to_come_back() -> None:
    response = respond(Overloaded(9000, 7))
    assert (response.status_code, response.headers["retry-after"]) == (503, "7")
