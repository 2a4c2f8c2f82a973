"""The sign journal survives crashes in the middle of a write and never forks."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.ports import NOTHING_SIGNED, JournalConflict, Signed
from ledger.store.journal import FileSignJournal, JournalDamaged


def root(size: int) -> bytes:
    return size.to_bytes(32, "big")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def test_a_journal_that_was_never_written_knows_nothing(path: Path) -> None:
    assert FileSignJournal(path).last() is None
    assert not path.exists()


def test_the_newest_head_is_found_again_by_another_instance(path: Path) -> None:
    journal = FileSignJournal(path)
    for size in range(1, 200):
        journal.record(size, root(size))
    assert FileSignJournal(path).last() == Signed(199, root(199))


def test_heads_of_the_last_turns_are_held_and_no_others(path: Path) -> None:
    journal = FileSignJournal(path)
    assert not journal.holds(Signed(1, root(1)))
    for size in range(1, 200):
        journal.record(size, root(size))
    assert all(journal.holds(Signed(size, root(size))) for size in range(170, 200))
    assert not journal.holds(Signed(198, root(199)))
    assert not journal.holds(Signed(200, root(200)))


def test_a_torn_line_is_not_held(path: Path) -> None:
    journal = FileSignJournal(path)
    journal.record(1, root(1))
    whole = path.read_bytes()
    journal.record(2, root(2))
    path.write_bytes(whole + path.read_bytes()[len(whole) : -1])
    assert journal.holds(Signed(1, root(1)))
    assert not journal.holds(Signed(2, root(2)))


@pytest.mark.parametrize("after", [NOTHING_SIGNED, Signed(1, root(1)), Signed(2, root(3))])
def test_a_head_is_recorded_only_behind_the_one_that_it_was_compared_with(path: Path, after: Signed) -> None:
    journal = FileSignJournal(path)
    journal.record(1, root(1), NOTHING_SIGNED)
    journal.record(2, root(2), Signed(1, root(1)))
    with pytest.raises(JournalConflict, match="meanwhile a tree of 2 entries was signed"):
        journal.record(3, root(3), after)
    assert journal.last() == Signed(2, root(2))
    journal.record(2, root(2), after)
    journal.record(3, root(3), Signed(2, root(2)))
    assert journal.last() == Signed(3, root(3))


def test_the_file_is_readable_by_its_owner_alone(path: Path) -> None:
    FileSignJournal(path).record(1, root(1))
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_same_head_again_writes_nothing(path: Path) -> None:
    journal = FileSignJournal(path)
    journal.record(3, root(3))
    before = path.read_bytes()
    journal.record(3, root(3))
    assert path.read_bytes() == before


def test_a_smaller_tree_is_refused(path: Path) -> None:
    journal = FileSignJournal(path)
    journal.record(3, root(3))
    with pytest.raises(JournalConflict):
        journal.record(2, root(2))
    assert journal.last() == Signed(3, root(3))


def test_another_root_of_the_same_size_is_refused(path: Path) -> None:
    journal = FileSignJournal(path)
    journal.record(3, root(3))
    with pytest.raises(JournalConflict):
        journal.record(3, root(4))


def test_every_torn_last_line_is_cleared_by_the_next_record(path: Path) -> None:
    journal = FileSignJournal(path)
    journal.record(1, root(1))
    whole = path.read_bytes()
    journal.record(2, root(2))
    line = path.read_bytes()[len(whole) :]
    for cut in range(len(line)):
        path.write_bytes(whole + line[:cut])
        assert journal.last() == Signed(1, root(1))
        journal.record(5, root(5))
        assert journal.last() == Signed(5, root(5))
        assert len(path.read_bytes().splitlines()) == 2


def test_a_line_that_begins_with_zeros_of_an_unwritten_block_is_torn(path: Path) -> None:
    journal = FileSignJournal(path)
    journal.record(1, root(1))
    path.write_bytes(path.read_bytes() + bytes(40))
    assert journal.last() == Signed(1, root(1))


@given(st.data())
def test_no_change_of_one_byte_in_the_last_line_goes_unnoticed(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("journal") / "journal"
    journal = FileSignJournal(path)
    journal.record(1, root(1))
    text = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(text) - 2))
    text[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(bytes(text))
    if 0x0A in text[:-1]:
        return  # a new line break makes the rest another line
    with pytest.raises(JournalDamaged):
        journal.last()


def test_a_whole_line_of_something_else_is_refused(path: Path) -> None:
    path.write_text("3 three\n")
    with pytest.raises(JournalDamaged):
        FileSignJournal(path).last()


CLIMB = """
import sys
from pathlib import Path
from ledger.ports import JournalConflict
from ledger.store.journal import FileSignJournal

journal = FileSignJournal(Path(sys.argv[1]))
for size in range(int(sys.argv[2]), 201, 2):
    try:
        journal.record(size, size.to_bytes(32, "big"))
    except JournalConflict:
        assert journal.last().size > size
"""


def test_two_processes_record_one_ascending_history(path: Path) -> None:
    workers = [subprocess.Popen([sys.executable, "-c", CLIMB, path, first]) for first in ("1", "2")]
    assert [worker.wait(30) for worker in workers] == [0, 0]
    sizes = [int(line.split()[0]) for line in path.read_text().splitlines()]
    assert sizes == sorted(set(sizes))
    assert sizes[-1] == 200
