"""Templates: whoever replaces the words in capitals has a statement that the ledger takes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from api.drafts.build import Built, FileFacts, LedgerIdentity, build
from api.drafts.draft import read_drafts
from api.drafts.resolver import Target
from api.drafts.template import template
from api.drafts.yaml_text import DraftError
from ledger.core import disclosure
from ledger.core.events import EVENTS
from ledger.core.kinds import KINDS, REQUIRED
from ledger.core.refusal import Refusal
from ledger.core.statement import Recorded
from ledger.domain.facts import creation_of
from tests.support.builder import KeyPair, Log, Signed, sign

DRAFTED = sorted(
    event
    for event, (kind, _) in EVENTS.items()
    if kind not in ("ledger", "index") and event != "DocumentSealed"
)
# Controls are signed, but no ledger takes them in yet.
ENTERED = [event for event in DRAFTED if EVENTS[event][0] != "control"]
NEW = KeyPair("a key made for the template", "device")
ROOT = KeyPair("a root key made for the template")
WORDS = {
    "YOUR-SLUG": "clw",
    "THEIR-SLUG": "ietp",
    "SLUG": "mill",
    "OTHER-SLUG": "shed",
    "LABEL": "claim",
    "OTHER-LABEL": "seen",
    "STANCE": "endorses",
    "OWNER": "clw",
    "OPERATEDBY": "clw",
    "ACTOR": "ietp",
    "ADDRESSEES": "ietp",
    "RESPONDENTS": "ietp",
    "RECIPIENTS": "ietp",
    "RECOVERERS": "clw",
    "COUNTRY": "CN",
    "JURISDICTION": "CN-GD",
    "LANGS": "zh-Hans",
    "LANG": "en",
    "DAYS": "2",
    "MEDIA": "application/pdf",
    "DIGESTS": "a" * 64,
    "AGERECIPIENT": "age1" + "q" * 58,
    "TEXT": "Words",
}
REGISTRAR = {"YOUR-SLUG": "registrar"}
# What the rules ask of these events beyond the form: who may say it, and of what.
OF_EVENT: Mapping[str, Mapping[str, str]] = {
    "PartyListed": {"SLUG": "newcomer"},
    "PartyRegistered": {"SLUG": "newcomer", **REGISTRAR},
    "PartyAmended": {"SLUG": "clw"},
    "PartyMerged": {"SLUG": "old", "OTHER-SLUG": "older", **REGISTRAR},
    "PartySplit": {"SLUG": "old", "OTHER-SLUG": "older", **REGISTRAR},
    "KeyAdded": {"SLUG": "clw"},
    "KeyRevoked": {"SLUG": "clw"},
    "KeyRecovered": {"SLUG": "ietp", "YOUR-SLUG": "clw, registrar"},
    "FactoryRegistered": {"SLUG": "newcomer"},
    "CriterionPublished": {"SLUG": "newcomer"},
    "DeterminationIssued": {"YOUR-SLUG": "ietp"},
    "OverallDetermined": {"YOUR-SLUG": "ietp"},
    "CertificationDecided": {"YOUR-SLUG": "ietp"},
    "DueChanged": {"YOUR-SLUG": "ietp"},
    "CompletionClaimed": {"YOUR-SLUG": "ietp"},
    "NoReplyNoted": {"LABEL": "asked"},
    "TakedownRequested": REGISTRAR,
    "LegalHoldPlaced": REGISTRAR,
    "LegalHoldLifted": REGISTRAR,
}
ON = {"LABEL": "promised"}


@dataclass
class World:
    """A log with one statement of each sort under a label, and the resolver over it."""

    log: Log
    labels: Mapping[str, Recorded]
    key: KeyPair = NEW

    def named(self, name: str) -> str | None:
        return creation_of(self.log.state, name)

    def target(self, label_or_id: str) -> Target | None:
        found = self.labels.get(label_or_id)
        if found is None:
            return None
        statement = found.statement
        return Target(statement.id, statement.kind, tuple(one.name for one in statement.subjects))

    def public_key(self, name: str) -> Mapping[str, object] | None:
        return self.key.claim()


def world(event: str) -> World:
    """A log of its own, for a statement that is appended."""
    log = Log.opened()
    log.register("clw")
    log.register("ietp", ["certifier"], recoverers=["clw"])
    for slug in ("old", "older"):
        log.list_party(slug)
    for slug in ("mill", "shed"):
        log.factory(slug)
    spare = KeyPair("a spare device", "device")
    log.say("KeyAdded", "clw", about=["party:clw"], claim=spare.claim(), signers=[log.keys["clw"], spare])
    labels = {
        "claim": log.say("AllegationMade", "clw", about=["factory:mill"], claim={"issue": "osh/ppe"}),
        "seen": log.say("AllegationMade", "clw", about=["factory:mill"], claim={"issue": "osh"}),
        "asked": log.say("QuestionAsked", "clw", claim={"addressees": ["ietp"]}),
        "promised": log.say("CommitmentMade", "ietp", about=["factory:mill"], claim={"actor": "ietp"}),
    }
    key = {"KeyRevoked": spare, "PartyRegistered": ROOT, "KeyRecovered": ROOT}.get(event, NEW)
    return World(log, labels, key)


def filled(event: str, *also: str) -> str:
    """The template without its comments, the words in capitals replaced, and some members uncommented."""
    lines = [line for line in template(event).splitlines() if not line.lstrip().startswith("#")]
    words = {**WORDS, **(ON if EVENTS[event][0] == "progress" else {}), **OF_EVENT.get(event, {})}
    text = "\n".join([*lines, *also])
    return re.sub(r"\b[A-Z]{3,}(-[A-Z]+)?\b", lambda found: words.get(found[0], "unstated"), text)


def statement_of(event: str, world: World, *also: str) -> Built:
    (draft,) = read_drafts(filled(event, *also), event)
    salts = (hashlib.sha256(f"{event} {i}".encode()).digest()[:16] for i in range(1000))
    file = FileFacts("e" * 64, 42) if draft.file else None
    ledger = LedgerIdentity(world.log.origin, world.log.genesis_id)
    return build(draft, world, ledger, world.log.today, lambda: next(salts), file)


def signed(built: Built, world: World) -> Signed:
    statement = built.statement
    signers = [world.log.keys[issuer] for issuer in statement.issuers]
    introduced = "publicKey" in {**statement.claim, **statement.claim.get("firstKey", {})}
    signers += [world.key] if introduced else []
    return Signed(statement, sign(statement.payload, *signers), built.disclosures)


@pytest.mark.parametrize("event", DRAFTED)
def test_each_events_template_has_everything_that_is_needed_and_nothing_else(event: str) -> None:
    (draft,) = read_drafts(template(event), "template")
    assert draft.event == event
    rows = KINDS[draft.kind].rows_for(event, True)
    needed = {row.name for row in rows.values() if row.presence == REQUIRED} - {"media", "size"}
    if draft.kind == "key":
        needed = {"file"}
    if draft.kind == "criterion":
        needed |= {"quantity"}
    assert set(draft.claim) == needed


@pytest.mark.parametrize("event", ENTERED)
def test_each_events_template_is_taken_by_the_ledger_once_its_capitals_are_replaced(event: str) -> None:
    here = world(event)
    size = here.log.state.size
    here.log.append(signed(statement_of(event, here), here))
    assert here.log.state.size == size + 1


@pytest.mark.parametrize("event", sorted(set(DRAFTED) - set(ENTERED)))
def test_what_no_ledger_takes_yet_can_be_signed_all_the_same(event: str) -> None:
    here = world(event)
    statement = statement_of(event, here).statement
    with pytest.raises(Refusal, match="does not take"):
        here.log.append(signed(statement_of(event, here), here))
    assert statement.event == event


@pytest.fixture(scope="module")
def read_only() -> World:
    """A log that only forms are tried against."""
    return world("PartyRegistered")


def optional_members() -> Iterator[Any]:
    """Each commented member of each template with the line that stands for it."""
    for event in DRAFTED:
        claim = template(event).partition("\nclaim:\n")[2].splitlines()
        names = [*KINDS[EVENTS[event][0]].rows_for(event, True)]
        for name in names:
            found = [line for line in claim if line.startswith(f"  # {name}: ")]
            if found and f"\n  {name}: " not in template(event):
                yield pytest.param(event, name, found[-1].replace("# ", "", 1), id=f"{event}-{name}")


@pytest.mark.parametrize(("event", "name", "line"), [*optional_members()])
def test_each_commented_member_of_a_template_is_of_the_right_form(
    event: str, name: str, line: str, read_only: World
) -> None:
    built = statement_of(event, read_only, line)
    assert name in {*built.statement.claim, *_disclosed(built)}


def _disclosed(built: Built) -> list[str]:
    return [disclosure.parse(text).name for text in built.disclosures]


def test_a_template_offers_an_attribution_only_where_a_claim_can_be_somebody_elses() -> None:
    assert "# attribution:" in template("AllegationMade")
    assert "# attribution:" not in template("PartyListed")


@pytest.mark.parametrize("event", DRAFTED)
def test_a_template_offers_a_source_an_audience_and_erasure_only_where_there_can_be_one(event: str) -> None:
    kind, text = KINDS[EVENTS[event][0]], template(event)
    assert ("statedIn" in text) == ("statedIn" in kind.refs_for(event))
    assert ("# visibility: parties" in text) == ("parties" in kind.visibilities)
    assert kind.discloses or "disclose" not in text


def test_a_sealed_document_is_not_drafted_while_none_can_be_entered() -> None:
    with pytest.raises(DraftError, match="sealed documents cannot be entered yet"):
        template("DocumentSealed")
    assert "DocumentSealed" not in template("document")


@pytest.mark.parametrize(("event", "command"), [("LedgerAmended", "ledger amend"), ("index", "index")])
def test_what_the_operator_says_by_a_command_is_not_drafted(event: str, command: str) -> None:
    with pytest.raises(DraftError) as refused:
        template(event)
    assert refused.value.mend == f"the operator's command is `evidence {command}`"
