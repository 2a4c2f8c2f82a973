"""The whole log's state in memory: the full `View`, for auditors and tests."""

from collections import deque
from collections.abc import Sequence

from ..core.index import IndexHead, IndexTree, index_head, statement_keys
from ..core.refusal import Refusal
from ..core.statement import Recorded, Statement
from .aggregates import Aggregate, evolve, introduced_keys
from .needs import originator_id


class State:
    """Replay: `apply` each entry in order; between two of them it is the `View` that the next one is
    decided in.
    """

    def __init__(self) -> None:
        self.size = 0
        self.recorded_at = ""
        self._aggregates: dict[str, Aggregate] = {}
        self._originators: dict[str, str] = {}
        self._key_parties: dict[str, str] = {}
        self._digests: set[str] = set()
        self._index = _Index()

    def aggregate(self, originator_id: str) -> Aggregate | None:
        return self._aggregates.get(originator_id)

    def originator_of(self, statement_id: str) -> str | None:
        return self._originators.get(statement_id)

    def party_of_key(self, key_id: str) -> str | None:
        return self._key_parties.get(key_id)

    def digest_seen(self, digest: str) -> bool:
        return digest in self._digests

    @property
    def indexed(self) -> int:
        return self._index.indexed

    def index_head(self, size: int) -> IndexHead:
        return self._index.head(size)

    def apply(self, recorded: Recorded, leaf_hash: bytes | None = None) -> None:
        """Take in the next entry; it has been decided already.

        `leaf_hash` (of the entry's bytes, 32 bytes) is needed for rules about the index alone: a log replayed
        without it can be asked for no `index_head`.
        """
        assert recorded.index == self.size, f"entry {recorded.index} does not follow entry {self.size - 1}"
        statement = recorded.statement
        stream = originator_id(statement, self)
        self._aggregates[stream] = evolve(self._aggregates.get(stream), recorded)
        self._originators[statement.id] = stream
        self._key_parties.update(introduced_keys(statement))
        self._digests.update(used_digests(statement))
        self._index.apply(recorded, leaf_hash)
        self.size += 1
        self.recorded_at = recorded.recorded_at


class _Index:
    """The index as of the newest index statement, and the keys of every entry since."""

    def __init__(self) -> None:
        self.indexed = 0
        self._tree = IndexTree()
        self._taken = 0  # entries in the tree
        self._since: deque[tuple[frozenset[str], bytes | None]] = deque()

    def apply(self, recorded: Recorded, leaf_hash: bytes | None) -> None:
        self._since.append((statement_keys(recorded.statement), leaf_hash))
        if recorded.statement.kind == "index":
            self.indexed = index_head(recorded.statement).size

    def head(self, size: int) -> IndexHead:
        """Sizes only grow: an earlier one than the last that was asked for is refused."""
        if not self._taken <= size <= self._taken + len(self._since):
            what = f"the index over {size} entries is not at hand"
            raise Refusal("index-unknown", what, "/predicate/claim/size")
        while self._taken < size:
            keys, leaf_hash = self._since.popleft()
            assert leaf_hash is not None, "this log was replayed without leaf hashes"
            for key in keys:
                self._tree.add(key, self._taken, leaf_hash)
            self._taken += 1
        return self._tree.head(size)


def used_digests(statement: Statement) -> Sequence[str]:
    """Digests that no later statement may use: committed to here, or erased by this control statement."""
    if statement.kind != "control":
        return statement.digests
    return [*statement.digests, *statement.claim.get("digests", ())]
