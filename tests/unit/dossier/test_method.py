"""A negative finding is never printed without its method: rows out of its investigation's descriptions."""

from __future__ import annotations

from typing import Any

from api.dossier.method import NO_INVESTIGATION, NOT_HERE, REACHED, method
from api.dossier.page import dossier
from api.dossier.text import Readable, read
from ledger.core.bundle import parse_bundle
from ledger.core.statement import Recorded
from tests.support.builder import Log
from tests.support.bundles import bundle_bytes

ABOUT = "factory:toys"


def opened() -> tuple[Log, Recorded]:
    """A log with an allegation, and the allegation."""
    log = Log.opened()
    log.register("ngo")
    log.register("certifier", roles=("certifier",))
    log.factory("toys")
    return log, log.say("AllegationMade", "ngo", about=[ABOUT], claim={"issue": "harassment-gbv"})


def audit(
    log: Log, *refs: tuple[str, Recorded], hidden: dict[str, Any] | None = None, **told: Any
) -> Recorded:
    who = [{"party": "certifier", "role": "lead"}]
    claim = {"stage": "reported", "participants": who, **told}
    return log.say("AuditDescribed", "certifier", about=[ABOUT], claim=claim, hidden=hidden or {}, refs=refs)


def finding(log: Log, *refs: tuple[str, Recorded]) -> Recorded:
    return log.say(
        "DeterminationIssued", "certifier", about=[ABOUT], claim={"outcome": "not-evidenced"}, refs=refs
    )


def printed(log: Log, about: str = ABOUT) -> dict[str, list[str]]:
    """What the file says of how its finding was reached, by row."""
    known = {one.id: one for one in map(read, parse_bundle(bundle_bytes(log, about)).entries)}
    (found,) = [one for one in known.values() if one.value["predicate"]["event"] == "DeterminationIssued"]
    rows: dict[str, list[str]] = {}
    for row in method(found, known):
        rows.setdefault(row.what, []).append(row.whole)
    return rows


def test_a_finding_is_printed_with_methods_notice_and_competence() -> None:
    log, alleged = opened()
    within = audit(log, methods=["management-interview", "records-review"], notice="announced")
    finding(log, ("about", alleged), ("within", within))
    at = log.recorded[-2].index
    assert printed(log) == {
        f"{REACHED}: methods": [f"management-interview, records-review (by entry {at})"],
        f"{REACHED}: notice": [f"announced (by entry {at})"],
        f"{REACHED}: competence": [f"not disclosed (by entry {at})"],
        f"{REACHED}: training on gender-based violence": [f"not disclosed (by entry {at})"],
    }


def test_what_was_said_not_to_be_disclosed_is_printed_so() -> None:
    log, alleged = opened()
    finding(log, ("about", alleged), ("within", audit(log, methods="not-disclosed")))
    assert printed(log)[f"{REACHED}: methods"] == [f"not disclosed (by entry {log.recorded[-2].index})"]


def test_every_description_of_the_investigation_is_heard() -> None:
    log, alleged = opened()
    first = audit(log, methods=["records-review"])
    second = audit(log, ("sameAs", first), competence="social-auditor")
    audit(log, ("sameAs", second), competence="psychologist")
    audit(log, competence="of-another-audit")
    finding(log, ("about", alleged), ("within", first))
    places = [one.index for one in log.recorded if one.statement.event == "AuditDescribed"]
    assert printed(log)[f"{REACHED}: competence"] == [
        f"not disclosed (by entry {places[0]})",
        f"social-auditor (by entry {places[1]})",
        f"psychologist (by entry {places[2]})",
    ]


def test_what_may_be_withheld_is_not_called_undisclosed() -> None:
    log, alleged = opened()
    within = audit(log, hidden={"team": {"lang": "en", "text": "two people"}})
    log.disclosures.clear()
    finding(log, ("about", alleged), ("within", within))
    (told,) = printed(log)[f"{REACHED}: competence"]
    assert told.startswith("not disclosed, withheld or erased (by entry ")


def test_a_finding_of_no_investigation_says_so() -> None:
    log, alleged = opened()
    finding(log, ("about", alleged))
    assert printed(log) == {REACHED: [NO_INVESTIGATION]}


def test_an_investigation_that_is_not_in_the_file_is_told_to_be_elsewhere() -> None:
    log, alleged = opened()
    said = finding(log, ("about", alleged), ("within", audit(log)))
    entries = map(read, parse_bundle(bundle_bytes(log, f"statement:{said.statement.id}")).entries)
    known: dict[str, Readable] = {
        one.id: one for one in entries if one.value["predicate"]["event"] != "AuditDescribed"
    }
    (row,) = method(known[said.statement.id], known)
    assert (row.what, row.whole) == (REACHED, NOT_HERE)


def test_nothing_else_has_a_method_of_being_reached() -> None:
    log, alleged = opened()
    known = {one.id: one for one in map(read, parse_bundle(bundle_bytes(log, ABOUT)).entries)}
    assert method(known[alleged.statement.id], known) == ()


def test_the_page_prints_it_in_the_finding() -> None:
    log, alleged = opened()
    finding(log, ("about", alleged), ("within", audit(log, notice="announced")))
    html = dossier(bundle_bytes(log, ABOUT)).decode()
    article = html.partition(f'<article id="entry-{log.recorded[-1].index}">')[2].partition("</article>")[0]
    assert f"<dt>{REACHED}: notice</dt>" in article
    assert f"<dt>{REACHED}: competence</dt>" in article
