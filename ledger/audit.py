"""Re-reads the whole log from the database and names the first thing that is not as it was signed.

One pass in the order of positions, so that the first wrong position is the one named. The steps:

- bytes: each entry is in its one normal form and hashes to the leaf that was stored for it
- positions: dense from 0 in every table, nothing beyond the head; times never decrease
- root: inner nodes, frontier and head follow from the leaves
- journal: the tree is an extension of the last one that was signed
- index: statement ids, streams, versions, topics and keys are what the entries say
- signatures, rules: each statement is decided again by `decide`, as a replay from the entry bytes alone
- disclosures: every content held opens one digest of its entry, and no digest is missing
- views: whatever the given callable checks, last
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TypeVar

from ledger.core import disclosure, merkle
from ledger.core.entry import Entry, decode_entry, entry_time
from ledger.core.refusal import Refusal
from ledger.core.statement import Recorded, Statement, decode_statement
from ledger.domain.aggregates import introduced_keys
from ledger.domain.decide import decide
from ledger.domain.state import State
from ledger.intake import KnownKeys, SignatureCheck
from ledger.ports import AuditPage, AuditSource, EntryRow, Head, Signed, StoredEntry, TreeNode

BYTES = ("bytes", "positions", "root")
ALL = (*BYTES, "journal", "index", "signatures", "rules", "disclosures", "views")
PAGE = 2_000
_Page = TypeVar("_Page")


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` entries (of all views, in the step of that name) were as they should be."""

    step: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Defect:
    """The first thing wrong; `position` is the entry concerned, or the log's size when it is the head."""

    step: str
    position: int
    what: str


@dataclass(frozen=True, slots=True)
class Sound:
    """Everything held: `entries` of them, in these steps."""

    entries: int
    steps: tuple[str, ...]


Event = Progress | Defect | Sound
CheckViews = Callable[[], Iterable[Progress | Defect]]


class _Wrong(Exception):
    def __init__(self, step: str, position: int, what: str) -> None:
        super().__init__(step, position, what)
        self.defect = Defect(step, position, what)


def check(
    source: AuditSource,
    *,
    signed: Signed | None = None,
    rules: bool = True,
    views: CheckViews | None = None,
    page: int = PAGE,
) -> Iterator[Event]:
    """Progress, then `Sound` or the first `Defect`.

    `signed` is the newest head of the sign journal. Without `rules` only bytes, positions, root and
    journal are checked, many times faster.
    """
    try:
        head = source.head()
        yield from _check_log(source, head, signed, rules, page)
        yield from _check_views(views)
    except _Wrong as wrong:
        yield wrong.defect
        return
    steps = tuple(
        step
        for step in ALL
        if (step in BYTES or rules or step in ("journal", "views"))
        and (step != "journal" or signed)
        and (step != "views" or views)
    )
    yield Sound(head.size, steps)


def _check_views(views: CheckViews | None) -> Iterator[Progress]:
    for event in views() if views else ():
        if isinstance(event, Defect):
            raise _Wrong(event.step, event.position, event.what)
        yield event


def _check_log(
    source: AuditSource, head: Head, signed: Signed | None, rules: bool, page: int
) -> Iterator[Progress]:
    if signed is not None and signed.size > head.size:
        raise _Wrong("journal", head.size, f"{signed.size} entries were signed, the database has {head.size}")
    tree = _Tree(source.nodes())
    replay = _Replay(source) if rules else None
    done = 0
    for stop in _checked(source, _stops(head.size, page, signed), tree, replay):
        done = stop
        if signed is not None and done == signed.size and tree.frontier.root() != signed.root:
            raise _Wrong("journal", done, f"the tree of {done} entries is not the one that was signed")
        yield Progress("log", done, head.size)
    _check_end(source, head, tree, replay)


def _stops(size: int, page: int, signed: Signed | None) -> Iterator[int]:
    """Where pages end: every `page` entries, at the signed size, and at the end."""
    stops = {*range(page, size, page), size} | ({signed.size} if signed else set())
    return iter(sorted(stops - {0}))


