"""`make bench` and `make bench-quick`: what the ledger does beside a stock application, in one run.

Rounds of the two are interleaved, medians are compared, and ratios are what counts: machines are noisy, and a
figure without its neighbour says little. Nothing here passes or fails by time; a table is printed and
`bench-quick.json` or `bench-full.json` written.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from nacl.bindings import crypto_sign_open

from ledger.core.keys import sign
from ledger.store.embedded import EmbeddedServer
from tests.support.builder import KeyPair

from . import inside, machine
from .author import AUTHOR
from .load import CannotMeasure, Run, Wrk
from .site import Site, stock

if TYPE_CHECKING:
    from .author import Scene

BATCH = 500
CONNECTIONS = 64
VERIFY_SECONDS = 1.5


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to measure: rounds, seconds a round, entries the log shall have for replay figures."""

    rounds: int
    seconds: int
    entries: int


QUICK = Plan(rounds=3, seconds=4, entries=100_000)
FULL = Plan(rounds=7, seconds=10, entries=300_000)


@dataclass
class Supply:
    """Request bodies, each used once; more are made than the fastest round so far would use."""

    scene: Scene
    used: int = 0
    expected: float = 4_000.0  # statements a second, until measured

    def take(self, count: int) -> list[bytes]:
        bodies = self.scene.bodies(self.used, count)
        self.used += count
        return bodies


@dataclass
class Figures:
    """Everything measured, by name, one value a round."""

    rounds: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, value: float) -> None:
        self.rounds.setdefault(name, []).append(value)

    def __getitem__(self, name: str) -> float:
        return median(self.rounds[name])

    def ratio(self, name: str, beside: str) -> float:
        """The median of the rounds' ratios: neighbours of one round had the same machine to themselves."""
        pairs = zip(self.rounds[name], self.rounds[beside], strict=True)
        return median(one / other for one, other in pairs)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few minutes instead of a quarter of an hour")
    quick = parser.parse_args().quick
    try:
        result = measure(QUICK if quick else FULL)
    except CannotMeasure as missing:
        print(f"bench: {missing}", file=sys.stderr)
        return 1
    print_table(result)
    out = Path("bench-quick.json" if quick else "bench-full.json")
    out.write_text(json.dumps(result, indent=1) + "\n")
    print(f"\nwritten to {out}")
    return 0


