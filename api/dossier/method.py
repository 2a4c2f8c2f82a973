"""How a determination was reached, as those who described its investigation told it: a negative finding is
never printed without its method (the letter, R19).

The rows are the same, value for value, as `api/web/static/js/method.js` makes from what was signed. Paper has
more room and more languages, and prints what `projections.profiles` folds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from api.dossier.text import Readable, Row, words
from ledger.core.statement import PREDICATE_TYPE

MEMBERS: Final = ("methods", "notice", "competence", "gbvTraining")
REACHED: Final = "how it was reached"
NO_INVESTIGATION: Final = "no investigation is named; methods, notice and competence are not disclosed"
NOT_HERE: Final = "in an investigation that is not in this file"
_NOT_DISCLOSED: Final = "not-disclosed"


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of one member of an investigation by the entry `index`: `value` as it was signed, None
    where nothing is; `text` says so. Without a member it says why there is no investigation to ask.
    """

    member: str
    label: str
    value: Any
    text: str
    index: int = 0


def method(entry: Readable, known: Mapping[str, Readable]) -> tuple[Row, ...]:
    """Rows for a determination, none for anything else; `known` are the entries of the file by id."""
    return tuple(map(_row, told_of(entry, known)))


def told_of(entry: Readable, known: Mapping[str, Readable]) -> Iterator[Told]:
    """How a determination was reached, member by member and description by description."""
    if not _is(entry, "determination"):
        return
    within = [ref for ref in entry.value["predicate"]["refs"] if ref["rel"] == "within"]
    here = [known[one] for ref in within if (one := _local(ref)) in known]
    found = [one for one in here if _is(one, "investigation")]
    if found:
        described = _descriptions(found[0], known)
        yield from (_told(member, one) for member in MEMBERS for one in described)
    else:
        yield Told("", "", None, NO_INVESTIGATION if len(here) == len(within) else NOT_HERE)


def _descriptions(first: Readable, known: Mapping[str, Readable]) -> list[Readable]:
    """All that describe the same investigation as `first` does, by their place."""
    of_it = {first.id}
    ties = [{one.id, *_same_as(one)} for one in known.values() if _is(one, "investigation")]
    before = 0
    while before < len(of_it):
        before = len(of_it)
        of_it = of_it.union(*(tie for tie in ties if tie & of_it))
    return sorted((known[one] for one in of_it if one in known), key=lambda one: one.index)


def _told(member: str, described: Readable) -> Told:
    claim = described.value["predicate"]["claim"]
    found = [described.disclosed.get(digest) for digest in claim.get("_sd", ())]
    told = dict(claim) | {one.name: one.value for one in found if one is not None}
    value = told.get(member, _NOT_DISCLOSED)
    text = ", ".join(value) if isinstance(value, list) else str(value)
    if text == _NOT_DISCLOSED:
        value = None
        text = "not disclosed" if member in told or None not in found else "not disclosed, withheld or erased"
    return Told(member, words()["members"].get(member, member), value, text, described.index)


def _row(told: Told) -> Row:
    if not told.member:
        return Row(REACHED, told.text)
    return Row(f"{REACHED}: {told.label}", told.text, remark=f"by entry {told.index}", member=told.member)


def _is(entry: Readable, kind: str) -> bool:
    return bool(entry.value["predicateType"] == PREDICATE_TYPE + kind)


def _local(ref: Mapping[str, Any]) -> str:
    """The id of the statement that a reference pins; "" in another ledger."""
    return "" if "ledger" in ref else str(ref["digest"]["sha256"])


def _same_as(entry: Readable) -> list[str]:
    return [_local(ref) for ref in entry.value["predicate"]["refs"] if ref["rel"] == "sameAs"]
