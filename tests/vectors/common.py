"""What all generators of format vectors share: seeds, and the two kinds of vector."""

import base64
import hashlib
from collections.abc import Callable
from typing import Any

from ledger.core.refusal import Refusal

ORIGIN = "ledger.example.org/2026"
RECORDED_AT = "2019-11-20T09:00:00.250Z"


def seed(label: str) -> bytes:
    return hashlib.sha256(b"evidence ledger vectors: " + label.encode()).digest()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def accepted(name: str, **values: Any) -> dict[str, Any]:
    return {"name": name, **values}


def refused(name: str, attempt: Callable[[], object], **values: Any) -> dict[str, Any]:
    """A vector whose code is what this implementation says; tests pin the codes through the stored files."""
    try:
        attempt()
    except Refusal as refusal:
        return {"name": name, **values, "code": refusal.code, "where": refusal.where}
    raise AssertionError(f"the vector {name} is not refused")
