"""Views over HTTP: as of any day, conditional, in pages, each with its clock and its notice."""

from __future__ import annotations

import re
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from tests.support.builder import START

from .conftest import Poster


def test_a_reader_sees_what_it_has_just_written(case: Poster) -> None:
    shown = case.read("/v1/factories/toys/timeline")
    assert shown["asOf"]["size"] >= case.position
    assert [item["event"] for item in shown["items"]] == [
        "FactoryRegistered",
        "AllegationMade",
        "AuditDescribed",
        "DeterminationIssued",
        "QuestionAsked",
    ]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/factories",
        "/v1/factories/toys",
        "/v1/factories/toys/timeline",
        "/v1/factories/toys/matrix",
        "/v1/parties",
        "/v1/parties/ngo",
        "/v1/parties/ngo/timeline",
        "/v1/parties/ngo/matrix",
        "/v1/requests",
        "/v1/commitments",
        "/v1/criteria",
    ],
)
def test_every_view_says_its_ledger_its_clock_and_its_notice(case: Poster, path: str) -> None:
    shown = case.read(path)
    assert shown["ledger"] == {
        "origin": case.log.origin,
        "genesis": case.log.genesis_id,
        "clock": "system",
    }
    assert "not that it is true" in shown["notice"]
    assert shown["asOf"]["clock"] == "system"


def test_a_party_is_shown_with_its_keys(case: Poster) -> None:
    assert case.log.keys["ngo"].id in str(case.read("/v1/parties/ngo"))


def test_a_matrix_shows_what_is_claimed_about_a_party(case: Poster) -> None:
    claim = {"issue": "audit-integrity/coaching"}
    made = case.log.say("AllegationMade", "ngo", about=["party:certifier", "factory:toys"], claim=claim)
    reply = case.log.say("ResponseGiven", "certifier", refs=[("disputes", made)])
    shown = case.read("/v1/parties/certifier/matrix")
    assert shown["name"] == "party:certifier"
    (row,) = shown["rows"]
    (cell,) = row["allegations"]
    assert (row["issue"], cell["id"]) == (claim["issue"], made.statement.id)
    assert [one["id"] for one in cell["replies"]] == [reply.statement.id]
    assert case.read("/v1/parties/certifier/matrix", as_of=made.index)["rows"] == []
    assert case.read("/v1/factories/toys/matrix")["rows"] != []


def test_an_investigation_is_shown_with_its_checklist(case: Poster) -> None:
    audit = next(r.statement.id for r in case.log.recorded if r.statement.event == "AuditDescribed")
    shown = case.read(f"/v1/investigations/{audit}")
    assert "asked" in str(shown)


def test_an_open_question_is_on_the_list_until_the_day_before_it_was_asked(case: Poster) -> None:
    assert len(case.read("/v1/requests", open="true")["items"]) == 1
    assert case.read("/v1/requests", as_of=START[:10].replace("2026", "2025"))["items"] == []


def test_as_of_a_position_shows_the_entries_before_it(case: Poster) -> None:
    shown = case.read("/v1/factories/toys/timeline", as_of=5)
    assert [item["event"] for item in shown["items"]] == ["FactoryRegistered", "AllegationMade"][:2]
    assert shown["asOf"]["size"] == 5


def test_pages_follow_their_links_to_the_end(case: Poster) -> None:
    seen: list[Any] = []
    path = f"/v1/factories/toys/timeline?limit=2&at_least={case.position}"
    while path:
        response = case.client.get(path)
        seen += [item["position"] for item in response.json()["items"]]
        following = re.search(r'<([^>]*)>; rel="next"', response.headers["link"])
        path = following[1] if following else ""
    assert seen == [item["position"] for item in case.read("/v1/factories/toys/timeline")["items"]]
    assert len(seen) == 5


