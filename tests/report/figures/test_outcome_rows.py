from __future__ import annotations

import numpy as np
import pytest
from tests.report.plans import plan_of

from budgetopt.allocation import Allocation
from budgetopt.report.figures.numbers import Numbers
from budgetopt.report.figures.outcome_rows import Bought

USD = Numbers()


def test_every_outcome_adds_up_from_its_programs(plan: Allocation) -> None:
    bought = Bought(plan)
    brought = bought.contributions
    totals = np.zeros(len(bought.rows), dtype=np.int64)
    np.add.at(totals, brought.outcome, brought.whole)
    assert totals.tolist() == [row.level for row in bought.rows]
    pairs = list(zip(brought.program.tolist(), brought.outcome.tolist(), strict=True))
    assert len(set(pairs)) == len(pairs)
    assert [program for program, _ in pairs] == sorted(program for program, _ in pairs)


def test_levels_are_those_of_the_audit(plan: Allocation) -> None:
    for row, level, baseline in zip(Bought(plan).rows, plan.outcomes["level"], plan.outcomes["baseline"], strict=True):
        assert row.value(row.level) == pytest.approx(level, abs=0.5000001 * 10**-row.decimals)
        if row.baseline is not None:
            assert row.value(row.baseline) == pytest.approx(baseline, abs=0.5000001 * 10**-row.decimals)
            assert row.level == row.baseline + row.change


def test_what_is_better_depends_on_the_direction(city: Allocation) -> None:
    rows = {row.key: row for row in Bought(city).rows}
    assert rows["overdue_repairs"].change < 0
    assert rows["overdue_repairs"].better is True
    assert rows["visits"].change < 0
    assert rows["visits"].better is False


@pytest.mark.parametrize(
    ("objective", "said", "less"),
    [
        ([{"minimize": "waits"}], {}, True),
        ([{"maximize": "waits"}], {"direction": "decrease"}, False),
        ([{"maximize": "visits"}, {"minimize": "waits"}], {}, True),
        ([{"maximize": "weighted outcomes"}], {"weight": -2}, True),
        ([{"maximize": "weighted outcomes"}], {"weight": 2, "direction": "decrease"}, True),
        ([{"maximize": {"smallest": "waits", "by": "department"}}], {"direction": "decrease"}, False),
        # what no objective wants, or two want otherwise, is told by the direction
        ([{"maximize": "visits"}], {"direction": "decrease"}, True),
        ([{"maximize": "visits"}], {}, False),
        ([{"minimize": "waits", "within": "50%"}, {"maximize": "weighted outcomes"}], {"weight": 2}, False),
    ],
)
def test_what_is_better_is_what_the_objectives_want(
    objective: list[object], said: dict[str, object], less: bool
) -> None:
    effect = {"curve": [[0, 90], [100, 40]]}
    plan = plan_of(
        {
            "funds": {"f": {"revenue": 100}},
            "objective": objective,
            "outcomes": {"visits": {"weight": 1}, "waits": said},
            "programs": {
                "clinic": {"department": "A", "baseline": 50, "outcomes": {"waits": effect}},
                "library": {
                    "department": "B",
                    "baseline": 10,
                    "outcomes": {"visits": {"per_dollar": 1}, "waits": {"per_dollar": 0.1}},
                },
            },
        }
    )
    row = Bought(plan).rows[1]
    assert row.decrease == less
    assert row.change
    assert row.better == ((row.change < 0) == less)


def test_figures_say_what_rests_on_assumptions(city: Allocation, odd: Allocation) -> None:
    assert {row.key: row.assumed for row in Bought(city).rows} == {
        "households_housed": "part",
        "injuries_prevented": "part",
        "overdue_repairs": "part",
        "visits": "none",
    }
    assert "all" in {row.assumed for row in Bought(odd).rows}


def test_an_assumption_that_brings_nothing_taints_nothing() -> None:
    plan = plan_of(
        {
            "funds": {"f": {"revenue": 100}},
            "outcomes": {"o": {"unit": "units", "weight": 1}},
            "programs": {
                "known": {"outcomes": {"o": {"per_dollar": 2, "evidence": "rct"}}},
                "assumed": {"outcomes": {"o": {"per_dollar": 1, "evidence": "assumption"}}},
            },
        }
    )
    assert [row.assumed for row in Bought(plan).rows] == ["none"]


def test_targets_are_said_in_words(city: Allocation) -> None:
    assert Bought(city).rows[3].targets == ("at least 700,000",)
    plan = plan_of(
        {
            "periods": ["2027", "2028"],
            "funds": {"f": {"revenue": 100}},
            "outcomes": {"o": {"unit": "units", "target": {"at_least": {"2027": 5, "2028": 6.5}, "at_most": 90}}},
            "programs": {"p": {"outcomes": {"o": {"per_dollar": 0.5}}}},
            "objective": {"minimize": "spending"},
        }
    )
    assert Bought(plan).rows[0].targets == ("at least 5 in 2027", "at least 6.5 in 2028", "at most 90")


def test_without_any_baseline_there_is_nothing_to_compare(small: Allocation) -> None:
    (row,) = Bought(small).rows
    assert row.baseline is None
    assert row.better is None
    assert row.text(USD, row.level) == "5.7"
    assert row.with_unit(USD, row.level) == "5.7 laughs"
    assert row.change_share != row.change_share
