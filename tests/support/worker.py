"""A worker process under load: submits statements without end and tells each receipt it was given.

Run as `python -m tests.support.worker URL JOURNAL NAME COUNT`; it prints a line `<statement id> <index>` for
each acknowledged statement, flushed before the next group is submitted.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ledger.receipts import Receipt
from tests.support.writing import Author, submission, writing

GROUP = 8


def main(url: str, journal: str, name: str, count: str) -> None:
    author = Author()
    with writing(url, Path(journal)) as process:
        process.submit(*author.setup)
        print("ready", flush=True)
        for start in range(0, int(count), GROUP):
            texts = (f"{name} {number}" for number in range(start, start + GROUP))
            group = [submission(author.allegation(text)) for text in texts]
            for outcome in process.sequencer.submit_together(group).result(60):
                if not isinstance(outcome, Receipt):
                    raise outcome
                author.verify(outcome)
                print(outcome.statement_id, outcome.index, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
