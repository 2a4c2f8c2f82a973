"""The questions to the views, on a real database: as of any moment, under old names, in a bounded number of
queries.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from projections import queries
from projections.as_of import AsOf, AsOfAhead
from projections.party_queries import record
from projections.runner import Runner
from projections.views import VIEWS
from tests.support.small_log import SmallLog

TODAY = "2020-12-31"


def name(text: str) -> list[dict[str, str]]:
    return [{"lang": "en", "text": text}]


class Story:
    """A small exchange: an audit of a factory, questions about it, and what came of them."""

    def __init__(self) -> None:
        log = self.log = SmallLog()
        founders = ["ledger:main", "party:operator", "party:registrar"]
        log.say(
            "LedgerOpened", founders, {"clock": "demo", "policy": "a test"}, by="operator", at="2019-01-01"
        )
        for slug, role in (("ngo", "ngo"), ("auditor", "certifier"), ("union", "union")):
            claim = {"entity": "organisation", "roles": [role], "standing": "listed"}
            hidden = {"names": name(slug.upper())}
            log.say("PartyListed", f"party:{slug}", claim, by="registrar", at="2019-01-01", hidden=hidden)
        self.works = log.say(
            "FactoryRegistered", "factory:works", {"country": "CN"}, by="registrar", at="2019-01-02"
        )
        self.mill = log.say(
            "FactoryRegistered", "factory:mill", {"country": "CN"}, by="registrar", at="2019-01-02"
        )
        self.audit = log.say(
            "AuditDescribed",
            "factory:works",
            {"notice": "not-disclosed", "participants": [{"party": "auditor", "role": "lead"}]},
            by="auditor",
            at="2020-01-10",
        )
        about = [("about", self.audit)]
        claim = {"addressees": ["auditor"], "topic": "notice", "due": "2020-02-29"}
        self.question = log.say("QuestionAsked", "factory:works", claim, refs=about, at="2020-02-01")
        self.issue = {"issue": "osh/ppe"}
        self.allegation = log.say("AllegationMade", "factory:mill", self.issue, at="2020-02-10", said="2019")
        pair = ["factory:mill", "factory:works"]
        superseded = [("supersedes", self.mill)]
        self.merger = log.say("FactoryMerged", pair, by="registrar", refs=superseded, at="2020-03-01")
        self.answer = log.say(
            "ResponseGiven", "factory:works", by="auditor", refs=[("answers", self.question)], at="2020-04-01"
        )


@pytest.fixture
def story() -> Story:
    return Story()


@contextmanager
def projected(database_url: str, log: SmallLog) -> Iterator[psycopg.Connection[Any]]:
    """A connection once every view has taken in all of `log`."""
    log.store(database_url)
    with Runner(database_url, VIEWS) as runner:
        while runner.run_once():
            pass
    with psycopg.connect(database_url, autocommit=True) as conn:
        yield conn


@pytest.fixture
def conn(database_url: str, story: Story) -> Iterator[psycopg.Connection[Any]]:
    with projected(database_url, story.log) as conn:
        yield conn


def ids(page: queries.Page) -> list[str]:
    return [item.shown.id for item in page.items]  # type: ignore[attr-defined]


def test_a_timeline_holds_what_bears_on_a_factory_in_the_order_of_recording(conn: Any, story: Story) -> None:
    page = queries.timeline(conn, "factory:works", AsOf.parse("2020-02-28"))
    assert ids(page) == [story.works, story.audit, story.question]
    assert page.moment.demo
    assert page.to_json()["asOf"]["notice"] == "a test"  # type: ignore[index]


def test_a_day_means_its_last_instant_and_a_position_the_entries_before_it(conn: Any, story: Story) -> None:
    assert story.question not in ids(queries.timeline(conn, "factory:works", AsOf.parse("2020-01-31")))
    assert story.question in ids(queries.timeline(conn, "factory:works", AsOf.parse("2020-02-01")))
    position = next(one.index for one in story.log.recorded if one.statement.id == story.question)
    assert story.question not in ids(queries.timeline(conn, "factory:works", AsOf.parse(str(position))))
    assert story.question in ids(queries.timeline(conn, "factory:works", AsOf.parse(str(position + 1))))


def test_a_merged_factory_is_found_under_both_names_and_brings_its_history(conn: Any, story: Story) -> None:
    for asked in ("factory:mill", "factory:works"):
        page = queries.timeline(conn, asked)
        assert page.about is not None
        assert page.about["name"] == "factory:works"
        assert story.allegation in ids(page)
    before = queries.timeline(conn, "factory:mill", AsOf.parse("2020-02-28"))
    assert before.about is not None
    assert before.about["name"] == "factory:mill"
    entry = queries.entry(conn, "factory:mill").to_json()
    assert (entry["name"], entry["was"]) == ("factory:works", ["factory:mill"])


def test_old_names_bring_their_keys_and_a_part_says_its_whole(database_url: str, story: Story) -> None:
    log = story.log
    names = ["first", "second", "third"]
    for number, slug in enumerate(names):
        claim = {"firstKey": {"keyId": str(number) * 64, "role": "root", "scope": ["any"]}}
        log.say("PartyRegistered", f"party:{slug}", claim, by="registrar", at="2020-05-01")
    for old, new in itertools.pairwise(names):
        refs = [("supersedes", log.made[f"party:{old}"])]
        log.say("PartyMerged", [f"party:{old}", f"party:{new}"], by="registrar", refs=refs, at="2020-05-02")
    log.say("FactoryRegistered", "factory:hall", by="registrar", refs=[("partOf", story.works)])
    with projected(database_url, log) as conn:
        for slug in names:
            found = queries.entry(conn, f"party:{slug}").to_json()
            former = {one["name"]: one["keys"][0]["keyId"][0] for one in found["former"]}  # type: ignore[attr-defined]
            assert (found["name"], former) == ("party:third", {"party:first": "0", "party:second": "1"})
        page = queries.registry(conn, "party:", limit=500).to_json()
        listed = {item["name"]: item["former"] for item in page["items"]}  # type: ignore[attr-defined]
        assert [one["name"] for one in listed["party:third"]] == ["party:first", "party:second"]
        assert queries.entry(conn, "factory:hall").to_json()["partOf"] == ["factory:works"]


def test_by_said_an_item_counts_when_it_was_said_as_far_as_is_known_today(conn: Any, story: Story) -> None:
    page = queries.timeline(conn, "factory:mill", AsOf.parse("2019-06-30"), by="said")
    lines = {item.shown.id: item.when for item in page.items}  # type: ignore[attr-defined]
    assert story.audit not in lines
    assert (lines[story.allegation].value, lines[story.allegation].certain) == ("2019", False)


def test_a_timeline_is_narrowed_to_an_issue_with_what_goes_by_it(conn: Any, story: Story) -> None:
    for issue in ("osh", "osh/ppe"):
        assert ids(queries.timeline(conn, "factory:works", issue=issue)) == [story.allegation]
    assert ids(queries.timeline(conn, "factory:works", issue="osh/heat")) == []


def test_a_timeline_is_narrowed_to_a_method_with_what_goes_by_it(database_url: str) -> None:
    log = SmallLog()
    log.say("FactoryRegistered", "factory:works", {"country": "CN"}, by="registrar")
    audit = log.say("AuditDescribed", "factory:works", {"methods": ["records-review"]})
    observed = {
        method: log.say(
            "ObservationMade",
            "factory:works",
            {"issue": "osh/ppe", "method": method, "result": "present"},
            refs=[("within", audit)],
        )
        for method in ("records-review", "worker-interview")
    }
    found = log.say("DeterminationIssued", "factory:works", {"outcome": "refuted"}, refs=[("within", audit)])
    log.store(database_url)
    with Runner(database_url, VIEWS) as runner:
        while runner.run_once():
            pass
    with psycopg.connect(database_url, autocommit=True) as conn:

        def narrowed(**chosen: str) -> list[str]:
            return ids(queries.timeline(conn, "factory:works", **chosen))  # type: ignore[arg-type]

        # An observation goes by its own method, a finding by that of its investigation.
        assert narrowed(method="records-review") == [audit, observed["records-review"], found]
        assert narrowed(method="worker-interview") == [observed["worker-interview"]]
        assert narrowed(method="worker-interview", issue="osh") == [observed["worker-interview"]]
        assert narrowed(method="worker-interview", issue="compensation") == []


def test_a_reference_says_where_it_leads_even_to_what_the_page_does_not_hold(conn: Any, story: Story) -> None:
    (answer,) = queries.timeline(conn, "factory:works", kinds=("response",)).items
    (reference,) = answer.shown.refs  # type: ignore[attr-defined]
    asked = next(one.index for one in story.log.recorded if one.statement.id == story.question)
    assert (reference.rel, reference.kind, reference.position) == ("answers", "request", asked)


def test_so_does_a_reference_of_what_is_shown_beside(database_url: str, story: Story) -> None:
    chain = [story.audit]
    for day in range(1, 5):
        claim = {"notice": "announced", "participants": [{"party": "auditor", "role": "lead"}]}
        same = [("sameAs", chain[-1])]
        at = f"2020-05-0{day}"
        chain.append(story.log.say("AuditDescribed", "factory:works", claim, by="auditor", refs=same, at=at))
    with projected(database_url, story.log) as conn:
        found = queries.investigation(conn, chain[-1]).to_json()
    shown = [ref for one in found["descriptions"] for ref in one["refs"]]  # type: ignore[attr-defined]
    assert {ref["id"] for ref in shown} <= set(chain)
    assert len(shown) > 1
    assert [ref["kind"] for ref in shown] == ["investigation"] * len(shown)


def test_pages_follow_each_other_without_gap_or_repeat(conn: Any) -> None:
    for by in ("recorded", "said", "occurred"):
        whole = ids(queries.timeline(conn, "factory:works", by=by))
        paged: list[str] = []
        after: str | None = None
        while True:
            page = queries.timeline(conn, "factory:works", by=by, after=after, limit=2)
            paged += ids(page)
            after = page.next
            if after is None:
                break
        assert paged == whole


def test_a_cursor_that_was_never_given_out_is_refused(conn: Any) -> None:
    for ask, what in ((queries.timeline, "factory:works"), (queries.open_items, "request")):
        with pytest.raises(queries.CursorUnreadable):
            ask(conn, what, after="~x")  # type: ignore[operator]


def test_facets_keep_who_says_apart_from_who_signs(conn: Any, story: Story) -> None:
    assert ids(queries.timeline(conn, "factory:works", said_by="auditor")) == [story.audit, story.answer]
    assert story.question in ids(queries.timeline(conn, "factory:works", signed_by="ngo", kinds=["request"]))


def test_a_question_is_open_then_overdue_then_answered(conn: Any) -> None:
    outcomes = {}
    for day in ("2020-02-10", "2020-03-10", "2020-04-10"):
        page = queries.open_items(conn, "request", AsOf.parse(day))
        item = page.to_json()["items"][0]  # type: ignore[index]
        outcomes[day] = (item["open"], item["overdueDays"], item["addressees"][0]["words"])
    assert outcomes == {
        "2020-02-10": (True, 0, "no answer in this ledger"),
        "2020-03-10": (True, 10, "no answer in this ledger, overdue"),
        "2020-04-10": (False, 0, "answered"),
    }
    assert queries.open_items(conn, "request", only_open=True).items == ()


def test_open_items_are_found_by_addressee_and_by_subject(conn: Any, story: Story) -> None:
    assert ids(queries.open_items(conn, "request", asked="auditor")) == [story.question]
    assert ids(queries.open_items(conn, "request", asked="union")) == []
    assert ids(queries.open_items(conn, "request", about="factory:mill")) == [story.question]
    assert queries.open_item(conn, story.question).to_json()["id"] == story.question


def test_a_merged_partys_questions_are_found_and_answered_under_what_it_became(
    database_url: str, story: Story
) -> None:
    """Four names in a row: the answer comes from the last, the question was put to the first."""
    names = ["auditor", "second", "third", "last"]
    made = {"auditor": story.log.recorded[2].statement.id}
    for old, new in itertools.pairwise(names):
        made[new] = story.log.say("PartyListed", f"party:{new}", by="registrar", at="2020-05-01")
        pair = [f"party:{old}", f"party:{new}"]
        merger = [("supersedes", made[old])]
        story.log.say("PartyMerged", pair, by="registrar", refs=merger, at="2020-05-02")
    claim = {"addressees": ["auditor"], "topic": "selection"}
    question = story.log.say("QuestionAsked", "factory:works", claim, at="2020-05-03")
    answers = [("answers", question)]
    story.log.say("ResponseGiven", "factory:works", by="last", refs=answers, at="2020-06-01")
    with projected(database_url, story.log) as conn:
        for name in names:
            found = queries.open_items(conn, "request", asked=name)
            assert ids(found) == [story.question, question]
        assert queries.open_item(conn, question).to_json()["open"] is False
        before = AsOf.parse("2020-04-30")
        assert ids(queries.open_items(conn, "request", before, asked="last")) == []
        assert ids(queries.open_items(conn, "request", before, asked="auditor")) == [story.question]
        (latest, _) = record(conn, "party:last").asked
        assert latest.standing.standing.outcome == "answered"
        assert latest.took is not None
        assert latest.took.least == 29
        assert queries.entry(conn, "party:last").to_json()["was"] == [f"party:{one}" for one in names[:3]]


def test_the_checklist_shows_what_was_asked_and_answered(conn: Any, story: Story) -> None:
    def notice(day: str) -> Any:
        found = queries.investigation(conn, story.audit, AsOf.parse(day)).to_json()["checklist"]
        return next(line for line in found if line["topic"] == "notice")  # type: ignore[attr-defined]

    assert notice("2020-01-31")["states"] == ["not-disclosed"]
    assert notice("2020-02-10")["states"] == ["asked", "not-disclosed"]
    assert notice("2020-04-10")["states"][0] == "disclosed"


def test_what_is_not_there_yet_is_not_found(conn: Any, story: Story) -> None:
    for ask in (
        lambda: queries.entry(conn, "factory:none"),
        lambda: queries.matrix(conn, "factory:works", AsOf.parse("2018-01-01")),
        lambda: queries.investigation(conn, story.audit, AsOf.parse("2019-12-31")),
        lambda: queries.investigation(conn, story.question),
        lambda: queries.open_item(conn, "0" * 64),
    ):
        with pytest.raises(queries.NotFound):
            ask()


def test_names_are_disclosures_and_go_when_their_content_does(conn: Any) -> None:
    assert queries.entry(conn, "party:ngo").names.of("ngo") == "NGO"
    conn.execute("UPDATE disclosure SET content = NULL")
    entry = queries.entry(conn, "party:ngo")
    assert entry.names.of("ngo") == "ngo"
    assert entry.to_json()["called"] == {"state": "withheld"}


def test_a_registry_page_lists_names_in_order(conn: Any) -> None:
    first = queries.registry(conn, "party:", limit=2)
    rest = queries.registry(conn, "party:", after=first.next, limit=10)
    found = [item["name"] for page in (first, rest) for item in page.to_json()["items"]]  # type: ignore[attr-defined]
    assert found == ["party:auditor", "party:ngo", "party:operator", "party:registrar", "party:union"]


def test_every_page_takes_a_bounded_number_of_queries(database_url: str, story: Story) -> None:
    def cost(ask: Callable[[Any], object]) -> int:
        with Runner(database_url, VIEWS) as runner:
            while runner.run_once():
                pass
        with psycopg.connect(database_url, autocommit=True, cursor_factory=Counting) as conn:
            Counting.count = 0
            ask(conn)
            return Counting.count

    asks: dict[str, Callable[[Any], object]] = {
        "timeline": lambda conn: queries.timeline(conn, "factory:works", limit=500),
        "matrix": lambda conn: queries.matrix(conn, "factory:works"),
        "open": lambda conn: queries.open_items(conn, "request", limit=500),
        "investigation": lambda conn: queries.investigation(conn, story.audit),
        "registry": lambda conn: queries.registry(conn, "party:", limit=500),
        "criteria": lambda conn: queries.criteria(conn),
    }
    story.log.store(database_url)
    few = {view: cost(ask) for view, ask in asks.items()}
    for number in range(40):
        document = story.log.say("DocumentCaptured", "factory:works", {"size": number}, at="2020-05-01")
        source = [("statedIn", document)]
        story.log.say("AllegationMade", "factory:works", {"issue": "osh"}, refs=source, at="2020-05-01")
        claim = {"addressees": [f"p{number}"], "topic": "notice"}
        about = [("about", story.audit)]
        question = story.log.say("QuestionAsked", "factory:works", claim, refs=about, at="2020-05-02")
        answers = [("answers", question)]
        story.log.say("ResponseGiven", "factory:works", by=f"p{number}", refs=answers, at="2020-05-03")
    story.log.store(database_url)
    many = {view: cost(ask) for view, ask in asks.items()}
    # A query more where there is now something to read at all, never one per item.
    assert all(many[view] <= max(few[view] + 4, 20) for view in asks), (few, many)


class Counting(psycopg.Cursor[Any]):
    """Counts executed statements."""

    count = 0

    def execute(self, *args: Any, **kwargs: Any) -> Counting:
        Counting.count += 1
        return super().execute(*args, **kwargs)


def test_a_name_that_is_not_there_is_told_apart_from_one_that_nothing_is_said_of(
    conn: psycopg.Connection[Any],
) -> None:
    with pytest.raises(queries.NotFound):
        queries.timeline(conn, "factory:wroks")
    assert ids(queries.timeline(conn, "party:union"))


def test_a_year_that_reads_as_more_entries_than_there_are_is_refused(conn: psycopg.Connection[Any]) -> None:
    with pytest.raises(AsOfAhead, match="2019 is read as a number of entries"):
        queries.timeline(conn, "factory:works", AsOf.parse("2019"))
