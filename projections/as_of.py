"""As of when a view is asked for: a position or a time, and what that means for one ledger.

Rows are append-only with a position, so every view as of N is the same view over the rows of the first N
entries.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ledger.core.grammar import is_date, is_recorded_at
from ledger.core.refusal import LedgerError
from projections.dates import days

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?")
_POSITION = re.compile(r"0|[1-9][0-9]{0,17}")


class AsOfUnreadable(LedgerError):
    """The text is neither a position nor a day, month or instant."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"cannot read {text!r} as a moment",
            "give a number of entries (17), a day (2020-02-06), a month (2020-02) or an instant in UTC"
            " (2020-02-06T10:00:00Z)",
        )


class AsOfAhead(LedgerError):
    """The position lies behind the end of the log; often a year was meant."""

    def __init__(self, position: int, logged: int) -> None:
        super().__init__(
            f"{position} is read as a number of entries, and the log has {logged}",
            "for a year name its last month, as 2019-12",
        )


@dataclass(frozen=True, slots=True)
class AsOf:
    """Either `position` (the first N entries), or `time` (entries recorded at or before it), or neither: now.

    `time` is an instant with milliseconds, comparable as text with `recordedAt`.
    """

    position: int | None = None
    time: str | None = None

    @classmethod
    def parse(cls, text: str | None) -> AsOf:
        """Read `17`, `2020-02-06` (its last instant), `2020-02` or `2020-02-06T10:00:00Z`; None is now."""
        if text is None or text == "":
            return cls()
        if _POSITION.fullmatch(text):
            return cls(position=int(text))
        if _DATE.fullmatch(text) and is_date(text):
            return cls(time=f"{days(text)[1]}T23:59:59.999Z")
        instant = f"{text[:-1]}.000Z" if len(text) == 20 else text
        if is_recorded_at(instant):
            return cls(time=instant)
        raise AsOfUnreadable(text)

    @property
    def day(self) -> str | None:
        return self.time[:10] if self.time else None


NOW = AsOf()


@dataclass(frozen=True, slots=True)
class Moment:
    """What an `AsOf` came to: a view shows exactly the entries before `size`.

    `recorded_at` is that of the last of them ("" for none) and `today` the day ages are counted to: the day
    asked for, or else the reader's own. `projected` is how far the views used have come, `logged` the size of
    the log.
    """

    size: int
    recorded_at: str
    today: str
    projected: int
    logged: int
    asked: AsOf
    demo: bool
    notice: str | None = None

    def to_json(self) -> dict[str, object]:
        """How far log and views have come is left out of a moment that was asked for: it was not known then,
        and the same question gets the same bytes for as long as the answer holds.
        """
        come = {"projected": self.projected, "logged": self.logged} if self.asked == NOW else {}
        return {
            "size": self.size,
            "recordedAt": self.recorded_at or None,
            "today": self.today or None,
            **come,
            "clock": "demo" if self.demo else "system",
            **({"notice": self.notice} if self.notice else {}),
        }
