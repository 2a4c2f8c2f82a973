"""The packaged case says no more than its sources: where they are silent a time is unknown."""

from __future__ import annotations

from api.client.workshop import read_draft_file
from api.demo.case import packaged_case
from api.drafts.draft import Draft


def drafts() -> dict[str | None, Draft]:
    files = sorted(packaged_case().glob("[0-9]*.yaml"))
    return {draft.label: draft for file in files for draft in read_draft_file(file)}


def test_when_the_workers_were_trained_as_they_say_is_unknown() -> None:
    assert drafts()["o1"].occurred == "2019-12", "of the records somebody states it"
    assert drafts()["o2"].occurred is None


def test_when_the_resource_centre_first_noted_the_silence_is_unknown() -> None:
    assert drafts()["g2"].said is None
    assert drafts()["q5"].said == "2019-11", "of the invitation somebody states it"
