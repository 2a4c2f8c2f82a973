"""A witness as c2sp.org/tlog-witness and tlog-cosignature describe it: standard library and cryptography.

It keeps the newest tree of each log in memory. Nothing of the ledger is imported, so that both sides of the
protocol are written from the specification independently.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import threading
import time
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

DASH = "\u2014 "
EMPTY_ROOT = hashlib.sha256(b"").digest()
NUMBER = re.compile(r"(0|[1-9][0-9]*)\Z")


class Rejected(Exception):
    """A request is answered with this status."""

    def __init__(self, status: int, body: str = "", media_type: str = "text/plain") -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body
        self.media_type = media_type


@dataclass
class Head:
    """A tree head: size and root hash."""

    size: int
    root: bytes


@dataclass
class LogKey:
    """A log's key as its vkey tells it: name, key hash, public key."""

    name: str
    key_hash: bytes
    public: Ed25519PublicKey

    @classmethod
    def from_vkey(cls, vkey: str) -> LogKey:
        name, key_hash, material = vkey.split("+", 2)
        raw = base64.b64decode(material, validate=True)
        if raw[0] != 1 or hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4].hex() != key_hash:
            raise ValueError(f"{vkey} is not the key of a log")
        return cls(name, bytes.fromhex(key_hash), Ed25519PublicKey.from_public_bytes(raw[1:]))


@dataclass
class Witness:
    """One witness key with its logs by origin, and what it cosigned last for each."""

    name: str
    key: Ed25519PrivateKey
    logs: dict[str, list[LogKey]] = field(default_factory=dict)
    heads: dict[str, Head] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def trust(self, vkey: str) -> None:
        """Configure a log's key; its name is the origin."""
        key = LogKey.from_vkey(vkey)
        self.logs.setdefault(key.name, []).append(key)

    @property
    def material(self) -> bytes:
        """Signature type 0x04 and the public key."""
        return b"\x04" + self.key.public_key().public_bytes_raw()

    @property
    def key_hash(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + self.material).digest()[:4]

    @property
    def vkey(self) -> str:
        return f"{self.name}+{self.key_hash.hex()}+{base64.b64encode(self.material).decode()}"

    # POST <submission prefix>/add-checkpoint

    def add_checkpoint(self, body: bytes) -> str:
        """Signature lines for a checkpoint. Raises `Rejected`."""
        old, proof, note = read_request(body)
        text, signatures = read_note(note)
        origin, head = read_checkpoint(text)
        self._check_log(origin, text, signatures)
        if old > head.size:
            raise Rejected(400, "the old size is larger than the checkpoint\n")
        with self.lock:
            held = self.heads.get(origin, Head(0, EMPTY_ROOT))
            if old != held.size:
                raise Rejected(409, f"{held.size}\n", "text/x.tlog.size")
            if head.size == 0 and head.root != EMPTY_ROOT:
                raise Rejected(422, "an empty tree with another root\n")
            if not is_consistent(held, head, proof):
                raise Rejected(422, "the trees are not consistent\n")
            line = self.cosign(text)
            self.heads[origin] = head
            self.notes[origin] = f"{text}\n{self._log_lines(origin, signatures)}{line}"
        return line

    def _check_log(self, origin: str, text: str, signatures: list[tuple[str, bytes, bytes]]) -> None:
        if origin not in self.logs:
            raise Rejected(404, "this log is not known\n")
        verified = False
        for name, key_hash, signature in signatures:
            for key in self.logs[origin]:
                if (key.name, key.key_hash) != (name, key_hash):
                    continue
                try:
                    key.public.verify(signature, text.encode())
                except InvalidSignature:
                    raise Rejected(403, "a signature does not verify\n") from None
                verified = True
        if not verified:
            raise Rejected(403, "not signed by a key that is trusted\n")

    def cosign(self, text: str, at: int | None = None) -> str:
        """The cosignature/v1 line over a checkpoint's text."""
        seconds = int(time.time()) if at is None else at
        signature = self.key.sign(f"cosignature/v1\ntime {seconds}\n{text}".encode())
        return self.line(seconds.to_bytes(8, "big") + signature)

    def line(self, timestamped: bytes) -> str:
        """A signature line of this witness."""
        return f"{DASH}{self.name} {base64.b64encode(self.key_hash + timestamped).decode()}\n"

    # GET <monitoring prefix>/<origin hash>/checkpoint

    def checkpoint(self, origin_hash: str) -> str | None:
        """The newest checkpoint that it cosigned for a log."""
        for origin, note in self.notes.items():
            if hashlib.sha256(origin.encode()).hexdigest() == origin_hash:
                return note
        return None

    def _log_lines(self, origin: str, signatures: list[tuple[str, bytes, bytes]]) -> str:
        known = {(key.name, key.key_hash) for key in self.logs[origin]}
        return "".join(
            f"{DASH}{name} {base64.b64encode(key_hash + signature).decode()}\n"
            for name, key_hash, signature in signatures
            if (name, key_hash) in known
        )


