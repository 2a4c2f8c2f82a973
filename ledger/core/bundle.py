"""Bundles: one file that proves all it shows about a name or a statement, offline.

A bundle is canonical JSON, one object a line: a *head* with the signed checkpoint, *anchors* that date it,
the proofs of index *keys* ("these are all entries of this key"), and the *entries* themselves, each with
its place in the log and the disclosures that are still held (docs/protocol.md, "Bundles"). What it says
twice could differ, so it says nothing twice: which entries belong to which key, and which keys a bundle
has to prove, follow from the entries (`index.statement_keys`, `required_keys`).

Reading checks the form alone; the verifier judges the content.
"""

import binascii
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, NoReturn

from . import canonical
from .fields import BASE64_OF_32_PATTERN
from .grammar import base64_decode, base64_encode, is_digest, is_origin, is_slug, split_name
from .index import DEPTH_LIMIT, KeyLeaf, KeyProof, is_index_key, parse_key_proof
from .merkle import HASH_BYTES
from .receipt import PROOF_HASHES_LIMIT
from .refusal import Refusal
from .statement import Statement

FORMAT = "urn:evidence-ledger:v1:bundle"
LINE_LIMIT = 1 << 26  # bytes: an entry with the disclosures of a large submission stays far below
# The parts of an entry's line, where they are what `bundle_lines` mostly writes: canonical, because there is
# nothing to escape and no number has more digits than an exact one may. What is repeated is bounded, as it
# costs memory to match.
_DISCLOSURES, _ENTRY = b'{"disclosures":[', b'],"entry":"'
_TEXTS = re.compile(rb'\[(?:"([A-Za-z0-9_-][A-Za-z0-9_",-]*[A-Za-z0-9_-])")?\]')
_HASH = BASE64_OF_32_PATTERN.encode("ascii")
_NUMBER = rb"(?:0|[1-9][0-9]{0,14})"
_BEHIND_ENTRY = re.compile(
    rb'","hashes":\[(?:"(%b(?:","%b){0,%d})")?\],"index":(%b),"path":\[(%b(?:,%b){0,%d})?\]\}'
    % (_HASH, _HASH, PROOF_HASHES_LIMIT - 1, _NUMBER, _NUMBER, _NUMBER, PROOF_HASHES_LIMIT - 1)
)
_ENTRY_MEMBERS = frozenset({"disclosures", "entry", "hashes", "index", "path"})

# --- what a bundle holds ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Head:
    """What the bundle is about (a name of the ledger, or `statement:<id>`) and the log it comes from.

    `checkpoint` is the signed note of the tree that all inclusion proofs lead to. `index` is the position
    of the index statement up to whose size the bundle is complete; None where the log has none yet: then
    no key is proven.
    """

    about: str
    origin: str
    genesis: str
    checkpoint: str
    index: int | None


class Anchor(NamedTuple):
    """RFC 3161 replies (DER) over the text of a checkpoint `note`, and the way from it to the bundle's own.

    `consistency` is empty when the two trees have one size.
    """

    note: str
    consistency: tuple[bytes, ...]
    replies: tuple[bytes, ...]


class ProvenKey(NamedTuple):
    """An index key and its proof of presence or absence in the index of the head."""

    key: str
    proof: KeyProof


