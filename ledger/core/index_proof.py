"""Proof files: one small answer about the log that anyone can check offline.

What a file may answer:

- `all`: these are all entries of an index key, possibly none at all;
- `silence`: no response to a request was logged, since none is among all entries that refer to it;
- `precedence`: one statement was logged before another.

A file holds the entries it speaks of, each with its way to one signed checkpoint. For `all` and `silence` it
also holds the operator's index statement and the key's proof in that index: the answer is complete up to the
entries indexed, which is the operator's claim until an auditor has computed the root (docs/protocol.md, "The
index"). Of the signatures only that under the index statement is checked; a bundle shows them all.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from . import keys
from .checkpoint import Checkpoint
from .checkpoint import parse as parse_checkpoint
from .entry import Entry, decode_entry
from .envelope import pae
from .grammar import base64_decode, base64_encode
from .index import (
    HASH_BYTES,
    IndexHead,
    KeyProof,
    check_index_key,
    index_head,
    parse_key_proof,
    statement_keys,
    verify_all,
)
from .merkle import leaf_hash, verify_inclusion
from .note import Note, split_note
from .policy import is_auditor, parse_policy
from .receipt import PROOF_HASHES_LIMIT, Trust, judge_checkpoint, judge_trust_root, judge_witnesses
from .refusal import Refusal
from .report import FAILED, HELD, UNCHECKED, UNREADABLE, UNVERIFIED, Check, Finding, Report, Step, take
from .statement import Statement, decode_statement

FORMAT = "urn:evidence-ledger:v1:index-proof"
ALL, SILENCE, PRECEDENCE = "all", "silence", "precedence"


@dataclass(frozen=True, slots=True)
class ProvenEntry:
    """An entry's bytes, its index in the log and its audit path (32 bytes each, sibling first)."""

    index: int
    data: bytes
    path: tuple[bytes, ...]

    def to_json(self) -> dict[str, Any]:
        path = [base64_encode(node) for node in self.path]
        return {"entry": base64_encode(self.data), "index": self.index, "path": path}


class Completeness(NamedTuple):
    """A key, its proof, and the index (leaf index of the index statement) in which it is proven."""

    key: str
    proof: KeyProof
    published: int


class Precedence(NamedTuple):
    """The leaf indexes of two entries."""

    earlier: int
    later: int


class IndexProof(NamedTuple):
    """A proof file; `entries` ascend by index and hold everything that `shown` speaks of."""

    asks: str
    shown: Completeness | Precedence
    checkpoint: str
    entries: tuple[ProvenEntry, ...]


# --- files ------------------------------------------------------------------------------


def format_index_proof(proof: IndexProof) -> str:
    """The file's text: JSON, indented for human readers."""
    shown = proof.shown
    if isinstance(shown, Completeness):
        what: dict[str, Any] = {
            "key": shown.key,
            "proof": shown.proof.to_json(),
            "published": shown.published,
        }
    else:
        what = {"earlier": shown.earlier, "later": shown.later}
    value = {
        "format": FORMAT,
        "asks": proof.asks,
        **what,
        "checkpoint": proof.checkpoint,
        "entries": [entry.to_json() for entry in proof.entries],
    }
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def parse_index_proof(text: str) -> IndexProof:
    """The proof in `text`, nothing verified; raises `Refusal` with code `bad-proof-file`."""
    try:
        value = json.loads(text)
        if not isinstance(value, dict) or value.get("format") != FORMAT:
            raise Refusal("bad-proof-file", f"it is no JSON object with the format {FORMAT}")
        return _parsed(value)
    except Refusal as refusal:
        raise Refusal("bad-proof-file", refusal.what) from refusal
    except (ValueError, RecursionError) as error:
        raise Refusal("bad-proof-file", f"it is not JSON: {error}") from error


def looks_like_index_proof(data: bytes) -> bool:
    """Whether a file says of itself, where it begins, that it is one."""
    return FORMAT.encode() in data[:200]


