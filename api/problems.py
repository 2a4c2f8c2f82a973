"""Everything that can go wrong as an RFC 9457 problem, from one table.

A problem has `type`, `title`, `status` and `detail` of the RFC, and three members of ours: `code` (stable,
for programs), `place` (a JSON pointer into what was sent, or the name of a parameter) and `mend` (what to do
about it). Refused statements are 422 unless the table says otherwise: the request was understood, the
statement is not accepted.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from starlette.responses import Response

from api import metrics
from ledger.core.refusal import CODES, LedgerError, Refusal

log = logging.getLogger(__name__)

MEDIA_TYPE: Final = "application/problem+json"
TYPE_PREFIX: Final = "urn:evidence-ledger:problem:"
RETRY_SECONDS: Final = 1


@dataclass(frozen=True, slots=True)
class Row:
    """One problem that is not about a statement: status, title, how to mend it."""

    status: int
    title: str
    mend: str


# Refusal codes (ledger.core.refusal) whose status is not 422.
STATUS_OF_REFUSAL: Final[dict[str, int]] = {
    "too-large": 413,
    "not-json": 400,
    "not-utf8": 400,
    "name-taken": 409,
}

PROBLEMS: Final[dict[str, Row]] = {
    "bad-request": Row(400, "the request cannot be read", "see /openapi.json"),
    "bad-parameter": Row(400, "a parameter cannot be used", "see its description in /openapi.json"),
    "bad-range": Row(416, "the range lies outside the document", "ask for bytes below its size"),
    "position-ahead": Row(
        400, "the ledger is not that long", "wait for the receipt, then ask with its position"
    ),
    "not-found": Row(404, "nothing under this address", "look up the id or the slug"),
    "no-such-statement": Row(404, "no statement with this id", "ids are the SHA-256 of the signed payload"),
    "no-such-party": Row(404, "no party with this slug", "slugs stand in the statements that name them"),
    "no-such-factory": Row(404, "no factory with this slug", "GET /v1/factories lists them"),
    "no-such-investigation": Row(404, "no investigation with this id", "its id is a statement's id"),
    "no-such-kind": Row(404, "no kind with this name", "GET /v1/schemas lists them"),
    "no-such-document": Row(
        404, "no public document with this digest", "it is shown once a statement captures it"
    ),
    "nothing-to-bundle": Row(
        404, "nothing about it in the part of the log that is indexed", "wait a minute, or check the name"
    ),
    "not-proven": Row(409, "the log does not show that", "see the detail"),
    "no-checkpoint": Row(404, "nothing has been signed yet", "wait for the first entry"),
    "no-such-tile": Row(404, "no such file of the public log", "see c2sp.org/tlog-tiles, and the checkpoint"),
    "method-not-allowed": Row(405, "this address does not take this method", "see the Allow header"),
    "no-such-form": Row(
        406,
        "this ledger does not make that form of it",
        "take the bundle, or run `evidence dossier` on a machine of your own",
    ),
    "dossier-too-large": Row(
        406,
        "the dossier would take too much to be made here",
        "take the bundle, or run `evidence dossier` on a machine of your own",
    ),
    "body-too-slow": Row(408, "the body did not come in time", "send it again over a faster connection"),
    "body-too-large": Row(413, "the body is larger than the limit", "split it"),
    "media-type": Row(415, "this content is not taken", "send one of the types that the detail lists"),
    "too-many-bundles": Row(429, "too many bundles at once", "try again after the seconds in Retry-After"),
    "too-many-uploads": Row(429, "too many uploads at once", "try again after the seconds in Retry-After"),
    "overloaded": Row(
        503, "more submissions than can be taken", "try again after the seconds in Retry-After"
    ),
    "views-behind": Row(503, "the views have not caught up", "try again after the seconds in Retry-After"),
    "unavailable": Row(
        503, "a part of the service does not answer", "try again after the seconds in Retry-After"
    ),
    "internal": Row(500, "an error of ours", "report it with the time of the request"),
}

# What the web framework itself answers with.
CODE_OF_STATUS: Final[dict[int, str]] = {
    400: "bad-request",
    404: "not-found",
    405: "method-not-allowed",
    413: "body-too-large",
    415: "media-type",
    503: "unavailable",
}


class Problem(Exception):
    """A request cannot be answered; `code` is a row of `PROBLEMS`, `headers` go with its answer."""

    def __init__(
        self,
        code: str,
        detail: str,
        place: str = "",
        mend: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        assert code in PROBLEMS, f"the problem {code} is not in the table"
        super().__init__(code, detail, place)
        self.code = code
        self.detail = detail
        self.place = place
        self.mend = PROBLEMS[code].mend if mend is None else mend
        self.headers = headers or {}


def status_of(code: str) -> int:
    """The HTTP status of a problem's or a refusal's code."""
    return PROBLEMS[code].status if code in PROBLEMS else STATUS_OF_REFUSAL.get(code, 422)


def title_of(code: str) -> str:
    """The short text that is the same at every occurrence."""
    return PROBLEMS[code].title if code in PROBLEMS else CODES[code].title


def to_json_value(code: str, detail: str, place: str, mend: str) -> dict[str, Any]:
    """The members of the problem's JSON object."""
    return {
        "type": TYPE_PREFIX + code,
        "title": title_of(code),
        "status": status_of(code),
        "detail": detail,
        "code": code,
        "place": place,
        "mend": mend,
    }


