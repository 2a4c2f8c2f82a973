"""Refusals: one stable code for each reason why a statement, envelope, entry or proof is not accepted.

A refusal says *what* is wrong, *where* (a JSON pointer, RFC 6901, into the payload or envelope) and *how to
mend it*. Codes are part of the protocol: once published they are never renamed, so that programs may act on
them.
"""

from typing import NamedTuple, TypeVar

_Error = TypeVar("_Error", bound=Exception)


class Code(NamedTuple):
    """One row of the table of refusals: the code, its short title and how to mend what it refuses."""

    code: str
    title: str
    mend: str


CODES: dict[str, Code] = {}


def _table(*rows: tuple[str, str, str]) -> None:
    for code, title, mend in rows:
        assert code not in CODES, f"the refusal code {code} stands twice in the table"
        CODES[code] = Code(code, title, mend)


# Form of the bytes (docs/protocol.md, "Canonical form").
_table(
    ("too-large", "more bytes than the limit", "shorten it, or split it into several statements"),
    ("not-utf8", "not UTF-8", "encode the text as UTF-8"),
    ("byte-order-mark", "starts with a byte order mark", "remove the first three bytes"),
    ("not-json", "not JSON", "encode the value as compact JSON"),
    (
        "trailing-bytes",
        "bytes after the end of the JSON value",
        "send the value alone, without a newline",
    ),
    ("duplicate-key", "an object has the same key twice", "keep one of the two members"),
    (
        "float",
        "a number with a fraction or an exponent",
        "write it as a decimal string with a unit",
    ),
    ("not-a-number", "NaN or Infinity", "leave the member out when the value is not known"),
    ("null", "null", "leave the member out when the value is not known"),
    ("negative-zero", "the number -0", "write 0"),
    ("integer-range", "an integer beyond 2^53-1", "write large numbers as decimal strings"),
    ("lone-surrogate", "half of a surrogate pair", "write the whole character"),
    (
        "key-grammar",
        "a key that is not a plain name",
        "use [A-Za-z_][A-Za-z0-9_]{0,63}, never __proto__",
    ),
    ("too-deep", "nested deeper than 16 levels", "flatten the value"),
    (
        "not-canonical",
        "not the canonical encoding of its value",
        "sort keys, use no white space, escape only the quotation mark, the backslash and U+0000-001F",
    ),
    (
        "not-encodable",
        "a value that canonical JSON cannot hold",
        "use objects, arrays, strings, integers and booleans",
    ),
)

# Grammars of single values.
_table(
    ("wrong-type", "a value of the wrong type", "see the JSON Schema of this kind"),
    ("missing-member", "a required member is missing", "add the member"),
    ("unknown-member", "a member that this object does not have", "remove the member"),
    ("bad-base64", "not canonical base64", "use the standard alphabet, padded, with spare bits zero"),
    (
        "bad-base64url",
        "not canonical unpadded base64url",
        "use the URL alphabet, unpadded, spare bits zero",
    ),
    (
        "bad-hex",
        "not lower-case hexadecimal of the right length",
        "write SHA-256 digests as 64 lower-case digits",
    ),
    ("bad-slug", "not a slug", "slugs match [a-z0-9][a-z0-9._-]{0,127}"),
    (
        "bad-name",
        "not a name of the ledger",
        "names begin with ledger:, party:, factory:, criterion: or document:",
    ),
    ("bad-time", "not a point in time", "write YYYY-MM-DDThh:mm:ssZ, a moment that exists"),
    (
        "bad-date",
        "not a date of the allowed form",
        "write YYYY, YYYY-MM, where allowed YYYY-MM-DD, or a/b",
    ),
    ("bad-decimal", "not a decimal string", "write -?(0|[1-9][0-9]{0,17})(.[0-9]{1,9})? as a string"),
)

# Keys and signatures.
_table(
    ("weak-key", "a public key outside the prime-order group", "make a new Ed25519 key pair"),
    (
        "bad-key",
        "not an Ed25519 public key",
        "send the 32 raw bytes of an Ed25519 public key",
    ),
    ("key-id-mismatch", "the key id is not the SHA-256 of the key", "compute the id from the 32 raw bytes"),
    (
        "bad-signature",
        "a signature does not verify",
        "sign the DSSE encoding of exactly this payload",
    ),
)

# Envelope and entry.
_table(
    ("payload-type", "an unexpected payload type", "use application/vnd.in-toto+json"),
    ("no-signature", "an envelope without signatures", "sign it"),
    ("duplicate-signature", "two signatures under one key id", "keep one signature for each key"),
    (
        "signature-length",
        "a signature that does not have 64 bytes",
        "send the raw Ed25519 signature in base64",
    ),
    ("unsorted-signatures", "signatures not sorted by key id", "sort them by key id"),
)

