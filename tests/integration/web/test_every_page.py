"""What holds on every page: language, frame, policy, caching, and plain words for what cannot be shown."""

from __future__ import annotations

import re

import psycopg
import pytest

from tests.integration.api.conftest import Poster

from .conftest import page, read

PAGES = [
    "/",
    "/factories",
    "/factories/toys",
    "/investigations",
    "/open",
    "/open/knowledge",
    "/criteria",
    "/about",
]
LANGUAGES = {"en": "en", "fr": "fr", "de": "de", "zh": "zh-Hans"}


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("code", LANGUAGES)
def test_a_page_says_its_language_its_log_and_its_notice(case: Poster, path: str, code: str) -> None:
    shown = page(case, f"/{code}{path}")
    assert shown.all("html") == [{"lang": LANGUAGES[code]}]
    assert len(shown.all("h1")) == 1
    assert case.log.origin in shown.text
    assert [one["hreflang"] for one in shown.all("link") if one.get("rel") == "alternate"] == list(
        LANGUAGES.values()
    )


@pytest.mark.parametrize("path", PAGES)
def test_a_page_needs_no_script_no_cookie_and_nothing_from_elsewhere(case: Poster, path: str) -> None:
    shown = page(case, f"/en{path}")
    assert "set-cookie" not in shown.headers
    policy = shown.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not [
        attributes for _, attributes in shown.elements if "style" in attributes or "onclick" in attributes
    ]
    for one in shown.all("script"):
        assert "src" in one or one.get("type") == "application/json"
    addresses = [one.get("src") for one in shown.all("script") + shown.all("img")]
    addresses += [one.get("href") for one in shown.all("link")]
    assert all(address is None or address.startswith("/") for address in addresses)


def test_every_list_is_linked_from_where_a_reader_looks(case: Poster) -> None:
    home, factory, party = (page(case, f"/fr/{path}") for path in ("", "factories/toys", "parties/ngo"))
    for shown in (home, factory, party):
        assert {"/fr/factories", "/fr/investigations", "/fr/open", "/fr/parties"} <= set(shown.links)
    assert "/fr/open/knowledge" in home.links
    assert "/fr/open/knowledge?about=factory%3Atoys" in factory.links
    assert {"/fr/open/knowledge?about=party%3Ango", "/fr/open?asked=ngo"} <= set(party.links)


# What begins a line or a cell; names of parties and factories never stand in these.
BEGINS = re.compile(
    r"<(?:dt|caption|legend|label|button|summary|th scope=.col.)(?: [^>]*)?>(?:<[^>]*>|\s)*([^<]+)"
    r"|/submit/\w+\?event=\w+[^>]*>([^<]+)"
)


def test_labels_begin_with_a_capital(case: Poster) -> None:
    asked = next(one.statement.id for one in case.log.recorded if one.statement.event == "QuestionAsked")
    further = ["/parties/certifier", f"/statements/{asked}", "/search", "/verify", "/submit"]
    forms = ["/submit/allegation", "/submit/document?event=DocumentCaptured", "/submit/investigation"]
    for path in (*PAGES, *further, *forms):
        told = [one.strip() for pair in BEGINS.findall(page(case, f"/en{path}").html) for one in pair if one]
        assert [one for one in told if one[:1].islower()] == [], path


def test_the_notice_stands_on_every_page(case: Poster) -> None:
    for path in PAGES:
        assert "not that it is true" in page(case, f"/en{path}").text


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("de-CH,en;q=0.5", "de"),
        ("ja", "en"),
        ("fr;q=0.2, zh-CN;q=0.8", "zh"),
        ("fr;q=0, en", "en"),
        ("", "en"),
    ],
)
def test_an_address_without_a_language_leads_to_the_readers_own(case: Poster, asked: str, code: str) -> None:
    headers = {"accept-language": asked}
    response = case.client.get("/factories/toys?as_of=5", headers=headers, follow_redirects=False)
    assert (response.status_code, response.headers["location"]) == (307, f"/{code}/factories/toys?as_of=5")
    assert response.headers["vary"] == "accept-language"


def test_a_page_that_a_reader_holds_is_not_made_again(case: Poster) -> None:
    first = page(case, "/en/factories")
    address = f"/en/factories?at_least={case.position}"
    again = case.client.get(address, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    case.log.factory("other")
    address = f"/en/factories?at_least={case.position}"
    later = case.client.get(address, headers={"if-none-match": first.headers["etag"]})
    assert later.status_code == 200


def test_what_is_missing_is_told_on_a_page_with_how_to_go_on(case: Poster) -> None:
    shown = page(case, "/en/open/knowledge", 404, about="factory:none")
    assert "Nothing stands under this address" in shown.text
    assert "Nothing of the name “factory:none” is in this ledger" in shown.text
    assert shown.headers["cache-control"] == "no-store"


def test_a_day_that_does_not_exist_is_told_on_a_page(case: Poster) -> None:
    shown = page(case, "/en/factories", 400, as_of="2020-02-30")
    assert "“2020-02-30” is no moment of this ledger." in shown.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing", 404),
        ("/factories/nowhere", 404),
        ("/parties/nobody", 404),
        ("/criteria?as_of=01/03/2019", 400),
        ("/criteria?as_of=999999", 400),
        ("/statements/999999", 404),
        ("/statements/abc", 400),
        ("/investigations/999999", 404),
        ("/open?asked=nobody", 404),
        ("/open?about=factory:nowhere", 404),
        (f"/statements/{'0' * 64}", 404),
        ("/factories/toys?known=never", 400),
        ("/factories/Foshan", 400),
        ("/submit/nothing", 404),
        ("/submit/amendment?event=StatementCorrected&of=x", 404),
        ("/search?q=-x", 400),
    ],
)
@pytest.mark.parametrize("code", LANGUAGES)
def test_what_went_wrong_is_told_in_the_readers_language(
    case: Poster, code: str, path: str, status: int
) -> None:
    shown = page(case, f"/{code}{path}", status)
    told = shown.html.partition("<main")[2].partition("</main>")[0]
    assert 'lang="en"' not in told
    assert "pattern" not in told
    english = page(case, f"/en{path}", status).html.partition("<main")[2].partition("</main>")[0]
    assert (told == english) is (code == "en")


