"""Settings come from arguments, the environment and files; a wrong one is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api import settings
from api.settings import SettingsError, load


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in settings.known_variables():
        monkeypatch.delenv(name, raising=False)


def test_paths_lie_below_the_data_folder_unless_told_otherwise(tmp_path: Path) -> None:
    chosen = load(data=tmp_path, journal=tmp_path / "elsewhere")
    assert chosen.log_key_file == tmp_path / "keys" / "log.key"
    assert chosen.blobs_location == str(tmp_path / "blobs")
    assert chosen.journal_file == tmp_path / "elsewhere"


def test_a_secret_is_read_from_the_file_that_a_variable_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "url").write_text("postgresql://u:secret@h/d\n")
    monkeypatch.setenv("EVIDENCE_DATABASE_FILE", str(tmp_path / "url"))
    chosen = load()
    assert chosen.database is not None
    assert chosen.database.get_secret_value() == "postgresql://u:secret@h/d"
    assert "u:secret@" not in repr(chosen)


def test_a_value_and_a_file_for_the_same_setting_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVIDENCE_DATABASE", "postgresql://a/b")
    monkeypatch.setenv("EVIDENCE_DATABASE_FILE", str(tmp_path / "url"))
    with pytest.raises(SettingsError, match="both"):
        load()


def test_a_secret_file_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVIDENCE_S3_SECRET_KEY_FILE", str(tmp_path / "missing"))
    with pytest.raises(SettingsError, match="EVIDENCE_S3_SECRET_KEY_FILE"):
        load()


def test_a_misspelt_variable_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVIDENCE_DATABSE", "x")
    with pytest.raises(SettingsError, match="EVIDENCE_DATABSE"):
        load()


def test_a_value_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVIDENCE_PORT", "many")
    with pytest.raises(SettingsError, match="EVIDENCE_PORT"):
        load()


def test_workers_that_are_started_afresh_read_the_same_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "key").write_text("hidden")
    monkeypatch.setenv("EVIDENCE_S3_SECRET_KEY_FILE", str(tmp_path / "key"))
    given = load(data=tmp_path, port=0, database="postgresql://u:p@h/d", log_level="debug")
    for name, value in given.environment().items():
        monkeypatch.setenv(name, value)  # so that all are restored afterwards
    monkeypatch.delenv("EVIDENCE_S3_SECRET_KEY")
    settings.hand_down(given)
    assert load() == given


def test_handing_down_keeps_a_secret_from_a_file_out_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    (tmp_path / "key").write_text("hidden")
    monkeypatch.setenv("EVIDENCE_S3_SECRET_KEY_FILE", str(tmp_path / "key"))
    settings.hand_down(load())
    assert "hidden" not in os.environ.values()


def test_every_setting_is_described_for_operators() -> None:
    text = (Path(__file__).parents[3] / "docs" / "operations.md").read_text()
    described = set(re.findall(r"`(EVIDENCE_[A-Z0-9_]+)`", text))
    assert described == {settings.PREFIX + name.upper() for name in settings.Settings.model_fields}
