"""The verifier's edge: files in, reports out. Everything else of the verifier takes bytes."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from ..core.bundle import FORMAT as BUNDLE
from ..core.entry import decode_entry
from ..core.grammar import base64_decode
from ..core.index_proof import looks_like_index_proof, verify_index_proof
from ..core.keys import key_id
from ..core.page import MAGIC as PAGE
from ..core.page import take_from_page
from ..core.receipt import Trust, parse_trust, verify_receipt
from ..core.refusal import LedgerError, Refusal
from ..core.report import UNCHECKED, UNREADABLE, Report, Step
from ..core.statement import read_statement
from .archive import MAGIC, open_archive
from .audit_judging import JudgingElsewhere
from .bundle import verify_bundle

RECEIPT_ENDINGS = (".entry", ".tlog-proof")
# A bundle with its documents is as large as they are; nobody verifies a larger one by mistake.
LARGE = 4 * 2**20  # bytes of a bundle that is worth starting a process for
FILE_LIMIT = 4 * 2**30
HEAD = 2**16  # bytes in which a bundle has said what it is
# A step beyond those of a bundle, for the page around it: what it prints takes a page's own tables to judge.
PAGE_TEXT = Step(
    14,
    "page text",
    UNCHECKED,
    "only the bundle inside the page was checked; what the page prints may be something else",
)


class Unreadable(LedgerError):
    """A file that is not there, or is not what it should be; exit code 2."""


class ReceiptFiles(NamedTuple):
    """The bytes of `<index>.entry` and the text of `<index>.tlog-proof`."""

    entry: bytes
    proof: str


def verify_file(path: Path, trust: Trust | None) -> Report:
    """Verify a receipt (by either of its two files), a bundle or a proof file, or say it is unreadable.

    Of a page the bundle inside is verified; one more step says that its text is not (`PAGE_TEXT`).
    """
    try:
        if path.suffix in RECEIPT_ENDINGS or not path.exists():
            files = read_receipt(path)
            return verify_receipt(files.entry, files.proof, trust, keys_of_receipts(path.parent))
        data, documents = read_bundle(path)
        if is_page(path):
            return _of_page(_verify_bundle(data, trust, documents))
        if looks_like_index_proof(data):
            return verify_index_proof(data.decode("utf-8", "replace"), trust)
        if BUNDLE.encode() not in data[:HEAD]:
            # Whatever else is damaged in a bundle is for its own steps to find.
            raise Unreadable("this is no bundle, dossier, receipt or proof file", "name one of these")
        return _verify_bundle(data, trust, documents)
    except Unreadable as error:
        return Report((Step(1, "file", UNREADABLE, error.what),), UNREADABLE)


def _verify_bundle(data: bytes, trust: Trust | None, documents: Mapping[str, bytes] | None) -> Report:
    if len(data) < LARGE:
        return verify_bundle(data, trust, documents)
    with JudgingElsewhere(os.cpu_count() or 1, room=len(data)) as judging:
        return verify_bundle(data, trust, documents, judging=judging)


def _of_page(report: Report) -> Report:
    """The report on the bundle of a page, with the step about the page's own text."""
    is_read = all(step.grade != UNREADABLE for step in report)
    return replace(report, steps=(*report, PAGE_TEXT)) if is_read else report


def is_page(path: Path) -> bool:
    """Whether a file is an HTML page; raises `OSError`."""
    with path.open("rb") as file:
        return file.read(len(PAGE)) == PAGE


def read_bundle(path: Path) -> tuple[bytes, dict[str, bytes] | None]:
    """The bundle of a file, of a zip with its documents, or of the page that carries it; raises
    `Unreadable`.
    """
    try:
        if path.stat().st_size > FILE_LIMIT:
            raise Unreadable(
                f"{path} has more than {FILE_LIMIT} bytes", "unpack the zip, verify the bundle in it"
            )
        data = path.read_bytes()
        if data.startswith(PAGE):
            return take_from_page(data), None
        return open_archive(data) if data.startswith(MAGIC) else (data, None)
    except Refusal as refusal:
        raise Unreadable(f"{path}: {refusal.what}", refusal.mend) from refusal
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror}", "name a bundle or a receipt") from error


def read_trust(path: Path) -> Trust:
    """Whom the reader trusts; raises `Unreadable`."""
    try:
        return parse_trust(path.read_text(encoding="utf-8"))
    except Refusal as refusal:
        raise Unreadable(f"{path}: {refusal.what}", refusal.mend) from refusal
    except (OSError, UnicodeDecodeError) as error:
        what = f"{path}: {error.strerror if isinstance(error, OSError) else 'it is not text'}"
        mend = "get trust.json from the ledger's site (/verify/trust.json) or operator, and compare it"
        raise Unreadable(what, mend) from error


def read_receipt(path: Path) -> ReceiptFiles:
    """The receipt that either of its two files names, with or without the ending; raises `Unreadable`."""
    stem = path.with_suffix("") if path.suffix in RECEIPT_ENDINGS else path
    entry, proof = (stem.with_name(stem.name + ending) for ending in RECEIPT_ENDINGS)
    try:
        return ReceiptFiles(entry.read_bytes(), proof.read_text(encoding="utf-8"))
    except OSError as error:
        mend = "a receipt is two files side by side, N.entry and N.tlog-proof"
        missing = error.filename if entry.exists() or proof.exists() else path
        raise Unreadable(f"{missing}: {error.strerror}", mend) from error
    except UnicodeDecodeError as error:
        raise Unreadable(f"{proof} is not text", "restore the file from a copy") from error


def keys_of_receipts(folder: Path) -> dict[str, bytes]:
    """The public keys that the receipts in a folder introduce, so that signatures can be checked offline."""
    found: dict[str, bytes] = {}
    for path in sorted(folder.glob("*.entry")):
        try:
            found |= introduced(decode_entry(path.read_bytes()).envelope.payload)
        except (Refusal, OSError, ValueError, KeyError):
            continue  # not a receipt of ours; it proves nothing and harms nothing
    return found


def introduced(payload: bytes) -> dict[str, bytes]:
    """Key id to public key for every key that a statement brings into the ledger."""
    statement = read_statement(payload)
    if statement.kind not in ("ledger", "party", "key"):
        return {}
    listed = statement.claim.get("keys", [])
    holders = [
        statement.claim,
        statement.claim.get("firstKey"),
        *(listed if isinstance(listed, list) else []),
    ]
    keys = [
        base64_decode(str(holder["publicKey"]))
        for holder in holders
        if isinstance(holder, Mapping) and "publicKey" in holder
    ]
    return {key_id(key): key for key in keys}
