"""The witness client against a witness written from the specification, over real HTTP, with every fault."""

from __future__ import annotations

import base64
import gc
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.core import merkle
from ledger.core.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from ledger.core.note import Signer, Verifier
from ledger.core.policy import Policy, parse_policy
from ledger.cosigning import PolicyUnusable, QuorumMissing, WitnessAlarm, Witnesses
from ledger.ports import Signed
from ledger.store.witness import BODY_LIMIT, FileWitnessMemory, HttpWitnesses, WitnessMemoryUnusable
from ledger.witnessing import Outage
from tests.outside.witness import server as faults
from tests.outside.witness.server import Answer, WitnessServer, serving
from tests.outside.witness.witness import Head, Witness

ORIGIN = "log.example/witnessed"
LOG = Signer(ORIGIN, bytes(range(32)))
# Seconds: what a busy machine may take to answer, and how long the tests of late answers wait.
PATIENCE, HURRY = 20.0, 0.4


class Setting:
    """A log in memory and `count` witnesses of which the policy wants `quorum`."""

    def __init__(self, folder: Path, servers: list[WitnessServer], quorum: str) -> None:
        self.servers = servers
        self.leaves: list[bytes] = []
        self.clock = 1_800_000_000.0
        self.policy_text = self._policy(quorum)
        self.memory = FileWitnessMemory(folder / "witnesses")
        self.door = HttpWitnesses(PATIENCE)
        self.own: Policy | None = None
        self.witnesses = self.restarted()
        self.grow(3)

    def restarted(self) -> Witnesses:
        """What a new process of the same log works with."""
        self.witnesses = Witnesses(
            lambda _: self.policy_text, self.nodes, self.door, self.memory, self.own, lambda: self.clock
        )
        return self.witnesses

    def wait_at_most(self, seconds: float) -> None:
        """Have every request from now on end after this time."""
        self.door.close()
        self.door = HttpWitnesses(seconds)
        self.restarted()

    def _policy(self, quorum: str) -> str:
        lines = [f"witness w{n} {each.witness.vkey} {each.url}" for n, each in enumerate(self.servers, 1)]
        names = " ".join(f"w{n}" for n in range(1, len(lines) + 1))
        group = "" if quorum == "none" else f"group all-of-them {quorum} {names}\n"
        chosen = "none" if quorum == "none" else "all-of-them"
        return f"log {LOG.verifier.vkey}\n" + "\n".join(lines) + f"\n{group}quorum {chosen}\n"

    def nodes(self, _size: int) -> merkle.HashReader:
        def read(level: int, index: int) -> bytes:
            if level == 0:
                return self.leaves[index]
            return merkle.node_hash(read(level - 1, 2 * index), read(level - 1, 2 * index + 1))

        return read

    def grow(self, count: int, label: bytes = b"") -> None:
        start = len(self.leaves)
        self.leaves += [merkle.leaf_hash(label + str(n).encode()) for n in range(start, start + count)]

    def head(self) -> tuple[int, bytes, str]:
        size = len(self.leaves)
        root = merkle.root_at(size, self.nodes(size))
        return size, root, sign_checkpoint(Checkpoint(ORIGIN, size, root), LOG)

    def cosign(self) -> str:
        return self.witnesses.cosign(*self.head())

    def cosigners(self, note: str) -> frozenset[str]:
        """Who cosigned, as a reader with the trust policy finds out."""
        policy = parse_policy(self.policy_text)
        _, opened = open_checkpoint(note, LOG.verifier, list(policy.witnesses.values()))
        return policy.cosigners(opened)

    def pass_time(self, seconds: float = 61.0) -> None:
        self.clock += seconds

    def state(self, n: int = 0) -> dict[str, object]:
        return self.witnesses.states(len(self.leaves))[n].to_json()


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Setting]:
    yield from _setting(tmp_path, 1, "all")


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Setting]:
    """Two of three make the quorum."""
    yield from _setting(tmp_path, 3, "2")


def _setting(folder: Path, count: int, quorum: str) -> Iterator[Setting]:
    with ExitStack() as stack:
        servers = []
        for n in range(count):
            witness = Witness(f"witness.example/w{n}", Ed25519PrivateKey.generate())
            witness.trust(LOG.verifier.vkey)
            servers.append(stack.enter_context(serving(witness)))
        setting = Setting(folder, servers, quorum)
        stack.callback(lambda: setting.door.close())
        yield setting


# --- 200 --------------------------------------------------------------------------------


def test_a_checkpoint_comes_back_with_a_cosignature_that_a_reader_can_verify(one: Setting) -> None:
    assert one.cosigners(one.cosign()) == {"w1"}
    assert one.servers[0].requests[0].startswith(b"old 0\n\nlog.example/witnessed\n3\n")


