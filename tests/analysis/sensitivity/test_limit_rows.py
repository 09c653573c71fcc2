"""The rows whose prices can be asked, and the size of the figures in them, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from budgetopt.analysis import WhatIf
from budgetopt.analysis.sensitivity.limit_rows import limit_rows, size_of, terms_of
from budgetopt.formulation.linear_program import Block, Labels
from budgetopt.scenario.scenario import Scenario
from language.small import LATER, document_of


def rated(rate: float, **more: Any) -> dict[str, Any]:
    return {"outcomes": {"good": {"per_dollar": rate}}, **more}


RULES = [
    {"name": "cap", "sum": "spending", "where": {"program": "a"}, "at_least": 5, "at_most": 30},
    {"name": "both", "sum": "spending", "at_most": 90, "each": "total"},
    {"name": "each", "sum": "spending", "by": "department", "each_at_least": 10},
    {"name": "least", "sum": "outcome good", "where": {"program": "b"}, "at_least": 1e-6},
]
PROGRAMS = {"a": rated(3, department="X"), "b": rated(2, department="Y")}


def test_each_side_of_each_row_that_has_a_price() -> None:
    question = WhatIf(Scenario.from_document(document_of(PROGRAMS, periods=LATER[:2], rules=RULES)))
    base = question.as_is()
    found = {}
    for row in limit_rows(question):
        terms = terms_of(question, row, base)
        found[row.limit.name, row.part, row.period, row.sense] = (
            row.bound, row.relaxes, round(float(terms.sum()), 6), round(size_of(row, terms), 6),
        )  # fmt: skip
    # in one of the years a has 30 and b 10, as each rule asks, and in both together 90 are spent
    spent = [found["general", "", year, "equals"][2] for year in LATER[:2]]
    assert found["cap", "", "FY1", "at least"] == (5, -1, 30, 30)
    assert found["cap", "", "FY1", "at most"] == found["cap", "", "FY2", "at most"] == (30, 1, 30, 30)
    assert found["both", "", "", "at most"] == (90, 1, 90, 90)
    assert found["each", "X", "FY1", "at least"] == (10, -1, 30, 30)
    assert found["each", "Y", "FY2", "at least"][:2] == (10, -1)
    assert {key[0] for key in found} == {"general", "cap", "both", "each", "least"}
    assert all(found["general", "", year, "equals"][:2] == (100, 1) for year in LATER[:2])
    assert spent == pytest.approx([100, 100])


@pytest.mark.parametrize(
    ("name", "bound", "terms", "size"),
    [
        ("general", 0.0, [], 1.0),
        ("general", -3.0, [1.0, -1.5], 3.0),
        ("general", 2.0, [1.0, -1.5], 2.5),
        ("least", 1e-6, [1e-7], 1e-3),
        ("least", 0.0, [0.1, 0.2], 0.3),
    ],
)
def test_the_size_of_the_figures_of_a_row(name: str, bound: float, terms: list[float], size: float) -> None:
    question = WhatIf(Scenario.from_document(document_of(PROGRAMS, rules=RULES)))
    row = next(row for row in limit_rows(question) if row.limit.name == name)
    assert size_of(replace(row, bound=bound), np.array(terms)) == pytest.approx(size)


def test_a_part_without_a_name_is_numbered() -> None:
    keys = {"period": np.full(4, -1)}
    block = Block("rule", 0, 4, keys, limit=np.zeros(4, dtype=np.int64), part=np.array([-1, 0, 1, 2]))
    scenario = SimpleNamespace(
        limits=[SimpleNamespace(has_row_prices=True, parts=("north",))], periods=("FY1",),
        programs=SimpleNamespace(ids=np.array(["a"], dtype=object)),
    )  # fmt: skip
    problem = SimpleNamespace(row_labels=Labels((block,)), row_lower=np.zeros(4), row_upper=np.full(4, np.inf))
    question: Any = SimpleNamespace(problem=problem, scenario=scenario)
    assert [row.part for row in limit_rows(question)] == ["", "north", "2", "3"]
