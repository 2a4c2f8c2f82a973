"""Signed files: they survive the way to a colleague and back, and notice what was changed on it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.client.genesis import FounderSeeds, open_ledger
from api.client.keyfile import new_seed, public_half
from api.client.order import in_order
from api.client.signed import (
    CapturedFile,
    Signed,
    SignedFileError,
    cosign,
    read_signed,
    sign_payload,
    write_signed,
)
from api.client.workshop import FolderResolver, Workshop
from api.drafts.build import Built, LedgerIdentity
from api.drafts.draft import read_drafts
from api.drafts.resolver import Shelf
from ledger.core.note import Signer
from ledger.core.refusal import Refusal

NOW = "2024-01-01T00:00:00Z"


def ledger() -> tuple[Signed, Workshop]:
    """A ledger's entry 0, and a bench to build drafts for it."""
    vkey = Signer("ledger.test/1", new_seed()).verifier.vkey
    genesis, trust = open_ledger(
        "ledger.test/1", vkey, "system", NOW, FounderSeeds(new_seed(), new_seed(), new_seed())
    )
    shelf = Shelf()
    shelf.put(genesis.envelope.payload)
    identity = LedgerIdentity(trust.origin, trust.genesis)
    return genesis, Workshop(identity, Path(), FolderResolver(shelf, []), lambda: NOW)


def listing(bench: Workshop, slug: str, issued: str = NOW) -> Built:
    text = f"""
event: PartyListed
issuers: [registrar]
issuedAt: "{issued}"
subjects: [party:{slug}]
claim: {{entity: organisation, roles: [ngo], names: [{slug}]}}
"""
    (draft,) = read_drafts(text, "draft")
    return bench.build(draft)[0]


def signed() -> Signed:
    built = listing(ledger()[1], "watch")
    return Signed(sign_payload(built.statement.payload, [new_seed()]), built.disclosures, "watch")


def test_a_signed_file_reads_back_as_it_was(tmp_path: Path) -> None:
    before = signed()
    write_signed(tmp_path / "a.signed.json", before)
    assert read_signed(tmp_path / "a.signed.json") == before


def test_a_captured_document_is_found_beside_the_file_after_both_moved(tmp_path: Path) -> None:
    before = signed()
    (tmp_path / "one").mkdir()
    captured = CapturedFile(tmp_path / "one" / "scan.pdf", "application/pdf", "e" * 64)
    write_signed(
        tmp_path / "one" / "a.signed.json", Signed(before.envelope, before.disclosures, "a", captured)
    )
    (tmp_path / "one").rename(tmp_path / "two")
    found = read_signed(tmp_path / "two" / "a.signed.json").captured
    assert found is not None
    assert found.path.resolve() == (tmp_path / "two" / "scan.pdf").resolve()


def test_a_cosignature_is_added_and_the_same_key_never_signs_twice() -> None:
    seed = new_seed()
    twice = cosign(signed(), seed)
    assert public_half(seed, "root").key_id in {one.keyid for one in twice.envelope.signatures}
    assert len(twice.envelope.signatures) == 2
    with pytest.raises(Refusal, match="duplicate-signature"):
        cosign(twice, seed)


def test_a_disclosure_of_another_statement_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.signed.json"
    write_signed(path, signed())
    value = json.loads(path.read_text())
    value["disclosures"] = list(signed().disclosures)
    path.write_text(json.dumps(value))
    with pytest.raises(SignedFileError, match="does not belong"):
        read_signed(path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"envelope":{}}', '{"envelope":{"payload":"AA=="}}'])
def test_what_is_no_signed_file_is_refused_in_plain_words(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.signed.json"
    path.write_text(text)
    with pytest.raises(SignedFileError, match="not a signed file"):
        read_signed(path)


def test_what_is_pinned_is_entered_before_what_pins_it_and_else_the_earliest_first() -> None:
    genesis, bench = ledger()
    late, early = (
        Signed(sign_payload(listing(bench, slug, issued).statement.payload, [new_seed()]), (), slug)
        for slug, issued in (("late", "2024-02-01T00:00:00Z"), ("early", "2024-01-02T00:00:00Z"))
    )
    bench.resolver.shelf.put(late.envelope.payload)
    text = "event: PartyAmended\nissuers: [late]\nsubjects: [party:late]\nclaim: {country: CH}\n"
    (draft,) = read_drafts(text, "draft")
    amended = Signed(sign_payload(bench.build(draft)[0].statement.payload, [new_seed()]), (), "amended")
    ordered = in_order([amended, late, early, genesis])
    assert [one.label for one in ordered] == ["genesis", "early", "late", "amended"]
