"""msgspec as the reader and writer of canonical JSON: the core knows only the standard library's."""

from __future__ import annotations

import msgspec

from ledger.core import canonical

CODEC = canonical.Codec(
    msgspec.json.Decoder().decode,
    msgspec.json.Encoder(order="sorted").encode,
    (msgspec.MsgspecError, ValueError, RecursionError),
)
