"""Hand and voice: who says it, who signed it, on what basis, and how that is put in words."""

from __future__ import annotations

import pytest

from projections.names import Name, Names
from projections.voices import Provenance, provenance, says
from tests.support.small_log import SmallLog


def attributed(
    form: str = "paraphrase", event: str = "DocumentCaptured", **more: object
) -> tuple[SmallLog, str]:
    log = SmallLog()
    source = log.say(event, "factory:f", hidden={"title": {"lang": "en", "text": "The report"}})
    claim = log.say(
        "AllegationMade",
        "factory:f",
        {"issue": "osh"},
        by="y",
        refs=[("statedIn", source, "p4")],
        claimants=["x"],
        attribution={"form": form, **more},
    )
    return log, claim


def of(log: SmallLog, statement: str) -> Provenance:
    known = log.slice()
    item = known.get(statement)
    assert item is not None
    return provenance(item, known)


def test_an_attributed_claim_reads_as_the_domain_words_it() -> None:
    log, claim = attributed()
    given = of(log, claim)
    assert given.words == 'x says (paraphrase), captured by y from "The report" at p4, not signed by x'
    assert given.to_json() == {
        "saidBy": [{"party": "x", "standing": "attributed"}],
        "signedBy": ["y"],
        "form": "paraphrase",
        "via": [],
        "basis": "captured",
        "sources": [{"id": given.sources[0].id, "basis": "captured", "locator": "p4", "title": "The report"}],
        "standing": "attributed",
        "words": given.words,
    }


def test_what_was_only_referenced_is_not_called_captured() -> None:
    log, claim = attributed(event="DocumentReferenced", via=["z", "host:example.org"])
    words = of(log, claim).words
    taken = 'taken by y from "The report" at p4 (referenced)'
    assert words == f"x says (paraphrase), {taken}, via z, example.org, not signed by x"


def test_a_withheld_title_gives_way_to_a_short_id() -> None:
    log = SmallLog()
    title = {"title": {"lang": "en", "text": "T"}}
    source = log.say("DocumentCaptured", "factory:f", hidden=title, withheld=True)
    refs, quote = [("statedIn", source)], {"form": "quote"}
    claim = log.say("AllegationMade", "factory:f", by="y", refs=refs, claimants=["x"], attribution=quote)
    assert (
        of(log, claim).words == f"x says (quote), captured by y from document {source[:12]}, not signed by x"
    )


def test_signing_ones_own_claim_needs_no_more_words() -> None:
    log = SmallLog()
    claim = log.say("AllegationMade", "factory:f", by=["a", "b", "c"])
    assert of(log, claim).words == "a, b and c say, signed"
    assert of(log, claim).standing == "signed"


def test_conduct_is_told_without_words_of_the_other() -> None:
    log = SmallLog()
    claim = log.say("ObservationMade", "factory:f", by="y", claimants=["x"], attribution={"form": "conduct"})
    assert of(log, claim).words == "x did so, according to y, not signed by x"


@pytest.mark.parametrize(
    ("rel", "by", "standing", "ending"),
    [
        ("adopts", "x", "adopted", "since adopted by x"),
        ("disowns", "x", "disowned", "disowned by x"),
        ("disowns", "z", "disowned", "disowned by x"),
        ("adopts", "z", "attributed", "not signed by x"),
        ("disputes", "x", "attributed", "not signed by x"),
    ],
)
def test_only_the_voice_adopts_and_only_voice_or_relay_disown(
    rel: str, by: str, standing: str, ending: str
) -> None:
    log, claim = attributed(via=["z"])
    log.say("ResponseGiven", "factory:f", by=by, refs=[(rel, claim)])
    given = of(log, claim)
    assert given.standing == standing
    assert given.words.endswith(ending)


def test_the_later_of_adopting_and_disowning_holds() -> None:
    log, claim = attributed()
    log.say("ResponseGiven", "factory:f", by="x", refs=[("adopts", claim)])
    last = log.say("ResponseGiven", "factory:f", by="x", refs=[("disowns", claim)])
    voice = of(log, claim).said_by[0]
    assert (voice.standing, voice.by) == ("disowned", last)


def test_an_adoption_that_was_taken_back_holds_no_more() -> None:
    log, claim = attributed()
    adopted = log.say("ResponseGiven", "factory:f", by="x", refs=[("adopts", claim)])
    assert of(log, claim).standing == "adopted"
    log.say("StatementWithdrawn", "factory:f", by="x", refs=[("amends", adopted)])
    assert of(log, claim).standing == "attributed"


def test_a_document_called_a_mandate_makes_no_paraphrase_mandated() -> None:
    log, claim = attributed()
    source = of(log, claim).sources[0].id
    voice = {"claimants": ["x"], "attribution": {"form": "paraphrase"}}
    refs = [("mandate", source), ("statedIn", source)]
    said = log.say("AllegationMade", "factory:f", {"issue": "osh"}, by="y", refs=refs, **voice)
    assert of(log, said).standing == "attributed"


def test_claimants_stand_each_for_itself_and_the_weakest_counts() -> None:
    log = SmallLog()
    source = log.say("DocumentCaptured", "factory:f")
    claimants, quote = ["x", "y"], {"form": "quote"}
    refs = [("statedIn", source)]
    claim = log.say("AllegationMade", "factory:f", by="y", refs=refs, claimants=claimants, attribution=quote)
    given = of(log, claim)
    assert [voice.standing for voice in given.said_by] == ["attributed", "signed"]
    assert given.standing == "attributed"
    assert given.words.endswith("also signed by y, not signed by x")


def test_a_mandate_is_a_standing_of_its_own() -> None:
    log = SmallLog()
    mandate = log.say("DocumentCaptured", "factory:f")
    form = {"form": "on-behalf"}
    refs = [("mandate", mandate), ("statedIn", mandate)]
    claim = log.say("AllegationMade", "factory:f", by="y", refs=refs, claimants=["x"], attribution=form)
    assert of(log, claim).said_by[0].standing == "mandated"
    assert of(log, claim).said_by[0].by == mandate


def test_names_take_the_place_of_slugs() -> None:
    log, claim = attributed()
    names = Names(
        {"party:x": Name("shown", ({"lang": "fr", "text": "Xavier"},)), "party:y": Name("withheld")}
    )
    assert says(of(log, claim), names.of).startswith("Xavier says (paraphrase), captured by y from")
