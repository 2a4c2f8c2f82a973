"""Display names of parties, factories and criteria. They are disclosures: they may be withheld, and may be
erased.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from projections.authority import in_force

if TYPE_CHECKING:
    from projections.items import Item

_PREFIXES = ("party:", "factory:", "criterion:")
# The member that holds what a named thing is called, by kind of its statements.
_MEMBERS = ("names", "title")


@dataclass(frozen=True, slots=True)
class Name:
    """What something is called: texts by language, newest statement first; `state` is shown, withheld or
    unknown.
    """

    state: str
    texts: tuple[Mapping[str, str], ...] = ()

    def to_json(self) -> dict[str, object]:
        return {"state": self.state} | ({"texts": [dict(text) for text in self.texts]} if self.texts else {})


UNKNOWN = Name("unknown")


@dataclass(frozen=True, slots=True)
class Names:
    """Names of what one page mentions, by `party:`, `factory:` or `criterion:` name."""

    by_name: Mapping[str, Name]

    def of(self, name: str, lang: str = "en") -> str:
        """The name in `lang`, else in any language, else its slug; a bare slug is taken for a party's."""
        full = name if ":" in name else f"party:{name}"
        texts = self.by_name.get(full, UNKNOWN).texts
        fitting = [text for text in texts if text.get("lang", "").split("-")[0] == lang] or texts
        return fitting[0]["text"] if fitting else full.partition(":")[2]

    def to_json(self) -> dict[str, object]:
        return {name: value.to_json() for name, value in sorted(self.by_name.items())}


def names(wanted: Iterable[str], registrations: Iterable[Item]) -> Names:
    """Names of `wanted` from the statements that made or amended them, in any order."""
    ordered = sorted(registrations, key=lambda item: item.position)
    return Names({name: _name(name, ordered) for name in set(wanted) if name.startswith(_PREFIXES)})


def _name(name: str, oldest_first: list[Item]) -> Name:
    # Whatever else a statement is about, its title or names are those of what its kind makes.
    kind = name.partition(":")[0]
    own = [item for item in oldest_first if item.statement.kind == kind and name in item.names(f"{kind}:")]
    about = in_force(own)[::-1]
    for item in about:
        for member in _MEMBERS:
            texts = tuple(_texts(item.claim.get(member)))
            if texts:
                return Name("shown", texts)
    return Name("withheld") if any(item.withheld for item in about) else UNKNOWN


def _texts(value: Any) -> Iterable[Mapping[str, str]]:
    """Text values {"lang","text"} in `value`, one or several."""
    if isinstance(value, list):
        return [text for one in value for text in _texts(one)]
    return [value] if isinstance(value, Mapping) and "text" in value else []


def mentioned(item: Item) -> set[str]:
    """Every party, factory and criterion that `item` names: subjects, hand, voice, relays, addressees,
    participants.
    """
    statement = item.statement
    found = {subject.name for subject in statement.subjects}
    relays = statement.attribution.via if statement.attribution else ()
    slugs = [*statement.issuers, *statement.claimants, *relays]
    for member in ("addressees", "respondents", "actor", "owner", "operatedBy"):
        value = item.claim.get(member, ())
        slugs += [value] if isinstance(value, str) else value
    slugs += [one.get("party", "") for one in item.claim.get("participants", ()) if isinstance(one, Mapping)]
    found.update(slug if ":" in slug else f"party:{slug}" for slug in slugs if slug)
    return {name for name in found if name.startswith(_PREFIXES)}
