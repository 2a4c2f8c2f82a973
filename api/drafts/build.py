"""From a draft to the bytes that are signed: pinned digests, closed subjects, disclosures.

The steps, in order: 1 references are pinned to statement ids; 2 subjects are closed over what the statement
refers to (protocol section 2) and pinned; 3 the claim is split into what stays in the log for ever and what
can be erased; 4 the payload is encoded and decoded again, so that a draft fails here and not at the ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from api.drafts.claim import split_claim
from api.drafts.draft import Draft, DraftRef
from api.drafts.resolver import CREATING, Resolver, Target
from api.drafts.terms import mend_of
from api.drafts.yaml_text import DraftError
from ledger.core import canonical, disclosure
from ledger.core.refusal import Refusal
from ledger.core.statement import (
    PREDICATE_TYPE,
    STATEMENT_TYPE,
    Statement,
    decode_statement,
    first_digest,
)

# Kinds whose subjects include every factory and party of what they refer to, so that no reply escapes a
# history.
CLOSED_KINDS = frozenset({"response", "request", "commitment", "progress", "link", "amendment", "control"})
NOT_CLOSED_OVER = frozenset({"criterion", "document"})
PINNED_PREFIXES = ("party:", "factory:", "criterion:")
SENSITIVE_ISSUE = "harassment-gbv"


@dataclass(frozen=True, slots=True)
class LedgerIdentity:
    """The ledger that a statement is bound to: its origin and the statement id of entry 0."""

    origin: str
    genesis: str


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a statement says about a document's bytes: SHA-256 (64 hex) and size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Built:
    """A statement ready to be signed, with the disclosures that travel beside it."""

    draft: Draft
    statement: Statement
    disclosures: tuple[str, ...]
    file: FileFacts | None = None


def build(
    draft: Draft,
    resolver: Resolver,
    ledger: LedgerIdentity,
    issued_at: str,
    salt: Callable[[], bytes],
    file: FileFacts | None = None,
) -> Built:
    """The statement that a draft stands for.

    `issued_at` (`YYYY-MM-DDThh:mm:ssZ`) is used when the draft gives none; `salt` returns 16 random bytes a
    call; `file` describes the document that the draft takes in. Raises DraftError (a name nobody knows) and
    Refusal (the statement would be refused).
    """
    _refuse_sealed(draft)
    targets = [_target(draft, ref, resolver) for ref in draft.refs]
    subjects = _subjects(draft, targets, file)
    split = split_claim(draft, _file_members(draft, file), resolver, visibility_of(draft) == "public")
    made = [(item, disclosure.make(salt(), item.name, item.value)) for item in split.disclosed]
    predicate = _predicate(draft, ledger, issued_at)
    predicate["refs"] = _pinned_refs(draft.refs, targets)
    predicate["claim"] = split.with_digests([(item.place, disclosure.digest(text)) for item, text in made])
    payload = canonical.encode(
        {
            "_type": STATEMENT_TYPE,
            "subject": [_pinned_subject(draft, name, resolver, ledger) for name in subjects],
            "predicateType": PREDICATE_TYPE + draft.kind,
            "predicate": predicate,
        }
    )
    return Built(draft, decode_draft(draft, payload), tuple(text for _, text in made), file)


def _refuse_sealed(draft: Draft) -> None:
    if visibility_of(draft) == "sealed":
        raise DraftError(
            f"{draft.where}: sealed statements cannot be made yet",
            "keep the draft; for named parties alone write `visibility: parties`, "
            "for the bare issue, known to all for ever, `visibility: public`",
        )


def decode_draft(draft: Draft, payload: bytes) -> Statement:
    """Decode what was built; a refusal names the draft."""
    try:
        return decode_statement(payload)
    except Refusal as refusal:
        mend = mend_of(refusal, canonical.decode(payload))
        raise Refusal(refusal.code, f"{draft.where}: {refusal.what}", refusal.where, mend) from refusal


def _target(draft: Draft, ref: DraftRef, resolver: Resolver) -> Target:
    """Step 1: a label, a name or an id becomes a statement."""
    if ref.target.startswith(PINNED_PREFIXES):
        named = resolver.named(ref.target)
        if named is not None:
            return Target(named, ref.target.partition(":")[0], (ref.target,))
    else:
        found = resolver.target(ref.target.removeprefix("statement:"))
        if found is not None:
            return found
    raise DraftError(
        f"{draft.where}: {ref.rel} points to {ref.target}, which is not known here",
        "name a label signed in this folder, a name such as factory:x, or a statement id",
    )


def _pinned_refs(refs: Iterable[DraftRef], targets: Iterable[Target]) -> list[dict[str, Any]]:
    pinned = [
        {"rel": ref.rel, "name": f"statement:{target.id}", "digest": {"sha256": target.id}}
        | ({"locator": ref.locator} if ref.locator else {})
        for ref, target in zip(refs, targets, strict=True)
    ]
    return sorted(pinned, key=lambda item: (item["rel"], item["digest"]["sha256"]))


def _subjects(draft: Draft, targets: Iterable[Target], file: FileFacts | None) -> list[str]:
    """Step 2: the subjects named, those of the documents taken in, and those that closure demands."""
    names = set(draft.subjects)
    if file is not None and _is_public(draft):
        names.add(f"document:{file.sha256}")
    for ref, target in zip(draft.refs, targets, strict=True):
        if (draft.kind in CLOSED_KINDS or ref.rel == "details") and target.kind not in NOT_CLOSED_OVER:
            names.update(name for name in target.subjects if name.startswith(("party:", "factory:")))
    names.update(_addressed(_asked(draft, targets).get("addressees", [])))
    return sorted(names or {"ledger:main"})


def _asked(draft: Draft, targets: Iterable[Target]) -> Mapping[str, Any]:
    """The members of a request, or those that an amendment of one sets."""
    if draft.kind == "request":
        return draft.claim
    amended = zip(draft.refs, targets, strict=True) if draft.kind == "amendment" else ()
    of_request = any(ref.rel == "amends" and target.kind == "request" for ref, target in amended)
    found = draft.claim.get("set") if of_request else None
    return found if isinstance(found, Mapping) else {}


def _addressed(addressees: Any) -> Iterable[str]:
    """Addressees are party slugs, `factory:` names or `group:` codes, or one of these; groups are no
    subjects.
    """
    for addressee in map(str, addressees if isinstance(addressees, list) else [addressees]):
        if addressee.startswith("factory:"):
            yield addressee
        elif not addressee.startswith("group:"):
            yield f"party:{addressee}"


def _pinned_subject(draft: Draft, name: str, resolver: Resolver, ledger: LedgerIdentity) -> dict[str, Any]:
    return {"name": name, "digest": {"sha256": _subject_digest(draft, name, resolver, ledger)}}


def _subject_digest(draft: Draft, name: str, resolver: Resolver, ledger: LedgerIdentity) -> str:
    if name == "ledger:main":
        return ledger.genesis
    if name.startswith("document:"):
        return name.removeprefix("document:")
    named = resolver.named(name)
    if named is not None:
        return named
    if draft.event in CREATING and name.startswith(f"{draft.kind}:"):
        return first_digest(ledger.genesis, name)
    raise DraftError(
        f"{draft.where}: nobody has registered {name} in this ledger",
        "enter its registration or listing first, or mend the spelling",
    )


def _predicate(draft: Draft, ledger: LedgerIdentity, issued_at: str) -> dict[str, Any]:
    optional: dict[str, Any] = {
        "claimants": sorted(set(draft.claimants)),
        "attribution": _attribution(draft),
        "said": draft.said,
        "occurred": draft.occurred,
        "submitBy": draft.submit_by,
        "audience": sorted(set(draft.audience)),
    }
    return {
        "ledger": {"origin": ledger.origin, "genesis": ledger.genesis},
        "event": draft.event,
        "visibility": visibility_of(draft),
        "issuers": sorted(set(draft.issuers)),
        "issuedAt": draft.issued_at or issued_at,
    } | {name: value for name, value in optional.items() if value}


def _attribution(draft: Draft) -> dict[str, Any] | None:
    if draft.attribution is None:
        return None
    via = draft.attribution.get("via", [])
    return {**draft.attribution, "via": list(via)} if via else {"form": draft.attribution.get("form", "")}


def visibility_of(draft: Draft) -> str:
    """What the draft says; public otherwise, but sealed when its issue is harassment or gender-based
    violence.
    """
    if draft.visibility is not None:
        return draft.visibility
    return "sealed" if SENSITIVE_ISSUE in _issues(draft.claim) else "public"


def _issues(claim: Mapping[str, Any]) -> set[str]:
    """Level 1 of every issue in a claim, those that an amendment sets included."""
    found = claim.get("issue", [])
    issues = {str(issue).partition("/")[0] for issue in (found if isinstance(found, list) else [found])}
    inner = claim.get("set")
    return issues | (_issues(inner) if isinstance(inner, Mapping) else set())


def _is_public(draft: Draft) -> bool:
    return visibility_of(draft) == "public"


def _file_members(draft: Draft, file: FileFacts | None) -> dict[str, Any]:
    """`media` and `size` follow from the file; a person never types them."""
    if file is None or draft.file is None:
        return {}
    return {"media": draft.file.media, "size": file.size}
