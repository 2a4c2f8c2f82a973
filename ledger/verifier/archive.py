"""The zip around a bundle that brings its documents along (docs/protocol.md, "Bundles")."""

import struct
import zipfile
from io import BytesIO

from ..core.grammar import is_digest
from ..core.refusal import Refusal

BUNDLE, DOCUMENTS = "bundle.jsonl", "documents/"
MAGIC = b"PK\x03\x04"
# What reading a damaged zip may run into.
MALFORMED = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
    OSError,
    struct.error,
)


def open_archive(data: bytes) -> tuple[bytes, dict[str, bytes]]:
    """The bundle, and the documents by the SHA-256 that is their name, nothing verified; raises `Refusal`."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = archive.infolist()
            _check_members(members)
            read = {member.filename: archive.read(member) for member in members}
    except MALFORMED as error:
        raise Refusal("bad-bundle", f"the zip cannot be read: {error}") from error
    bundle = read.pop(BUNDLE)
    return bundle, {name.removeprefix(DOCUMENTS): content for name, content in read.items()}


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    names = [member.filename for member in members]
    if names[:1] != [BUNDLE] or len(set(names)) != len(names):
        raise Refusal("bad-bundle", f"a zip begins with {BUNDLE}, and nothing is in it twice")
    for member in members:
        # Nothing is compressed, so a small file cannot grow large.
        if member.compress_type != zipfile.ZIP_STORED:
            raise Refusal("bad-bundle", f"{member.filename} is compressed")
        digest = member.filename.removeprefix(DOCUMENTS)
        if member.filename != BUNDLE and (digest == member.filename or not is_digest(digest)):
            raise Refusal("bad-bundle", f"{member.filename!r:.100} is no document's name")
