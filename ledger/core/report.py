"""Reports: what a verification found, in numbered steps with a grade each, never one green tick."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from .refusal import Refusal

HELD, FAILED, UNREADABLE, UNCHECKED, UNVERIFIED = "held", "failed", "unreadable", "unchecked", "unverified"
_EXIT = {UNREADABLE: 2, FAILED: 1, UNVERIFIED: 3}
# The steps that hold a file against what the trust file names.
_OF_THE_TRUST_FILE = frozenset({"trust root", "checkpoint", "witnesses"})


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: a grade, one line that says what was seen, and numbers where things were counted.

    Grades: `held`; `failed`; `unreadable` (the file, so nothing after it was tried); `unchecked` (what it
    needs is not at hand); `unverified` (no trust root was given). `foreign` says that it failed because the
    file is of another ledger than the reader trusts.
    """

    grade: str
    detail: str
    counts: Mapping[str, int] = field(default_factory=dict)
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a verification: its number and name, and what was found (see `Finding`)."""

    number: int
    name: str
    grade: str
    detail: str
    counts: Mapping[str, int] = field(default_factory=dict)
    foreign: bool = False

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
    def is_foreign(self) -> bool:
        """Whether nothing failed but what follows from the file being of another ledger than is trusted."""
        failed = {step.name for step in self.steps if step.grade == FAILED}
        return any(step.foreign for step in self.steps) and failed <= _OF_THE_TRUST_FILE

    def step(self, name: str) -> Step:
        """The step of that name."""
        return next(step for step in self.steps if step.name == name)

    def to_json(self) -> dict[str, Any]:
        """The report for programs."""
        steps = [step.to_json() for step in self.steps]
        return {"verdict": self.verdict, "exitCode": self.exit_code, "steps": steps}


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
        steps.append(Step(check.number, check.name, found.grade, found.detail, found.counts, found.foreign))
        if found.grade == UNREADABLE:
            break
    return tuple(steps)
