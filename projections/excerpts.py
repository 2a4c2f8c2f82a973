"""The part of a text in which something was found, with the places where: plain text, so that every reader
marks them in its own way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from projections.items import Item
from projections.search_terms import Term
from projections.words import Said, composed, folded, mirror, texts

LENGTH: Final = 240  # characters
_LEAD: Final = 60  # characters before the first place
_MARKED: Final = re.compile("<([^>]*)>")
_WORD: Final = re.compile(r"\S+")

Place = tuple[int, int]
"""Where something stands: the first character and the one behind the last, counted in code points."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of what `member` says, with `marks` in it; `before` and `after` say whether it is cut there."""

    member: str
    lang: str
    text: str
    marks: tuple[Place, ...]
    before: bool
    after: bool

    def to_json(self) -> dict[str, object]:
        return {
            "member": self.member,
            "lang": self.lang or None,
            "text": self.text,
            "marks": [list(mark) for mark in self.marks],
            "before": self.before,
            "after": self.after,
        }


def disclosed(item: Item) -> list[Said]:
    """Every text that `item` shows out of its disclosures, accents composed."""
    clear = item.statement.claim
    return [
        Said(one.member, one.lang, composed(one.text))
        for member, value in item.claim.items()
        if value != clear.get(member)
        for one in texts(member, value)
    ]


def opening(text: str) -> str:
    """How a text begins: about `LENGTH` characters, cut between words, with an ellipsis where it goes on."""
    if len(text) <= LENGTH:
        return text
    return text[: _at_word(text, LENGTH, LENGTH - _LEAD, backwards=True)].rstrip() + "…"


def stemmed_places(marked: str, text: str) -> list[Place]:
    """The places that PostgreSQL has marked with < and > in the mirror of `text`."""
    if _MARKED.sub(r"\1", marked) != mirror(text):
        return []
    # Every mark before a word shifts it by the two signs of each, and by its own first one.
    found = enumerate(_MARKED.finditer(marked))
    return [(match.start() - 2 * before, match.end() - 2 * before - 2) for before, match in found]


def other_places(text: str, terms: Iterable[Term]) -> Iterator[Place]:
    """The places of what is not stemmed: runs of Han, and words that were asked for without their accents."""
    wanted = [term for term in terms if not term.excluded]
    for run in (term.text for term in wanted if term.is_han):
        yield from ((match.start(), match.end()) for match in re.finditer(re.escape(run), text))
    plain = {folded(term.text) for term in wanted if len(term.words) == 1}
    if plain:
        words = _WORD.finditer(mirror(text))
        yield from ((word.start(), word.end()) for word in words if folded(word[0]) in plain)


def excerpt(said: Sequence[tuple[Said, Iterable[Place]]], lang: str) -> Excerpt | None:
    """Out of the text that has most of what was asked for; of equals, that in `lang`, else the first.

    None where nothing is marked.
    """
    marked = [(one, _joined(places)) for one, places in said]
    marked = [(one, places) for one, places in marked if places]
    if not marked:
        return None
    one, places = max(marked, key=lambda pair: (_variety(pair[0].text, pair[1]), pair[0].lang == lang))
    start, end = _window(one.text, places)
    inside = tuple((first - start, last - start) for first, last in places if start <= first and last <= end)
    return Excerpt(one.member, one.lang, one.text[start:end], inside, start > 0, end < len(one.text))


def _joined(places: Iterable[Place]) -> list[Place]:
    """In order, those that overlap as one."""
    found: list[Place] = []
    for first, last in sorted(places):
        if found and first < found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def _variety(text: str, places: Iterable[Place]) -> int:
    """How many different words are marked."""
    return len({text[first:last].lower() for first, last in places})


def _window(text: str, places: Sequence[Place]) -> Place:
    """The stretch of about `LENGTH` characters with most different words, as early as possible."""
    if len(text) <= LENGTH:
        return 0, len(text)

    def inside(first: int) -> list[Place]:
        return [place for place in places if first <= place[0] and place[1] <= first + LENGTH - _LEAD]

    best = max((place[0] for place in places), key=lambda first: _variety(text, inside(first)))
    last = max((place[1] for place in inside(best)), default=best + LENGTH)
    start = _at_word(text, max(0, best - _LEAD), best)
    end = _at_word(text, max(min(start + LENGTH, len(text)), last), last, backwards=True)
    return start, end


def _at_word(text: str, place: int, bound: int, backwards: bool = False) -> int:
    """The next beginning of a word from `place`, or the end of one before it, but not beyond `bound`."""
    if backwards:
        space = text.rfind(" ", bound, place) if place < len(text) else -1
        return space if space >= 0 else place
    space = text.find(" ", place - 1, bound) if place > 0 else -1
    return space + 1 if space >= 0 else place
