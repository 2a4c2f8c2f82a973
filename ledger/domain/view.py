"""What the rules see of the log: the state after every earlier entry."""

from typing import Protocol

from ..core.index import IndexHead
from .aggregates import Aggregate


class View(Protocol):
    """The log before the statement in question, as far as `needs` asked for it.

    `size` is the number of earlier entries, `recorded_at` the time of the last one ("" for an empty log).
    """

    @property
    def size(self) -> int: ...

    @property
    def recorded_at(self) -> str: ...

    def aggregate(self, originator_id: str) -> Aggregate | None:
        """The fold of a stream, None when it has no entries."""
        ...

    def originator_of(self, statement_id: str) -> str | None:
        """The stream that a logged statement belongs to, None when it is not logged."""
        ...

    def party_of_key(self, key_id: str) -> str | None:
        """The slug of the party whose key it is or was (`ledger:main` for the log's keys), None if never
        introduced.
        """
        ...

    @property
    def indexed(self) -> int:
        """The `size` of the newest index statement, 0 when there is none."""
        ...

    def index_head(self, size: int) -> IndexHead:
        """The index over the first `size` entries; asked for from `indexed` to this view's size alone."""
        ...

    def digest_seen(self, digest: str) -> bool:
        """Whether an earlier entry committed to this disclosure digest, or erased the bytes of this
        SHA-256.
        """
        ...
