"""Vectors of canonical JSON and of the grammars of single values."""

import hashlib
from collections.abc import Callable
from typing import Any

from ledger.core import canonical, grammar
from tests.vectors.common import accepted, b64, refused

# --- canonical JSON ---------------------------------------------------------------------

CANONICAL_ACCEPTED: list[tuple[str, bytes]] = [
    ("empty object", b"{}"),
    ("empty array", b"[]"),
    ("scalars", b'{"a":true,"b":false,"c":0,"d":-1,"e":""}'),
    ("upper case sorts before the underscore and lower case", b'{"A":1,"B":2,"_":3,"a":4}'),
    ("a key that begins another", b'{"a":1,"aa":2,"b":3}'),
    ("largest integers", b"[9007199254740991,-9007199254740991]"),
    ("control characters escaped as JCS does", b'"\\b\\t\\n\\f\\r\\u0000\\u001f\\"\\\\"'),
    ("solidus and DEL stand as they are", b'"/\x7f"'),
    ("characters of two, three and four bytes", '["é","佛山","𝌆"]'.encode()),
    ("line separators stand as they are", '"\u2028\u2029"'.encode()),
    ("noncharacters stand as they are", '"\uffff\ufdd0"'.encode()),
    ("no normalisation of combining characters", '["é","e\u0301"]'.encode()),
    ("sixteen levels", b"[" * 16 + b"]" * 16),
    ("key of 64 characters", b'{"' + b"k" * 64 + b'":1}'),
    ("32,768 bytes", b'"' + b"a" * 32_766 + b'"'),
]

CANONICAL_REFUSED: list[tuple[str, bytes]] = [
    ("empty", b""),
    ("duplicate key", b'{"a":1,"a":1}'),
    ("duplicate key, deeper", b'{"a":[{"b":1,"c":2,"b":3}]}'),
    ("duplicate key, one escaped", b'{"a":1,"\\u0061":1}'),
    ("float", b'{"a":1.5}'),
    ("float that is whole", b"[1.0]"),
    ("exponent", b"[1e3]"),
    ("float -0.0", b"[-0.0]"),
    ("NaN", b'{"a":NaN}'),
    ("Infinity", b"[Infinity]"),
    ("minus Infinity", b"[-Infinity]"),
    ("null", b'{"a":null}'),
    ("minus zero", b"[-0]"),
    ("2^53", b"[9007199254740992]"),
    ("minus 2^53", b"[-9007199254740992]"),
    ("an integer of 5,000 digits", b"[" + b"9" * 5_000 + b"]"),
    ("lone surrogate, escaped", b'"\\ud800"'),
    ("lone low surrogate, escaped", b'"a\\udc00"'),
    ("lone surrogate in a key", b'{"\\ud800":1}'),
    ("surrogate encoded in UTF-8", b'"\xed\xa0\x80"'),
    ("overlong UTF-8", b'"\xc0\xaf"'),
    ("Latin-1", b'"\xe9"'),
    ("cut UTF-8", b'"\xe4\xbd'),
    ("UTF-16", '{"a":1}'.encode("utf-16-le")),
    ("byte order mark", b"\xef\xbb\xbf{}"),
    ("DEL escaped", b'"\\u007f"'),
    ("letter escaped", b'"\\u0061"'),
    ("surrogate pair escaped", b'"\\ud834\\udf06"'),
    ("solidus escaped", b'"\\/"'),
    ("newline as u000a", b'"\\u000a"'),
    ("escape in upper case", b'"\\u001F"'),
    ("raw control character", b'"\n"'),
    ("unsorted keys", b'{"b":1,"a":2}'),
    ("white space between tokens", b'{"a": 1}'),
    ("white space before", b" {}"),
    ("trailing newline", b"{}\n"),
    ("trailing byte", b"{}x"),
    ("a second value", b"{}{}"),
    ("trailing NUL", b"{}\x00"),
    ("empty key", b'{"":1}'),
    ("key with a hyphen", b'{"a-b":1}'),
    ("key that begins with a digit", b'{"1":1}'),
    ("key that is not ASCII", '{"é":1}'.encode()),
    ("key of 65 characters", b'{"' + b"k" * 65 + b'":1}'),
    ("key __proto__", b'{"__proto__":1}'),
    ("key with a newline", b'{"a\\n":1}'),
    ("seventeen levels", b"[" * 17 + b"]" * 17),
    ("seventeen levels of objects", b'{"a":' * 17 + b"1" + b"}" * 17),
    ("ten thousand levels", b"[" * 10_000 + b"]" * 10_000),
    ("leading zero", b"[01]"),
    ("leading plus", b"[+1]"),
    ("trailing comma", b"[1,]"),
    ("single quotes", b"{'a':1}"),
    ("comment", b"{}/**/"),
    ("unclosed", b'{"a":1'),
    ("32,769 bytes", b'"' + b"a" * 32_767 + b'"'),
]


def canonical_vectors() -> dict[str, Any]:
    return {
        "about": "Payloads. `dataBase64` is the input; accepted ones decode and encode to the same bytes.",
        "accepted": [
            accepted(name, dataBase64=b64(data), sha256=hashlib.sha256(data).hexdigest())
            for name, data in CANONICAL_ACCEPTED
        ],
        "refused": [
            refused(name, lambda data=data: canonical.decode(data), dataBase64=b64(data))
            for name, data in CANONICAL_REFUSED
        ],
    }


