"""Settings, and the layout of the data folder. The only reader of the environment.

Each setting is a variable `EVIDENCE_<NAME>`; or `EVIDENCE_<NAME>_FILE`, a file that holds the value, so that
secrets need not stand in the environment. Given both, starting is refused: one of them would be ignored.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from ledger.core.refusal import LedgerError

PREFIX = "EVIDENCE_"
MEBIBYTE = 1 << 20


class SettingsError(LedgerError):
    """A setting is missing, unreadable or has a value that cannot be used."""


class Settings(BaseSettings):
    """What a process needs to know before it starts; immutable, sizes in bytes, times in seconds."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    # Where things are. The paths left empty lie below `data`, see the properties below.
    data: Path = Path("evidence-data")
    database: SecretStr | None = None
    """libpq URL; without it the embedded server in `data` is used."""
    blobs: str = ""
    """A folder, or `s3://bucket/prefix`."""
    tiles: str = ""
    """The public log's files: a folder, or `s3://bucket/prefix`."""
    s3_endpoint: str = ""
    s3_region: str = "us-east-1"
    s3_access_key: SecretStr | None = None
    s3_secret_key: SecretStr | None = None
    log_key: Path | None = None
    log_key_passphrase: SecretStr | None = None
    journal: Path | None = None
    witnesses: Path | None = None
    """A c2sp.org/tlog-policy file that says where witnesses are, and who else is asked to cosign."""
    tsa_url: str = ""
    """A time-stamping authority (RFC 3161) that dates published checkpoints; needs the extra `anchoring`."""
    tsa_roots: Path | None = None
    """Its root certificate in PEM, and those between if it does not send them."""
    tsa_seconds: float = Field(3600.0, ge=1)
    """The least time between two of its time-stamps."""
    operator_key: Path | None = None
    operator_key_passphrase: SecretStr | None = None

    # What the command line takes from the environment.
    url: str = ""
    """The ledger's address for commands that go over HTTP."""
    passphrase: SecretStr | None = None
    """For key files, where nobody can type it."""

    origin: str = ""
    """The log's name, needed only while it has no entry 0 to say it."""

    # How to serve.
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    workers: int = Field(1, ge=1, le=64)
    projector: Literal["thread", "none"] = "thread"
    """`none` when `evidence project` runs as a process of its own."""
    indexer: Literal["thread", "none"] = "thread"
    """Whether this process publishes index statements, if it has the operator's device key."""
    index_seconds: float | None = Field(None, gt=0)
    """The interval between index statements; unless given, what the ledger promises."""
    publish_seconds: float | None = Field(None, gt=0)
    """The interval between publications; unless given, a sixth of what entry 0 promises."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "json"

    # Limits: what a request may cost.
    max_statement_bytes: int = Field(MEBIBYTE, ge=1024)
    max_batch_bytes: int = Field(64 * MEBIBYTE, ge=1024)
    max_batch_lines: int = Field(20_000, ge=1)
    max_document_bytes: int = Field(64 * MEBIBYTE, ge=1)
    uploads_at_once: int = Field(4, ge=1)
    bundles_at_once: int = Field(2, ge=1)
    submissions_at_once: int = Field(8192, ge=1)
    wait_seconds: float = Field(5.0, ge=0, le=60)
    """How long a reader with `at_least` waits for the views to catch up."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then the environment, then the files that it names; no dotenv files."""
        return init_settings, env_settings, FileVariables(settings_cls)

    @property
    def postgres_folder(self) -> Path:
        """The embedded server's cluster."""
        return self.data / "postgres"

    @property
    def keys_folder(self) -> Path:
        """Key files that `evidence init` and `evidence key new` wrote (0700)."""
        return self.data / "keys"

    @property
    def receipts_folder(self) -> Path:
        """Receipts that the command line saved."""
        return self.data / "receipts"

    @property
    def trust_file(self) -> Path:
        """What verifiers take as `--trust`."""
        return self.data / "trust.json"

    @property
    def log_key_file(self) -> Path:
        """The key that signs checkpoints."""
        return self.log_key or self.keys_folder / "log.key"

    @property
    def operator_key_file(self) -> Path:
        """The operator's device key, which signs index statements."""
        return self.operator_key or self.keys_folder / "operator-device.key"

    @property
    def journal_file(self) -> Path:
        """The sign journal, outside the database (protocol section 6)."""
        return self.journal or self.data / "journal"

    @property
    def witnesses_folder(self) -> Path:
        """What is remembered of each witness, outside the database (protocol section 6)."""
        return self.data / "witnesses"

    @property
    def metrics_folder(self) -> Path:
        """Where worker processes count together; emptied at each start."""
        return self.data / "metrics"

    @property
    def blobs_location(self) -> str:
        """The folder or the `s3://` address of the documents."""
        return self.blobs or str(self.data / "blobs")

    @property
    def tiles_location(self) -> str:
        """The folder or the `s3://` address of the public log's files."""
        return self.tiles or str(self.data / "log")

    def environment(self) -> dict[str, str]:
        """These settings as variables, for worker processes that are started afresh; no defaults."""
        values = self.model_dump(exclude_defaults=True)
        return {PREFIX + name.upper(): _plain(value) for name, value in values.items()}


