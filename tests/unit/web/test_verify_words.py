"""The verify page knows each sentence that its scripts make, each step and question of every verification."""

from __future__ import annotations

import re
from importlib.resources import files

from api.web.language import LANGUAGES, language
from api.web.routes.verify import own_trust
from api.web.verify_words import GRADES, KINDS, PARTS, SENTENCES, STEPS, translated
from ledger.core.index_proof import _CHECKS as PROOF_CHECKS
from ledger.core.receipt import _CHECKS as RECEIPT_CHECKS
from ledger.core.receipt import format_trust, parse_trust
from ledger.core.report import FOREIGN, NAMESAKE, SPLIT_VIEW
from ledger.domain.terms import Terms
from ledger.verifier.bundle import CHECKS
from ledger.verifier.files import PAGE_TEXT
from ledger.verifier.words import QUESTIONS
from tests.support.builder import KeyPair, log_vkey
from tests.vectors.proofs import witness_vkey

SCRIPTS = files("api.web").joinpath("static", "js")
# A sentence begins with a text that stands in the script as it is.
_SENTENCE = re.compile(r'\bsentence\(\s*(?:"((?:[^"\\]|\\.)*)")?')


def script(name: str) -> str:
    return SCRIPTS.joinpath(name).read_text(encoding="utf-8")


def sentences() -> list[str]:
    modules = [one.name for one in SCRIPTS.iterdir() if one.name.endswith(".js")]
    return [found for name in modules for found in _SENTENCE.findall(script(name))]


def test_the_page_knows_every_sentence_of_the_scripts_and_no_other() -> None:
    found = sentences()
    # One more is where they are defined.
    assert found.count("") == 1
    assert set(found) - {""} == set(SENTENCES)
    assert len(SENTENCES) == len(set(SENTENCES))


def test_every_step_has_a_name_and_a_question() -> None:
    steps = {check.name for checks in (CHECKS, RECEIPT_CHECKS, PROOF_CHECKS) for check in checks}
    assert steps | {PAGE_TEXT.name} == set(STEPS)
    assert set(STEPS) <= set(QUESTIONS)


def test_every_word_that_the_scripts_ask_for_is_there_and_none_is_idle() -> None:
    pages = "".join(script(f"verify{name}.js") for name in ("page", "drill", "weak"))
    assert set(re.findall(r"\bwords\.([A-Za-z]+)", pages)) == set(translated(language("en"))["words"])


def test_parts_kinds_and_grades_are_those_of_the_scripts() -> None:
    listed = re.search(r"export const PARTS = \[([^\]]*)\]", script("tamper.js"))
    assert listed is not None
    assert re.findall(r'"([a-z]+)"', listed[1]) == list(PARTS)
    assert set(re.findall(r'kind: "([a-z-]+)"', script("subject.js"))) == set(KINDS)
    assert set(GRADES) | {FOREIGN, NAMESAKE, SPLIT_VIEW} == set(translated(language("en"))["meanings"])


def test_every_language_has_all_of_it() -> None:
    shapes = [
        {name: sorted(table) for name, table in translated(language(code)).items()} for code in LANGUAGES
    ]
    assert all(shape == shapes[0] for shape in shapes)


# --- the ledger's own trust file -----------------------------------------------------------


def terms(policy: str, *vkeys: str) -> Terms:
    return Terms(vkeys, 60, 60, policy, 1)


def test_a_policy_in_prose_asks_for_no_witness() -> None:
    found = own_trust("ledger.example.org/test", "a" * 64, terms("Be truthful.", log_vkey()))
    assert found.policy == f"log {log_vkey()}\nquorum none\n"
    assert parse_trust(format_trust(found)) == found


def test_a_published_policy_is_kept_with_the_keys_now_in_force() -> None:
    witness = f"witness w {witness_vkey('w.example', KeyPair('w').seed)}\nquorum w\n"
    published = f"log {log_vkey()}\n{witness}"
    found = own_trust("ledger.example.org/test", "a" * 64, terms(published, log_vkey()))
    assert found.policy == published
    assert parse_trust(format_trust(found)) == found
