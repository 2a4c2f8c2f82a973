"""Key files: one Ed25519 seed each, locked with a passphrase unless its owner chose otherwise.

The lock is argon2id (RFC 9106) into XSalsa20-Poly1305 (`crypto_secretbox`), both libsodium's. The public
half stays readable, so that a key can be shown, and a draft prepared, without the passphrase.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nacl.exceptions
import nacl.pwhash.argon2id as argon2id
import nacl.secret
import nacl.signing
import nacl.utils

from ledger.core.keys import key_id
from ledger.core.refusal import LedgerError

FORMAT = "urn:evidence-ledger:v1:key-file"

# A file names its own cost so that it can rise later; a forged file must not be able to ask for all memory.
MAX_OPERATIONS = 16
MAX_MEMORY = 1 << 30  # bytes


class KeyFileError(LedgerError):
    """A key file that is missing, cannot be read, or must not be overwritten."""


class WrongPassphrase(LedgerError):
    """The passphrase does not open this key file (or the locked part of the file was altered)."""


Passphrase = Callable[[Path], str]


@dataclass(frozen=True, slots=True)
class Cost:
    """Work of argon2id: passes over the memory, and the memory in bytes."""

    operations: int
    memory: int


# libsodium's MODERATE: about a second on a laptop, the price of a guess for a thief.
USUAL_COST = Cost(argon2id.OPSLIMIT_MODERATE, argon2id.MEMLIMIT_MODERATE)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The half of a key file that anybody may see; `scope` is a sorted tuple of kinds, or `("any",)`."""

    public: bytes
    role: str
    scope: tuple[str, ...]
    party: str | None = None
    expires: str | None = None

    @property
    def key_id(self) -> str:
        return key_id(self.public)

    def claim(self) -> dict[str, Any]:
        """The member `firstKey` of a registration, or the claim of a key statement (protocol section 1)."""
        claim: dict[str, Any] = {
            "alg": "ed25519",
            "keyId": self.key_id,
            "publicKey": base64.b64encode(self.public).decode(),
            "role": self.role,
            "scope": sorted(self.scope),
        }
        return claim | ({"expires": self.expires} if self.expires else {})


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A key file as read: the public half, and the seed either in the clear or locked."""

    path: Path
    key: PublicKey
    _stored: Mapping[str, Any]

    @property
    def locked(self) -> bool:
        return "locked" in self._stored

    def seed(self, passphrase: Passphrase) -> bytes:
        """The 32 bytes that sign; asks for the passphrase only when the file is locked.

        Raises WrongPassphrase, or KeyFileError when the seed is not the public key's.
        """
        seed = _unlock(self.path, self._stored["locked"], passphrase) if self.locked else self._clear_seed()
        if bytes(nacl.signing.SigningKey(seed).verify_key) != self.key.public:
            raise KeyFileError(
                f"{self.path}: the secret half does not belong to the public half",
                "restore the file from a copy; never edit it by hand",
            )
        return seed

    def _clear_seed(self) -> bytes:
        return _bytes(self.path, self._stored.get("seed"), "seed", 32)


def new_seed() -> bytes:
    """32 bytes from the system's random source."""
    return nacl.utils.random(32)


def public_half(
    seed: bytes,
    role: str,
    scope: tuple[str, ...] = ("any",),
    party: str | None = None,
    expires: str | None = None,
) -> PublicKey:
    """The public half of a seed, with what the key is for."""
    return PublicKey(
        bytes(nacl.signing.SigningKey(seed).verify_key), role, tuple(sorted(scope)), party, expires
    )


def write_key_file(
    path: Path, seed: bytes, key: PublicKey, passphrase: str | None, cost: Cost = USUAL_COST
) -> KeyFile:
    """Write a key file with mode 0600; None as passphrase leaves the seed in the clear.

    Never overwrites: raises KeyFileError when the file exists or its folder cannot be written.
    """
    stored: dict[str, Any] = {"type": FORMAT, **key.claim()} | ({"party": key.party} if key.party else {})
    if passphrase is None:
        stored["seed"] = base64.b64encode(seed).decode()
    else:
        stored["locked"] = _lock(seed, passphrase, cost)
    _write_new(path, json.dumps(stored, indent=1, sort_keys=True).encode() + b"\n")
    return KeyFile(path, key, stored)


