"""Documents: taken in as a stream, pinned by a statement, given out by digest.

An upload alone is shown to nobody. Bytes are given out once a public `DocumentCaptured` statement in the log
pins their digest, so that the service is no store for files that nobody vouches for.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Any, Final, NamedTuple, Protocol

from psycopg import Connection

from api import media
from api.problems import Problem
from ledger.core.disclosure import parse as parse_disclosure
from ledger.core.grammar import is_digest
from ledger.core.refusal import Refusal
from ledger.core.statement import Statement, decode_statement, read_recorded
from ledger.ports import BlobStore
from ledger.sequencer import Submission
from ledger.store.blobs import BlobDamaged
from projections import timeline
from projections.as_of import NOW
from projections.reader import Reader, moment

PREFIX: Final = "document:"
# Canonical JSON has one spelling, so these bytes stand in the payload of every document statement. They may
# stand elsewhere too; then the statement is decoded once more than needed.
_MARK: Final = b'"predicateType":"urn:evidence-ledger:v1:document"'


class VerifiedBlobs(BlobStore, Protocol):
    """A blob store that can re-read what it holds."""

    async def verify(self, sha256: str) -> int:
        """The size. Raises `KeyError` or `BlobDamaged`."""
        ...


class Taken(NamedTuple):
    """An upload that is stored: digest, size in bytes, and the type that its content shows."""

    sha256: str
    size: int
    media: str


class Pinned(NamedTuple):
    """Bytes that a statement commits to: where in the statement, their digest, and the size it names."""

    place: str
    sha256: str
    size: int | None


class DocumentDefect(NamedTuple):
    """The first thing wrong with the documents of the log."""

    position: int
    what: str


async def take(blobs: BlobStore, stream: AsyncIterator[bytes], limit: int) -> Taken:
    """Store an upload whose content is of a kind that is taken. Raises `Problem` or `BlobTooLarge`."""
    head, rest = await _head(stream)
    kind = media.detect(head[: media.HEAD])
    if kind is None:
        allowed = ", ".join(sorted(media.ALLOWED))
        raise Problem("media-type", f"by its content this is none of: {allowed}")
    sha256, size = await blobs.put_new(_chained(head, rest), limit)
    return Taken(sha256, size, kind)


async def admit(blobs: BlobStore, submission: Submission) -> None:
    """What a `captured` document pins must be held, what is only `referenced` must not be.

    An admission check: it needs more than the log, so auditors do not replay it. Raises `Refusal`.
    """
    if _MARK not in submission.envelope.payload:
        return
    statement = submission.statement or decode_statement(submission.envelope.payload)
    if statement.event == "DocumentCaptured":
        for pinned in pins(statement, submission.disclosures):
            await _demand(blobs, pinned)
    elif statement.event == "DocumentReferenced":
        for pinned in _subjects(statement):
            if await blobs.size(pinned.sha256) is not None:
                raise Refusal("document-held", f"the bytes of {pinned.sha256} are held here", pinned.place)


def pins(statement: Statement, disclosures: Iterable[str] = ()) -> Iterator[Pinned]:
    """The bytes that a document statement commits to: in its subjects, or in a disclosed `plaintext`."""
    yield from _subjects(statement)
    for text in disclosures:
        disclosure = parse_disclosure(text)
        if disclosure.name == "plaintext" and isinstance(disclosure.value, dict):
            sha256, size = disclosure.value.get("sha256"), disclosure.value.get("size")
            if isinstance(sha256, str) and is_digest(sha256):  # else the rules refuse the disclosure itself
                yield Pinned("/predicate/claim/_sd", sha256, size)


Held = Callable[[int], Iterable[str]]
"""The disclosures held of the entry at a position."""


def check(
    blobs: VerifiedBlobs, entries: Iterable[tuple[int, bytes]], held: Held = lambda _: ()
) -> Iterator[tuple[int, DocumentDefect | None]]:
    """Re-read the bytes of every captured document; (position, None or what is wrong there).

    Those of a statement that is not public are named by a disclosure, as long as that is held.
    """
    for position, entry in entries:
        statement = read_recorded(position, entry).statement
        if statement.event == "DocumentCaptured":
            pinned = list(pins(statement, held(position) if statement.digests else ()))
            yield position, asyncio.run(_defect(blobs, position, pinned))
        else:
            yield position, None


async def _defect(blobs: VerifiedBlobs, position: int, documents: Iterable[Pinned]) -> DocumentDefect | None:
    for pinned in documents:
        try:
            size = await blobs.verify(pinned.sha256)
        except KeyError:
            return DocumentDefect(position, f"the document {pinned.sha256} is not held")
        except BlobDamaged as damaged:
            return DocumentDefect(position, damaged.what)
        if pinned.size not in (None, size):
            return DocumentDefect(position, f"the document {pinned.sha256} has {size} bytes")
    return None


async def _demand(blobs: BlobStore, pinned: Pinned) -> None:
    size = await blobs.size(pinned.sha256)
    if size is None:
        raise Refusal("document-missing", f"no bytes are held under {pinned.sha256}", pinned.place)
    if pinned.size not in (None, size):
        raise Refusal("document-size", f"{size} bytes are held, the claim says {pinned.size}", pinned.place)


def _subjects(statement: Statement) -> Iterator[Pinned]:
    size = statement.claim.get("size")
    for number, subject in enumerate(statement.subjects):
        if subject.name.startswith(PREFIX):
            yield Pinned(f"/subject/{number}", subject.name.removeprefix(PREFIX), size)


async def _head(stream: AsyncIterator[bytes]) -> tuple[bytes, AsyncIterator[bytes]]:
    """At least `media.HEAD` bytes if there are so many, and the stream behind them."""
    head = b""
    async for chunk in stream:
        head += chunk
        if len(head) >= media.HEAD:
            break
    return head, stream


async def _chained(head: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield head
    async for chunk in rest:
        yield chunk


def is_captured(conn: Connection[Any], sha256: str) -> bool:
    """Whether a statement that anybody may see has captured these bytes."""
    reader = Reader(conn, moment(conn, NOW, (timeline.TABLE,)))
    found = reader.items(reader.positions_by_key(timeline.TABLE, [PREFIX + sha256]))
    return any(item.statement.event == "DocumentCaptured" and item.shown for item in found)
