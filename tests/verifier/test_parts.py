"""The verifier's parts on their own: many proofs into one tree, time-stamp replies, archives, any damage."""

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ledger.core import canonical
from ledger.core.bundle import Bundle, format_bundle, parse_bundle
from ledger.core.entry import encode_entry
from ledger.core.merkle import Frontier, batch_inclusion_proofs, leaf_hash, verify_inclusion
from ledger.core.page import put_in_page
from ledger.core.receipt import Trust, format_trust, parse_trust
from ledger.core.refusal import Refusal
from ledger.core.report import HELD, UNCHECKED, UNREADABLE
from ledger.verifier.archive import open_archive
from ledger.verifier.audit_judging import JudgingElsewhere, JudgingHere
from ledger.verifier.bundle import verify_bundle
from ledger.verifier.command import main
from ledger.verifier.files import verify_file
from ledger.verifier.inclusion import Climb
from ledger.verifier.reading import Reading
from ledger.verifier.timestamp import read_reply
from tests.support.builder import Log, sign
from tests.support.bundles import bundle_bytes, trust
from tests.verifier.defects import (
    CORPUS,
    LETTER,
    LETTER_ID,
    WITNESS,
    Story,
    changed,
    corpus_trust,
    cosignature,
    reply,
    witness_verifier,
    zipped,
)

# --- inclusion --------------------------------------------------------------------------


@cache
def tree(size: int) -> tuple[list[bytes], list[list[bytes]], bytes]:
    leaves = [leaf_hash(b"%d" % index) for index in range(size)]
    return leaves, batch_inclusion_proofs(Frontier(), leaves), Frontier().append(leaves).frontier.root()


@pytest.mark.parametrize("size", range(1, 66))
def test_all_paths_of_a_tree_lead_to_its_root(size: int) -> None:
    leaves, paths, root = tree(size)
    climb = Climb(size, root)
    assert all(climb.leads(leaves[index], index, paths[index]) for index in range(size))


@given(size=st.integers(1, 40), data=st.data())
@settings(deadline=None, max_examples=150)
def test_many_paths_at_once_are_judged_as_each_alone(size: int, data: st.DataObject) -> None:
    leaves, paths, root = tree(size)
    climb = Climb(size, root)
    for _ in range(data.draw(st.integers(1, 12))):
        index, claimed = (data.draw(st.integers(0, size - 1)) for _ in range(2))
        path = list(paths[index])
        match data.draw(st.sampled_from(["as it is", "flipped", "shorter", "longer"])):
            case "flipped" if path:
                at = data.draw(st.integers(0, len(path) - 1))
                path[at] = bytes([path[at][0] ^ 1]) + path[at][1:]
            case "shorter":
                path = path[:-1]
            case "longer":
                path = [*path, bytes(32)]
        alone = verify_inclusion(leaves[index], claimed, size, path, root)
        assert climb.leads(leaves[index], claimed, path) == alone


# --- judged elsewhere -------------------------------------------------------------------


CHUNK = 20


@cache
def long_bundle() -> tuple[bytes, Trust]:
    """More entries than are judged in one go."""
    log = Log.opened()
    log.register("ngo")
    log.factory("toys")
    for _ in range(2 * CHUNK):
        log.say("AllegationMade", "ngo", about=["factory:toys"], claim={"issue": "osh/ppe"})
    log.index()
    return bundle_bytes(log, "factory:toys"), trust(log)