def test_the_next_checkpoint_comes_with_a_proof_from_the_one_before(one: Setting) -> None:
    for growth in (0, 1, 2, 7, 1, 13, 30):
        one.grow(growth)
        assert one.cosigners(one.cosign()) == {"w1"}
    assert one.servers[0].witness.heads[ORIGIN].size == len(one.leaves)


def test_a_witness_that_has_cosigned_a_checkpoint_is_not_asked_again(one: Setting) -> None:
    first = one.cosign()
    assert one.restarted().cosign(*one.head()) == first
    assert len(one.servers[0].requests) == 1


def test_signatures_of_unknown_keys_are_ignored(one: Setting) -> None:
    stranger = Witness("witness.example/other", Ed25519PrivateKey.generate())

    def more(answer: Answer, body: bytes) -> Answer:
        text = body.decode().partition("\n\n")[2].rpartition("\n\n")[0] + "\n"
        strange = (
            stranger.cosign(text, 5) + "— ml-dsa.example " + base64.b64encode(bytes(2500)).decode() + "\n"
        )
        return Answer(200, strange.encode() + answer.body)

    one.servers[0].faults.append(more)
    note = one.cosign()
    assert one.cosigners(note) == {"w1"}
    assert "other" not in note
    assert "ml-dsa" not in note


def _reversed_signature(answer: Answer, _body: bytes) -> Answer:
    name, _, encoded = answer.body.decode()[:-1].rpartition(" ")
    raw = base64.b64decode(encoded)
    bad = raw[:12] + raw[:11:-1]
    return Answer(200, f"{name} {base64.b64encode(bad).decode()}\n".encode())


def _of_another_text(text: bytes) -> faults.Fault:
    """The body hides a text of its own before its signature."""

    def fault(answer: Answer, _body: bytes) -> Answer:
        return Answer(200, text + b"\n\n" + answer.body)

    return fault


BAD_COSIGNATURES: dict[str, faults.Fault] = {
    "nothing": faults.body(b""),
    "no text": faults.body(b"\xff\xfe\n"),
    "no signature line": faults.body(b"thank you\n"),
    "no line break": lambda answer, _: Answer(200, answer.body[:-1]),
    "a bad signature of its key": _reversed_signature,
    "a good and a bad signature of its key": lambda answer, body: Answer(
        200, answer.body + _reversed_signature(answer, body).body
    ),
    "a text of its own": _of_another_text(b"more"),
    "a page of HTML": faults.body(b"<html><body>Welcome</body></html>", "text/html"),
}


@pytest.mark.parametrize("fault", BAD_COSIGNATURES.values(), ids=list(BAD_COSIGNATURES))
def test_what_is_no_good_cosignature_counts_for_nothing(one: Setting, fault: faults.Fault) -> None:
    one.servers[0].faults.append(fault)
    with pytest.raises(QuorumMissing):
        one.cosign()
    assert "cosignature" in str(one.state()["answer"]) or "not text" in str(one.state()["answer"])
    one.servers[0].faults.clear()
    one.pass_time()
    assert one.cosigners(one.cosign()) == {"w1"}


def test_a_cosignature_by_another_key_of_the_same_name_counts_for_nothing(one: Setting) -> None:
    witness = one.servers[0].witness
    witness.key = Ed25519PrivateKey.generate()
    with pytest.raises(QuorumMissing, match=r"nobody|only"):
        one.cosign()


def test_a_cosignature_of_another_tree_counts_for_nothing(one: Setting) -> None:
    witness = one.servers[0].witness
    other = Checkpoint(ORIGIN, 3, bytes(32)).text()
    one.servers[0].faults.append(lambda _answer, _body: Answer(200, witness.cosign(other).encode()))
    with pytest.raises(QuorumMissing, match="does not fit the text"):
        one.cosign()


def test_a_cosignature_without_a_time_counts_for_nothing(one: Setting) -> None:
    witness = one.servers[0].witness

    def timeless(_answer: Answer, body: bytes) -> Answer:
        text = body.decode().partition("\n\n")[2].rpartition("\n\n")[0] + "\n"
        return Answer(200, witness.cosign(text, at=0).encode())

    one.servers[0].faults.append(timeless)
    with pytest.raises(QuorumMissing, match="time is zero"):
        one.cosign()


# --- 409 --------------------------------------------------------------------------------


