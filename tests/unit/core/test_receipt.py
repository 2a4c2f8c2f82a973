"""Receipts, checked step by step, on a small log with real keys."""

import dataclasses
import json
from functools import cache
from pathlib import Path

import pytest

from ledger.core import canonical, checkpoint, entry, envelope, keys, merkle, note, receipt
from ledger.core.receipt import Report, Trust
from ledger.core.visible import SHAPELESS
from ledger.verifier.command import main
from tests.support.builder import LOG_KEY, ORIGIN, Log, log_vkey
from tests.vectors import common, proofs

WITNESSES = {"A": common.seed("witness 1"), "B": common.seed("witness 2")}


@cache
def small_log() -> Log:
    log = Log.opened()
    log.register("clw")
    log.factory("foshan")
    log.say("AllegationMade", "clw", about=["factory:foshan"], claim={"issue": "osh/pre-job-training"})
    return log


def trust(policy: str | None = None) -> Trust:
    vkey = log_vkey()
    return Trust(ORIGIN, small_log().genesis_id, vkey, policy or receipt.unwitnessed_policy(vkey))


def frontier(entries: list[bytes]) -> merkle.Frontier:
    return merkle.Frontier().append([merkle.leaf_hash(data) for data in entries]).frontier


def proof_of(index: int, entries: list[bytes] | None = None, signer: note.Signer | None = None) -> str:
    """The proof of an entry under a checkpoint over all entries, signed by the log."""
    entries = entries or small_log().entries
    leaves = [merkle.leaf_hash(data) for data in entries]
    path = merkle.batch_inclusion_proofs(merkle.Frontier(), leaves)[index]
    head = checkpoint.Checkpoint(ORIGIN, len(entries), frontier(entries).root())
    signed = note.sign_note(head.text(), [signer or note.Signer(ORIGIN, LOG_KEY.seed)])
    return receipt.format_proof(index, path, signed)


def all_keys() -> dict[str, bytes]:
    return {pair.id: pair.public for pair in small_log().keys.values()}


def check(index: int = 3, **changes: object) -> Report:
    arguments = {
        "entry": small_log().entries[index],
        "proof": proof_of(index),
        "trust": trust(),
        "known_keys": all_keys(),
    }
    return receipt.verify_receipt(**{**arguments, **changes})


def grades(report: Report) -> dict[str, str]:
    return {step.name: step.grade for step in report}


def test_a_receipt_holds_in_eight_numbered_steps() -> None:
    report = check()
    assert [step.number for step in report] == list(range(1, 9))
    assert {name for name, grade in grades(report).items() if grade != "held"} == {"witnesses"}
    assert (report.verdict, report.exit_code) == ("logged, unwitnessed", 0)


def test_where_no_witnesses_are_asked_for_nobody_outside_is_said_to_have_held() -> None:
    step = check().step("witnesses")
    assert (step.grade, step.detail) == ("unchecked", "0 cosignatures; the trust file asks for no witnesses")


@pytest.mark.parametrize("index", [0, 1, 2, 3])
def test_every_entry_of_a_log_has_a_receipt_that_holds(index: int) -> None:
    assert check(index).exit_code == 0


def test_without_a_trust_file_the_answer_is_never_yes() -> None:
    report = check(trust=None)
    assert (report.verdict, report.exit_code) == ("trust root: unverified", 3)
    assert grades(report)["inclusion"] == "held"


def test_keys_that_are_not_at_hand_leave_signatures_unchecked() -> None:
    report = check(known_keys=None)
    assert grades(report)["signatures"] == "unchecked"
    assert report.exit_code == 0


def test_the_keys_of_entry_0_come_with_it() -> None:
    report = check(0, known_keys=None)
    assert grades(report)["signatures"] == "held"
    assert "itself introduces" in next(step.detail for step in report if step.name == "signatures")


def test_any_byte_of_the_entry_changed_is_noticed() -> None:
    data = small_log().entries[3]
    for at in range(0, len(data), 7):
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        assert check(entry=changed).exit_code in (1, 2)


def test_any_character_of_the_proof_changed_is_noticed() -> None:
    text = proof_of(3)
    end = text.index("— ")
    for at in range(end):
        changed = text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1 :]
        assert check(proof=changed).exit_code in (1, 2), at


def test_the_receipt_of_another_entry_fails_at_inclusion() -> None:
    report = check(proof=proof_of(2))
    assert grades(report)["inclusion"] == "failed"
    assert (report.verdict, report.exit_code) == ("failed", 1)


def test_another_log_of_the_same_name_fails_at_the_checkpoint() -> None:
    report = check(proof=proof_of(3, signer=note.Signer(ORIGIN, common.seed("impostor"))))
    assert grades(report)["checkpoint"] == "failed"
    assert report.exit_code == 1
    # It may as well be a key that the log had, or has by now.
    assert "use the trust file of that time" in report.step("checkpoint").detail


