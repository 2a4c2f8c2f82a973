"""The commands of `evidence`, and the one place where an exception becomes an exit code."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Final

import typer
from typer import _click

from api.cli.console import complain
from ledger.core.refusal import LedgerError, Refusal

COMMANDS: Final[Mapping[tuple[str, ...], str]] = {
    ("init",): "founding:init",
    ("migrate",): "founding:migrate",
    ("serve",): "serving:serve",
    ("project",): "serving:project",
    ("demo",): "demo:demo",
    ("party",): "reading:party",
    ("factory",): "reading:factory",
    ("draft",): "drafting:draft",
    ("terms",): "vocabularies:terms",
    ("sign",): "drafting:sign",
    ("cosign",): "drafting:cosign",
    ("submit",): "sending:submit",
    ("timeline",): "reading:timeline",
    ("matrix",): "reading:matrix",
    ("open",): "reading:open_items",
    ("search",): "searching:search",
    ("verify",): "verifying:verify",
    ("bundle",): "bundles:bundle",
    ("dossier",): "bundles:dossier",
    ("citation",): "citing:citation",
    ("proof",): "witnessing:proof",
    ("anchor",): "anchoring:anchor",
    ("audit",): "audit:audit",
    ("index",): "proving:publish",
    ("rebuild",): "checking:rebuild",
    ("prune",): "checking:prune",
    ("check",): "checking:check",
    ("key", "new"): "keys:new",
    ("key", "show"): "keys:show",
    ("key", "add-device"): "devices:add_device",
    ("key", "rotate-log"): "rotation:rotate_log",
    ("prove", "all"): "proving:everything",
    ("prove", "silence"): "proving:silence",
    ("prove", "precedence"): "proving:precedence",
    ("ledger", "amend"): "amending:amend_ledger",
    ("witness", "status"): "witnessing:status",
    ("witness", "forget"): "witnessing:forget",
}
"""The module and function of each command, in the order in which help lists them: what is typed is imported,
and nothing else, for a start costs mostly what it imports.
"""
GROUPS: Final = {
    "key": "Make and show keys.",
    "prove": "Prove what the log holds about something, and what it does not.",
    "ledger": "Change what a running ledger is bound to.",
    "witness": "See how witnesses stand.",
}
FAILED, UNREADABLE, STOPPED = 1, 2, 130


def application(paths: Iterable[tuple[str, ...]] = COMMANDS) -> typer.Typer:
    """The application with these of its commands, by default all; imports their modules."""
    app = typer.Typer(
        name="evidence",
        help="A ledger of audit evidence about factories: who claimed what, when, and how they knew.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    groups: dict[str, typer.Typer] = {}
    for *outer, name in paths:
        holder = app
        for group in outer:
            if group not in groups:
                groups[group] = typer.Typer(no_args_is_help=True, help=GROUPS[group], rich_markup_mode=None)
                app.add_typer(groups[group], name=group)
            holder = groups[group]
        module, _, function = COMMANDS[*outer, name].partition(":")
        holder.command(name)(getattr(import_module(f"api.cli.{module}"), function))
    return app


def typed(arguments: list[str]) -> list[tuple[str, ...]]:
    """The command that is typed; all of them where that is none, for help and for what was meant."""
    for length in (2, 1):
        if tuple(arguments[:length]) in COMMANDS:
            return [tuple(arguments[:length])]
    return list(COMMANDS)


def run(arguments: list[str]) -> int:
    """Run one command line; returns the exit code, after one line on standard error if it failed."""
    try:
        # A group also where it has one command: its name is part of what is typed.
        command = typer.main.get_group(application(typed(arguments)))
        code = command.main(arguments, prog_name="evidence", standalone_mode=False)
    except _click.exceptions.ClickException as error:
        if isinstance(error, _click.exceptions.NoArgsIsHelpError):
            sys.stdout.write(error.format_message() + "\n")
        else:
            complain(error.format_message(), "see `evidence --help`")
        return UNREADABLE
    except Refusal as refusal:
        place = f" at {refusal.where}" if refusal.where else ""
        complain(f"{refusal.code}{place}: {refusal.what}", refusal.mend)
        return FAILED
    except LedgerError as error:
        complain(error.what, error.mend)
        return UNREADABLE if _is_unreadable(error) else FAILED
    except BrokenPipeError:
        raise
    except OSError as error:
        complain(f"{error.filename or ''} {error.strerror or error}", "check the path and its permissions")
        return FAILED
    except (KeyboardInterrupt, typer.Abort):
        return STOPPED
    except Exception as error:
        # A defect of ours: still one line for people; `python -X dev` shows where.
        if sys.flags.dev_mode:
            raise
        complain(f"unexpected {type(error).__name__}: {error}", "report this as a defect")
        return FAILED
    return code if isinstance(code, int) else 0


def _is_unreadable(error: LedgerError) -> bool:
    """Whether the options do not go together, or a file could not be read."""
    # Imported when there is an error to tell apart: a command needs few of them.
    from api.cli.options import UsageError
    from api.client.keyfile import KeyFileError
    from api.client.signed import SignedFileError
    from api.drafts.yaml_text import DraftError
    from ledger.verifier.files import Unreadable

    return isinstance(error, UsageError | KeyFileError | SignedFileError | DraftError | Unreadable)
