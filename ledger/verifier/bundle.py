"""Verifying a bundle: thirteen numbered steps, each with a grade (docs/protocol.md, "Verification").

Each step judges one matter and nothing else, from the same reading of the file, so that leaving one out makes
the verifier blind for its defects and for no others (the tests do just that).
"""

import gc
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property

from ..core import disclosure
from ..core.bundle import Anchor, BundledEntry
from ..core.checkpoint import parse as parse_checkpoint
from ..core.disclosure import Disclosure
from ..core.envelope import pae
from ..core.keys import verify
from ..core.merkle import verify_consistency
from ..core.note import split_note
from ..core.policy import Policy, is_auditor, parse_policy
from ..core.receipt import Trust, judge_checkpoint, judge_trust_root, judge_witnesses
from ..core.refusal import Refusal
from ..core.report import (
    FAILED,
    HELD,
    UNCHECKED,
    UNREADABLE,
    UNVERIFIED,
    Check,
    Finding,
    Report,
    Step,
    take,
)
from ..core.statement import Statement, check_opening, check_resolved
from ..domain.aggregates import Key
from ..domain.visibility import ANONYMOUS, may_see
from .audit_judging import Judgements, Judging
from .inclusion import Climb
from .reading import MALFORMED, Item, Reading, keys_of, read_trusted
from .replay import Judged, Replayed, compromised, replay
from .timestamp import read_reply

CHUNK = 100  # entries judged in one go
SHOWN = 3  # defects told one by one in a step's detail


class Verification(Reading):
    """A bundle that is being verified: its reading, and what is worked out of it once."""

    @cached_property
    def signatures(self) -> list[list[bool | None]]:
        """For each entry, for each signature: whether it is good, None when its key is not at hand."""
        return [_signatures(item, self.keys) for item in self.items]

    @cached_property
    def replayed(self) -> Replayed:
        return replay(self)


def verify_bundle(
    data: bytes,
    trust: Trust | None = None,
    documents: Mapping[str, bytes] | None = None,
    checks: Sequence[Check[Verification]] | None = None,
    judging: Judging | None = None,
) -> Report:
    """Check a bundle in thirteen graded steps; raises nothing.

    1 file: it reads as a bundle. 2 form: entries and statements are in their one form. 3 signatures: each
    is good under its key. 4 key status: exactly those signed who had to, with keys that could at that
    position. 5 inclusion: each entry's path leads to the checkpoint's root. 6 trust root: origin and genesis
    are those of the trust file. 7 checkpoint: a trusted key of the log signed it. 8 witnesses: the
    cosignatures make the policy's quorum. 9 completeness: for each key the entries are all there are, up to
    the index statement. 10 rules: each entry may follow the earlier ones. 11 disclosures: what is held opens
    what was signed. 12 documents: bytes have their names' hashes. 13 time-stamps: replies are about
    checkpoints of this log.

    `documents` are the bytes that came along, by SHA-256 in hexadecimal; None when none were meant to. With
    `judging`, form and signatures of the entries are judged there, such as in processes of their own.
    """
    chosen = CHECKS if checks is None else checks
    with _uncollected():
        try:
            report = None if judging is None else _at_once(data, trust, documents, chosen, judging)
            return report or _report(Verification(data, trust, documents), chosen)
        except Refusal as refusal:
            detail = f"{refusal.code}{' at ' + refusal.where if refusal.where else ''}: {refusal.what}"
            return Report((Step(1, "file", UNREADABLE, detail),), UNREADABLE)


def _report(reading: Verification, checks: Sequence[Check[Verification]]) -> Report:
    steps = take(checks, reading)
    return Report(steps, verdict(reading, steps))


def _at_once(
    data: bytes,
    trust: Trust | None,
    documents: Mapping[str, bytes] | None,
    checks: Sequence[Check[Verification]],
    judging: Judging,
) -> Report | None:
    """The report of a bundle all of whose entries have their form and good signatures; None of any other.

    That is taken for granted, and entries are read as those of a log that one trusts, while others judge just
    that. Where they find anything, this report was made in vain, and each step has to look for itself.
    """
    feed = _Feed(judging)
    try:
        report = _presumed(data, trust, documents, checks, feed)
    except MALFORMED:
        return None
    return report if feed.all_perfect() else None


