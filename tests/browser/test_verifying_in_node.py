"""The verifier that pages carry says what the one in Python says, of every kind of file; Node runs it."""

from __future__ import annotations

import json
import random
import zipfile
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from api.dossier.page import dossier
from ledger.core.entry import decode_entry
from ledger.core.index_proof import format_index_proof, parse_index_proof, verify_index_proof
from ledger.core.receipt import ANOTHER_KEY, Trust, format_trust, parse_trust, verify_receipt
from ledger.core.refusal import Refusal
from ledger.core.report import Report
from ledger.proving import prove_all, prove_precedence, prove_silence
from ledger.verifier.archive import open_archive
from ledger.verifier.bundle import verify_bundle
from ledger.verifier.files import PAGE_TEXT, introduced, verify_file
from tests.browser.scripts import VERIFYING, Scripts, running
from tests.support.builder import Log
from tests.support.bundles import MemorySource, bundle_bytes, case, checkpoint, trust
from tests.unit.core import test_index_proof as proofs
from tests.unit.core import test_receipt as receipts

CORPUS = Path(__file__).parents[1] / "verifier" / "corpus"
CASES = [one["file"] for one in json.loads((CORPUS / "cases.json").read_bytes())]
# Steps that need the tables of the kinds or the rules of the domain.
LEFT_OPEN = {"form", "rules", "statement", "statements"}
# Defects against the tables of the kinds, which the scripts do not carry.
TABLES = {
    "statement-with-an-unknown-member.jsonl": {"form"},
    "term-of-no-vocabulary.jsonl": {"form"},
    "disclosure-of-an-unknown-member.jsonl": {"disclosures"},
}


@pytest.fixture(scope="module")
def scripts(node: str) -> Iterator[Scripts]:
    with running(node, VERIFYING) as found:
        yield found


def verified(scripts: Scripts, root: Trust | None, **files: bytes) -> dict[str, Any]:
    """The one report of the scripts on the files, given together; `_` in a name stands for a dot."""
    answer = given(scripts, root, *[(name.replace("_", "."), data) for name, data in files.items()])
    (report,) = answer["reports"]
    return dict(report)


def given(scripts: Scripts, root: Trust | None, *files: tuple[str, bytes]) -> dict[str, Any]:
    named = [(name, b64encode(data).decode()) for name, data in files]
    return scripts.ask("verify", files=named, trust=None if root is None else format_trust(root))


def assert_same(found: dict[str, Any], report: Report, unlike: Sequence[str] | set[str] = ()) -> None:
    """Numbers, names, grades and verdict are Python's; so is what is told, but of refusals and gaps."""
    told = report.to_json()["steps"]
    assert [(one["number"], one["name"]) for one in found["steps"]] == [
        (one["number"], one["name"]) for one in told
    ]
    for own, step in zip(found["steps"], told, strict=True):
        if step["name"] in unlike:
            continue
        if step["name"] in LEFT_OPEN and own["grade"] == "unchecked":
            # What needs the tables and the rules of kinds is never called held.
            assert step["grade"] in ("held", "unchecked") or step["name"] == "rules", step
            continue
        assert own["grade"] == step["grade"], (own, step)
        if step["grade"] not in ("failed", "unreadable") and step["name"] != "key status":
            assert own["detail"] == step["detail"]
    if not unlike and {step["name"] for step in told if step["grade"] == "failed"} != {"rules"}:
        assert (found["verdict"], found["exitCode"]) == (report.verdict, report.exit_code)


# --- bundles ----------------------------------------------------------------------------


@cache
def root() -> Trust:
    return parse_trust((CORPUS / "trust.json").read_text())


@pytest.mark.parametrize("file", CASES)
@pytest.mark.parametrize("trusted", [True, False], ids=["trusted", "untrusted"])
def test_bundles_are_graded_as_in_python(scripts: Scripts, file: str, trusted: bool) -> None:
    trusts = root() if trusted else None
    found = given(scripts, trusts, (file, (CORPUS / file).read_bytes()))["reports"][0]
    unlike = TABLES.get(file, set())
    assert_same(found, verify_file(CORPUS / file, trusts), unlike)
    # Whatever needs the rules is left open or refused by a step that both have.
    open_rules = next(step for step in found["steps"] if step["name"] == "rules")
    assert open_rules["grade"] in ("unchecked", "failed")


