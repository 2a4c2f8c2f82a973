"""Fixtures: the wheel `evidence-verify` in an environment that has PyNaCl and nothing else."""

from __future__ import annotations

import subprocess
import sys
import venv
from importlib.metadata import distribution
from pathlib import Path
from shutil import copy2

import pytest

LEDGER = Path(__file__).parents[2] / "ledger"


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built distribution."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=LEDGER, check=True, capture_output=True, timeout=60)
    (built,) = folder.glob("evidence_verify-*.whl")
    return built


@pytest.fixture(scope="session")
def verifier_home(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` folder of a fresh environment with the wheel in it, made without any network."""
    home = tmp_path_factory.mktemp("standalone")
    venv.create(home, with_pip=False, symlinks=True)
    (site_packages,) = home.glob("lib/python*/site-packages")
    for name in ("pynacl", "cffi", "pycparser"):
        _copy(name, site_packages)
    pip = [sys.executable, "-m", "pip", "--python", str(home / "bin" / "python"), "install"]
    subprocess.run([*pip, "--no-index", "--no-cache-dir", str(wheel)], check=True, capture_output=True)
    return home / "bin"


def _copy(name: str, target: Path) -> None:
    """The files of an installed distribution, commands left out."""
    for file in distribution(name).files or ():
        if ".." not in file.parts and file.suffix != ".pyc":
            (target / file).parent.mkdir(parents=True, exist_ok=True)
            copy2(Path(str(file.locate())), target / file)