def _parsed(value: Mapping[str, Any]) -> IndexProof:
    asks = value.get("asks")
    shown: Completeness | Precedence
    if asks == PRECEDENCE:
        _require(value, "earlier", "later")
        shown = Precedence(_index(value["earlier"]), _index(value["later"]))
    elif asks in (ALL, SILENCE):
        _require(value, "key", "proof", "published")
        shown = Completeness(
            _key(value["key"], asks), parse_key_proof(value["proof"]), _index(value["published"])
        )
    else:
        raise Refusal("bad-proof-file", f"it asks neither `{ALL}`, `{SILENCE}` nor `{PRECEDENCE}`")
    checkpoint, entries = value["checkpoint"], value["entries"]
    if not isinstance(checkpoint, str) or not isinstance(entries, list):
        raise Refusal("bad-proof-file", "`checkpoint` is a text and `entries` a list")
    parsed = tuple([_entry(one) for one in entries])
    indexes = [one.index for one in parsed]
    if indexes != sorted(set(indexes)):
        raise Refusal("bad-proof-file", "its entries do not ascend")
    return IndexProof(asks, shown, checkpoint, parsed)


def _require(value: Mapping[str, Any], *names: str) -> None:
    if set(value) != {"asks", "checkpoint", "entries", "format", *names}:
        raise Refusal("bad-proof-file", "it lacks a member, or has one too many")


