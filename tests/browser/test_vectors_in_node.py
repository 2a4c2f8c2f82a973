"""The verifier that pages carry keeps to the same golden vectors as the Python code; Node runs it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
SCRIPTS = HERE.parents[1] / "api" / "web" / "static" / "js"


def run(node: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([node, *map(str, arguments)], capture_output=True, text=True, timeout=120)


def test_the_scripts_keep_to_every_vector(node: str) -> None:
    done = run(node, "--no-warnings", HERE / "vectors.mjs", HERE.parent / "vectors")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 differ" in done.stdout.splitlines()[-1]


def test_a_wrong_vector_is_noticed(node: str, tmp_path: Path) -> None:
    shutil.copytree(HERE.parent / "vectors" / "formats", tmp_path / "formats")
    keys = tmp_path / "formats" / "keys.json"
    keys.write_text(keys.read_text().replace('"accepted"', '"was"').replace('"refused"', '"accepted"'))
    keys.write_text(keys.read_text().replace('"was"', '"refused"'))
    done = run(node, "--no-warnings", HERE / "vectors.mjs", tmp_path)
    assert done.returncode == 1
    assert "weak key 01 00..00" in done.stderr