EARLIER = note.Signer(ORIGIN, common.seed("earlier log key"))


def of_both_keys() -> Trust:
    return trust(f"log {log_vkey()}\nlog {EARLIER.verifier.vkey}\nquorum none\n")


def test_a_log_that_has_changed_keys_is_trusted_by_each_that_the_policy_lists() -> None:
    old = check(proof=proof_of(3, signer=EARLIER), trust=of_both_keys())
    assert (old.verdict, old.exit_code) == ("logged, unwitnessed", 0)
    assert EARLIER.verifier.key_hash.hex() in old.step("checkpoint").detail
    new = check(trust=of_both_keys())
    assert new.exit_code == 0
    assert note.Verifier.from_vkey(log_vkey()).key_hash.hex() in new.step("checkpoint").detail


def test_a_log_of_another_name_in_the_policy_vouches_for_nothing() -> None:
    other = note.Signer("elsewhere.example/log", EARLIER.seed)
    listed = trust(f"log {log_vkey()}\nlog {other.verifier.vkey}\nquorum none\n")
    head = checkpoint.Checkpoint(ORIGIN, 4, frontier(small_log().entries).root())
    path = proof_of(3).partition("\n\n")[0]
    report = check(proof=f"{path}\n\n{note.sign_note(head.text(), [other])}", trust=listed)
    assert grades(report)["checkpoint"] == "failed"


def test_a_bad_signature_of_any_listed_key_fails_the_checkpoint() -> None:
    bad = note.NoteSignature(ORIGIN, EARLIER.verifier.key_hash, bytes(64)).line
    assert grades(check(proof=proof_of(3) + bad, trust=of_both_keys()))["checkpoint"] == "failed"
    # Nobody has listed that key here.
    assert check(proof=proof_of(3) + bad).exit_code == 0


def test_another_genesis_fails_at_the_trust_root() -> None:
    other = dataclasses.replace(trust(), genesis="f" * 64)
    for index in (0, 3):
        report = check(index, trust=other)
        assert grades(report)["trust root"] == "failed"
        assert report.exit_code == 1


ELSEWHERE = note.Signer("other.example.org/log", common.seed("other log"))


@cache
def elsewhere() -> Log:
    """A ledger of another name; its keys and its genesis are its own."""
    log = Log.opened(origin=ELSEWHERE.name)
    log.register("clw")
    return log


def lone(data: bytes, signer: note.Signer, index: int = 0, entries: list[bytes] | None = None) -> str:
    """The proof of an entry in a log of that name, signed by that key."""
    entries = entries or [data]
    path = merkle.batch_inclusion_proofs(merkle.Frontier(), [merkle.leaf_hash(one) for one in entries])[index]
    head = checkpoint.Checkpoint(signer.name, len(entries), frontier(entries).root())
    return receipt.format_proof(index, path, note.sign_note(head.text(), [signer]))


def check_elsewhere(extra: str = "", **changes: object) -> Report:
    """The receipt of entry 1 of the other ledger."""
    entries = elsewhere().entries
    proof = lone(entries[1], ELSEWHERE, 1, entries) + extra
    return check(**{"entry": entries[1], "proof": proof, **changes})


def test_a_receipt_of_another_ledger_is_told_from_one_that_was_tampered_with() -> None:
    report = check_elsewhere()
    assert report.outcome == "foreign"
    assert (report.verdict, report.exit_code, report.to_json()["outcome"]) == ("failed", 1, "foreign")
    assert f"the trust file names {ORIGIN}" in report.step("trust root").detail
    assert check_elsewhere(entry=elsewhere().entries[0]).outcome == "failed"  # it leads to no checkpoint
    assert check_elsewhere(trust=trust(witness_policy())).outcome == "foreign"


def test_nothing_signed_in_the_trusted_name_is_excused_by_naming_another_ledger() -> None:
    trusted = note.Verifier.from_vkey(log_vkey())
    for key_hash in (trusted.key_hash, bytes(4)):
        line = note.NoteSignature(ORIGIN, key_hash, bytes(64)).line
        assert check_elsewhere(line).outcome == "failed"
    forged = proofs.cosign("other\n", "A.example", WITNESSES["A"], 1)
    assert check_elsewhere(forged, trust=trust(witness_policy())).outcome == "failed"
    # Two ledgers of different names have no genesis in common.
    genesis = elsewhere().genesis_id
    assert check_elsewhere(trust=dataclasses.replace(trust(), genesis=genesis)).outcome == "failed"


