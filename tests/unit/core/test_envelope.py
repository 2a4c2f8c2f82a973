"""Envelopes next to the DSSE implementation of securesystemslib, and limits that no vector shows."""

import base64
import json

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from securesystemslib.dsse import Envelope as OtherEnvelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

from ledger.core import entry, envelope, keys
from ledger.core.refusal import Refusal
from tests.vectors import common, signed

SEEDS = [common.seed("key"), common.seed("other key")]


def other_keys() -> list[SSlibKey]:
    publics = [keys.public_key(seed) for seed in SEEDS]
    return [SSlibKey(keys.key_id(p), "ed25519", "ed25519", {"public": p.hex()}) for p in publics]


def test_securesystemslib_signs_the_same_bytes() -> None:
    other = OtherEnvelope.from_dict(envelope.to_json_value(signed.sample_envelope()))
    assert other.pae() == envelope.pae(signed.PAYLOAD)
    assert other.payload == signed.PAYLOAD


def test_securesystemslib_verifies_both_signatures() -> None:
    other = OtherEnvelope.from_dict(envelope.to_json_value(signed.sample_envelope()))
    accepted = other.verify(other_keys(), 2)
    assert sorted(accepted) == [signature.keyid for signature in signed.sample_envelope().signatures]


def test_securesystemslib_refuses_a_changed_payload() -> None:
    signatures = signed.sample_envelope().signatures
    changed = envelope.Envelope(signed.PAYLOAD + b" ", signatures)
    other = OtherEnvelope.from_dict(envelope.to_json_value(changed))
    with pytest.raises(VerificationError):
        other.verify(other_keys(), 1)


def test_what_securesystemslib_writes_is_read() -> None:
    other = OtherEnvelope.from_dict(envelope.to_json_value(signed.sample_envelope()))
    assert envelope.parse(json.dumps(other.to_dict()).encode()) == signed.sample_envelope()


def test_the_specification_s_own_example_is_what_its_signature_signs() -> None:
    """DSSE's protocol.md, "Test Vectors": the encoding, and an ECDSA signature (r and s) over it."""
    encoded = envelope.pae(b"hello world", "http://example.com/HelloWorld")
    assert encoded == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    x = 46950820868899156662930047687818585632848591499744589407958293238635476079160
    y = 5640078356564379163099075877009565129882514886557779369047442380624545832820
    text = "A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA=="
    raw = base64.b64decode(text)
    signature = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    key.verify(signature, encoded, ec.ECDSA(hashes.SHA256()))


def test_the_encoding_counts_the_bytes_of_type_and_payload() -> None:
    expected = b"DSSEv1 28 application/vnd.in-toto+json 11 hello world"
    assert envelope.pae(b"hello world") == expected


def test_an_empty_payload_is_encoded_with_its_length() -> None:
    assert envelope.pae(b"").endswith(b" 0 ")


@pytest.mark.parametrize("value", [None, 5, "text", [], True])
def test_any_other_json_value_is_refused(value: object) -> None:
    with pytest.raises(Refusal, match="wrong-type"):
        envelope.parse(value)


def test_deep_json_is_refused_not_a_crash() -> None:
    with pytest.raises(Refusal, match="not-json"):
        envelope.parse(b"[" * 100_000)


def test_the_largest_entry_fits_into_the_limit() -> None:
    data = signed.largest_entry()
    assert len(data) <= 65_535
    assert len(entry.decode_entry(data).envelope.signatures) == 17


def test_an_entry_beyond_the_limit_is_not_written() -> None:
    with pytest.raises(Refusal, match="too-large"):
        entry.encode_entry(envelope.Envelope(bytes(50_000), ()), common.RECORDED_AT)
