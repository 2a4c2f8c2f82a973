"""A case to enter: a folder with `case.yaml` and drafts.

All facts are in the folder; none is in the program.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from api.client.keyfile import new_seed, public_half, read_key_file, write_key_file
from api.client.signed import Signed
from api.client.workshop import FolderResolver, Signer, Workshop, read_draft_file
from api.drafts.build import LedgerIdentity
from api.drafts.resolver import Shelf
from api.drafts.yaml_text import DraftError, read_yaml
from ledger.core.receipt import Trust


@dataclass(frozen=True, slots=True)
class Case:
    """`case.yaml`: what the case is called, how its ledger opens, whose keys are made, which drafts in
    which order.

    `show` is the factory whose views are printed, `receipt` the label whose receipt is verified.
    """

    folder: Path
    name: str
    origin: str
    opened: str
    policy: str
    notice: str
    keys: tuple[str, ...]
    drafts: tuple[str, ...]
    show: str
    receipt: str


def packaged_case() -> Path:
    """The folder of the case that comes with the program."""
    return Path(str(resources.files("api.demo"))) / "case-2019"


def read_case(folder: Path) -> Case:
    """Read a case. Raises DraftError naming what is missing."""
    path = folder / "case.yaml"
    try:
        value = read_yaml(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DraftError(f"{path}: {error.strerror}", "name a folder with a case.yaml") from error
    if not isinstance(value, Mapping):
        raise DraftError(f"{path} is not a mapping", "see the packaged case")
    texts = {
        name: _text(path, value, name)
        for name in ("name", "origin", "opened", "policy", "notice", "show", "receipt")
    }
    lists = {name: _texts(path, value, name) for name in ("keys", "drafts")}
    return Case(folder=folder, **texts, **lists)  # type: ignore[arg-type]


def _text(path: Path, value: Mapping[str, Any], name: str) -> str:
    if not isinstance(value.get(name), str):
        raise DraftError(f"{path}: {name} is missing", f"add `{name}: ...`")
    return str(value[name])


def _texts(path: Path, value: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = value.get(name)
    if not isinstance(found, list) or not found:
        raise DraftError(f"{path}: {name} is missing", f"add `{name}: [...]`")
    return tuple(str(item) for item in found)


def make_keys(case: Case, folder: Path) -> list[Signer]:
    """A root key for each party of the case, unlocked; the registrar's is there already."""
    for party in case.keys:
        seed = new_seed()
        write_key_file(folder / f"{party}.key", seed, public_half(seed, "root", party=party), None)
    files = [read_key_file(folder / f"{name}.key") for name in ("registrar", *case.keys)]
    return [Signer(file.key.party, file.key.key_id, file.seed(_unlocked)) for file in files]


def _unlocked(path: Path) -> str:
    raise AssertionError(f"{path} was made without a passphrase")


def signed_statements(case: Case, trust: Trust, signers: list[Signer], keys_folder: Path) -> Iterator[Signed]:
    """Every statement of the case, signed by its own parties, in the order of the drafts."""
    shelf = Shelf()
    resolver = FolderResolver(shelf, [keys_folder], _Founders(trust.genesis))
    bench = Workshop(LedgerIdentity(trust.origin, trust.genesis), case.folder, resolver, lambda: case.opened)
    for name in case.drafts:
        for draft in read_draft_file(case.folder / name):
            yield bench.sign(draft, signers)


@dataclass(frozen=True, slots=True)
class _Founders:
    """The parties of entry 0, which no draft registers."""

    genesis: str

    def named(self, name: str) -> str | None:
        return self.genesis if name in ("party:operator", "party:registrar") else None

    def target(self, label_or_id: str) -> None:  # noqa: ARG002
        return None

    def public_key(self, name: str) -> None:  # noqa: ARG002
        return None
