"""The yardstick: what a careful team would have after a day with FastAPI and the stock library.

One route, one signature check, one event appended through `PostgresApplicationRecorder` and its
table lock, one small JSON reply. No rules, no log, no receipt: it does strictly less than the ledger.
Run by `tests.benchmarks` as `uvicorn tests.benchmarks.stock_app:app`.
"""

from __future__ import annotations

import base64
import hashlib
import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from fastapi import FastAPI, HTTPException, Request
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey
from psycopg.conninfo import conninfo_to_dict
from starlette.concurrency import run_in_threadpool

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PAYLOAD_TYPE = b"application/vnd.in-toto+json"


def open_recorder(url: str) -> PostgresApplicationRecorder:
    """The stock recorder with the defaults of its factory, on the same server as the ledger."""
    parts = conninfo_to_dict(url)
    datastore = PostgresDatastore(
        dbname=str(parts["dbname"]),
        host=str(parts.get("host", "127.0.0.1")),
        port=str(parts.get("port", "5432")),
        user=str(parts.get("user", "postgres")),
        password=str(parts.get("password", "")),
        pool_size=5,
        max_overflow=10,
        originator_id_type="text",
    )
    recorder = PostgresApplicationRecorder(datastore, events_table_name="stock_events")
    recorder.create_table()
    return recorder


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.recorder = open_recorder(os.environ["STOCK_DATABASE"])
    app.state.key = VerifyKey(bytes.fromhex(os.environ["STOCK_KEY"]))
    yield
    app.state.recorder.datastore.close()


app = FastAPI(lifespan=lifespan)


def append(recorder: PostgresApplicationRecorder, payload: bytes, topic: str) -> int:
    """Store one event in a stream of its own; return its notification id."""
    stored = StoredEvent(hashlib.sha256(payload).hexdigest(), 1, topic, payload)
    ids = recorder.insert_events([stored])
    assert ids is not None
    return int(ids[0])


@app.post("/statements", status_code=201)
async def submit(request: Request) -> dict[str, Any]:
    """Check the one signature over the DSSE pre-authentication encoding, then append."""
    envelope = (await request.json())["envelope"]
    payload = base64.b64decode(envelope["payload"])
    message = b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE, len(payload), payload)
    try:
        app.state.key.verify(message, base64.b64decode(envelope["signatures"][0]["sig"]))
    except BadSignatureError:
        raise HTTPException(422, "signature") from None
    topic = "urn:evidence-ledger:v1:allegation#AllegationMade"
    notification_id = await run_in_threadpool(append, app.state.recorder, payload, topic)
    return {"id": hashlib.sha256(payload).hexdigest(), "index": notification_id - 1}
