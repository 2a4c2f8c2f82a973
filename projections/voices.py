"""Hand and voice of an item: who says it, in which form, through whom, who signed it, and on what basis.

Every view shows it beside every item; `says` is the one place where it becomes words (domain: hand and voice,
6).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ledger.core.statement import Recorded
from projections.amendments import followers
from projections.items import Item, Slice
from projections.wording import ENGLISH, Wording, marked

_BASES = ("captured", "sealed", "referenced")
STANDINGS = ("disowned", "attributed", "mandated", "adopted", "signed")
"""How far a claim is its claimant's own word, the weakest first."""


@dataclass(frozen=True, slots=True)
class Voice:
    """One claimant and how far the claim is its own: signed, adopted, mandated, attributed or disowned.

    `by` is the id of the response that adopted or disowned it, or of the mandate.
    """

    party: str
    standing: str
    by: str | None = None

    def to_json(self) -> dict[str, str]:
        return {"party": self.party, "standing": self.standing} | ({"by": self.by} if self.by else {})


@dataclass(frozen=True, slots=True)
class Source:
    """A document the claim is stated in: its statement id, captured/sealed/referenced, the place in it, its
    text.
    """

    id: str
    basis: str
    locator: str | None
    title: str | None

    def to_json(self) -> dict[str, str | None]:
        return {"id": self.id, "basis": self.basis, "locator": self.locator, "title": self.title}


@dataclass(frozen=True, slots=True)
class Provenance:
    """Hand and voice of one item. `form` and `via` are None and empty where its claimants signed; `name` is
    what its English words call a slug.
    """

    said_by: tuple[Voice, ...]
    signed_by: tuple[str, ...]
    form: str | None
    via: tuple[str, ...]
    basis: str | None
    sources: tuple[Source, ...]
    name: Callable[[str], str] = field(default=str, repr=False, compare=False)

    @property
    def words(self) -> str:
        """Made when asked for: pages make their own, in the reader's language."""
        return says(self, self.name)

    @property
    def attributed(self) -> bool:
        """Whether somebody is said to have claimed this without having signed or adopted it."""
        return any(voice.standing not in ("signed", "adopted") for voice in self.said_by)

    @property
    def standing(self) -> str:
        """The weakest standing among the claimants: a status reached through it says so."""
        return min((voice.standing for voice in self.said_by), key=STANDINGS.index)

    def to_json(self) -> dict[str, object]:
        return {
            "saidBy": [voice.to_json() for voice in self.said_by],
            "signedBy": list(self.signed_by),
            "form": self.form,
            "via": list(self.via),
            "basis": self.basis,
            "sources": [source.to_json() for source in self.sources],
            "standing": self.standing,
            "words": self.words,
        }


def provenance(item: Item, known: Slice) -> Provenance:
    """Hand and voice of `item`, with the adoptions and disavowals that `known` holds."""
    statement = item.statement
    sources = tuple(_sources(item, known))
    bases = [source.basis for source in sources]
    return Provenance(
        said_by=tuple(_voice(item, known, claimant) for claimant in statement.claimants),
        signed_by=statement.issuers,
        form=statement.attribution.form if statement.attribution else None,
        via=statement.attribution.via if statement.attribution else (),
        basis=min(bases, key=_BASES.index) if bases else None,
        sources=sources,
        name=known.names.of,
    )


def _sources(item: Item, known: Slice) -> list[Source]:
    found = []
    for ref in item.statement.refs:
        document = known.get(ref.id) if ref.rel == "statedIn" else None
        if document is not None and document.statement.kind == "document":
            found.append(
                Source(ref.id, document.statement.type or "referenced", ref.locator, _title(document))
            )
    return found


def _title(document: Item) -> str | None:
    title = document.claim.get("title")
    return title.get("text") if isinstance(title, Mapping) else None


def _voice(item: Item, known: Slice, claimant: str) -> Voice:
    if claimant in item.statement.issuers:
        return Voice(claimant, "signed")
    attribution = item.statement.attribution
    relays = attribution.via if attribution else ()
    for rel, response in reversed(followers(item, known, "adopts", "disowns")):
        if claimant in response.statement.issuers:
            return Voice(claimant, "adopted" if rel == "adopts" else "disowned", response.id)
        if rel == "disowns" and set(relays) & set(response.statement.issuers):
            return Voice(claimant, "disowned", response.id)
    mandates = item.refers("mandate")
    if mandates and attribution and attribution.form == "on-behalf":
        return Voice(claimant, "mandated", mandates[0])
    return Voice(claimant, "attributed")


def bearing(item: Item, known: Slice) -> list[tuple[str, Recorded]]:
    """(rel, statement) of what bears on `item` and stands, oldest first, for the rules about statuses: words
    that were taken back, or that their alleged author disowns, bring nothing about.
    """
    return [
        (rel, one.read_as(one.claim))
        for rel, one in followers(item, known)
        if provenance(one, known).standing != "disowned"
    ]


