"""Vectors of bundles as files: their lines, not what they prove (tests/verifier/corpus has those)."""

import hashlib
import json
from typing import Any

from ledger.core import canonical
from ledger.core.bundle import Anchor, Bundle, BundledEntry, Head, ProvenKey, format_bundle, parse_bundle
from ledger.core.index import KeyLeaf, KeyProof
from tests.vectors.common import ORIGIN, accepted, b64, refused

NOTE = f"{ORIGIN}\n5\n{b64(bytes(32))}\n\n— {ORIGIN} {b64(bytes(68))}\n"


def node(label: str) -> bytes:
    return hashlib.sha256(b"node " + label.encode()).digest()


def sample(index: int | None = 4) -> Bundle:
    """One of each kind of line; paths share hashes, and one uses a hash twice."""
    leaf = KeyLeaf("factory:toys", 2, node("root"))
    keys = (
        ProvenKey("factory:toys", KeyProof(leaf, (node("a"), node("b"), node("a")))),
        ProvenKey("keys:ngo", KeyProof(None, (node("b"),))),
    )
    entries = (
        BundledEntry(0, b"the first entry", (node("b"), node("c"))),
        BundledEntry(3, b"the fourth entry", (node("c"),), ("ABC", "abc")),
        BundledEntry(4, b"the index", ()),
    )
    head = Head("factory:toys", ORIGIN, hashlib.sha256(b"genesis").hexdigest(), NOTE, index)
    anchors = (Anchor(NOTE, (node("d"),), (b"a reply", b"b reply")),)
    return Bundle(head, anchors, keys if index is not None else (), entries)


def encode(lines: list[Any]) -> str:
    return "".join(canonical.encode(line).decode() + "\n" for line in lines)


def bundle_vectors() -> dict[str, Any]:
    """Accepted bundles with what they hold, and files with one defect each."""
    texts = {
        "a line of each kind": format_bundle(sample()).decode(),
        "no index": format_bundle(sample(None)).decode(),
        "a head alone": encode([json.loads(format_bundle(sample(None)).splitlines()[0])]),
    }
    return {
        "about": "Bundles. `paths`: the hashes of each anchor, key and entry, in order; nothing is verified.",
        "accepted": [
            accepted(name, bundle=text, indexes=indexes(text), paths=paths(text))
            for name, text in texts.items()
        ],
        "refused": [
            refused(name, lambda text=text: parse_bundle(text.encode()), bundle=text)
            for name, text in defects(texts["a line of each kind"])
        ],
    }


def indexes(text: str) -> list[int]:
    return [entry.index for entry in parse_bundle(text.encode()).entries]


def paths(text: str) -> list[list[str]]:
    bundle = parse_bundle(text.encode())
    found = [
        *[anchor.consistency for anchor in bundle.anchors],
        *[proven.proof.path for proven in bundle.keys],
        *[entry.path for entry in bundle.entries],
    ]
    return [[b64(one) for one in path] for path in found]


def defects(text: str) -> list[tuple[str, str]]:
    lines = [json.loads(line) for line in text.splitlines()]
    head, anchor, key, absent, first, second, index = lines

    def with_line(number: int, **members: Any) -> str:
        return encode([*lines[:number], lines[number] | members, *lines[number + 1 :]])

    def without(number: int, *names: str) -> str:
        kept = {name: value for name, value in lines[number].items() if name not in names}
        return encode([*lines[:number], kept, *lines[number + 1 :]])

    return [
        ("empty", ""),
        ("no newline at the end", text[:-1]),
        ("an empty line", text + "\n"),
        ("carriage returns", text.replace("\n", "\r\n")),
        ("white space", text.replace('{"about"', '{ "about"', 1)),
        ("no head", encode(lines[1:])),
        ("two heads", encode([head, *lines])),
        ("a later version", with_line(0, format="urn:evidence-ledger:v2:bundle")),
        ("an unknown member", with_line(0, more="")),
        ("about is no name", with_line(0, about="toys")),
        ("about is an index key", with_line(0, about="by:ngo")),
        ("genesis is no digest", with_line(0, genesis="00")),
        ("index is no position", with_line(0, index=-1)),
        ("keys without an index", without(0, "index")),
        ("a key before an anchor", encode([head, key, anchor, absent, first, second, index])),
        ("an entry before a key", encode([head, anchor, key, first, absent, second, index])),
        ("keys not sorted", with_line(2, key="keys:other")),
        ("a key twice", encode([head, anchor, key, key | {"hashes": []}, *lines[3:]])),
        ("entries not sorted", with_line(5, index=9)),
        ("an entry twice", encode([*lines, index])),
        ("a key that is none", with_line(3, key="keys:No")),
        ("a leaf without a root", with_line(2, leaf={"count": 2, "key": "factory:toys"})),
        ("a leaf that counts nothing", with_line(2, leaf={**key["leaf"], "count": 0})),
        ("replies not sorted", with_line(1, replies=anchor["replies"][::-1])),
        ("an anchor without replies", with_line(1, replies=[])),
        ("disclosures not sorted", with_line(5, disclosures=["abc", "ABC"])),
        ("a disclosure twice", with_line(5, disclosures=["abc", "abc"])),
        ("an entry that is not base64", with_line(6, entry="the index")),
        ("an index that is a text", with_line(6, index="4")),
        ("a path of other things than numbers", with_line(6, path=[True])),
        ("a number beyond the hashes", with_line(6, path=[4])),
        ("a hash that no path uses", with_line(6, hashes=[b64(node("e"))])),
        ("hashes in another order", with_line(4, hashes=[b64(node("e")), *first["hashes"]], path=[2, 4, 3])),
        ("a hash that stands above", with_line(6, hashes=first["hashes"], path=[4])),
        ("a hash of 31 bytes", with_line(4, hashes=[b64(node("c")[:31])])),
    ]
