"""The chart of each kind of result: what ``plot`` returns, and ``--chart`` writes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from budgetopt.allocation import Allocation
from budgetopt.analysis.amendments.amend import Amended
from budgetopt.analysis.comparing.budget_files import BudgetDifference
from budgetopt.analysis.comparing.comparison import PlanComparison
from budgetopt.analysis.comparing.differences import Difference
from budgetopt.analysis.comparing.edited_plan import EditedPlan
from budgetopt.analysis.frontiers.frontier import Frontier
from budgetopt.analysis.frontiers.trade_off import TradeOff
from budgetopt.analysis.near_optimal.alternatives import Alternatives
from budgetopt.analysis.near_optimal.reach import Reach
from budgetopt.analysis.outlooks.grant_choices import GrantChoices
from budgetopt.analysis.outlooks.outlook import Outlook
from budgetopt.analysis.risk.ensemble import Ensemble
from budgetopt.analysis.risk.forecast_tree import ForecastPlan
from budgetopt.analysis.risk.information_value import InformationValue
from budgetopt.analysis.risk.robust import RobustPlan
from budgetopt.analysis.weighting.weights import Weights
from budgetopt.fitting.fits import Fits
from budgetopt.report.explained.explanation import Explanation
from budgetopt.report.plots.bar_charts import allocation_chart
from budgetopt.report.plots.curve_charts import frontier_chart, robust_chart, trade_off_chart
from budgetopt.report.plots.difference_charts import budget_difference_chart, difference_chart, edited_chart
from budgetopt.report.plots.fit_chart import fits_chart
from budgetopt.report.plots.plan_charts import comparison_chart, grants_chart
from budgetopt.report.plots.price_charts import information_chart, scenario_chart
from budgetopt.report.plots.range_charts import (
    alternatives_chart,
    amend_chart,
    ensemble_chart,
    reach_chart,
    weights_chart,
)
from budgetopt.report.plots.response_chart import explanation_chart
from budgetopt.report.plots.year_charts import forecast_chart, outlook_chart
from budgetopt.scenario.drawable import Drawable
from budgetopt.scenario.scenario import Scenario

if TYPE_CHECKING:
    from altair import LayerChart

__all__ = ["chart_of"]

CHARTS: dict[type[Drawable], Callable[..., LayerChart]] = {
    Allocation: allocation_chart,
    Alternatives: alternatives_chart,
    Amended: amend_chart,
    BudgetDifference: budget_difference_chart,
    Difference: difference_chart,
    EditedPlan: edited_chart,
    Ensemble: ensemble_chart,
    Explanation: explanation_chart,
    ForecastPlan: forecast_chart,
    Fits: fits_chart,
    Frontier: frontier_chart,
    GrantChoices: grants_chart,
    InformationValue: information_chart,
    Outlook: outlook_chart,
    PlanComparison: comparison_chart,
    Reach: reach_chart,
    RobustPlan: robust_chart,
    Scenario: scenario_chart,
    TradeOff: trade_off_chart,
    Weights: weights_chart,
}
"""What draws each kind of result."""


def chart_of(found: Drawable, *arguments: Any) -> LayerChart:
    """Return the chart of a result; arguments after it say which part of it is drawn."""
    return CHARTS[type(found)](found, *arguments)
