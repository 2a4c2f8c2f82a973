"""What the tables of `ledger.core.kinds` say to whoever makes statements of drafts, as plain JSON.

`api.drafts.build` reads the tables themselves; the scripts of the pages, which take the same steps in a
browser, are given this.
"""

from __future__ import annotations

from typing import Any

from api.drafts.build import CLOSED_KINDS
from api.drafts.claim import DUE_ONLY
from api.drafts.resolver import CREATING
from ledger.core.kinds import HIDDEN, KINDS, Kind, Row


def tables_of(kind: str) -> dict[str, Any]:
    """The tables of one kind; KeyError for an unknown one.

    `rows` in the order of `ledger.core.kinds`, each with the JSON Schema of its resolved form; `leaves` says
    that a member is always a disclosure; `hiddenInSet` are the members that leave an amendment's `set`.
    """
    table = KINDS[kind]
    shown: dict[str, Any] = {
        "kind": table.name,
        "events": dict(table.events),
        "closed": table.name in CLOSED_KINDS,
        "creating": sorted(CREATING.intersection(table.events)),
        "rows": [_row(row) for row in table.rows],
        "refs": [
            {"rel": rule.rel, "targets": sorted(rule.targets), "events": _events(rule.events)}
            for rule in table.ref_rules
        ],
    }
    return shown | ({"hiddenInSet": _hidden()} if table.name == "amendment" else {})


def _row(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "leaves": row.presence == HIDDEN or row.name in DUE_ONLY,
        "events": _events(row.events),
        "public": row.public,
        "schema": row.type.resolved.schema,
    }


def _events(events: frozenset[str] | None) -> list[str] | None:
    return None if events is None else sorted(events)


def _hidden() -> list[str]:
    return sorted({name for kind in KINDS.values() for name in _disclosures_only(kind)})


def _disclosures_only(kind: Kind) -> frozenset[str]:
    return frozenset(row.name for row in kind.rows if row.name in kind.disclosures_only)