def describe(error: Exception) -> dict[str, Any]:
    """Any exception as a problem's members.

    What is not ours becomes `internal`, without its text: that may hold what somebody sent.
    """
    if isinstance(error, Problem):
        return to_json_value(error.code, error.detail, error.place, error.mend)
    if isinstance(error, Refusal):
        return to_json_value(error.code, error.what, error.where, error.mend)
    if isinstance(error, LedgerError):
        code, place = code_of_error(error), PLACE_OF_ERROR.get(type(error).__name__, "")
        if not OF_THE_MACHINE.isdisjoint(kind.__name__ for kind in type(error).__mro__):
            log.warning("%s: %s", type(error).__name__, error)
            return to_json_value(code, PROBLEMS[code].title, place, PROBLEMS[code].mend)
        return to_json_value(code, error.what, place, error.mend or PROBLEMS[code].mend)
    row = PROBLEMS["internal"]
    return to_json_value("internal", row.title, "", row.mend)


def code_of_error(error: LedgerError) -> str:
    """The row for an error around the statements, by the first of its classes that the table knows."""
    for kind in type(error).__mro__:
        if kind.__name__ in CODE_OF_ERROR:
            return CODE_OF_ERROR[kind.__name__]
    return "unavailable"


# By name, so that this table needs no import of what raises them.
CODE_OF_ERROR: Final[dict[str, str]] = {
    "AsOfAhead": "bad-parameter",
    "AsOfUnreadable": "bad-parameter",
    "BlobTooLarge": "body-too-large",
    "CursorUnreadable": "bad-parameter",
    "QueryUnreadable": "bad-parameter",
    "NotBundled": "nothing-to-bundle",
    "NotFound": "not-found",
    "NotIndexed": "not-proven",
    "NotLogged": "no-such-statement",
    "NotProven": "not-proven",
    "NothingSigned": "no-checkpoint",
    "Overloaded": "overloaded",
}
# Their texts name hosts, paths and accounts of the machine: they go to its log, never to whoever asked.
OF_THE_MACHINE: Final = frozenset(
    {"StoreUnavailable", "BlobUnavailable", "LogFilesUnavailable", "JournalDamaged", "JournalConflict"}
)
PLACE_OF_ERROR: Final[dict[str, str]] = {
    "AsOfAhead": "as_of",
    "AsOfUnreadable": "as_of",
    "CursorUnreadable": "after",
    "QueryUnreadable": "q",
}


def headers_for(error: Exception, status: int) -> dict[str, str]:
    """What goes with a status: overload says when to come back; no problem is ever kept by a cache."""
    headers = {"cache-control": "no-store", **(error.headers if isinstance(error, Problem) else {})}
    if status == 408:
        headers["connection"] = "close"  # the rest of the body is not waited for
    if status in (429, 503):
        headers["retry-after"] = str(getattr(error, "retry_after", RETRY_SECONDS))
    return headers


def describe_counted(error: Exception) -> dict[str, Any]:
    """The same for an answer: it is counted by its code."""
    described = describe(error)
    metrics.refused(described["code"])
    return described


def respond(error: Exception) -> Response:
    """The whole response for an exception."""
    body = describe_counted(error)
    status = int(body["status"])
    return Response(msgspec.json.encode(body), status, headers_for(error, status), MEDIA_TYPE)
