"""How Linux is asked to run what `evidence serve` starts."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.acceptance.conftest import evidence, served


@pytest.mark.skipif(sys.platform != "linux", reason="a policy of Linux")
def test_threads_that_serve_never_interrupt_and_the_embedded_server_runs_as_ever(short_folder: Path) -> None:
    data = short_folder / "scheduling"
    assert evidence("init", "--data", data, "--origin", "ledger.example.org/s", "--no-passphrase").code == 0
    server = served(data)
    with server:
        threads = [int(path.name) for path in Path(f"/proc/{server.pid}/task").iterdir()]
        (database,) = data.glob("postgres/**/postmaster.pid")
        postgres = int(database.read_text().split()[0])
        assert {os.sched_getscheduler(thread) for thread in threads} == {os.SCHED_BATCH}
        assert os.sched_getscheduler(postgres) == os.SCHED_OTHER
