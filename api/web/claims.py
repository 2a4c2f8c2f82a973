"""Claims in words: each member as a label and a value in the reader's language, what says most first.

What a member is called and which vocabulary its codes are from stands in one table each; whatever a table
does not know is shown as it was signed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from api.dossier.text import words
from api.members import OUTCOMES, SLUGS, VOCABULARIES
from api.web.language import Language
from projections.excerpts import opening
from projections.wording import marked

Named = Callable[[str], str]
"""What a party, factory, group or host is called."""

DATES: Final = frozenset(
    {
        "occurred",
        "period",
        "due",
        "asOf",
        "capturedOn",
        "documentDate",
        "validity",
        "inForce",
        "graceUntil",
        "expires",
    }
)
FIRST: Final = (
    "title",
    "names",
    "text",
    "issue",
    "outcome",
    "result",
    "method",
    "quantity",
    "sample",
    "scope",
)
FORMS: Final = {
    "contract": marked("Contract"),
    "email": marked("E-mail"),
    "letter": marked("Letter"),
    "minutes": marked("Minutes"),
    "photo": marked("Photograph"),
    "press-release": marked("Press release"),
    "report": marked("Report"),
    "video": marked("Video"),
    "web-page": marked("Web page"),
}
"""Usual forms of a document; any short code may name one, and others stand as they were signed."""
NOT_DISCLOSED: Final = "not-disclosed"


@dataclass(frozen=True, slots=True)
class Fact:
    """One member in words; `lang` is the language of a quoted text, None for the page's own words."""

    name: str
    label: str
    value: str
    lang: str | None = None
    translated: bool = False


