"""What signing a draft means: what everybody keeps for ever, and what its author can have erased later."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from api.client.signed import Signed
from api.drafts.build import Built
from ledger.core import disclosure
from ledger.core.statement import Statement


@dataclass(frozen=True, slots=True)
class Explained:
    """Lines `name: value` of the two parts of a statement; `hidden` counts digests that nothing opens."""

    id: str
    event: str
    permanent: tuple[str, ...]
    erasable: tuple[str, ...]
    hidden: int = 0

    def to_json(self) -> dict[str, object]:
        return {
            "id": self.id,
            "event": self.event,
            "permanent": list(self.permanent),
            "erasable": list(self.erasable),
            "hidden": self.hidden,
        }


def explain(built: Built) -> Explained:
    """The two parts of what a draft became."""
    refs = [_reference(ref.rel, ref.target, ref.locator) for ref in built.draft.refs]
    found = explain_statement(built.statement, built.disclosures, refs)
    if built.file is None:
        return found
    document = f"document: {built.file.size} bytes (its digest {built.file.sha256} stays)"
    return replace(found, erasable=(*found.erasable, document))


def explain_signed(signed: Signed) -> Explained:
    """The two parts of what somebody else wrote and is about to be signed, too."""
    statement = signed.statement()
    refs = [_reference(ref.rel, ref.id, ref.locator) for ref in statement.refs]
    return explain_statement(statement, signed.disclosures, refs)


def explain_statement(statement: Statement, disclosures: Iterable[str], refs: Iterable[str]) -> Explained:
    """The two parts of a statement; `refs` are its references in words."""
    erasable = [disclosure.parse(text) for text in disclosures]
    lines = [f"{item.name}: {_plain(item.value)}" for item in erasable]
    hidden = len(set(statement.digests) - {item.digest for item in erasable})
    return Explained(statement.id, statement.event, tuple(_permanent(statement, refs)), tuple(lines), hidden)


def _reference(rel: str, target: str, locator: str | None) -> str:
    return f"refers to: {rel} {target}" + (f" at {locator}" if locator else "")


def _permanent(statement: Statement, refs: Iterable[str]) -> Iterator[str]:
    yield f"event: {statement.event}"
    yield f"signed by: {', '.join(statement.issuers)}"
    if statement.claimants != statement.issuers:
        yield f"said by: {', '.join(statement.claimants)}"
    if statement.attribution is not None:
        relays = ", ".join(statement.attribution.via)
        yield f"given as: {statement.attribution.form}" + (f", by way of {relays}" if relays else "")
    if statement.visibility != "public":
        yield f"visibility: {statement.visibility}"
    if statement.audience:
        yield f"audience: {', '.join(statement.audience)}"
    for name, value in (("said", statement.said), ("occurred", statement.occurred)):
        if value is not None:
            yield f"{name}: {value}"
    yield f"issued at: {statement.issued_at}"
    for subject in statement.subjects:
        yield f"about: {subject.name}"
    yield from refs
    yield from (f"{name}: {_plain(value)}" for name, value in statement.claim.items() if name != "_sd")
    if statement.digests:
        yield f"digests of what can be erased: {len(statement.digests)}"


def _plain(value: Any) -> str:
    if isinstance(value, Mapping) and value.keys() == {"lang", "text"}:
        return str(value["text"])
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
