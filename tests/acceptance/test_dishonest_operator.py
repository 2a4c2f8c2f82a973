"""What a dishonest operator may try on a copy of its ledger, and who names it.

The ledger is the demo's, with all of its keys. Two readers look: an auditor, from the public files, mostly
one who has looked before and kept a checkpoint; and the verifier of bundles. Where the copy itself gives the
act away, the auditor is a stranger who has kept nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from ledger.core import canonical, disclosure
from ledger.core.bundle import Bundle, BundledEntry, format_bundle, parse_bundle
from ledger.core.checkpoint import open_checkpoint
from ledger.core.entry import decode_entry, encode_entry
from ledger.core.merkle import Frontier, batch_inclusion_proofs, leaf_hash
from ledger.core.note import Verifier
from ledger.core.receipt import Trust, format_proof, verify_receipt
from ledger.core.report import FAILED, Report
from ledger.core.statement import Recorded, read_recorded
from ledger.core.tiles import format_entry_bundle
from ledger.verifier.audit import Auditor
from ledger.verifier.audit_events import Alarm
from ledger.verifier.audit_kept import Kept
from ledger.verifier.bundle import verify_bundle
from tests.acceptance.conftest import Demo, evidence
from tests.support.builder import KeyPair
from tests.support.dishonest import Operator, folder_files, size_of, write_files
from tests.support.public_files import Files

pytestmark = pytest.mark.xdist_group("acceptance")

TODAY = 1_800_000_000_000
FACTORY = "foshan-nanhai-mattel"
CURIOUS = 40  # the entry that is dropped, altered, ...


@pytest.fixture(scope="module")
def operator(demo: Demo) -> Operator:
    return Operator.of(demo.data)


@pytest.fixture(scope="module")
def published(demo: Demo) -> Files:
    """The public files as the ledger itself published them."""
    return folder_files(demo.data / "log")


@pytest.fixture(scope="module")
def kept(operator: Operator, published: Files) -> Kept:
    """What an auditor keeps who looked before anything was forged."""
    auditor = Auditor(operator.trust)
    assert alarms(auditor, published) == []
    return auditor.kept


def alarms(auditor: Auditor, files: Files) -> list[Alarm]:
    return [event for event in auditor.look(files, TODAY) if isinstance(event, Alarm)]


def named(operator: Operator, files: Files, kept: Kept | None = None) -> list[tuple[str, int | None]]:
    """The alarms of somebody who looks for the first time, or who has kept something."""
    found = alarms(Auditor(operator.trust, kept), files)
    return [(alarm.code, alarm.position) for alarm in found]


def later(entry: bytes) -> bytes:
    """The entry with its recorded time, which the operator writes, moved by a millisecond."""
    read = decode_entry(entry)
    return encode_entry(read.envelope, read.recorded_at[:-2] + "1Z")


def allegation(operator: Operator, **predicate: str) -> bytes:
    """One more entry, signed by an author who is in the ledger."""
    return operator.entry(
        operator.log.draft(
            "AllegationMade",
            "china-labor-watch",
            about=[f"factory:{FACTORY}"],
            claim={"issue": "osh/ppe"},
            **predicate,
        )
    )


def slipped_in(operator: Operator) -> bytes:
    """A sound entry with the time of another one, long past."""
    issued = decode_entry(operator.log.entries[CURIOUS - 1]).recorded_at[:19] + "Z"
    envelope = decode_entry(allegation(operator, issuedAt=issued)).envelope
    return encode_entry(envelope, issued[:-1] + ".000Z")


ACTS = ("dropped", "altered", "inserted", "moved")


def after(act: str, operator: Operator) -> list[bytes]:
    """The entries after the act."""
    entries = operator.log.entries
    before, entry, rest = entries[:CURIOUS], entries[CURIOUS], entries[CURIOUS + 1 :]
    return {
        "dropped": [*before, *rest],
        "altered": [*before, later(entry), *rest],
        "inserted": [*before, slipped_in(operator), entry, *rest],
        "moved": [*before, rest[0], entry, *rest[1:]],
    }[act]


def test_the_ledger_as_it_is_served_raises_no_alarm(demo: Demo) -> None:
    """Over HTTP, by the command line."""
    ran = evidence("audit", demo.url, "--trust", demo.data / "trust.json", "--json")
    assert ran.json() == {
        "size": demo.shown["entries"],
        "judged": demo.shown["entries"],
        "exitCode": 0,
        "alarms": [],
    }


# --- entries dropped, altered, inserted, reordered ----------------------------------------


@pytest.mark.parametrize("act", ACTS)
def test_an_entry_in_the_files_is_held_against_its_hash(
    operator: Operator, published: Files, act: str
) -> None:
    """The crude way: other entries under the hashes and the checkpoint that are there."""
    files = published.copy()
    files[f"tile/entries/000.p/{size_of(published)}"] = format_entry_bundle(after(act, operator))
    assert named(operator, files)[0] == (f"entry-{act}", CURIOUS)


@pytest.mark.parametrize("act", ACTS)
def test_a_history_forged_to_the_end_is_another_than_the_one_kept(
    operator: Operator, kept: Kept, act: str
) -> None:
    """The thorough way: hashes, index statements and checkpoint made anew, and the size made good again."""
    forged = operator.covered_up(after(act, operator), len(operator.log.entries))
    found = alarms(Auditor(operator.trust, kept), operator.show(forged))
    assert ("split-view", CURIOUS) in [(alarm.code, alarm.position) for alarm in found]
    proof = next(alarm for alarm in found if alarm.code == "split-view")
    assert_both_signed(operator, proof)


def assert_both_signed(operator: Operator, proof: Alarm) -> None:
    """Two checkpoints that the log's key signed: proof for anybody, whoever collected them."""
    log = Verifier.from_vkey(operator.trust.vkey)
    first, second = (open_checkpoint(note, log)[0] for note in proof.notes)
    assert first.root != second.root