def test_a_log_that_forgot_its_witness_resynchronises_from_the_size_that_it_names(one: Setting) -> None:
    one.cosign()
    one.grow(5)
    one.memory.forget(one.servers[0].witness.vkey)
    assert one.cosigners(one.cosign()) == {"w1"}
    assert [body.partition(b"\n")[0] for body in one.servers[0].requests] == [b"old 0", b"old 0", b"old 3"]


def test_a_witness_that_has_seen_more_than_we_know_is_resynchronised(one: Setting) -> None:
    one.cosign()
    before = one.memory.recall(one.servers[0].witness.vkey)
    one.grow(4)
    one.cosign()
    one.memory.remember(one.servers[0].witness.vkey, before)
    one.grow(2)
    assert one.cosigners(one.cosign()) == {"w1"}


@pytest.mark.parametrize(
    ("number", "media_type"),
    [
        ("", "text/x.tlog.size"),
        ("03\n", "text/x.tlog.size"),
        ("-1\n", "text/x.tlog.size"),
        ("2", "text/x.tlog.size"),
        ("2\n\n", "text/x.tlog.size"),
        ("two\n", "text/x.tlog.size"),
        ("9" * 40 + "\n", "text/x.tlog.size"),
        ("2\n", "text/html"),
    ],
)
def test_a_conflict_without_a_proper_size_is_an_outage(one: Setting, number: str, media_type: str) -> None:
    one.servers[0].faults.append(faults.size(number, media_type))
    with pytest.raises(QuorumMissing, match="without a size"):
        one.cosign()
    assert len(one.servers[0].requests) == 1


def test_a_witness_that_contradicts_itself_is_not_asked_for_ever(one: Setting) -> None:
    one.servers[0].faults.append(faults.size("0\n"))
    with pytest.raises(QuorumMissing, match="names itself"):
        one.cosign()
    one.pass_time()
    one.grow(20)
    sizes = iter(range(5, 100))
    one.servers[0].faults[:] = [lambda answer, body: faults.size(f"{next(sizes)}\n")(answer, body)]
    with pytest.raises(QuorumMissing, match="another size 3 times"):
        one.cosign()
    assert one.state()["failures"] == 2
    assert len(one.servers[0].requests) == 1 + 3


# --- alarms -----------------------------------------------------------------------------


def test_a_witness_that_holds_another_history_is_an_alarm_that_stops_publication(three: Setting) -> None:
    three.cosign()
    held = three.servers[1].witness.heads[ORIGIN]
    three.servers[1].witness.heads[ORIGIN] = Head(held.size, bytes(32))
    three.grow(1)
    with pytest.raises(WitnessAlarm, match=r"w2.*does not continue"):
        three.cosign()
    # It stays so, also after a restart, also when the others alone would make the quorum.
    asked = [len(each.requests) for each in three.servers]
    three.pass_time(100_000)
    with pytest.raises(WitnessAlarm):
        three.restarted().cosign(*three.head())
    assert [len(each.requests) for each in three.servers] == asked


def test_a_log_that_rewrote_its_history_hears_of_it(one: Setting) -> None:
    one.cosign()
    one.leaves.clear()
    one.grow(8, b"rewritten")
    with pytest.raises(WitnessAlarm, match="does not continue"):
        one.cosign()


def test_a_witness_that_went_back_to_a_smaller_tree_is_an_alarm(one: Setting) -> None:
    one.cosign()
    held = one.servers[0].witness.heads[ORIGIN]
    one.grow(5)
    one.cosign()
    one.servers[0].witness.heads[ORIGIN] = held
    one.grow(1)
    with pytest.raises(WitnessAlarm, match="held 8 entries, now it says 3"):
        one.cosign()


def test_a_witness_that_holds_more_than_was_signed_is_an_alarm(one: Setting) -> None:
    one.grow(5)
    one.cosign()
    one.memory.forget(one.servers[0].witness.vkey)
    del one.leaves[4:]
    with pytest.raises(WitnessAlarm, match="holds 8 entries, more than the 4"):
        one.cosign()


def test_a_log_that_lost_entries_does_not_have_the_smaller_tree_cosigned(one: Setting) -> None:
    one.grow(5)
    one.cosign()
    del one.leaves[4:]
    with pytest.raises(WitnessAlarm):
        one.cosign()
    assert one.servers[0].witness.heads[ORIGIN].size == 8


def test_a_careless_witness_that_cosigns_a_smaller_tree_is_an_alarm(one: Setting) -> None:
    one.grow(5)
    one.cosign()
    del one.leaves[4:]
    one.servers[0].witness.heads.clear()
    one.servers[0].faults.append(
        lambda _a, body: Answer(
            200,
            one.servers[0]
            .witness.cosign(body.decode().partition("\n\n")[2].rpartition("\n\n")[0] + "\n")
            .encode(),
        )
    )
    with pytest.raises(WitnessAlarm, match="cosigned 8 entries, and afterwards only 4"):
        one.cosign()


