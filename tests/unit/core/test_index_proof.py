"""Proof files made from a log in memory: what they show, and every way in which one can be wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ledger.core.grammar import base64_encode
from ledger.core.index import index_keys
from ledger.core.index_proof import (
    FORMAT,
    Completeness,
    IndexProof,
    Precedence,
    format_index_proof,
    parse_index_proof,
    verify_index_proof,
)
from ledger.core.receipt import Trust, unwitnessed_policy
from ledger.proving import NotProven, prove_all, prove_precedence, prove_silence
from tests.support.builder import OPERATOR_DEVICE, ORIGIN, Log, log_vkey, sign
from tests.support.bundles import MemorySource, checkpoint, trust
from tests.vectors import common, proofs

ISSUE = {"issue": "osh/ppe"}


@pytest.fixture(scope="module")
def log() -> Log:
    """A factory, an allegation, an audit, a question, an answer to another question, and an index."""
    log = Log.opened()
    log.register("ngo")
    log.register("certifier", roles=["certifier"])
    log.factory("toys")
    log.say("AllegationMade", "ngo", about=["factory:toys"], claim=ISSUE)
    audit = log.investigation("certifier", ["factory:toys"], ["certifier"])
    asks = {"addressees": ["certifier"], "topic": "notice"}
    log.say("QuestionAsked", "ngo", claim=asks, refs=[("about", audit)])
    demanded = log.say("DemandMade", "ngo", claim=asks, refs=[("about", audit)])
    log.say("ResponseGiven", "certifier", refs=[("refuses", demanded)])
    log.index()
    log.say("AllegationMade", "ngo", about=["factory:toys"], claim=ISSUE)
    return log


def id_of(log: Log, event: str) -> str:
    return next(one.statement.id for one in log.recorded if one.statement.event == event)


def everything(log: Log, key: str = "factory:toys") -> str:
    source = MemorySource(log)
    return format_index_proof(prove_all(source, key, checkpoint(log)))


def silence(log: Log, event: str) -> IndexProof:
    source = MemorySource(log)
    return prove_silence(source, id_of(log, event), checkpoint(log))


def test_every_key_in_use_is_proven_with_all_its_entries(log: Log) -> None:
    for key in {key for one in log.recorded for key in index_keys(one)}:
        report = verify_index_proof(everything(log, key), trust(log))
        assert report.exit_code == 0, (key, report)


def test_an_answer_says_how_far_it_is_complete_and_whose_claim_that_is(log: Log) -> None:
    published = next(one for one in log.recorded if one.statement.kind == "index")
    verdict = verify_index_proof(everything(log), trust(log)).verdict
    assert f"up to entry {published.index - 1}, as indexed at {published.recorded_at}" in verdict
    assert "operator's claim" in verdict


def test_that_nothing_has_a_key_is_proven(log: Log) -> None:
    report = verify_index_proof(everything(log, "factory:nowhere"), trust(log))
    assert report.exit_code == 0
    assert report.verdict.startswith("no entries have the key `factory:nowhere`")


def test_silence_is_proven_for_a_request_nobody_responded_to(log: Log) -> None:
    report = verify_index_proof(format_index_proof(silence(log, "QuestionAsked")), trust(log))
    assert report.exit_code == 0
    assert report.verdict.startswith("no response to the request")


def test_silence_is_not_proven_where_somebody_responded(log: Log) -> None:
    with pytest.raises(NotProven, match="responds"):
        silence(log, "DemandMade")


def test_silence_is_about_requests(log: Log) -> None:
    with pytest.raises(NotProven, match="of the kind allegation, not request"):
        silence(log, "AllegationMade")


def test_all_entries_passed_off_as_silence_are_found_out(log: Log) -> None:
    source = MemorySource(log)
    proof = prove_all(source, f"statement:{id_of(log, 'DemandMade')}", checkpoint(log))
    request = next(one for one in log.recorded if one.statement.event == "DemandMade").index
    with_request = prove_all(source, f"statement:{id_of(log, 'AuditDescribed')}", checkpoint(log))
    entries = {one.index: one for one in (*proof.entries, *with_request.entries)}
    assert request in entries
    forged = IndexProof("silence", proof.shown, proof.checkpoint, tuple(entries[i] for i in sorted(entries)))
    report = verify_index_proof(format_index_proof(forged), trust(log))
    assert (report.exit_code, report.step("answer").grade) == (1, "failed")


def older_than_the_request() -> tuple[Log, IndexProof]:
    """An answered request, and an index from before it, in which of course nothing refers to it."""
    log = Log.opened()
    log.register("ngo")
    log.register("certifier", roles=["certifier"])
    log.factory("toys")
    audit = log.investigation("certifier", ["factory:toys"], ["certifier"])
    published = log.index().index
    asks = {"addressees": ["certifier"], "topic": "notice"}
    asked = log.say("QuestionAsked", "ngo", claim=asks, refs=[("about", audit)])
    log.say("ResponseGiven", "certifier", refs=[("refuses", asked)])
    log.index()
    source, key = MemorySource(log), f"statement:{asked.statement.id}"
    (proof,) = source.prove([key], published)
    index = log.recorded[published].statement.id
    known = (
        *prove_all(source, key, checkpoint(log)).entries,
        *prove_precedence(source, index, asked.statement.id, checkpoint(log)).entries,
    )
    entries = {one.index: one for one in known}
    shown = Completeness(key, proof, published)
    held = tuple(entries[position] for position in (0, published, asked.index))
    return log, IndexProof("silence", shown, checkpoint(log), held)


def test_an_index_from_before_a_request_shows_no_silence_about_it() -> None:
    log, forged = older_than_the_request()
    report = verify_index_proof(format_index_proof(forged), trust(log))
    assert [one.name for one in report if one.grade == "failed"] == ["answer"]
    assert "beyond" in report.step("answer").detail
    assert (report.exit_code, report.verdict) == (1, "failed")


def test_that_nothing_has_a_key_is_said_of_what_was_indexed_alone() -> None:
    log, forged = older_than_the_request()
    assert isinstance(forged.shown, Completeness)
    nothing = IndexProof("all", forged.shown, forged.checkpoint, forged.entries)
    report = verify_index_proof(format_index_proof(nothing), trust(log))
    assert f"up to entry {forged.shown.published - 1}," in report.verdict
    # The request itself is beyond it, and is no entry of the answer.
    assert report.verdict.startswith("no entries have the key")


def test_precedence_follows_from_the_places_in_the_log(log: Log) -> None:
    source = MemorySource(log)
    first, second = id_of(log, "AllegationMade"), id_of(log, "AuditDescribed")
    proof = prove_precedence(source, first, second, checkpoint(log))
    assert verify_index_proof(format_index_proof(proof), trust(log)).exit_code == 0
    with pytest.raises(NotProven, match="does not precede"):
        prove_precedence(source, second, first, checkpoint(log))
    assert isinstance(proof.shown, Precedence)
    turned = Precedence(proof.shown.later, proof.shown.earlier)
    forged = IndexProof(proof.asks, turned, proof.checkpoint, proof.entries)
    assert verify_index_proof(format_index_proof(forged), trust(log)).step("answer").grade == "failed"


def test_nothing_is_complete_before_the_first_index() -> None:
    with pytest.raises(NotProven, match="no index statement"):
        everything(Log.opened())


def test_without_a_trust_root_a_proof_is_never_green(log: Log) -> None:
    report = verify_index_proof(everything(log), None)
    assert (report.exit_code, report.verdict) == (3, "trust root: unverified")


def audited(log: Log, name: str = "auditor-1") -> tuple[str, Trust]:
    """A cosigned checkpoint, and whom a reader trusts who lists its cosigner under `name`."""
    note = checkpoint(log)
    line = proofs.cosign(note.partition("\n\n")[0] + "\n", "a.example", common.seed("auditor"), 1_770_000_000)
    witness = proofs.witness_vkey("a.example", common.seed("auditor"))
    policy = f"log {log_vkey()}\nwitness {name} {witness}\nquorum none\n"
    return note + line, replace(trust(log), policy=policy)


@pytest.mark.parametrize(
    ("name", "word"), [("auditor-1", "audited"), ("auditor", "audited"), ("auditors", "operator's claim")]
)
def test_an_auditor_who_cosigns_vouches_for_an_answer(log: Log, name: str, word: str) -> None:
    note, reader = audited(log, name)
    source = MemorySource(log)
    made = [
        prove_all(source, "factory:toys", note),
        prove_all(source, "factory:nowhere", note),
        prove_silence(source, id_of(log, "QuestionAsked"), note),
    ]
    for proof in made:
        report = verify_index_proof(format_index_proof(proof), reader)
        assert report.exit_code == 0
        assert f", {word}; " in report.verdict
    alone = prove_all(source, "factory:toys", checkpoint(log))
    assert "operator's claim" in verify_index_proof(format_index_proof(alone), reader).verdict


def test_a_proof_of_another_ledger_fails(log: Log) -> None:
    other = Trust(ORIGIN, "ab" * 32, log_vkey(), unwitnessed_policy(log_vkey()))
    report = verify_index_proof(everything(log), other)
    assert report.step("trust root").grade == "failed"
    assert report.outcome == "split-view"  # by that trust file, its key has signed two histories


def test_a_proof_of_a_ledger_of_another_name_is_called_foreign(log: Log) -> None:
    elsewhere = Log.opened(origin="other.example.org/log")
    elsewhere.factory("toys")
    elsewhere.index()
    report = verify_index_proof(everything(elsewhere), trust(log))
    assert (report.outcome, report.verdict) == ("foreign", "failed")


def test_an_index_that_the_device_key_did_not_sign_fails() -> None:
    log = Log.opened()
    log.factory("toys")
    draft = log.draft(
        "IndexPublished",
        "operator",
        claim=log.state.index_head(log.state.size).to_claim(),
        signers=[OPERATOR_DEVICE],
    )
    other = sign(draft.statement.payload.replace(b"2026-01-05", b"2026-01-04"), OPERATOR_DEVICE)
    published = log.append(draft)
    entry = log.entries[published.index].replace(
        json.dumps(base64_encode(draft.envelope.signatures[0].sig)).encode(),
        json.dumps(base64_encode(other.signatures[0].sig)).encode(),
    )
    assert entry != log.entries[published.index]
    log.entries[published.index] = entry
    report = verify_index_proof(everything(log), trust(log))
    assert report.step("inclusion").grade == "held"
    assert report.step("index").grade == "failed"


def test_a_file_reads_as_it_was_written(log: Log) -> None:
    text = everything(log)
    assert format_index_proof(parse_index_proof(text)) == text
    assert json.loads(text)["format"] == FORMAT


# --- every way to be wrong ------------------------------------------------------------------


def changed(text: str, change: Callable[[Any], object]) -> str:
    value = json.loads(text)
    change(value)
    return json.dumps(value)


def drop_last(value: Any) -> None:
    last = [one for one in value["entries"] if one["index"] not in (0, value["published"])][-1]
    value["entries"].remove(last)


def other_key(value: Any) -> None:
    value["key"] = "factory:other"


def claim_absence(value: Any) -> None:
    del value["proof"]["leaf"]


def shorter_path(value: Any) -> None:
    value["proof"]["path"].pop()


def fewer(value: Any) -> None:
    value["proof"]["leaf"]["count"] -= 1
    drop_last(value)


def other_way(value: Any) -> None:
    value["entries"][1]["path"].reverse()


def other_index(value: Any) -> None:
    value["published"] = 0


@pytest.mark.parametrize(
    ("change", "step"),
    [
        (drop_last, "index"),
        (other_key, "index"),
        (claim_absence, "index"),
        (shorter_path, "index"),
        (fewer, "index"),
        (other_way, "inclusion"),
        (other_index, "index"),
    ],
)
def test_a_changed_proof_fails_at_its_own_step(log: Log, change: Callable[[Any], object], step: str) -> None:
    report = verify_index_proof(changed(everything(log), change), trust(log))
    assert report.exit_code == 1
    assert next(one.name for one in report if one.grade == "failed") == step


@pytest.mark.parametrize(
    "change",
    [
        lambda value: value.pop("checkpoint"),
        lambda value: value.update(checkpoint="x"),
        lambda value: value.update(more=1),
        lambda value: value.update(asks="everything"),
        lambda value: value.update(asks="silence"),
        lambda value: value["entries"].reverse(),
        lambda value: value.update(published=-1),
        lambda value: value.update(published=True),
        lambda value: value["entries"].pop(0),
        lambda value: value["entries"].append(3),
        lambda value: value["entries"][0].update(entry="e30="),
        lambda value: value["entries"][0].update(path=["AA=="]),
        lambda value: value["proof"].update(path=[""]),
        lambda value: value["proof"]["leaf"].update(key="\ud800"),
        lambda value: value.update(key="x"),
    ],
)
def test_a_proof_that_is_none_is_unreadable(log: Log, change: Callable[[Any], object]) -> None:
    assert verify_index_proof(changed(everything(log), change), trust(log)).exit_code == 2


@pytest.mark.parametrize("text", ["", "[]", "{}", "nonsense", "[" * 10_000])
def test_a_text_that_is_no_proof_is_unreadable(log: Log, text: str) -> None:
    assert verify_index_proof(text, trust(log)).exit_code == 2
