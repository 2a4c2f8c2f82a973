"""Values of the views in plain words: quantities, samples, scopes, names, who says what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from api.cli.words import _, plural
from ledger.core.vocabulary import VOCABULARIES, label
from projections.voices import Provenance, Source, Voice, says

UNITS = {"h": "h", "d": "days", "min": "min", "s": "s"}
BOUNDS = {
    "about": _("about "),
    "more-than": _("more than "),
    "at-least": _("at least "),
    "less-than": _("less than "),
    "at-most": _("at most "),
}
QUANTIFIERS = {
    "all": _("all"),
    "most": _("most"),
    "some": _("some"),
    "none": _("none"),
    "at-least": _("at least"),
}


@dataclass(frozen=True, slots=True)
class Page:
    """The names, entry numbers and document titles that a view mentions."""

    names: Mapping[str, Any]
    positions: Mapping[str, int] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)

    def name(self, slug: str) -> str:
        """What a party, factory or criterion is called; its slug where no name is shown."""
        full = slug if ":" in slug else f"party:{slug}"
        texts = self.names.get(full, {}).get("texts", [])
        if full.startswith(("host:", "group:")):
            return full.partition(":")[2]
        return str(texts[0]["text"]) if texts else full.partition(":")[2]

    def names_of(self, slugs: Sequence[str]) -> str:
        return listed([self.name(slug) for slug in slugs])

    def entry(self, statement_id: str) -> str:
        """A statement by its place in the log, else by the start of its id."""
        position = self.positions.get(statement_id)
        return f"{statement_id[:10]}…" if position is None else _("entry {position}", position=position)

    def entries(self, ids: Sequence[str]) -> str:
        """Several statements by their places, neighbours joined: `entries 72 to 86`; others by their ids."""
        known = sorted(self.positions[one] for one in set(ids) if one in self.positions)
        runs: list[list[int]] = []
        for position in known:
            if runs and position == runs[-1][1] + 1:
                runs[-1][1] = position
            else:
                runs.append([position, position])
        spans = [str(a) if a == b else _("{a} to {b}", a=a, b=b) for a, b in runs]
        start = [plural("entry {spans}", "entries {spans}", len(known), spans=listed(spans))] if spans else []
        return listed(start + [self.entry(one) for one in ids if one not in self.positions])

    def document(self, statement_id: str) -> str:
        """A document by its title, else as a statement."""
        title = self.titles.get(statement_id)
        return f"“{title}”" if title else self.entry(statement_id)


def page_of(answer: Mapping[str, Any], *lists: Sequence[Mapping[str, Any]]) -> Page:
    """What a view's answer and the items in it make known."""
    items = [item for found in lists for item in found]
    titles = {
        item["id"]: title
        for item in items
        if item.get("kind") == "document" and (title := _title(item.get("content", {})))
    }
    referred = [ref for item in items for ref in item.get("refs", ())]
    titles |= {
        ref["id"]: ref["title"] for ref in referred if ref.get("kind") == "document" and "title" in ref
    }
    placed = [each for each in (*items, *referred) if "id" in each and "position" in each]
    positions = {each["id"]: each["position"] for each in placed}
    return Page(answer.get("names", {}), positions, titles)


def _title(content: Mapping[str, Any]) -> str:
    title = content.get("title")
    return str(title["text"]) if isinstance(title, Mapping) else str(content.get("url", ""))


def listed(words: Sequence[str]) -> str:
    """A, B and C."""
    if len(words) < 2:
        return "".join(words)
    return _("{first} and {last}", first=", ".join(words[:-1]), last=words[-1])


def term(vocabulary: str, code: str) -> str:
    """A vocabulary's label, or the code where there is none."""
    return label(vocabulary, code) if code in VOCABULARIES.get(vocabulary, {}) else code


def quantity(value: Mapping[str, Any] | None) -> str:
    """`3 days`, `4 to 8 h`, `at most 36 h per month`."""
    if not value:
        return ""
    size = value.get("value") or _("{low} to {high}", low=value.get("low"), high=value.get("high"))
    unit = UNITS.get(str(value["unit"]), str(value["unit"]))
    of = f" {value['of']}" if value.get("of") else ""
    per = _(" per {period}", period=value["per"]) if value.get("per") else ""
    return f"{BOUNDS.get(str(value.get('bound')), '')}{size} {unit}{of}{per}"


def sample(value: Mapping[str, Any] | None) -> str:
    """`90 % of workers, n unknown`: what was counted, and what nobody states."""
    if not value:
        return ""
    group = term("source-groups", str(value.get("group", "unknown")))
    of = _("of {count} ", count=value["N"]) if value.get("N", "unknown") != "unknown" else ""
    share = value.get("share", "unknown")
    part = f"{percent(share)} " if share != "unknown" else ""
    whole = _(
        "{part}{group}, n {n} {of}", part=part, group=group.lower(), n=value.get("n", "unknown"), of=of
    ).strip()
    women = _(", women {n}", n=value["women"]) if "women" in value else ""
    sources = (
        _(", independent sources {n}", n=value["independentSources"]) if "independentSources" in value else ""
    )
    return whole + women + sources


def percent(share: object) -> str:
    """A share, which is signed in per cent, as it is said: `90 %`."""
    return f"{Decimal(str(share)).normalize():f} %"


def scope(value: Mapping[str, Any] | None) -> str:
    """`none of 5, population more than 1000 factories`."""
    if not value:
        return ""
    count = value.get("count")
    start = QUANTIFIERS.get(str(value["quantifier"]), str(value["quantifier"])) + (
        f" {count}" if count else ""
    )
    of = _(" of {count}", count=value["of"]) if "of" in value else ""
    population = value.get("population")
    whole = _(", population {size}", size=quantity(population)) if population else ""
    unknown = _(", which ones is not known") if value.get("membersKnown") is False else ""
    return start + of + whole + unknown


def who(provenance: Mapping[str, Any], page: Page) -> str:
    """Hand and voice in one sentence; the names of many signers are not said twice."""
    given = Provenance(
        tuple(Voice(one["party"], one["standing"], one.get("by")) for one in provenance["saidBy"]),
        tuple(provenance["signedBy"]),
        provenance["form"],
        tuple(provenance["via"]),
        provenance["basis"],
        tuple(
            Source(
                one["id"], one["basis"], one.get("locator"), one.get("title") or page.titles.get(one["id"])
            )
            for one in provenance["sources"]
        ),
    )
    if given.form is None and set(given.signed_by) == {voice.party for voice in given.said_by}:
        names = page.names_of(given.signed_by)
        many = len(given.signed_by) > 1
        return _("{names}; each signed", names=names) if many else _("{names}; signed", names=names)
    return says(given, page.name)


def text_of(content: Mapping[str, Any], member: str = "text") -> str:
    """A disclosed text, if it is shown."""
    value = content.get(member)
    return str(value["text"]) if isinstance(value, Mapping) and "text" in value else ""
