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
from api.cli.plain import Page
from api.cli.words import _, plural

NARROW = 70
Line = tuple[str, str]  # text and style

EVENTS = {
    "LedgerOpened": _("ledger opened"),
    "PartyListed": _("party listed"),
    "PartyRegistered": _("party registered"),
    "FactoryRegistered": _("factory registered"),
    "CriterionPublished": _("criterion"),
    "AuditDescribed": _("audit"),
    "FollowUpDescribed": _("follow-up"),
    "DeskReviewDescribed": _("desk review"),
    "UndercoverInvestigationDescribed": _("undercover investigation"),
    "FieldInvestigationDescribed": _("field investigation"),
    "GovernmentInspectionDescribed": _("government inspection"),
    "InternalInvestigationDescribed": _("internal investigation"),
    "AllegationMade": _("allegation"),
    "ObservationMade": _("observation"),
    "DeterminationIssued": _("finding"),
    "OverallDetermined": _("overall determination"),
    "CertificationDecided": _("certification"),
    "DocumentReferenced": _("document referred to"),
    "DocumentCaptured": _("document captured"),
    "DocumentSealed": _("document sealed"),
    "ResponseGiven": _("response"),
    "QuestionAsked": _("question"),
    "DemandMade": _("demand"),
    "DisclosureRequested": _("disclosure request"),
    "AccessRequested": _("access request"),
    "CommentInvited": _("comment invited"),
    "ComplaintFiled": _("complaint"),
    "LawsuitFiled": _("lawsuit"),
    "CommitmentMade": _("commitment"),
    "DueChanged": _("due date changed"),
    "ProgressReported": _("progress reported"),
    "CompletionClaimed": _("completion claimed"),
    "CompletionVerified": _("completion verified"),
    "CompletionDisputed": _("completion disputed"),
    "CommitmentReopened": _("commitment reopened"),
    "NoReplyNoted": _("no reply noted"),
    "ConflictNoted": _("conflict noted"),
    "NoConflictNoted": _("no conflict noted"),
    "CriteriaGapNoted": _("criteria gap noted"),
    "StatementCorrected": _("correction"),
    "StatementExtended": _("addition"),
    "StatementWithdrawn": _("withdrawal"),
}
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
    return EVENTS.get(event, event)


def heading(console: Console, answer: Mapping[str, Any], title: str, subtitle: str = "") -> None:
    """The first lines of every view: what, as of when, by which clock, and what it does not prove."""
    console.print(Text(title, style="bold"))
    as_of = answer.get("asOf", {})
    parts = [_("as of {moment}", moment=as_of["today"])] if as_of.get("today") else []
    parts.append(plural("{n} entry", "{n} entries", int(as_of.get("size", 0))))
    last = as_of.get("recordedAt")
    parts.append(_("last entry {day}", day=day_of(last)) if last else _("nothing recorded yet"))
    if subtitle:
        parts.append(subtitle)
    if as_of.get("clock") == "demo":
        parts.append(_("demo clock"))
    console.print(Text(" · ".join(parts), style="dim"))
    console.print(Text(str(answer.get("notice", "")), style="italic"))
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
    content = item["content"]
    lines = [(text, "") for text in (gist(content, page), plain.text_of(content)) if text]
    if item["kind"] == "document":
        lines.insert(0, (page.document(item["id"]), ""))
    elif titles(content):
        lines.insert(0, (titles(content), ""))
    lines.append((plain.who(item["provenance"], page), "dim"))
    times = _times(item)
    references = _references(item["refs"], page)
    lines += [(text, "dim") for text in (times, references) if text]
    lines += [(flagged(flag, page), "red") for flag in item["flags"]]
    lines += profile_lines(item)
    lines += [(amendment["words"], "yellow") for amendment in item["amendments"]]
    if item["withheld"]:
        lines.append((plural("{n} member is withheld", "{n} members are withheld", item["withheld"]), "dim"))
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


def gist(content: Mapping[str, Any], page: Page) -> str:
    """The closed members of a claim in one line."""
    parts = [
        _issues(content.get("issue")),
        plain.term("topics", str(content["topic"])) if "topic" in content else "",
        _("by {method}", method=plain.term("methods", content["method"]).lower())
        if "method" in content
        else "",
        str(content.get("result", "")),
        plain.quantity(content.get("quantity")),
        plain.sample(mapping(content.get("sample"))),
        _outcome(content.get("outcome")),
        plain.scope(mapping(content.get("scope"))),
        _participants(content.get("participants"), page),
        _("methods {list}", list=_methods(content["methods"])) if "methods" in content else "",
        _("notice {notice}", notice=_notice(content["notice"])) if "notice" in content else "",
        _("to {names}", names=page.names_of(content["addressees"])) if "addressees" in content else "",
        _("due {when}", when=content["due"]) if "due" in content else "",
        _("as of {moment}", moment=content["asOf"]) if "asOf" in content else "",
        _("offers {offer}", offer=content["offer"]) if "offer" in content else "",
        _("aspect {aspect}", aspect=content["aspect"]) if "aspect" in content else "",
    ]
    return " · ".join(part for part in parts if part)