class _Feed:
    """Reads entries as those of a trusted log, and hands them over to be judged while reading goes on."""

    def __init__(self, judging: Judging) -> None:
        self._judging = judging
        self._entries: list[bytes] = []
        self._signers: set[str] = set()
        self._known: dict[str, bytes] = {}
        self._answers: list[Callable[[], Judgements]] = []

    def read(self, source: BundledEntry) -> Item:
        """Raises `MALFORMED`, or gives nonsense, where the bytes are not those of an entry."""
        item = read_trusted(source)
        assert item.statement is not None, "whatever is read this way has a statement"
        # A key signs nothing before the entry that introduces it, so these are all that the entries need.
        for key in keys_of(item.statement, item.index):
            self._known.setdefault(key.id, key.public)
        self._signers.update([one.keyid for one in item.envelope.signatures])
        self._entries.append(source.data)
        if len(self._entries) == CHUNK:
            self.hand_over()
        return item

    def hand_over(self) -> None:
        """Hand over what was read since."""
        keys = {one: self._known[one] for one in self._signers if one in self._known}
        self._answers.append(self._judging.submit(self._entries, keys))
        self._entries, self._signers = [], set()

    def all_perfect(self) -> bool:
        """Whether every entry has its form and good signatures; waits for the answers."""
        return all(judgement is None for answer in self._answers for judgement in answer())


def _presumed(
    data: bytes,
    trust: Trust | None,
    documents: Mapping[str, bytes] | None,
    checks: Sequence[Check[Verification]],
    feed: _Feed,
) -> Report:
    """The report if all is perfect that `feed` hands over. What was read is let go of while others judge."""
    reading = Verification(data, trust, documents, feed.read)
    feed.hand_over()
    reading.signatures = [[True] * len(item.envelope.signatures) for item in reading.items]
    return _report(reading, checks)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the cyclic garbage collector: a large bundle is all live objects, walked again and again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def verdict(reading: Verification, steps: Sequence[Step]) -> str:
    """What the steps amount to."""
    grades = {step.name: step.grade for step in steps}
    if FAILED in grades.values():
        return "failed"
    if UNVERIFIED in grades.values():
        return "trust root: unverified"
    parts = [_completeness(reading)]
    if not all(item.understood for item in reading.items):
        parts.append("inclusion proven, content not understood, of statements of another version")
    return "; ".join(parts)


def _completeness(reading: Verification) -> str:
    head = reading.index_head
    if head is None:
        return "logged; nothing is said about completeness"
    last = max((item for item in reading.items if item.index < head.size), key=lambda item: item.index)
    vouched = "audited" if _is_audited(reading) else "operator's claim"
    return f"complete up to entry {head.size - 1} (recorded {last.recorded_at} or later), {vouched}"


# --- 1 file -----------------------------------------------------------------------------


def check_file(reading: Verification) -> Finding:
    """Reading it is the check: a file that is no bundle comes no further."""
    bundle = reading.bundle
    size = f"{len(bundle.entries)} entries of a log of {reading.checkpoint.size}"
    return Finding(HELD, f"a bundle about {bundle.head.about}: {size}", {"entries": len(bundle.entries)})


# --- 2 form -----------------------------------------------------------------------------


def check_form(reading: Verification) -> Finding:
    """Each entry's bytes and each statement's members."""
    refused = [(item.index, item.refusal) for item in reading.items if item.refusal is not None]
    if refused:
        return Finding(FAILED, _told(refused))
    strange = [item.index for item in reading.items if not item.understood]
    counts = {"understood": len(reading.items) - len(strange), "not understood": len(strange)}
    if strange:
        return Finding(UNCHECKED, f"content not understood, another version: {_listed(strange)}", counts)
    return Finding(HELD, f"{len(reading.items)} well-formed", counts)


