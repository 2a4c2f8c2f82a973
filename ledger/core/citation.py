"""Citations: what a code beside a printed statement holds, so that paper can be checked against the log.

A citation names a statement, its place, and the checkpoint of the log that whoever printed it had. It is text
without an address: which server to ask is for the reader to choose (docs/protocol.md, "Citations").
"""

import re
from dataclasses import dataclass

from .checkpoint import Checkpoint, parse_size
from .checkpoint import parse as parse_checkpoint
from .grammar import is_digest, is_origin
from .refusal import Refusal

FORMAT = "urn:evidence-ledger:v1:citation"
LENGTH_LIMIT = 1_000  # characters, several times what the longest origin makes
_WORDS = 8
_WORD = re.compile(r"[^ \t\r\n]+")


@dataclass(frozen=True, slots=True)
class Citation:
    """The statement with this id, entry `index` of the log whose first `checkpoint.size` entries it names."""

    statement: str
    index: int
    checkpoint: Checkpoint


def format_citation(citation: Citation) -> str:
    """The text of a citation: what it cites, an empty line, the text of the checkpoint."""
    head = f"{FORMAT}\nstatement {citation.statement}\nindex {citation.index}\n"
    return f"{head}\n{citation.checkpoint.text()}"


def parse_citation(text: str) -> Citation:
    """The citation that `text` holds; raises `Refusal` with code `bad-citation`.

    Programs that read codes, and people who copy what these show, change line breaks: any spaces, tabs and
    line breaks may stand between two words. Everything else has to be as `format_citation` writes it.
    """
    words = _WORD.findall(text[: LENGTH_LIMIT + 1])
    if len(text) > LENGTH_LIMIT or len(words) != _WORDS or words[0] != FORMAT:
        raise Refusal("bad-citation", f"it is not {_WORDS} words of which the first is {FORMAT}")
    if (words[1], words[3]) != ("statement", "index"):
        raise Refusal("bad-citation", "it does not name a statement and then its index")
    statement, index = words[2], parse_size(words[4])
    if not is_digest(statement) or index is None:
        raise Refusal("bad-citation", f"statement {statement!r:.80}, index {words[4]!r:.30}")
    return Citation(statement, index, _checkpoint(words[5:], index))


def _checkpoint(words: list[str], index: int) -> Checkpoint:
    try:
        found = parse_checkpoint("".join(f"{word}\n" for word in words))
    except Refusal as refusal:
        raise Refusal("bad-citation", f"its checkpoint: {refusal.what}") from refusal
    if not is_origin(found.origin) or index >= found.size:
        what = f"a log named {found.origin!r:.80} of {found.size} entries has no entry {index}"
        raise Refusal("bad-citation", what)
    return found