def _checked(source: AuditSource, stops: Iterable[int], tree: _Tree, replay: _Replay | None) -> Iterator[int]:
    """Each of `stops` once everything up to there holds."""
    if replay is None:
        for start, stop, found in _pages(source.bytes_page, stops):
            _check_bytes(found.entries, found.leaves, (start, stop), tree, entry_time)
            yield stop
        return
    for start, stop, stored in _pages(source.page, stops):
        replay.check(stored, _check_page(stored, start, stop, tree))
        yield stop


def _pages(read: Callable[[int, int], _Page], stops: Iterable[int]) -> Iterator[tuple[int, int, _Page]]:
    """(start, stop, page), each read while the one before it is checked."""
    with ThreadPoolExecutor(1) as reader:
        start = 0
        coming: tuple[int, int, Future[_Page]] | None = None
        for stop in stops:
            after = (start, stop, reader.submit(read, start, stop))
            if coming is not None:
                yield coming[0], coming[1], coming[2].result()
            coming, start = after, stop
        if coming is not None:
            yield coming[0], coming[1], coming[2].result()


# --- bytes, positions, root -------------------------------------------------------------


class _Tree:
    """The tree so far, and the stored inner nodes it is held against."""

    def __init__(self, nodes: Sequence[TreeNode]) -> None:
        self.frontier = merkle.Frontier()
        self.recorded_at = ""
        self._stored = {(level, index): node for level, index, node in nodes}

    def extend(self, leaves: Sequence[bytes]) -> None:
        before = self.frontier.size
        extended = self.frontier.append(leaves)
        for level, index, node in extended.tile_nodes:
            if self._stored.pop((level, index), None) != node:
                last = ((index + 1) << level) - 1
                raise _Wrong("root", max(before, last), f"tree node {index} of level {level} is wrong")
        self.frontier = extended.frontier

    def surplus(self) -> tuple[int, int] | None:
        """(level, index) of a stored node that no leaves make."""
        return next(iter(self._stored), None)


def _check_page(stored: AuditPage, start: int, stop: int, tree: _Tree) -> list[Entry]:
    """The page's entries, once their bytes and positions hold and the tree has grown by them."""
    entries: list[Entry] = []

    def time_of(data: bytes) -> str:
        entries.append(decode_entry(data))
        return entries[-1].recorded_at

    states = [(event.position, event.state) for event in stored.events]
    leaves = [(row.position, row.leaf_hash) for row in stored.entries]
    _check_bytes(states, leaves, (start, stop), tree, time_of)
    return entries


def _check_bytes(
    states: Sequence[tuple[int, bytes]],
    leaves: Sequence[tuple[int, bytes]],
    bounds: tuple[int, int],
    tree: _Tree,
    time_of: Callable[[bytes], str],
) -> None:
    """`time_of` judges an entry's bytes, and gives its time."""
    _check_dense("event", states, bounds)
    _check_dense("index row", leaves, bounds)
    for (position, state), (_, leaf) in zip(states, leaves, strict=True):
        try:
            recorded_at = time_of(state)
        except Refusal as refusal:
            raise _Wrong("bytes", position, str(refusal)) from refusal
        if merkle.leaf_hash(state) != leaf:
            raise _Wrong("bytes", position, "the entry does not hash to its leaf")
        if recorded_at < tree.recorded_at:
            raise _Wrong("positions", position, "it was recorded before the entry in front of it")
        tree.recorded_at = recorded_at
    tree.extend([leaf for _, leaf in leaves])


def _check_dense(name: str, rows: Sequence[tuple[int, bytes]], bounds: tuple[int, int]) -> None:
    wanted, positions = list(range(*bounds)), [position for position, _ in rows]
    if positions != wanted:
        missing = min(set(wanted) - set(positions), default=bounds[0])
        raise _Wrong("positions", missing, f"there is no {name} at this position")


def _check_end(source: AuditSource, head: Head, tree: _Tree, replay: _Replay | None) -> None:
    """The head and every table end where the entries end."""
    if (table := source.beyond(head.size)) is not None:
        raise _Wrong("positions", head.size, f"{table} has rows beyond the head")
    if head.frontier != tree.frontier.to_bytes():
        raise _Wrong("root", head.size, "the head's frontier is not that of the entries")
    if head.recorded_at != tree.recorded_at:
        raise _Wrong("positions", head.size, "the head's time is not that of the last entry")
    if (node := tree.surplus()) is not None:
        raise _Wrong("root", head.size, f"tree node {node[1]} of level {node[0]} has no leaves")
    if replay is not None:
        replay.check_end()