def test_a_view_that_has_not_changed_is_not_sent_again(case: Poster) -> None:
    case.read("/v1/factories")
    first = case.client.get("/v1/factories")
    again = case.client.get("/v1/factories", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    case.log.factory("more")
    case.read("/v1/factories")
    changed = case.client.get("/v1/factories", headers={"if-none-match": first.headers["etag"]})
    assert changed.status_code == 200


def test_what_was_signed_with_a_key_in_other_hands_is_flagged_wherever_it_is_shown(case: Poster) -> None:
    claim = {"keyId": case.log.keys["ngo"].id, "compromisedSince": 4}
    case.log.say("KeyRevoked", "registrar", about=["party:ngo"], claim=claim)
    timeline = case.read("/v1/factories/toys/timeline")["items"]
    assert [item["event"] for item in timeline if item["flags"]] == ["AllegationMade", "QuestionAsked"]
    (question,) = case.read("/v1/requests")["items"]
    assert [(flag["party"], flag["since"]) for flag in question["flags"]] == [("ngo", 4)]
    before = case.read("/v1/factories/toys/timeline", as_of=case.position - 1)["items"]
    assert not any(item["flags"] for item in before)


def test_what_was_at_a_moment_is_the_same_answer_for_ever(case: Poster) -> None:
    first = case.client.get(f"/v1/factories/toys/matrix?as_of=5&at_least={case.position}")
    assert first.json()["asOf"].keys().isdisjoint({"projected", "logged"})
    case.log.say("AllegationMade", "ngo", about=["factory:toys"], claim={"issue": "osh/ppe"})
    path = f"/v1/factories/toys/matrix?as_of=5&at_least={case.position}"
    again = case.client.get(path, headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304


def test_head_answers_as_get_does_without_the_content(case: Poster) -> None:
    # Once the views have come that far: while they catch up, two requests may see two states.
    moment = f"/v1/factories?as_of=5&at_least={case.position}"
    paths = [moment, "/v1/factories/none", "/checkpoint", "/v1/schemas/party", "/healthz"]
    for path in paths:
        got, head = case.client.get(path), case.client.head(path)
        assert (head.status_code, head.content) == (got.status_code, b""), path
        kept = ("content-type", "content-length", "etag", "link", "cache-control")
        assert {name: head.headers.get(name) for name in kept} == {
            name: got.headers.get(name) for name in kept
        }, path
    assert case.client.head("/v1/statements").status_code == 405


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/v1/factories?as_of=yesterday", "as_of"),
        ("/v1/factories?as_of=2020-02-30", "as_of"),
        ("/v1/factories?as_of=2020-02-06T10:00:00%2B02:00", "as_of"),
        ("/v1/investigations/34", "id"),
        ("/v1/factories?limit=0", "limit"),
        ("/v1/factories?limit=many", "limit"),
        ("/v1/factories?at_least=-1", "at_least"),
        ("/v1/factories?at_least=999999", "at_least"),
        ("/v1/factories/toys/timeline?by=hearsay", "by"),
        ("/v1/factories/toys/timeline?after=x", "after"),
        ("/v1/factories/toys/timeline?kind=rumour", "kind"),
        ("/v1/factories/toys/timeline?issue=wages", "issue"),
        ("/v1/factories/toys/timeline?method=undercover", "method"),
        ("/v1/search?q=toys&issue=osh&issue=wages", "issue"),
        ("/v1/search?q=toys&method=undercover", "method"),
        ("/v1/criteria?issue=wages", "issue"),
        ("/v1/factories/toys/matrix?asof=2020-02-06", "asof"),
        ("/v1/factories?limit=0&limit=1000", "limit"),
        ("/v1/factories?limit=2&limit=2", "limit"),
        ("/v1/factories/toys/matrix?as_of=2&as_of=2020-02-06", "as_of"),
        ("/v1/factories/toys/matrix?asof=2&asof=3", "asof"),
        (f"/v1/documents/{'0' * 64}?at_least=1&at_least=2", "at_least"),
        ("/v1/search?q=toys&q=mill", "q"),
        ("/v1/factories/TOYS", "slug"),
        ("/v1/requests?after=%00", "after"),
        ("/v1/statements/abc", "id"),
    ],
)
def test_a_parameter_that_cannot_be_used_is_named(case: Poster, path: str, place: str) -> None:
    response = case.client.get(path)
    problem = response.json()
    assert (response.status_code, problem["place"]) == (400, place)
    assert problem["detail"]
    assert problem["mend"]