def says(given: Provenance, name: Callable[[str], str] = str, wording: Wording = ENGLISH) -> str:
    """In words: "X says (paraphrase), captured by Y from D, not signed by X"; `name` names a slug."""
    voices = wording.listed([name(voice.party) for voice in given.said_by])
    hands = wording.listed([name(slug) for slug in given.signed_by])
    if given.form is None:
        return _signed(len(given.said_by), voices, hands, wording)
    if given.form == "conduct":
        opening = wording.gettext("{voices} did so, according to {hands}").format(voices=voices, hands=hands)
    else:
        said = wording.ngettext("{voices} says ({form})", "{voices} say ({form})", len(given.said_by))
        opening = said.format(voices=voices, form=wording.gettext(FORMS[given.form]))
    parts = (
        opening,
        _taken(given, hands, wording),
        _via(given, name, wording),
        _ending(given, name, wording),
    )
    return wording.gettext(", ").join(part for part in parts if part)


FORMS = {
    "quote": marked("quote"),
    "paraphrase": marked("paraphrase"),
    "translation": marked("translation"),
    "on-behalf": marked("on-behalf"),
}


def _signed(count: int, voices: str, hands: str, wording: Wording) -> str:
    if voices == hands:
        return wording.ngettext("{voices} says, signed", "{voices} say, signed", count).format(voices=voices)
    said = wording.ngettext("{voices} says, signed by {hands}", "{voices} say, signed by {hands}", count)
    return said.format(voices=voices, hands=hands)


def _taken(given: Provenance, hands: str, wording: Wording) -> str:
    """How the hand came by it. What is only referenced was not taken in: nobody can compare the words."""
    if given.basis is None:
        return "" if given.form == "conduct" else wording.gettext("reported by {hands}").format(hands=hands)
    held = [_source(source, wording) for source in given.sources if source.basis == given.basis]
    other = [_source(source, wording) for source in given.sources if source.basis != given.basis]
    taken = wording.gettext(TAKEN[given.basis]).format(hands=hands, documents=wording.listed(held))
    if not other:
        return taken
    also = wording.gettext("referring also to {documents}").format(documents=wording.listed(other))
    return wording.gettext(", ").join((taken, also))


TAKEN = {
    "captured": marked("captured by {hands} from {documents}"),
    "sealed": marked("taken by {hands} from {documents} (sealed)"),
    "referenced": marked("taken by {hands} from {documents} (referenced)"),
}


def _source(source: Source, wording: Wording) -> str:
    """Its title, or a short form of its id where that is withheld, and the place in it."""
    quoted, unnamed = wording.gettext('"{title}"'), wording.gettext("document {id}")
    title = quoted.format(title=source.title) if source.title else unnamed.format(id=source.id[:12])
    if source.locator is None:
        return title
    return wording.gettext("{document} at {place}").format(document=title, place=source.locator)


def _via(given: Provenance, name: Callable[[str], str], wording: Wording) -> str:
    relays = ", ".join(name(relay) for relay in given.via)
    return wording.gettext("via {relays}").format(relays=relays) if relays else ""


ENDINGS = {
    "signed": marked("also signed by {voices}"),
    "adopted": marked("since adopted by {voices}"),
    "mandated": marked("on a mandate of {voices}"),
    "attributed": marked("not signed by {voices}"),
    "disowned": marked("disowned by {voices}"),
}


def _ending(given: Provenance, name: Callable[[str], str], wording: Wording) -> str:
    """What each claimant has to do with it; several claimants may stand differently."""
    phrases = []
    for standing, phrase in ENDINGS.items():
        voices = [name(voice.party) for voice in given.said_by if voice.standing == standing]
        if voices:
            phrases.append(wording.gettext(phrase).format(voices=wording.listed(voices)))
    return wording.gettext(", ").join(phrases)


REACHED = {
    "attributed": marked("{told} (reported by {hands}, not signed)"),
    "mandated": marked("{told} (mandated)"),
    "adopted": marked("{told} (adopted)"),
    "disowned": marked("{told} (disowned)"),
}
MOST_HANDS = 2  # further ones are counted


def reached(
    told: str, standing: str | None, hands: Sequence[str], name: Callable[[str], str], wording: Wording
) -> str:
    """What somebody is told to have done, with how far that is his own word and, if it is not, whose."""
    if standing not in REACHED:
        return told
    names = [name(hand) for hand in hands]
    if len(names) > MOST_HANDS:
        more = len(names) - 1
        several = wording.ngettext("{name} and {n} other", "{name} and {n} others", more)
        reporters = several.format(name=names[0], n=more)
    else:
        reporters = wording.listed(names)
    return wording.gettext(REACHED[standing]).format(told=told, hands=reporters)
