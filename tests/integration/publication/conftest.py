"""Fixtures: an S3 server in this process, and a place for a public log on it."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator

import pytest
from moto.server import ThreadedMotoServer

from ledger.store.blobs import S3Location


@pytest.fixture
def s3_place() -> Iterator[S3Location]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/public-log", method="PUT")).close()
    yield S3Location("public-log", prefix="2026", endpoint=endpoint, access_key="id", secret_key="secret")
    server.stop()
