"""What somebody who misspelt a name or a term is likely to have meant."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final

MOST: Final = 3
LIKENESS: Final = 0.7  # of difflib, 1 being the same


def likely(text: str, called: Mapping[str, str], *, within: bool = False) -> list[str]:
    """What the words that resemble `text` stand for, the most alike first, at most three.

    `called` gives by folded words what they stand for; `within` takes words, too, that have the text in them.
    """
    wanted = text.casefold()
    close = get_close_matches(wanted, called, n=MOST, cutoff=LIKENESS)
    holding = [one for one in called if wanted in one] if within and len(wanted) > 2 else []
    return list(dict.fromkeys(called[one] for one in [*close, *holding]))[:MOST]
