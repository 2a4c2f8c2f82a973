"""The form of statements: all that their bytes alone decide, step by step (docs/protocol.md, "Statement").

The steps read the JSON value of a payload; none of them needs the log, a clock or a key.
"""

from collections.abc import Callable, Collection, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from . import counts, grammar
from . import values as v
from .events import EVENTS
from .fields import (
    COARSE_DATE,
    DATE,
    DIGEST,
    DIGEST_PATTERN,
    MOMENT,
    SD,
    SLUG,
    SLUG_PATTERN,
    Check,
    Member,
    Type,
    array,
    inside,
    matching,
    object_check,
    record,
    remembering,
    sorted_set,
    string,
    term,
    wrong_type,
)
from .kinds import ATTRIBUTABLE, DUE, HIDDEN, KINDS, REQUIRED, STANCES, Kind, Row
from .refusal import Refusal

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:evidence-ledger:v1:"
NO_GENESIS = "0" * 64
FOUNDING_NAMES = ("ledger:main", "party:operator", "party:registrar")
SEALED_MULTIPLE = 16  # digests


class Parts(NamedTuple):
    """The parts of a payload's value that the steps look at."""

    kind: Kind
    event: str
    public: bool
    subject: list[Mapping[str, Any]]
    predicate: Mapping[str, Any]
    claim: Mapping[str, Any]


def first_digest(genesis: str, name: str) -> str:
    """A name's digest in the statement that creates it: SHA-256 of `<64 hex genesis>` LF `<name>` (ASCII)."""
    return sha256(f"{genesis}\n{name}".encode("ascii")).hexdigest()


# --- the outer objects, by type ------------------------------------------------


_NAME = matching(
    "the name of a subject",
    "bad-name",
    f"ledger:main|(party|factory|criterion):{SLUG_PATTERN}|document:{DIGEST_PATTERN}",
)
_REF_NAME = matching("`statement:` and a digest", "reference-name", "statement:[0-9a-f]{64}")
_SHA256 = record("`{sha256}`", {"sha256": Member(DIGEST, True)})
_ORIGIN = string(
    "a log's origin", "bad-origin", grammar.is_origin, {"pattern": "^[a-z0-9][A-Za-z0-9._~/-]{0,254}$"}
)
LEDGER_ID = record("`{genesis, origin}`", {"genesis": Member(DIGEST, True), "origin": Member(_ORIGIN, True)})
SUBJECTS = array(
    record("`{digest, name}`", {"name": Member(_NAME, True), "digest": Member(_SHA256, True)}), 1, 128
)
RELS = tuple(sorted({rule.rel for kind in KINDS.values() for rule in kind.ref_rules}))
REF = record(
    "`{rel, name, digest, locator?, ledger?}`",
    {
        "rel": Member(matching("a `rel`", "reference-rel", "[a-zA-Z]{1,32}"), True),
        "name": Member(_REF_NAME, True),
        "digest": Member(_SHA256, True),
        "locator": Member(matching("a locator", "bad-locator", "[0-9A-Za-z.#-]{1,24}")),
        "ledger": Member(LEDGER_ID),
    },
)
REFS = array(REF, 0, 64)
ATTRIBUTION = record(
    "`{form, via?}`", {"form": Member(term("attribution-forms"), True), "via": Member(array(v.RELAY, 1, 8))}
)


def _check_object(value: Any) -> None:
    if type(value) is not dict:
        raise wrong_type("an object", value)


def _check_event(value: Any) -> None:
    if type(value) is not str:
        raise wrong_type("a string", value)


PREDICATE_MEMBERS: Mapping[str, Member] = {
    "ledger": Member(remembering(LEDGER_ID), True),
    "event": Member(Type("the event", {"type": "string"}, _check_event), True),
    "visibility": Member(term("visibilities"), True),
    "issuers": Member(sorted_set(SLUG, 1, 16), True),
    "issuedAt": Member(MOMENT, True),
    "refs": Member(REFS, True),
    "claim": Member(Type("the claim", {"type": "object"}, _check_object), True),
    "claimants": Member(sorted_set(SLUG, 1, 16)),
    "attribution": Member(ATTRIBUTION),
    "said": Member(DATE),
    "occurred": Member(COARSE_DATE),
    "audience": Member(sorted_set(SLUG, 1, 64)),
    "submitBy": Member(MOMENT),
    "sealed": Member(record("`{digest}`", {"digest": Member(DIGEST, True)})),
}


