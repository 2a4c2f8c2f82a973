"""Time-stamps of a real authority on the loopback: what is kept, what refused, when it is asked again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.anchoring import Anchorer, AnchoringLoop, stamped_text
from ledger.core.checkpoint import Checkpoint, sign_checkpoint
from ledger.core.merkle import Frontier
from ledger.core.note import Signer
from ledger.ports import Publication
from ledger.store.publications import PostgresPublications
from ledger.store.timestamps import PostgresTimeStamps
from ledger.store.tsa import AuthorityUnavailable, HttpAuthority, Roots, RootsUnreadable, StampRefused
from tests.support import authority as authorities
from tests.support.authority import Authority

ORIGIN = "ledger.example.org/dated"
SIGNER = Signer(ORIGIN, bytes(32))


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with authorities.serving(tmp_path_factory.mktemp("tsa") / "this") as authority:
        yield authority


@pytest.fixture
def authority(founded: Authority) -> Authority:
    founded.outages, founded.about = 0, None
    founded.asked.clear()
    return founded


def asking(authority: Authority) -> HttpAuthority:
    return HttpAuthority(authority.url, Roots(authority.root))


def publish(url: str, size: int) -> str:
    """Record a tree as published; its note."""
    root = Frontier().append([bytes([n]) * 32 for n in range(size)]).frontier.root()
    note = sign_checkpoint(Checkpoint(ORIGIN, size, root), SIGNER)
    with PostgresPublications(url).turn() as turn:
        assert turn is not None
        turn.begin(Publication(size, root, note))
        turn.finish(size)
    return note


def test_a_reply_is_about_the_notes_text_and_openssl_accepts_it(
    authority: Authority, database_url: str, tmp_path: Path
) -> None:
    note = publish(database_url, 3)
    (stamp,) = Anchorer(PostgresTimeStamps(database_url), [asking(authority)], 60).anchor()
    assert (stamp.size, stamp.authority) == (3, authority.url)
    text = note.encode()[: note.encode().index("\n—".encode())]
    assert authorities.verify_with_openssl(tmp_path, text, stamp.reply, authority.root)
    assert not authorities.verify_with_openssl(tmp_path, text + b"\n", stamp.reply, authority.root)
    assert Roots(authority.root).verify(stamp.reply, stamped_text(note)) == "CN=Example Time-Stamping"


def test_it_is_asked_once_an_interval_and_once_a_tree(authority: Authority, database_url: str) -> None:
    patient = Anchorer(PostgresTimeStamps(database_url), [asking(authority)], 3600)
    assert patient.anchor() == []
    publish(database_url, 2)
    assert [stamp.size for stamp in patient.anchor()] == [2]
    assert patient.anchor(now=True) == []
    publish(database_url, 5)
    assert patient.anchor() == []
    assert [stamp.size for stamp in patient.anchor(now=True)] == [5]
    assert len(authority.asked) == 2


def test_only_one_process_asks_at_a_time(authority: Authority, database_url: str) -> None:
    publish(database_url, 2)
    stamps = PostgresTimeStamps(database_url)
    with stamps.turn():
        assert Anchorer(stamps, [asking(authority)], 60).anchor() == []
    assert len(Anchorer(stamps, [asking(authority)], 60).anchor()) == 1


def test_a_reply_to_another_question_is_refused(authority: Authority) -> None:
    asking(authority).stamp(b"first\n")
    authority.about = authority.asked[0]
    for data in (b"first\n", b"second\n"):
        with pytest.raises(StampRefused):
            asking(authority).stamp(data)


def test_an_authority_below_another_root_is_refused(authority: Authority, tmp_path: Path) -> None:
    authorities.found(tmp_path / "other", "Other")
    with pytest.raises(StampRefused):
        HttpAuthority(authority.url, Roots(tmp_path / "other" / "root.pem")).stamp(b"text\n")


def test_any_changed_byte_of_a_signature_is_noticed(authority: Authority) -> None:
    _time, reply = asking(authority).stamp(b"text\n")
    roots = Roots(authority.root)
    # The signature is what a reply of this authority ends with.
    for at in range(len(reply) - 40, len(reply)):
        changed = bytearray(reply)
        changed[at] ^= 1
        with pytest.raises(StampRefused):
            roots.verify(bytes(changed), b"text\n")


def test_a_refused_reply_is_not_kept(authority: Authority, database_url: str) -> None:
    asking(authority).stamp(b"something else\n")
    authority.about = authority.asked[0]
    publish(database_url, 2)
    anchorer = Anchorer(PostgresTimeStamps(database_url), [asking(authority)], 60)
    with pytest.raises(StampRefused):
        anchorer.anchor()
    authority.about = None
    assert len(anchorer.anchor()) == 1


def test_an_outage_is_told_and_tried_again(authority: Authority, database_url: str) -> None:
    publish(database_url, 2)
    authority.outages = 2
    anchorer = Anchorer(PostgresTimeStamps(database_url), [asking(authority)], 0.2)
    with pytest.raises(AuthorityUnavailable, match="503"):
        anchorer.anchor()
    loop, stop = AnchoringLoop(anchorer, 0.2, first=0.02), threading.Event()
    thread = threading.Thread(target=loop.run_forever, args=(stop,))
    thread.start()
    for _ in range(200):
        if len(authority.asked) > 0 and loop.trouble is None:
            break
        stop.wait(0.05)
    stop.set()
    thread.join()
    with PostgresTimeStamps(database_url).turn() as turn:
        assert turn is not None
        assert turn.due(authority.url, 0) is None


def test_nobody_there_is_an_outage(authority: Authority) -> None:
    with pytest.raises(AuthorityUnavailable):
        HttpAuthority("http://127.0.0.1:9/stamp", Roots(authority.root), 1).stamp(b"text\n")


def test_roots_that_are_none_are_named(tmp_path: Path) -> None:
    (tmp_path / "roots.pem").write_text("no certificate")
    for path in (tmp_path / "roots.pem", tmp_path / "absent.pem"):
        with pytest.raises(RootsUnreadable, match=path.name):
            Roots(path)
