"""What an auditor keeps from one look at a log to the next.

Two things. The newest checkpoint whose tree was scanned to the end and found to continue what was kept
before: every later one must extend it. And the hashes of the entries that were judged, one for each full
bundle of 256 and one for each entry after them: what has these hashes need not be judged again, only
folded, and where a log comes to differ shows to within a bundle. Entries judged may be more than the
checkpoint covers (the scan was interrupted) or fewer (an entry broke the rules; it will be named again).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..core.checkpoint import parse as parse_checkpoint
from ..core.grammar import base64_decode, base64_encode, format_recorded_at, milliseconds
from ..core.merkle import HASH_BYTES, TILE_WIDTH, Frontier
from ..core.note import Verifier, split_note
from ..core.receipt import Trust
from ..core.refusal import Refusal

FORMAT = "evidence-audit/1"
_MEMBERS = ("bundles", "checkpoint", "entries", "fetched", "format", "genesis", "logKeys", "origin")


@dataclass(frozen=True, slots=True)
class Hashes:
    """Judged entries: a hash for each full bundle (Merkle level 8), and the leaf hashes of those after."""

    bundles: tuple[bytes, ...] = ()
    entries: tuple[bytes, ...] = ()

    @property
    def size(self) -> int:
        return len(self.bundles) * TILE_WIDTH + len(self.entries)


@dataclass(frozen=True, slots=True)
class Kept:
    """`checkpoint` is a signed note, "" before the first; `fetched` says when it was last shown, in ms.

    `log_keys` are the verifier keys that the log's entries have made its own.
    """

    origin: str
    genesis: str
    checkpoint: str = ""
    fetched: int = 0
    log_keys: tuple[str, ...] = ()
    judged: Hashes = Hashes()

    def seen(self, checkpoint: str, fetched: int, log_keys: tuple[str, ...]) -> "Kept":
        """With a newer checkpoint."""
        return replace(self, checkpoint=checkpoint, fetched=fetched, log_keys=log_keys)


def nothing_kept(trust: Trust) -> Kept:
    """Before the first look."""
    return Kept(trust.origin, trust.genesis)


def format_kept(kept: Kept) -> str:
    """The state file: a JSON object, indented for human readers."""
    value = {
        "format": FORMAT,
        "origin": kept.origin,
        "genesis": kept.genesis,
        "checkpoint": kept.checkpoint,
        "fetched": format_recorded_at(kept.fetched),
        "logKeys": " ".join(kept.log_keys),
        "bundles": base64_encode(b"".join(kept.judged.bundles)),
        "entries": base64_encode(b"".join(kept.judged.entries)),
    }
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def parse_kept(text: str, trust: Trust) -> Kept:
    """What was kept about the log that is trusted; raises `Refusal` with code `bad-audit-state`."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refusal("bad-audit-state", f"it is not JSON: {error}") from error
    if not isinstance(value, dict) or sorted(value) != list(_MEMBERS):
        raise Refusal("bad-audit-state", f"it has not exactly the members {', '.join(_MEMBERS)}")
    if not all(isinstance(member, str) for member in value.values()) or value["format"] != FORMAT:
        raise Refusal("bad-audit-state", f"it is not of the format {FORMAT}")
    if (value["origin"], value["genesis"]) != (trust.origin, trust.genesis):
        raise Refusal("bad-audit-state", f"it is about {value['origin']}, not about {trust.origin}")
    return _kept(value)


def _kept(value: dict[str, Any]) -> Kept:
    try:
        hashes = Hashes(_split(value["bundles"]), _split(value["entries"]))
        fetched = milliseconds(value["fetched"])
        log_keys = tuple(Verifier.from_vkey(vkey).vkey for vkey in value["logKeys"].split())
        if value["checkpoint"]:
            parse_checkpoint(split_note(value["checkpoint"])[0])
    except Refusal as refusal:
        raise Refusal("bad-audit-state", refusal.what) from refusal
    if len(hashes.entries) >= TILE_WIDTH:
        raise Refusal("bad-audit-state", "256 entries make a bundle")
    return Kept(value["origin"], value["genesis"], value["checkpoint"], fetched, log_keys, hashes)


def _split(text: str) -> tuple[bytes, ...]:
    data = base64_decode(text)
    if len(data) % HASH_BYTES:
        raise Refusal("bad-audit-state", f"{len(data)} bytes are no hashes of {HASH_BYTES}")
    return tuple(data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES))


def bundle_hash(leaves: Sequence[bytes]) -> bytes:
    """The root over a bundle's leaf hashes; for a full bundle the Merkle node of level 8 above it."""
    return Frontier().append(leaves).frontier.root()
