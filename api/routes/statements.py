"""Statements: submit one or many, read one back, prove that it is in the log."""

from __future__ import annotations

from base64 import b64encode
from typing import Any, Final

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import Response

from api import openapi
from api.answers import answer, service_of
from api.composition import Service
from api.notices import notice
from api.parameters import IdPath, StatementPath
from ledger.core.entry import decode_entry_trusted
from ledger.core.envelope import to_json_value
from ledger.core.grammar import is_digest
from ledger.core.statement import read_statement
from ledger.domain.visibility import ANONYMOUS, may_see
from ledger.ports import StoredEntry
from ledger.receipts import NotLogged

router = APIRouter(tags=["statements"])

_ENTRY: Final = "application/octet-stream"
_PROOF: Final = "text/plain"
_BINARY: dict[str, Any] = {"type": "string", "format": "binary"}

_BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": openapi.SUBMISSION}}}
}
_LINES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/jsonl": {"schema": {"type": "string", "description": "one submission a line"}}
        },
    }
}
_ACCEPTED: dict[str, Any] = {
    "description": "Durable in the log; keep the receipt.",
    "content": {"application/json": {"schema": openapi.RECEIPT}},
    "headers": {
        "Evidence-Position": {
            "description": "Use as `at_least` to read your own writes.",
            "schema": {"type": "integer"},
        }
    },
}


@router.post(
    "/statements",
    status_code=201,
    responses={
        201: _ACCEPTED,
        200: {**_ACCEPTED, "description": "It was logged before."},
        **openapi.PROBLEMS,
    },
    response_class=Response,
    openapi_extra=_BODY,
)
async def submit() -> Response:
    """Submit one signed statement; the answer comes once it is durable."""
    raise AssertionError("served by api.hot")


@router.post(
    "/statements:batch",
    responses=openapi.answers(
        "A receipt with its `status`, or a problem, for each line, in order.",
        {"type": "string", "description": "JSON Lines"},
        "application/jsonl",
    ),
    response_class=Response,
    openapi_extra=_LINES,
)
async def submit_batch() -> Response:
    """Submit statements as JSON Lines; later ones may refer to earlier ones. Answered while it is read."""
    raise AssertionError("served by api.hot")


@router.get(
    "/statements/{id}",
    responses=openapi.reads("The statement, its entry and what is disclosed of it.", {"type": "object"}),
    response_class=Response,
)
def statement(request: Request, id: StatementPath) -> Response:  # noqa: A002 - the path's own name
    """One statement: what was signed, by which keys, when it was logged, and its public disclosures."""
    service = service_of(request)
    return answer(request, msgspec.json.encode(_shown(service, id)))


@router.get(
    "/statements/{id}/proof",
    responses=openapi.reads("A receipt with the newest proof.", openapi.PROVEN),
    response_class=Response,
)
def proof(request: Request, id: IdPath) -> Response:  # noqa: A002 - the path's own name
    """The receipt in the newest published tree, witnessed if the ledger's policy asks for that; until a
    checkpoint covers the entry, in the newest signed one.

    With `Accept: text/plain` the proof alone, as c2sp.org/tlog-proof@v1 writes it.
    """
    proven = service_of(request).proof(id)
    asked = {"vary": "accept"}
    if request.headers.get("accept", "").startswith("text/plain"):
        return answer(request, proven.receipt.proof.encode(), "text/plain", headers=asked)
    return answer(request, msgspec.json.encode(proven.to_json()), headers=asked)


@router.get(
    "/statements/{id}/entry",
    responses=openapi.reads("`<index>.entry`: the entry as it was logged.", _BINARY, _ENTRY),
    response_class=Response,
)
def entry(request: Request, id: IdPath) -> Response:  # noqa: A002 - the path's own name
    """The first file of a receipt."""
    stored = _stored(service_of(request), id)
    return _file(request, f"{stored.position}.entry", stored.state, _ENTRY)


@router.get(
    "/statements/{id}/tlog-proof",
    responses=openapi.reads("`<index>.tlog-proof` (c2sp.org/tlog-proof@v1).", {"type": "string"}, _PROOF),
    response_class=Response,
)
def proof_file(request: Request, id: IdPath) -> Response:  # noqa: A002 - the path's own name
    """The second file of a receipt, as new as there is one."""
    receipt = service_of(request).proof(id).receipt
    return _file(request, f"{receipt.index}.tlog-proof", receipt.proof.encode(), _PROOF)


def _file(request: Request, name: str, body: bytes, media: str) -> Response:
    return answer(request, body, media, headers={"content-disposition": f'attachment; filename="{name}"'})


def _stored(service: Service, statement: str) -> StoredEntry:
    """By its id or by the number of its entry. Raises `NotLogged`."""
    if is_digest(statement):
        stored = service.recorder.entry_by_statement(statement)
        what, mend = f"statement {statement} is not in this log", "check its id, or submit it"
    else:
        stored = service.recorder.entry_at(int(statement))
        what = f"entry {statement} is not in this log"
        mend = f"its entries are numbered 0 to {service.recorder.head().size - 1}"
    if stored is None:
        raise NotLogged(what, mend)
    return stored


def _shown(service: Service, statement: str) -> dict[str, object]:
    stored = _stored(service, statement)
    entry = decode_entry_trusted(stored.state)
    recorded = read_statement(entry.envelope.payload)
    held = service.recorder.disclosures_of([stored.position]) if may_see(ANONYMOUS, recorded) else []
    shown = [content for _, _, content in held if content is not None]
    return {
        "ledger": service.about.to_json(),
        "notice": notice(service.about.clock),
        "id": recorded.id,
        "index": stored.position,
        "recordedAt": entry.recorded_at,
        "event": recorded.event,
        "statement": msgspec.json.decode(entry.envelope.payload),
        "signatures": to_json_value(entry.envelope)["signatures"],
        "entry": b64encode(stored.state).decode(),
        "disclosures": shown,
        "withheld": len(recorded.digests) - len(shown),
    }
