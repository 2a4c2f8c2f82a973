"""The embedded server: private, durable, shared by several holders, and robust against killed processes."""

from __future__ import annotations

import os
import pwd
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ledger.store import accounts
from ledger.store.accounts import ACCOUNT_NAME, Account, account_for, bundled_binaries, reachable_binaries
from ledger.store.cluster import Cluster
from ledger.store.embedded import EmbeddedServer, EmbeddedUnavailable
from tests.support.databases import system_binaries
from tests.support.requirements import missing

ROOT = Path(__file__).parents[2]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another account")

HOLDER = """
import sys, time
from ledger.store.embedded import EmbeddedServer
with EmbeddedServer(sys.argv[1]) as server:
    print(server.url, flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def data_dir(private_dir: Path) -> Iterator[Path]:
    """Where a test's server lives; whatever the test left running is stopped."""
    yield private_dir / "postgres"
    with EmbeddedServer(private_dir / "postgres"):
        pass


def holder(data_dir: Path) -> tuple[subprocess.Popen[str], str]:
    """Another process that holds the server, and the URL it was given."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(data_dir)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def let_go(process: subprocess.Popen[str]) -> None:
    process.communicate("\n", timeout=30)


def ask(url: str, query: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(query).fetchone()  # type: ignore[call-overload]
    assert row is not None
    return row[0]


def postmaster(data_dir: Path) -> int:
    return int((data_dir / "cluster" / "postmaster.pid").read_text().split("\n", 1)[0])


def runs(data_dir: Path) -> bool:
    """Whether any process has the cluster as its working directory."""
    cluster = str(data_dir / "cluster")
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if str((process / "cwd").readlink()) == cluster:
                return True
        except OSError:
            continue
    return False


def eventually(condition: object, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


# --- private and durable ----------------------------------------------------------------


def test_what_was_committed_is_there_after_a_restart(data_dir: Path) -> None:
    with EmbeddedServer(data_dir) as server, psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS n")
    assert not runs(data_dir)
    with EmbeddedServer(data_dir) as server:
        assert ask(server.url, "SELECT n FROM kept") == 42


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
        ("data_checksums", "on"),
        ("listen_addresses", ""),
        ("server_encoding", "UTF8"),
        ("TimeZone", "UTC"),
    ],
)
def test_settings_are_durable_and_local(embedded_holder: EmbeddedServer, name: str, value: str) -> None:
    assert ask(embedded_holder.url, f"SELECT current_setting('{name}')") == value


@pytest.fixture(scope="module")
def embedded_holder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    with EmbeddedServer(tmp_path_factory.mktemp("embedded") / "postgres") as server:
        yield server


def test_text_is_ordered_by_its_bytes(embedded_holder: EmbeddedServer) -> None:
    ordered = "SELECT string_agg(x, '' ORDER BY x) FROM unnest('{é,z,A,a}'::text[]) x"
    assert ask(embedded_holder.url, ordered) == "Aazé"
    provider = "SELECT datlocprovider::text FROM pg_database WHERE datname = 'evidence'"
    assert ask(embedded_holder.url, provider) == "b"
    assert ask(embedded_holder.url, "SELECT upper('é')") == "É"


def test_the_socket_stands_in_a_folder_nobody_else_may_enter(data_dir: Path) -> None:
    with EmbeddedServer(data_dir):
        assert (data_dir / "cluster" / ".s.PGSQL.5432").is_socket()
        assert stat.S_IMODE((data_dir / "cluster").stat().st_mode) == 0o700
        assert stat.S_IMODE(data_dir.stat().st_mode) == 0o700


KNOCK = """
import os, socket, struct
os.setgroups([]); os.setgid(65534); os.setuid(65534)
knock = socket.socket(socket.AF_UNIX)
knock.connect(".s.PGSQL.5432")
body = struct.pack(">i", 196608) + b"user\\0evidence\\0database\\0evidence\\0\\0"
knock.sendall(struct.pack(">i", len(body) + 4) + body)
print(knock.recv(1000))
"""


@as_root
def test_another_account_is_refused_even_if_somebody_opens_the_folder(data_dir: Path) -> None:
    with EmbeddedServer(data_dir):
        cluster = data_dir / "cluster"
        (cluster / ".s.PGSQL.5432").chmod(0o777)
        cluster.chmod(0o711)
        # The folder is entered as root, so that the socket can be reached at all.
        done = subprocess.run(
            [sys.executable, "-c", KNOCK], cwd=cluster, capture_output=True, text=True, timeout=30
        )
        cluster.chmod(0o700)
    assert "Peer authentication failed" in done.stdout, done.stdout + done.stderr


def test_a_long_path_gets_a_short_private_socket_folder(private_dir: Path) -> None:
    data_dir = private_dir / ("long " * 30)
    with EmbeddedServer(data_dir) as server:
        assert ask(server.url, "SELECT 1") == 1
        folder = server._cluster.socket_folder if server._cluster else Path()
        assert len(str(folder)) < 60
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700


def test_a_path_with_a_comma_or_a_quote_works(private_dir: Path) -> None:
    with EmbeddedServer(private_dir / "it's, 100 %") as server:
        assert ask(server.url, "SELECT 1") == 1


def test_a_short_socket_folder_of_somebody_else_is_refused(private_dir: Path) -> None:
    stranger = Account(12345, 12345, "stranger")
    planted = Path(f"/tmp/evidence-ledger-{stranger.uid}")
    planted.mkdir(mode=0o777, exist_ok=True)
    try:
        with pytest.raises(EmbeddedUnavailable, match="nobody else may enter"):
            Cluster(private_dir / ("x" * 120) / "cluster", Path(), stranger)
    finally:
        planted.rmdir()


def test_variables_of_the_environment_do_not_redirect_it(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PGPORT", "PGHOST", "PGDATA", "PGUSER", "PGDATABASE"):
        monkeypatch.setenv(name, "1")
    with EmbeddedServer(data_dir) as server:
        assert ask(server.url, "SELECT current_user::text") == "evidence"


# --- folders ----------------------------------------------------------------------------


def test_modes_of_folders_that_exist_are_never_changed(private_dir: Path) -> None:
    outer = private_dir / "outer"
    outer.mkdir(mode=0o700)
    (outer / "data").mkdir(mode=0o755)
    (outer / "data").chmod(0o755)
    with EmbeddedServer(outer / "data") as server:
        assert ask(server.url, "SELECT 1") == 1
    assert stat.S_IMODE(outer.stat().st_mode) == 0o700
    assert stat.S_IMODE((outer / "data").stat().st_mode) == 0o755


def test_a_folder_others_may_write_to_is_refused_and_left_alone(private_dir: Path) -> None:
    private_dir.chmod(0o777)
    with pytest.raises(EmbeddedUnavailable, match="Others may write"):
        EmbeddedServer(private_dir).start()
    assert stat.S_IMODE(private_dir.stat().st_mode) == 0o777
    assert not list(private_dir.iterdir())


def test_a_file_in_place_of_the_folder_is_refused_in_one_line(private_dir: Path) -> None:
    (private_dir / "file").touch()
    with pytest.raises(EmbeddedUnavailable, match="cannot be made") as raised:
        EmbeddedServer(private_dir / "file").start()
    assert "\n" not in str(raised.value)


def test_a_crash_while_the_cluster_is_made_is_no_obstacle(data_dir: Path) -> None:
    half_made = data_dir / "cluster.new" / "base"
    half_made.mkdir(parents=True)
    data_dir.chmod(0o700)
    with EmbeddedServer(data_dir) as server:
        assert ask(server.url, "SELECT 1") == 1
    assert not half_made.exists()


@as_root
def test_root_runs_the_server_under_an_account_of_its_own(data_dir: Path) -> None:
    with EmbeddedServer(data_dir) as server:
        assert ask(server.url, "SELECT 1") == 1
        owner = pwd.getpwuid((data_dir / "cluster").stat().st_uid).pw_name
        assert owner == ACCOUNT_NAME
        status = Path(f"/proc/{postmaster(data_dir)}/status").read_text()
    assert f"Uid:\t{pwd.getpwnam(ACCOUNT_NAME).pw_uid}\t" in status


@as_root
def test_root_may_keep_its_data_under_a_folder_closed_to_all_others(private_dir: Path) -> None:
    closed = private_dir / "root only"
    closed.mkdir(mode=0o700)
    with EmbeddedServer(closed / "deep" / "postgres") as server:
        assert ask(server.url, "SELECT 1") == 1
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@as_root
def test_root_runs_the_server_of_an_ordinary_user_as_that_user(private_dir: Path) -> None:
    nobody = Account(65534, 65534, "nobody")
    data_dir = private_dir / "postgres"
    data_dir.mkdir(mode=0o700)
    Cluster(data_dir / "cluster", reachable_binaries(bundled_binaries(), nobody), nobody).create()
    with EmbeddedServer(data_dir) as server:
        assert ask(server.url, "SELECT 1") == 1
        assert Path(f"/proc/{postmaster(data_dir)}").stat().st_uid == nobody.uid


@as_root
def test_an_ordinary_user_runs_its_own_server_and_cannot_use_that_of_another(private_dir: Path) -> None:
    private_dir.chmod(0o755)
    theirs, own = private_dir / "theirs", private_dir / "own"
    own.mkdir()
    os.chown(own, 65534, 65534)
    program = f"""
