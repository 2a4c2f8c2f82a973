"""On a narrow screen a row of a table is a card: every cell says which column it is of."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from api.web.tables import stacked

HEAD = '<table><thead><tr><th scope="col">Issue</th><th scope="col">Said &amp; signed</th></tr></thead>'


def test_a_cell_has_the_heading_of_its_column() -> None:
    made = stacked(Markup(HEAD + '<tr><th scope="row">Wages</th><td class="number">4</td></tr></table>'))
    assert made.endswith(
        '<tr><th scope="row">Wages</th><td class="number" data-label="Said &amp; signed">4</td></tr></table>'
    )


def test_each_row_begins_with_the_first_column() -> None:
    made = stacked(Markup(HEAD + "<tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>"))
    assert made.count('data-label="Issue"') == 2


def test_a_cell_over_several_columns_says_itself_what_it_is() -> None:
    made = stacked(Markup(HEAD + '<tr class="said"><td colspan="2">words</td></tr></table>'))
    assert '<td colspan="2">words</td>' in made


def test_a_heading_with_markup_in_it_names_its_column_in_words() -> None:
    head = '<table><thead><tr><th scope="col"><a href="/x">Who "says" it</a></th></tr></thead>'
    assert 'data-label="Who &#34;says&#34; it"' in stacked(Markup(head + "<tr><td>a</td></tr></table>"))


def test_a_table_without_a_head_is_noticed() -> None:
    with pytest.raises(AssertionError, match="says in its head"):
        stacked(Markup("<table><tr><td>a</td></tr></table>"))
