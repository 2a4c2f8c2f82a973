"""The ledger over HTTP, as a party's own program talks to it.

Every answer that is not a success becomes an exception with the server's code, what is wrong and how to
mend it. The client trusts nothing it is told: receipts are verified by `api.client.receipts`, not here.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import TracebackType
from typing import IO, Any, Self

import httpx2

from api.client.signed import CapturedFile, Signed
from ledger.core.entry import decode_entry
from ledger.core.refusal import LedgerError, Refusal

TIMEOUT = httpx2.Timeout(60.0, connect=10.0)
JSON_LINES = "application/jsonl"


class Unreachable(LedgerError):
    """Nobody answered at the ledger's address, or not in time."""


class RefusedByServer(LedgerError):
    """The server answered with a problem (RFC 9457); `code` is stable, `place` a JSON pointer or a
    parameter.
    """

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.code = str(problem.get("code", status))
        self.place = str(problem.get("place", ""))
        place = f" at {self.place}" if self.place else ""
        detail = problem.get("detail") or problem.get("title") or f"HTTP status {status}"
        super().__init__(f"{self.code}{place}: {detail}", str(problem.get("mend", "")))


class BadAnswer(LedgerError):
    """The server's answer is not one of this API's."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the server returned for a statement: its place, the entry and the proof, still unverified."""

    id: str
    index: int
    recorded_at: str
    entry: bytes
    proof: str
    duplicate: bool = False


@dataclass(frozen=True, slots=True)
class Upgrade:
    """The newest receipt with what the server says about it: the size of its published checkpoint (entries)
    and what it promises (seconds).
    """

    receipt: Receipt
    published: int
    max_publish_delay: int


class Client:
    """One ledger at one address; use it as a context manager."""

    def __init__(self, url: str, transport: httpx2.BaseTransport | None = None) -> None:
        headers = {"accept": "application/json", "user-agent": "evidence-ledger"}
        self._http = httpx2.Client(base_url=url, transport=transport, timeout=TIMEOUT, headers=headers)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def submit(self, signed: Signed) -> Receipt:
        """Send one statement; its document first. Raises RefusedByServer."""
        self.upload(signed.captured)
        response = self._request("POST", "/v1/statements", json=signed.submission())
        return _receipt(_json(response), duplicate=response.status_code == 200)

    def submit_many(self, batch: Sequence[Signed]) -> Iterator[Receipt | RefusedByServer]:
        """Send statements in one request; one result for each, in order, as the server decides them."""
        for signed in batch:
            self.upload(signed.captured)
        lines = (json.dumps(signed.submission(), ensure_ascii=False).encode() + b"\n" for signed in batch)
        headers = {"content-type": JSON_LINES, "accept": JSON_LINES}
        with (
            _translated(),
            self._http.stream(
                "POST", "/v1/statements:batch", content=b"".join(lines), headers=headers
            ) as response,
        ):
            if response.is_error:
                response.read()
                raise _refusal(response)
            yield from (_result(line) for line in response.iter_lines() if line)

    def upload(self, captured: CapturedFile | None) -> None:
        """Send a document's bytes; the digest the server took must be the one in the statement."""
        if captured is None:
            return
        try:
            data = captured.path.read_bytes()
        except OSError as error:
            raise LedgerError(
                f"{captured.path}: {error.strerror}", "put the document back beside the file"
            ) from error
        # Before it leaves the machine: whoever made the signed file chose the path.
        if sha256(data).hexdigest() != captured.sha256:
            raise LedgerError(
                f"{captured.path} is not the document that was signed", "restore the file, or sign again"
            )
        response = self._request(
            "POST", "/v1/documents", content=data, headers={"content-type": captured.media}
        )
        if _json(response).get("sha256") != captured.sha256:
            raise BadAnswer("the ledger took in other bytes than were sent", "send it again")

    def get(self, path: str, **parameters: str | int | Sequence[str] | None) -> Any:
        """The JSON value at a path; parameters that are None are left out, several values repeat one."""
        given = {name: value for name, value in parameters.items() if value is not None}
        return _json(self._request("GET", path, params=given))

    def find(self, path: str, **parameters: str | int | None) -> Any | None:
        """The same, or None where there is nothing under this address."""
        try:
            return self.get(path, **parameters)
        except RefusedByServer as refusal:
            if refusal.status == 404:
                return None
            raise

    def pages(self, path: str, **parameters: str | int | None) -> Iterator[Any]:
        """Every page of a list, following the Link header's `next`."""
        given = {name: str(value) for name, value in parameters.items() if value is not None}
        response = self._request("GET", path, params=given)
        yield _json(response)
        while "next" in response.links:
            response = self._request("GET", response.links["next"]["url"])
            yield _json(response)

    def text(self, path: str, **parameters: str) -> str:
        """An answer as text, such as the checkpoint."""
        return self._request("GET", path, params=parameters, headers={"accept": "text/plain, */*"}).text

    def content(self, path: str, **parameters: str | None) -> bytes:
        """An answer's bytes as they come."""
        given = {name: value for name, value in parameters.items() if value is not None}
        return self._request("GET", path, params=given, headers={"accept": "*/*"}).content

    def download(self, path: str, file: Path, **parameters: str | None) -> int:
        """Write an answer to a file, which is whole or not there; returns its size in bytes."""
        given = {name: value for name, value in parameters.items() if value is not None}
        with NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", delete=False) as part:
            try:
                self._write(path, given, part)
            except BaseException:
                Path(part.name).unlink()
                raise
        Path(part.name).chmod(0o644)
        Path(part.name).replace(file)
        return file.stat().st_size

    def _write(self, path: str, parameters: Mapping[str, str], out: IO[bytes]) -> None:
        request = self._http.stream("GET", path, params=parameters, headers={"accept": "*/*"})
        with _translated(), request as response:
            if response.is_error:
                response.read()
                raise _refusal(response)
            for chunk in response.iter_bytes():
                out.write(chunk)

    def receipt(self, statement_id: str) -> Receipt:
        """The newest receipt for a statement that is in the log. Raises `BadAnswer` for one of another."""
        return _of(statement_id, _receipt(self.get(f"/v1/statements/{statement_id}/proof"), duplicate=True))

    def upgrade(self, statement_id: str) -> Upgrade:
        """The newest receipt, and what the server says of publication. Raises `BadAnswer` for a receipt of
        another statement.
        """
        value = self.get(f"/v1/statements/{statement_id}/proof")
        try:
            published, delay = int(value["published"]), int(value["maxPublishDelay"])
        except (KeyError, TypeError, ValueError) as error:
            raise BadAnswer("the answer is no proof", "check that the address is a ledger's") from error
        return Upgrade(_of(statement_id, _receipt(value, duplicate=True)), published, delay)

    def _request(self, method: str, path: str, **options: Any) -> httpx2.Response:
        with _translated():
            response = self._http.request(method, path, **options)
        if response.is_error:
            raise _refusal(response)
        return response


