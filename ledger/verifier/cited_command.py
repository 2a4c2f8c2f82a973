"""Checking a printed code: what `evidence citation` and `evidence-verify citation` share."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from ..core.citation import LENGTH_LIMIT
from ..core.receipt import Trust
from ..core.refusal import LedgerError
from ..core.report import Report
from ..core.visible import visible, visible_json, visible_line
from .audit_files import log_files
from .cited import verify_citation
from .files import Unreadable, read_trust
from .words import lines

STANDARD_INPUT = "-"


def check(source: str, place: str, trust: Trust | None) -> Report:
    """The report on the citation in a file, or on standard input (`-`), against the log at `place`.

    Raises `Unreadable` and `FilesUnreachable`.
    """
    return verify_citation(_read(source), log_files(place), trust)


def _read(source: str) -> str:
    # One character more shows that it is too long, however much follows.
    try:
        if source == STANDARD_INPUT:
            return sys.stdin.read(LENGTH_LIMIT + 1)
        with Path(source).open(encoding="utf-8") as file:
            return file.read(LENGTH_LIMIT + 1)
    except (OSError, UnicodeDecodeError) as error:
        mend = "name a file with what the scanner showed, or - and type it in"
        raise Unreadable(f"{source}: {error}", mend) from error


def as_json(source: str, report: Report) -> str:
    """The report for programs, as `verify` prints those of files."""
    whole = {"file": source} | report.to_json()
    return visible_json(json.dumps(whole, ensure_ascii=False, indent=2)) + "\n"


def main(arguments: Sequence[str]) -> int:
    """The command line `evidence-verify citation ...`; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        trust = None if options.trust is None else read_trust(options.trust)
        report = check(options.file, options.place, trust)
    except LedgerError as error:
        sys.stderr.write(f"evidence-verify: {visible_line(error.what)} - {error.mend}\n")
        return 2
    if options.json:
        sys.stdout.write(as_json(options.file, report))
    else:
        sys.stdout.write(visible("\n".join(lines(options.file, report))) + "\n")
    return report.exit_code


def _parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        "evidence-verify citation",
        description="Check what the code beside a printed statement says, against the log's public files.",
        epilog="Exit codes: 0 nothing failed, 1 something failed, 2 something could not be read, "
        "3 no trust file says which ledger to trust.",
    )
    made.add_argument("file", metavar="FILE|-", help="a file with the text of the code, or - to type it in")
    made.add_argument("place", metavar="URL|DIR", help="where the log's public files lie")
    made.add_argument("--trust", type=Path, metavar="FILE", help="the ledger and witnesses you trust")
    made.add_argument("--json", action="store_true", help="print JSON for programs")
    return made
