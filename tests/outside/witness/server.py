"""The witness over HTTP on loopback, and the ways in which it can misbehave."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.outside.witness.witness import Rejected, Witness


@dataclass
class Answer:
    """What goes over the wire; `missing` bytes are promised by Content-Length and never sent."""

    status: int
    body: bytes
    media_type: str = "text/plain"
    headers: tuple[tuple[str, str], ...] = ()
    missing: int = 0
    delay: float = 0.0
    drip: float = 0.0
    """Seconds between single bytes of the body."""
    header_drip: float = 0.0
    """Seconds between many small header lines that come first."""


Fault = Callable[[Answer, bytes], Answer]
"""Makes another answer of the honest one; also sees the request's body."""


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    server: Any

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        if self.path != self.server.prefix + "/add-checkpoint":
            self._send(Answer(404, b"no such call\n"))
            return
        self.server.requests.append(body)
        answer = self._honest(body)
        for fault in self.server.faults:
            answer = fault(answer, body)
        self._send(answer)

    def do_GET(self) -> None:
        origin_hash = self.path.removeprefix(self.server.prefix + "/").removesuffix("/checkpoint")
        note = self.server.witness.checkpoint(origin_hash)
        self._send(Answer(404, b"") if note is None else Answer(200, note.encode()))

    def _honest(self, body: bytes) -> Answer:
        try:
            return Answer(200, self.server.witness.add_checkpoint(body).encode())
        except Rejected as rejected:
            return Answer(rejected.status, rejected.body.encode(), rejected.media_type)

    def _send(self, answer: Answer) -> None:
        time.sleep(answer.delay)
        try:
            self.send_response(answer.status)
            self._drip_headers(answer)
            self.send_header("Content-Type", answer.media_type)
            self.send_header("Content-Length", str(len(answer.body) + answer.missing))
            for name, value in answer.headers:
                self.send_header(name, value)
            self.end_headers()
            self._send_body(answer)
        except OSError:
            pass  # the client has gone
        self.close_connection = self.close_connection or answer.missing > 0

    def _drip_headers(self, answer: Answer) -> None:
        for number in range(50 if answer.header_drip else 0):
            self.send_header(f"X-{number}", "slow")
            self.flush_headers()
            time.sleep(answer.header_drip)

    def _send_body(self, answer: Answer) -> None:
        if not answer.drip:
            self.wfile.write(answer.body)
            return
        for at in range(len(answer.body)):
            self.wfile.write(answer.body[at : at + 1])
            self.wfile.flush()
            time.sleep(answer.drip)

    def log_message(self, *_: Any) -> None:
        """Nothing on the terminal."""


class WitnessServer(ThreadingHTTPServer):
    """A witness at `url`; `faults` apply to every answer, `requests` are the bodies that came."""

    daemon_threads = True

    def __init__(self, witness: Witness, prefix: str = "/w") -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.witness = witness
        self.prefix = prefix
        self.faults: list[Fault] = []
        self.requests: list[bytes] = []

    @property
    def url(self) -> str:
        """The submission prefix."""
        return f"http://127.0.0.1:{self.server_address[1]}{self.prefix}"


@contextmanager
def serving(witness: Witness) -> Iterator[WitnessServer]:
    """Serve a witness while the block runs."""
    with WitnessServer(witness) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


# Faults, by what they do.


def status(code: int, body: bytes = b"", *headers: tuple[str, str]) -> Fault:
    """Another status with another body."""
    return lambda _answer, _body: Answer(code, body, headers=headers)


def body(content: bytes, media_type: str = "text/plain") -> Fault:
    """The honest status with another body."""
    return lambda answer, _body: Answer(answer.status, content, media_type)


def size(number: str, media_type: str = "text/x.tlog.size") -> Fault:
    """A conflict that names a size of its own."""
    return lambda _answer, _body: Answer(409, number.encode(), media_type)


def late(seconds: float) -> Fault:
    """The honest answer, too late."""
    return lambda answer, _body: Answer(answer.status, answer.body, answer.media_type, delay=seconds)


def dripping(seconds: float) -> Fault:
    """The honest answer, byte by byte."""
    return lambda answer, _body: Answer(answer.status, answer.body, answer.media_type, drip=seconds)


def slow_headers(seconds: float) -> Fault:
    """The honest answer after fifty headers, line by line."""
    return lambda answer, _body: Answer(answer.status, answer.body, answer.media_type, header_drip=seconds)


def torn(answer: Answer, _body: bytes) -> Answer:
    """Half of the honest answer, then the connection is closed."""
    half = len(answer.body) // 2
    return Answer(answer.status, answer.body[:half], answer.media_type, missing=len(answer.body) - half)
