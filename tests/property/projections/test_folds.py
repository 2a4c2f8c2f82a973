"""However a log is cut, projecting it in pieces, anew, or up to any point gives the same."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from projections import checklist, criteria, matrix, open_items, registry, timeline
from projections.items import Item, Slice
from projections.runner import take_in
from projections.views import VIEWS
from tests.support.small_log import SmallLog

FACTORIES = ["factory:f", "factory:g"]
PARTIES = ["a", "b", "c"]
# event -> (reference, kinds it may lead to), as in the domain's table
REFS: dict[str, list[tuple[str, set[str]]]] = {
    "AllegationMade": [("about", {"investigation", "observation"}), ("statedIn", {"document"})],
    "ObservationMade": [("within", {"investigation"}), ("against", {"criterion"})],
    "DeterminationIssued": [
        ("about", {"allegation", "observation", "request"}),
        ("within", {"investigation"}),
    ],
    "AuditDescribed": [("sameAs", {"investigation"}), ("statedIn", {"document"})],
    "QuestionAsked": [("about", {"investigation", "determination"})],
    "CommitmentMade": [("towards", {"request"})],
    "ResponseGiven": [
        ("answers", {"request"}),
        ("refuses", {"request", "commitment"}),
        ("adopts", {"allegation", "observation", "response"}),
        ("disowns", {"allegation", "observation", "response"}),
    ],
    "DueChanged": [("on", {"request", "commitment"})],
    "NoReplyNoted": [("on", {"request"})],
    "StatementWithdrawn": [("amends", {"allegation", "observation", "request", "amendment", "criterion"})],
    "ConflictNoted": [("links", {"observation", "allegation", "criterion"})],
    "CriterionPublished": [("supersedes", {"criterion"})],
    "DocumentCaptured": [],
}
EVENTS = list(REFS)


@st.composite
def logs(draw: st.DrawFn) -> SmallLog:
    log = SmallLog()
    log.say("DocumentCaptured", "factory:f")
    for number in range(draw(st.integers(1, 12))):
        event = draw(st.sampled_from(EVENTS))
        targets = [
            (rel, one.statement.id)
            for one in log.recorded
            for rel, kinds in REFS[event]
            if one.statement.kind in kinds
        ]
        refs = draw(st.lists(st.sampled_from(targets), max_size=3, unique=True)) if targets else []
        claim: dict[str, Any] = {
            "issue": draw(st.sampled_from(["osh", "osh/ppe"])),
            "method": "records-review",
            "result": draw(st.sampled_from(["present", "absent"])),
            "quantity": {
                "value": str(draw(st.integers(0, 5))),
                "unit": draw(st.sampled_from(["h", "min", "d"])),
            },
            "addressees": draw(st.lists(st.sampled_from(PARTIES), min_size=1, max_size=2, unique=True)),
            "due": draw(st.sampled_from(["2020-01-05", "2020-02", "unknown"])),
            "number": number,
            "topic": "notice",
            "comparator": "max",
        }
        subjects = draw(st.lists(st.sampled_from(FACTORIES), min_size=1, unique=True))
        if event == "CriterionPublished":
            subjects = [f"criterion:c{number}"]
        by = draw(st.lists(st.sampled_from(PARTIES), min_size=1, max_size=2, unique=True))
        log.say(event, subjects, claim, by=by, refs=refs, at=f"2020-01-{number + 1:02}")
    return log


def everything(known: Slice, today: str) -> list[object]:
    """Every fold over a slice, as JSON values."""
    found: list[object] = [line.to_json() for line in timeline.view(known.items, known)]
    found += [
        open_items.view(item, known, today).to_json() for item in known.of_kind("request", "commitment")
    ]
    found += [checklist.view(item, known, today).to_json() for item in known.of_kind("investigation")]
    found += [matrix.view((name,), known, today).to_json() for name in FACTORIES]
    found += [one.to_json() for one in criteria.view(known)]
    entry = registry.view("criterion:c0", known)
    return [*found, entry.to_json() if entry else None]


@settings(max_examples=40, deadline=None)
@given(logs(), st.lists(st.integers(1, 4), min_size=1))
def test_rows_taken_in_by_batches_of_any_size_are_those_of_one_pass(log: SmallLog, sizes: list[int]) -> None:
    stored = list(enumerate(log.entries))
    whole = [taken.rows for taken in take_in(VIEWS, stored)]
    pieces: list[list[Any]] = [[] for _ in VIEWS]
    start, turn = 0, 0
    while start < len(stored):
        size = sizes[turn % len(sizes)]
        for rows, taken in zip(pieces, take_in(VIEWS, stored[start : start + size]), strict=True):
            assert taken.error is None
            rows += taken.rows
        start, turn = start + size, turn + 1
    assert pieces == whole


@settings(max_examples=40, deadline=None)
@given(logs(), st.data())
def test_as_of_n_is_the_fold_of_the_first_n_entries_alone(log: SmallLog, data: st.DataObject) -> None:
    size = data.draw(st.integers(0, len(log.entries)))
    alone = SmallLog()
    alone.entries, alone.recorded = log.entries[:size], log.recorded[:size]
    alone.disclosures = log.disclosures[:size]
    cut = Slice.of(item for item in log.items() if item.position < size)
    assert everything(cut, "2020-03-01") == everything(alone.slice(), "2020-03-01")


@settings(max_examples=40, deadline=None)
@given(logs(), st.randoms(use_true_random=False))
def test_the_order_in_which_items_are_read_does_not_matter(log: SmallLog, random: Any) -> None:
    shuffled: list[Item] = log.items() + log.items()
    random.shuffle(shuffled)
    assert everything(Slice.of(shuffled), "2020-03-01") == everything(log.slice(), "2020-03-01")


@settings(max_examples=40, deadline=None)
@given(logs())
def test_a_later_entry_never_takes_anything_away(log: SmallLog) -> None:
    before = log.slice(len(log.entries) - 1)
    shown = {line.shown.id for line in timeline.view(log.items(), log.slice())}
    assert {line.shown.id for line in timeline.view(before.items, before)} <= shown
