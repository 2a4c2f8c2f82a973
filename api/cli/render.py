"""The views as text: a column of dates and kinds beside what was claimed; one above the other where it is
narrow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from api.cli import plain
from api.cli.claims import changes, gist, mapping, methods
from api.cli.plain import Page
from api.cli.words import _, plural
from api.dossier.text import words
from api.notices import SYSTEM

NARROW = 70
Line = tuple[str, str]  # text and style

RELATIONS = {
    "about": _("about {target}"),
    "within": _("within {target}"),
    "against": _("against {target}"),
    "basedOn": _("based on {target}"),
    "on": _("on {target}"),
    "towards": _("towards {target}"),
    "links": _("links {target}"),
    "amends": _("amends {target}"),
    "respondsTo": _("responds to {target}"),
    "partlyAccepts": _("partly accepts {target}"),
    "partlyAnswers": _("partly answers {target}"),
    "promptedBy": _("prompted by {target}"),
    "sameAs": _("same investigation as {target}"),
    "partOf": _("part of {target}"),
}
SOURCES = frozenset({"statedIn", "mandate"})


def event_words(event: str) -> str:
    """What an event is called: `AllegationMade` is an allegation."""
    return _(words()["events"][event])


def heading(
    console: Console, answer: Mapping[str, Any], title: str, subtitle: str = "", *, again: bool = False
) -> None:
    """The first lines of every view: what, as of when, by which clock, and what it does not prove.

    The latter stands once where a command shows several views (`again`). A demo's entry 0 says what it is
    for, and whether those who are named signed anything.
    """
    console.print(Text(title, style="bold"))
    as_of = answer.get("asOf", {})
    parts = [_("as of {moment}", moment=as_of["today"])] if as_of.get("today") else []
    parts.append(plural("{n} entry", "{n} entries", int(as_of.get("size", 0))))
    last = as_of.get("recordedAt")
    parts.append(_("last entry {day}", day=day_of(last)) if last else _("nothing recorded yet"))
    if subtitle:
        parts.append(subtitle)
    if as_of.get("clock") == "demo":
        parts.append(_("demo clock: times are those of the statements"))
    console.print(Text(" · ".join(parts), style="dim"))
    if not again:
        own = f"{as_of['notice']} " if as_of.get("notice") else ""
        console.print(Text(own + SYSTEM, style="italic"))
    console.print()


def day_of(moment: str) -> str:
    """The day of an instant."""
    return moment[:10]


def timeline(console: Console, answer: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> None:
    """A timeline: one block for each statement, oldest first."""
    page = plain.page_of(answer, items)
    about = answer.get("about", {})
    name = str(about.get("name", ""))
    heading(console, answer, full_name(page, name), _("by {time}", time=about.get("by", "recorded")))
    for item in items:
        left = [(_when(item), "bold"), (event_words(item["event"]), "cyan"), (f"#{item['position']}", "dim")]
        block(console, left, statement_lines(item, page))
    if not items:
        console.print(_("Nothing is recorded about it at that moment."))


def full_name(page: Page, name: str) -> str:
    called = page.name(name)
    return called if called == name.partition(":")[2] else f"{called} ({name})"


def _when(item: Mapping[str, Any]) -> str:
    when = item["when"]
    value = when["value"]
    if value is None:
        return _("unknown")
    return str(value) if len(str(value)) <= 15 else day_of(str(value))


def statement_lines(item: Mapping[str, Any], page: Page) -> list[Line]:
    """What a statement says, who says it, what it refers to, and what became of it."""
    content, event = item["content"], item["event"]
    # A document without a title is named by its address.
    told = {name: value for name, value in content.items() if name != "url" or "title" in content}
    lines = [(text, "") for text in (gist(told, page, event), _related_names(item, page)) if text]
    lines += [(text, "") for text in (plain.text_of(content), _set(content, event, page)) if text]
    if item["kind"] == "document":
        lines.insert(0, (page.document(item["id"]), ""))
    elif titles(content):
        lines.insert(0, (titles(content), ""))
    lines.append((plain.who(item["provenance"], page), "dim"))
    times = _times(item)
    references = _references(item["refs"], page)
    lines += [(text, "dim") for text in (times, references) if text]
    if item.get("proposal"):
        lines.append((_("a proposal; it changes nothing here"), "yellow"))
    lines += [(flagged(flag, page), "red") for flag in item["flags"]]
    lines += profile_lines(item)
    lines += amendment_lines(item["amendments"], page)
    if item["withheld"]:
        lines.append((plural("{n} member is withheld", "{n} members are withheld", item["withheld"]), "dim"))
    return lines


def _related_names(item: Mapping[str, Any], page: Page) -> str:
    """Between whom a relation is stated; no other statement says it by its subjects alone."""
    return (
        _("between {names}", names=page.names_of(item["subjects"])) if "relation" in item["content"] else ""
    )


def _set(content: Mapping[str, Any], event: str, page: Page) -> str:
    """What an amendment sets in the place of what was said, or beside it."""
    found = changes(mapping(content.get("set")) or {}, page)
    if not found:
        return ""
    return _("adds: {what}", what=found) if event == "StatementExtended" else _("now: {what}", what=found)


def amendment_lines(amendments: Iterable[Mapping[str, Any]], page: Page) -> list[Line]:
    """By how many of its issuers a statement was changed, where, and to what."""
    lines: list[Line] = []
    for one in amendments:
        entry = _("entry {position}", position=one["position"])
        parts = (_("{words} ({entry})", words=one["words"], entry=entry), changes(one["set"], page))
        lines.append((": ".join(part for part in parts if part), "yellow"))
    return lines


def flagged(flag: Mapping[str, Any], page: Page) -> str:
    """That somebody else may have signed it, and whether its author stands by it."""
    text = _(
        "signed with a key that others than {name} may have used since entry {since}, as {names} states",
        name=page.name(flag["party"]),
        names=page.names_of(flag["saidBy"]),
        since=flag["since"],
    )
    return text + (_(", since asserted again") if "reassertedBy" in flag else "")


def titles(content: Mapping[str, Any]) -> str:
    names = content.get("names")
    if isinstance(names, list):
        return ", ".join(str(name["text"]) for name in names)
    return plain.text_of(content, "title")


def _times(item: Mapping[str, Any]) -> str:
    recorded = day_of(str(item["recordedAt"]))
    said, occurred = item["said"], item["occurred"]
    parts = [_("said {when}", when=day_of(str(said)))] if said and day_of(str(said)) != recorded else []
    if occurred:
        parts.append(_("occurred {when}", when=occurred))
    if parts or item.get("when", {}).get("value") != item["recordedAt"]:
        parts.append(_("recorded {when}", when=recorded))
    return ", ".join(parts)


def _references(refs: Iterable[Mapping[str, Any]], page: Page) -> str:
    """Grouped by relation: `offers entry 72, entry 73`; criteria by their titles."""
    grouped: dict[str, list[Mapping[str, Any]]] = {}
    for ref in refs:
        if ref["rel"] not in SOURCES:
            grouped.setdefault(ref["rel"], []).append(ref)
    return "; ".join(related(rel, _targets(targets, page)) for rel, targets in grouped.items())


def related(rel: str, target: str) -> str:
    """A reference in words; what no table names is a verb already, such as `disputes`."""
    return RELATIONS.get(rel, rel + " {target}").format(target=target)


def _targets(refs: Sequence[Mapping[str, Any]], page: Page) -> str:
    if all(ref.get("kind") == "criterion" and "title" in ref for ref in refs):
        return plain.listed([f"“{ref['title']}”" for ref in refs])
    return page.entries([ref["id"] for ref in refs])


def profile_lines(item: Mapping[str, Any]) -> list[Line]:
    """How a determination was reached, which no view leaves out; nothing for any other statement."""
    profile = item.get("profile")
    if profile is None:
        return []
    shown = [
        f"{plain.term('topics', topic)}: {_profile_words(profile[topic])}"
        for topic in ("methods", "notice", "competence", "gbvTraining")
        if topic in profile
    ]
    lines: list[Line] = [("; ".join(shown), "")]
    asked = [topic for topic, line in profile.items() if line.get("asked")]
    if asked:
        topics = plain.listed([plain.term("topics", topic) for topic in asked])
        lines.append((_("asked, see the open list: {topics}", topics=topics), "yellow"))
    if item["note"]:
        lines.append((hard_to_find(item["note"]), "italic"))
    return lines


def hard_to_find(note: str) -> str:
    """A note on how hard an issue is to find, with whose it is: nobody's who signs here."""
    return _("how hard it is to find (this software's issue list, signed by nobody): {note}", note=note)


