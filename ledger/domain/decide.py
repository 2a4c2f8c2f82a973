"""Deciding one statement: whether it may follow the log as it stands.

`decide` is validity: it looks at entry bytes and at earlier entries through `View`, and at nothing else,
so that an auditor who replays the log decides the same. `admissible` and `admit` are what the server asks
besides, of a statement that would be valid: the resolved form and what this version does not offer yet.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from ..core import disclosure
from ..core.disclosure import Disclosure
from ..core.envelope import Envelope
from ..core.policy import published_policy
from ..core.refusal import Refusal
from ..core.statement import Statement, check_resolved, resolve
from .clock import check_binding, check_clock
from .needs import originator_id, plain_digests
from .references import check_references
from .rules import (
    amendment,
    claim,
    control,
    factory,
    index,
    key,
    ledger,
    party,
    progress,
    response,
)
from .signatures import Verify, check_new_keys, check_signatures
from .subjects import check_closure, check_subjects
from .view import View
from .voices import check_people

# Kinds that are not here have no rules of their own (see `rules`).
_RULES: dict[str, Callable[[View, Statement], None]] = {
    "allegation": claim.check_allegation,
    "amendment": amendment.check,
    "control": control.check,
    "determination": claim.check_determination,
    "factory": factory.check,
    "index": index.check,
    "key": key.check,
    "observation": claim.check_observation,
    "ledger": ledger.check,
    "party": party.check,
    "progress": progress.check,
    "response": response.check,
}


class Decision(NamedTuple):
    """An accepted statement: the stream its entry is appended to, and the event that it is (past tense)."""

    originator_id: str
    event: str


def decide(
    view: View, statement: Statement, envelope: Envelope, recorded_at: str, verify: Verify
) -> Decision:
    """The decision on a well-formed statement at the next position; raises `Refusal`.

    `recorded_at` is the time the entry would carry; `verify(public, signature)` says whether a signature
    of the envelope is good. The order of the steps is fixed, so that of several defects everybody names
    the same.
    """
    # 1 It is bound to this log, and the log is open.
    check_binding(view, statement)
    # 2 The ledger's clock.
    check_clock(view, statement, recorded_at)
    # 3 Neither the statement nor a digest in it was there before.
    check_new(view, statement)
    # 4 Issuers, claimants, relays and audience are known.
    check_people(view, statement)
    # 5 Subjects exist, or are created here.
    check_subjects(view, statement)
    # 6 References exist and point at what they may point at.
    check_references(view, statement)
    # 7 The kind's own rules: hand, voice, state.
    check_kind(view, statement)
    # 8 Nothing escapes the history of what it is about.
    check_closure(view, statement)
    # 9 New keys are new; every signature is one that has to be there, and good.
    check_new_keys(view, statement)
    check_signatures(view, statement, envelope, verify, recorded_at)
    return Decision(originator_id(statement, view), statement.event)


def _check_policy(statement: Statement) -> None:
    """A policy that names a quorum can be read; otherwise nothing could be published any more."""
    try:
        published_policy(str(statement.claim.get("policy", "")))
    except Refusal as refusal:
        raise Refusal("bad-policy", refusal.what, "/predicate/claim/policy") from refusal


def check_kind(view: View, statement: Statement) -> None:
    """The rules of the statement's own kind."""
    rule = _RULES.get(statement.kind)
    if rule is not None:
        rule(view, statement)


def check_new(view: View, statement: Statement) -> None:
    """The statement and its digests were not there before, and nothing erased comes back."""
    if view.originator_of(statement.id) is not None:
        raise Refusal("statement-known", f"the statement {statement.id} is logged already")
    for digest in statement.digests:
        if view.digest_seen(digest):
            raise Refusal(
                "digest-repeated", f"the digest {digest} occurs in an earlier entry", "/predicate/claim"
            )
    for digest in plain_digests(statement):
        if view.digest_seen(digest):
            raise Refusal("erased-slot", f"what has the digest {digest} was erased", "/subject")


_NOT_YET = {"control": "not-yet-control"}


def admissible(statement: Statement, disclosures: Iterable[str]) -> list[Disclosure]:
    """The disclosures opened, once the resolved form is checked; raises `Refusal`, also of what has no effect
    yet. Needs no earlier entry, so it can be asked before it is the statement's turn.
    """
    code = "not-yet-sealed" if statement.visibility == "sealed" else _NOT_YET.get(statement.kind)
    if code is not None:
        raise Refusal(code, f"this ledger does not take {statement.event} in yet", "/predicate/event")
    if statement.kind == "ledger":
        _check_policy(statement)
    opened = [disclosure.parse(text) for text in disclosures]
    check_resolved(statement, opened)
    return opened


def admit(view: View, statement: Statement, opened: Sequence[Disclosure]) -> dict[str, str]:
    """What remains of these checks, for what `admissible` gave; raises `Refusal`.

    Gives the disclosures by the digest that each opens. A digest that is left out stays a decoy.
    """
    if statement.kind == "amendment":
        amendment.check_resolved(view, statement, resolve(statement.claim, opened).claim)
    return {one.digest: one.text for one in opened}
