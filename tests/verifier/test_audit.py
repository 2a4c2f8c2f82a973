"""The auditor, look by look: what it accepts, what it names, what it keeps."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence

import pytest

from ledger.core import canonical, keys
from ledger.core.checkpoint import Checkpoint
from ledger.core.entry import encode_entry
from ledger.core.merkle import Frontier, leaf_hash
from ledger.core.note import Signer, Verifier, sign_note
from ledger.core.receipt import Trust
from ledger.core.refusal import CODES, Refusal
from ledger.verifier.audit import Auditor
from ledger.verifier.audit_events import ALARMS, Alarm, Looked, Progress
from ledger.verifier.audit_judging import Judgements, JudgingElsewhere, JudgingHere
from ledger.verifier.audit_kept import Kept, format_kept, parse_kept
from tests.support.builder import LOG_KEY, ORIGIN, KeyPair, Log, log_vkey, sign
from tests.support.public_files import Files, checkpoint, publish, trust_of

MINUTE = 60_000


def small_log(allegations: int = 5, clock: str = "system") -> Log:
    log = Log.opened(clock)
    log.register("ngo")
    log.factory("works")
    allege(log, allegations)
    return log


def allege(log: Log, count: int) -> None:
    for _ in range(count):
        number = len(log.entries)
        log.say(
            "AllegationMade",
            "ngo",
            about=["factory:works"],
            claim={"issue": "osh/ppe"},
            hidden={"text": {"lang": "en", "text": f"no gloves {number}"}},
        )


@pytest.fixture(scope="module")
def long_log() -> Log:
    """More than two bundles, indexed now and then."""
    log = small_log(0)
    while len(log.entries) < 600:
        allege(log, 50)
        log.index()
    return log


def look(auditor: Auditor, files: Files, now: int) -> tuple[list[Alarm], Looked]:
    events = list(auditor.look(files, now))
    looked = events[-1]
    assert isinstance(looked, Looked)
    alarms = [event for event in events if isinstance(event, Alarm)]
    assert {alarm.code for alarm in alarms} <= ALARMS.keys() | CODES.keys()
    assert looked.alarms == len(alarms)
    return alarms, looked


def alarms_of(log: Log, files: Files, kept: Kept | None = None, trust: Trust | None = None) -> list[Alarm]:
    return look(Auditor(trust or trust_of(log), kept), files, log.now)[0]


def seen(log: Log, now: int | None = None) -> Kept:
    """What an auditor keeps who has looked at the log as it is."""
    auditor = Auditor(trust_of(log))
    alarms, looked = look(auditor, publish(log.entries), now or log.now)
    assert (alarms, looked.judged) == ([], len(log.entries))
    return auditor.kept


def codes(alarms: list[Alarm]) -> list[tuple[str, int | None]]:
    return [(alarm.code, alarm.position) for alarm in alarms]


# --- what is sound ----------------------------------------------------------------------


@pytest.mark.parametrize("allegations", [0, 1, 252, 253, 254, 300])
def test_a_log_that_follows_the_rules_raises_no_alarm(allegations: int) -> None:
    log = small_log(allegations, "demo")
    alarms, looked = look(Auditor(trust_of(log)), publish(log.entries), log.now)
    assert alarms == []
    assert (looked.size, looked.judged) == (len(log.entries), len(log.entries))


def test_an_empty_log_is_sound() -> None:
    log = small_log(0)
    alarms, looked = look(Auditor(trust_of(log)), publish([]), log.now)
    assert (alarms, looked.size) == ([], 0)


def test_other_processes_judge_as_this_one_does(long_log: Log) -> None:
    entries = [*long_log.entries[:-3], *long_log.entries[-2:]]
    with JudgingElsewhere(2) as judging:
        shared_out = look(Auditor(trust_of(long_log), None, judging), publish(entries), long_log.now)
    assert shared_out == look(Auditor(trust_of(long_log)), publish(entries), long_log.now)
    assert shared_out[0], "this log has one entry less than it should"


def test_progress_goes_up_to_the_size_of_the_checkpoint(long_log: Log) -> None:
    events = Auditor(trust_of(long_log)).look(publish(long_log.entries), long_log.now)
    steps = [event for event in events if isinstance(event, Progress)]
    assert [step.done for step in steps] == [256, 512, len(long_log.entries)]
    assert {step.total for step in steps} == {len(long_log.entries)}


def test_a_log_may_grow_between_two_looks_of_one_auditor(long_log: Log) -> None:
    auditor = Auditor(trust_of(long_log))
    files = Files()
    for size in (1, 2, 200, 256, 257, 511, len(long_log.entries)):
        files = publish(long_log.entries[:size], onto=files)
        alarms, looked = look(auditor, files, long_log.now - 3_600_000)
        assert [alarm for alarm in alarms if alarm.step != "time"] == []
        assert (looked.size, looked.judged) == (size, size)


# --- what is kept -----------------------------------------------------------------------


def test_what_is_kept_reads_as_it_was_written(long_log: Log) -> None:
    kept = seen(long_log)
    assert len(kept.judged.bundles) == 2
    assert kept.judged.size == len(long_log.entries)
    assert parse_kept(format_kept(kept), trust_of(long_log)) == kept


def test_state_of_another_log_is_refused() -> None:
    log = small_log()
    text = format_kept(seen(log))
    elsewhere = Trust(ORIGIN, "f" * 64, log_vkey(), trust_of(log).policy)
    with pytest.raises(Refusal, match="bad-audit-state"):
        parse_kept(text, elsewhere)


@pytest.mark.parametrize("size", [1, 100, 256, 300, 512, 600])
def test_a_later_audit_goes_on_where_the_earlier_one_ended(long_log: Log, size: int) -> None:
    auditor = Auditor(trust_of(long_log))
    look(auditor, publish(long_log.entries[:size]), long_log.now)
    counting = Counting()
    later = Auditor(trust_of(long_log), parse_kept(format_kept(auditor.kept), trust_of(long_log)), counting)
    alarms, looked = look(later, publish(long_log.entries), long_log.now)
    assert [alarm for alarm in alarms if alarm.step != "time"] == []
    assert looked.judged == len(long_log.entries)
    assert counting.judged == len(long_log.entries) - size


class Counting(JudgingHere):
    """Judges here, and counts."""

    def __init__(self) -> None:
        self.judged = 0

    def submit(self, entries: Sequence[bytes], known: Mapping[str, bytes]) -> Callable[[], Judgements]:
        self.judged += len(entries)
        return super().submit(entries, known)


def test_an_interrupted_audit_keeps_what_it_judged_and_no_checkpoint(long_log: Log) -> None:
    auditor = Auditor(trust_of(long_log))
    events = auditor.look(publish(long_log.entries), long_log.now)
    assert next(events) == Progress(256, len(long_log.entries))
    kept = auditor.kept
    assert (kept.checkpoint, kept.judged.size) == ("", 256)
    counting = Counting()
    later = Auditor(trust_of(long_log), kept, counting)
    assert look(later, publish(long_log.entries), long_log.now)[1].judged == len(long_log.entries)
    assert counting.judged == len(long_log.entries) - 256


def test_the_checkpoint_is_kept_only_after_the_scan(long_log: Log) -> None:
    auditor = Auditor(trust_of(long_log))
    events = auditor.look(publish(long_log.entries), long_log.now)
    while not isinstance(next(events), Looked):
        assert auditor.kept.checkpoint == "" or auditor.kept.judged.size == len(long_log.entries)
    assert auditor.kept.checkpoint == checkpoint(long_log.entries)


def test_an_entry_that_breaks_a_rule_is_named_again_at_the_next_look() -> None:
    log = small_log()
    files = publish([*log.entries, log.entries[3]])
    auditor = Auditor(trust_of(log))
    first = look(auditor, files, log.now)[0]
    assert codes(first) == [("time-decreased", 8)]
    assert codes(alarms_of(log, files, auditor.kept)) == codes(first)


def test_a_running_auditor_names_at_each_look_what_still_is_wrong() -> None:
    log = small_log()
    broken = publish([*log.entries, log.entries[3]])
    auditor = Auditor(trust_of(log))
    looks = [look(auditor, broken, log.now) for _ in range(3)]
    assert [codes(alarms) for alarms, _ in looks] == [[("time-decreased", 8)]] * 3
    assert [(looked.size, looked.judged) for _, looked in looks] == [(9, 8)] * 3


def test_a_split_view_stands_in_a_running_auditor() -> None:
    log, other = small_log(), small_log(3)
    other.say("AllegationMade", "ngo", about=["factory:works"], claim={"issue": "osh/heat"})
    allege(other, 3)
    auditor = Auditor(trust_of(log))
    look(auditor, publish(log.entries), log.now)
    for _ in range(2):
        alarms, _ = look(auditor, publish(other.entries), other.now)
        assert ("split-view", 6) in codes(alarms)


def test_a_wrong_file_is_named_until_it_is_mended(long_log: Log) -> None:
    whole = publish(long_log.entries)
    wrong = whole.copy()
    wrong["tile/1/000.p/2"] = bytes(64)
    auditor = Auditor(trust_of(long_log))
    said = [look(auditor, files, long_log.now)[0] for files in (wrong, wrong, whole, whole)]
    assert [[alarm.code for alarm in alarms if alarm.step != "time"] for alarms in said] == [
        ["file-wrong"],
        ["file-wrong"],
        [],
        [],
    ]


# --- checkpoints ------------------------------------------------------------------------


def test_a_log_without_a_checkpoint_is_named() -> None:
    assert codes(alarms_of(small_log(), Files())) == [("checkpoint-missing", None)]


@pytest.mark.parametrize("note", [b"", b"\xff", b"no note", b"a\n1\nAAAA\n\nno line\n"])
def test_what_is_no_checkpoint_is_named(note: bytes) -> None:
    assert codes(alarms_of(small_log(), Files(checkpoint=note))) == [("checkpoint-unreadable", None)]


def test_a_checkpoint_of_another_log_is_named() -> None:
    log = small_log()
    files = publish(log.entries) | {
        "checkpoint": checkpoint(log.entries, origin="elsewhere.example").encode()
    }
    assert codes(alarms_of(log, Files(files))) == [("foreign-log", None)]


def test_a_log_with_another_genesis_is_named() -> None:
    log = small_log()
    trust = Trust(ORIGIN, "f" * 64, log_vkey(), trust_of(log).policy)
    assert ("foreign-log", 0) in codes(alarms_of(log, publish(log.entries), trust=trust))


def test_a_checkpoint_signed_by_a_stranger_is_named() -> None:
    log = small_log()
    assert codes(alarms_of(log, publish(log.entries, KeyPair("stranger")))) == [("checkpoint-unsigned", None)]


def test_a_bad_signature_of_the_log_is_named() -> None:
    log = small_log()
    files = publish(log.entries)
    note = files["checkpoint"].decode()
    files["checkpoint"] = (note[:-10] + ("A" if note[-10] != "A" else "B") + note[-9:]).encode()
    assert codes(alarms_of(log, files)) == [("checkpoint-unsigned", None)]


def test_a_quorum_that_is_missing_is_named_and_the_checkpoint_kept() -> None:
    log = small_log()
    witness = Verifier("witness.example", 4, KeyPair("witness").public)
    policy = f"log {log_vkey()}\nwitness w {witness.vkey}\nquorum w\n"
    auditor = Auditor(trust_of(log, policy))
    assert codes(look(auditor, publish(log.entries), log.now)[0]) == [("quorum-missing", None)]
    assert auditor.kept.checkpoint


def test_a_cosigned_checkpoint_satisfies_the_policy() -> None:
    log = small_log()
    witness = KeyPair("witness")
    vkey = Verifier("witness.example", 4, witness.public)
    policy = f"log {log_vkey()}\nwitness w {vkey.vkey}\nquorum w\n"
    files = publish(log.entries)
    files["checkpoint"] = cosigned(files["checkpoint"].decode(), witness, vkey).encode()
    assert alarms_of(log, files, trust=trust_of(log, policy)) == []


def cosigned(note: str, witness: KeyPair, vkey: Verifier) -> str:
    text = note.partition("\n\n")[0] + "\n"
    message = f"cosignature/v1\ntime 1700000000\n{text}".encode()
    line = vkey.key_hash + (1_700_000_000).to_bytes(8, "big") + keys.sign(witness.seed, message)
    return f"{note}— {vkey.name} {b64encode(line).decode()}\n"


# --- the log's keys ---------------------------------------------------------------------


NEW_LOG_KEY = KeyPair("new log key")


def new_vkey() -> str:
    return Signer(ORIGIN, NEW_LOG_KEY.seed).verifier.vkey


def amended(log: Log, *vkeys: str) -> None:
    log.say("LedgerAmended", "operator", about=["ledger:main"], claim={"logKeys": sorted(vkeys)})


def test_both_keys_sign_while_both_are_in_force() -> None:
    log = small_log()
    amended(log, log_vkey(), new_vkey())
    assert alarms_of(log, publish(log.entries, LOG_KEY, NEW_LOG_KEY)) == []
    assert codes(alarms_of(log, publish(log.entries))) == [("checkpoint-unsigned", None)]


def test_a_new_key_is_known_from_the_log_itself() -> None:
    log = small_log()
    amended(log, log_vkey(), new_vkey())
    amended(log, new_vkey())
    assert alarms_of(log, publish(log.entries, NEW_LOG_KEY)) == []


def test_a_retired_key_signs_no_more() -> None:
    log = small_log()
    amended(log, new_vkey())
    assert codes(alarms_of(log, publish(log.entries))) == [("checkpoint-unsigned", None)]


def test_after_a_rotation_history_is_still_compared() -> None:
    log = small_log()
    amended(log, log_vkey(), new_vkey())
    amended(log, new_vkey())
    auditor = Auditor(trust_of(log))
    look(auditor, publish(log.entries, NEW_LOG_KEY), log.now)
    forked = [*log.entries[:-3], *log.entries[-2:]]
    found = alarms_of(log, publish(forked, NEW_LOG_KEY), auditor.kept)
    assert codes(found) == [("rollback", len(forked))]


def test_a_stranger_cannot_make_the_log_look_rolled_back() -> None:
    log = small_log()
    found = alarms_of(log, publish(log.entries[:-1], KeyPair("stranger")), seen(log))
    assert codes(found) == [("checkpoint-unsigned", None)]


# --- files ------------------------------------------------------------------------------


def test_each_missing_file_is_named(long_log: Log) -> None:
    whole = publish(long_log.entries)
    for path in whole.keys() - {"checkpoint"}:
        files = whole.copy()
        del files[path]
        found = alarms_of(long_log, files)
        assert {alarm.code for alarm in found} == {"file-missing"}, path
        assert path in found[0].what


def test_one_wrong_byte_in_any_file_is_named(long_log: Log) -> None:
    whole = publish(long_log.entries)
    for path in whole:
        files = whole.copy()
        data = bytearray(files[path])
        data[len(data) // 2] ^= 1
        files[path] = bytes(data)
        assert alarms_of(long_log, files), path


def test_a_full_file_serves_where_the_partial_one_is_gone(long_log: Log) -> None:
    files = publish(long_log.entries[:300]) | publish(long_log.entries)
    note = checkpoint(long_log.entries[:300]).encode()
    pruned = Files({path: data for path, data in files.items() if ".p/44" not in path} | {"checkpoint": note})
    assert [a for a in alarms_of(long_log, pruned) if a.step != "time"] == []


# --- time -------------------------------------------------------------------------------


def test_an_entry_from_the_future_is_named() -> None:
    log = small_log()
    found = look(Auditor(trust_of(log)), publish(log.entries), log.now - 10 * MINUTE)[0]
    assert codes(found)[0] == ("clock-ahead", 0)
    assert {alarm.code for alarm in found} == {"clock-ahead"}


def test_a_missing_index_is_named_with_the_first_entry_that_waits() -> None:
    log = small_log()
    log.index(4)
    assert alarms_of(log, publish(log.entries)) == []
    found = look(Auditor(trust_of(log)), publish(log.entries), log.now + 3 * MINUTE)[0]
    assert codes(found) == [("index-late", 4)]


def test_an_index_statement_that_came_late_is_named_once() -> None:
    log = small_log()
    log.now += 5 * MINUTE
    log.index()
    auditor = Auditor(trust_of(log))
    assert codes(look(auditor, publish(log.entries), log.now)[0]) == [("index-late", 0)]
    assert look(auditor, publish(log.entries), log.now)[0] == []
    assert alarms_of(log, publish(log.entries), auditor.kept) == []


def test_an_entry_that_the_last_checkpoint_seen_had_to_cover_is_named() -> None:
    log = small_log()
    auditor = Auditor(trust_of(log))
    before = publish(log.entries)
    recorded = log.now
    allege(log, 1)
    look(auditor, before, recorded + 50_000)
    look(auditor, before, recorded + 2 * MINUTE)
    found = look(auditor, publish(log.entries), recorded + 2 * MINUTE + 1_000)[0]
    assert ("published-late", 8) in codes(found)


def test_an_entry_published_within_the_delay_is_in_time() -> None:
    log = small_log()
    auditor = Auditor(trust_of(log))
    before = publish(log.entries)
    recorded = log.now
    allege(log, 1)
    look(auditor, before, recorded + 50_000)
    assert [
        a for a in look(auditor, publish(log.entries), recorded + 70_000)[0] if a.code != "index-late"
    ] == []


def test_the_clock_of_a_demo_says_nothing_about_today() -> None:
    log = small_log(clock="demo")
    years = 365 * 24 * 60 * MINUTE
    assert look(Auditor(trust_of(log)), publish(log.entries), log.now + years)[0] == []
    assert look(Auditor(trust_of(log)), publish(log.entries), log.now - years)[0] == []


# --- later versions ---------------------------------------------------------------------


def later_version(log: Log) -> bytes:
    """A statement of version 2, signed by everybody who has to."""
    value = canonical.decode(log.recorded[-1].statement.payload)
    value["predicateType"] = "urn:evidence-ledger:v2:allegation"
    payload = canonical.encode(value)
    return encode_entry(sign(payload, log.keys["ngo"]), log.state.recorded_at)


def test_where_a_later_version_begins_the_auditor_stops_and_says_so() -> None:
    log = small_log()
    log.say("LedgerAmended", "operator", about=["ledger:main"], claim={"version": 2})
    allege(log, 1)
    entries = [*log.entries, later_version(log)]
    assert codes(alarms_of(log, publish(entries))) == [("newer-version", len(log.entries))]


def test_a_later_version_that_the_log_has_not_announced_is_a_defect() -> None:
    log = small_log()
    entries = [*log.entries, later_version(log)]
    assert codes(alarms_of(log, publish(entries))) == [("unknown-kind", len(log.entries))]


def test_a_root_that_the_entries_do_not_make_is_named_and_not_kept() -> None:
    log = small_log()
    files = publish(log.entries)
    other = Frontier().append([leaf_hash(entry) for entry in log.entries[:-1]]).frontier.root()
    text = Checkpoint(ORIGIN, len(log.entries), other).text()
    files["checkpoint"] = sign_note(text, [Signer(ORIGIN, LOG_KEY.seed)]).encode()
    auditor = Auditor(trust_of(log))
    assert codes(look(auditor, files, log.now)[0]) == [("wrong-root", None)]
    assert auditor.kept.checkpoint == ""
