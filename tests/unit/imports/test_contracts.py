"""The contracts that import-linter checks leave out no module of the ledger, and they bite."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.support.requirements import missing

ROOT = Path(__file__).parents[3]
LAYERS = {"core", "domain", "verifier", "store", "ports"}
LINTER = Path(sys.executable).parent / "lint-imports"


def contracts() -> list[dict[str, Any]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = settings["tool"]["importlinter"]["contracts"]
    return found


def use_cases() -> set[str]:
    """Modules of `ledger` that are neither a layer of their own nor the ports."""
    names = {path.stem for path in (ROOT / "ledger").iterdir() if path.suffix == ".py" or path.is_dir()}
    return {f"ledger.{name}" for name in names - LAYERS if not name.startswith("_")}


def test_every_use_case_is_kept_from_adapters_and_drivers() -> None:
    (contract,) = [one for one in contracts() if one["name"].startswith("Use cases")]
    assert set(contract["source_modules"]) == use_cases()


@pytest.mark.parametrize("name", ["Ports", "Adapters", "Views"])
def test_every_use_case_is_kept_from_those_below_it_and_beside_it(name: str) -> None:
    (contract,) = [one for one in contracts() if one["name"].startswith(f"{name} ")]
    forbidden = {one for one in contract["forbidden_modules"] if one.startswith("ledger.")}
    assert use_cases() <= forbidden


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sources")
    for name in ("ledger", "projections", "api", "tests/outside"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_each_forbidden_arrow_breaks_a_contract(copy: Path) -> None:
    if not LINTER.exists():
        missing("no import-linter beside Python (the extra `check`)")
    for module, imported in (
        ("ledger/sequencer.py", "psycopg"),
        ("ledger/application.py", "fastapi"),
        ("ledger/receipts.py", "eventsourcing"),
        ("ledger/ports.py", "ledger.sequencer"),
        ("ledger/store/blobs.py", "ledger.publication"),
        ("projections/matrix.py", "fastapi"),
        ("projections/timeline.py", "ledger.bundles"),
    ):
        with (copy / module).open("a", encoding="utf-8") as file:
            file.write(f"\nimport {imported}\n")
    ran = subprocess.run(
        [LINTER, "--no-cache"],
        cwd=copy,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert "5 broken" in ran.stdout
    for arrow in (
        "ledger.sequencer -> psycopg",
        "ledger.application -> fastapi",
        "ledger.receipts -> eventsourcing",
        "ledger.ports -> ledger.sequencer",
        "ledger.store.blobs -> ledger.publication",
        "projections.matrix -> fastapi",
        "projections.timeline -> ledger.bundles",
    ):
        assert arrow in " ".join(ran.stdout.split())
