"""A statement's page: who says and who signed it, its thread, times, keys, parts and proofs."""

from __future__ import annotations

import base64
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import pytest

from api.settings import Settings
from ledger.core.citation import parse_citation
from ledger.core.receipt import Trust, unwitnessed_policy, verify_receipt
from ledger.core.statement import Recorded
from tests.integration.api.conftest import Poster
from tests.integration.api.test_documents import DIGEST, PDF
from tests.integration.api.test_witnessed import Witnessed, ledger, until
from tests.outside.witness import server as faults
from tests.support import authority as authorities
from tests.support.builder import log_vkey

from .conftest import Read, page, read
from .test_bounded_queries import MOST, counted

__all__ = ["ledger"]


def of(case: Poster, event: str) -> Recorded:
    """The first statement of this event."""
    return next(one for one in case.log.recorded if one.statement.event == event)


def show(case: Poster, statement: Recorded | str, **parameters: Any) -> Read:
    id_ = statement if isinstance(statement, str) else statement.statement.id
    return page(case, f"/en/statements/{id_}", **parameters)


def reported(case: Poster, **more: Any) -> Recorded:
    """The NGO reports a finding of the certifier's out of a document that is only referred to."""
    document = case.log.document("ngo", about=["factory:toys"])
    return case.log.say(
        "OverallDetermined",
        "ngo",
        about=["factory:toys"],
        claim={"outcome": "conforms"},
        claimants=["certifier"],
        attribution={"form": "paraphrase"},
        refs=[("statedIn", document), ("within", of(case, "AuditDescribed"))],
        **more,
    )


# --- who says it, who signed it ------------------------------------------------------------


def test_who_says_it_and_who_signed_it_stand_apart(case: Poster) -> None:
    shown = show(case, reported(case))
    assert "Said by certifier (attributed, not signed)" in shown.text
    assert "Signed by ngo" in shown.text
    assert "not signed by certifier" in shown.text
    assert "These signatures prove nothing about certifier: not signed by them." in shown.text
    assert "That certifier said or did so: only whoever signed says that." in shown.text


def test_what_is_signed_in_ones_own_voice_promises_nothing_about_others(case: Poster) -> None:
    shown = show(case, of(case, "AllegationMade"))
    assert "Said by ngo (signed)" in shown.text
    assert "not signed by" not in shown.text
    assert "prove nothing about" not in shown.text
    assert "That it is true. A signature says who, not whether." in shown.text


def test_a_finding_never_stands_without_how_it_was_reached(case: Poster) -> None:
    shown = show(case, of(case, "DeterminationIssued"))
    assert "Not evidenced" in shown.text
    assert "How it was reached" in shown.text
    assert f"/en/investigations/{of(case, 'AuditDescribed').statement.id}" in shown.links
    assert "Competence Not disclosed" in shown.text
    assert "a finding reaches as far as its method does" in shown.text


# --- its thread ----------------------------------------------------------------------------


def test_a_thread_goes_two_references_up_and_two_down(case: Poster) -> None:
    found = of(case, "DeterminationIssued")
    reply = case.log.say("ResponseGiven", "ngo", refs=[("disputes", found)])
    back = case.log.say("ResponseGiven", "certifier", refs=[("acknowledges", reply)])
    last = case.log.say("ResponseGiven", "ngo", refs=[("respondsTo", back)])
    shown = show(case, of(case, "AllegationMade"))
    assert f"/en/statements/{found.statement.id}" in shown.links
    assert f"/en/statements/{reply.statement.id}" in shown.links
    assert f"/en/statements/{back.statement.id}" not in shown.links
    shown = show(case, last)
    assert f"/en/statements/{back.statement.id}" in shown.links
    assert f"/en/statements/{reply.statement.id}" in shown.links
    assert f"/en/statements/{found.statement.id}" not in shown.links


def test_no_outcome_stands_in_a_thread_without_its_method(case: Poster) -> None:
    assert "Not evidenced" not in show(case, of(case, "AllegationMade")).text


