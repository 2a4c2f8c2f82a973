"""A process that signs and publishes without end, to be killed.

Run as `python -m tests.support.publisher URL JOURNAL FOLDER`. It prints the size of each published tree,
flushed, and goes on with a larger one.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ledger.logterms import LogTerms
from ledger.publication import Publisher
from ledger.store.publications import PostgresPublications
from ledger.store.tilestore import FolderLogFiles
from tests.support.writing import Author, writing

GROUP = 90


def main(url: str, journal: str, folder: str) -> None:
    author = Author()
    with writing(url, Path(journal)) as process:
        process.submit(*author.setup)
        parts = (process.recorder, process.heads, LogTerms(process.recorder))
        publisher = Publisher(*parts, FolderLogFiles(Path(folder)), PostgresPublications(url))
        number = process.recorder.head().size
        while True:
            process.submit(*(author.allegation(f"{number + extra}") for extra in range(GROUP)))
            number += GROUP
            done = publisher.publish()
            if done is not None:  # else the server has not noticed yet that the last process was killed
                print(done.size, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
