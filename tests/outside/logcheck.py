"""Checks a public log's files as C2SP's tlog-tiles, tlog-checkpoint and signed-note describe them.

    python -m tests.outside.logcheck DIR VKEY

Standard library and `cryptography` only, nothing of the ledger: a second reading of the specifications.
"""

from __future__ import annotations

import base64
import hashlib
import struct
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

WIDTH = 256
DASH = "— "


class Refused(Exception):
    """What does not hold."""


def open_note(data: bytes, vkey: str) -> str:
    """The text of a signed note with a good signature of this key; lines of unknown keys are passed over."""
    text, blank, signatures = data.decode().partition("\n\n")
    if not blank or not signatures.endswith("\n"):
        raise Refused("the note has no signatures")
    name, key_hash, material = vkey.split("+", 2)
    raw = base64.b64decode(material, validate=True)
    if raw[0] != 1 or hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4].hex() != key_hash:
        raise Refused("the key is no Ed25519 note key")
    for line in signatures.splitlines():
        signer, _, encoded = line.removeprefix(DASH).partition(" ")
        blob = base64.b64decode(encoded, validate=True)
        if signer == name and blob[:4].hex() == key_hash:
            try:
                Ed25519PublicKey.from_public_bytes(raw[1:]).verify(blob[4:], (text + "\n").encode())
            except InvalidSignature:
                raise Refused("the note's signature is not good") from None
            return text + "\n"
    raise Refused("the note is not signed by this key")


def parse_checkpoint(text: str, vkey: str) -> tuple[int, bytes]:
    """Size and root of the log that the key is named after."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or lines[0] != vkey.split("+", 1)[0]:
        raise Refused("the note's text is no checkpoint of this log")
    if str(int(lines[1])) != lines[1]:
        raise Refused("the size is not a plain number")
    return int(lines[1]), base64.b64decode(lines[2], validate=True)


def path(kind: str, number: int, width: int) -> str:
    """`tile/0/x001/234` and the like."""
    digits = f"{number:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    spelled = "/".join(["x" + group for group in groups[:-1]] + groups[-1:])
    return f"tile/{kind}/{spelled}" + ("" if width == WIDTH else f".p/{width}")


def entries(bundle: bytes) -> list[bytes]:
    """The entries of a bundle: two bytes of length, then the entry."""
    found, at = [], 0
    while at < len(bundle):
        (length,) = struct.unpack_from(">H", bundle, at)
        found.append(bundle[at + 2 : at + 2 + length])
        at += 2 + length
    if at != len(bundle):
        raise Refused("a bundle ends inside an entry")
    return found


def subtree(hashes: list[bytes]) -> bytes:
    """The root over hashes of one level, as RFC 6962 section 2.1 splits them."""
    if len(hashes) == 1:
        return hashes[0]
    half = 1 << (len(hashes) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + subtree(hashes[:half]) + subtree(hashes[half:])).digest()


def split(data: bytes) -> list[bytes]:
    return [data[at : at + 32] for at in range(0, len(data), 32)]


def check(folder: Path, vkey: str) -> int:
    """The log's size, once every file that the checkpoint promises is there and leads to its root."""
    size, root = parse_checkpoint(open_note((folder / "checkpoint").read_bytes(), vkey), vkey)
    level, row = 0, _leaves(folder, size)
    while True:
        _check_level(folder, level, row)
        if len(row) < WIDTH:
            break
        level, row = (
            level + 1,
            [subtree(row[at : at + WIDTH]) for at in range(0, len(row) - WIDTH + 1, WIDTH)],
        )
    if (subtree(_all(folder, size)) if size else hashlib.sha256().digest()) != root:
        raise Refused("the entries do not make the root")
    return size


def _leaves(folder: Path, size: int) -> list[bytes]:
    leaves: list[bytes] = []
    for number, first in enumerate(range(0, size, WIDTH)):
        width = min(WIDTH, size - first)
        held = entries((folder / path("entries", number, width)).read_bytes())
        if len(held) != width:
            raise Refused(f"entry bundle {number} does not hold {width} entries")
        leaves += [hashlib.sha256(b"\0" + entry).digest() for entry in held]
    return leaves


def _check_level(folder: Path, level: int, row: list[bytes]) -> None:
    for number, first in enumerate(range(0, len(row), WIDTH)):
        expected = row[first : first + WIDTH]
        if split((folder / path(str(level), number, len(expected))).read_bytes()) != expected:
            raise Refused(f"tile {number} of level {level} does not hold the hashes below it")


def _all(folder: Path, size: int) -> list[bytes]:
    """The leaf hashes as the tiles of level 0 have them."""
    found: list[bytes] = []
    for number, first in enumerate(range(0, size, WIDTH)):
        found += split((folder / path("0", number, min(WIDTH, size - first))).read_bytes())
    return found


def main() -> int:
    try:
        size = check(Path(sys.argv[1]), sys.argv[2])
    except (Refused, OSError, ValueError) as error:
        print(f"logcheck: {error}", file=sys.stderr)
        return 1
    print(f"logcheck: {size} entries hold")
    return 0


if __name__ == "__main__":
    sys.exit(main())
