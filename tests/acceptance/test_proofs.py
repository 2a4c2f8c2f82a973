"""What the 2019 case proves to strangers: all of it, who stayed silent, what came first; and checks of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ledger.store.embedded import EmbeddedServer
from tests.acceptance.conftest import Demo, evidence

pytestmark = pytest.mark.xdist_group("acceptance")

FOSHAN = "factory:foshan-nanhai-mattel"


def timeline(demo: Demo, *options: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = demo.ask("timeline", FOSHAN, *options)["items"]
    return items


def prove(demo: Demo, *asked: str) -> dict[str, Any]:
    report: dict[str, Any] = demo.ask("prove", *asked, "--trust", str(demo.data / "trust.json"))
    return report


def test_everything_about_the_factory_is_proven_complete(demo: Demo, short_folder: Path) -> None:
    file = short_folder / "foshan.json"
    report = prove(demo, "all", FOSHAN, "-o", str(file))
    assert report["verdict"].startswith(f"{len(timeline(demo))} entries have the key `{FOSHAN}`")
    again = evidence("verify", file, "--trust", demo.data / "trust.json", "--json").json()
    grades = {step["name"]: step["grade"] for step in again["steps"]}
    assert len(grades) == 8
    assert grades.pop("witnesses") == "unchecked", "the demo asks for none"
    assert set(grades.values()) == {"held"}
    value = json.loads(file.read_text(encoding="utf-8"))
    value["entries"].pop(-2)
    file.write_text(json.dumps(value), encoding="utf-8")
    assert evidence("verify", file, "--trust", demo.data / "trust.json").code == 1


def test_nothing_about_another_factory_is_proven_too(demo: Demo) -> None:
    assert prove(demo, "all", "factory:elsewhere")["verdict"].startswith("no entries have the key")


def test_the_silence_after_each_demand_is_proven(demo: Demo) -> None:
    requests = demo.ask("open", "--all")["requests"]["items"]
    for item in [one for one in requests if one["event"] == "DemandMade"][:2]:
        assert prove(demo, "silence", item["id"])["verdict"].startswith("no response to the request")


def test_the_first_allegation_is_proven_to_precede_the_finding(demo: Demo) -> None:
    items = timeline(demo)
    alleged = next(item for item in items if item["event"] == "AllegationMade")
    found = next(item for item in items if item["event"] == "DeterminationIssued")
    assert "was logged before" in prove(demo, "precedence", alleged["id"], found["id"])["verdict"]
    assert demo.run("prove", "precedence", found["id"], alleged["id"]).code == 1


def test_the_index_stands_in_no_timeline_and_moves_no_clock(demo: Demo) -> None:
    assert "IndexPublished" not in {item["event"] for item in timeline(demo)}
    with EmbeddedServer(demo.data / "postgres") as server, psycopg.connect(server.url) as conn:
        newest = conn.execute(
            "SELECT size, recorded_at, (SELECT max(position) FROM view_index) FROM ledger_head"
        ).fetchone()
    assert newest is not None
    size, recorded_at, last = newest
    assert last == size - 2, "one index statement, after everything else"
    assert recorded_at[:4] == "2020"


def test_a_ledger_with_an_index_passes_its_check_and_is_rebuilt(demo: Demo) -> None:
    assert evidence("rebuild", "index", "--data", demo.data).code == 0
    checked = evidence("check", "--data", demo.data)
    assert checked.code == 0, checked.err
    assert prove(demo, "all", FOSHAN)["exitCode"] == 0
