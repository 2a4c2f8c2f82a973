"""Bundles in pages: what is put in comes out, and nothing else is taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.page import put_in_page, take_from_page
from ledger.core.refusal import Refusal


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_put_in_comes_out(text: str) -> None:
    page = f"<!doctype html><p>&amp;</p>{put_in_page(text.encode())}<p>"
    assert take_from_page(page.encode()) == text.encode()


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b"<!doctype html><p>nothing</p>",
        b'<template id="bundle">no end',
        b'<template id="bundle">a</template><template id="bundle">b</template>',
        b'<template id="bundle">a <b></template>',
        b'<template id="bundle">&copy;</template>',
        b'<template id="bundle">\xff</template>',
    ],
)
def test_nothing_else_is_taken_for_a_bundle(page: bytes) -> None:
    with pytest.raises(Refusal):
        take_from_page(page)