class Claims:
    """Puts claims into the words of one language, with the names of one page."""

    def __init__(self, language: Language, named: Named) -> None:
        self._language, self.named = language, named

    def facts(self, event: str, content: Mapping[str, Any], leave_out: Iterable[str] = ()) -> list[Fact]:
        """Every member of a claim, those that say most first."""
        left_out = {"_sd", *leave_out}
        order = {name: place for place, name in enumerate(FIRST)}
        names = sorted(
            (name for name in content if name not in left_out), key=lambda n: order.get(n, len(order))
        )
        return [fact for name in names for fact in self._facts(event, name, content[name])]

    def opening(self, content: Mapping[str, Any]) -> Fact | None:
        """How a claim's text begins; None where it has none that may be shown."""
        if not _is_text(content.get("text")):
            return None
        text = self._text("text", content["text"])
        return replace(text, value=opening(text.value))

    def label(self, member: str) -> str:
        """What a member is called."""
        return self._language.gettext(words()["members"].get(member, member))

    def code(self, member: str, code: str, event: str = "") -> str:
        """A code of a member in words."""
        if code == NOT_DISCLOSED:
            return self._language.gettext("not disclosed")
        if member == "form" and code in FORMS:
            return self._language.gettext(FORMS[code])
        vocabulary = OUTCOMES.get(event) if member == "outcome" else VOCABULARIES.get(member)
        return self._language.term(vocabulary, code) if vocabulary else code

    def issue(self, code: str) -> str:
        """An issue with the group that it belongs to: "Pre-job training (Occupational safety and health)"."""
        level, slash, _ = code.partition("/")
        label = self._language.term("issues", code)
        return f"{label} ({self._language.term('issues', level)})" if slash else label

    def _facts(self, event: str, name: str, value: Any) -> Iterator[Fact]:
        if _is_text(value):
            yield self._text(name, value)
        elif isinstance(value, list) and value and all(map(_is_text, value)):
            yield from (self._text(name, one) for one in value)
        else:
            yield Fact(name, self.label(name), self.value(name, value, event))

    def _text(self, name: str, value: Mapping[str, Any]) -> Fact:
        return Fact(name, self.label(name), str(value["text"]), value.get("lang"), "from" in value)

    def value(self, name: str, value: Any, event: str = "") -> str:
        """Any value of a member in words."""
        if isinstance(value, bool):
            return self._language.gettext("yes") if value else self._language.gettext("no")
        if isinstance(value, str):
            return self._string(name, value, event)
        if isinstance(value, list):
            return self._language.listed([self.value(name, one, event) for one in value])
        if isinstance(value, Mapping):
            return self._object(name, value, event)
        return self._language.number(value)

    def _string(self, name: str, value: str, event: str) -> str:
        if name == "issue":
            return self.issue(value)
        if name in DATES:
            return self._language.date(value)
        if name in ("country", "jurisdiction"):
            return self._language.territory(value)
        if value == "unknown":
            return self._language.gettext("unknown")
        return self.named(value) if name in SLUGS else self.code(name, value, event)

    def _object(self, name: str, value: Mapping[str, Any], event: str) -> str:
        if "unit" in value:
            return self.quantity(value)
        if name == "sample":
            return self.sample(value)
        if "quantifier" in value:
            return self.scope(value)
        if "role" in value and set(value) <= {"role", "party", "_sd"}:
            return self._participant(value)
        gettext = self._language.gettext
        parts = (
            self.label(key) + gettext(": ") + self.value(key, one, event)
            for key, one in value.items()
            if key != "_sd"
        )
        return gettext("; ").join(parts)

    def quantity(self, value: Mapping[str, Any]) -> str:
        """`3 days`, `4 to 8 hours`, `at most 36 hours per month`."""
        size = self._size(value)
        bound = BOUNDS.get(str(value.get("bound", "exact")))
        bounded = self._language.gettext(bound).format(size=size) if bound else size
        of = f" {value['of']}" if value.get("of") else ""
        per = f" {self._language.term('periods', value['per'])}" if value.get("per") else ""
        return bounded + of + per

    def _size(self, value: Mapping[str, Any]) -> str:
        number = self._language.number
        if "value" in value:
            text = number(value["value"])
        else:
            text = self._language.gettext("{low} to {high}").format(
                low=number(value["low"]), high=number(value["high"])
            )
        one = value.get("value") == "1"
        unit = UNITS.get(value["unit"])
        if unit is None:
            return f"{text} {self._language.term('units', value['unit'])}"
        return self._language.ngettext(*unit, 1 if one else 2).format(size=text)

    def sample(self, value: Mapping[str, Any]) -> str:
        """`90 % of the sampled workers, n unknown`: what was counted, and what nobody states."""
        gettext = self._language.gettext
        unknown = gettext("unknown")
        sizes = {key: self._known(value.get(key), unknown) for key in ("n", "N", "share", "women")}
        parts = [self.code("group", str(value.get("group", "unknown")))]
        if "share" in value:
            parts.append(gettext("{share} % of the sample").format(share=sizes["share"]))
        parts.append(gettext("n = {n}").format(n=sizes["n"]))
        parts.append(gettext("N = {n}").format(n=sizes["N"]))
        if "women" in value:
            parts.append(gettext("women: {n}").format(n=sizes["women"]))
        if "independentSources" in value:
            found = self._known(value["independentSources"], unknown)
            parts.append(gettext("independent sources: {n}").format(n=found))
        return ", ".join(parts)

    def _known(self, value: Any, unknown: str) -> str:
        return unknown if value in (None, "unknown") else self._language.number(value)

    def scope(self, value: Mapping[str, Any]) -> str:
        """`none of 5; population: more than 1,000 factories`; a generalisation keeps its sample."""
        gettext, number = self._language.gettext, self._language.number
        text = self._language.term("quantifiers", value["quantifier"])
        if "count" in value:
            text = gettext("{quantifier}: {count}").format(quantifier=text, count=number(value["count"]))
        if "of" in value:
            text = gettext("{part} of {whole}").format(part=text, whole=number(value["of"]))
        if "population" in value:
            text += gettext("; ") + gettext("population: {size}").format(
                size=self.quantity(value["population"])
            )
        if value.get("membersKnown") is False:
            text += gettext("; ") + gettext("which ones is not known")
        return text

    def _participant(self, value: Mapping[str, Any]) -> str:
        role = self._language.term("participant-roles", value["role"])
        who = self.named(value["party"]) if "party" in value else self._language.gettext("not disclosed")
        return self._language.gettext("{party} ({role})").format(party=who, role=role)


def _is_text(value: Any) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("text"), str) and "lang" in value


def marked_plural(one: str, many: str) -> tuple[str, str]:
    """Both forms themselves; catalogues take in what stands in such a call."""
    return one, many


UNITS: Final = {
    "s": marked_plural("{size} second", "{size} seconds"),
    "min": marked_plural("{size} minute", "{size} minutes"),
    "h": marked_plural("{size} hour", "{size} hours"),
    "d": marked_plural("{size} day", "{size} days"),
    "week": marked_plural("{size} week", "{size} weeks"),
    "month": marked_plural("{size} month", "{size} months"),
    "year": marked_plural("{size} year", "{size} years"),
    "%": marked_plural("{size} %", "{size} %"),
    "persons": marked_plural("{size} person", "{size} persons"),
    "factories": marked_plural("{size} factory", "{size} factories"),
    "count": marked_plural("{size}", "{size}"),
}
BOUNDS: Final = {
    "about": marked("about {size}"),
    "more-than": marked("more than {size}"),
    "at-least": marked("at least {size}"),
    "less-than": marked("less than {size}"),
    "at-most": marked("at most {size}"),
}
