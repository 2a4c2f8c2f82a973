"""The auditor's edge: folders and web servers, the state file, both command lines, and watching."""

from __future__ import annotations

import gzip
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from ledger.core.receipt import format_trust
from ledger.core.tiles import LogFiles
from ledger.verifier import audit_command, audit_files
from ledger.verifier.audit import Auditor
from ledger.verifier.audit_command import Audit, Result, event_json, watch_lines
from ledger.verifier.audit_events import Alarm
from ledger.verifier.audit_files import (
    FilesUnreachable,
    Folder,
    ReadAhead,
    Web,
    log_files,
    read_kept,
    write_kept,
)
from ledger.verifier.audit_kept import nothing_kept
from ledger.verifier.command import main
from ledger.verifier.files import Unreadable
from tests.acceptance.conftest import evidence
from tests.support.builder import Log
from tests.support.dishonest import write_files
from tests.support.public_files import Files, publish, trust_of
from tests.support.requirements import missing
from tests.verifier.test_audit import allege, small_log


@pytest.fixture(scope="module")
def log() -> Log:
    return small_log(4, "demo")


@pytest.fixture(scope="module")
def long_log() -> Log:
    """Two full bundles and some more."""
    log = small_log(0, "demo")
    allege(log, 520)
    return log


@pytest.fixture
def place(log: Log, tmp_path: Path) -> Path:
    """A folder with the log's public files in `log` and its trust file beside it."""
    write_files(publish(log.entries), tmp_path / "log")
    (tmp_path / "trust.json").write_text(format_trust(trust_of(log)))
    return tmp_path


