"""Vocabularies: closed lists of terms as data files, each term with its source and labels to be translated.

A term, once published, is never renamed or removed: signed statements carry it. Adding one changes what is
valid and belongs to a new version of the predicate types.
"""

from collections.abc import Mapping
from importlib import resources
from json import loads
from types import MappingProxyType
from typing import Any, NamedTuple


class Term(NamedTuple):
    """One term. `detectability` says how hard an issue is to find; `dimension` and `factor` compare units.

    `factor` is the number of base units in one unit, as a decimal string; units of different dimensions, such
    as days and months, have no fixed ratio.
    """

    code: str
    source: str
    broader: str | None
    labels: Mapping[str, str]
    note: str | None = None
    detectability: str | None = None
    dimension: str | None = None
    factor: str | None = None


def _term(value: Mapping[str, Any], codes: frozenset[str]) -> Term:
    code = value["code"]
    above = code.rpartition("/")[0]
    return Term(
        code,
        value["source"],
        above if above in codes else None,
        MappingProxyType(dict(value["labels"])),
        value.get("note"),
        value.get("detectability"),
        value.get("dimension"),
        value.get("factor"),
    )


def _load() -> dict[str, Mapping[str, Term]]:
    files = sorted(
        resources.files(__package__ or "").joinpath("vocabularies").iterdir(), key=lambda item: item.name
    )
    values = [loads(file.read_text("utf-8")) for file in files if file.name.endswith(".json")]
    return {value["name"]: _vocabulary(value["terms"]) for value in values}


def _vocabulary(items: list[Mapping[str, Any]]) -> Mapping[str, Term]:
    codes = frozenset(item["code"] for item in items)
    return MappingProxyType({item["code"]: _term(item, codes) for item in items})


VOCABULARIES: Mapping[str, Mapping[str, Term]] = MappingProxyType(_load())


def terms(name: str) -> frozenset[str]:
    """The codes of a vocabulary; KeyError when there is none of that name."""
    return frozenset(VOCABULARIES[name])


def label(name: str, code: str, language: str = "en") -> str:
    """A term's label in the language, in English where no translation exists yet."""
    labels = VOCABULARIES[name][code].labels
    return labels.get(language, labels["en"])
