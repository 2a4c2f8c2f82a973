"""Keyset paging: a page continues after a key, so that entries that come in between shift nothing.

The cursor is the last item's sort key, in base64url of JSON: opaque to clients, checked here. Link headers
(RFC 8288) carry the addresses of the first and the next page.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec
from starlette.datastructures import URL

from api.problems import Problem

Item = TypeVar("Item")
Key = tuple[str | int, ...]


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Some items in order; `after` continues behind the last of them, None at the end."""

    items: Sequence[Item]
    after: str | None


def cut(items: Sequence[Item], key: Callable[[Item], Key], after: str | None, limit: int) -> Page[Item]:
    """The `limit` items that follow `after`. Keys are unique and `items` is sorted by them, ascending.

    Raises `Problem` for a cursor that this ledger did not hand out.
    """
    start = 0 if after is None else _first_behind(items, key, decode_cursor(after))
    page = items[start : start + limit]
    more = start + limit < len(items)
    return Page(page, encode_cursor(key(page[-1])) if more else None)


def encode_cursor(key: Key) -> str:
    """A sort key as an opaque text of URL-safe characters."""
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def decode_cursor(text: str) -> Key:
    """The sort key. Raises `Problem`."""
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        key = msgspec.json.decode(base64.b64decode(padded, b"-_", validate=True), type=tuple[str | int, ...])
    except (UnicodeEncodeError, binascii.Error, msgspec.DecodeError) as error:
        raise _bad_cursor(text) from error
    if encode_cursor(key) != text:
        raise _bad_cursor(text)
    return key


def link_header(url: URL, after: str | None) -> str:
    """The `Link` header's value: the first page, and the next one if there is one."""
    first = url.remove_query_params("after")
    links = [f'<{_relative(first)}>; rel="first"']
    if after is not None:
        links.append(f'<{_relative(first.include_query_params(after=after))}>; rel="next"')
    return ", ".join(links)


def _first_behind(items: Sequence[Item], key: Callable[[Item], Key], last: Key) -> int:
    """Bisection; a cursor with other types than the keys have was not handed out for this list."""
    low, high = 0, len(items)
    try:
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if key(items[middle]) <= last else (low, middle)
    except TypeError as error:
        raise _bad_cursor(encode_cursor(last)) from error
    return low


def _relative(url: URL) -> str:
    """Path and query alone: behind a proxy the server does not know its own name."""
    return url.path + (f"?{url.query}" if url.query else "")


def _bad_cursor(text: str) -> Problem:
    return Problem(
        "bad-parameter", f"{text[:64]!r} is no cursor of this list", "after", "follow the Link header"
    )