def _profile_words(line: Mapping[str, Any]) -> str:
    value = line["value"]
    if value == "not-disclosed":
        return _("not disclosed")
    return methods(value) + (_(" (attributed)") if line.get("standing") == "attributed" else "")


def open_list(
    console: Console,
    answer: Mapping[str, Any],
    items: Sequence[Mapping[str, Any]],
    title: str,
    none: str,
    *,
    again: bool = False,
) -> None:
    """Requests or commitments with their age, due date and what came back, or `none`."""
    page = plain.page_of(answer, items)
    heading(console, answer, title, plural("{n} item", "{n} items", len(items)), again=again)
    for item in items:
        number = item["asAmended"].get("number")
        kind = event_words(item["event"]) + (f" {number}" if number else "")
        age = item["age"]
        days = plural("{n} day", "{n} days", age["days"])
        left = [
            (kind, "cyan"),
            (_("at least {days}", days=days) if age["atLeast"] else days, "bold"),
            (f"#{item['position']}", "dim"),
        ]
        block(console, left, _open_lines(item, page))
    if not items:
        console.print(none)


# Shown beside the statement, with what came of each addressee and of the due date.
_BESIDE = frozenset({"addressees", "due", "number"})


def _open_lines(item: Mapping[str, Any], page: Page) -> list[Line]:
    content = {name: value for name, value in item["asAmended"].items() if name not in _BESIDE}
    told = (gist(content, page, item["event"]), plain.text_of(content))
    lines = [(text, "") for text in told if text]
    lines.append((_due(item), "red" if item["overdueDays"] else ""))
    for one in item.get("addressees", []):
        lines.append((f"{page.name(one['addressee'])}: {one['words']}", "yellow"))
    if item.get("state"):
        behind = _(", behind") if item["behind"] else ""
        lines.append((_("stands at {state}", state=item["state"]) + behind, "yellow"))
    lines.append((plain.who(item["provenance"], page), "dim"))
    lines += [(flagged(flag, page), "red") for flag in item["flags"]]
    lines += amendment_lines(standing(item["amendments"]), page)
    if item["withdrawn"]:
        lines.append((item["withdrawn"], "yellow"))
    return lines