def test_words_altered_without_their_authors_key_are_named_by_a_stranger(operator: Operator) -> None:
    entries = operator.log.entries
    index = next(one.index for one in operator.log.recorded if one.statement.event == "AllegationMade")
    envelope = decode_entry(entries[index]).envelope
    value = canonical.decode(envelope.payload)
    value["predicate"]["occurred"] = "2017"
    forged = encode_entry(
        envelope._replace(payload=canonical.encode(value)), decode_entry(entries[index]).recorded_at
    )
    files = operator.show([*entries[:index], forged, *entries[index + 1 :]])
    assert named(operator, files) == [("bad-signature", index)]


def test_an_entry_that_others_refer_to_cannot_go_unnoticed(operator: Operator) -> None:
    recorded = operator.log.recorded
    target = next(one for one in recorded if one.statement.event == "AllegationMade")
    following = next(one for one in recorded if target.statement.id in {ref.id for ref in one.statement.refs})
    entries = operator.log.entries
    forged = [*entries[: target.index], *entries[target.index + 1 :]]
    assert named(operator, operator.show(forged)) == [("unknown-reference", following.index - 1)]


def test_an_author_with_a_receipt_proves_that_the_entry_was_there(operator: Operator, kept: Kept) -> None:
    """The receipt's checkpoint and the new one contradict each other: one size, two roots."""
    entries = operator.log.entries
    path = batch_inclusion_proofs(Frontier(), [leaf_hash(entry) for entry in entries])[CURIOUS]
    receipt = format_proof(CURIOUS, path, kept.checkpoint)
    known = {key.id: key.public for key in operator.log.keys.values()}
    assert verify_receipt(entries[CURIOUS], receipt, operator.trust, known).exit_code == 0
    forged = operator.covered_up(after("dropped", operator), len(entries))
    proof = alarms(Auditor(operator.trust, kept), operator.show(forged))[0]
    assert (proof.code, proof.notes[0]) == ("split-view", kept.checkpoint)
    assert_both_signed(operator, proof)


# --- times ------------------------------------------------------------------------------


def test_a_back_dated_entry_is_named(operator: Operator) -> None:
    read = decode_entry(allegation(operator))
    forged = encode_entry(read.envelope, "2019-11-20T09:00:00.000Z")
    files = operator.show([*operator.log.entries, forged])
    assert named(operator, files) == [("time-decreased", len(operator.log.entries))]


def test_an_entry_back_dated_into_the_past_of_the_log_changes_it(operator: Operator, kept: Kept) -> None:
    forged = operator.covered_up(after("inserted", operator))
    assert named(operator, operator.show(forged)) == [], "nothing in the forged log itself tells"
    assert named(operator, operator.show(forged), kept) == [("split-view", CURIOUS)]


# --- keys -------------------------------------------------------------------------------


def revoked(operator: Operator) -> list[bytes]:
    """The ledger, in which the registrar then revokes a key."""
    key = operator.log.keys["china-labor-watch"].id
    signed = operator.log.draft(
        "KeyRevoked", "registrar", about=["party:china-labor-watch"], claim={"keyId": key}
    )
    return operator.covered_up([*operator.log.entries, operator.entry(signed)], len(operator.log.entries) + 2)


def test_a_revocation_that_is_hidden_later_splits_the_view(operator: Operator) -> None:
    auditor = Auditor(operator.trust)
    known = revoked(operator)
    assert alarms(auditor, operator.show(known)) == []
    position = len(operator.log.entries)
    hidden = operator.covered_up([*operator.log.entries, allegation(operator)], len(known))
    assert named(operator, operator.show(hidden)) == [], "nothing in the forged log itself tells"
    found = [one for one in named(operator, operator.show(hidden), auditor.kept) if one[1] is not None]
    assert found == [("split-view", position)]