def _index(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**63:
        raise Refusal("bad-proof-file", "an index is a number from 0")
    return value


def _key(value: Any, asks: str) -> str:
    key = check_index_key(value) if isinstance(value, str) else ""
    if not key or (asks == SILENCE and not key.startswith("statement:")):
        raise Refusal("bad-proof-file", "its key is none, or that of no request")
    return key


def _entry(value: Any) -> ProvenEntry:
    if not isinstance(value, dict) or set(value) != {"entry", "index", "path"}:
        raise Refusal("bad-proof-file", "an entry has exactly `entry`, `index` and `path`")
    path = value["path"]
    if not isinstance(path, list) or len(path) > PROOF_HASHES_LIMIT:
        raise Refusal("bad-proof-file", f"a path is a list of at most {PROOF_HASHES_LIMIT} hashes")
    nodes = tuple([_bytes(node) for node in path])
    if any(len(node) != HASH_BYTES for node in nodes):
        raise Refusal("bad-proof-file", "a hash has 32 bytes")
    return ProvenEntry(_index(value["index"]), _bytes(value["entry"]), nodes)


def _bytes(value: Any) -> bytes:
    if not isinstance(value, str):
        raise Refusal("bad-proof-file", "bytes are base64 in a text")
    return base64_decode(value)


# --- verification -----------------------------------------------------------------------


def verify_index_proof(text: str, trust: Trust | None) -> Report:
    """Check a proof file in eight graded steps; raises nothing.

    1 file: it can be read, with every entry it speaks of. 2 statements: entries and statements have their
    form. 3 inclusion: each entry's path leads to the checkpoint. 4 trust root: origin and genesis are those
    of the trust file. 5 checkpoint: a trusted key of the log signed it. 6 witnesses: the cosignatures make
    the policy's quorum. 7 index: the operator's device key of entry 0 signed it, and it shows that the
    entries are all there are. 8 answer: they say what the file is about.
    """
    verification = _Verification(text, trust)
    steps = take(_CHECKS, verification)
    return Report(steps, verification.verdict(steps))


@dataclass(slots=True)
class _Verification:
    text: str
    trust: Trust | None

    proof: IndexProof = field(init=False)
    checkpoint: Checkpoint = field(init=False)
    entries: dict[int, Entry] = field(default_factory=dict)
    statements: dict[int, Statement] = field(default_factory=dict)
    opened: Note | None = None
    witnessed: bool = False
    head: IndexHead | None = None
    answer: str = ""

    def verdict(self, steps: Sequence[Step]) -> str:
        grades = {step.grade for step in steps}
        if UNREADABLE in grades:
            return "unreadable"
        if any(step.grade == FAILED and step.name != "witnesses" for step in steps):
            return "failed"
        if UNVERIFIED in grades:
            return "trust root: unverified"
        return f"{self.answer}; {'witnessed' if self.witnessed else 'unwitnessed'}"

    def check_file(self) -> Finding:
        try:
            self.proof = parse_index_proof(self.text)
            self.checkpoint = parse_checkpoint(split_note(self.proof.checkpoint)[0])
        except Refusal as refusal:
            return Finding(UNREADABLE, f"{refusal.code}: {refusal.what}")
        shown = self.proof.shown
        spoken = (0, shown.published) if isinstance(shown, Completeness) else (shown.earlier, shown.later)
        missing = set(spoken) - {entry.index for entry in self.proof.entries}
        if missing:
            return Finding(UNREADABLE, f"entry {min(missing)} is missing in the file")
        return Finding(HELD, f"asks `{self.proof.asks}`, {len(self.proof.entries)} entries")

    def check_statements(self) -> Finding:
        try:
            for one in self.proof.entries:
                entry = decode_entry(one.data)
                self.entries[one.index] = entry
                self.statements[one.index] = decode_statement(entry.envelope.payload)
        except Refusal as refusal:
            return Finding(UNREADABLE, f"entry {one.index}: {refusal.code}: {refusal.what}")
        return Finding(HELD, f"{len(self.entries)} entries in their form")

    def check_inclusion(self) -> Finding:
        size, root = self.checkpoint.size, self.checkpoint.root
        for one in self.proof.entries:
            if not verify_inclusion(leaf_hash(one.data), one.index, size, one.path, root):
                return Finding(FAILED, f"the path of entry {one.index} does not lead to the checkpoint")
        return Finding(HELD, f"{len(self.entries)} entries in a log of {size}")

    def check_trust_root(self) -> Finding:
        if self.trust is None:
            return Finding(UNVERIFIED, "no trust file was given: anyone can make a log of this name")
        bound = {
            index: (statement.origin, statement.id if index == 0 else statement.genesis)
            for index, statement in self.statements.items()
        }
        origin = self.checkpoint.origin
        common = next((genesis for _, genesis in bound.values()), self.trust.genesis)
        for index, (own, genesis) in bound.items():
            if (own, genesis) != (origin, common):
                return Finding(FAILED, f"entry {index} is of {own} with genesis {genesis}")
        return judge_trust_root(origin, common, self.trust)

    def check_checkpoint(self) -> Finding:
        if self.trust is None:
            return Finding(UNVERIFIED, "the key that signed the checkpoint is not known")
        witnesses = list(parse_policy(self.trust.policy).witnesses.values())
        finding, self.opened = judge_checkpoint(self.proof.checkpoint, self.trust, witnesses)
        return finding

    def check_witnesses(self) -> Finding:
        if self.trust is None:
            return Finding(UNVERIFIED, "which witnesses count is not known")
        if self.opened is None:
            return Finding(UNCHECKED, "the checkpoint is not signed by the log")
        policy = parse_policy(self.trust.policy)
        found = judge_witnesses(policy, policy.cosigners(self.opened))
        self.witnessed = found.grade == HELD
        return found

    def check_index(self) -> Finding:
        shown = self.proof.shown
        if isinstance(shown, Precedence):
            return Finding(HELD, "not needed: the places in the log answer by themselves")
        statement = self.statements[shown.published]
        if statement.kind != "index":
            return Finding(FAILED, f"entry {shown.published} is no index statement")
        self.head = index_head(statement)
        if self.head.size > shown.published:
            return Finding(FAILED, f"entry {shown.published} indexes entries after itself")
        pairs = [(one.index, leaf_hash(one.data)) for one in self._listed(shown)]
        count = verify_all(self.head.root, shown.key, shown.proof, pairs)
        grade, signer = self._signer(shown.published)
        what = f"all {count} entries of `{shown.key}` among the first {self.head.size}, {signer}"
        return Finding(grade, what, {"entries": count})

    def _listed(self, shown: Completeness) -> list[ProvenEntry]:
        """The entries in the file that have the key, among those indexed."""
        assert self.head is not None
        return [
            one
            for one in self.proof.entries
            if one.index < self.head.size and shown.key in statement_keys(self.statements[one.index])
        ]

    def _signer(self, published: int) -> tuple[str, str]:
        """Whether the operator's device key that entry 0 introduced signed the index statement."""
        opened = self.statements[0]
        founding = opened.claim["keys"] if opened.event == "LedgerOpened" else ()
        devices = [base64_decode(key["publicKey"]) for key in founding if key["role"] == "device"]
        known = {keys.key_id(public): public for public in devices}
        envelope = self.entries[published].envelope
        for signature in envelope.signatures:
            public = known.get(signature.keyid)
            if public is None:
                return UNCHECKED, f"signed by a key that entry 0 does not have: {signature.keyid}"
            if not keys.verify(public, pae(envelope.payload), signature.sig):
                return FAILED, f"the signature of key {signature.keyid} does not verify"
        return HELD, "as the operator has signed"

    def check_answer(self) -> Finding:
        shown = self.proof.shown
        if isinstance(shown, Precedence):
            return self._precedes(shown)
        if self.head is None:
            return Finding(UNCHECKED, "the index does not hold")
        listed = self._listed(shown)
        until = f"up to entry {self.head.size - 1}, as indexed at {self.entries[shown.published].recorded_at}"
        if self.proof.asks == SILENCE:
            return self._silence(shown, [one.index for one in listed], until)
        self.answer = f"{len(listed) or 'no'} entries have the key `{shown.key}` {until}, {self._vouched()}"
        return Finding(HELD, self.answer)

    def _vouched(self) -> str:
        """Whose word it is that the index has the right root."""
        if self.trust is None or self.opened is None:
            return "operator's claim"
        cosigners = parse_policy(self.trust.policy).cosigners(self.opened)
        return "audited" if any(map(is_auditor, cosigners)) else "operator's claim"

    def _silence(self, shown: Completeness, listed: list[int], until: str) -> Finding:
        request = shown.key.removeprefix("statement:")
        asked = [index for index, one in self.statements.items() if one.id == request]
        if not asked or self.statements[asked[0]].kind != "request":
            return Finding(FAILED, f"the file does not hold a request {request}")
        assert self.head is not None
        if asked[0] >= self.head.size:
            # An index that is older than the request cannot know of what answers it.
            return Finding(FAILED, f"entry {asked[0]}, the request, is beyond the {self.head.size} indexed")
        responses = [index for index in listed if self.statements[index].kind == "response"]
        if responses:
            return Finding(FAILED, f"entry {responses[0]} responds, in all {len(responses)} do, {until}")
        since = self.entries[asked[0]].recorded_at
        self.answer = f"no response to the request of {since} (entry {asked[0]}) {until}, {self._vouched()}"
        return Finding(HELD, self.answer)

    def _precedes(self, shown: Precedence) -> Finding:
        if shown.earlier >= shown.later:
            return Finding(FAILED, f"entry {shown.earlier} does not precede entry {shown.later}")
        first, second = (
            f"{self.statements[index].event} (entry {index}, recorded {self.entries[index].recorded_at})"
            for index in (shown.earlier, shown.later)
        )
        self.answer = f"{first} was logged before {second}"
        return Finding(HELD, self.answer)


_CHECKS = (
    Check(1, "file", _Verification.check_file),
    Check(2, "statements", _Verification.check_statements),
    Check(3, "inclusion", _Verification.check_inclusion),
    Check(4, "trust root", _Verification.check_trust_root),
    Check(5, "checkpoint", _Verification.check_checkpoint),
    Check(6, "witnesses", _Verification.check_witnesses),
    Check(7, "index", _Verification.check_index),
    Check(8, "answer", _Verification.check_answer),
)