import os
from pathlib import Path
from ledger.store.accounts import Account, bundled_binaries, reachable_binaries
from ledger.store.embedded import EmbeddedServer, EmbeddedUnavailable
with EmbeddedServer({str(theirs)!r}):
    pass
binaries = reachable_binaries(bundled_binaries(), Account(65534, 65534, "nobody"))
Path({str(theirs)!r}).chmod(0o711)
os.setgroups([]); os.setgid(65534); os.setuid(65534)
with EmbeddedServer({str(own / "postgres")!r}, binaries=binaries):
    print(Path({str(own / "postgres" / "cluster")!r}).owner())
try:
    EmbeddedServer({str(theirs)!r}, binaries=binaries).start()
except EmbeddedUnavailable as refused:
    print(refused)
"""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.startswith("nobody\n"), done.stderr
    assert "is not a folder you can write to" in done.stdout


@as_root
def test_binaries_closed_to_the_account_are_copied_not_opened(
    private_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "SHARED_BINARIES", private_dir / "shared")
    private_dir.chmod(0o755)
    package = bundled_binaries().parent.parent
    closed = private_dir / "closed"
    closed.mkdir(mode=0o700)
    (closed / package.name).symlink_to(package)
    (closed / f"{package.name}.libs").symlink_to(package.with_name(f"{package.name}.libs"))
    account = account_for(private_dir / "none")
    copied = reachable_binaries(closed / package.name / "pginstall18" / "bin", account)
    assert copied.is_relative_to(private_dir / "shared")
    assert " 18." in account.run([str(copied / "postgres"), "--version"], cwd="/").stdout
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert (copied / "postgres").stat().st_uid == 0
    with EmbeddedServer(private_dir / "data", binaries=copied) as server:
        assert ask(server.url, "SELECT 1") == 1


def test_the_same_adapter_runs_a_system_server(private_dir: Path) -> None:
    binaries = system_binaries() or missing("no PostgreSQL 15 or later under /usr/lib/postgresql")
    private_dir.chmod(0o711)
    (private_dir / "postgres").mkdir(mode=0o711)
    (private_dir / "postgres").chmod(0o711)
    with EmbeddedServer(private_dir / "postgres", binaries=binaries) as server:
        assert ask(server.url, "SELECT current_setting('data_checksums')") == "on"


# --- several holders --------------------------------------------------------------------


def test_the_last_of_several_holders_stops_the_server(data_dir: Path) -> None:
    first, url = holder(data_dir)
    second, same_url = holder(data_dir)
    with EmbeddedServer(data_dir) as server:
        assert server.url == url == same_url
        let_go(first)
        assert ask(server.url, "SELECT 1") == 1
    assert ask(url, "SELECT 1") == 1
    let_go(second)
    assert not runs(data_dir)


def test_two_handles_in_one_process_are_two_holders(data_dir: Path) -> None:
    with EmbeddedServer(data_dir) as outer:
        with EmbeddedServer(data_dir) as inner:
            assert inner.url == outer.url
        assert ask(outer.url, "SELECT 1") == 1
    assert not runs(data_dir)


def test_processes_that_start_at_once_share_one_server(data_dir: Path) -> None:
    processes = [holder(data_dir) for _ in range(4)]
    checkpointer = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'"
    assert len({ask(url, checkpointer) for _, url in processes}) == 1
    for process, _ in processes:
        let_go(process)
    assert not runs(data_dir)


BRIEFLY = """
import sys
import psycopg
from ledger.store.embedded import EmbeddedServer
for _ in range(4):
    with EmbeddedServer(sys.argv[1]) as server, psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
