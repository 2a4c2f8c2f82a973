"""A submission as it travels: `{"envelope": {DSSE}, "disclosures": [...]}` in, a receipt or a problem out."""

from __future__ import annotations

import re
from typing import Any, Final, cast

import msgspec

from api import problems
from ledger.core.canonical import DEPTH_LIMIT, PAYLOAD_LIMIT
from ledger.core.envelope import PAYLOAD_TYPE, SIGNATURE_LIMIT, Envelope, Signature, normalised, parse
from ledger.core.grammar import is_digest
from ledger.core.keys import SIGNATURE_BYTES
from ledger.core.refusal import Refusal
from ledger.receipts import Receipt
from ledger.sequencer import Outcome, Submission

MOST_DISCLOSURES: Final = 1024
# A string that does not end reaches to the end of the text, so that each byte is looked at once.
_BRACKETS: Final = re.compile(rb'"(?:[^"\\]+|\\.)*+"?|[\[\]{}]', re.DOTALL)


class _SentSignature(msgspec.Struct):
    keyid: str
    sig: bytes


class _SentEnvelope(msgspec.Struct):
    payload: bytes
    payloadType: str  # noqa: N815 - DSSE's own name
    signatures: list[_SentSignature]


class _Sent(msgspec.Struct, forbid_unknown_fields=True):
    """A submission in the form that most clients send: standard base64, nothing beside what is needed."""

    envelope: _SentEnvelope
    disclosures: tuple[str, ...] = ()


_usual: Final = msgspec.json.Decoder(_Sent)
_decoder: Final = msgspec.json.Decoder()
_encoder: Final = msgspec.json.Encoder()


class Accepted(msgspec.Struct, rename="camel"):
    """A receipt for the wire; msgspec writes `entry` in standard padded base64."""

    id: str
    index: int
    recorded_at: str
    entry: bytes
    proof: str


class AcceptedLine(msgspec.Struct, rename="camel"):
    """The same as a line of a batch's answer, where `status` stands for the HTTP status."""

    status: int
    id: str
    index: int
    recorded_at: str
    entry: bytes
    proof: str


def read(body: bytes) -> Submission:
    """A submission from its JSON text; the statement itself is decoded later, off the event loop.

    A usual one has less brackets than the limit. Deep nesting is refused before it is decoded: a decoder that
    runs out of stack also fails whatever else happens there, such as the collection of garbage.

    Raises `Refusal` with a pointer into the submission, or into the envelope for what is wrong there.
    """
    if body.count(b"[") + body.count(b"{") > DEPTH_LIMIT:
        return read_leniently(body)
    try:
        envelope = _envelope_of(sent := _usual.decode(body))
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return read_leniently(body)
    return read_leniently(body) if envelope is None else Submission(envelope, sent.disclosures)


def read_leniently(body: bytes) -> Submission:
    """The same for whatever DSSE allows, and for whatever is wrong: slower, and it says what and where."""
    if _depth(body) > DEPTH_LIMIT:
        raise Refusal("too-deep", f"more than {DEPTH_LIMIT} levels")
    try:
        sent = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refusal("not-json", str(error)) from error
    if not isinstance(sent, dict):
        raise Refusal("wrong-type", "a submission is an object")
    unknown = sent.keys() - {"envelope", "disclosures"}
    if unknown:
        raise Refusal("unknown-member", f"a submission has no member {min(unknown)!r:.80}")
    envelope = sent.get("envelope")
    if not isinstance(envelope, dict):
        raise Refusal("missing-member", "envelope, an object, is missing", "/envelope")
    return Submission(parse(envelope), _disclosures(sent.get("disclosures", [])))


def encode_outcome(outcome: Outcome) -> tuple[int, bytes]:
    """(HTTP status, body) for one submission on its own."""
    if isinstance(outcome, Receipt):
        return (200 if outcome.duplicate else 201), _encoder.encode(_accepted(outcome))
    problem = problems.describe_counted(as_exception(outcome))
    return int(problem["status"]), _encoder.encode(problem)


def encode_line(outcome: Outcome) -> bytes:
    """One line of a batch's answer, its line feed included."""
    if not isinstance(outcome, Receipt):
        return _encoder.encode(problems.describe_counted(as_exception(outcome))) + b"\n"
    status = 200 if outcome.duplicate else 201
    line = AcceptedLine(
        status, outcome.statement_id, outcome.index, outcome.recorded_at, outcome.entry, outcome.proof
    )
    return _encoder.encode(line) + b"\n"


def as_exception(outcome: Outcome) -> Exception:
    """What went wrong; cancellations and the like are no outcomes and go on upwards."""
    if isinstance(outcome, Exception):
        return outcome
    raise cast("BaseException", outcome)


def _envelope_of(sent: _Sent) -> Envelope | None:
    """The envelope if nothing about it needs a second look, with the limits that `parse` has."""
    given = sent.envelope
    signatures = [Signature(each.keyid, each.sig) for each in given.signatures]
    usual = (
        given.payloadType == PAYLOAD_TYPE
        and len(given.payload) <= PAYLOAD_LIMIT
        and 0 < len(signatures) <= SIGNATURE_LIMIT
        and len(sent.disclosures) <= MOST_DISCLOSURES
        and all(len(each.sig) == SIGNATURE_BYTES and is_digest(each.keyid) for each in signatures)
    )
    return normalised(given.payload, signatures) if usual else None


def _depth(body: bytes) -> int:
    """Levels of containers that JSON text opens at most, strings left out; exact where it is valid."""
    depth = deepest = 0
    for token in _BRACKETS.finditer(body):
        match token[0]:
            case b"[" | b"{":
                depth += 1
                deepest = max(deepest, depth)
            case b"]" | b"}":
                depth -= 1
    return deepest


def _accepted(receipt: Receipt) -> Accepted:
    return Accepted(receipt.statement_id, receipt.index, receipt.recorded_at, receipt.entry, receipt.proof)


def _disclosures(sent: Any) -> tuple[str, ...]:
    if not isinstance(sent, list):
        raise Refusal("wrong-type", "disclosures is an array of strings", "/disclosures")
    if len(sent) > MOST_DISCLOSURES:
        raise Refusal("too-large", f"more than {MOST_DISCLOSURES} disclosures", "/disclosures")
    for number, text in enumerate(sent):
        if not isinstance(text, str):
            raise Refusal("wrong-type", "a disclosure is a string", f"/disclosures/{number}")
    return tuple(sent)
