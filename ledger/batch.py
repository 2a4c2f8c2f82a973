"""One batch: statements decided one after the other, each seeing what the ones before it did.

Pure given what was loaded under the head lock. A refused statement leaves no trace in the view, so its
neighbours are decided as if it had never been sent. Every entry is encoded once; its bytes are the event's
state, the tree's leaf and the receipt. All inclusion proofs come from the frontier and the batch, in
memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ledger.core import merkle, receipt
from ledger.core.entry import decode_entry_trusted, encode_entry
from ledger.core.grammar import format_recorded_at, milliseconds
from ledger.core.index import IndexHead, index_head
from ledger.core.refusal import Refusal, detached
from ledger.core.statement import Recorded, Statement, read_recorded
from ledger.domain.aggregates import Aggregate, LedgerMain, evolve, introduced_keys
from ledger.domain.decide import admit, decide
from ledger.domain.names import LEDGER
from ledger.domain.signatures import check_signatures
from ledger.domain.state import used_digests
from ledger.heads import SequencerUnavailable
from ledger.intake import Ticket
from ledger.ports import AppendRow, Head, IndexHeads, Loaded, StatementPosition, TreeNode
from ledger.receipts import Receipt

MAX_CLOCK_LAG = 5_000  # milliseconds that our clock may be behind the head (protocol section 5)


class ClockBehind(SequencerUnavailable):
    """This machine's clock is more than 5 s behind the last entry's time."""

    retry_after = 10


@dataclass(slots=True)
class Known:
    """Facts about earlier entries; aggregates are immutable folds, so caches and views share them."""

    aggregates: dict[str, Aggregate] = field(default_factory=dict)
    statements: dict[str, StatementPosition] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    digests: set[str] = field(default_factory=set)

    def update(self, later: Known) -> None:
        """Take in what was learned later in the same transaction."""
        self.aggregates.update(later.aggregates)
        self.statements.update(later.statements)
        self.keys.update(later.keys)
        self.digests.update(later.digests)


class BatchView:
    """`domain.View`: the log as it stands before the next statement of a batch.

    `known` is what was loaded; decisions are laid over it and reach the caches only after the commit.
    `indexed` is the size of the newest index statement; it and `index` matter to index statements alone.
    """

    def __init__(self, head: Head, known: Known, indexed: int = 0, index: IndexHeads | None = None) -> None:
        self.size = head.size
        self.recorded_at = head.recorded_at
        self.decided = Known()
        self.indexed = indexed
        self._index = index
        self._known = known

    def aggregate(self, originator_id: str) -> Aggregate | None:
        return self.decided.aggregates.get(originator_id) or self._known.aggregates.get(originator_id)

    def originator_of(self, statement_id: str) -> str | None:
        found = self.position_of(statement_id)
        return found.originator_id if found else None

    def position_of(self, statement_id: str) -> StatementPosition | None:
        return self.decided.statements.get(statement_id) or self._known.statements.get(statement_id)

    def party_of_key(self, key_id: str) -> str | None:
        return self.decided.keys.get(key_id) or self._known.keys.get(key_id)

    def digest_seen(self, digest: str) -> bool:
        return digest in self.decided.digests or digest in self._known.digests

    def index_head(self, size: int) -> IndexHead:
        """Raises `Refusal` for a size that the index was not computed for."""
        found = None if self._index is None else self._index.at(size)
        if found is None:
            what = f"the index over {size} entries has not been computed here"
            raise Refusal("index-unknown", what, "/predicate/claim/size")
        return found

    def add(self, recorded: Recorded, row: AppendRow, aggregate: Aggregate) -> None:
        """Lay one accepted entry over the view."""
        if recorded.statement.kind == "index":
            self.indexed = index_head(recorded.statement).size
        self.decided.aggregates[row.originator_id] = aggregate
        self.decided.statements[row.statement_id] = StatementPosition(recorded.index, row.originator_id)
        self.decided.keys.update(row.keys)
        self.decided.digests.update(used_digests(recorded.statement))
        self.size += 1
        self.recorded_at = recorded.recorded_at


class Accepted(NamedTuple):
    """A ticket whose entry is appended at `position`."""

    ticket: Ticket
    position: int
    recorded_at: str
    row: AppendRow


class Duplicate(NamedTuple):
    """A ticket whose statement is logged already, before this batch or earlier in it."""

    ticket: Ticket
    position: int


class Refused(NamedTuple):
    """A ticket that the rules refuse, or that a fault of ours stopped."""

    ticket: Ticket
    reason: Exception


class Batch:
    """Decides tickets in order over a view and collects what is to be written."""

    def __init__(self, view: BatchView, now: int, stored: Callable[[str], bytes]) -> None:
        """`now` in milliseconds; `stored` reads the entry of a logged statement. Raises `ClockBehind`."""
        self.view = view
        self._stored = stored
        self.base = view.size
        self.accepted: list[Accepted] = []
        self.duplicates: list[Duplicate] = []
        self.refused: list[Refused] = []
        self._demo = _is_demo(view)
        self._now = clock_of(now, view.recorded_at, self._demo)

    def decide(self, ticket: Ticket) -> None:
        """Sort one ticket into `accepted`, `duplicates` or `refused`."""
        if ticket.failure is not None:
            self.refused.append(Refused(ticket, ticket.failure))
            return
        try:
            logged = self.view.position_of(ticket.statement.id)
            if logged is None:
                self.accepted.append(self._accept(ticket))
            else:
                self._check_signatures_again(ticket, logged.position)
                self.duplicates.append(Duplicate(ticket, logged.position))
        except Refusal as refusal:
            self.refused.append(Refused(ticket, detached(refusal)))
        except Exception as reason:  # a fault in one statement's rules must not fail its neighbours
            self.refused.append(Refused(ticket, reason))

    def _accept(self, ticket: Ticket) -> Accepted:
        statement, envelope = ticket.statement, ticket.submission.envelope
        recorded_at = self._recorded_at(statement)
        decision = decide(self.view, statement, envelope, recorded_at, ticket.verify)
        contents = admit(self.view, statement, ticket.opened())
        if ticket.submission.objection is not None:
            raise ticket.submission.objection
        entry = encode_entry(envelope, recorded_at)
        signers = tuple(signature.keyid for signature in envelope.signatures)
        recorded = Recorded(self.view.size, recorded_at, statement, signers)
        aggregate = evolve(self.view.aggregate(decision.originator_id), recorded)
        row = AppendRow(
            decision.originator_id,
            aggregate.version,
            statement.topic,
            entry,
            statement.id,
            merkle.leaf_hash(entry),
            introduced_keys(statement, self.view),
            [(digest, contents.get(digest)) for digest in statement.digests],
        )
        self.view.add(recorded, row, aggregate)
        return Accepted(ticket, recorded.index, recorded_at, row)

    def _check_signatures_again(self, ticket: Ticket, index: int) -> None:
        """The same payload gets the first receipt only with the first signatures or with other valid ones."""
        earlier = index - self.base
        entry = self.accepted[earlier].row.state if earlier >= 0 else self._stored(ticket.statement.id)
        envelope = ticket.submission.envelope
        if decode_entry_trusted(entry).envelope.signatures != envelope.signatures:
            check_signatures(self.view, ticket.statement, envelope, ticket.verify)

    def _recorded_at(self, statement: Statement) -> str:
        """max(previous, now); in a demo max(previous, issuedAt)."""
        now = f"{statement.issued_at[:-1]}.000Z" if self._is_demo(statement) else self._now
        return max(self.view.recorded_at, now)

    def _is_demo(self, statement: Statement) -> bool:
        """Entry 0 says which clock it is, for itself too; it may stand in this very batch."""
        if self.base:
            return self._demo
        return _is_demo(self.view) or (self.view.size == 0 and statement.claim.get("clock") == "demo")


class Written(NamedTuple):
    """What a batch adds to the tree: new head and root, nodes of stored levels, a proof for each entry."""

    head: Head
    root: bytes
    nodes: list[TreeNode]
    proofs: list[list[bytes]]


def extend(head: Head, batch: Batch) -> Written:
    """The tree after `batch`, from the frontier before it."""
    before = merkle.Frontier.from_bytes(head.frontier)
    leaves = [accepted.row.leaf_hash for accepted in batch.accepted]
    extended = before.append(leaves)
    after = extended.frontier
    new = Head(after.size, after.to_bytes(), batch.view.recorded_at)
    return Written(new, after.root(), extended.tile_nodes, merkle.batch_inclusion_proofs(before, leaves))


def receipts_of(batch: Batch, written: Written, note: str) -> Iterator[Receipt]:
    """A receipt for each accepted statement, in order, with a proof to the checkpoint in `note`."""
    lines = receipt.Lines()
    for accepted, hashes in zip(batch.accepted, written.proofs, strict=True):
        proof = receipt.format_proof(accepted.position, hashes, note, lines)
        row = accepted.row
        yield Receipt(row.statement_id, accepted.position, accepted.recorded_at, row.state, proof, False)


def fold(loaded: Loaded, held: Mapping[str, Aggregate]) -> dict[str, Aggregate]:
    """The aggregates `held`, brought up to date with the loaded events."""
    aggregates = dict(held)
    for event in loaded.events:
        aggregate = aggregates.get(event.originator_id)
        if aggregate is None or aggregate.version < event.originator_version:
            recorded = read_recorded(event.position, event.state)
            aggregates[event.originator_id] = evolve(aggregate, recorded)
    return aggregates


def _is_demo(view: BatchView) -> bool:
    ledger = view.aggregate(LEDGER)
    return isinstance(ledger, LedgerMain) and ledger.clock == "demo"


def clock_of(now: int, recorded_at: str, demo: bool = False) -> str:
    """`now` as `recordedAt`. Raises `ClockBehind` when it is over 5 s before the newest entry's time."""
    behind = milliseconds(recorded_at) - now if recorded_at else 0
    if behind > MAX_CLOCK_LAG and not demo:
        raise ClockBehind(
            f"this machine's clock is {behind / 1000:.1f} s behind the last entry", "set the clock"
        )
    return format_recorded_at(now)
