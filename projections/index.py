"""The index's keys: which entries concern a name, a statement, a hand, a voice, a party's keys.

The rows from which the completeness index is computed (`projections.index_trie`) and its entries are listed.
"""

from __future__ import annotations

from ledger.core.index import index_keys
from ledger.core.statement import Recorded
from projections.row import Row, View


def rows(recorded: Recorded) -> list[Row]:
    """One row per key, in the order of the keys."""
    return [(recorded.index, key) for key in sorted(index_keys(recorded))]


TABLE = View(name="index", version=1, columns=("position", "key"), rows=rows)
