"""Dossiers over HTTP: the bundle inside a page or a PDF, with the same limits as bundles."""

from __future__ import annotations

import asyncio
import io
import sys
from typing import Any

import pytest
from pypdf import PdfReader
from starlette.requests import ClientDisconnect
from starlette.testclient import TestClient

from api import bundles, dossiers
from api.limits import Gate, while_waited_for
from api.problems import Problem
from ledger.core.page import take_from_page
from tests.support.builder import Log
from tests.support.paper import demand_paper

from .conftest import Poster, TwinLog

TOYS = "/v1/factories/toys/dossier"


@pytest.fixture
def poster(client: TestClient) -> Poster:
    """A demo ledger with a party, a factory and an allegation."""
    log = TwinLog(clock="demo")
    log.poster = Poster(client, log)
    log.keys = dict(Log.opened().keys)
    log.append(log.genesis())
    log.register("ngo")
    log.factory("toys")
    log.say("AllegationMade", "ngo", about=["factory:toys"], claim={"issue": "osh/ppe"})
    return log.poster


def attachment(response: Any) -> str:
    assert response.status_code == 200, response.text
    return str(response.headers["content-disposition"])


def test_the_page_carries_the_bundle_and_is_saved_under_its_name(poster: Poster) -> None:
    response = poster.client.get(TOYS)
    assert attachment(response) == 'attachment; filename="factory-toys.html"'
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert take_from_page(response.content) == poster.client.get("/v1/factories/toys/bundle").content


def test_every_kind_that_has_a_bundle_has_a_dossier(poster: Poster) -> None:
    own = poster.log.recorded[-1].statement.id
    for path in ("parties/ngo", f"statements/{own}"):
        page = poster.client.get(f"/v1/{path}/dossier").content
        assert take_from_page(page) == poster.client.get(f"/v1/{path}/bundle").content