def standing(amendments: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Corrections and additions: of withdrawals one line says how many of the issuers have withdrawn."""
    return [one for one in amendments if one["type"] != "withdrawal"]


def _due(item: Mapping[str, Any]) -> str:
    due = item["due"]
    if due["now"] is None:
        return _("due date unknown")
    words = _("due {when}", when=due["now"])
    if due["extensions"]:
        moved = plural("moved {n} time", "moved {n} times", due["extensions"])
        words += _(" ({moved}, first {when})", moved=moved, when=due["first"] or _("unknown"))
        if any(move["standing"] == "attributed" for move in due["changes"]):
            words += _(", by somebody else's word for it")
    if item["overdueDays"]:
        words += plural(", {n} day overdue", ", {n} days overdue", item["overdueDays"])
    return words


def registry(
    console: Console, answer: Mapping[str, Any], entries: Sequence[Mapping[str, Any]], title: str
) -> None:
    """Parties or factories: name, slug, what is known, keys."""
    page = plain.page_of(answer)
    heading(console, answer, title, plural("{n} name", "{n} names", len(entries)))
    for entry in entries:
        block(
            console,
            [(entry["name"].partition(":")[2], "bold"), (entry.get("standing", ""), "cyan")],
            _entry_lines(entry, page),
        )


def _entry_lines(entry: Mapping[str, Any], page: Page) -> list[Line]:
    facts = entry["facts"]
    names = ", ".join(str(text["text"]) for text in entry["called"].get("texts", []))
    shown = [
        f"{name} {plain.listed([str(one) for one in value]) if isinstance(value, list) else value}"
        for name, value in facts.items()
        if isinstance(value, str | list) and name not in ("names", "_sd") and not _texts(value)
    ]
    unnamed = _("name withheld") if entry["called"]["state"] == "withheld" else _("no name given")
    lines = [(names or unnamed, ""), (" · ".join(shown), "dim")]
    if entry["proposals"]:
        others = plural(
            "{n} statement by others changes nothing here",
            "{n} statements by others change nothing here",
            len(entry["proposals"]),
        )
        lines.append((others, "dim"))
    for new in entry["became"]:
        lines.append((_("now {name}", name=full_name(page, new)), "yellow"))
    for old in entry["was"]:
        lines.append((_("was {name}", name=full_name(page, old)), "yellow"))
    for whole in entry["partOf"]:
        lines.append((_("part of {name}", name=full_name(page, whole)), ""))
    lines += [(_key(key), "dim") for key in entry.get("keys", [])]
    lines += [
        (_("{key} (of {name})", key=_key(key), name=full_name(page, old["name"])), "dim")
        for old in entry["former"]
        for key in old.get("keys", [])
    ]
    return lines


def _key(key: Mapping[str, Any]) -> str:
    """A key with what it may sign, and all that bounds when its signatures count."""
    what = {"role": key["role"], "id": key["keyId"][:16], "position": key["added"]}
    words = _("{role} key {id}… since entry {position}", **what)
    if key["scope"] != ["any"]:
        words += _(", for {scope}", scope=plain.listed(key["scope"]))
    if key["expires"] is not None:
        words += _(", until {day}", day=key["expires"])
    if key["revoked"] is not None:
        words += _(", revoked at entry {position}", position=key["revoked"])
    if "compromisedSince" in key:
        since = key["compromisedSince"]
        words += _(", others may have used it since entry {position}", position=since)
    return words


def _texts(value: object) -> bool:
    return isinstance(value, list) and any(not isinstance(one, str) for one in value)


def block(console: Console, left: Sequence[Line], right: Sequence[Line]) -> None:
    """One item: a narrow column of labels beside its lines, or above them on a narrow terminal."""
    lines: list[RenderableType] = [Text(text, style=style) for text, style in right if text]
    labels = [(text, style) for text, style in left if text]
    if console.width < NARROW:
        head = Text("  ").join([Text(text, style=style) for text, style in labels])
        console.print(Group(head, *(Padding(line, (0, 0, 0, 2)) for line in lines)))
    else:
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(width=26)
        grid.add_column(ratio=1, overflow="fold")
        grid.expand = True
        grid.add_row(Group(*(Text(text, style=style) for text, style in labels)), Group(*lines))
        console.print(grid)
    console.print()