# --- 3 signatures, 4 key status ---------------------------------------------------------


def check_signatures(reading: Verification) -> Finding:
    """Each signature under the key that its id finds among the keys of the bundle."""
    bad, missing, good = [], [], 0
    for item, results in zip(reading.items, reading.signatures, strict=True):
        good += results.count(True)
        if False in results:
            bad.append((item.index, Refusal("bad-signature", "a signature does not verify")))
        if None in results:
            missing.append(item.index)
    if bad:
        return Finding(FAILED, _told(bad))
    if missing:
        return Finding(UNCHECKED, f"{good} good; keys not at hand for {_listed(missing)}", {"good": good})
    return Finding(HELD, f"{good} good", {"good": good})


def _signatures(item: Item, keys: Mapping[str, Key]) -> list[bool | None]:
    message = pae(item.envelope.payload)
    found = [(keys.get(one.keyid), one.sig) for one in item.envelope.signatures]
    return [None if key is None else verify(key.public, message, sig) for key, sig in found]


def check_key_status(reading: Verification) -> Finding:
    """The hands that had to sign, with keys valid then; flags what a stolen key may have signed."""
    judged = reading.replayed.key_status
    flagged = compromised(reading)
    counts = {"flagged": len(flagged)} if flagged else {}
    finding = _finding(judged, "signed by whom they had to be, with keys valid then", counts)
    if flagged and finding.grade != FAILED:
        what = f"signed since their key is said to be compromised: {_listed(flagged)}"
        return Finding(finding.grade, f"{finding.detail}; {what}", finding.counts)
    return finding


# --- 5 inclusion ------------------------------------------------------------------------


def check_inclusion(reading: Verification) -> Finding:
    """Each path, from the entry's own hash, at its own index."""
    climb = Climb(reading.checkpoint.size, reading.checkpoint.root)
    lost = [item.index for item in reading.items if not climb.leads(item.leaf, item.index, item.source.path)]
    if lost:
        return Finding(FAILED, f"the proofs of {_listed(lost)} do not lead to the checkpoint's root")
    return Finding(HELD, f"{len(reading.items)} in the tree of {reading.checkpoint.size}")


# --- 6 trust root, 7 checkpoint, 8 witnesses --------------------------------------------


def check_trust_root(reading: Verification) -> Finding:
    """The ledger that the reader means: by origin, and by the id of entry 0's statement."""
    head = reading.bundle.head
    first = reading.by_index.get(0)
    genesis = None if first is None or first.statement is None else first.statement.id
    if reading.checkpoint.origin != head.origin or genesis != head.genesis:
        return Finding(FAILED, f"the checkpoint is of {reading.checkpoint.origin}, entry 0 is {genesis}")
    if reading.trust is None:
        return Finding(UNVERIFIED, "no trust file was given: anyone can make a log of this name")
    return judge_trust_root(head.origin, head.genesis, reading.trust)


def check_checkpoint(reading: Verification) -> Finding:
    """The log's own signature."""
    if reading.trust is None:
        return Finding(UNVERIFIED, "the key that signed the checkpoint is not known")
    finding, _ = judge_checkpoint(reading.bundle.head.checkpoint, reading.trust)
    return finding


def check_witnesses(reading: Verification) -> Finding:
    """The quorum of the reader's own policy; the ledger's is data like everything else in the file."""
    if reading.trust is None:
        return Finding(UNVERIFIED, "which witnesses count is not known")
    return judge_witnesses(*_cosigners(reading, reading.trust))


def _cosigners(reading: Verification, trust: Trust) -> tuple[Policy, set[str]]:
    """The policy, and the names of those of its witnesses whose cosignatures are good; raises `Refusal`."""
    policy = parse_policy(trust.policy)
    text, signatures = split_note(reading.bundle.head.checkpoint)
    known = {(one.name, one.key_hash): name for name, one in policy.witnesses.items()}
    found = set()
    for signature in signatures:
        name = known.get((signature.name, signature.key_hash))
        if name is None:
            continue
        if not policy.witnesses[name].check(text, signature.signature):
            raise Refusal("bad-signature", f"the cosignature of {name} does not fit the checkpoint")
        found.add(name)
    return policy, found


