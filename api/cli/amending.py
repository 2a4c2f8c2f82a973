"""`evidence ledger amend`: other witnesses and other intervals for a ledger that is open already."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.console import say, say_json
from api.cli.founding import now, read_witnesses
from api.cli.keys import asking
from api.cli.options import Data, Database, Json, TrustFile, Url, UsageError, load_settings, read_trust
from api.cli.place import reach
from api.cli.words import _
from api.client.amending import amend, policy_saying, policy_with_witnesses
from api.client.http import Client, Receipt, write_receipt
from api.client.keyfile import read_key_file
from api.client.receipts import accept
from api.client.signed import Signed
from ledger.core.policy import parse_policy
from ledger.core.receipt import Trust, format_trust
from ledger.core.refusal import LedgerError

Operator = Annotated[
    Path | None,
    typer.Option("--key", "-k", metavar="FILE", help="The operator's root key; of --data it is found."),
]
WitnessFile = Annotated[
    Path | None,
    typer.Option(
        "--witnesses",
        metavar="FILE",
        help="Lines `witness`, `group` and `quorum` that replace those in force.",
    ),
]
Policy = Annotated[str | None, typer.Option("--policy", help="What the operator does, from now on.")]
Index = Annotated[
    int | None,
    typer.Option("--index-interval", metavar="SECONDS", help="How often index statements are due."),
]
Delay = Annotated[
    int | None,
    typer.Option("--publish-delay", metavar="SECONDS", help="How long an entry may wait to be published."),
]


class OutdatedTrust(LedgerError):
    """The trust file's key signs for the log no more."""


def amend_ledger(
    witnesses: WitnessFile = None,
    policy: Policy = None,
    index_interval: Index = None,
    publish_delay: Delay = None,
    key: Operator = None,
    trust: TrustFile = None,
    data: Data = None,
    database: Database = None,
    url: Url = None,
    as_json: Json = False,
) -> None:
    """Change what a running ledger is bound to: its witnesses, its intervals, or what the operator says.

    The operator's root key signs it; nothing else changes, and nothing logged before. With other witnesses a
    new trust file is written, and the old one is kept beside it.
    """
    if (witnesses, policy, index_interval, publish_delay) == (None,) * 4:
        raise UsageError(
            "nothing is to be amended", "give --witnesses, --policy, --index-interval or --publish-delay"
        )
    settings = load_settings(data, database, url)
    before, file = read_trust(trust, settings), trust or settings.trust_file
    lines = None if witnesses is None else read_witnesses(witnesses)
    after = before if lines is None else _trusting(before, lines)
    seed = read_key_file(key or settings.keys_folder / "operator-root.key").seed(asking(settings))
    with reach(settings) as client:
        terms = terms_of(client, before)
        claim = _intervals(terms, index_interval, publish_delay) | _policy(terms, lines, policy)
        signed = amend(before, claim, issued_at(terms), seed, "amendment")
        folder = settings.receipts_folder if data else file.parent / "receipts"
        receipt = send(client, signed, after, folder)
    kept = replace_trust(file, before, after)
    shown = {"index": receipt.index, "id": receipt.id, "claim": claim}
    if as_json:
        say_json(shown | ({"trust": str(file), "kept": str(kept)} if kept else {}))
        return
    _tell(receipt.index, claim, file, kept)


def _tell(index: int, claim: dict[str, Any], file: Path, kept: Path | None) -> None:
    say(_("Entry {index}: from now on", index=index))
    for name, seconds in claim.get("intervals", {}).items():
        say(f"  {name} {seconds} s")
    for line in claim.get("policy", "").splitlines():
        say(f"  {line}")
    if kept is not None:
        say(_("Give the new {file} to whoever verifies; the old one is {kept}.", file=file, kept=kept))


def _trusting(trust: Trust, witnesses: str) -> Trust:
    """The trust root of who counts on these witnesses; it lists the log's keys that it listed before."""
    logs = [log.vkey for log in parse_policy(trust.policy).logs]
    policy = policy_with_witnesses(trust.policy, witnesses, logs)
    return Trust(trust.origin, trust.genesis, trust.vkey, policy)


def _intervals(terms: dict[str, Any], index: int | None, delay: int | None) -> dict[str, Any]:
    given = {"index": index, "maxPublishDelay": delay}
    changed = {name: seconds for name, seconds in given.items() if seconds is not None}
    return {"intervals": terms["intervals"] | changed} if changed else {}


def _policy(terms: dict[str, Any], witnesses: str | None, prose: str | None) -> dict[str, Any]:
    policy: str = terms["policy"]
    if prose is not None:
        policy = policy_saying(policy, prose)
    if witnesses is not None:
        policy = policy_with_witnesses(policy, witnesses, terms["logKeys"])
    return {} if (witnesses, prose) == (None, None) else {"policy": policy}


# --- what every amendment takes, that of the log's keys too -------------------------------


def terms_of(client: Client, trust: Trust) -> dict[str, Any]:
    """The terms in force. Raises `OutdatedTrust` before anything is signed that could not be verified."""
    terms: dict[str, Any] = client.get("/v1/ledger")
    if trust.vkey not in terms["logKeys"]:
        raise OutdatedTrust(
            "the trust file's key signs for this ledger no more", "use the ledger's newest trust file"
        )
    return terms


def issued_at(terms: dict[str, Any]) -> str:
    """The present moment; a demo's is that of its last entry, so that no amendment moves its clock."""
    return f"{terms['recordedAt'][:19]}Z" if terms["ledger"]["clock"] == "demo" else now()


def send(client: Client, signed: Signed, after: Trust, receipts: Path) -> Receipt:
    """Send the amendment and keep its receipt, which has to hold by the trust root `after` it."""
    receipt = client.submit(signed)
    accept(signed, receipt, after)
    write_receipt(receipts, receipt)
    return receipt


def replace_trust(file: Path, before: Trust, after: Trust) -> Path | None:
    """Write the new trust file; the old one, by which older receipts verify, is kept as `trust-<hash>.json`.

    The hash is of its content, so that none is ever written over. None when nothing changed.
    """
    if before == after:
        return None
    old = format_trust(before)
    kept = file.with_name(f"{file.stem}-{sha256(old.encode()).hexdigest()[:8]}{file.suffix}")
    kept.write_text(old, encoding="utf-8")
    written = file.with_suffix(".new")
    written.write_text(format_trust(after), encoding="utf-8")
    written.replace(file)
    return kept
