"""Forms for statements, made from the tables of the kinds: which fields, in which shape, with which help.

A field says what JSON value it stands for (`shape`), so that a script can read the form without knowing any
kind: `line` a string, `decimal` a decimal string, `number` an integer, `flag` true or false, `choice` a code,
`set` codes, `text` words with their language, `object` members, `list` items of the one field in `fields`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from babel import Locale

from api.dossier.text import words
from api.drafts.build import CLOSED_KINDS
from api.members import OUTCOMES, VOCABULARIES
from api.web.claims import Claims
from api.web.form_words import (
    CLAIMANTS_HELP,
    CLOSED_HELP,
    COARSE_HELP,
    CODE_HELP,
    CREATED_HELP,
    DATE_HELP,
    EXACTLY_HELP,
    HELP,
    ISSUERS_HELP,
    LABELS,
    LOCATOR_HELP,
    REFS_HELP,
    SAID_HELP,
    SUBJECTS_HELP,
    TARGET_HELP,
    TEXT_HELP,
    VIA_HELP,
    VOICE_HELP,
)
from api.web.language import Language
from ledger.core.events import EVENTS
from ledger.core.fields import COARSE_DATE, DATE, DECIMAL, TOKEN
from ledger.core.kinds import ATTRIBUTABLE, HIDDEN, KINDS, REQUIRED, Row
from ledger.core.values import COUNTRY
from ledger.core.vocabulary import VOCABULARIES as TERMS

# Signed by root keys alone, by machines, or not taken yet (docs/protocol-rules.md): the command line's.
NOT_HERE: Final = frozenset({"ledger", "index", "party", "key", "control"})
# A sealed document's file is encrypted, which the pages do not do.
EVENTS_NOT_HERE: Final = frozenset({"DocumentSealed"})
# What follows from the file that is taken in.
OF_THE_FILE: Final = frozenset({"media", "size", "plaintext"})
CREATING: Final = frozenset({"FactoryRegistered", "CriterionPublished"})
# Of these one wants to know whom they are about; of others it follows, or there is nobody.
SUBJECTS_NEEDED: Final = frozenset({"allegation", "observation", "investigation"})

_VOCABULARIES: Final[Mapping[str, tuple[str, ...]]] = {
    "unit": ("units", "currencies"),
    "per": ("periods",),
    "bound": ("bounds",),
}
_PARTY_LISTS: Final = frozenset({"party", "owner"})
_ACTOR_LISTS: Final = frozenset({"addressees", "respondents", "actor"})
_LANGUAGES: Final = (
    *("en", "fr", "de", "zh", "es", "pt", "it", "nl", "pl", "ro", "hu", "cs", "ru", "tr", "ar", "ur"),
    *("hi", "bn", "ta", "ne", "si", "my", "th", "km", "lo", "vi", "id", "ms", "ja", "ko"),
)


@dataclass(frozen=True, slots=True)
class Options:
    """Choices under one heading; `label` is "" for those that stand alone."""

    label: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `word` is a literal that stands for the whole value, such as `not-disclosed`, and its label.

    `leaves` says that it is always a disclosure, `may_leave` that its author may make it one.
    """

    name: str
    label: str
    shape: str
    help: str = ""
    required: bool = False
    options: tuple[Options, ...] = ()
    fields: tuple[Field, ...] = ()
    word: tuple[str, str] | None = None
    input: Mapping[str, str] = field(default_factory=dict)
    leaves: bool = False
    may_leave: bool = False


@dataclass(frozen=True, slots=True)
class Relation:
    """A `rel` that the statement may carry, the kinds it may lead to, and how often it must stand there."""

    rel: str
    label: str
    targets: tuple[str, ...]
    low: int


