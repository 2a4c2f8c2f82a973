"""The silence board: what is open, by whoever owes an answer or a deed, with its clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from projections.dates import days, days_between
from projections.open_items import Addressee, OpenItem


@dataclass(frozen=True, slots=True)
class Clock:
    """Days to the due date on the day looked from: `left` until it, `over` since it; None without one."""

    left: int | None
    over: int | None


@dataclass(frozen=True, slots=True)
class Owed:
    """One item under one of those who owe it; `standing` is None for commitments."""

    item: OpenItem
    standing: Addressee | None
    clock: Clock


@dataclass(frozen=True, slots=True)
class Group:
    """Everything that one party, factory or group owes; `name` is "" where nobody can tell who."""

    name: str
    owed: tuple[Owed, ...]

    @property
    def oldest(self) -> int:
        """The age in days of what is oldest."""
        return max(one.item.age.days for one in self.owed)


def groups(items: Iterable[OpenItem], today: str, only_open: bool) -> list[Group]:
    """By whoever owes it, the longest silence first. An item owed by several stands under each of them."""
    found: dict[str, list[Owed]] = {}
    for item in items:
        for name, standing in _owing(item):
            if not only_open or _is_open(item, standing):
                found.setdefault(name, []).append(Owed(item, standing, clock(item, today)))
    made = [Group(name, tuple(owed)) for name, owed in found.items()]
    return sorted(made, key=lambda group: (-group.oldest, -len(group.owed), group.name))


def _owing(item: OpenItem) -> list[tuple[str, Addressee | None]]:
    if item.addressees:
        return [(one.standing.addressee, one) for one in item.addressees]
    actor = item.content.get("actor")
    return [(actor if isinstance(actor, str) else "", None)]


def _is_open(item: OpenItem, standing: Addressee | None) -> bool:
    """Whether this one still owes it, whatever the others did."""
    if not item.open:
        return False
    return standing is None or not standing.settled


def clock(item: OpenItem, today: str) -> Clock:
    """The last day that the due date may mean, against the day looked from."""
    if not item.due.now or not today:
        return Clock(None, None)
    last = days(item.due.now)[1]
    if last >= today:
        return Clock(days_between(today, last), None)
    return Clock(None, days_between(last, today))
