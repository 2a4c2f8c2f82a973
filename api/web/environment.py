"""The template engine, one for each language: text is escaped, messages are translated as they are met."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from api.dossier.text import words
from api.web import assets
from api.web.language import Language
from api.web.tables import stacked
from ledger.core.vocabulary import VOCABULARIES
from projections.open_items import OUTCOMES, Addressee
from projections.open_items import words as standing_words
from projections.voices import says
from projections.wording import marked

# How far a claim is its claimant's own word (projections.voices).
STANDINGS: Final = {
    "signed": marked("signed"),
    "adopted": marked("adopted"),
    "mandated": marked("on a mandate"),
    "attributed": marked("attributed, not signed"),
    "disowned": marked("disowned"),
}
# Where a commitment stands (ledger.domain.derived.requests).
STATES: Final = {
    "planned": marked("planned, nothing reported"),
    "under-way": marked("reported as under way"),
    "claimed": marked("said to be completed"),
    "verified": marked("verified by somebody else"),
    "contested": marked("completion contested"),
    "reopened": marked("reopened"),
}


@cache
def environment(language: Language) -> Environment:
    """The engine that speaks `language`."""
    made = Environment(
        loader=PackageLoader("api.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"],
        # Every process serves the same templates for as long as it lives.
        auto_reload=False,
    )
    # Every message is formatted with the values it names, which are escaped on the way.
    made.install_gettext_callables(language.gettext, language.ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals.update(
        asset=assets.address,
        event=lambda name: language.gettext(words()["events"].get(name, name)),
        relation=lambda name: language.gettext(words()["relations"].get(name, name)),
        term=language.term,
        territory=language.territory,
        # Between words that a template puts beside each other: French spaces it, Chinese has its own.
        colon=language.gettext(": "),
        semicolon=language.gettext("; "),
        issue_notes=_issue_notes,
        version=lambda: version("evidence-ledger"),
        says=lambda given, named: says(given, named, language),
        voice_words=lambda standing: language.gettext(STANDINGS[standing]),
        state_words=lambda state: language.gettext(STATES[state]),
        outcome_words=lambda outcome: language.gettext(OUTCOMES[outcome]),
        standing_words=_standing_words,
    )
    made.filters.update(
        date=language.date,
        time=language.time,
        number=language.number,
        listed=language.listed,
        attributes=_attributes,
        capital=_capital,
        named_by=lambda slug, named: named(slug),
        stacked=stacked,
    )
    return made


def _issue_notes() -> list[tuple[str, str]]:
    """(issue, how hard it is to find) of every issue that has a note of its own."""
    return [(code, term.detectability) for code, term in VOCABULARIES["issues"].items() if term.detectability]


@pass_context
def _standing_words(context: Context, one: Addressee) -> str:
    """How a request stands with an addressee, with the names of the page."""
    return standing_words(one, context.resolve("named"), context.resolve("language"))


def _capital(text: str) -> str:
    """The text with a capital letter, as it begins a line."""
    return text[:1].upper() + text[1:]


def _attributes(values: Mapping[str, Any]) -> Markup:
    """HTML attributes; those that are None or False are left out, True stands by its name."""
    shown = [
        f" {name}" if value is True else f' {name}="{escape(value)}"'
        for name, value in values.items()
        if value is not None and value is not False
    ]
    return Markup("".join(shown))  # noqa: S704  (every value was escaped)
