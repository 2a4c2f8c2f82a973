"""What kind of file an upload is, told from its content alone, and whether that kind is taken.

The name and the declared type of an upload prove nothing, so they are not looked at. Taken are documents,
pictures, recordings, saved pages and plain text; programs and unknown formats are not.
"""

from __future__ import annotations

from typing import Final

import puremagic

HEAD: Final = 8192  # bytes needed to tell
BINARY: Final = {
    "application/pdf": "pdf",
    "application/zip": "zip",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/tiff": "tiff",
    "image/webp": "webp",
    "image/heif": "heif",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/wave": "wav",
    "audio/x-m4a": "m4a",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
}
TEXT: Final = {"text/html": "html", "text/plain": "txt"}
ALLOWED: Final = BINARY | TEXT
# Office files (docx, xlsx, odt...) are zip archives; the first bytes cannot tell which one.
_ZIP: Final = b"PK\x03\x04"
_CONTROL: Final = bytes(set(range(32)) - set(b"\t\n\r\x0c")) + b"\x7f"


def detect(head: bytes) -> str | None:
    """The media type of what begins with `head` (the first `HEAD` bytes); None when it is not taken."""
    if head.startswith(_ZIP):
        return "application/zip"
    guesses = _guesses(head)
    for mime in guesses:
        if mime in BINARY:
            return mime
    if not _is_text(head):
        return None
    return "text/html" if "text/html" in guesses else "text/plain"


def suffix(media: str) -> str:
    """The file name's suffix for a type that `detect` returns."""
    return ALLOWED[media]


def _guesses(head: bytes) -> list[str]:
    """The types that the signatures name with the highest confidence, best first."""
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return []
    best = found[0].confidence if found else 0
    return [guess.mime_type for guess in found if guess.confidence == best]


def _is_text(head: bytes) -> bool:
    """UTF-8 without control characters; the last character may be cut off."""
    if not head or head.translate(None, _CONTROL) != head:
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return len(head) >= HEAD - 3 and error.reason == "unexpected end of data"
    return True
