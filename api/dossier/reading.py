"""Statements as the pages of the ledger read, in English: names instead of slugs, codes and dates in words,
replies beside what they reply to.

`api/web/static/js/reading.js` makes the same anew, value for value, from what was signed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeGuard

from api.dossier.method import Told, told_of
from api.dossier.tables import STRUCTURE, languages
from api.dossier.text import Readable, words
from api.web.claims import FIRST, Claims
from api.web.factory import ANSWERS
from api.web.language import language
from api.web.naming import naming
from ledger.core.statement import PREDICATE_TYPE, Resolved, resolve
from projections.compromises import compromises
from projections.items import Item, Slice
from projections.names import mentioned, names

NAMING: Final = frozenset({"ledger", "party", "factory", "criterion"})
"""Kinds of statements that say what something is called."""
CALLED: Final = frozenset({"party", "factory", "criterion", "group", "host"})
LENGTH: Final = 240  # characters of a reply's words
SHORT: Final = 12  # characters of a digest
_IN_HEADING: Final = ("issue", "outcome")

Rows = tuple[tuple[str, str], ...]
"""(what, text) of each thing that there is to say."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A statement to read: what it is, in a line, and what there is to say of it."""

    heading: str
    rows: Rows


@dataclass(slots=True)
class Words:
    """The words of one dossier; `called` tells what a name or a party's bare slug is called."""

    called: Callable[[str], str]
    _claims: Claims = field(init=False)

    def __post_init__(self) -> None:
        self._claims = Claims(language("en"), self.name)

    def value(self, member: str, value: Any, event: str = "") -> str:
        """A member's value in words."""
        return self._claims.value(member, value, event)

    def time(self, value: str) -> str:
        """A date or an instant."""
        return language("en").time(value) if "T" in value else language("en").date(value)

    def lang(self, tag: str) -> str:
        """What a language is called, with its tag where that says more."""
        first, more, _ = tag.partition("-")
        name = languages().get(first)
        if name is None:
            return tag
        return f"{name}, {tag}" if more else name

    def name(self, name: str) -> str:
        """A party's bare slug, or the name of what is not a document, by what it is called."""
        full = name if ":" in name else f"party:{name}"
        kind, _, rest = full.partition(":")
        if kind == "document":
            return f"document {rest[:SHORT]}"
        if kind == "ledger":
            return "the ledger"
        return self.called(full) if kind in CALLED else full


def known_of(items: Sequence[Item], about: str) -> Slice:
    """The items with what they call whom, as far as the bundle tells."""
    found = Slice.of(items)
    wanted = {about}.union(*(mentioned(item) for item in items))
    makers = [item for item in items if item.statement.kind in NAMING]
    return found.named(names(wanted, makers), compromises(found.of_kind("key")))


def words_for(items: Sequence[Item], about: str) -> Words:
    """The words for a bundle's items."""
    return Words(naming(known_of(items, about).names, language("en")))


