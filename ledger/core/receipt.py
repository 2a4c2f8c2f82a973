"""Receipts: an entry's bytes and the proof that the log holds them (c2sp.org/tlog-proof), checked offline.

A receipt is two files, `<index>.entry` and `<index>.tlog-proof`. What it proves depends on whom the
reader trusts: a trust file names the log (origin, genesis, verifier key) and the witnesses that count
(policy), and comes from somewhere else than the receipt.
"""

import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from . import canonical, keys
from .checkpoint import Checkpoint, open_checkpoint, parse_size
from .checkpoint import parse as parse_checkpoint
from .entry import Entry, decode_entry
from .envelope import pae
from .grammar import base64_decode, base64_encode, is_digest, is_origin
from .merkle import HASH_BYTES, leaf_hash, verify_inclusion
from .note import ED25519, Note, Verifier, split_note
from .policy import Policy, parse_policy
from .refusal import Refusal
from .report import (
    FAILED,
    FOREIGN,
    HELD,
    NAMESAKE,
    UNCHECKED,
    UNREADABLE,
    UNVERIFIED,
    UNWITNESSED,
    Check,
    Finding,
    Report,
    Step,
    take,
)
from .statement import PREDICATE_TYPE, decode_statement

PROOF_HEADER = "c2sp.org/tlog-proof@v1"
PROOF_HASHES_LIMIT = 63
NO_GENESIS = "0" * 64
# An impostor's key, or one that the log had before, or has by now: the file alone cannot tell.
ANOTHER_KEY = (
    "signed in this log's name by a key that the trust file does not list; "
    "if the log has changed keys, use the trust file of that time"
)

# --- proofs -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Proof:
    """A leaf's index, its audit path (32 bytes each, sibling first) and the signed checkpoint it leads to.

    `extra` is what an application added; nothing vouches for it.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None


class Lines(dict[bytes, str]):
    """A hash's line in a proof. The proofs of one batch share most of their hashes: each is written once."""

    def __missing__(self, node: bytes) -> str:
        line = self[node] = base64_encode(node) + "\n"
        return line


def format_proof(
    index: int, hashes: Sequence[bytes], checkpoint_note: str, lines: Lines | None = None
) -> str:
    """The text of a proof; `lines` are those of earlier proofs, and take in this one's."""
    line = (Lines() if lines is None else lines).__getitem__
    return f"{PROOF_HEADER}\nindex {index}\n{''.join(map(line, hashes))}\n{checkpoint_note}"


def parse_proof(text: str) -> Proof:
    """The proof in `text`, nothing verified; raises `Refusal`."""
    head, blank, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not blank or lines.pop(0) != PROOF_HEADER:
        raise Refusal("bad-proof", f"it does not begin with {PROOF_HEADER}, or has no empty line")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = _proof_base64(lines.pop(0).removeprefix("extra "))
    name, _, number = (lines.pop(0) if lines else "").partition(" ")
    index = parse_size(number)
    if name != "index" or index is None:
        raise Refusal("bad-proof", "it has no line `index <number>` in its place")
    hashes = tuple(_proof_base64(line) for line in lines)
    if len(hashes) > PROOF_HASHES_LIMIT or any(len(node) != HASH_BYTES for node in hashes):
        raise Refusal("bad-proof", "it has too many hashes, or one that does not have 32 bytes")
    return Proof(index, hashes, checkpoint, extra)


def _proof_base64(text: str) -> bytes:
    try:
        return base64_decode(text)
    except Refusal as refusal:
        raise Refusal("bad-proof", f"{text!r:.60}: {refusal.what}") from refusal


# --- trust ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom a reader trusts: the log's origin, genesis (id of entry 0), verifier key, and trust policy."""

    origin: str
    genesis: str
    vkey: str
    policy: str


_TRUST_MEMBERS = ("genesis", "origin", "policy", "vkey")


def unwitnessed_policy(vkey: str) -> str:
    """The policy of a log that has no witnesses yet."""
    return f"log {vkey}\nquorum none\n"


