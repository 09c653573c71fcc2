"""Figures of revenue: what moves with them where revenue grows by a rate."""

from __future__ import annotations

import pytest

import budgetopt as bo
from budgetopt.scenario.scenario import Scenario
from language.small import document_of


def test_the_revenue_of_one_period_moves_alone_where_it_grows_by_a_rate() -> None:
    document = document_of({"p": {"outcomes": {"good": {"per_dollar": 2}}}}, periods=("FY1", "FY2"))
    document["funds"]["general"] |= {"revenue": 100, "growth": "10%"}
    table = bo.figure_prices(Scenario.from_document(document), "funds.general.revenue.FY2", "funds.general.revenue")
    assert table["value"].tolist() == pytest.approx([110, 100])
    assert table["more"].tolist() == pytest.approx([2, 4.2])
    assert table["less"].tolist() == pytest.approx([-2, -4.2])
    assert table["method"].tolist() == ["exact", "exact"]