class FileVariables(PydanticBaseSettingsSource):
    """Values from the files that `EVIDENCE_<NAME>_FILE` variables name, less one trailing newline."""

    def get_field_value(
        self,
        field: FieldInfo,  # noqa: ARG002 - the library's signature
        field_name: str,
    ) -> tuple[Any, str, bool]:
        """One setting's value from its file, None without one. Raises `SettingsError`."""
        variable = f"{PREFIX}{field_name.upper()}_FILE"
        path = os.environ.get(variable)
        if path is None:
            return None, field_name, False
        if PREFIX + field_name.upper() in os.environ:
            raise SettingsError(
                f"both {PREFIX}{field_name.upper()} and {variable} are set", "keep one of the two"
            )
        return _read_value(Path(path), variable), field_name, False

    def __call__(self) -> dict[str, Any]:
        """All settings that come from files."""
        fields = self.settings_cls.model_fields
        found = {name: self.get_field_value(field, name)[0] for name, field in fields.items()}
        return {name: value for name, value in found.items() if value is not None}


def load(**given: Any) -> Settings:
    """Settings from arguments (None means not given) and environment.

    Raises `SettingsError` with every defect; a variable with our prefix that is no setting is one.
    """
    _refuse_unknown(os.environ)
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        defects = "; ".join(f"{_named(e['loc'])}: {e['msg']}" for e in error.errors())
        raise SettingsError(defects, "see docs/operations.md for every setting") from None


def hand_down(settings: Settings) -> None:
    """Put settings into this process's environment, for the worker processes it starts."""
    for name, value in settings.environment().items():
        path = os.environ.get(f"{name}_FILE")
        if path and _read_value(Path(path), f"{name}_FILE") == value:
            continue  # the file hands it down, and a secret stays out of the environment
        os.environ.pop(f"{name}_FILE", None)
        os.environ[name] = value


def known_variables() -> frozenset[str]:
    """Every variable that is read, for the check of docker-compose.yml."""
    names = {PREFIX + name.upper() for name in Settings.model_fields}
    return frozenset(names | {f"{name}_FILE" for name in names} | NOT_SETTINGS)


# Read by the tests alone, as is every name that begins with EVIDENCE_TEST_.
NOT_SETTINGS = frozenset({PREFIX + "REQUIRE_ALL"})
TESTS = PREFIX + "TEST_"


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    ours = (name for name in environment if name.startswith(PREFIX) and not name.startswith(TESTS))
    unknown = sorted(set(ours) - known_variables())
    if unknown:
        raise SettingsError(f"no such setting: {', '.join(unknown)}", "remove it, or correct its name")


def _read_value(path: Path, variable: str) -> str:
    try:
        return path.read_text(encoding="utf-8").removesuffix("\n")
    except OSError as error:
        raise SettingsError(
            f"{variable}: {path} cannot be read: {error.strerror}", "make it readable"
        ) from error


def _named(place: tuple[int | str, ...]) -> str:
    return PREFIX + ".".join(str(part).upper() for part in place)


def _plain(value: Any) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)
