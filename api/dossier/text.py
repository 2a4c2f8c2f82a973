"""Statements as people read them: a heading and rows of (what, text).

The same, value for value, as `api/web/static/js/text.js` makes from what was signed: a page that prints
something else is caught by its own check.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from ledger.core import canonical
from ledger.core.bundle import BundledEntry
from ledger.core.disclosure import Disclosure, parse
from ledger.core.entry import decode_entry
from ledger.core.statement import PREDICATE_TYPE

Row = tuple[str, str]


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
class Printed:
    """An entry as it is printed."""

    index: int
    heading: str
    rows: tuple[Row, ...]


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


def describe(entry: Readable, places: Mapping[str, int]) -> Printed:
    """What is printed of an entry; `places` maps statement ids to positions."""
    predicate = entry.value["predicate"]
    heading = f"{_word('events', predicate['event'])}, entry {entry.index}"
    if not entry.understood:
        return Printed(
            entry.index,
            heading,
            (("content", "of another version of the protocol"), ("statement", entry.id)),
        )
    content = _Content(entry.disclosed)
    content.members(predicate["claim"], ())
    rows = [
        *_voices(predicate),
        ("signed by", ", ".join(predicate["issuers"])),
        *_dates(entry.recorded_at, predicate),
        ("about", ", ".join(one["name"] for one in entry.value["subject"])),
        *content.rows,
        *[(_word("relations", ref["rel"]), _target(ref, places)) for ref in predicate["refs"]],
    ]
    if content.withheld:
        rows.append(("withheld or erased", f"{content.withheld} of its contents"))
    rows.append(("statement", entry.id))
    # HTML has no U+0000.
    return Printed(entry.index, heading, tuple((what, text.replace("\0", "\ufffd")) for what, text in rows))


def _word(kind: str, name: str) -> str:
    return words()[kind].get(name, name)


def _voices(predicate: Mapping[str, Any]) -> Iterator[Row]:
    claimants = predicate.get("claimants")
    if claimants is None:
        return
    text = ", ".join(claimants)
    attribution = predicate.get("attribution")
    if attribution is not None:
        relays = [f"by way of {relay}" for relay in attribution.get("via", ())]
        text += f" ({', '.join([attribution['form'], *relays])})"
    unsigned = [slug for slug in claimants if slug not in predicate["issuers"]]
    if unsigned:
        text += f"; not signed by {', '.join(unsigned)}"
    yield "said by", text


def _dates(recorded_at: str, predicate: Mapping[str, Any]) -> Iterator[Row]:
    yield "recorded", recorded_at
    yield "signed on", predicate["issuedAt"]
    for what, member in (("said on", "said"), ("occurred", "occurred")):
        if member in predicate:
            yield what, predicate[member]


def _target(ref: Mapping[str, Any], places: Mapping[str, int]) -> str:
    own = ref["digest"]["sha256"]
    if "ledger" in ref:
        place = "another ledger's statement"
    else:
        place = f"entry {places[own]}" if own in places else "a statement not in this file"
    return f"{place} {own}" + (f", at {ref['locator']}" if "locator" in ref else "")


@dataclass(slots=True)
class _Content:
    """One row for each value of a claim, named by the members that lead to it."""

    disclosed: Mapping[str, Disclosure]
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
            self.member(found[name], [*path, _word("members", name)])

    def member(self, value: Any, path: Sequence[str]) -> None:
        if isinstance(value, list) and any(isinstance(one, dict | list) for one in value):
            for number, one in enumerate(value, 1):
                self.member(one, [*path, str(number)])
        elif isinstance(value, list):
            self.row(path, ", ".join(map(_scalar, value)))
        elif (
            isinstance(value, dict)
            and isinstance(value.get("text"), str)
            and isinstance(value.get("lang"), str)
        ):
            translated = ", translated" if "from" in value else ""
            self.row(path, f"{value['text']} ({value['lang']}{translated})")
        elif isinstance(value, dict):
            self.members(value, path)
        else:
            self.row(path, _scalar(value))

    def row(self, path: Sequence[str], text: str) -> None:
        self.rows.append((" ".join(path), text))


def _scalar(value: str | int | bool) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