def changed_with_another_genesis() -> bytes:
    """The entry of the allegation, its issue and one digit of its genesis changed."""
    value = json.loads(payload_of(3))
    value["predicate"]["claim"]["issue"] = "osh/ppe"
    genesis = value["predicate"]["ledger"]["genesis"]
    value["predicate"]["ledger"]["genesis"] = ("1" if genesis[0] != "1" else "2") + genesis[1:]
    return resigned(canonical.encode(value), small_log().keys["clw"].seed)


def forged(line: note.NoteSignature) -> tuple[bytes, str]:
    """That entry as the last of a tree of its own, whose checkpoint has this signature line."""
    data = changed_with_another_genesis()
    head, _, signed = proof_of(3, [*small_log().entries[:3], data]).rpartition("\n\n")
    assert signed.count("\n") == 1
    return data, f"{head}\n\n{line.line}"


FORGED_LINES = {
    "zeros for the log's signature": note.NoteSignature(
        ORIGIN, note.Verifier.from_vkey(log_vkey()).key_hash, bytes(64)
    ),
    "a key that is not listed": note.NoteSignature(ORIGIN, EARLIER.verifier.key_hash, bytes(64)),
    "somebody else's name": note.NoteSignature("somebody.example", bytes(4), bytes(64)),
}


@pytest.mark.parametrize("line", FORGED_LINES.values(), ids=FORGED_LINES)
def test_a_forgery_in_the_name_of_the_trusted_ledger_is_never_called_foreign(
    line: note.NoteSignature,
) -> None:
    entry, proof = forged(line)
    report = check(entry=entry, proof=proof)
    assert [name for name, grade in grades(report).items() if grade == "failed"] == [
        "trust root",
        "checkpoint",
    ]
    assert (report.outcome, report.verdict, report.exit_code) == ("namesake", "failed", 1)


def second_history(data: bytes) -> str:
    """The proof of an entry in a tree that the log's own key has signed."""
    return proof_of(3, [*small_log().entries[:3], data])


def test_a_key_that_signs_a_second_history_is_told_apart_from_a_forgery() -> None:
    data = changed_with_another_genesis()
    report = check(entry=data, proof=second_history(data))
    assert grades(report)["checkpoint"] == "held"
    assert (report.outcome, report.verdict, report.exit_code) == ("split-view", "failed", 1)
    # Outside the tree that was signed, it shows nothing of the key.
    assert check(entry=data).outcome == "failed"


def test_nothing_else_that_fails_hides_a_second_history() -> None:
    payload = entry.decode_entry(changed_with_another_genesis()).envelope.payload
    unsigned = envelope.Signature(small_log().keys["clw"].id, bytes(64))
    data = entry.encode_entry(envelope.normalised(payload, [unsigned]), "2026-01-05T09:00:09.000Z")
    report = check(entry=data, proof=second_history(data))
    assert grades(report)["signatures"] == "failed"
    assert report.outcome == "split-view"


def test_an_entry_that_names_another_log_fails_at_the_trust_root() -> None:
    foreign = Log.opened(origin="other.example.org/log")
    entries = [*small_log().entries[:3], foreign.entries[0]]
    report = check(3, entry=entries[3], proof=proof_of(3, entries))
    assert grades(report)["inclusion"] == "held"
    assert grades(report)["trust root"] == "failed"
    assert report.outcome == "failed"


def test_a_second_genesis_is_not_entry_0() -> None:
    entries = [small_log().entries[3], *small_log().entries]
    report = check(3, proof=proof_of(0, entries))
    assert grades(report)["trust root"] == "failed"


def resigned(payload: bytes, *seeds: bytes) -> bytes:
    signatures = [
        envelope.Signature(keys.key_id(keys.public_key(seed)), keys.sign(seed, envelope.pae(payload)))
        for seed in seeds
    ]
    return entry.encode_entry(envelope.normalised(payload, signatures), "2026-01-05T09:00:09.000Z")


def payload_of(index: int) -> bytes:
    return entry.decode_entry(small_log().entries[index]).envelope.payload


def checked_last(data: bytes) -> Report:
    """A receipt of an entry that the log, in error or by intent, has taken in."""
    entries = [*small_log().entries, data]
    return check(entry=data, proof=proof_of(len(entries) - 1, entries))


def test_a_signature_over_other_bytes_fails() -> None:
    clw = small_log().keys["clw"]
    signature = envelope.Signature(clw.id, keys.sign(clw.seed, b"something else"))
    data = entry.encode_entry(envelope.normalised(payload_of(3), [signature]), "2026-01-05T09:00:09.000Z")
    report = checked_last(data)
    assert grades(report)["signatures"] == "failed"
    assert report.exit_code == 1


