"""The silence board: what is open, one card a request, by those who owe it together, with its clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from projections.dates import days, days_between
from projections.open_items import Addressee, OpenItem


@dataclass(frozen=True, slots=True)
class Clock:
    """Days to the due date on the day looked from: `left` until it, `over` since it; None without one."""

    left: int | None
    over: int | None


@dataclass(frozen=True, slots=True)
class Alike:
    """Addressees of one request who stand alike, by the same statements; `standing` is that of the first."""

    names: tuple[str, ...]
    standing: Addressee


@dataclass(frozen=True, slots=True)
class Owed:
    """One item and by whom it is owed: `names` hold "" where nobody can tell who.

    `standings` are those of its addressees, the silent first; commitments have none. `about` are the names
    that it concerns beside whom it was put to.
    """

    item: OpenItem
    names: tuple[str, ...]
    standings: tuple[Alike, ...]
    about: tuple[str, ...]
    clock: Clock


@dataclass(frozen=True, slots=True)
class Group:
    """Everything that the same parties, factories or groups owe together; `names` are () where nobody can
    tell who.
    """

    names: tuple[str, ...]
    owed: tuple[Owed, ...]

    @property
    def oldest(self) -> int:
        """The age in days of what is oldest."""
        return max(one.item.age.days for one in self.owed)

    @property
    def overdue(self) -> int:
        """How many of these are past their date."""
        return sum(1 for one in self.owed if one.clock.over)


def owed(items: Iterable[OpenItem], today: str, only_open: bool, asked: str | None = None) -> list[Owed]:
    """The items that somebody owes, the longest silence first; with `asked` those that this one owes."""
    found = []
    for item in items:
        names = tuple(name for name, one in _owing(item) if not only_open or _is_open(item, one))
        if asked in names:
            names = (asked,)
        elif asked is not None:
            continue
        if names:
            found.append(_owed(item, names, today, asked))
    return sorted(found, key=lambda one: -one.item.age.days)


def groups(owed: Iterable[Owed]) -> list[Group]:
    """By those who owe the same together, whoever owes most first; each item stands once."""
    found: dict[tuple[str, ...], list[Owed]] = {}
    for one in owed:
        found.setdefault(one.names, []).append(one)
    return _ordered(Group(_known(names), tuple(those)) for names, those in found.items())


def totals(owed: Iterable[Owed]) -> list[Group]:
    """What each one owes, alone or with others, whoever owes most first; those who owe just the same share a
    line.
    """
    by_name: dict[str, list[Owed]] = {}
    for one in owed:
        for name in one.names:
            by_name.setdefault(name, []).append(one)
    alike: dict[tuple[str, ...], list[str]] = {}
    for name, those in by_name.items():
        alike.setdefault(tuple(one.item.shown.id for one in those), []).append(name)
    return _ordered(Group(_known(names), tuple(by_name[names[0]])) for names in alike.values())


def _ordered(groups: Iterable[Group]) -> list[Group]:
    return sorted(groups, key=lambda group: (-len(group.owed), -group.oldest, group.names))


def _known(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name)


def _owed(item: OpenItem, names: tuple[str, ...], today: str, asked: str | None) -> Owed:
    shown = [one for one in item.addressees if asked in (None, one.standing.addressee)]
    return Owed(item, names, tuple(alike(shown)), _about(item), clock(item, today))


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


def alike(addressees: Iterable[Addressee]) -> list[Alike]:
    """The addressees of one request by how they stand, the silent first."""
    found: dict[tuple[str, tuple[str, ...]], list[Addressee]] = {}
    for one in addressees:
        found.setdefault((one.words, tuple(one.standing.by)), []).append(one)
    groups = [Alike(tuple(one.standing.addressee for one in those), those[0]) for those in found.values()]
    return sorted(groups, key=lambda one: one.standing.settled)


def _about(item: OpenItem) -> tuple[str, ...]:
    """Factories first, also those that were asked; parties only where they were not."""
    addressed = {
        name if ":" in name else f"party:{name}" for name in (name for name, _ in _owing(item)) if name
    }
    subjects = item.shown.subjects
    factories = [name for name in subjects if name.startswith("factory:")]
    parties = [name for name in subjects if name.startswith("party:") and name not in addressed]
    return (*factories, *parties)


def clock(item: OpenItem, today: str) -> Clock:
    """The last day that the due date may mean, against the day looked from."""
    if not item.due.now or not today:
        return Clock(None, None)
    last = days(item.due.now)[1]
    if last >= today:
        return Clock(days_between(today, last), None)
    return Clock(None, days_between(last, today))