class _translated:  # noqa: N801 - reads as a word in `with`
    """Translate the HTTP library's errors in one place."""

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, httpx2.TimeoutException):
            raise Unreachable(
                "the ledger did not answer in time", "try again; a statement is never entered twice"
            ) from error
        if isinstance(error, httpx2.TransportError | httpx2.InvalidURL):
            raise Unreachable(
                f"the ledger cannot be reached: {error}", "check the address and that it is running"
            ) from error


def _json(response: httpx2.Response) -> Any:
    try:
        return response.json()
    except ValueError as error:
        raise BadAnswer(f"{response.url}: not JSON", "check that the address is a ledger's") from error


def _refusal(response: httpx2.Response) -> RefusedByServer:
    try:
        problem = response.json()
    except ValueError:
        problem = {}
    return RefusedByServer(response.status_code, problem if isinstance(problem, dict) else {})


def _result(line: str) -> Receipt | RefusedByServer:
    try:
        value = json.loads(line)
    except ValueError as error:
        raise BadAnswer("a line of the answer is not JSON", "check that the address is a ledger's") from error
    if "entry" in value:
        return _receipt(value, duplicate=value.get("status") == 200)
    return RefusedByServer(int(value.get("status", 422)), value)


def _receipt(value: Any, duplicate: bool) -> Receipt:
    try:
        return Receipt(
            str(value["id"]),
            int(value["index"]),
            str(value["recordedAt"]),
            b64decode(value["entry"], validate=True),
            str(value["proof"]),
            duplicate,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadAnswer("the answer is not a receipt", "check that the address is a ledger's") from error


def _of(statement_id: str, receipt: Receipt) -> Receipt:
    """The receipt, if its entry holds that statement: otherwise a withheld one would pass for published."""
    try:
        payload = decode_entry(receipt.entry).envelope.payload
    except Refusal as refusal:
        raise BadAnswer(f"the receipt's entry cannot be read: {refusal.what}", "report it") from refusal
    if not sha256(payload).hexdigest() == statement_id == receipt.id:
        raise BadAnswer(
            f"the ledger gave the receipt of another statement than {statement_id}",
            "do not rely on it, keep your own receipt and tell others",
        )
    return receipt


def receipt_paths(folder: Path, index: int, suffix: str = "") -> tuple[Path, Path]:
    """Where a receipt's two files lie."""
    return folder / f"{index}{suffix}.entry", folder / f"{index}{suffix}.tlog-proof"


def write_receipt(folder: Path, receipt: Receipt) -> tuple[Path, Path]:
    """Save `<index>.entry` and `<index>.tlog-proof`; an existing pair for the same entry is kept as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    entry, proof = receipt_paths(folder, receipt.index)
    for path, data in ((entry, receipt.entry), (proof, receipt.proof.encode())):
        # The first receipt is the one that can prove equivocation later, so it is never replaced.
        if not path.exists():
            path.write_bytes(data)
    return entry, proof


def labels(batch: Iterable[Signed]) -> list[str]:
    """What to call each statement in messages: its label, else the start of its id."""
    return [signed.label or signed.statement().id[:12] for signed in batch]
