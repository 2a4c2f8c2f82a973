"""Bring the catalogues up to date with the messages in code and templates: `python -m api.web.catalogues`.

New messages are added without a translation, vanished ones are dropped; what is translated stays. A test
fails while any message lacks a translation.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from api.dossier.text import words
from api.web.language import DEFAULT, LANGUAGES
from ledger.core.kinds import KINDS
from ledger.core.vocabulary import VOCABULARIES
from ledger.verifier.words import MEANINGS, QUESTIONS

ROOT: Final = Path(__file__).parents[2]
LOCALE: Final = Path(__file__).parent / "locale"
KEYWORDS: Final = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "marked": None,
    "marked_plural": (1, 2),
}
METHODS: Final = [
    ("api/web/**.py", "python"),
    ("api/notices.py", "python"),
    ("api/dossier/**.py", "python"),
    ("projections/**.py", "python"),
    ("api/web/templates/**.html", "jinja2"),
]
OPTIONS: Final = {
    "api/web/templates/**.html": {
        "trim_blocks": "true",
        "lstrip_blocks": "true",
        "newstyle_gettext": "true",
        "silent": "false",
        "extensions": "jinja2.ext.do,jinja2.ext.loopcontrols",
    }
}


def messages() -> Catalog:
    """Every message of the pages, untranslated."""
    found = Catalog(project="Evidence Ledger", version="1", charset="utf-8", fuzzy=False)
    extracted = extract_from_dir(ROOT, METHODS, OPTIONS, keywords=KEYWORDS)
    for path, _, message, comments, _ in sorted(extracted, key=lambda one: (one[0], one[1])):
        # Lines would change with every edit: the file alone says where a message stands.
        found.add(message, None, [(path, 0)], auto_comments=comments)
    for path, message in _of_tables():
        found.add(message, None, [(path, 0)])
    return found


def _of_tables() -> Iterator[tuple[str, str]]:
    """What stands in data: names of events, kinds, relations and members, how hard issues are to find,
    questions and meanings of the verifier.
    """
    for group in ("events", "relations"):
        for message in words()[group].values():
            yield "api/dossier/words.json", message
    relations = {rel for kind in KINDS.values() for rel in kind.refs}
    for rel in sorted(relations - words()["relations"].keys()):
        yield "ledger/core/kinds.py", rel
    for member in sorted(_members()):
        yield "ledger/core/kinds.py", words()["members"].get(member, member)
    for kind in sorted(KINDS):
        yield "ledger/core/kinds.py", kind
    for term in VOCABULARIES["issues"].values():
        if term.detectability:
            yield "ledger/core/vocabularies/issues.json", term.detectability
    for table in (QUESTIONS, MEANINGS):
        for message in table.values():
            yield "ledger/verifier/words.py", message


def _members() -> set[str]:
    """Every member of a claim, nested ones included."""
    found: set[str] = set()
    for kind in KINDS.values():
        for row in kind.rows:
            found |= {row.name, *row.type.members}
    return found


def updated(code: str, template: Catalog) -> bytes:
    """The catalogue of a language with exactly the messages of `template`."""
    path = LOCALE / f"{code}.po"
    catalogue = read_po(BytesIO(path.read_bytes()), locale=code) if path.exists() else Catalog(locale=code)
    catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
    catalogue.fuzzy = False
    catalogue.header_comment = "# Messages of the pages. Brought up to date by: python -m api.web.catalogues"
    catalogue.obsolete.clear()
    written = BytesIO()
    write_po(written, catalogue, width=120, include_lineno=False, sort_output=True, omit_header=False)
    return b"\n".join(line for line in written.getvalue().split(b"\n") if not line.startswith(_DATED))


# Headers that differ on every run and tell nobody anything.
_DATED: Final = (
    b'"POT-Creation-Date',
    b'"PO-Revision-Date',
    b'"Generated-By',
    b'"Last-Translator',
    b'"Report-Msgid',
)


def main() -> None:
    """Write every catalogue."""
    template = messages()
    for code in LANGUAGES:
        if code != DEFAULT:
            (LOCALE / f"{code}.po").write_bytes(updated(code, template))


if __name__ == "__main__":
    main()
