"""The tables by which a dossier's program reads statements, and the words it has for them.

They are constants of the program, under the hash that the page's policy admits: a page whose tables say
something else is another program, and what a page itself says of a statement decides nothing.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from babel import Locale

from api.dossier.text import words
from api.members import OUTCOMES, SLUGS
from api.members import VOCABULARIES as CODES
from api.notices import notice
from api.web.claims import BOUNDS, DATES, FIRST, FORMS, UNITS
from api.web.factory import ANSWERS
from api.web.language import language
from api.web.naming import FOUNDERS, GROUPS
from ledger.core.vocabulary import VOCABULARIES
from ledger.verifier.words import MEANINGS, QUESTIONS
from projections.wording import marked

STRUCTURE = frozenset(
    {"against", "basedOn", "mandate", "partOf", "promptedBy", "sameAs", "statedIn", "within"}
)
"""Relations by which a statement says what it rests on; all others say something of what they refer to."""
COMPLETE = marked(
    "This is all that the log holds about {name} up to entry {last}, by the index that its operator has"
    " signed and that every auditor can compute anew."
)
NOT_COMPLETE = marked("Nothing about completeness: this log had published no index of its entries yet.")
# The step that a page takes beyond those of every verifier.
_PAGE_MEANINGS = {
    "unverified": "The file agrees with itself. Whether it comes from the ledger that you trust is not known"
    " yet: anyone can make a log of any name. Choose the ledger's trust file below.",
}


@cache
def languages() -> dict[str, str]:
    """What languages are called in English, by the first part of their tag (CLDR)."""
    return {code: name for code, name in Locale.parse("en").languages.items() if code.isalpha()}


@cache
def tables() -> dict[str, Any]:
    """All of them, the same in every dossier of a release."""
    return {
        **words(),
        "questions": QUESTIONS,
        "meanings": MEANINGS | _PAGE_MEANINGS,
        "notices": {clock: notice(clock) for clock in ("system", "demo")},
        "complete": {"yes": COMPLETE, "no": NOT_COMPLETE},
        "founders": FOUNDERS,
        "groups": GROUPS,
        "first": FIRST,
        "answers": ANSWERS,
        "structure": sorted(STRUCTURE),
        "vocabularies": {
            name: {code: term.labels["en"] for code, term in terms.items()}
            for name, terms in VOCABULARIES.items()
        },
        "codes": CODES,
        "outcomes": OUTCOMES,
        "slugs": sorted(SLUGS),
        "dates": sorted(DATES),
        "forms": FORMS,
        "units": UNITS,
        "bounds": BOUNDS,
        "territories": dict(language("en").locale.territories),
        "languages": languages(),
    }
