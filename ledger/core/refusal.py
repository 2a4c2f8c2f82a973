"""Refusals: one stable code for each reason why a statement, envelope, entry or proof is not accepted.

A refusal says *what* is wrong, *where* (a JSON pointer, RFC 6901, into the payload or envelope) and *how to
mend it*. Codes are part of the protocol: once published they are never renamed, so that programs may act on
them.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
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
        "take the file that `evidence key show --trust` prints",
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
