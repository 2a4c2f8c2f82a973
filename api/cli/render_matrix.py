"""The claims matrix as text: one part for each issue, every claim by its method and its party."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from api.cli import plain
from api.cli.claims import gist, mapping
from api.cli.plain import Page
from api.cli.render import (
    Line,
    amendment_lines,
    block,
    event_words,
    flagged,
    full_name,
    heading,
    profile_lines,
    related,
    standing,
    titles,
)
from api.cli.words import _

COMPARATORS = {"max": _("at most"), "min": _("at least"), "qualitative": _("in words, with")}
REASONS = {
    "days-against-hours": _("one is given in days, the other in hours"),
    "period-unknown": _("for one of them nobody states when it was so"),
    "of-unstated": _("only one of them says what it is a quantity of"),
}


def matrix(console: Console, answer: Mapping[str, Any], *, again: bool = False) -> None:
    """The claims matrix: one part for each issue, every claim by its method and its party, nothing merged."""
    cells = [cell for row in answer["rows"] for cell in _cells(row)] + list(answer["overall"])
    page = plain.page_of(answer, cells)
    heading(
        console,
        answer,
        _("Claims about {name}", name=full_name(page, answer["name"])),
        _("by issue, method and party"),
        again=again,
    )
    for row in answer["rows"]:
        _matrix_row(console, row, page)
    if answer["overall"]:
        console.print(Text(_("Overall determinations and certificates"), style="bold underline"))
        for cell in answer["overall"]:
            _determination(console, cell, page)
    for one in answer["certificates"]:
        console.print(_certificate(one, page))
    if not answer["rows"] and not answer["overall"]:
        console.print(_("Nothing is claimed about it at that moment."))


def _cells(row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [
        cell
        for part in ("allegations", "observations", "determinations", "criteria", "aboutASet")
        for cell in row[part]
    ]


def _certificate(one: Mapping[str, Any], page: Page) -> str:
    """How a certificate stands on the day looked from, by whose word."""
    return _(
        "certificate{number} of {names}: {state} on that day, {standing} ({entries})",
        number=f" {one['number']}" if one["number"] else "",
        names=page.names_of(one["saidBy"]),
        state=one["state"],
        standing=one["standing"],
        entries=page.entries(one["by"]),
    )


def _matrix_row(console: Console, row: Mapping[str, Any], page: Page) -> None:
    console.print(
        Text(f"{row['label']} ({row['issue']})" if row["issue"] else row["label"], style="bold underline")
    )
    for cell in row["allegations"]:
        block(console, [(_("allegation"), "cyan"), (f"#{cell['position']}", "dim")], _claim_lines(cell, page))
    for cell in row["observations"]:
        method = plain.term("methods", cell["method"])
        block(
            console,
            [(_("observation"), "cyan"), (method, "bold"), (f"#{cell['position']}", "dim")],
            _claim_lines(cell, page),
        )
    for conflict in row["conflicts"]:
        _conflict(console, conflict, page)
    for cell in row["determinations"]:
        _determination(console, cell, page)
    for cell in row["criteria"]:
        block(
            console, [(_("criterion"), "cyan"), (f"#{cell['position']}", "dim")], _criterion_lines(cell, page)
        )
    for cell in row["aboutASet"]:
        left = [(event_words(cell["event"]), "cyan"), (f"#{cell['position']}", "dim")]
        lines = _claim_lines(cell, page) + profile_lines(cell)
        block(console, left, [(cell["words"], "italic"), *lines])
    console.print()


def _claim_lines(cell: Mapping[str, Any], page: Page) -> list[Line]:
    content = {name: value for name, value in cell["asAmended"].items() if name not in ("issue", "method")}
    if cell["kind"] == "observation":
        content |= {"sample": cell["sample"]} if mapping(cell["asAmended"].get("sample")) else {}
    told = (gist(content, page, cell["event"]), plain.text_of(content))
    lines = [(text, "") for text in told if text]
    lines.append((plain.who(cell["provenance"], page), "dim"))
    lines += [(flagged(flag, page), "red") for flag in cell["flags"]]
    lines += _state_lines(cell["states"])
    lines += [
        (
            _(
                "{names}: {relation} ({entry})",
                relation=related(reply["rel"], _("it")),
                names=page.names_of(reply["saidBy"]),
                entry=page.entry(reply["id"]),
            )
            + _unsigned(reply, page),
            "yellow",
        )
        for reply in cell["replies"]
    ]
    lines += amendment_lines(standing(cell["amendments"]), page)
    # An allegation's states say it already.
    if cell["withdrawn"] and not cell["states"]:
        lines.append((cell["withdrawn"], "yellow"))
    return lines


def _state_lines(states: Sequence[Mapping[str, Any]]) -> list[Line]:
    """Where an allegation stands: each state by whom, a finding with how it was reached."""
    lines: list[Line] = []
    for one in states:
        if one["words"]:
            lines.append((one["words"], "yellow"))
        for cause in one["causes"]:
            lines += profile_lines(cause | {"note": None}) if "profile" in cause else []
    return lines


def _unsigned(reply: Mapping[str, Any], page: Page) -> str:
    """Whose hand it was, where a reply is not its author's own."""
    if reply["standing"] == "signed":
        return ""
    hands = page.names_of(reply["signedBy"])
    return _(", {standing}, signed by {names}", standing=reply["standing"], names=hands)


def _criterion_lines(cell: Mapping[str, Any], page: Page) -> list[Line]:
    content = cell["content"]
    limit = plain.quantity(content.get("quantity")) or _("no quantity")
    base = (
        _(", counted from {base}", base=plain.quantity(content["baseline"])) if "baseline" in content else ""
    )
    owner = _("{nature} of {owner}", nature=content["nature"], owner=page.name(content["owner"]))
    bound = COMPARATORS.get(content["comparator"], content["comparator"])
    first = f"{titles(content) or content['clause']}: {bound} {limit}{base} ({owner})"
    return [(first, "")] + [(text, "dim") for text in (plain.text_of(content),) if text]


def _conflict(console: Console, conflict: Mapping[str, Any], page: Page) -> None:
    entries = [page.entry(one) for one in conflict["between"]]
    what = _("{aspect} of {entries} do not agree", aspect=conflict["aspect"], entries=plain.listed(entries))
    lines: list[Line] = [(f"{what} ({conflict['certainty']})", "")]
    lines += [(REASONS[reason], "dim") for reason in conflict["reasons"]]
    lines += [
        (_("noted as {type} by {names}", type=link["type"], names=page.names_of(link["signedBy"])), "dim")
        for link in conflict["links"]
    ]
    block(console, [(_("conflict, computed"), "red")], lines)


def _determination(console: Console, cell: Mapping[str, Any], page: Page) -> None:
    left = [(event_words(cell["event"]), "cyan"), (f"#{cell['position']}", "dim")]
    block(console, left, _claim_lines(cell, page) + profile_lines(cell))