def read_key_file(path: Path) -> KeyFile:
    """Read and check the public half; the secret half is touched by `seed` alone.

    Raises KeyFileError when the file is missing, is no key file, or may be read by other users.
    """
    stored = _stored(path)
    public = _bytes(path, stored.get("publicKey"), "publicKey", 32)
    key = PublicKey(
        public, str(stored.get("role", "device")), _scope(stored), stored.get("party"), stored.get("expires")
    )
    if stored.get("keyId") != key.key_id:
        raise KeyFileError(f"{path}: keyId is not the digest of publicKey", "restore the file from a copy")
    return KeyFile(path, key, stored)


def _stored(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_mode & 0o077:
            raise KeyFileError(f"{path} can be read by other users", f"chmod 600 {path}")
        stored = json.loads(path.read_bytes())
    except OSError as error:
        raise KeyFileError(
            f"{path}: {error.strerror}", "name an existing key file; `evidence key new` makes one"
        ) from error
    except (ValueError, RecursionError) as error:
        raise KeyFileError(f"{path} is not a key file", "name a file made by `evidence key new`") from error
    if not isinstance(stored, dict) or stored.get("type") != FORMAT:
        raise KeyFileError(f"{path} is not a key file", "name a file made by `evidence key new`")
    return stored


def _scope(stored: Mapping[str, Any]) -> tuple[str, ...]:
    scope = stored.get("scope", ["any"])
    return tuple(str(kind) for kind in scope) if isinstance(scope, list) else ("any",)


def _bytes(path: Path, text: object, member: str, size: int | None = None) -> bytes:
    try:
        data = base64.b64decode(str(text), validate=True)
    except (ValueError, binascii.Error) as error:
        raise KeyFileError(f"{path}: {member} is not base64", "restore the file from a copy") from error
    if size is not None and len(data) != size:
        raise KeyFileError(
            f"{path}: {member} has {len(data)} bytes instead of {size}", "restore the file from a copy"
        )
    return data


def _lock(seed: bytes, passphrase: str, cost: Cost) -> dict[str, Any]:
    salt = nacl.utils.random(argon2id.SALTBYTES)
    box = nacl.secret.SecretBox(_stretch(passphrase, salt, cost)).encrypt(seed)
    return {
        "kdf": "argon2id13",
        "operations": cost.operations,
        "memory": cost.memory,
        "salt": base64.b64encode(salt).decode(),
        "box": base64.b64encode(bytes(box)).decode(),
    }


def _unlock(path: Path, locked: object, passphrase: Passphrase) -> bytes:
    if not isinstance(locked, dict) or locked.get("kdf") != "argon2id13":
        raise KeyFileError(
            f"{path}: unknown way of locking", "use the version of evidence that made the file"
        )
    cost = _cost(path, locked)
    salt = _bytes(path, locked.get("salt"), "salt", argon2id.SALTBYTES)
    box = _bytes(path, locked.get("box"), "box")
    try:
        return nacl.secret.SecretBox(_stretch(passphrase(path), salt, cost)).decrypt(box)
    except nacl.exceptions.CryptoError as error:
        raise WrongPassphrase(
            f"the passphrase does not open {path}", "try again, or restore the file"
        ) from error


def _cost(path: Path, locked: Mapping[str, Any]) -> Cost:
    operations, memory = locked.get("operations"), locked.get("memory")
    small = isinstance(operations, int) and isinstance(memory, int)
    if not small or not (1 <= operations <= MAX_OPERATIONS and 8192 <= memory <= MAX_MEMORY):  # type: ignore[operator]
        raise KeyFileError(f"{path}: the cost of the lock is out of bounds", "restore the file from a copy")
    return Cost(operations, memory)  # type: ignore[arg-type]


def _stretch(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    return argon2id.kdf(
        nacl.secret.SecretBox.KEY_SIZE,
        passphrase.encode(),
        salt,
        opslimit=cost.operations,
        memlimit=cost.memory,
    )


def _write_new(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # O_EXCL and the mode at creation: no moment at which another user could read or replace it.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise KeyFileError(f"{path} exists", "name another file; a key file is never overwritten") from error
    except OSError as error:
        raise KeyFileError(f"{path}: {error.strerror}", "name a folder that you may write to") from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
