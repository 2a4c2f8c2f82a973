"""Who may see what: `may_see` is the one function that every reader goes through."""

from dataclasses import dataclass
from typing import Protocol


class Guarded(Protocol):
    """Anything whose content an author restricted: a statement, or what stands for one."""

    @property
    def visibility(self) -> str: ...

    @property
    def audience(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is looking: the parties for which a reader has proved to act; empty for anybody."""

    parties: frozenset[str] = frozenset()


ANONYMOUS = Viewer()


def may_see(viewer: Viewer, item: Guarded) -> bool:
    """Whether `viewer` may see the item's disclosures and documents; its entry is public in any case.

    Readers cannot sign in yet, so whatever is not public is shown to nobody, the named audience included.
    """
    del viewer  # signed-in readers are compared with `item.audience` once they exist
    return item.visibility == "public"