class Server:
    """Serves files over HTTP on the loopback; `answers` are what it says before it does."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.answers: list[int] = []
        self.absent = 404
        self.asked: list[str] = []

    def answer(self, path: str) -> tuple[int, bytes]:
        self.asked.append(path)
        if self.answers:
            return self.answers.pop(0), b""
        data = self.files.read(path)
        return (self.absent, b"") if data is None else (200, data)


@contextmanager
def serving(files: Files, headers: Mapping[str, str] | None = None) -> Iterator[tuple[Server, str]]:
    server = Server(files)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            code, data = server.answer(self.path.removeprefix("/log/"))
            self.send_response(code)
            for name, value in {"Content-Length": str(len(data)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        yield server, f"http://127.0.0.1:{http.server_port}/log/"
        http.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_files, "WAIT", 0.001)


# --- where the files lie ----------------------------------------------------------------


def test_a_folder_and_a_web_server_show_the_same_log(log: Log, place: Path) -> None:
    with serving(publish(log.entries)) as (_, address):
        for files in (Folder(place / "log"), Web(address)):
            (*_, looked) = Auditor(trust_of(log)).look(files, log.now)
            assert looked.to_json() == {"size": len(log.entries), "judged": len(log.entries), "alarms": 0}
            assert files.read("tile/0/001") is None


def test_a_server_that_falters_is_asked_again(log: Log) -> None:
    with serving(publish(log.entries)) as (server, address):
        server.answers = [503, 500]
        assert Web(address).read("checkpoint")
        assert server.asked == ["checkpoint"] * 3


def test_a_server_that_keeps_failing_says_nothing_about_the_log(log: Log) -> None:
    with serving(publish(log.entries)) as (server, address):
        server.answers = [500] * audit_files.TRIES
        with pytest.raises(FilesUnreachable, match="500"):
            Web(address).read("checkpoint")


def test_a_bucket_that_nobody_may_list_forbids_what_is_not_there(log: Log) -> None:
    size = len(log.entries)
    files = publish(log.entries)
    with serving(files) as (server, address):
        server.absent = 403
        with pytest.raises(FilesUnreachable, match="403"):
            Web(address).read("tile/entries/000")  # nobody knows yet whether it lets anybody read
        bucket = Web(address)
        (*_, looked) = Auditor(trust_of(log)).look(bucket, log.now)
        assert looked.to_json() == {"size": size, "judged": size, "alarms": 0}
        del files[f"tile/entries/000.p/{size}"]
        (alarm, _) = Auditor(trust_of(log)).look(bucket, log.now)
        assert isinstance(alarm, Alarm)
        assert alarm.code == "file-missing"
        assert server.asked[-2:] == [f"tile/entries/000.p/{size}", "tile/entries/000"]


def test_a_bucket_that_nobody_may_read_is_no_missing_log(log: Log) -> None:
    with serving(Files()) as (server, address):
        server.absent = 403
        with pytest.raises(FilesUnreachable, match="403"):
            list(Auditor(trust_of(log)).look(Web(address), log.now))


def test_a_server_that_sends_without_end_is_not_listened_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_files, "FILE_LIMIT", 10)
    with serving(Files(checkpoint=b"x" * 11)) as (_, address), pytest.raises(FilesUnreachable):
        Web(address).read("checkpoint")


def test_a_bucket_may_hand_out_bundles_packed(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    files = publish(log.entries)
    packed = Files({path: gzip.compress(data) for path, data in files.items()})
    with serving(packed, {"Content-Encoding": "gzip"}) as (_, address):
        assert Web(address).read("checkpoint") == files["checkpoint"]
        packed["checkpoint"] = gzip.compress(bytes(5_000))
        monkeypatch.setattr(audit_files, "FILE_LIMIT", 1_000)
        with pytest.raises(FilesUnreachable, match="more than 1000 bytes"):
            Web(address).read("checkpoint")


def test_nobody_listening_is_unreachable() -> None:
    with pytest.raises(FilesUnreachable):
        Web("http://127.0.0.1:9/").read("checkpoint")


@pytest.mark.parametrize("nowhere", ["/nowhere/at/all", "ftp://example.org/log", "file:///etc"])
def test_only_folders_and_web_addresses_are_places(nowhere: str) -> None:
    with pytest.raises(Unreadable):
        log_files(nowhere)


class Recording(Files):
    """Notes what is asked for."""

    def __init__(self, files: Files) -> None:
        super().__init__(files)
        self.asked: list[str] = []

    def read(self, path: str) -> bytes | None:
        self.asked.append(path)
        return super().read(path)


def test_reading_ahead_shows_the_same_files(long_log: Log) -> None:
    whole = publish(long_log.entries)
    with closing(ReadAhead(recording := Recording(whole))) as files:
        for _ in range(2):
            *_, looked = Auditor(trust_of(long_log)).look(files, long_log.now)
            assert looked.to_json()["judged"] == len(long_log.entries)
    assert recording.asked.count("checkpoint") == 2
    assert recording.asked.count("tile/entries/000") == 2
    assert "tile/entries/004" in recording.asked, "one that the tree has not, asked for in advance"


def test_a_file_that_came_after_it_was_asked_for_in_advance_is_found() -> None:
    files = Files({"tile/0/000": b"a"})
    with closing(ReadAhead(files)) as ahead:
        assert ahead.read("tile/0/000") == b"a"
        files["tile/0/001"] = b"b"
        assert ahead.read("tile/0/001") == b"b"
        assert ahead.read("tile/0/000.p/3") is None


# --- the state file ---------------------------------------------------------------------


def test_the_state_file_reads_as_it_was_written(log: Log, tmp_path: Path) -> None:
    auditor = Auditor(trust_of(log))
    list(auditor.look(publish(log.entries), log.now))
    write_kept(tmp_path / "state", auditor.kept)
    assert read_kept(tmp_path / "state", trust_of(log)) == auditor.kept
    assert [path.name for path in tmp_path.iterdir()] == ["state"]


def test_without_a_state_file_nothing_is_kept(log: Log, tmp_path: Path) -> None:
    assert read_kept(tmp_path / "none yet", trust_of(log)) == nothing_kept(trust_of(log))
    assert read_kept(None, trust_of(log)) == nothing_kept(trust_of(log))


def test_a_state_file_that_cannot_be_read_is_no_new_beginning(log: Log, tmp_path: Path) -> None:
    """Otherwise whoever breaks the file makes the auditor forget."""
    (tmp_path / "state").write_text("{}")
    with pytest.raises(Unreadable):
        read_kept(tmp_path / "state", trust_of(log))


# --- the command lines ------------------------------------------------------------------


def test_a_sound_log_is_exit_code_0(log: Log, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", str(place / "log"), "--trust", str(place / "trust.json")]) == 0
    assert capsys.readouterr().out.startswith(f"{len(log.entries)} entries audited")


def test_alarms_are_exit_code_1_in_words_and_in_json(
    log: Log, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_files(publish([*log.entries, log.entries[-1]]), place / "log")
    command = ["audit", str(place / "log"), "--trust", str(place / "trust.json")]
    assert main(command) == 1
    assert capsys.readouterr().out.startswith(f"ALARM rules statement-known entry {len(log.entries)}:")
    assert main([*command, "--json"]) == 1
    value = json.loads(capsys.readouterr().out)
    assert (value["exitCode"], value["size"], value["judged"]) == (1, len(log.entries) + 1, len(log.entries))
    assert [alarm["code"] for alarm in value["alarms"]] == ["statement-known"]


def test_what_cannot_be_read_is_exit_code_2(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trust = ["--trust", str(place / "trust.json")]
    assert main(["audit", str(place / "nothing"), *trust]) == 2
    assert main(["audit", str(place / "log"), "--trust", str(place / "nothing")]) == 2
    assert main(["audit", "http://127.0.0.1:9/", *trust]) == 2
    assert capsys.readouterr().err.count("\n") == 3


def test_a_state_file_that_cannot_be_written_is_no_alarm(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["audit", str(place / "log"), "--trust", str(place / "trust.json")]
    state = place / "nowhere" / "state.json"
    assert main([*command, "--state", str(state)]) == 2
    assert capsys.readouterr().err == (
        f"evidence-verify: {state}: No such file or directory - name a file that can be written\n"
    )
    assert evidence(*command, "--state", state).code == 2


@pytest.mark.parametrize("every", ["0", "-1", "nan", "inf", "soon"])
def test_a_watch_that_would_never_rest_or_never_look_again_is_refused(every: str, place: Path) -> None:
    command = ["audit", str(place / "log"), "--trust", str(place / "trust.json"), "--watch", "--every", every]
    with pytest.raises(SystemExit) as ended:
        main(command)
    assert ended.value.code == 2
    assert evidence(*command).code == 2


def test_a_report_that_cannot_be_written_down_says_so_and_is_no_verdict(place: Path) -> None:
    if not Path("/dev/full").exists():
        missing("there is no /dev/full to write to")
    command = [sys.executable, "-m", "ledger.verifier.command"]
    command += ["audit", str(place / "log"), "--trust", str(place / "trust.json")]
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (ran.returncode, ran.stderr.count("\n")) == (2, 1)
    assert ran.stderr.startswith("evidence-verify: No space left on device - ")


def test_evidence_audit_is_the_same_code(log: Log, place: Path) -> None:
    trust, state = place / "trust.json", place / "state.json"
    ran = evidence("audit", place / "log", "--trust", trust, "--state", state, "--json")
    assert (ran.code, ran.err) == (0, "")
    assert ran.json() == {"size": len(log.entries), "judged": len(log.entries), "exitCode": 0, "alarms": []}
    write_files(publish(log.entries[:-1]), place / "log")
    ran = evidence("audit", place / "log", "--trust", trust, "--state", state)
    assert ran.code == 1
    assert ran.out.startswith("ALARM history rollback")
    assert ran.out.endswith("no entries read; alarms: 1.\n")
    assert evidence("audit", "http://127.0.0.1:9/", "--trust", trust).code == 2
    assert evidence("audit", place / "log", "--trust", trust, "--watch", "--every", "0").code == 2


def test_the_distribution_audits_beside_pynacl_alone(log: Log, place: Path, verifier_home: Path) -> None:
    command = [verifier_home / "evidence-verify", "audit", place / "log", "--trust", place / "trust.json"]
    ran = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith(f"{len(log.entries)} entries audited")


def test_the_distribution_shares_work_out_among_processes(log: Log, verifier_home: Path) -> None:
    code = (
        "from evidence_verify.verifier.audit_judging import JudgingElsewhere\n"
        "if __name__ == '__main__':\n"
        "    with JudgingElsewhere(2) as judging:\n"
        "        print(judging.submit([b'no entry'], {})()[0].step)"
    )
    ran = subprocess.run(
        [str(verifier_home / "python"), "-I", "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.stdout, ran.stderr) == ("bytes\n", "")


def test_a_long_log_is_judged_in_other_processes(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_command, "FEW_ENTRIES", len(log.entries))
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    with audit_command.judging_for(publish(log.entries)) as judging:
        (*_, looked) = Auditor(trust_of(log), None, judging).look(publish(log.entries), log.now)
    assert looked.to_json() == {"size": len(log.entries), "judged": len(log.entries), "alarms": 0}


# --- watching ---------------------------------------------------------------------------


class Shown:
    """`LogFiles` that an operator changes between two looks; None while its server is down."""

    def __init__(self, *states: Files | None) -> None:
        self._states = list(states)
        self._now: Files | None = None

    def read(self, path: str) -> bytes | None:
        if path == "checkpoint":
            self._now = self._states.pop(0)
        if self._now is None:
            raise FilesUnreachable("the server is down", "wait")
        return self._now.read(path)


def watched(log: Log, state: Path, *states: Files | None) -> list[object]:
    """What a watch says of each state: its fresh alarms' codes, or that it could not look."""
    return [
        [alarm.code for alarm in one.fresh] if isinstance(one, Result) else "down"
        for one in results(log, state, *states)
    ]


