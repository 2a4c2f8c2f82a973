"""Subjects: name, kind and digest belong together, and no reply leaves out what it is a reply about."""

from ..core.form import first_digest
from ..core.refusal import Refusal
from ..core.statement import Statement, Subject
from .facts import creation_of, target_of, targets
from .names import full_name
from .view import View

# Subjects beyond those that closure and addressees demand; the form allows 128 in all.
EXTRA_SUBJECTS = 64
# Events that create a name; a listed party's registration is the one that may find it created.
_CREATING = {
    "PartyListed": "party:",
    "PartyRegistered": "party:",
    "FactoryRegistered": "factory:",
    "CriterionPublished": "criterion:",
}
_CLOSED = frozenset({"response", "request", "commitment", "progress", "link", "amendment", "control"})
_NOT_CARRIED = frozenset({"criterion", "document"})


def check_subjects(view: View, statement: Statement) -> None:
    """Every named subject is pinned by the id of the statement that created it, or is created here."""
    if statement.event == "LedgerOpened":
        return  # its three names are settled by its form
    creates = _CREATING.get(statement.event)
    for i, subject in enumerate(statement.subjects):
        if subject.name.startswith("document:"):
            continue
        creation = creation_of(view, subject.name)
        if creation is not None and subject.digest == creation:
            continue
        if creates is not None and subject.name.startswith(creates):
            _check_created(statement.genesis, subject, creation, i)
        elif creation is None:
            raise Refusal("unknown-subject", f"nothing is named {subject.name} yet", f"/subject/{i}/name")
        else:
            what = f"{subject.name} was created by {creation}"
            raise Refusal("subject-digest", what, f"/subject/{i}/digest/sha256")


def _check_created(genesis: str, subject: Subject, creation: str | None, i: int) -> None:
    """A new name under its first digest."""
    if creation is not None:
        raise Refusal("name-taken", f"{subject.name} was created by {creation}", f"/subject/{i}/name")
    if subject.digest != first_digest(genesis, subject.name):
        what = f"nothing created {subject.name} yet, and this is not a new name's digest"
        raise Refusal("subject-digest", what, f"/subject/{i}/digest/sha256")


def check_closure(view: View, statement: Statement) -> None:
    """Factories and parties of every target, and addressees, are subjects too; not many others are."""
    names = {subject.name for subject in statement.subjects}
    demanded = _carried(view, statement)
    demanded |= _addressees(view, statement)
    if not demanded <= names:
        missing = ", ".join(sorted(demanded - names))
        raise Refusal("subject-missing", f"the subjects leave out {missing}", "/subject")
    if len(names - demanded) > EXTRA_SUBJECTS:
        raise Refusal(
            "too-many-subjects", f"{len(names - demanded)} subjects that nothing demands", "/subject"
        )
    if statement.kind in ("observation", "determination"):
        _check_shared(view, statement, names)


def _carried(view: View, statement: Statement) -> set[str]:
    every = statement.kind in _CLOSED
    demanded: set[str] = set()
    for ref in statement.refs:
        if ref.ledger is None and (every or ref.rel == "details"):
            target = target_of(view, ref)
            if target.kind not in _NOT_CARRIED:
                demanded.update(target.names)
    return demanded


def _addressees(view: View, statement: Statement) -> set[str]:
    """The parties and factories that a request, or an amendment of one, addresses; those of a sealed one
    stand in disclosures.
    """
    claim = statement.claim if statement.kind == "request" else {}
    if statement.kind == "amendment" and any(
        target.kind == "request" for _, target in targets(view, statement, "amends")
    ):
        claim = statement.claim.get("set", {})
    return {full_name(one) for one in claim.get("addressees", ()) if not one.startswith("group:")}


def _check_shared(view: View, statement: Statement, names: set[str]) -> None:
    """An observation or determination is about something that its investigation or allegation is about."""
    for ref, target in targets(view, statement, "within", "about"):
        if target.names and names.isdisjoint(target.names):
            raise Refusal("subject-missing", f"no subject in common with what it is {ref.rel}", "/subject")
