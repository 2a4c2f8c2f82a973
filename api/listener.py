"""One address for several worker processes, each with a listening socket of its own.

A socket that is shared is accepted from by whichever process wakes first, and that one takes every connection
that waits: under load one worker had nearly all of them. With SO_REUSEPORT (Linux) the kernel spreads
connections over the processes, and a process that ends takes no part any more.
"""

from __future__ import annotations

import socket
from typing import Any

from ledger.core.refusal import LedgerError


class AddressTaken(LedgerError):
    """Nobody can listen there: another program does, or the address is not this machine's."""


class Listener(socket.socket):
    """Bound, never listening. It arrives in a worker process as a new socket on the same address."""

    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        return _bound, (int(self.family), self.getsockname())


def open_listener(host: str, port: int) -> Listener:
    """Hold an address for worker processes. Raises `AddressTaken`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        # Without SO_REUSEPORT first: with it, the port of another ledger of the same user would be shared.
        with socket.socket(family) as alone:
            alone.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            alone.bind((host, port))
            address = alone.getsockname()
        return _bound(family, address)
    except OSError as error:
        raise AddressTaken(
            f"cannot listen on {host}:{port}: {error.strerror}", "stop what listens there, or use --port"
        ) from error


def _bound(family: int, address: Any) -> Listener:
    listener = Listener(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind(address)
    return listener
