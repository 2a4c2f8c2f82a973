"""`python -m tests.benchmarks.verifying`: verifying a long bundle beside bare signature verification.

A factory with one allegation after the other in one bundle: each signed by one of four authors, and then with
every second one signed by all four, which is how the 2019 case comes to two and a half signatures an entry.
Rounds of the bare loop, on two cores, and of `evidence-verify`, from its start, alternate. What counts is the
ratio of signatures a second. Then the sizes of proofs in growing logs, which have to grow as their logarithm.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from functools import cached_property
from math import log2
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from ledger.bundles import prepare
from ledger.core.bundle import parse_bundle
from ledger.core.index import KeyProof
from ledger.core.merkle import Frontier, TileReader, inclusion_proof, leaf_hash
from ledger.core.receipt import format_trust
from tests.support.builder import Log
from tests.support.bundles import MemorySource, checkpoint, trust

from . import machine
from .__main__ import verify_loop
from .auditing import AUTHORS, CASE, ONE, TEXT, Clocks, append, index_statement
from .load import CannotMeasure

if TYPE_CHECKING:
    from collections.abc import Sequence

FACTORY = "factory:works"
SIZES = (100, 1_000, 10_000, 100_000, 1_000_000)


class Source(MemorySource):
    """The same, with what a database has at hand kept instead of computed again."""

    @cached_property
    def leaves(self) -> list[bytes]:
        return [leaf_hash(entry) for entry in self.log.entries]

    @cached_property
    def nodes(self) -> dict[int, list[bytes]]:
        widths = {level: 1 << level for level in (8, 16, 24)}
        return {
            level: [
                Frontier().append(self.leaves[at : at + width]).frontier.root()
                for at in range(0, len(self.leaves) // width * width, width)
            ]
            for level, width in widths.items()
        } | {0: self.leaves}

    def node(self, level: int, first: int, count: int) -> Sequence[bytes]:
        return self.nodes[level][first : first + count]

    def prove(self, keys: Sequence[str], size: int) -> Sequence[KeyProof]:
        return super().prove(keys, size) if keys else []


def make(folder: Path, entries: int, together: bool) -> int:
    """Write the bundle of a factory with that many entries, every second one signed by all authors when
    `together`, and a trust file; how many signatures it has.
    """
    folder.mkdir()
    log = Log.opened("demo")
    for slug in AUTHORS:
        log.register(slug)
    log.factory("works")
    log.document("clw", about=[FACTORY])
    basis = log.recorded[-1]
    for number in range(entries):
        append(
            log,
            log.draft(
                "AllegationMade",
                AUTHORS if together and number % 2 else AUTHORS[number % len(AUTHORS)],
                about=[FACTORY],
                claim={"issue": "osh/pre-job-training", "period": "2025"},
                hidden={"text": {"lang": "en", "text": f"{number}: {TEXT}"}},
                refs=[("basedOn", basis)],
                occurred="2025-06/2025-10",
            ),
        )
    append(log, index_statement(log))
    (folder / "trust.json").write_text(format_trust(trust(log)))
    data = b"".join(prepare(Source(log), FACTORY, checkpoint(log)).lines())
    (folder / "bundle").write_bytes(data)
    bundled = {entry.index for entry in parse_bundle(data).entries}
    return sum(len(one.key_ids) for one in log.recorded if one.index in bundled)


def verify(folder: Path) -> None:
    """Verify it by the command that everybody has, started anew."""
    command = [sys.executable, "-m", "ledger.verifier.command", folder / "bundle", "--json"]
    ran = subprocess.run([*command, "--trust", folder / "trust.json"], capture_output=True, text=True)
    if ran.returncode:
        raise CannotMeasure(f"the bundle does not hold: {ran.stdout[-1000:]}{ran.stderr[:500]}")
    assert json.loads(ran.stdout)["verdict"].startswith("complete")


def rounds(folder: Path, count: int, signatures: int) -> dict[str, list[float]]:
    """A value a round for each figure; the ratio by the wall, and by processor time."""
    figures: dict[str, list[float]] = {}
    for _ in range(count):
        clocks = Clocks()
        bare = verify_loop()
        bare_by_processor = bare * clocks.wall / clocks.processors
        clocks = Clocks()
        verify(folder)
        rate, by_processor = signatures / clocks.wall, signatures / clocks.processors
        for label, value in (
            ("bare loop: signatures/s", bare),
            ("signatures/s", rate),
            ("of the bare loop", rate / bare),
            ("of the bare loop, by processor time", by_processor / bare_by_processor),
        ):
            figures.setdefault(label, []).append(value)
    return figures


def proof_sizes() -> list[tuple[int, int]]:
    """Hashes in the longest of some inclusion proofs, in logs of `SIZES` entries."""
    found = []
    for size in SIZES:
        levels = {0: [number.to_bytes(32, "big") for number in range(size)]}
        for level in (8, 16, 24):
            below = levels[level - 8]
            whole = range(0, len(below) // 256 * 256, 256)
            levels[level] = [Frontier().append(below[at : at + 256]).frontier.root() for at in whole]
        read = TileReader(lambda level, first, count, of=levels: of[level][first : first + count])
        lengths = [len(inclusion_proof(index, size, read)) for index in (0, size // 3, size // 2, size - 1)]
        found.append((size, max(lengths)))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.verifying", description=__doc__)
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    here = machine.describe()
    print(f"{here['processor']}, {here['cores']} cores, Python {here['python']}")
    for what in (ONE, CASE):
        with tempfile.TemporaryDirectory(prefix="evidence-bench-") as name:
            folder = Path(name) / "made"
            signatures = make(folder, options.entries, together=what == CASE)
            size = (folder / "bundle").stat().st_size
            figures = rounds(folder, options.rounds, signatures)
        print(f"a bundle of {options.entries:,} entries about one factory, {what}: {size:,} bytes")
        for label, values in figures.items():
            places = 0 if label.endswith("/s") else 2
            shown = [f"{value:,.{places}f}" for value in (median(values), *values)]
            print(f"  {label:40} {shown[0]:>8}   ({', '.join(shown[1:])})")
    for entries, hashes in proof_sizes():
        print(f"proof in {entries:>9,} entries: {hashes} hashes (log2 n = {log2(entries):.1f})")


if __name__ == "__main__":
    main()
