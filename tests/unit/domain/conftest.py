"""A small log that most rules can be tried on: two NGOs with keys, a listed certifier, a factory."""

import pytest

from tests.support.builder import Log


@pytest.fixture
def log() -> Log:
    built = Log.opened()
    built.register("clw")
    built.register("aaf")
    built.list_party("ietp", ["certifier"])
    built.factory("foshan")
    return built
