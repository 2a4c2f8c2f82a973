"""A log in memory for folds and projections: unsigned entries in the form of the log, for readers who trust
it.

Nothing is admitted or verified here; tests of rules use real keys and the real sequencer.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from typing import Any

import psycopg

from ledger.core import canonical
from ledger.core.disclosure import digest, make, parse
from ledger.core.kinds import EVENTS
from ledger.core.statement import Recorded, read_recorded, resolve
from projections.items import Item, Slice

GENESIS = "0" * 64
SALT_SEED = b"small log"


class SmallLog:
    """Statements in the order they are `say`n; a name's digest is the id of what first named it."""

    def __init__(self) -> None:
        self.entries: list[bytes] = []
        self.disclosures: list[list[str]] = []
        self.recorded: list[Recorded] = []
        self.made: dict[str, str] = {}

    def say(
        self,
        event: str,
        subjects: str | list[str],
        claim: dict[str, Any] | None = None,
        *,
        by: str | list[str] = "ngo",
        refs: list[tuple[str, ...]] = (),  # type: ignore[assignment]
        at: str = "2020-01-01",
        hidden: dict[str, Any] | None = None,
        withheld: bool = False,
        **predicate: Any,
    ) -> str:
        """Append a statement issued by `by` on day `at`; `hidden` members become disclosures. The statement's
        id.

        `refs` are (rel, id) or (rel, id, locator).
        """
        texts = [self._disclose(name, value) for name, value in (hidden or {}).items()]
        content = dict(claim or {})
        if texts:
            content["_sd"] = sorted(digest(text) for text in texts)
        issued = at if "T" in at else f"{at}T09:00:00Z"
        payload = canonical.encode(
            {
                "_type": "https://in-toto.io/Statement/v1",
                "predicateType": f"urn:evidence-ledger:v1:{EVENTS[event][0]}",
                "predicate": {
                    "claim": content,
                    "event": event,
                    "issuedAt": issued,
                    "issuers": sorted([by] if isinstance(by, str) else by),
                    "ledger": {"genesis": GENESIS, "origin": "ledger.example.org/test"},
                    "refs": [_ref(*ref) for ref in refs],
                    "visibility": "public",
                    **predicate,
                },
                "subject": self._subjects([subjects] if isinstance(subjects, str) else subjects),
            }
        )
        return self._append(payload, f"{issued[:-1]}.000Z", [] if withheld else texts)

    def _subjects(self, names: list[str]) -> list[dict[str, Any]]:
        digests = {name: self.made.get(name, hashlib.sha256(name.encode()).hexdigest()) for name in names}
        return [{"digest": {"sha256": digests[name]}, "name": name} for name in sorted(names)]

    def _append(self, payload: bytes, recorded_at: str, texts: list[str]) -> str:
        envelope = {
            "payload": b64encode(payload).decode(),
            "payloadType": "application/vnd.in-toto+json",
            "signatures": [{"keyid": GENESIS, "sig": b64encode(bytes(64)).decode()}],
        }
        entry = canonical.encode({"envelope": envelope, "recordedAt": recorded_at})
        recorded = read_recorded(len(self.entries), entry)
        self.entries.append(entry)
        self.disclosures.append(texts)
        self.recorded.append(recorded)
        for subject in recorded.statement.subjects:
            self.made.setdefault(subject.name, recorded.statement.id)
        return recorded.statement.id

    def _disclose(self, name: str, value: Any) -> str:
        seed = SALT_SEED + json.dumps([len(self.entries), name]).encode()
        return make(hashlib.sha256(seed).digest()[:16], name, value)

    def items(self, size: int | None = None) -> list[Item]:
        """The first `size` statements with all their disclosures."""
        return [self._item(index) for index in range(len(self.entries) if size is None else size)]

    def _item(self, index: int) -> Item:
        recorded = self.recorded[index]
        resolved = resolve(recorded.statement.claim, [parse(text) for text in self.disclosures[index]])
        return Item(recorded, resolved.claim, resolved.withheld)

    def slice(self, size: int | None = None) -> Slice:
        return Slice.of(self.items(size))

    def store(self, url: str, size: int | None = None) -> None:
        """Write the entries that the database does not hold yet into the store's tables, as an append leaves
        them.
        """
        with psycopg.connect(url) as conn:
            row = conn.execute("SELECT size FROM ledger_head FOR UPDATE").fetchone()
            assert row is not None
            end = len(self.entries) if size is None else size
            for index in range(row[0], end):
                self._store(conn, index)
            conn.execute("UPDATE ledger_head SET size = %s", (end,))

    def _store(self, conn: psycopg.Connection[Any], index: int) -> None:
        statement = self.recorded[index].statement
        conn.execute(
            "INSERT INTO ledger_event VALUES (%s, 1, %s, %s, %s)",
            (statement.id, statement.topic, self.entries[index], index + 1),
        )
        conn.execute(
            "INSERT INTO ledger_entry VALUES (%s, %s, %s, 1, %s)",
            (index, statement.id, statement.id, hashlib.sha256(self.entries[index]).digest()),
        )
        held = {digest(text): text for text in self.disclosures[index]}
        for one in statement.digests:
            conn.execute("INSERT INTO disclosure VALUES (%s, %s, %s)", (one, index, held.get(one)))


def _ref(rel: str, target: str, locator: str | None = None) -> dict[str, Any]:
    ref: dict[str, Any] = {"digest": {"sha256": target}, "name": f"statement:{target}", "rel": rel}
    return ref if locator is None else ref | {"locator": locator}