def measure(plan: Plan) -> dict[str, Any]:
    """All figures of one run."""
    figures = Figures()
    with tempfile.TemporaryDirectory(prefix="evidence-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the embedded server's own user passes through
        with EmbeddedServer(folder / "postgres") as server:
            site = Site(server, folder)
            with site.serving(), stock(server, folder, KeyPair(AUTHOR).public) as stock_url:
                supply = Supply(site.enter_scene())
                _measure_rounds(plan, figures, site, stock_url, supply, folder)
                _fill(plan, site, supply, folder)
                figures.add("worker MB", site.largest_worker() / 1e6)
            inside.measure(site.database, figures.add, plan.rounds)
    return {
        "machine": machine.describe(),
        "plan": {"rounds": plan.rounds, "seconds": plan.seconds, "entries": plan.entries},
        "rows": rows(figures),
        "rounds": figures.rounds,
    }


def _measure_rounds(
    plan: Plan, figures: Figures, site: Site, stock_url: str, supply: Supply, folder: Path
) -> None:
    single = Wrk(folder, 2, CONNECTIONS, plan.seconds)
    many = Wrk(folder, 1, 4, plan.seconds)
    for number in range(plan.rounds + 1):
        tell(f"round {number} of {plan.rounds}" if number else "warming up")
        site.settle()
        theirs = single.run(f"{stock_url}/statements", supply.take(1_500 * plan.seconds), None)
        ours, _, cost = _loaded(single, f"{site.url}/v1/statements", supply, site, 0)
        batched, rate, batch_cost = _loaded(many, f"{site.url}/v1/statements:batch", supply, site, BATCH)
        site.settle()
        with site.projector_held():
            alone, _, _ = _loaded(single, f"{site.url}/v1/statements", supply, site, 0)
            _, rate_alone, _ = _loaded(many, f"{site.url}/v1/statements:batch", supply, site, BATCH)
        site.settle()
        before = time.process_time()
        verify = verify_loop()
        if not number:
            continue  # the first round warms caches and estimates how many bodies are needed
        figures.add("verify us", (time.process_time() - before) / VERIFY_SECONDS / verify * 1e6)
        for label, spent in (("single", cost), ("batch", batch_cost)):
            figures.add(f"{label} workers us", spent[0])
            figures.add(f"{label} postgres us", spent[1])
        for label, run in (("stock", theirs), ("single", ours), ("single alone", alone)):
            figures.add(f"{label} /s", run.rate)
            figures.add(f"{label} p50 ms", run.p50)
            figures.add(f"{label} p99 ms", run.p99)
        figures.add("batch statements/s", rate)
        figures.add("batch alone statements/s", rate_alone)
        figures.add("verify loop /s", verify)
        figures.add("receipts verified", ours.verified + batched.verified)


def _loaded(
    wrk: Wrk, url: str, supply: Supply, site: Site, batch: int
) -> tuple[Run, float, tuple[float, float]]:
    """The run, entries logged a second, and microseconds of processor time an entry (the workers,
    PostgreSQL).

    Entries are counted in the log: of the large requests, those that the load tool breaks off at its end
    would be a fifth of a short round, worked for and not counted.
    """
    count = int(supply.expected * wrk.seconds * 1.8) + 8 * (batch or 64)
    bodies = supply.take(count)
    before, size = site.processor_seconds(), site.size()
    run = wrk.run(url, bodies, site.trust, batch)
    entries, after = site.size() - size, site.processor_seconds()
    rate = entries / run.seconds
    supply.expected = max(supply.expected, rate)
    workers, postgres = ((late - early) / entries * 1e6 for early, late in zip(before, after, strict=True))
    return run, rate, (workers, postgres)


def _fill(plan: Plan, site: Site, supply: Supply, folder: Path) -> None:
    """Bring the log to the size that replay figures are given for."""
    tell(f"filling the log to {plan.entries} entries")
    missing = plan.entries - site.size()
    if missing > 0:
        site.post_batches(supply.take(missing), BATCH)


def verify_loop(seconds: float = VERIFY_SECONDS) -> float:
    """Signatures verified a second by a bare PyNaCl loop on two threads, 1 KB messages."""
    key = KeyPair("bare loop")
    message = b"x" * 1024
    signed = sign(key.seed, message) + message
    counts = [0, 0]
    stop = threading.Event()

    def loop(slot: int) -> None:
        while not stop.is_set():
            for _ in range(50):
                crypto_sign_open(signed, key.public)
            counts[slot] += 50

    threads = [threading.Thread(target=loop, args=(slot,)) for slot in range(2)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    stop.set()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - started)


Row = tuple[str, str, str, str]


def rows(figures: Figures) -> list[Row]:
    """What is printed: figure, value, beside what, and what we want to reach."""
    f = figures
    table: list[Row] = [
        (
            "stock application, single appends",
            f"{f['stock /s']:,.0f} /s",
            f"p99 {f['stock p99 ms']:.1f} ms",
            "",
        ),
        (
            "single appends, 64 connections",
            f"{f['single /s']:,.0f} /s",
            f"{f.ratio('single /s', 'stock /s'):.1f} x stock",
            ">= 5 x",
        ),
        (
            "  their p99",
            f"{f['single p99 ms']:.1f} ms",
            f"{f.ratio('single p99 ms', 'stock p99 ms'):.2f} of stock",
            "<= 0.33",
        ),
        *_alone(f),
        ("bare verify loop, two threads", f"{f['verify loop /s']:,.0f} /s", "", ""),
        (
            "batches of 500",
            f"{f['batch statements/s']:,.0f} /s",
            f"{f.ratio('batch statements/s', 'verify loop /s'):.2f} of the loop",
            ">= 0.30",
        ),
        (
            "  the projector elsewhere",
            f"{f['batch alone statements/s']:,.0f} /s",
            f"{f.ratio('batch alone statements/s', 'verify loop /s'):.2f} of the loop",
            "",
        ),
        _cost("a single append", f, "single"),
        _cost("a statement of a batch", f, "batch"),
        ("receipts verified in a round", f"{f['receipts verified']:,.0f}", "", ""),
        ("largest worker", f"{f['worker MB']:.0f} MB", "", "< 300 MB"),
    ]
    for name in figures.rounds:
        if name.startswith("rebuild "):
            table.append((name, f"{f[name]:,.0f} entries/s", "", ">= 20,000"))
        elif name.startswith("check "):
            table.append((name, f"{f[name]:,.0f} entries/s", "", inside.TARGETS.get(name, "")))
    return table


def _alone(f: Figures) -> list[Row]:
    """The same work as the stock application's, which keeps no views beside its appends."""
    return [
        (
            "  the projector elsewhere",
            f"{f['single alone /s']:,.0f} /s",
            f"{f.ratio('single alone /s', 'stock /s'):.1f} x stock",
            "",
        ),
        (
            "  their p99",
            f"{f['single alone p99 ms']:.1f} ms",
            f"{f.ratio('single alone p99 ms', 'stock p99 ms'):.2f} of stock",
            "",
        ),
    ]


def _cost(what: str, f: Figures, label: str) -> Row:
    """Processor time, which other load on the machine disturbs least."""
    workers, postgres = f[f"{label} workers us"], f[f"{label} postgres us"]
    beside = (workers + postgres) / f["verify us"]
    return (
        f"processor time of {what}",
        f"{workers:.0f} + {postgres:.0f} us",
        f"{beside:.1f} verifications",
        "",
    )


def print_table(result: dict[str, Any]) -> None:
    """The table and the machine."""
    here = result["machine"]
    print(f"\n{here['processor']}, {here['cores']} cores, Linux {here['kernel']}, Python {here['python']}")
    print(f"medians of {result['plan']['rounds']} interleaved rounds of {result['plan']['seconds']} s\n")
    table = [("figure", "measured", "ratio", "to reach"), *result["rows"]]
    widths = [max(len(row[column]) for row in table) for column in range(4)]
    for row in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def tell(what: str) -> None:
    print(f"bench: {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
