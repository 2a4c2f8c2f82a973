"""What a statement comes to after its own issuers amended it."""

from __future__ import annotations

from projections.amendments import amendments, as_amended, withdrawn_by
from projections.items import Item, Slice
from tests.support.small_log import SmallLog


def joint() -> tuple[SmallLog, str]:
    log = SmallLog()
    return log, log.say(
        "DemandMade", "party:p", {"addressees": ["p"], "issue": ["osh"]}, by=["a", "b", "c", "d"]
    )


def item_of(known: Slice, statement: str) -> Item:
    item = known.get(statement)
    assert item is not None
    return item


def test_an_amendment_by_some_binds_only_them_and_says_by_how_many() -> None:
    log, demand = joint()
    log.say("StatementWithdrawn", "party:p", by="b", refs=[("amends", demand)])
    known = log.slice()
    found = amendments(item_of(known, demand), known)
    assert [one.words for one in found] == ["withdrawn by 1 of 4"]
    assert withdrawn_by(item_of(known, demand), known) == {"b"}


def test_a_change_counts_once_all_have_signed_it() -> None:
    log, demand = joint()
    change = {"set": {"issue": ["harassment-gbv"]}}
    log.say("StatementExtended", "party:p", change, by=["a", "b"], refs=[("amends", demand)])
    known = log.slice()
    assert as_amended(item_of(known, demand), known)["issue"] == ["osh"]
    log.say("StatementExtended", "party:p", change, by=["a", "b", "c", "d"], refs=[("amends", demand)])
    known = log.slice()
    assert as_amended(item_of(known, demand), known)["issue"] == ["osh", "harassment-gbv"]
    assert item_of(known, demand).claim["issue"] == ["osh"]


def test_a_correction_replaces_and_an_addition_adds() -> None:
    log, demand = joint()
    everybody = ["a", "b", "c", "d"]
    added = {"set": {"issue": ["osh/heat"], "remedy": ["training"], "addressees": ["p"]}}
    log.say("StatementExtended", "party:p", added, by=everybody, refs=[("amends", demand)])
    replaced = {"set": {"remedy": ["disclosure"]}}
    log.say("StatementCorrected", "party:p", replaced, by=everybody, refs=[("amends", demand)])
    known = log.slice()
    claim = as_amended(item_of(known, demand), known)
    assert (claim["issue"], claim["remedy"], claim["addressees"]) == (
        ["osh", "osh/heat"],
        ["disclosure"],
        ["p"],
    )


def test_a_withdrawn_withdrawal_no_longer_withdraws() -> None:
    log, demand = joint()
    withdrawal = log.say("StatementWithdrawn", "party:p", by="b", refs=[("amends", demand)])
    log.say("StatementWithdrawn", "party:p", by="b", refs=[("amends", withdrawal)])
    known = log.slice()
    assert amendments(item_of(known, demand), known) == ()
    assert withdrawn_by(item_of(known, demand), known) == set()