@dataclass(frozen=True, slots=True)
class Form:
    """The form for one event. `claim` in three parts: needed, in words, and what else may be known."""

    kind: str
    event: str
    events: tuple[str, ...]
    needed: tuple[Field, ...]
    words: tuple[Field, ...]
    more: tuple[Field, ...]
    relations: tuple[Relation, ...]
    about: Field
    refs: Field | None
    issuers: Field
    voice: Field | None
    times: tuple[Field, ...]
    takes_file: bool
    sensitive: bool
    lang: Field

    @property
    def claim(self) -> tuple[Field, ...]:
        """Every member of the claim."""
        return (*self.needed, *self.words, *self.more)


def offered() -> Mapping[str, tuple[str, ...]]:
    """The events that can be stated with a device key in a browser, by kind."""
    return {
        name: tuple(event for event in kind.events if event not in EVENTS_NOT_HERE)
        for name, kind in KINDS.items()
        if name not in NOT_HERE
    }


class Forms:
    """Makes forms in one language."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._claims = Claims(language, lambda name: name)

    def form(self, event: str, amended: tuple[str, str] | None = None) -> Form:
        """The form for an event that is `offered`; `amended`: kind and event of what an amendment changes."""
        kind = KINDS[EVENTS[event][0]]
        rows = [row for row in kind.rows_for(event, True).values() if row.name not in OF_THE_FILE]
        fields = [one for row in rows for one in self._of_row(event, row, amended)]
        relations = tuple(self._relations(event))
        return Form(
            kind.name,
            event,
            offered()[kind.name],
            tuple(one for one in fields if one.required),
            tuple(one for one in fields if one.leaves),
            tuple(one for one in fields if not one.required and not one.leaves),
            relations,
            self._created() if event in CREATING else self._subjects(kind.name),
            self._refs(relations, any(count.low for count in kind.counts_for(event))) if relations else None,
            self._names("issuers", "parties", ISSUERS_HELP),
            self._voice() if kind.name in ATTRIBUTABLE else None,
            self._times(),
            event == "DocumentCaptured",
            any(row.name in ("issue", "set") for row in rows),
            self._language_field(),
        )

    # What every statement has beside its claim.

    def _beside(self, name: str, shape: str = "line", label: str = "", help_: str = "", **more: Any) -> Field:
        """A field for a member beside the claim; `label` says which label if not that of its name."""
        text = self._language.gettext(help_) if help_ else ""
        return Field(name, self._label(label or name, ""), shape, text, **more)

    def _created(self) -> Field:
        return self._beside("created", help_=CREATED_HELP, required=True, input={"maxlength": "128"})

    def _subjects(self, kind: str) -> Field:
        made = self._names("subjects", "names", CLOSED_HELP if kind in CLOSED_KINDS else SUBJECTS_HELP)
        return replace(made, required=kind in SUBJECTS_NEEDED)

    def _names(self, name: str, known: str, help_: str) -> Field:
        """A list of names, of which the page suggests those that it knows."""
        item = self._beside(name, input={"list": known, "maxlength": "140"})
        return self._beside(name, "list", help_=help_, fields=(item,))

    def _refs(self, relations: tuple[Relation, ...], needed: bool) -> Field:
        rels = Options("", tuple((one.rel, one.label) for one in relations))
        members = (
            self._beside("rel", "choice", options=(rels,), required=True),
            self._beside("target", help_=TARGET_HELP, required=True),
            self._beside("locator", help_=LOCATOR_HELP, input={"maxlength": "24"}),
        )
        inner = self._beside("refs", "object", "reference", fields=members)
        return self._beside("refs", "list", help_=REFS_HELP, required=needed, fields=(inner,))

    def _voice(self) -> Field:
        codes = TERMS["attribution-forms"]
        forms = Options("", tuple((code, self._language.term("attribution-forms", code)) for code in codes))
        members = (
            self._names("claimants", "parties", CLAIMANTS_HELP),
            self._beside("form", "choice", "attribution", options=(forms,)),
            self._names("via", "parties", VIA_HELP),
        )
        return self._beside("voice", "object", help_=VOICE_HELP, fields=members)

    def _times(self) -> tuple[Field, ...]:
        return (
            self._beside("said", help_=SAID_HELP, input={"placeholder": "2020-02"}),
            self._beside("occurred", help_=COARSE_HELP, input={"placeholder": "2019-11"}),
            self._beside("exactly", help_=EXACTLY_HELP, leaves=True),
        )

    def _relations(self, event: str) -> Iterator[Relation]:
        kind = KINDS[EVENTS[event][0]]
        least = {
            rel: count.low for count in kind.counts_for(event) if len(count.rels) == 1 for rel in count.rels
        }
        for rel, rule in sorted(kind.refs_for(event).items()):
            # `details` lead from sealed statements, which are not made here.
            if rel != "details":
                yield Relation(rel, self.relation(rel), tuple(sorted(rule.targets)), least.get(rel, 0))

    def relation(self, rel: str) -> str:
        """What a `rel` is called."""
        return self._language.gettext(words()["relations"].get(rel, rel))

    # Fields.

    def _of_row(self, event: str, row: Row, amended: tuple[str, str] | None) -> Iterator[Field]:
        if row.name == "set":
            if amended is not None:
                yield self._set(*amended)
            return
        made = self.field(event, row.name, row.type.resolved.schema)
        leaves, needed = row.presence == HIDDEN, row.presence == REQUIRED
        yield replace(made, required=needed, leaves=leaves, may_leave=not leaves and not needed)

    def _set(self, kind: str, event: str) -> Field:
        """What an amendment sets: the members that the amended statement's own event has."""
        rows = [row for row in KINDS[kind].rows_for(event, True).values() if row.name not in OF_THE_FILE]
        inner = [
            replace(self.field(event, row.name, row.type.resolved.schema), leaves=row.presence == HIDDEN)
            for row in rows
        ]
        return Field(
            "set", self._language.gettext("What changes"), "object", required=False, fields=tuple(inner)
        )

    def field(self, event: str, name: str, schema: Mapping[str, Any]) -> Field:
        """The field for a member with this JSON Schema."""
        made = self._shaped(event, name, schema)
        help_ = HELP.get(name) or made.help
        return replace(
            made, label=self._label(name, made.shape), help=self._language.gettext(help_) if help_ else ""
        )

    def _shaped(self, event: str, name: str, schema: Mapping[str, Any]) -> Field:
        if "anyOf" in schema:
            return self._with_word(event, name, schema["anyOf"])
        if "enum" in schema:
            return Field(name, "", "choice", options=self._options(event, name, schema["enum"]))
        if schema.get("type") == "array":
            return self._array(event, name, schema)
        if schema.get("type") == "object":
            return self._object(event, name, schema)
        if schema.get("type") == "boolean":
            return Field(name, "", "flag")
        if schema.get("type") == "integer":
            return Field(name, "", "number", input={"inputmode": "numeric"})
        return self._line(name, schema)

    def _with_word(self, event: str, name: str, options: Iterable[Mapping[str, Any]]) -> Field:
        """A value or a literal; with two types of value (amendments have these) the wider one."""
        words = [one["const"] for one in options if "const" in one]
        others = [one for one in options if "const" not in one]
        made = self._shaped(event, name, others[-1])
        return replace(made, word=(words[0], self._word(words[0]))) if words else made

    def _word(self, word: str) -> str:
        if word == "not-disclosed":
            return self._language.gettext("not disclosed")
        return self._language.gettext(word)

    def _array(self, event: str, name: str, schema: Mapping[str, Any]) -> Field:
        if "enum" in schema["items"]:
            return Field(name, "", "set", options=self._options(event, name, schema["items"]["enum"]))
        item = self._shaped(event, name, schema["items"])
        told = self._language.gettext(item.help) if item.help else ""
        inner = replace(item, label=self._label(name, ""), help=told)
        return Field(name, "", "list", help=item.help, fields=(inner,))

    def _object(self, event: str, name: str, schema: Mapping[str, Any]) -> Field:
        members = schema["properties"]
        if {"lang", "text"} <= members.keys():
            return Field(name, "", "text", help=TEXT_HELP)
        needed = schema.get("required", ())
        inner = (
            replace(self.field(event, one, members[one]), required=one in needed) for one in _ordered(members)
        )
        return Field(name, "", "object", fields=tuple(inner))

    def _line(self, name: str, schema: Mapping[str, Any]) -> Field:
        known = _LINES.get(schema.get("pattern", ""), ("line", "", {}))
        shape, help_, attributes = known
        lists = (
            {"list": "parties"}
            if name in _PARTY_LISTS
            else {"list": "actors"}
            if name in _ACTOR_LISTS
            else {}
        )
        limit = {"maxlength": str(schema["maxLength"])} if "maxLength" in schema else {}
        return Field(name, "", shape, help=help_, input={**attributes, **lists, **limit})

    # Choices.

    def _options(self, event: str, name: str, codes: Iterable[str]) -> tuple[Options, ...]:
        if name == "issue":
            return tuple(self._issues())
        wanted = set(codes)
        groups = [
            Options(
                self._group(one),
                tuple((code, self._language.term(one, code)) for code in TERMS[one] if code in wanted),
            )
            for one in _vocabularies(event, name)
        ]
        known = {code for group in groups for code, _ in group.choices}
        rest = tuple((code, code) for code in sorted(wanted - known))
        return tuple(one for one in (*groups, Options("", rest)) if one.choices)

    def _group(self, vocabulary: str) -> str:
        return self._language.gettext("Currencies") if vocabulary == "currencies" else ""

    def _issues(self) -> Iterator[Options]:
        issues = TERMS["issues"]
        for top in (code for code in issues if "/" not in code):
            inside = [code for code in issues if code.startswith(f"{top}/")]
            label = self._language.term("issues", top)
            whole = self._language.gettext("{issue}, as a whole").format(issue=label) if inside else label
            yield Options(
                label, ((top, whole), *((code, self._language.term("issues", code)) for code in inside))
            )

    def _language_field(self) -> Field:
        names = Locale.parse(self._language.code).languages
        choices = tuple((code, str(names.get(code, code))) for code in _LANGUAGES)
        return Field("lang", self._language.gettext("language"), "choice", options=(Options("", choices),))

    def _label(self, name: str, shape: str) -> str:
        """What a member is called; some names mean different things in different shapes."""
        known = LABELS.get(f"{name} {shape}") or LABELS.get(name)
        return self._language.gettext(known) if known else self._claims.label(name)


