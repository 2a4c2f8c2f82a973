"""Running an audit, once or again and again: what `evidence audit` and `evidence-verify audit` share."""

import argparse
import gc
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..core.checkpoint import parse as parse_checkpoint
from ..core.grammar import format_recorded_at
from ..core.note import split_note
from ..core.receipt import Trust
from ..core.refusal import LedgerError, Refusal
from ..core.tiles import CHECKPOINT_PATH, LogFiles
from ..core.visible import visible, visible_json, visible_line
from .audit import Auditor
from .audit_events import ALARMS, Alarm, Looked, Progress
from .audit_files import FilesUnreachable, ReadAhead, log_files, read_kept, write_kept
from .audit_judging import Judging, JudgingElsewhere, JudgingHere
from .files import read_trust

FEW_ENTRIES = 2_000  # fewer are judged before another process has started
EVERY = 60.0  # seconds between two looks of a watch
LONGEST_WAIT = 366 * 86_400.0  # seconds
SAVE_SECONDS = 10.0  # of work that an interruption may cost

ShowProgress = Callable[[int, int], None]
"""show(done, total), in entries."""


@dataclass(frozen=True, slots=True)
class Result:
    """One look: the log's size, how many entries hold, all alarms, and which of them are `fresh`.

    The others stood at the look before, and are standing.
    """

    looked: Looked
    alarms: tuple[Alarm, ...]
    fresh: tuple[Alarm, ...]

    @property
    def exit_code(self) -> int:
        """0 everything held, 1 there were alarms."""
        return 1 if self.alarms else 0

    def to_json(self) -> dict[str, Any]:
        """The result for programs; an alarm that is not fresh says so."""
        standing = {"standing": True}
        alarms = [alarm.to_json() | ({} if alarm in self.fresh else standing) for alarm in self.alarms]
        return {
            "size": self.looked.size,
            "judged": self.looked.judged,
            "exitCode": self.exit_code,
            "alarms": alarms,
        }


@dataclass(slots=True)
class Audit:
    """An audit of the files at `files`, with its state in the file `state`, if any."""

    files: LogFiles
    auditor: Auditor
    state: Path | None
    saved: float = field(default_factory=time.monotonic)

    def look(self, show: ShowProgress) -> Result:
        """One look; the state is saved at its end, and on the way. Raises `FilesUnreachable`."""
        alarms: list[Alarm] = []
        looked = Looked(0, 0, 0)
        try:
            for event in self.auditor.look(self.files, _now()):
                match event:
                    case Progress(done, total):
                        show(done, total)
                        self._save_now_and_then()
                    case Alarm():
                        alarms.append(event)
                    case Looked():
                        looked = event
        finally:
            self._save()
        return Result(looked, tuple(alarms), tuple(alarms))

    def watch(self, every: float, show: ShowProgress) -> Iterator[Result | FilesUnreachable]:
        """Look again and again, `every` so many seconds; an alarm that goes on is fresh once."""
        known: set[Alarm] = set()
        while True:
            started = time.monotonic()
            try:
                result = self.look(show)
                fresh = tuple(alarm for alarm in result.alarms if alarm not in known)
                # What stops and comes again is said again.
                known = set(result.alarms)
                yield Result(result.looked, result.alarms, fresh)
            except FilesUnreachable as error:
                yield error
            time.sleep(max(0.0, every - (time.monotonic() - started)))

    def _save_now_and_then(self) -> None:
        if time.monotonic() - self.saved > SAVE_SECONDS:
            self._save()

    def _save(self) -> None:
        if self.state is not None:
            write_kept(self.state, self.auditor.kept)
        self.saved = time.monotonic()


@dataclass(frozen=True, slots=True)
class Order:
    """What an audit is asked to do: `place` is a folder or address, `every` in seconds, None to look once."""

    place: str
    trust: Trust
    state: Path | None
    every: float | None
    as_json: bool


def run(order: Order, show: ShowProgress) -> int:
    """Audit and print; returns the exit code: 0 everything held, 1 there were alarms.

    Raises `Unreadable` and `FilesUnreachable`. A watch goes on until it is interrupted.
    """
    _collect_seldom()
    kept = read_kept(order.state, order.trust)
    with closing(ReadAhead(log_files(order.place))) as files, judging_for(files) as judging:
        audit = Audit(files, Auditor(order.trust, kept, judging), order.state)
        return _once(audit, order, show) if order.every is None else _watch(audit, order.every, order, show)


