"""Write the golden vectors of statements: `python -m tests.vectors.generate_statements`.

One file for each vector: `accepted/<name>.json` with the statement id and topic, `refused/<defect>.json` with
the code of the refusal and its place; and `disclosed.json` with statements that come with disclosures.
`payload` is the canonical JSON text whose UTF-8 bytes are signed. All follow from fixed labels: a file
changes only when the protocol does, and what has been used must not change.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ledger.core import canonical
from ledger.core.refusal import Refusal
from ledger.core.statement import decode_statement
from tests.vectors.disclosed import disclosed_vectors
from tests.vectors.statement_examples import (
    BYTES,
    COALITION,
    GENESIS,
    Value,
    accepted,
    digest_of,
    key,
    ref,
    sd,
    subject,
)

FOLDER = Path(__file__).parent / "statements"
Change = Callable[[Value], object]
WEAK_KEY = "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="


def set_in(path: str, value: Any) -> Change:
    """Sets the member at a path such as `predicate/claim/issue`; list positions are numbers."""

    def change(root: Value) -> None:
        *steps, last = path.split("/")
        node: Any = root
        for step in steps:
            node = node[int(step) if isinstance(node, list) else step]
        node[int(last) if isinstance(node, list) else last] = value

    return change


def drop(path: str) -> Change:
    def change(root: Value) -> None:
        *steps, last = path.split("/")
        node: Any = root
        for step in steps:
            node = node[int(step) if isinstance(node, list) else step]
        del node[int(last) if isinstance(node, list) else last]

    return change


def both(*changes: Change) -> Change:
    def change(root: Value) -> None:
        for one in changes:
            one(root)

    return change


def p(name: str, value: Any) -> Change:
    return set_in(f"predicate/{name}", value)


def c(name: str, value: Any) -> Change:
    return set_in(f"predicate/claim/{name}", value)


_CASES = {"value": "4", "unit": "count"}


def refs(*values: Value) -> Change:
    return p("refs", list(values))


def _sorted_refs(rel: str, *labels: str) -> list[Value]:
    return sorted((ref(rel, label) for label in labels), key=lambda one: one["digest"]["sha256"])


def _repeat_key(value: Value) -> None:
    keys = value["predicate"]["claim"]["keys"]
    keys[2]["publicKey"] = keys[0]["publicKey"]


def _add_digest(value: Value) -> None:
    digests = value["predicate"]["claim"]["_sd"]
    digests[:] = sorted([*digests, *sd("seventeenth")])


def _publish(value: Value) -> None:
    predicate = value["predicate"]
    predicate["visibility"] = "public"
    del predicate["audience"], predicate["sealed"]


_TWO = _sorted_refs("basedOn", "one", "two")
_MANY_REFS = _sorted_refs("basedOn", *(f"many {i}" for i in range(65)))
STATED_IN = ref("statedIn", "d5")
_OTHER_DIGEST = set_in("subject/0/digest/sha256", digest_of("x"))
_SAMPLE = {"n": 20, "group": "workers"}
_OTHER_BYTES = digest_of("other bytes")
A, O, D, R = "AllegationMade", "ObservationMade", "DeterminationIssued", "ResponseGiven"  # noqa: E741
Q, SEALED, CRITERION, GIVEN = "QuestionAsked", "sealed-allegation", "CriterionPublished", "DocumentCaptured"
REGISTERED, LISTED, OPENED = "PartyRegistered", "PartyListed", "LedgerOpened"

# (defect, code, the accepted payload it starts from, what is wrong with it)
DEFECTS: list[tuple[str, str, str, Change]] = [
    # the outer objects
    ("unknown-member-of-the-statement", "unknown-member", A, set_in("extra", 1)),
    ("unknown-member-of-the-predicate", "unknown-member", A, p("note", "x")),
    ("unknown-member-of-the-claim", "unknown-member", A, c("severity", "high")),
    ("type-repeated-in-the-claim", "unknown-member", Q, c("type", "question")),
    ("statement-type", "unknown-kind", A, set_in("_type", "https://in-toto.io/Statement/v0.1")),
    (
        "unknown-predicate-type",
        "unknown-kind",
        A,
        set_in("predicateType", "urn:evidence-ledger:v2:allegation"),
    ),
    ("event-of-another-kind", "unknown-event", A, p("event", "ObservationMade")),
    ("unknown-event", "unknown-event", A, p("event", "AllegationProven")),
    ("missing-refs", "missing-member", A, drop("predicate/refs")),
    ("missing-issue", "missing-member", A, drop("predicate/claim/issue")),
    (
        "disclosed-required-member",
        "missing-member",
        A,
        both(drop("predicate/claim/issue"), c("_sd", sd("issue"))),
    ),
    ("claim-is-an-array", "wrong-type", A, p("claim", [])),
    ("event-is-a-number", "wrong-type", A, p("event", 7)),
    # the ledger
    ("genesis-zeros-outside-entry-0", "genesis-zeros", A, p("ledger/genesis", "0" * 64)),
    ("genesis-in-entry-0", "genesis-zeros", OPENED, p("ledger/genesis", GENESIS)),
    ("genesis-in-capitals", "bad-hex", A, p("ledger/genesis", GENESIS.upper())),
    ("origin-with-scheme", "bad-origin", A, p("ledger/origin", "https://ledger.example.org")),
    (
        "genesis-keys-in-another-order",
        "genesis-keys",
        OPENED,
        lambda v: v["predicate"]["claim"]["keys"].reverse(),
    ),
    ("genesis-key-twice", "genesis-keys", OPENED, _repeat_key),
    ("operator-device-key-for-any-kind", "genesis-keys", OPENED, c("keys/1/scope", ["any"])),
    ("entry-0-by-another-issuer", "wrong-issuer", OPENED, p("issuers", ["registrar"])),
    ("entry-0-without-registrar", "wrong-subjects", OPENED, drop("subject/2")),
    (
        "entry-0-with-a-later-digest",
        "subject-digest",
        OPENED,
        set_in("subject/1/digest/sha256", digest_of("x")),
    ),
    ("ledger-amended-into-nothing", "missing-member", "LedgerAmended", p("claim", {})),
    ("index-with-disclosures", "no-disclosures", "IndexPublished", c("_sd", sd("x"))),
    ("index-by-the-registrar", "wrong-issuer", "IndexPublished", p("issuers", ["registrar"])),
    ("index-root-without-padding", "bad-base64", "IndexPublished", c("root", "A" * 43)),
    # hand, voice, audience
    ("issuers-unsorted", "unsorted", A, p("issuers", COALITION[::-1])),
    ("issuer-twice", "not-unique", A, p("issuers", ["clw", "clw"])),
    ("no-issuer", "too-few", A, p("issuers", [])),
    ("seventeen-issuers", "too-many", A, p("issuers", [f"a{i:02}" for i in range(17)])),
    ("issuer-in-capitals", "bad-slug", A, p("issuers", ["CLW"])),
    (
        "claimants-of-a-document",
        "not-attributable",
        "DocumentReferenced",
        p("claimants", ["china-labor-watch"]),
    ),
    (
        "attribution-of-an-amendment",
        "not-attributable",
        "StatementWithdrawn",
        p("attribution", {"form": "quote"}),
    ),
    ("natural-person-as-claimant", "person-as-claimant", O, p("claimants", ["p-0123456789abcdef"])),
    ("attribution-missing", "attribution-missing", O, drop("predicate/attribution")),
    ("attribution-although-all-sign", "attribution-surplus", A, p("attribution", {"form": "quote"})),
    ("quote-without-document", "stated-in-missing", O, refs(ref("within", "i2"))),
    ("on-behalf-without-mandate", "mandate-missing", O, p("attribution", {"form": "on-behalf"})),
    ("unknown-attribution-form", "unknown-term", O, p("attribution", {"form": "hearsay"})),
    ("nine-relays", "too-many", O, p("attribution/via", [f"relay{i}" for i in range(9)])),
    ("relay-without-domain", "bad-relay", O, p("attribution/via", ["host:localhost"])),
    ("audience-of-a-public-statement", "audience", A, p("audience", ["ilo"])),
    ("no-audience", "audience", A, p("visibility", "parties")),
    ("unknown-visibility", "unknown-term", A, p("visibility", "secret")),
    (
        "key-for-parties-only",
        "visibility",
        "KeyAdded",
        both(p("visibility", "parties"), p("audience", ["ilo"])),
    ),
    # times
    ("issued-at-with-offset", "bad-time", A, p("issuedAt", "2019-11-20T09:00:00+01:00")),
    ("issued-on-a-day-that-is-not", "bad-time", A, p("issuedAt", "2019-02-29T09:00:00Z")),
    ("submit-by-with-milliseconds", "bad-time", "submit-by", p("submitBy", "2019-12-01T00:00:00.000Z")),
    ("occurred-on-a-day", "bad-date", A, p("occurred", "2019-06-03")),
    ("occurred-backwards", "bad-date", A, p("occurred", "2019-10/2019-06")),
    ("occurred-open-on-both-sides", "bad-date", A, p("occurred", "../..")),
    ("period-on-a-day", "bad-date", A, c("period", "2019-06-03/2019-06-04")),
    ("said-in-month-13", "bad-date", A, p("said", "2019-13")),
    ("occurred-in-the-claim", "disclosures-only", A, c("occurred", "2019-06")),
    # subjects
    ("no-subject", "too-few", A, set_in("subject", [])),
    ("subjects-unsorted", "unsorted", A, set_in("subject", [subject("factory:b"), subject("factory:a")])),
    ("subject-twice", "not-unique", A, set_in("subject", [subject("factory:a"), subject("factory:a")])),
    ("129-subjects", "too-many", A, set_in("subject", [subject(f"factory:f{i:03}") for i in range(129)])),
    ("statement-as-subject", "bad-name", A, set_in("subject/0/name", "statement:" + digest_of("x"))),
    ("group-as-subject", "bad-name", A, set_in("subject/0/name", "group:buyers")),
    ("ledger-main-under-another-digest", "subject-digest", "LedgerAmended", _OTHER_DIGEST),
    ("mixed-up-name-and-digest", "subject-digest", GIVEN, set_in("subject/0/digest/sha256", _OTHER_BYTES)),
    ("new-factory-under-another-digest", "subject-digest", "FactoryRegistered", _OTHER_DIGEST),
    (
        "listed-under-the-digest-of-another-name",
        "subject-digest",
        LISTED,
        set_in("subject/0/name", "party:another"),
    ),
    ("captured-bytes-not-named", "wrong-subjects", GIVEN, drop("subject/0")),
    (
        "referenced-document-with-bytes",
        "wrong-subjects",
        "DocumentReferenced",
        set_in("subject", [subject(BYTES)]),
    ),
    (
        "bytes-of-a-document-for-parties",
        "wrong-subjects",
        "parties-captured-document",
        set_in("subject", [subject(BYTES)]),
    ),
    (
        "two-parties-in-one-listing",
        "wrong-subjects",
        LISTED,
        lambda v: v["subject"].append(subject("party:z")),
    ),
    ("party-as-a-factory", "wrong-subjects", "FactoryAmended", set_in("subject", [subject("party:example")])),
    ("merger-of-one", "wrong-subjects", "PartyMerged", drop("subject/1")),
    (
        "criterion-without-criterion",
        "wrong-subjects",
        CRITERION,
        set_in("subject", [subject("party:cn-npc")]),
    ),
    ("missing-subject", "subject-missing", Q, set_in("subject", [subject("party:ietp-programme")])),
    ("person-under-a-speaking-name", "person-name", LISTED, c("entity", "person")),
    ("organisation-under-a-random-name", "person-name", "natural-person", c("entity", "organisation")),
    # references
    ("refs-unsorted", "unsorted", A, refs(*_TWO[::-1])),
    ("ref-twice", "not-unique", A, refs(_TWO[0], _TWO[0])),
    (
        "ref-twice-under-two-locators",
        "not-unique",
        A,
        refs({**_TWO[0], "locator": "p1"}, {**_TWO[0], "locator": "p2"}),
    ),
    ("65-refs", "too-many", A, refs(*_MANY_REFS)),
    (
        "ref-name-of-another-digest",
        "reference-name",
        A,
        set_in("predicate/refs/0/name", "statement:" + digest_of("x")),
    ),
    ("ref-by-slug", "reference-name", A, set_in("predicate/refs/0/name", "factory:foshan-nanhai-mattel")),
    ("ref-that-the-kind-does-not-have", "reference-rel", A, refs(ref("amends", "q1"))),
    (
        "finding-that-supersedes",
        "reference-rel",
        D,
        refs(ref("about", "a2"), STATED_IN, ref("supersedes", "n1")),
    ),
    ("free-text-as-locator", "bad-locator", A, set_in("predicate/refs/0/locator", "page 2, third line")),
    ("details-of-a-public-statement", "details", A, refs(ref("details", "a2"))),
    ("finding-about-two", "reference-count", D, refs(*_sorted_refs("about", "a1", "a2"), STATED_IN)),
    ("finding-about-nothing", "reference-count", D, refs(STATED_IN)),
    (
        "finding-within-two",
        "reference-count",
        D,
        refs(ref("about", "a2"), STATED_IN, *_sorted_refs("within", "i1", "i2")),
    ),
    ("link-of-one", "reference-count", "ConflictNoted", refs(ref("links", "o1"))),
    ("response-without-stance", "reference-count", R, refs(STATED_IN)),
    (
        "two-stances-towards-one-statement",
        "two-stances",
        R,
        refs(ref("accepts", "d5"), ref("disputes", "d5")),
    ),
    ("progress-on-two", "reference-count", "ProgressReported", refs(*_sorted_refs("on", "c1", "c2"))),
    ("amendment-of-nothing", "reference-count", "StatementWithdrawn", refs()),
    ("merger-without-predecessor", "reference-count", "FactoryMerged", refs()),
    ("control-of-nothing", "reference-count", "LegalHoldPlaced", refs()),
    # text and vocabularies
    ("free-text-in-the-clear", "free-text-in-clear", A, c("text", "They were told to hide.")),
    ("text-value-in-the-clear", "free-text-in-clear", A, c("text", {"lang": "en", "text": "Told to hide."})),
    ("name-in-the-clear", "free-text-in-clear", LISTED, c("names", [{"lang": "en", "text": "A Ltd"}])),
    ("url-in-the-clear", "free-text-in-clear", "DocumentReferenced", c("url", "https://example.org/")),
    ("sentence-as-token", "free-text-in-clear", "LawsuitFiled", c("caseNumber", "the one of last year")),
    ("token-in-another-alphabet", "free-text-in-clear", CRITERION, c("clause", "第41条")),
    ("unknown-issue", "unknown-term", A, c("issue", "sweatshop")),
    ("unknown-method", "unknown-term", O, c("method", "guess")),
    ("outcome-of-another-type", "unknown-term", D, c("outcome", "conforms")),
    ("unknown-unit", "unknown-term", O, c("quantity/unit", "hours")),
    ("unknown-role", "unknown-term", LISTED, c("roles", ["saint"])),
    ("roles-unsorted", "unsorted", LISTED, c("roles", ["ngo", "certifier"])),
    ("country-in-lower-case", "bad-country", LISTED, c("country", "cn")),
    ("addressee-in-capitals", "bad-addressee", Q, c("addressees", ["IETP"])),
    ("media-type-with-parameter", "bad-media", GIVEN, c("media", "text/plain; charset=utf-8")),
    ("language-with-space", "bad-language", GIVEN, c("langs", ["en US"])),
    ("size-as-a-string", "wrong-type", GIVEN, c("size", "6762")),
    ("size-of-bytes-for-parties", "unknown-member", "parties-captured-document", c("size", 6762)),
    (
        "plaintext-digest-in-the-clear",
        "disclosures-only",
        "parties-captured-document",
        c("plaintext", {"sha256": digest_of("x"), "size": 1}),
    ),
    ("captured-without-media", "missing-member", GIVEN, drop("predicate/claim/media")),
    ("due-changed-to-nothing", "missing-member", "DueChanged", p("claim", {})),
    ("no-reply-without-as-of", "missing-member", "NoReplyNoted", drop("predicate/claim/asOf")),
    ("withdrawal-that-sets", "unknown-member", "StatementWithdrawn", c("set", {"number": 1})),
    ("amendment-of-what-no-kind-has", "unknown-member", "StatementCorrected", c("set", {"severity": "high"})),
    ("amendment-with-text-in-the-clear", "unknown-member", "StatementCorrected", c("set", {"text": "x"})),
    ("erasure-on-the-ground-of-defamation", "unknown-term", "DisclosureErased", c("ground", "defamation")),
    ("erasure-of-nothing", "missing-member", "DisclosureErased", drop("predicate/claim/digests")),
    ("erasure-of-no-digest", "bad-digest", "DisclosureErased", c("digests", ["abc"])),
    ("hold-with-digests", "unknown-member", "LegalHoldPlaced", c("digests", [digest_of("x")])),
    # quantities, samples, scopes
    ("quantity-as-a-number", "wrong-type", O, c("quantity", {"value": 3, "unit": "h"})),
    ("quantity-with-a-leading-zero", "bad-decimal", O, c("quantity", {"value": "03", "unit": "h"})),
    ("quantity-with-value-and-range", "quantity-form", O, c("quantity/value", "6")),
    ("quantity-with-low-alone", "quantity-form", O, drop("predicate/claim/quantity/high")),
    ("quantity-without-unit", "missing-member", O, drop("predicate/claim/quantity/unit")),
    ("quantity-range-backwards", "range-order", O, c("quantity/low", "9.5")),
    ("limit-without-quantity", "quantity-missing", CRITERION, drop("predicate/claim/quantity")),
    ("sample-larger-than-population", "count-order", O, c("sample", {"n": 20, "N": 19})),
    ("more-women-than-people", "count-order", O, c("sample", {"n": 20, "women": 21})),
    ("more-of-than-there-are", "count-order", A, c("scope", {"quantifier": "at-least", "count": 6, "of": 5})),
    ("share-above-100", "bad-share", O, c("sample/share", "100.1")),
    (
        "participant-named-twice",
        "not-unique",
        "AuditDescribed",
        c("participants", [{"party": "a", "role": "lead"}] * 2),
    ),
    # small counts
    ("small-count-in-the-clear", "small-count-in-clear", O, c("sample", {"n": 9})),
    (
        "sample-of-unknown-size-in-the-clear",
        "small-count-in-clear",
        O,
        c("sample", {"n": "unknown", "share": "90"}),
    ),
    ("interviews-without-sample", "small-count-in-clear", O, drop("predicate/claim/sample")),
    ("few-women-in-the-clear", "small-count-in-clear", O, c("sample", {**_SAMPLE, "women": 3})),
    ("few-men-in-the-clear", "small-count-in-clear", O, c("sample", {**_SAMPLE, "women": 15})),
    ("share-of-few", "small-count-in-clear", O, c("sample", {**_SAMPLE, "share": "40"})),
    ("share-that-leaves-few", "small-count-in-clear", O, c("sample", {**_SAMPLE, "share": "90"})),
    ("per-cent-without-sample", "small-count-in-clear", A, c("quantity", {"value": "40", "unit": "%"})),
    ("persons-without-sample", "small-count-in-clear", A, c("quantity", {"value": "4", "unit": "persons"})),
    ("persons-beside-a-sample", "small-count-in-clear", O, c("quantity", {"value": "4", "unit": "persons"})),
    (
        "population-in-persons",
        "small-count-in-clear",
        A,
        c("scope/population", {"value": "12", "unit": "persons"}),
    ),
    (
        "cases-under-harassment",
        "small-count-in-clear",
        A,
        both(c("issue", "harassment-gbv"), c("quantity", _CASES)),
    ),
    ("counts-under-harassment", "small-count-in-clear", O, c("issue", "harassment-gbv/verbal-abuse")),
    ("sample-of-an-allegation", "disclosures-only", A, c("sample", {"n": 20})),
    (
        "small-count-in-an-amendment",
        "small-count-in-clear",
        "StatementCorrected",
        c("set", {"sample": {"n": 5}}),
    ),
    # disclosures
    ("digests-unsorted", "unsorted", LISTED, c("_sd", sd("a", "b")[::-1])),
    ("no-digest", "too-few", LISTED, c("_sd", [])),
    ("digest-with-padding", "bad-base64url", LISTED, c("_sd", [sd("a")[0] + "="])),
    ("digest-with-spare-bits", "bad-base64url", LISTED, c("_sd", ["A" * 42 + "B"])),
    ("digest-twice-in-one-claim", "digest-repeated", "disclosed-members", c("sample/_sd", sd("quantity"))),
    ("sd-outside-the-claim", "unknown-member", A, p("_sd", sd("x"))),
    ("sd-alg", "unknown-member", A, c("_sd_alg", "sha-256")),
    ("sd-in-a-key", "unknown-member", REGISTERED, c("firstKey/_sd", sd("x"))),
    # sealing
    ("sealed-with-occurred", "sealed-form", SEALED, p("occurred", "2019")),
    ("sealed-with-a-clear-member", "sealed-form", SEALED, c("issue", "harassment-gbv")),
    ("sealed-without-file", "sealed-form", SEALED, drop("predicate/sealed")),
    ("public-with-sealed-file", "sealed-form", A, p("sealed", {"digest": digest_of("x")})),
    ("sealed-with-17-digests", "sealed-padding", SEALED, _add_digest),
    ("document-sealed-in-public", "visibility", "DocumentSealed", _publish),
    (
        "sealed-control",
        "visibility",
        "LegalHoldPlaced",
        both(p("visibility", "sealed"), p("audience", ["ilo"])),
    ),
    # keys
    ("weak-key", "weak-key", "KeyAdded", c("publicKey", WEAK_KEY)),
    ("key-of-31-bytes", "bad-key", "KeyAdded", c("publicKey", "A" * 40 + "AA==")),
    ("key-id-of-another-key", "key-id-mismatch", "KeyAdded", c("keyId", digest_of("x"))),
    ("first-key-id-of-another-key", "key-id-mismatch", REGISTERED, c("firstKey/keyId", digest_of("x"))),
    ("first-key-of-a-listed-party", "unknown-member", LISTED, c("firstKey", key("x"))),
    ("any-beside-kinds", "key-scope", "KeyAdded", c("scope", ["allegation", "any"])),
    ("unknown-algorithm", "unknown-term", "KeyAdded", c("alg", "rsa")),
    ("age-key-in-capitals", "bad-age-recipient", REGISTERED, c("ageRecipient", "AGE1" + "Q" * 58)),
]


def render(value: Value) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def accepted_files() -> Iterator[tuple[str, bytes]]:
    for name, value in accepted().items():
        data = canonical.encode(value)
        statement = decode_statement(data)
        described = {"payload": data.decode(), "id": statement.id, "topic": statement.topic}
        yield f"accepted/{name}.json", render(described)


def refused_files() -> Iterator[tuple[str, bytes]]:
    for defect, code, base, change in DEFECTS:
        value = accepted()[base]
        change(value)
        data = canonical.encode(value)
        refusal = refusal_of(data)
        assert refusal is not None, f"{defect} is accepted"
        assert refusal.code == code, f"{defect} is refused as {refusal}"
        yield (
            f"refused/{defect}.json",
            render({"payload": data.decode(), "code": code, "where": refusal.where}),
        )


def refusal_of(data: bytes) -> Refusal | None:
    try:
        decode_statement(data)
    except Refusal as refusal:
        return refusal
    return None


def files() -> dict[str, bytes]:
    """Every vector's path below `FOLDER` with its content."""
    disclosed = ("disclosed.json", render(disclosed_vectors()))
    return dict([*accepted_files(), *refused_files(), disclosed])


def main() -> None:
    for name, content in files().items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    main()