def results(log: Log, state: Path, *states: Files | None) -> list[Result | FilesUnreachable]:
    files: LogFiles = Shown(*states)
    audit = Audit(files, Auditor(trust_of(log), read_kept(state, trust_of(log))), state)
    watch = audit.watch(0.0, lambda done, total: None)
    return [next(watch) for _ in states]


def test_a_watch_names_what_happens_when_it_happens_and_once(log: Log, tmp_path: Path) -> None:
    whole, half = publish(log.entries), publish(log.entries[:5])
    wrong = publish([*log.entries, log.entries[-1]])
    said = watched(log, tmp_path / "state", half, whole, None, half, half, whole, wrong, wrong)
    assert said == [[], [], "down", ["rollback"], [], [], ["statement-known"], []]


def test_an_alarm_stands_for_as_long_as_what_it_names(log: Log, tmp_path: Path) -> None:
    whole, half = publish(log.entries), publish(log.entries[:5])
    said = results(log, tmp_path / "state", whole, half, None, half, whole)
    looks = [one for one in said if isinstance(one, Result)]
    assert [[alarm.code for alarm in one.alarms] for one in looks] == [[], ["rollback"], ["rollback"], []]
    assert [one.exit_code for one in looks] == [0, 1, 1, 0]
    assert [one.to_json()["alarms"][0].get("standing") for one in looks[1:3]] == [None, True]
    told = [[line[21:] for line in watch_lines(one)] for one in looks]
    assert told[1][0].startswith("ALARM history rollback entry 5:")
    assert told[1][1:] == told[2] == ["no entries read, alarms standing: 1"]
    assert told[0] == told[3] == [f"{len(log.entries)} entries"]