def _check_statement_type(value: Any) -> None:
    if value != STATEMENT_TYPE:
        raise Refusal("unknown-kind", f"_type is not {STATEMENT_TYPE}")


def _check_predicate_type(value: Any) -> None:
    if type(value) is not str or value.removeprefix(PREDICATE_TYPE) not in KINDS or value in KINDS:
        raise Refusal("unknown-kind", "this predicate type is not one of this protocol's")


_TOP_MEMBERS = {
    "_type": Type("the statement's type", {}, _check_statement_type),
    "subject": SUBJECTS,
    "predicateType": Type("the predicate's type", {}, _check_predicate_type),
    "predicate": record("the predicate", PREDICATE_MEMBERS),
}
_check_top = object_check(_TOP_MEMBERS, _TOP_MEMBERS)

# --- the claim, by event and visibility ------------------------------------------


def _unknown_in(kind: Kind, rows: Mapping[str, Row]) -> Callable[[str], Refusal]:
    def refuse(name: str) -> Refusal:
        row = rows.get(name)
        if name == "_sd":
            return Refusal("no-disclosures", f"a claim of kind {kind.name} holds no disclosures")
        if row is not None and row.type in (v.TEXT, v.TEXTS, v.PLAIN_TEXT):
            return Refusal("free-text-in-clear", f"`{name}` stands in disclosures only")
        if row is not None or (name == "occurred" and kind.discloses):
            return Refusal("disclosures-only", f"`{name}` stands in disclosures only")
        return Refusal("unknown-member", f"a claim of this event has no member `{name}`")

    return refuse


def _clear_check(kind: Kind, event: str, public: bool) -> Check:
    rows = kind.rows_for(event, public)
    clear = {name: row for name, row in rows.items() if row.presence not in (HIDDEN, DUE)}
    types = {name: row.type for name, row in clear.items()}
    if kind.discloses:
        types["_sd"] = SD
    required = [name for name, row in clear.items() if row.presence == REQUIRED]
    return object_check(types, required, _unknown_in(kind, rows))


def _full_check(kind: Kind, event: str, public: bool, whole: bool) -> Check:
    rows = kind.rows_for(event, public)
    types = {name: row.type.resolved for name, row in rows.items()}
    if kind.discloses:
        types["occurred"] = DATE
    required = [name for name, row in rows.items() if row.presence in (REQUIRED, DUE)]
    return object_check(types, required if whole else ())


_CASES = [(KINDS[kind], event, public) for event, (kind, _) in EVENTS.items() for public in (True, False)]
_CLEAR = {(event, public): _clear_check(kind, event, public) for kind, event, public in _CASES}
_FULL = {
    (event, public, whole): _full_check(kind, event, public, whole)
    for kind, event, public in _CASES
    for whole in (True, False)
}


def check_resolved_claim(event: str, visibility: str, claim: Mapping[str, Any]) -> None:
    """A claim with its disclosures put back; what a sealed one leaves out may be withheld."""
    try:
        _FULL[event, visibility == "public", visibility != "sealed"](claim)
        if EVENTS[event][0] == "criterion":
            _check_comparator(claim)
    except Refusal as refusal:
        raise inside(inside(refusal, "claim"), "predicate") from None


# --- the steps -------------------------------------------------------------------


def check_form(value: Any) -> None:
    """Every rule that a payload's value alone decides; `Refusal` points into the payload."""
    # 1 The objects of in-toto and of the predicate: members, types, grammars.
    _check_top(value)
    # 2 The event belongs to the kind.
    parts = _parts(value)
    # 3 Who shall see it; what a sealed statement hides.
    _check_visibility(parts)
    # 4 Which ledger; who signs; whose claim it is.
    _check_ledger(parts)
    _check_hand(parts)
    _check_voice(parts)
    # 5 What it is about, and what it refers to.
    _check_subjects(parts)
    _check_references(parts)
    # 6 The claim: members by event, then the rules between them.
    _check_claim(parts)