def test_the_bundle_in_a_page_is_taken_out_of_it(scripts: Scripts) -> None:
    data = (CORPUS / "sound.jsonl").read_bytes()
    found = verified(scripts, root(), dossier_html=dossier(data))
    own = verify_bundle(data, root())
    # What the page prints is nobody's finding here.
    assert_same(found, replace(own, steps=(*own, PAGE_TEXT)))
    twice = dossier(data).replace(b"</body>", b'<template id="bundle"></template></body>')
    assert verified(scripts, root(), dossier_html=twice)["exitCode"] == 2


PARTLY = {"form", "rules", "disclosures"}  # steps of which the scripts see a part
# Steps that do not depend on how much can be read of an entry that has lost its form.
STEADY = {"inclusion", "checkpoint", "witnesses", "documents", "time-stamps"}


@pytest.mark.parametrize("file", ["sound.jsonl", "sound-with-a-time-stamp.jsonl"])
def test_a_changed_byte_of_a_bundle_fails_the_same_steps(scripts: Scripts, file: str) -> None:
    data = (CORPUS / file).read_bytes()
    drawn = random.Random(7)
    for _ in range(150):
        at, byte = drawn.randrange(len(data)), drawn.choice([1, 2, 4, 32])
        changed = data[:at] + bytes([data[at] ^ byte]) + data[at + 1 :]
        report = verify_bundle(changed, root())
        found = verified(scripts, root(), bundle_jsonl=changed)
        assert found["exitCode"] == report.exit_code, (at, byte)
        if report.exit_code == 1:
            own = {step["name"] for step in found["steps"] if step["grade"] == "failed"}
            told = {step.name for step in report if step.grade == "failed"}
            if "form" in told:
                assert own & STEADY == told & STEADY, (at, byte)
            else:
                assert own - PARTLY == told - PARTLY, (at, byte)


# --- zips -------------------------------------------------------------------------------


ZIP = (CORPUS / "sound-with-documents.zip").read_bytes()


def test_a_changed_byte_of_a_zip_is_noticed_or_says_nothing(scripts: Scripts) -> None:
    whole = open_archive(ZIP)
    drawn = random.Random(7)
    frame = [at for at in range(len(ZIP)) if at < 120 or at > len(ZIP) - 400]
    for at in [*drawn.sample(range(len(ZIP)), 60), *drawn.sample(frame, 120)]:
        changed = ZIP[:at] + bytes([ZIP[at] ^ 4]) + ZIP[at + 1 :]
        found = verified(scripts, root(), bundle_zip=changed)
        if found["exitCode"] == 0:
            assert open_archive(changed) == whole, at
        else:
            assert found["exitCode"] == 2, at


def compressed(level: int) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", level) as archive:
        archive.writestr("bundle.jsonl", b"0" * 1_000_000)
    return out.getvalue()


