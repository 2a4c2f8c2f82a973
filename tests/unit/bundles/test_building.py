"""What goes into a bundle: all of the name, what it rests upon, and the keys of everybody who signed."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from ledger.bundles import CONTEXT_ROUNDS, NotBundled, TimeStamped, choose_checkpoint
from ledger.core.bundle import Bundle, required_keys
from ledger.core.checkpoint import parse
from ledger.core.disclosure import parse as parse_disclosure
from ledger.core.index import index_head, statement_keys, verify_all
from ledger.core.merkle import leaf_hash, verify_consistency, verify_inclusion
from ledger.core.note import split_note
from ledger.core.statement import Statement, read_recorded
from ledger.verifier.bundle import verify_bundle
from tests.support.builder import Log
from tests.support.bundles import MemorySource, bundle, bundle_bytes, case, checkpoint, prepared, trust


@pytest.fixture(scope="module")
def log() -> Log:
    return case()


def statements(made: Bundle) -> dict[int, Statement]:
    return {one.index: read_recorded(one.index, one.data).statement for one in made.entries}


def events(made: Bundle) -> list[str]:
    return [one.event for one in statements(made).values()]


def check(made: Bundle) -> None:
    """Every proof of a bundle, by the core's own functions."""
    head = parse(split_note(made.head.checkpoint)[0])
    for entry in made.entries:
        assert verify_inclusion(leaf_hash(entry.data), entry.index, head.size, entry.path, head.root)
    found = statements(made)
    assert {one.key for one in made.keys} == (
        required_keys(made.head.about, list(found.values())) if made.head.index is not None else set()
    )
    if made.head.index is not None:
        claimed = index_head(found[made.head.index])
        for proven in made.keys:
            check_key(made, proven.key, claimed.size, claimed.root)


def check_key(made: Bundle, key: str, size: int, root: bytes) -> None:
    pairs = [
        (one.index, leaf_hash(one.data))
        for one in made.entries
        if one.index < size and key in statement_keys(read_recorded(one.index, one.data).statement)
    ]
    proof = next(one.proof for one in made.keys if one.key == key)
    verify_all(root, key, proof, pairs)


@pytest.mark.parametrize(
    "about", ["factory:toys", "factory:elsewhere", "party:ngo", "party:certifier", "criterion:training"]
)
def test_all_proofs_of_a_bundle_hold(log: Log, about: str) -> None:
    check(bundle(log, about))


def test_a_factory_brings_its_heirs_and_what_is_referred_to(log: Log) -> None:
    found = events(bundle(log, "factory:toys"))
    assert found.count("FactoryRegistered") == 2
    assert {"CriterionPublished", "DocumentReferenced", "FactoryMerged"} <= set(found)


def test_other_factories_and_strangers_stay_out(log: Log) -> None:
    made = bundle(log, "factory:toys")
    names = {subject.name for one in statements(made).values() for subject in one.subjects}
    assert "factory:elsewhere" not in names
    assert "keys:bystander" not in {one.key for one in made.keys}


def test_changes_of_a_criterion_come_with_it(log: Log) -> None:
    # Subject closure leaves criteria out, so the amendment says nothing of the factory.
    assert "StatementExtended" in events(bundle(log, "factory:toys"))


def test_the_published_checkpoint_is_taken_once_it_covers_an_index_statement(log: Log) -> None:
    source, signed = MemorySource(log), checkpoint(log)
    indexed = next(one.index for one in log.recorded if one.statement.kind == "index")
    before, after = checkpoint(log, indexed), checkpoint(log, indexed + 1)
    assert choose_checkpoint(source, signed, None) == signed
    assert choose_checkpoint(source, signed, before) == signed
    assert choose_checkpoint(source, signed, after) == after


def test_what_came_after_the_index_is_left_out(log: Log) -> None:
    made = bundle(log, "factory:toys")
    covered = log.recorded[-2].index
    assert made.head.index == covered
    assert made.entries[-1].index == covered


def test_without_an_index_statement_nothing_is_said_about_completeness() -> None:
    young = Log.opened()
    young.factory("toys")
    made = bundle(young, "factory:toys")
    assert made.head.index is None
    assert made.keys == ()
    check(made)


def test_a_statement_brings_what_it_refers_to_and_what_refers_to_it(log: Log) -> None:
    alleged = next(one for one in log.recorded if one.statement.event == "AllegationMade")
    made = bundle(log, f"statement:{alleged.statement.id}")
    check(made)
    assert {"AllegationMade", "DeterminationIssued", "CriterionPublished"} <= set(events(made))
    assert "QuestionAsked" not in events(made)