# Disclosures.
_table(
    (
        "disclosure-form",
        "not a disclosure [salt, name, value]",
        "encode canonical JSON of salt, name and value in base64url",
    ),
    (
        "disclosure-salt",
        "a salt that is not 128 bits",
        "use 22 base64url characters, spare bits zero",
    ),
    ("disclosure-name", "a name that may not be disclosed", "never disclose _sd, _sd_alg or ..."),
)

# Proofs, checkpoints, receipts and trust files.
_table(
    (
        "bad-note",
        "not a signed note",
        "see c2sp.org/signed-note",
    ),
    (
        "note-unverified",
        "no signature of a known key",
        "check that the trust file is this ledger's",
    ),
    ("bad-checkpoint", "not a checkpoint", "a checkpoint has origin, size and root hash, one on each line"),
    (
        "bad-vkey",
        "not a verifier key",
        "copy it from `evidence key show --log`",
    ),
    ("bad-tile-path", "not the path of a tile", "see c2sp.org/tlog-tiles: tile/<level>/<index>[.p/<width>]"),
    ("bad-tile", "a tile of the wrong length", "fetch it again; the log's files may be damaged"),
    ("bad-entry-bundle", "not an entry bundle", "fetch it again; the log's files may be damaged"),
    ("missing-tile", "a file that the checkpoint promises is not there", "ask the operator to publish again"),
    ("bad-proof", "not a proof that can be checked", "fetch the proof again (c2sp.org/tlog-proof@v1)"),
    (
        "proof-failed",
        "the proof does not lead to the root",
        "keep both files and report them",
    ),
    ("bad-policy", "not a trust policy", "see c2sp.org/tlog-policy"),
    (
        "bad-trust",
        "not a trust file",
        "get trust.json from the ledger's site (/verify/trust.json) or operator, and compare it",
    ),
    (
        "bad-audit-state",
        "not the state of an audit of this log",
        "name the file that an earlier audit of this log wrote, or a new one",
    ),
)

# Rules about the state of the log (docs/protocol-rules.md); `ledger.domain` decides them.
_table(
    ("not-opened", "the log has no entry 0 yet", "open the ledger with `evidence init`"),
    ("already-opened", "the log has its entry 0", "open another ledger"),
    ("foreign-ledger", "signed for another log", "sign it again with this log's origin and genesis"),
    ("time-decreased", "recorded before the previous entry", "the ledger's clock never goes back"),
    ("issued-ahead", "issued more than 300 s after the ledger's time", "set your clock and sign it again"),
    ("demo-clock", "not the time that the demo clock gives", "a demo's clock is the newest issuedAt so far"),
    ("submitted-late", "submitted after its submitBy", "sign it again with a later submitBy, or without one"),
    ("statement-known", "the same statement is logged already", "keep its first receipt"),
    ("digest-repeated", "a digest that occurs twice in the ledger", "use a fresh salt for each"),
    ("erased-slot", "content that was erased", "erased content is not taken in again"),
    (
        "unknown-issuer",
        "an issuer without a key in this ledger",
        "have the registrar register the party first",
    ),
    ("unknown-party", "a party that nobody has listed", "list the party first"),
    (
        "person-as-claimant",
        "a natural person as the voice",
        "attribute to its organisation; disclose the person",
    ),
    (
        "unknown-subject",
        "a subject that was never created",
        "register it first, and pin the registration's id",
    ),
    (
        "subject-digest",
        "a name pinned by a digest that is not its own",
        "pin the id of the creating statement",
    ),
    ("name-taken", "a name that exists already", "choose another name, or amend what has this one"),
    ("wrong-subjects", "not the subjects that this event has", "name exactly the subjects of this event"),
    (
        "subject-missing",
        "subjects that have to be there are not",
        "add every factory and party of its targets",
    ),
    ("too-many-subjects", "more than 64 subjects of its own", "split the statement"),
    ("unknown-reference", "a reference to what is not logged", "submit what it refers to first"),
    ("reference-kind", "a relation that does not lead to that kind", "see the table of references"),
    ("wrong-issuer", "signed by somebody who may not issue it", "see who may issue this kind"),
    ("wrong-voice", "said by somebody who cannot say it", "see whose voice this kind needs"),
    ("attributed-right", "a right exercised in somebody else's name", "have the party itself sign"),
    ("already-registered", "a party that has had a key", "add further keys with its root key"),
    ("not-registered", "a party that never had a key", "have the registrar register it"),
    (
        "recoverer",
        "a recoverer that cannot recover",
        "name registered parties other than itself and the registrar",
    ),
    ("founder", "the operator and the registrar do not merge or split", "open another ledger"),
    ("succession", "a merger or split of something else", "supersede the creation of the subject that ends"),
    ("unknown-key", "a key that no party here has", "sign with a registered key"),
    ("key-known", "a key that was introduced before", "make a new key"),
    ("log-key-missing", "a log key that is not on the server", "make it there: `evidence key rotate-log`"),
    ("key-revoked", "a key that was revoked", "sign with a key that is not"),
    ("key-expired", "a key that has expired", "sign with a key that has not"),
    ("root-key-needed", "only a root key does this", "sign with the party's root key"),
    ("key-scope-exceeded", "a key whose scope leaves out this kind", "sign with a key whose scope has it"),
    ("missing-signature", "an issuer did not sign", "have every issuer sign (`evidence cosign`)"),
    ("surplus-signature", "a signature that nothing asks for", "keep one signature for each issuer"),
    ("proof-of-possession", "the new key did not sign", "sign with the new key too"),
    ("compromised-since", "an index outside the key's life", "name an index after the key was added"),
    ("details", "details that do not belong to a public statement", "refer to a public one of the same kind"),
    ("index-size", "an index over entries that are not there yet", "index what precedes it"),
    ("index-shrunk", "an index over fewer entries than the one before", "index everything since, too"),
    ("index-keys", "an index with another number of keys", "compute the index again"),
    ("index-root", "an index with another root", "compute the index again"),
    (
        "index-unknown",
        "an index over a size that this ledger has not computed",
        "let the ledger publish its own",
    ),
    ("not-yet-control", "erasure, opening and holds are not offered yet", "wait for a later version"),
    ("not-yet-sealed", "sealed statements are not offered yet", "wait for a later version"),
)


