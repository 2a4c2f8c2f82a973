"""Bundles of a log in memory: the real builder over a source that reads a `Log`, its checkpoint signed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ledger.bundles import BundleSource, Indexed, Prepared, TimeStamped, prepare
from ledger.core.bundle import Bundle, parse_bundle
from ledger.core.checkpoint import Checkpoint, sign_checkpoint
from ledger.core.index import IndexTree, KeyProof, index_head, statement_keys
from ledger.core.merkle import Frontier, leaf_hash
from ledger.core.note import Signer, Verifier
from ledger.core.receipt import Trust
from tests.support.builder import LOG_KEY, Log


@dataclass
class MemorySource(BundleSource):
    """Everything by looking through all entries; slow and plain, to hold the database's source against."""

    log: Log

    def published_index(self, size: int) -> Indexed | None:
        found = [
            Indexed(one.index, index_head(one.statement).size)
            for one in self.log.recorded[:size]
            if one.statement.kind == "index"
        ]
        return found[-1] if found else None

    def positions(self, key: str, size: int) -> Sequence[int]:
        return [one.index for one in self.log.recorded[:size] if key in statement_keys(one.statement)]

    def prove(self, keys: Sequence[str], size: int) -> Sequence[KeyProof]:
        tree = IndexTree()
        for recorded, entry in zip(self.log.recorded[:size], self.log.entries, strict=False):
            tree.extend(recorded, leaf_hash(entry))
        return [tree.prove(key) for key in keys]

    def find(self, statements: Collection[str]) -> Mapping[str, int]:
        return {one.statement.id: one.index for one in self.log.recorded if one.statement.id in statements}

    def terms(self, size: int) -> Sequence[int]:
        return [one.index for one in self.log.recorded[:size] if one.statement.kind == "ledger"]

    def changes(self, statements: Collection[str], size: int) -> Sequence[int]:
        return [
            one.index
            for one in self.log.recorded[:size]
            if one.statement.kind in ("amendment", "control")
            and any(ref.id in statements for ref in one.statement.refs)
        ]

    def entries(self, positions: Sequence[int]) -> Iterable[tuple[int, bytes]]:
        return [(position, self.log.entries[position]) for position in positions]

    def disclosures(self, positions: Sequence[int]) -> Mapping[int, Sequence[str]]:
        held = self.log.disclosures
        return {
            position: [held[one] for one in self.log.recorded[position].statement.digests if one in held]
            for position in positions
        }

    def node(self, level: int, first: int, count: int) -> Sequence[bytes]:
        leaves = [leaf_hash(entry) for entry in self.log.entries]
        if level == 0:
            return leaves[first : first + count]
        width = 1 << level
        starts = range(first * width, (first + count) * width, width)
        return [Frontier().append(leaves[at : at + width]).frontier.root() for at in starts]


def checkpoint(log: Log, size: int | None = None) -> str:
    """The signed checkpoint of the first `size` entries."""
    entries = log.entries[:size]
    root = Frontier().append([leaf_hash(entry) for entry in entries]).frontier.root()
    signer = Signer(log.origin, LOG_KEY.seed)
    return sign_checkpoint(Checkpoint(log.origin, len(entries), root), signer)


def prepared(log: Log, about: str, size: int | None = None, stamped: Iterable[TimeStamped] = ()) -> Prepared:
    return prepare(MemorySource(log), about, checkpoint(log, size), stamped)


def bundle_bytes(log: Log, about: str, size: int | None = None, stamped: Iterable[TimeStamped] = ()) -> bytes:
    """The bundle about a name in the tree of the log's first `size` entries."""
    return b"".join(prepared(log, about, size, stamped).lines())


def bundle(log: Log, about: str, size: int | None = None) -> Bundle:
    return parse_bundle(bundle_bytes(log, about, size))


def trust(log: Log) -> Trust:
    """Whom a reader of this log's bundles trusts."""
    signer = Signer(log.origin, LOG_KEY.seed)
    vkey = Verifier(signer.name, 1, LOG_KEY.public).vkey
    return Trust(log.origin, log.genesis_id, vkey, f"log {vkey}\nquorum none\n")


def case(log: Log | None = None) -> Log:
    """A small case: an NGO alleges, a certifier audits and finds nothing, the NGO asks how; all indexed."""
    log = log or Log.opened()
    log.register("ngo")
    log.register("certifier", roles=("certifier",))
    log.register("bystander")
    toys = log.factory("toys")
    log.factory("elsewhere")
    clause = log.criterion("training", "ngo", quantity={"value": "24", "unit": "h"})
    report = log.say(
        "DocumentReferenced",
        "ngo",
        claim={"form": "report", "availability": "public"},
        hidden={"title": {"lang": "en", "text": "The report"}},
    )
    alleged = log.say(
        "AllegationMade",
        "ngo",
        about=["factory:toys"],
        claim={"issue": "osh/pre-job-training"},
        hidden={"text": {"lang": "en", "text": "Training took four hours <b>&amp; no more</b>."}},
        refs=[("against", clause), ("basedOn", report)],
    )
    log.say("AllegationMade", "ngo", about=["factory:elsewhere"], claim={"issue": "osh/ppe"})
    audit = log.investigation("certifier", ["factory:toys"], ["certifier"])
    log.say(
        "DeterminationIssued",
        "certifier",
        about=["factory:toys"],
        claim={"outcome": "not-evidenced"},
        refs=[("about", alleged), ("within", audit)],
    )
    log.say(
        "QuestionAsked",
        "ngo",
        about=["factory:toys"],
        claim={"addressees": ["certifier"], "topic": "notice"},
        refs=[("about", audit)],
    )
    log.factory("toys-new")
    log.say(
        "FactoryMerged",
        "registrar",
        about=["factory:toys", "factory:toys-new"],
        claim={},
        refs=[("supersedes", toys)],
    )
    log.say("StatementExtended", "ngo", refs=[("amends", clause)], claim={})
    log.index()
    log.say("AllegationMade", "ngo", about=["factory:toys"], claim={"issue": "osh/ppe"})
    return log
