"""`evidence-verify`: receipts and bundles checked offline, without account, network or trust in a server.

Exit codes: 0 every check held, 1 something failed, 2 something could not be read, 3 nothing failed, but no
trust file says which ledger to trust. Of several files the gravest counts, in the order 2, 1, 3, 0.

`evidence-verify audit --help` tells how to audit a whole public log, `evidence-verify citation --help` how to
check the code beside a printed statement.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ..core.report import Report
from ..core.visible import visible, visible_json, visible_line
from .files import Unreadable, read_trust, verify_file
from .words import lines

GRAVEST_FIRST = (2, 1, 3, 0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    try:
        code = _run(sys.argv[1:] if arguments is None else arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        return _unsaid()  # who read it has read enough
    except OSError as error:
        what = visible_line(str(error.strerror or error))
        sys.stderr.write(f"evidence-verify: {what} - look at where the report goes, and at free memory\n")
        return _unsaid()
    return code


def _unsaid() -> int:
    """The exit code where the report could not be written; nothing is tried again when Python ends."""
    sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - closed when Python ends
    return 2


def _run(arguments: Sequence[str]) -> int:
    # Each of the other two imports what only it needs.
    if list(arguments[:1]) == ["audit"]:
        from . import audit_command

        return audit_command.main(arguments[1:])
    if list(arguments[:1]) == ["citation"]:
        from . import cited_command

        return cited_command.main(arguments[1:])
    options = _parser().parse_args(arguments)
    try:
        trust = None if options.trust is None else read_trust(options.trust)
    except Unreadable as error:
        sys.stderr.write(f"evidence-verify: {visible_line(error.what)} - {error.mend}\n")
        return 2
    reports = [(path, verify_file(path, trust)) for path in options.files]
    if options.json:
        sys.stdout.write(as_json(reports))
    else:
        shown = ("\n".join(lines(str(path), report)) for path, report in reports)
        sys.stdout.write(visible("\n\n".join(shown)) + "\n")
    return exit_code([report for _, report in reports])


def exit_code(reports: Sequence[Report]) -> int:
    """The gravest of several."""
    codes = {report.exit_code for report in reports}
    return next(code for code in GRAVEST_FIRST if code in codes)


def as_json(reports: Sequence[tuple[Path, Report]]) -> str:
    """One object for one file, a list for several."""
    values = [{"file": str(path)} | report.to_json() for path, report in reports]
    whole = values[0] if len(values) == 1 else values
    return visible_json(json.dumps(whole, ensure_ascii=False, indent=2)) + "\n"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "evidence-verify", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="a bundle, or a receipt (N.entry, N.tlog-proof lying beside it)",
    )
    parser.add_argument("--trust", type=Path, metavar="FILE", help="the ledger and witnesses you trust")
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    return parser


if __name__ == "__main__":
    sys.exit(main())
