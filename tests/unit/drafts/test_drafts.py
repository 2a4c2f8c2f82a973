"""Drafts: names in place of digests, texts out of the log, and errors that say where."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.drafts.build import Built, FileFacts, LedgerIdentity, build
from api.drafts.draft import read_drafts
from api.drafts.explain import explain
from api.drafts.resolver import Shelf, Target
from api.drafts.yaml_text import DraftError, read_yaml
from ledger.core import disclosure
from ledger.core.refusal import Refusal

LEDGER = LedgerIdentity("ledger.test/1", "9" * 64)
MILL, CLW, IETP = "a" * 64, "b" * 64, "c" * 64


@dataclass
class Known:
    """A resolver over what a test lists."""

    names: Mapping[str, str] = field(
        default_factory=lambda: {"factory:mill": MILL, "party:clw": CLW, "party:ietp": IETP}
    )
    targets: Mapping[str, Target] = field(default_factory=dict)

    def named(self, name: str) -> str | None:
        return self.names.get(name)

    def target(self, label_or_id: str) -> Target | None:
        return self.targets.get(label_or_id)

    def public_key(self, name: str) -> Mapping[str, object] | None:
        return None


def salts() -> Callable[[], bytes]:
    count = iter(range(1000))
    return lambda: hashlib.sha256(str(next(count)).encode()).digest()[:16]


def built(text: str, known: Known | None = None, file: FileFacts | None = None) -> Built:
    (draft,) = read_drafts(text, "test.yaml")
    return build(draft, known or Known(), LEDGER, "2024-01-01T00:00:00Z", salts(), file)


ALLEGATION = """
kind: allegation
issuers: [clw]
subjects: [factory:mill]
claim: {issue: osh/ppe, quantity: {value: 3, unit: d}, text: No gloves.}
"""


def test_a_name_is_pinned_to_the_statement_that_created_it() -> None:
    (subject,) = built(ALLEGATION).statement.subjects
    assert (subject.name, subject.digest) == ("factory:mill", MILL)


def test_text_is_a_disclosure_and_measured_values_are_decimal_strings() -> None:
    made = built(ALLEGATION)
    assert made.statement.claim["quantity"] == {"unit": "d", "value": "3"}
    assert "text" not in made.statement.claim
    (text,) = [disclosure.parse(each) for each in made.disclosures]
    assert (text.name, text.value) == ("text", {"lang": "en", "text": "No gloves."})
    assert made.statement.digests == (text.digest,)


def test_what_the_author_lists_under_disclose_leaves_the_clear() -> None:
    made = built(ALLEGATION + "disclose: [quantity]\n")
    assert set(made.statement.claim) == {"issue", "_sd"}
    assert {disclosure.parse(each).name for each in made.disclosures} == {"quantity", "text"}


def test_a_reply_names_every_factory_and_party_of_what_it_answers() -> None:
    target = Target("d" * 64, "allegation", ("factory:mill", "party:ietp", "criterion:x"))
    text = "kind: response\nissuers: [clw]\nrefs: [disputes: claim]\nclaim: {text: No.}\n"
    made = built(text, Known(targets={"claim": target}))
    assert [subject.name for subject in made.statement.subjects] == ["factory:mill", "party:ietp"]


def test_addressees_of_a_request_are_its_subjects_and_groups_are_not() -> None:
    text = "event: QuestionAsked\nissuers: [clw]\nclaim: {addressees: ['group:buyers', ietp], text: When}\n"
    assert [subject.name for subject in built(text).statement.subjects] == ["party:ietp"]


def test_an_addressee_alone_needs_no_list() -> None:
    text = "event: QuestionAsked\nissuers: [clw]\nclaim: {addressees: ietp, text: When}\n"
    assert [subject.name for subject in built(text).statement.subjects] == ["party:ietp"]


def test_whom_an_amended_request_addresses_now_is_its_subject_too() -> None:
    target = Target("d" * 64, "request", ("party:clw",))
    text = (
        "event: StatementCorrected\nissuers: [clw]\nrefs: [amends: q]\nclaim: {set: {addressees: [ietp]}}\n"
    )
    made = built(text, Known(targets={"q": target}))
    assert [subject.name for subject in made.statement.subjects] == ["party:clw", "party:ietp"]


def test_a_captured_document_is_pinned_with_its_size() -> None:
    text = (
        "event: DocumentCaptured\nissuers: [clw]\nfile: {path: a.txt, media: text/plain}\nclaim: {title: A}\n"
    )
    made = built(text, file=FileFacts("e" * 64, 42))
    assert [(subject.name, subject.digest) for subject in made.statement.subjects] == [
        (f"document:{'e' * 64}", "e" * 64)
    ]
    assert (made.statement.claim["size"], made.statement.claim["media"]) == (42, "text/plain")


def test_a_name_nobody_registered_is_an_error_that_names_the_draft() -> None:
    with pytest.raises(DraftError, match=r"test\.yaml: draft 1: nobody has registered factory:nowhere"):
        built(ALLEGATION.replace("factory:mill", "factory:nowhere"))


@pytest.mark.parametrize("label", ["/tmp/a", "../a", "a/b", "a\\\\b", "..", ".", "a\\0b", "a\\nb"])
def test_a_label_that_is_a_way_out_of_the_folder_is_an_error(label: str) -> None:
    with pytest.raises(DraftError, match="names no file"):
        built(f'label: "{label}"\n{ALLEGATION}')


def test_a_label_nobody_knows_is_an_error() -> None:
    with pytest.raises(DraftError, match="basedOn points to i1"):
        built(ALLEGATION + "refs: [basedOn: i1]\n")


def test_a_misspelt_member_is_an_error_that_lists_the_right_ones() -> None:
    with pytest.raises(DraftError, match="no member quantaty") as caught:
        built(ALLEGATION.replace("quantity", "quantaty"))
    assert "quantity" in caught.value.mend


def test_a_draft_that_the_ledger_would_refuse_is_refused_here() -> None:
    with pytest.raises(Refusal, match=r"test\.yaml: draft 1"):
        built(ALLEGATION.replace("osh/ppe", "osh/hats"))


def test_a_draft_about_harassment_is_never_public_by_mistake() -> None:
    text = "kind: allegation\nissuers: [clw]\nsubjects: [factory:mill]\nclaim: {issue: harassment-gbv}\n"
    with pytest.raises(DraftError, match="sealed"):
        built(text)
    assert built(text + "visibility: public\n").statement.visibility == "public"


def test_the_two_parts_of_a_statement_are_told_apart() -> None:
    explained = explain(built(ALLEGATION))
    assert "issue: osh/ppe" in explained.permanent
    assert "text: No gloves." in explained.erasable
    assert not any("gloves" in line for line in explained.permanent)


def test_defaults_hold_for_every_draft_that_does_not_say_otherwise() -> None:
    text = "defaults: {kind: allegation, issuers: [a]}\ndrafts: [{label: x}, {label: y, issuers: [b]}]\n"
    assert [draft.issuers for draft in read_drafts(text, "f")] == [("a",), ("b",)]


@pytest.mark.parametrize(
    "text", ["2019-11-20", "1.50", "on", "12:30", "no", "0x10", "1e3", "010", "~", "null"]
)
def test_yaml_guesses_nothing(text: str) -> None:
    assert read_yaml(f"a: {text}") == {"a": text}


def test_a_key_that_stands_twice_is_an_error_with_its_line() -> None:
    with pytest.raises(DraftError, match="line 2: a stands twice"):
        read_yaml("a: 1\na: 2\n")


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_in_plain_words(text: str) -> None:
    problems: list[str] = []
    try:
        read_drafts(text, "f")
    except DraftError as error:
        problems.append(error.what)
    assert all(what.startswith("f: ") for what in problems)


def test_a_shelf_knows_a_statement_by_label_and_id() -> None:
    made = built(ALLEGATION)
    shelf = Shelf()
    shelf.put(made.statement.payload, "claim")
    assert shelf.target("claim") == shelf.target(made.statement.id)
    found = shelf.target("claim")
    assert found is not None
    assert found.subjects == ("factory:mill",)


@pytest.mark.parametrize(
    ("issue", "mend"),
    [
        ("working-time/weekly-hour", "did you mean `working-time/weekly-hours`"),
        ("weekly-hours", "did you mean `working-time/weekly-hours`"),
        ("Weekly hours", "did you mean `working-time/weekly-hours`"),
        ("bicycles", "`evidence terms issues` lists all terms"),
    ],
)
def test_a_term_that_no_vocabulary_has_is_answered_with_those_it_resembles(issue: str, mend: str) -> None:
    with pytest.raises(Refusal, match="not a term of `issues`") as caught:
        built(ALLEGATION.replace("osh/ppe", issue))
    assert caught.value.mend.startswith(mend)
    assert "`evidence terms issues`" in caught.value.mend
