"""Brings a log's checkpoint to a witness: proves from the tiles that the log only grew, and asks to cosign.

    python -m tests.outside.witness.feed DIR URL

Written from c2sp.org/tlog-witness and RFC 6962, section 2.1.2, with nothing of the ledger. Prints the
cosignature; exits with 1 when the witness does not give one.
"""

from __future__ import annotations

import base64
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tests.outside.logcheck import WIDTH, path, split, subtree

HEIGHT = 8  # levels of the tree in a tile


class Declined(Exception):
    """The witness's status and words."""


@dataclass
class Tree:
    """The tree of `size` leaves in the tiles below a folder."""

    folder: Path
    size: int

    def root(self, first: int, end: int) -> bytes:
        """MTH(D[first:end]) of a range that stands in the tree."""
        count = end - first
        if count.bit_count() > 1:
            middle = first + largest_power_below(count)
            return sha256(b"\x01" + self.root(first, middle) + self.root(middle, end)).digest()
        level, rest = divmod(count.bit_length() - 1, HEIGHT)
        return subtree(self.hashes(level, first >> HEIGHT * level, 1 << rest))

    def hashes(self, level: int, index: int, count: int) -> list[bytes]:
        """Hashes beside each other in one tile of a level."""
        tile, at = divmod(index, WIDTH)
        width = min(WIDTH, (self.size >> HEIGHT * level) - tile * WIDTH)
        return split((self.folder / path(str(level), tile, width)).read_bytes())[at : at + count]

    def proof(self, old: int) -> list[bytes]:
        """PROOF(old, D[size])."""
        return [] if old in (0, self.size) else self._subproof(old, 0, self.size, True)

    def _subproof(self, old: int, first: int, end: int, whole: bool) -> list[bytes]:
        if old == end - first:
            return [] if whole else [self.root(first, end)]
        middle = first + largest_power_below(end - first)
        if first + old <= middle:
            return [*self._subproof(old, first, middle, whole), self.root(middle, end)]
        rest = self._subproof(first + old - middle, middle, end, False)
        return [*rest, self.root(first, middle)]


def largest_power_below(count: int) -> int:
    """k of the RFC: the largest power of two smaller than `count`, which is above one."""
    return 1 << (count - 1).bit_length() - 1


def feed(folder: Path, url: str) -> str:
    """The witness's cosignature of a folder's checkpoint; a conflict tells what the witness has."""
    note = (folder / "checkpoint").read_text()
    tree = Tree(folder, int(note.split("\n")[1]))
    status, answer = submit(url, 0, [], note)
    if status == 409 and 0 < int(answer) <= tree.size:
        status, answer = submit(url, int(answer), tree.proof(int(answer)), note)
    if status != 200:
        raise Declined(f"{status} {answer.strip()}")
    return answer


def submit(url: str, old: int, proof: list[bytes], note: str) -> tuple[int, str]:
    lines = [f"old {old}", *(base64.b64encode(node).decode() for node in proof), "", note]
    request = urllib.request.Request(f"{url}/add-checkpoint", "\n".join(lines).encode(), method="POST")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def main() -> int:
    try:
        print(feed(Path(sys.argv[1]), sys.argv[2]), end="")
    except (Declined, OSError, ValueError, IndexError) as error:
        print(f"feed: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
