"""The two fast routes on their own: what a request leaves behind."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from starlette.types import Message, Scope

from api.hot import Bounds, SubmitBatch, SubmitStatement
from ledger.core.refusal import Refusal
from ledger.sequencer import Outcome, Submission
from tests.support.garbage import found_by_the_collector

BOUNDS = Bounds(statement_bytes=1000, batch_bytes=10_000, batch_lines=10)


class Refusing:
    """`Appending` that refuses everything."""

    async def admit(self, submission: Submission) -> Submission:
        raise Refusal("bad-signature", "as an example")

    async def append(self, group: Sequence[Submission]) -> list[Outcome]:
        raise NotImplementedError  # nothing is admitted


async def answer(route: SubmitStatement | SubmitBatch, body: bytes | None) -> bytes:
    """What is sent; without a body the client goes away while it is waited for."""
    scope: Scope = {"type": "http", "method": "POST", "path": "/", "headers": []}
    sent: list[Message] = []

    async def receive() -> Message:
        if body is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await route(scope, receive, send)
    return b"".join(message.get("body", b"") for message in sent)


@pytest.mark.parametrize("route", [SubmitStatement, SubmitBatch])
@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", b"not-json"),
        (b"x" * 2000, b"body-too-large"),
        (b'{"envelope": {"payload": "", "payloadType": "", "signatures": []}}', b"payload-type"),
    ],
)
def test_what_is_refused_leaves_nothing_for_the_garbage_collector(
    route: type[SubmitStatement | SubmitBatch], body: bytes, code: bytes
) -> None:
    with found_by_the_collector() as found:
        assert code in asyncio.run(answer(route(Refusing, BOUNDS), body))
    assert [module for module in found if module.startswith(("api", "ledger"))] == []


def test_a_batch_whose_client_goes_away_leaves_nothing_either() -> None:
    with found_by_the_collector() as found:
        assert asyncio.run(answer(SubmitBatch(Refusing, BOUNDS), None)) == b""
    assert [module for module in found if module.startswith(("api", "ledger"))] == []