"""


def test_starts_and_stops_in_a_race_leave_no_server_and_no_failure(data_dir: Path) -> None:
    command = [sys.executable, "-c", BRIEFLY, str(data_dir)]
    racers = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    for racer in racers:
        _, errors = racer.communicate(timeout=60)
        assert racer.returncode == 0, errors
    assert not runs(data_dir)


FORKING = """
import os, sys
from ledger.store.embedded import EmbeddedServer
with EmbeddedServer(sys.argv[1]) as server:
    if os.fork() == 0:
        server.stop()
        os._exit(0)
    os.wait()
    print(os.path.exists(sys.argv[1] + "/cluster/postmaster.pid"))
"""


def test_a_forked_child_does_not_let_go_for_its_parent(data_dir: Path) -> None:
    command = [sys.executable, "-c", FORKING, str(data_dir)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout == "True\n", done.stderr
    assert not runs(data_dir)


# --- killed processes -------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_holder_that_is_told_to_end_stops_the_server(data_dir: Path, number: signal.Signals) -> None:
    process, _ = holder(data_dir)
    process.send_signal(number)
    process.communicate(timeout=30)
    assert process.returncode != 0
    assert not runs(data_dir)


def test_handlers_of_the_program_itself_are_kept(data_dir: Path) -> None:
    program = f"""
