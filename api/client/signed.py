"""Signed files: an envelope with its disclosures, carried between the machines of the people who sign it.

`evidence sign` writes one, `evidence cosign` adds a signature, `evidence submit` sends it. Beside the two
members that the API takes stand a label and the document it captures; these never leave the machine in a
request.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ledger.core import disclosure
from ledger.core.envelope import Envelope, Signature, normalised, pae, parse, to_json_value
from ledger.core.keys import key_id, public_key, sign, verify
from ledger.core.refusal import LedgerError, Refusal
from ledger.core.statement import Statement, decode_statement

FORMAT = "urn:evidence-ledger:v1:signed-file"
SUFFIX = ".signed.json"


class SignedFileError(LedgerError):
    """A signed file that cannot be read or whose parts do not belong together."""


@dataclass(frozen=True, slots=True)
class CapturedFile:
    """The document that a statement takes in: its path, media type and SHA-256 (64 hex)."""

    path: Path
    media: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Signed:
    """An envelope, the disclosures that travel beside it, and what its author calls it."""

    envelope: Envelope
    disclosures: tuple[str, ...]
    label: str | None = None
    captured: CapturedFile | None = None

    def statement(self) -> Statement:
        """The statement inside. Raises Refusal when its form is wrong."""
        return decode_statement(self.envelope.payload)

    def submission(self) -> dict[str, Any]:
        """The body of `POST /v1/statements`."""
        return {"envelope": to_json_value(self.envelope), "disclosures": list(self.disclosures)}


def sign_payload(payload: bytes, seeds: Iterable[bytes]) -> Envelope:
    """An envelope with one signature for each seed (32 bytes)."""
    return normalised(payload, [_signature(payload, seed) for seed in seeds])


def cosign(signed: Signed, seed: bytes) -> Signed:
    """The same with one signature more.

    Raises Refusal `duplicate-signature` when that key has signed already.
    """
    payload = signed.envelope.payload
    signatures = [*signed.envelope.signatures, _signature(payload, seed)]
    return replace(signed, envelope=normalised(payload, signatures))


def _signature(payload: bytes, seed: bytes) -> Signature:
    return Signature(key_id(public_key(seed)), sign(seed, pae(payload)))


def holds(signature: Signature, public: bytes, payload: bytes) -> bool:
    """Whether this signature is by this key over this payload."""
    return signature.keyid == key_id(public) and verify(public, pae(payload), signature.sig)


def write_signed(path: Path, signed: Signed) -> None:
    """Write the file, beside or over an earlier one; the path of a captured document is kept relative to
    it.
    """
    value: dict[str, Any] = {"type": FORMAT, **signed.submission()}
    if signed.label is not None:
        value["label"] = signed.label
    if signed.captured is not None:
        value["captured"] = {
            "path": _relative(signed.captured.path, path.parent),
            "media": signed.captured.media,
            "sha256": signed.captured.sha256,
        }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(path.name + ".new")
        fresh.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        raise SignedFileError(f"{path}: {error.strerror}", "name a folder that you may write to") from error


def read_signed(path: Path) -> Signed:
    """Read a signed file; checks that each disclosure is one of the statement's. Raises SignedFileError."""
    value = _value(path)
    try:
        envelope = parse(value["envelope"])
        disclosures = tuple(str(text) for text in value.get("disclosures", []))
        _check_disclosures(path, decode_statement(envelope.payload).digests, disclosures)
        captured = _captured(path, value.get("captured"))
    except (Refusal, KeyError, TypeError) as error:
        raise SignedFileError(f"{path} is not a signed file: {error}", "sign the draft again") from error
    label = value.get("label")
    return Signed(envelope, disclosures, None if label is None else str(label), captured)


def _value(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_bytes())
    except OSError as error:
        raise SignedFileError(
            f"{path}: {error.strerror}", "name a file written by `evidence sign`"
        ) from error
    except (ValueError, RecursionError) as error:
        raise SignedFileError(
            f"{path} is not a signed file", "name a file written by `evidence sign`"
        ) from error
    if not isinstance(value, dict) or not isinstance(value.get("envelope"), dict):
        raise SignedFileError(f"{path} is not a signed file", "name a file written by `evidence sign`")
    return value


def _check_disclosures(path: Path, digests: Sequence[str], disclosures: Sequence[str]) -> None:
    for text in disclosures:
        if disclosure.parse(text).digest not in digests:
            raise SignedFileError(
                f"{path}: a disclosure does not belong to the statement", "sign the draft again"
            )


def _captured(path: Path, value: Any) -> CapturedFile | None:
    if value is None:
        return None
    return CapturedFile(path.parent / str(value["path"]), str(value["media"]), str(value["sha256"]))


def _relative(path: Path, folder: Path) -> str:
    return os.path.relpath(path.resolve(), folder.resolve())
