"""How to check a ledger without trusting anyone, these pages included."""

from __future__ import annotations

from starlette.responses import Response

from api.web.routing import Visiting, pages

router = pages()


@router.get("/verify")
def verify(visit: Visiting) -> Response:
    """The ways to check, none of which needs an account."""
    return visit.page("verify.html", None, host=str(visit.request.base_url).rstrip("/"))
