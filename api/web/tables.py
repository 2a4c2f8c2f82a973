"""Tables that stand as cards on a narrow screen: every cell then says which column it is of."""

from __future__ import annotations

import re
from typing import Final

from markupsafe import Markup, escape

_HEAD: Final = re.compile(r"<thead>.*?</thead>", re.DOTALL)
_COLUMN: Final = re.compile(r"<th\b[^>]*>(.*?)</th>", re.DOTALL)
_CELL: Final = re.compile(r"<(tr|th|td)\b([^>]*)>")


def stacked(table: Markup) -> Markup:
    """`table` with the column's heading in `data-label` of each cell, from its only `thead`.

    A cell that reaches over several columns has none: it says itself what it is.
    """
    text = str(table)
    head = _HEAD.search(text)
    assert head is not None, "a table that is stacked says in its head what its columns are"
    labels = [Markup(one).striptags() for one in _COLUMN.findall(head[0])]  # noqa: S704
    body = _Body(labels)
    made = _CELL.sub(body.labelled, text[head.end() :])
    return Markup(text[: head.end()] + made)  # noqa: S704  (labels are escaped, the rest was markup)


class _Body:
    """Counts the columns of the rows behind a head."""

    def __init__(self, labels: list[str]) -> None:
        self._labels, self._column = labels, 0

    def labelled(self, tag: re.Match[str]) -> str:
        name, attributes = tag.groups()
        if name == "tr":
            self._column = 0
            return tag[0]
        if "colspan" in attributes:
            return tag[0]
        self._column += 1
        if name == "th":
            return tag[0]
        return f'<td{attributes} data-label="{escape(self._labels[self._column - 1])}">'