def test_a_broken_rule_stands_in_a_running_watch(log: Log, tmp_path: Path) -> None:
    wrong = publish([*log.entries, log.entries[-1]])
    *_, last = results(log, tmp_path / "state", wrong, wrong, wrong)
    assert isinstance(last, Result)
    size = len(log.entries)
    assert [line[21:] for line in watch_lines(last)] == [
        f"{size + 1} entries, {size} hold, alarms standing: 1"
    ]
    assert json.loads(event_json(last))["exitCode"] == 1


def test_a_watch_that_is_started_again_remembers(log: Log, tmp_path: Path) -> None:
    state = tmp_path / "state"
    assert watched(log, state, publish(log.entries)) == [[]]
    assert watched(log, state, publish(log.entries[:3])) == [["rollback"]]


def test_a_split_view_is_named_in_a_running_watch_with_its_place(log: Log, tmp_path: Path) -> None:
    other = small_log(3, "demo")
    other.say("AllegationMade", "ngo", about=["factory:works"], claim={"issue": "osh/heat"})
    for _ in range(2):
        other.say("CommentInvited", "ngo", about=["factory:works"], claim={"addressees": ["factory:works"]})
    audit = Audit(
        Shown(publish(log.entries), publish(other.entries)), Auditor(trust_of(log)), tmp_path / "state"
    )
    watch = audit.watch(0.0, lambda done, total: None)
    next(watch)
    result = next(watch)
    assert isinstance(result, Result)
    assert [(alarm.code, alarm.position) for alarm in result.alarms] == [("split-view", 6)]


def test_a_watch_prints_a_line_for_each_look(log: Log, place: Path) -> None:
    """As a process, ended as its user ends it."""
    command = [
        sys.executable,
        "-m",
        "ledger.verifier.command",
        "audit",
        str(place / "log"),
        "--trust",
        str(place / "trust.json"),
        "--watch",
        "--every",
        "0.1",
        "--json",
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    first = json.loads(process.stdout.readline())
    assert (first["size"], first["alarms"]) == (len(log.entries), [])
    (place / "log" / "checkpoint").unlink()
    while not (said := json.loads(process.stdout.readline()))["alarms"]:
        pass
    assert [alarm["code"] for alarm in said["alarms"]] == ["checkpoint-missing"]
    process.send_signal(signal.SIGINT)
    process.stdout.close()
    assert process.wait(20) == 1
