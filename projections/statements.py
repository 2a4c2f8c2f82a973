"""SQL statements by name, read once from `sql/<name>.sql`, in which each follows a line `-- name: <name>`."""

from __future__ import annotations

import re
from importlib import resources

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


def statements(name: str) -> dict[str, str]:
    """The statements of projections/sql/<name>.sql, without comments; `%` stands as psycopg wants it."""
    text = (resources.files("projections") / "sql" / f"{name}.sql").read_text(encoding="utf-8")
    parts = _NAME.split(text)
    found = dict(zip(parts[1::2], map(_bare, parts[2::2]), strict=True))
    assert len(found) == len(parts) // 2, f"{name}.sql names a statement twice"
    return found


def _bare(text: str) -> str:
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("--"))
    return "\n".join(lines).strip().rstrip(";")
