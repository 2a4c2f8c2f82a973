"""The command `evidence` as a process, and the demo entered once for the tests that only read it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class Ran:
    """What a command left: its exit code and both outputs."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)


def evidence(*arguments: object, cwd: Path | None = None, columns: int = 100) -> Ran:
    """Run `evidence` with a clean environment."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("EVIDENCE_")}
    environment |= {"COLUMNS": str(columns), "LANGUAGE": "en"}
    command = [sys.executable, "-c", "from api.cli import main; main()", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=cwd, timeout=120)
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def short_folder() -> Iterator[Path]:
    """A folder with a short name that the embedded server's own account can pass through."""
    folder = Path(tempfile.mkdtemp(prefix="ev-acc-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class Demo:
    """An entered demo: its folder, and what the command printed as JSON."""

    data: Path
    shown: dict[str, Any]

    def ask(self, *arguments: object) -> Any:
        return evidence(*arguments, "--data", self.data, "--json").json()


@pytest.fixture(scope="session")
def demo(short_folder: Path) -> Demo:
    """The 2019 case, entered with `evidence demo --no-serve`."""
    data = short_folder / "demo"
    return Demo(data, evidence("demo", "--no-serve", "--data", data, "--json").json())
