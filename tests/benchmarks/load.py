"""Load over real HTTP with wrk, each request body sent once."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.core.receipt import Trust, verify_receipt

if TYPE_CHECKING:
    from collections.abc import Sequence

SCRIPT = Path(__file__).with_name("post.lua")


class CannotMeasure(Exception):
    """What is missing, in one line."""


@dataclass(frozen=True, slots=True)
class Run:
    """One round: answered requests, seconds, latencies in milliseconds, receipts verified."""

    requests: int
    seconds: float
    p50: float
    p99: float
    verified: int

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


@dataclass(frozen=True, slots=True)
class Wrk:
    """How to load: threads, connections, seconds; `folder` takes bodies and replies."""

    folder: Path
    threads: int
    connections: int
    seconds: int

    def run(self, url: str, bodies: Sequence[bytes], trust: Trust | None, batch: int = 0) -> Run:
        """Send bodies for the time given, `batch` statements a request; verify each hundredth receipt.

        Raises `CannotMeasure` when bodies run out, when any request fails, or when a receipt does not hold.
        """
        program = shutil.which("wrk")
        if program is None:
            raise CannotMeasure("the load tool `wrk` is missing; on Debian or Ubuntu: apt-get install wrk")
        self._write(bodies, batch)
        command = [program, f"-t{self.threads}", f"-c{self.connections}", f"-d{self.seconds}s"]
        command += ["--timeout", "30s", "-s", str(SCRIPT), url, "--"]
        command += [str(self.folder / "bodies"), str(self.folder / "replies"), "batch" if batch else "single"]
        out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        line = next((line for line in out.splitlines() if line.startswith("RESULT ")), "")
        if not line:
            raise CannotMeasure(f"wrk gave no result: {out[-400:]}")
        requests, micros, p50, p99, refused, broken = map(int, line.split()[1:])
        replies = self._replies()
        if refused or broken:
            said = replies[0][1][:300] if replies else ""
            raise CannotMeasure(f"{refused} requests refused, {broken} broken: {said}")
        if requests * max(batch, 1) >= len(bodies):
            raise CannotMeasure("the bodies ran out before the time did")
        verified = _verify(replies, trust) if trust is not None else 0
        return Run(requests, micros / 1e6, p50 / 1e3, p99 / 1e3, verified)

    def _write(self, bodies: Sequence[bytes], batch: int) -> None:
        for number in range(self.threads):
            with (self.folder / f"bodies.{number}").open("wb") as file:
                own = bodies[number :: self.threads]
                for at, body in enumerate(own, 1):
                    file.write(body + b"\n")
                    if batch and at % batch == 0:
                        file.write(b"--\n")
                # Else the system writes them down later, beside commits that wait for the same disk.
                file.flush()
                os.fsync(file.fileno())

    def _replies(self) -> list[tuple[int, str]]:
        found = []
        for number in range(self.threads):
            path = self.folder / f"replies.{number}"
            for line in path.read_text().splitlines():
                status, _, body = line.partition("\t")
                found.append((int(status), body))
        return found


def _verify(replies: Sequence[tuple[int, str]], trust: Trust) -> int:
    """Verify the receipts among the replies kept; how many there were."""
    count = 0
    for _, body in replies:
        # The script keeps a reply on one line; a batch's reply has one receipt a line.
        for line in filter(None, body.split("}\\n") if body.endswith("}\\n") else [body]):
            receipt = json.loads(line if line.endswith("}") else line + "}")
            check_receipt(base64.b64decode(receipt["entry"]), receipt["proof"], trust)
            count += 1
    return count


def check_receipt(entry: bytes, proof: str, trust: Trust) -> None:
    """Raises `CannotMeasure` unless the receipt holds."""
    verdict = verify_receipt(entry, proof, trust)
    if verdict.exit_code != 0:
        raise CannotMeasure(f"a receipt does not hold: {verdict}")