def test_who_holds_it_already_gets_no_other(poster: Poster) -> None:
    tag = poster.client.get(TOYS).headers["etag"]
    again = poster.client.get(TOYS, headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    poster.log.say("AllegationMade", "ngo", about=["factory:toys"], claim={"issue": "osh/ppe"})
    assert poster.client.get(TOYS, headers={"if-none-match": tag}).status_code == 200


def test_a_name_without_entries_is_not_found(poster: Poster) -> None:
    response = poster.client.get("/v1/factories/nowhere/dossier")
    assert (response.status_code, response.json()["code"]) == (404, "nothing-to-bundle")


def test_a_page_comes_in_english_alone(poster: Poster) -> None:
    told = poster.client.get(f"{TOYS}?lang=fr").json()
    assert (told["code"], told["place"], told["mend"]) == ("bad-parameter", "lang", "add format=pdf")


def test_more_than_may_be_made_at_once_is_refused_and_told_to_come_again(poster: Poster) -> None:
    gates = poster.client.app.state.dossiers  # type: ignore[attr-defined]
    with gates["html"].enter(), gates["html"].enter():
        refused = poster.client.get(TOYS)
        assert (refused.status_code, refused.json()["code"]) == (429, "too-many-bundles")
        assert refused.headers["retry-after"]
        assert poster.client.get("/v1/factories/toys/bundle").status_code == 200


def test_bundles_under_way_keep_nobody_from_a_dossier(poster: Poster) -> None:
    state = poster.client.app.state  # type: ignore[attr-defined]
    with state.bundles.enter(), state.bundles.enter():
        assert poster.client.get(TOYS).status_code == 200


def test_what_was_made_is_handed_out_again_until_the_log_grows(
    poster: Poster, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = poster.client.get(TOYS)
    monkeypatch.setattr(bundles, "write", never)
    again = poster.client.get(TOYS)
    assert (again.content, again.headers["etag"]) == (made.content, made.headers["etag"])
    held = poster.client.get(TOYS, headers={"if-none-match": made.headers["etag"]})
    assert held.status_code == 304
    monkeypatch.undo()
    poster.log.say("AllegationMade", "ngo", about=["factory:toys"], claim={"issue": "osh/heat"})
    assert poster.client.get(TOYS).content != made.content


async def never(*_: object, **__: object) -> None:
    raise AssertionError("nothing should be built")


def test_who_holds_it_is_told_so_without_anything_being_built(
    poster: Poster, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag = poster.client.get(TOYS).headers["etag"]
    state = poster.client.app.state  # type: ignore[attr-defined]
    state.kept = dossiers.Kept()
    monkeypatch.setattr(bundles, "write", never)
    assert poster.client.get(TOYS, headers={"if-none-match": tag}).status_code == 304


def test_no_more_is_kept_than_there_is_room_for() -> None:
    kept = dossiers.Kept(10)
    kept.put("one", b"12345")
    kept.put("two", b"12345")
    assert kept.get("one") == b"12345"
    kept.put("three", b"12345")
    kept.put("much", b"12345678901")
    assert [kept.get(tag) for tag in ("one", "two", "three", "much")] == [b"12345", None, b"12345", None]


def test_a_client_that_hangs_up_frees_the_place() -> None:
    ended: list[bool] = []

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(True)

    async def gone() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def asked() -> None:
        gate = Gate(1, "too-many-bundles")
        with pytest.raises(ClientDisconnect), gate.enter():
            await while_waited_for(gone, work())  # type: ignore[arg-type]
        assert gate.under_way == 0

    asyncio.run(asked())
    assert ended == [True]


def test_making_one_takes_no_more_memory_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    hungry = (
        "from api.dossier import made\n"
        "made._page = lambda _: bytes(made.MEMORY)\n"
        "raise SystemExit(made.main(['html', 'en']))"
    )
    monkeypatch.setattr(dossiers, "_MAKING", (sys.executable, "-c", hungry))
    with pytest.raises(Problem) as refused:
        asyncio.run(dossiers.make(b"", "html", "en"))
    assert refused.value.code == "dossier-too-large"


@pytest.mark.parametrize("language", ["fr", "de", "zh"])
def test_readers_are_told_in_their_language_as_a_page_and_programs_as_a_problem(
    poster: Poster, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setattr(dossiers, "makes_pdf", lambda: False)
    address = f"{TOYS}?format=pdf&lang={language}"
    shown = poster.client.get(address, headers={"accept": "text/html,*/*;q=0.8"})
    assert shown.status_code == 406
    assert shown.headers["content-type"] == "text/html; charset=utf-8"
    assert "WeasyPrint" in shown.text
    assert f'lang="{"zh-Hans" if language == "zh" else language}"' in shown.text
    assert poster.client.get(address).json()["code"] == "no-such-form"


def test_a_page_is_told_in_the_language_that_a_browser_asks_for(poster: Poster) -> None:
    headers = {"accept": "text/html", "accept-language": "de"}
    shown = poster.client.get("/v1/factories/nowhere/dossier", headers=headers)
    assert shown.status_code == 404
    assert '<html lang="de"' in shown.text


def test_paper_is_laid_out_in_the_language_that_was_asked_for(poster: Poster) -> None:
    demand_paper()
    response = poster.client.get(f"{TOYS}?format=pdf&lang=de")
    assert attachment(response) == 'attachment; filename="factory-toys.pdf"'
    assert PdfReader(io.BytesIO(response.content)).trailer["/Root"]["/Lang"] == "de"


def test_where_no_pdf_can_be_made_it_says_how_to_get_one(
    poster: Poster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dossiers, "makes_pdf", lambda: False)
    told = poster.client.get(f"{TOYS}?format=pdf").json()
    assert (told["status"], told["code"]) == (406, "no-such-form")
    assert "run `evidence dossier` on a machine of your own" in told["mend"]


@pytest.mark.parametrize("form", ["html", "pdf"])
@pytest.mark.parametrize(("bound", "value"), [("MOST_PRINTED", {"html": 9, "pdf": 9}), ("PATIENCE", 0.01)])
def test_what_would_take_too_much_is_refused(
    poster: Poster, monkeypatch: pytest.MonkeyPatch, bound: str, value: object, form: str
) -> None:
    monkeypatch.setattr(dossiers, "makes_pdf", lambda: True)
    monkeypatch.setattr(dossiers, bound, value)
    told = poster.client.get(f"{TOYS}?format={form}").json()
    assert (told["status"], told["code"]) == (406, "dossier-too-large")
