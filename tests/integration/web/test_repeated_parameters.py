"""An address that says a thing twice: told on a page, and made by no form of ours."""

from __future__ import annotations

from collections import Counter
from html import unescape

import pytest

from tests.integration.api.conftest import Poster

from .conftest import Read, page
from .test_bounded_queries import PAGES


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/en/open?asked=ngo&asked=certifier", "The address gives asked more than once."),
        ("/fr/factories/toys?as_of=3&as_of=5", "L’adresse donne as_of plus d’une fois."),
        ("/en/search?q=toys&q=ngo", "The address gives q more than once."),
        ("/en/?other=1&other=2", "The address gives other more than once."),
    ],
)
def test_a_parameter_given_twice_is_named_on_a_page(case: Poster, path: str, told: str) -> None:
    response = case.client.get(path)
    assert response.status_code == 400
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert told in unescape(response.text)


def test_facets_may_be_chosen_several_times(case: Poster) -> None:
    response = case.client.get("/en/search?q=toys&kind=factory&kind=allegation")
    assert response.status_code == 200


def forms(shown: Read) -> list[list[str]]:
    """The names that each form sends; of boxes that share a name, and may all be ticked, one."""
    found: list[list[str]] = []
    for tag, given in shown.elements:
        if tag == "form":
            found.append([])
        name = given.get("name")
        if tag not in ("input", "select") or not name:
            continue
        if given.get("type") not in ("checkbox", "radio") or name not in found[-1]:
            found[-1].append(name)
    return found


@pytest.mark.parametrize("path", PAGES)
def test_no_form_sends_a_parameter_twice(case: Poster, path: str) -> None:
    sent = forms(page(case, path, as_of=case.position))
    assert sent
    for names in sent:
        assert max(Counter(names).values(), default=1) == 1, names