def _collect_seldom() -> None:
    """What a replay holds lives long and makes hardly any cycles, so looking for them is mostly time lost."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _once(audit: Audit, order: Order, show: ShowProgress) -> int:
    result = audit.look(show)
    if order.as_json:
        say(visible_json(json.dumps(result.to_json(), ensure_ascii=False, indent=2)))
    else:
        say("\n".join(lines(result)))
    return result.exit_code


def _watch(audit: Audit, every: float, order: Order, show: ShowProgress) -> int:
    code = 0
    try:
        for result in audit.watch(every, show):
            code = max(code, result.exit_code if isinstance(result, Result) else 0)
            say(visible_json(event_json(result)) if order.as_json else "\n".join(watch_lines(result)))
    except KeyboardInterrupt:  # how a watch ends
        return code
    raise AssertionError("a watch ends when it is interrupted")


def judging_for(files: LogFiles) -> AbstractContextManager[Judging]:
    """Other processes for a long log, this one for a short one."""
    cores = os.cpu_count() or 1
    if cores < 2 or _size(files) < FEW_ENTRIES:
        return nullcontext(JudgingHere())
    return JudgingElsewhere(cores)


def _size(files: LogFiles) -> int:
    """What the checkpoint says of itself, nothing verified."""
    try:
        return parse_checkpoint(split_note((files.read(CHECKPOINT_PATH) or b"").decode("utf-8"))[0]).size
    except (Refusal, UnicodeDecodeError):
        return 0


def lines(result: Result) -> Iterator[str]:
    """The result in words: each alarm, then what it comes to."""
    yield from map(alarm_line, result.alarms)
    size, judged, count = result.looked.size, result.looked.judged, len(result.alarms)
    if not count:
        yield f"{size} entries audited: each follows the rules, together they make the signed checkpoint."
    elif not size:
        yield f"no entries read; alarms: {count}."
    else:
        part = f"the first {judged} of them follow" if judged < size else "each of them follows"
        yield f"{size} entries read, {part} the rules; alarms: {count}."


def alarm_line(alarm: Alarm) -> str:
    """An alarm in one line."""
    place = "" if alarm.position is None else f" entry {alarm.position}:"
    title = ALARMS.get(alarm.code, "")
    return f"ALARM {alarm.step} {alarm.code}{place} {title + ': ' if title else ''}{alarm.what}"


def event_json(result: Result | FilesUnreachable) -> str:
    """One line of JSON for one look of a watch."""
    at: dict[str, Any] = {"at": format_recorded_at(_now())}
    more = {"unreachable": result.what} if isinstance(result, FilesUnreachable) else result.to_json()
    return json.dumps(at | more, ensure_ascii=False)


def watch_lines(result: Result | FilesUnreachable) -> Iterator[str]:
    """One look of a watch in words: each fresh alarm, then how the log stands."""
    at = format_recorded_at(_now())[:19] + "Z"
    if isinstance(result, FilesUnreachable):
        yield f"{at} unreachable: {result.what}"
        return
    for alarm in result.fresh:
        yield f"{at} {alarm_line(alarm)}"
    yield f"{at} {_standing(result)}"


def _standing(result: Result) -> str:
    size, judged, count = result.looked.size, result.looked.judged, len(result.alarms)
    if not count:
        return f"{size} entries"
    read = f"{size} entries, {judged} hold" if size else "no entries read"
    return f"{read}, alarms standing: {count}"


def _now() -> int:
    return time.time_ns() // 1_000_000


def say(text: str) -> None:
    """Standard output, at once: a watch is read while it runs."""
    sys.stdout.write(visible(text) + "\n")
    sys.stdout.flush()


# --- evidence-verify audit ----------------------------------------------------------------


def main(arguments: Sequence[str]) -> int:
    """The command line `evidence-verify audit ...`; returns the exit code, 2 for what cannot be read."""
    options = parser("evidence-verify audit").parse_args(arguments)
    try:
        every = options.every if options.watch else None
        order = Order(options.place, read_trust(options.trust), options.state, every, options.json)
        return run(order, _show)
    except LedgerError as error:
        sys.stderr.write(f"evidence-verify: {visible_line(error.what)} - {error.mend}\n")
        return 2


def parser(name: str) -> argparse.ArgumentParser:
    """The options of `audit`."""
    made = argparse.ArgumentParser(
        name,
        description="Audit a public log: decide every entry again, from the files that anyone can fetch.",
        epilog="Exit codes: 0 everything held, 1 there were alarms, 2 something could not be read.",
    )
    made.add_argument("place", metavar="URL|DIR", help="where the log's public files lie")
    made.add_argument("--trust", type=Path, metavar="FILE", required=True, help="the ledger you trust")
    made.add_argument("--state", type=Path, metavar="FILE", help="what is kept from one audit to the next")
    made.add_argument("--watch", action="store_true", help="look again and again until interrupted")
    made.add_argument(
        "--every", type=seconds, default=EVERY, metavar="SECONDS", help="time between two looks"
    )
    made.add_argument("--json", action="store_true", help="print JSON for programs, in a watch a line a look")
    return made


def is_wait(value: float) -> bool:
    """Whether a watch can wait so many seconds: it rests between two looks, and looks again."""
    return 0 < value <= LONGEST_WAIT


def seconds(text: str) -> float:
    """A time to wait. Raises ValueError."""
    value = float(text)
    if not is_wait(value):
        raise ValueError(f"{text} is no time to wait")
    return value


def _show(done: int, total: int) -> None:
    """Progress for somebody who watches."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done} of {total} entries" + ("\n" if done == total else ""))
        sys.stderr.flush()
