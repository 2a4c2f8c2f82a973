"""Time-stamping authorities over HTTP (RFC 3161 section 3.4), and their replies verified with certificates.

Needs the extra `anchoring`. Certificates are judged at the time of the stamp: a reply outlives them.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2

from ledger.core.refusal import LedgerError, Refusal
from ledger.verifier.timestamp import read_reply

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

PATIENCE = 10.0  # seconds
REPLY_LIMIT = 1 << 18  # bytes; replies with a chain of certificates have about 6,000
QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"


class AnchoringMissing(LedgerError):
    """The packages of the extra `anchoring` are not installed."""


class RootsUnreadable(LedgerError):
    """The file of root certificates cannot be used."""


class AuthorityUnavailable(LedgerError):
    """The authority does not answer; later it may."""


class StampRefused(LedgerError):
    """What the authority answered is no good time-stamp."""


class Roots:
    """The root certificates that the reader trusts; a PEM file may hold certificates between them, too."""

    def __init__(self, path: Path) -> None:
        """Raises `RootsUnreadable`, `AnchoringMissing`."""
        _require()
        from cryptography.x509 import load_pem_x509_certificates

        try:
            self._all = load_pem_x509_certificates(path.read_bytes())
        except (OSError, ValueError) as error:
            mend = "give the authority's root certificate in PEM"
            raise RootsUnreadable(f"{path}: {error}", mend) from error

    def verify(self, reply: bytes, data: bytes, nonce: int | None = None) -> str:
        """Who signed this reply over `data`. Raises `StampRefused`."""
        from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

        try:
            decoded = decode_timestamp_response(reply)
            builder = VerifierBuilder(roots=self._roots(), intermediates=self._between(), nonce=nonce)
            builder.build().verify_message(decoded, data)
        except (ValueError, VerificationError) as error:
            mend = "name the root certificate of the authority that dates this ledger"
            raise StampRefused(f"the time-stamp does not hold: {error}", mend) from error
        signer = next(iter(decoded.signed_data.signer_infos))
        for encoded in decoded.signed_data.certificates:
            certificate = _certificate(encoded)
            if certificate.serial_number == signer.serial_number and certificate.issuer == signer.issuer:
                return certificate.subject.rfc4514_string()
        return signer.issuer.rfc4514_string()

    def _roots(self) -> list[Certificate]:
        return [each for each in self._all if each.issuer == each.subject]

    def _between(self) -> list[Certificate]:
        return [each for each in self._all if each.issuer != each.subject]


class HttpAuthority:
    """`ports.TimeStampAuthority` at an address; its address is its name."""

    def __init__(self, url: str, roots: Roots, patience: float = PATIENCE) -> None:
        self.name = url
        self._roots = roots
        self._patience = patience

    def stamp(self, data: bytes) -> tuple[str, bytes]:
        """The authority's time and its reply over `data`, verified down to its root.

        Raises `AuthorityUnavailable`, `StampRefused`.
        """
        from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

        request = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).build()
        reply = self._post(request.as_bytes())
        try:
            read = read_reply(reply)
        except Refusal as refusal:
            raise StampRefused(f"{self.name}: {refusal.what}", "ask who runs the authority") from refusal
        self._roots.verify(reply, data, request.nonce)
        return read.time, reply

    def _post(self, query: bytes) -> bytes:
        until = time.monotonic() + self._patience
        content = bytearray()
        try:
            with (
                httpx2.Client(timeout=self._patience) as http,
                http.stream("POST", self.name, content=query, headers={"content-type": QUERY}) as answer,
            ):
                for part in answer.iter_bytes():
                    content += part
                    if len(content) > REPLY_LIMIT or time.monotonic() > until:
                        raise AuthorityUnavailable(f"{self.name} answers too much or too slowly", _LATER)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            what = f"{self.name} cannot be reached: {type(error).__name__}"
            raise AuthorityUnavailable(what, _LATER) from error
        kind = answer.headers.get("content-type", "").partition(";")[0].strip()
        if answer.status_code != 200 or kind != REPLY:
            raise AuthorityUnavailable(f"{self.name} answers {answer.status_code} {kind}"[:200], _LATER)
        return bytes(content)


_LATER = "see EVIDENCE_TSA_URL; it is tried again by itself"


def _certificate(encoded: bytes) -> Certificate:
    from cryptography.x509 import load_der_x509_certificate

    return load_der_x509_certificate(encoded)


def _require() -> None:
    try:
        import rfc3161_client  # noqa: F401
    except ImportError as error:
        raise AnchoringMissing(
            "time-stamps need a package that is not installed",
            "install it with `pip install 'rfc3161-client>=1.0.9,<2'`",
        ) from error
