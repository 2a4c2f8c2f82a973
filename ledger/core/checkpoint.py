"""Checkpoints (c2sp.org/tlog-checkpoint): the signed head of a log, three lines without extension lines."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .grammar import base64_decode, base64_encode
from .merkle import EMPTY_ROOT, HASH_BYTES
from .note import Note, Signer, Verifier, open_note, sign_note
from .refusal import Refusal

SIZE_LIMIT = 2**63
_SIZE = re.compile(r"(0|[1-9][0-9]{0,18})\Z")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of the log `origin`: its number of entries and the root hash (32 bytes) over them."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The note's text: origin, size, root in base64, each with a newline."""
        return f"{self.origin}\n{self.size}\n{base64_encode(self.root)}\n"


def parse_size(text: str) -> int | None:
    """A size or index in decimal without leading zeros, below 2^63; None if it is not one."""
    value = int(text) if _SIZE.match(text) else SIZE_LIMIT
    return value if value < SIZE_LIMIT else None


def parse(text: str) -> Checkpoint:
    """The checkpoint whose text is exactly `text`; raises `Refusal`."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3]:
        raise Refusal("bad-checkpoint", "it does not have exactly three lines")
    origin, size_text, root_text = lines[:3]
    size = parse_size(size_text)
    if not origin or size is None:
        raise Refusal("bad-checkpoint", f"origin {origin!r:.100}, size {size_text!r:.30}")
    try:
        root = base64_decode(root_text)
    except Refusal as refusal:
        raise Refusal("bad-checkpoint", f"the root hash: {refusal.what}") from refusal
    if len(root) != HASH_BYTES or (size == 0 and root != EMPTY_ROOT):
        raise Refusal(
            "bad-checkpoint", "the root hash does not have 32 bytes, or is not that of an empty tree"
        )
    return Checkpoint(origin, size, root)


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> str:
    """The checkpoint as a note signed by the log, whose key bears the log's name."""
    assert signer.name == checkpoint.origin, "the log's key is named after its origin"
    return sign_note(checkpoint.text(), [signer])


def open_checkpoint(note: str, log: Verifier, others: Sequence[Verifier] = ()) -> tuple[Checkpoint, Note]:
    """A checkpoint signed by the log's key, and the note around it; raises `Refusal`.

    `others` are witnesses whose cosignatures are to be verified too.
    """
    opened = open_note(note, [log, *others])
    if not any((s.name, s.key_hash) == (log.name, log.key_hash) for s in opened.verified):
        raise Refusal("note-unverified", f"the log's key {log.name} has not signed it")
    checkpoint = parse(opened.text)
    if checkpoint.origin != log.name:
        raise Refusal("bad-checkpoint", f"it is of {checkpoint.origin}, its key is named {log.name}")
    return checkpoint, opened