def test_a_revoked_key_signs_nothing_more(operator: Operator) -> None:
    entries = [*revoked(operator), allegation(operator)]
    assert named(operator, operator.show(entries)) == [("key-revoked", len(entries) - 1)]


def test_a_key_of_the_operator_does_not_sign_for_others(operator: Operator) -> None:
    signed = operator.log.draft(
        "AllegationMade",
        "china-labor-watch",
        about=[f"factory:{FACTORY}"],
        claim={"issue": "osh/ppe"},
        signers=[operator.log.keys["registrar"]],
    )
    files = operator.show([*operator.log.entries, operator.entry(signed)])
    assert named(operator, files) == [("surplus-signature", len(operator.log.entries))]


# --- two histories, roll-back -----------------------------------------------------------


def test_two_histories_shown_to_two_people_meet_in_one_auditor(operator: Operator, kept: Kept) -> None:
    entries = operator.log.entries
    mine = operator.covered_up([*entries, allegation(operator)], len(entries) + 2)
    yours = operator.covered_up([*entries, allegation(operator, occurred="2019-06")], len(entries) + 2)
    me, you = Auditor(operator.trust, kept), Auditor(operator.trust, kept)
    assert alarms(me, operator.show(mine)) == []
    assert alarms(you, operator.show(yours)) == []
    for auditor, other in ((me, yours), (you, mine)):
        proof = alarms(auditor, operator.show(other))[0]
        assert proof.code == "split-view"
        assert_both_signed(operator, proof)


def test_a_checkpoint_rolled_back_is_named(
    demo: Demo, operator: Operator, published: Files, tmp_path: Path
) -> None:
    """As the command line tells it, with all newer files still in their places."""
    size = size_of(published)
    folder = write_files(published, tmp_path / "copy")
    command = ["audit", folder, "--trust", demo.data / "trust.json", "--state", tmp_path / "state"]
    assert evidence(*command).code == 0
    older = operator.show(operator.log.entries[:-1])["checkpoint"]
    (folder / "checkpoint").write_bytes(older)
    ran = evidence(*command)
    assert ran.code == 1
    assert ran.out.startswith(f"ALARM history rollback entry {size - 1}:")


# --- what the rules demand of entries the operator lets in ---------------------------------


def test_a_reply_with_a_missing_subject_is_named(operator: Operator) -> None:
    """It would not show in the factory's history."""
    target = next(
        one
        for one in operator.log.recorded
        if one.statement.event == "AllegationMade" and f"factory:{FACTORY}" in names_of(one)
    )
    signed = operator.log.draft("ResponseGiven", "ietp", refs=[("disputes", target)], closed=False)
    files = operator.show([*operator.log.entries, operator.entry(signed)])
    assert named(operator, files) == [("subject-missing", len(operator.log.entries))]


def names_of(recorded: Recorded) -> set[str]:
    return {subject.name for subject in recorded.statement.subjects}


@pytest.mark.parametrize("member", ["root", "keys", "size"])
def test_a_wrong_index_is_named(operator: Operator, member: str) -> None:
    """Signed by the right key, over a tree that the log signed."""
    entries = operator.covered_up(operator.log.entries, len(operator.log.entries) + 1)
    wrong = {"root": "A" * 43 + "=", "keys": 1, "size": len(entries)}[member]
    entries[-1] = operator.altered(entries[-1], operator.device, **{member: wrong})
    assert named(operator, operator.show(entries)) == [(f"index-{member}", len(entries) - 1)]


def test_an_index_that_leaves_an_entry_out_is_named(operator: Operator) -> None:
    """The root over all entries but one, so that its factory's history would prove complete without it."""
    entries = [*operator.log.entries, allegation(operator)]
    without = operator.covered_up(operator.log.entries, len(operator.log.entries) + 1)[-1]
    claim = read_recorded(0, without).statement.claim
    shown = operator.covered_up(entries, len(entries) + 1)
    shown[-1] = operator.altered(shown[-1], operator.device, root=claim["root"], keys=claim["keys"])
    assert named(operator, operator.show(shown))[0][1] == len(shown) - 1


def test_a_statement_logged_twice_is_named(operator: Operator) -> None:
    again = encode_entry(decode_entry(operator.log.entries[CURIOUS]).envelope, operator.log.state.recorded_at)
    files = operator.show([*operator.log.entries, again])
    assert named(operator, files) == [("statement-known", len(operator.log.entries))]


def test_a_disclosure_copied_into_another_statement_is_named(operator: Operator) -> None:
    """Somebody else's commitment could then be opened as one's own."""
    digest = next(one.statement.digests[0] for one in operator.log.recorded if one.statement.digests)
    signed = operator.log.draft(
        "AllegationMade",
        "china-labor-watch",
        about=[f"factory:{FACTORY}"],
        claim={"issue": "osh/ppe", "_sd": [digest]},
    )
    files = operator.show([*operator.log.entries, operator.entry(signed)])
    assert named(operator, files) == [("digest-repeated", len(operator.log.entries))]


