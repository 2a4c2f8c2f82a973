"""The question what is found by some words: in disclosures that the viewer may see, names and codes.

Found are statements. Whether one may be found at all is decided by `may_see`: in SQL by the visibilities that
it lets the viewer see, so that pages and counts are right, and once more of each statement that is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.core.vocabulary import terms as terms_of
from ledger.domain.visibility import ANONYMOUS, Viewer, may_see
from projections import schema
from projections.as_of import NOW, AsOf, Moment
from projections.checklist import TABLE as CHECKLIST
from projections.excerpts import Excerpt, disclosed, excerpt, other_places, stemmed_places
from projections.items import Item
from projections.names import Names
from projections.queries import (
    DEFAULT_LIMIT,
    Conn,
    CursorUnreadable,
    reader_at,
    with_names,
    with_profiles,
)
from projections.reader import Reader
from projections.registry import TABLE as REGISTRY
from projections.search import FACETS, TABLE, beginnings, codes
from projections.search_terms import Term, parse
from projections.statements import statements
from projections.timeline import Line
from projections.timeline import view as lines_of
from projections.words import base, configuration, mirror

MOST_VALUES: Final = 50  # of a facet; those that are chosen always among them
_CALLED: Final = {"said": "saidBy", "signed": "signedBy"}
_SQL = statements("search_queries")


@dataclass(frozen=True, slots=True)
class Match:
    """Why a statement was found: in the disclosure of a `member`, by `codes`, or since it mentions something
    that is called so (`name`).
    """

    member: str | None = None
    codes: tuple[str, ...] = ()
    name: str | None = None

    def to_json(self) -> dict[str, object]:
        if self.member is not None:
            return {"in": "disclosure", "member": self.member}
        if self.name is not None:
            return {"in": "name", "name": self.name}
        return {"in": "code", "codes": list(self.codes)}


@dataclass(frozen=True, slots=True)
class Found:
    """A statement as the timeline shows it, with why it was found, and where in its text."""

    line: Line
    matched: tuple[Match, ...]
    excerpt: Excerpt | None

    def to_json(self) -> dict[str, object]:
        shown = self.excerpt.to_json() if self.excerpt else None
        return {**self.line.to_json(), "matched": [one.to_json() for one in self.matched], "excerpt": shown}


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a facet, and how many statements it would leave, the other facets staying as they are."""

    value: str
    count: int
    chosen: bool

    def to_json(self) -> dict[str, object]:
        return {"value": self.value, "count": self.count, "chosen": self.chosen}


@dataclass(frozen=True, slots=True)
class Results:
    """A page of what is found: `terms` were looked for, `ignored` are stop words that were not; `total` is of
    all pages; `facets` are the values of kind, issue, method, saidBy, signedBy and period.
    """

    text: str
    terms: tuple[Term, ...]
    ignored: tuple[str, ...]
    order: str
    total: int
    facets: Mapping[str, tuple[Value, ...]]
    items: tuple[Found, ...]
    moment: Moment
    names: Names
    next: str | None

    def to_json(self) -> dict[str, object]:
        return {
            "query": {
                "text": self.text,
                "terms": [term.text for term in self.terms if not term.excluded],
                "excluded": [term.text for term in self.terms if term.excluded],
                "ignored": list(self.ignored),
            },
            "order": self.order,
            "total": self.total,
            "facets": {name: [one.to_json() for one in values] for name, values in self.facets.items()},
            "items": [item.to_json() for item in self.items],
            "asOf": self.moment.to_json(),
            "names": self.names.to_json(),
            "next": self.next,
        }


