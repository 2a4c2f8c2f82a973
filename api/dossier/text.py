"""Statements as people read them: a heading and rows of what there is to say and the text.

In English the same, value for value, as `api/web/static/js/text.js` makes from what was signed: a page that
prints something else is caught by its own check. Other languages change the words around what was signed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from ledger.core import canonical
from ledger.core.bundle import BundledEntry
from ledger.core.disclosure import Disclosure, parse
from ledger.core.entry import decode_entry
from ledger.core.statement import PREDICATE_TYPE
from projections.wording import ENGLISH, Wording


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """What events, members and relations are called; neutral, since a ledger takes no side."""
    text = files(__package__).joinpath("words.json").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = json.loads(text)
    return found


@dataclass(frozen=True, slots=True)
class Readable:
    """An entry taken apart for printing: the statement's JSON value and its disclosures by digest."""

    index: int
    recorded_at: str
    id: str
    value: Mapping[str, Any]
    disclosed: Mapping[str, Disclosure]

    @property
    def understood(self) -> bool:
        """Whether it is of this version of the protocol."""
        return str(self.value["predicateType"]).startswith(PREDICATE_TYPE)


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to say of a statement: `what` it is, and its text.

    `lang` is the language of a quoted text. `lead` stands before the text, `remark` in brackets behind it.
    `member` is that of the claim which the text is a value of, `target` the index of the entry referred to.
    """

    what: str
    text: str
    lang: str = ""
    lead: str = ""
    remark: str = ""
    member: str = ""
    target: int | None = None

    @property
    def whole(self) -> str:
        """All of it but what it is."""
        lead = f"{self.lead} " if self.lead else ""
        return f"{lead}{self.text} ({self.remark})" if self.remark else lead + self.text


@dataclass(frozen=True, slots=True)
class Printed:
    """An entry as it is printed: hand, voice and dates, what is claimed, what that refers to, its number.

    `method` is how a determination was reached, which others have told (`api.dossier.method`).
    """

    index: int
    id: str
    heading: str
    origin: tuple[Row, ...]
    content: tuple[Row, ...]
    references: tuple[Row, ...]
    withheld: tuple[Row, ...]
    number: Row
    method: tuple[Row, ...] = ()

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows in order."""
        return (
            *self.origin,
            *self.content,
            *self.method,
            *self.references,
            *self.withheld,
            self.number,
        )


def read(entry: BundledEntry) -> Readable:
    """Raises `Refusal` for bytes that are no entry."""
    whole = decode_entry(entry.data)
    payload = whole.envelope.payload
    disclosed = {one.digest: one for one in map(parse, entry.disclosures)}
    return Readable(
        entry.index,
        whole.recorded_at,
        sha256(payload).hexdigest(),
        canonical.decode(payload),
        disclosed,
    )


def describe(entry: Readable, known: Mapping[str, Readable], wording: Wording = ENGLISH) -> Printed:
    """What is printed of an entry by itself; `known` are the entries of the file by id."""
    predicate = entry.value["predicate"]
    event = _word("events", predicate["event"], wording)
    heading = wording.gettext("{event}, entry {index}").format(event=event, index=entry.index)
    number = Row(wording.gettext("statement"), entry.id)
    if not entry.understood:
        strange = Row(wording.gettext("content"), wording.gettext("of another version of the protocol"))
        return Printed(entry.index, entry.id, heading, (), (strange,), (), (), number)
    content = _Content(entry.disclosed, wording)
    content.members(predicate["claim"], ())
    return Printed(
        entry.index,
        entry.id,
        heading,
        _clean(_origin(entry, wording)),
        _clean(content.rows),
        _clean(_reference(ref, known, wording) for ref in predicate["refs"]),
        tuple(_withheld(content.withheld, wording)),
        number,
    )


def _clean(rows: Iterable[Row]) -> tuple[Row, ...]:
    """HTML has no U+0000."""
    return tuple(replace(row, text=row.text.replace("\0", "\ufffd")) for row in rows)


def _word(kind: str, name: str, wording: Wording) -> str:
    return wording.gettext(words()[kind].get(name, name))


