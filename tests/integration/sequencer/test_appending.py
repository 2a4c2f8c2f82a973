"""Appending from an event loop: what is asked in one turn goes to the sequencer together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import psycopg
import pytest

from api.appending import Appender
from ledger.core.envelope import Envelope, Signature
from ledger.core.refusal import Refusal
from ledger.intake import Ticket
from ledger.receipts import Receipt
from ledger.sequencer import Limits, Overloaded, Sequencer, Submission
from tests.support.builder import Signed
from tests.support.writing import Author, Writing, submission, writing


def append_all(sequencer: Sequencer, *groups: Sequence[Submission]) -> list[list[object]]:
    """The outcomes of groups that are all asked for in one turn of the loop."""

    async def ask() -> list[list[object]]:
        appender = Appender(sequencer, asyncio.get_running_loop())
        return [list(each) for each in await asyncio.gather(*map(appender.append, groups))]

    return asyncio.run(ask())


def each_alone(statements: Sequence[Signed]) -> list[list[Submission]]:
    return [[submission(one)] for one in statements]


def test_every_request_gets_its_own_outcomes_in_order(opened: Writing, author: Author) -> None:
    first, bad, *more = author.allegations(20)
    forged = Envelope(bad.envelope.payload, (Signature(bad.envelope.signatures[0].keyid, bytes(64)),))
    group = [submission(more[0]), Submission(forged), submission(more[1])]
    outcomes = append_all(opened.sequencer, [submission(first)], group, [], *each_alone(more[2:]))
    assert [len(each) for each in outcomes] == [1, 3, 0, *[1] * 16]
    assert isinstance(outcomes[1].pop(1), Refusal)
    receipts = [one for each in outcomes for one in each]
    assert [one.index for one in receipts if isinstance(one, Receipt)] == list(range(3, 22))


def test_what_one_turn_asks_for_is_handed_over_at_once(opened: Writing, author: Author) -> None:
    handed_over: list[int] = []

    class Watched(Sequencer):
        """The sequencer itself, telling how much it is given at once."""

        def take_in(self, tickets: Sequence[Ticket]) -> None:
            handed_over.append(len(tickets))
            opened.sequencer.take_in(tickets)

    outcomes = append_all(Watched.__new__(Watched), *each_alone(author.allegations(40)))
    assert handed_over == [40]
    positions = [one.index for (one,) in outcomes if isinstance(one, Receipt)]
    assert positions == list(range(3, 43))


def test_a_full_queue_answers_those_it_has_no_room_for(
    database_url: str, journal: Path, author: Author
) -> None:
    with writing(database_url, journal, limits=Limits(queue=10)) as process:
        process.submit(*author.setup)
        outcomes = append_all(process.sequencer, *each_alone(author.allegations(15)))
    kinds = [type(one) for (one,) in outcomes]
    assert kinds == [Receipt] * 10 + [Overloaded] * 5


def test_a_request_that_was_given_up_does_not_keep_its_neighbours_waiting(
    opened: Writing, author: Author, database_url: str
) -> None:
    async def ask() -> Receipt | BaseException:
        appender = Appender(opened.sequencer, asyncio.get_running_loop())
        gone, stays = (appender.append(each) for each in each_alone(author.allegations(2)))
        gone.cancel()
        return (await asyncio.wait_for(stays, 10))[0]

    receipt = asyncio.run(ask())
    assert isinstance(receipt, Receipt)
    with psycopg.connect(database_url) as conn:
        assert conn.execute("SELECT size FROM ledger_head").fetchone() == (5,), (
            "it was queued, so it is logged"
        )


def test_nobody_is_left_to_answer_when_the_loop_is_closed(opened: Writing, author: Author) -> None:
    loop = asyncio.new_event_loop()
    appender = Appender(opened.sequencer, loop)

    async def ask() -> None:
        appender.append([submission(author.allegation("abandoned"))])
        await asyncio.sleep(0)

    loop.run_until_complete(ask())
    loop.close()
    later = opened.sequencer.submit([submission(author.allegation("later"))])
    assert later[0].result(10).index == 4


@pytest.mark.parametrize("count", [1, 600])
def test_a_group_larger_than_a_batch_is_answered_whole(
    database_url: str, journal: Path, author: Author, count: int
) -> None:
    with writing(database_url, journal, limits=Limits(batch=256)) as process:
        process.submit(*author.setup)
        (outcomes,) = append_all(process.sequencer, [submission(one) for one in author.allegations(count)])
    assert len(outcomes) == count
    assert all(isinstance(one, Receipt) for one in outcomes)
