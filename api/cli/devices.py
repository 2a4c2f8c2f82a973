"""`evidence key add-device`: an organisation's root key adds the key of a device, such as a browser's."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.console import confirm, say, say_json
from api.cli.drafting import read_signers
from api.cli.options import (
    Data,
    Database,
    Json,
    KeyFiles,
    TrustFile,
    Url,
    UsageError,
    Yes,
    load_settings,
    read_trust,
)
from api.cli.place import reach
from api.cli.sending import enter
from api.cli.words import _
from api.client.http import RefusedByServer
from api.client.keyrequest import LIMIT, KeyRequest, KeyRequestError, read_request, spoken
from api.client.signed import SUFFIX, Signed, cosign, write_signed
from api.client.workshop import Signer
from ledger.core.receipt import Trust

if TYPE_CHECKING:
    from api.settings import Settings

Request = Annotated[
    Path, typer.Argument(metavar="REQUEST", help="The request that the device made; - reads it from here.")
]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="Where the signed statement goes; beside the request."),
]
Offline = Annotated[
    bool, typer.Option("--offline", help="Only sign: the file is sent from elsewhere, or by the device.")
]


def add_device(
    request: Request,
    key: KeyFiles = None,
    out: Out = None,
    offline: Offline = False,
    yes: Yes = False,
    trust: TrustFile = None,
    data: Data = None,
    database: Database = None,
    url: Url = None,
    as_json: Json = False,
) -> None:
    """Add a device's key: show what it may sign, ask, sign with the root key, send it to the ledger."""
    settings = load_settings(data, database, url)
    root = read_trust(trust, settings)
    asked = read_request(_text(request))
    if asked.origin != root.origin:
        raise KeyRequestError(
            f"this request is for {asked.origin}, the trust file for {root.origin}", "give its `--trust FILE`"
        )
    introduced = asked.statement(root.genesis)
    if not as_json:
        _show(asked)
    seed = _root_seed(read_signers(key or [], settings), asked)
    question = _("Does the device show this very key, and may it sign for {party}?", party=asked.party)
    confirm(question, is_answered=yes, as_json=as_json)
    signed = cosign(introduced, seed)
    target = out or _beside(request, asked)
    write_signed(target, signed)
    index = None if offline else _send(settings, signed, root, target.parent / "receipts")
    _tell(asked, target, index, as_json)


def _text(request: Path) -> str:
    try:
        if str(request) == "-":
            return sys.stdin.read(LIMIT + 1)
        with request.open(encoding="utf-8") as file:
            return file.read(LIMIT + 1)
    except OSError as error:
        raise UsageError(f"{request}: {error.strerror}", "name the file that the device made") from error
    except UnicodeDecodeError as error:
        raise KeyRequestError(f"{request} is no request for a key", "save it again from the page") from error


def _show(asked: KeyRequest) -> None:
    say(_("A device asks for a key of {party} in {origin}.", party=asked.party, origin=asked.origin))
    say(_("  key       {id}", id=spoken(asked.key.key_id)))
    say(_("  may sign  {scope}, and never keys or parties", scope=", ".join(asked.key.scope)))
    say(_("  until     {expires}", expires=asked.key.expires or _("it is revoked")))
    say(
        _(
            "Compare the key with what the device shows: whoever has that key speaks for {party}.",
            party=asked.party,
        )
    )


def _root_seed(signers: Sequence[Signer], asked: KeyRequest) -> bytes:
    if len(signers) != 1:
        raise UsageError("the organisation's root key signs this, alone", "give `--key FILE` once")
    (signer,) = signers
    if signer.party not in (None, asked.party):
        raise UsageError(
            f"that is a key of {signer.party}, not of {asked.party}", "give the right `--key FILE`"
        )
    return signer.seed


def _beside(request: Path, asked: KeyRequest) -> Path:
    folder = Path.cwd() if str(request) == "-" else request.parent
    return folder / f"{asked.party}-{asked.key.key_id[:8]}{SUFFIX}"


def _send(settings: Settings, signed: Signed, root: Trust, receipts: Path) -> int:
    """The index of the entry. Raises RefusedByServer."""
    with reach(settings) as client:
        ((_signed, outcome),) = enter(client, [signed], root, receipts)
    if isinstance(outcome, RefusedByServer):
        raise outcome
    return outcome.index


def _tell(asked: KeyRequest, target: Path, index: int | None, as_json: bool) -> None:
    if as_json:
        entry = {} if index is None else {"index": index}
        say_json({"file": str(target), "party": asked.party, "keyId": asked.key.key_id, **entry})
    elif index is None:
        say(_("{file}  signed; send it with `evidence submit`, or open it on the device", file=target))
    else:
        say(_("entry {index}  the key signs for {party} from now on", index=index, party=asked.party))
