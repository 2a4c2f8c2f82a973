"""A bundle for paper: what `page.py` prints, in the reader's language, with a code beside each statement.

From a bundle's bytes and the report of its verification alone: the same two give the same document.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from markupsafe import Markup

from api.dossier.page import facts, section_of
from api.dossier.reading import NAMING, known_of
from api.dossier.seen import seen
from api.dossier.text import Printed, Row, describe, read
from api.qr import code_png
from api.web.claims import DATES, Claims
from api.web.environment import environment
from api.web.language import Language
from api.web.naming import naming
from ledger.core.bundle import Bundle, keys_about, parse_bundle
from ledger.core.checkpoint import Checkpoint
from ledger.core.checkpoint import parse as parse_checkpoint
from ledger.core.citation import Citation, format_citation
from ledger.core.note import split_note
from ledger.core.report import FAILED, HELD, UNCHECKED, UNREADABLE, UNVERIFIED, Report
from ledger.core.statement import read_recorded
from ledger.core.visible import SHAPELESS
from ledger.domain.visibility import ANONYMOUS
from ledger.verifier.words import QUESTIONS, meaning
from projections.amendments import as_amended
from projections.checklist import Line as Told
from projections.items import Item
from projections.names import UNKNOWN, Name, mentioned
from projections.profiles import issues_of
from projections.reader import item_of
from projections.shown import Shown, show
from projections.timeline import view
from projections.voices import says
from projections.wording import marked

GRADES: Final = {
    HELD: marked("held"),
    FAILED: marked("failed"),
    UNREADABLE: marked("unreadable"),
    UNCHECKED: marked("unchecked"),
    UNVERIFIED: marked("unverified"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A row and what its codes stand for, in the reader's words; "" where there is nothing to explain."""

    row: Row
    gloss: str


@dataclass(frozen=True, slots=True)
class Article:
    """A statement on paper: as it is printed, hand and voice in a sentence, what became of it.

    `code` is its code as an image in an address (`data:`), `cites` says what it is. `topics` is what the
    contents tell of it: issue, topic, title or name, "" of none.
    """

    printed: Printed
    shown: Shown
    section: str
    voice: str
    origin: tuple[Line, ...]
    content: tuple[Line, ...]
    code: str
    cites: str
    topics: str
    reached: Reached | None = None

    @property
    def index(self) -> int:
        return self.printed.index

    @property
    def heading(self) -> str:
        """As a title that stands by itself."""
        return self.printed.heading[:1].upper() + self.printed.heading[1:]


@dataclass(frozen=True, slots=True)
class Reached:
    """How a determination was reached, as far as the document tells: never printed without (R19).

    `investigation` is the entry that describes it, None where none is named; `elsewhere` is whether the one
    that is named is not in this document. `lines` are those of its checklist by topic, `note` is how hard the
    issue is to find.
    """

    investigation: int | None
    elsewhere: bool
    lines: Mapping[str, Told]
    note: str | None


@dataclass(frozen=True, slots=True)
class Called:
    """A name of the ledger, what it is called, and the entry that first says so; None for one not here."""

    name: str
    known: Name
    entry: int | None


def paper(data: bytes, report: Report, language: Language, missing: Iterable[str] = ()) -> str:
    """The document as HTML; characters that no font has, `missing`, stand by their number.

    Raises `Refusal` when `data` is no bundle that could be printed.
    """
    bundle = parse_bundle(data)
    dossier = _Dossier(bundle, language)
    unprintable = sorted(dossier.characters & (SHAPELESS | frozenset(missing)))
    page = (
        environment(language)
        .get_template("paper.html")
        .render(
            language=language,
            style=Markup(_style()),  # noqa: S704  (our own file)
            about=bundle.head.about,
            named=dossier.named,
            title=dossier.title,
            facts=facts(bundle, dossier.statements, language),
            checkpoint=dossier.checkpoint,
            root=dossier.checkpoint.text().split("\n")[2],
            genesis=bundle.head.genesis,
            digest=hashlib.sha256(data).hexdigest(),
            newest=newest(data),
            report=report,
            meaning=language.gettext(meaning(report)),
            questions=QUESTIONS,
            grades=GRADES,
            called=dossier.called(),
            sections=dossier.sections(),
            claims=dossier.claims,
            seen=lambda detail: seen(detail, language, language.tag),
            places={item.id: item.position for item in dossier.known.items},
            missing=[f"U+{ord(one):04X}" for one in unprintable],
        )
    )
    return page.translate({ord(one): f"‹U+{ord(one):04X}›" for one in unprintable})


def newest(data: bytes) -> str:
    """When the newest entry of a bundle was recorded."""
    return max(read(one).recorded_at for one in parse_bundle(data).entries)


def _style() -> str:
    return files(__package__).joinpath("paper.css").read_text(encoding="utf-8")