class BundledEntry(NamedTuple):
    """The entry at leaf `index`: its bytes, audit path (32 bytes each), and the disclosures held of it."""

    index: int  # type: ignore[assignment]  # instead of a tuple's method
    data: bytes
    path: tuple[bytes, ...]
    disclosures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle in memory: anchors by note, keys by name, entries by index."""

    head: Head
    anchors: tuple[Anchor, ...]
    keys: tuple[ProvenKey, ...]
    entries: tuple[BundledEntry, ...]


# --- which keys a bundle proves ---------------------------------------------------------

_SUCCESSIONS = frozenset({"FactoryMerged", "FactorySplit", "PartyMerged", "PartySplit"})


def keys_of_name(name: str) -> tuple[str, ...]:
    """The index keys of all there is about `name`: of a party also what it signs and what it claims."""
    prefix, _, slug = name.partition(":")
    return (f"by:{slug}", name, f"voice:{slug}") if prefix == "party" else (name,)


def heirs(name: str, statements: Iterable[Statement]) -> frozenset[str]:
    """`name` and every name that mergers and splits among `statements` tie to it, to closure."""
    prefix = name.partition(":")[0] + ":"
    tied = [
        {subject.name for subject in statement.subjects if subject.name.startswith(prefix)}
        for statement in statements
        if statement.event in _SUCCESSIONS
    ]
    found = {name}
    grown = True
    while grown:
        grown = False
        for names in tied:
            if not names <= found and names & found:
                found |= names
                grown = True
    return frozenset(found)


def keys_about(about: str, statements: Iterable[Statement]) -> frozenset[str]:
    """The keys of all there is about a name and the names that these statements tie to it."""
    return frozenset(key for name in heirs(about, statements) for key in keys_of_name(name))


def parties_of(statement: Statement) -> frozenset[str]:
    """Slugs of the parties that a statement names: who signs it, whose claim it is, who passed it on, whom it
    is for, whom it is about, whom its claim names. What it may say hangs on who they are.
    """
    named = [one.name[6:] for one in statement.subjects if one.name.startswith("party:")]
    via = () if statement.attribution is None else statement.attribution.via
    relays = [relay for relay in via if ":" not in relay]
    own = [*statement.issuers, *statement.claimants, *relays, *statement.audience, *named]
    return frozenset([*own, *filter(is_slug, _named_in(statement.claim))])


# Clear members of claims that name parties.
_NAMING = ("actor", "addressees", "operatedBy", "owner", "recipients", "recoverers", "respondents")
_NAME_PARTIES = frozenset([*_NAMING, "participants", "set"])


def _named_in(claim: Mapping[str, Any]) -> Iterator[str]:
    """What a claim names, and what an amendment sets; of claims of any form, so that each step of a
    verifier judges its own matter.
    """
    if _NAME_PARTIES.isdisjoint(claim):
        return
    for member in _NAMING:
        value = claim.get(member)
        yield from (one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str))
    participants = claim.get("participants")
    for one in participants if isinstance(participants, list) else ():
        if isinstance(one, dict) and isinstance(one.get("party"), str):
            yield one["party"]
    if isinstance(claim.get("set"), dict):
        yield from _named_in(claim["set"])


def required_keys(about: str, statements: Sequence[Statement]) -> frozenset[str]:
    """The keys that a bundle about `about` with these statements proves, no more and no fewer.

    Those about the name, and the history of every party that is named.
    """
    parties = frozenset().union(*map(parties_of, statements))
    return keys_about(about, statements) | {"keys:" + slug for slug in parties}


# --- writing ----------------------------------------------------------------------------


@dataclass(slots=True)
class _Hashes:
    """Hashes already written, by number: each stands in a bundle once, where it is first used."""

    numbers: dict[bytes, int] = field(default_factory=dict)

    def members(self, path: Sequence[bytes]) -> dict[str, Any]:
        """`hashes`: those of `path` not yet written; `path`: the numbers of all of them."""
        fresh = []
        for one in path:
            if one not in self.numbers:
                self.numbers[one] = len(self.numbers)
                fresh.append(base64_encode(one))
        return {"hashes": fresh, "path": [self.numbers[one] for one in path]}


def bundle_lines(
    head: Head, anchors: Iterable[Anchor], keys: Iterable[ProvenKey], entries: Iterable[BundledEntry]
) -> Iterator[bytes]:
    """The lines of a bundle, each with its newline; anchors, keys and entries in their order."""
    hashes = _Hashes()
    yield _line(_head_value(head))
    for anchor in anchors:
        replies = [base64_encode(reply) for reply in anchor.replies]
        yield _line({"anchor": anchor.note, "replies": replies, **hashes.members(anchor.consistency)})
    for proven in keys:
        leaf = {} if proven.proof.leaf is None else {"leaf": proven.proof.leaf.to_json()}
        yield _line({"key": proven.key, **leaf, **hashes.members(proven.proof.path)})
    for entry in entries:
        yield _line(
            {
                "disclosures": list(entry.disclosures),
                "entry": base64_encode(entry.data),
                "index": entry.index,
                **hashes.members(entry.path),
            }
        )


def format_bundle(bundle: Bundle) -> bytes:
    """The bundle's bytes."""
    return b"".join(bundle_lines(bundle.head, bundle.anchors, bundle.keys, bundle.entries))


def _head_value(head: Head) -> dict[str, Any]:
    value = {
        "about": head.about,
        "checkpoint": head.checkpoint,
        "format": FORMAT,
        "genesis": head.genesis,
        "origin": head.origin,
    }
    return value if head.index is None else {**value, "index": head.index}


def _line(value: dict[str, Any]) -> bytes:
    return canonical.encode(value) + b"\n"


# --- reading ----------------------------------------------------------------------------


