"""SQL of more than a line stands in .sql files, where its readers find all of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
QUERY = re.compile(r"^\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH|CREATE|ALTER|COPY)\b", re.MULTILINE)


def long_queries(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value.strip()
            if "\n" in text and QUERY.search(text):
                yield f"{path.relative_to(ROOT)}:{node.lineno}"


def test_no_query_of_several_lines_stands_in_python() -> None:
    sources = [path for top in ("ledger", "projections", "api") for path in (ROOT / top).rglob("*.py")]
    assert len(sources) > 200
    assert [found for path in sources for found in long_queries(path)] == []
