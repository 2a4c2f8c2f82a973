"""The command `evidence`.

Exit codes: 0 done, 1 failed or refused, 2 wrong usage or an unreadable file, 3 verified but the trust root is
unknown, 130 stopped with Ctrl-C.
"""

from __future__ import annotations

import os
import sys


def main(arguments: list[str] | None = None) -> None:
    """Run one command and exit; an error is one line on standard error, never a traceback."""
    # The commands are imported late, so that a broken installation also fails in one line.
    from api.cli.app import run

    try:
        code = run(sys.argv[1:] if arguments is None else arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of a pipe left (`evidence timeline | head`): nothing went wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code)
