"""Write the tables of docs/protocol-kinds.md from those in ledger.core: `python docs/generate_kinds.py`."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from ledger.core import values as v
from ledger.core.events import EVENTS
from ledger.core.fields import Type
from ledger.core.kinds import ATTRIBUTABLE, DUE, HIDDEN, KINDS, OPTIONAL, REQUIRED, Count, Kind, Row
from ledger.core.vocabulary import VOCABULARIES

TARGET = Path(__file__).parent / "protocol-kinds.md"

MARK = "<!-- From here on generated: python docs/generate_kinds.py -->\n"


def render(written: str) -> str:
    """The page: what is written by hand above the mark, and the tables below it."""
    parts = [
        written.partition(MARK)[0] + MARK,
        *_events(),
        *_values(),
        *(line for kind in KINDS.values() for line in _kind(kind)),
    ]
    return "\n".join([*parts, *_vocabularies()]).rstrip() + "\n"


def _table(header: str, rows: Iterable[Iterable[str]]) -> Iterator[str]:
    yield header
    yield "|" + "-|" * (header.count("|") - 1)
    for row in rows:
        yield "| " + " | ".join(row) + " |"
    yield ""


def _events() -> Iterator[str]:
    yield "## Events\n"
    yield "A `type` is what the event says beyond its kind; no claim repeats it.\n"
    rows = (
        (f"`{event}`", f"`{kind}`", f"`{type_}`" if type_ else "") for event, (kind, type_) in EVENTS.items()
    )
    yield from _table("| event | kind | type |", rows)


_VALUES: dict[str, Type] = {
    "text": v.TEXT,
    "quantity": v.QUANTITY,
    "sample": v.SAMPLE,
    "scope": v.SCOPE,
    "participant": v.PARTICIPANT,
    "key": v.KEY,
    "key of entry 0": v.GENESIS_KEY,
    "intervals": v.INTERVALS,
    "limits": v.LIMITS,
    "plaintext": v.PLAINTEXT,
}


def _values() -> Iterator[str]:
    yield "## Composite values\n"
    rows = (
        (f"**{name}** `{member}`", "required" if member in type_.schema["required"] else "optional", doc)
        for name, type_ in _VALUES.items()
        for member, doc in type_.members.items()
    )
    yield from _table("| member | | value |", rows)


def _kind(kind: Kind) -> Iterator[str]:
    yield f"## {kind.name}\n"
    yield f"{kind.doc}\n"
    yield from _facts(kind)
    yield ""
    yield from _table("| member | presence | value | where |", (_row(kind, row) for row in kind.rows))
    if kind.ref_rules:
        rules = kind.ref_rules
        rows = ((f"`{rule.rel}`", _codes(rule.targets), _where(kind, rule.events)) for rule in rules)
        yield from _table("| rel | to | where |", rows)


def _facts(kind: Kind) -> Iterator[str]:
    yield f"- events: {_codes(kind.events, ordered=True)}"
    yield f"- visibility: {_codes(kind.visibilities)}"
    if kind.name in ATTRIBUTABLE:
        yield "- attributable: may have `claimants` who do not sign"
    for issuer in kind.issuers:
        yield f"- issuer: exactly `{issuer}`"
    for rule in kind.subject_rules:
        only = "" if rule.others else ", and no others"
        where = _where(kind, rule.events, rule.public)
        found = f"{_number(rule.low, rule.high)} `{rule.prefix}:`{only}"
        yield f"- subjects: {found}{f' ({where})' if where else ''}"
    for count in kind.counts:
        yield f"- references: {_count(kind, count)}"


def _number(low: int, high: int | None) -> str:
    if low == high:
        return {0: "none", 1: "exactly one"}.get(low, f"exactly {low}")
    return f"at least {low}" if high is None else f"{low} to {high}"


def _count(kind: Kind, count: Count) -> str:
    rels = "stance" if len(count.rels) > 1 else f"`{min(count.rels)}`"
    where = _where(kind, count.events)
    return f"{_number(count.low, count.high)} {rels}{f' ({where})' if where else ''}"


def _codes(codes: Iterable[str], ordered: bool = False) -> str:
    return ", ".join(f"`{code}`" for code in (codes if ordered else sorted(codes)))


_PRESENCE = {REQUIRED: "required", OPTIONAL: "optional", HIDDEN: "hidden", DUE: "due, hidden"}


def _row(kind: Kind, row: Row) -> tuple[str, str, str, str]:
    return f"`{row.name}`", _PRESENCE[row.presence], row.type.doc, _where(kind, row.events, row.public)


def _where(kind: Kind, events: frozenset[str] | None, public: bool | None = None) -> str:
    ordered = [] if events is None else [event for event in kind.events if event in events]
    visibility = "" if public is None else "if public" if public else "if not public"
    return " ".join(part for part in (_codes(ordered, ordered=True), visibility) if part)


def _vocabularies() -> Iterator[str]:
    yield "## Vocabularies\n"
    yield "Each is a file in `ledger/core/vocabularies/`, with the source and the labels of every term.\n"
    for name, terms in sorted(VOCABULARIES.items()):
        yield f"### {name}\n"
        if name == "currencies":
            yield _codes(terms, ordered=True) + "\n"
            continue
        rows = (
            (f"`{term.code}`", term.labels["en"], _notes(term.detectability, term.note))
            for term in terms.values()
        )
        yield from _table("| term | label | note |", rows)


def _notes(*notes: str | None) -> str:
    return " ".join(note for note in notes if note)


if __name__ == "__main__":
    TARGET.write_text(render(TARGET.read_text("utf-8")), "utf-8")
