"""A factory's page: each line with hand and voice, each claim with its method, by any day, on a database."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from ledger.core.checkpoint import parse as parse_checkpoint
from ledger.core.grammar import base64_encode
from ledger.core.merkle import Frontier, leaf_hash
from ledger.core.note import split_note
from ledger.ports import StoreUnavailable
from tests.integration.api.conftest import Poster, TwinLog
from tests.support.builder import Log
from tests.support.long_history import History

from .conftest import Read, page, read

DAY = 86_400_000


def text(words: str) -> dict[str, str]:
    return {"lang": "en", "text": words}


def within(shown: Read, id_: str) -> Read:
    """The element with this id, as a page of its own."""
    found = re.search(rf'<(\w+)[^>]* id="{id_}"', shown.html)
    assert found, f"there is no {id_}"
    tag, start, depth = found[1], found.start(), 0
    for each in re.finditer(rf"<(/?){tag}\b", shown.html[start:]):
        depth += -1 if each[1] else 1
        if not depth:
            end = shown.html.index(">", start + each.start()) + 1
            return read(shown.html[start:end])
    raise AssertionError(f"{id_} is not closed")


@pytest.fixture
def poster(client: TestClient) -> Poster:
    """A ledger whose entries are dated by their statements, so that days go by."""
    log = TwinLog("demo")
    log.poster = Poster(client, log)
    log.keys = dict(Log.opened().keys)
    log.append(log.genesis())
    log.now += DAY
    return log.poster


@pytest.fixture
def rich(case: Poster) -> Poster:
    """The small case with what a page has to tell apart."""
    log = case.log
    found = {one.statement.event: one for one in log.recorded}
    audit, alleged, determined = (
        found["AuditDescribed"],
        found["AllegationMade"],
        found["DeterminationIssued"],
    )
    log.now += 41 * DAY
    log.criterion("training", "ngo", quantity={"value": "24", "unit": "h"})
    report = log.say(
        "DocumentReferenced",
        "ngo",
        about=["factory:toys"],
        claim={"form": "report", "availability": "public"},
        hidden={"title": text("The audit's report")},
    )
    attributed: dict[str, Any] = {
        "refs": [("within", audit), ("statedIn", report, "p5")],
        "claimants": ["certifier"],
        "attribution": {"form": "paraphrase"},
        "said": "2025-12",
        "occurred": "2025-11",
    }
    for method, quantity in (
        ("records-review", {"value": "3", "unit": "d"}),
        ("worker-interview", {"low": "4", "high": "8", "unit": "h"}),
    ):
        sample = {"group": "workers", "n": "unknown", "share": "90"}
        log.say(
            "ObservationMade",
            "ngo",
            about=["factory:toys"],
            claim={"issue": "osh/pre-job-training", "method": method, "result": "present"},
            hidden={"quantity": quantity} | ({"sample": sample} if method == "worker-interview" else {}),
            **attributed,
        )
    log.say(
        "ResponseGiven", "ngo", refs=[("disputes", determined)], hidden={"text": text("We do not agree.")}
    )
    log.say("StatementWithdrawn", "ngo", refs=[("amends", alleged)])
    log.factory("other")
    log.say(
        "AllegationMade",
        "ngo",
        about=["factory:other", "factory:toys"],
        claim={"issue": "compensation/wages", "scope": {"quantifier": "some", "of": 2}},
    )
    log.say(
        "CertificationDecided",
        "certifier",
        about=["factory:toys"],
        claim={"outcome": "granted", "number": "C-1"},
        occurred="2025-12",
    )
    return case


def positions(shown: Read) -> list[int]:
    """The entries of the timeline, in their order on the page."""
    listed = re.search(r'<ol class="timeline">.*</ol>', shown.html, re.DOTALL)
    return [int(found) for found in re.findall(r'<li id="e(\d+)"', listed[0] if listed else "")]


def entry(case: Poster, event: str, number: int = 0) -> int:
    return [one.index for one in case.log.recorded if one.statement.event == event][number]


def test_the_page_has_every_statement_of_the_timeline_once(rich: Poster) -> None:
    listed = [item["position"] for item in rich.read("/v1/factories/toys/timeline", limit=1000)["items"]]
    assert positions(page(rich, "/en/factories/toys")) == listed


def test_every_line_tells_hand_and_voice(rich: Poster) -> None:
    shown = page(rich, "/en/factories/toys")
    for position in positions(shown):
        assert re.search(r'class="voice">[^<]+(says|say)', within(shown, f"e{position}").html)
    observed = within(shown, f"e{entry(rich, 'ObservationMade')}").text
    assert "certifier says (paraphrase), taken by ngo from" in observed
    assert "The audit's report\" at p5 (referenced), not signed by certifier" in observed


def test_a_determination_never_stands_without_how_it_was_reached(rich: Poster) -> None:
    shown = page(rich, "/en/factories/toys")
    for place, notice in (
        (f"e{entry(rich, 'DeterminationIssued')}", "Notice"),
        ("issue-osh-pre-job-training", "Announced or not"),
    ):
        told = within(shown, place).text
        assert "Not evidenced" in told
        for line in ("Methods", notice, "ompetence", "Training on gender-based violence"):
            assert line in told, (place, line)
        assert "not disclosed" in told
        assert "asked : no answer in this ledger" in told
    summary = within(shown, "summary").text
    reached = (
        "Not evidenced : certifier Methods: not disclosed ; Notice: not disclosed ; Competence: not disclosed"
    )
    assert reached in summary
    granted = summary[summary.index("Granted, December 2025") :]
    assert "Methods: not disclosed ; Notice: not disclosed ; Competence: not disclosed" in granted


def test_no_outcome_stands_in_the_summary_without_the_method_of_its_own(rich: Poster) -> None:
    """Equal outcomes that were reached in other ways are told apart."""
    visit = rich.log.say(
        "AuditDescribed",
        "certifier",
        about=["factory:toys"],
        claim={
            "stage": "reported",
            "participants": [{"party": "certifier", "role": "lead"}],
            "methods": ["worker-interview"],
            "notice": "announced",
        },
    )
    alleged = rich.log.recorded[entry(rich, "AllegationMade")]
    for _ in range(2):
        rich.log.say(
            "DeterminationIssued",
            "certifier",
            about=["factory:toys"],
            claim={"outcome": "not-evidenced"},
            refs=[("about", alleged), ("within", visit)],
        )
    summary = within(page(rich, "/en/factories/toys"), "summary").text
    assert "Not evidenced : certifier Methods: not disclosed" in summary
    assert (
        "Not evidenced (2): certifier Methods: Worker interview; Notice: Announced; Competence: not"
        in summary
    )


def test_an_overall_determination_leads_the_summary_and_each_issue_of_its_clauses_points_to_it(
    rich: Poster,
) -> None:
    """Also an issue on which nothing else is claimed: else it would seem that the certifier said nothing."""
    log = rich.log
    training = log.recorded[entry(rich, "CriterionPublished")]
    log.criterion("hours", "ngo", issue="working-time/weekly-hours", quantity={"value": "60", "unit": "h"})
    hours = log.recorded[-1]
    refs = [("against", training), ("against", hours)]
    about = ["factory:toys"]
    log.say("OverallDetermined", "certifier", about=about, claim={"outcome": "conforms"}, refs=refs)
    summary = within(page(rich, "/en/factories/toys"), "summary").text
    told = "Overall, on no single issue Conforms : certifier Methods: not disclosed"
    within_it = "Within the overall determination of certifier , measured against"
    weekly = f"Weekly hours (Working time) {within_it} hours"
    assert summary.index(told) < summary.index(f"{within_it} training") < summary.index(weekly)
    assert page(rich, "/en/factories/toys").links.count("#overall-title") == 3


def test_observations_stay_apart_with_method_numbers_and_the_clause_beside(rich: Poster) -> None:
    issue = within(page(rich, "/en/factories/toys"), "issue-osh-pre-job-training").text
    assert "Records review certifier Present 3 days unknown of unknown unknown" in issue
    assert "Worker interview certifier Present 4 to 8 hours unknown of unknown Workers 90 %" in issue
    assert "At least: 24 hours" in issue
    assert "1 pair of observations does not agree" in issue
    assert "One is given in days, the other in hours" in issue


def test_a_reply_stands_beside_the_claim_with_its_voice(rich: Poster) -> None:
    shown = page(rich, "/en/factories/toys")
    reply = f"disputes : ngo, entry {entry(rich, 'ResponseGiven')}"
    for place in (f"e{entry(rich, 'DeterminationIssued')}", "issue-osh-pre-job-training"):
        assert reply in within(shown, place).text


def test_a_question_stands_in_the_same_words_wherever_it_is_shown(rich: Poster) -> None:
    asked = rich.log.recorded[entry(rich, "QuestionAsked")]
    rich.log.say("ResponseGiven", "certifier", claim={"offer": "meeting"}, refs=[("offers", asked)])
    words = "offered instead: meeting; no answer in this ledger"
    shown = page(rich, "/en/factories/toys")
    audit = rich.log.recorded[entry(rich, "AuditDescribed")].statement.id
    places = {
        "line": within(shown, f"e{asked.index}"),
        "profile of the line": within(shown, f"e{entry(rich, 'DeterminationIssued')}"),
        "profile in the matrix": within(shown, "issue-osh-pre-job-training"),
        "open": within(shown, "open"),
        "checklist": within(page(rich, f"/en/investigations/{audit}"), "notice"),
        "board": page(rich, "/en/open"),
        "party": page(rich, "/en/parties/certifier"),
    }
    for place, found in places.items():
        assert words in found.text.lower(), place
        assert "acknowledged, no answer" not in found.text.lower(), place


def test_a_reply_is_read_beside_the_claim_its_beginning_if_it_is_long(rich: Poster) -> None:
    found = rich.log.recorded[entry(rich, "DeterminationIssued")]
    long = text("We answer at length. " + "And on. " * 60)
    rich.log.say("ResponseGiven", "ngo", refs=[("disputes", found)], hidden={"text": long})
    shown = page(rich, "/en/factories/toys")
    for place in (f"e{found.index}", "issue-osh-pre-job-training"):
        told = within(shown, place).text
        assert "We do not agree." in told
        assert re.search(r"We answer at length\. (And on\. )+(And|And on\.)…", told)
    on_its_page = page(rich, f"/en/statements/{found.statement.id}").text
    assert "We do not agree." in on_its_page
    assert "We answer at length." in on_its_page


def test_a_reply_that_not_everybody_may_read_says_that_it_is_not_shown(rich: Poster) -> None:
    found = rich.log.recorded[entry(rich, "DeterminationIssued")]
    rich.log.say(
        "ResponseGiven",
        "ngo",
        refs=[("disputes", found)],
        hidden={"text": text("For the parties alone.")},
        visibility="parties",
        audience=["certifier"],
    )
    told = within(page(rich, "/en/factories/toys"), f"e{found.index}").text
    assert "For the parties alone." not in told
    assert "Its words are not shown: withheld, erased or a decoy." in told


def test_a_withdrawn_claim_says_so_by_how_many(rich: Poster) -> None:
    shown = page(rich, "/en/factories/toys")
    for place in (f"e{entry(rich, 'AllegationMade')}", "issue-osh-pre-job-training"):
        assert "Withdrawn by 1 of 1" in within(shown, place).text


def test_what_is_said_of_a_set_fills_no_cell(rich: Poster) -> None:
    issue = within(page(rich, "/en/factories/toys"), "issue-compensation-wages")
    assert "Said about several factories together, not about this one alone" in issue.text
    assert "Some of 2" in issue.text
    assert issue.all("table") == []


def test_certificates_are_told_with_their_state_on_the_day(rich: Poster) -> None:
    summary = within(page(rich, "/en/factories/toys"), "summary").text
    assert re.search(r"Certificate C-1 of certifier: valid on \d+ \w+ \d{4}", summary)
    assert f"Granted, December 2025, entry {entry(rich, 'CertificationDecided')}" in summary


def test_what_is_open_is_on_the_page_and_leads_to_the_board(rich: Poster) -> None:
    shown = page(rich, "/en/factories/toys")
    assert "Question : Notice certifier: no answer in this ledger" in within(shown, "open").text.replace(
        "Question: ", "Question : "
    )
    assert "/en/open?about=factory%3Atoys" in shown.links


def test_a_gap_between_two_lines_is_told_in_days(rich: Poster) -> None:
    shown = page(rich, "/en/factories/toys")
    first = entry(rich, "DocumentReferenced")
    assert within(shown, f"e{first}").text.startswith("40 days without an entry")
    assert shown.text.count("days without an entry") == 1


def test_the_timeline_goes_by_any_of_three_times(rich: Poster) -> None:
    first = entry(rich, "ObservationMade")
    recorded, said, occurred = (
        page(rich, "/en/factories/toys", by=by) for by in ("recorded", "said", "occurred")
    )
    assert sorted(positions(said)) == sorted(positions(occurred)) == positions(recorded)
    assert positions(recorded) == sorted(positions(recorded))
    assert positions(said)[0] == positions(occurred)[0] == first
    assert "December 2025" in within(said, f"e{first}").text
    assert "November 2025" in within(occurred, f"e{first}").text
    assert "nobody states when" in within(occurred, f"e{entry(rich, 'AllegationMade')}").text
    axes = [
        one
        for one in said.all("a")
        if str(one.get("href")).endswith("#timeline") and "by=" in str(one["href"])
    ]
    assert [one.get("aria-current") for one in axes] == [None, "true", None]


@pytest.mark.parametrize(
    ("chosen", "events"),
    [
        ({"kind": "observation"}, {"ObservationMade"}),
        ({"issue": "compensation"}, {"AllegationMade"}),
        ({"issue": "compensation/wages", "said_by": "certifier"}, set()),
        ({"method": "worker-interview"}, {"ObservationMade"}),
        ({"said_by": "certifier", "signed_by": "ngo"}, {"ObservationMade"}),
        (
            {"issue": "osh", "signed_by": "certifier"},
            {"DeterminationIssued"},
        ),
        ({"issue": "osh", "kind": "response"}, set()),
        ({"kind": ""}, None),
    ],
)
def test_lines_are_chosen_by_issue_voice_hand_kind_and_method(
    rich: Poster, chosen: dict[str, str], events: set[str] | None
) -> None:
    shown = page(rich, "/en/factories/toys", **chosen)
    found = {rich.log.recorded[position].statement.event for position in positions(shown)}
    if events is None:
        assert len(found) > 5
    else:
        assert found == events
    # The matrix stays whole, whatever lines are chosen.
    assert "Worker interview" in within(shown, "claims").text


def test_said_by_and_signed_by_are_two_choices_with_their_counts(rich: Poster) -> None:
    shown = page(rich, "/en/factories/toys", said_by="certifier")
    said, signed = within(shown, "filter-said_by"), within(shown, "filter-signed_by")
    chosen = [one["value"] for one in said.all("option") if "selected" in one]
    assert chosen == ["certifier"]
    assert not [one for one in signed.all("option") if "selected" in one]
    assert "certifier (5)" in said.text
    assert "certifier (3)" in signed.text


def grey(shown: Read) -> list[str]:
    """What stands in each element that is grey, with single spaces."""
    found = []
    for start in re.finditer(r'<(\w+)[^>]* class="(?:[^"]* )?later(?: [^"]*)?"[^>]*>', shown.html):
        depth = 0
        for each in re.finditer(rf"<(/?){start[1]}\b", shown.html[start.start() :]):
            depth += -1 if each[1] else 1
            if not depth:
                found.append(
                    read(shown.html[start.start() : start.start() + each.start()] + f"</{start[1]}>").text
                )
                break
    return found


def test_what_was_recorded_after_the_day_is_grey_and_says_how_much_later(rich: Poster) -> None:
    start = rich.log.recorded[1].recorded_at[:10]
    shown = page(rich, "/en/factories/toys", known=start)
    later = [one for one in shown.all("li") if str(one.get("id", "")).startswith("e") and one.get("class")]
    assert {one["class"] for one in later} == {"later"}
    observed = within(shown, f"e{entry(rich, 'ObservationMade')}")
    assert "learned 41 days later" in observed.text
    claims = [one["class"] for one in shown.all("tbody") if "later" in str(one.get("class"))]
    assert claims == ["claim later"] * 3
    assert re.search(rf"By \d+ \w+ \d{{4}}, {len(positions(shown)) - len(later)} of the", shown.text)


def test_what_became_of_an_earlier_item_later_is_grey_inside_it(rich: Poster) -> None:
    log = rich.log
    asked = log.recorded[entry(rich, "QuestionAsked")]
    rich.log.say("ResponseGiven", "certifier", claim={"offer": "meeting"}, refs=[("offers", asked)])
    alleged, found = entry(rich, "AllegationMade"), entry(rich, "DeterminationIssued")
    known = page(rich, "/en/factories/toys", known=log.recorded[1].recorded_at[:10])
    offered = "offered instead: Meeting; no answer in this ledger learned 41 days later"
    reply = f"offers : certifier , entry {rich.position - 1} learned 41 days later"
    withdrawn = f"withdrawn by ngo ( entry {entry(rich, 'StatementWithdrawn')} ) learned 41 days later"
    for place, words in {
        f"e{alleged}": "Withdrawn by 1 of 1 , 16 February 2026 learned 41 days later",
        f"e{found}": f"disputes : ngo, entry {entry(rich, 'ResponseGiven')} learned 41 days later",
        f"e{asked.index}": offered,
        "issue-osh-pre-job-training": withdrawn,
        "open": offered,
        "summary": "1 learned 41 days later",
    }.items():
        inside = grey(within(known, place))
        assert any(one.startswith(words) for one in inside), (place, inside)
    profile = grey(within(known, f"e{found}"))
    assert offered in profile
    assert reply in " ".join(grey(within(known, f"e{asked.index}"))).replace("certifier,", "certifier ,")
    everything = page(rich, "/en/factories/toys")
    assert grey(everything) == []
    assert "learned" not in within(everything, "timeline").text


def test_what_can_be_grey_is_the_same_whichever_day_was_chosen(rich: Poster) -> None:
    """The page's script goes by it, so that it and the server tell the same."""
    start = rich.log.recorded[1].recorded_at[:10]
    both = [page(rich, "/en/factories/toys", **asked) for asked in ({}, {"known": start})]
    dated = [[one["data-recorded"] for _, one in shown.elements if "data-recorded" in one] for shown in both]
    assert dated[0] == dated[1]
    later = [
        one for _, one in both[1].elements if "data-recorded" in one and "later" in str(one.get("class"))
    ]
    assert len(later) == sum(str(day) > start for day in dated[1])


