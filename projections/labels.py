"""What terms are called: the words of a search, looked up in the labels of the vocabularies in any language.

Labels stand with their terms and change with the code alone. So they are looked up when somebody asks, and
nothing of them is kept with what was logged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.core.vocabulary import VOCABULARIES
from projections.search import beginnings
from projections.search_terms import Term
from projections.words import CONFIGURATIONS, composed, folded, mirror

DICTIONARIES: Final = {lang: f"{name}_stem" for lang, name in CONFIGURATIONS.items()}
"""PostgreSQL's dictionary of stems by language."""

ISSUES: Final = "issues"
MEASURING: Final = frozenset(
    {"bounds", "comparators", "currencies", "periods", "quantifiers", "units", "visibilities"}
)
"""Vocabularies that are not looked in: "hours" would find every amount that is given in hours."""
_SHORTEST: Final = 2  # characters of a run of Han that is looked for within labels
_CODE: Final = 2  # characters from which on a code is found by its beginning


@dataclass(frozen=True, slots=True)
class Meant:
    """The codes that a term of a search stands for; `issues` are those of the vocabulary of issues."""

    codes: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()

    @property
    def query(self) -> str:
        """A query (`tsquery`) for statements that have one of them; an issue means all below it."""
        return " | ".join([*(f"'{code}'" for code in self.codes), *_below(self.issues)])

    @property
    def issue_query(self) -> str:
        """The same for the issues alone."""
        return " | ".join(_below(self.issues))

    def has(self, code: str) -> bool:
        """Whether a statement is found by this code of it."""
        return code in self.codes or any(code == one or code.startswith(f"{one}/") for one in self.issues)


def _below(issues: Iterable[str]) -> list[str]:
    return [part for issue in issues for part in (f"'{issue}'", f"'{issue}/':*")]


@dataclass(frozen=True, slots=True)
class Label:
    """What a term is called in one language: as written, and its words."""

    vocabulary: str
    code: str
    lang: str
    text: str

    @property
    def words(self) -> str:
        return " ".join(mirror(self.text).split())


def all_labels() -> list[Label]:
    """Every label that is looked in."""
    return [
        Label(name, code, lang, composed(text))
        for name, terms in VOCABULARIES.items()
        if name not in MEASURING
        for code, term in terms.items()
        for lang, text in term.labels.items()
    ]


class Labels:
    """Labels with the stems of their words, ready to be looked through."""

    def __init__(self, labels: Sequence[Label], stems: Sequence[str]) -> None:
        """`stems` are those of each label's words, a space between them."""
        self._stemmed = [
            (one, f" {stem} ") for one, stem in zip(labels, stems, strict=True) if one.lang in DICTIONARIES
        ]
        self._plain = [(one, {folded(word) for word in one.words.split()}) for one in labels]
        self._issues = [(code, beginnings(code)) for code in VOCABULARIES[ISSUES]]

    def meant(self, term: Term, stems: Sequence[str]) -> Meant:
        """What a term stands for; `stems` are those of its words in each of `DICTIONARIES`."""
        found = self._han(term.text) if term.is_han else [*self._by_stem(stems), *self._by_word(term)]
        pairs = dict.fromkeys((one.vocabulary, one.code) for one in found)
        issues = [code for name, code in pairs if name == ISSUES]
        codes = [code for name, code in pairs if name != ISSUES]
        return Meant(tuple(dict.fromkeys(codes)), tuple(dict.fromkeys([*issues, *self._coded(term)])))

    def _by_stem(self, stems: Sequence[str]) -> list[Label]:
        wanted = {lang: f" {stem} " for lang, stem in zip(DICTIONARIES, stems, strict=True)}
        return [one for one, stemmed in self._stemmed if wanted[one.lang] in stemmed]

    def _by_word(self, term: Term) -> list[Label]:
        """By one word as it stands, or as somebody without such keys types it."""
        if len(term.words) != 1:
            return []
        word = folded(term.words[0])
        return [one for one, words in self._plain if word in words]

    def _han(self, run: str) -> list[Label]:
        return [one for one, _ in self._plain if len(run) >= _SHORTEST and run in one.text]

    def _coded(self, term: Term) -> list[str]:
        """Issues by the beginning of their code, so that what has its issue from another is found, too."""
        written = term.written
        if len(written) < _CODE:
            return []
        return [code for code, parts in self._issues if any(part.startswith(written) for part in parts)]
