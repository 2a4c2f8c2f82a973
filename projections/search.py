"""Search: what a statement can be found by and sorted into, out of the entry alone.

What its disclosures say is not in the entry, see `projections.disclosed`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

from ledger.core.statement import Recorded, Statement
from projections.authority import REGISTRAR, SUCCESSIONS
from projections.dates import FIRST_DAY, LAST_DAY, days
from projections.row import NULL, Row, View
from projections.shown import said_when
from projections.words import LONGEST

FACETS: Final = ("kind", "issue", "method", "said", "signed", "period")
MOST_YEARS: Final = 30  # of a period; of a longer one only the first and the last year are counted
_NAMED: Final = frozenset({"party", "factory", "criterion"})
_CREATES: Final = ("Registered", "Listed", "Published")
_UNSEARCHED: Final = frozenset({"_sd", "publicKey"})
_WORD = re.compile(r"[a-z0-9]+")


def rows(recorded: Recorded) -> list[Row]:
    """One row."""
    statement = recorded.statement
    return [
        (
            recorded.index,
            statement.id,
            statement.visibility,
            " ".join(facets(statement)),
            " ".join(_lexemes(statement)),
            " ".join(_about(statement)) or NULL,
            " ".join(_named(statement)) or NULL,
        )
    ]


TABLE = View(
    name="search",
    version=1,
    columns=("position", "key", "visibility", "facets", "codes", "about", "names"),
    rows=rows,
)


def facets(statement: Statement) -> list[str]:
    """`<facet>:<value>` of each: an issue also by its level 1, a time by each year it may mean."""
    claim = statement.claim
    found = ["kind:" + statement.kind]
    for issue in _listed(claim.get("issue")):
        found += _levels(issue)
    if "method" in claim:
        found.append("method:" + claim["method"])
    elif isinstance(methods := claim.get("methods"), list | tuple):
        found += ["method:" + method for method in methods]
    found += ["said:" + slug for slug in statement.claimants]
    found += ["signed:" + slug for slug in statement.issuers]
    return found + years(statement)


def _listed(value: Any) -> tuple[str, ...]:
    """The codes in a member of one or several."""
    return () if value is None else (value,) if isinstance(value, str) else tuple(value)


@lru_cache(maxsize=4096)
def _levels(issue: str) -> tuple[str, ...]:
    level = issue.partition("/")[0]
    return (f"issue:{level}",) if level == issue else (f"issue:{level}", f"issue:{issue}")


def years(statement: Statement) -> list[str]:
    """The years of what it speaks of: when it was done, when the state held; else when it was said."""
    occurred, period = statement.occurred, statement.claim.get("period")
    times = [time for time in (occurred, period) if time] or [said_when(statement)]
    found = [year for time in times if time for year in _years(time)]
    return found if len(times) < 2 else sorted(set(found))


@lru_cache(maxsize=8192)
def _years(time: str) -> tuple[str, ...]:
    ends = [day[:4] for day in days(time) if day not in (FIRST_DAY, LAST_DAY)]
    first, last = int(min(ends, default="1")), int(max(ends, default="0"))
    if last - first > MOST_YEARS:
        return (f"period:{first:04}", f"period:{last:04}")
    return tuple(f"period:{year:04}" for year in range(first, last + 1))


def codes(statement: Statement) -> list[str]:
    """Every code, slug, name and other string in the clear that a statement is found by.

    The operator's index statements carry nothing but numbers and hashes, one a minute: they are found by
    their kind alone.
    """
    found = [statement.kind, statement.event]
    if statement.kind == "index":
        return found
    if statement.type:
        found.append(statement.type)
    found += [subject.name for subject in statement.subjects]
    found += ["party:" + slug for slug in statement.issuers]
    if statement.claimants != statement.issuers:
        found += ["party:" + slug for slug in statement.claimants]
    if statement.attribution:
        found += [statement.attribution.form, *statement.attribution.via]
    _add_strings(statement.claim, found)
    return found


def _add_strings(value: Any, found: list[str]) -> None:
    """Add every string in `value`, however deep, to `found`."""
    if isinstance(value, str):
        found += value.split()
    elif isinstance(value, dict):
        for name, part in value.items():
            if name not in _UNSEARCHED:
                _add_strings(part, found)
    elif isinstance(value, list | tuple):
        for part in value:
            _add_strings(part, found)


def _lexemes(statement: Statement) -> list[str]:
    found = {statement.id}
    for code in codes(statement):
        found.update(beginnings(code))
    return sorted(found)


@lru_cache(maxsize=16384)
def beginnings(code: str) -> tuple[str, ...]:
    """A code in small letters from each of its words on, since it is found by any word's beginning:
    `factory:foshan-nanhai`, `foshan-nanhai`, `nanhai`.
    """
    small = code.lower()
    starts = {0, *(found.start() for found in _WORD.finditer(small))}
    return tuple(small[start:][:LONGEST] for start in sorted(starts))


def _about(statement: Statement) -> list[str]:
    """The statements whose issue is this one's, as it names none (`projections.profiles.issues_of`)."""
    if "issue" in statement.claim:
        return []
    return [ref.id for ref in statement.refs if ref.rel in ("about", "details") and ref.ledger is None]


def _named(statement: Statement) -> list[str]:
    """The names whose display name the statement gives, if its word counts (`projections.authority`)."""
    if statement.kind not in _NAMED or statement.event in SUCCESSIONS:
        return []
    counts = statement.kind != "factory" or REGISTRAR in statement.issuers
    if counts or statement.event.endswith(_CREATES):
        return [subject.name for subject in statement.subjects]
    return []
