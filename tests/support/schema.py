"""A database's tables as plain values, for comparing one with another."""

from __future__ import annotations

import psycopg

COLUMNS = """
SELECT c.relname || '.' || a.attname,
       concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid),
                 a.attstorage, a.attcompression, l.collname, a.attidentity, a.attgenerated)
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
LEFT JOIN pg_collation l ON l.oid = a.attcollation
WHERE c.relkind IN ('r', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped
"""
RELATIONS = "SELECT c.relname, concat_ws(' ', c.relkind, c.reloptions) FROM pg_class c WHERE c.relkind <> 't'"
CONSTRAINTS = "SELECT c.conname, pg_get_constraintdef(c.oid) FROM pg_constraint c"
INDEXES = "SELECT c.relname, pg_get_indexdef(c.oid) FROM pg_class c WHERE c.relkind = 'i'"
FUNCTIONS = "SELECT c.proname, pg_get_functiondef(c.oid) FROM pg_proc c WHERE c.prokind = 'f'"
TRIGGERS = "SELECT c.tgname, pg_get_triggerdef(c.oid) FROM pg_trigger c WHERE NOT c.tgisinternal"
OURS = {
    "columns": COLUMNS + " AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'ledger_migration'",
    "relations": RELATIONS
    + " AND c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE 'ledger_migration%'",
    "constraints": CONSTRAINTS
    + " WHERE c.connamespace = 'public'::regnamespace AND c.conname NOT LIKE 'ledger_migration%'",
    "indexes": INDEXES
    + " AND c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE 'ledger_migration%'",
    "functions": FUNCTIONS + " AND c.pronamespace = 'public'::regnamespace",
    "triggers": TRIGGERS,
}


def description(url: str) -> dict[str, list[tuple[str, str]]]:
    """Columns, relations, constraints, indexes, functions and triggers, each by name with its definition."""
    with psycopg.connect(url) as connection:
        return {what: sorted(connection.execute(query).fetchall()) for what, query in OURS.items()}  # type: ignore[call-overload]
