"""One address for several worker processes, each with a listening socket of its own.

A socket that is shared is accepted from by whichever process wakes first, and that one takes every connection
that waits: under load one worker had nearly all of them. With SO_REUSEPORT (Linux) the kernel spreads
connections over the processes, and a process that ends takes no part any more.
"""

from __future__ import annotations

import errno
import socket
from typing import Any

from ledger.core.refusal import LedgerError


class AddressTaken(LedgerError):
    """Nobody can listen there: another program does, or the address is not this machine's."""


class Listener(socket.socket):
    """Bound to its address. It arrives in a worker process as a new socket on the same address."""

    @property
    def url(self) -> str:
        """The address for a browser."""
        host, port = self.getsockname()[:2]
        return f"http://[{host}]:{port}" if self.family == socket.AF_INET6 else f"http://{host}:{port}"

    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        return _bound, (int(self.family), self.getsockname())


def open_listener(host: str, port: int) -> Listener:
    """Hold an address before anything is made or said. Raises `AddressTaken`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        # Without SO_REUSEPORT first: with it, the port of another ledger of the same user would be shared.
        with socket.socket(family) as alone:
            alone.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            alone.bind((host, port))
            address = alone.getsockname()
        return _bound(family, address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            other = port + 1
            raise AddressTaken(
                f"port {port} of {host} is taken by another program, such as another ledger",
                f"stop that one, or use another port: `--port {other}`, or `make demo PORT={other}`",
            ) from error
        what = f"cannot listen on {host}:{port}: {error.strerror}"
        raise AddressTaken(what, "choose another address: `--host`, `--port`") from error


def _bound(family: int, address: Any) -> Listener:
    listener = Listener(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind(address)
    return listener