# --- policies ---------------------------------------------------------------------------


def demanding(operator: Operator) -> Trust:
    """Trust of a reader who counts on a witness."""
    witness = Verifier("witness.example", 4, KeyPair("witness").public)
    policy = f"log {operator.trust.vkey}\nwitness w {witness.vkey}\nquorum w\n"
    return replace(operator.trust, policy=policy)


def test_a_policy_swapped_in_the_log_does_not_change_whom_the_reader_trusts(operator: Operator) -> None:
    policy = f"log {operator.trust.vkey}\nquorum none\n"
    signed = operator.log.draft("LedgerAmended", "operator", about=["ledger:main"], claim={"policy": policy})
    files = operator.show([*operator.log.entries, operator.entry(signed)])
    found = alarms(Auditor(demanding(operator)), files)
    assert [alarm.code for alarm in found] == ["quorum-missing"]


def test_a_log_key_that_the_log_never_named_is_not_trusted(operator: Operator) -> None:
    stranger = KeyPair("stranger")
    files = operator.show(operator.log.entries)
    forged = replace(operator, log_key=stranger).show(operator.log.entries)
    assert named(operator, files) == []
    assert named(operator, forged) == [("checkpoint-unsigned", None)]


# --- bundles ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def honest(demo: Demo, operator: Operator) -> Bundle:
    """The factory's bundle as the ledger hands it out; sound."""
    answer = httpx2.get(f"{demo.url}/v1/factories/{FACTORY}/bundle")
    assert answer.status_code == 200
    report = verify_bundle(answer.content, operator.trust)
    assert report.exit_code == 0, [step for step in report if step.grade == FAILED]
    return parse_bundle(answer.content)


def failed(operator: Operator, bundle: Bundle, trust: Trust | None = None) -> set[str]:
    """The names of the steps that fail."""
    report: Report = verify_bundle(format_bundle(bundle), trust or operator.trust)
    assert report.exit_code == 1
    return {step.name for step in report if step.grade == FAILED}


def test_a_factory_entry_withheld_from_a_bundle_is_named(operator: Operator, honest: Bundle) -> None:
    about = [one for one in honest.entries if f"factory:{FACTORY}" in names_of(read_recorded(0, one.data))]
    forged = replace(honest, entries=tuple(one for one in honest.entries if one != about[-1]))
    assert "completeness" in failed(operator, forged)


def test_a_key_history_withheld_from_a_bundle_is_named(operator: Operator, honest: Bundle) -> None:
    """A revocation would stand there."""
    keys = tuple(one for one in honest.keys if one.key != "keys:china-labor-watch")
    assert len(keys) < len(honest.keys)
    assert "completeness" in failed(operator, replace(honest, keys=keys))


def test_a_disclosure_swapped_in_a_bundle_is_named(operator: Operator, honest: Bundle) -> None:
    assert failed(operator, changed(honest, swap)) == {"disclosures"}


def test_a_disclosure_copied_to_another_entry_of_a_bundle_is_named(
    operator: Operator, honest: Bundle
) -> None:
    first, *others = honest.entries
    copied = next(text for one in others for text in one.disclosures)
    forged = first._replace(disclosures=tuple(sorted([*first.disclosures, copied])))
    assert failed(operator, replace(honest, entries=(forged, *others))) == {"disclosures"}


def changed(bundle: Bundle, change: Callable[[BundledEntry], BundledEntry]) -> Bundle:
    """The bundle with its first entry that discloses something changed."""
    at = next(i for i, one in enumerate(bundle.entries) if one.disclosures)
    entries = (*bundle.entries[:at], change(bundle.entries[at]), *bundle.entries[at + 1 :])
    return replace(bundle, entries=entries)


def swap(entry: BundledEntry) -> BundledEntry:
    """The same name, another value: what was signed does not open."""
    first = disclosure.parse(entry.disclosures[0])
    forged = disclosure.make(b"\0" * 16, first.name, {"lang": "en", "text": "something else"})
    return entry._replace(disclosures=tuple(sorted([forged, *entry.disclosures[1:]])))


def test_an_entry_altered_in_a_bundle_is_named(operator: Operator, honest: Bundle) -> None:
    forged = changed(honest, lambda one: one._replace(data=later(one.data)))
    assert "inclusion" in failed(operator, forged)


def test_a_policy_swapped_for_a_bundle_does_not_change_whom_the_reader_trusts(
    operator: Operator, honest: Bundle
) -> None:
    assert failed(operator, honest, demanding(operator)) == {"witnesses"}
