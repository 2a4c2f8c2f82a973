"""The dossier's HTML, from a bundle's bytes alone: the same bundle gives the same page."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections.abc import Iterable, Mapping
from html import escape
from importlib.resources import files
from string import Template

from api.dossier import script
from api.dossier.text import Printed, Readable, describe, read, words
from ledger.core.bundle import Bundle, keys_about, parse_bundle
from ledger.core.checkpoint import parse as parse_checkpoint
from ledger.core.index import index_head, statement_keys
from ledger.core.note import split_note
from ledger.core.statement import Statement, read_recorded
from ledger.verifier.words import MEANINGS, QUESTIONS

# The step that a page takes beyond those of every verifier.
_PAGE_QUESTIONS = {"page text": "Does this page print what was signed?"}
_PAGE_MEANINGS = {
    "unverified": "The file agrees with itself. Whether it comes from the ledger that you trust is not known"
    " yet: anyone can make a log of any name. Choose the ledger's trust file below.",
    "unchecked": "No check failed. Some need what is not in this file; they are marked unchecked.",
}
_SIGNERS = frozenset({"ledger", "index", "party", "key"})


def dossier(data: bytes) -> bytes:
    """The page of a bundle. Raises `Refusal` when `data` is no bundle that could be printed."""
    bundle = parse_bundle(data)
    checkpoint = parse_checkpoint(split_note(bundle.head.checkpoint)[0])
    statements = {one.index: read_recorded(one.index, one.data).statement for one in bundle.entries}
    entries = [read(one) for one in bundle.entries]
    places = {one.id: one.index for one in entries}
    sections = _sections(bundle, statements, [describe(one, places) for one in entries])
    style, code = script.read("dossier.css"), script.assemble("dossier.js")
    page = _template().substitute(
        policy=escape(_policy(style, code)),
        style=style,
        about=escape(bundle.head.about),
        origin=escape(bundle.head.origin),
        size=checkpoint.size,
        demo=_demo(entries),
        last=_covered(bundle, statements, checkpoint.size) - 1,
        summary=escape(_summary(bundle, statements, checkpoint.size)),
        complete=escape(_complete(bundle, statements)),
        file=escape(f"{bundle.head.about.replace(':', '-')}.jsonl"),
        own=sections[0],
        context=sections[1],
        signers=sections[2],
        bundle=_text(data.decode("utf-8")),
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
    found = {**words(), "questions": QUESTIONS | _PAGE_QUESTIONS, "meanings": MEANINGS | _PAGE_MEANINGS}
    return json.dumps(found, ensure_ascii=True, sort_keys=True).replace("<", "\\u003c")


# --- what stands at the top ----------------------------------------------------------------


def _covered(bundle: Bundle, statements: Mapping[int, Statement], size: int) -> int:
    """How many entries of the log the bundle speaks about."""
    return size if bundle.head.index is None else index_head(statements[bundle.head.index]).size


def _summary(bundle: Bundle, statements: Mapping[int, Statement], size: int) -> str:
    covered = _covered(bundle, statements, size)
    about = keys_about(bundle.head.about, statements.values())
    own = sum(not about.isdisjoint(statement_keys(one)) for one in statements.values())
    return f"{own} statements, as of entry {covered - 1} of the log."


def _complete(bundle: Bundle, statements: Mapping[int, Statement]) -> str:
    if bundle.head.index is None:
        return "Nothing about completeness: this log had published no index of its entries yet."
    size = index_head(statements[bundle.head.index]).size
    return (
        f"This is all that the log holds about {bundle.head.about} up to entry {size - 1}, by the index that "
        "its operator has signed and that every auditor can compute anew."
    )


def _demo(entries: Iterable[Readable]) -> str:
    genesis = next(one for one in entries if one.index == 0)
    if genesis.value["predicate"]["claim"].get("clock") != "demo":
        return ""
    what = "A demonstration: its entries are dated by their authors, not by the ledger's clock."
    return f"<strong>{what}</strong> "


# --- the statements --------------------------------------------------------------------------


def _sections(
    bundle: Bundle, statements: Mapping[int, Statement], printed: Iterable[Printed]
) -> tuple[str, str, str]:
    """What the bundle is about, what that refers to, and who could sign; each as HTML."""
    about = keys_about(bundle.head.about, statements.values())
    named = bundle.head.about.removeprefix("statement:")
    found: tuple[list[str], list[str], list[str]] = ([], [], [])
    for one in printed:
        statement = statements[one.index]
        own = not about.isdisjoint(statement_keys(statement)) or statement.id == named
        place = 0 if own else 2 if statement.kind in _SIGNERS else 1
        found[place].append(_article(one))
    own_html, context, signers = ("\n".join(articles) or "<p>None.</p>" for articles in found)
    return own_html, context, signers


def _article(printed: Printed) -> str:
    rows = "".join(
        f'<div><dt>{_text(what)}</dt><dd dir="auto">{_text(text)}</dd></div>' for what, text in printed.rows
    )
    heading = _text(printed.heading)
    return (
        f'<article id="entry-{printed.index}"><h3>{heading}</h3><dl>{rows}</dl><p class="mark"></p></article>'
    )


def _text(text: str) -> str:
    """Text as HTML that reads back as exactly this text."""
    # Readers of HTML take a bare CR for a line feed.
    return escape(text, quote=False).replace("\r", "&#13;")
