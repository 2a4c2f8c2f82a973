"""What the values of a claim's members are: codes of which vocabulary, or names of parties and factories.

The tables of `ledger.core.kinds` say it of each kind; here it stands for whoever puts claims into words.
"""

from __future__ import annotations

from typing import Final

VOCABULARIES: Final = {
    "access": "access",
    "aspect": "aspects",
    "authority": "authorities",
    "availability": "availability",
    "checked": "identity-checks",
    "comparator": "comparators",
    "custody": "custody",
    "entity": "entities",
    "ground": "grounds",
    "group": "source-groups",
    "issue": "issues",
    "level": "factory-levels",
    "method": "methods",
    "methods": "methods",
    "nature": "natures",
    "notice": "notice",
    "offer": "offers",
    "payer": "payers",
    "place": "places",
    "quantifier": "quantifiers",
    "reason": "reasons",
    "relation": "relations",
    "remedy": "remedies",
    "result": "results",
    "role": "participant-roles",
    "roles": "roles",
    "selection": "selections",
    "stage": "stages",
    "tendency": "tendencies",
    "topic": "topics",
}
"""The vocabulary of a member's codes, whatever the kind."""

OUTCOMES: Final = {
    "DeterminationIssued": "finding-outcomes",
    "OverallDetermined": "overall-outcomes",
    "CertificationDecided": "certification-outcomes",
    "ResponseGiven": "response-outcomes",
}
"""That of the member `outcome`, by event."""

SLUGS: Final = frozenset({"addressees", "respondents", "actor", "owner", "operatedBy", "party", "recoverers"})
