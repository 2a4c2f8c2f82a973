"""What parties, factories, criteria, groups and hosts are called, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from api.web.language import Language
from ledger.core.vocabulary import VOCABULARIES
from ledger.domain.names import OPERATOR, REGISTRAR, party_name
from projections.names import Names
from projections.wording import marked

FOUNDERS: Final = {
    party_name(OPERATOR): marked("operator of the ledger"),
    party_name(REGISTRAR): marked("registrar of the ledger"),
}
"""The two parties that no statement lists, so that none gives them a name."""
GROUPS: Final = {
    "auditors": marked("auditors"),
    "brands": marked("brands"),
    "buyers": marked("buyers"),
    "certifiers": marked("certifiers"),
    "factories": marked("factories"),
    "suppliers": marked("suppliers"),
    "unions": marked("trade unions"),
}
"""Groups that are asked; any word may name one, and others stand as they were signed."""


def naming(names: Names, language: Language) -> Callable[[str], str]:
    """Tells what a name or a party's bare slug is called."""

    def named(name: str) -> str:
        prefix, _, rest = name.partition(":")
        if prefix == "host":
            return rest
        if prefix == "group":
            return group(rest, language)
        full = name if ":" in name else party_name(name)
        if full in FOUNDERS and not (full in names.by_name and names.by_name[full].texts):
            return language.gettext(FOUNDERS[full])
        return names.of(name, language.code)

    return named


def group(code: str, language: Language) -> str:
    """A group in words."""
    if code in GROUPS:
        return language.gettext(GROUPS[code])
    return language.term("source-groups", code) if code in VOCABULARIES["source-groups"] else code
