"""SQL statements by name, read once from a `.sql` file."""

from __future__ import annotations

import re
from pathlib import Path

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


def named_statements(path: Path) -> dict[str, bytes]:
    """The statements of a file in which each follows a line `-- name: <name>`."""
    parts = _NAME.split(path.read_text(encoding="utf-8"))
    found = dict(zip(parts[1::2], (_bare(text) for text in parts[2::2]), strict=True))
    assert len(found) == len(parts) // 2, f"{path} names a statement twice"
    return found


def _bare(text: str) -> bytes:
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("--"))
    return "\n".join(lines).strip().rstrip(";").encode()
