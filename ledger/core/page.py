"""A bundle inside an HTML page (a dossier): put in, and taken out again byte for byte."""

from html import escape

from .refusal import Refusal

MAGIC = b"<!doctype html>"
_BEGIN, _END = '<template id="bundle">', "</template>"


def put_in_page(data: bytes) -> str:
    """The element that carries a bundle; canonical JSON has no character that HTML would read differently."""
    return f"{_BEGIN}{escape(data.decode('utf-8'), quote=False)}{_END}"


def take_from_page(page: bytes) -> bytes:
    """The bundle that a page carries, whatever else it prints; raises `Refusal`."""
    before, begin, rest = page.partition(_BEGIN.encode())
    inside, end, after = rest.partition(_END.encode())
    if not begin or not end or _BEGIN.encode() in before + after:
        raise Refusal("bad-bundle", "the page carries no bundle, or several")
    try:
        text = inside.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refusal("bad-bundle", "what the page carries is not UTF-8") from error
    data = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").encode()
    if put_in_page(data) != f"{_BEGIN}{text}{_END}":
        raise Refusal("bad-bundle", "what the page carries was not put in by a ledger")
    return data
