"""One statement: what it says, who says and who signed it, its thread, its times, keys and proofs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import anyio.from_thread
import msgspec
from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from api.composition import Service
from api.parameters import After, IdPath
from api.problems import Problem
from api.qr import code_svg
from api.web.proofs import Proof, proof_of
from api.web.routing import Visiting, pages
from ledger.core.citation import Citation, format_citation
from ledger.core.envelope import to_json_value
from ledger.core.grammar import base64_encode
from projections import statement_queries
from projections.shown import Shown
from projections.statement_queries import Whole

router = pages()

_PAGES: Final = ("factory:", "party:", "criterion:")  # names that have a page


@router.get("/statements/{number:entry}")
def of_entry(visit: Visiting, number: int) -> Response:
    """Statements are cited by their entry's number; it leads to the address that names the very bytes."""
    return lead_to(visit, number, "statements")


def lead_to(visit: Visiting, number: int, folder: str) -> Response:
    """A redirection to the page in `folder` of the statement at an entry. Raises `Problem`."""
    found = visit.statement_at(number)
    if found is None:
        raise Problem("no-such-statement", f"this log has no entry {number}", "number")
    query = f"?{visit.request.url.query}" if visit.request.url.query else ""
    address = f"/{visit.language.code}/{folder}/{found.id}{query}"
    return RedirectResponse(address, 307, {"cache-control": "no-cache"})


@router.get("/statements/{id}")
def statement(visit: Visiting, id: IdPath, after: After = None) -> Response:  # noqa: A002 - the path's own name
    """The statement with everything that bears on it; `after` continues what refers to it."""
    found = visit.read(
        lambda conn: statement_queries.whole(conn, id, visit.as_of, visit.viewer, visit.today, after)
    )
    proof = proof_of(visit.service, id)
    citation = format_citation(Citation(found.shown.id, found.shown.position, proof.checkpoint))
    title = visit.language.gettext("Code of this statement, for paper")
    return visit.page(
        "statement.html",
        found.moment,
        found.names,
        # How far the log is published and cosigned changes without an entry.
        tagged=False,
        whole=found,
        shown=found.shown,
        proof=proof,
        root=base64_encode(proof.checkpoint.root),
        concerned=[name for name in found.shown.subjects if name.startswith(_PAGES)],
        unsigned=_unsigned(found.shown),
        document=_document(visit.service, found),
        raw=_raw(found, proof),
        citation=citation,
        code=Markup(code_svg(citation, title)),  # noqa: S704 - made of modules, its title is escaped there
    )


def _unsigned(shown: Shown) -> list[str]:
    """Whose words these are said to be, though they have neither signed nor adopted them."""
    return [one.party for one in shown.provenance.said_by if one.standing not in ("signed", "adopted")]


@dataclass(frozen=True, slots=True)
class Raw:
    """What is logged and proven, as text: the signed payload, the envelope around it, the proof."""

    payload: str
    envelope: str
    proof: str


def _raw(found: Whole, proof: Proof) -> Raw:
    envelope = found.entry.envelope
    written = msgspec.json.format(msgspec.json.encode(to_json_value(envelope)), indent=2).decode()
    return Raw(envelope.payload.decode(), written, proof.proven.receipt.proof)


@dataclass(frozen=True, slots=True)
class Document:
    """The bytes that a public document statement names by digest, and whether they are held here."""

    sha256: str
    size: int | None


def _document(service: Service, found: Whole) -> Document | None:
    """None where the statement names no bytes, or a reader may not know whether they are held."""
    shown = found.shown
    named = [name.removeprefix("document:") for name in shown.subjects if name.startswith("document:")]
    if shown.kind != "document" or not named or not found.shown_to_all:
        return None
    return Document(named[0], anyio.from_thread.run(service.blobs.size, named[0]))
