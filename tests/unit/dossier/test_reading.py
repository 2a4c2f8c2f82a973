"""Statements as a dossier reads: the words of the pages, and replies beside what they reply to."""

from __future__ import annotations

import pytest

from api.dossier.reading import LENGTH, readings, words_for
from api.dossier.text import read
from ledger.core.bundle import parse_bundle
from ledger.core.statement import Recorded, read_recorded
from ledger.domain.visibility import ANONYMOUS
from projections.reader import item_of
from tests.support.builder import Log
from tests.support.bundles import bundle_bytes

ABOUT = "factory:toys"


@pytest.fixture
def log() -> Log:
    """A log with two parties that have names, and a factory that has two."""
    found = Log.opened()
    for slug, name in (("ngo", "Harbour Watch"), ("buyer", "Big Toys")):
        found.register(slug)
        found.say(
            "PartyAmended",
            slug,
            about=[f"party:{slug}"],
            hidden={"names": [{"lang": "en", "text": name}]},
        )
    found.factory("toys")
    names = [{"lang": "en", "text": "River Mill"}, {"lang": "zh", "text": "玩具厂"}]
    found.say("FactoryAmended", "registrar", about=[ABOUT], hidden={"names": names})
    return found


def told(log: Log, one: Recorded) -> tuple[str, dict[str, list[str]]]:
    """The heading of a statement, and its texts by row."""
    bundle = parse_bundle(bundle_bytes(log, ABOUT))
    items = [
        item_of(read_recorded(each.index, each.data), each.disclosures, ANONYMOUS) for each in bundle.entries
    ]
    found = readings([read(each) for each in bundle.entries], words_for(items, ABOUT))[one.index]
    rows: dict[str, list[str]] = {}
    for what, text in found.rows:
        rows.setdefault(what, []).append(text)
    return found.heading, rows


def allege(log: Log, **more: object) -> Recorded:
    return log.say(
        "AllegationMade",
        "ngo",
        about=[ABOUT],
        claim={"issue": "compensation/wages"},
        **more,  # type: ignore[arg-type]
    )


def test_codes_dates_and_names_stand_in_words(log: Log) -> None:
    scope = {"quantifier": "some", "of": 5, "membersKnown": False}
    claim = {"issue": "compensation/wages", "scope": scope}
    alleged = log.say("AllegationMade", "ngo", about=[ABOUT], claim=claim, said="2019-11-20")
    heading, rows = told(log, alleged)
    assert heading == f"Allegation, entry {alleged.index}: Wages (Compensation)"
    assert rows["Said and signed by"] == ["Harbour Watch"]
    assert rows["About"] == ["River Mill"]
    assert rows["Said on"] == ["20 November 2019"]
    assert rows["Scope"] == ["Some of 5; which ones is not known"]
    assert rows["Statement"] == [alleged.statement.id]


def test_the_words_of_others_say_who_has_not_signed_them(log: Log) -> None:
    letter = log.document("ngo", about=[ABOUT])
    said = allege(
        log,
        claimants=["buyer"],
        attribution={"form": "quote", "via": ["host:news.example"]},
        refs=[("statedIn", letter, "p2")],
    )
    _, rows = told(log, said)
    assert rows["Said by"] == ["Big Toys (attributed, not signed), quote, by way of news.example"]
    assert rows["Signed by"] == ["Harbour Watch"]
    assert rows["Stated in"] == [f"document referred to by Harbour Watch, entry {letter.index}, at p2"]


def test_a_reply_stands_beside_what_it_replies_to(log: Log) -> None:
    alleged = allege(log)
    text = {"lang": "en", "text": "We pay what the law asks for."}
    reply = log.say(
        "ResponseGiven", "buyer", about=[ABOUT], hidden={"text": text}, refs=[("disputes", alleged)]
    )
    _, rows = told(log, alleged)
    assert rows["Reply"] == [
        f"disputes: response by Big Toys, entry {reply.index}: “We pay what the law asks for.”"
    ]
    _, rows = told(log, reply)
    assert rows["Disputes"] == [f"allegation on Wages (Compensation) by Harbour Watch, entry {alleged.index}"]


def test_a_long_reply_is_begun_and_cut_between_words(log: Log) -> None:
    alleged = allege(log)
    text = {"lang": "en", "text": "word " * LENGTH}
    log.say("ResponseGiven", "buyer", about=[ABOUT], hidden={"text": text}, refs=[("disputes", alleged)])
    (reply,) = told(log, alleged)[1]["Reply"]
    assert reply.endswith(" word…”")
    assert len(reply) < LENGTH + 80


def test_a_withdrawal_says_how_many_of_the_signers_sign_it(log: Log) -> None:
    both = log.say("AllegationMade", ["buyer", "ngo"], about=[ABOUT], claim={"issue": "compensation/wages"})
    taken_back = log.say("StatementWithdrawn", "ngo", refs=[("amends", both)], claim={})
    (later,) = told(log, both)[1]["Later"]
    assert later == f"amends: withdrawal by Harbour Watch (1 of 2 who signed), entry {taken_back.index}"


def test_an_answer_that_was_found_stands_beside_what_it_is_about_without_its_words(log: Log) -> None:
    alleged = allege(log)
    within = log.investigation("buyer", [ABOUT], ["buyer"], claim={"methods": ["records-review"]})
    found = log.say(
        "DeterminationIssued",
        "buyer",
        about=[ABOUT],
        claim={"outcome": "not-evidenced"},
        hidden={"text": {"lang": "en", "text": "Nothing was found."}},
        refs=[("about", alleged), ("within", within)],
    )
    assert told(log, alleged)[1]["Later"] == [f"finding by Big Toys, entry {found.index}"]
    heading, rows = told(log, found)
    assert heading == f"Finding, entry {found.index}: Not evidenced"
    assert rows["How it was reached: methods"] == [f"Records review (by entry {within.index})"]
    assert rows["How it was reached: competence"] == [f"not disclosed (by entry {within.index})"]


def test_a_text_in_another_language_says_which(log: Log) -> None:
    said = allege(log, hidden={"text": {"lang": "zh", "text": "工资很低。"}})
    assert told(log, said)[1]["Text"] == ["工资很低。 (Chinese)"]


def test_what_is_withheld_is_counted(log: Log) -> None:
    said = allege(log, hidden={"text": {"lang": "en", "text": "secret"}})
    log.disclosures.clear()
    _, rows = told(log, said)
    assert rows["Withheld or erased"] == ["1 of its contents"]
    # Nothing calls anybody anything any more.
    assert rows["Said and signed by"] == ["ngo"]
