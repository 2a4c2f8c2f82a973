"""A time-stamping authority on the loopback, of `openssl ts` and certificates made for the occasion."""

from __future__ import annotations

import http.server
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.requirements import missing

CONFIG = """
[req]
distinguished_name = name
prompt = no
[name]
CN = {name}
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[stamper]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[tsa]
default_tsa = this
[this]
serial = {folder}/serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""


@dataclass
class Authority:
    """Where it answers, its root certificate, and what it shall do wrong next."""

    folder: Path
    url: str = ""
    outages: int = 0
    asked: list[bytes] = field(default_factory=list)
    about: bytes | None = None  # a query that it answers in place of the one that came

    @property
    def root(self) -> Path:
        return self.folder / "root.pem"

    def reply(self, query: bytes) -> bytes:
        """The reply that `openssl ts` gives to a query, as it is served."""
        self.asked.append(query)
        asked, answer = self.folder / "query.tsq", self.folder / "reply.tsr"
        asked.write_bytes(self.about or query)
        signing = ["-signer", "stamper.pem", "-inkey", "stamper.key"]
        files = ["-queryfile", str(asked), "-out", str(answer)]
        _openssl(self.folder, "ts", "-reply", "-config", "tsa.cnf", *signing, *files)
        return answer.read_bytes()


@contextmanager
def serving(folder: Path) -> Iterator[Authority]:
    """An authority with its own root, on a free port of the loopback."""
    authority = Authority(folder)
    found(folder)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["content-length"]))
            if authority.outages:
                authority.outages -= 1
                self.send_error(503)
                return
            body = authority.reply(query)
            self.send_response(200)
            self.send_header("content-type", "application/timestamp-reply")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        authority.url = f"http://127.0.0.1:{server.server_address[1]}/stamp"
        try:
            yield authority
        finally:
            server.shutdown()
            thread.join()


def found(folder: Path, name: str = "Example Time-Stamping") -> None:
    """Make a root and the certificate of a stamper below it."""
    if shutil.which("openssl") is None:
        missing("openssl is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tsa.cnf").write_text(CONFIG.format(folder=folder, name=name))
    (folder / "serial").write_text("01\n")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    common = ["-config", "tsa.cnf", "-subj"]
    top = ["-x509", "-days", "2", "-extensions", "root", "-keyout", "root.key", "-out", "root.pem"]
    _openssl(folder, "req", *key, *common, f"/CN={name} Root", *top)
    _openssl(folder, "req", *key, *common, f"/CN={name}", "-keyout", "stamper.key", "-out", "stamper.csr")
    below = ["-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "2", "-out", "stamper.pem"]
    extensions = ["-extfile", "tsa.cnf", "-extensions", "stamper"]
    _openssl(folder, "x509", "-req", "-in", "stamper.csr", *below, *extensions)


def verify_with_openssl(folder: Path, data: bytes, reply: bytes, root: Path) -> bool:
    """Whether `openssl ts -verify` accepts a reply, as any outsider would run it."""
    (folder / "data").write_bytes(data)
    (folder / "reply").write_bytes(reply)
    command = ["openssl", "ts", "-verify", "-in", "reply", "-data", "data", "-CAfile", str(root)]
    return subprocess.run(command, cwd=folder, capture_output=True, timeout=30, check=False).returncode == 0


def _openssl(folder: Path, *arguments: str) -> None:
    done = subprocess.run(
        ["openssl", *arguments], cwd=folder, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stderr