def test_publication_goes_on_once_a_human_has_dismissed_the_alarm(one: Setting) -> None:
    one.servers[0].faults.append(faults.status(422))
    with pytest.raises(WitnessAlarm):
        one.cosign()
    one.servers[0].faults.clear()
    kept = one.memory.forget(one.servers[0].witness.vkey)
    assert kept is not None
    assert "does not continue" in kept.read_text()
    assert one.cosigners(one.cosign()) == {"w1"}


# --- outages ----------------------------------------------------------------------------

OUTAGES: dict[str, faults.Fault] = {
    "400": faults.status(400),
    "403": faults.status(403),
    "404": faults.status(404),
    "429": faults.status(429),
    "500": faults.status(500),
    "503 with a page": faults.status(503, b"<html>" * 100),
    "a redirect": faults.status(307, b"", ("Location", "http://127.0.0.1:9/")),
    "201": faults.status(201),
    "too late": faults.late(HURRY * 2),
    "byte by byte": faults.dripping(HURRY / 4),
    "headers line by line": faults.slow_headers(HURRY / 10),
    "torn": faults.torn,
    "endless": faults.body(b"x" * (BODY_LIMIT + 1)),
}


@pytest.mark.parametrize("fault", OUTAGES.values(), ids=list(OUTAGES))
def test_an_outage_holds_the_checkpoint_back_until_the_witness_is_back(
    one: Setting, fault: faults.Fault
) -> None:
    one.wait_at_most(HURRY)
    one.servers[0].faults.append(fault)
    with pytest.raises(QuorumMissing):
        one.cosign()
    assert one.state()["failures"] == 1
    assert one.state()["alarm"] == ""
    one.servers[0].faults.clear()
    one.wait_at_most(PATIENCE)
    one.pass_time()
    assert one.cosigners(one.cosign()) == {"w1"}
    assert one.state()["failures"] == 0


def test_a_witness_that_nobody_runs_is_an_outage(one: Setting) -> None:
    one.policy_text = one.policy_text.replace(one.servers[0].url, "http://127.0.0.1:9/nobody")
    with pytest.raises(QuorumMissing, match="cannot be reached"):
        one.cosign()


@pytest.mark.parametrize("address", ["", "not an address", "ftp://x", "http://[", "http://127.0.0.1:99999"])
def test_an_address_that_is_none_is_an_outage(address: str) -> None:
    door = HttpWitnesses(PATIENCE)
    assert isinstance(door.add_checkpoint(address, b""), Outage)
    door.close()


def test_a_client_that_nobody_uses_any_more_is_collected_without_waiting_for_its_loop() -> None:
    # Garbage is collected in any thread: in one, too, that holds a lock which the loop is waiting for.
    held, door = threading.Lock(), HttpWitnesses(PATIENCE)
    loop, thread = door._loop, door._thread
    assert isinstance(door.add_checkpoint("http://127.0.0.1:9/nobody", b""), Outage)
    with held:
        loop.call_soon_threadsafe(held.acquire)
        del door
        gc.collect()
        assert thread.is_alive()
    thread.join()
    assert loop.is_closed()


def test_a_client_that_was_never_asked_has_started_no_thread() -> None:
    door = HttpWitnesses(PATIENCE)
    loop, thread = door._loop, door._thread
    door.close()
    assert thread.ident is None
    assert loop.is_closed()


def test_pauses_double_with_jitter_up_to_a_minute(one: Setting) -> None:
    one.servers[0].faults.append(faults.status(500))
    pauses = []
    for _ in range(12):
        with pytest.raises(QuorumMissing):
            one.cosign()
        at = float(str(one.memory.recall(one.servers[0].witness.vkey).retry_at))
        pauses.append(at - one.clock)
        asked = len(one.servers[0].requests)
        with pytest.raises(QuorumMissing):
            one.cosign()
        assert len(one.servers[0].requests) == asked, "it is left alone during the pause"
        one.clock = at
    for n, pause in enumerate(pauses):
        assert min(60, 2**n) / 2 <= pause <= min(60, 2**n)
    assert len(set(pauses[6:])) == 6, "pauses of equal length would have all logs come back at once"


def test_a_witness_says_when_to_come_back(one: Setting) -> None:
    one.servers[0].faults.append(faults.status(429, b"", ("Retry-After", "45")))
    with pytest.raises(QuorumMissing):
        one.cosign()
    assert one.memory.recall(one.servers[0].witness.vkey).retry_at == one.clock + 45


