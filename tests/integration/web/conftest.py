"""Pages of the small case, read as a reader reads them: as text, links and tables."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl

from tests.integration.api.conftest import Poster, case, client, poster, settings

__all__ = ["Read", "case", "client", "page", "poster", "settings"]

_VOID = frozenset({"meta", "link", "input", "br", "img", "hr", "wbr"})


@dataclass(frozen=True)
class Read:
    """What a page says: its text with single spaces, its links, and every element's attributes by tag."""

    status: int
    headers: Any
    html: str
    text: str
    links: tuple[str, ...]
    elements: tuple[tuple[str, dict[str, str | None]], ...]

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        if "svg" not in self.open:
            assert self.open[-1] == tag, f"</{tag}> closes <{self.open[-1]}>"
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not {"script", "style", "title"} & set(self.open):
            self.words.append(data)


def read(html: str, status: int = 200, headers: Any = None) -> Read:
    """Raises AssertionError for elements that are not closed in order."""
    reader = _Reader()
    reader.feed(html)
    assert reader.open == [], f"left open: {reader.open}"
    links = tuple(str(found.get("href")) for tag, found in reader.elements if tag == "a")
    return Read(
        status, headers, html, " ".join(" ".join(reader.words).split()), links, tuple(reader.elements)
    )


def page(case: Poster, path: str, status: int = 200, **parameters: Any) -> Read:
    """A page, once the views have taken in everything that was posted."""
    bare, _, query = path.partition("?")
    asked = {**dict(parse_qsl(query)), "at_least": case.position, **parameters}
    response = case.client.get(bare, params=asked)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    return read(response.text, response.status_code, response.headers)
