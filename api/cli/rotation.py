"""`evidence key rotate-log`: another log key signs beside the old one; later the old one retires."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.amending import Operator, issued_at, replace_trust, send, terms_of
from api.cli.console import say, say_json
from api.cli.keys import asking
from api.cli.options import Data, Database, Json, load_settings, read_trust
from api.cli.place import reach
from api.cli.words import _
from api.client.http import Client
from api.client.keyfile import KeyFile, new_seed, public_half, read_key_file, write_key_file
from api.client.rotation import amend_log_keys, trust_in
from ledger.core.note import ED25519, Signer, Verifier
from ledger.core.policy import parse_policy
from ledger.core.receipt import Trust
from ledger.core.refusal import LedgerError

if TYPE_CHECKING:
    from api.settings import Settings

Retire = Annotated[
    bool, typer.Option("--retire", help="End the overlap: the key of the trust file signs no more.")
]
Stolen = Annotated[
    bool,
    typer.Option("--stolen", help="With --retire: the new trust file no longer accepts what it signed."),
]

New = Annotated[
    Path | None,
    typer.Option("--new", metavar="FILE", help="A key made before, beside the old one on every machine."),
]


class NothingToRetire(LedgerError):
    """One key alone is in force, or none was asked to be retired."""


def rotate_log(
    data: Data = None,
    database: Database = None,
    key: Operator = None,
    new: New = None,
    retire: Retire = False,
    stolen: Stolen = False,
    as_json: Json = False,
) -> None:
    """Make a new log key that signs beside the old one; with --retire, take the old one out of force."""
    settings = load_settings(data, database)
    trust = read_trust(None, settings)
    if stolen and not retire:
        raise NothingToRetire("--stolen goes with --retire", "a stolen key is retired: add --retire")
    seed = read_key_file(key or settings.keys_folder / "operator-root.key").seed(asking(settings))
    with reach(settings) as client:
        terms = terms_of(client, trust)
        if retire:
            shown = _retire(client, settings, trust, terms, seed, stolen)
        else:
            shown = _introduce(client, settings, trust, terms, seed, new)
    if as_json:
        say_json(shown)
        return
    say(_("Entry {index}: checkpoints are signed by", index=shown["index"]))
    for vkey in shown["logKeys"]:
        say(f"  {vkey}")
    if retire:
        say(_("Give the new {file} to whoever verifies receipts.", file=settings.trust_file))
    else:
        say(_("Once verifiers know the new key: `evidence key rotate-log --retire`."))


def _introduce(
    client: Client, settings: Settings, trust: Trust, terms: dict[str, Any], operator: bytes, new: Path | None
) -> dict[str, Any]:
    """The key file first: the ledger takes no log key that it does not hold."""
    key_file = _new_key(settings, trust) if new is None else read_key_file(new)
    keys = [*terms["logKeys"], Verifier(trust.origin, ED25519, key_file.key.public).vkey]
    signed = amend_log_keys(trust, keys, terms["policy"], issued_at(terms), operator)
    receipt = send(client, signed, trust, settings.receipts_folder)
    return {"index": receipt.index, "logKeys": sorted(keys), "file": str(key_file.path)}


def _new_key(settings: Settings, trust: Trust) -> KeyFile:
    """Locked like the other log keys: whoever serves has one passphrase for all of them."""
    seed = new_seed()
    name = Signer(trust.origin, seed).verifier.key_hash.hex()
    secret = settings.log_key_passphrase
    passphrase = None if secret is None else secret.get_secret_value()
    path = settings.log_key_file.parent / f"log-{name}.key"
    return write_key_file(path, seed, public_half(seed, "device"), passphrase)


def _retire(
    client: Client, settings: Settings, trust: Trust, terms: dict[str, Any], operator: bytes, stolen: bool
) -> dict[str, Any]:
    """Take the trust file's key out of force, and write a trust file with one that stays.

    What the old key has signed stays true, so that the new file lists it, too, unless it was stolen.
    """
    keys = [vkey for vkey in terms["logKeys"] if vkey != trust.vkey]
    if not keys:
        raise NothingToRetire(
            "one log key alone is in force", "bring another one into force first: `evidence key rotate-log`"
        )
    # What the key has signed so far still holds by the new trust file, unless somebody else has the key, too.
    listed = {log.vkey for log in parse_policy(trust.policy).logs} - ({trust.vkey} if stolen else set())
    after = trust_in(trust, keys[0], sorted({*keys, *listed}))
    signed = amend_log_keys(trust, keys, terms["policy"], issued_at(terms), operator)
    receipt = send(client, signed, after, settings.receipts_folder)
    kept = replace_trust(settings.trust_file, trust, after)
    shown = {"index": receipt.index, "logKeys": sorted(keys)}
    return shown | {"trust": str(settings.trust_file), "kept": str(kept)}
