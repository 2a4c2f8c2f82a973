"""What an audit says while it runs: how far it is, what is wrong, and how far the log was found sound."""

from dataclasses import dataclass
from typing import Any

# What is wrong with the log as a whole. What is wrong with one entry has the code of the refusal that the
# server would have answered with (`core.refusal`).
ALARMS = {
    "checkpoint-missing": "the log shows no checkpoint",
    "checkpoint-unreadable": "what stands in the checkpoint's place is no checkpoint",
    "checkpoint-unsigned": "a key that has to sign the checkpoint did not",
    "quorum-missing": "too few of the trusted witnesses have cosigned the checkpoint",
    "foreign-log": "it is not the log that the trust file names",
    "rollback": "the log shows fewer entries than before",
    "split-view": "the log signed two histories of which neither continues the other",
    "file-missing": "a file that the checkpoint promises is not there",
    "file-wrong": "a file does not hold what its place in the tree demands",
    "entry-altered": "an entry is not the one whose hash is in the tree",
    "entry-dropped": "an entry whose hash is in the tree is left out",
    "entry-inserted": "an entry stands where the tree has none",
    "entry-moved": "entries stand in another order than their hashes in the tree",
    "wrong-root": "the entries do not make the root that was signed",
    "clock-ahead": "an entry says it was recorded in the future",
    "published-late": "an entry was published late, or says that it was recorded earlier than it was",
    "index-late": "no index statement covered an entry in time",
    "newer-version": "entries of a protocol version that this auditor does not know",
}


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` entries were read and hashed."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something is wrong: in which step, under which code, and from which position of the log on.

    `code` is a key of `ALARMS` or of `core.refusal.CODES`; `position` is None for the log as a whole.
    `notes` are the signed checkpoints that prove it to others.
    """

    step: str
    code: str
    position: int | None
    what: str
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The alarm for programs."""
        value: dict[str, Any] = {"step": self.step, "code": self.code, "what": self.what}
        if self.position is not None:
            value["position"] = self.position
        return value | ({"notes": list(self.notes)} if self.notes else {})


@dataclass(frozen=True, slots=True)
class Looked:
    """The end of one look: the entries read (`size`), and those of them that were `judged` and hold.

    Both are 0 when the look ended before the entries; those of earlier looks may not be the log's any more.
    """

    size: int
    judged: int
    alarms: int

    def to_json(self) -> dict[str, Any]:
        """The result for programs."""
        return {"size": self.size, "judged": self.judged, "alarms": self.alarms}


Event = Progress | Alarm | Looked


class Stopped(Exception):
    """Nothing after this alarm can be checked."""

    def __init__(self, step: str, code: str, position: int | None, what: str, *notes: str) -> None:
        super().__init__(step, code, position, what)
        self.alarm = Alarm(step, code, position, what, notes)
