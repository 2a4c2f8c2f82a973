"""One statement: what it says, who says and who signed it, its thread, its times, keys and proofs."""

from __future__ import annotations

from markupsafe import Markup
from starlette.responses import Response

from api.parameters import IdPath
from api.qr import code_svg
from api.web.routing import Visiting, pages
from api.web.visit import Visit
from ledger.core.checkpoint import parse
from ledger.core.citation import Citation, format_citation
from ledger.core.note import split_note
from projections import statement_queries
from projections.shown import Shown

router = pages()


@router.get("/statements/{id}")
def statement(visit: Visiting, id: IdPath) -> Response:  # noqa: A002 - the path's own name
    """The statement with everything that bears on it."""
    found = visit.read(lambda conn: statement_queries.whole(conn, id, visit.as_of, visit.viewer, visit.today))
    citation = _citation(visit, found.shown)
    title = visit.language.gettext("Code of this statement, for paper")
    return visit.page(
        "statement.html",
        found.moment,
        found.names,
        # How far the log is published and cosigned changes without an entry.
        tagged=False,
        whole=found,
        shown=found.shown,
        proven=visit.service.proof(id),
        citation=citation,
        code=Markup(code_svg(citation, title)),  # noqa: S704 - made of modules, its title is escaped there
        witnesses=visit.service.witness_states(),
    )


def _citation(visit: Visit, shown: Shown) -> str:
    """What paper has to name so that it can be held against the log."""
    note = visit.service.ledger.checkpoint().note
    return format_citation(Citation(shown.id, shown.position, parse(split_note(note)[0])))
