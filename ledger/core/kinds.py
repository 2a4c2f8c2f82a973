"""The kinds of statement: their events, members, references and subjects, one table each.

From these tables follow the decoder (statement.py), the JSON Schemas (schema.py) and docs/protocol-kinds.md.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from . import values as v
from .events import EVENTS, events_of
from .fields import (
    BOOLEAN,
    DATE,
    DECIMAL,
    DIGEST,
    PERIOD,
    SLUG,
    TOKEN,
    Member,
    Type,
    any_of,
    coded,
    integer,
    or_word,
    record,
    sorted_set,
    term,
)
from .tables import DUE, HIDDEN, OPTIONAL, REQUIRED, Count, Kind, RefRule, Row, SubjectRule

__all__ = [
    "ATTRIBUTABLE",
    "DUE",
    "EVENTS",
    "HIDDEN",
    "KINDS",
    "OPTIONAL",
    "REQUIRED",
    "STANCES",
    "Count",
    "Kind",
    "RefRule",
    "Row",
    "SubjectRule",
    "events_of",
]


def _events(names: Iterable[str]) -> frozenset[str] | None:
    return frozenset(names) or None


def _need(name: str, type_: Type, *events: str) -> Row:
    return Row(name, type_, REQUIRED, _events(events))


def _may(name: str, type_: Type, *events: str) -> Row:
    return Row(name, type_, OPTIONAL, _events(events))


def _hide(name: str, type_: Type, *events: str) -> Row:
    return Row(name, type_, HIDDEN, _events(events))


# --- what references may point to -------------------------------------------

ATTRIBUTABLE = frozenset(
    {
        "investigation",
        "allegation",
        "observation",
        "determination",
        "response",
        "request",
        "commitment",
        "progress",
    }
)
STANCES = frozenset(
    {
        "acknowledges",
        "commends",
        "accepts",
        "partlyAccepts",
        "disputes",
        "offers",
        "refuses",
        "endorses",
        "retracts",
        "adopts",
        "disowns",
        "confirms",
        "respondsTo",
        "answers",
        "partlyAnswers",
        "concludes",
    }
)
_ANSWERS = frozenset({"answers", "partlyAnswers", "concludes"})
_DOCUMENT = frozenset({"document"})
_SAYABLE = ATTRIBUTABLE | {"document", "link"}
_TARGETS = _SAYABLE | {"criterion", "amendment"}
_STATED_IN = RefRule("statedIn", _DOCUMENT)
_SOURCES = (_STATED_IN, RefRule("mandate", _DOCUMENT))
_BASED_ON = RefRule("basedOn", _SAYABLE)
_WITHIN = RefRule("within", frozenset({"investigation", "request"}))
_AGAINST = RefRule("against", frozenset({"criterion"}))
_EXAMINED = frozenset({"investigation", "observation", "determination"})


def _details(kind: str) -> RefRule:
    return RefRule("details", frozenset({kind}))


def _exactly(rel: str, *events: str) -> Count:
    return Count(frozenset({rel}), 1, 1, _events(events))


def _at_least(rel: str, low: int) -> Count:
    return Count(frozenset({rel}), low, None)


# --- common types ------------------------------------------------------------

_ISSUE = term("issues")
_ISSUES = sorted_set(_ISSUE)
_REMEDY = term("remedies")
_REMEDIES = sorted_set(_REMEDY)
_TOKENS = sorted_set(TOKEN, 1, 32)


def _disclosable(type_: Type) -> Type:
    """A value, or the statement that it was not disclosed."""
    return or_word("not-disclosed", type_)


# --- the tables ----------------------------------------------------------------

_PUBLIC = frozenset({"public"})
_UNSEALED = frozenset({"public", "parties"})
_PARTY_NEW = ("PartyListed", "PartyRegistered")

LEDGER = Kind(
    "ledger",
    "The ledger itself: entry 0 opens it, its operator's root key may amend it.",
    (
        _need("clock", coded("the clock", "system", "demo"), "LedgerOpened"),
        _need("intervals", v.INTERVALS, "LedgerOpened"),
        _need("keys", v.GENESIS_KEYS, "LedgerOpened"),
        _need("limits", v.LIMITS, "LedgerOpened"),
        _need("logKeys", v.LOG_KEYS, "LedgerOpened"),
        _need("policy", v.POLICY, "LedgerOpened"),
        _need("version", v.VERSION, "LedgerOpened"),
        _may("intervals", v.INTERVALS, "LedgerAmended"),
        _may("limits", v.LIMITS, "LedgerAmended"),
        _may("logKeys", v.LOG_KEYS, "LedgerAmended"),
        _may("policy", v.POLICY, "LedgerAmended"),
        _may("version", v.VERSION, "LedgerAmended"),
    ),
    subject_rules=(
        SubjectRule("ledger", 1, 1, False, frozenset({"LedgerAmended"})),
        SubjectRule("ledger", 1, 1, True, frozenset({"LedgerOpened"})),
        SubjectRule("party", 2, 2, True, frozenset({"LedgerOpened"})),
    ),
    visibilities=_PUBLIC,
    discloses=False,
    issuers=("operator",),
)

INDEX = Kind(
    "index",
    "The root of the index over entries 0 to size-1, for proofs of completeness.",
    (_need("keys", v.COUNT), _need("root", v.ROOT_HASH), _need("size", v.COUNT)),
    subject_rules=(SubjectRule("ledger", 1, 1),),
    visibilities=_PUBLIC,
    discloses=False,
    issuers=("operator",),
)

PARTY = Kind(
    "party",
    "Whoever speaks or is spoken of: an organisation, a programme, a public body, a class, a person.",
    (
        _need("entity", term("entities"), *_PARTY_NEW),
        _need("roles", sorted_set(term("roles")), *_PARTY_NEW),
        _need("firstKey", v.KEY, "PartyRegistered"),
        _need("checked", term("identity-checks"), "PartyRegistered"),
        _may("recoverers", sorted_set(SLUG, 1, 16), "PartyRegistered"),
        _may("entity", term("entities"), "PartyAmended"),
        _may("roles", sorted_set(term("roles")), "PartyAmended"),
        _may("country", v.COUNTRY, *_PARTY_NEW, "PartyAmended"),
        _may("identifiers", _TOKENS, *_PARTY_NEW, "PartyAmended"),
        _may("operatedBy", SLUG, *_PARTY_NEW, "PartyAmended"),
        _may("ageRecipient", v.AGE_RECIPIENT, "PartyRegistered", "PartyAmended"),
        _hide("names", v.TEXTS),
        _hide("proof", v.TEXT),
    ),
    (RefRule("supersedes", frozenset({"party"})), RefRule("partOf", frozenset({"party"}))),
    # A merger or split pins the creation of the name that ends or divides.
    (_exactly("supersedes", "PartyMerged", "PartySplit"),),
    subject_rules=(
        SubjectRule("party", 1, 1, False, frozenset({*_PARTY_NEW, "PartyAmended"})),
        SubjectRule("party", 2, 2, False, frozenset({"PartyMerged"})),
        SubjectRule("party", 2, 64, False, frozenset({"PartySplit"})),
    ),
    visibilities=_UNSEALED,
)

KEY = Kind(
    "key",
    "A key comes, goes, or is replaced after a loss.",
    (
        *(
            (_need if member.required else _may)(name, member.type, "KeyAdded", "KeyRecovered")
            for name, member in v.KEY_MEMBERS.items()
        ),
        _need("keyId", DIGEST, "KeyRevoked"),
        _may("compromisedSince", integer("a log index"), "KeyRevoked"),
    ),
    subject_rules=(SubjectRule("party", 1, 1),),
    visibilities=_PUBLIC,
    discloses=False,
)

_FACTORY_FACTS = ("FactoryRegistered", "FactoryAmended")
FACTORY = Kind(
    "factory",
    "A place of production: a complex, building, factory or workshop.",
    (
        _need("level", term("factory-levels"), "FactoryRegistered"),
        _need("country", v.COUNTRY, "FactoryRegistered"),
        _may("level", term("factory-levels"), "FactoryAmended"),
        _may("country", v.COUNTRY, "FactoryAmended"),
        _may("identifiers", _TOKENS, *_FACTORY_FACTS),
        _may("validFrom", DATE),
        _hide("names", v.TEXTS),
        _hide("address", v.TEXT),
    ),
    (RefRule("supersedes", frozenset({"factory"})), RefRule("partOf", frozenset({"factory"}))),
    (_exactly("supersedes", "FactoryMerged", "FactorySplit"),),
    subject_rules=(
        SubjectRule("factory", 1, 1, False, frozenset(_FACTORY_FACTS)),
        SubjectRule("factory", 2, 2, False, frozenset({"FactoryMerged"})),
        SubjectRule("factory", 2, 64, False, frozenset({"FactorySplit"})),
    ),
    visibilities=_UNSEALED,
)

CRITERION = Kind(
    "criterion",
    "One clause of a law, a standard or a code in one version.",
    (
        _need("owner", SLUG),
        _need("nature", term("natures")),
        _need("clause", TOKEN),
        _need("version", TOKEN),
        _need("issue", _ISSUE),
        _need("comparator", term("comparators")),
        _may("jurisdiction", v.JURISDICTION),
        _may("inForce", DATE),
        _may("graceUntil", DATE),
        _may("quantity", v.QUANTITY),
        _may("baseline", v.QUANTITY),
        _hide("title", v.TEXT),
        _hide("text", v.TEXT),
    ),
    (_STATED_IN, RefRule("supersedes", frozenset({"criterion"}))),
    subject_rules=(SubjectRule("criterion", 1, 1, True),),
    visibilities=_UNSEALED,
)

INVESTIGATION = Kind(
    "investigation",
    "How something was looked into: by whom, when, by which methods. What is unknown is said to be so.",
    (
        _need("stage", term("stages")),
        _need("participants", v.PARTICIPANTS),
        _may("methods", _disclosable(sorted_set(term("methods")))),
        _may("notice", term("notice")),
        _may("selection", _disclosable(term("selections"))),
        _may("privacy", TOKEN),
        _may("place", _disclosable(term("places"))),
        _may("days", _disclosable(DECIMAL)),
        _may("sample", _disclosable(v.SAMPLE)),
        _may("documents", _disclosable(_TOKENS)),
        _may("crossCheck", TOKEN),
        _may("competence", TOKEN),
        _may("gbvTraining", TOKEN),
        _may("payer", _disclosable(term("payers"))),
        _may("access", _disclosable(term("access"))),
        _may("previous", TOKEN),
        _hide("text", v.TEXT),
        _hide("team", v.TEXT),
    ),
    (
        *_SOURCES,
        _AGAINST,
        RefRule("promptedBy", ATTRIBUTABLE | _DOCUMENT),
        RefRule("previous", frozenset({"investigation"})),
        RefRule("sameAs", frozenset({"investigation"})),
    ),
)

ALLEGATION = Kind(
    "allegation",
    "What somebody claims is the case, before anybody else has looked.",
    (
        _need("issue", _ISSUE),
        _may("period", PERIOD),
        _may("quantity", v.QUANTITY),
        _may("scope", v.SCOPE),
        _hide("text", v.TEXT),
        _hide("sample", v.SAMPLE),
    ),
    (*_SOURCES, _BASED_ON, _AGAINST, RefRule("about", _EXAMINED), _details("allegation")),
)

OBSERVATION = Kind(
    "observation",
    "What was seen, by which method; several of one investigation may contradict each other.",
    (
        _need("issue", _ISSUE),
        _need("method", term("methods")),
        _need("result", term("results")),
        _may("period", PERIOD),
        _may("quantity", v.QUANTITY),
        _may("sample", v.SAMPLE),
        _may("scope", v.SCOPE),
        _may("tendency", term("tendencies")),
        _hide("text", v.TEXT),
    ),
    (*_SOURCES, _BASED_ON, _AGAINST, _WITHIN, _details("observation")),
)

_ABOUT = frozenset({"allegation", "observation", "determination", "request"})
DETERMINATION = Kind(
    "determination",
    "What an investigation concluded. `not-evidenced` says what was not found, never that a claim is untrue.",
    (
        _need("outcome", term("finding-outcomes"), "DeterminationIssued"),
        _need("outcome", term("overall-outcomes"), "OverallDetermined"),
        _need("outcome", term("certification-outcomes"), "CertificationDecided"),
        _may("issue", _ISSUE),
        _may("scope", v.SCOPE),
        _may("number", TOKEN),
        _may("validity", DATE),
        _may("reason", term("reasons")),
        _hide("text", v.TEXT),
    ),
    (
        *_SOURCES,
        _BASED_ON,
        _AGAINST,
        _WITHIN,
        RefRule("about", _ABOUT),
        RefRule("supersedes", frozenset({"determination"}), frozenset({"CertificationDecided"})),
        _details("determination"),
    ),
    (
        _exactly("about", "DeterminationIssued"),
        Count(frozenset({"within"}), 0, 1, frozenset({"DeterminationIssued"})),
    ),
)

DOCUMENT = Kind(
    "document",
    "A text or file: referred to, captured with its bytes, or held sealed.",
    (
        Row("media", v.MEDIA, REQUIRED, frozenset({"DocumentCaptured"}), True),
        Row("size", v.SIZE, REQUIRED, frozenset({"DocumentCaptured"}), True),
        Row("media", v.MEDIA, OPTIONAL, frozenset({"DocumentCaptured"}), False),
        Row("plaintext", v.PLAINTEXT, DUE, frozenset({"DocumentCaptured", "DocumentSealed"}), False),
        _may("media", v.MEDIA, "DocumentReferenced", "DocumentSealed"),
        _may("capturedOn", DATE),
        _may("documentDate", DATE),
        _may("langs", sorted_set(v.LANGUAGE, 1, 16)),
        _may("form", TOKEN),
        _may("availability", term("availability")),
        _may("custody", term("custody")),
        _hide("url", v.PLAIN_TEXT),
        _hide("title", v.TEXT),
        _hide("fileName", v.PLAIN_TEXT),
        _hide("text", v.TEXT),
    ),
    tuple(RefRule(rel, _DOCUMENT) for rel in ("recaptures", "translates", "redacts")),
    # Captured public bytes are named by their digest; no other document statement names bytes.
    subject_rules=(
        SubjectRule("document", 1, 1, True, frozenset({"DocumentCaptured"}), public=True),
        SubjectRule("document", 0, 0, True, frozenset({"DocumentCaptured"}), public=False),
        SubjectRule("document", 0, 0, True, frozenset({"DocumentReferenced", "DocumentSealed"})),
    ),
)

RESPONSE = Kind(
    "response",
    "A reaction to statements; the stance towards each is the reference's `rel`.",
    (
        _may("offer", term("offers")),
        _may("outcome", term("response-outcomes")),
        _may("withoutLiability", BOOLEAN),
        _hide("text", v.TEXT),
    ),
    (
        *_SOURCES,
        *(RefRule(rel, _SAYABLE) for rel in sorted(STANCES - _ANSWERS)),
        *(RefRule(rel, frozenset({"request"})) for rel in sorted(_ANSWERS)),
    ),
    (Count(STANCES, 1, None),),
)

REQUEST = Kind(
    "request",
    "Something asked of somebody: a question, demand, disclosure, access, comment, complaint or lawsuit.",
    (
        _need("addressees", v.ADDRESSEES),
        _may("respondents", v.ADDRESSEES),
        _may("topic", term("topics")),
        _may("issue", _ISSUES),
        _may("remedy", _REMEDIES),
        _may("number", integer("the request's number in its document", 1, 10_000)),
        _may("due", DATE),
        _may("delivery", TOKEN),
        _may("caseNumber", TOKEN),
        _hide("text", v.TEXT),
        _hide("persons", v.TEXTS),
    ),
    (*_SOURCES, _BASED_ON, RefRule("about", _EXAMINED)),
)

COMMITMENT = Kind(
    "commitment",
    "What somebody says they will do.",
    (
        _need("actor", v.ACTOR),
        _may("issue", _ISSUE),
        _may("remedy", _REMEDY),
        _may("due", DATE),
        _may("quantity", v.QUANTITY),
        _may("scope", v.SCOPE),
        _may("conditional", BOOLEAN),
        _may("withoutLiability", BOOLEAN),
        _hide("text", v.TEXT),
    ),
    (*_SOURCES, _BASED_ON, RefRule("towards", frozenset({"request", "determination", "allegation"}))),
)

_NOT_DUE_CHANGED = tuple(event for event in events_of("progress") if event != "DueChanged")
_NOT_NO_REPLY = tuple(event for event in events_of("progress") if event != "NoReplyNoted")
PROGRESS = Kind(
    "progress",
    "What became of a commitment or request.",
    (
        _need("due", DATE, "DueChanged"),
        _need("asOf", DATE, "NoReplyNoted"),
        _may("due", DATE, *_NOT_DUE_CHANGED),
        _may("asOf", DATE, *_NOT_NO_REPLY),
        _may("addressees", v.ADDRESSEES),
        _may("method", term("methods")),
        _may("quantity", v.QUANTITY),
        _may("withoutLiability", BOOLEAN),
        _hide("text", v.TEXT),
    ),
    (*_SOURCES, RefRule("on", frozenset({"commitment", "request"}))),
    (_exactly("on"),),
)

_NOT_RELATION = tuple(event for event in events_of("link") if event != "RelationStated")
LINK = Kind(
    "link",
    "How statements stand to each other.",
    (
        _need("relation", term("relations"), "RelationStated"),
        _may("relation", term("relations"), *_NOT_RELATION),
        _may("aspect", term("aspects")),
        _may("period", PERIOD),
        _hide("text", v.TEXT),
    ),
    (_STATED_IN, RefRule("links", _TARGETS)),
    (_at_least("links", 2),),
)


def _set_type(kinds: Iterable[Kind]) -> Type:
    """The type of an amendment's `set`: members of the kinds that can be amended, with their new values."""
    clear: dict[str, list[Type]] = {}
    whole: dict[str, list[Type]] = {}
    for row in (row for kind in kinds for row in kind.rows):
        if row.presence in (REQUIRED, OPTIONAL):
            _add(clear, row.name, row.type)
        _add(whole, row.name, row.type.resolved)
    return record(
        "new values by member name",
        {name: Member(any_of(types)) for name, types in sorted(clear.items())},
        sd=True,
        full=record(
            "new values by member name", {name: Member(any_of(types)) for name, types in whole.items()}
        ),
    )


