"""The public log over HTTP: what is published, how it is cached, and that it needs no database."""

from __future__ import annotations

import gzip
import time
from pathlib import Path

import psycopg
import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.composition import Service
from api.publishing import IntervalTooLong
from api.settings import Settings
from ledger.core.tiles import tiles_for
from ledger.publication import PublicFilesForeign
from ledger.store.tilestore import FolderLogFiles
from tests.integration.api.conftest import Poster
from tests.support.public_log import assert_servable, contents

SOON = 30.0  # seconds


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"publish_seconds": 0.05})


class Served:
    """`LogFiles` over HTTP, as a stranger reads them."""

    def __init__(self, client: TestClient) -> None:
        self._client = client

    def read(self, path: str) -> bytes | None:
        response = self._client.get(f"/{path}")
        assert response.status_code in (200, 404), response.text
        return response.content if response.status_code == 200 else None


def published(poster: Poster) -> int:
    """The size of the published tree, once it covers everything that was posted."""
    deadline = time.monotonic() + SOON
    while True:
        response = poster.client.get("/checkpoint")
        size = int(response.headers.get("evidence-position", 0))
        if size >= poster.position:
            return size
        assert time.monotonic() < deadline, f"{size} of {poster.position} entries are published"
        time.sleep(0.02)


def test_what_is_posted_is_soon_published_with_every_file(case: Poster) -> None:
    size = published(case)
    head = assert_servable(Served(case.client))
    assert head is not None
    assert head.size == size == case.position


def test_the_checkpoint_is_kept_for_seconds_only_and_asked_for_again_by_its_tag(case: Poster) -> None:
    published(case)
    response = case.client.get("/checkpoint")
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.headers["cache-control"] == "public, max-age=2"
    again = case.client.get("/checkpoint", headers={"if-none-match": response.headers["etag"]})
    assert again.status_code == 304


def test_tiles_may_be_kept_for_ever(case: Poster) -> None:
    size = published(case)
    for tile in tiles_for(size):
        response = case.client.get(f"/{tile.path}")
        assert response.status_code == 200
        assert response.headers["content-type"] == "application/octet-stream"
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert response.headers["access-control-allow-origin"] == "*"


def test_bundles_travel_compressed_to_those_who_ask(case: Poster, settings: Settings) -> None:
    path = f"tile/entries/000.p/{published(case)}"
    stored = (settings.data / "log" / path).read_bytes()
    plain = case.client.get(f"/{path}", headers={"accept-encoding": "identity"})
    assert plain.content == stored
    assert "content-encoding" not in plain.headers
    with case.client.stream("GET", f"/{path}", headers={"accept-encoding": "gzip"}) as packed:
        body = b"".join(packed.iter_raw())
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "accept-encoding"
    assert packed.headers["etag"] != plain.headers["etag"]
    assert gzip.decompress(body) == stored
    assert len(body) < len(stored)


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/000.p/200",
        "tile/0/999",
        "tile/64/000",
        "tile/0/000.p/256",
        "tile/entries/0",
        "tile/0/x000/000",
        "tile/0/..%2f..%2f..%2fjournal",
        "tile/%2e%2e/journal",
        "tile/.spool/lock",
        "tile/",
    ],
)
def test_what_is_no_published_tile_is_not_there_and_no_cache_keeps_that(case: Poster, path: str) -> None:
    response = case.client.get(f"/{path}")
    assert response.status_code == 404
    assert response.headers["cache-control"] == "no-store"


def test_nothing_is_published_before_the_first_entry(client: TestClient) -> None:
    response = client.get("/checkpoint")
    assert response.status_code == 404
    assert response.json()["code"] == "no-checkpoint"


def test_the_public_log_is_served_while_the_database_is_away(
    case: Poster, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(case)
    service: Service = case.client.app.state.service  # type: ignore[attr-defined]

    def away(*args: object, **kwargs: object) -> None:
        raise psycopg.OperationalError("the database is away")

    with monkeypatch.context() as patched:
        patched.setattr(service.recorder.datastore, "get_connection", away)
        patched.setattr(psycopg, "connect", away)
        assert case.client.get(f"/v1/statements/{case.log.genesis_id}").status_code == 503
        assert assert_servable(Served(case.client)) is not None


def test_the_last_entries_are_published_when_serving_ends(settings: Settings) -> None:
    slow = settings.model_copy(update={"publish_seconds": 60.0})
    with TestClient(create_app(slow)) as client:
        poster = Poster(client)
        poster.post(poster.log.genesis())
    head = assert_servable(FolderLogFiles(settings.data / "log"))
    assert head is not None
    assert head.size == 1


def test_a_process_that_does_not_project_does_not_publish(settings: Settings) -> None:
    with TestClient(create_app(settings.model_copy(update={"projector": "none"}))) as client:
        poster = Poster(client)
        poster.post(poster.log.genesis())
    assert not (settings.data / "log").exists()


def test_an_interval_longer_than_promised_is_refused(case: Poster, settings: Settings) -> None:
    too_long = settings.model_copy(update={"publish_seconds": 61.0})
    with pytest.raises(IntervalTooLong, match="within 60 s"), Service(too_long):
        pass


def test_readiness_tells_how_far_publication_is(case: Poster) -> None:
    size = published(case)
    check = case.client.get("/readyz").json()["checks"]["publication"]
    assert check == {"ok": True, "published": size, "behind": 0, "waiting": 0.0}


def test_readiness_ends_when_an_entry_waits_longer_than_promised(case: Poster, settings: Settings) -> None:
    published(case)
    service: Service = case.client.app.state.service  # type: ignore[attr-defined]
    path = settings.data / "log" / "checkpoint"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\n\n", 1))  # nothing can be published after this
    case.log.say("AllegationMade", "ngo", about=["factory:toys"], claim={"issue": "osh/ppe"})
    assert service.publication()["behind"] == 1
    with service._pool.connection() as connection:
        connection.execute(
            "UPDATE ledger_event SET state = convert_to(regexp_replace(convert_from(state, 'UTF8'),"
            " '\"recordedAt\":\"....', '\"recordedAt\":\"2020'), 'UTF8') WHERE notification_id = %s",
            (case.position,),
        )
    assert service.publication()["ok"] is False


def test_the_sequencer_stops_beside_the_checkpoint_of_another_log(case: Poster, settings: Settings) -> None:
    published(case)
    case.client.__exit__(None, None, None)
    checkpoint = settings.data / "log" / "checkpoint"
    checkpoint.write_bytes(checkpoint.read_bytes().replace(b"example.org", b"example.net"))
    with Service(settings.model_copy(update={"projector": "none"})) as service:
        assert service.sequencer.problem is not None
        assert "not this ledger's" in service.sequencer.problem.what
        with pytest.raises(PublicFilesForeign):
            service.tile_publisher().publish()
    case.client.__enter__()


def test_a_folder_of_its_own_may_be_named_for_the_public_log(settings: Settings, tmp_path: Path) -> None:
    elsewhere = settings.model_copy(update={"tiles": str(tmp_path / "www")})
    with TestClient(create_app(elsewhere)) as client:
        poster = Poster(client)
        poster.post(poster.log.genesis())
        published(poster)
    assert "checkpoint" in contents(tmp_path / "www")