def test_a_statement_has_an_address_by_the_number_that_it_is_cited_by(case: Poster) -> None:
    ids = {line["position"]: line["id"] for line in case.read("/v1/factories/toys/timeline")["items"]}
    position, id_ = max(ids.items())
    for code in LANGUAGES:
        answer = case.client.get(f"/{code}/statements/{position}?as_of=2030-01-01", follow_redirects=False)
        assert answer.headers["location"] == f"/{code}/statements/{id_}?as_of=2030-01-01"
    # Without a language the reader's own comes first.
    answer = case.client.get(f"/statements/{position}", headers={"accept-language": "fr"})
    assert str(answer.url).endswith(f"/fr/statements/{id_}")


@pytest.mark.parametrize(
    "cited", ["{n}", "#{n}", "entry {n}", "Eintrag {n}", "entrée {n}", "条目 {n}", "Entry #{n}"]
)
def test_a_search_for_an_entrys_number_leads_to_its_statement(case: Poster, cited: str) -> None:
    first = case.read("/v1/factories/toys/timeline")["items"][-1]
    shown = page(case, "/en/search", q=cited.format(n=first["position"]))
    assert f"/en/statements/{first['id']}" in shown.links
    assert f"Entry {first['position']}: " in shown.text


def test_a_search_for_other_words_with_a_number_cites_no_entry(case: Poster) -> None:
    for words in ("toys 1", "1 2", "999999"):
        assert "Entry " not in page(case, "/en/search", q=words).text


def test_a_browser_gets_a_page_and_a_program_gets_json_for_an_unknown_address(case: Poster) -> None:
    browser = case.client.get("/nothing", headers={"accept": "text/html", "accept-language": "de"})
    assert (browser.status_code, browser.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert '<html lang="de">' in browser.text
    assert case.client.get("/nothing").headers["content-type"] == "application/problem+json"
    api = case.client.get("/v1/nothing", headers={"accept": "text/html"})
    assert api.headers["content-type"] == "application/problem+json"


def test_a_problem_at_an_address_without_a_language_leads_to_pages_that_there_are(case: Poster) -> None:
    headers = {"accept": "text/html", "accept-language": "de"}
    for address in ("/nothing", "/v1/factories/nowhere/dossier"):
        answer = case.client.get(address, headers=headers)
        shown = read(answer.text)
        others = [str(one["href"]) for one in shown.all("a") if "hreflang" in one]
        assert answer.status_code == 404
        assert others == [f"/{code}/" for code in LANGUAGES]
        assert [case.client.get(one).status_code for one in others] == [200] * len(LANGUAGES)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_page_that_asks_for_entries_to_come_says_for_how_many(case: Poster, code: str) -> None:
    shown = page(case, f"/{code}/factories", 400, at_least=987654)
    assert "987654" in shown.text


def test_what_a_reader_typed_comes_back_as_text(case: Poster) -> None:
    shown = page(case, "/en/factories", 400, as_of="<script>alert(1)</script>")
    assert "<script>alert" not in shown.html


def test_a_static_file_is_kept_for_ever_under_a_name_that_changes_with_it(case: Poster) -> None:
    address = next(str(one["href"]) for one in page(case, "/en/").all("link") if one["rel"] == "stylesheet")
    kept = case.client.get(address)
    assert kept.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in kept.headers["cache-control"]
    build = address.split("/")[2]
    assert case.client.get(address.replace(build, "0" * 16)).headers["cache-control"] == "no-store"
    assert case.client.get(f"/static/{build}/../routing.py").status_code == 404


def test_pages_are_no_part_of_the_documented_api(case: Poster) -> None:
    assert not [path for path in case.client.get("/openapi.json").json()["paths"] if "lang" in path]


def test_a_database_that_went_away_is_told_on_a_page(case: Poster, database_url: str) -> None:
    page(case, "/en/factories")
    with psycopg.connect(database_url, autocommit=True) as conn:
        conn.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    response = case.client.get("/fr/factories")
    assert response.status_code == 503
    assert '<html lang="fr">' in response.text
    assert int(response.headers["retry-after"]) >= 1


def test_an_error_of_ours_is_a_page_that_tells_nothing_of_what_was_sent(
    case: Poster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("what somebody sent")

    monkeypatch.setattr("projections.queries.registry", fails)
    response = case.client.get("/de/factories")
    assert (response.status_code, response.headers["content-type"]) == (500, "text/html; charset=utf-8")
    assert "what somebody sent" not in response.text
