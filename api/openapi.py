"""The JSON Schemas (2020-12) of requests and answers in the OpenAPI document."""

from __future__ import annotations

from typing import Any, Final

from api import problems

Schema = dict[str, Any]


def _object(
    description: str, required: dict[str, Schema], optional: dict[str, Schema] | None = None
) -> Schema:
    return {
        "type": "object",
        "description": description,
        "properties": required | (optional or {}),
        "required": sorted(required),
    }


def _text(description: str, **more: Any) -> Schema:
    return {"type": "string", "description": description, **more}


def _count(description: str) -> Schema:
    return {"type": "integer", "minimum": 0, "description": description}


def _truth(description: str) -> Schema:
    return {"type": "boolean", "description": description}


DIGEST: Final = _text("SHA-256 in lower-case hex", pattern="^[0-9a-f]{64}$")
BASE64: Final = _text("padded base64, either alphabet", contentEncoding="base64")

SUBMISSION: Final = _object(
    "A DSSE envelope over one in-toto statement, with the disclosures of its withheld members.",
    {
        "envelope": _object(
            "DSSE 1.0.2; further members are ignored",
            {
                "payloadType": _text("the statement's media type", const="application/vnd.in-toto+json"),
                "payload": BASE64,
                "signatures": {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": 17,
                    "items": _object("one signature", {"keyid": DIGEST, "sig": BASE64}),
                },
            },
        )
    },
    {"disclosures": {"type": "array", "maxItems": 1024, "items": _text("base64url of [salt, name, value]")}},
)
SUBMISSION["additionalProperties"] = False

RECEIPT: Final = _object(
    "The entry's bytes, durable in the log, and the proof that the signed tree holds them.",
    {
        "id": DIGEST,
        "index": _count("position in the log, from 0"),
        "recordedAt": _text("the ledger's clock when it was sequenced"),
        "entry": BASE64,
        "proof": _text("c2sp.org/tlog-proof@v1"),
    },
)
ANCHORS: Final = _object(
    "Time-stamps over published checkpoints.",
    {
        "items": {
            "type": "array",
            "items": _object(
                "A reply of a time-stamping authority; `openssl ts -verify` checks it.",
                {
                    "size": _count("entries of the dated tree"),
                    "time": _text("the authority's own time, as in the reply: YYYYMMDDhhmmssZ"),
                    "authority": _text("its address"),
                    "checkpoint": _text("the signed note that was published"),
                    "text": _text(
                        "what was dated: the note without signature lines", contentEncoding="base64"
                    ),
                    "reply": _text("TimeStampResp in DER, as it came", contentEncoding="base64"),
                },
            ),
        }
    },
)
PROVEN: Final = _object(
    "The newest receipt, and whether the ledger has kept its promise to publish.",
    {
        **RECEIPT["properties"],
        "published": _count("entries of the published checkpoint"),
        "witnessed": _truth("the quorum of the ledger's policy has cosigned the checkpoint of this proof"),
        "maxPublishDelay": _count(
            "seconds within which a published checkpoint covers the entry, as promised"
        ),
        "overdue": _truth("that time is over and none does: keep the first receipt, and raise an alarm"),
    },
)
PROBLEM: Final = _object(
    "RFC 9457",
    {
        "type": _text("a URN that ends in the code"),
        "title": _text("what kind of problem"),
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": _text("what is wrong this time"),
        "code": _text("stable, for programs"),
        "place": _text("a JSON pointer into what was sent, or a parameter's name; empty for the whole"),
        "mend": _text("what to do about it"),
    },
)
INDEX_PROOF: Final = _object(
    "A proof file: an answer about the log that is checked offline.",
    {
        "format": _text("its format", const="urn:evidence-ledger:v1:index-proof"),
        "asks": {"enum": ["all", "silence", "precedence"]},
        "checkpoint": _text("the signed note of the tree that every path leads to"),
        "entries": {
            "type": "array",
            "items": _object(
                "an entry with its audit path",
                {
                    "entry": BASE64,
                    "index": _count("its position in the log"),
                    "path": {"type": "array", "items": BASE64},
                },
            ),
        },
    },
    {
        "key": _text("the index key"),
        "proof": {"type": "object", "description": "of the key in the index"},
        "published": _count("the position of the index statement"),
        "earlier": _count("a position"),
        "later": _count("a position"),
    },
)
LEDGER: Final = _object(
    "Which ledger this is.",
    {
        "origin": _text("the log's name"),
        "genesis": DIGEST,
        "clock": {"enum": ["system", "demo"], "description": "`demo`: times are those of the statements"},
    },
)
MOMENT: Final = _object(
    "The moment that is shown: exactly the entries before `size`.",
    {
        "size": _count("entries shown"),
        "recordedAt": {"type": ["string", "null"]},
        "today": {"type": ["string", "null"], "description": "the day to which ages are counted"},
        "clock": {"enum": ["system", "demo"]},
    },
    {
        "projected": _count("entries that the views have taken in; only where no moment was asked for"),
        "logged": _count("entries in the log; only where no moment was asked for"),
    },
)
_AROUND: Final = {"ledger": LEDGER, "notice": _text("what this view does not prove"), "asOf": MOMENT}
NAMES: Final = {"type": "object", "description": "what is called how, by ledger name; names may be withheld"}


def one(description: str) -> Schema:
    """An answer that shows one thing."""
    return _object(description, _AROUND, {"names": NAMES})


def page(description: str) -> Schema:
    """An answer that shows a list; `next` is the cursor behind the last item."""
    items = {"type": "array", "items": {"type": "object", "description": description}}
    following = {"type": ["string", "null"], "description": "the cursor of the next page"}
    return _object("A page: " + description, _AROUND | {"items": items, "next": following}, {"names": NAMES})


def answers(description: str, schema: Schema, media: str = "application/json", status: int = 200) -> Any:
    """The `responses` of a route: its success, 304 where it is read, and any problem."""
    return {
        status: {"description": description, "content": {media: {"schema": schema}}},
        **PROBLEMS,
    }


def not_modified() -> Any:
    """The answer to a conditional request whose entity tag still holds."""
    return {304: {"description": "The client holds this representation already."}}


PROBLEMS: Final[Any] = {
    "default": {
        "description": "A problem; `code` says which, `place` where, `mend` what to do.",
        "content": {problems.MEDIA_TYPE: {"schema": PROBLEM}},
    }
}


def reads(description: str, schema: Schema, media: str = "application/json") -> Any:
    """The `responses` of a route that reads."""
    return answers(description, schema, media) | not_modified()
