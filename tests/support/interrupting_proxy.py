"""A proxy before a PostgreSQL socket that cuts the connection when a COMMIT passes.

A real fault on a real server: what is stored afterwards is what PostgreSQL made of it.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, Self
from urllib.parse import quote

from psycopg.conninfo import conninfo_to_dict

Fault = Literal["lost", "persisted"]


class InterruptingProxy:
    """Passes everything on from a socket in `folder` to the server at `url`, until it is armed.

    After `arm("lost")` the next COMMIT is dropped together with its connection. After `arm("persisted")` it
    is passed on, and the connection is cut without the answer once the server has given it.
    """

    def __init__(self, url: str, folder: Path) -> None:
        target = conninfo_to_dict(url)
        self._target = f"{target['host']}/.s.PGSQL.{target['port']}"
        host = quote(str(folder), safe="")
        self.url = f"postgresql://{target['user']}@/{target['dbname']}?host={host}&port=5432"
        self.faults = 0
        self._armed: list[Fault] = []
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(folder / ".s.PGSQL.5432"))
        self._listener.listen()
        self._sockets = [self._listener]
        self._threads: list[threading.Thread] = []

    def arm(self, *faults: Fault) -> None:
        """The next COMMITs, one after the other, fail in these ways."""
        self._armed = list(faults)

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        for each in self._sockets:
            _cut(each)
        for thread in self._threads:
            thread.join(5)

    def _start(self, work: Callable[[], None]) -> None:
        def quietly() -> None:
            with contextlib.suppress(OSError):
                work()

        self._threads.append(threading.Thread(target=quietly, daemon=True))
        self._threads[-1].start()

    def _accept(self) -> None:
        while True:
            client, _ = self._listener.accept()
            server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            server.connect(self._target)
            self._sockets += [client, server]
            muted = threading.Event()
            answered = threading.Thread(target=_pass_answers, args=(server, client, muted), daemon=True)
            answered.start()
            self._start(lambda c=client, s=server, m=muted, a=answered: self._requests(c, s, m, a))  # type: ignore[misc]

    def _requests(
        self, client: socket.socket, server: socket.socket, muted: threading.Event, answered: threading.Thread
    ) -> None:
        named_commit: set[bytes] = set()
        messages = _messages(client)
        for kind, message in messages:
            if self._armed and _is_commit(kind, message, named_commit):
                self.faults += 1
                if self._armed.pop(0) == "persisted":
                    muted.set()
                    server.sendall(message + _up_to_sync(messages))
                    server.shutdown(socket.SHUT_WR)
                    answered.join(10)
                break
            _is_commit(kind, message, named_commit)
            server.sendall(message)
        _cut(server)
        _cut(client)


def _messages(client: socket.socket) -> Iterator[tuple[bytes, bytes]]:
    """(type, whole message) of the frontend protocol 3; the first message has no type byte."""
    buffer = b""
    header = 0
    while data := client.recv(1 << 20):
        buffer += data
        while len(buffer) >= header + 4:
            length = header + int.from_bytes(buffer[header : header + 4], "big")
            if len(buffer) < length:
                break
            yield buffer[:header], buffer[:length]
            buffer, header = buffer[length:], 1


def _up_to_sync(messages: Iterator[tuple[bytes, bytes]]) -> bytes:
    rest = b""
    for kind, message in messages:
        rest += message
        if kind == b"S":
            break
    return rest


def _is_commit(kind: bytes, message: bytes, named: set[bytes]) -> bool:
    """Whether the message runs or binds a COMMIT; `named` keeps the prepared statements that are one."""
    if kind == b"P":  # Parse: name, query, parameter types
        name, query = message[5:].split(b"\0", 2)[:2]
        if query == b"COMMIT":
            named.add(name)
        return False
    if kind == b"B":  # Bind: portal, statement name, parameters
        return message[5:].split(b"\0", 2)[1] in named
    return kind == b"Q" and message[5:].startswith(b"COMMIT")


def _pass_answers(server: socket.socket, client: socket.socket, muted: threading.Event) -> None:
    with contextlib.suppress(OSError):
        while data := server.recv(1 << 20):
            if not muted.is_set():
                client.sendall(data)


def _cut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