def strange_zips() -> dict[str, bytes]:
    def made(*names: str) -> bytes:
        out = BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name in names:
                archive.writestr(name, b"x")
        return out.getvalue()

    start = ZIP.index(b"PK\x01\x02")
    return {
        "compressed": compressed(zipfile.ZIP_DEFLATED),
        "no bundle": made("other.jsonl"),
        "a document by a name": made("bundle.jsonl", "documents/letter"),
        "something beside documents": made("bundle.jsonl", "x"),
        "cut off": ZIP[: len(ZIP) // 2],
        "no directory": ZIP[:start],
        "nothing after the magic": ZIP[:4],
    }


@pytest.mark.parametrize("name", strange_zips())
def test_a_zip_of_anything_else_is_unreadable(scripts: Scripts, name: str) -> None:
    data = strange_zips()[name]
    with pytest.raises(Refusal):
        open_archive(data)
    found = verified(scripts, root(), bundle_zip=data)
    assert (found["verdict"], found["exitCode"]) == ("unreadable", 2)


def test_no_byte_of_a_zip_counts_twice(scripts: Scripts) -> None:
    # The second member is said to lie where the first one does.
    at = ZIP.rindex(b"PK\x01\x02")
    folded = ZIP[: at + 42] + bytes(4) + ZIP[at + 46 :]
    found = verified(scripts, root(), bundle_zip=folded)
    assert found["exitCode"] == 2


# --- receipts ---------------------------------------------------------------------------


def receipt(index: int = 3, **changes: Any) -> tuple[bytes, str]:
    entry = changes.get("entry", receipts.small_log().entries[index])
    return entry, changes.get("proof", receipts.proof_of(index))


def known(files: Sequence[bytes]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for data in files:
        with suppress(Refusal):
            found |= introduced(decode_entry(data).envelope.payload)
    return found


def compare_receipt(
    scripts: Scripts, entry: bytes, proof: str, trusts: Trust | None, beside: Sequence[bytes] = ()
) -> dict[str, Any]:
    files = [("9.entry", entry), ("9.tlog-proof", proof.encode())]
    files += [(f"beside-{at}.entry", data) for at, data in enumerate(beside)]
    answer = given(scripts, trusts, *files)
    (found,) = answer["reports"]
    # The keys of all receipts that lie together are at hand, its own included.
    report = verify_receipt(entry, proof, trusts, known([entry, *beside]))
    assert_same(found, report)
    # The form of a statement is left open here.
    assert (found["outcome"] == report.outcome) or {found["outcome"], report.outcome} == {"held", "unchecked"}
    return dict(found)


@pytest.mark.parametrize("index", [0, 1, 2, 3])
def test_receipts_are_graded_as_in_python(scripts: Scripts, index: int) -> None:
    entry, proof = receipt(index)
    others = [one for at, one in enumerate(receipts.small_log().entries) if at != index]
    for trusts in (receipts.trust(), None):
        for beside in ([], others):
            compare_receipt(scripts, entry, proof, trusts, beside)


def _impostor() -> str:
    return receipts.proof_of(3, signer=receipts.note.Signer(receipts.ORIGIN, receipts.common.seed("x")))


def _bad_line() -> str:
    key_hash = receipts.EARLIER.verifier.key_hash
    return receipts.note.NoteSignature(receipts.ORIGIN, key_hash, bytes(64)).line


WRONG: dict[str, Callable[[], tuple[tuple[bytes, str], Trust]]] = {
    "the proof of another entry": lambda: (receipt(proof=receipts.proof_of(2)), receipts.trust()),
    "a checkpoint by an impostor": lambda: (receipt(proof=_impostor()), receipts.trust()),
    "a checkpoint by a key the log had before": lambda: (
        receipt(proof=receipts.proof_of(3, signer=receipts.EARLIER)),
        receipts.of_both_keys(),
    ),
    "a bad signature of a key the log had before": lambda: (
        receipt(proof=receipts.proof_of(3) + _bad_line()),
        receipts.of_both_keys(),
    ),
    "another genesis": lambda: (receipt(), replace(receipts.trust(), genesis="f" * 64)),
    "a proof without a header": lambda: (receipt(proof="index 3\n\n"), receipts.trust()),
    "a proof without a checkpoint": lambda: (
        receipt(proof=receipts.proof_of(3).partition("\n\n")[0]),
        receipts.trust(),
    ),
    "an entry that is none": lambda: (receipt(entry=b"{}"), receipts.trust()),
    "no entry at all": lambda: (receipt(entry=b""), receipts.trust()),
    "a quorum that is not reached": lambda: (receipt(), receipts.trust(_two_witnesses())),
    "cosignatures that make the quorum": lambda: (_cosigned("A", "B"), receipts.trust(_two_witnesses())),
    "one cosignature of two": lambda: (_cosigned("A"), receipts.trust(_two_witnesses())),
    "cosignatures of another tree": lambda: (
        _cosigned("A", "B", text="other\n"),
        receipts.trust(_two_witnesses()),
    ),
}


def test_files_of_another_ledger_are_told_from_those_that_were_tampered_with(scripts: Scripts) -> None:
    elsewhere = receipts.elsewhere().entries
    proof = receipts.lone(elsewhere[1], receipts.ELSEWHERE, 1, elsewhere)
    for trusts in (receipts.trust(), receipts.trust(receipts.witness_policy())):
        assert compare_receipt(scripts, elsewhere[1], proof, trusts)["outcome"] == "foreign"
        assert compare_receipt(scripts, elsewhere[0], proof, trusts)["outcome"] == "failed"
    for hashed in (receipts.note.Verifier.from_vkey(receipts.log_vkey()).key_hash, bytes(4)):
        line = receipts.note.NoteSignature(receipts.ORIGIN, hashed, bytes(64)).line
        found = compare_receipt(scripts, elsewhere[1], proof + line, receipts.trust())
        assert found["outcome"] == "failed"
    shared = replace(receipts.trust(), genesis=receipts.elsewhere().genesis_id)
    assert compare_receipt(scripts, elsewhere[1], proof, shared)["outcome"] == "failed"
    other = trust(Log.opened(origin="other.example.org/log"))
    for file, expected in (("sound.jsonl", "foreign"), ("allegation-withheld.jsonl", "failed")):
        data = (CORPUS / file).read_bytes()
        found = verified(scripts, other, bundle_jsonl=data)
        assert found["outcome"] == verify_bundle(data, other).outcome == expected


@pytest.mark.parametrize("line", receipts.FORGED_LINES.values(), ids=receipts.FORGED_LINES)
def test_a_forgery_in_the_trusted_name_is_no_file_of_another_ledger(
    scripts: Scripts, line: receipts.note.NoteSignature
) -> None:
    found = compare_receipt(scripts, *receipts.forged(line), receipts.trust(), receipts.small_log().entries)
    assert (found["outcome"], found["verdict"], found["exitCode"]) == ("namesake", "failed", 1)


def test_a_second_history_signed_by_the_trusted_key_is_told_apart(scripts: Scripts) -> None:
    data = receipts.changed_with_another_genesis()
    proof = receipts.second_history(data)
    assert compare_receipt(scripts, data, proof, receipts.trust())["outcome"] == "split-view"
    assert compare_receipt(scripts, *receipt(entry=data), receipts.trust())["outcome"] == "failed"
    for file in ("sound.jsonl", "allegation-withheld.jsonl", "checkpoint-by-another-key.jsonl"):
        data, trusts = (CORPUS / file).read_bytes(), replace(root(), genesis="f" * 64)
        found = verified(scripts, trusts, bundle_jsonl=data)
        assert found["outcome"] == verify_bundle(data, trusts).outcome
        assert found["outcome"] == ("namesake" if "another-key" in file else "split-view")
    text, log = proof_files()["all"], trust(answering())
    found = verified(scripts, replace(log, genesis="f" * 64), proof_json=text.encode())
    assert found["outcome"] == "split-view"


def _two_witnesses() -> str:
    listed = "".join(
        f"witness {name} {receipts.proofs.witness_vkey(f'{name}.example', secret)}\n"
        for name, secret in receipts.WITNESSES.items()
    )
    return f"log {receipts.log_vkey()}\n{listed}group all all A B\nquorum all\n"


def _cosigned(*names: str, text: str | None = None) -> tuple[bytes, str]:
    entry, proof = receipt()
    note = proof.partition("\n\n")[2]
    signed = note.rpartition("\n\n")[0] + "\n" if text is None else text
    lines = [
        receipts.proofs.cosign(signed, f"{name}.example", receipts.WITNESSES[name], 1_770_000_000)
        for name in names
    ]
    return entry, proof + "".join(lines)


@pytest.mark.parametrize("name", WRONG)
def test_wrong_receipts_are_refused_as_in_python(scripts: Scripts, name: str) -> None:
    (entry, proof), trusts = WRONG[name]()
    compare_receipt(scripts, entry, proof, trusts, receipts.small_log().entries)


def test_a_changed_byte_of_a_receipt_fails_the_same_steps(scripts: Scripts) -> None:
    entry, proof = receipt()
    beside = [one for one in receipts.small_log().entries if one != entry]
    drawn = random.Random(7)
    for at in [*drawn.sample(range(len(entry)), 60)]:
        changed = entry[:at] + bytes([entry[at] ^ 1]) + entry[at + 1 :]
        found = given(scripts, receipts.trust(), ("9.entry", changed), ("9.tlog-proof", proof.encode()),
                      *[(f"{n}.entry", data) for n, data in enumerate(beside)])["reports"][0]  # fmt: skip
        report = verify_receipt(changed, proof, receipts.trust(), known(beside))
        assert found["exitCode"] == report.exit_code, at
        own = {step["name"] for step in found["steps"] if step["grade"] == "failed"}
        told = {step.name for step in report if step.grade == "failed"}
        assert own - {"statement"} == told - {"statement"}, at
    end = proof.index("— ")
    for at in drawn.sample(range(end), 60):
        changed_proof = proof[:at] + ("0" if proof[at] != "0" else "1") + proof[at + 1 :]
        compare_receipt(scripts, entry, changed_proof, receipts.trust(), beside)


def test_the_receipt_in_the_answer_of_the_api_is_the_same(scripts: Scripts) -> None:
    entry, proof = receipt()
    answer = {"index": 3, "entry": b64encode(entry).decode(), "proof": proof, "recordedAt": "..."}
    found = verified(scripts, receipts.trust(), pasted=json.dumps(answer).encode())
    assert found["kind"] == "receipt"
    assert_same(found, verify_receipt(entry, proof, receipts.trust()))


@pytest.mark.parametrize("beside", [{"index": 2}, {"id": "a" * 64}])
def test_an_answer_that_says_something_else_than_its_receipt_is_unreadable(
    scripts: Scripts, beside: dict[str, Any]
) -> None:
    entry, proof = receipt()
    answer = {"entry": b64encode(entry).decode(), "proof": proof, **beside}
    assert verified(scripts, receipts.trust(), pasted=json.dumps(answer).encode())["exitCode"] == 2


def test_halves_of_receipts_are_named_and_not_judged(scripts: Scripts) -> None:
    entry, proof = receipt()
    answer = given(scripts, None, ("3.entry", entry), ("7.entry", entry), ("4.tlog-proof", proof.encode()))
    assert answer["reports"] == []
    assert sorted(answer["left"]) == [
        ["3.entry", "its 3.tlog-proof is missing"],
        ["4.tlog-proof", "its 4.entry is missing"],
        ["7.entry", "its 7.tlog-proof is missing"],
    ]


def test_a_trust_file_among_the_files_is_told_apart(scripts: Scripts) -> None:
    text = format_trust(root())
    answer = given(scripts, None, ("anything.json", text.encode()))
    assert (answer["reports"], answer["trust"]) == ([], text)


def test_several_receipts_at_once_are_each_judged(scripts: Scripts) -> None:
    files = []
    for index in (0, 3):
        entry, proof = receipt(index)
        files += [(f"{index}.entry", entry), (f"{index}.tlog-proof", proof.encode())]
    answer = given(scripts, receipts.trust(), *files)
    assert [one["verdict"] for one in answer["reports"]] == ["logged, unwitnessed"] * 2


# --- proof files ------------------------------------------------------------------------


@cache
def answering() -> Log:
    log = Log.opened()
    log.register("ngo")
    log.register("certifier", roles=["certifier"])
    log.factory("toys")
    log.say("AllegationMade", "ngo", about=["factory:toys"], claim={"issue": "osh/ppe"})
    audit = log.investigation("certifier", ["factory:toys"], ["certifier"])
    asks = {"addressees": ["certifier"], "topic": "notice"}
    log.say("QuestionAsked", "ngo", claim=asks, refs=[("about", audit)])
    log.index()
    return log


@cache
def proof_files() -> dict[str, str]:
    source, note = MemorySource(answering()), checkpoint(answering())

    def id_of(event: str) -> str:
        return next(one.statement.id for one in answering().recorded if one.statement.event == event)

    made = {
        "all": prove_all(source, "factory:toys", note),
        "nothing": prove_all(source, "factory:nowhere", note),
        "silence": prove_silence(source, id_of("QuestionAsked"), note),
        "precedence": prove_precedence(source, id_of("AllegationMade"), id_of("AuditDescribed"), note),
    }
    return {name: format_index_proof(proof) for name, proof in made.items()}


@pytest.mark.parametrize("name", ["all", "nothing", "silence", "precedence"])
@pytest.mark.parametrize("trusted", [True, False], ids=["trusted", "untrusted"])
def test_proof_files_are_graded_as_in_python(scripts: Scripts, name: str, trusted: bool) -> None:
    text, trusts = proof_files()[name], trust(answering()) if trusted else None
    assert_same(verified(scripts, trusts, proof_json=text.encode()), verify_index_proof(text, trusts))


@pytest.mark.parametrize("name", ["all", "silence", "precedence"])
def test_a_changed_character_of_a_proof_file_is_judged_as_in_python(scripts: Scripts, name: str) -> None:
    text, trusts = proof_files()[name], trust(answering())
    drawn = random.Random(7)
    for at in drawn.sample(range(len(text)), 80):
        changed = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]
        found = given(scripts, trusts, ("proof.json", changed.encode()))["reports"][0]
        report = verify_index_proof(changed, trusts)
        if found["kind"] == "index-proof" and found["steps"][-1]["name"] != "statements":
            told = [(step.name, step.grade) for step in report if step.name != "statements"]
            own = [(step["name"], step["grade"]) for step in found["steps"] if step["name"] != "statements"]
            # Only the tables of the kinds end Python's report earlier.
            assert own == told or report.steps[-1].name == "statements", at
        assert (found["exitCode"] == 0) == (report.exit_code == 0), at


def test_answers_that_their_entries_do_not_give_are_found_out(scripts: Scripts) -> None:
    trusts = trust(answering())
    for name, changes in {
        "all": [{"key": "factory:other"}, {"published": 1}, {"asks": "silence"}, {"surplus": 1}],
        "precedence": [{"earlier": 5, "later": 4}, {"earlier": 99}, {"asks": "nothing"}],
        "silence": [{"entries": []}, {"asks": "all"}],
    }.items():
        for change in changes:
            text = json.dumps(json.loads(proof_files()[name]) | change)
            report = verify_index_proof(text, trusts)
            assert_same(verified(scripts, trusts, proof_json=text.encode()), report)
    assert parse_index_proof(proof_files()["all"]).asks == "all"


def test_an_index_from_before_a_request_shows_no_silence_here_either(scripts: Scripts) -> None:
    log, forged = proofs.older_than_the_request()
    text = format_index_proof(forged)
    found = verified(scripts, trust(log), proof_json=text.encode())
    assert [one["name"] for one in found["steps"] if one["grade"] == "failed"] == ["answer"]
    assert_same(found, verify_index_proof(text, trust(log)))


def test_a_key_that_is_not_listed_is_told_in_the_same_words(scripts: Scripts) -> None:
    entry, proof = receipt(proof=_impostor())
    answer = given(scripts, receipts.trust(), ("9.entry", entry), ("9.tlog-proof", proof.encode()))
    bundle = given(scripts, root(), ("b.jsonl", (CORPUS / "checkpoint-by-another-key.jsonl").read_bytes()))
    for (found,) in (answer["reports"], bundle["reports"]):
        step = next(one for one in found["steps"] if one["name"] == "checkpoint")
        assert (step["grade"], step["detail"]) == ("failed", ANOTHER_KEY)


@pytest.mark.parametrize("kind", ["bundle", "proof file"])
def test_older_files_hold_by_a_trust_file_that_lists_the_earlier_key(scripts: Scripts, kind: str) -> None:
    def after_the_change(before: Trust) -> Trust:
        later = receipts.note.Signer(before.origin, receipts.common.seed("later log key")).verifier.vkey
        return replace(before, vkey=later, policy=f"log {later}\n{before.policy}")

    if kind == "bundle":
        data, trusts = (CORPUS / "sound.jsonl").read_bytes(), after_the_change(root())
        found, report = verified(scripts, trusts, bundle_jsonl=data), verify_bundle(data, trusts)
    else:
        text, trusts = proof_files()["all"], after_the_change(trust(answering()))
        found = verified(scripts, trusts, proof_json=text.encode())
        report = verify_index_proof(text, trusts)
    assert report.exit_code == 0
    assert_same(found, report)


@pytest.mark.parametrize("name", ["auditor-1", "auditors"])
def test_an_auditor_vouches_for_an_answer_as_in_python(scripts: Scripts, name: str) -> None:
    log = answering()
    note, reader = proofs.audited(log, name)
    source = MemorySource(log)
    for proof in (
        prove_all(source, "factory:toys", note),
        prove_all(source, "factory:nowhere", note),
        prove_silence(source, proofs.id_of(log, "QuestionAsked"), note),
    ):
        text = format_index_proof(proof)
        report = verify_index_proof(text, reader)
        assert ("audited" in report.verdict) == (name == "auditor-1")
        assert_same(verified(scripts, reader, proof_json=text.encode()), report)


# --- words ------------------------------------------------------------------------------


def test_bundles_of_another_log_are_told_in_the_same_words(scripts: Scripts) -> None:
    data = bundle_bytes(case(), "factory:toys")
    assert_same(verified(scripts, trust(case()), bundle_jsonl=data), verify_bundle(data, trust(case())))
