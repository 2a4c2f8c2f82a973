"""The dossier's HTML, from a bundle's bytes alone: the same bundle gives the same page."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections.abc import Iterable, Mapping, Set
from dataclasses import replace
from html import escape
from importlib.resources import files
from string import Template

from api.dossier import script
from api.dossier.method import method
from api.dossier.text import Printed, describe, read, words
from api.notices import notice
from ledger.core.bundle import Bundle, keys_about, parse_bundle
from ledger.core.checkpoint import parse as parse_checkpoint
from ledger.core.index import index_head, statement_keys
from ledger.core.note import split_note
from ledger.core.page import put_in_page
from ledger.core.statement import Statement, read_recorded
from ledger.verifier.words import MEANINGS, QUESTIONS
from projections.wording import ENGLISH, Wording, marked

# The step that a page takes beyond those of every verifier.
_PAGE_QUESTIONS = {"page text": "Does this page print what was signed?"}
_PAGE_MEANINGS = {
    "unverified": "The file agrees with itself. Whether it comes from the ledger that you trust is not known"
    " yet: anyone can make a log of any name. Choose the ledger's trust file below.",
    "unchecked": "No check failed. Some need what is not in this file; they are marked unchecked.",
}
_COMPLETE = marked(
    "This is all that the log holds about {name} up to entry {last}, by the index that its operator has"
    " signed and that every auditor can compute anew."
)
_NOT_COMPLETE = marked("Nothing about completeness: this log had published no index of its entries yet.")
_SIGNERS = frozenset({"ledger", "index", "party", "key"})


def dossier(data: bytes) -> bytes:
    """The page of a bundle. Raises `Refusal` when `data` is no bundle that could be printed."""
    bundle = parse_bundle(data)
    statements = {one.index: read_recorded(one.index, one.data).statement for one in bundle.entries}
    entries = [read(one) for one in bundle.entries]
    known = {one.id: one for one in entries}
    printed = [replace(describe(one, known), method=method(one, known)) for one in entries]
    style, code = script.read("dossier.css"), script.assemble("dossier.js")
    sections = _sections(bundle, statements, printed)
    page = _template().substitute(
        **{name: _text(text) for name, text in facts(bundle, statements).items()},
        **{name: "\n".join(articles) or "<p>None.</p>" for name, articles in sections.items()},
        policy=escape(_policy(style, code)),
        style=style,
        bundle=put_in_page(data),
        words=_words(),
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


def _words() -> str:
    found = {
        **words(),
        "questions": QUESTIONS | _PAGE_QUESTIONS,
        "meanings": MEANINGS | _PAGE_MEANINGS,
        "notices": {clock: notice(clock) for clock in ("system", "demo")},
        "complete": {"yes": _COMPLETE, "no": _NOT_COMPLETE},
    }
    return json.dumps(found, ensure_ascii=True, sort_keys=True).replace("<", "\\u003c")


# --- what stands at the top ----------------------------------------------------------------


def facts(bundle: Bundle, statements: Mapping[int, Statement], wording: Wording = ENGLISH) -> dict[str, str]:
    """What the page says of the whole; its program finds the same from what it has checked."""
    head = bundle.head
    checkpoint = parse_checkpoint(split_note(head.checkpoint)[0])
    covered = checkpoint.size if head.index is None else index_head(statements[head.index]).size
    about = keys_about(head.about, statements.values())
    own = sum(section_of(head.about, about, one) == "own" for one in statements.values())
    last = str(covered - 1)
    complete = wording.gettext(_NOT_COMPLETE if head.index is None else _COMPLETE)
    return {
        "about": head.about,
        "origin": checkpoint.origin,
        "size": str(checkpoint.size),
        "last": last,
        "own_count": str(own),
        "notice": notice(str(statements[0].claim["clock"]), wording),
        "complete": complete.format(name=head.about, last=last),
    }


# --- the statements --------------------------------------------------------------------------


def _sections(
    bundle: Bundle, statements: Mapping[int, Statement], printed: Iterable[Printed]
) -> dict[str, list[str]]:
    """What the bundle is about, what that refers to, and who could sign; each as articles in HTML."""
    found: dict[str, list[str]] = {"own": [], "context": [], "signers": []}
    name = bundle.head.about
    about = keys_about(name, statements.values())
    for one in printed:
        found[section_of(name, about, statements[one.index])].append(_article(one))
    return found


def section_of(name: str, about: Set[str], statement: Statement) -> str:
    """`own` what is about the name, `signers` what says who could sign, `context` what others refer to.

    `about` are the index keys of all there is about `name`.
    """
    if name == f"statement:{statement.id}" or not about.isdisjoint(statement_keys(statement)):
        return "own"
    return "signers" if statement.kind in _SIGNERS else "context"


def _article(printed: Printed) -> str:
    rows = "".join(
        f'<div><dt>{_text(row.what)}</dt><dd dir="auto">{_text(row.whole)}</dd></div>' for row in printed.rows
    )
    heading = _text(printed.heading)
    return (
        f'<article id="entry-{printed.index}"><h3>{heading}</h3><dl>{rows}</dl><p class="mark"></p></article>'
    )


def _text(text: str) -> str:
    """Text as HTML that reads back as exactly this text."""
    # Readers of HTML take a bare CR for a line feed.
    return escape(text, quote=False).replace("\r", "&#13;")
