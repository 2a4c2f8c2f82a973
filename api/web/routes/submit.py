"""Submitting: which statement, its form, device keys, receipts. All of them sign or show in the browser."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from fastapi import Query
from starlette.responses import Response

from api.client.keyrequest import LIMIT, KeyRequestError, read_request
from api.dossier.text import words
from api.drafts.tables import tables_of
from api.members import SLUGS
from api.problems import Problem
from api.qr import code_svg
from api.web.claims import DATES
from api.web.form_words import KINDS, PURPOSES
from api.web.forms import Field, Form, Forms, offered
from api.web.naming import FOUNDERS, GROUPS
from api.web.routes.verify import TRUST_PATH
from api.web.routing import Visiting, pages
from api.web.submit_words import translated
from api.web.verify_words import translated as verifying
from api.web.visit import Visit
from ledger.core.citation import LENGTH_LIMIT, format_citation, parse_citation
from ledger.core.entry import decode_entry_trusted
from ledger.core.grammar import is_digest
from ledger.core.kinds import KINDS as TABLES
from ledger.core.refusal import Refusal
from ledger.core.statement import read_statement
from ledger.domain.visibility import ANONYMOUS, may_see

router = pages()

CHANGING: Final = frozenset({"StatementCorrected", "StatementExtended"})
_ID: Final = re.compile(r"[0-9a-f]{64}")
EventName = Annotated[str | None, Query(max_length=40)]
Changed = Annotated[str | None, Query(max_length=300, description="What an amendment changes.")]
Referred = Annotated[list[str] | None, Query(max_length=16, description="References to begin with.")]


@router.get("/submit")
def submit(visit: Visiting) -> Response:
    """Which kind of statement, the drafts and the keys that this browser keeps."""
    kind_of = {event: kind for kind, events in offered().items() for event in events}
    return visit.page(
        "submit.html",
        None,
        signs=True,
        purposes=PURPOSES,
        kinds=KINDS,
        offered=offered(),
        data=_shared(visit) | {"kindOf": kind_of},
    )


@router.get("/submit/keys")
def keys(visit: Visiting) -> Response:
    """Device keys: make one, ask for it, see how it stands."""
    data = {**_shared(visit), "tables": tables_of("key"), "code": f"/{visit.language.code}/submit/code.svg"}
    return visit.page("submit_keys.html", None, signs=True, data=data)


@router.get("/submit/code.svg")
def code(visit: Visiting, request: Annotated[str, Query(max_length=LIMIT)]) -> Response:
    """A request for a key as a code to photograph; of no other text is one made."""
    try:
        read_request(request)
    except KeyRequestError as error:
        raise Problem("bad-parameter", error.what, "request") from error
    svg = code_svg(request, visit.language.gettext("The request as a code"))
    return Response(svg, headers={"cache-control": "no-store"}, media_type="image/svg+xml")


@router.get("/submit/done")
def done(visit: Visiting) -> Response:
    """The receipts that this browser keeps."""
    code = f"/{visit.language.code}/submit/citation.svg"
    graded = verifying(visit.language)
    data = _of_every_form(visit) | {"code": code, "trust": TRUST_PATH}
    data["verifying"] = {name: graded[name] for name in ("steps", "grades", "sentences")}
    return visit.page("submit_done.html", None, signs=True, trust=TRUST_PATH, data=data)


@router.get("/submit/citation.svg")
def cited(visit: Visiting, text: Annotated[str, Query(max_length=LENGTH_LIMIT)]) -> Response:
    """The code of a citation, for a printed receipt; of no other text is one made."""
    try:
        citation = format_citation(parse_citation(text))
    except Refusal as refusal:
        raise Problem("bad-parameter", refusal.what, "text") from refusal
    svg = code_svg(citation, visit.language.gettext("Code of this statement, for paper"))
    return Response(svg, headers={"cache-control": "no-store"}, media_type="image/svg+xml")


@router.get("/submit/cosign")
def cosign(visit: Visiting) -> Response:
    """A signed file: what it says, this browser's signature, sending it."""
    return visit.page("submit_cosign.html", None, signs=True, data=_of_every_form(visit))


@router.get("/submit/{kind}")
def form(
    visit: Visiting, kind: str, event: EventName = None, of: Changed = None, ref: Referred = None
) -> Response:
    """The form for one event of a kind."""
    events = offered().get(kind, ())
    if not events or (event is not None and event not in events):
        raise Problem("not-found", "nothing of that name is stated on these pages")
    chosen = event or events[0]
    amended = _amended(visit, of) if chosen in CHANGING and of else None
    made = Forms(visit.language).form(chosen, None if amended is None else (amended[1], amended[2]))
    data = _shared(visit) | _of_form(visit, made, amended[0] if amended else None)
    data["refs"] = _references(ref or ()) + ([{"rel": "amends", "id": amended[0]}] if amended else [])
    return visit.page(
        "submit_kind.html",
        None,
        signs=True,
        form=made,
        purpose=KINDS[kind],
        asks_what=chosen in CHANGING and amended is None,
        countries=_countries(visit),
        data=data,
    )