def test_what_refers_to_a_statement_comes_in_pages(case: Poster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projections.statement_queries.REPLIES", 2)
    alleged = of(case, "AllegationMade")
    for _ in range(3):
        case.log.say("ResponseGiven", "certifier", refs=[("acknowledges", alleged)])
    replies = {one.statement.id for one in case.log.recorded if one.statement.event == "ResponseGiven"}
    seen: set[str] = set()
    path: str | None = f"/en/statements/{alleged.statement.id}"
    pages = 0
    while path is not None:
        shown = page(case, path)
        seen |= {one for one in replies if f"/en/statements/{one}" in shown.links}
        path = next((str(one["href"]) for one in shown.all("a") if one.get("rel") == "next"), None)
        pages += 1
    assert (seen, pages) == (replies, 2)


def test_as_of_an_earlier_moment_later_replies_are_absent(case: Poster) -> None:
    found = of(case, "DeterminationIssued")
    shown = show(case, of(case, "AllegationMade"), as_of=found.index)
    assert f"/en/statements/{found.statement.id}" not in shown.links
    assert "What was learned later is absent." in shown.text
    page(case, f"/en/statements/{found.statement.id}", 404, as_of=found.index)


# --- its times -----------------------------------------------------------------------------


def test_five_times_stand_apart_and_what_nobody_states_is_unknown(case: Poster) -> None:
    shown = show(case, reported(case, said="2020-01", occurred="2019-12"))
    assert "Occurred December 2019" in shown.text
    assert "Said January 2020" in shown.text
    assert "by the clock of whoever signed" in shown.text
    assert "by the ledger's clock: no later than this" in shown.text
    assert "Anchored unknown no outside clock has confirmed it here yet" in shown.text
    assert "Said unknown" in show(case, reported(case)).text


def test_witnesses_and_a_time_stamping_authority_are_clocks_of_others(
    ledger: Witnessed, tmp_path: Path
) -> None:
    with authorities.serving(tmp_path / "tsa") as authority:
        stamped = {"tsa_url": authority.url, "tsa_roots": authority.root, "tsa_seconds": 1.0}
        ledger.settings = ledger.settings.model_copy(update=stamped)
        with ledger.serve() as client:
            path = f"/en/statements/{ledger.open(client)}"
            until(lambda: "Dated by a time-stamping authority." in client.get(path).text)
            shown = read(client.get(path).text)
    assert f"by the clock of the time-stamping authority {authority.url}: no later than this" in shown.text
    for name in ("w0", "w1"):
        assert f"by the clock of the witness {name}: no later than this" in shown.text
    assert "Cosigned by as many independent witnesses as the ledger's policy asks for." in shown.text
    assert "Cosigned by w0 and w1." in shown.text
    assert "/v1/anchors?covers=0" in shown.links


def test_while_witnesses_are_out_the_page_says_that_they_are_missing(ledger: Witnessed) -> None:
    ledger.servers[1].faults.append(faults.status(503))
    with ledger.serve() as client:
        path = f"/en/statements/{ledger.open(client)}"
        until(lambda: ledger.servers[1].requests)
        shown = read(client.get(path).text)
    assert "Not cosigned by enough independent witnesses" in shown.text
    assert "Not yet in the published files. The ledger has promised that within 60 seconds." in shown.text


# --- its signatures ------------------------------------------------------------------------


def test_each_signature_stands_with_its_key_as_it_was_then(case: Poster) -> None:
    shown = show(case, of(case, "AllegationMade"))
    assert case.log.keys["ngo"].id[:16] in shown.text
    registered = next(one for one in case.log.recorded if one.statement.event == "PartyRegistered")
    assert f"In force, added by entry {registered.index}" in shown.text
    assert "Fits what was signed" in shown.text


def test_a_statement_signed_while_others_may_have_used_the_key_is_flagged(case: Poster) -> None:
    alleged = of(case, "AllegationMade")
    claim = {"keyId": case.log.keys["ngo"].id, "compromisedSince": alleged.index}
    revoked = case.log.say("KeyRevoked", "registrar", about=["party:ngo"], claim=claim)
    shown = show(case, alleged)
    assert f"others may have used it since entry {alleged.index}" in shown.text
    assert f"Revoked by entry {revoked.index}" in shown.text
    assert "That its author signed it: others may have used the key by then." in shown.text
    assert "others may have used" not in show(case, alleged, as_of=revoked.index).text


# --- what lies beside the log --------------------------------------------------------------


def test_parts_are_told_one_by_one_as_held_or_not(case: Poster, database_url: str) -> None:
    words = {"lang": "fr", "text": "Les ouvrières n'ont pas été formées."}
    alleged = case.log.say(
        "AllegationMade",
        "ngo",
        about=["factory:toys"],
        claim={"issue": "osh/ppe"},
        hidden={"text": words},
    )
    shown = show(case, alleged)
    assert words["text"] in shown.text
    assert {"lang": "fr", "class": "quoted", "dir": "auto"} in shown.all("dd")
    assert "Held and shown: text" in shown.text
    with psycopg.connect(database_url, autocommit=True) as conn:
        conn.execute("UPDATE disclosure SET content = NULL WHERE position = %s", (alleged.index,))
    shown = show(case, alleged)
    assert words["text"] not in shown.text
    assert "Not held: its content never came here, or it is a decoy" in shown.text


def test_what_is_for_some_parties_is_told_as_withheld(case: Poster) -> None:
    words = {"lang": "en", "text": "for the certifier alone"}
    alleged = case.log.say(
        "AllegationMade",
        "ngo",
        about=["factory:toys"],
        claim={"issue": "osh/ppe"},
        hidden={"text": words},
        visibility="parties",
        audience=["certifier"],
    )
    shown = show(case, alleged)
    assert words["text"] not in shown.html
    assert "Withheld: only for the parties named" in shown.text
    assert "What it says: its content is for the parties named alone." in shown.text


def test_a_captured_document_is_a_download_and_one_only_referred_to_is_told_so(case: Poster) -> None:
    assert case.client.post("/v1/documents", content=PDF).status_code == 201
    claim = {"media": "application/pdf", "size": len(PDF)}
    captured = case.log.say("DocumentCaptured", "ngo", about=[f"document:{DIGEST}"], claim=claim)
    shown = show(case, captured)
    assert f"Its bytes are held here. Download {len(PDF):,} bytes" in shown.text
    (link,) = [one for one in shown.all("a") if one.get("href") == f"/v1/documents/{DIGEST}"]
    assert "download" in link
    assert sha256(case.client.get(str(link["href"])).content).hexdigest() == DIGEST
    assert "Whoever signed had exactly these bytes when signing" in shown.text
    referenced = case.log.document("ngo", about=["factory:toys"])
    assert "Only referred to: its bytes were not taken in" in show(case, referenced).text


def test_a_captured_document_whose_bytes_are_gone_is_told_so(case: Poster, settings: Settings) -> None:
    case.client.post("/v1/documents", content=PDF)
    claim = {"media": "application/pdf", "size": len(PDF)}
    captured = case.log.say("DocumentCaptured", "ngo", about=[f"document:{DIGEST}"], claim=claim)
    for held in settings.data.rglob(DIGEST):
        held.unlink()
    shown = show(case, captured)
    assert "Its bytes were taken in, and are not held any more." in shown.text
    assert f"/v1/documents/{DIGEST}" not in shown.links


# --- how it stands -------------------------------------------------------------------------


def test_a_question_shows_where_it_stands_and_silence_is_worded_as_this_ledgers(case: Poster) -> None:
    asked = of(case, "QuestionAsked")
    assert "certifier : no answer in this ledger" in show(case, asked).text
    answer = case.log.say("ResponseGiven", "certifier", refs=[("answers", asked)])
    shown = show(case, asked)
    assert "certifier : answered see the statement" in shown.text
    assert f"/en/statements/{answer.statement.id}" in shown.links


def test_a_commitment_shows_each_step_and_whose_word_it_is(case: Poster) -> None:
    promised = case.log.say(
        "CommitmentMade", "certifier", about=["factory:toys"], claim={"actor": "certifier", "due": "2026-02"}
    )
    case.log.say("CompletionClaimed", "certifier", refs=[("on", promised)])
    shown = show(case, promised)
    assert "Said to be completed : certifier (signed)" in shown.text
    assert "Due February 2026" in shown.text


def test_an_amendment_stands_beside_what_was_signed(case: Poster) -> None:
    alleged = of(case, "AllegationMade")
    amended = case.log.say(
        "StatementCorrected", "ngo", claim={"set": {"issue": "osh/ppe"}}, refs=[("amends", alleged)]
    )
    shown = show(case, alleged)
    assert f"/en/statements/{amended.statement.id}" in shown.links
    assert "Corrected by 1 of 1" in shown.text
    assert "As amended by all who signed it" in shown.text
    assert "Pre-job training" in shown.text
    assert "Personal protective equipment" in shown.text


# --- its proofs ----------------------------------------------------------------------------


def test_the_two_files_of_a_receipt_are_downloads_that_verify_offline(case: Poster) -> None:
    alleged = of(case, "AllegationMade")
    shown = show(case, alleged)
    links = [link for link in shown.links if link.startswith(f"/v1/statements/{alleged.statement.id}/")]
    entry, proof = (case.client.get(links[0]), case.client.get(links[1]))
    assert entry.headers["content-disposition"] == f'attachment; filename="{alleged.index}.entry"'
    assert proof.headers["content-disposition"] == f'attachment; filename="{alleged.index}.tlog-proof"'
    vkey = log_vkey()
    trust = Trust(case.log.origin, case.log.genesis_id, vkey, unwitnessed_policy(vkey))
    key = case.log.keys["ngo"]
    steps = verify_receipt(entry.content, proof.text, trust, {key.id: key.public})
    assert [step.name for step in steps if step.grade != "held"] == ["witnesses"]  # none are asked for


def test_the_raw_statement_is_the_signed_bytes(case: Poster) -> None:
    alleged = of(case, "AllegationMade")
    assert alleged.statement.payload.decode() in show(case, alleged).text
    assert base64.b64encode(alleged.statement.payload).decode() in show(case, alleged).text


def test_the_code_for_paper_names_the_statement_its_place_and_a_checkpoint_that_holds_it(
    case: Poster,
) -> None:
    alleged = of(case, "AllegationMade")
    shown = show(case, alleged)
    text = shown.text[shown.text.index("urn:evidence-ledger:v1:citation") :]
    cited = parse_citation("\n".join(text.split()[:8]))
    assert (cited.statement, cited.index) == (alleged.statement.id, alleged.index)
    assert cited.checkpoint.size > alleged.index
    assert "<title>Code of this statement, for paper</title>" in shown.html


def test_without_witnesses_in_its_policy_the_ledger_alone_vouches(case: Poster) -> None:
    assert "The ledger's policy asks for no witness" in show(case, of(case, "AllegationMade")).text


def test_a_page_with_proofs_is_made_anew_each_time(case: Poster) -> None:
    assert "etag" not in show(case, of(case, "AllegationMade")).headers


@pytest.mark.parametrize("event", ["LedgerOpened", "PartyRegistered", "FactoryRegistered", "AuditDescribed"])
@pytest.mark.parametrize("code", ["en", "fr", "de", "zh"])
def test_statements_of_every_kind_have_a_page_in_every_language(case: Poster, event: str, code: str) -> None:
    shown = page(case, f"/{code}/statements/{of(case, event).statement.id}")
    assert len(shown.all("h1")) == 1


def test_a_statement_that_is_not_there_is_not_found(case: Poster) -> None:
    page(case, f"/en/statements/{'0' * 64}", 404)
    page(case, "/en/statements/nonsense", 400)


def test_a_page_costs_the_same_few_queries_however_many_refer_to_the_statement(
    case: Poster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cost(statement: Recorded) -> int:
        show(case, statement)
        with counted(monkeypatch) as sent:
            show(case, statement)
        return len(sent)

    def grow(rounds: int) -> None:
        for _ in range(rounds):
            asked = case.log.say(
                "QuestionAsked",
                "ngo",
                about=["factory:toys"],
                claim={"addressees": ["certifier"], "topic": "notice"},
                refs=[("about", of(case, "AuditDescribed"))],
            )
            answer = case.log.say("ResponseGiven", "certifier", refs=[("answers", asked)])
            case.log.say("ResponseGiven", "ngo", refs=[("acknowledges", answer)])
            found = of(case, "DeterminationIssued")
            case.log.say("ResponseGiven", "ngo", refs=[("disputes", found)])

    looked_at = [of(case, event) for event in ("AuditDescribed", "DeterminationIssued", "QuestionAsked")]
    case.log.say("ResponseGiven", "certifier", refs=[("answers", looked_at[2])])
    grow(2)
    few = [cost(one) for one in looked_at]
    grow(12)
    assert [cost(one) for one in looked_at] == few
    assert max(few) <= MOST