class _Dossier:
    """A bundle read for printing."""

    def __init__(self, bundle: Bundle, language: Language) -> None:
        self.bundle, self.language = bundle, language
        self.checkpoint: Checkpoint = parse_checkpoint(split_note(bundle.head.checkpoint)[0])
        self.entries = [read(one) for one in bundle.entries]
        items = [
            item_of(read_recorded(one.index, one.data), one.disclosures, ANONYMOUS) for one in bundle.entries
        ]
        self.statements = {item.position: item.statement for item in items}
        self.known = known_of(items, bundle.head.about)
        self.named = naming(self.known.names, language)
        self.claims = Claims(language, self.named)
        # The day on which what was asked stands as it is printed.
        self.today = max(one.recorded_at for one in self.entries)[:10]

    @property
    def title(self) -> str:
        """What the dossier is about, by name where it has one."""
        about = self.bundle.head.about
        return about if about.startswith("statement:") else self.named(about)

    @property
    def characters(self) -> frozenset[str]:
        """Every character of the texts and names that were signed."""
        texts = (row.whole for one in self._printed().values() for row in one.rows)
        return frozenset().union(*texts)

    def _printed(self) -> dict[int, Printed]:
        known = {one.id: one for one in self.entries}
        return {one.index: describe(one, known, self.language) for one in self.entries}

    # --- the statements -------------------------------------------------------

    def sections(self) -> dict[str, list[Article]]:
        """What the bundle is about, what that refers to, and who could sign, by index."""
        found: dict[str, list[Article]] = {"own": [], "context": [], "signers": []}
        name = self.bundle.head.about
        about = keys_about(name, self.statements.values())
        printed = self._printed()
        for item in self.known.items:
            section = section_of(name, about, item.statement)
            found[section].append(self._article(item, printed[item.position], section))
        return found

    def _article(self, item: Item, printed: Printed, section: str) -> Article:
        shown = show(item, self.known)
        content = tuple(Line(row, self._gloss(row, shown.event)) for row in printed.content)
        voice = says(shown.provenance, self.named, self.language)
        reached = self._reached(item) if item.statement.kind == "determination" else None
        origin = tuple(Line(row, self._day(row)) for row in printed.origin[:-1])
        cites = self.language.gettext("Code that cites entry {index}, statement {id}")
        return Article(
            printed,
            shown,
            section,
            voice,
            origin,
            content,
            self._code(printed),
            cites.format(index=printed.index, id=printed.id),
            self._topics(item),
            reached,
        )

    def _topics(self, item: Item) -> str:
        """What tells a statement from others of its kind, in a line."""
        content = as_amended(item, self.known)
        told = {**content, "issue": [one for one in issues_of(item, self.known) if one]}
        facts = self.claims.facts(
            item.statement.event, {name: told[name] for name in _TOPICS if told.get(name)}
        )
        called = [self.named(name) for name in item.names("") if item.statement.kind in NAMING]
        return " · ".join(dict.fromkeys([*(fact.value for fact in facts), *called]))

    def _reached(self, item: Item) -> Reached:
        (line,) = view([item], self.known, today=self.today)
        assert line.profile is not None, "every determination has one"
        within = [ref for ref in item.statement.refs if ref.rel == "within"]
        missing = [ref for ref in within if ref.ledger is not None or self.known.get(ref.id) is None]
        elsewhere = line.profile.investigation is None and bool(missing)
        described = self.known.get(line.profile.investigation or "")
        position = described.position if described else None
        return Reached(position, elsewhere, line.profile.lines, line.note)

    def _gloss(self, row: Row, event: str) -> str:
        """What codes and slugs stand for, where the reader's words for them differ from what was signed."""
        if row.lang or not row.member:
            return ""
        if row.member in DATES:
            return self._day(row)
        codes = row.text.split(", ")
        found = self.claims.value(row.member, codes if len(codes) > 1 else row.text, event)
        return "" if found.casefold() in (row.text.casefold(), self.language.listed(codes)) else found

    def _day(self, row: Row) -> str:
        """A date or an instant as it was signed, in the reader's words; "" of anything else."""
        if not _TIME.fullmatch(row.text):
            return ""
        told = self.language.time(row.text) if "T" in row.text else self.language.date(row.text)
        return "" if told == row.text else told

    def _code(self, printed: Printed) -> str:
        return code_png(format_citation(Citation(printed.id, printed.index, self.checkpoint)))

    # --- who is named ---------------------------------------------------------

    def called(self) -> list[Called]:
        """Every party, factory and criterion that is named here."""
        wanted = sorted({name for item in self.known.items for name in mentioned(item)})
        makers = [item for item in self.known.items if item.statement.kind in NAMING]
        first: dict[str, int] = {}
        for item in makers:
            for subject in item.statement.subjects:
                first.setdefault(subject.name, item.position)
        by_name: Mapping[str, Name] = self.known.names.by_name
        return [Called(name, by_name.get(name, UNKNOWN), first.get(name)) for name in wanted]


# What the contents tell of a statement; no outcome, which never stands without its method.
_TOPICS: Final = ("title", "issue", "topic", "number")
_MOMENT: Final = r"[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9:.]+Z)?)?)?"
_TIME: Final = re.compile(rf"{_MOMENT}|(\.\.|{_MOMENT})/(\.\.|{_MOMENT})")
