"""The command `evidence` as a process, and the demo entered once for the tests that only read it."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.commands import commands

ROOT = Path(__file__).parents[2]


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
    return Ran(*commands().run([str(one) for one in arguments], environment, cwd))


@pytest.fixture(scope="session")
def short_folder() -> Iterator[Path]:
    """A folder with a short name that the embedded server's own account can pass through."""
    folder = Path(tempfile.mkdtemp(prefix="ev-acc-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


class served:  # noqa: N801 - reads as a word in `with`
    """`evidence serve` in a process of its own, on a free port of the loopback."""

    def __init__(self, data: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        command = [sys.executable, "-c", "from api.cli import main; main()", "serve", "--data", str(data)]
        self._process = subprocess.Popen([*command, "--port", str(self._port)], env={"PATH": "/usr/bin:/bin"})

    @property
    def pid(self) -> int:
        return self._process.pid

    def __enter__(self) -> str:
        url = f"http://127.0.0.1:{self._port}"
        for _ in range(600):
            try:
                if httpx2.get(f"{url}/readyz").status_code == 200:
                    return url
            except httpx2.TransportError:
                pass
            assert self._process.poll() is None, "the server ended"
            time.sleep(0.1)
        raise AssertionError("the server did not start within a minute")

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(30)


@dataclass(frozen=True)
class Demo:
    """An entered demo that is being served: its folder, its address, and what the command printed as JSON."""

    data: Path
    url: str
    shown: dict[str, Any]

    def run(self, *arguments: object, columns: int = 100) -> Ran:
        return evidence(*arguments, "--url", self.url, columns=columns)

    def ask(self, *arguments: object) -> Any:
        return self.run(*arguments, "--json").json()


@pytest.fixture(scope="session")
def demo(short_folder: Path) -> Iterator[Demo]:
    """The 2019 case, entered with `evidence demo --no-serve`, then served."""
    data = short_folder / "demo"
    shown = evidence("demo", "--no-serve", "--data", data, "--json").json()
    with served(data) as url:
        yield Demo(data, url, shown)


@dataclass(frozen=True)
class Desk:
    """The user's folder after the README's commands, and the address at which the ledger then serves."""

    checkout: Path
    folder: Path
    url: str
    said: str

    @property
    def trust(self) -> Path:
        return self.folder.parent / "mill" / "trust.json"

    def ask(self, *arguments: object) -> Any:
        return evidence(*arguments, "--url", self.url, "--json").json()


@pytest.fixture(scope="session")
def desk(short_folder: Path) -> Iterator[Desk]:
    clone = checkout(short_folder / "checkout")
    said = run_readme(clone)
    case = short_folder / "river-mill"
    with served(case / "mill") as url:
        yield Desk(clone, case / "desk", url, said)


def checkout(folder: Path) -> Path:
    """What the README's commands need of a clone, as `make setup` leaves it with these packages."""
    (folder / ".venv").mkdir(parents=True)
    shutil.copytree(ROOT / "docs" / "examples", folder / "docs" / "examples")
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy2(ROOT / name, folder)
    (folder / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    (folder / ".venv" / ".setup").touch()
    return folder


def run_readme(folder: Path) -> str:
    """Run the README's commands as they stand there, one shell for all, from a checkout; what they print."""
    blocks = re.findall(r"^```sh readme-case\n(.*?)^```$", (ROOT / "README.md").read_text(), re.M | re.S)
    assert len(blocks) >= 6
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "".join(blocks)],
        cwd=folder,
        # Nothing else is on the path: the README puts the command there.
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "COLUMNS": "100", "PYTHONPATH": str(ROOT)},
        input="y\n",  # to the one command that asks, `evidence cosign`
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