def _parts(value: Mapping[str, Any]) -> Parts:
    kind = KINDS[value["predicateType"][len(PREDICATE_TYPE) :]]
    predicate = value["predicate"]
    event = predicate["event"]
    if EVENTS.get(event, ("",))[0] != kind.name:
        raise Refusal("unknown-event", f"{kind.name} has no event {event!r:.80}", "/predicate/event")
    public = predicate["visibility"] == "public"
    return Parts(kind, event, public, value["subject"], predicate, predicate["claim"])


def _check_visibility(parts: Parts) -> None:
    predicate = parts.predicate
    visibility = predicate["visibility"]
    if visibility not in parts.kind.visibilities:
        raise Refusal("visibility", f"{parts.kind.name} is never {visibility}", "/predicate/visibility")
    if parts.event == "DocumentSealed" and visibility != "sealed":
        raise Refusal("visibility", "DocumentSealed is always sealed", "/predicate/visibility")
    if ("audience" in predicate) == parts.public:
        raise Refusal("audience", f"a statement whose visibility is {visibility}", "/predicate/audience")
    if ("sealed" in predicate) != (visibility == "sealed"):
        raise Refusal("sealed-form", "`sealed` stands in sealed statements alone", "/predicate/sealed")
    if visibility == "sealed":
        _check_sealed(parts)


def _check_sealed(parts: Parts) -> None:
    if "occurred" in parts.predicate:
        raise Refusal("sealed-form", "`occurred` is a disclosure here", "/predicate/occurred")
    if parts.claim.keys() != {"_sd"}:
        raise Refusal("sealed-form", "the claim holds more than `_sd`, or nothing", "/predicate/claim")
    digests = parts.claim["_sd"]
    _at(SD.check, digests, "/predicate/claim/_sd")
    if len(digests) % SEALED_MULTIPLE:
        raise Refusal("sealed-padding", f"{len(digests)} digests", "/predicate/claim/_sd")


def _at(check: Check, value: Any, where: str) -> None:
    try:
        check(value)
    except Refusal as refusal:
        refusal.where = where + refusal.where
        raise


def _check_ledger(parts: Parts) -> None:
    if (parts.predicate["ledger"]["genesis"] == NO_GENESIS) != (parts.event == "LedgerOpened"):
        raise Refusal("genesis-zeros", "only entry 0 has no genesis yet", "/predicate/ledger/genesis")


def _check_hand(parts: Parts) -> None:
    issuers = parts.kind.issuers
    if issuers and tuple(parts.predicate["issuers"]) != issuers:
        raise Refusal(
            "wrong-issuer", f"{parts.kind.name} is issued by {issuers[0]} alone", "/predicate/issuers"
        )


def _check_voice(parts: Parts) -> None:
    predicate = parts.predicate
    attribution = predicate.get("attribution")
    claimants = predicate.get("claimants")
    if claimants is None and attribution is None:
        return
    where = "/predicate/attribution" if claimants is None else "/predicate/claimants"
    if parts.kind.name not in ATTRIBUTABLE:
        raise Refusal("not-attributable", f"{parts.kind.name} is said by those who sign it", where)
    for i, slug in enumerate(claimants or ()):
        if grammar.is_person_slug(slug):
            raise Refusal("person-as-claimant", f"{slug} is a natural person", f"{where}/{i}")
    foreign = not set(claimants or ()) <= set(predicate["issuers"])
    if foreign and attribution is None:
        raise Refusal("attribution-missing", "some claimant does not sign", "/predicate/attribution")
    if not foreign and attribution is not None:
        raise Refusal("attribution-surplus", "every claimant signs", "/predicate/attribution")
    if attribution is not None:
        _check_sources(attribution["form"], predicate["refs"])


