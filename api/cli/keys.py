"""`evidence key new | show`: key files, the log's verifier key, the trust file."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.console import say, say_json
from api.cli.options import Data, Json, NoPassphrase, UsageError, load_settings, read_trust
from api.cli.words import _
from api.client.keyfile import (
    KeyFile,
    KeyFileError,
    Passphrase,
    PublicKey,
    new_seed,
    public_half,
    read_key_file,
    write_key_file,
)
from ledger.core.grammar import is_issued_at, is_slug

if TYPE_CHECKING:
    from api.settings import Settings

Party = Annotated[str | None, typer.Option("--party", help="Whose key this is: the party's slug.")]
Role = Annotated[
    str, typer.Option("--role", help="`root` signs for the party's keys, too; `device` does not.")
]
Scope = Annotated[list[str] | None, typer.Option("--scope", help="A kind that the key may sign; repeat it.")]
Expires = Annotated[str | None, typer.Option("--expires", help="Until when, as 2027-12-31T23:59:59Z.")]


def new(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="Where to put the key, such as clw.key.")],
    party: Party = None,
    role: Role = "root",
    scope: Scope = None,
    expires: Expires = None,
    no_passphrase: NoPassphrase = False,
    as_json: Json = False,
) -> None:
    """Make a key file, locked with a passphrase."""
    if role not in ("root", "device"):
        raise UsageError(f"{role} is not a role of a key", "use --role root or --role device")
    if party is not None and not is_slug(party):
        raise UsageError(f"{party} is no slug of a party", "slugs match [a-z0-9][a-z0-9._-]{0,127}")
    if expires is not None and not is_issued_at(expires):
        raise UsageError(f"{expires} is not a moment", "write it as 2027-12-31T23:59:59Z")
    _check_scope(scope or [])
    if path.exists():
        raise KeyFileError(f"{path} exists", "name another file; a key file is never overwritten")
    passphrase = None if no_passphrase else new_passphrase(load_settings())
    seed = new_seed()
    key = public_half(seed, role, tuple(scope or ["any"]), party, expires)
    _show(write_key_file(path, seed, key, passphrase), as_json)


def _check_scope(scope: list[str]) -> None:
    if not scope:
        return
    # Imported late: few keys have a scope, and these tables take longer to make than the key.
    from ledger.core.values import SCOPES

    for kind in set(scope) - set(SCOPES):
        raise UsageError(f"{kind} is no kind that a key may sign", f"kinds are {', '.join(SCOPES)}")


def show(
    path: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="A key file.")] = None,
    log: Annotated[bool, typer.Option("--log", help="Print the log's verifier key.")] = False,
    trust: Annotated[bool, typer.Option("--trust", help="Print the trust file for verifiers.")] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Show a key's public half, the log's verifier key, or the trust file; never a secret."""
    if [path is not None, log, trust].count(True) != 1:
        raise UsageError("name one thing to show", "give a key file, or --log, or --trust")
    if path is not None:
        _show(read_key_file(path), as_json)
        return
    root = read_trust(None, load_settings(data))
    if trust:
        from ledger.core.receipt import format_trust

        sys.stdout.write(format_trust(root))
    elif as_json:
        say_json({"vkey": root.vkey})
    else:
        sys.stdout.write(root.vkey + "\n")


def _show(key_file: KeyFile, as_json: bool) -> None:
    key = key_file.key
    if as_json:
        party = {"party": key.party} if key.party else {}
        say_json({"file": str(key_file.path), "locked": key_file.locked, **party, **key.claim()})
        return
    say(
        _(
            "{file}: {role} key{whose}, {locked}",
            file=key_file.path,
            role=key.role,
            whose=_whose(key),
            locked=_lock(key_file),
        )
    )
    say(_("key id      {id}", id=key.key_id))
    say(_("public key  {key}", key=key.claim()["publicKey"]))
    say(_("may sign    {scope}", scope=", ".join(key.scope)))


def _whose(key: PublicKey) -> str:
    return _(" of {party}", party=key.party) if key.party else ""


def _lock(key_file: KeyFile) -> str:
    return _("locked with a passphrase") if key_file.locked else _("not locked")


def new_passphrase(settings: Settings) -> str:
    """A passphrase for a new key, typed twice, or from the setting.

    Raises UsageError when nobody can type.
    """
    if settings.passphrase is not None:
        return settings.passphrase.get_secret_value()
    if not sys.stdin.isatty():
        raise UsageError(
            "a new key needs a passphrase", "set EVIDENCE_PASSPHRASE_FILE, or give --no-passphrase"
        )
    first = getpass.getpass(_("New passphrase: "))
    if not first or getpass.getpass(_("Again: ")) != first:
        raise UsageError("the two passphrases differ, or are empty", "try again")
    return first


def asking(settings: Settings) -> Passphrase:
    """How to get the passphrase of a locked key file: the setting, else the terminal; each file asked for
    once.
    """
    known: dict[Path, str] = {}

    def ask(path: Path) -> str:
        if settings.passphrase is not None:
            return settings.passphrase.get_secret_value()
        if path not in known:
            if not sys.stdin.isatty():
                raise UsageError(
                    f"{path} is locked", "set EVIDENCE_PASSPHRASE_FILE, or run this in a terminal"
                )
            known[path] = getpass.getpass(_("Passphrase of {file}: ", file=path))
        return known[path]

    return ask
