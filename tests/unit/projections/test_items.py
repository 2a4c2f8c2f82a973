"""What a reader may see of a statement is asked of one function, whatever there is to hide."""

from __future__ import annotations

import pytest

from ledger.domain.visibility import ANONYMOUS
from projections.reader import item_of
from tests.support.small_log import SmallLog


@pytest.mark.parametrize("hidden", [None, {"text": {"lang": "en", "text": "for the parties"}}])
def test_nothing_of_what_is_for_parties_counts_as_shown(hidden: dict[str, object] | None) -> None:
    log = SmallLog()
    guarded = {"visibility": "parties", "audience": ["ngo"]}
    log.say("AllegationMade", "factory:f", {"issue": "osh"}, hidden=hidden, **guarded)
    item = item_of(log.recorded[0], log.disclosures[0], ANONYMOUS)
    assert not item.shown
    assert "text" not in item.claim
    assert item.withheld == (1 if hidden else 0)