def test_numbers_say_that_no_day_changes_them(rich: Poster) -> None:
    shown = page(rich, "/en/factories/toys")
    for place in ("summary", "open"):
        assert (
            "The numbers count everything that the ledger holds at this moment" in within(shown, place).text
        )


def test_replayed_strictly_what_was_learned_later_is_absent(rich: Poster) -> None:
    start = rich.log.recorded[1].recorded_at[:10]
    for by in ("recorded", "said", "occurred"):
        shown = page(rich, "/en/factories/toys", as_of=start, by=by)
        assert entry(rich, "AllegationMade") in positions(shown)
        assert entry(rich, "ObservationMade") not in positions(shown)
        assert "Worker interview" not in within(shown, "claims").text


def test_greyed_and_left_out_are_one_switch_that_keeps_the_day(rich: Poster) -> None:
    start = rich.log.recorded[1].recorded_at[:10]
    grey = within(page(rich, "/en/factories/toys", known=start), "known")
    assert f"/en/factories/toys?as_of={start}#known" in grey.links
    without = within(page(rich, "/en/factories/toys", as_of=start), "known")
    assert f"/en/factories/toys?known={start}#known" in without.links
    (chosen,) = (field for field in without.all("input") if field.get("type") == "date")
    assert (chosen["name"], chosen["value"]) == ("as_of", start)
    for shown, current in ((grey, "Later statements in grey"), (without, "Without later statements")):
        assert re.search(rf'<a aria-current="true">{current}</a>', shown.html)
    assert "what was learned later is left out" in without.text


