"""The question what is found by some words: in disclosures that the viewer may see, names and codes.

Found are statements. Whether one may be found at all is decided by `may_see`: in SQL by the visibilities that
it lets the viewer see, so that pages and counts are right, and once more of each statement that is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ledger.core.vocabulary import terms as terms_of
from ledger.domain.visibility import ANONYMOUS, Viewer, may_see
from projections import schema
from projections.as_of import NOW, AsOf, Moment
from projections.checklist import TABLE as CHECKLIST
from projections.excerpts import Excerpt, disclosed, excerpt, other_places, stemmed_places
from projections.items import Item
from projections.labels import DICTIONARIES, Labels, Meant, all_labels
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
    """Why a statement was found: in the disclosure of a `member`, by `codes`, each with the member that it is
    of ("" of none), by `issues` of what it is about, or since it mentions something called so (`name`).
    """

    member: str | None = None
    codes: tuple[tuple[str, str], ...] = ()
    issues: tuple[str, ...] = ()
    name: str | None = None

    def to_json(self) -> dict[str, object]:
        if self.member is not None:
            return {"in": "disclosure", "member": self.member}
        if self.name is not None:
            return {"in": "name", "name": self.name}
        if self.issues:
            return {"in": "issue", "codes": list(self.issues)}
        return {"in": "code", "codes": list(dict.fromkeys(code for _, code in self.codes))}


@dataclass(frozen=True, slots=True)
class Found:
    """A statement as the timeline shows it, with why it was found, and where in its text.

    `issues` are its own, or those of what it is about where it names none.
    """

    line: Line
    matched: tuple[Match, ...]
    excerpt: Excerpt | None
    issues: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        shown = self.excerpt.to_json() if self.excerpt else None
        matched = [one.to_json() for one in self.matched]
        return {**self.line.to_json(), "issues": list(self.issues), "matched": matched, "excerpt": shown}


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
    """Terms that are looked for, each with its query in all languages and the codes that are called so."""

    terms: tuple[Term, ...]
    stems: tuple[str, ...]
    meant: tuple[Meant, ...]
    ignored: tuple[str, ...]

    def columns(self) -> dict[str, object]:
        return {
            "words": list(self.stems),
            "codes": [term.code for term in self.terms],
            "written": [term.written for term in self.terms],
            "excluded": [term.excluded for term in self.terms],
            "labelled": [one.query for one in self.meant],
            "issues": [one.issue_query for one in self.meant],
            "terms": sum(not term.excluded for term in self.terms),
        }

    @property
    def any_of(self) -> str:
        """One query for everything that is wanted, to mark it."""
        pairs = zip(self.stems, self.terms, strict=True)
        return " | ".join(f"({stem})" for stem, term in pairs if stem and not term.excluded)

    @property
    def wanted(self) -> list[tuple[Term, Meant]]:
        """What is not to be left out."""
        return [pair for pair in zip(self.terms, self.meant, strict=True) if not pair[0].excluded]


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
    page = sorted((row[2], -row[1], row[3], row[4] or []) for row in rows if row[0] == "item")
    wanted = [_Wanted(-place, why, _narrowest(issues)) for _, place, why, issues in page[:limit]]
    facets = _facets([(row[3][0], row[2]) for row in rows if row[0] == "facet"], chosen or {})
    items, names = _shown(reader, wanted, query, base(lang), facets)
    following = f"{page[limit - 1][0]}~{-page[limit - 1][1]}" if len(page) > limit else None
    total = next(row[2] for row in rows if row[0] == "total")
    return Results(
        text, query.terms, query.ignored, order, total, facets, items, reader.moment, names, following
    )


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One statement of a page: why it was found, and its issues."""

    position: int
    why: tuple[str, ...]
    issues: tuple[str, ...]


