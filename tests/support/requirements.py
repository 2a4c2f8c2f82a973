"""What to do when a test needs a tool this machine lacks."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    """Skip with a plain reason; fail where everything must be there (EVIDENCE_REQUIRE_ALL=1)."""
    if os.environ.get("EVIDENCE_REQUIRE_ALL") == "1":
        pytest.fail(f"{what}, and EVIDENCE_REQUIRE_ALL=1 forbids skipping")
    pytest.skip(what)
