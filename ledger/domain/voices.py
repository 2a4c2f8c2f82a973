"""Hand and voice: everybody named as claimant, relay or audience, or in the claim, is a party (or factory) of
this ledger.

A claim may be somebody else's words, but never those of somebody nobody has named: claims by and about a
party need an owner (domain: parties). Whose voice may say what is each kind's rule.
"""

from collections.abc import Iterable

from ..core.refusal import Refusal
from ..core.statement import Statement
from .facts import creation_of, is_party, is_registered, party_of
from .needs import named_in
from .view import View


def check_people(view: View, statement: Statement) -> None:
    """Issuers have keys; claimants, relays, audience and whom the claim names are listed or registered;
    claimants are no natural persons.
    """
    if statement.event == "LedgerOpened":
        return
    for slug in statement.issuers:
        if not is_registered(view, slug):
            raise Refusal("unknown-issuer", f"{slug} has no key in this ledger", "/predicate/issuers")
    if statement.claimants != statement.issuers:
        _check_claimants(view, statement)
    if statement.attribution is not None:
        relays = (relay for relay in statement.attribution.via if ":" not in relay)
        _check_known(view, relays, "/predicate/attribution/via")
    _check_known(view, statement.audience, "/predicate/audience")
    for name, place in named_in(statement.claim):
        if creation_of(view, name) is None:
            raise Refusal("unknown-party", f"nothing is named {name}", f"/predicate/claim{place}")


def _check_claimants(view: View, statement: Statement) -> None:
    others = [slug for slug in statement.claimants if slug not in statement.issuers]
    _check_known(view, others, "/predicate/claimants")
    for slug in others:
        party = party_of(view, slug)
        if party is not None and party.entity == "person":
            raise Refusal("person-as-claimant", f"{slug} is a natural person", "/predicate/claimants")


def _check_known(view: View, slugs: Iterable[str], where: str) -> None:
    for slug in slugs:
        if not is_party(view, slug):
            raise Refusal("unknown-party", f"no party is named {slug}", where)