def _narrowest(facets: Iterable[str]) -> tuple[str, ...]:
    """The issues of some facets, without those that another one is below."""
    issues = sorted(one.removeprefix("issue:") for one in facets)
    return tuple(one for one in issues if not any(other.startswith(f"{one}/") for other in issues))


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
        "dictionaries": list(DICTIONARIES.values()),
    }
    labels = _labels(reader)
    found = [
        (term, query, stop, Meant() if stop else labels.meant(term, stems))
        for term, (query, stop, stems) in zip(terms, reader.rows(_SQL["stems"], given), strict=True)
    ]
    kept = [one for one in found if not one[2]]
    if all(term.excluded for term, *_ in kept):
        kept = found
    ignored = [one[0].text for one in found if one not in kept]
    return _Query(
        terms=tuple(term for term, *_ in kept),
        stems=tuple(query for _, query, *_ in kept),
        meant=tuple(meant for *_, meant in kept),
        ignored=tuple(ignored),
    )


# By the major version of PostgreSQL, whose dictionaries they are stemmed by: the same for as long as it runs.
_LABELS: dict[int, Labels] = {}


def _labels(reader: Reader) -> Labels:
    """The labels of the vocabularies, stemmed once."""
    version = reader.conn.info.server_version // 10000
    if version not in _LABELS:
        labels = all_labels()
        dictionaries = [DICTIONARIES.get(one.lang, "simple") for one in labels]
        given = {"dictionaries": dictionaries, "words": [one.words for one in labels]}
        _LABELS[version] = Labels(labels, [row[0] or "" for row in reader.rows(_SQL["label_stems"], given)])
    return _LABELS[version]


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
    wanted: Sequence[_Wanted],
    query: _Query,
    lang: str,
    facets: Mapping[str, Sequence[Value]],
) -> tuple[tuple[Found, ...], Names]:
    """The page's items in its order, and the names they and the facets mention."""
    by_position = {one.position: one for one in wanted}
    items = [item for item in reader.items(by_position) if item.shown]
    near = with_profiles(reader, items, reader.with_context(items))
    parties = {f"party:{one.value}" for name in _CALLED.values() for one in facets[name]}
    known = with_names(reader, near, parties | {name for one in wanted for name in _names_in(one.why)})
    lines = lines_of(items, known, today=reader.moment.today)
    excerpts = _excerpts(reader, items, query, lang)
    found = {
        item.position: Found(line, _matches(item, by_position[item.position], query), part, one.issues)
        for item, line, part, one in zip(
            items, lines, excerpts, (by_position[item.position] for item in items), strict=True
        )
    }
    return tuple(found[position] for position in by_position if position in found), known.names


def _names_in(why: Iterable[str]) -> list[str]:
    return [one.removeprefix("name:") for one in why if one.startswith("name:")]


def _matches(item: Item, wanted: _Wanted, query: _Query) -> tuple[Match, ...]:
    why = wanted.why
    members = [one.removeprefix("disclosure:") for one in why if one.startswith("disclosure:")]
    by_code = [Match(codes=_codes(item, query.wanted))] if "code" in why else []
    meant = [one for one in wanted.issues if any(meaning.has(one) for _, meaning in query.wanted)]
    by_issue = [Match(issues=tuple(meant))] if "issue" in why and meant else []
    return (
        *(Match(member=member) for member in members),
        *by_code,
        *by_issue,
        *(Match(name=name) for name in _names_in(why)),
    )


def _codes(item: Item, wanted: Sequence[tuple[Term, Meant]]) -> tuple[tuple[str, str], ...]:
    """(member, code) of each code of a statement that begins, somewhere, with what was looked for, or is
    called so.
    """
    written = tuple(term.written for term, _ in wanted if term.written)

    def fits(code: str) -> bool:
        begins = bool(written) and any(part.startswith(written) for part in beginnings(code))
        return begins or any(meant.has(code) for _, meant in wanted)

    statement = item.statement
    members = {statement.kind: "kind", statement.event: "event"} | dict(_members("", statement.claim))
    found = [*([item.id] if written and item.id.startswith(written) else []), *codes(statement)]
    return tuple((members.get(one, ""), one) for one in dict.fromkeys(found) if one == item.id or fits(one))


def _members(member: str, value: Any) -> Iterator[tuple[str, str]]:
    """Each code in a value, however deep, with the innermost member that it is of."""
    if isinstance(value, str):
        yield from ((part, member) for part in value.split())
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _members(name, part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _members(member, part)


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