def _amended(visit: Visit, of: str) -> tuple[str, str, str]:
    """(id, kind, event) of the statement that an id or a page's address names. Raises `Problem`."""
    found = _ID.search(of)
    stored = visit.service.recorder.entry_by_statement(found[0]) if found else None
    if stored is None:
        raise Problem("no-such-statement", "no statement in this ledger has that id or address", "of")
    statement = read_statement(decode_entry_trusted(stored.state).envelope.payload)
    if statement.kind not in _CHANGEABLE or not may_see(ANONYMOUS, statement):
        raise Problem("not-found", f"a statement of the kind {statement.kind} is not changed this way", "of")
    return statement.id, statement.kind, statement.event


# An amendment of an amendment has no members of its own to set.
_CHANGEABLE: Final = TABLES["amendment"].refs["amends"] - {"amendment"}


def _references(given: list[str] | tuple[str, ...]) -> list[dict[str, str]]:
    """References in an address: `rel:<64 hex>` each; others are left out."""
    pairs = (one.partition(":") for one in given)
    known = {rel for kind in TABLES.values() for rel in kind.refs}
    return [{"rel": rel, "id": id_} for rel, _, id_ in pairs if rel in known and is_digest(id_)]


def _shared(visit: Visit) -> dict[str, Any]:
    """What every script of these pages knows."""
    language = visit.language
    return {
        "ledger": visit.service.about.to_json(),
        "words": translated(language),
        "done": f"/{language.code}/submit/done",
        "submit": f"/{language.code}/submit",
        "statements": f"/{language.code}/statements",
        "dates": sorted(DATES),
        "slugs": sorted(SLUGS),
        "labels": {
            "names": {name: language.gettext(word) for name, word in FOUNDERS.items()}
            | {f"group:{code}": language.gettext(word) for code, word in GROUPS.items()},
            "events": {name: language.gettext(word) for name, word in words()["events"].items()},
            "relations": _relations(visit),
        },
    }


def _countries(visit: Visit) -> list[tuple[str, str]]:
    """Countries by their codes, as the reader's language calls them."""
    known = visit.language.locale.territories
    return sorted(
        (code, str(name))
        for code, name in known.items()
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES
    )


# Of the CLDR's two letters those that ISO 3166-1 does not assign to a country: unions, parts of countries,
# regions of no country and what programs are tried with.
_NO_COUNTRIES: Final = frozenset(
    {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}
)


def _relations(visit: Visit) -> dict[str, str]:
    made = Forms(visit.language)
    return {rel: made.relation(rel) for kind in TABLES.values() for rel in kind.refs}


def _of_form(visit: Visit, form: Form, of: str | None) -> dict[str, Any]:
    language = visit.language
    members: dict[str, str] = {}
    codes: dict[str, dict[str, str]] = {}
    _gather_form(form, members, codes)
    shared = _shared(visit)["labels"]
    event = language.gettext(words()["events"].get(form.event, form.event))
    return {
        "kind": form.kind,
        "event": form.event,
        "of": of,
        "tables": tables_of(form.kind),
        "takesFile": form.takes_file,
        "about": {"name": form.about.name, "needed": form.about.required},
        "limits": {"document": visit.service.settings.max_document_bytes},
        "labels": {**shared, "event": event, "members": members, "codes": codes},
    }


def _of_every_form(visit: Visit) -> dict[str, Any]:
    """What the pages know that show statements of any kind."""
    data = _shared(visit)
    members: dict[str, str] = {}
    codes: dict[str, dict[str, str]] = {}
    forms = Forms(visit.language)
    for event in (event for events in offered().values() for event in events):
        _gather_form(forms.form(event), members, codes)
    data["labels"] |= {"members": members, "codes": codes}
    return data


def _gather_form(form: Form, members: dict[str, str], codes: dict[str, dict[str, str]]) -> None:
    for one in [*form.claim, *form.times, form.lang, *([form.voice] if form.voice else [])]:
        _gather(one, members, codes)


def _gather(field: Field, members: dict[str, str], codes: dict[str, dict[str, str]]) -> None:
    """The labels of a field, of its codes and of what is in it."""
    members.setdefault(field.name, field.label)
    for group in field.options:
        codes.setdefault(field.name, {}).update(group.choices)
    if field.word:
        codes.setdefault(field.name, {})[field.word[0]] = field.word[1]
    for inner in field.fields:
        _gather(inner, members, codes)
