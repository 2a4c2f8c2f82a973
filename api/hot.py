"""The two routes that must be fast, as bare ASGI endpoints: one statement, and a batch of JSON Lines.

They stand before the application, whose documented routes of the same paths keep the OpenAPI document whole:
no model is built for a request, and nothing that they do not need is passed through. Statements are decoded
and verified in the sequencer's threads.

A batch is answered while it is still being read, line by line in order. Reading never waits for the client to
take results, since many clients send everything before they read anything; it waits for the sequencer only.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Final, NamedTuple, Protocol

from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

from api import limits, problems, submissions
from api.problems import Problem
from ledger.core.refusal import LedgerError, Refusal, detached
from ledger.receipts import Receipt
from ledger.sequencer import Outcome, Submission

GROUP: Final = 256  # lines handed to the sequencer together
GROUPS_UNDER_WAY: Final = 8  # of one batch request
JSON: Final = b"application/json"
JSON_LINES: Final = b"application/jsonl"
PROBLEM: Final = problems.MEDIA_TYPE.encode()


class Appending(Protocol):
    """What these endpoints need of the service."""

    async def admit(self, submission: Submission) -> Submission:
        """It with what its checks found that need more than the log, such as a document's bytes.

        Raises `Refusal` for what cannot be checked.
        """
        ...

    async def append(self, group: Sequence[Submission]) -> list[Outcome]:
        """The outcomes in order, once everything accepted is durable."""
        ...


class Bounds(NamedTuple):
    """Limits of the two endpoints: bytes and lines."""

    statement_bytes: int
    batch_bytes: int
    batch_lines: int


class SubmitStatement:
    """`POST /v1/statements`: 201 with the receipt, 200 when it was logged before, or a problem."""

    def __init__(self, service: Callable[[], Appending], bounds: Bounds) -> None:
        self._service = service
        self._bounds = bounds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await limits.whole(scope, receive, self._bounds.statement_bytes)
            outcome = await self._submit(body)
        except (Refusal, Problem, LedgerError) as refused:
            outcome = detached(refused)
        status, answer = submissions.encode_outcome(outcome)
        headers = _headers(outcome, status, answer)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    async def _submit(self, body: bytes) -> Outcome:
        service = self._service()
        submission = await service.admit(submissions.read(body))
        return (await service.append([submission]))[0]


class SubmitBatch:
    """`POST /v1/statements:batch`: JSON Lines in and out, a result for each line, in order."""

    def __init__(self, service: Callable[[], Appending], bounds: Bounds) -> None:
        self._service = service
        self._bounds = bounds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            limits.refuse_announced(scope, self._bounds.batch_bytes)
            service = self._service()
        except (Problem, LedgerError) as refused:
            await problems.respond(refused)(scope, receive, send)
            return
        results: asyncio.Queue[Awaitable[bytes] | None] = asyncio.Queue()
        reader = asyncio.create_task(self._read(service, scope, receive, results))
        try:
            await _stream(results, send)
            await reader  # if it failed, the response stays unfinished, and the client sees that
            await send(_body(b"", more=False))
        except ClientDisconnect:
            return
        finally:
            reader.cancel()
            del reader  # it holds the error that ended it, whose frames hold this one

    async def _read(
        self,
        service: Appending,
        scope: Scope,
        receive: Receive,
        results: asyncio.Queue[Awaitable[bytes] | None],
    ) -> None:
        """Hand each group to the sequencer as soon as it is there; its answer goes into `results`."""
        room = asyncio.Semaphore(GROUPS_UNDER_WAY)
        try:
            async for lines in _groups(scope, receive, self._bounds):
                await room.acquire()
                # Read here, one group after the other: a document's check takes time, and a later line may
                # refer to an earlier one. Tasks start in the order in which they are made.
                task = asyncio.create_task(_answer(service, await _read_lines(service, lines)))
                task.add_done_callback(lambda _: room.release())
                results.put_nowait(task)
        except Problem as refused:
            last = asyncio.get_running_loop().create_future()
            last.set_result(submissions.encode_line(refused))
            results.put_nowait(last)
        finally:
            results.put_nowait(None)


async def _stream(results: asyncio.Queue[Awaitable[bytes] | None], send: Send) -> None:
    """Send each group's results when they are there; the first one opens the response."""
    headers = [(b"content-type", JSON_LINES), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    while (result := await results.get()) is not None:
        await send(_body(await result, more=True))


async def _read_lines(service: Appending, lines: Sequence[bytes]) -> list[Submission | Outcome]:
    """Each line's submission, or why it cannot be one."""
    found: list[Submission | Outcome] = []
    for line in lines:
        try:
            found.append(await service.admit(submissions.read(line)))
        except (Refusal, LedgerError) as refused:
            found.append(detached(refused))
    return found


async def _answer(service: Appending, group: Sequence[Submission | Outcome]) -> bytes:
    """The result lines of one group. A line that cannot be read is answered in its place."""
    accepted = [each for each in group if isinstance(each, Submission)]
    answered = iter(await _append(service, accepted))
    outcomes = (next(answered) if isinstance(each, Submission) else each for each in group)
    return b"".join([submissions.encode_line(outcome) for outcome in outcomes])


async def _append(service: Appending, group: Sequence[Submission]) -> list[Outcome]:
    try:
        return await service.append(group) if group else []
    except LedgerError as unavailable:
        return [unavailable] * len(group)


async def _groups(scope: Scope, receive: Receive, bounds: Bounds) -> AsyncIterator[list[bytes]]:
    """The body's lines, up to `GROUP` at once. Raises `Problem` past a limit, behind the lines before it."""
    lines: list[bytes] = []
    try:
        async for line in _lines(scope, receive, bounds):
            lines.append(line)
            if len(lines) == GROUP:
                yield lines
                lines = []
    except Problem:
        if lines:
            yield lines
        raise
    if lines:
        yield lines


async def _lines(scope: Scope, receive: Receive, bounds: Bounds) -> AsyncIterator[bytes]:
    count, rest = 0, b""
    async for chunk in limits.chunks(scope, receive, bounds.batch_bytes, limits.BATCH_PATIENCE):
        *whole, rest = (rest + chunk).split(b"\n")
        for count, line in enumerate(whole, count + 1):  # noqa: B020 - counts on from the chunk before
            yield _bounded(line, count, bounds)
        _bounded(rest, count, bounds)
    if rest:
        yield _bounded(rest, count + 1, bounds)


def _bounded(line: bytes, count: int, bounds: Bounds) -> bytes:
    if len(line) > bounds.statement_bytes:
        raise Problem("body-too-large", f"a line is longer than {bounds.statement_bytes} bytes")
    if count > bounds.batch_lines:
        raise Problem("body-too-large", f"a batch has at most {bounds.batch_lines} lines")
    return line


def _body(data: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": data, "more_body": more}


def _headers(outcome: Outcome, status: int, answer: bytes) -> list[tuple[bytes, bytes]]:
    length = (b"content-length", b"%d" % len(answer))
    if isinstance(outcome, Receipt):
        position = (b"evidence-position", b"%d" % (outcome.index + 1))
        location = (b"location", f"/v1/statements/{outcome.statement_id}".encode())
        return [(b"content-type", JSON), length, position, location, (b"cache-control", b"no-store")]
    extra = problems.headers_for(submissions.as_exception(outcome), status)
    return [(b"content-type", PROBLEM), length, *((k.encode(), v.encode()) for k, v in extra.items())]
