"""From draft files to signed files: labels, key files and earlier signed files are looked up beside the
draft.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import nacl.utils

from api.client.keyfile import KeyFile, read_key_file
from api.client.signed import SUFFIX, CapturedFile, Signed, read_signed, sign_payload
from api.drafts.build import Built, FileFacts, LedgerIdentity, build
from api.drafts.draft import Draft, read_drafts
from api.drafts.resolver import Resolver, Shelf, Target
from api.drafts.yaml_text import DraftError
from ledger.core.disclosure import SALT_BYTES
from ledger.core.refusal import LedgerError
from ledger.core.statement import Statement

DRAFT_LIMIT = 4 << 20  # bytes of one draft file; nobody types more


@dataclass(frozen=True, slots=True)
class Signer:
    """A key that is ready to sign: its public half's claim, its party if the file says one, and its seed."""

    party: str | None
    key_id: str
    seed: bytes


@dataclass(slots=True)
class FolderResolver:
    """Looks up labels and key files in the draft's folder, then asks `behind` (the ledger)."""

    shelf: Shelf
    key_folders: Sequence[Path]
    behind: Resolver | None = None

    def named(self, name: str) -> str | None:
        found = self.shelf.named(name)
        return found if found or self.behind is None else self.behind.named(name)

    def target(self, label_or_id: str) -> Target | None:
        found = self.shelf.target(label_or_id)
        return found if found or self.behind is None else self.behind.target(label_or_id)

    def public_key(self, name: str) -> Mapping[str, object] | None:
        key_file = find_key_file(name, self.key_folders)
        return None if key_file is None else key_file.key.claim()


def find_key_file(name: str, folders: Iterable[Path]) -> KeyFile | None:
    """The key file `name` or `name.key` in the first folder that has one."""
    for folder in folders:
        for path in (folder / name, folder / f"{name}.key"):
            if path.is_file():
                return read_key_file(path)
    return None


def shelf_of(folder: Path, shelf: Shelf | None = None) -> Shelf:
    """Every signed file of a folder, under its label; added to a shelf if one is given."""
    shelf = shelf or Shelf()
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        signed = read_signed(path)
        shelf.put(signed.envelope.payload, signed.label or path.name.removesuffix(SUFFIX))
    return shelf


def read_draft_file(path: Path) -> list[Draft]:
    """The drafts in a file; one without a label has the file's name, with its number if there are several."""
    try:
        if path.stat().st_size > DRAFT_LIMIT:
            raise DraftError(f"{path} is larger than {DRAFT_LIMIT} bytes", "split it into several files")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise DraftError(
            f"{path}: {error.strerror}", "name a draft; `evidence draft KIND` prints one"
        ) from error
    except UnicodeDecodeError as error:
        raise DraftError(f"{path} is not UTF-8", "save it as UTF-8") from error
    drafts = read_drafts(text, path.name)
    names = [path.stem] if len(drafts) == 1 else [f"{path.stem}-{n}" for n in range(1, len(drafts) + 1)]
    return [replace(one, label=one.label or name) for one, name in zip(drafts, names, strict=True)]


def captured(draft: Draft, folder: Path) -> tuple[FileFacts, CapturedFile] | tuple[None, None]:
    """The document a draft takes in: its facts, read from the file beside the draft."""
    if draft.file is None:
        return None, None
    path = folder / draft.file.path
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
    except OSError as error:
        raise DraftError(
            f"{draft.where}: {path}: {error.strerror}", "put the document beside the draft"
        ) from error
    return FileFacts(digest, size), CapturedFile(path, draft.file.media, digest)


@dataclass(slots=True)
class Workshop:
    """Builds and signs drafts of one folder, one after the other; each may refer to those before it."""

    ledger: LedgerIdentity
    folder: Path
    resolver: FolderResolver
    now: Callable[[], str]

    def build(self, draft: Draft) -> tuple[Built, CapturedFile | None]:
        """The statement that a draft stands for. Raises DraftError and Refusal."""
        facts, file = captured(draft, self.folder)
        return build(draft, self.resolver, self.ledger, self.now(), new_salt, facts), file

    def sign(self, draft: Draft, signers: Sequence[Signer]) -> Signed:
        """The signed statement; later drafts know it by its label.

        Raises LedgerError without a fitting key.
        """
        built, file = self.build(draft)
        payload = built.statement.payload
        chosen = list(fitting(signers, built.statement))
        if not chosen:
            issuers = ", ".join(built.statement.issuers)
            raise LedgerError(f"{draft.where}: none of the keys is a key of {issuers}", "add `--key FILE`")
        self.resolver.shelf.put(payload, draft.label)
        envelope = sign_payload(payload, [signer.seed for signer in chosen])
        return Signed(envelope, built.disclosures, draft.label, file)


def fitting(signers: Iterable[Signer], statement: Statement) -> Iterator[Signer]:
    """The keys that this statement needs: its issuers', and the one it introduces."""
    introduced = introduced_key(statement.claim)
    for signer in signers:
        if signer.party is None or signer.party in statement.issuers or signer.key_id == introduced:
            yield signer


def introduced_key(claim: Mapping[str, object]) -> str | None:
    """The id of the key that a party or key statement brings with it; that key signs, too."""
    holder = claim.get("firstKey", claim)
    found = holder.get("keyId") if isinstance(holder, Mapping) and "publicKey" in holder else None
    return None if found is None else str(found)


def unsigned(signed: Signed, signers: Iterable[Signer]) -> list[str]:
    """Issuers whose signature is still missing, as far as these keys' parties tell."""
    have = {signature.keyid for signature in signed.envelope.signatures}
    parties = {signer.party for signer in signers if signer.key_id in have}
    return [issuer for issuer in signed.statement().issuers if issuer not in parties]


def new_salt() -> bytes:
    """16 random bytes for one disclosure."""
    return nacl.utils.random(SALT_BYTES)
