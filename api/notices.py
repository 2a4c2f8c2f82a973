"""What every view says about itself, whatever it shows."""

from __future__ import annotations

from typing import Final

from projections.wording import ENGLISH, Wording, marked

SYSTEM: Final = marked(
    "A signature proves who signed a statement, not that it is true. What one party signs as the words of "
    "another proves nothing about the other. No answer in this ledger is not the same as no answer."
)
DEMO: Final = marked(
    "Demonstration: every key was made for it, its times are those of the statements, and the organisations "
    "named signed nothing here."
)


def notice(clock: str, wording: Wording = ENGLISH) -> str:
    """The notice for a ledger with this clock (`system` or `demo`)."""
    system = wording.gettext(SYSTEM)
    return f"{wording.gettext(DEMO)} {system}" if clock == "demo" else system