# --- quorum -----------------------------------------------------------------------------


def test_two_of_three_suffice_and_the_third_is_kept_when_it_comes(three: Setting) -> None:
    three.servers[2].faults.append(faults.status(503))
    assert three.cosigners(three.cosign()) == {"w1", "w2"}
    three.servers[2].faults.clear()
    three.pass_time()
    three.grow(1)
    assert three.cosigners(three.cosign()) == {"w1", "w2", "w3"}


def test_one_of_three_does_not_suffice(three: Setting) -> None:
    for each in three.servers[1:]:
        each.faults.append(faults.status(503))
    with pytest.raises(QuorumMissing, match="1 of 3 witnesses cosigned 3 entries"):
        three.cosign()
    # The one that has cosigned this checkpoint is not bothered again.
    three.servers[1].faults.clear()
    three.pass_time()
    assert three.cosigners(three.cosign()) == {"w1", "w2"}
    assert len(three.servers[0].requests) == 1


def test_a_policy_of_prose_or_without_quorum_publishes_without_witnesses(one: Setting) -> None:
    for text in ("We record and judge nothing.", f"log {LOG.verifier.vkey}\nquorum none\n", ""):
        one.policy_text = text
        assert one.cosign() == one.head()[2]


def test_a_witness_without_a_say_in_the_quorum_is_asked_and_never_waited_for(one: Setting) -> None:
    one.own = parse_policy(
        one.policy_text.replace("witness w1", "witness guest").partition("group")[0] + "quorum none\n"
    )
    one.policy_text = f"log {LOG.verifier.vkey}\nquorum none\n"
    one.restarted()
    vkey = one.servers[0].witness.vkey
    assert Verifier.from_vkey(vkey).name in one.cosign()
    assert one.state()["counts"] is False
    one.grow(1)
    one.servers[0].faults.append(faults.status(500))
    assert one.cosign() == one.head()[2]


def _settings_file(server: WitnessServer) -> Policy:
    return parse_policy(f"witness elsewhere {server.witness.vkey} {server.url}\nquorum none\n")


def test_the_settings_say_where_a_witness_is(one: Setting) -> None:
    one.own = parse_policy(
        f"witness elsewhere {one.servers[0].witness.vkey} {one.servers[0].url}\nquorum none\n"
    )
    one.policy_text = one.policy_text.replace(" " + one.servers[0].url, "")
    assert one.restarted().cosign(*one.head()).count("— ") == 2


def test_a_policy_that_cannot_be_read_publishes_nothing(one: Setting) -> None:
    one.policy_text += "quorum nobody\n"
    with pytest.raises(PolicyUnusable):
        one.cosign()


# --- what witnesses know, for the sequencer ---------------------------------------------


def _empty_tree() -> str:
    return sign_checkpoint(Checkpoint(ORIGIN, 0, merkle.EMPTY_ROOT), LOG)


def test_a_probe_learns_what_a_witness_holds_even_when_everything_here_was_lost(one: Setting) -> None:
    one.grow(5)
    one.cosign()
    one.memory.forget(one.servers[0].witness.vkey)
    fresh = one.restarted()
    fresh.probe(2, _empty_tree())
    assert fresh.last() == Signed(8, b"")
    assert fresh.name == "witness w1"


def test_a_probe_of_a_witness_that_knows_nothing_binds_nobody(one: Setting) -> None:
    one.witnesses.probe(3, _empty_tree())
    assert one.witnesses.last() == Signed(0, b"")
    assert one.cosigners(one.cosign()) == {"w1"}


def test_what_is_remembered_counts_while_a_witness_is_out(one: Setting) -> None:
    one.cosign()
    size, root, _ = one.head()
    one.servers[0].faults.append(faults.status(503))
    fresh = one.restarted()
    fresh.probe(size, _empty_tree())
    assert fresh.last() == Signed(size, root)


def test_a_witness_that_forgot_everything_is_an_alarm(one: Setting) -> None:
    one.cosign()
    one.servers[0].witness.heads.clear()
    one.restarted().probe(3, _empty_tree())
    with pytest.raises(WitnessAlarm, match="held 3 entries, now it says 0"):
        one.cosign()


def test_a_damaged_memory_is_reported_and_not_taken_for_a_fresh_one(one: Setting) -> None:
    one.cosign()
    (file,) = (one.memory._folder).glob("*.json")
    for damage in ("", "{}", file.read_text().replace('note": "', 'note": "x'), file.read_text()[:-9]):
        file.write_text(damage)
        with pytest.raises(WitnessMemoryUnusable):
            one.cosign()