def test_a_statement_that_nobody_refers_to_is_proven_to_stand_alone(log: Log) -> None:
    asked = next(one for one in log.recorded if one.statement.event == "QuestionAsked")
    made = bundle(log, f"statement:{asked.statement.id}")
    check(made)
    proof = next(one.proof for one in made.keys if one.key.startswith("statement:"))
    assert proof.leaf is None or proof.leaf.key != f"statement:{asked.statement.id}"


def test_rules_can_be_asked_about_everything_in_a_bundle(log: Log) -> None:
    covered = log.recorded[:-2]
    names = {subject.name for one in covered for subject in one.statement.subjects} - {"ledger:main"}
    documents = {name for name in names if name.startswith("document:")}
    for about in [*(names - documents), *(f"statement:{one.statement.id}" for one in covered)]:
        report = verify_bundle(bundle_bytes(log, about), trust(log))
        assert (report.step("rules").grade, report.exit_code) == ("held", 0), about


def test_references_are_followed_as_far_as_is_said_and_no_further() -> None:
    log = Log.opened()
    log.register("ngo")
    log.factory("toys")
    chain = [log.say("AllegationMade", "ngo", about=["factory:toys"], claim={"issue": "osh/ppe"})]
    for _ in range(CONTEXT_ROUNDS + 2):
        based = [("basedOn", chain[-1])]
        chain.append(
            log.say("AllegationMade", "ngo", about=["factory:toys"], claim={"issue": "osh/ppe"}, refs=based)
        )
    log.index()
    about = f"statement:{chain[-1].statement.id}"
    held = [one.index for one in bundle(log, about).entries]
    assert [one.index in held for one in chain] == [False, False] + [True] * (CONTEXT_ROUNDS + 1)
    report = verify_bundle(bundle_bytes(log, about), trust(log))
    assert (report.step("rules").grade, report.exit_code) == ("unchecked", 0)


def test_the_same_log_gives_the_same_bytes(log: Log) -> None:
    size = len(log.entries) - 1
    assert bundle_bytes(log, "factory:toys", size) == bundle_bytes(case(), "factory:toys", size)


def test_disclosures_of_public_statements_come_with_them(log: Log) -> None:
    texts = [text for one in bundle(log, "factory:toys").entries for text in one.disclosures]
    assert {parse_disclosure(text).name for text in texts} == {"text", "title"}


def test_what_is_not_public_is_disclosed_to_nobody() -> None:
    log = Log.opened()
    log.register("ngo")
    log.factory("toys")
    log.say(
        "AllegationMade",
        "ngo",
        about=["factory:toys"],
        claim={"issue": "osh/ppe"},
        hidden={"text": {"lang": "en", "text": "for some"}},
        visibility="parties",
        audience=["ngo"],
    )
    assert not [text for one in bundle(log, "factory:toys").entries for text in one.disclosures]


def test_an_unknown_name_makes_no_bundle(log: Log) -> None:
    for about in ("factory:nowhere", "statement:" + "0" * 64):
        with pytest.raises(NotBundled):
            bundle(log, about)


def stamped(log: Log, sizes: Iterable[int]) -> list[TimeStamped]:
    return [TimeStamped(checkpoint(log, size), [f"reply {size}".encode()]) for size in sizes]


def test_each_entry_is_dated_by_the_earliest_stamp_that_covers_it(log: Log) -> None:
    made = list(prepared(log, "factory:elsewhere", stamped=stamped(log, [1, 9, 10, 11, 12])).anchors)
    head = parse(split_note(checkpoint(log))[0])
    sizes = []
    for anchor in made:
        old = parse(split_note(anchor.note)[0])
        assert verify_consistency(old.size, old.root, head.size, head.root, anchor.consistency)
        assert anchor.replies == (f"reply {old.size}".encode(),)
        sizes.append(old.size)
    indexes = [one.index for one in bundle(log, "factory:elsewhere").entries]
    earliest = {min(size for size in (1, 9, 10, 11, 12) if size > at) for at in indexes if at < 12}
    assert set(sizes) == earliest


def test_a_stamp_of_a_larger_tree_is_left_out(log: Log) -> None:
    later = stamped(log, [len(log.entries)])
    assert not prepared(log, "factory:toys", len(log.entries) - 1, later).anchors
