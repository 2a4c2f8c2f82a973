"""A whole sequencer on a real database for a test, and an author with real keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ledger.clock import SystemClock
from ledger.core.checkpoint import Checkpoint, sign_checkpoint
from ledger.core.note import Signer
from ledger.core.receipt import Trust, verify_receipt
from ledger.heads import Heads
from ledger.ports import Clock, IndexHeads, TreeHeadSource
from ledger.receipts import Receipt, ReceiptDesk
from ledger.sequencer import Limits, Sequencer, Submission
from ledger.store.datastore import datastore_from_url
from ledger.store.journal import FileSignJournal
from ledger.store.recorder import PostgresLedgerRecorder
from tests.support.builder import LOG_KEY, ORIGIN, KeyPair, Log, Signed, log_vkey


class TestSigner:
    """`CheckpointSigner` with the log key of the builder."""

    __test__ = False

    def sign(self, size: int, root: bytes, version: int | None = None) -> str:
        return sign_checkpoint(Checkpoint(ORIGIN, size, root), Signer(ORIGIN, LOG_KEY.seed))


@dataclass(slots=True)
class Writing:
    """The parts of one writing process."""

    recorder: PostgresLedgerRecorder
    heads: Heads
    desk: ReceiptDesk
    sequencer: Sequencer

    def submit(self, *signed: Signed) -> list[Receipt]:
        """Receipts of statements that are submitted together; raises the first refusal."""
        futures = self.sequencer.submit([submission(each) for each in signed])
        return [future.result(30) for future in futures]


@contextmanager
def writing(
    url: str,
    journal: Path,
    *,
    clock: Clock | None = None,
    limits: Limits | None = None,
    published: Sequence[TreeHeadSource] = (),
    index: IndexHeads | None = None,
) -> Iterator[Writing]:
    """A started sequencer on the database at `url`, stopped at the end."""
    datastore = datastore_from_url(url)
    try:
        recorder = PostgresLedgerRecorder(datastore)
        heads = Heads(recorder, FileSignJournal(journal), TestSigner(), published)
        desk = ReceiptDesk(recorder, heads)
        sequencer = Sequencer(recorder, heads, desk, clock or SystemClock(), limits, index)
        sequencer.start()
        try:
            yield Writing(recorder, heads, desk, sequencer)
        finally:
            sequencer.stop()
    finally:
        datastore.close()


def submission(signed: Signed) -> Submission:
    return Submission(signed.envelope, signed.disclosures)


class Author:
    """Drafts and signs statements about one factory; `setup` are the statements that introduce everybody."""

    def __init__(self, clock: str = "system") -> None:
        self.log = Log(clock)
        self.setup: list[Signed] = []
        self._open()

    @property
    def trust(self) -> Trust:
        return Trust(ORIGIN, self.log.genesis_id, log_vkey(), self.log.recorded[0].statement.claim["policy"])

    def allegations(self, count: int) -> list[Signed]:
        """That many different allegations, texts in disclosures; the author's log stays as it is."""
        return [self.allegation(f"allegation {number}") for number in range(count)]

    def allegation(self, text: str = "no gloves", issue: str = "osh/ppe") -> Signed:
        return self.log.draft(
            "AllegationMade",
            "ngo",
            about=["factory:works"],
            claim={"issue": issue},
            hidden={"text": {"lang": "en", "text": text}},
        )

    def verify(self, receipt: Receipt) -> None:
        """Assert that the receipt proves inclusion, with every signer's key at hand."""
        pairs = [*self.log.keys.values(), LOG_KEY]
        keys = {pair.id: pair.public for pair in pairs}
        report = verify_receipt(receipt.entry, receipt.proof, self.trust, keys)
        assert report.exit_code == 0, [step for step in report if step.grade != "held"]
        assert {step.grade for step in report} <= {"held", "unchecked"}

    def _open(self) -> None:
        log = self.log
        self._record(log.genesis())
        log.keys |= {"operator": _OPERATOR, "registrar": _REGISTRAR}
        key = KeyPair("ngo")
        described = {"entity": "organisation", "roles": ["ngo"], "checked": "demo", "firstKey": key.claim()}
        self._record(
            log.draft(
                "PartyRegistered",
                "registrar",
                about=["party:ngo"],
                claim=described,
                signers=(_REGISTRAR, key),
            )
        )
        log.keys["ngo"] = key
        self._record(
            log.draft(
                "FactoryRegistered",
                "registrar",
                about=["factory:works"],
                claim={"level": "factory", "country": "CN"},
            )
        )

    def _record(self, signed: Signed) -> None:
        self.setup.append(signed)
        self.log.append(signed)


_OPERATOR = KeyPair("operator")
_REGISTRAR = KeyPair("registrar")
