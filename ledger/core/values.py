"""The composite values that claims are made of: quantities, samples, scopes, keys, texts, participants."""

from decimal import Decimal
from typing import Any

from . import grammar
from .fields import (
    BASE64_OF_32_PATTERN,
    BOOLEAN,
    DECIMAL,
    DIGEST,
    DIGEST_PATTERN,
    MOMENT,
    SD_PATTERN,
    SLUG,
    SLUG_PATTERN,
    TOKEN,
    Member,
    Type,
    array,
    coded,
    enum,
    integer,
    matching,
    or_word,
    record,
    sorted_set,
    string,
    term,
    wrong_type,
)
from .keys import check_public_key, key_id
from .refusal import Refusal

# --- text, for disclosures only --------------------------------------------

LANGUAGE = matching("a language tag (BCP 47)", "bad-language", "[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,8}")


def _free(limit: int) -> Type:
    return string(
        f"1 to {limit} characters",
        "text-length",
        lambda text: 0 < len(text) <= limit,
        {"minLength": 1, "maxLength": limit},
    )


PLAIN_TEXT = _free(2048)
TEXT = record(
    "a text `{lang, text, from?}`",
    {"lang": Member(LANGUAGE, True), "text": Member(_free(16_384), True), "from": Member(LANGUAGE)},
)
TEXTS = array(TEXT, 1, 32)

# --- quantities ------------------------------------------------------------


def _quantity_rule(value: Any) -> None:
    single, low, high = "value" in value, "low" in value, "high" in value
    if single == (low or high) or low != high:
        raise Refusal("quantity-form", "a quantity has either `value` or both `low` and `high`")
    if low and Decimal(value["low"]) > Decimal(value["high"]):
        raise Refusal("range-order", f"{value['low']} is above {value['high']}", "/low")


QUANTITY = record(
    "a quantity `{value or low and high, unit, of?, per?, bound?}`",
    {
        "value": Member(DECIMAL),
        "low": Member(DECIMAL),
        "high": Member(DECIMAL),
        "unit": Member(term("units", "currencies"), True),
        "of": Member(TOKEN),
        "per": Member(term("periods")),
        "bound": Member(term("bounds")),
    },
    _quantity_rule,
    schema={
        "oneOf": [
            {"required": ["value"], "not": {"anyOf": [{"required": ["low"]}, {"required": ["high"]}]}},
            {"required": ["low", "high"], "not": {"required": ["value"]}},
        ]
    },
)

# --- samples and scopes ----------------------------------------------------

COUNT = integer("a count")
_SHARE = matching(
    "a share of n in per cent, 0 to 100, as a decimal string",
    "bad-share",
    "(0|[1-9][0-9]?)(\\.[0-9]{1,9})?|100(\\.0{1,9})?",
)


def _sample_rule(value: Any) -> None:
    n, population, women = value.get("n"), value.get("N"), value.get("women")
    if type(n) is int and type(population) is int and n > population:
        raise Refusal("count-order", f"the sample of {n} is larger than the population of {population}", "/n")
    if type(n) is int and type(women) is int and women > n:
        raise Refusal("count-order", f"{women} women in a sample of {n}", "/women")


SAMPLE = record(
    "a sample `{group?, n?, N?, share?, women?, independentSources?}`",
    {
        "group": Member(term("source-groups")),
        "n": Member(or_word("unknown", COUNT)),
        "N": Member(or_word("unknown", COUNT)),
        "share": Member(or_word("unknown", _SHARE)),
        "women": Member(or_word("unknown", COUNT)),
        "independentSources": Member(or_word("unknown", COUNT)),
    },
    _sample_rule,
    sd=True,
)


def _scope_rule(value: Any) -> None:
    count, of = value.get("count"), value.get("of")
    if count is not None and of is not None and count > of:
        raise Refusal("count-order", f"{count} of {of}", "/count")


SCOPE = record(
    "a scope `{quantifier, count?, of?, population?, membersKnown?}`",
    {
        "quantifier": Member(term("quantifiers"), True),
        "count": Member(COUNT),
        "of": Member(COUNT),
        "population": Member(QUANTITY),
        "membersKnown": Member(BOOLEAN),
    },
    _scope_rule,
    sd=True,
)

# --- who -------------------------------------------------------------------

PARTICIPANT = record(
    "a participant `{party, role}`, or `{role}` when undisclosed",
    {"party": Member(SLUG), "role": Member(term("participant-roles"), True)},
    sd=True,
)


def _participants_rule(value: Any) -> None:
    seen: set[tuple[str, str]] = set()
    for i, item in enumerate(value):
        if type(item) is dict and "party" in item:
            pair = (item["party"], item["role"])
            if pair in seen:
                raise Refusal("not-unique", f"{pair[0]} is named as {pair[1]} twice", f"/{i}")
            seen.add(pair)


def _with_rule(base: Type, rule: Any) -> Type:
    def check(value: Any) -> None:
        base.check(value)
        rule(value)

    return Type(base.doc, base.schema, check, None if base.full is None else _with_rule(base.full, rule))


PARTICIPANTS = _with_rule(array(PARTICIPANT), _participants_rule)


ADDRESSEE = matching(
    "a party's slug, `factory:<slug>` or `group:<code>`", "bad-addressee", f"(factory:|group:)?{SLUG_PATTERN}"
)
ADDRESSEES = sorted_set(ADDRESSEE)
ACTOR = matching("a party's slug or `factory:<slug>`", "bad-addressee", f"(factory:)?{SLUG_PATTERN}")


def _is_relay(text: str) -> bool:
    return grammar.is_host(text[5:]) if text.startswith("host:") else grammar.is_slug(text)


