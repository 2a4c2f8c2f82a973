"""The ledger itself: entry 0, what it bound for ever, and the keys of the two parties it introduced."""

from dataclasses import dataclass, replace

from ...core.statement import Recorded, Statement
from ..record_map import RecordMap
from .base import Aggregate
from .keys import Key, new_keys
from .records import record_of


@dataclass(frozen=True, slots=True)
class LedgerMain(Aggregate):
    """Fold of `ledger:main`. `genesis` is the id of entry 0; `clock` is `system` or `demo`; `keys` by
    key id; `log_keys` are the verifier keys that sign checkpoints now.
    """

    genesis: str
    origin: str
    clock: str
    keys: RecordMap[Key]
    log_keys: tuple[str, ...]


def evolve_ledger(ledger: LedgerMain | None, recorded: Recorded) -> LedgerMain:
    """Fold LedgerOpened or LedgerAmended."""
    statement, record = recorded.statement, record_of(recorded)
    if ledger is not None:
        log_keys = _log_keys(statement) if statement.event == "LedgerAmended" else ()
        return replace(
            ledger,
            version=ledger.version + 1,
            records=ledger.records.adding(record.id, record),
            log_keys=log_keys or ledger.log_keys,
        )
    keys = RecordMap[Key]()
    for key in new_keys(statement, recorded.index):
        keys = keys.adding(key.id, key)
    records = RecordMap.of(record.id, record)
    clock = statement.claim["clock"]
    return LedgerMain(1, records, statement.id, statement.origin, clock, keys, _log_keys(statement))


def _log_keys(statement: Statement) -> tuple[str, ...]:
    return tuple(statement.claim.get("logKeys", ()))
