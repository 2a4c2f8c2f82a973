"""Parties and factories on a terminal: what they were and are part of, and how far each key reaches."""

from __future__ import annotations

import io

from rich.console import Console

from api.cli import render
from projections.registry import view
from tests.support.small_log import SmallLog


def printed(log: SmallLog, name: str) -> str:
    """The entry of `name` as the command prints it, as one line of words."""
    entry = view(name, log.slice())
    assert entry is not None
    console = Console(file=io.StringIO(), width=200)
    answer = {"asOf": {}, "names": {}}
    render.registry(console, answer, [entry.to_json()], "Names")
    assert isinstance(console.file, io.StringIO)
    return " ".join(console.file.getvalue().split())


def test_a_key_is_printed_with_what_it_may_sign_and_all_that_bounds_it() -> None:
    log = SmallLog()
    first = {"keyId": "a" * 64, "role": "root", "scope": ["any"]}
    device = {"keyId": "b" * 64, "role": "device", "scope": ["allegation", "document"]}
    log.say("PartyRegistered", "party:p", {"firstKey": first}, by="registrar")
    log.say("KeyAdded", "party:p", device | {"expires": "2024-12-31T00:00:00Z"}, by="p")
    log.say("KeyRevoked", "party:p", {"keyId": "b" * 64, "compromisedSince": 1}, by="p")
    said = printed(log, "party:p")
    assert "root key aaaaaaaaaaaaaaaa… since entry 0 device" in said, "a plain key has nothing more to say"
    assert (
        "device key bbbbbbbbbbbbbbbb… since entry 1, for allegation and document, "
        "until 2024-12-31T00:00:00Z, revoked at entry 2, others may have used it since entry 1"
    ) in said


def test_what_became_a_party_is_named_with_its_keys() -> None:
    log = SmallLog()
    for letter, slug in (("a", "cert"), ("b", "newcert")):
        key = {"keyId": letter * 64, "role": "root", "scope": ["any"]}
        log.say("PartyRegistered", f"party:{slug}", {"firstKey": key}, by="registrar")
    refs = [("supersedes", log.made["party:cert"])]
    log.say("PartyMerged", ["party:cert", "party:newcert"], by="registrar", refs=refs)
    said = printed(log, "party:newcert")
    assert "was cert" in said
    assert "root key aaaaaaaaaaaaaaaa… since entry 0 (of cert)" in said
    assert "now newcert" in printed(log, "party:cert")


def test_a_factory_says_what_it_was_and_what_it_is_part_of() -> None:
    log = SmallLog()
    log.say("FactoryRegistered", "factory:campus", by="registrar")
    log.say("FactoryRegistered", "factory:old", by="registrar")
    part = [("partOf", log.made["factory:campus"])]
    log.say("FactoryRegistered", "factory:hall", {"level": "building"}, by="registrar", refs=part)
    refs = [("supersedes", log.made["factory:old"])]
    log.say("FactoryMerged", ["factory:hall", "factory:old"], by="registrar", refs=refs)
    said = printed(log, "factory:hall")
    assert "part of campus" in said
    assert "was old" in said
