"""The pages' scripts in one Node process, asked line by line."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

HERE = Path(__file__).parent
DRAFTING, VERIFYING = HERE / "drafting.mjs", HERE / "verifying.mjs"


@dataclass
class Scripts:
    """What a program answers; refusals of ours have a `code`, all else that goes wrong is a defect."""

    process: subprocess.Popen[str]

    def ask(self, what: str, **given: Any) -> dict[str, Any]:
        sent, answers = self.process.stdin, self.process.stdout
        assert sent is not None
        assert answers is not None
        return _asked(sent, answers, {"what": what, **given})


def _asked(sent: IO[str], answers: IO[str], question: dict[str, Any]) -> dict[str, Any]:
    sent.write(json.dumps(question) + "\n")
    sent.flush()
    answer: dict[str, Any] = json.loads(answers.readline())
    assert "defect" not in answer, answer["defect"]
    return answer


@contextmanager
def running(node: str, program: Path = DRAFTING) -> Iterator[Scripts]:
    """The process while the block runs."""
    process = subprocess.Popen(
        [node, "--no-warnings", str(program)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    with process:
        yield Scripts(process)
        assert process.stdin is not None
        process.stdin.close()
