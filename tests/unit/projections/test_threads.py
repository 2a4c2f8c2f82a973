"""Threads: what a statement refers to and what refers to it, bounded on either side."""

from __future__ import annotations

from dataclasses import replace

from ledger.core.statement import Ref
from projections import threads
from projections.items import Item, Slice
from projections.threads import NEAR, Branch, Thread
from tests.support.small_log import SmallLog


def items(log: SmallLog) -> dict[str, Item]:
    return {one.id: one for one in log.items()}


def thread(log: SmallLog, statement: str) -> Thread:
    """The thread as a question reads it."""
    known = log.slice()
    item = known.by_id[statement]
    replies = [one for one in known.items if statement in threads.targets(one)]
    further = {
        reply.id: [one for one in known.items if reply.id in threads.targets(one)][: NEAR + 1]
        for reply in replies
    }
    return threads.view(item, known, replies, further)


def outline(branches: tuple[Branch, ...]) -> list[object]:
    """[event, [tied how], [further along]] of each."""
    return [
        [one.shown and one.shown.event, [tie.rel for tie in one.ties], outline(one.branches)]
        for one in branches
    ]


def exchange() -> tuple[SmallLog, dict[str, str]]:
    """A report, an allegation out of it, a finding about that, a reply to the finding, and a reply to it."""
    log, said = SmallLog(), {}
    said["report"] = log.say("DocumentReferenced", "factory:works")
    source = [("statedIn", said["report"], "p4")]
    said["alleged"] = log.say("AllegationMade", "factory:works", {"issue": "osh"}, refs=source)
    about = [("about", said["alleged"])]
    said["found"] = log.say("DeterminationIssued", "factory:works", {"outcome": "refuted"}, refs=about)
    both = [("disputes", said["found"]), ("respondsTo", said["found"])]
    said["reply"] = log.say("ResponseGiven", "factory:works", refs=both)
    back = [("acknowledges", said["reply"])]
    said["back"] = log.say("ResponseGiven", "factory:works", by="auditor", refs=back)
    return log, said


def test_a_thread_leads_two_references_up_and_two_down() -> None:
    log, said = exchange()
    shown = thread(log, said["found"])
    assert outline(shown.before) == [
        ["AllegationMade", ["about"], [["DocumentReferenced", ["statedIn"], []]]]
    ]
    acknowledged: list[object] = ["ResponseGiven", ["acknowledges"], []]
    assert outline(shown.after) == [["ResponseGiven", ["disputes", "respondsTo"], [acknowledged]]]


def test_the_place_that_is_meant_stands_with_the_reference() -> None:
    log, said = exchange()
    (report,) = thread(log, said["alleged"]).before
    assert (report.ties[0].rel, report.ties[0].locator) == ("statedIn", "p4")


def test_a_statement_that_refers_to_nothing_and_to_which_nothing_refers_has_an_empty_thread() -> None:
    log = SmallLog()
    alone = log.say("AllegationMade", "factory:works", {"issue": "osh"})
    assert thread(log, alone) == Thread((), ())


def test_what_is_not_in_the_ledger_yet_is_named_by_its_id_alone() -> None:
    log, said = exchange()
    item = items(log)[said["alleged"]]
    earlier = threads.view(item, Slice.of([item]), [], {})
    assert [(one.id, one.shown, one.origin) for one in earlier.before] == [(said["report"], None, None)]


def test_a_statement_of_another_ledger_is_named_with_that_ledger() -> None:
    log = SmallLog()
    log.say("ResponseGiven", "factory:works")
    (item,) = log.items()
    ref = Ref("respondsTo", "1" * 64, None, ("elsewhere.example/2026", "2" * 64))
    foreign = replace(item, recorded=item.recorded._replace(statement=item.statement._replace(refs=(ref,))))
    (branch,) = threads.view(foreign, Slice.of([foreign]), [], {}).before
    assert (branch.id, branch.shown, branch.origin) == (ref.id, None, "elsewhere.example/2026")


def test_of_many_replies_to_a_reply_the_first_are_shown_and_that_there_are_more() -> None:
    log, said = exchange()
    for _ in range(NEAR + 3):
        log.say("ResponseGiven", "factory:works", by="auditor", refs=[("endorses", said["reply"])])
    (reply,) = thread(log, said["found"]).after
    assert len(reply.branches) == NEAR
    assert reply.more


def test_of_many_references_of_a_reference_the_first_are_shown_and_that_there_are_more() -> None:
    log = SmallLog()
    documents = [log.say("DocumentReferenced", f"factory:f{n:02}") for n in range(NEAR + 2)]
    refs = [("basedOn", one) for one in documents]
    alleged = log.say("AllegationMade", "factory:works", {"issue": "osh"}, refs=refs)
    found = log.say("DeterminationIssued", "factory:works", {"outcome": "refuted"}, refs=[("about", alleged)])
    (branch,) = thread(log, found).before
    assert (len(branch.branches), branch.more) == (NEAR, True)
    assert len(thread(log, alleged).before) == NEAR + 2
