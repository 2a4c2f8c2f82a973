"""`evidence key rotate-log`: another log key signs beside the old one; later the old one retires."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.console import say, say_json
from api.cli.founding import now
from api.cli.keys import asking
from api.cli.options import Data, Database, Json, load_settings, read_trust
from api.cli.place import reach
from api.cli.words import _
from api.client.http import Client, Receipt, write_receipt
from api.client.keyfile import KeyFile, new_seed, public_half, read_key_file, write_key_file
from api.client.receipts import accept
from api.client.rotation import amend_log_keys, trust_in
from api.client.signed import Signed
from ledger.core.note import ED25519, Signer, Verifier
from ledger.core.receipt import Trust, format_trust
from ledger.core.refusal import LedgerError

if TYPE_CHECKING:
    from api.settings import Settings

Operator = Annotated[
    Path | None,
    typer.Option("--key", "-k", metavar="FILE", help="The operator's root key; of --data it is found."),
]
Retire = Annotated[
    bool, typer.Option("--retire", help="End the overlap: the key of the trust file signs no more.")
]


New = Annotated[
    Path | None,
    typer.Option("--new", metavar="FILE", help="A key made before, beside the old one on every machine."),
]


class NothingToRetire(LedgerError):
    """One key alone is in force."""


def rotate_log(
    data: Data = None,
    database: Database = None,
    key: Operator = None,
    new: New = None,
    retire: Retire = False,
    as_json: Json = False,
) -> None:
    """Make a new log key that signs beside the old one; with --retire, take the old one out of force."""
    settings = load_settings(data, database)
    trust = read_trust(None, settings)
    seed = read_key_file(key or settings.keys_folder / "operator-root.key").seed(asking(settings))
    with reach(settings) as client:
        terms = client.get("/v1/ledger")
        if retire:
            shown = _retire(client, settings, trust, terms, seed)
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
    receipt = _amend(client, settings, trust, trust, terms, keys, operator)
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
    client: Client, settings: Settings, trust: Trust, terms: dict[str, Any], operator: bytes
) -> dict[str, Any]:
    """Take the trust file's key out of force, and write a trust file with one that stays."""
    keys = [vkey for vkey in terms["logKeys"] if vkey != trust.vkey]
    if not keys:
        raise NothingToRetire(
            "one log key alone is in force", "bring another one into force first: `evidence key rotate-log`"
        )
    after = trust_in(trust, keys[0], keys)
    receipt = _amend(client, settings, trust, after, terms, keys, operator)
    _replace_trust(settings, trust, after)
    return {"index": receipt.index, "logKeys": sorted(keys), "trust": str(settings.trust_file)}


def _amend(
    client: Client,
    settings: Settings,
    trust: Trust,
    after: Trust,
    terms: dict[str, Any],
    keys: list[str],
    operator: bytes,
) -> Receipt:
    """Send the amendment; its receipt has to hold by the trust root `after` it."""
    is_demo = terms["ledger"]["clock"] == "demo"
    issued_at = f"{terms['recordedAt'][:19]}Z" if is_demo else now()
    signed: Signed = amend_log_keys(trust, keys, terms["policy"], issued_at, operator)
    receipt = client.submit(signed)
    accept(signed, receipt, after)
    write_receipt(settings.receipts_folder, receipt)
    return receipt


def _replace_trust(settings: Settings, before: Trust, after: Trust) -> None:
    """Old receipts, which the retired key alone has signed, still verify by the trust file that is kept."""
    old = Verifier.from_vkey(before.vkey).key_hash.hex()
    file = settings.trust_file
    (file.parent / f"trust-{old}.json").write_text(format_trust(before), encoding="utf-8")
    written = file.with_suffix(".new")
    written.write_text(format_trust(after), encoding="utf-8")
    written.replace(file)