def parse_bundle(data: bytes, seen: Callable[[BundledEntry], object] | None = None) -> Bundle:
    """The bundle in `data`, nothing verified; raises `Refusal`, `where` being `/<line>` from 0 and a pointer.

    Accepts exactly what `format_bundle` writes: formatted again, the result gives `data`. `seen` is given
    each entry as soon as it is read, whatever may follow it.
    """
    if not data:
        raise Refusal("bad-bundle", "it is empty")
    if not data.endswith(b"\n"):
        ends = data.count(b"\n")
        raise Refusal("bad-bundle", "it does not end with a newline", f"/{ends}")
    return _Reader().read(_lines_of(data), seen)


def _lines_of(data: bytes) -> Iterator[bytes]:
    """Line after line, so that there is no second copy of the whole."""
    start = 0
    while start < len(data):
        end = data.index(b"\n", start)
        yield data[start:end]
        start = end + 1


def _texts(inner: bytes | None) -> tuple[str, ...] | None:
    """The texts between the outermost quotation marks of a list; None where one is more than its letters."""
    texts = () if inner is None else tuple(inner.decode("ascii").split('","'))
    plain = all(text and '"' not in text and "," not in text for text in texts)
    return texts if plain else None


_NUMBERS, _LENGTHS = frozenset({int}), frozenset({HASH_BYTES})


