"""`evidence init` and `evidence migrate`: a new ledger, and its tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.console import say, say_json
from api.cli.keys import new_passphrase
from api.cli.options import Data, Database, Json, NoPassphrase, UsageError, load_settings
from api.cli.place import demand_ledger, reach
from api.cli.words import _
from api.client.genesis import USUAL_POLICY, FounderSeeds, open_ledger
from api.client.http import Client, write_receipt
from api.client.keyfile import PublicKey, new_seed, public_half, write_key_file
from api.client.receipts import accept
from api.client.signed import Signed
from ledger.core.note import Signer
from ledger.core.policy import parse_policy
from ledger.core.receipt import Trust, format_trust
from ledger.core.refusal import LedgerError

if TYPE_CHECKING:
    from api.settings import Settings

Origin = Annotated[
    str, typer.Option("--origin", help="The ledger's name for ever, such as ledger.example.org/2026.")
]
Clock = Annotated[
    str, typer.Option("--clock", help="`system`; `demo` dates every entry by its own statement.")
]
Opened = Annotated[
    str | None,
    typer.Option(
        "--opened", metavar="WHEN", help="For a demo clock: when it opens, as 2020-01-01T00:00:00Z."
    ),
]
WitnessFile = Annotated[
    Path | None,
    typer.Option(
        "--witnesses", metavar="FILE", help="Lines `witness`, `group` and `quorum` of a c2sp.org/tlog-policy."
    ),
]
DEVICE_KEY = "operator-device.key"
KEY_FILES = ("operator-root.key", DEVICE_KEY, "registrar.key")
Policy = Annotated[str | None, typer.Option("--policy", help="What the operator does, in entry 0 for ever.")]


def init(
    data: Data = None,
    database: Database = None,
    origin: Origin = "ledger.localhost/1",
    clock: Clock = "system",
    opened: Opened = None,
    policy: Policy = None,
    witnesses: WitnessFile = None,
    no_passphrase: NoPassphrase = False,
    as_json: Json = False,
) -> None:
    """Make a new ledger: its keys, its database, and entry 0."""
    if opened is not None and clock != "demo":
        raise UsageError("a ledger opens now", "give --opened with --clock demo only")
    settings = load_settings(data, database, origin=origin)
    _refuse_occupied(settings)
    passphrase = None if no_passphrase else new_passphrase(settings)
    lines = "" if witnesses is None else read_witnesses(witnesses)
    _prepare(settings)
    with _undone_unless_opened(settings):
        genesis, trust = found(
            settings, origin, clock, opened or now(), passphrase, policy or USUAL_POLICY, lines
        )
        with reach(settings) as client:
            enter_genesis(client, genesis, trust, settings.receipts_folder)
    if as_json:
        say_json({"origin": trust.origin, "genesis": trust.genesis, "trust": str(settings.trust_file)})
        return
    say(_("Ledger {origin} is open.", origin=trust.origin))
    say(
        _(
            "Keys: {folder}. Take operator-root.key and registrar.key off this machine.",
            folder=settings.keys_folder,
        )
    )
    say(
        _(
            "{device} and {log} are not locked, as they sign while nobody is there to type a passphrase:"
            " let nobody else read them.",
            device=DEVICE_KEY,
            log=settings.log_key_file.name,
        )
    )
    say(_("Give {file} to whoever verifies receipts.", file=settings.trust_file))


def _prepare(settings: Settings) -> None:
    """Give the database its tables, an empty one of your own too. Raises LedgerError for one in use."""
    if _migrated_size(settings):
        raise LedgerError("the database already holds a ledger", "name an empty database")


def _migrated_size(settings: Settings) -> int:
    from api.composition import database as opened
    from ledger.store.datastore import datastore_from_url
    from ledger.store.migrate import migrate as apply
    from ledger.store.recorder import PostgresLedgerRecorder

    with opened(settings) as url:
        apply(url)
        with closing(datastore_from_url(url)) as datastore:
            return PostgresLedgerRecorder(datastore).head().size


@contextmanager
def _undone_unless_opened(settings: Settings) -> Iterator[None]:
    """Take the keys and the trust file away again if the block fails and the log has no entry 0, so that the
    command can be tried again.
    """
    try:
        yield
    except BaseException:
        with suppress(LedgerError):
            if not _migrated_size(settings):
                for path in (*map(settings.keys_folder.joinpath, KEY_FILES), settings.log_key_file):
                    path.unlink(missing_ok=True)
                settings.trust_file.unlink(missing_ok=True)
        raise


def now() -> str:
    """The present moment as `issuedAt` has it."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def found(
    settings: Settings,
    origin: str,
    clock: str,
    issued_at: str,
    passphrase: str | None,
    policy: str,
    witnesses: str = "",
) -> tuple[Signed, Trust]:
    """Make the keys, the trust file and entry 0, to be entered. Raises LedgerError for a folder in use.

    `witnesses` are lines of a tlog-policy without the log's own.
    """
    seeds, log_seed = _keys(settings, passphrase)
    vkey = Signer(origin, log_seed).verifier.vkey
    genesis, trust = open_ledger(origin, vkey, clock, issued_at, seeds, policy, witnesses)
    settings.trust_file.write_text(format_trust(trust), encoding="utf-8")
    return genesis, trust


def enter_genesis(client: Client, genesis: Signed, trust: Trust, receipts: Path) -> None:
    """Send entry 0 and keep its receipt. Raises LedgerError unless it became entry 0."""
    receipt = client.submit(genesis)
    accept(genesis, receipt, trust)
    write_receipt(receipts, receipt)
    if receipt.index != 0:
        raise LedgerError("the database already holds a ledger", "name an empty database")


def read_witnesses(witnesses: Path) -> str:
    """The lines of a policy file, checked before anything is made. Raises Refusal, LedgerError."""
    try:
        text = witnesses.read_text(encoding="utf-8")
        parse_policy(text)
        return text
    except (OSError, UnicodeDecodeError) as error:
        raise LedgerError(f"{witnesses}: {error}", "name a file of c2sp.org/tlog-policy lines") from error


def _refuse_occupied(settings: Settings) -> None:
    if settings.log_key_file.exists() or settings.trust_file.exists():
        raise LedgerError(f"there is a ledger in {settings.data} already", "name another folder with --data")


def _keys(settings: Settings, passphrase: str | None) -> tuple[FounderSeeds, bytes]:
    _refuse_occupied(settings)
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    seeds = FounderSeeds(new_seed(), new_seed(), new_seed())
    root, device, registrar = seeds.public()
    folder = settings.keys_folder
    files = [folder / name for name in KEY_FILES]
    write_key_file(files[0], seeds.operator_root, root, passphrase)
    # The device key and the log's key sign while nobody is there to type a passphrase.
    write_key_file(files[1], seeds.operator_device, device, None)
    write_key_file(files[2], seeds.registrar_root, registrar, passphrase)
    log_seed = new_seed()
    write_key_file(settings.log_key_file, log_seed, _log_key(log_seed), None)
    return seeds, log_seed


def _log_key(seed: bytes) -> PublicKey:
    return public_half(seed, "device", ("any",), None)


def migrate(data: Data = None, database: Database = None, as_json: Json = False) -> None:
    """Bring the database's tables up to this version."""
    from api.composition import database as opened
    from ledger.store.migrate import migrate as apply

    with opened(demand_ledger(load_settings(data, database))) as url:
        applied = [str(label) for label in apply(url)]
    if as_json:
        say_json({"applied": applied})
    else:
        say(_("Applied: {labels}", labels=", ".join(applied)) if applied else _("Nothing to do."))