def test_a_replayed_page_says_so_and_that_a_day_has_not_come(rich: Poster) -> None:
    past = page(rich, "/en/factories/toys", as_of=rich.log.recorded[1].recorded_at[:10]).text
    assert "is absent. Show what is known now" in past
    assert "That day has not come yet" not in past
    for path in ("/en/factories/toys", "/en/open"):
        assert (
            "That day has not come yet: these are all entries so far"
            in page(rich, path, as_of="2090-01-01").text
        )


def test_ages_say_which_day_they_count_to(rich: Poster) -> None:
    for path in ("/en/", "/en/open"):
        newest = "Ages count to 16 February 2026, the day of the newest entry"
        assert newest in page(rich, path).text
        assert "Ages count to 6 January 2026." in page(rich, path, as_of="2026-01-06").text


def test_a_view_is_cited_with_its_entries_and_the_root_over_them(rich: Poster) -> None:
    for size in (rich.position - 3, rich.position):
        leaves = [leaf_hash(entry) for entry in rich.log.entries[:size]]
        root = Frontier().append(leaves).frontier.root()
        shown = page(rich, "/en/factories/toys", as_of=size, known="2026-01-06", issue="")
        cited = within(shown, "cite").text
        assert f"/en/factories/toys?known=2026-01-06&as_of={size}" in cited
        assert base64_encode(root) in cited


