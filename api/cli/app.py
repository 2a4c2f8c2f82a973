"""The commands of `evidence`, and the one place where an exception becomes an exit code."""

from __future__ import annotations

import sys

import typer
from typer import _click

from api.cli import (
    amending,
    anchoring,
    audit,
    bundles,
    checking,
    citing,
    demo,
    devices,
    drafting,
    founding,
    keys,
    proving,
    reading,
    rotation,
    searching,
    sending,
    serving,
    verifying,
    witnessing,
)
from api.cli.console import complain
from api.cli.options import UsageError
from api.client.keyfile import KeyFileError
from api.client.signed import SignedFileError
from api.drafts.yaml_text import DraftError
from ledger.core.refusal import LedgerError, Refusal
from ledger.verifier.files import Unreadable

app = typer.Typer(
    name="evidence",
    help="A ledger of audit evidence about factories: who claimed what, when, and how they knew.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
key_app = typer.Typer(no_args_is_help=True, help="Make and show keys.", rich_markup_mode=None)
app.add_typer(key_app, name="key")
prove_app = typer.Typer(
    no_args_is_help=True,
    help="Prove what the log holds about something, and what it does not.",
    rich_markup_mode=None,
)
app.add_typer(prove_app, name="prove")

ledger_app = typer.Typer(
    no_args_is_help=True, help="Change what a running ledger is bound to.", rich_markup_mode=None
)
app.add_typer(ledger_app, name="ledger")
witness_app = typer.Typer(no_args_is_help=True, help="See how witnesses stand.", rich_markup_mode=None)
app.add_typer(witness_app, name="witness")

app.command("init")(founding.init)
app.command("migrate")(founding.migrate)
app.command("serve")(serving.serve)
app.command("project")(serving.project)
app.command("demo")(demo.demo)
key_app.command("new")(keys.new)
key_app.command("show")(keys.show)
key_app.command("add-device")(devices.add_device)
key_app.command("rotate-log")(rotation.rotate_log)
app.command("party")(reading.party)
app.command("factory")(reading.factory)
app.command("draft")(drafting.draft)
app.command("sign")(drafting.sign)
app.command("cosign")(drafting.cosign)
app.command("submit")(sending.submit)
app.command("timeline")(reading.timeline)
app.command("matrix")(reading.matrix)
app.command("open")(reading.open_items)
app.command("search")(searching.search)
app.command("verify")(verifying.verify)
app.command("bundle")(bundles.bundle)
app.command("dossier")(bundles.dossier)
app.command("citation")(citing.citation)
app.command("proof")(witnessing.proof)
ledger_app.command("amend")(amending.amend_ledger)
witness_app.command("status")(witnessing.status)
witness_app.command("forget")(witnessing.forget)
app.command("anchor")(anchoring.anchor)
app.command("audit")(audit.audit)
app.command("index")(proving.publish)
prove_app.command("all")(proving.everything)
prove_app.command("silence")(proving.silence)
prove_app.command("precedence")(proving.precedence)
app.command("rebuild")(checking.rebuild)
app.command("prune")(checking.prune)
app.command("check")(checking.check)

FAILED, UNREADABLE, STOPPED = 1, 2, 130
_UNREADABLE = (UsageError, KeyFileError, SignedFileError, DraftError, Unreadable)


def run(arguments: list[str]) -> int:
    """Run one command line; returns the exit code, after one line on standard error if it failed."""
    command = typer.main.get_command(app)
    try:
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
        return UNREADABLE if isinstance(error, _UNREADABLE) else FAILED
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
