"""Every page of the demo that its start page leads to, in every language, and all that they link to."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx2
import pytest

from api.web.language import LANGUAGES
from tests.acceptance.conftest import Demo

pytestmark = pytest.mark.xdist_group("acceptance")

MOST = 400  # pages of one language
# Of pages that differ only by what they show; in English all of them.
ALIKE = {"en": MOST, "fr": 4, "de": 4, "zh": 4}
ALIKE_WITH_QUERY = 3  # filters of a list make any number of addresses
FILES = 2  # of each kind beside the pages, such as bundles
LINKS = {"a": "href", "link": "href", "script": "src", "img": "src", "form": "action"}


class _Links(HTMLParser):
    """What a page links to, and the places in it that can be linked to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.places: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if (place := given.get("id")) is not None:
            self.places.add(place)
        if tag in LINKS and (address := given.get(LINKS[tag])) is not None:
            self.found.append(address)


def shape(address: str) -> str:
    """What addresses of pages of one kind have in common."""
    parts = urlsplit(address)
    names = sorted(pair.partition("=")[0] for pair in parts.query.split("&") if pair)
    path = re.sub(r"[0-9a-f]{64}|(?<=factories/)[^/]+|(?<=parties/)[^/]+", "x", parts.path)
    return f"{path}?{','.join(names)}"


def crawl(client: httpx2.Client, start: str, code: str) -> Iterator[tuple[str, httpx2.Response, _Links]]:
    """Pages below `start`, nearest first, and one answer for each kind of file beside them."""
    waiting, seen, alike = deque([start]), {start}, Counter[str]()
    while waiting and len(seen) < MOST * 10:
        address = waiting.popleft()
        alike[shape(address)] += 1
        if alike[shape(address)] > _most(address, code):
            continue
        answer = client.get(address)
        links = _Links()
        if answer.headers.get("content-type", "").startswith("text/html"):
            links.feed(answer.text)
        yield address, answer, links
        for link in links.found:
            target = urldefrag(urljoin(address, link)).url
            if _is_ours(target, start, code) and target not in seen:
                seen.add(target)
                waiting.append(target)


def _most(address: str, code: str) -> int:
    parts = urlsplit(address)
    if "format=pdf" in parts.query:
        return 0  # each takes many seconds
    if not parts.path.startswith(f"/{code}"):
        return FILES
    return min(ALIKE[code], ALIKE_WITH_QUERY) if parts.query else ALIKE[code]


def _is_ours(target: str, start: str, code: str) -> bool:
    """On this server, and no page of another language."""
    parts, ours = urlsplit(target), urlsplit(start)
    language = parts.path.split("/")[1]
    return parts.netloc == ours.netloc and (language == code or language not in LANGUAGES)


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_page_and_nothing_that_a_page_links_to_is_missing(demo: Demo, code: str) -> None:
    statuses: dict[str, int] = {}
    places: dict[str, set[str]] = {}
    wanted: dict[str, str] = {}
    with httpx2.Client(timeout=60.0) as client:
        for address, answer, links in crawl(client, f"{demo.url}/{code}/", code):
            statuses[address] = answer.status_code
            places[address] = links.places
            for link in links.found:
                target, place = urldefrag(urljoin(address, link))
                if place:
                    wanted.setdefault(f"{target}#{place}", address)
    assert {address: status for address, status in statuses.items() if status != 200} == {}
    gone = {
        target: page
        for target, page in wanted.items()
        if (on := target.partition("#")[0]) in places and target.partition("#")[2] not in places[on]
    }
    assert gone == {}
    pages = [address for address in statuses if urlsplit(address).path.startswith(f"/{code}/")]
    kinds = {shape(address) for address in pages}
    nouns = ("statements", "factories", "parties", "investigations")
    assert {f"/{code}/{noun}/x?" for noun in nouns} <= kinds
    assert len(pages) > (100 if code == "en" else 20)