def test_the_cited_root_is_that_of_the_checkpoint(rich: Poster) -> None:
    note = rich.client.get("/v1/checkpoint").text
    checkpoint = parse_checkpoint(split_note(note)[0])
    shown = page(rich, "/en/factories/toys", as_of=checkpoint.size)
    assert base64_encode(checkpoint.root) in within(shown, "cite").text


def test_the_same_address_shows_the_same_after_the_log_has_grown(rich: Poster) -> None:
    page(rich, "/en/factories/toys")
    address = f"/en/factories/toys?as_of={rich.position}&known=2026-01-06"
    before = rich.client.get(address)
    rich.log.say("AllegationMade", "ngo", about=["factory:toys"], claim={"issue": "osh/heat"})
    page(rich, "/en/factories/toys")
    after = rich.client.get(address)
    assert (before.text, before.headers["etag"]) == (after.text, after.headers["etag"])


def test_the_drawing_has_a_mark_for_each_line_and_none_of_them_stops_a_tabulator(rich: Poster) -> None:
    shown = page(rich, "/en/factories/toys")
    drawing = within(shown, "overview")
    marks = [one for one in drawing.all("a") if not one.get("class")]
    assert sorted(int(str(one["href"])[2:]) for one in marks) == positions(shown)
    assert {one["tabindex"] for one in drawing.all("a")} == {"-1"}
    assert [one.get("aria-hidden") for one in drawing.all("svg")][-1] == "true"
    assert "style" not in {name for _, attributes in drawing.elements for name in attributes}