def _origin(entry: Readable, wording: Wording) -> Iterator[Row]:
    """Hand, voice, dates, and what it is about."""
    predicate = entry.value["predicate"]
    yield from _voices(predicate, wording)
    yield Row(wording.gettext("signed by"), ", ".join(predicate["issuers"]))
    yield from _dates(entry.recorded_at, predicate, wording)
    yield Row(wording.gettext("about"), ", ".join(one["name"] for one in entry.value["subject"]))


def _voices(predicate: Mapping[str, Any], wording: Wording) -> Iterator[Row]:
    claimants = predicate.get("claimants")
    if claimants is None:
        return
    text = ", ".join(claimants)
    attribution = predicate.get("attribution")
    if attribution is not None:
        by_way = wording.gettext("by way of {relay}")
        relays = [by_way.format(relay=relay) for relay in attribution.get("via", ())]
        text += f" ({', '.join([attribution['form'], *relays])})"
    unsigned = [slug for slug in claimants if slug not in predicate["issuers"]]
    if unsigned:
        text += wording.gettext("; not signed by {parties}").format(parties=", ".join(unsigned))
    yield Row(wording.gettext("said by"), text)


def _dates(recorded_at: str, predicate: Mapping[str, Any], wording: Wording) -> Iterator[Row]:
    yield Row(wording.gettext("recorded"), recorded_at)
    yield Row(wording.gettext("signed on"), predicate["issuedAt"])
    if "said" in predicate:
        yield Row(wording.gettext("said on"), predicate["said"])
    if "occurred" in predicate:
        yield Row(wording.gettext("occurred"), predicate["occurred"])


def _reference(ref: Mapping[str, Any], known: Mapping[str, Readable], wording: Wording) -> Row:
    own = ref["digest"]["sha256"]
    target = None if "ledger" in ref or own not in known else known[own].index
    if "ledger" in ref:
        lead = wording.gettext("another ledger's statement")
    elif target is None:
        lead = wording.gettext("a statement not in this file")
    else:
        lead = wording.gettext("entry {index}").format(index=target)
    place = wording.gettext(", at {locator}").format(locator=ref["locator"]) if "locator" in ref else ""
    return Row(_word("relations", ref["rel"], wording), own + place, lead=lead, target=target)


def _withheld(count: int, wording: Wording) -> Iterator[Row]:
    if count:
        told = wording.gettext("{count} of its contents").format(count=count)
        yield Row(wording.gettext("withheld or erased"), told)


@dataclass(slots=True)
class _Content:
    """One row for each value of a claim, named by the members that lead to it."""

    disclosed: Mapping[str, Disclosure]
    wording: Wording
    rows: list[Row] = field(default_factory=list)
    withheld: int = 0

    def members(self, value: Mapping[str, Any], path: Sequence[str]) -> None:
        """Disclosed members stand among the clear ones."""
        found = {name: member for name, member in value.items() if name != "_sd"}
        for digest in value.get("_sd", ()):
            one = self.disclosed.get(digest)
            if one is None:
                self.withheld += 1
            else:
                found[one.name] = one.value
        for name in sorted(found):
            self.member(name, found[name], [*path, _word("members", name, self.wording)])

    def member(self, name: str, value: Any, path: Sequence[str]) -> None:
        if isinstance(value, list) and any(isinstance(one, dict | list) for one in value):
            for number, one in enumerate(value, 1):
                self.member(name, one, [*path, str(number)])
        elif isinstance(value, list):
            self.row(name, path, ", ".join(map(self.scalar, value)))
        elif (
            isinstance(value, dict)
            and isinstance(value.get("text"), str)
            and isinstance(value.get("lang"), str)
        ):
            self.quotation(name, value, path)
        elif isinstance(value, dict):
            self.members(value, path)
        else:
            self.row(name, path, self.scalar(value))

    def quotation(self, name: str, value: Mapping[str, Any], path: Sequence[str]) -> None:
        lang = value["lang"]
        remark = self.wording.gettext("{language}, translated") if "from" in value else "{language}"
        self.rows.append(
            Row(" ".join(path), value["text"], lang, remark=remark.format(language=lang), member=name)
        )

    def row(self, name: str, path: Sequence[str], text: str) -> None:
        self.rows.append(Row(" ".join(path), text, member=name))

    def scalar(self, value: str | int | bool) -> str:
        if isinstance(value, bool):
            return self.wording.gettext("yes") if value else self.wording.gettext("no")
        return str(value)