class _Reader:
    """Reads line after line and keeps what later lines refer to or have to follow."""

    def __init__(self) -> None:
        self.hashes: list[bytes] = []
        self.known: set[bytes] = set()
        self.where = ""

    def read(self, lines: Iterator[bytes], seen: Callable[[BundledEntry], object] | None) -> Bundle:
        head = self.head(self.value(0, next(lines)))
        anchors: list[Anchor] = []
        keys: list[ProvenKey] = []
        entries: list[BundledEntry] = []
        for number, line in enumerate(lines, 1):
            self.where = f"/{number}"
            entry = self.usual_entry(line, entries)
            value = {} if entry is not None else self.value(number, line)
            if entry is not None or "entry" in value:
                entries.append(entry or self.entry(value, entries))
                if seen is not None:
                    seen(entries[-1])
            elif "key" in value and not entries:
                keys.append(self.key(value, keys))
            elif "anchor" in value and not keys and not entries:
                anchors.append(self.anchor(value, anchors))
            else:
                self.refuse("neither anchor, key nor entry, or not in that order")
        if head.index is None and keys:
            raise Refusal("bad-bundle", "keys are proven, and the head names no index statement", "/0")
        return Bundle(head, tuple(anchors), tuple(keys), tuple(entries))

    def value(self, number: int, line: bytes) -> dict[str, Any]:
        self.where = f"/{number}"
        try:
            value = canonical.decode(line, LINE_LIMIT)
        except Refusal as refusal:
            raise Refusal(refusal.code, refusal.what, self.where + refusal.where) from refusal
        if not isinstance(value, dict):
            self.refuse("it is no object")
        return dict(value)

    def usual_entry(self, line: bytes, before: Sequence[BundledEntry]) -> BundledEntry | None:
        """The entry of a line, taken from the text as it stands: base64 is most of it, and nothing to parse.
        None for a line of any other form, good or bad.
        """
        if not line.startswith(_DISCLOSURES) or len(line) > LINE_LIMIT:
            return None
        middle = line.find(_ENTRY, len(_DISCLOSURES) - 1)
        start = middle + len(_ENTRY)
        end = line.find(b'"', start)
        rest = None if middle < 0 else _BEHIND_ENTRY.fullmatch(line, end)
        opened = _TEXTS.fullmatch(line, len(_DISCLOSURES) - 1, middle + 1)
        disclosures = None if opened is None else _texts(opened[1])
        if rest is None or disclosures is None:
            return None
        base64 = line[start:end]
        try:
            data = binascii.a2b_base64(base64)
        except ValueError:
            return None
        if binascii.b2a_base64(data, newline=False) != base64:
            return None
        hashes, position, path = rest.groups()
        index = int(position)
        self.follow(index, disclosures, before)
        fresh = [] if hashes is None else [binascii.a2b_base64(one) for one in hashes.split(b'","')]
        numbers = [] if path is None else [int(number) for number in path.split(b",")]
        return BundledEntry(index, data, self.hashes_of(fresh, numbers, PROOF_HASHES_LIMIT), disclosures)

    def head(self, value: dict[str, Any]) -> Head:
        if value.get("format") != FORMAT:
            self.refuse(f"its `format` is not {FORMAT}")
        given = set(value)
        if given - {"index"} != {"about", "checkpoint", "format", "genesis", "origin"}:
            self.refuse("a head has about, checkpoint, format, genesis, origin and perhaps index")
        about, checkpoint, origin = (self.text(value[one]) for one in ("about", "checkpoint", "origin"))
        if split_name(about) is None or not is_origin(origin) or not is_digest(self.text(value["genesis"])):
            self.refuse("about, origin or genesis is malformed")
        index = self.position(value["index"]) if "index" in value else None
        return Head(about, origin, value["genesis"], checkpoint, index)

    def anchor(self, value: dict[str, Any], before: Sequence[Anchor]) -> Anchor:
        self.require(value, "anchor", "hashes", "path", "replies")
        note = self.text(value["anchor"])
        replies = tuple([self.base64(one) for one in self.items(value["replies"])])
        if not replies or list(replies) != sorted(set(replies)) or (before and before[-1].note >= note):
            self.refuse("an anchor has replies; anchors, and replies within one, are sorted and unique")
        return Anchor(note, self.path(value, PROOF_HASHES_LIMIT + 1), replies)

    def key(self, value: dict[str, Any], before: Sequence[ProvenKey]) -> ProvenKey:
        self.require(value, "hashes", "key", "path", *(["leaf"] if "leaf" in value else []))
        key = self.text(value["key"])
        if not is_index_key(key) or (before and before[-1].key >= key):
            self.refuse("a key has the form of an index key; keys are sorted and unique")
        path = self.path(value, DEPTH_LIMIT)
        return ProvenKey(key, KeyProof(self.leaf(value["leaf"]) if "leaf" in value else None, path))

    def leaf(self, value: Any) -> KeyLeaf | None:
        try:
            return parse_key_proof({"leaf": value, "path": []}).leaf
        except Refusal as refusal:
            raise Refusal(refusal.code, refusal.what, self.where + "/leaf") from refusal

    def entry(self, value: dict[str, Any], before: Sequence[BundledEntry]) -> BundledEntry:
        if value.keys() != _ENTRY_MEMBERS:
            self.require(value, *_ENTRY_MEMBERS)
        index = self.position(value["index"])
        disclosures = tuple([self.text(one) for one in self.items(value["disclosures"])])
        self.follow(index, disclosures, before)
        path = self.path(value, PROOF_HASHES_LIMIT)
        return BundledEntry(index, self.base64(value["entry"]), path, disclosures)

    def follow(self, index: int, disclosures: Sequence[str], before: Sequence[BundledEntry]) -> None:
        """Refuse an entry out of order, or one whose disclosures are."""
        if before and before[-1].index >= index:
            self.refuse("entries are sorted by index and unique")
        if list(disclosures) != sorted(set(disclosures)):
            self.refuse("disclosures are sorted and unique")

    def path(self, value: dict[str, Any], limit: int) -> tuple[bytes, ...]:
        """The hashes of `path`, once those in `hashes` are the ones it uses first, in that order."""
        fresh = [self.base64(one) for one in self.items(value["hashes"])]
        numbers = self.items(value["path"])
        if not _NUMBERS.issuperset(map(type, numbers)) or min(numbers, default=0) < 0:
            self.refuse("a path is a list of numbers from 0")
        return self.hashes_of(fresh, numbers, limit)

    def hashes_of(self, fresh: Sequence[bytes], numbers: Sequence[int], limit: int) -> tuple[bytes, ...]:
        """The hashes with these numbers, of which `fresh` are new."""
        first = len(self.hashes)
        if not _LENGTHS.issuperset(map(len, fresh)) or len(numbers) > limit:
            self.refuse(f"a hash has {HASH_BYTES} bytes, a path at most {limit} hashes")
        used = list(dict.fromkeys([number for number in numbers if number >= first]))
        if used != list(range(first, first + len(fresh))):
            self.refuse("`hashes` holds what `path` uses first, in that order")
        self.hashes += fresh
        self.known.update(fresh)
        if len(self.known) != len(self.hashes):
            self.refuse("a hash stands in two places")
        return tuple([self.hashes[number] for number in numbers])

    def require(self, value: dict[str, Any], *names: str) -> None:
        if set(value) != set(names):
            self.refuse(f"it has not exactly the members {', '.join(sorted(names))}")

    def text(self, value: Any) -> str:
        if not isinstance(value, str):
            self.refuse("a text belongs here")
        return value

    def items(self, value: Any) -> list[Any]:
        if not isinstance(value, list):
            self.refuse("a list belongs here")
        return value

    def position(self, value: Any) -> int:
        if type(value) is not int or value < 0:
            self.refuse("a number from 0 belongs here")
        return value

    def base64(self, value: Any) -> bytes:
        try:
            return base64_decode(self.text(value))
        except Refusal as refusal:
            raise Refusal(refusal.code, refusal.what, self.where) from refusal

    def refuse(self, what: str) -> NoReturn:
        raise Refusal("bad-bundle", what, self.where)
