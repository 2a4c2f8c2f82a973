"""Submissions are read the same whether the fast way or the lenient way takes them."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.submissions import MOST_DISCLOSURES, read, read_leniently
from ledger.core.envelope import PAYLOAD_TYPE
from ledger.core.refusal import Refusal

digests = st.binary(min_size=32, max_size=32).map(bytes.hex)
signatures = st.fixed_dictionaries(
    {"keyid": digests, "sig": st.binary(min_size=63, max_size=64).map(lambda sig: b64encode(sig).decode())},
    optional={"more": st.integers()},
)
submissions = st.fixed_dictionaries(
    {
        "envelope": st.fixed_dictionaries(
            {
                "payload": st.binary(max_size=40).map(lambda data: b64encode(data).decode())
                | st.text(max_size=8),
                "payloadType": st.just(PAYLOAD_TYPE) | st.text(max_size=5),
                "signatures": st.lists(signatures, max_size=3),
            },
            optional={"note": st.text(max_size=3)},
        )
    },
    optional={"disclosures": st.lists(st.text(max_size=5) | st.integers(), max_size=3), "more": st.none()},
)


def outcome(reading: Any, body: bytes) -> Any:
    try:
        return reading(body)
    except Refusal as refusal:
        return (refusal.code, refusal.where)


@given(submission=submissions)
def test_both_ways_agree_on_what_is_taken_and_on_what_is_refused(submission: Any) -> None:
    body = json.dumps(submission).encode()
    assert outcome(read, body) == outcome(read_leniently, body)


@given(body=st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    assert outcome(read, body) == outcome(read_leniently, body)


def envelope(payload: str) -> dict[str, Any]:
    signature = {"keyid": "0" * 64, "sig": b64encode(bytes(64)).decode()}
    return {"payload": payload, "payloadType": PAYLOAD_TYPE, "signatures": [signature]}


def test_the_url_alphabet_without_padding_is_taken_too() -> None:
    data = bytes(range(248, 256)) * 2
    spelt = [b64encode(data).decode(), urlsafe_b64encode(data).decode().rstrip("=")]
    assert {read(json.dumps({"envelope": envelope(text)}).encode()).envelope.payload for text in spelt} == {
        data
    }


@pytest.mark.parametrize(
    ("submission", "code", "where"),
    [
        ([], "wrong-type", ""),
        ({}, "missing-member", "/envelope"),
        ({"envelope": envelope(""), "disclosures": "x"}, "wrong-type", "/disclosures"),
        ({"envelope": envelope(""), "disclosures": [1]}, "wrong-type", "/disclosures/0"),
        (
            {"envelope": envelope(""), "disclosures": ["x"] * (MOST_DISCLOSURES + 1)},
            "too-large",
            "/disclosures",
        ),
        ({"envelope": envelope(""), "more": 1}, "unknown-member", ""),
    ],
)
def test_what_is_wrong_with_a_submission_is_named_with_its_place(
    submission: Any, code: str, where: str
) -> None:
    with pytest.raises(Refusal) as refused:
        read(json.dumps(submission).encode())
    assert (refused.value.code, refused.value.where) == (code, where)


@pytest.mark.parametrize("brackets", ["[", '{"":', '{"envelope":[', '{"more":{"envelope":['])
def test_nesting_is_refused_before_it_is_decoded(brackets: str) -> None:
    with pytest.raises(Refusal) as refused:
        read((brackets * 100_000).encode())
    assert refused.value.code == "too-deep"


@given(
    text=st.text(alphabet='[]{}"\\x', max_size=80),
    signature_count=st.integers(min_value=1, max_value=17),
)
def test_brackets_in_texts_and_side_by_side_are_no_nesting(text: str, signature_count: int) -> None:
    several = envelope("") | {"note": text * 20, text: [[]] * 40}
    several["signatures"] = [
        several["signatures"][0] | {"keyid": f"{n:064x}"} for n in range(signature_count)
    ]
    taken = read(json.dumps({"envelope": several}).encode())
    assert len(taken.envelope.signatures) == signature_count


def test_text_that_never_ends_is_looked_at_once() -> None:
    with pytest.raises(Refusal) as refused:
        read(b'{"a":' + b'"\\' * 200_000 + b"[" * 20)
    assert refused.value.code == "not-json"
