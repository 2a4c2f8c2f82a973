"""Bundles as files: canonical lines, or a zip with the documents that they name.

A file is written whole before a byte of it is sent: what goes wrong is then a problem with its own status and
never half a file, and the entity tag is that of the exact bytes.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final

from psycopg import Connection
from starlette.concurrency import run_in_threadpool

from api.composition import Service
from ledger.bundles import choose_checkpoint, prepare
from ledger.store.timestamps import stamped
from projections.bundle_source import Snapshot

LINES: Final = "application/jsonl"
ZIP: Final = "application/zip"
NAME_IN_ZIP: Final = "bundle.jsonl"
IN_MEMORY = 1 << 22  # bytes; larger bundles lie on the disk while they are sent
CHUNK = 1 << 18

Spool = SpooledTemporaryFile[bytes]


async def write(service: Service, about: str, *, documents: bool) -> Spool:
    """The bundle in a file, at its start; with `documents` a zip. Raises `NotBundled` or `LedgerError`."""
    out: Spool = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 -- whoever sends it closes it
    try:
        if documents:
            await _write_zip(service, about, out)
        else:
            await run_in_threadpool(_write_lines, service, about, out)
    except BaseException:
        out.close()
        raise
    out.seek(0)
    return out


def state_of(service: Service) -> tuple[str, ...]:
    """All of the ledger that a bundle depends on, in a few texts: how long the log is, the checkpoints that
    it could be made under, and which checkpoints are dated.
    """
    published, signed = service.publications.newest(), service.ledger.checkpoint()

    def dated(conn: Connection[Any]) -> list[str]:
        found = list(stamped(conn))
        newest = [f"{found[-1].note}{len(found[-1].replies)}"] if found else []
        return [str(len(found)), *newest]

    size = service.recorder.head().size
    return (str(size), signed.note, published.note if published else "", *service.read(dated))


def entity_tag(file: Spool) -> tuple[str, int]:
    """The strong tag of a file's bytes, and their number; leaves the file at its start."""
    digest, size = hashlib.sha256(), 0
    for chunk in chunks(file):
        digest.update(chunk)
        size += len(chunk)
    file.seek(0)
    return f'"{digest.hexdigest()[:32]}"', size


def chunks(file: Spool) -> Iterator[bytes]:
    """From where the file stands to its end."""
    while chunk := file.read(CHUNK):
        yield chunk


def _write_lines(service: Service, about: str, out: IO[bytes]) -> Sequence[str]:
    """Write the bundle; returns the documents that it names."""
    # Before the snapshot is taken, so that everything under the checkpoints is in it.
    published, signed = service.publications.newest(), service.ledger.checkpoint()
    service.wait_for(signed.size)

    def question(conn: Connection[Any]) -> Sequence[str]:
        source = Snapshot(conn)
        checkpoint = choose_checkpoint(source, signed.note, published and published.note)
        prepared = prepare(source, about, checkpoint, stamped(conn))
        for line in prepared.lines():
            out.write(line)
        return prepared.documents

    return service.read(question)


async def _write_zip(service: Service, about: str, out: Spool) -> None:
    with zipfile.ZipFile(out, "w") as folder:
        with folder.open(_member(NAME_IN_ZIP), "w", force_zip64=True) as member:
            named = await run_in_threadpool(_write_lines, service, about, member)
        for sha256 in named:
            size = await service.blobs.size(sha256)
            if size is not None:
                with folder.open(_member(f"documents/{sha256}"), "w", force_zip64=True) as member:
                    async for chunk in service.blobs.open(sha256):
                        await run_in_threadpool(member.write, chunk)


def _member(name: str) -> zipfile.ZipInfo:
    """Nothing in it depends on the time or the machine, so that the same bundle is the same zip."""
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.create_system = 3  # the attributes are Unix modes
    info.external_attr = 0o644 << 16
    return info
