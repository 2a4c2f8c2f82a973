"""What signing a draft means: what everybody keeps for ever, and what its author can have erased later."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from api.drafts.build import Built
from ledger.core import disclosure


@dataclass(frozen=True, slots=True)
class Explained:
    """Lines `name: value` of the two parts of a statement."""

    id: str
    event: str
    permanent: tuple[str, ...]
    erasable: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        return {
            "id": self.id,
            "event": self.event,
            "permanent": list(self.permanent),
            "erasable": list(self.erasable),
        }


def explain(built: Built) -> Explained:
    """The two parts of what a draft became."""
    statement = built.statement
    erasable = [disclosure.parse(text) for text in built.disclosures]
    lines = [f"{item.name}: {_plain(item.value)}" for item in erasable]
    if built.file is not None:
        lines.append(f"document: {built.file.size} bytes (its digest {built.file.sha256} stays)")
    return Explained(statement.id, statement.event, tuple(_permanent(built)), tuple(lines))


def _permanent(built: Built) -> Iterator[str]:
    statement = built.statement
    yield f"event: {statement.event}"
    yield f"signed by: {', '.join(statement.issuers)}"
    if statement.claimants != statement.issuers:
        yield f"said by: {', '.join(statement.claimants)}"
    for name, value in (("said", statement.said), ("occurred", statement.occurred)):
        if value is not None:
            yield f"{name}: {value}"
    yield f"issued at: {statement.issued_at}"
    for subject in statement.subjects:
        yield f"about: {subject.name}"
    for ref in built.draft.refs:
        yield f"refers to: {ref.rel} {ref.target}" + (f" at {ref.locator}" if ref.locator else "")
    yield from _members(statement.claim)


def _members(claim: Mapping[str, Any]) -> Iterator[str]:
    for name, value in claim.items():
        if name == "_sd":
            yield f"digests of what can be erased: {len(value)}"
        else:
            yield f"{name}: {_plain(value)}"


def _plain(value: Any) -> str:
    if isinstance(value, Mapping) and {"lang", "text"} <= value.keys():
        return str(value["text"])
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
