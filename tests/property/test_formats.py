"""Properties of the codecs and trees: what is accepted is canonical, and nothing else is accepted."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core import canonical, disclosure, entry, envelope, grammar, merkle, note, receipt
from ledger.core.refusal import Refusal
from tests.vectors import common, proofs, signed

KEYS = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,63}", fullmatch=True).filter(lambda key: key != "__proto__")
SCALARS = st.one_of(st.text(), st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)
# Any JSON that Python can write, defects of every kind included.
LOOSE = st.recursive(
    st.one_of(st.none(), st.floats(), st.integers(), st.booleans(), st.text(st.characters(codec=None))),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=10,
)


@given(VALUES)
def test_every_value_survives_a_round_trip(value: Any) -> None:
    data = canonical.encode(value)
    assert canonical.decode(data) == value
    assert canonical.decode_trusted(data) == value


@given(VALUES)
def test_encoding_is_compact_json_with_sorted_keys(value: Any) -> None:
    assert json.loads(canonical.encode(value)) == value
    assert canonical.encode(value) == rfc8785(value).encode("utf-8")


def rfc8785(value: Any) -> str:
    """RFC 8785 written out once more, without the profile and without the standard library's encoder."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return '"' + re.sub(r'[\x00-\x1f"\\]', lambda m: escaped(m[0]), value) + '"'
    if isinstance(value, list):
        return "[" + ",".join(map(rfc8785, value)) + "]"
    ordered = sorted(value.items(), key=lambda member: member[0].encode("utf-16-be"))
    return "{" + ",".join(f"{rfc8785(key)}:{rfc8785(member)}" for key, member in ordered) + "}"


def escaped(character: str) -> str:
    short = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
    return short.get(character, f"\\u{ord(character):04x}")


@given(LOOSE, st.booleans(), st.booleans())
def test_loose_json_is_accepted_only_when_it_is_canonical(
    value: Any, ascii_only: bool, ordered: bool
) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, sort_keys=ordered, separators=(",", ":"))
    data = text.encode("utf-8", "surrogatepass")
    try:
        decoded = canonical.decode(data)
    except Refusal:
        return
    assert rfc8785(decoded).encode("utf-8") == data


@given(LOOSE)
def test_encoding_refuses_or_gives_what_decoding_accepts(value: Any) -> None:
    try:
        data = canonical.encode(value)
    except Refusal:
        return
    assert canonical.decode(data) == value


@given(st.binary(max_size=40))
def test_arbitrary_bytes_are_refused_or_canonical(data: bytes) -> None:
    try:
        value = canonical.decode(data)
    except Refusal:
        return
    assert canonical.encode(value) == data


def mutated(data: bytes, at: int, byte: int, how: str) -> bytes:
    at %= len(data)
    if how == "replace":
        return data[:at] + bytes([byte]) + data[at + 1 :]
    return data[:at] + bytes([byte]) + data[at:] if how == "insert" else data[:at] + data[at + 1 :]


HOW = st.sampled_from(["replace", "insert", "delete"])
ENTRY = entry.encode_entry(signed.sample_envelope(), common.RECORDED_AT)


@given(st.integers(0, len(ENTRY)), st.integers(0, 255), HOW)
def test_an_entry_with_one_byte_changed_is_refused_or_still_canonical(at: int, byte: int, how: str) -> None:
    data = mutated(ENTRY, at, byte, how)
    try:
        decoded = entry.decode_entry(data)
    except Refusal:
        return
    assert entry.encode_entry(decoded.envelope, decoded.recorded_at) == data
    assert canonical.encode(json.loads(data)) == data


def verdict(reading: Any, data: bytes) -> Any:
    try:
        return reading(data)
    except Refusal as refusal:
        return (refusal.code, refusal.where)


SEVERAL = entry.encode_entry(
    envelope.normalised(b"{}", [envelope.Signature(f"{n:064x}", bytes(64)) for n in range(3)]),
    common.RECORDED_AT,
)
TIME = len(common.RECORDED_AT) + 2


def decoded_time(data: bytes) -> str:
    return entry.decode_entry(data).recorded_at


@given(st.sampled_from([ENTRY, SEVERAL]), st.integers(-TIME, len(ENTRY)), st.integers(0, 255), HOW)
def test_reading_an_entrys_time_alone_judges_its_bytes_alike(
    data: bytes, at: int, byte: int, how: str
) -> None:
    for one in (data, mutated(data, at, byte, how)):
        assert verdict(entry.entry_time, one) == verdict(decoded_time, one)


BASE64 = st.text("AQgwEIMUYcPBz09+/=", max_size=12)


