"""How to check a ledger without trusting anyone, these pages included, and a page that does so."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.answers import answer, service_of
from api.client.amending import policy_with_keys
from api.parameters import NAME
from api.web import assets
from api.web.routing import Visiting, pages
from api.web.verify_words import translated
from api.web.visit import Visit
from ledger.core.policy import is_prose
from ledger.core.receipt import Trust, format_trust, unwitnessed_policy
from ledger.domain.terms import Terms
from projections import queries
from projections.names import Names
from projections.registry import Entry

router = pages()
# The trust file has one address, whatever language its reader speaks.
own = APIRouter(include_in_schema=False)

TRUST_PATH: Final = "/verify/trust.json"
WORKER: Final = "ledger-verifier"
_NAME: Final = NAME[:-1] + "|^statement:[0-9a-f]{64}$"
About = Annotated[str | None, Query(pattern=_NAME, description="What the example is about.")]
_BUNDLES: Final = {
    "factory": "/v1/factories/",
    "party": "/v1/parties/",
    "criterion": "/v1/criteria/",
    "statement": "/v1/statements/",
}


@router.get("/verify")
def verify(visit: Visiting, about: About = None) -> Response:
    """Checks in the browser, the drill, and the ways without a browser. None of them needs an account."""
    name, names = _example(visit, about)
    bundle = _bundle(name)
    data = {
        **translated(visit.language),
        "worker": assets.address("js/verifyworker.js"),
        "trust": TRUST_PATH,
        "example": bundle and {"address": bundle, "name": f"{name.replace(':', '-')}.jsonl"},
    }
    return visit.page(
        "verify.html",
        None,
        names,
        signs=True,
        vouches=WORKER,
        host=str(visit.request.base_url).rstrip("/"),
        name=name,
        bundle=bundle,
        trust=TRUST_PATH,
        data=data,
    )


def _example(visit: Visit, about: str | None) -> tuple[str, Names]:
    """What to try it with, and what that is called: as asked for, or the first factory; "" without any."""
    at, viewer, today = visit.as_of, visit.viewer, visit.today
    if about is None:
        page = visit.read(lambda conn: queries.registry(conn, "factory:", at, viewer, today, None, 1))
        return next((one.name for one in page.items if isinstance(one, Entry)), ""), page.names
    if about.startswith("statement:"):
        return about, Names({})
    return about, visit.read(lambda conn: queries.entry(conn, about, at, viewer, today)).names


def _bundle(name: str) -> str:
    """Where a name's bundle is given out; "" where none is."""
    kind, _, rest = name.partition(":")
    return f"{_BUNDLES[kind]}{rest}/bundle" if kind in _BUNDLES else ""


@own.get(TRUST_PATH)
def trust(request: Request) -> Response:
    """Whom to trust, as this ledger says itself: worth as much as the place it was got from."""
    service = service_of(request)
    about, (_, terms) = service.about, service.terms()
    text = format_trust(own_trust(about.origin, about.genesis, terms))
    headers = {"content-disposition": 'attachment; filename="trust.json"'}
    return answer(request, text.encode(), headers=headers)


def own_trust(origin: str, genesis: str, terms: Terms) -> Trust:
    """The trust root that a ledger's own terms amount to: a key in force, and the policy it has published."""
    policy = terms.policy
    if is_prose(policy):  # it asks for no witness
        policy = unwitnessed_policy(terms.log_keys[0])
    return Trust(origin, genesis, terms.log_keys[0], policy_with_keys(policy, terms.log_keys))
