"""A dossier made in a process of its own, within bounds of memory and time: `python -m api.dossier.made FORM
LANGUAGE` makes one of the bundle on standard input. Whom its reader trusts it does not know.
"""

from __future__ import annotations

import resource
import sys
from typing import Final

from ledger.core.refusal import LedgerError

MEMORY: Final = 3 << 30  # bytes of addresses, of which fonts and libraries take some without using them
SECONDS: Final = 120  # of a processor
TOO_MUCH_MEMORY: Final = 3


def main(arguments: list[str]) -> int:
    """The process; its exit code says how it went."""
    form, lang = arguments
    bound()
    lines = sys.stdin.buffer.read()
    try:
        made = _page(lines) if form == "html" else _paper(lines, lang)
    except MemoryError:
        return TOO_MUCH_MEMORY
    except LedgerError as error:
        print(f"{error.what}: {error.mend}", file=sys.stderr)
        return 1
    sys.stdout.buffer.write(made)
    return 0


def bound() -> None:
    """Bound what this process may take, and let it leave no image of its memory behind."""
    for what, limit in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        lower = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(what, (lower, lower))


def _page(lines: bytes) -> bytes:
    from api.dossier.page import dossier

    return dossier(lines)


def _paper(lines: bytes, lang: str) -> bytes:
    from api.dossier.pdf import pdf, sound
    from api.web.language import language
    from ledger.verifier.bundle import verify_bundle

    return pdf(lines, sound(verify_bundle(lines, None)), language(lang), lambda _done, _total: None).data


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
