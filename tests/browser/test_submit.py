"""Submitting in a browser: a key that never leaves it, a statement looked at and signed, a receipt."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, Route, expect

from ledger.core.keys import public_key
from ledger.core.note import COSIGNATURE, Verifier
from tests.acceptance.conftest import evidence
from tests.browser.keyboard import reach
from tests.browser.newsroom import Newsroom, ask_for_key, enrol, newsroom

pytestmark = pytest.mark.xdist_group("browser-submit")


@pytest.fixture(scope="module")
def room(short_folder: Path) -> Iterator[Newsroom]:
    folder = short_folder / "newsroom"
    folder.mkdir()
    with newsroom(folder) as found:
        yield found


@pytest.fixture(scope="module")
def office(chromium: Browser, room: Newsroom) -> Iterator[BrowserContext]:
    """A browser whose key signs for the watch."""
    context = room.profile(chromium)
    page = context.new_page()
    enrol(page, room, "watch")
    page.close()
    yield context
    context.close()


@pytest.fixture
def page(office: BrowserContext, room: Newsroom) -> Iterator[Page]:
    """A page in that browser; nothing in it may break its own policy or fail."""
    made = office.new_page()
    yield made
    # Drafts of one test are no business of the next.
    made.evaluate("localStorage.clear()")
    made.close()
    assert room.told() == []


def form(page: Page, room: Newsroom, address: str) -> None:
    page.goto(f"{room.url}/en/submit/{address}")
    expect(page.locator("#statement[data-ready]")).to_be_attached()


def about_the_mill(page: Page) -> None:
    page.get_by_role("combobox", name="about whom or what").first.fill("factory:mill")


def look(page: Page) -> None:
    page.get_by_role("button", name="Look at it before signing").click()


def sign_and_send(page: Page) -> None:
    expect(page.locator("#preview")).to_be_visible()
    page.get_by_role("button", name="Sign and send, for ever").click()
    expect(page.locator("#receipt")).to_be_visible()


def error_at(page: Page, field: str) -> str:
    error = page.locator(f"[id='{field}-error']")
    expect(error).to_be_visible()
    return error.inner_text()


# --- keys


def test_a_key_made_in_the_browser_signs_once_the_root_key_has_added_it(
    chromium: Browser, room: Newsroom
) -> None:
    context = room.profile(chromium)
    page = context.new_page()
    request = ask_for_key(page, room, "union", "Reading room")
    card = page.locator("#keys > li")
    expect(card).to_contain_text("waiting for the organisation's root key")
    digits = card.locator("code").first.inner_text()
    added = room.add_device(request, "union")
    assert digits.replace(" ", "") == added["keyId"][:32]
    page.get_by_role("button", name="Look again how they stand").click()
    expect(card).to_contain_text("in force since entry")
    keys = room.ask("/v1/parties/union", at_least=room.size)["keys"]
    assert [(key["role"], key["keyId"]) for key in keys][-1] == ("device", added["keyId"])
    context.close()
    assert room.told() == []


def test_the_secret_half_of_a_key_cannot_be_read_by_the_page(page: Page, room: Newsroom) -> None:
    page.goto(f"{room.url}/en/submit/keys")
    expect(page.locator("#keys > li[data-state=in-force]")).to_be_visible()
    outcome = page.evaluate(
        """() => new Promise((resolve) => {
          const open = indexedDB.open("evidence-ledger");
          open.onsuccess = () => {
            const all = open.result.transaction("keys").objectStore("keys").getAll();
            all.onsuccess = async () => {
              const { key } = all.result[0];
              const tried = crypto.subtle.exportKey("pkcs8", key);
              resolve([key.extractable, await tried.then(() => "read", (error) => error.name)]);
            };
          };
        })"""
    )
    assert outcome == [False, "InvalidAccessError"]


def test_the_request_is_shown_as_a_code_and_no_other_text_becomes_one(
    chromium: Browser, room: Newsroom
) -> None:
    context = room.profile(chromium)
    page = context.new_page()
    ask_for_key(page, room, "union")
    page.get_by_text("Show the request, and as a code").click()
    code = page.get_by_role("img", name="The request as a code to photograph")
    expect(code).to_be_visible()
    assert page.evaluate("document.querySelector('.code-box img').naturalWidth") > 0
    answer = page.request.get(f"{room.url}/en/submit/code.svg?request=anything")
    assert answer.status == 400
    context.close()


def test_a_root_key_without_network_signs_a_file_that_the_device_sends(
    chromium: Browser, room: Newsroom
) -> None:
    context = room.profile(chromium)
    page = context.new_page()
    added = room.add_device(ask_for_key(page, room, "union"), "union", "--offline")
    page.goto(f"{room.url}/en/submit/cosign")
    page.get_by_label("Signed file").set_input_files(added["file"])
    expect(page.locator("#for-ever")).to_contain_text(added["keyId"])
    page.get_by_role("button", name="Send it to the ledger").click()
    expect(page.locator("#receipt")).to_be_visible()
    page.goto(f"{room.url}/en/submit/keys")
    expect(page.locator("#keys > li[data-state=in-force]")).to_be_visible()
    context.close()
    assert room.told() == []


def test_a_party_without_a_key_of_its_own_cannot_have_devices(page: Page, room: Newsroom) -> None:
    page.goto(f"{room.url}/en/submit/keys")
    for party, told in (("buyer", "only named here"), ("nobody", "no party of this name")):
        page.get_by_label("Your organisation's short name").fill(party)
        page.get_by_role("button", name="Make the key").click()
        expect(page.locator("#party-error")).to_contain_text(told)
        expect(page.get_by_label("Your organisation's short name")).to_be_focused()


# --- statements


def test_an_allegation_with_a_document_is_found_on_the_timeline(page: Page, room: Newsroom) -> None:
    form(page, room, "document?event=DocumentCaptured")
    scan = b"Twelve workers said that there was no training.\n" * 20_000
    page.get_by_label("file").first.set_input_files(
        {"name": "interviews.txt", "mimeType": "text/plain", "buffer": scan}
    )
    expect(page.locator("#document-told")).to_contain_text(f"{len(scan)} bytes, text/plain")
    about_the_mill(page)
    page.locator("#f-claim-title").fill("Notes of interviews")
    look(page)
    expect(page.locator("#for-ever")).to_contain_text(f"{len(scan)}")
    expect(page.locator("#erasable")).to_contain_text("Notes of interviews")
    sign_and_send(page)
    expect(page.locator("#receipt-facts")).to_contain_text("the log's signed tree holds it")

    page.get_by_role("link", name="an allegation").click()
    expect(page.locator("#statement[data-ready]")).to_be_attached()
    about_the_mill(page)
    page.locator("#f-claim-issue").select_option("osh/pre-job-training")
    page.locator("#f-claim-text").fill("Workers say that nobody trained them.")
    look(page)
    expect(page.locator("#for-ever")).to_contain_text("Pre-job training")
    expect(page.locator("#for-ever")).to_contain_text("document captured")
    expect(page.locator("#for-ever")).not_to_contain_text("nobody trained them")
    expect(page.locator("#erasable")).to_contain_text("nobody trained them")
    signed = page.locator("#bytes").text_content()
    sign_and_send(page)

    document, alleged = room.timeline()[-2:]
    assert (document["event"], alleged["event"]) == ("DocumentCaptured", "AllegationMade")
    assert alleged["refs"][0] | {"rel": "basedOn", "id": document["id"]} == alleged["refs"][0]
    assert alleged["content"]["text"] == {"lang": "en", "text": "Workers say that nobody trained them."}
    assert alleged["provenance"]["signedBy"] == ["watch"]
    logged = room.ask(f"/v1/statements/{alleged['id']}")
    assert json.loads(signed or "") == logged["statement"]
    page.get_by_role("link", name="The statement's page").click()
    page.get_by_role("main").get_by_role("link", name="River Mill").first.click()
    line = page.locator(f"ol.timeline li#e{alleged['position']}")
    expect(line).to_contain_text("Workers say that nobody trained them.")


def test_the_receipt_is_two_files_that_the_command_line_verifies(
    page: Page, room: Newsroom, tmp_path: Path
) -> None:
    form(page, room, "allegation")
    about_the_mill(page)
    page.locator("#f-claim-issue").select_option("osh/ppe")
    look(page)
    sign_and_send(page)
    for button in ("Save the entry", "Save the proof"):
        with page.expect_download() as saved:
            page.get_by_role("button", name=button).click()
        saved.value.save_as(tmp_path / saved.value.suggested_filename)
    (entry,) = tmp_path.glob("*.entry")
    told = evidence("verify", entry, "--trust", room.trust)
    assert "inclusion" in told.out
    assert told.code == 0, told.out + told.err
    page.reload()
    expect(page.locator("#receipt")).to_be_visible()
    expect(page.locator("#receipts")).to_contain_text("allegation")
    expect(page.locator("#citation")).to_contain_text("urn:evidence-ledger:v1:citation")
    assert page.locator("#code").evaluate("async (image) => (await image.decode(), image.naturalWidth)") > 0
    shown = page.locator("#receipt-facts").inner_text() + page.locator("#stated").inner_text()
    assert not re.search(r"\d{4}-\d{2}-\d{2}", shown)
    assert "UTC" in shown


def sent_allegation(page: Page, room: Newsroom) -> None:
    form(page, room, "allegation")
    about_the_mill(page)
    page.locator("#f-claim-issue").select_option("osh/ppe")
    look(page)
    sign_and_send(page)


def test_the_bundle_saved_with_a_receipt_shows_a_stranger_who_signed(
    page: Page, room: Newsroom, tmp_path: Path
) -> None:
    sent_allegation(page, room)
    # Otherwise it may take a minute until the entry is indexed; until then the page goes on asking.
    indexed = evidence("index", "--data", room.folder / "ledger")
    assert indexed.code == 0, indexed.err
    with page.expect_download(timeout=150_000) as saved:
        page.get_by_role("button", name="Check the bundle and save it").click()
    told = page.locator("#bundle-told")
    expect(told).to_contain_text("measured against this ledger's word about itself")
    expect(told).to_contain_text("witnesses: unchecked; 0 cosignatures; the trust file asks for no witnesses")
    # In a folder by itself, as whoever gets it by mail has it.
    alone = tmp_path / saved.value.suggested_filename
    saved.value.save_as(alone)
    report = evidence("verify", alone, "--trust", room.trust, "--json").json()
    grades = {step["name"]: step["grade"] for step in report["steps"]}
    # Which keys were in force takes an index of the log, which this one has not published.
    assert {grades[name] for name in ("signatures", "inclusion", "checkpoint")} == {"held"}


def test_a_saved_bundle_that_too_few_witnesses_have_seen_is_not_said_to_be_without_fault(
    page: Page, room: Newsroom
) -> None:
    sent_allegation(page, room)
    trust = json.loads(room.trust.read_text())
    witness = Verifier("w.example", COSIGNATURE, public_key(bytes(32))).vkey
    asking = f"log {trust['vkey']}\nwitness W {witness}\nquorum W\n"
    page.route("**/verify/trust.json", answering(json.dumps({**trust, "policy": asking})))
    with page.expect_download(timeout=150_000):
        page.get_by_role("button", name="Check the bundle and save it").click()
    told = page.locator("#bundle-told")
    expect(told).to_contain_text("witnesses: failed; 0 cosignatures, the quorum W is not reached")
    expect(told).to_contain_text("measured against this ledger's word about itself")


def test_a_receipt_alone_says_where_the_keys_are(page: Page, room: Newsroom, tmp_path: Path) -> None:
    sent_allegation(page, room)
    expect(page.locator("#receipt")).to_contain_text("Whose keys signed it they do not show")
    for button in ("Save the entry", "Save the proof"):
        with page.expect_download() as saved:
            page.get_by_role("button", name=button).click()
        saved.value.save_as(tmp_path / saved.value.suggested_filename)
    told = evidence("verify", next(tmp_path.glob("*.entry")), "--trust", room.trust)
    assert "the bundle of the statement has them" in " ".join(told.out.split())


def answering(body: str) -> Callable[[Route], None]:
    return lambda route: route.fulfill(status=200, body=body)


def test_a_bundle_that_is_not_there_yet_or_does_not_hold_is_not_saved(page: Page, room: Newsroom) -> None:
    sent_allegation(page, room)
    button = page.get_by_role("button", name="Check the bundle and save it")
    told = page.locator("#bundle-told")
    late = {"code": "nothing-to-bundle", "detail": "not yet", "status": 404}
    page.route("**/bundle", lambda route: route.fulfill(status=404, body=json.dumps(late)))
    button.click()
    expect(told).to_contain_text("has not indexed this entry yet")
    expect(button).to_be_disabled()  # the page goes on asking
    page.unroute("**/bundle")
    page.reload()

    for other, why in (
        ("not a bundle", "file: "),
        (page.request.get(f"{room.url}/v1/parties/union/bundle").text(), "the entry of this receipt"),
    ):
        page.route("**/bundle", answering(other))
        button.click()
        expect(told).to_contain_text(why)
        expect(told).to_contain_text("does not hold, so it was not saved")
        page.unroute("**/bundle")


def test_a_draft_is_there_again_after_a_reload_and_gone_once_it_is_signed(page: Page, room: Newsroom) -> None:
    form(page, room, "observation")
    about_the_mill(page)
    page.locator("#f-claim-issue").select_option("osh/heat")
    page.locator("#f-claim-method").select_option("site-observation")
    page.locator("#f-claim-text").fill("38 degrees in the spinning hall.")
    page.get_by_text("More, if you know it").click()
    page.locator("#f-claim-quantity-value").fill("38")
    expect(page.locator("#kept")).to_contain_text("Draft kept")
    page.reload()
    expect(page.locator("#statement[data-ready]")).to_be_attached()
    expect(page.locator("#kept")).to_contain_text("is back")
    expect(page.locator("#f-claim-text")).to_have_value("38 degrees in the spinning hall.")
    assert page.locator("#f-claim-method").input_value() == "site-observation"
    page.goto(f"{room.url}/en/submit")
    page.locator("#drafts").get_by_role("link", name="observation").click()
    page.locator("#f-claim-result").select_option("present")
    page.get_by_text("More, if you know it").click()
    page.locator("#f-claim-quantity-value").fill("")
    look(page)
    sign_and_send(page)
    page.goto(f"{room.url}/en/submit")
    expect(page.locator("#drafts")).to_contain_text("Nothing unfinished")


def test_what_is_missing_is_named_at_its_field_and_in_a_summary_that_leads_there(
    page: Page, room: Newsroom
) -> None:
    form(page, room, "observation")
    look(page)
    expect(page.locator("#wrong")).to_be_focused()
    assert error_at(page, "f-claim-issue") == "This is needed."
    page.locator("#wrong").get_by_role("link", name="issue").click()
    expect(page.locator("#f-claim-issue")).to_be_focused()
    assert page.locator("#f-claim-issue").get_attribute("aria-invalid") == "true"
    expect(page.locator("#preview")).to_be_hidden()


def test_what_the_ledger_refuses_is_shown_at_its_field(page: Page, room: Newsroom) -> None:
    form(page, room, "allegation")
    about_the_mill(page)
    page.locator("#f-claim-issue").select_option("osh/ppe")
    page.get_by_text("When it was, and when it was said").click()
    page.locator("#f-occurred").fill("2020/2019")  # two years, which only the ledger finds to be reversed
    look(page)
    before = room.size
    page.get_by_role("button", name="Sign and send, for ever").click()
    assert "2020/2019" in error_at(page, "f-occurred")
    expect(page.locator("#wrong")).to_be_focused()
    assert page.locator("#f-occurred-error").get_attribute("lang") == "en"
    assert room.size == before


def test_a_name_that_nobody_registered_is_refused_before_anything_is_signed(
    page: Page, room: Newsroom
) -> None:
    form(page, room, "allegation")
    page.get_by_role("combobox", name="about whom or what").first.fill("factory:nowhere")
    page.locator("#f-claim-issue").select_option("osh/ppe")
    look(page)
    expect(page.locator("#wrong")).to_contain_text("Nobody has registered “factory:nowhere” here")
    expect(page.get_by_role("combobox", name="about whom or what").first).to_have_attribute(
        "aria-invalid", "true"
    )


def test_a_factory_is_named_by_what_it_is_called(page: Page, room: Newsroom) -> None:
    form(page, room, "allegation")
    about = page.get_by_role("combobox", name="about whom or what").first
    about.fill("river")
    about.blur()
    page.get_by_role("button", name="River Mill (factory:mill)").click()
    expect(about).to_have_value("factory:mill")
    about.fill("RIVER MILL")
    about.blur()
    expect(about).to_have_value("factory:mill")
    expect(page.locator("#statement")).to_contain_text("“RIVER MILL” was read as River Mill (factory:mill).")


def test_a_strangers_proposal_decides_for_nobody_whom_a_name_means(page: Page, room: Newsroom) -> None:
    proposed = {
        "event": "PartyListed",
        "issuers": ["union"],
        "subjects": ["party:buyer-hk"],
        "claim": {"entity": "organisation", "roles": ["buyer"], "names": ["Buyer"]},
    }
    (room.folder / "proposed").mkdir()
    written = room.folder / "proposed" / "buyer-hk.yaml"
    written.write_text(json.dumps(proposed))
    ledger = ("--url", room.url, "--trust", room.trust)
    signed = evidence("sign", written, "--key", room.folder / "union.key", *ledger)
    assert signed.code == 0, signed.err
    entered = evidence("submit", written.with_suffix(".signed.json"), *ledger)
    assert entered.code == 0, entered.err
    room.ask("/v1/parties", at_least=room.size)

    form(page, room, "allegation")
    about = page.get_by_role("combobox", name="about whom or what").first
    about.fill("Buyer")
    about.blur()
    expect(page.get_by_role("button", name="The Buyer (party:buyer)")).to_be_visible()
    page.get_by_role("button", name="Buyer (party:buyer-hk; proposed by union").click()
    expect(about).to_have_value("party:buyer-hk")
    page.locator("#f-claim-issue").select_option("osh/ppe")
    look(page)
    shown = page.locator("#for-ever")
    expect(shown).to_contain_text("Watch (watch)")
    expect(shown).to_contain_text(
        "Buyer (party:buyer-hk; proposed by union, not registered by the registrar)"
    )


def test_a_form_asks_for_no_reference_where_none_is_needed(page: Page, room: Newsroom) -> None:
    form(page, room, "allegation")
    assert page.get_by_label("to which statement").count() == 0
    page.locator('[data-member="refs"]').get_by_role("button", name="Add one").click()
    expect(page.get_by_label("to which statement")).to_be_visible()
    form(page, room, "response")
    expect(page.get_by_label("to which statement")).to_be_visible()


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "This is needed."),
        ("China Labor Watch", "no party of this name"),
        ("Mill?", "no party of this name"),
    ],
)
def test_a_key_for_nobody_is_refused_at_the_field_in_plain_words(
    page: Page, room: Newsroom, typed: str, told: str
) -> None:
    page.goto(f"{room.url}/en/submit/keys")
    page.get_by_label("Your organisation's short name").fill(typed)
    page.get_by_role("button", name="Make the key").click()
    assert told in error_at(page, "party")
    assert "pattern" not in page.locator("main").inner_text()


def test_a_key_is_made_for_an_organisation_by_its_full_name(chromium: Browser, room: Newsroom) -> None:
    context = room.profile(chromium)
    page = context.new_page()
    page.goto(f"{room.url}/en/submit/keys")
    expect(page.locator("#parties option")).not_to_have_count(0)
    page.get_by_label("Your organisation's short name").fill("Union")
    page.get_by_role("button", name="Make the key").click()
    expect(page.locator("#keys > li")).to_contain_text("union")
    expect(page.get_by_label("Your organisation's short name")).to_have_value("union")
    context.close()


def test_a_small_count_is_refused_with_the_reason_and_can_be_kept_out_of_the_log(
    page: Page, room: Newsroom
) -> None:
    form(page, room, "observation")
    about_the_mill(page)
    page.locator("#f-claim-issue").select_option("osh/ppe")
    page.locator("#f-claim-method").select_option("worker-interview")
    page.locator("#f-claim-result").select_option("absent")
    page.get_by_text("More, if you know it").click()
    page.locator("#f-claim-quantity-value").fill("3")
    page.locator("#f-claim-quantity-unit").select_option("persons")
    look(page)
    assert "only where at least ten were asked" in error_at(page, "f-claim-quantity")
    page.locator("#f-claim-quantity-leave").check()
    look(page)
    expect(page.locator("#erasable")).to_contain_text("3")
    expect(page.locator("#for-ever")).not_to_contain_text("persons")
    sign_and_send(page)
    assert room.timeline()[-1]["content"]["quantity"] == {"unit": "persons", "value": "3"}


def test_harassment_is_signed_as_a_bare_issue_on_purpose_or_not_at_all(page: Page, room: Newsroom) -> None:
    form(page, room, "allegation")
    about_the_mill(page)
    expect(page.locator("#sensitive")).to_be_hidden()
    page.locator("#f-claim-issue").select_option("harassment-gbv")
    page.locator("#f-claim-text").fill("What a worker told us.")
    expect(page.locator("#sensitive")).to_be_visible()
    look(page)
    assert "sealed ones cannot be made yet" in error_at(page, "f-bare")
    page.get_by_label("I sign the bare issue publicly, on purpose").check()
    look(page)
    assert "belong into a sealed statement" in error_at(page, "f-claim-text")
    page.locator("#f-claim-text").fill("")
    look(page)
    expect(page.locator("#erasable")).to_contain_text("Nothing of it lies beside the log.")
    sign_and_send(page)
    assert room.timeline()[-1]["content"] == {"issue": "harassment-gbv"}


def test_a_reply_finds_what_it_answers_and_is_about_all_that_is_concerned(page: Page, room: Newsroom) -> None:
    form(page, room, "request?event=QuestionAsked")
    about_the_mill(page)
    page.get_by_role("combobox", name="to whom").fill("union")
    page.locator("#f-claim-text").fill("Who was interviewed?")
    look(page)
    expect(page.locator("#for-ever")).to_contain_text("party:union")
    sign_and_send(page)
    asked = room.timeline()[-1]
    form(page, room, "response")
    about_the_mill(page)
    page.get_by_label("how it refers").select_option("acknowledges")
    page.get_by_role("textbox", name="to which statement").fill("interviewed")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("button", name="question").click()
    assert page.get_by_role("textbox", name="to which statement").input_value() == asked["id"]
    page.get_by_role("button", name="Remove").first.click()  # whom it is about follows from the question
    look(page)
    expect(page.locator("#for-ever")).to_contain_text("factory:mill")
    sign_and_send(page)
    assert set(room.timeline()[-1]["subjects"]) == {"factory:mill", "party:union"}


def test_two_organisations_sign_one_statement_each_in_its_own_browser(
    page: Page, chromium: Browser, room: Newsroom
) -> None:
    form(page, room, "allegation")
    about_the_mill(page)
    page.locator("#f-claim-issue").select_option("compensation/wages")
    page.get_by_text("Others sign the same statement").click()
    page.get_by_role("combobox", name="who else signs").fill("union")
    look(page)
    expect(page.locator("#others")).to_contain_text("union must sign, too")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Sign, and save the file for the others").click()
    file = room.folder / "joint.signed.json"
    saved.value.save_as(file)

    context = room.profile(chromium)
    other = context.new_page()
    enrol(other, room, "union")
    other.goto(f"{room.url}/en/submit/cosign")
    other.get_by_label("Signed file").set_input_files(file)
    expect(other.locator("#signatures")).to_contain_text("union: still missing")
    expect(other.get_by_role("button", name="Send it to the ledger")).to_be_disabled()
    other.get_by_role("button", name="Add my signature").click()
    other.get_by_role("button", name="Send it to the ledger").click()
    expect(other.locator("#receipt")).to_be_visible()
    context.close()
    assert room.timeline()[-1]["provenance"]["signedBy"] == ["union", "watch"]


def file_to_cosign(room: Newsroom, text: str) -> Path:
    """A statement of the watch and the union that the union has signed, with words beside the log."""
    draft = {
        "event": "AllegationMade",
        "issuers": ["union", "watch"],
        "subjects": ["factory:mill"],
        "claim": {"issue": "osh/ppe", "text": {"lang": "en", "text": text}},
    }
    (room.folder / "joint").mkdir(exist_ok=True)
    written = room.folder / "joint" / "joint.yaml"
    written.write_text(json.dumps(draft))
    signed = evidence(
        *("sign", written, "--key", room.folder / "union.key", "--url", room.url, "--trust", room.trust)
    )
    assert signed.code == 0, signed.err
    return written.with_suffix(".signed.json")


def test_a_file_that_does_not_show_the_words_it_commits_to_is_not_signed(page: Page, room: Newsroom) -> None:
    file = file_to_cosign(room, "Gloves were not handed out.")
    page.goto(f"{room.url}/en/submit/cosign")
    page.get_by_label("Signed file").set_input_files(file)
    expect(page.locator("#erasable")).to_contain_text("Gloves were not handed out.")
    expect(page.get_by_role("button", name="Add my signature")).to_be_visible()

    file.write_text(json.dumps({**json.loads(file.read_text()), "disclosures": []}))
    page.reload()
    page.get_by_label("Signed file").set_input_files(file)
    expect(page.locator("#erasable")).to_contain_text("Parts hidden from you: 1.")
    expect(page.locator("#erasable")).not_to_contain_text("Nothing of it lies beside the log")
    expect(page.get_by_role("button", name="Add my signature")).to_be_hidden()


def test_a_correction_has_the_fields_of_what_it_corrects(page: Page, room: Newsroom) -> None:
    form(page, room, "allegation")
    about_the_mill(page)
    page.locator("#f-claim-issue").select_option("osh/ppe")
    look(page)
    sign_and_send(page)
    corrected = room.timeline()[-1]["id"]
    page.goto(f"{room.url}/en/submit/amendment?event=StatementCorrected")
    page.get_by_label("Which statement do you change?").fill(f"{room.url}/en/statements/{corrected}")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#statement[data-ready]")).to_be_attached()
    page.get_by_text("More, if you know it").click()
    page.locator("#f-claim-set-issue").select_option("osh/machinery")
    look(page)
    sign_and_send(page)
    changed = room.ask(f"/v1/statements/{room.timeline()[-1]['id']}")["statement"]["predicate"]
    assert (changed["event"], changed["claim"]) == ("StatementCorrected", {"set": {"issue": "osh/machinery"}})


def test_a_draft_saved_as_a_file_is_signed_by_the_command_line(
    page: Page, room: Newsroom, tmp_path: Path
) -> None:
    form(page, room, "allegation")
    about_the_mill(page)
    page.locator("#f-claim-issue").select_option("osh/ppe")
    page.locator("#f-claim-text").fill("“No gloves” – 没有手套 🧤")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as a file for the command line").click()
    draft = tmp_path / "allegation.yaml"
    saved.value.save_as(draft)
    keys = ["--key", room.folder / "watch.key", "--trust", room.trust]
    signed = evidence("sign", draft, *keys, "--url", room.url, "--json").json()
    (disclosure,) = json.loads(Path(signed[0]["file"]).read_text())["disclosures"]
    assert json.loads(base64.urlsafe_b64decode(disclosure + "==="))[2]["text"] == "“No gloves” – 没有手套 🧤"


def test_a_key_is_made_and_its_request_saved_by_keyboard_alone(chromium: Browser, room: Newsroom) -> None:
    context = room.profile(chromium)
    page = context.new_page()
    page.goto(f"{room.url}/en/submit/keys")
    reach(page, "party")
    page.keyboard.type("union")
    reach(page, "label")
    page.keyboard.type("Desk")
    reach(page, "Make the key")
    page.keyboard.press("Enter")
    expect(page.locator("#keys > li[data-state=waiting]")).to_be_visible()
    reach(page, "Save the request")
    with page.expect_download() as saved:
        page.keyboard.press("Enter")
    request = room.folder / saved.value.suggested_filename
    saved.value.save_as(request)
    added = room.add_device(request, "union")
    reach(page, "look-again")
    page.keyboard.press("Enter")
    card = page.locator("#keys > li[data-state=in-force]")
    expect(card).to_contain_text("in force since entry")
    assert card.locator("code").first.inner_text().replace(" ", "") == added["keyId"][:32]
    context.close()
    assert room.told() == []


def test_an_allegation_with_a_document_is_made_and_found_on_the_timeline_by_keyboard_alone(
    page: Page, room: Newsroom
) -> None:
    scan = b"Eight people sleep in a room.\n" * 1_000
    rooms: FilePayload = {"name": "rooms.txt", "mimeType": "text/plain", "buffer": scan}
    # Listened for from the start: a dialogue that opens before anybody listens is closed by the browser.
    page.on("filechooser", lambda dialogue: dialogue.set_files(rooms))
    form(page, room, "document?event=DocumentCaptured")
    reach(page, "document-file")
    page.keyboard.press("Enter")
    expect(page.locator("#document-told")).to_contain_text(f"{len(scan)} bytes, text/plain")
    type_about_the_mill(page)
    reach(page, "f-claim-title")
    page.keyboard.type("Notes on the dormitory")
    sign_by_keyboard(page)

    reach(page, "an allegation")
    page.keyboard.press("Enter")
    expect(page.locator("#statement[data-ready]")).to_be_attached()
    type_about_the_mill(page)
    reach(page, "f-claim-issue")
    page.keyboard.type("Housing")  # a select takes what is typed
    reach(page, "f-claim-text")
    page.keyboard.type("Eight people to a room.")
    sign_by_keyboard(page)
    document, alleged = room.timeline()[-2:]  # which also waits until the pages have it
    assert [(ref["rel"], ref["id"]) for ref in alleged["refs"]] == [("basedOn", document["id"])]

    reach(page, "to-statement")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/statements/{alleged['id']}**")
    reach(page, "River Mill")
    page.keyboard.press("Enter")
    page.wait_for_url("**/factories/mill**")
    line = page.locator(f"ol.timeline li#e{alleged['position']}")
    expect(line).to_contain_text("Eight people to a room.")
    expect(line).to_contain_text("Notes on the dormitory")


def type_about_the_mill(page: Page) -> None:
    first = page.get_by_role("combobox", name="about whom or what").first.get_attribute("id")
    assert first is not None
    reach(page, first)
    page.keyboard.type("factory:mill")


def sign_by_keyboard(page: Page) -> None:
    reach(page, "preview-button")
    page.keyboard.press("Enter")
    expect(page.locator("#preview-title")).to_be_focused()
    reach(page, "sign")
    page.keyboard.press("Enter")
    expect(page.locator("#receipt-title")).to_be_focused()


def test_without_a_script_the_page_says_which_command_does_the_same(
    chromium: Browser, room: Newsroom
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{room.url}/en/submit/request?event=DemandMade")
    expect(page.get_by_text("Signing needs JavaScript")).to_be_visible()
    assert "evidence draft DemandMade" in page.inner_text("main")
    expect(page.locator("#statement")).to_be_hidden()
    context.close()


def test_every_form_can_be_opened_and_says_what_it_needs_or_would_sign(page: Page, room: Newsroom) -> None:
    page.goto(f"{room.url}/en/submit")
    links = page.locator("main a[href*='/submit/'][href*='event=']").all()
    addresses = [str(link.get_attribute("href")) for link in links]
    assert len(addresses) > 30
    for address in addresses:
        page.goto(room.url + address)
        if re.search("StatementCorrected|StatementExtended", address):
            expect(page.get_by_label("Which statement do you change?")).to_be_visible()
            continue
        expect(page.locator("#statement[data-ready]")).to_be_attached()
        look(page)
        expect(page.locator("#wrong:not([hidden]), #preview:not([hidden])")).to_have_count(1)
