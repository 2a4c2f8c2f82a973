"""Tests that share an entered ledger run in one process; otherwise each process would enter it again."""

from __future__ import annotations

import pytest


@pytest.mark.xdist_group("together")
def test_processes_know_which_tests_belong_together(request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("loadgroup", False):
        pytest.skip("tests are not dealt out by groups (`--dist loadgroup`)")
    assert request.node.nodeid.endswith("@together")
