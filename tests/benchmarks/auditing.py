"""`python -m tests.benchmarks.auditing`: an audit from public files beside bare signature verification.

Two logs: one whose statements have one signature each, and one in which every second statement is signed by
four issuers together, which is how the 2019 case comes to two and a half signatures an entry. Rounds of the
bare loop and of the audit alternate, both on two cores; the audit is the command `evidence-verify audit` from
its start: reading files, judging, every rule, index roots. What counts is the ratio of signatures a second.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from ledger.core.entry import encode_entry
from ledger.core.merkle import leaf_hash
from ledger.core.receipt import format_trust
from ledger.core.statement import read_recorded
from tests.support.builder import OPERATOR_DEVICE, Log, Signed
from tests.support.dishonest import write_files
from tests.support.public_files import publish, trust_of

from . import machine
from .__main__ import verify_loop
from .load import CannotMeasure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

AUTHORS = ("aaf", "cir", "clw", "sos")
FACTORIES = 50
TEXT = "What the workers of one line say about the training that they were given before they started. " * 2
INDEXED = 1_000  # entries from one index statement to the next
ONE, CASE = "one signature an entry", "2.5 signatures an entry, as in the 2019 case"


@dataclass
class Sample:
    """A log's public files below `log`, its trust file, and how many signatures and entries it has."""

    folder: Path
    signatures: int
    entries: int


def make(folder: Path, entries: int, together: bool) -> Sample:
    """A log of that many entries, every second statement signed by all authors when `together`."""
    log = Log.opened("demo")  # its clock says nothing about today, so nothing is ever late
    for slug in AUTHORS:
        log.register(slug)
    for number in range(FACTORIES):
        log.factory(f"works-{number}")
    log.document("clw", about=["factory:works-0"])
    drafted = drafts(log, entries, together)
    while len(log.entries) < entries:
        append(log, next(drafted) if len(log.entries) % INDEXED else index_statement(log))
    write_files(publish(log.entries), folder / "log")
    (folder / "trust.json").write_text(format_trust(trust_of(log)))
    return Sample(folder, sum(len(one.key_ids) for one in log.recorded), len(log.entries))


def index_statement(log: Log) -> Signed:
    """The index over all entries so far."""
    claim = log.state.index_head(log.state.size).to_claim()
    return log.draft("IndexPublished", "operator", claim=claim, signers=[OPERATOR_DEVICE])


def append(log: Log, signed: Signed) -> None:
    """Append without deciding: that is for the audit."""
    entry = encode_entry(signed.envelope, log.time_of(signed.statement))
    recorded = read_recorded(len(log.entries), entry)
    log.state.apply(recorded, leaf_hash(entry))
    log.entries.append(entry)
    log.recorded.append(recorded)


def drafts(log: Log, count: int, together: bool) -> Iterator[Signed]:
    """Signed statements, made on both cores, some thousand at a time."""
    # A copy that has what is referred to, and not the entries that are appended meanwhile.
    scene = deepcopy(log)
    with ProcessPoolExecutor(2) as pool:
        jobs = [(scene, first, min(2_000, count - first), together) for first in range(0, count, 2_000)]
        for part in pool.map(_some, jobs):
            yield from part


def _some(job: tuple[Log, int, int, bool]) -> list[Signed]:
    log, first, count, together = job
    log._salts = first * 2 + 1_000_000  # equal salts make equal digests, which a ledger takes once
    return [_draft(log, number, together) for number in range(first, first + count)]


def _draft(log: Log, number: int, together: bool) -> Signed:
    return log.draft(
        "AllegationMade",
        AUTHORS if together and number % 2 else AUTHORS[number % len(AUTHORS)],
        about=[f"factory:works-{number % FACTORIES}"],
        claim={"issue": "osh/pre-job-training", "period": "2025"},
        hidden={"text": {"lang": "en", "text": f"{number}: {TEXT}"}},
        refs=[("basedOn", log.recorded[-1])],
        occurred="2025-06/2025-10",
    )


def audit(sample: Sample) -> None:
    """Audit the whole log by the command that everybody has, started anew."""
    command = [sys.executable, "-m", "ledger.verifier.command", "audit", sample.folder / "log", "--json"]
    ran = subprocess.run([*command, "--trust", sample.folder / "trust.json"], capture_output=True, text=True)
    if ran.returncode or json.loads(ran.stdout)["judged"] != sample.entries:
        raise CannotMeasure(f"the log is not sound: {ran.stdout[:500]}{ran.stderr[:500]}")


class Clocks:
    """Seconds by the wall, and seconds of processors that this process and those it has waited for used."""

    def __init__(self) -> None:
        self._wall, self._processors = perf_counter(), processors()

    @property
    def wall(self) -> float:
        return perf_counter() - self._wall

    @property
    def processors(self) -> float:
        return processors() - self._processors


def processors() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def measure(folder: Path, add: Callable[[str, float], None], rounds: int, entries: int) -> None:
    """A value a round: the bare loop, and for both logs how an audit compares with it.

    By the wall, which others on the machine disturb; and by processor time, which they disturb little, and
    which is what the wall shows where both cores are free and always busy.
    """
    samples = {
        ONE: make(folder / "one", entries, together=False),
        CASE: make(folder / "case", entries, together=True),
    }
    for _ in range(rounds):
        for name, sample in samples.items():
            clocks = Clocks()
            bare = verify_loop()
            bare_by_processor = bare * clocks.wall / clocks.processors
            clocks = Clocks()
            audit(sample)
            rate, by_processor = sample.signatures / clocks.wall, sample.signatures / clocks.processors
            add(f"bare loop beside {name}: signatures/s", bare)
            add(f"{name}: entries/s", sample.entries / clocks.wall)
            add(f"{name}: signatures/s", rate)
            add(f"{name}: of the bare loop", rate / bare)
            add(f"{name}: of the bare loop, by processor time", by_processor / bare_by_processor)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.auditing", description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    figures: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="evidence-bench-") as name:
        measure(
            Path(name),
            lambda label, value: figures.setdefault(label, []).append(value),
            options.rounds,
            options.entries,
        )
    here = machine.describe()
    print(f"{here['processor']}, {here['cores']} cores, Python {here['python']}, {options.entries:,} entries")
    for label, values in figures.items():
        places = 0 if label.endswith("/s") else 2
        shown = [f"{value:,.{places}f}" for value in (median(values), *values)]
        print(f"{label:84} {shown[0]:>8}   ({', '.join(shown[1:])})")


if __name__ == "__main__":
    main()
