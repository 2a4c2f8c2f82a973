"""Bundles as bytes: read and written again they are the same, and nothing else is read."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from ledger.core import canonical
from ledger.core.bundle import format_bundle, heirs, keys_of_name, parse_bundle, required_keys
from ledger.core.refusal import Refusal
from ledger.core.statement import read_recorded
from tests.support.builder import Log
from tests.support.bundles import bundle, bundle_bytes, case
from tests.vectors import bundles, generate_formats

DATA = bundle_bytes(case(), "factory:toys")
LINES = [json.loads(line) for line in DATA.splitlines()]
FIRST_KEY = next(i for i, line in enumerate(LINES) if "key" in line)
FIRST_ENTRY = next(i for i, line in enumerate(LINES) if "entry" in line)


def encode(lines: list[Any]) -> bytes:
    return b"".join(canonical.encode(line) + b"\n" for line in lines)


def changed(number: int, **members: Any) -> bytes:
    """The bundle with members of one line replaced."""
    return encode([*LINES[:number], LINES[number] | members, *LINES[number + 1 :]])


def test_read_and_written_again_a_bundle_is_the_same() -> None:
    assert encode(LINES) == DATA
    assert format_bundle(parse_bundle(DATA)) == DATA


def test_every_hash_stands_in_a_bundle_once() -> None:
    hashes = [one for line in LINES for one in line.get("hashes", [])]
    assert len(hashes) == len(set(hashes))
    read = parse_bundle(DATA)
    paths = [*[one.proof.path for one in read.keys], *[one.path for one in read.entries]]
    assert sum(map(len, paths)) > len(hashes)


@pytest.mark.parametrize(
    ("what", "data"),
    [
        ("nothing", b""),
        ("no newline at the end", DATA[:-1]),
        ("an empty line", DATA + b"\n"),
        ("a space", DATA.replace(b'{"about"', b'{ "about"', 1)),
        ("another version", changed(0, format="urn:evidence-ledger:v2:bundle")),
        ("a member that nobody knows", changed(0, note="x")),
        ("no name", changed(0, about="toys")),
        ("two heads", encode([LINES[0], *LINES])),
        ("no head", encode(LINES[1:])),
        ("keys not sorted", encode([LINES[0], LINES[FIRST_KEY + 1], LINES[FIRST_KEY], *LINES[3:]])),
        ("a key after an entry", encode([*LINES, LINES[FIRST_KEY]])),
        ("an entry twice", encode([*LINES, LINES[-1]])),
        ("a hash nobody uses", changed(FIRST_ENTRY, hashes=[*LINES[FIRST_ENTRY]["hashes"], "A" * 43 + "="])),
        ("a hash twice", changed(FIRST_ENTRY, hashes=LINES[FIRST_KEY]["hashes"])),
        ("a short hash", changed(FIRST_KEY, hashes=["AAAA", *LINES[FIRST_KEY]["hashes"][1:]])),
        ("a number of no hash", changed(FIRST_ENTRY, path=[10_000])),
        ("a number that is none", changed(FIRST_ENTRY, path=[True])),
        ("no position", changed(FIRST_ENTRY, index=-1)),
        ("an entry that is not base64", changed(FIRST_ENTRY, entry="%")),
        ("disclosures not sorted", changed(FIRST_ENTRY, disclosures=["b", "a"])),
        ("a leaf without a root", changed(FIRST_KEY, leaf={"count": 1, "key": "by:ngo"})),
    ],
)
def test_anything_else_is_no_bundle(what: str, data: bytes) -> None:
    assert data != DATA
    with pytest.raises(Refusal) as caught:
        parse_bundle(data)
    assert caught.value.code in ("bad-bundle", "bad-index-proof", "bad-base64", "not-canonical", "not-json")


@pytest.mark.parametrize(
    "line",
    [
        # What stands before and behind the entry has to be JSON on its own, not only once it is taken out.
        '{"disclosures":["a],"entry":"QUJD""],"hashes":[],"index":9,"path":[]}',
        '{"disclosures":[["a"],"entry":"QUJD"],"hashes":[],"index":9,"path":[]}',
        '{"disclosures":[],"entry":"QUJD","b"],"entry":"QUJD","hashes":[],"index":9,"path":[]}',
        '{"disclosures":[],"entry":"QUJD","hashes":[],"entry":"QUJD","index":9,"path":[]}',
        '{"disclosures":[],"entry":"QUJD","hashes":[],"index":9,"path":[],"disclosures":[]}',
        '{"disclosures":[],"entry":"QUJD","hashes":[],"index":9,"path":[]}}',
        '{"disclosures":[],"entry":"QUJ D","hashes":[],"index":9,"path":[]}',
        '{"disclosures":[],"entry":"QUI","hashes":[],"index":9,"path":[]}',
        '{"disclosures":[],"entry":"QUJ=","hashes":[],"index":9,"path":[]}',
        '{"disclosures":[],"entry":"QU\\u004aD","hashes":[],"index":9,"path":[]}',
        '{"disclosures":[ ],"entry":"QUJD","hashes":[],"index":9,"path":[]}',
    ],
)
def test_a_line_with_an_entry_is_read_in_parts_and_means_the_whole(line: str) -> None:
    with pytest.raises(Refusal) as caught:
        parse_bundle(encode(LINES[:FIRST_ENTRY]) + line.encode() + b"\n")
    assert caught.value.where.startswith(f"/{FIRST_ENTRY}")


def test_keys_without_an_index_statement_are_refused() -> None:
    head = {name: value for name, value in LINES[0].items() if name != "index"}
    with pytest.raises(Refusal, match="no index statement"):
        parse_bundle(encode([head, *LINES[1:]]))


def test_every_byte_of_a_bundle_counts() -> None:
    # A changed byte either makes it unreadable or reads as something else: nothing is passed over.
    whole = parse_bundle(DATA)
    for at in range(0, len(DATA), 97):
        flipped = DATA[:at] + bytes([DATA[at] ^ 1]) + DATA[at + 1 :]
        try:
            assert parse_bundle(flipped) != whole
        except Refusal:
            continue


VECTORS = json.loads((generate_formats.FOLDER / "bundle.json").read_bytes())


@pytest.mark.parametrize("vector", VECTORS["accepted"], ids=lambda vector: vector["name"])
def test_accepted_vectors_are_read_and_written_again(vector: dict[str, Any]) -> None:
    data = vector["bundle"].encode()
    assert format_bundle(parse_bundle(data)) == data
    assert (bundles.indexes(vector["bundle"]), bundles.paths(vector["bundle"])) == (
        vector["indexes"],
        vector["paths"],
    )


@pytest.mark.parametrize("vector", VECTORS["refused"], ids=lambda vector: vector["name"])
def test_refused_vectors_are_refused_with_their_code(vector: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as caught:
        parse_bundle(vector["bundle"].encode())
    assert (caught.value.code, caught.value.where) == (vector["code"], vector["where"])


def test_a_party_is_its_name_its_hand_and_its_voice() -> None:
    assert keys_of_name("party:ngo") == ("by:ngo", "party:ngo", "voice:ngo")
    assert keys_of_name("factory:toys") == ("factory:toys",)


def merged(names: list[tuple[str, str]]) -> Callable[[str], frozenset[str]]:
    log = Log.opened()
    made = {name: log.factory(name) for name in sorted({one for pair in names for one in pair})}
    for old, new in names:
        about = [f"factory:{old}", f"factory:{new}"]
        log.say("FactoryMerged", "registrar", about=about, claim={}, refs=[("supersedes", made[old])])
    statements = [one.statement for one in log.recorded]
    return lambda name: heirs(f"factory:{name}", statements)


def test_mergers_tie_names_however_far_in_either_direction() -> None:
    found = merged([("d", "c"), ("b", "a"), ("c", "b"), ("y", "x")])
    four = frozenset(f"factory:{slug}" for slug in "abcd")
    assert found("a") == found("c") == found("d") == four
    assert found("x") == {"factory:x", "factory:y"}


def test_a_bundle_proves_the_history_of_every_party_named() -> None:
    own = bundle(case(), "factory:toys")
    statements = [read_recorded(one.index, one.data).statement for one in own.entries]
    required = required_keys("factory:toys", statements)
    assert required == {
        *("factory:toys", "factory:toys-new"),
        *("keys:certifier", "keys:ngo", "keys:operator", "keys:registrar"),
    }


@pytest.mark.parametrize(
    "members", [{"path": [0] * 500_000}, {"disclosures": ["a"] * 500_000}], ids=["path", "disclosures"]
)
def test_a_line_without_measure_is_refused_without_costing_many_times_its_size(
    members: dict[str, Any],
) -> None:
    data = changed(FIRST_ENTRY, **members)
    tracemalloc.start()
    try:
        with pytest.raises(Refusal):
            parse_bundle(data)
        assert tracemalloc.get_traced_memory()[1] < 30 * len(data)
    finally:
        tracemalloc.stop()
