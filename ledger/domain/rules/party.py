"""Parties: listed by anybody, registered by the registrar, and afterwards their own."""

from ...core.refusal import Refusal
from ...core.statement import Statement
from ..facts import is_registered
from ..names import FOUNDERS, REGISTRAR
from ..needs import superseded
from ..view import View
from .hands import own_names, party_slug, require_issuers

PARTY = "party:"


def check(view: View, statement: Statement) -> None:
    """Each event with its own issuers."""
    match statement.event:
        case "PartyListed":
            pass  # by anybody: what the registrar did not sign stays a proposal
        case "PartyRegistered":
            _check_registered(view, statement)
        case "PartyAmended":
            _check_amended(view, statement)
        case _:
            check_succession(statement)
            _check_concerned(view, statement)


def _check_registered(view: View, statement: Statement) -> None:
    slug = party_slug(statement)
    require_issuers(statement, REGISTRAR)
    if is_registered(view, slug):
        raise Refusal("already-registered", f"{slug} has had a key", "/subject")
    for recoverer in statement.claim.get("recoverers", ()):
        # The registrar could register a party that is only listed with a key of its own making.
        if recoverer in (slug, REGISTRAR) or not is_registered(view, recoverer):
            what = f"{recoverer} cannot recover {slug}: another registered party than the registrar can"
            raise Refusal("recoverer", what, "/predicate/claim/recoverers")


def _check_amended(view: View, statement: Statement) -> None:
    """The party itself amends; the registrar while it is only listed."""
    slug = party_slug(statement)
    require_issuers(statement, slug if is_registered(view, slug) else REGISTRAR)


def _check_concerned(view: View, statement: Statement) -> None:
    slugs = [name[6:] for name in own_names(statement, PARTY)]
    for slug in slugs:
        if slug in FOUNDERS:
            raise Refusal("founder", f"{slug} is bound to this log for ever", "/subject")
    require_issuers(statement, REGISTRAR, *[slug for slug in slugs if is_registered(view, slug)])


def check_succession(statement: Statement) -> None:
    """What a merger ends or a split divides is one of its own subjects."""
    if superseded(statement) is None:
        what = "`supersedes` pins the creation of the subject that ends or divides"
        raise Refusal("succession", what, "/predicate/refs")