# --- grammars ---------------------------------------------------------------------------

GRAMMARS: dict[str, tuple[Callable[[str], bool], list[str], list[str]]] = {
    "slug": (
        grammar.is_slug,
        ["a", "0", "china-labor-watch", "p-0123456789abcdef", "a.b_c-d", "a" * 128],
        ["", "A", "-a", ".a", "_a", "a b", "é", "a" * 129, "a\n", "a/b", "a:b"],
    ),
    "token": (
        grammar.is_token,
        ["osh/pre-job-training", "en-GB", ".x", "-x", "a@b", "a+b", "SA8000:2014", "a" * 128],
        ["", "a b", "_a", "/a", "é", "a" * 129, "a\n", "a,b", "(a)"],
    ),
    "digest": (
        grammar.is_digest,
        ["0" * 64, "0123456789abcdef" * 4],
        ["", "0" * 63, "0" * 65, "A" * 64, "g" * 64, "0" * 64 + "\n"],
    ),
    "decimal": (
        grammar.is_decimal,
        ["0", "-0", "1", "-1.5", "24", "0.000000001", "9" * 18, "72.50"],
        ["", "+1", "01", "1.", ".5", "1e3", "1,5", "9" * 19, "0.0000000001", "1 ", "NaN", "--1"],
    ),
    "issuedAt": (
        grammar.is_issued_at,
        ["2019-11-20T09:00:00Z", "2020-02-29T23:59:59Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"],
        [
            "2019-02-29T00:00:00Z",
            "2019-11-20T24:00:00Z",
            "2019-11-20T23:59:60Z",
            "2019-11-20T09:60:00Z",
            "2019-13-01T00:00:00Z",
            "2019-00-01T00:00:00Z",
            "2019-01-00T00:00:00Z",
            "0000-01-01T00:00:00Z",
            "2019-11-20T09:00:00.000Z",
            "2019-11-20T09:00:00+00:00",
            "2019-11-20t09:00:00z",
            "2019-11-20 09:00:00Z",
            "2019-11-20",
            "٢019-11-20T09:00:00Z",
            "2019-11-20T09:00:00Z\n",
        ],
    ),
    "recordedAt": (
        grammar.is_recorded_at,
        ["2019-11-20T09:00:00.000Z", "2019-11-20T09:00:00.999Z"],
        [
            "2019-11-20T09:00:00Z",
            "2019-11-20T09:00:00.00Z",
            "2019-11-20T09:00:00.0000Z",
            "2019-11-31T09:00:00.000Z",
        ],
    ),
    "date": (
        grammar.is_date,
        [
            "2019",
            "2019-06",
            "2019-06-30",
            "2020-02-29",
            "2019/2020",
            "2019-06/2019",
            "2019-06-01/2019-06-01",
            "2019/2019-06",
            "../2019",
            "2019-06/..",
            "0001",
        ],
        [
            "",
            "19",
            "2019-6",
            "2019-13",
            "2019-00",
            "2019-02-29",
            "1900-02-29",
            "2019-06-31",
            "2019-06-00",
            "0000",
            "2020/2019",
            "2019-06-02/2019-06-01",
            "../..",
            "/2019",
            "2019/",
            "2019/2020/2021",
            "2019?",
            "2019~",
            "201X",
            "-2019",
            "2019-06-30T00:00:00Z",
            "2019 ",
            "2019-06-",
        ],
    ),
    "coarseDate": (
        grammar.is_coarse_date,
        ["2019", "2019-06", "2019-06/2019-10", "../2019-06", "2019/.."],
        ["2019-06-30", "2019-06-01/2019", "2019/2019-06-30", "../..", "2020/2019"],
    ),
    "host": (
        grammar.is_host,
        ["business-humanrights.org", "a.b", "xn--fiqs8s.example"],
        ["", "localhost", "Example.org", "a..b", "-a.b", "a-.b", "a.b.", "a_b.c", "a/b.c", "a b.c"],
    ),
    "origin": (
        grammar.is_origin,
        ["ledger.example.org/2026", "example.com", "localhost/x", "a"],
        ["", "a b", "a+b", "https://a", "a/", "/a", "a//b", "a\n", "é", "a" * 256],
    ),
    "name": (
        lambda text: grammar.split_name(text) is not None,
        [
            "ledger:main",
            "party:clw",
            "factory:foshan",
            "criterion:iso.1",
            "document:" + "0" * 64,
            "statement:" + "f" * 64,
        ],
        [
            "ledger:other",
            "party:",
            "party:A",
            "group:x",
            "host:a.b",
            "document:0",
            "clw",
            "Party:clw",
            ":x",
            "",
        ],
    ),
}


def grammar_vectors() -> dict[str, Any]:
    for name, (decide, good, bad) in GRAMMARS.items():
        assert all(decide(text) for text in good), name
        assert not any(decide(text) for text in bad), name
    bounds = ["2019", "2020-02", "2019-06-30", "2019-06/2019", "../2019", "2019-06/.."]
    return {
        "about": "Grammars of single values, and the first and last day that a date or interval spans.",
        "accepted": [accepted(name, texts=good) for name, (_, good, _) in GRAMMARS.items()],
        "refused": [{"name": name, "texts": bad} for name, (_, _, bad) in GRAMMARS.items()],
        "bounds": [{"text": text, "days": list(grammar.date_bounds(text) or ())} for text in bounds],
    }