@dataclass(frozen=True, slots=True)
class _Query:
    """Terms that are looked for, each with its query in all languages."""

    terms: tuple[Term, ...]
    stems: tuple[str, ...]
    ignored: tuple[str, ...]

    def columns(self) -> dict[str, object]:
        return {
            "words": list(self.stems),
            "codes": [term.code for term in self.terms],
            "written": [term.written for term in self.terms],
            "excluded": [term.excluded for term in self.terms],
            "terms": sum(not term.excluded for term in self.terms),
        }

    @property
    def any_of(self) -> str:
        """One query for everything that is wanted, to mark it."""
        pairs = zip(self.stems, self.terms, strict=True)
        return " | ".join(f"({stem})" for stem, term in pairs if stem and not term.excluded)


def search(
    conn: Conn,
    text: str,
    as_of: AsOf = NOW,
    viewer: Viewer = ANONYMOUS,
    today: str | None = None,
    lang: str = "en",
    chosen: Mapping[str, Sequence[str]] | None = None,
    order: str = "relevance",
    after: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Results:
    """What is found by all the words of `text`, best first or newest first.

    `lang` is the viewer's language: what is written in it comes first. `chosen` are values by facet
    (`search.FACETS`): one of each has to be met. Raises `QueryUnreadable` and `CursorUnreadable`.
    """
    written = parse(text)
    behind = _after(after)
    tracked = (TABLE, REGISTRY, CHECKLIST, schema.words(conn))
    reader = reader_at(conn, as_of, viewer, today, *tracked)
    query = _stemmed(reader, written)
    given = {
        **query.columns(),
        **_filters(chosen or {}),
        **behind,
        "size": reader.moment.size,
        "visible": visible(viewer),
        "lang": base(lang),
        "newest": order == "newest",
        "limit": limit + 1,
    }
    rows = reader.rows(_SQL["found"], given)
    page = sorted((row[2], -row[1], row[3]) for row in rows if row[0] == "item")
    wanted = [(-place, why) for _, place, why in page[:limit]]
    facets = _facets([(row[3][0], row[2]) for row in rows if row[0] == "facet"], chosen or {})
    items, names = _shown(reader, wanted, query, base(lang), facets)
    following = f"{page[limit - 1][0]}~{-page[limit - 1][1]}" if len(page) > limit else None
    total = next(row[2] for row in rows if row[0] == "total")
    return Results(
        text, query.terms, query.ignored, order, total, facets, items, reader.moment, names, following
    )


@dataclass(frozen=True, slots=True)
class _Of:
    """Any statement of a visibility that nobody is named for."""

    visibility: str
    audience: tuple[str, ...] = ()


def visible(viewer: Viewer) -> list[str]:
    """The visibilities whose disclosures `viewer` may see whoever is named for them."""
    return [one for one in sorted(terms_of("visibilities")) if may_see(viewer, _Of(one))]


def _stemmed(reader: Reader, terms: Sequence[Term]) -> _Query:
    """The terms without stop words, unless there is nothing else: one of any language, since a statement in
    that language has no such word to be found by.
    """
    given = {
        "words": [" ".join(term.words) for term in terms],
        "lexemes": [term.lexemes for term in terms],
    }
    stems = [
        (term, stem, stop)
        for term, (stem, stop) in zip(terms, reader.rows(_SQL["stems"], given), strict=True)
    ]
    kept = [(term, stem) for term, stem, stop in stems if not stop]
    if all(term.excluded for term, _ in kept):
        return _Query(tuple(terms), tuple(stem for _, stem, _ in stems), ())
    ignored = tuple(term.text for term, _, stop in stems if stop)
    return _Query(tuple(term for term, _ in kept), tuple(stem for _, stem in kept), ignored)


def _filters(chosen: Mapping[str, Sequence[str]]) -> dict[str, object]:
    assert chosen.keys() <= set(FACETS), "there is no such facet"
    pairs = [(facet, f"{facet}:{value}") for facet, values in chosen.items() for value in values]
    return {"facets": [facet for facet, _ in pairs], "values": [value for _, value in pairs]}


def _after(cursor: str | None) -> dict[str, object]:
    """The last (rank, position) of the page before."""
    if cursor is None:
        return {"rank": -1, "position": 0}
    rank, tilde, position = cursor.partition("~")
    if not tilde or not all(part.isdecimal() and len(part) <= 18 for part in (rank, position)):
        raise CursorUnreadable
    return {"rank": int(rank), "position": int(position)}


def _facets(
    counts: Iterable[tuple[str, int]], chosen: Mapping[str, Sequence[str]]
) -> dict[str, tuple[Value, ...]]:
    """The most frequent values of each facet, years in their own order; those that are chosen always."""
    found: dict[str, list[Value]] = {facet: [] for facet in FACETS}
    for name, count in counts:
        facet, _, value = name.partition(":")
        found[facet].append(Value(value, count, value in chosen.get(facet, ())))
    for facet, values in chosen.items():
        missing = set(values) - {one.value for one in found[facet]}
        found[facet] += [Value(value, 0, True) for value in missing]
    return {_CALLED.get(facet, facet): _most(facet, values) for facet, values in found.items()}


def _most(facet: str, values: list[Value]) -> tuple[Value, ...]:
    first = sorted(values, key=lambda one: (not one.chosen, -one.count, one.value))[:MOST_VALUES]
    return tuple(sorted(first, key=lambda one: one.value if facet == "period" else (-one.count, one.value)))


def _shown(
    reader: Reader,
    wanted: Sequence[tuple[int, Sequence[str]]],
    query: _Query,
    lang: str,
    facets: Mapping[str, Sequence[Value]],
) -> tuple[tuple[Found, ...], Names]:
    """The page's items in its order, and the names they and the facets mention."""
    items = [item for item in reader.items(position for position, _ in wanted) if item.shown]
    near = with_profiles(reader, items, reader.with_context(items))
    parties = {f"party:{one.value}" for name in _CALLED.values() for one in facets[name]}
    whys = dict(wanted)
    known = with_names(reader, near, parties | {name for why in whys.values() for name in _names_in(why)})
    lines = lines_of(items, known, today=reader.moment.today)
    excerpts = _excerpts(reader, items, query, lang)
    by_position = {
        item.position: Found(line, _matches(item, whys[item.position], query), part)
        for item, line, part in zip(items, lines, excerpts, strict=True)
    }
    return tuple(by_position[position] for position, _ in wanted if position in by_position), known.names


def _names_in(why: Iterable[str]) -> list[str]:
    return [one.removeprefix("name:") for one in why if one.startswith("name:")]


def _matches(item: Item, why: Sequence[str], query: _Query) -> tuple[Match, ...]:
    members = [one.removeprefix("disclosure:") for one in why if one.startswith("disclosure:")]
    by_code = [Match(codes=_codes(item, query.terms))] if "code" in why else []
    return (
        *(Match(member=member) for member in members),
        *by_code,
        *(Match(name=name) for name in _names_in(why)),
    )


def _codes(item: Item, terms: Iterable[Term]) -> tuple[str, ...]:
    """The codes of a statement that begin, somewhere, with what was looked for."""
    wanted = tuple(term.written for term in terms if term.written and not term.excluded)
    found = [one for one in codes(item.statement) if any(part.startswith(wanted) for part in beginnings(one))]
    return tuple(dict.fromkeys([*([item.id] if item.id.startswith(wanted) else []), *found]))


def _excerpts(reader: Reader, items: Sequence[Item], query: _Query, lang: str) -> list[Excerpt | None]:
    """The excerpt of each item; one query for all."""
    said = [disclosed(item) for item in items]
    flat = [one for parts in said for one in parts]
    if not flat:
        return [None] * len(items)
    given = {
        "configurations": [configuration(one.lang) for one in flat],
        "mirrors": [mirror(one.text) for one in flat],
        "query": query.any_of,
    }
    marked = iter(row[0] for row in reader.rows(_SQL["marked"], given))
    return [
        excerpt(
            [
                (one, [*stemmed_places(next(marked), one.text), *other_places(one.text, query.terms)])
                for one in parts
            ],
            lang,
        )
        for parts in said
    ]