def test_a_later_version_is_proven_but_not_understood() -> None:
    value = json.loads(payload_of(3))
    value["predicateType"] = "urn:evidence-ledger:v2:allegation"
    value["predicate"]["claims"] = [value["predicate"].pop("claim")]
    report = checked_last(resigned(canonical.encode(value), small_log().keys["clw"].seed))
    assert grades(report)["statement"] == "unchecked"
    assert report.verdict == "logged, unwitnessed; inclusion proven, content not understood"
    assert report.exit_code == 0


def test_what_a_stranger_signed_cannot_steer_the_terminal_that_tells_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    value = json.loads(payload_of(3))
    value["predicateType"] = "urn:x\x1b[2J\x1b[H\u009b8m\n  verdict: logged, witnessed"
    data = resigned(canonical.encode(value), bytes(range(32)))
    entries = [*small_log().entries, data]
    (tmp_path / "4.entry").write_bytes(data)
    (tmp_path / "4.tlog-proof").write_text(proof_of(len(entries) - 1, entries))
    (tmp_path / "trust.json").write_text(receipt.format_trust(trust()))
    for more in ([], ["--json"]):
        main([str(tmp_path / "4.entry"), "--trust", str(tmp_path / "trust.json"), *more])
        said = capsys.readouterr().out
        assert "predicateType" in said or "urn:x" in said
        assert not set(said) & SHAPELESS
        assert not any(line.strip() == "verdict: logged, witnessed" for line in said.splitlines())


def test_a_malformed_statement_fails_although_it_was_logged() -> None:
    value = json.loads(payload_of(3))
    value["predicate"]["issuers"] = []
    report = checked_last(resigned(canonical.encode(value), small_log().keys["clw"].seed))
    assert grades(report)["statement"] == "failed"
    assert grades(report)["inclusion"] == "held"


@pytest.mark.parametrize("payload", [b"[]", b"{}", b'{"predicate":{"ledger":{}}}', b'{"a":1.5}', b"text"])
def test_a_payload_that_is_no_statement_is_unreadable(payload: bytes) -> None:
    report = checked_last(resigned(payload, common.seed("key")))
    assert [step.grade for step in report] == ["held", "unreadable"]
    assert (report.verdict, report.exit_code) == ("unreadable", 2)


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff", b"[" * 1_000])
def test_a_file_that_is_no_entry_is_unreadable(data: bytes) -> None:
    report = check(entry=data)
    assert [step.grade for step in report] == ["unreadable"]
    assert report.exit_code == 2


@pytest.mark.parametrize("text", ["", "c2sp.org/tlog-proof@v1\nindex 0\n\nno note"])
def test_a_file_that_is_no_proof_is_unreadable(text: str) -> None:
    report = check(proof=text)
    assert grades(report)["proof"] == "unreadable"
    assert "inclusion" not in grades(report)
    assert report.exit_code == 2


def witness_policy() -> str:
    lines = [f"witness {n} {proofs.witness_vkey(f'{n}.example', seed)}" for n, seed in WITNESSES.items()]
    return "\n".join([f"log {log_vkey()}", *lines, "group both all A B", "quorum both", ""])


def cosigned(names: str) -> str:
    proof = proof_of(3)
    text = note.split_note(receipt.parse_proof(proof).checkpoint)[0]
    return proof + "".join(proofs.cosign(text, f"{n}.example", WITNESSES[n], 1_767_603_600) for n in names)


def test_cosignatures_that_make_the_quorum_make_it_witnessed() -> None:
    report = check(proof=cosigned("AB"), trust=trust(witness_policy()))
    assert grades(report)["witnesses"] == "held"
    assert (report.verdict, report.exit_code) == ("logged, witnessed", 0)


@pytest.mark.parametrize("names", ["", "A", "B"])
def test_a_log_signed_receipt_satisfies_no_quorum(names: str) -> None:
    report = check(proof=cosigned(names), trust=trust(witness_policy()))
    assert grades(report)["witnesses"] == "failed"
    assert (report.verdict, report.exit_code) == ("logged, unwitnessed", 1)


def test_witnesses_that_nobody_asked_for_make_no_difference() -> None:
    report = check(proof=cosigned("AB"))
    assert grades(report)["witnesses"] == "unchecked"
    assert (report.verdict, report.exit_code) == ("logged, unwitnessed", 0)


def test_a_forged_cosignature_of_a_known_witness_fails() -> None:
    text = note.split_note(receipt.parse_proof(proof_of(3)).checkpoint)[0]
    forged = proofs.cosign(text + "x", "A.example", WITNESSES["A"], 1)
    report = check(proof=proof_of(3) + forged, trust=trust(witness_policy()))
    assert grades(report)["checkpoint"] == "failed"
    assert grades(report)["witnesses"] == "unchecked"
    assert report.exit_code == 1


def test_a_trust_file_survives_a_round_trip() -> None:
    assert receipt.parse_trust(receipt.format_trust(trust())) == trust()
