"""The dossier's HTML, from a bundle's bytes alone: the same bundle gives the same page."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Mapping, Set
from dataclasses import replace
from html import escape
from importlib.resources import files
from string import Template

from api.dossier import script
from api.dossier.method import method
from api.dossier.reading import Reading, readings, words_for
from api.dossier.tables import COMPLETE, NOT_COMPLETE, tables
from api.dossier.text import Printed, describe, read
from api.notices import notice
from ledger.core.bundle import Bundle, keys_about, parse_bundle
from ledger.core.checkpoint import parse as parse_checkpoint
from ledger.core.index import index_head, statement_keys
from ledger.core.note import split_note
from ledger.core.page import put_in_page
from ledger.core.statement import Statement, read_recorded
from ledger.domain.visibility import ANONYMOUS
from projections.reader import item_of
from projections.wording import ENGLISH, Wording

_SIGNERS = frozenset({"ledger", "index", "party", "key"})


def dossier(data: bytes) -> bytes:
    """The page of a bundle. Raises `Refusal` when `data` is no bundle that could be printed."""
    bundle = parse_bundle(data)
    recorded = [read_recorded(one.index, one.data) for one in bundle.entries]
    statements = {one.index: one.statement for one in recorded}
    entries = [read(one) for one in bundle.entries]
    known = {one.id: one for one in entries}
    printed = [replace(describe(one, known), method=method(one, known)) for one in entries]
    items = [
        item_of(one, entry.disclosures, ANONYMOUS)
        for one, entry in zip(recorded, bundle.entries, strict=True)
    ]
    told = words_for(items, bundle.head.about)
    called = told.name(bundle.head.about)
    sections = _sections(bundle, statements, printed, readings(entries, told))
    style, code = script.read("dossier.css"), script.assemble("dossier.js", WORDS=tables())
    page = _template().substitute(
        **{name: _text(text) for name, text in facts(bundle, statements, called=called).items()},
        **{name: "\n".join(articles) or "<p>None.</p>" for name, articles in sections.items()},
        policy=escape(_policy(style, code)),
        style=style,
        bundle=put_in_page(data),
        script=code,
    )
    return page.encode("utf-8")


def _template() -> Template:
    return Template(files(__package__).joinpath("page.html").read_text(encoding="utf-8"))


def _policy(style: str, code: str) -> str:
    """Nothing but this very style and script: no network, no forms, no frames, no markup made from text."""
    return (
        f"default-src 'none'; script-src '{_hash(code)}'; style-src '{_hash(style)}'; base-uri 'none'; "
        "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}"


# --- what stands at the top ----------------------------------------------------------------


def facts(
    bundle: Bundle, statements: Mapping[int, Statement], wording: Wording = ENGLISH, called: str = ""
) -> dict[str, str]:
    """What the page says of the whole; its program finds the same from what it has checked.

    `called` is what the bundle is about, by name; its own words unless given.
    """
    head = bundle.head
    checkpoint = parse_checkpoint(split_note(head.checkpoint)[0])
    covered = checkpoint.size if head.index is None else index_head(statements[head.index]).size
    about = keys_about(head.about, statements.values())
    own = sum(section_of(head.about, about, one) == "own" for one in statements.values())
    last = str(covered - 1)
    complete = wording.gettext(NOT_COMPLETE if head.index is None else COMPLETE)
    return {
        "about": head.about,
        "called": called or head.about,
        "origin": checkpoint.origin,
        "size": str(checkpoint.size),
        "last": last,
        "own_count": str(own),
        "notice": notice(str(statements[0].claim["clock"]), wording),
        "complete": complete.format(name=called or head.about, last=last),
    }


# --- the statements --------------------------------------------------------------------------


def _sections(
    bundle: Bundle,
    statements: Mapping[int, Statement],
    printed: Iterable[Printed],
    read_as: Mapping[int, Reading],
) -> dict[str, list[str]]:
    """What the bundle is about, what that refers to, and who could sign; each as articles in HTML."""
    found: dict[str, list[str]] = {"own": [], "context": [], "signers": []}
    name = bundle.head.about
    about = keys_about(name, statements.values())
    for one in printed:
        found[section_of(name, about, statements[one.index])].append(_article(one, read_as[one.index]))
    return found


def section_of(name: str, about: Set[str], statement: Statement) -> str:
    """`own` what is about the name, `signers` what says who could sign, `context` what others refer to.

    `about` are the index keys of all there is about `name`.
    """
    if name == f"statement:{statement.id}" or not about.isdisjoint(statement_keys(statement)):
        return "own"
    return "signers" if statement.kind in _SIGNERS else "context"


def _article(printed: Printed, read_as: Reading) -> str:
    signed = _rows((row.what, row.whole) for row in printed.rows)
    return (
        f'<article id="entry-{printed.index}"><h3>{_text(read_as.heading)}</h3>'
        f'<dl class="reading">{_rows(read_as.rows)}</dl><p class="mark"></p>'
        f'<details><summary>As it was signed</summary><dl class="signed">{signed}</dl></details></article>'
    )


def _rows(rows: Iterable[tuple[str, str]]) -> str:
    return "".join(
        f'<div><dt>{_text(what)}</dt><dd dir="auto">{_text(text)}</dd></div>' for what, text in rows
    )


def _text(text: str) -> str:
    """Text as HTML that reads back as exactly this text."""
    # Readers of HTML take a bare CR for a line feed.
    return escape(text, quote=False).replace("\r", "&#13;")