# Room that entries share: none, what some of them need, what all do.
@pytest.mark.parametrize("room", [0, 30_000, 1_000_000])
def test_processes_of_their_own_judge_a_long_bundle_as_this_one_does(
    monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    monkeypatch.setattr("ledger.verifier.bundle.CHUNK", CHUNK)
    data, root = long_bundle()
    with JudgingElsewhere(processes=2, room=room) as judging:
        report = verify_bundle(data, root, judging=judging)
    assert report == verify_bundle(data, root)
    assert report.exit_code == 0
    assert report.step("signatures").counts == {"good": 2 * CHUNK + 7}


def test_turns_of_the_interpreter_are_short_while_others_judge_and_then_as_before() -> None:
    before = sys.getswitchinterval()
    with JudgingElsewhere(processes=1):
        assert sys.getswitchinterval() < before / 10
    assert sys.getswitchinterval() == before


def test_entries_laid_down_are_judged_as_those_sent_are() -> None:
    data, root = long_bundle()
    bundle = parse_bundle(data)
    entries = [entry.data for entry in bundle.entries]
    damaged = [*entries[:3], entries[3][:-2], b"", *entries[4:]]
    known = {key.id: key.public for key in Reading(data, root).keys.values()}
    expected = JudgingHere().submit(damaged, known)()
    with JudgingElsewhere(processes=2, room=sum(map(len, damaged)) + 1) as judging:
        halves = [judging.submit(part, known) for part in (damaged[:7], damaged[7:], entries)]
        assert [*halves[0](), *halves[1]()] == expected
        assert halves[2]() == [None] * len(entries)  # for which there is no room left
    assert [judged is None for judged in expected].count(False) == 2


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.jsonl")), ids=lambda path: path.stem)
def test_a_report_does_not_depend_on_who_judges(path: Path) -> None:
    root = parse_trust((CORPUS / "trust.json").read_text())
    data = path.read_bytes()
    assert verify_bundle(data, root, judging=JudgingHere()) == verify_bundle(data, root)


# --- time-stamps, witnesses, archives ---------------------------------------------------


def test_a_reply_says_what_was_stamped_and_when() -> None:
    stamp = read_reply(reply(b"a checkpoint", time="20260105090100Z"))
    assert stamp.is_of(b"a checkpoint")
    assert not stamp.is_of(b"another")
    assert stamp.time == "20260105090100Z"


def test_a_damaged_reply_raises_nothing_but_refusals() -> None:
    good = reply(b"a checkpoint")
    for at in range(len(good)):
        for damaged in (good[:at], good[:at] + bytes([good[at] ^ 0x81]) + good[at + 1 :]):
            with suppress(Refusal):
                read_reply(damaged)


def test_an_auditor_who_cosigns_vouches_for_completeness() -> None:
    story = Story()
    story.index()
    note = story.note(witness=None)
    text = note.rpartition("\n\n")[0] + "\n"
    policy = f"log {corpus_trust().vkey}\nwitness auditor-1 {witness_verifier().vkey}\nquorum none\n"
    root = Trust(corpus_trust().origin, corpus_trust().genesis, corpus_trust().vkey, policy)
    vouched = format_bundle(story.bundle(note + cosignature(text, WITNESS)))
    assert verify_bundle(vouched, root).verdict.endswith(", audited")
    assert verify_bundle(format_bundle(story.bundle(note)), root).verdict.endswith(", operator's claim")


STRANGE = [["other.jsonl"], ["bundle.jsonl", "documents/letter"], ["bundle.jsonl", "x"]]


@pytest.mark.parametrize("names", STRANGE)
def test_a_zip_of_anything_else_is_no_bundle(names: list[str]) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, b"")
    with pytest.raises(Refusal, match="bad-bundle"):
        open_archive(out.getvalue())


def test_a_damaged_zip_raises_nothing_but_refusals() -> None:
    good = (CORPUS / "sound-with-documents.zip").read_bytes()
    directory = good.index(b"PK\x01\x02")
    for at in [*range(120), *range(directory, len(good))]:
        for bit in (1, 4, 64, 128):
            with suppress(Refusal):
                open_archive(good[:at] + bytes([good[at] ^ bit]) + good[at + 1 :])


def test_nothing_compressed_is_unpacked() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bundle.jsonl", b"0" * 1_000_000)
    with pytest.raises(Refusal, match="compressed"):
        open_archive(out.getvalue())


def test_documents_are_counted_as_match_absent_or_erased() -> None:
    story = Story()
    root = parse_trust((CORPUS / "trust.json").read_text())
    data, documents = open_archive(zipped(story.bundle(), {LETTER_ID: LETTER}))
    held = verify_bundle(data, root, documents).step("documents")
    assert (held.grade, held.counts["match"]) == (HELD, 1)
    absent = verify_bundle(data, root, {}).step("documents")
    assert (absent.grade, absent.counts["absent"]) == (UNCHECKED, 1)


# --- damage -----------------------------------------------------------------------------


@given(at=st.floats(0, 1, exclude_max=True), byte=st.integers(0, 255))
@settings(deadline=None, max_examples=200)
def test_no_byte_of_a_bundle_can_be_changed_unnoticed(at: float, byte: int) -> None:
    data = (CORPUS / "sound.jsonl").read_bytes()
    place = int(at * len(data))
    changed = data[:place] + bytes([byte]) + data[place + 1 :]
    report = verify_bundle(changed, parse_trust((CORPUS / "trust.json").read_text()))
    assert report.exit_code in ((0,) if changed == data else (1, 2)), f"byte {place} went unnoticed"


def test_a_file_without_a_line_is_unreadable() -> None:
    for data in (b"", b"\n", b"{}\n", b"[]\n", b"PK\x03\x04", b"\xff\n"):
        report = verify_bundle(data)
        assert (report.verdict, report.exit_code) == (UNREADABLE, 2)


# --- the command ------------------------------------------------------------------------


def test_the_command_says_in_plain_words_what_it_found(capsys: pytest.CaptureFixture[str]) -> None:
    root = str(CORPUS / "trust.json")
    assert main([str(CORPUS / "allegation-withheld.jsonl"), "--trust", root]) == 1
    said = capsys.readouterr().out
    assert "Is this everything there was, or has something been left out?" in said
    assert "has 5 entries, 4 are shown" in " ".join(said.split()), said
    assert "At least one check failed" in said