def test_kinds_that_share_a_mark_stand_together_in_the_legend(rich: Poster) -> None:
    drawing = within(page(rich, "/en/factories/toys"), "overview")
    marks = re.findall(r'href="(#mark-[a-z]+)"/></svg> ([^<]+)</li>', drawing.html)
    assert len({mark for mark, _ in marks}) == len(marks)
    assert marks[-1] == ("#mark-other", "amendment and factory")


def test_a_voice_keeps_its_colour_on_every_axis(rich: Poster) -> None:
    found = []
    for by in ("recorded", "said", "occurred"):
        drawing = within(page(rich, "/en/factories/toys", by=by), "overview").html
        lanes = re.findall(r'class="lane (lane-\d)">\s*<path[^>]*>\s*<text[^>]*>([^<]+)<', drawing)
        found.append({voice: lane for lane, voice in lanes})
    assert len(found[0]) == len(set(found[0].values())) == 3
    assert found[0] == found[1] == found[2]


def test_an_issue_is_reached_at_its_heading_with_what_is_said_of_finding_it(rich: Poster) -> None:
    rich.log.say("AllegationMade", "ngo", about=["factory:toys"], claim={"issue": "harassment-gbv"})
    shown = page(rich, "/en/factories/toys")
    assert "#issue-harassment-gbv" in within(shown, "summary").links
    for issue, heading in (
        (
            "issue-harassment-gbv",
            "Harassment and gender-based violence How hard it is to find Hard to detect",
        ),
        ("issue-osh-pre-job-training", "Pre-job training "),
    ):
        assert within(shown, issue).text.startswith(heading)