@given(
    BASE64,
    st.lists(st.integers(0, 30), max_size=19).map(sorted) | st.lists(st.integers(0, 3)),
    st.sampled_from("AQwB="),
)
def test_its_base64_and_the_order_of_its_signatures_are_judged_alike(
    payload: str, key_ids: list[int], last: str
) -> None:
    sig = "A" * 85 + last + "=="
    signatures = ",".join(f'{{"keyid":"{n:064x}","sig":"{sig}"}}' for n in key_ids)
    head = f'{{"envelope":{{"payload":"{payload}","payloadType":"{envelope.PAYLOAD_TYPE}","signatures":['
    data = f'{head}{signatures}]}},"recordedAt":"{common.RECORDED_AT}"}}'.encode()
    assert verdict(entry.entry_time, data) == verdict(decoded_time, data)


SIGNED = st.tuples(st.binary(min_size=32, max_size=32), st.binary(min_size=64, max_size=64))


@given(st.binary(max_size=300), st.lists(SIGNED, min_size=1, max_size=17, unique_by=lambda pair: pair[0]))
def test_every_envelope_survives_entry_and_json(payload: bytes, pairs: list[tuple[bytes, bytes]]) -> None:
    signatures = [envelope.Signature(keyid.hex(), sig) for keyid, sig in pairs]
    value = envelope.normalised(payload, signatures)
    assert envelope.parse(envelope.to_json_value(value)) == value
    data = entry.encode_entry(value, common.RECORDED_AT)
    assert entry.decode_entry(data).envelope == value
    assert (
        canonical.encode({"envelope": envelope.to_json_value(value), "recordedAt": common.RECORDED_AT})
        == data
    )


NAMES = KEYS.filter(lambda name: name not in disclosure.FORBIDDEN_NAMES)


@given(st.binary(min_size=16, max_size=16), NAMES, SCALARS | st.lists(SCALARS))
def test_every_disclosure_survives_a_round_trip(salt: bytes, name: str, value: Any) -> None:
    text = disclosure.make(salt, name, value)
    parsed = disclosure.parse(text)
    assert (parsed.salt, parsed.name, parsed.value) == (salt, name, value)
    assert parsed.digest == disclosure.digest(text)


DISCLOSURE = disclosure.make(bytes(range(16)), "text", {"lang": "en", "text": "not a refutation"})


@given(st.integers(0, len(DISCLOSURE)), st.characters(codec="ascii"))
def test_a_disclosure_with_one_character_changed_has_another_digest_or_is_refused(at: int, new: str) -> None:
    text = DISCLOSURE[:at] + new + DISCLOSURE[at + 1 :]
    try:
        parsed = disclosure.parse(text)
    except Refusal:
        return
    assert (parsed.digest == disclosure.digest(DISCLOSURE)) == (text == DISCLOSURE)
    assert disclosure.make(parsed.salt, parsed.name, parsed.value) == text


@given(st.integers(-62_135_596_800_000, 253_402_300_799_999))
def test_every_millisecond_of_the_calendar_survives_a_round_trip(value: int) -> None:
    text = grammar.format_recorded_at(value)
    assert grammar.is_recorded_at(text)
    assert grammar.milliseconds(text) == value


@given(st.lists(st.integers(0, 40), max_size=12), st.integers(0, 400))
def test_a_tree_does_not_depend_on_how_it_was_batched(batches: list[int], offset: int) -> None:
    leaves = [merkle.leaf_hash((offset + n).to_bytes(8, "big")) for n in range(sum(batches))]
    frontier, start = merkle.Frontier(), 0
    for count in batches:
        batch = leaves[start : start + count]
        extended = frontier.append(batch)
        proofs = merkle.batch_inclusion_proofs(frontier, batch)
        size, root = extended.frontier.size, extended.frontier.root()
        for at, proof in enumerate(proofs):
            assert merkle.verify_inclusion(batch[at], start + at, size, proof, root)
        frontier, start = extended.frontier, start + count
    assert frontier == merkle.Frontier().append(leaves).frontier


NOTE = note.sign_note("ledger.example.org/2026\n1\nabc\n", [proofs.log_signer()])


@given(st.integers(0, len(NOTE) - 1), st.characters(codec="utf-8"))
def test_a_note_with_one_character_changed_does_not_open(at: int, new: str) -> None:
    changed = NOTE[:at] + new + NOTE[at + 1 :]
    if changed == NOTE:
        return
    with pytest.raises(Refusal):
        note.open_note(changed, [proofs.log_signer().verifier])


@given(st.text(max_size=200))
def test_arbitrary_text_is_no_proof_and_no_crash(text: str) -> None:
    for read in (receipt.parse_proof, receipt.parse_trust, note.split_note, note.Verifier.from_vkey):
        with pytest.raises(Refusal):
            read(text)


@given(st.integers(0, 2**63 - 1), st.lists(st.binary(min_size=32, max_size=32), max_size=63))
def test_every_proof_survives_a_round_trip(index: int, hashes: list[bytes]) -> None:
    text = receipt.format_proof(index, hashes, NOTE)
    assert receipt.parse_proof(text) == receipt.Proof(index, tuple(hashes), NOTE)
