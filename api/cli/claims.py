"""Claims in words on a terminal: every member of a claim, those that say most first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from api.cli import plain
from api.cli.plain import Page
from api.cli.words import _
from api.dossier.text import words
from api.members import OUTCOMES, SLUGS, VOCABULARIES

APART: Final = frozenset({"_sd", "text", "title", "names", "set", "occurred"})
"""Members with a line of their own, beside the gist or among the statement's times."""


def gist(content: Mapping[str, Any], page: Page, event: str = "") -> str:
    """Every member of a claim in one line, but for those that have lines of their own."""
    names = [name for name in _FIRST if name in content]
    names += [name for name in content if name not in _FIRST and name not in APART]
    parts = (_said(name, content[name], page, event) for name in names)
    return " · ".join(part for part in parts if part)


def changes(found: Mapping[str, Any], page: Page) -> str:
    """The values that an amendment sets, texts and titles among them."""
    apart = sorted((APART - {"_sd"}) & found.keys())
    parts = [gist(found, page), *(_member(name, found[name], page) for name in apart)]
    return " · ".join(part for part in parts if part)


def mapping(value: object) -> Mapping[str, Any] | None:
    return value if isinstance(value, Mapping) else None


def methods(value: object) -> str:
    """One method or several, or that they were not disclosed."""
    return _value("methods", value, Page({}))


def _said(name: str, value: Any, page: Page, event: str) -> str:
    if value == "not-disclosed":
        return _member(name, value, page)
    if name == "outcome":
        return _outcome(str(value), event)
    if name == "remedy" and event:
        asks = _("promises {list}") if event == "CommitmentMade" else _("asks for {list}")
        return asks.format(list=_value(name, value, page))
    words_of = _FIRST.get(name, _of(name))
    return words_of(value, page)


def _outcome(code: str, event: str) -> str:
    """By the vocabulary of its event; an amendment names an outcome and not whose it is."""
    known = [OUTCOMES[event]] if event in OUTCOMES else OUTCOMES.values()
    return next((label for each in known if (label := plain.term(each, code)) != code), code)


def _member(name: str, value: Any, page: Page) -> str:
    label = _(words()["members"].get(name, name))
    return _("{label} {value}", label=label, value=_value(name, value, page))


def _of(name: str) -> Callable[[Any, Page], str]:
    return lambda value, page: _member(name, value, page)


def _value(name: str, value: Any, page: Page) -> str:
    """Any value of a member; what no table knows stands as it was signed."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return plain.listed([_value(name, one, page) for one in value])
    if isinstance(value, Mapping):
        return _object(value, page)
    if value == "not-disclosed":
        return _("not disclosed")
    if name in SLUGS:
        return page.name(str(value))
    if name in VOCABULARIES:
        return _lowered(plain.term(VOCABULARIES[name], str(value)))
    return " ".join(str(value).split())


def _object(value: Mapping[str, Any], page: Page) -> str:
    if "unit" in value:
        return plain.quantity(value)
    if "lang" in value and "text" in value:
        return _("“{text}”", text=value["text"])
    return ", ".join(_member(name, one, page) for name, one in value.items() if name != "_sd")


def _lowered(label: str) -> str:
    """A label inside a sentence; an abbreviation stays as it is."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def _issues(value: Any, _page: Page) -> str:
    codes = value if isinstance(value, list) else [value]
    return ", ".join(plain.term("issues", str(code)) for code in codes)


def _scope(value: Any, page: Page) -> str:
    """How far a claim goes; a key's scope is a list of kinds."""
    return plain.scope(value) if isinstance(value, Mapping) else _member("scope", value, page)


def _participants(value: Any, page: Page) -> str:
    by_role: dict[str, list[str]] = {}
    for one in value:
        named = page.name(one["party"]) if "party" in one else _("undisclosed")
        by_role.setdefault(_value("role", one.get("role", "unknown"), page), []).append(named)
    return ", ".join(f"{role} {plain.listed(names)}" for role, names in by_role.items())


# In this order; a member without an entry follows under its label.
_FIRST: Final[Mapping[str, Callable[[Any, Page], str]]] = {
    "issue": _issues,
    "topic": lambda value, _page: plain.term("topics", str(value)),
    "method": lambda value, page: _("by {method}", method=_value("method", value, page)),
    "result": lambda value, page: _value("result", value, page),
    "quantity": lambda value, _page: plain.quantity(value),
    "sample": lambda value, _page: plain.sample(value),
    "outcome": _of("outcome"),
    "relation": lambda value, page: _value("relation", value, page),
    "scope": _scope,
    "participants": _participants,
    "addressees": lambda value, page: _("to {names}", names=page.names_of(value)),
    "due": lambda value, _page: _("due {when}", when=value),
    "asOf": lambda value, _page: _("as of {moment}", moment=value),
    "offer": lambda value, page: _("offers {offer}", offer=_value("offer", value, page)),
}