# Statements: everything that their bytes alone decide (form.py).
_table(
    (
        "unknown-kind",
        "a predicate type that this protocol does not have",
        "use urn:evidence-ledger:v1: and a kind of the protocol",
    ),
    (
        "unknown-event",
        "an event that the kind does not have",
        "see the events of the kind in docs/protocol-kinds.md",
    ),
    (
        "unknown-term",
        "a term that the vocabulary does not have",
        "see the vocabularies in docs/protocol-kinds.md",
    ),
    ("out-of-range", "a number outside its range", "see the range in the JSON Schema of this kind"),
    ("too-few", "fewer items than the least allowed", "add what is missing"),
    ("too-many", "more items than the most allowed", "split it into several statements"),
    (
        "unsorted",
        "items that are not in ascending order",
        "sort the items by code point, references by rel and digest",
    ),
    ("not-unique", "the same item twice", "keep one of them"),
    ("text-length", "a text that is empty or too long", "shorten it, or split it into several statements"),
    ("bad-language", "not a language tag", "write a BCP 47 tag such as en or zh-Hans"),
    ("bad-addressee", "not an addressee", "write a party's slug, factory:<slug> or group:<code>"),
    ("bad-relay", "not a relay", "write a party's slug or host:<domain>"),
    ("bad-country", "not a country code", "write ISO 3166 codes in capitals"),
    ("bad-media", "not a media type", "write type/subtype in lower case, without parameters"),
    ("bad-age-recipient", "not an age recipient", "write the age1... line of the public key"),
    ("bad-digest", "not a digest", "write a disclosure's digest or a SHA-256 in hexadecimal"),
    ("bad-share", "not a share", "write per cent of n from 0 to 100 as a decimal string"),
    ("bad-locator", "not a locator", "locators match [0-9A-Za-z.#-]{1,24}"),
    ("bad-origin", "not a log's origin", "write a schema-less URL such as ledger.example.org/2026"),
    (
        "quantity-form",
        "a quantity that is neither one value nor a range",
        "give `value`, or both `low` and `high`",
    ),
    ("quantity-missing", "a limit without its quantity", "give the quantity, or use another comparator"),
    ("range-order", "a range whose low end is above its high end", "swap the two"),
    ("count-order", "a part larger than the whole", "check the counts"),
    ("key-scope", "`any` beside kinds", "list kinds, or `any` alone"),
    (
        "genesis-keys",
        "keys that do not open a ledger",
        "list operator root, operator device (scope index) and registrar root, three different keys",
    ),
    (
        "genesis-zeros",
        "a genesis of zeros outside entry 0, or none in entry 0",
        "copy the genesis from the trust file",
    ),
    ("free-text-in-clear", "free text in the clear", "make it a disclosure: the clear is public for ever"),
    ("disclosures-only", "a member that only a disclosure may hold", "make it a disclosure"),
    (
        "small-count-in-clear",
        "a count or share of fewer than ten people in the clear",
        "make sample and quantity disclosures",
    ),
    ("no-disclosures", "digests of disclosures in a kind that has none", "say it in the clear"),
    (
        "subject-name",
        "a subject that this statement may not be about",
        "see the subjects of the kind in docs/protocol-kinds.md",
    ),
    (
        "person-name",
        "a natural person under another name than a random one, or the reverse",
        "name persons, and only them, party:p-<16 hexadecimal digits>",
    ),
    (
        "reference-name",
        "a reference whose name is not statement: and its digest",
        "repeat the digest in the name",
    ),
    (
        "reference-rel",
        "a reference that this kind or event does not have",
        "see the references of the kind in docs/protocol-kinds.md",
    ),
    (
        "reference-count",
        "too few or too many references of one sort",
        "see the references of the kind in docs/protocol-kinds.md",
    ),
    ("two-stances", "two stances towards one statement", "take one stance towards each statement"),
    ("not-attributable", "claimants or an attribution in a kind that has none", "say it in your own voice"),
    (
        "attribution-missing",
        "somebody else's claim without an attribution",
        "say in `attribution` how the claim came to be here",
    ),
    ("attribution-surplus", "an attribution although every claimant signs", "remove it"),
    (
        "stated-in-missing",
        "somebody else's words without the document that holds them",
        "refer to the document with `statedIn`",
    ),
    (
        "mandate-missing",
        "a claim on behalf of others without a mandate",
        "refer to the document that holds the mandate",
    ),
    (
        "audience",
        "an audience in a public statement, or none in another",
        "name an audience if and only if the statement is not public",
    ),
    (
        "visibility",
        "a visibility that this kind or event does not have",
        "see the visibilities of the kind in docs/protocol-kinds.md",
    ),
    (
        "sealed-form",
        "a sealed statement that shows more than it may",
        "keep `occurred` and every member of the claim in disclosures, and name the sealed file",
    ),
    ("sealed-padding", "a number of digests that is no multiple of 16", "add decoys"),
    (
        "disclosure-unused",
        "a disclosure whose digest stands nowhere in the claim",
        "send only the disclosures of this statement",
    ),
    ("repeated-salt", "one salt in two disclosures", "make a fresh salt for each disclosure"),
    ("name-twice", "a member twice: in the clear and disclosed, or disclosed twice", "keep one of the two"),
)