def _check_sources(form: str, refs: list[Mapping[str, Any]]) -> None:
    rels = {ref["rel"] for ref in refs}
    if form != "conduct" and "statedIn" not in rels:
        raise Refusal("stated-in-missing", f"a {form} comes from a document", "/predicate/refs")
    if form == "on-behalf" and "mandate" not in rels:
        raise Refusal("mandate-missing", "nothing says that they may speak for them", "/predicate/refs")


# --- subjects ----------------------------------------------------------------------


def _ascending(keys: list[Any], where: str) -> None:
    for i in range(1, len(keys)):
        if keys[i - 1] >= keys[i]:
            code = "not-unique" if keys[i - 1] == keys[i] else "unsorted"
            raise Refusal(code, f"item {i} does not follow item {i - 1}", f"{where}/{i}")


def _check_subjects(parts: Parts) -> None:
    names = [item["name"] for item in parts.subject]
    _ascending(names, "/subject")
    for rule in _SUBJECTS[parts.event, parts.public]:
        found = [name for name in names if name.partition(":")[0] == rule.prefix]
        if not rule.low <= len(found) <= rule.high or (not rule.others and len(found) != len(names)):
            raise Refusal("wrong-subjects", _subject_words(rule.prefix, rule.low, rule.high), "/subject")
    if parts.event == "LedgerOpened" and tuple(names) != FOUNDING_NAMES:
        raise Refusal("wrong-subjects", f"entry 0 is about {', '.join(FOUNDING_NAMES)}", "/subject")
    for i, item in enumerate(parts.subject):
        _check_pin(parts, item["name"], item["digest"]["sha256"], f"/subject/{i}/digest/sha256")


def _subject_words(prefix: str, low: int, high: int) -> str:
    return f"this event names {low if low == high else f'{low} to {high}'} of the prefix {prefix}:"


def _check_pin(parts: Parts, name: str, digest: str, where: str) -> None:
    """The digest belongs to the name, as far as the bytes show: own bytes, the genesis, or a first digest."""
    genesis = parts.predicate["ledger"]["genesis"]
    prefix, _, rest = name.partition(":")
    expected = None
    if prefix == "document":
        expected = rest
    elif parts.event == "LedgerOpened" or prefix == _CREATES.get(parts.event):
        expected = first_digest(genesis, name)
    elif name in FOUNDING_NAMES:
        expected = genesis
    if expected is not None and digest != expected:
        raise Refusal("subject-digest", f"the digest of {name} is {expected} here", where)


_SUBJECTS = {(event, public): kind.subject_rules_for(event, public) for kind, event, public in _CASES}
# Events that always create their one subject of this prefix. A registration may follow a listing.
_CREATES = {"PartyListed": "party", "FactoryRegistered": "factory", "CriterionPublished": "criterion"}

# --- references ----------------------------------------------------------------------


def _check_references(parts: Parts) -> None:
    refs = parts.predicate["refs"]
    keys = [(ref["rel"], ref["digest"]["sha256"]) for ref in refs]
    _ascending(keys, "/predicate/refs")
    allowed = _RELS[parts.event]
    for i, ref in enumerate(refs):
        if ref["rel"] not in allowed:
            what = f"{parts.event} has no reference `{ref['rel']}`"
            raise Refusal("reference-rel", what, f"/predicate/refs/{i}/rel")
        if ref["name"][10:] != ref["digest"]["sha256"]:
            raise Refusal("reference-name", "name and digest differ", f"/predicate/refs/{i}/name")
    if (
        "details" in allowed
        and parts.predicate["visibility"] != "sealed"
        and any(rel == "details" for rel, _ in keys)
    ):
        raise Refusal("details", "the statement is not sealed", "/predicate/refs")
    _check_counts(parts, [rel for rel, _ in keys])
    _check_one_stance(keys)


_RELS = {event: frozenset(KINDS[kind].refs_for(event)) for event, (kind, _) in EVENTS.items()}
_COUNTS = {event: KINDS[kind].counts_for(event) for event, (kind, _) in EVENTS.items()}


