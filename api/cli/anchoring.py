"""`evidence anchor`: have a time-stamping authority date the published checkpoint now."""

from __future__ import annotations

from typing import Any

from api.cli.console import say, say_json
from api.cli.options import Data, Database, Json, UsageError, load_settings
from api.cli.place import demand_ledger
from api.cli.words import _


def anchor(data: Data = None, database: Database = None, as_json: Json = False) -> None:
    """Have the authority of EVIDENCE_TSA_URL date the published checkpoint now, and keep its reply.

    `evidence serve` and `evidence project` do it by themselves. Verifies the reply before it is kept.
    """
    from api.anchoring import open_anchorer
    from api.composition import database as opened

    settings = demand_ledger(load_settings(data, database))
    with opened(settings) as url:
        anchorer = open_anchorer(settings, url)
        if anchorer is None:
            raise UsageError("no time-stamping authority is named", "set EVIDENCE_TSA_URL")
        stamps = anchorer.anchor(now=True)
    if as_json:
        say_json([_shown(stamp) for stamp in stamps])
        return
    for stamp in stamps:
        say(
            _(
                "{authority} dated {size} entries: {time}.",
                authority=stamp.authority,
                size=stamp.size,
                time=stamp.stamped_at,
            )
        )
    if not stamps:
        say(_("What is published is dated already, or nothing is published yet."))


def _shown(stamp: Any) -> dict[str, Any]:
    return {"size": stamp.size, "authority": stamp.authority, "time": stamp.stamped_at}
