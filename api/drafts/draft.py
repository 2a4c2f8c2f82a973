"""A draft as read: the same members as a statement's predicate, with names and labels where digests will
stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from api.drafts.yaml_text import DraftError, read_yaml
from ledger.core.kinds import EVENTS


@dataclass(frozen=True, slots=True)
class DraftRef:
    """`rel: target` or `rel: target#locator`; the target is a label, a name such as `factory:x`, or a
    statement id.
    """

    rel: str
    target: str
    locator: str | None = None


@dataclass(frozen=True, slots=True)
class DraftFile:
    """The document whose bytes a `DocumentCaptured` takes in: a path beside the draft, and its media type."""

    path: str
    media: str


@dataclass(frozen=True, slots=True)
class Draft:
    """One draft. `where` is its place for messages; everything absent is None or empty."""

    where: str
    label: str | None
    kind: str
    event: str
    issuers: tuple[str, ...]
    subjects: tuple[str, ...]
    refs: tuple[DraftRef, ...]
    claim: Mapping[str, Any]
    claimants: tuple[str, ...] = ()
    attribution: Mapping[str, Any] | None = None
    said: str | None = None
    occurred: str | None = None
    issued_at: str | None = None
    submit_by: str | None = None
    visibility: str | None = None
    audience: tuple[str, ...] = ()
    disclose: frozenset[str] = field(default_factory=frozenset)
    lang: str = "en"
    file: DraftFile | None = None


MEMBERS = frozenset(
    {"label", "kind", "event", "type", "lang", "issuers", "claimants", "attribution", "subjects", "refs"}
    | {"said", "occurred", "issuedAt", "submitBy", "visibility", "audience", "claim", "disclose", "file"}
)


def read_drafts(text: str, name: str) -> list[Draft]:
    """The drafts of one YAML file: one mapping, a list of them, or `{defaults: {...}, drafts: [...]}`.

    A member in `defaults` holds for every draft that does not give it. Raises DraftError beginning with
    `name`.
    """
    try:
        value = read_yaml(text)
    except DraftError as error:
        raise DraftError(f"{name}: {error.what}", error.mend) from error
    return [_draft(f"{name}: {where}", item) for where, item in _items(name, value)]


def _items(name: str, value: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    defaults: Mapping[str, Any] = {}
    if isinstance(value, Mapping) and "drafts" in value:
        surplus = sorted(value.keys() - {"defaults", "drafts"})
        if surplus:
            raise DraftError(f"{name}: {surplus[0]} stands beside drafts", "move it into defaults")
        defaults, value = value.get("defaults", {}), value["drafts"]
    items = value if isinstance(value, list) else [value]
    for number, item in enumerate(items, 1):
        if not isinstance(item, Mapping) or not isinstance(defaults, Mapping):
            raise DraftError(f"{name}: draft {number} is not a mapping", "see `evidence draft KIND`")
        label = item.get("label")
        # A member with nothing behind the colon is as good as absent.
        given = {name: member for name, member in {**defaults, **item}.items() if member != ""}
        yield (str(label) if label else f"draft {number}"), given


def _draft(where: str, value: Mapping[str, Any]) -> Draft:
    unknown = sorted(value.keys() - MEMBERS)
    if unknown:
        raise DraftError(f"{where}: unknown member {unknown[0]}", f"members are {', '.join(sorted(MEMBERS))}")
    kind, event = _event(where, value)
    return Draft(
        where,
        _label(where, value),
        kind,
        event,
        _texts(where, value, "issuers"),
        _texts(where, value, "subjects"),
        tuple(_refs(where, value.get("refs", []))),
        _mapping(where, value, "claim") or {},
        claimants=_texts(where, value, "claimants"),
        attribution=_mapping(where, value, "attribution"),
        said=_text(where, value, "said"),
        occurred=_text(where, value, "occurred"),
        issued_at=_text(where, value, "issuedAt"),
        submit_by=_text(where, value, "submitBy"),
        visibility=_text(where, value, "visibility"),
        audience=_texts(where, value, "audience"),
        disclose=frozenset(_texts(where, value, "disclose")),
        lang=_text(where, value, "lang") or "en",
        file=_file(where, value),
    )


def _label(where: str, value: Mapping[str, Any]) -> str | None:
    """The label, which names the signed file, too: whoever wrote the draft does not choose its folder."""
    label = _text(where, value, "label")
    if label is not None and (not label.strip(". ") or _NO_FILE_NAME.search(label)):
        raise DraftError(f"{where}: the label {label!r:.80} names no file", "leave out slashes and the like")
    return label


_NO_FILE_NAME = re.compile(r"[/\\\x00-\x1f\x7f]")


def _event(where: str, value: Mapping[str, Any]) -> tuple[str, str]:
    """The event, or the one that kind and type stand for."""
    event, kind, type_ = (_text(where, value, member) for member in ("event", "kind", "type"))
    if event is None:
        fitting = [name for name, (of, also) in EVENTS.items() if of == kind and type_ in (None, also)]
        if len(fitting) != 1:
            choice = ", ".join(fitting) or "see `evidence draft --help` for the kinds"
            raise DraftError(
                f"{where}: kind and event do not name one kind of statement", f"add event: {choice}"
            )
        event = fitting[0]
    if event not in EVENTS or kind not in (None, EVENTS[event][0]):
        raise DraftError(
            f"{where}: {event} is not an event of {kind or 'any kind'}", "see `evidence draft KIND`"
        )
    return EVENTS[event][0], event


def _refs(where: str, value: Any) -> Iterator[DraftRef]:
    if not isinstance(value, list):
        raise DraftError(f"{where}: refs is not a list", "write `refs:` and below it `- rel: target` lines")
    for item in value:
        if not isinstance(item, Mapping) or len(item) != 1:
            raise DraftError(f"{where}: a reference is not `rel: target`", "write one `- rel: target` a line")
        ((rel, target),) = item.items()
        name, _, locator = str(target).partition("#")
        yield DraftRef(str(rel), name, locator or None)


def _file(where: str, value: Mapping[str, Any]) -> DraftFile | None:
    file = value.get("file")
    if file is None:
        return None
    if isinstance(file, str):
        file = {"path": file, "media": "application/octet-stream"}
    if not isinstance(file, Mapping) or file.keys() != {"path", "media"}:
        raise DraftError(
            f"{where}: file is not {{path, media}}", "write `file: {path: scan.pdf, media: application/pdf}`"
        )
    return DraftFile(str(file["path"]), str(file["media"]))


def _text(where: str, value: Mapping[str, Any], member: str) -> str | None:
    found = value.get(member)
    if found is None:
        return None
    if not isinstance(found, str | int) or isinstance(found, bool):
        raise DraftError(f"{where}: {member} is not a single value", "see `evidence draft KIND`")
    return str(found)


def _texts(where: str, value: Mapping[str, Any], member: str) -> tuple[str, ...]:
    found = value.get(member, [])
    found = [found] if isinstance(found, str | int) else found
    if not isinstance(found, list) or not all(isinstance(item, str | int) for item in found):
        raise DraftError(f"{where}: {member} is not a list", f"write `{member}: [a, b]`")
    return tuple(str(item) for item in found)


def _mapping(where: str, value: Mapping[str, Any], member: str) -> Mapping[str, Any] | None:
    found = value.get(member)
    if found is not None and not isinstance(found, Mapping):
        raise DraftError(f"{where}: {member} is not a mapping", "see `evidence draft KIND`")
    return found
