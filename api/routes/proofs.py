"""Proofs about the log as a whole: all there is, nothing at all, no response yet, this before that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query, Request
from psycopg import Connection
from starlette.responses import Response

from api import openapi
from api.answers import answer, service_of
from api.parameters import DIGEST
from ledger import proving
from ledger.core.index_proof import IndexProof, format_index_proof
from projections.bundle_source import Snapshot

router = APIRouter(tags=["proofs"])

_KEY = (
    r"^(ledger:main|(party|factory|criterion|by|voice|keys):[a-z0-9][a-z0-9._-]{0,127}"
    r"|(statement|document):[0-9a-f]{64})$"
)
Key = Annotated[
    str,
    Query(
        pattern=_KEY,
        description="An index key: a name (`factory:x`), `statement:<id>` (what refers to it), `by:<slug>` "
        "(signed by), `voice:<slug>` (claimed or relayed by), `keys:<slug>` (a party's key history).",
    ),
]
Id = Annotated[str, Query(pattern=DIGEST, description="A statement's id.")]

_ANSWERS = openapi.reads(
    "A proof file (docs/protocol.md, Proof files); `evidence verify` checks it offline.", openapi.INDEX_PROOF
)


@router.get("/proofs/all", responses=_ANSWERS, response_class=Response)
def everything(request: Request, key: Key) -> Response:
    """That these are all entries of an index key, possibly none, as of the newest index statement."""
    return _prove(request, lambda source, note: proving.prove_all(source, key, note))


@router.get("/proofs/silence", responses=_ANSWERS, response_class=Response)
def silence(request: Request, of: Id) -> Response:
    """That no response to a request is among the entries indexed."""
    return _prove(request, lambda source, note: proving.prove_silence(source, of, note))


@router.get("/proofs/precedence", responses=_ANSWERS, response_class=Response)
def precedence(request: Request, earlier: Id, later: Id) -> Response:
    """That one statement was logged before another."""
    return _prove(request, lambda source, note: proving.prove_precedence(source, earlier, later, note))


def _prove(request: Request, make: Callable[[Snapshot, str], IndexProof]) -> Response:
    service = service_of(request)
    # Before the snapshot is taken, so that everything under the checkpoint is in it.
    checkpoint = service.ledger.checkpoint()
    service.wait_for(checkpoint.size)

    def question(conn: Connection[object]) -> bytes:
        return format_index_proof(make(Snapshot(conn), checkpoint.note)).encode()

    return answer(request, service.read(question))
