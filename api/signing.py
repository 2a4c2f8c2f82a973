"""The log's own keys: which of them this machine holds, and all that are in force signing together."""

from __future__ import annotations

from collections.abc import Iterator

from api.client.keyfile import KeyFile, read_key_file
from api.settings import Settings
from ledger.core.checkpoint import Checkpoint
from ledger.core.merkle import EMPTY_ROOT
from ledger.core.note import ED25519, Signer, Verifier, sign_note
from ledger.core.refusal import Refusal
from ledger.core.statement import decode_statement
from ledger.heads import SequencerUnavailable
from ledger.logterms import LogTerms
from ledger.sequencer import Submission

# Canonical JSON has one spelling, so these bytes stand in the payload of every statement about the ledger.
_MARK = b'"predicateType":"urn:evidence-ledger:v1:ledger"'
NEXT_KEYS = "log-*.key"


class LogKeyMissing(SequencerUnavailable):
    """A key that has to sign for the log is not on this machine."""

    retry_after = 30


class KeyRing:
    """The log's key files: the one that the settings name, and `log-*.key` beside it.

    Files are looked for again when a key is asked for that is not known, so that a rotation needs no restart.
    """

    def __init__(self, settings: Settings, origin: str) -> None:
        self._settings = settings
        self._origin = origin
        self._signers: dict[str, Signer] = {}

    def signer(self, vkey: str) -> Signer:
        """The signer of that verifier key. Raises `LogKeyMissing`, or what keeps its file from being read."""
        if vkey not in self._signers:
            for name, key_file in self._files():
                if name == vkey:
                    self._signers[vkey] = Signer(self._origin, key_file.seed(self._passphrase))
        if vkey not in self._signers:
            # Whoever submits is told this, so it says nothing about the machine's folders.
            raise LogKeyMissing(
                f"the log's key {vkey} is not on this machine",
                "put its file beside the other log key as log-NAME.key",
            )
        return self._signers[vkey]

    def holds(self, vkey: str) -> bool:
        """Whether its file is here and can be unlocked."""
        try:
            self.signer(vkey)
        except LogKeyMissing:
            return False
        return True

    def first(self) -> Signer:
        """The key that the settings name; what a log without entries would sign with."""
        key_file = read_key_file(self._settings.log_key_file)
        return self.signer(self._vkey(key_file))

    def _files(self) -> Iterator[tuple[str, KeyFile]]:
        first = self._settings.log_key_file
        for path in (first, *sorted(first.parent.glob(NEXT_KEYS))):
            if path.exists():
                key_file = read_key_file(path)
                yield self._vkey(key_file), key_file

    def _vkey(self, key_file: KeyFile) -> str:
        return Verifier(self._origin, ED25519, key_file.key.public).vkey

    def _passphrase(self, _: object) -> str:
        given = self._settings.log_key_passphrase
        return "" if given is None else given.get_secret_value()


class LogSigner:
    """`CheckpointSigner`: signs with every log key that the tree's own entries leave in force."""

    def __init__(self, origin: str, ring: KeyRing, terms: LogTerms) -> None:
        self._origin = origin
        self._ring = ring
        self._terms = terms

    def check(self, size: int) -> None:
        """Raises `LedgerError` unless the tree of `size` entries can be signed here."""
        self._signers(size)

    def sign(self, size: int, root: bytes, version: int | None = None) -> str:
        """The checkpoint as a note, the keys in the order in which the ledger lists them."""
        return sign_note(Checkpoint(self._origin, size, root).text(), self._signers(size, version))

    def sign_empty(self, size: int) -> str:
        """A checkpoint of no entries by the keys in force at `size`: it asks a witness what it holds, and
        binds nobody, as every tree begins with the empty one.
        """
        return sign_note(Checkpoint(self._origin, 0, EMPTY_ROOT).text(), self._signers(size))

    def _signers(self, size: int, version: int | None = None) -> list[Signer]:
        terms = self._terms.at(size, version)
        return [self._ring.first()] if terms is None else [self._ring.signer(key) for key in terms.log_keys]


def admit(ring: KeyRing, submission: Submission) -> None:
    """Log keys that a statement puts in force have to be here: else nothing could be signed after it.

    Raises `Refusal`.
    """
    if _MARK not in submission.envelope.payload:
        return
    statement = submission.statement or decode_statement(submission.envelope.payload)
    for vkey in statement.claim.get("logKeys", ()):
        if not ring.holds(vkey):
            raise Refusal("log-key-missing", vkey, "/predicate/claim/logKeys")
