"""Signed statements of about 1 KB, as many as a round needs, that the ledger under test accepts."""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ledger.core.envelope import to_json_value
from ledger.core.grammar import milliseconds
from ledger.core.statement import read_recorded
from tests.support.builder import KeyPair, Log, Signed

if TYPE_CHECKING:
    from collections.abc import Callable

AUTHOR = "clw"
FACTORY = "factory:bench"
TEXT = "What the workers of one line say about the training that they were given before they started. " * 2


@dataclass(frozen=True, slots=True)
class SeedKey(KeyPair):
    """A key whose seed comes from a key file."""

    secret: bytes = b""

    @property
    def seed(self) -> bytes:
        return self.secret


@dataclass
class Scene:
    """A log as far as the author needs it: one party, one factory, and things to refer to."""

    log: Log
    refs: list[tuple[str, str]]

    @classmethod
    def enter(cls, genesis: bytes, registrar: bytes, submit: Callable[[Signed], bytes]) -> Scene:
        """Register the author and what it refers to, through `submit`, which returns the entry bytes."""
        recorded = read_recorded(0, genesis)
        log = Log(origin=recorded.statement.origin, now=milliseconds(recorded.recorded_at))
        log.state.apply(recorded)
        log.recorded.append(recorded)
        log.keys["registrar"] = SeedKey("registrar", secret=registrar)

        def say(event: str, by: str, **more: Any) -> str:
            signed = log.draft(event, by, **more)
            entry = read_recorded(log.state.size, submit(signed))
            log.state.apply(entry)
            log.recorded.append(entry)
            return signed.statement.id

        key = KeyPair(AUTHOR)
        described = {"entity": "organisation", "roles": ["ngo"], "checked": "demo", "firstKey": key.claim()}
        signers = (log.keys["registrar"], key)
        say("PartyRegistered", "registrar", about=[f"party:{AUTHOR}"], claim=described, signers=signers)
        log.keys[AUTHOR] = key
        level = {"level": "factory", "country": "CN"}
        say("FactoryRegistered", "registrar", about=[FACTORY], claim=level)
        report = {"form": "report", "availability": "public"}
        document = say("DocumentReferenced", AUTHOR, about=[FACTORY], claim=report)
        return cls(log, [("statedIn", document), ("basedOn", document)])

    def body(self, number: int) -> bytes:
        """The request that submits the `number`th allegation; every number gives another statement."""
        signed = self.log.draft(
            "AllegationMade",
            AUTHOR,
            about=[FACTORY],
            claim={"issue": "osh/pre-job-training", "period": "2025"},
            hidden={"text": {"lang": "en", "text": f"{number}: {TEXT}"}},
            refs=self.refs,
            occurred="2025-06/2025-10",
            said="2026-01-05",
        )
        request = {"envelope": to_json_value(signed.envelope), "disclosures": list(signed.disclosures)}
        return json.dumps(request, separators=(",", ":")).encode()

    def bodies(self, first: int, count: int) -> list[bytes]:
        """`count` request bodies from number `first` on, made on both cores."""
        size = -(-count // 8)
        starts = range(first, first + count, size)
        with ProcessPoolExecutor(2) as pool:
            parts = pool.map(_some, [(self, at, min(size, first + count - at)) for at in starts])
            return [body for part in parts for body in part]


def _some(job: tuple[Scene, int, int]) -> list[bytes]:
    scene, first, count = job
    # The counter makes salts, and equal salts make equal digests, which a ledger takes once.
    scene.log._salts = first * 2 + 1_000_000
    return [scene.body(number) for number in range(first, first + count)]
