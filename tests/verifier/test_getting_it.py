"""How readers are told to get `evidence-verify`: from its source, never by its name from a package index.

Nobody has registered that name, so whoever did could serve anything under it.
"""

from __future__ import annotations

import re
import shlex
import shutil
import site
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "verify.md"
TOLD_IN = (
    "README.md",
    "docs/**/*.md",
    "api/**/*.html",
    "api/**/*.py",
    "ledger/**/*.py",
    "projections/**/*.py",
)


def test_the_commands_of_the_guide_build_and_install_it(tmp_path: Path) -> None:
    """As they stand there; what they would fetch from an index comes from this environment."""
    (commands,) = re.findall(r"^```sh install\n(.*?)^```$", GUIDE.read_text(), re.M | re.S)
    shutil.copytree(ROOT / "ledger", tmp_path / "ledger", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "LICENSE", tmp_path)
    environment = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "HOME": str(tmp_path),
        "PYTHONPATH": site.getsitepackages()[0],
        "PIP_NO_INDEX": "1",
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # pip reads this one the other way round
    }
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands + "command -v evidence-verify"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "usage: evidence-verify" in done.stdout
    assert done.stdout.splitlines()[-1] == str(tmp_path / ".venv-verifier" / "bin" / "evidence-verify")


def told() -> Iterator[tuple[str, str]]:
    """Everything that people are told to install: (where, what)."""
    for path in (found for pattern in TOLD_IN for found in sorted(ROOT.glob(pattern))):
        for command in re.findall(r"\bpip install ([^`\n#]+)", path.read_text(encoding="utf-8")):
            for word in shlex.split(command):
                yield str(path.relative_to(ROOT)), word


def test_nobody_is_told_to_install_our_packages_by_name() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    ours = {project["name"], "evidence-verify"}
    others = set(project["dependencies"]).union(*project["optional-dependencies"].values())
    found = list(told())
    assert {where for where, _ in found} >= {"docs/verify.md", "README.md", "api/web/templates/verify.html"}
    for where, what in found:
        assert re.split(r"[\[<>=~! ]", what)[0] not in ours, where
        assert what.startswith(("./", "-")) or what in others, f"{where}: {what}"
