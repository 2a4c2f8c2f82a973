"""Witnesses over HTTP, and what is remembered of them: `ports.WitnessDoor`, `ports.WitnessMemory`.

The memory lies in files beside the sign journal, so that an older database that comes back is measured
against what witnesses have cosigned since.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
import threading
import time
import weakref
from pathlib import Path
from typing import Final

import httpx2
import msgspec

from ledger.core.checkpoint import parse as parse_checkpoint
from ledger.core.note import Verifier, open_note
from ledger.core.policy import Policy, parse_policy
from ledger.core.refusal import LedgerError, Refusal
from ledger.witnessing import Outage, Reply, Standing

BODY_LIMIT: Final = 65_536  # bytes; a hundred signature lines are shorter
CONNECT_SECONDS: Final = 3.0
WHOLE_SECONDS: Final = 10.0


class WitnessMemoryUnusable(LedgerError):
    """The folder of the witnesses' standings cannot be read or written."""


class WitnessesUnreadable(LedgerError):
    """The settings' policy file with the witnesses' addresses cannot be used."""


class HttpWitnesses:
    """One client for all witnesses; connections are kept alive, until it is closed or not used any more.

    It works on an event loop of its own, where one deadline covers a whole request: connecting, headers and
    body, however slowly they come. Its thread starts with the first question: most ledgers and most commands
    ask no witness.
    """

    def __init__(self, whole_seconds: float = WHOLE_SECONDS) -> None:
        self._whole = whole_seconds
        # A redirect would let somebody else answer; an encoding would hide how much is being sent.
        headers = {
            "accept-encoding": "identity",
            "content-type": "text/plain; charset=utf-8",
            "user-agent": "evidence-ledger",
        }
        timeout = httpx2.Timeout(whole_seconds, connect=min(CONNECT_SECONDS, whole_seconds))
        self._http = httpx2.AsyncClient(timeout=timeout, headers=headers, follow_redirects=False)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=_run, args=(self._http, self._loop), name="witnesses", daemon=True
        )
        self._starting = threading.Lock()
        self._end = weakref.finalize(self, _end, self._thread, self._loop)

    def close(self) -> None:
        """Return once the connections are closed and the loop and its thread have ended."""
        self._end()
        if self._thread.ident is not None:
            self._thread.join()

    def add_checkpoint(self, address: str, body: bytes) -> Reply | Outage:
        """The whole answer within the time and size that are allowed, or what was wrong with it."""
        url = address.removesuffix("/") + "/add-checkpoint"
        self._start()
        asked = asyncio.run_coroutine_threadsafe(_post(self._http, url, body, self._whole), self._loop)
        try:
            return asked.result()
        except (TimeoutError, httpx2.TimeoutException):
            return Outage("it does not answer in time")
        except Exception as error:  # also what the libraries below raise for an address that is none
            return Outage(f"it cannot be reached: {type(error).__name__}")

    def _start(self) -> None:
        with self._starting:
            if self._thread.ident is None:
                self._thread.start()


async def _post(http: httpx2.AsyncClient, url: str, body: bytes, whole_seconds: float) -> Reply | Outage:
    async with asyncio.timeout(whole_seconds), http.stream("POST", url, content=body) as response:
        content = bytearray()
        async for part in response.aiter_raw():
            content += part
            if len(content) > BODY_LIMIT:
                return Outage(f"its answer is longer than {BODY_LIMIT} bytes")
        return _reply(response, bytes(content))


def _run(http: httpx2.AsyncClient, loop: asyncio.AbstractEventLoop) -> None:
    loop.run_forever()
    try:
        loop.run_until_complete(http.aclose())
    finally:
        loop.close()


def _end(thread: threading.Thread, loop: asyncio.AbstractEventLoop) -> None:
    """Have the loop end and its thread close the connections, without waiting for either: garbage collection
    may call this in any thread, in one, too, that holds a lock which the loop needs, such as that of an
    import, or that has next to no stack left.
    """
    if thread.ident is None:
        loop.close()
    else:
        loop.call_soon_threadsafe(loop.stop)


def _reply(response: httpx2.Response, content: bytes) -> Reply:
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    after = response.headers.get("retry-after", "")
    seconds = float(after) if after.isascii() and after.isdecimal() and len(after) < 7 else None
    return Reply(response.status_code, media_type, content, seconds)


class _Kept(msgspec.Struct):
    vkey: str
    standing: Standing


class FileWitnessMemory:
    """A file of JSON for each witness, named by its verifier key, replaced in one step."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def recall(self, vkey: str) -> Standing:
        """What is remembered, the cosignature verified anew; a fresh standing if it was never asked.

        Raises `WitnessMemoryUnusable`.
        """
        try:
            kept = msgspec.json.decode(self._path(vkey).read_bytes(), type=_Kept)
            if kept.standing.note:
                parse_checkpoint(open_note(kept.standing.note, [Verifier.from_vkey(vkey)]).text)
        except FileNotFoundError:
            return Standing()
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError, Refusal) as error:
            raise _unusable(self._path(vkey), error) from error
        return kept.standing

    def remember(self, vkey: str, standing: Standing) -> None:
        """Durable on return. Raises `WitnessMemoryUnusable`."""
        data = msgspec.json.format(msgspec.json.encode(_Kept(vkey, standing)), indent=1)
        path = self._path(vkey)
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            fd, name = tempfile.mkstemp(dir=self._folder)
            with os.fdopen(fd, "wb") as file:
                file.write(data + b"\n")
                file.flush()
                os.fsync(fd)
            Path(name).replace(path)
        except OSError as error:
            raise _unusable(path, error) from error

    def forget(self, vkey: str) -> Path | None:
        """Start afresh with a witness; its file is kept under another name, as evidence. None if none."""
        path = self._path(vkey)
        if not path.exists():
            return None
        kept = path.with_suffix(f".{time.time_ns()}.forgotten")
        path.rename(kept)
        return kept

    def _path(self, vkey: str) -> Path:
        return self._folder / f"{hashlib.sha256(vkey.encode()).hexdigest()[:16]}.json"


def read_witnesses(path: Path | None) -> Policy | None:
    """The settings' policy file: witnesses with their addresses. Raises `WitnessesUnreadable`."""
    if path is None:
        return None
    try:
        return parse_policy(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, Refusal) as error:
        reason = error.what if isinstance(error, Refusal) else str(error)
        raise WitnessesUnreadable(
            f"{path}: {reason}", "write a c2sp.org/tlog-policy with `witness NAME VKEY URL` and `quorum none`"
        ) from error


def _unusable(path: Path, error: Exception) -> WitnessMemoryUnusable:
    return WitnessMemoryUnusable(
        f"{path}: {type(error).__name__}: {error}"[:300],
        "mend the disk, or move the file away to start afresh",
    )