def test_who_misspelt_an_issue_is_told_the_one_that_was_likely_meant(case: Poster) -> None:
    told = case.client.get("/v1/criteria?issue=wages").json()["detail"]
    assert "(compensation/wages is one); `evidence terms issues` lists them" in told


@pytest.mark.parametrize(
    "path",
    ["/v1/factories/none", "/v1/parties/none", "/v1/parties/none/matrix", f"/v1/investigations/{'0' * 64}"],
)
def test_what_is_not_there_is_not_found(case: Poster, path: str) -> None:
    response = case.client.get(path)
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


def test_a_parameter_that_takes_several_values_may_be_repeated(case: Poster) -> None:
    path = f"/v1/factories/toys/timeline?kind=request&kind=allegation&at_least={case.position}"
    response = case.client.get(path)
    assert [item["kind"] for item in response.json()["items"]] == ["allegation", "request"]


def test_every_route_refuses_a_parameter_that_is_given_twice(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    blank = {"id": "0" * 64, "sha256": "0" * 64, "kind": "party"}
    asked = [path for path, methods in document["paths"].items() if "get" in methods]
    for path in asked:
        address = re.sub(r"{(\w+)}", lambda place: blank.get(place[1], "x"), path)
        response = client.get(f"{address}?other=1&other=2")
        problem = response.json()
        assert (response.status_code, problem["place"]) == (400, "other"), path
        assert problem["detail"] == "the parameter 'other' is given 2 times"
    assert len(asked) > 30


def test_an_address_or_a_method_that_is_not_ours_is_a_problem_too(client: TestClient) -> None:
    assert client.get("/v2/anything").json()["code"] == "not-found"
    refused = client.delete("/v1/statements")
    assert (refused.status_code, refused.json()["code"]) == (405, "method-not-allowed")
    assert refused.headers["allow"] == "POST"
    assert client.delete("/v1/factories").headers["allow"] == "GET, HEAD"


def test_each_kind_has_a_schema(client: TestClient) -> None:
    for kind in client.get("/v1/schemas").json()["kinds"]:
        response = client.get(kind["schema"])
        assert response.headers["content-type"] == "application/schema+json"
        assert response.json()["$schema"].startswith("https://json-schema.org/draft/2020-12")
    assert client.get("/v1/schemas/rumour").status_code == 404


def test_a_process_that_works_is_alive_and_ready(case: Poster) -> None:
    assert case.client.get("/healthz").status_code == 200
    case.read("/v1/factories")
    ready = case.client.get("/readyz")
    assert ready.status_code == 200, ready.text
    assert set(ready.json()["checks"]) == {
        "sequencer",
        "views",
        "migrations",
        "publication",
        "blobs",
        "index",
        "witnesses",
        "search",
    }


def test_every_answer_forbids_guessing_its_type(client: TestClient) -> None:
    for path in ("/healthz", "/v1/schemas", "/nothing"):
        assert client.get(path).headers["x-content-type-options"] == "nosniff"


def test_a_database_that_went_away_is_no_error_of_ours(case: Poster, database_url: str) -> None:
    case.read("/v1/factories")
    with psycopg.connect(database_url, autocommit=True) as conn:
        conn.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    response = case.client.get("/v1/factories")
    assert (response.status_code, response.json()["code"]) == (503, "unavailable")
    assert int(response.headers["retry-after"]) >= 1
