"""What every view is made of: a table, a pure function from one recorded statement to rows, and COPY text for
them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Final

from psycopg import sql

from ledger.core.statement import Recorded

NULL: Final = "\\N"
"""SQL's NULL as COPY text writes it."""

Row = tuple[int | str, ...]
"""Column values in the table's order; the first is always the position of the entry the row comes from."""


@dataclass(frozen=True, slots=True)
class Tracked:
    """What is kept up with the log, under its name in the tracking table.

    `version` is raised whenever what is kept changes; what is stored in another version has to be rebuilt.
    """

    name: str
    version: int


@dataclass(frozen=True, slots=True)
class View(Tracked):
    """One projection: `rows` sees one entry and nothing else, so a row can be recomputed and compared at any
    time. Its version is that of `rows` and the SQL.
    """

    columns: tuple[str, ...]
    rows: Callable[[Recorded], Sequence[Row]]

    @property
    def table(self) -> str:
        return f"view_{self.name}"

    @property
    def column_identifiers(self) -> sql.Composed:
        return sql.SQL(", ").join(map(sql.Identifier, self.columns))

    def statements(self) -> tuple[str, list[str]]:
        """(CREATE TABLE, [CREATE INDEX, ...]) from sql/<name>.sql; indexes apart, as a rebuild makes them
        last.
        """
        parts = [part.strip() for part in read_sql(f"{self.name}.sql").split(";") if part.strip()]
        return parts[0], parts[1:]


def read_sql(name: str) -> str:
    """The text of projections/sql/<name> without its comment lines."""
    text = (resources.files("projections") / "sql" / name).read_text(encoding="utf-8")
    return "\n".join(line for line in text.splitlines() if not line.startswith("--"))


def reference_rows(recorded: Recorded, rels: frozenset[str]) -> list[Row]:
    """(position, statement_id, key, rel) of each local reference in `rels`; key is the target's id."""
    statement = recorded.statement
    return [
        (recorded.index, statement.id, ref.id, ref.rel)
        for ref in statement.refs
        if ref.rel in rels and ref.ledger is None
    ]


def copy_lines(rows: Sequence[Row]) -> list[str]:
    """One line of COPY text format per row, without the newline (PostgreSQL manual, COPY, "Text Format").

    The same lines come back from COPY TO for the column types in use (bigint, text), so stored and recomputed
    rows are compared as lines. Formatting a whole row at once is several times faster than value by value;
    the values are bound by grammars without tabs, newlines and backslashes, and should one hold any, its
    batch is escaped.
    """
    if not rows:
        return []
    template = "\t".join(["%s"] * len(rows[0]))
    lines = [template % row for row in rows]
    text = "".join(lines).encode(errors="surrogatepass")
    tabs = len(lines) * (len(rows[0]) - 1)
    plain = (
        text.count(b"\t") == tabs
        and text.count(b"\\") == text.count(b"\t\\N")
        and len(text.translate(None, _CONTROLS)) == len(text)
    )
    return lines if plain else ["\t".join(map(_escaped, row)) for row in rows]


def _escaped(value: int | str) -> str:
    if isinstance(value, int) or value == NULL:
        return str(value)
    return value.translate(_ESCAPES)


_CONTROLS = bytes({*range(0x20)} - {0x09})
_ESCAPES = str.maketrans(
    {"\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"}
)