def _is_audited(reading: Verification) -> bool:
    if reading.trust is None:
        return False
    try:
        _, witnesses = _cosigners(reading, reading.trust)
    except Refusal:
        return False  # for the step about witnesses to tell
    return any(map(is_auditor, witnesses))


# --- 9 completeness ---------------------------------------------------------------------


def check_completeness(reading: Verification) -> Finding:
    """The right keys are proven, and the entries here are all entries of each of them."""
    head, named = reading.index_head, reading.bundle.head.index
    if named is None:
        return Finding(UNCHECKED, "the log had no index statement: nothing is said about completeness")
    if head is None:
        return Finding(FAILED, f"entry {named} is no index statement, or is not here")
    _check_about(reading)
    proven = set(reading.proofs)
    if proven != reading.required:
        missing, surplus = sorted(reading.required - proven), sorted(proven - reading.required)
        return Finding(FAILED, f"keys not proven: {_listed(missing)}; proven for nothing: {_listed(surplus)}")
    late = [item.index for item in reading.items if item.index >= head.size and item.index != named]
    if late:
        return Finding(FAILED, f"entries {_listed(late)} are beyond the {head.size} that the index covers")
    wrong = [refusal for refusal in reading.proofs.values() if refusal is not None]
    if wrong and not all(item.understood for item in reading.items):
        return Finding(UNCHECKED, "the keys of statements of another version are not known")
    if wrong:
        return Finding(FAILED, "; ".join(f"{one.code}: {one.what}" for one in wrong[:SHOWN]))
    what = f"all there is under {len(proven)} keys up to entry {head.size - 1}"
    return Finding(HELD, what, {"keys": len(proven)})


def _check_about(reading: Verification) -> None:
    kind, _, name = reading.bundle.head.about.partition(":")
    if kind == "statement" and all(statement.id != name for _, statement in reading.statements):
        raise Refusal("index-incomplete", "the statement that the bundle is about is not in it")


# --- 10 rules ---------------------------------------------------------------------------


def check_rules(reading: Verification) -> Finding:
    """What the server itself decides by, as far as the entries here decide it."""
    return _finding(reading.replayed.rules, "may follow the earlier ones")


# --- 11 disclosures, 12 documents -------------------------------------------------------


def check_disclosures(reading: Verification) -> Finding:
    """Held disclosures open digests of their own entry; what was erased is refused even when it is here."""
    wrong: list[tuple[int, Refusal]] = []
    counts = {"held": 0, "withheld": 0, "erased": 0}
    for item in reading.items:
        try:
            opened = [disclosure.parse(text) for text in item.source.disclosures]
            if item.statement is not None and item.understood and item.refusal is None:
                _check_opened(item.statement, opened, reading.erased)
                _count(item.statement, len(opened), reading.erased, counts)
        except Refusal as refusal:
            wrong.append((item.index, refusal))
    if wrong:
        return Finding(FAILED, _told(wrong), counts)
    seen = ", ".join(f"{number} {name}" for name, number in counts.items())
    grade = UNCHECKED if counts["withheld"] or counts["erased"] else HELD
    return Finding(grade, seen, counts)


def _check_opened(statement: Statement, opened: Sequence[Disclosure], erased: frozenset[str]) -> None:
    for one in opened:
        if one.digest in erased:
            raise Refusal("erased-slot", f"the content of {one.digest} was erased")
    if len(opened) == len(statement.digests):
        check_resolved(statement, opened)
    elif opened:
        check_opening(statement, opened)


def _count(statement: Statement, held: int, erased: frozenset[str], counts: dict[str, int]) -> None:
    gone = len(erased.intersection(statement.digests)) if erased else 0
    counts["held"] += held
    counts["erased"] += gone
    counts["withheld"] += len(statement.digests) - held - gone