# --- index, signatures, rules, disclosures ----------------------------------------------


class _Replay:
    """Decides every statement again, from entry bytes alone, and holds the side tables against that."""

    def __init__(self, source: AuditSource) -> None:
        self._source = source
        self._state = State()
        self._known = KnownKeys()
        rows = groupby(source.keys(), itemgetter(0))
        self._keys = {position: {(key, party) for _, key, party in group} for position, group in rows}

    def check(self, stored: AuditPage, entries: Sequence[Entry]) -> None:
        """One page, in order."""
        start = self._state.size
        held = self._disclosures(start, start + len(entries))
        checks = [SignatureCheck(entry.envelope.payload, self._known) for entry in entries]
        self._verify_ahead(checks, entries)
        for event, row, entry, verify in zip(stored.events, stored.entries, entries, checks, strict=True):
            statement = self._decided(event.position, entry, verify)
            signers = tuple(signature.keyid for signature in entry.envelope.signatures)
            self._check_keys(event.position, statement)
            recorded = Recorded(event.position, entry.recorded_at, statement, signers)
            self._state.apply(recorded, row.leaf_hash)
            self._check_index(event, row, statement)
            _check_disclosures(event.position, statement, held.get(event.position, {}))

    def check_end(self) -> None:
        if self._keys:
            raise _Wrong("index", min(self._keys), "a key is listed that no entry introduces")

    def _verify_ahead(self, checks: Sequence[SignatureCheck], entries: Sequence[Entry]) -> None:
        """On two cores: libsodium lets the interpreter go while it verifies."""

        def verify(part: slice) -> None:
            for check, entry in zip(checks[part], entries[part], strict=True):
                check.ahead(entry.envelope.signatures)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(verify, (slice(0, None, 2), slice(1, None, 2))))

    def _decided(self, position: int, entry: Entry, verify: SignatureCheck) -> Statement:
        try:
            statement = decode_statement(entry.envelope.payload)
            decide(self._state, statement, entry.envelope, entry.recorded_at, verify)
        except Refusal as refusal:
            step = "signatures" if "signature" in refusal.code else "rules"
            raise _Wrong(step, position, str(refusal)) from refusal
        return statement

    def _check_keys(self, position: int, statement: Statement) -> None:
        introduced = set(introduced_keys(statement, self._state))
        if self._keys.pop(position, set()) != introduced:
            raise _Wrong("index", position, "the keys listed are not those that it introduces")

    def _check_index(self, event: StoredEntry, row: EntryRow, statement: Statement) -> None:
        """`event` and `row` against the state that already holds the statement."""
        originator_id = self._state.originator_of(statement.id)
        aggregate = self._state.aggregate(originator_id) if originator_id else None
        stream = (originator_id, aggregate.version if aggregate else 0)
        if row.statement_id != statement.id:
            raise _Wrong("index", event.position, "the statement id listed is not that of the entry")
        if not stream == (event.originator_id, event.originator_version) == row[2:4]:
            raise _Wrong("index", event.position, f"it belongs to stream {stream[0]}, version {stream[1]}")
        if event.topic != statement.topic:
            raise _Wrong("index", event.position, f"its topic is {statement.topic}")

    def _disclosures(self, start: int, stop: int) -> dict[int, dict[str, str | None]]:
        rows = groupby(self._source.disclosures(start, stop), itemgetter(0))
        return {position: {digest: text for _, digest, text in group} for position, group in rows}


def _check_disclosures(position: int, statement: Statement, held: dict[str, str | None]) -> None:
    if held.keys() != set(statement.digests):
        raise _Wrong("disclosures", position, "the digests listed are not those in the entry")
    for digest, text in held.items():
        if text is not None and not _opens(digest, text):
            raise _Wrong("disclosures", position, f"the content held does not open the digest {digest}")


def _opens(digest: str, text: str) -> bool:
    try:
        return disclosure.parse(text).digest == digest
    except Refusal:
        return False
