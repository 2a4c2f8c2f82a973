"""A service on a real database, a log to post to it, and a client in the same process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.client.keyfile import public_half, write_key_file
from api.settings import Settings, load
from ledger.core.envelope import to_json_value
from tests.support.builder import LOG_KEY, ORIGIN, Log, Signed


def submission(signed: Signed) -> dict[str, Any]:
    """What a client sends for a signed statement."""
    return {"envelope": to_json_value(signed.envelope), "disclosures": list(signed.disclosures)}


@dataclass
class Poster:
    """Builds statements on a log in memory that stays the twin of the one behind the API."""

    client: TestClient
    log: Log = field(default_factory=Log)
    position: int = 0

    def post(self, signed: Signed) -> Any:
        """Send one statement; the response, whatever it is."""
        response = self.client.post("/v1/statements", json=submission(signed))
        self.position = int(response.headers.get("evidence-position", self.position))
        return response

    def post_all(self, batch: list[Signed]) -> list[dict[str, Any]]:
        """Send a batch; one JSON object for each line."""
        lines = b"".join(json.dumps(submission(signed)).encode() + b"\n" for signed in batch)
        response = self.client.post("/v1/statements:batch", content=lines)
        assert response.status_code == 200, response.text
        answers = [json.loads(line) for line in response.text.splitlines()]
        self.position = max([self.position, *(a["index"] + 1 for a in answers if "index" in a)])
        return answers

    def say(self, event: str, by: Any, **more: Any) -> Any:
        """Append to the twin, then to the ledger; the recorded statement."""
        signed = self.log.draft(event, by, **more)
        recorded = self.log.append(signed)
        response = self.post(signed)
        assert response.status_code == 201, response.text
        return recorded

    def read(self, path: str, **parameters: Any) -> Any:
        """A view's JSON, once it has taken in everything that was posted."""
        response = self.client.get(path, params={"at_least": self.position, **parameters})
        assert response.status_code == 200, response.text
        return response.json()


class TwinLog(Log):
    """A log in memory whose every appended statement is posted too."""

    poster: Poster

    def append(self, signed: Signed) -> Any:
        recorded = super().append(signed)
        response = self.poster.post(signed)
        assert response.status_code == 201, response.text
        return recorded


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    keys = tmp_path / "keys"
    keys.mkdir(mode=0o700)
    key = public_half(LOG_KEY.seed, "device", ("any",))
    write_key_file(keys / "log.key", LOG_KEY.seed, key, None)
    return load(
        data=tmp_path, database=database_url, origin=ORIGIN, max_document_bytes=1 << 20, max_batch_lines=1000
    )


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def poster(client: TestClient) -> Poster:
    """A ledger with entry 0 and nothing else."""
    log = TwinLog()
    log.poster = Poster(client, log)
    log.keys = dict(Log.opened().keys)
    log.append(log.genesis())
    return log.poster


@pytest.fixture
def case(poster: Poster) -> Poster:
    """A small case: an NGO alleges, a certifier audits and finds nothing, the NGO asks how."""
    log = poster.log
    log.register("ngo")
    log.register("certifier", roles=("certifier",))
    log.factory("toys")
    alleged = log.say(
        "AllegationMade", "ngo", about=["factory:toys"], claim={"issue": "osh/pre-job-training"}
    )
    audit = log.investigation("certifier", ["factory:toys"], ["certifier"])
    log.say(
        "DeterminationIssued",
        "certifier",
        about=["factory:toys"],
        claim={"outcome": "not-evidenced"},
        refs=[("about", alleged), ("within", audit)],
    )
    log.say(
        "QuestionAsked",
        "ngo",
        about=["factory:toys"],
        claim={"addressees": ["certifier"], "topic": "notice"},
        refs=[("about", audit)],
    )
    return poster
