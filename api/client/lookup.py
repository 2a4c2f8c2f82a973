"""Names and ids looked up at a ledger, for drafts that refer to what others have entered."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from api.client.http import Client
from api.drafts.resolver import Target, target_of
from ledger.core.entry import decode_entry
from ledger.core.statement import decode_statement
from ledger.domain.names import OPERATOR, REGISTRAR

PATHS = {"party": "/v1/parties/{slug}", "factory": "/v1/factories/{slug}"}
FOUNDERS = frozenset({f"party:{OPERATOR}", f"party:{REGISTRAR}"})


class RemoteResolver:
    """A `Resolver` that asks the ledger; every answer is asked for once."""

    def __init__(self, client: Client, genesis: str) -> None:
        self._client = client
        self._genesis = genesis
        self._names: dict[str, str | None] = {}
        self._targets: dict[str, Target | None] = {}

    def named(self, name: str) -> str | None:
        if name in FOUNDERS:
            return self._genesis
        if name not in self._names:
            self._names[name] = self._ask_name(name)
        return self._names[name]

    def target(self, label_or_id: str) -> Target | None:
        if len(label_or_id) != 64:
            return None  # labels are the author's own; the ledger knows ids
        if label_or_id not in self._targets:
            self._targets[label_or_id] = self._ask_statement(label_or_id)
        return self._targets[label_or_id]

    def public_key(self, name: str) -> Mapping[str, object] | None:  # noqa: ARG002 - key files are local
        return None

    def key_of(self, party: str, key_id: str) -> Mapping[str, Any] | None:
        """A party's key as the ledger shows it, revoked or not; None where the party never had it."""
        answer = self._client.find(PATHS["party"].format(slug=party)) or {}
        return next((key for key in answer.get("keys", ()) if key["keyId"] == key_id), None)

    def _ask_name(self, name: str) -> str | None:
        kind, _, slug = name.partition(":")
        if kind == "criterion":
            return self._ask_criterion(name)
        if kind not in PATHS:
            return None
        answer = self._client.find(PATHS[kind].format(slug=slug))
        return _creating_id(answer, name) if answer else None

    def _ask_criterion(self, name: str) -> str | None:
        for page in self._client.pages("/v1/criteria"):
            for clause in clauses(page):
                if clause.get("name") == name:
                    return str(clause["id"])
        return None

    def _ask_statement(self, statement_id: str) -> Target | None:
        answer = self._client.find(f"/v1/statements/{statement_id}")
        if not answer:
            return None
        entry = decode_entry(b64decode(answer["entry"]))
        statement = decode_statement(entry.envelope.payload)
        # A server could answer with another statement; the id is the digest of what was signed.
        return target_of(statement) if statement.id == statement_id else None


def _creating_id(answer: Mapping[str, Any], name: str) -> str | None:
    """The id behind the name itself, not behind what it became."""
    if answer.get("name") == name:
        return str(answer["id"])
    for line in answer.get("history", []):
        if name in line.get("subjects", []) and line["event"] in (
            "FactoryRegistered",
            "PartyRegistered",
            "PartyListed",
        ):
            return str(line["id"])
    return None


def clauses(page: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The clauses on a page of the criteria comparison."""
    return [clause for item in page.get("items", []) for clause in item.get("clauses", [])]