def test_the_command_says_of_a_file_of_another_ledger_that_it_is_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = Log.opened(origin="other.example.org/log")
    elsewhere.factory("toys")
    elsewhere.index()
    (tmp_path / "other.json").write_text(format_trust(trust(elsewhere)))
    for file, expected in (("sound.jsonl", True), ("allegation-withheld.jsonl", False)):
        assert main([str(CORPUS / file), "--trust", str(tmp_path / "other.json")]) == 1
        said = " ".join(capsys.readouterr().out.split())
        assert ("names another ledger than the one that you trust" in said) is expected
        assert ("something here is not what it claims to be" in said) is not expected


def test_the_command_tells_of_a_key_that_has_signed_two_histories(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = parse_trust((CORPUS / "trust.json").read_text())
    (tmp_path / "other.json").write_text(format_trust(replace(own, genesis="f" * 64)))
    for file in ("sound.jsonl", "allegation-withheld.jsonl"):
        assert main([str(CORPUS / file), "--trust", str(tmp_path / "other.json")]) == 1
        assert "that key has signed two histories" in " ".join(capsys.readouterr().out.split())
    # Signed by a key that the trust file does not list.
    file = str(CORPUS / "checkpoint-by-another-key.jsonl")
    assert main([file, "--trust", str(tmp_path / "other.json"), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["outcome"] == "namesake"


def test_of_a_page_the_text_is_said_to_be_unchecked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root, page = str(CORPUS / "trust.json"), tmp_path / "dossier.html"
    inside = put_in_page((CORPUS / "sound.jsonl").read_bytes())
    page.write_text(f"<!doctype html><p>Whatever anybody likes to print.</p>{inside}")
    assert main([str(page), "--trust", root]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "14 page text unchecked" in said
    assert "Rely on nothing that the page prints" in said
    assert main([str(page), "--trust", root, "--json"]) == 0
    *own, step = json.loads(capsys.readouterr().out)["steps"]
    assert own == verify_file(CORPUS / "sound.jsonl", corpus_trust()).to_json()["steps"]
    assert (step["number"], step["grade"]) == (14, "unchecked")
    # What reads as no bundle is no page with a text, either.
    page.write_text("<!doctype html>")
    assert [step.name for step in verify_file(page, None)] == ["file"]
    page.write_text(f"<!doctype html>{put_in_page(b'nothing')}")
    assert [step.name for step in verify_file(page, None)] == ["file"]


def test_the_command_gives_programs_the_counts(capsys: pytest.CaptureFixture[str]) -> None:
    root = str(CORPUS / "trust.json")
    assert main([str(CORPUS / "sound-with-a-text-erased.jsonl"), "--trust", root, "--json"]) == 0
    steps = {step["name"]: step for step in json.loads(capsys.readouterr().out)["steps"]}
    assert steps["disclosures"]["counts"] == {"held": 2, "withheld": 0, "erased": 1}


def test_a_file_of_any_other_kind_is_called_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "letter.txt").write_text("Dear auditor,\n")
    assert main([str(tmp_path / "letter.txt")]) == 2
    assert "this is no bundle, dossier, receipt or proof file" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("name", ["nothing.jsonl", "nothing", "8.entry"])
def test_a_missing_file_is_exit_code_2_and_called_as_it_was_given(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    assert main([str(path), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["steps"][0]["detail"] == f"{path}: No such file or directory"


def test_the_half_of_a_receipt_that_is_missing_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "8.entry").write_bytes(b"{}")
    assert main([str(tmp_path / "8"), "--json"]) == 2
    assert f"{tmp_path / '8.tlog-proof'}: No such" in capsys.readouterr().out


# --- statements of any shape ------------------------------------------------------------

STRANGE_VALUES = st.sampled_from([[], {}, 5, "x", True, ["x"], {"a": 1}, "", -1, "statement:" + "0" * 64])


@cache
def sound() -> tuple[Story, Bundle]:
    story = Story()
    return story, story.bundle()


def paths(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield here
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for step, member in members:
        yield from paths(member, (*here, step))


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    members = value.items() if isinstance(value, dict) else enumerate(value)
    after = [(step, put(member, path[1:], new) if step == path[0] else member) for step, member in members]
    return dict(after) if isinstance(value, dict) else [member for _, member in after]


@given(data=st.data())
@settings(deadline=None, max_examples=60)
def test_a_statement_of_any_shape_is_judged_and_never_raises(data: st.DataObject) -> None:
    story, bundle = sound()
    recorded = data.draw(st.sampled_from([story.log.recorded[one.index] for one in bundle.entries]))
    value = canonical.decode(recorded.statement.payload)
    path = data.draw(st.sampled_from(list(paths(value))))
    payload = canonical.encode(put(value, path, data.draw(STRANGE_VALUES)))
    assume(payload != recorded.statement.payload)
    entry = encode_entry(sign(payload, story.log.keys["ngo"]), recorded.recorded_at)
    made = format_bundle(changed(bundle, recorded.index, data=entry))
    report = verify_bundle(made, corpus_trust())
    assert report.exit_code == 1
    assert report == verify_bundle(made, corpus_trust(), judging=JudgingHere())
