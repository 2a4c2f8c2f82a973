"""The whole log's state in memory: the full `View`, for auditors and tests."""

from ..core.statement import Recorded
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

    def aggregate(self, originator_id: str) -> Aggregate | None:
        return self._aggregates.get(originator_id)

    def originator_of(self, statement_id: str) -> str | None:
        return self._originators.get(statement_id)

    def party_of_key(self, key_id: str) -> str | None:
        return self._key_parties.get(key_id)

    def digest_seen(self, digest: str) -> bool:
        return digest in self._digests

    def apply(self, recorded: Recorded) -> None:
        """Take in the next entry; it has been decided already."""
        assert recorded.index == self.size, f"entry {recorded.index} does not follow entry {self.size - 1}"
        statement = recorded.statement
        stream = originator_id(statement, self)
        self._aggregates[stream] = evolve(self._aggregates.get(stream), recorded)
        self._originators[statement.id] = stream
        self._key_parties.update(introduced_keys(statement))
        self._digests.update(used_digests(recorded))
        self.size += 1
        self.recorded_at = recorded.recorded_at


def used_digests(recorded: Recorded) -> list[str]:
    """Digests that no later statement may use: committed to here, or erased by this control statement."""
    statement = recorded.statement
    erased = statement.claim.get("digests", ()) if statement.kind == "control" else ()
    return [*statement.digests, *erased]
