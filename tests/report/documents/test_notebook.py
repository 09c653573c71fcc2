from __future__ import annotations

from tests.report.pages import figure, read, table

from budgetopt.allocation import Allocation
from budgetopt.report import notebook_html


def test_a_notebook_shows_a_plan_as_a_table_that_adds_up(plan: Allocation) -> None:
    root = read(notebook_html(plan))
    heads, rows, total = table(root.one("table"))
    assert total is not None
    assert root.one("caption").text().startswith("Money by program, in ")
    for at in range(1, heads.index("Why")):
        assert sum(figure(row[at]) or 0 for row in rows) == figure(total[at])
    assert len(rows) <= 13
    assert not list(root.all("script", "style", "img"))


def test_a_notebook_is_short(large: Allocation, city: Allocation) -> None:
    text = notebook_html(large, programs=3)
    assert "and 1,997 more" in text
    assert len(text) < 4500
    assert "partly assumed" in notebook_html(city)


def test_a_plan_shows_itself(city: Allocation) -> None:
    assert city._repr_html_() == notebook_html(city)