# Bytes of documents; judged at admission, as they stand outside the log.
_table(
    (
        "document-missing",
        "a captured document without its bytes",
        "upload the bytes first: POST /v1/documents",
    ),
    (
        "document-size",
        "a captured document of another size",
        "state the size of the bytes that were uploaded",
    ),
    (
        "document-held",
        "a document called referenced whose bytes are held",
        "capture it, or refer to the statement that did",
    ),
)


# Proofs of the completeness index (docs/protocol.md, "The index").
_table(
    ("bad-index-key", "no index key", "name a subject, `statement:<id>`, or by:, voice: or keys: and a slug"),
    ("bad-index-proof", "a proof that does not read as one", "fetch the proof again"),
    ("bad-proof-file", "a file that is no proof about the log", "make it again: `evidence prove`"),
    ("index-proof-place", "a proof about another place of the index", "fetch the proof of this key"),
    ("index-proof-root", "a proof that does not lead to the root", "fetch the proof of this index root"),
    (
        "index-incomplete",
        "not all entries of a key, or others",
        "ask for the missing entries; keep this answer",
    ),
)


# Bundles (docs/protocol.md, "Bundles").
_table(
    ("bad-bundle", "a file that does not read as a bundle", "fetch the bundle again"),
    ("bad-timestamp", "a time-stamp reply that cannot be read", "fetch the bundle again"),
)


# Citations (docs/protocol.md, "Citations").
_table(
    (
        "bad-citation",
        "not the text of a code beside a printed statement",
        "scan the code again, or copy all that the scanner shows",
    ),
)


class Refusal(Exception):
    """A statement, envelope, entry or proof is not accepted.

    `code` is a key of `CODES`, `where` a JSON pointer ("" for the whole), `mend` the table's advice.
    """

    def __init__(self, code: str, what: str, where: str = "", mend: str | None = None) -> None:
        assert code in CODES, f"the refusal code {code} is not in the table"
        super().__init__(code, what, where)
        self.code = code
        self.what = what
        self.where = where
        self.mend = CODES[code].mend if mend is None else mend

    def __str__(self) -> str:
        place = f" at {self.where}" if self.where else ""
        return f"{self.code}{place}: {self.what} ({self.mend})"


class LedgerError(Exception):
    """Something around the statements failed, such as an unreadable key file; shown as one line."""

    def __init__(self, what: str, mend: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.mend = mend

    def __str__(self) -> str:
        return f"{self.what} ({self.mend})" if self.mend else self.what


def detached(error: _Error) -> _Error:
    """The error as a value to be kept: without the frames and the errors behind it.

    These often hold what keeps it, so that only the garbage collector would find either, and its pauses stop
    every author.
    """
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)
