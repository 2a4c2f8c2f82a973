"""A publishing process killed at any moment leaves a log that can be checked; the next one completes it."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from ledger.core import tiles
from ledger.logterms import LogTerms
from ledger.publication import Publisher, rebuild
from ledger.store.publications import PostgresPublications
from ledger.store.tilestore import FolderLogFiles
from tests.support.public_log import assert_servable, contents
from tests.support.writing import writing

KILLS = 5
TURN_SECONDS = 20.0  # until the server has noticed that the killed process's session is gone


def kill_soon(url: str, journal: Path, folder: Path, pause: float) -> int:
    """Run the process until it has published once more and a little longer; the last size it told."""
    command = [sys.executable, "-m", "tests.support.publisher", url, str(journal), str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = int(process.stdout.readline())
        time.sleep(pause)
        process.send_signal(signal.SIGKILL)
        return max([told, *map(int, process.stdout.read().split())])


def test_a_killed_publisher_leaves_a_servable_log(database_url: str, tmp_path: Path) -> None:
    journal, folder = tmp_path / "journal", tmp_path / "log"
    files, luck = FolderLogFiles(folder), random.Random(7)
    for _ in range(KILLS):
        told = kill_soon(database_url, journal, folder, luck.uniform(0, 0.15))
        head = assert_servable(files)
        assert head is not None
        assert head.size >= told
    publications = PostgresPublications(database_url)
    with writing(database_url, journal) as process:
        publisher = Publisher(
            process.recorder, process.heads, LogTerms(process.recorder), files, publications
        )
        deadline = time.monotonic() + TURN_SECONDS
        for _ in range(2):  # what was begun, then what is newest
            while publisher.publish() is None:
                assert time.monotonic() < deadline
                time.sleep(0.05)
        head = assert_servable(files)
        assert head is not None
        assert head.size == process.recorder.head().size
        with publications.turn() as turn:
            assert turn is not None
            sizes = [publication.size for publication in turn.all()]
        expected = {tile.path for size in sizes for tile in tiles.tiles_for(size)} | {"checkpoint"}
        assert set(contents(folder)) == expected
        list(rebuild(process.recorder, FolderLogFiles(tmp_path / "again"), publications))
    assert contents(tmp_path / "again") == contents(folder)