def test_several_names_of_a_thing_stand_under_one_label(rich: Poster) -> None:
    names = [text("Toys"), {"lang": "de", "text": "Spielwaren"}]
    rich.log.say(
        "FactoryRegistered",
        "registrar",
        about=["factory:spielwaren"],
        claim={"level": "factory", "country": "CN"},
        hidden={"names": names},
    )
    registered = within(page(rich, "/en/factories/spielwaren"), "timeline").text
    assert "Names Toys Spielwaren Country" in registered


def test_a_long_timeline_goes_on_behind_a_link(rich: Poster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.web.routes.factories.LINES", 4)
    seen: list[int] = []
    address: str | None = "/en/factories/toys"
    while address:
        shown = page(rich, address)
        assert len(positions(shown)) <= 4
        seen += positions(shown)
        following = [one["href"] for one in shown.all("a") if one.get("rel") == "next"]
        address = str(following[0]) if following else None
    assert seen == [item["position"] for item in rich.read("/v1/factories/toys/timeline")["items"]]


def test_an_old_name_leads_to_what_it_became_and_says_so(rich: Poster) -> None:
    log = rich.log
    made = next(
        one
        for one in log.recorded
        if one.statement.event == "FactoryRegistered" and one.statement.subjects[0].name == "factory:other"
    )
    log.say(
        "FactoryMerged",
        "registrar",
        about=["factory:other", "factory:toys"],
        refs=[("supersedes", made)],
    )
    shown = page(rich, "/en/factories/other")
    assert "You asked for factory:other: its history is part of that of toys now." in shown.text
    assert "Was other" in shown.text


def test_a_proposed_factory_says_that_the_registrar_signed_nothing(case: Poster) -> None:
    case.log.factory("proposed", by="ngo")
    shown = page(case, "/en/factories/proposed")
    assert "Proposed by a party, not registered by the registrar." in shown.text
    assert "Nothing is claimed about it" in shown.text


@pytest.mark.parametrize(
    "asked", [{"known": "2020-02-30"}, {"by": "asserted"}, {"kind": "opinion"}, {"said_by": "A B"}]
)
def test_what_cannot_be_read_is_told_on_a_page(case: Poster, asked: dict[str, str]) -> None:
    assert "cannot" in page(case, "/en/factories/toys", 400, **asked).text


def test_a_page_that_ends_early_says_so(rich: Poster, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise StoreUnavailable("the database does not answer", "try again")

    page(rich, "/en/factories/toys")
    monkeypatch.setattr("projections.factory_queries.factory", fail)
    told = rich.client.get("/en/factories/toys").text
    assert "<h1>toys</h1>" in told
    assert told.endswith("Load it again in a while.</p>")


def test_a_page_that_a_reader_holds_costs_no_reading_of_the_rest(
    rich: Poster, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = page(rich, "/en/factories/toys")
    monkeypatch.delattr("projections.factory_queries.factory")
    address = f"/en/factories/toys?at_least={rich.position}"
    again = rich.client.get(address, headers={"if-none-match": held.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_an_unknown_factory_is_told_on_a_page(case: Poster) -> None:
    assert (
        "Nothing of the name “factory:none” is in this ledger" in page(case, "/en/factories/none", 404).text
    )


def test_a_long_history_is_told_whole_and_in_few_bytes_a_line(poster: Poster) -> None:
    history = History(poster.log)
    history.open()
    history.enter(120)
    shown = page(poster, "/en/factories/works")
    assert len(positions(shown)) >= 120
    assert len(shown.html) < 12_000 * len(positions(shown))


def test_the_page_hands_out_the_dossier_and_the_command_that_makes_it(
    case: Poster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.web.routes.factories.makes_pdf", lambda: True)
    shown = page(case, "/de/factories/toys")
    address = "/v1/factories/toys/dossier"
    assert {address, f"{address}?format=pdf&lang=de"} <= set(shown.links)
    assert "evidence dossier factory:toys --url http://testserver -o toys.html" in shown.text
    # Making one is work that no crawler should ask for.
    links = [rest.partition(">")[0] for rest in shown.html.split(f'href="{address}')[1:]]
    assert len(links) == 2
    assert all(link.endswith('rel="nofollow"') for link in links)
    assert case.client.get(address).status_code == 200


def test_where_no_pdf_can_be_made_the_page_says_how_to_get_one(
    case: Poster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.web.routes.factories.makes_pdf", lambda: False)
    shown = page(case, "/en/factories/toys")
    assert "/v1/factories/toys/dossier" in shown.links
    assert not any("format=pdf" in link for link in shown.links)
    assert "This ledger makes no PDF itself. Print the HTML file from a browser" in shown.text
