"""The views there are."""

from __future__ import annotations

from projections import checklist, criteria, index, matrix, open_items, registry, search, timeline
from projections.row import View

VIEWS: tuple[View, ...] = (
    registry.TABLE,
    timeline.TABLE,
    matrix.TABLE,
    open_items.TABLE,
    checklist.TABLE,
    criteria.TABLE,
    index.TABLE,
    search.TABLE,
)
BY_NAME: dict[str, View] = {view.name: view for view in VIEWS}