RELAY = string(
    "a party's slug or `host:<domain>`",
    "bad-relay",
    _is_relay,
    {"pattern": f"^({SLUG_PATTERN}|host:[a-z0-9.-]{{3,253}})$"},
)

# --- places, files, identifiers --------------------------------------------

COUNTRY = matching("an ISO 3166-1 alpha-2 country code", "bad-country", "[A-Z]{2}")
JURISDICTION = matching(
    "an ISO 3166-1 country or ISO 3166-2 subdivision code", "bad-country", "[A-Z]{2}(-[A-Z0-9]{1,3})?"
)
_MEDIA_NAME = "[a-z0-9][a-z0-9.+-]{0,62}"
MEDIA = matching("a media type `type/subtype`", "bad-media", f"{_MEDIA_NAME}/{_MEDIA_NAME}")
SIZE = integer("a size in bytes")
PLAINTEXT = record(
    "the plaintext's digest and size `{sha256, size}`",
    {"sha256": Member(DIGEST, True), "size": Member(SIZE, True)},
)
AGE_RECIPIENT = matching("an age recipient", "bad-age-recipient", "age1[02-9ac-hj-np-z]{58}")

# --- keys ------------------------------------------------------------------

# Written out, for the kinds' own tables are made of these values; a test compares.
SCOPES = [
    "any",
    "allegation",
    "amendment",
    "commitment",
    "control",
    "criterion",
    "determination",
    "document",
    "factory",
    "index",
    "investigation",
    "key",
    "ledger",
    "link",
    "observation",
    "party",
    "progress",
    "request",
    "response",
]
SCOPE_OF_KEY = sorted_set(enum("a kind, or `any` alone", SCOPES), 1, len(SCOPES) - 1)


def _check_key_bytes(value: Any) -> None:
    if type(value) is not str:
        raise wrong_type("a string", value)
    check_public_key(grammar.base64_decode(value))


PUBLIC_KEY = Type(
    "an Ed25519 public key, 32 bytes in padded base64",
    {"type": "string", "pattern": f"^{BASE64_OF_32_PATTERN}$"},
    _check_key_bytes,
)
ALG = coded("the algorithm", "ed25519")
KEY_ROLE = coded("a key's role", "root", "device")


def key_rule(value: Any) -> None:
    """A key's id is that of its bytes, and `any` stands alone in its scope."""
    if value["scope"] != ["any"] and "any" in value["scope"]:
        raise Refusal("key-scope", "`any` stands beside kinds", "/scope")
    if "keyId" in value and key_id(grammar.base64_decode(value["publicKey"])) != value["keyId"]:
        raise Refusal("key-id-mismatch", "keyId is not the SHA-256 of publicKey", "/keyId")


KEY_MEMBERS = {
    "alg": Member(ALG, True),
    "publicKey": Member(PUBLIC_KEY, True),
    "keyId": Member(DIGEST, True),
    "role": Member(KEY_ROLE, True),
    "scope": Member(SCOPE_OF_KEY, True),
    "expires": Member(MOMENT),
}
KEY = record("a key `{alg, publicKey, keyId, role, scope, expires?}`", KEY_MEMBERS, key_rule)

# --- the ledger itself -----------------------------------------------------

GENESIS_KEY = record(
    "a key of entry 0 `{alg, party, publicKey, role, scope}`",
    {
        "alg": Member(ALG, True),
        "party": Member(coded("the party", "operator", "registrar"), True),
        "publicKey": Member(PUBLIC_KEY, True),
        "role": Member(KEY_ROLE, True),
        "scope": Member(SCOPE_OF_KEY, True),
    },
    key_rule,
)
_GENESIS_ORDER = [("operator", "root"), ("operator", "device"), ("registrar", "root")]


def _genesis_keys_rule(value: Any) -> None:
    if [(key["party"], key["role"]) for key in value] != _GENESIS_ORDER:
        raise Refusal("genesis-keys", "the keys are not operator root, operator device, registrar root")
    if len({key["publicKey"] for key in value}) != len(value):
        raise Refusal("genesis-keys", "one key stands twice")
    if value[1]["scope"] != ["index"]:
        raise Refusal("genesis-keys", "the operator's device key is not scoped to `index` alone", "/1/scope")


GENESIS_KEYS = _with_rule(array(GENESIS_KEY, 3, 3), _genesis_keys_rule)
LOG_KEYS = sorted_set(
    matching(
        "a log's verifier key (C2SP signed-note)",
        "bad-vkey",
        "[^+\\s]{1,255}\\+[0-9a-f]{8}\\+[A-Za-z0-9+/]{44}",
    ),
    1,
    16,
)
POLICY = _free(8192)
_SECONDS = integer("seconds", 1, 86_400 * 366)
INTERVALS = record(
    "seconds `{index, maxPublishDelay}`",
    {"index": Member(_SECONDS, True), "maxPublishDelay": Member(_SECONDS, True)},
)
LIMITS = record(
    "bytes `{document, entry, payload}`",
    {
        "document": Member(integer("bytes of a document", 1), True),
        "entry": Member(integer("bytes of an entry", 1, 65_535), True),
        "payload": Member(integer("bytes of a payload", 1, 32_768), True),
    },
)
VERSION = integer("the protocol's version", 1, 1_000)
ROOT_HASH = matching("a SHA-256 in padded base64", "bad-base64", BASE64_OF_32_PATTERN)

# --- control ---------------------------------------------------------------

EITHER_DIGEST = matching(
    "a disclosure's digest, or a SHA-256 in 64 hexadecimal digits",
    "bad-digest",
    f"{DIGEST_PATTERN}|{SD_PATTERN}",
)