def _vocabularies(event: str, name: str) -> tuple[str, ...]:
    """Where the labels of a member's codes stand."""
    known = OUTCOMES.get(event) if name == "outcome" else VOCABULARIES.get(name)
    return _VOCABULARIES.get(name) or ((known,) if known else ())


# The order in which a person says these; a schema sorts nothing.
_ORDER: Final = {
    name: place
    for place, name in enumerate(
        (
            "bound",
            "value",
            "low",
            "high",
            "unit",
            "per",
            "of",
            "quantifier",
            "count",
            "group",
            "n",
            "N",
            "role",
        )
    )
}


def _ordered(members: Mapping[str, Any]) -> list[str]:
    return sorted(members, key=lambda name: _ORDER.get(name, len(_ORDER)))


def _pattern(schema: Mapping[str, Any]) -> str:
    return str(schema["pattern"])


_LINES: Final[Mapping[str, tuple[str, str, Mapping[str, str]]]] = {
    _pattern(DATE.schema): ("line", DATE_HELP, {"placeholder": "2020-02"}),
    _pattern(COARSE_DATE.schema): ("line", COARSE_HELP, {"placeholder": "2020-02"}),
    _pattern(DECIMAL.schema): ("decimal", "", {"inputmode": "decimal"}),
    _pattern(TOKEN.schema): ("line", CODE_HELP, {"maxlength": "128"}),
    _pattern(COUNTRY.schema): ("line", "", {"maxlength": "2", "list": "countries"}),
}