import signal
from ledger.store.embedded import EmbeddedServer
mine = lambda *_: None
signal.signal(signal.SIGTERM, mine)
with EmbeddedServer({str(data_dir)!r}):
    assert signal.getsignal(signal.SIGTERM) is mine
"""
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, timeout=60)


def test_the_default_is_back_when_no_server_is_held(data_dir: Path) -> None:
    program = f"""
import signal
from ledger.store.embedded import EmbeddedServer
with EmbeddedServer({str(data_dir)!r}), EmbeddedServer({str(data_dir)!r}):
    assert signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
"""
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, timeout=60)


def test_the_server_of_a_killed_holder_is_found_again_and_stopped_by_the_next(data_dir: Path) -> None:
    process, url = holder(data_dir)
    before = postmaster(data_dir)
    process.kill()
    process.communicate(timeout=10)
    assert runs(data_dir)
    with EmbeddedServer(data_dir) as server:
        assert server.url == url
        assert postmaster(data_dir) == before
        assert ask(server.url, "SELECT 1") == 1
    assert not runs(data_dir)


def test_a_killed_server_is_started_anew_with_all_it_had_committed(data_dir: Path) -> None:
    for count in range(1, 4):
        with EmbeddedServer(data_dir) as server:
            with psycopg.connect(server.url, autocommit=True) as connection:
                connection.execute("CREATE TABLE IF NOT EXISTS kept (n integer)")
                connection.execute("INSERT INTO kept VALUES (1)")
            os.kill(postmaster(data_dir), signal.SIGKILL)
            server.revive()
            assert ask(server.url, "SELECT count(*) FROM kept") == count


def test_a_server_killed_with_its_holder_comes_up_again_at_once(data_dir: Path) -> None:
    process, url = holder(data_dir)
    idle = psycopg.connect(url, autocommit=True)
    os.kill(postmaster(data_dir), signal.SIGKILL)
    process.kill()
    process.communicate(timeout=10)
    with EmbeddedServer(data_dir) as server:
        assert ask(server.url, "SELECT 1") == 1
    idle.close()


def test_reviving_a_living_server_changes_nothing(data_dir: Path) -> None:
    with EmbeddedServer(data_dir) as server:
        before = postmaster(data_dir)
        server.revive()
        assert postmaster(data_dir) == before


def test_a_stale_process_id_that_now_belongs_to_another_process_is_no_obstacle(data_dir: Path) -> None:
    with EmbeddedServer(data_dir):
        lines = (data_dir / "cluster" / "postmaster.pid").read_text().split("\n")
    # This test's own process lives, and is no PostgreSQL.
    for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):
        (data_dir / "cluster" / name).write_text("\n".join([str(os.getpid()), *lines[1:]]))
    (data_dir / "cluster" / ".s.PGSQL.5432").touch()
    with EmbeddedServer(data_dir) as server:
        assert ask(server.url, "SELECT 1") == 1


def test_a_zombie_postmaster_is_no_obstacle(data_dir: Path) -> None:
    with EmbeddedServer(data_dir) as server:
        lines = (data_dir / "cluster" / "postmaster.pid").read_text().split("\n")
    zombie = os.posix_spawn("/bin/true", ["true"], {})
    eventually(lambda: Path(f"/proc/{zombie}/stat").read_text().split(")")[1].split()[0] == "Z")
    try:
        (data_dir / "cluster" / "postmaster.pid").write_text("\n".join([str(zombie), *lines[1:]]))
        with EmbeddedServer(data_dir) as server:
            assert ask(server.url, "SELECT 1") == 1
    finally:
        os.waitpid(zombie, 0)


def test_a_damaged_cluster_is_reported_with_the_end_of_the_servers_log(private_dir: Path) -> None:
    with EmbeddedServer(private_dir / "postgres"):
        pass
    (private_dir / "postgres" / "cluster" / "global" / "pg_control").unlink()
    server = EmbeddedServer(private_dir / "postgres")
    with pytest.raises(EmbeddedUnavailable, match="pg_control") as raised:
        server.start()
    assert "\n" not in str(raised.value)