def _check_counts(parts: Parts, rels: list[str]) -> None:
    for count in _COUNTS[parts.event]:
        found = sum(rel in count.rels for rel in rels)
        if found < count.low or (count.high is not None and found > count.high):
            words = "a stance" if len(count.rels) > 1 else f"`{min(count.rels)}`"
            limits = f"at least {count.low}" if count.high is None else f"{count.low} to {count.high}"
            raise Refusal(
                "reference-count", f"{found} references with {words}, not {limits}", "/predicate/refs"
            )


def _check_one_stance(keys: list[tuple[str, str]]) -> None:
    taken: set[str] = set()
    for i, (rel, digest) in enumerate(keys):
        if rel in STANCES:
            if digest in taken:
                raise Refusal("two-stances", f"`{rel}` is the second one", f"/predicate/refs/{i}")
            taken.add(digest)


# --- the claim -------------------------------------------------------------------------


def _check_claim(parts: Parts) -> None:
    try:
        if parts.predicate["visibility"] != "sealed":
            _CLEAR[parts.event, parts.public](parts.claim)
            rule = _RULES.get(parts.kind.name)
            if rule is not None:
                rule(parts)
        _check_no_repetition(parts.claim)
    except Refusal as refusal:
        if not refusal.where.startswith("/subject"):
            refusal.where = "/predicate/claim" + refusal.where
        raise


def _check_no_repetition(claim: Mapping[str, Any]) -> None:
    digests = list(sd_digests(claim)) if claim else []
    if len(set(digests)) != len(digests):
        raise Refusal("digest-repeated", "a digest stands in two places of the claim")


def sd_digests(value: Any) -> list[str]:
    """Every digest in an `_sd` of this JSON value, however deep, in the order of the value."""
    found: list[str] = []
    members = value.items() if type(value) is dict else enumerate(value)
    for name, member in members:
        if name == "_sd":
            found += member
        elif type(member) is dict or type(member) is list:
            found += sd_digests(member)
    return found


def _ledger_rule(parts: Parts) -> None:
    if not parts.claim:
        raise Refusal("missing-member", "an amendment of the ledger changes something")


def _party_rule(parts: Parts) -> None:
    """A natural person has the entity `person` and a random name, and nobody else has either."""
    if "entity" not in parts.claim:
        return
    slug = parts.subject[0]["name"][6:]
    if (parts.claim["entity"] == "person") != grammar.is_person_slug(slug):
        raise Refusal("person-name", f"{slug} as {parts.claim['entity']}", "/entity")


def _key_rule(parts: Parts) -> None:
    if parts.event != "KeyRevoked":
        v.key_rule(parts.claim)


def _check_comparator(claim: Mapping[str, Any]) -> None:
    if claim.get("comparator") in ("max", "min") and "quantity" not in claim:
        raise Refusal("quantity-missing", "a limit has a quantity", "/quantity")


def _criterion_rule(parts: Parts) -> None:
    _check_comparator(parts.claim)


def _request_rule(parts: Parts) -> None:
    check_addressees(parts.claim, {item["name"] for item in parts.subject})


def check_addressees(claim: Mapping[str, Any], names: Collection[str]) -> None:
    """Addressees that are parties or factories are subjects too, so that no request escapes their history."""
    for addressee in claim.get("addressees", ()):
        name = addressee if ":" in addressee else f"party:{addressee}"
        if not name.startswith("group:") and name not in names:
            raise Refusal("subject-missing", f"the addressee {name} is no subject", "/subject")


def _counts_rule(parts: Parts) -> None:
    counts.check_small_counts(parts.claim)


def _amendment_rule(parts: Parts) -> None:
    try:
        counts.check_small_counts(parts.claim.get("set", {}))
    except Refusal as refusal:
        raise inside(refusal, "set") from None


_RULES: Mapping[str, Callable[[Parts], None]] = {
    "ledger": _ledger_rule,
    "party": _party_rule,
    "key": _key_rule,
    "criterion": _criterion_rule,
    "request": _request_rule,
    "amendment": _amendment_rule,
    **dict.fromkeys(
        ("investigation", "allegation", "observation", "determination", "commitment", "progress"),
        _counts_rule,
    ),
}
