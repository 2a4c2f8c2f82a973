"""Signed notes (c2sp.org/signed-note): a text and the signatures of one or more named keys.

Only the signature types a ledger meets are known: 0x01, Ed25519 over the text, and 0x04, a witness's
timestamped Ed25519 cosignature (c2sp.org/tlog-cosignature). Signatures of unknown keys or types are
ignored, as the specification demands; a bad signature of a known key rejects the whole note.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from . import keys
from .grammar import base64_decode, base64_encode
from .refusal import Refusal

ED25519 = 0x01
COSIGNATURE = 0x04
NOTE_LIMIT = 1_000_000  # bytes
SIGNATURES_LIMIT = 100
_DASH = "— "
_FORBIDDEN = re.compile("[\ud800-\udfff\0-\x09\x0b-\x1f]")
_TIMESTAMP_BYTES = 8
TIMESTAMP_LIMIT = 2**63


class Verifier(NamedTuple):
    """A key trusted to sign notes: its name, signature type (0x01 or 0x04) and public key (32 bytes)."""

    name: str
    algorithm: int
    public: bytes

    @classmethod
    def from_vkey(cls, vkey: str) -> "Verifier":
        """The verifier that a `<name>+<hash>+<base64>` string describes; raises `Refusal`."""
        name, _, rest = vkey.partition("+")
        _, _, encoded = rest.partition("+")
        try:
            material = base64_decode(encoded)
        except Refusal as refusal:
            raise Refusal("bad-vkey", f"{vkey!r:.200}: {refusal.what}") from refusal
        if not is_key_name(name) or material[:1] not in (bytes([ED25519]), bytes([COSIGNATURE])):
            raise Refusal("bad-vkey", f"{vkey!r:.200} has no name, or a signature type other than 01 and 04")
        keys.check_public_key(material[1:])
        verifier = cls(name, material[0], material[1:])
        if verifier.vkey != vkey:
            raise Refusal("bad-vkey", f"{vkey!r:.200}: its key hash is {verifier.key_hash.hex()}")
        return verifier

    @property
    def key_hash(self) -> bytes:
        """Four bytes that find the key: SHA-256(name LF type key), cut."""
        text = self.name.encode("utf-8") + b"\n" + bytes([self.algorithm]) + self.public
        return hashlib.sha256(text).digest()[:4]

    @property
    def vkey(self) -> str:
        """The verifier key as text."""
        return f"{self.name}+{self.key_hash.hex()}+{base64_encode(bytes([self.algorithm]) + self.public)}"

    def check(self, text: str, signature: bytes) -> bool:
        """Whether `signature`, without its key hash, is good for the note's text."""
        if self.algorithm == ED25519:
            return keys.verify(self.public, text.encode("utf-8"), signature)
        stamp, signature = signature[:_TIMESTAMP_BYTES], signature[_TIMESTAMP_BYTES:]
        seconds = int.from_bytes(stamp, "big")
        return seconds < TIMESTAMP_LIMIT and keys.verify(self.public, _cosigned(text, seconds), signature)

    def time(self, signature: bytes) -> int | None:
        """When a witness says that it made `signature`, in seconds since 1970; None of a log's signature."""
        if self.algorithm == ED25519:
            return None
        return int.from_bytes(signature[:_TIMESTAMP_BYTES], "big")


def _cosigned(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


class Signer(NamedTuple):
    """An Ed25519 key (seed of 32 bytes) that signs notes under a name."""

    name: str
    seed: bytes

    @property
    def verifier(self) -> Verifier:
        """What checks this signer's notes."""
        return Verifier(self.name, ED25519, keys.public_key(self.seed))

    def sign(self, text: str) -> bytes:
        """The signature (64 bytes) of the note's text."""
        return keys.sign(self.seed, text.encode("utf-8"))


class NoteSignature(NamedTuple):
    """A signature line: key name, key hash (4 bytes), signature."""

    name: str
    key_hash: bytes
    signature: bytes

    @property
    def line(self) -> str:
        return f"{_DASH}{self.name} {base64_encode(self.key_hash + self.signature)}\n"


class Note(NamedTuple):
    """An opened note: its text, the signatures that verified and those of unknown keys."""

    text: str
    verified: tuple[NoteSignature, ...]
    unknown: tuple[NoteSignature, ...]


def is_key_name(name: str) -> bool:
    """Whether `name` may name a key: not empty, no white space, no plus sign, no control characters."""
    return bool(name) and "+" not in name and not any(c.isspace() or c < " " for c in name)


def sign_note(text: str, signers: Iterable[Signer]) -> str:
    """The signed note; `text` ends in a newline."""
    assert text.endswith("\n"), "the text of a note ends in a newline"
    lines = [
        NoteSignature(signer.name, signer.verifier.key_hash, signer.sign(text)).line for signer in signers
    ]
    note = f"{text}\n{''.join(lines)}"
    assert split_note(note)[0] == text, "a note reads as it was written"
    return note


def split_note(note: str) -> tuple[str, list[NoteSignature]]:
    """The text and the signature lines of a note, nothing verified; raises `Refusal`."""
    if len(note) > NOTE_LIMIT:
        raise Refusal("bad-note", f"{len(note)} characters, the limit is {NOTE_LIMIT}")
    if _FORBIDDEN.search(note):
        raise Refusal("bad-note", "it holds control characters or halves of surrogate pairs")
    text, blank, rest = note.rpartition("\n\n")
    if not blank or not rest.endswith("\n"):
        raise Refusal("bad-note", "no empty line before the signatures, or no newline at the end")
    lines = rest[:-1].split("\n")
    if len(lines) > SIGNATURES_LIMIT:
        raise Refusal("bad-note", f"{len(lines)} signatures, the limit is {SIGNATURES_LIMIT}")
    return text + "\n", [_signature_line(line) for line in lines]


def _signature_line(line: str) -> NoteSignature:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not is_key_name(name):
        raise Refusal("bad-note", f"{line!r:.100} is no signature line")
    try:
        data = base64_decode(encoded)
    except Refusal as refusal:
        raise Refusal("bad-note", f"{line!r:.100}: {refusal.what}") from refusal
    if len(data) < 5:
        raise Refusal("bad-note", f"{line!r:.100} holds no signature")
    return NoteSignature(name, data[:4], data[4:])


def open_note(note: str, verifiers: Sequence[Verifier]) -> Note:
    """The note's text once a known key has signed it; raises `Refusal`."""
    # 1 Text and signature lines.
    text, signatures = split_note(note)
    # 2 Each signature whose name and hash a known key has must verify; the others are ignored.
    known = {(verifier.name, verifier.key_hash): verifier for verifier in verifiers}
    verified: dict[tuple[str, bytes], NoteSignature] = {}
    unknown = []
    for signature in signatures:
        identity = (signature.name, signature.key_hash)
        verifier = known.get(identity)
        if verifier is None:
            unknown.append(signature)
        elif not verifier.check(text, signature.signature):
            raise Refusal("bad-signature", f"the signature of {signature.name} does not fit the text")
        else:
            verified.setdefault(identity, signature)
    # 3 At least one did.
    if not verified:
        raise Refusal("note-unverified", f"signed by {', '.join(s.name for s in unknown) or 'nobody'} only")
    return Note(text, tuple(verified.values()), tuple(unknown))
