"""Claims: allegations, observations (what was seen, by which method) and determinations (what somebody
concluded).
"""

from ...core.refusal import Refusal
from ...core.statement import Statement
from ..facts import roles_of, targets
from ..view import View
from .voice import CLAIMANTS, is_conductor

# Roles that may determine without having conducted the investigation.
DETERMINING_ROLES = frozenset({"certifier", "forum"})


def check_allegation(view: View, statement: Statement) -> None:
    """Anybody may allege; a sealed allegation details a public one."""
    check_details(view, statement)


def check_observation(view: View, statement: Statement) -> None:
    """Within an investigation only its conductors observe."""
    check_details(view, statement)
    for _, target in targets(view, statement, "within"):
        if target.kind != "investigation":
            continue
        for slug in statement.claimants:
            if not is_conductor(slug, target):
                raise Refusal("wrong-voice", f"{slug} did not conduct this investigation", CLAIMANTS)


def check_determination(view: View, statement: Statement) -> None:
    """The voice is a conductor's, a certifier's or a forum's, by the roles before this entry."""
    check_details(view, statement)
    conducted = [target for _, target in targets(view, statement, "within") if target.kind == "investigation"]
    for slug in statement.claimants:
        if any(is_conductor(slug, target) for target in conducted):
            continue
        if roles_of(view, slug).isdisjoint(DETERMINING_ROLES):
            what = f"{slug} is neither conductor of the investigation nor certifier nor forum"
            raise Refusal("wrong-voice", what, CLAIMANTS)
    _check_superseded(view, statement)


def _check_superseded(view: View, statement: Statement) -> None:
    for _, target in targets(view, statement, "supersedes"):
        if statement.type != "certification" or target.type != "certification":
            raise Refusal(
                "reference-kind", "only a certification supersedes a certification", "/predicate/refs"
            )


def check_details(view: View, statement: Statement) -> None:
    """`details` leads from a sealed statement to a public one of the same kind."""
    for _, target in targets(view, statement, "details"):
        if statement.visibility != "sealed" or target.visibility != "public" or target.kind != statement.kind:
            what = "`details` leads from a sealed statement to a public one of the same kind"
            raise Refusal("details", what, "/predicate/refs")