def read_request(body: bytes) -> tuple[int, list[bytes], str]:
    """Old size, consistency proof and checkpoint of a request."""
    try:
        header, blank, note = body.decode().partition("\n\n")
        first, *lines = header.split("\n")
        word, _, number = first.partition(" ")
        if not blank or word != "old" or not NUMBER.match(number) or len(lines) > 63:
            raise ValueError("no old size, too many hashes, or no checkpoint")
        proof = [base64.b64decode(line, validate=True) for line in lines]
        if any(len(each) != 32 for each in proof):
            raise ValueError("a hash does not have 32 bytes")
    except (ValueError, binascii.Error) as error:
        raise Rejected(400, f"{error}\n") from error
    return int(number), proof, note


def read_note(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """The text of a note, and (name, key hash, signature) of each of its signature lines."""
    text, blank, lines = note.rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise Rejected(400, "not a note\n")
    signatures = []
    for line in lines[:-1].split("\n"):
        name, _, encoded = line.removeprefix(DASH).partition(" ")
        try:
            raw = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            raw = b""
        if not line.startswith(DASH) or not name or len(raw) < 5:
            raise Rejected(400, "not a signature line\n")
        signatures.append((name, raw[:4], raw[4:]))
    return text + "\n", signatures


def read_checkpoint(text: str) -> tuple[str, Head]:
    """Origin and tree head of a checkpoint's text; extension lines are passed over."""
    lines = text.split("\n")
    if len(lines) < 4 or not lines[0] or not NUMBER.match(lines[1]) or "" in lines[:-1]:
        raise Rejected(400, "not a checkpoint\n")
    try:
        root = base64.b64decode(lines[2], validate=True)
    except binascii.Error:
        root = b""
    if len(root) != 32:
        raise Rejected(400, "the root hash does not have 32 bytes\n")
    return lines[0], Head(int(lines[1]), root)


# RFC 6962, section 2.1.2


def is_consistent(old: Head, new: Head, proof: list[bytes]) -> bool:
    """Whether the proof shows that the tree `new` begins with the tree `old`."""
    if old.size == 0:
        return not proof
    if old.size == new.size:
        return not proof and old.root == new.root
    rest = list(proof)
    try:
        found = _rebuild(old.size, new.size, True, rest, old.root)
    except IndexError:
        return False
    return not rest and found == (old.root, new.root)


def _rebuild(m: int, n: int, whole: bool, rest: list[bytes], old_root: bytes) -> tuple[bytes, bytes]:
    """SUBPROOF(m, D[n], b) read backwards: the roots of the first m and of all n leaves that it implies."""
    if m == n:
        node = old_root if whole else rest.pop()
        return node, node
    k = 1 << ((n - 1).bit_length() - 1)  # the largest power of two smaller than n
    sibling = rest.pop()
    if m <= k:
        old, new = _rebuild(m, k, whole, rest, old_root)
        return old, _node(new, sibling)
    old, new = _rebuild(m - k, n - k, False, rest, old_root)
    return _node(sibling, old), _node(sibling, new)


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
