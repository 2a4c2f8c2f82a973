"""Several ES modules as one script, for a page that is opened from a disk, where modules cannot be imported.

Modules import each other by name and each name is defined once, so that leaving out the imports and the word
`export`, in the order of the imports, gives a script that does the same. Nothing is minified: whoever
wants to know what the page does can read it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([a-z]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(async )?(function|class|const|let)\b)", re.MULTILINE)
_DEFINED = re.compile(r"^(?:async )?(?:function\*?|class|const|let) ([A-Za-z0-9_$]+)", re.MULTILINE)


def read(name: str) -> str:
    """The text of a file under `api/web/static`."""
    return files("api").joinpath("web", "static", name).read_text(encoding="utf-8")


def assemble(name: str, **constants: Any) -> str:
    """The module and everything it imports, as one script, before it the constants by their names."""
    order: list[str] = []
    _order(name, order)
    given = [f"const {constant} = {_literal(value)};\n" for constant, value in constants.items()]
    parts = [*given, *(f"// --- {one} ---\n\n{_bare(one)}" for one in order)]
    script = "\n".join(parts)
    defined = _DEFINED.findall(script)
    assert len(defined) == len(set(defined)), f"defined twice: {[o for o in defined if defined.count(o) > 1]}"
    assert "</script" not in script, "the script would end before its end"
    return script


def _literal(value: Any) -> str:
    """A JSON value as an expression; its objects have no members but their own, whatever is looked up."""
    if isinstance(value, Mapping):
        members = (f"{_literal(name)}: {_literal(one)}" for name, one in sorted(value.items()))
        return "{" + ", ".join(['"__proto__": null', *members]) + "}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_literal, value))}]"
    return json.dumps(value).replace("<", "\\u003c")


def _order(name: str, order: list[str]) -> None:
    for imported in _IMPORT.findall(read(f"js/{name}")):
        if imported not in order:
            _order(imported, order)
    order.append(name)


def _bare(name: str) -> str:
    text = _EXPORT.sub("", _IMPORT.sub("", read(f"js/{name}")))
    assert not re.search(r"^(import|export)\b", text, re.MULTILINE), (
        f"{name} imports or exports in another way"
    )
    return text.strip() + "\n"
