"""What a process tells the kernel, tried in processes of their own: a priority once lowered stays so."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

CALLED_TWICE = "from api.tuning import let_appending_go_first as go; go(); go(); print(os.nice(0))"


@pytest.mark.parametrize(("before", "after"), [(0, 5), (3, 5), (5, 5), (12, 12)])
def test_who_projects_gives_way_to_who_appends_and_never_goes_before_others(before: int, after: int) -> None:
    program = f"import os; os.nice(max(0, {before} - os.nice(0))); {CALLED_TWICE}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(done.stdout) == max(after, os.nice(0))
