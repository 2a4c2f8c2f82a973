"""The processes of docker-compose.yml without Docker: the same commands and settings on other addresses.

PostgreSQL is a system server outside the ledger, the document store an S3 server, and the API runs in two
workers beside a projector of its own.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from base64 import b64decode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml
from moto.server import ThreadedMotoServer

from api.client.keyfile import read_key_file
from ledger.core.envelope import to_json_value
from ledger.core.receipt import Trust, parse_trust, verify_receipt
from ledger.core.statement import read_recorded
from tests.support.builder import KeyPair, Log, Signed
from tests.support.databases import TestServer

pytestmark = [pytest.mark.docker_like, pytest.mark.slow]
ROOT = Path(__file__).parents[2]
SERVICES: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
ORIGIN = "ledger.example.org/compose"
START_SECONDS = 60.0
STATEMENTS = 160
PDF = b"%PDF-1.7\n" + b"a captured page\n" * 400


class FileKey(KeyPair):
    """A key from a key file rather than from its name."""

    @property
    def seed(self) -> bytes:
        return read_key_file(Path(self.name)).seed(lambda _: "")


@dataclass
class Deployment:
    """The running processes, and how to reach and end them."""

    url: str
    data: Path
    api: subprocess.Popen[bytes]
    projector: subprocess.Popen[bytes]

    @property
    def trust(self) -> Trust:
        return parse_trust((self.data / "trust.json").read_text())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def command_of(service: str, **replaced: str) -> list[str]:
    """The service's own command line, with the options that name an address replaced."""
    words = list(SERVICES[service]["command"])
    for option, value in replaced.items():
        words[words.index(f"--{option}") + 1] = value
    return [str(Path(sys.executable).parent / "evidence"), *words]


def environment(data: Path, secrets: Path, s3: str) -> dict[str, str]:
    """The compose file's settings, with its paths and addresses on this machine."""
    ours = {key: value for key, value in os.environ.items() if not key.startswith("EVIDENCE_")}
    for name, value in SERVICES["api"]["environment"].items():
        ours[name] = value.replace("/run/secrets", str(secrets))
    return ours | {"EVIDENCE_DATA": str(data), "EVIDENCE_S3_ENDPOINT": s3}


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    bucket = SERVICES["api"]["environment"]["EVIDENCE_BLOBS"].removeprefix("s3://")
    request = urllib.request.Request(f"http://{host}:{port}/{bucket}", method="PUT")
    urllib.request.urlopen(request).close()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def deployment(system_server: TestServer, s3: str, tmp_path: Path) -> Iterator[Deployment]:
    secrets, data = tmp_path / "secrets", tmp_path / "data"
    secrets.mkdir()
    with system_server.database("template1") as url:
        for name, value in {"database": url, "s3_access_key": "id", "s3_secret_key": "secret"}.items():
            (secrets / name).write_text(value + "\n")
        env = environment(data, secrets, s3)
        evidence = command_of("migrate")[0]
        subprocess.run(command_of("migrate"), env=env, check=True, timeout=60)
        subprocess.run(
            [evidence, "init", "--origin", ORIGIN, "--no-passphrase"], env=env, check=True, timeout=60
        )
        port = str(free_port())
        api = subprocess.Popen(command_of("api", host="127.0.0.1", port=port), env=env)
        projector = subprocess.Popen(command_of("projector"), env=env)
        try:
            await_ready(f"http://127.0.0.1:{port}", api)
            yield Deployment(f"http://127.0.0.1:{port}", data, api, projector)
        finally:
            for process in (api, projector):
                end(process)


