"""One address for several processes: each listens on a socket of its own, on a port nobody else has."""

from __future__ import annotations

import pickle
import socket
from contextlib import ExitStack
from multiprocessing import get_context
from multiprocessing.reduction import ForkingPickler

import pytest

from api.listener import AddressTaken, Listener, open_listener


def listen(listener: Listener, queue: object) -> None:
    listener.listen()
    queue.put(listener.getsockname())  # type: ignore[attr-defined]
    listener.accept()[0].close()


def test_each_copy_is_a_socket_of_its_own_on_the_same_address() -> None:
    with open_listener("127.0.0.1", 0) as held, ExitStack() as stack:
        copies = [pickle.loads(ForkingPickler.dumps(held)) for _ in range(2)]
        for copy in copies:
            stack.enter_context(copy).listen()
        assert {copy.getsockname() for copy in copies} == {held.getsockname()}
        assert len({copy.fileno() for copy in copies}) == 2


def test_connections_reach_every_process_that_listens() -> None:
    """With 64 of them, all at one of two has the probability 2 ** -63."""
    with open_listener("127.0.0.1", 0) as held, ExitStack() as stack:
        copies = [stack.enter_context(pickle.loads(ForkingPickler.dumps(held))) for _ in range(2)]
        for copy in copies:
            copy.listen(128)
            copy.setblocking(False)
        for _ in range(64):
            stack.enter_context(socket.create_connection(held.getsockname(), timeout=5))
        counts = [accepted(copy, stack) for copy in copies]
        assert sum(counts) == 64
        assert min(counts) > 0


def accepted(listener: Listener, stack: ExitStack) -> int:
    count = 0
    try:
        while True:
            stack.enter_context(listener.accept()[0])
            count += 1
    except BlockingIOError:
        return count


def test_a_listener_reaches_a_process_started_afresh() -> None:
    context = get_context("spawn")
    with open_listener("127.0.0.1", 0) as held:
        queue = context.Queue()
        process = context.Process(target=listen, args=(held, queue))
        process.start()
        assert queue.get(timeout=60) == held.getsockname()
        socket.create_connection(held.getsockname(), timeout=5).close()
        process.join(60)
        assert process.exitcode == 0


def test_a_port_where_somebody_listens_is_not_shared() -> None:
    with open_listener("127.0.0.1", 0) as held, pickle.loads(ForkingPickler.dumps(held)) as serving:
        serving.listen()
        with pytest.raises(AddressTaken) as caught:
            open_listener(*held.getsockname())
        port = held.getsockname()[1]
        assert f"port {port} of 127.0.0.1 is taken" in caught.value.what
        assert f"--port {port + 1}" in caught.value.mend
