"""The log as far as a bundle shows it: the `View` in which the rules are asked about its entries.

The rules are the server's own (`ledger.domain`). Where one asks for something that is neither in the bundle
nor shown to be nowhere, it gets no answer but `Gap`, and that rule is unchecked for that entry.
"""

from contextlib import suppress

from ..core.index import IndexHead, index_head
from ..core.refusal import Refusal
from ..core.statement import Statement
from ..domain.aggregates import Aggregate, LedgerMain, Party, evolve, introduced_keys
from ..domain.names import LEDGER, party_name
from ..domain.needs import originator_id
from ..domain.state import used_digests
from .reading import MALFORMED, Item, Reading


class Gap(Exception):
    """What a rule asks for is not in the bundle."""


class Claimed(Gap):
    """Nothing less than the whole log decides this; the verdict says that it is the operator's claim."""


class PartialState:
    """The state between the bundle's entries: `at` an entry it is what precedes it, `apply` takes it in."""

    def __init__(self, reading: Reading) -> None:
        self.size = 0
        self.recorded_at = ""
        self.indexed = 0
        self._reading = reading
        self._places = {statement.id: index for index, statement in reversed(reading.statements)}
        self._creations = {
            subject.name
            for _, statement in reading.statements
            if statement.event in ("FactoryRegistered", "CriterionPublished")
            for subject in statement.subjects
        }
        self._aggregates: dict[str, Aggregate] = {}
        self._answers: dict[str, Aggregate] = {}  # of `aggregate`, until the stream grows
        self._pending: dict[str, list[Item]] = {}
        self._originators: dict[str, str] = {}
        self._key_parties: dict[str, str] = {}
        self._digests: set[str] = set()
        self._judged = ""
        self._histories_whole = False
        self._last = -1

    @property
    def is_dense(self) -> bool:
        """Whether the entry right before the one in question is in the bundle."""
        return self._last == self.size - 1

    def at(self, item: Item) -> None:
        """Ask about this entry next."""
        assert item.statement is not None
        self.size = item.index
        self._judged = item.statement.id
        whole = (self._reading.is_whole("keys:" + slug) for slug in item.statement.issuers)
        self._histories_whole = item.index == 0 or all(whole)

    def apply(self, item: Item) -> None:
        """Take in an understood entry; it is folded only once somebody asks for its stream."""
        statement = item.statement
        assert statement is not None
        with suppress(*MALFORMED):
            stream = self._stream(statement)
            self._pending.setdefault(stream, []).append(item)
            self._answers.pop(stream, None)
            self._originators.setdefault(statement.id, stream)
            self._digests.update(used_digests(statement))
            for key_id, party in introduced_keys(statement):
                self._key_parties.setdefault(key_id, party)
            if statement.kind == "index":
                self.indexed = max(self.indexed, index_head(statement).size)

    def passed(self, item: Item) -> None:
        """Go on to what follows the entry, taken in or not."""
        self.recorded_at = max(self.recorded_at, item.recorded_at)
        self._last = item.index

    def _stream(self, statement: Statement) -> str:
        try:
            return originator_id(statement, self)
        except (Gap, Refusal):
            return statement.id  # it changes something that is not here

    def _fold(self, stream: str) -> Aggregate | None:
        """The stream so far. An entry that cannot be folded was refused by a rule, and changes nothing."""
        found = self._aggregates.get(stream)
        for item in self._pending.pop(stream, ()):
            with suppress(AssertionError, *MALFORMED):
                found = evolve(found, item.recorded)
        if found is not None:
            self._aggregates[stream] = found
        return found

    # --- the view -------------------------------------------------------------

    def aggregate(self, originator_id: str) -> Aggregate | None:
        # Rules ask for a party a dozen times an entry.
        found = self._answers.get(originator_id) or self._shown(originator_id)
        if found is not None:
            self._answers[originator_id] = found
        return found

    def _shown(self, originator_id: str) -> Aggregate | None:
        """The aggregate as far as the bundle shows it; raises `Gap` where it does not."""
        pending = originator_id in self._pending
        found = self._fold(originator_id) if pending else self._aggregates.get(originator_id)
        prefix, _, slug = originator_id.partition(":")
        if originator_id == LEDGER:
            if self.size and not isinstance(found, LedgerMain):
                raise Gap("entry 0")
        elif prefix == "party":
            # Keys and roles may have changed in an entry that is not here.
            if not self._reading.is_whole("keys:" + slug):
                raise Gap(f"the history of {party_name(slug)}")
            assert found is None or isinstance(found, Party)
        elif found is None and not self._is_still_to_come(originator_id):
            raise Gap(f"what created {originator_id}")
        return found

    def _is_still_to_come(self, name: str) -> bool:
        """Whether the bundle shows that nothing had created the name yet."""
        return name in self._creations or self._reading.is_whole(name)

    def originator_of(self, statement_id: str) -> str | None:
        found = self._originators.get(statement_id)
        # What stands further on in the log is no gap: it was not there yet.
        is_later = self._places.get(statement_id, -1) >= self.size
        if found is None and statement_id != self._judged and not is_later:
            raise Gap(f"the statement {statement_id}")
        return found

    def party_of_key(self, key_id: str) -> str | None:
        found = self._key_parties.get(key_id)
        if found is None and not self._histories_whole:
            raise Gap(f"the key {key_id}")
        return found

    def index_head(self, size: int) -> IndexHead:
        raise Claimed(f"the index over all of the first {size} entries")

    def digest_seen(self, digest: str) -> bool:
        return digest in self._digests
