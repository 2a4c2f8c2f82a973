"""Links from page to page keep everything else that was asked for."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import URL

from api.paging import link_header


def test_links_keep_the_other_parameters_and_replace_the_cursor() -> None:
    url = URL("http://host/v1/factories?limit=2&after=abc&as_of=17")
    first, following = link_header(url, "def").split(", ")
    assert first == '</v1/factories?limit=2&as_of=17>; rel="first"'
    assert following == '</v1/factories?limit=2&as_of=17&after=def>; rel="next"'


def test_the_last_page_leads_nowhere() -> None:
    assert "next" not in link_header(URL("http://host/v1/factories"), None)


@given(cursor=st.text(st.characters(codec="utf-8"), min_size=1, max_size=60))
def test_a_cursor_of_any_characters_comes_back_as_it_was(cursor: str) -> None:
    target = link_header(URL("http://host/v1/requests"), cursor).split("<")[2].split(">")[0]
    assert parse_qs(urlsplit(target).query, keep_blank_values=True) == {"after": [cursor]}
