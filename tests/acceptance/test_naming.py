"""What commands are asked about: cited entry numbers are taken, and names that nobody has are answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.conftest import Demo

pytestmark = pytest.mark.xdist_group("acceptance")

TRAINING = 53  # the observation whose receipt the demo shows


def test_a_statement_may_be_named_by_the_entry_number_that_views_cite(demo: Demo, tmp_path: Path) -> None:
    trust = ["--trust", demo.data / "trust.json"]
    asked = demo.ask("prove", "all", f"statement:{TRAINING}", *trust)
    receipt = demo.shown["receipt"]
    id_ = next(step["detail"].split()[-1] for step in receipt["steps"] if step["name"] == "statement")
    assert asked == demo.ask("prove", "all", f"statement:{id_}", *trust)
    assert demo.run("proof", TRAINING, *trust).code == 0
    for name in (TRAINING, id_):
        assert demo.run("bundle", name, "-o", tmp_path / f"{name}").code == 0
    assert (tmp_path / str(TRAINING)).read_bytes() == (tmp_path / id_).read_bytes()


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (["prove", "silence", "999"], "entry 999 is not in this log - its entries are numbered 0 to 9"),
        (["prove", "silence", "nonsense"], "nonsense is no statement - give its id (64 characters"),
        (["prove", "all", "factory:NAME"], "factory:NAME is no index key - write one of factory, party"),
        (["dossier", "factory:NAME", "-o", "x.html"], "factory:NAME has no bundle - write factory:SLUG"),
        (["timeline", "foshan-nanhai-matel"], "did you mean factory:foshan-nanhai-mattel?"),
        (["timeline", "mattel"], "did you mean party:mattel?"),
        (["matrix", "China Labor Watch"], "did you mean party:china-labor-watch?"),
        (["party", "china-labour-watch"], "did you mean party:china-labor-watch?"),
        (["factory", "zzzz"], "nothing in this ledger is called factory:zzzz - `evidence factory` lists"),
        (["bundle", "everfrond", "-o", "x"], "did you mean factory:everfront?"),
        (["timeline", "foshan-nanhai-mattel", "--as-of", "2018-01-01"], "ask as of a later day"),
    ],
)
def test_a_name_that_leads_nowhere_is_told_in_one_line_with_what_would_lead_there(
    demo: Demo, command: list[str], says: str
) -> None:
    ran = demo.run(*command)
    assert ran.code != 0
    assert says in ran.err
    assert "pattern" not in ran.err
    assert len(ran.err.splitlines()) == 1
