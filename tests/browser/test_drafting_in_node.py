"""The pages make the same statement of a draft, byte for byte, as the Python drafts do; Node runs them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from api.client.keyfile import public_half
from api.client.workshop import read_draft_file
from api.demo.case import packaged_case, read_case
from api.drafts.build import Built, FileFacts, LedgerIdentity, build
from api.drafts.draft import Draft, read_drafts
from api.drafts.resolver import Resolver, Shelf, Target
from api.drafts.tables import tables_of
from api.drafts.yaml_text import DraftError, read_yaml
from ledger.core.counts import check_small_counts
from ledger.core.kinds import KINDS
from ledger.core.refusal import Refusal
from ledger.core.schema import schema
from tests.browser.scripts import Scripts
from tests.support.drafts import NAMES, TARGETS, drafts, values

HERE = Path(__file__).parent
LEDGER = LedgerIdentity("ledger.test/1", "9" * 64)
NOW = "2026-11-27T09:00:00Z"
FILE = FileFacts("e" * 64, 42)
VECTORS = HERE.parent / "vectors" / "statements"


def salts() -> Iterator[bytes]:
    return (sha256(str(at).encode()).digest()[:16] for at in range(100))


class Recording:
    """A resolver that notes its answers, so that the scripts can be given them."""

    def __init__(self, behind: Resolver) -> None:
        self._behind = behind
        self.names: dict[str, str] = {}
        self.targets: dict[str, Target] = {}

    def named(self, name: str) -> str | None:
        found = self._behind.named(name)
        return self.names.setdefault(name, found) if found else None

    def target(self, label_or_id: str) -> Target | None:
        found = self._behind.target(label_or_id)
        return self.targets.setdefault(label_or_id, found) if found else None

    def public_key(self, name: str) -> Mapping[str, object] | None:
        return self._behind.public_key(name)


def by_scripts(
    scripts: Scripts, kind: str, raw: Mapping[str, Any], known: Recording, file: FileFacts | None
) -> Any:
    return scripts.ask(
        "build",
        draft=raw,
        tables=tables_of(kind),
        names=known.names,
        targets={name: asdict(one) for name, one in known.targets.items()},
        ledger=asdict(LEDGER),
        issuedAt=NOW,
        salts=[base64.b64encode(one).decode() for one in salts()],
        file=None if file is None else asdict(file),
    )


def as_answer(made: Built) -> dict[str, Any]:
    return {
        "payload": base64.b64encode(made.statement.payload).decode(),
        "id": made.statement.id,
        "disclosures": list(made.disclosures),
    }


# --- drafts that people wrote


def folders() -> list[list[Path]]:
    """The files of each case, in the order in which they are entered."""
    demo = packaged_case()
    examples = HERE.parents[1] / "docs" / "examples" / "river-mill"
    return [
        [demo / name for name in read_case(demo).drafts],
        sorted(examples.glob("*.yaml")),
    ]


def raw_drafts(path: Path) -> Iterator[dict[str, Any]]:
    """Each draft of a file as it was written, with the defaults put in."""
    value = read_yaml(path.read_text())
    inner = value.get("drafts", value) if isinstance(value, dict) else value
    defaults = value.get("defaults", {}) if isinstance(value, dict) else {}
    for one in inner if isinstance(inner, list) else [inner]:
        yield {"label": path.stem, **defaults, **one}


@dataclass
class Founders:
    """The parties of entry 0, and a key for every key file that a draft names."""

    def named(self, name: str) -> str | None:
        return LEDGER.genesis if name in ("party:operator", "party:registrar") else None

    def target(self, label_or_id: str) -> None:
        return None

    def public_key(self, name: str) -> Mapping[str, object]:
        return public_half(sha256(name.encode()).digest(), "root").claim()


def with_keys(value: Any) -> Any:
    """A draft whose key files are replaced by what they hold: a browser has no folder of them."""
    if isinstance(value, dict) and "file" in value:
        return {**Founders().public_key(value["file"]), **{k: v for k, v in value.items() if k != "file"}}
    return {name: with_keys(one) for name, one in value.items()} if isinstance(value, dict) else value


@pytest.mark.parametrize("paths", folders(), ids=lambda paths: str(paths[0].parent.name))
def test_the_drafts_of_a_case_become_the_same_statements(scripts: Scripts, paths: list[Path]) -> None:
    shelf = Shelf(Founders())
    count = 0
    for path in paths:
        for draft, raw in zip(read_draft_file(path), raw_drafts(path), strict=True):
            known = Recording(shelf)
            file = FILE if draft.file else None
            made = build(draft, known, LEDGER, NOW, iter(salts()).__next__, file)
            assert by_scripts(
                scripts, draft.kind, raw | {"claim": with_keys(raw["claim"])}, known, file
            ) == as_answer(made), draft.where
            shelf.put(made.statement.payload, draft.label)
            count += 1
    assert count > 10


# --- drafts drawn at random


class Drawn:
    """A resolver over the names and statements that drawn drafts speak of."""

    def named(self, name: str) -> str | None:
        return NAMES.get(name)

    def target(self, label_or_id: str) -> Target | None:
        return next((one for one in TARGETS.values() if one.id == label_or_id), None)

    def public_key(self, name: str) -> None:
        return None


def split_only(monkey: pytest.MonkeyPatch) -> None:
    """What a draft becomes is compared whether or not the ledger would take it."""
    monkey.setattr("api.drafts.build.decode_draft", lambda _, payload: Undecoded(payload))


@dataclass
class Undecoded:
    payload: bytes

    @property
    def id(self) -> str:
        return sha256(self.payload).hexdigest()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(raw=drafts(), takes_in=st.booleans())
def test_any_draft_becomes_the_same_bytes_or_is_refused_by_both(
    scripts: Scripts, raw: dict[str, Any], takes_in: bool
) -> None:
    file = FILE if takes_in and raw["event"] == "DocumentCaptured" else None
    if file:
        raw["file"] = {"path": "scan.pdf", "media": "application/pdf"}
    known = Recording(Drawn())
    (draft,) = read_drafts(yaml.safe_dump(raw, sort_keys=False), "f")
    with pytest.MonkeyPatch.context() as monkey:
        split_only(monkey)
        expected = _built(draft, known, file)
    answer = by_scripts(scripts, draft.kind, raw, known, file)
    assert answer == expected if expected is not None else "code" in answer


def _built(draft: Draft, known: Recording, file: FileFacts | None) -> dict[str, Any] | None:
    try:
        return as_answer(build(draft, known, LEDGER, NOW, iter(salts()).__next__, file))
    except (DraftError, Refusal):
        return None


# --- what is checked before anything is signed


def vectors(folder: str) -> list[Any]:
    return [
        json.loads(path.read_bytes()) | {"name": path.stem} for path in sorted((VECTORS / folder).iterdir())
    ]


def payload_of(vector: Mapping[str, Any]) -> Any:
    return json.loads(vector["payload"])


def kind_of(value: Mapping[str, Any]) -> str:
    return str(value["predicateType"]).rpartition(":")[2]


@pytest.mark.parametrize("folder", ["accepted", "refused"])
def test_the_schemas_say_the_same_of_every_vector_as_the_library_does(scripts: Scripts, folder: str) -> None:
    validators = {kind: Draft202012Validator(schema(kind)) for kind in KINDS}
    seen = set()
    for vector in vectors(folder):
        value = payload_of(vector)
        if kind_of(value) not in KINDS:
            continue
        fits = validators[kind_of(value)].is_valid(value)
        answer = scripts.ask("schema", schema=schema(kind_of(value)), value=value)
        assert (answer["wrong"] == []) == fits, (vector["name"], answer["wrong"])
        seen.add(fits)
    assert seen == ({True} if folder == "accepted" else {True, False})


def test_a_wrong_value_is_named_by_its_place(scripts: Scripts) -> None:
    value = payload_of(next(one for one in vectors("accepted") if one["name"] == "AllegationMade"))
    value["predicate"]["claim"]["quantity"] = {"value": "3", "unit": "furlongs"}
    (wrong,) = scripts.ask("schema", schema=schema("allegation"), value=value)["wrong"]
    assert (wrong["place"], wrong["keyword"]) == ("/predicate/claim/quantity/unit", "enum")


ROWS = {row.name: row for row in (*KINDS["observation"].rows, *KINDS["allegation"].rows)}
COUNTED = st.fixed_dictionaries(
    {},
    optional={
        "issue": st.sampled_from(["osh/ppe", "harassment-gbv", "harassment-gbv/sexual-harassment"]),
        "method": st.sampled_from(["worker-interview", "records-review"]),
        "sample": st.fixed_dictionaries(
            {},
            optional={
                "group": st.just("workers"),
                "n": st.one_of(st.just("unknown"), st.integers(0, 60)),
                "share": st.one_of(
                    st.just("unknown"), st.sampled_from(["0", "90", "33.3", "99.999999999", "10"])
                ),
                "women": st.one_of(st.just("unknown"), st.integers(0, 60)),
                "independentSources": st.integers(0, 60),
                "_sd": st.just(["x"]),
            },
        ),
        "quantity": st.fixed_dictionaries(
            {"unit": st.sampled_from(["persons", "%", "h", "count"])},
            optional={
                name: st.sampled_from(["0", "3", "10", "-12", "45.5", "100"])
                for name in ("value", "low", "high")
            },
        ),
        "scope": values(ROWS["scope"].type.resolved.schema),
    },
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(claim=COUNTED)
@example(claim={"scope": {"population": {"unit": "persons", "value": 3}}})  # as a person types it
def test_small_counts_are_refused_where_the_ledger_refuses_them(
    scripts: Scripts, claim: dict[str, Any]
) -> None:
    found = scripts.ask("counts", claim=claim)["found"]
    expected = _place(claim)
    assert (None if found is None else found["where"]) == expected


def _place(claim: Mapping[str, Any]) -> str | None:
    try:
        check_small_counts(claim)
    except Refusal as refusal:
        return refusal.where
    return None
