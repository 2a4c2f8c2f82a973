"""What each step of a verification saw, in the reader's language.

A verifier words it in English, one sentence for each case. The cases in which a bundle is printed stand here
once more with places in them; any other stands in English, and says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from projections.wording import Wording, marked

CASES: Final = (
    marked("a bundle about {name}: {n} entries of a log of {size}"),
    marked("{n} well-formed"),
    marked("content not understood, another version: {entries}"),
    marked("{n} good"),
    marked("{n} good; keys not at hand for {entries}"),
    marked("signed by whom they had to be, with keys valid then"),
    marked("{n} in the tree of {size}"),
    marked("{origin} with genesis {id}"),
    marked("no trust file was given: anyone can make a log of this name"),
    marked("signed by {name}, key {key}"),
    marked("the key that signed the checkpoint is not known"),
    marked("which witnesses count is not known"),
    marked("{n} cosignatures, the quorum {name} is not reached"),
    marked("{n} cosignatures, quorum {name}"),
    marked("{n} cosignatures; the trust file asks for no witnesses"),
    marked("the log had no index statement: nothing is said about completeness"),
    marked("all there is under {n} keys up to entry {last}"),
    marked("not decided here for {entries}, for want of the statement {id}"),
    marked("{n} held, {withheld} withheld, {erased} erased"),
    marked("{n} match, {absent} absent, {erased} erased"),
    marked("may follow the earlier ones"),
    marked("none"),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """The words, and the language they are in where it is not the reader's."""

    text: str
    lang: str


def seen(detail: str, wording: Wording, lang: str) -> Seen:
    """What was seen in the words of `wording`, whose language is `lang` (BCP 47)."""
    for case in CASES:
        found = _shape(case).fullmatch(detail)
        if found:
            return Seen(wording.gettext(case).format(**found.groupdict()), lang)
    return Seen(detail, "en")


def _shape(case: str) -> re.Pattern[str]:
    parts = re.split(r"\{([a-z]+)\}", case)
    shape = "".join(
        f"(?P<{part}>{_PLACES.get(part, '.+')})" if number % 2 else re.escape(part)
        for number, part in enumerate(parts)
    )
    return re.compile(shape, re.DOTALL)


_COUNT: Final = "[0-9]+"
_PLACES: Final = {
    "n": _COUNT,
    "size": _COUNT,
    "last": _COUNT,
    "withheld": _COUNT,
    "absent": _COUNT,
    "erased": _COUNT,
    "id": "[0-9a-f]{64}",
    "entries": "[0-9, and more]+",
}
