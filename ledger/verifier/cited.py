"""Citations held against a log: is what the code beside a printed statement names in it, at that place?

Only the public files are read (docs/protocol.md, "The public files"), so anyone's copy of them will do. They
make a receipt of the entry, which is verified like any other; two more steps hold the citation against it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..core.checkpoint import Checkpoint
from ..core.checkpoint import parse as parse_checkpoint
from ..core.citation import Citation, parse_citation
from ..core.entry import decode_entry
from ..core.merkle import TILE_WIDTH, HashReader, consistency_proof, inclusion_proof, verify_consistency
from ..core.note import split_note
from ..core.receipt import Trust, format_proof, verify_receipt
from ..core.refusal import Refusal
from ..core.report import FAILED, HELD, UNREADABLE, Check, Finding, Report, Step, take
from ..core.tiles import CHECKPOINT_PATH, ENTRIES, LogFiles, Tile, hash_reader, read_tile


def verify_citation(text: str, files: LogFiles, trust: Trust | None) -> Report:
    """Check a citation against a log's public files in eleven graded steps; raises what `files` raises.

    1 code: the text is a citation, and the files have its entry. 2 to 9: the receipt of that entry, made from
    the files (`verify_receipt`). 10 consistency: the log has grown from the tree that the citation names.
    11 citation: the entry is the statement with that id.
    """
    try:
        cited = parse_citation(text)
        found = _find(cited, files)
    except Refusal as refusal:
        finding = Step(1, "code", UNREADABLE, f"{refusal.code}: {refusal.what}")
        return Report((finding,), UNREADABLE)
    receipt = verify_receipt(found.entry, format_proof(cited.index, found.path, found.note), trust)
    steps = (
        Step(1, "code", HELD, f"statement {cited.statement}, entry {cited.index}"),
        *(replace(step, number=step.number + 1) for step in receipt),
        *take(_CHECKS, found),
    )
    return Report(steps, _verdict(receipt, steps[-len(_CHECKS) :]))


def _verdict(receipt: Report, own: Sequence[Step]) -> str:
    return "failed" if any(step.grade == FAILED for step in own) else receipt.verdict


@dataclass(frozen=True, slots=True)
class _Found:
    """What the files hold of a citation: the entry, its audit path in the published tree, and that tree."""

    cited: Citation
    entry: bytes
    path: Sequence[bytes]
    note: str
    published: Checkpoint
    hashes: HashReader


def _find(cited: Citation, files: LogFiles) -> _Found:
    """Raises `Refusal` when the files are not those of a log that has the entry."""
    note = _note(files)
    published = parse_checkpoint(split_note(note)[0])
    if cited.index >= published.size:
        what = f"entry {cited.index} is not among the {published.size} that are published"
        raise Refusal("missing-tile", what)
    hashes = hash_reader(files, published.size)
    bundle, at = divmod(cited.index, TILE_WIDTH)
    width = min(TILE_WIDTH, published.size - bundle * TILE_WIDTH)
    entry = read_tile(files, Tile(ENTRIES, bundle, width))[at]
    path = inclusion_proof(cited.index, published.size, hashes)
    return _Found(cited, entry, path, note, published, hashes)


def _note(files: LogFiles) -> str:
    data = files.read(CHECKPOINT_PATH)
    if data is None:
        raise Refusal("missing-tile", CHECKPOINT_PATH)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refusal("bad-checkpoint", str(error)) from error


def _check_consistency(found: _Found) -> Finding:
    """The tree of the citation is where the published one began."""
    old, new = found.cited.checkpoint, found.published
    if old.origin != new.origin:
        return Finding(FAILED, f"the citation is of {old.origin}, the files are of {new.origin}")
    if old.size > new.size:
        what = (
            f"{old.size} entries are cited, {new.size} are published; if it was printed just now, ask again"
        )
        return Finding(FAILED, f"{what} once the files have been brought up to date")
    proof = consistency_proof(old.size, new.size, found.hashes)
    if not verify_consistency(old.size, old.root, new.size, new.root, proof):
        return Finding(FAILED, f"the log never had the cited root when it had {old.size} entries")
    return Finding(HELD, f"the cited tree of {old.size} entries has grown to {new.size}")


def _check_statement(found: _Found) -> Finding:
    """The payload of the entry has the id that is cited."""
    statement = hashlib.sha256(decode_entry(found.entry).envelope.payload).hexdigest()
    told = f"entry {found.cited.index} is the statement {statement}"
    return Finding(HELD if statement == found.cited.statement else FAILED, told)


_CHECKS = (
    Check(10, "consistency", _check_consistency),
    Check(11, "citation", _check_statement),
)
