"""Tables whose columns add up end in their sums, and have no empty columns."""

from __future__ import annotations

import pytest
from tests.report.pages import Node, figure, read, table

import budgetopt as bo


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Node:
    funds = {name: {"revenue": {"FY1": amount}, "opening_balance": 5} for name, amount in (("a", 100), ("b", 60))}
    rated = {"outcomes": {"good": {"per_dollar": 1}}}
    programs = {
        "parks": {"baseline": 70, "outcomes": {"good": {"per_dollar": 1, "evidence": "rct"}}},
        "roads": {"baseline": 50, **rated},
        "pools": {"baseline": 30, "spending": {"at_least": 20}},
        "halls": {"baseline": 10, "spending": {"at_least": 15}},
    }
    document = {"periods": ["FY1"], "funds": funds, "outcomes": {"good": {"weight": 1}}, "programs": programs}
    folder = tmp_path_factory.mktemp("page")
    return read(bo.solve(bo.Scenario.from_document(document)).to_html(folder / "plan.html").read_text())


@pytest.mark.parametrize("heading", ["The accounts of the funds", "Money moved by evidence", "What to measure first"])
def test_the_last_row_adds_up_the_others(page: Node, heading: str) -> None:
    parts = list(page.all("h3", "table"))
    at = next(number for number, part in enumerate(parts) if part.tag == "h3" and part.text() == heading)
    _, rows, total = table(next(part for part in parts[at:] if part.tag == "table"))
    assert total is not None
    assert total[0] == "Total"
    assert len(rows) > 1
    assert [figure(text) for text in total[1:]] == [
        sum(figure(text) or 0 for text in column) for column in list(zip(*rows, strict=True))[1:]
    ]


def test_columns_in_which_nothing_is_said_are_left_out(page: Node) -> None:
    (evidence,) = (part for part in page.all("section") if part.attributes["id"] == "evidence")
    heads = {cell.text() for row in evidence.all("thead") for cell in row.all("th")}
    assert {"Program", "Evidence", "Assumed effect"} <= heads
    assert not heads & {"Department", "As of", "Note"}
