"""Answers leave in one write each, and a client that reads slowly still slows the writer down."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from api.wire import AT_ONCE, JoinedWrites, Protocol

CHUNK = b"x" * 16_384
CHUNKS = 4_096  # 64 MiB, far more than the sockets between hold


class Recorded(asyncio.Transport):
    """A transport that keeps what is written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[bytes] = []
        self.closed_after: int | None = None

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert self.closed_after is None, "nothing is written to a closed transport"
        self.writes.append(bytes(data))

    def is_closing(self) -> bool:
        return self.closed_after is not None

    def close(self) -> None:
        self.closed_after = len(self.writes)

    def abort(self) -> None:
        self.closed_after = len(self.writes)


def during_a_turn(transport: Recorded, act: Callable[[JoinedWrites], object]) -> list[bytes]:
    """What is written while `act` runs; the rest is written when the turn of the loop has ended."""

    async def turn() -> list[bytes]:
        act(JoinedWrites(transport, asyncio.get_running_loop()))
        early = list(transport.writes)
        await asyncio.sleep(0)
        return early

    return asyncio.run(turn())


def test_head_and_body_are_one_write() -> None:
    def answer(joined: JoinedWrites) -> None:
        joined.write(b"HTTP/1.1 200 OK\r\n\r\n")
        joined.write(b"body")

    transport = Recorded()
    assert during_a_turn(transport, answer) == []
    assert transport.writes == [b"HTTP/1.1 200 OK\r\n\r\nbody"]


def test_much_is_written_at_once() -> None:
    transport = Recorded()
    early = during_a_turn(transport, lambda joined: [joined.write(CHUNK) for _ in range(5)])
    assert early == transport.writes == [5 * CHUNK]
    assert len(early[0]) > AT_ONCE


def test_a_connection_closes_behind_its_answer() -> None:
    def answer(joined: JoinedWrites) -> None:
        joined.write(b"last words")
        joined.close()

    transport = Recorded()
    assert during_a_turn(transport, answer) == transport.writes == [b"last words"]
    assert transport.closed_after == 1


def test_nothing_is_written_to_a_connection_that_was_lost() -> None:
    transport = Recorded()

    def answer(joined: JoinedWrites) -> None:
        joined.write(b"to nobody")
        transport.abort()

    during_a_turn(transport, answer)
    assert transport.writes == []


async def brief(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that answers in the turn in which it is asked."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
    await send({"type": "http.response.body", "body": b"said"})


def test_a_client_that_says_it_has_sent_everything_still_gets_its_answer(listener: socket.socket) -> None:
    with served(brief, listener):
        for _ in range(50):
            with socket.create_connection(listener.getsockname()) as client:
                client.sendall(b"GET / HTTP/1.1\r\nhost: here\r\n\r\n")
                client.shutdown(socket.SHUT_WR)
                client.settimeout(20)
                assert b"".join(iter(lambda: client.recv(4096), b"")).endswith(b"\r\n\r\nsaid")


class Endless:
    """An application that streams as fast as it may."""

    def __init__(self) -> None:
        self.sent = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for self.sent in range(1, CHUNKS + 1):
            await send({"type": "http.response.body", "body": CHUNK, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


@contextmanager
def served(app: ASGIApp, listener: socket.socket) -> Iterator[None]:
    config = uvicorn.Config(app, http=Protocol, loop="uvloop", lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(20)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def test_a_slow_reader_holds_the_writer_back_and_gets_every_byte(listener: socket.socket) -> None:
    app = Endless()
    with served(app, listener), socket.create_connection(listener.getsockname()) as client:
        client.sendall(b"GET / HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n")
        first = client.recv(64)
        assert first.startswith(b"HTTP/1.1 200 OK")
        settled, before = 0, -1
        while settled < 5:
            time.sleep(0.1)
            settled, before = (settled + 1 if app.sent == before else 0), app.sent
        assert app.sent < CHUNKS // 2, "the writer does not run ahead of the reader without bound"
        size = len(first)
        while data := client.recv(1 << 20):
            size += len(data)
        assert app.sent == CHUNKS
        assert size > CHUNKS * len(CHUNK)
