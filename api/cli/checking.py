"""`evidence check` and `evidence rebuild`: is all as it was signed; make views and tiles anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.console import complain, progress, say, say_json
from api.cli.options import Data, Database, Json, load_settings
from api.cli.place import demand_ledger
from api.cli.words import _, plural

if TYPE_CHECKING:
    from api.settings import Settings
    from ledger.publication import Progress as FilesProgress

TILES, WORDS = "tiles", "words"
Views = Annotated[
    list[str] | None,
    typer.Argument(metavar="[VIEW...]", help="Views to rebuild; all unless given. Or `tiles`, or `words`."),
]
Quick = Annotated[
    bool,
    typer.Option("--quick", help="Bytes, positions and the tree alone: no signatures, rules or views."),
]


def rebuild(views: Views = None, data: Data = None, database: Database = None, as_json: Json = False) -> None:
    """Make views anew from the log, beside those that serve, and swap; or the public log's files; or the
    words that disclosures are found by.
    """
    if views == [TILES]:
        _rebuild_tiles(load_settings(data, database), as_json)
        return
    if views == [WORDS]:
        _rebuild_words(load_settings(data, database), as_json)
        return
    from api.composition import database as opened
    from projections.rebuild import Progress
    from projections.rebuild import rebuild as run

    chosen = _chosen(views)
    settings = demand_ledger(load_settings(data, database))
    with opened(settings) as url, progress(_("rebuilding"), None) as advance:
        done = 0

        def show(state: Progress) -> None:
            nonlocal done
            advance(state.done - done, total=state.total)
            done = state.done

        result = run(url, chosen, show)
        if any(view.name == "index" for view in chosen):
            _rebuild_trie(url)
    if as_json:
        say_json({"views": [view.name for view in chosen], "entries": result.done, "seconds": result.seconds})
    else:
        entries = plural("{n} entry", "{n} entries", result.done)
        say(
            _(
                "Rebuilt {views} from {entries}.",
                views=", ".join(view.name for view in chosen),
                entries=entries,
            )
        )


def _rebuild_trie(url: str) -> None:
    """The index's trie is computed from the view of its keys."""
    import psycopg

    from projections.index_trie import rebuild as run

    with psycopg.connect(url, autocommit=True) as conn:
        run(conn)


def _rebuild_words(settings: Settings, as_json: bool) -> None:
    """Search finds, meanwhile, what was there or what is there now."""
    import psycopg

    from api.composition import database as opened
    from projections.disclosed import rebuild as run

    with opened(demand_ledger(settings)) as url, progress(_("rebuilding"), None) as advance:
        before = 0

        def show(done: int, total: int) -> None:
            nonlocal before
            advance(done - before, total=total)
            before = done

        with psycopg.connect(url, autocommit=True) as conn:
            done = run(conn, show)
    if as_json:
        say_json({"words": True, "entries": done})
    else:
        say(_("Read the disclosures of {entries} again.", entries=plural("{n} entry", "{n} entries", done)))


def _rebuild_tiles(settings: Settings, as_json: bool) -> None:
    from api.publishing import rebuild_files

    done = _through(rebuild_files, settings, _("rebuilding"))
    if as_json:
        say_json({"tiles": settings.tiles_location, "entries": done})
    else:
        entries, place = plural("{n} entry", "{n} entries", done), settings.tiles_location
        say(_("The public log of {entries} is whole in {place}.", entries=entries, place=place))


def prune(data: Data = None, database: Database = None, as_json: Json = False) -> None:
    """Delete partial files of the public log of which the full ones are there."""
    from api.publishing import prune_files

    settings = load_settings(data, database)
    done = _through(prune_files, settings, _("pruning"))
    if as_json:
        say_json({"tiles": settings.tiles_location, "entries": done})
    else:
        say(_("No superfluous partial files are left in {place}.", place=settings.tiles_location))


def _through(work: Callable[[Settings, str], Iterator[FilesProgress]], settings: Settings, doing: str) -> int:
    """Do all of it under a progress bar; the entries gone through."""
    from api.composition import database as opened

    done = 0
    with opened(demand_ledger(settings)) as url, progress(doing, None) as advance:
        for state in work(settings, url):
            advance(state.done - done, total=state.total)
            done = state.done
    return done


def _chosen(names: list[str] | None) -> list[Any]:
    from api.cli.options import UsageError
    from projections.views import VIEWS

    known = {view.name: view for view in VIEWS}
    unknown = sorted(set(names or []) - known.keys())
    if unknown:
        raise UsageError(
            f"there is no view {unknown[0]}",
            f"views are {', '.join(known)}; `tiles` and `words` stand alone",
        )
    return [known[name] for name in names or known]


def check(quick: Quick = False, data: Data = None, database: Database = None, as_json: Json = False) -> None:
    """Re-read the whole log and every view; name the first thing that is not as it was signed."""
    from api.cli.inspection import inspect

    with progress(_("checking"), None) as advance:
        report = inspect(demand_ledger(load_settings(data, database)), advance, quick=quick)
    if as_json:
        say_json(report.to_json())
    elif report.defect is None:
        entries = plural("{n} entry", "{n} entries", report.entries)
        say(
            _(
                "{entries} checked: {what} are as they were signed.",
                entries=entries,
                what=", ".join(report.checked),
            )
        )
    else:
        complain(report.defect, _("restore it from a backup, or report it"))
    if report.defect is not None:
        raise typer.Exit(1)
