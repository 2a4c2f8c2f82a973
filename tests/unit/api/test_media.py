"""Uploads are told by their content; programs are not taken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.media import ALLOWED, HEAD, detect


@pytest.mark.parametrize(
    ("head", "media"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "image/jpeg"),
        (b"II*\x00\x08\x00\x00\x00", "image/tiff"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
        (b"PK\x03\x04\x14\x00\x06\x00", "application/zip"),
        (b"<!DOCTYPE html><html><head>", "text/html"),
        ("Réponse à l'enquête\n".encode(), "text/plain"),
        ("工厂培训三天\n".encode(), "text/plain"),
        (b"WARC/1.0\r\nWARC-Type: response\r\n", "text/plain"),
    ],
)
def test_a_document_is_told_by_its_first_bytes(head: bytes, media: str) -> None:
    assert detect(head) == media


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"MZ\x90\x00\x03\x00\x00\x00",
        b"\x7fELF\x02\x01\x01\x00",
        b"\xca\xfe\xba\xbe\x00\x00\x00\x34",
        b"\x00\x01\x02\x03",
        b"text with a \x00 in it",
        b"\xff\xfe broken",
    ],
)
def test_programs_and_unknown_bytes_are_not_taken(head: bytes) -> None:
    assert detect(head) is None


def test_text_whose_last_character_is_cut_off_by_the_head_is_still_text() -> None:
    assert detect(("工" * HEAD).encode()[:HEAD]) == "text/plain"


@given(head=st.binary(max_size=200))
def test_any_bytes_get_a_taken_type_or_none(head: bytes) -> None:
    assert detect(head) in {None, *ALLOWED}
