"""Amendments: the original issuers or some of them correct, extend or withdraw, binding only those who
sign.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ...core.counts import check_small_counts
from ...core.kinds import KINDS, OPTIONAL, REQUIRED
from ...core.refusal import Refusal
from ...core.statement import Statement
from ..aggregates import Record
from ..facts import targets
from ..view import View
from .hands import ISSUERS

SET = "/predicate/claim/set"


def check(view: View, statement: Statement) -> None:
    """Every issuer issued every target; what is set in the clear, every target may have in the clear."""
    changed = {name: value for name, value in statement.claim.get("set", {}).items() if name != "_sd"}
    for _, target in targets(view, statement, "amends"):
        for slug in statement.issuers:
            if slug not in target.issuers:
                raise Refusal("wrong-issuer", f"{slug} did not issue {target.id}", ISSUERS)
        if changed:
            _check_clear(target, changed)


def check_resolved(view: View, statement: Statement, claim: Mapping[str, Any]) -> None:
    """Admission: disclosed members, put back into `claim`, are members of every target, too."""
    for _, target in targets(view, statement, "amends"):
        _check_members(target, claim.get("set", {}), clear=False)


def _check_clear(target: Record, changed: Mapping[str, Any]) -> None:
    if target.visibility == "sealed":
        raise Refusal("disclosures-only", f"{target.id} is sealed: nothing of it is set in the clear", SET)
    _check_members(target, changed, clear=True)
    # The target's issue and method forbid counts here as they do there.
    _in_set("", check_small_counts, {**dict(target.counting), **changed})


def _check_members(target: Record, changed: Mapping[str, Any], *, clear: bool) -> None:
    rows = KINDS[target.kind].rows_for(target.event, target.visibility == "public")
    for name, value in changed.items():
        row = rows.get(name)
        if row is None or (clear and row.presence not in (REQUIRED, OPTIONAL)):
            raise Refusal("unknown-member", f"{target.event} has no member `{name}` here", f"{SET}/{name}")
        _in_set(f"/{name}", row.type.check if clear else row.type.resolved.check, value)


def _in_set(place: str, check_value: Callable[[Any], None], value: Any) -> None:
    try:
        check_value(value)
    except Refusal as refusal:
        refusal.where = f"{SET}{place}{refusal.where}"
        raise
