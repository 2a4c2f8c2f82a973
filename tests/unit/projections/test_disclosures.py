"""The parts that an entry commits to: shown, withheld, erased, or never here."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ledger.core.disclosure import digest
from projections import disclosures
from projections.items import Slice
from tests.support.small_log import SmallLog

TEXT = {"lang": "en", "text": "what was seen"}


def parts(log: SmallLog, **more: Any) -> list[tuple[str, str | None]]:
    """(state, name) of the parts of the log's first statement; the contents in `held` by digest."""
    known = log.slice()
    item = replace(known.items[0], shown=more.get("shown", True))
    contents = more.get("held", {digest(text): text for text in log.disclosures[0]})
    return [(one.state, one.name) for one in disclosures.parts(item, contents, known)]


def alleged(**hidden: Any) -> SmallLog:
    log = SmallLog()
    log.say("AllegationMade", "factory:works", {"issue": "osh"}, hidden=hidden or {"text": TEXT})
    return log


def test_a_part_that_is_held_is_shown_with_the_name_of_its_member() -> None:
    assert parts(alleged()) == [("shown", "text")]


def test_a_part_whose_content_never_came_is_not_held() -> None:
    log = alleged()
    assert parts(log, held={}) == [("not-held", None)]
    assert parts(log, held={digest(log.disclosures[0][0]): None}) == [("not-held", None)]


def test_a_part_of_what_is_not_public_is_withheld_whether_it_is_held_or_not() -> None:
    log = alleged()
    assert parts(log, shown=False) == [("withheld", None)]
    assert parts(log, shown=False, held={}) == [("withheld", None)]


def test_a_part_that_was_erased_is_told_with_the_statement_that_says_so() -> None:
    log = alleged()
    named = digest(log.disclosures[0][0])
    controls = [("controls", log.recorded[0].statement.id)]
    claim = {"ground": "safety", "digests": [named]}
    erasure = log.say("DisclosureErased", "factory:works", claim, refs=controls)
    log.say("DisclosureErased", "factory:works", claim, refs=controls, at="2020-02-01")
    (part,) = disclosures.parts(log.items()[0], {named: None}, log.slice())
    assert (part.state, part.name, part.erased_by) == ("erased", None, erasure)


def test_an_erasure_of_another_part_erases_nothing_else() -> None:
    log = alleged()
    controls = [("controls", log.recorded[0].statement.id)]
    log.say("DisclosureErased", "factory:works", {"ground": "safety", "digests": ["x" * 43]}, refs=controls)
    assert parts(log) == [("shown", "text")]


def test_a_part_inside_a_member_is_told_with_its_place() -> None:
    log = SmallLog()
    claim = {"issue": "osh", "sample": {"group": "workers", "_sd": ["a" * 43]}}
    log.say("AllegationMade", "factory:works", claim)
    (part,) = disclosures.parts(log.items()[0], {}, Slice.of(log.items()))
    assert part.place == ("sample",)


def test_what_commits_to_nothing_has_no_parts() -> None:
    log = SmallLog()
    log.say("AllegationMade", "factory:works", {"issue": "osh"})
    assert parts(log) == []
