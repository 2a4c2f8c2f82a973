"""Key files: locked unless told otherwise, readable by their owner alone, never overwritten."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from nacl.pwhash import argon2id

from api.client.keyfile import (
    Cost,
    KeyFileError,
    WrongPassphrase,
    new_seed,
    public_half,
    read_key_file,
    write_key_file,
)

CHEAP = Cost(argon2id.OPSLIMIT_MIN, argon2id.MEMLIMIT_MIN)


def made(path: Path, passphrase: str | None = "correct horse") -> bytes:
    seed = new_seed()
    write_key_file(path, seed, public_half(seed, "root", party="clw"), passphrase, CHEAP)
    return seed


def test_a_locked_key_opens_with_its_passphrase(tmp_path: Path) -> None:
    seed = made(tmp_path / "clw.key")
    assert read_key_file(tmp_path / "clw.key").seed(lambda path: "correct horse") == seed


def test_a_wrong_passphrase_is_named_as_such(tmp_path: Path) -> None:
    made(tmp_path / "clw.key")
    with pytest.raises(WrongPassphrase, match="passphrase does not open"):
        read_key_file(tmp_path / "clw.key").seed(lambda path: "battery staple")


def test_the_public_half_needs_no_passphrase(tmp_path: Path) -> None:
    seed = made(tmp_path / "clw.key")
    found = read_key_file(tmp_path / "clw.key")
    assert found.key == public_half(seed, "root", party="clw")
    assert found.locked


def test_the_secret_is_nowhere_in_a_locked_file(tmp_path: Path) -> None:
    seed = made(tmp_path / "clw.key")
    stored = json.loads((tmp_path / "clw.key").read_text())
    assert "seed" not in stored
    assert seed.hex() not in (tmp_path / "clw.key").read_text()


def test_only_the_owner_may_read_a_key_file(tmp_path: Path) -> None:
    made(tmp_path / "clw.key")
    assert (tmp_path / "clw.key").stat().st_mode & 0o777 == 0o600


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    made(tmp_path / "clw.key")
    (tmp_path / "clw.key").chmod(0o644)
    with pytest.raises(KeyFileError, match="other users"):
        read_key_file(tmp_path / "clw.key")


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    seed = made(tmp_path / "clw.key", None)
    with pytest.raises(KeyFileError, match="exists"):
        made(tmp_path / "clw.key", None)
    assert read_key_file(tmp_path / "clw.key").seed(never) == seed


def test_an_unlocked_key_never_asks(tmp_path: Path) -> None:
    seed = made(tmp_path / "clw.key", None)
    assert read_key_file(tmp_path / "clw.key").seed(never) == seed


@pytest.mark.parametrize("member", ["publicKey", "keyId"])
def test_another_partys_public_half_is_noticed(tmp_path: Path, member: str) -> None:
    made(tmp_path / "clw.key", None)
    made(tmp_path / "other.key", None)
    ours, theirs = (json.loads((tmp_path / name).read_text()) for name in ("clw.key", "other.key"))
    (tmp_path / "clw.key").write_text(json.dumps(ours | {member: theirs[member]}))
    with pytest.raises(KeyFileError, match="keyId"):
        read_key_file(tmp_path / "clw.key")


def test_a_seed_that_is_not_the_public_keys_is_noticed(tmp_path: Path) -> None:
    made(tmp_path / "clw.key", None)
    made(tmp_path / "other.key", None)
    ours, theirs = (json.loads((tmp_path / name).read_text()) for name in ("clw.key", "other.key"))
    (tmp_path / "clw.key").write_text(json.dumps(ours | {"seed": theirs["seed"]}))
    with pytest.raises(KeyFileError, match="does not belong"):
        read_key_file(tmp_path / "clw.key").seed(never)


def test_a_forged_cost_cannot_take_all_memory(tmp_path: Path) -> None:
    made(tmp_path / "clw.key")
    stored = json.loads((tmp_path / "clw.key").read_text())
    stored["locked"]["memory"] = 1 << 40
    (tmp_path / "clw.key").write_text(json.dumps(stored))
    with pytest.raises(KeyFileError, match="out of bounds"):
        read_key_file(tmp_path / "clw.key").seed(lambda path: "correct horse")


@pytest.mark.parametrize("text", ["", "{}", "[]", "not json", '{"type":"else"}'])
def test_what_is_no_key_file_is_refused_in_plain_words(tmp_path: Path, text: str) -> None:
    path = tmp_path / "clw.key"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(KeyFileError, match="not a key file"):
        read_key_file(path)


def test_a_missing_file_is_refused_in_plain_words(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="No such file"):
        read_key_file(tmp_path / "none.key")


def never(path: Path) -> str:
    raise AssertionError(f"asked for the passphrase of {path}")
