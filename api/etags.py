"""Strong entity tags and conditional requests (RFC 9110 sections 8.8.3 and 13.1.2)."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Final

_TAG: Final = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')


def strong_etag(body: bytes) -> str:
    """A tag of the exact bytes: 128 bits of their SHA-256."""
    return '"' + base64.urlsafe_b64encode(hashlib.sha256(body).digest()[:16]).decode().rstrip("=") + '"'


def matches(if_none_match: str | None, etag: str) -> bool:
    """Whether the client already holds this representation (weak comparison, as If-None-Match demands)."""
    if if_none_match is None:
        return False
    if if_none_match.strip() == "*":
        return True
    return etag in (tag.removeprefix("W/") for tag in _TAG.findall(if_none_match))
