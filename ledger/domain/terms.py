"""What the ledger has bound itself to: the terms of entry 0 as every `LedgerAmended` since then left them.

An amendment replaces the members that it names and is effective after its own index: a tree of `size`
entries is signed by the log keys that its entries 0 to size - 1 leave in force.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..core.statement import Recorded, Statement

OPENED, AMENDED = "LedgerOpened", "LedgerAmended"


@dataclass(frozen=True, slots=True)
class Terms:
    """`log_keys` are verifier keys (C2SP signed-note), sorted, which all sign each checkpoint; intervals in
    seconds; `policy` is text.
    """

    log_keys: tuple[str, ...]
    index_interval: int
    max_publish_delay: int
    policy: str
    version: int

    def amended(self, statement: Statement) -> "Terms":
        """The terms after a `LedgerAmended`."""
        claim = statement.claim
        intervals = claim.get("intervals", {})
        return Terms(
            tuple(claim.get("logKeys", self.log_keys)),
            intervals.get("index", self.index_interval),
            intervals.get("maxPublishDelay", self.max_publish_delay),
            claim.get("policy", self.policy),
            claim.get("version", self.version),
        )


def opening_terms(statement: Statement) -> Terms:
    """The terms of entry 0."""
    claim = statement.claim
    intervals = claim["intervals"]
    return Terms(
        tuple(claim["logKeys"]),
        intervals["index"],
        intervals["maxPublishDelay"],
        claim["policy"],
        claim["version"],
    )


Change = tuple[int, Terms]
"""(the smallest tree that has these terms, the terms)."""


def changes(entries: Iterable[Recorded], known: Sequence[Change] = ()) -> list[Change]:
    """`known` and the changes by `entries`, which follow; entries of other kinds are passed over."""
    found = list(known)
    for recorded in entries:
        if recorded.statement.event == OPENED:
            found.append((recorded.index + 1, opening_terms(recorded.statement)))
        elif recorded.statement.event == AMENDED:
            found.append((recorded.index + 1, found[-1][1].amended(recorded.statement)))
    return found


def terms_at(size: int, known: Sequence[Change]) -> Terms | None:
    """The terms that the first `size` entries leave in force; None for an empty tree."""
    found = bisect_right(known, size, key=lambda change: change[0])
    return known[found - 1][1] if found else None
