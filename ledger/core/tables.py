"""What a table of a kind consists of: members, references, subjects.

A row names a member of `claim`, its type, and where it may stand: `required` and `optional` members stand in
the clear (optional ones may be disclosures instead), `hidden` ones are disclosures only, `due` ones are
disclosures that the resolved form must have. Rows may hold for some events only, or for public or other
statements only.
"""

from collections.abc import Mapping
from typing import NamedTuple

from .events import events_of
from .fields import Type

REQUIRED, OPTIONAL, HIDDEN, DUE = "required", "optional", "hidden", "due"


class Row(NamedTuple):
    """One member of `claim`. `public` None: in any statement, else only in public or only in other ones."""

    name: str
    type: Type
    presence: str
    events: frozenset[str] | None = None
    public: bool | None = None

    def holds(self, event: str, public: bool) -> bool:
        return (self.events is None or event in self.events) and self.public in (None, public)


class RefRule(NamedTuple):
    """A reference that a kind may carry: its `rel`, the kinds it may point to, the events that have it."""

    rel: str
    targets: frozenset[str]
    events: frozenset[str] | None = None


class Count(NamedTuple):
    """How many references with one of these `rels` a statement has; `high` None: no limit of its own."""

    rels: frozenset[str]
    low: int
    high: int | None
    events: frozenset[str] | None = None


class SubjectRule(NamedTuple):
    """How many subjects with this prefix a statement has, and whether it may have subjects of another one.

    `public` None: in any statement, else only in public or only in other ones.
    """

    prefix: str
    low: int
    high: int
    others: bool = False
    events: frozenset[str] | None = None
    public: bool | None = None

    def holds(self, event: str, public: bool) -> bool:
        return (self.events is None or event in self.events) and self.public in (None, public)


class Kind(NamedTuple):
    """One kind of statement. `issuers` is set where the protocol fixes who signs."""

    name: str
    doc: str
    rows: tuple[Row, ...]
    ref_rules: tuple[RefRule, ...] = ()
    counts: tuple[Count, ...] = ()
    subject_rules: tuple[SubjectRule, ...] = ()
    visibilities: frozenset[str] = frozenset({"public", "parties", "sealed"})
    discloses: bool = True
    issuers: tuple[str, ...] = ()

    @property
    def events(self) -> Mapping[str, str | None]:
        return events_of(self.name)

    @property
    def refs(self) -> Mapping[str, frozenset[str]]:
        """What each `rel` of this kind may point to."""
        return {rule.rel: rule.targets for rule in self.ref_rules}

    @property
    def disclosures_only(self) -> frozenset[str]:
        """Members that never stand in the clear."""
        clear = {row.name for row in self.rows if row.presence in (REQUIRED, OPTIONAL)}
        return frozenset(row.name for row in self.rows) - clear

    def rows_for(self, event: str, public: bool) -> dict[str, Row]:
        """The members of `claim` under this event, by name."""
        return {row.name: row for row in self.rows if row.holds(event, public)}

    def refs_for(self, event: str) -> dict[str, RefRule]:
        return {rule.rel: rule for rule in self.ref_rules if rule.events is None or event in rule.events}

    def counts_for(self, event: str) -> tuple[Count, ...]:
        return tuple(count for count in self.counts if count.events is None or event in count.events)

    def subject_rules_for(self, event: str, public: bool) -> tuple[SubjectRule, ...]:
        return tuple(rule for rule in self.subject_rules if rule.holds(event, public))
