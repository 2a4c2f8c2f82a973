"""YAML as drafts use it: strings, whole numbers, true and false, lists and mappings.

YAML 1.1 turns `2019-11-20` into a date, `1.50` into a binary fraction, `on` into true and `12:30` into 750.
In a draft each of these is a string, as it was typed, and a key that stands twice is an error.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from ledger.core.refusal import LedgerError


class DraftError(LedgerError):
    """A draft that cannot become a statement: `what` begins with the place in the file."""


class _Loader(yaml.SafeLoader):
    """The safe loader with fewer guesses."""


_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]{0,15})$"), list("-0123456789")
)
_Loader.add_implicit_resolver("tag:yaml.org,2002:merge", re.compile(r"^<<$"), ["<"])


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[str, Any]:
    loader.flatten_mapping(node)
    value: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(loader.construct_object(key_node, deep=True))
        if key in value:
            line = key_node.start_mark.line + 1
            raise DraftError(f"line {line}: {key} stands twice", "keep one of the two")
        value[key] = loader.construct_object(value_node, deep=True)
    return value


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read_yaml(text: str) -> Any:
    """The value of one YAML document. Raises DraftError naming the line."""
    try:
        # S506 asks for the safe loader; this is it, with fewer implicit types.
        return yaml.load(text, _Loader)  # noqa: S506
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise DraftError(f"{line}{error.problem or 'not YAML'}", "mend the YAML at that line") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise DraftError("not YAML", "write plain text in UTF-8") from error