def readings(entries: Sequence[Readable], told: Words) -> dict[int, Reading]:
    """Each entry to read, by its place."""
    known = {one.id: one for one in entries}
    later: dict[str, list[tuple[str, Readable]]] = {}
    for one in entries:
        for ref in _refs(one):
            later.setdefault(_local(ref), []).append((ref["rel"], one))
    return {one.index: _Reader(one, known, later.get(one.id, ()), told).reading() for one in entries}


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one entry; `later` are (relation, entry) of all that refer to it."""

    entry: Readable
    known: Mapping[str, Readable]
    later: Iterable[tuple[str, Readable]]
    words: Words

    def reading(self) -> Reading:
        if not self.entry.understood:
            strange = (("Content", "of another version of the protocol"), ("Statement", self.entry.id))
            return Reading(capital(f"{event_of(self.entry)}, entry {self.entry.index}"), strange)
        claim = resolved(self.entry)
        rows = [
            *self._origin(),
            *self._claim(claim),
            *self._method(),
            *(self._reference(ref) for ref in _refs(self.entry)),
            *self._later(),
            *self._withheld(),
            ("Statement", self.entry.id),
        ]
        return Reading(
            self._heading(claim), tuple((what, text.replace("\0", "\ufffd")) for what, text in rows)
        )

    def _heading(self, claim: Mapping[str, Any]) -> str:
        parts = [
            self.words.value(member, claim[member], self._event)
            for member in _IN_HEADING
            if isinstance(claim.get(member), str)
        ]
        return ": ".join([capital(f"{event_of(self.entry)}, entry {self.entry.index}"), *parts])

    @property
    def _event(self) -> str:
        return str(self.entry.value["predicate"]["event"])

    def _origin(self) -> Iterator[tuple[str, str]]:
        predicate = self.entry.value["predicate"]
        if "claimants" in predicate:
            yield "Said by", self._voices(self.entry) + self._form(predicate)
            yield "Signed by", self._listed(predicate["issuers"])
        else:
            yield "Said and signed by", self._listed(predicate["issuers"])
        for what, member in (("Said on", "said"), ("Occurred", "occurred")):
            if member in predicate:
                yield what, self.words.time(predicate[member])
        yield "Recorded", self.words.time(self.entry.recorded_at)
        yield "About", self._listed([one["name"] for one in self.entry.value["subject"]])

    def _form(self, predicate: Mapping[str, Any]) -> str:
        attribution = predicate.get("attribution")
        if attribution is None:
            return ""
        via = attribution.get("via", ())
        return f", {attribution['form']}" + (f", by way of {self._listed(via)}" if via else "")

    def _voices(self, entry: Readable) -> str:
        """Who says it, and who of these has not signed it."""
        predicate = entry.value["predicate"]
        claimants = predicate.get("claimants", predicate["issuers"])
        unsigned = [slug for slug in claimants if slug not in predicate["issuers"]]
        told = self._listed(claimants)
        if len(unsigned) == len(claimants):
            return f"{told} (attributed, not signed)"
        return f"{told} (not signed by {self._listed(unsigned)})" if unsigned else told

    def _listed(self, slugs: Sequence[str]) -> str:
        return language("en").listed([self.words.name(slug) for slug in slugs])

    def _claim(self, claim: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        shown = {
            name: value
            for name, value in claim.items()
            if not (name in _IN_HEADING and isinstance(value, str)) and name != "set"
        }
        yield from self._members(shown, "")
        if isinstance(claim.get("set"), dict):
            yield from self._members(claim["set"], "Now: ")

    def _members(self, members: Mapping[str, Any], before: str) -> Iterator[tuple[str, str]]:
        order = {name: place for place, name in enumerate(FIRST)}
        for name in sorted(members, key=lambda one: (order.get(one, len(order)), one)):
            value = members[name]
            texts = value if isinstance(value, list) else [value]
            label = capital(before + words()["members"].get(name, name))
            if texts and all(map(_is_text, texts)):
                yield from ((label, self._text(one)) for one in texts)
            else:
                yield label, self.words.value(name, value, self._event)

    def _text(self, value: Mapping[str, Any]) -> str:
        """A quoted text; that it is in English goes without saying."""
        lang = value["lang"]
        remarks = [self.words.lang(lang)] if lang.partition("-")[0] != "en" else []
        remarks += ["translated"] if "from" in value else []
        return f"{value['text']} ({', '.join(remarks)})" if remarks else str(value["text"])

    def _method(self) -> Iterator[tuple[str, str]]:
        """How a determination was reached: a negative finding is never printed without."""
        for told in told_of(self.entry, self.known):
            what = f"How it was reached: {told.label}" if told.member else "How it was reached"
            yield what, self._told(told)

    def _told(self, told: Told) -> str:
        text = self.words.value(told.member, told.value) if told.value is not None else told.text
        return f"{text} (by entry {told.index})" if told.member else text

    def _reference(self, ref: Mapping[str, Any]) -> tuple[str, str]:
        own = ref["digest"]["sha256"]
        if "ledger" in ref:
            text = f"another ledger's statement {own[:SHORT]}"
        elif own not in self.known:
            text = f"a statement not in this file, {own[:SHORT]}"
        else:
            text = self._target(self.known[own])
        place = f", at {ref['locator']}" if "locator" in ref else ""
        return capital(words()["relations"].get(ref["rel"], ref["rel"])), text + place

    def _target(self, entry: Readable) -> str:
        """A statement that is referred to, in a few words."""
        if not entry.understood:
            return f"entry {entry.index}"
        title = resolved(entry).get("title")
        if _is_text(title):
            return f"“{title['text']}”, entry {entry.index}"
        return self._by(entry)

    def _by(self, entry: Readable, remark: str = "") -> str:
        issue = resolved(entry).get("issue")
        on = f" on {self.words.value('issue', issue)}" if isinstance(issue, str) else ""
        return f"{event_of(entry)}{on} by {self._voices(entry)}{remark}, entry {entry.index}"

    def _later(self) -> Iterator[tuple[str, str]]:
        """What others say to it, and what became of it."""
        for rel, one in self.later:
            if rel in STRUCTURE or not one.understood:
                continue
            # That it is about this one goes without saying.
            relation = "" if rel == "about" else words()["relations"].get(rel, rel) + ": "
            said = self._by(one, self._amending(rel, one)) + _opening(one)
            yield "Reply" if rel in ANSWERS else "Later", relation + said

    def _amending(self, rel: str, one: Readable) -> str:
        """How many of those who signed it sign what amends it."""
        if rel != "amends":
            return ""
        issuers = self.entry.value["predicate"]["issuers"]
        count = sum(slug in one.value["predicate"]["issuers"] for slug in issuers)
        return f" ({count} of {len(issuers)} who signed)"

    def _withheld(self) -> Iterator[tuple[str, str]]:
        if count := _put_back(self.entry).withheld:
            yield "Withheld or erased", f"{count} of its contents"


def event_of(entry: Readable) -> str:
    """What a statement is."""
    event = str(entry.value["predicate"]["event"])
    return words()["events"].get(event, event)


def capital(text: str) -> str:
    """The text with a capital letter, as it begins a line."""
    return text[:1].upper() + text[1:]


def resolved(entry: Readable) -> dict[str, Any]:
    """The claim with what is disclosed among the clear members."""
    return _put_back(entry).claim


def _put_back(entry: Readable) -> Resolved:
    return resolve(entry.value["predicate"]["claim"], entry.disclosed.values())


def _opening(entry: Readable) -> str:
    """How the words of a reply begin; a determination never stands without its method, so none of its."""
    text = resolved(entry).get("text")
    if not _is_text(text) or entry.value["predicateType"] == PREDICATE_TYPE + "determination":
        return ""
    whole = text["text"]
    if len(whole) > LENGTH:
        whole = whole[:LENGTH]
        end = whole.rfind(" ")
        whole = (whole[:end] if end > 0 else whole) + "…"
    return f": “{whole}”"


def _refs(entry: Readable) -> list[Mapping[str, Any]]:
    return list(entry.value["predicate"]["refs"]) if entry.understood else []


def _local(ref: Mapping[str, Any]) -> str:
    """The id of the statement that a reference pins; "" in another ledger."""
    return "" if "ledger" in ref else str(ref["digest"]["sha256"])


def _is_text(value: Any) -> TypeGuard[Mapping[str, str]]:
    return (
        isinstance(value, dict) and isinstance(value.get("text"), str) and isinstance(value.get("lang"), str)
    )