def end(process: subprocess.Popen[bytes]) -> int:
    """Ask a process to stop, as Docker does; its exit code."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        return process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        raise


def await_ready(url: str, api: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert api.poll() is None, "the API ended"
        try:
            if httpx2.get(f"{url}/readyz").status_code == 200:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail(f"not ready after {START_SECONDS:.0f} s: {httpx2.get(f'{url}/readyz').text}")


def twin(deployment: Deployment) -> Log:
    """A log in memory that knows entry 0 of the running one, with the registrar's real key."""
    shown = httpx2.get(f"{deployment.url}/v1/statements/{deployment.trust.genesis}").json()
    opened = read_recorded(0, b64decode(shown["entry"]))
    log = Log(origin=ORIGIN, recorded=[opened], now=time.time_ns() // 1_000_000)
    log.state.apply(opened)
    log.keys = {"registrar": FileKey(str(deployment.data / "keys" / "registrar.key"))}
    return log


def send(url: str, signed: Signed) -> httpx2.Response:
    """On a connection of its own, so that any worker may get it."""
    body = {"envelope": to_json_value(signed.envelope), "disclosures": list(signed.disclosures)}
    return httpx2.post(f"{url}/v1/statements", json=body, timeout=30)


def listings(log: Log, count: int) -> list[Signed]:
    claim = {"entity": "organisation", "roles": ["certifier"]}
    return [
        log.draft("PartyListed", "registrar", about=[f"party:p-{number:04}"], claim=claim)
        for number in range(count)
    ]


def children(process: subprocess.Popen[bytes]) -> int:
    """How many worker processes run below a process (besides Python's own resource tracker)."""
    found = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    lines = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in found]
    return sum(b"spawn_main" in line for line in lines)


def test_two_workers_a_projector_postgresql_and_s3_work_as_one_ledger(deployment: Deployment) -> None:
    assert children(deployment.api) == 2
    log = twin(deployment)

    # Both workers append at the same time; every receipt holds, and no position is given twice.
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda signed: send(deployment.url, signed), listings(log, STATEMENTS)))
    assert {answer.status_code for answer in answers} == {201}, answers[0].text
    receipts = [answer.json() for answer in answers]
    assert sorted(one["index"] for one in receipts) == list(range(1, STATEMENTS + 1))
    for one in receipts[:: STATEMENTS // 16]:
        report = verify_receipt(b64decode(one["entry"]), one["proof"], deployment.trust)
        assert report.exit_code in (0, 3), list(report)
        assert {step.name: step.grade for step in report}["inclusion"] == "held"

    # The projector's views show what was written, whichever worker answers.
    shown = httpx2.get(
        f"{deployment.url}/v1/parties", params={"at_least": STATEMENTS + 1, "limit": 1000}
    ).json()
    assert len(shown["items"]) == STATEMENTS + 2

    # A document goes to S3 and comes back once it is captured.
    digest = hashlib.sha256(PDF).hexdigest()
    assert httpx2.post(f"{deployment.url}/v1/documents", content=PDF).json()["sha256"] == digest
    captured = log.draft(
        "DocumentCaptured",
        "registrar",
        about=[f"document:{digest}"],
        claim={"media": "application/pdf", "size": len(PDF)},
    )
    position = int(send(deployment.url, captured).headers["evidence-position"])
    fetched = httpx2.get(f"{deployment.url}/v1/documents/{digest}", params={"at_least": position})
    assert fetched.content == PDF

    # Told to stop, both processes end by themselves.
    assert end(deployment.api) in (0, -signal.SIGTERM)
    assert end(deployment.projector) == 0


def test_a_view_is_not_answered_before_a_stopped_projector_goes_on(deployment: Deployment) -> None:
    log = twin(deployment)
    deployment.projector.send_signal(signal.SIGSTOP)
    try:
        position = int(send(deployment.url, listings(log, 1)[0]).headers["evidence-position"])
        late = httpx2.get(f"{deployment.url}/v1/parties", params={"at_least": position}, timeout=30)
        assert (late.status_code, json.loads(late.text)["code"]) == (503, "views-behind")
        assert int(late.headers["retry-after"]) >= 1
    finally:
        deployment.projector.send_signal(signal.SIGCONT)
    shown = httpx2.get(f"{deployment.url}/v1/parties", params={"at_least": position}, timeout=30)
    assert shown.status_code == 200
