"""Reports in plain words, for people who have never seen a hash."""

from collections.abc import Iterator
from textwrap import fill

from ..core.report import (
    FAILED,
    FOREIGN,
    HELD,
    NAMESAKE,
    SPLIT_VIEW,
    UNCHECKED,
    UNREADABLE,
    UNVERIFIED,
    Report,
)

# What each step asks; a receipt and a bundle share most of them.
QUESTIONS = {
    "file": "Can the file be read?",
    "entry": "Is this a log entry, byte for byte in its one form?",
    "statement": "Is the statement well-formed?",
    "signatures": "Did those sign who are said to have signed, exactly this?",
    "proof": "Can the proof be read?",
    "inclusion": "Is it in the log, at the place it says?",
    "trust root": "Is it the ledger that you trust?",
    "checkpoint": "Has that ledger signed for the whole log?",
    "witnesses": "Have enough independent witnesses seen the same log?",
    "form": "Is every entry and statement well-formed?",
    "key status": "Did all sign who had to, with keys that were theirs at that time?",
    "completeness": "Is this everything there was, or has something been left out?",
    "rules": "Could each statement be made, by those who made it, after what was said before?",
    "disclosures": "Do the texts shown belong to what was signed?",
    "documents": "Are the documents, byte for byte, those that were entered?",
    "statements": "Is every entry and statement well-formed?",
    "index": "Has the operator signed that these are all there are?",
    "answer": "Does that answer what the file is about?",
    "time-stamps": "Has an outside authority dated the log?",
    "code": "Can the code be read, and is there an entry at the place it names?",
    "consistency": "Is the log of today what the printed log has grown to?",
    "citation": "Does the statement that was printed stand at that place?",
    "page text": "Does this page print what was signed?",
}

# What a report amounts to, by its outcome.
MEANINGS = {
    FOREIGN: "This file names another ledger than the one that you trust: the step trust root says which."
    " Nothing failed but what follows from that. If you mean that ledger, check the file with the trust file"
    " of that ledger.",
    NAMESAKE: "This file names the ledger that you trust, but not its genesis: see the step trust root. The"
    " step checkpoint failed, too. A ledger that was begun anew under its old name looks like that, and so"
    " does a forgery. Keep the file, and ask whoever gave it to you, and the ledger, for an explanation.",
    SPLIT_VIEW: "A key of the ledger that you trust has signed this, but the genesis is another than your"
    " trust file names: see the step trust root. Unless the trust file is wrong, that key has signed two"
    " histories. Keep this file and your trust file: they are evidence of it.",
    HELD: "Every check held.",
    FAILED: "At least one check failed: something here is not what it claims to be. Keep the file, and ask"
    " whoever gave it to you, and the ledger, for an explanation.",
    UNREADABLE: "The file could not be read as what it should be. That proves nothing and disproves nothing.",
    UNVERIFIED: "The file agrees with itself, but nobody said which ledger you trust, and anyone can make a"
    " log of any name. Get the ledger's trust file from somewhere else than this file came from, and give it"
    " with --trust.",
    UNCHECKED: "No check failed, but not all could be made: those marked unchecked say what is wanting.",
}
WIDTH = 100


def meaning(report: Report) -> str:
    """What the report amounts to, in a sentence or two."""
    return MEANINGS[report.outcome]


def hints(report: Report) -> Iterator[str]:
    """What would let the report say more."""
    for step in report:
        if step.name == "documents" and step.counts.get("absent"):
            yield "To check the documents, too: `evidence bundle NAME --documents` makes a zip with them."
        if step.name == "page text" and step.grade == UNCHECKED:
            yield (
                "Rely on nothing that the page prints before it is compared with what was signed:"
                " `evidence verify FILE` does so, or `evidence dossier NAME` makes a page of your own."
            )


def lines(name: str, report: Report) -> Iterator[str]:
    """The report as text: each step with its number, grade and what was seen, then what it means and what
    would say more.
    """
    yield name
    for step in report:
        yield f"  {step.number:>2} {step.name:<12} {step.grade:<11} {QUESTIONS.get(step.name, '')}".rstrip()
        yield fill(step.detail, WIDTH, initial_indent=" " * 18, subsequent_indent=" " * 18)
    yield fill(f"verdict: {report.verdict}", WIDTH, initial_indent="  ", subsequent_indent="  ")
    for text in (meaning(report), *hints(report)):
        yield fill(text, WIDTH, initial_indent="  ", subsequent_indent="  ")
