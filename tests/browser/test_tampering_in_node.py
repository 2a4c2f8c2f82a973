"""The tamper drill: a byte changed in a part of a file is refused by the step that judges the part."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.core.receipt import Trust, format_trust
from tests.browser.scripts import VERIFYING, Scripts, running
from tests.browser.test_verifying_in_node import CORPUS, answering, proof_files, receipt, receipts, root
from tests.support.bundles import trust

SEEDS = range(1, 9)
VECTORS = Path(__file__).parents[1] / "vectors" / "formats"


@pytest.fixture(scope="module")
def scripts(node: str) -> Iterator[Scripts]:
    with running(node, VERIFYING) as found:
        yield found


def receipt_files() -> list[tuple[str, bytes]]:
    entry, proof = receipt()
    beside = [one for one in receipts.small_log().entries if one != entry]
    named = [(f"beside-{at}.entry", data) for at, data in enumerate(beside)]
    return [("3.entry", entry), ("3.tlog-proof", proof.encode()), *named]


# Each kind of file, whom its reader trusts, and for each part the steps that refuse a change there.
FILES: dict[str, tuple[list[tuple[str, bytes]], Trust, dict[str, set[str]]]] = {
    "bundle": (
        [("sound.jsonl", (CORPUS / "sound.jsonl").read_bytes())],
        root(),
        {
            "statement": {"signatures", "inclusion"},
            "signature": {"signatures", "inclusion"},
            "proof": {"inclusion"},
            "completeness": {"completeness"},
            "checkpoint": {"inclusion", "checkpoint"},
            "disclosure": {"disclosures"},
        },
    ),
    "zip": (
        [("sound.zip", (CORPUS / "sound-with-documents.zip").read_bytes())],
        root(),
        {"document": {"documents"}, "statement": {"signatures", "inclusion"}},
    ),
    "receipt": (
        receipt_files(),
        receipts.trust(),
        {
            "statement": {"signatures", "inclusion"},
            "signature": {"signatures", "inclusion"},
            "proof": {"inclusion"},
            "checkpoint": {"inclusion", "checkpoint"},
        },
    ),
    "proof file": (
        [("all.json", proof_files()["all"].encode())],
        trust(answering()),
        {"statement": {"inclusion"}, "signature": {"inclusion"}, "checkpoint": {"inclusion", "checkpoint"}},
    ),
}
CASES = [(kind, part) for kind, (_, _, parts) in FILES.items() for part in parts]


def tampered(scripts: Scripts, kind: str, part: str, seed: int) -> dict[str, Any]:
    files, trusts, _ = FILES[kind]
    named = [(name, b64encode(data).decode()) for name, data in files]
    return scripts.ask("tamper", files=named, trust=format_trust(trusts), part=part, seed=seed)


def failed(report: dict[str, Any]) -> set[str]:
    return {step["name"] for step in report["steps"] if step["grade"] in ("failed", "unreadable")}


@pytest.mark.parametrize(("kind", "part"), CASES)
def test_a_byte_changed_in_a_part_is_refused_by_its_step(scripts: Scripts, kind: str, part: str) -> None:
    expected = FILES[kind][2][part]
    for seed in SEEDS:
        answer = tampered(scripts, kind, part, seed)
        assert failed(answer["before"]) == set()
        found = failed(answer["report"])
        assert expected <= found, answer
        # The file can still be read, so that the part is judged and not its form.
        assert not found & {"file", "entry", "proof"}, answer
        assert answer["seen"]["part"] == part
        assert answer["seen"]["fresh"] == answer["seen"]["old"] ^ 1


def test_a_changed_statement_is_shown_as_it_was_and_as_it_is(scripts: Scripts) -> None:
    inside = tampered(scripts, "bundle", "statement", 5)["seen"]["inside"]
    assert inside["was"] != inside["is"]
    assert len(inside["was"]) == len(inside["is"])
    opened = tampered(scripts, "bundle", "disclosure", 5)["seen"]["inside"]
    assert opened["was"] != opened["is"]


def test_the_entry_of_a_place_in_a_bundle_is_named(scripts: Scripts) -> None:
    lines = (CORPUS / "sound.jsonl").read_bytes().splitlines()
    entries = {value["index"] for line in lines if "entry" in (value := json.loads(line))}
    for part in ("statement", "proof", "disclosure"):
        assert tampered(scripts, "bundle", part, 3)["seen"]["entry"] in entries


def test_only_parts_that_a_file_has_are_offered(scripts: Scripts) -> None:
    answer = tampered(scripts, "receipt", "disclosure", 1)
    assert answer["place"] is None
    assert set(answer["parts"]) == {"statement", "signature", "proof", "checkpoint"}
    assert "document" in tampered(scripts, "zip", "document", 1)["parts"]


def test_what_stands_around_a_place_is_told(scripts: Scripts) -> None:
    data = (CORPUS / "sound.jsonl").read_bytes()
    named = [("sound.jsonl", b64encode(data).decode())]
    for offset in (0, 1, 500, len(data) - 1):
        seen = scripts.ask("look", files=named, piece=0, offset=offset)
        assert (seen["size"], seen["old"]) == (len(data), data[offset])
        assert len(seen["before"]) == min(24, offset)
        assert len(seen["after"]) == min(24, len(data) - 1 - offset)


def test_the_weak_key_of_the_page_is_the_one_of_the_vectors(scripts: Scripts) -> None:
    refused = json.loads((VECTORS / "signatures.json").read_text())["refused"]
    vector = next(one for one in refused if one["name"] == "weak key 01 00..00")
    answer = scripts.ask("weakKey", text="whatever anybody likes")
    assert bytes(answer["key"]) == b64decode(vector["publicKey"])
    assert bytes(answer["signature"]) == b64decode(vector["signature"])


@pytest.mark.parametrize("text", ["", "one text", "another one, 佛山"])
def test_the_weak_key_fits_every_text_and_is_refused(scripts: Scripts, text: str) -> None:
    answer = scripts.ask("weakKey", text=text)
    assert answer["weak"] == {"browser": True, "ours": False, "isPublicKey": False}
    assert answer["fresh"] == {"browser": True, "ours": True, "isPublicKey": True}
