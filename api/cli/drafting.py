"""`evidence draft | sign | cosign`: from a template to an envelope file with every signature."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.console import complain, confirm, say, say_json, say_member
from api.cli.founding import now
from api.cli.keys import asking
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
from api.cli.words import _, plural
from api.client.keyfile import read_key_file
from api.client.lookup import RemoteResolver
from api.client.signed import SUFFIX, Signed, SignedFileError, read_signed, write_signed
from api.client.signed import cosign as add_signature
from api.client.workshop import (
    FolderResolver,
    Signer,
    Workshop,
    fitting,
    read_draft_file,
    shelf_of,
    unsigned,
)
from api.drafts.build import Built, LedgerIdentity
from api.drafts.explain import Explained, explain, explain_signed
from api.drafts.resolver import Resolver
from api.drafts.template import template
from ledger.verifier.files import introduced

if TYPE_CHECKING:
    from api.drafts.draft import Draft
    from api.settings import Settings

Drafts = Annotated[
    list[Path], typer.Argument(metavar="DRAFT...", help="YAML drafts, in the order to sign them.")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Sign nothing; show what is public for ever and what can be erased.")
]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="Where signed files go; beside the draft otherwise."),
]
Offline = Annotated[
    bool, typer.Option("--offline", help="Look names up in the signed files of the folder only.")
]


def draft(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="A kind, or an event such as DemandMade.")],
    as_json: Json = False,
) -> None:
    """Print a commented template for a statement."""
    text = template(kind)
    if as_json:
        say_json({"kind": kind, "template": text})
    else:
        typer.echo(text, nl=False)


def sign(
    drafts: Drafts,
    key: KeyFiles = None,
    dry_run: DryRun = False,
    out: Out = None,
    offline: Offline = False,
    trust: TrustFile = None,
    data: Data = None,
    database: Database = None,
    url: Url = None,
    as_json: Json = False,
) -> None:
    """Turn drafts into signed files; each draft may refer to those before it."""
    settings = load_settings(data, database, url)
    root = read_trust(trust, settings)
    signers = [] if dry_run else read_signers(key or [], settings)
    if not dry_run and not signers:
        raise UsageError("nothing to sign with", "add `--key FILE`")
    results: list[dict[str, object]] = []
    looked_up: set[str] = set()
    files = [(path, read_draft_file(path)) for path in drafts]
    if not dry_run:
        _demand_room([_target(path, each, out) for path, found in files for each in found], signers)
    with _behind(settings, root.genesis, offline) as behind:
        for path, found in files:
            bench = _bench(path, LedgerIdentity(root.origin, root.genesis), settings, behind, out)
            for each in found:
                if dry_run:
                    _explain(bench.build(each)[0], as_json, results)
                else:
                    signed = bench.sign(each, signers)
                    target = _target(path, each, out)
                    write_signed(target, signed)
                    _report(target, signed, signers, as_json, results)
                    if behind is not None:
                        used = [one for one in _used(signers, signed) if one.key_id not in looked_up]
                        looked_up |= {one.key_id for one in used}
                        _warn_of_unknown(behind, target.parent, used)
    if as_json:
        say_json(results)


def _target(path: Path, draft: Draft, out: Path | None) -> Path:
    """Where a draft of the file at `path` is signed to."""
    return (out or path.parent) / f"{draft.label}{SUFFIX}"


def _demand_room(targets: Sequence[Path], signers: Sequence[Signer]) -> None:
    """Raises SignedFileError, before anything is written, where a file would get lost: two drafts with one
    name, or what others have cosigned and these keys alone would sign again.
    """
    ours = {signer.key_id for signer in signers}
    seen: set[Path] = set()
    for target in targets:
        if target in seen:
            raise SignedFileError(
                _("two drafts would be signed to {file}", file=target),
                _("give each a label of its own"),
            )
        seen.add(target)
        held = read_signed(target).envelope.signatures if target.exists() else ()
        if len(held) > 1 and not {one.keyid for one in held} <= ours:
            raise SignedFileError(
                _("{file} holds signatures by other keys, which would be lost", file=target),
                _("move it away first, or give the draft another label"),
            )


def _bench(
    path: Path, ledger: LedgerIdentity, settings: Settings, behind: Resolver | None, out: Path | None
) -> Workshop:
    shelf = shelf_of(path.parent)
    if out is not None and out.is_dir():
        shelf = shelf_of(out, shelf)
    folders = [path.parent, path.parent / "keys", settings.keys_folder, Path.cwd()]
    return Workshop(ledger, path.parent, FolderResolver(shelf, folders, behind), now)


@contextmanager
def _behind(settings: Settings, genesis: str, offline: bool) -> Iterator[RemoteResolver | None]:
    """The ledger as a place to look names up; none when the command works offline."""
    if offline or not (settings.url or settings.database or settings.data.is_dir()):
        yield None
        return
    with reach(settings) as client:
        yield RemoteResolver(client, genesis)


def _used(signers: Iterable[Signer], signed: Signed) -> list[Signer]:
    ids = {signature.keyid for signature in signed.envelope.signatures}
    return [signer for signer in signers if signer.key_id in ids]


def _warn_of_unknown(behind: RemoteResolver, folder: Path, signers: Iterable[Signer]) -> None:
    """The ledger refuses what keys sign that it does not have; who signs here learns of it now."""
    for signer in signers:
        if signer.party is None:
            continue
        key = behind.key_of(signer.party, signer.key_id)
        if key is not None and key["revoked"] is not None:
            complain(
                _("the key {id} of {party} is revoked", id=signer.key_id[:12], party=signer.party),
                _("what it signs will be refused: sign with another key"),
            )
        elif key is None and signer.key_id not in _introduced_in(folder):
            complain(
                _(
                    "the ledger has no key {id} of {party}, so that it will refuse what that key signs",
                    id=signer.key_id[:12],
                    party=signer.party,
                ),
                _("have it registered before you submit, or sign with the registered key"),
            )


def _introduced_in(folder: Path) -> set[str]:
    """The keys that signed files of a folder bring with them, entered or about to be."""
    payloads = (read_signed(path).envelope.payload for path in folder.glob(f"*{SUFFIX}"))
    return {key for payload in payloads for key in introduced(payload)}


def read_signers(paths: Sequence[Path], settings: Settings) -> list[Signer]:
    """The keys ready to sign; asks for a passphrase where a file is locked."""
    ask = asking(settings)
    files = [read_key_file(path) for path in paths]
    return [Signer(file.key.party, file.key.key_id, file.seed(ask)) for file in files]


def _explain(built: Built, as_json: bool, results: list[dict[str, object]]) -> None:
    explained = explain(built)
    if as_json:
        results.append(explained.to_json())
        return
    _say_explained(built.draft.where, explained)


def _say_explained(where: str, explained: Explained) -> None:
    say(_("{where}: {event}", where=where, event=explained.event))
    say(_("  public for ever, in every copy of the log:"))
    for line in explained.permanent:
        say_member(line)
    if explained.erasable:
        say(_("  can be erased later:"))
    elif not explained.hidden:
        say(_("  nothing in it can be erased later."))
    for line in explained.erasable:
        say_member(line)
    if explained.erasable:
        say(_("  This version of the ledger does not erase yet. Copies that others made stay with them."))
    if explained.hidden:
        say(_("  hidden from you: {parts}.", parts=_parts(explained.hidden)))
        say(_("  Whoever has the words of what is hidden can publish them under your signature."))


def _parts(count: int) -> str:
    return plural("{n} part", "{n} parts", count)


def _report(
    path: Path, signed: Signed, signers: Sequence[Signer], as_json: bool, results: list[dict[str, object]]
) -> None:
    missing = unsigned(signed, signers)
    statement = signed.statement()
    if as_json:
        results.append({"file": str(path), "id": statement.id, "event": statement.event, "missing": missing})
        return
    say(_("{file}  {event}  {id}", file=path, event=statement.event, id=statement.id))
    if missing:
        say(_("  still to be signed by {names}: evidence cosign", names=", ".join(missing)))


def cosign(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files written by `evidence sign`.")],
    key: KeyFiles = None,
    yes: Yes = False,
    unseen: Annotated[
        bool, typer.Option("--unseen", help="Sign even what the file commits to and does not show.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Add a signature to signed files, after showing what is signed and asking."""
    signers = read_signers(key or [], load_settings())
    if not signers:
        raise UsageError("nothing to sign with", "add `--key FILE`")
    results: list[dict[str, object]] = []
    for path in files:
        signed = read_signed(path)
        explained = explain_signed(signed)
        if not as_json:
            _say_explained(str(path), explained)
        if explained.hidden and not unseen:
            raise SignedFileError(
                _(
                    "{file} does not show {parts} of what it commits to",
                    file=path,
                    parts=_parts(explained.hidden),
                ),
                _("ask for the whole file, or give --unseen to sign words that you never saw"),
            )
        _demand_fitting(path, signed, signers)
        confirm(_("Sign this?"), is_answered=yes, as_json=as_json)
        for signer in signers:
            signed = add_signature(signed, signer.seed)
        write_signed(path, signed)
        statement = signed.statement()
        count = len(signed.envelope.signatures)
        if as_json:
            results.append({"file": str(path), **explained.to_json(), "signatures": count})
        else:
            say(_("{file}  {event}  {n} signatures", file=path, event=statement.event, n=count))
    if as_json:
        say_json(results)


def _demand_fitting(path: Path, signed: Signed, signers: Sequence[Signer]) -> None:
    """The ledger refuses every signature that the statement does not need. Raises SignedFileError."""
    statement = signed.statement()
    fit = list(fitting(signers, statement))
    for signer in signers:
        if signer not in fit:
            raise SignedFileError(
                _("{party} does not issue what is in {file}", party=signer.party, file=path),
                _("sign with a key of {names}", names=", ".join(statement.issuers)),
            )
