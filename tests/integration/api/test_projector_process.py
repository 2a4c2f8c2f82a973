"""`evidence project` as a process of its own publishes what others sign."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from ledger.core.tiles import LogFiles
from ledger.store.tilestore import FolderLogFiles
from tests.integration.api.conftest import Poster
from tests.support.builder import REGISTRAR
from tests.support.public_log import assert_servable

SOON = 60.0  # seconds


def published(files: LogFiles) -> int:
    head = assert_servable(files)
    return 0 if head is None else head.size


def wait_for(files: LogFiles, size: int) -> None:
    deadline = time.monotonic() + SOON
    while published(files) < size:
        assert time.monotonic() < deadline, f"{size} entries are not published"
        time.sleep(0.05)


def test_a_projector_process_publishes_from_before_the_first_entry_to_its_end(settings: Settings) -> None:
    settings = settings.model_copy(update={"projector": "none", "publish_seconds": 0.1})
    process = subprocess.Popen(
        [sys.executable, "-c", "from api.cli import main; main()", "project"],
        env=os.environ | settings.environment(),
    )
    files = FolderLogFiles(settings.data / "log")
    try:
        with TestClient(create_app(settings)) as client:
            poster = Poster(client)
            genesis = poster.log.genesis()
            poster.post(genesis)
            wait_for(files, 1)
            poster.log.append(genesis)
            registered = poster.log.draft(
                "FactoryRegistered",
                "registrar",
                about=["factory:toys"],
                claim={"level": "factory", "country": "CN"},
                signers=[REGISTRAR],
            )
            assert poster.post(registered).status_code == 201
            wait_for(files, 2)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(SOON) == 0
