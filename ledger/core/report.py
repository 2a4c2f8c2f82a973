"""Reports: what a verification found, in numbered steps with a grade each, never one green tick."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from .refusal import Refusal

HELD, FAILED, UNREADABLE, UNCHECKED, UNVERIFIED = "held", "failed", "unreadable", "unchecked", "unverified"
_EXIT = {UNREADABLE: 2, FAILED: 1, UNVERIFIED: 3}
_GRAVEST_FIRST = (UNREADABLE, FAILED, UNVERIFIED, UNCHECKED)
# Of another ledger than the one trusted; of another that has its name; the same, signed by its key.
FOREIGN, NAMESAKE, SPLIT_VIEW = "foreign", "namesake", "split-view"
# Too few cosignatures: a file of another ledger has hardly any of one's own witnesses.
UNWITNESSED = "unwitnessed"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: a grade, one line that says what was seen, and numbers where things were counted.

    Grades: `held`; `failed`; `unreadable` (the file, so nothing after it was tried); `unchecked` (what it
    needs is not at hand); `unverified` (no trust root was given). `cause` is why it failed, where that may
    follow from the file being of another ledger than the reader trusts: `foreign`, `namesake`, `unwitnessed`.
    """

    grade: str
    detail: str
    counts: Mapping[str, int] = field(default_factory=dict)
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a verification: its number and name, and what was found (see `Finding`)."""

    number: int
    name: str
    grade: str
    detail: str
    counts: Mapping[str, int] = field(default_factory=dict)
    cause: str = ""

    def to_json(self) -> dict[str, Any]:
        """The step for programs; `counts` only where things were counted."""
        value: dict[str, Any] = {
            "number": self.number,
            "name": self.name,
            "grade": self.grade,
            "detail": self.detail,
        }
        return value | ({"counts": dict(self.counts)} if self.counts else {})


@dataclass(frozen=True, slots=True)
class Report:
    """The steps of a verification and what they amount to."""

    steps: tuple[Step, ...]
    verdict: str

    @property
    def exit_code(self) -> int:
        """0 all held or unchecked, 1 something failed, 2 unreadable, 3 trust root unverified."""
        grades = {step.grade for step in self.steps}
        return next((code for grade, code in _EXIT.items() if grade in grades), 0)

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    @property
    def outcome(self) -> str:
        """What the steps amount to: the gravest grade, or what the file has to do with the ledger trusted.

        `split-view`: its tree begins otherwise than that of the ledger trusted, and a trusted key has signed
        it. `namesake`: it names the ledger trusted and begins otherwise. `foreign`: it names another, and
        nobody signed it in the name of the one trusted. The last two only where nothing else failed.
        """
        grades = {step.name: step.grade for step in self.steps}
        causes = {step.name: step.cause for step in self.steps if step.grade == FAILED}
        root, head = causes.get("trust root"), causes.get("checkpoint")
        if root == NAMESAKE and grades.get("inclusion") == grades.get("checkpoint") == HELD:
            return SPLIT_VIEW
        if root == NAMESAKE and all(cause or name == "checkpoint" for name, cause in causes.items()):
            return NAMESAKE
        if root == head == FOREIGN and all(causes.values()):
            return FOREIGN
        return next((grade for grade in _GRAVEST_FIRST if grade in grades.values()), HELD)

    def step(self, name: str) -> Step:
        """The step of that name."""
        return next(step for step in self.steps if step.name == name)

    def to_json(self) -> dict[str, Any]:
        """The report for programs."""
        steps = [step.to_json() for step in self.steps]
        known = {"verdict": self.verdict, "outcome": self.outcome, "exitCode": self.exit_code}
        return known | {"steps": steps}


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Check(Generic[T]):
    """A check that a verification takes as one of its steps; `judge` may raise `Refusal`, which fails it."""

    number: int
    name: str
    judge: Callable[[T], Finding]


def take(checks: Sequence[Check[T]], subject: T) -> tuple[Step, ...]:
    """The steps, in order; the first that finds the subject unreadable is the last."""
    steps = []
    for check in checks:
        try:
            found = check.judge(subject)
        except Refusal as refusal:
            found = Finding(FAILED, f"{refusal.code}: {refusal.what}")
        steps.append(Step(check.number, check.name, found.grade, found.detail, found.counts, found.cause))
        if found.grade == UNREADABLE:
            break
    return tuple(steps)
