from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetopt.allocation import Allocation
from budgetopt.report import Figures, Numbers
from budgetopt.report.blocks.charts import balance_chart, change_chart, group_chart, outcome_bar, ticks_to
from budgetopt.report.blocks.content import Chart
from budgetopt.report.figures.outcome_rows import Bought

USD = Numbers()


@given(st.floats(1e-6, 1e12))
def test_an_axis_holds_its_largest_value_and_has_few_round_marks(largest: float) -> None:
    ticks = ticks_to(largest)
    assert ticks[0] == 0
    assert ticks[-1] >= largest * (1 - 1e-9)
    assert 2 <= len(ticks) <= 6
    assert len({f"{ticks[1]:e}"[:3]} & {"1.0", "2.0", "2.5", "5.0"}) == 1


def test_an_axis_of_nothing_has_a_mark() -> None:
    assert ticks_to(0) == [0.0, 1.0]


def inside(chart: Chart) -> None:
    for bar in chart.bars:
        assert chart.start(bar) >= -0.02
        assert chart.start(bar) + chart.width(bar) <= 100.02
        assert chart.place(bar.reference) <= 100.02
        assert bar.words.endswith(".")
        assert bar.figure
    assert all(-0.02 <= chart.place(tick.value) <= 100.02 for tick in chart.ticks)


def test_every_bar_stays_on_its_chart(plan: Allocation) -> None:
    figures = Figures.of(plan)
    charts = [change_chart(figures, USD), balance_chart(figures, USD)]
    charts += [group_chart(group, figures, USD) for name in ("priority", "department") if (group := figures.by(name))]
    for chart in charts:
        if chart is not None:
            inside(chart)


def test_bars_are_as_long_as_their_amounts(city: Allocation) -> None:
    figures = Figures.of(city)
    group = figures.by("priority")
    assert group is not None
    chart = group_chart(group, figures, USD)
    end = 100_000_000
    assert [chart.width(bar) for bar in chart.bars] == pytest.approx(
        [row.spending / end * 100 for row in group.rows], abs=0.01
    )
    assert [chart.place(bar.reference) for bar in chart.bars] == pytest.approx(
        [(row.baseline or 0) / end * 100 for row in group.rows], abs=0.01
    )
    assert (
        chart.bars[0].words
        == "Safe streets: $96.9 million in the plan, $85.8 million at the baseline, up $11.1 million."
    )


def test_what_falls_lies_left_of_what_rises(city: Allocation, large: Allocation) -> None:
    for plan in (city, large):
        chart = change_chart(Figures.of(plan), USD)
        assert chart is not None
        for bar in chart.bars:
            assert bar.kind == ("up" if chart.start(bar) >= chart.place(0) - 0.011 else "down")
            if bar.kind == "down":
                assert chart.start(bar) + chart.width(bar) == pytest.approx(chart.place(0), abs=0.011)
    assert chart.more == int((Figures.of(large).change != 0).sum()) - 20


def test_a_plan_that_moves_nothing_or_is_all_new_has_no_chart_of_changes(small: Allocation) -> None:
    assert change_chart(Figures.of(small), USD) is None


def test_balances_show_their_reserve_and_name_the_funds_left_out(city: Allocation, small: Allocation) -> None:
    chart = balance_chart(Figures.of(city), USD)
    assert chart is not None
    assert [bar.name for bar in chart.bars] == ["General fund, FY2027", "General fund, FY2028", "General fund, FY2029"]
    assert all(bar.mark is not None and bar.mark <= bar.value for bar in chart.bars)
    assert chart.note == "Nothing is ever left in Housing grant, Water fund and Capital fund."
    assert balance_chart(Figures.of(small), USD) is None


def test_an_outcome_has_a_bar_only_where_there_is_something_to_compare(city: Allocation, small: Allocation) -> None:
    bar = outcome_bar(Bought(city).rows[0], USD)
    assert bar is not None
    assert bar.reference / bar.value == pytest.approx(0.8677, abs=0.001)
    assert outcome_bar(Bought(small).rows[0], USD) is None