def check_documents(reading: Verification) -> Finding:
    """Public documents: their bytes, where they came along, have the hash that was signed."""
    named = {digest for _, statement in reading.statements for digest in _documents(statement)}
    given = reading.documents or {}
    for digest, data in sorted(given.items()):
        if hashlib.sha256(data).hexdigest() != digest:
            return Finding(FAILED, f"the bytes called {digest} are others")
        if digest in reading.erased:
            return Finding(FAILED, f"the document {digest} was erased")
        if digest not in named:
            return Finding(FAILED, f"no entry here names the document {digest}")
    gone = named & reading.erased
    counts = {"match": len(given), "absent": len(named - gone - set(given)), "erased": len(gone)}
    seen = ", ".join(f"{number} {name}" for name, number in counts.items())
    return Finding(UNCHECKED if counts["absent"] or gone else HELD, seen, counts)


def _documents(statement: Statement) -> Iterator[str]:
    if statement.kind == "document" and may_see(ANONYMOUS, statement):
        for subject in statement.subjects:
            if subject.name.startswith("document:"):
                yield subject.digest


# --- 13 time-stamps ---------------------------------------------------------------------


def check_time_stamps(reading: Verification) -> Finding:
    """Replies over checkpoints that this log grew from; who signed the replies, PyNaCl cannot tell."""
    if not reading.bundle.anchors:
        return Finding(UNCHECKED, "none")
    seen = [time for anchor in reading.bundle.anchors for time in _stamped(reading, anchor)]
    times = _listed([f"{size} entries at {time}" for size, time in seen])
    return Finding(UNCHECKED, f"{times}; imprint matches, signature unchecked", {"replies": len(seen)})


def _stamped(reading: Verification, anchor: Anchor) -> Iterator[tuple[int, str]]:
    text = split_note(anchor.note)[0]
    old, new = parse_checkpoint(text), reading.checkpoint
    if old.origin != new.origin or not verify_consistency(
        old.size, old.root, new.size, new.root, anchor.consistency
    ):
        raise Refusal("bad-timestamp", f"the stamped tree of {old.size} is none that this log grew from")
    for reply in anchor.replies:
        stamp = read_reply(reply)
        if not stamp.is_of(text.encode("utf-8")):
            raise Refusal("bad-timestamp", f"a reply is not about the tree of {old.size}")
        yield old.size, stamp.time


# --- telling ----------------------------------------------------------------------------


def _finding(judged: Judged, held: str, counts: Mapping[str, int] | None = None) -> Finding:
    """What a replay amounts to."""
    if judged.refused:
        return Finding(FAILED, _told(judged.refused), counts or {})
    if judged.gaps:
        entries = sorted({index for index, _ in judged.gaps})
        what = f"not decided here for {_listed(entries)}, for want of {judged.gaps[0][1]}"
        return Finding(UNCHECKED, what, {**(counts or {}), "not decided": len(entries)})
    return Finding(HELD, held, counts or {})


def _told(refused: Sequence[tuple[int, Refusal]]) -> str:
    told = [f"entry {index}: {refusal.code}: {refusal.what}" for index, refusal in refused[:SHOWN]]
    return "; ".join(told) + _more(len(refused))


def _listed(values: Sequence[object]) -> str:
    return (", ".join(str(one) for one in values[:SHOWN]) or "none") + _more(len(values))


def _more(count: int) -> str:
    return f" and {count - SHOWN} more" if count > SHOWN else ""


CHECKS: tuple[Check[Verification], ...] = (
    Check(1, "file", check_file),
    Check(2, "form", check_form),
    Check(3, "signatures", check_signatures),
    Check(4, "key status", check_key_status),
    Check(5, "inclusion", check_inclusion),
    Check(6, "trust root", check_trust_root),
    Check(7, "checkpoint", check_checkpoint),
    Check(8, "witnesses", check_witnesses),
    Check(9, "completeness", check_completeness),
    Check(10, "rules", check_rules),
    Check(11, "disclosures", check_disclosures),
    Check(12, "documents", check_documents),
    Check(13, "time-stamps", check_time_stamps),
)
