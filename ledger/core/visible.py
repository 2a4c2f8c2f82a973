"""Text from strangers on a terminal: what would steer it, or reorder a line, is shown by its number.

Statements, files and answers may hold any character. An escape sequence could clear the screen and print a
verdict of its own; a bidirectional override could turn a sentence around (CVE-2021-42574).
"""

from typing import Final

_CONTROLS: Final = frozenset((*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0)))
_OF_DIRECTION: Final = frozenset((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
SHAPELESS: Final = frozenset(map(chr, _CONTROLS | _OF_DIRECTION))
"""Characters without a shape of their own; line breaks and tabs, which are laid out, are none of them."""

# A carriage return lets what follows overwrite what stands before it.
_SHOWN: Final = {code: f"‹U+{code:04X}›" for code in (_CONTROLS | _OF_DIRECTION | {0x0D})}
_ESCAPED: Final = {code: f"\\u{code:04x}" for code in (_CONTROLS | _OF_DIRECTION) if code > 0x7E}


def visible(text: str) -> str:
    """`text` for a terminal: controls and marks of direction as `‹U+001B›`; line feeds and tabs stay."""
    return text.translate(_SHOWN)


def visible_line(text: str) -> str:
    """The same in one line, so that nothing in it can pass for a line of ours."""
    return visible(" ".join(text.split()))


def visible_json(text: str) -> str:
    """JSON text that means the same, with those characters escaped; JSON has them within strings alone."""
    return text.translate(_ESCAPED)