def _add(types: dict[str, list[Type]], name: str, type_: Type) -> None:
    if type_ not in types.setdefault(name, []):
        types[name].append(type_)


_AMENDABLE = (
    INVESTIGATION,
    ALLEGATION,
    OBSERVATION,
    DETERMINATION,
    RESPONSE,
    REQUEST,
    COMMITMENT,
    PROGRESS,
    DOCUMENT,
    LINK,
    CRITERION,
)

AMENDMENT = Kind(
    "amendment",
    "An author corrects, extends or withdraws; what was said stays.",
    (
        _may("set", _set_type(_AMENDABLE), "StatementCorrected", "StatementExtended"),
        _hide("text", v.TEXT),
    ),
    (_STATED_IN, RefRule("amends", _TARGETS)),
    (_at_least("amends", 1),),
)

_ERASURE_GROUND = coded(
    "the ground of an erasure", "court-order", "data-protection", "consent-withdrawn", "safety", "error"
)
_ERASED = ("DisclosureErased", "EvidenceErased")
_NOT_ERASED = tuple(event for event in events_of("control") if event not in _ERASED)
CONTROL = Kind(
    "control",
    "What is done to content: erased, opened, held, asked to be taken down. Proofs stay valid.",
    (
        _need("ground", _ERASURE_GROUND, *_ERASED),
        _need("ground", term("grounds"), *_NOT_ERASED),
        _may("authority", term("authorities")),
        _need("digests", sorted_set(v.EITHER_DIGEST, 1, 256), "DisclosureErased"),
        _need("digests", sorted_set(DIGEST, 1, 256), "EvidenceErased", "EvidenceOpened"),
        _may("digests", sorted_set(v.EITHER_DIGEST, 1, 256), "TakedownRequested"),
        _may("recipients", sorted_set(SLUG), "EvidenceOpened"),
        _hide("text", v.TEXT),
    ),
    (RefRule("controls", _TARGETS),),
    (_at_least("controls", 1),),
    visibilities=_UNSEALED,
)

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            LEDGER,
            INDEX,
            PARTY,
            KEY,
            FACTORY,
            CRITERION,
            *_AMENDABLE[:4],
            DOCUMENT,
            *_AMENDABLE[4:8],
        )
    }
    | {kind.name: kind for kind in (LINK, AMENDMENT, CONTROL)}
)
