"""What a process tells the kernel, tried in processes of their own: a priority once lowered stays so."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from api.tuning import never_interrupt, verifying_threads

CALLED_TWICE = "from api.tuning import let_appending_go_first as go; go(); go(); print(os.nice(0))"

POLICY_OF_A_THREAD = """
import os, sys, threading
from api.tuning import never_interrupt
os.sched_setscheduler(0, int(sys.argv[1]), os.sched_param(0))
never_interrupt()
threading.Thread(target=lambda: print(os.sched_getscheduler(0))).start()
"""


@pytest.mark.parametrize(("before", "after"), [(0, 10), (3, 10), (10, 10), (12, 12)])
def test_who_projects_gives_way_to_who_appends_and_never_goes_before_others(before: int, after: int) -> None:
    program = f"import os; os.nice(max(0, {before} - os.nice(0))); {CALLED_TWICE}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(done.stdout) == max(after, os.nice(0))


@pytest.mark.skipif(sys.platform != "linux", reason="a policy of Linux")
def test_threads_of_a_worker_wait_for_a_processor_instead_of_interrupting_another() -> None:
    for chosen, then in ((os.SCHED_OTHER, os.SCHED_BATCH), (os.SCHED_IDLE, os.SCHED_IDLE)):
        command = [sys.executable, "-c", POLICY_OF_A_THREAD, str(chosen)]
        assert int(subprocess.check_output(command)) == then, "an operator's own choice stays"


@pytest.mark.skipif(sys.platform != "linux", reason="a policy of Linux")
def test_a_system_that_forbids_that_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object) -> None:
        raise PermissionError("Operation not permitted")

    monkeypatch.setattr(os, "sched_setscheduler", forbidden)
    never_interrupt()


@pytest.mark.parametrize(
    ("workers", "processors", "threads"), [(1, 1, 1), (1, 2, 2), (2, 2, 1), (4, 2, 1), (1, 8, 2), (2, 8, 2)]
)
def test_signatures_are_verified_in_as_many_threads_as_have_a_processor(
    workers: int, processors: int, threads: int
) -> None:
    assert verifying_threads(workers, processors) == threads
