"""What a submitter reads beside the fields: each kind in plain words, labels and help of members.

A member without an entry here is called as everywhere else (`api/dossier/words.json`) and needs no help.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from projections.wording import marked


class Purpose(NamedTuple):
    """What somebody wants to do, and the kinds that do it."""

    title: str
    kinds: tuple[str, ...]


PURPOSES: Final = (
    Purpose(marked("Say what is the case"), ("allegation", "observation")),
    Purpose(marked("Describe an investigation and what it found"), ("investigation", "determination")),
    Purpose(marked("Bring in a document"), ("document",)),
    Purpose(marked("Answer, agree or object"), ("response",)),
    Purpose(marked("Ask or demand"), ("request",)),
    Purpose(marked("Promise, and say what became of it"), ("commitment", "progress")),
    Purpose(marked("Put statements side by side"), ("link",)),
    Purpose(marked("Correct, add to or withdraw a statement"), ("amendment",)),
    Purpose(marked("Name a factory or a rule"), ("factory", "criterion")),
)

KINDS: Final[Mapping[str, str]] = {
    "allegation": marked("You say that something is the case, before anybody else has looked into it."),
    "observation": marked("You say what was seen, and by which method. Several may contradict each other."),
    "investigation": marked(
        "You say how something was looked into: by whom, when, by which methods. "
        "What nobody tells is said to be so."
    ),
    "determination": marked(
        "You say what an investigation concluded. “Not evidenced” says what was not found, "
        "never that a claim is untrue."
    ),
    "document": marked("You name a text, or hand over its bytes, so that statements can rest on it."),
    "response": marked("You answer one or more statements, and take a stance towards each."),
    "request": marked("You ask somebody for something. It stays open, and ages, until it is answered here."),
    "commitment": marked("You say what you or another party will do, perhaps by a date."),
    "progress": marked("You say what became of a commitment or a request."),
    "link": marked("You say how two or more statements stand to each other."),
    "amendment": marked("You change what you said before. What was said stays, with the change beside it."),
    "factory": marked("You name a place of production, so that statements can be about it."),
    "criterion": marked("You put one clause of a law, a standard or a code in one version on record."),
}

LABELS: Final[Mapping[str, str]] = {
    "attribution": marked("how you give it"),
    "created": marked("short name"),
    "exactly": marked("happened, to the day"),
    "issuers": marked("who else signs"),
    "locator": marked("where in it"),
    "occurred": marked("happened"),
    "reference": marked("reference"),
    "refs": marked("references"),
    "rel": marked("how it refers"),
    "said": marked("first said"),
    "set": marked("what changes"),
    "target": marked("to which statement"),
    "voice": marked("somebody else's claim"),
    "subjects": marked("about whom or what"),
    "via": marked("by way of"),
    "N": marked("people in the whole group (N)"),
    "actor": marked("who will do it"),
    "addressees": marked("to whom"),
    "asOf": marked("as of which day"),
    "baseline": marked("normal amount that the limit is counted from"),
    "bound": marked("how exact"),
    "caseNumber": marked("case number"),
    "claimants": marked("whose claim it is"),
    "count": marked("how many"),
    "days": marked("days on site"),
    "due": marked("by when"),
    "form": marked("form"),
    "group": marked("who was asked or counted"),
    "high": marked("to"),
    "independentSources": marked("independent sources"),
    "langs": marked("languages of the document"),
    "low": marked("from"),
    "media": marked("kind of file"),
    "membersKnown": marked("is it known which ones"),
    "n": marked("people asked or counted (n)"),
    "names": marked("names"),
    "of line": marked("of what"),
    "of number": marked("out of how many"),
    "per": marked("per"),
    "persons": marked("persons concerned"),
    "population": marked("of how many in all"),
    "quantifier": marked("how many of them"),
    "share": marked("share of those asked, in per cent"),
    "team": marked("who the investigators were"),
    "text": marked("in words"),
    "unit": marked("unit"),
    "value": marked("amount"),
    "women": marked("women among those asked"),
}

DATE_HELP: Final = marked("A year, month or day: 2020, 2020-02, 2020-02-07; or from/to: 2019-06/2019-10.")
COARSE_HELP: Final = marked("A year or a month, or from/to: 2019, 2019-11, 2019-06/2019-10. No days.")
CODE_HELP: Final = marked("One short code without spaces: letters, digits and . _ : / @ + -.")
TEXT_HELP: Final = marked(
    "Nothing that could identify a worker. Kept beside the log; this version does not erase it yet."
)

CREATED_HELP: Final = marked(
    "A new name for addresses, never used again: small letters, digits and hyphens, such as river-mill. "
    "It stays for ever, so it names no person."
)
SUBJECTS_HELP: Final = marked(
    "Type what a factory or a party is called, and choose it: its short name, such as factory:river-mill, is "
    "filled in."
)
CLOSED_HELP: Final = marked(
    "Those of the statements you refer to are added by themselves. "
    "For others type what they are called, and choose."
)
REFS_HELP: Final = marked("The statements that this one answers, rests on or changes.")
TARGET_HELP: Final = marked(
    "Its id, the address of its page, a name such as factory:river-mill; or words to look for, and “Find”."
)
LOCATOR_HELP: Final = marked("A page or paragraph, such as p4.")
ISSUERS_HELP: Final = marked("Short names of other parties that sign the same statement.")
VOICE_HELP: Final = marked("Leave empty if it is your own. The ledger shows who says it and who signed it.")
CLAIMANTS_HELP: Final = marked("Who said it: short names. Never natural persons.")
VIA_HELP: Final = marked("By way of whom, nearest the speaker first: short names, or host: and a web site.")
SAID_HELP: Final = marked("When it was first said, if not now. 2020, 2020-02, 2020-02-07, or from/to.")
EXACTLY_HELP: Final = marked(
    "A day, if you know it. Kept beside the log; this version does not erase it yet."
)

HELP: Final[Mapping[str, str]] = {
    "N": marked("“unknown” if nobody says."),
    "actor": marked("A party's short name, or factory: and a factory's."),
    "addressees": marked("Parties' short names; factory: and a factory's; or group: and a word for a group."),
    "baseline": marked("Such as 40 hours a week, above which overtime begins."),
    "clause": marked("The number of the clause, such as 36 or 4.2.1."),
    "competence": marked("A short code, or not-disclosed where the team's competence was not told."),
    "conditional": marked("Whether the promise hangs on something else."),
    "country": marked("Two capital letters, such as CN."),
    "crossCheck": marked("How answers were checked: a short code, or not-disclosed."),
    "delivery": marked("How it was sent: a short code such as letter or e-mail."),
    "documents": marked("Which documents were read: short codes, such as payroll."),
    "fileName": marked("What the file was called. Kept beside the log; this version does not erase it yet."),
    "form": marked("What it is, in one short code: report, letter, web-page."),
    "gbvTraining": marked("Whether the team was trained: a short code, or not-disclosed."),
    "identifiers": marked("Numbers in other registers, such as oar:CN2019108."),
    "issue": marked("Choose the narrowest one that fits."),
    "jurisdiction": marked("Two capital letters, such as CN; a part of a country as CN-GD."),
    "langs": marked("Codes such as en, fr, de or zh."),
    "membersKnown": marked("No: a part of the group, and nobody says which."),
    "names": marked(
        "In every language that you know. Kept beside the log; this version does not erase them yet."
    ),
    "number": marked("Its number in the document it stands in."),
    "owner": marked("The short name of the party whose rule it is."),
    "participants": marked("Leave the party empty where it was not disclosed."),
    "persons": marked(
        "Persons whom the request names, such as spokespersons. Kept beside the log; this version does not "
        "erase it yet."
    ),
    "previous": marked("Whether there was one before: a short code, or not-disclosed."),
    "privacy": marked("Who could hear interviews: a short code, or not-disclosed."),
    "quantity": marked("One amount, or from and to, with its unit. Keep the unit that your source has."),
    "respondents": marked("Against whom, where that is not the addressee: short names."),
    "sample": marked(
        "Counts of people stay out of the permanent log unless at least ten were asked "
        "and no part is smaller than ten."
    ),
    "scope": marked(
        "For a statement about a part of many: “none of five”. Name all that were looked at above."
    ),
    "share": marked("90 means nine of ten of those asked."),
    "team": marked("Kept beside the log; this version does not erase it yet."),
    "url": marked("Where it stood. Kept beside the log; this version does not erase it yet."),
    "version": marked("The year or number of the version, such as 2018."),
    "withoutLiability": marked("Whether it is said without admitting liability."),
}
