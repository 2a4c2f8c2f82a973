"""The golden vectors: the files are what the generator writes, and this implementation keeps to them."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from ledger.core import (
    canonical,
    checkpoint,
    citation,
    disclosure,
    entry,
    envelope,
    grammar,
    keys,
    merkle,
    note,
    policy,
    receipt,
    tiles,
)
from ledger.core.refusal import Refusal
from tests.vectors import generate_formats as generator
from tests.vectors import proofs, values


def stored(name: str) -> dict[str, Any]:
    return json.loads((generator.FOLDER / name).read_bytes())


def accepted(name: str) -> list[Any]:
    return [pytest.param(vector, id=vector["name"]) for vector in stored(name)["accepted"]]


def decoded(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


@pytest.mark.parametrize("name", generator.FILES)
def test_the_stored_vectors_are_what_the_generator_writes(name: str) -> None:
    assert (generator.FOLDER / name).read_bytes() == generator.render(generator.FILES[name])


def test_no_vector_file_is_left_over() -> None:
    assert {path.name for path in generator.FOLDER.iterdir()} == set(generator.FILES)


@pytest.mark.parametrize("name", generator.FILES)
def test_vectors_have_names_of_their_own(name: str) -> None:
    content = stored(name)
    for group in ("accepted", "refused"):
        names = [vector["name"] for vector in content.get(group, [])]
        assert len(names) == len(set(names))


def parse_envelope(vector: dict[str, Any]) -> object:
    return envelope.parse(vector["envelope"] if "envelope" in vector else decoded(vector["dataBase64"]))


def open_note(vector: dict[str, Any]) -> object:
    return note.open_note(vector["note"], [proofs.log_signer().verifier])


READERS: dict[str, Callable[[dict[str, Any]], object]] = {
    "canonical.json": lambda vector: canonical.decode(decoded(vector["dataBase64"])),
    "keys.json": lambda vector: keys.check_public_key(decoded(vector["publicKey"])),
    "envelope.json": parse_envelope,
    "entry.json": lambda vector: entry.decode_entry(decoded(vector["dataBase64"])),
    "disclosure.json": lambda vector: disclosure.parse(vector["disclosure"]),
    "tiles.json": lambda vector: tiles.parse_path(vector["path"]),
    "note.json": open_note,
    "vkey.json": lambda vector: note.Verifier.from_vkey(vector["vkey"]),
    "checkpoint.json": lambda vector: checkpoint.parse(vector["text"]),
    "policy.json": lambda vector: policy.parse_policy(vector["policy"]),
    "proof.json": lambda vector: receipt.parse_proof(vector["proof"]),
    "trust.json": lambda vector: receipt.parse_trust(vector["file"]),
    "citation.json": lambda vector: citation.parse_citation(vector["text"]),
}
ALL_REFUSED = [
    pytest.param(name, vector, id=f"{name.removesuffix('.json')}: {vector['name']}")
    for name in READERS
    for vector in stored(name)["refused"]
]


@pytest.mark.parametrize(("name", "vector"), ALL_REFUSED)
def test_a_malformed_input_is_refused_with_its_code_and_place(name: str, vector: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as refusal:
        READERS[name](vector)
    assert (refusal.value.code, refusal.value.where) == (vector["code"], vector["where"])


@pytest.mark.parametrize("vector", accepted("canonical.json"))
def test_canonical_bytes_survive_a_round_trip(vector: dict[str, Any]) -> None:
    data = decoded(vector["dataBase64"])
    assert canonical.encode(canonical.decode(data)) == data
    assert keys.key_id(data) == vector["sha256"]


@pytest.mark.parametrize("name", values.GRAMMARS)
def test_a_grammar_decides_as_its_vectors_say(name: str) -> None:
    decide = values.GRAMMARS[name][0]
    content = stored("grammar.json")
    good = next(vector["texts"] for vector in content["accepted"] if vector["name"] == name)
    bad = next(vector["texts"] for vector in content["refused"] if vector["name"] == name)
    assert [text for text in good if not decide(text)] == []
    assert [text for text in bad if decide(text)] == []


@pytest.mark.parametrize("vector", stored("grammar.json")["bounds"], ids=lambda vector: vector["text"])
def test_a_date_spans_the_days_its_vector_says(vector: dict[str, Any]) -> None:
    assert grammar.date_bounds(vector["text"]) == tuple(vector["days"])


def is_good_signature(vector: dict[str, Any]) -> bool:
    parts = (decoded(vector[name]) for name in ("publicKey", "messageBase64", "signature"))
    return keys.verify(*parts)


@pytest.mark.parametrize("vector", accepted("signatures.json"))
def test_a_good_signature_verifies(vector: dict[str, Any]) -> None:
    assert is_good_signature(vector)


@pytest.mark.parametrize("vector", stored("signatures.json")["refused"], ids=lambda vector: vector["name"])
def test_a_bad_signature_does_not_verify(vector: dict[str, Any]) -> None:
    assert not is_good_signature(vector)


@pytest.mark.parametrize("vector", accepted("keys.json"))
def test_a_key_id_is_the_hash_of_the_key(vector: dict[str, Any]) -> None:
    keys.check_public_key(decoded(vector["publicKey"]))
    assert keys.key_id(decoded(vector["publicKey"])) == vector["keyId"]


@pytest.mark.parametrize("vector", accepted("envelope.json"))
def test_a_lenient_envelope_is_normalised(vector: dict[str, Any]) -> None:
    for source in (vector["envelope"], json.dumps(vector["envelope"]).encode()):
        parsed = envelope.parse(source)
        assert envelope.to_json_value(parsed) == vector["normal"]
        assert envelope.pae(parsed.payload) == decoded(vector["paeBase64"])


@pytest.mark.parametrize("vector", accepted("entry.json"))
def test_an_entry_survives_a_round_trip(vector: dict[str, Any]) -> None:
    data = decoded(vector["dataBase64"])
    parsed = entry.decode_entry(data)
    assert parsed == entry.decode_entry_trusted(data)
    assert entry.entry_time(data) == parsed.recorded_at
    assert entry.encode_entry(parsed.envelope, parsed.recorded_at) == data
    assert parsed.recorded_at == vector["recordedAt"]
    assert merkle.leaf_hash(data).hex() == vector["leafHash"]


@pytest.mark.parametrize("vector", accepted("disclosure.json"))
def test_a_disclosure_opens_to_its_member(vector: dict[str, Any]) -> None:
    parsed = disclosure.parse(vector["disclosure"])
    assert (parsed.name, parsed.value, parsed.digest) == (vector["member"], vector["value"], vector["digest"])
    assert disclosure.make(parsed.salt, parsed.name, parsed.value) == vector["disclosure"]


@pytest.mark.parametrize("vector", accepted("note.json"))
def test_a_note_opens_to_its_text(vector: dict[str, Any]) -> None:
    verifiers = [note.Verifier.from_vkey(vkey) for vkey in stored("note.json")["vkeys"]]
    opened = note.open_note(vector["note"], verifiers)
    assert opened.text == vector["text"]
    assert [signature.name for signature in opened.verified] == vector["names"]


@pytest.mark.parametrize("vector", accepted("vkey.json"))
def test_a_verifier_key_reads_and_prints(vector: dict[str, Any]) -> None:
    verifier = note.Verifier.from_vkey(vector["vkey"])
    parts = (verifier.name, verifier.algorithm, verifier.public)
    assert parts == (vector["keyName"], vector["type"], decoded(vector["publicKey"]))
    assert verifier.vkey == vector["vkey"]


@pytest.mark.parametrize("vector", accepted("checkpoint.json"))
def test_a_checkpoint_reads_and_prints(vector: dict[str, Any]) -> None:
    parsed = checkpoint.parse(vector["text"])
    assert (parsed.size, parsed.root) == (vector["size"], decoded(vector["root"]))
    assert parsed.text() == vector["text"]


@pytest.mark.parametrize("vector", accepted("policy.json"))
def test_a_policy_counts_witnesses(vector: dict[str, Any]) -> None:
    parsed = policy.parse_policy(vector["policy"])
    assert all(parsed.is_satisfied_by(set(names)) for names in vector["enough"])
    assert not any(parsed.is_satisfied_by(set(names)) for names in vector["tooFew"])


@pytest.mark.parametrize("vector", accepted("proof.json"))
def test_a_proof_leads_from_its_entry_to_the_signed_root(vector: dict[str, Any]) -> None:
    proof = receipt.parse_proof(vector["proof"])
    log = note.Verifier.from_vkey(stored("proof.json")["vkey"])
    head, _ = checkpoint.open_checkpoint(proof.checkpoint, log)
    leaf = merkle.leaf_hash(bytes.fromhex(vector["entryHex"]))
    assert (proof.index, len(proof.hashes)) == (vector["index"], vector["hashes"])
    assert merkle.verify_inclusion(leaf, proof.index, head.size, proof.hashes, head.root)
    if proof.extra is None:
        assert receipt.format_proof(proof.index, proof.hashes, proof.checkpoint) == vector["proof"]


@pytest.mark.parametrize("vector", accepted("trust.json"))
def test_a_trust_file_reads_and_prints(vector: dict[str, Any]) -> None:
    trust = receipt.parse_trust(vector["file"])
    assert receipt.format_trust(trust) == stored("trust.json")["accepted"][0]["file"]


@pytest.mark.parametrize("vector", accepted("citation.json"))
def test_a_citation_reads_and_prints(vector: dict[str, Any]) -> None:
    parsed = citation.parse_citation(vector["text"])
    head = parsed.checkpoint
    assert (parsed.statement, parsed.index) == (vector["statement"], vector["index"])
    assert (head.origin, head.size, head.root) == (vector["origin"], vector["size"], decoded(vector["root"]))
    assert citation.format_citation(parsed) == vector["written"]


@pytest.mark.parametrize("vector", accepted("tiles.json"))
def test_a_tile_path_reads_and_prints(vector: dict[str, Any]) -> None:
    tile = tiles.Tile(vector["level"], vector["index"], vector["width"])
    assert tiles.parse_path(vector["path"]) == tile
    assert tile.path == vector["path"]


@pytest.mark.parametrize("vector", stored("tiles.json")["bundles"], ids=lambda vector: vector["name"])
def test_an_entry_bundle_reads_and_prints(vector: dict[str, Any]) -> None:
    data, entries = decoded(vector["dataBase64"]), [decoded(text) for text in vector["entriesBase64"]]
    assert tiles.parse_entry_bundle(data) == entries
    assert tiles.format_entry_bundle(entries) == data


@pytest.mark.parametrize("vector", stored("tiles.json")["refusedBundles"], ids=lambda vector: vector["name"])
def test_a_malformed_entry_bundle_is_refused(vector: dict[str, Any]) -> None:
    with pytest.raises(Refusal, check=lambda refusal: refusal.code == vector["code"]):
        tiles.parse_entry_bundle(decoded(vector["dataBase64"]))


@pytest.mark.parametrize("vector", stored("tiles.json")["trees"], ids=lambda vector: str(vector["size"]))
def test_a_tree_has_the_files_its_vector_says(vector: dict[str, Any]) -> None:
    found = list(tiles.tiles_for(vector["size"]))
    assert len(found) == vector["files"]
    assert [tile.path for tile in found if tile.width < 256] == vector["partial"]


def test_the_tree_vectors_hold() -> None:
    vectors = stored("merkle.json")
    leaves = [merkle.leaf_hash(bytes.fromhex(text)) for text in vectors["leaves"]]
    roots = [bytes.fromhex(text) for text in vectors["roots"]]
    assert [leaf.hex() for leaf in leaves] == vectors["leafHashes"]
    for size, frontier in enumerate(vectors["frontiers"]):
        assert merkle.Frontier.from_bytes(bytes.fromhex(frontier)).root() == roots[size]
    for item in vectors["inclusion"]:
        path = [bytes.fromhex(node) for node in item["proof"]]
        index, size = item["index"], item["size"]
        assert merkle.verify_inclusion(leaves[index], index, size, path, roots[size])
    for item in vectors["consistency"]:
        path = [bytes.fromhex(node) for node in item["proof"]]
        first, second = item["first"], item["second"]
        assert merkle.verify_consistency(first, roots[first], second, roots[second], path)