def mapping(value: object) -> Mapping[str, Any] | None:
    return value if isinstance(value, Mapping) else None


def _issues(issue: object) -> str:
    codes = issue if isinstance(issue, list) else [issue] if issue else []
    return ", ".join(plain.term("issues", str(code)) for code in codes)


def _outcome(outcome: object) -> str:
    if not outcome:
        return ""
    return next(
        (
            plain.term(name, str(outcome))
            for name in (
                "finding-outcomes",
                "overall-outcomes",
                "certification-outcomes",
                "response-outcomes",
            )
            if plain.term(name, str(outcome)) != outcome
        ),
        str(outcome),
    )


def _participants(participants: object, page: Page) -> str:
    if not isinstance(participants, list):
        return ""
    by_role: dict[str, list[str]] = {}
    for one in participants:
        by_role.setdefault(str(one["role"]), []).append(
            page.name(one["party"]) if "party" in one else _("undisclosed")
        )
    return ", ".join(f"{role} {plain.listed(names)}" for role, names in by_role.items())


def _methods(methods: object) -> str:
    if not isinstance(methods, list):
        return str(methods)
    return plain.listed([plain.term("methods", str(method)).lower() for method in methods])


def _notice(notice: object) -> str:
    return plain.term("notice", str(notice)).lower()


def profile_lines(item: Mapping[str, Any]) -> list[Line]:
    """How a determination was reached, which no view leaves out; nothing for any other statement."""
    profile = item.get("profile")
    if profile is None:
        return []
    shown = [
        f"{plain.term('topics', topic)}: {_profile_words(profile[topic])}"
        for topic in ("methods", "notice", "competence", "gbvTraining")
    ]
    lines: list[Line] = [("; ".join(shown), "")]
    asked = [topic for topic, line in profile.items() if line.get("asked")]
    if asked:
        topics = plain.listed([plain.term("topics", topic) for topic in asked])
        lines.append((_("asked, see the open list: {topics}", topics=topics), "yellow"))
    if item["note"]:
        lines.append((item["note"], "italic"))
    return lines


def _profile_words(line: Mapping[str, Any]) -> str:
    value = line["value"]
    if value == "not-disclosed":
        return _("not disclosed")
    return _methods(value) + (_(" (attributed)") if line.get("standing") == "attributed" else "")


def open_list(
    console: Console, answer: Mapping[str, Any], items: Sequence[Mapping[str, Any]], title: str
) -> None:
    """Requests or commitments with their age, due date and what came back."""
    page = plain.page_of(answer, items)
    heading(console, answer, title, plural("{n} item", "{n} items", len(items)))
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
        console.print(_("Nothing is open at that moment."))


def _open_lines(item: Mapping[str, Any], page: Page) -> list[Line]:
    content = {name: value for name, value in item["asAmended"].items() if name not in ("addressees", "due")}
    lines = [(text, "") for text in (gist(content, page), plain.text_of(content)) if text]
    if "remedy" in content:
        remedies = content["remedy"] if isinstance(content["remedy"], list) else [content["remedy"]]
        lines.append(
            (
                _(
                    "asks for {list}",
                    list=plain.listed([plain.term("remedies", one).lower() for one in remedies]),
                ),
                "",
            )
        )
    lines.append((_due(item), "red" if item["overdueDays"] else ""))
    for one in item.get("addressees", []):
        lines.append((f"{page.name(one['addressee'])}: {one['words']}", "yellow"))
    if item.get("state"):
        behind = _(", behind") if item["behind"] else ""
        lines.append((_("stands at {state}", state=item["state"]) + behind, "yellow"))
    lines.append((plain.who(item["provenance"], page), "dim"))
    lines += [(flagged(flag, page), "red") for flag in item["flags"]]
    lines += [(amendment["words"], "yellow") for amendment in item["amendments"]]
    if item["withdrawn"]:
        lines.append((item["withdrawn"], "yellow"))
    return lines


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
    for key in entry.get("keys", []):
        until = (
            _(", revoked at entry {position}", position=key["revoked"]) if key["revoked"] is not None else ""
        )
        lines.append(
            (
                _(
                    "{role} key {id}… since entry {position}",
                    role=key["role"],
                    id=key["keyId"][:16],
                    position=key["added"],
                )
                + until,
                "dim",
            )
        )
    return lines


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