def format_trust(trust: Trust) -> str:
    """The trust file: a JSON object of four strings, indented for human readers."""
    value = {name: getattr(trust, name) for name in _TRUST_MEMBERS}
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def parse_trust(text: str) -> Trust:
    """The trust file's content; raises `Refusal` with code `bad-trust`."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refusal("bad-trust", f"it is not JSON: {error}") from error
    if not isinstance(value, dict) or sorted(value) != list(_TRUST_MEMBERS):
        raise Refusal("bad-trust", f"it has not exactly the members {', '.join(_TRUST_MEMBERS)}")
    if not all(isinstance(member, str) for member in value.values()):
        raise Refusal("bad-trust", "its members are strings")
    trust = Trust(**value)
    if not is_origin(trust.origin) or not is_digest(trust.genesis) or trust.genesis == NO_GENESIS:
        raise Refusal("bad-trust", "its origin or genesis is malformed")
    try:
        _check_trusted_log(trust)
    except Refusal as refusal:
        raise Refusal("bad-trust", refusal.what) from refusal
    return trust


def _check_trusted_log(trust: Trust) -> None:
    log = Verifier.from_vkey(trust.vkey)
    if log.name != trust.origin or log.algorithm != ED25519:
        raise Refusal(
            "bad-vkey", f"the log's key is named {log.name}, not {trust.origin}, or cannot sign for a log"
        )
    if log not in parse_policy(trust.policy).logs:
        raise Refusal("bad-policy", "its policy does not list the log's key")


def trusted_logs(trust: Trust) -> list[Verifier]:
    """The keys that may have signed a checkpoint, the trust file's own first.

    The policy lists those that the log had before, too (c2sp.org/tlog-policy accepts each log listed).
    """
    own = Verifier.from_vkey(trust.vkey)
    listed = parse_policy(trust.policy).logs
    return [own, *(one for one in listed if one.name == trust.origin and one != own)]


def judge_trust_root(origin: str, genesis: str, trust: Trust) -> Finding:
    """Whether a file that is bound to one ledger is bound to the one that the trust file names."""
    if (origin, genesis) == (trust.origin, trust.genesis):
        return Finding(HELD, f"{origin} with genesis {genesis}")
    said = (
        f"{origin} with genesis {genesis}; the trust file names {trust.origin} with genesis {trust.genesis}"
    )
    if origin == trust.origin:
        return Finding(FAILED, said, cause=NAMESAKE)
    # Two ledgers have nothing in common: one genesis under two names is a forgery.
    return Finding(FAILED, said, cause="" if genesis == trust.genesis else FOREIGN)


def judge_checkpoint(
    note: str, trust: Trust, witnesses: Sequence[Verifier] = ()
) -> tuple[Finding, Note | None]:
    """Whether a trusted key of the log signed the checkpoint, and the note opened; raises `Refusal`."""
    logs, signatures = trusted_logs(trust), split_note(note)[1]
    lines = {(one.name, one.key_hash) for one in signatures}
    signing = [log for log in logs if (log.name, log.key_hash) in lines]
    if not signing and any(one.name == trust.origin for one in signatures):
        return Finding(FAILED, ANOTHER_KEY), None
    log = signing[0] if signing else logs[0]
    try:
        _, opened = open_checkpoint(note, log, [*signing[1:], *witnesses])
    except Refusal as refusal:
        if signing or refusal.code != "note-unverified":
            raise
        return Finding(FAILED, f"{refusal.code}: {refusal.what}", cause=FOREIGN), None
    return Finding(HELD, f"signed by {log.name}, key {log.key_hash.hex()}"), opened


def judge_witnesses(policy: Policy, cosigners: Set[str]) -> Finding:
    """Whether the cosignatures by these of the policy's witnesses make its quorum.

    A policy that asks for none leaves it `unchecked`: nobody outside was asked, so nothing held.
    """
    counts = {"cosignatures": len(cosigners)}
    if not policy.demands_witnesses():
        said = f"{len(cosigners)} cosignatures; the trust file asks for no witnesses"
        return Finding(UNCHECKED, said, counts)
    if not policy.is_satisfied_by(cosigners):
        # The first receipt of a ledger is signed by the log alone: sound, yet no quorum counts it.
        said = f"{len(cosigners)} cosignatures, the quorum {policy.quorum} is not reached"
        return Finding(FAILED, said, cause=UNWITNESSED)
    return Finding(HELD, f"{len(cosigners)} cosignatures, quorum {policy.quorum}", counts)


# --- verification -----------------------------------------------------------------------


def verify_receipt(
    entry: bytes, proof: str, trust: Trust | None, known_keys: Mapping[str, bytes] | None = None
) -> Report:
    """Check a receipt in eight graded steps; raises nothing.

    1 entry: canonical bytes of an envelope and a time. 2 statement: the payload's form. 3 signatures: by
    the keys at hand, which are `known_keys` (key id to 32 bytes) and those that the statement itself
    introduces. 4 proof: index, path and checkpoint can be read. 5 inclusion: the path leads from the
    entry to the checkpoint's root. 6 trust root: origin and genesis are those of the trust file. 7
    checkpoint: a trusted key of the log signed it. 8 witnesses: the cosignatures make the policy's quorum.
    """
    verification = _Verification(entry, proof, trust, known_keys or {})
    steps = take(_CHECKS, verification)
    return Report(steps, verification.verdict(steps))


@dataclass(slots=True)
class _Verification:
    data: bytes
    proof_text: str
    trust: Trust | None
    known_keys: Mapping[str, bytes]
    understood: bool = True
    witnessed: bool = False

    entry: Entry = field(init=False)
    statement: dict[str, Any] = field(init=False)
    proof: Proof = field(init=False)
    checkpoint: Checkpoint = field(init=False)
    opened: Note | None = None
    policy: Policy | None = None

    def verdict(self, steps: Sequence[Step]) -> str:
        grades = {step.grade for step in steps}
        if UNREADABLE in grades:
            return "unreadable"
        if any(step.grade == FAILED and step.name != "witnesses" for step in steps):
            return "failed"
        if UNVERIFIED in grades:
            return "trust root: unverified"
        content = "" if self.understood else "; inclusion proven, content not understood"
        return f"logged, {'witnessed' if self.witnessed else 'unwitnessed'}{content}"

    def check_entry(self) -> Finding:
        try:
            self.entry = decode_entry(self.data)
        except Refusal as refusal:
            return Finding(UNREADABLE, f"{refusal.code}: {refusal.what}")
        return Finding(HELD, f"recorded {self.entry.recorded_at}")

    def check_statement(self) -> Finding:
        payload = self.entry.envelope.payload
        try:
            self.statement = _outline(canonical.decode(payload))
        except Refusal as refusal:
            return Finding(UNREADABLE, f"{refusal.code}: {refusal.what}")
        predicate_type = self.statement["predicateType"]
        if not predicate_type.startswith(PREDICATE_TYPE):
            self.understood = False
            return Finding(UNCHECKED, f"content not understood: {predicate_type}")
        statement = decode_statement(payload)
        return Finding(HELD, f"{statement.event} {statement.id}")

    def check_signatures(self) -> Finding:
        own = _introduced_keys(self.statement)
        known = {**own, **self.known_keys}
        message = pae(self.entry.envelope.payload)
        missing = []
        for signature in self.entry.envelope.signatures:
            public = known.get(signature.keyid)
            if public is None:
                missing.append(signature.keyid)
            elif keys.key_id(public) != signature.keyid or not keys.verify(public, message, signature.sig):
                return Finding(FAILED, f"the signature of key {signature.keyid} does not verify")
        if missing:
            # A receipt does not carry them, and looks broken to whoever is not told where they are.
            said = f"keys not at hand: {', '.join(missing)}; the bundle of the statement has them"
            return Finding(UNCHECKED, said)
        introduced = sum(s.keyid not in self.known_keys for s in self.entry.envelope.signatures)
        by_own = f", {introduced} by keys that the statement itself introduces" if introduced else ""
        return Finding(HELD, f"{len(self.entry.envelope.signatures)} verified{by_own}")

    def check_proof(self) -> Finding:
        try:
            self.proof = parse_proof(self.proof_text)
            self.checkpoint = parse_checkpoint(split_note(self.proof.checkpoint)[0])
        except Refusal as refusal:
            return Finding(UNREADABLE, f"{refusal.code}: {refusal.what}")
        return Finding(HELD, f"entry {self.proof.index} of a log of {self.checkpoint.size}")

    def check_inclusion(self) -> Finding:
        leaf, head = leaf_hash(self.data), self.checkpoint
        if not verify_inclusion(leaf, self.proof.index, head.size, self.proof.hashes, head.root):
            return Finding(FAILED, "the proof does not lead from this entry to the checkpoint's root")
        return Finding(HELD, f"in the tree with root {base64_encode(head.root)}")

    def check_trust_root(self) -> Finding:
        if self.trust is None:
            return Finding(UNVERIFIED, "no trust file was given: anyone can make a log of this name")
        ledger = self.statement["predicate"]["ledger"]
        is_genesis = self.proof.index == 0
        genesis = keys.key_id(self.entry.envelope.payload) if is_genesis else ledger["genesis"]
        if is_genesis and ledger["genesis"] != NO_GENESIS:
            return Finding(FAILED, "entry 0 names another genesis")
        if self.checkpoint.origin != ledger["origin"]:
            said = f"the checkpoint is of {self.checkpoint.origin}, the statement of {ledger['origin']}"
            return Finding(FAILED, said)
        return judge_trust_root(ledger["origin"], genesis, self.trust)

    def check_checkpoint(self) -> Finding:
        if self.trust is None:
            return Finding(UNVERIFIED, "the key that signed the checkpoint is not known")
        self.policy = parse_policy(self.trust.policy)
        witnesses = list(self.policy.witnesses.values())
        finding, self.opened = judge_checkpoint(self.proof.checkpoint, self.trust, witnesses)
        return finding

    def check_witnesses(self) -> Finding:
        if self.trust is None:
            return Finding(UNVERIFIED, "which witnesses count is not known")
        if self.policy is None or self.opened is None:
            return Finding(UNCHECKED, "the checkpoint is not signed by the log")
        found = judge_witnesses(self.policy, self.policy.cosigners(self.opened))
        self.witnessed = found.grade == HELD
        return found


_CHECKS = (
    Check(1, "entry", _Verification.check_entry),
    Check(2, "statement", _Verification.check_statement),
    Check(3, "signatures", _Verification.check_signatures),
    Check(4, "proof", _Verification.check_proof),
    Check(5, "inclusion", _Verification.check_inclusion),
    Check(6, "trust root", _Verification.check_trust_root),
    Check(7, "checkpoint", _Verification.check_checkpoint),
    Check(8, "witnesses", _Verification.check_witnesses),
)


def _outline(value: Any) -> dict[str, Any]:
    """A payload of any version that says of which ledger and type it is."""
    predicate = value.get("predicate") if isinstance(value, dict) else None
    ledger = predicate.get("ledger") if isinstance(predicate, dict) else None
    members = (ledger.get("origin"), ledger.get("genesis")) if isinstance(ledger, dict) else ()
    if len(members) != 2 or not all(isinstance(m, str) for m in (*members, value.get("predicateType"))):
        raise Refusal("missing-member", "the payload does not say which ledger it is for")
    assert isinstance(value, dict)
    return value


def _introduced_keys(statement: dict[str, Any]) -> dict[str, bytes]:
    """Keys that a statement brings with it (genesis, registration, key added): they sign it, too."""
    claim = statement["predicate"].get("claim")
    if not isinstance(claim, dict):
        return {}
    listed = claim.get("keys")
    found = {}
    for item in (claim, claim.get("firstKey"), *(listed if isinstance(listed, list) else ())):
        encoded = item.get("publicKey") if isinstance(item, dict) else None
        if isinstance(encoded, str):
            public = base64_decode(encoded)
            keys.check_public_key(public)
            found[keys.key_id(public)] = public
    return found
