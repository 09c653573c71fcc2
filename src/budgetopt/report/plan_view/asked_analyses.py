"""Analyses that a page shows beside the plan: simple benchmark plans always, and others where they are asked for.

Those that are asked for solve many problems each. The current budget and one percentage for all programs are judged by
the audit alone, so that every page of up to ``MOST_AMOUNTS`` amounts has them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.allocation import Allocation
from budgetopt.errors import OptionError, UnknownNameError
from budgetopt.report.plan_view.earlier_plan import EarlierPlan, earlier_plan

if TYPE_CHECKING:
    import pandas as pd

    from budgetopt.analysis.comparing.comparison import PlanComparison
    from budgetopt.analysis.exploring.explorer import Explorer
    from budgetopt.analysis.frontiers.frontier import Frontier
    from budgetopt.analysis.frontiers.trade_off import TradeOff
    from budgetopt.analysis.risk.ensemble import Ensemble
    from budgetopt.analysis.risk.information_value import InformationValue

__all__ = ["ANALYSES", "AskedAnalyses", "run_analyses"]

ANALYSES = {
    "compare": "all benchmark plans, and what the plan's lead is worth in money",
    "dollars": "what the last and the next dollars buy",
    "frontier": "the best value against the revenue of the largest fund, and two outcomes against each other",
    "ensemble": "which decisions stay in draws of the effects",
    "information": "what it would be worth to know each effect",
    "explorer": "sliders of revenue, weights and limits that show the exact plan",
}
"""What may be asked for, and what it shows."""
MOST_AMOUNTS = 5_000
"""Simple benchmark plans are made for so many amounts, programs by periods: beyond, they would delay the page."""
VARIED = ("ensemble", "information")
"""What needs an effect with an error."""


@dataclass(frozen=True, eq=False)
class AskedAnalyses:
    """What was worked out beside a plan; None where it was not.

    Parameters
    ----------
    comparison
        The plan and benchmark plans.
    dollars
        What :func:`budgetopt.budget_steps` returns.
    ensemble
        The plan in draws of its effects.
    seed
        The seed of the draws.
    frontier
        The best value against the revenue of the largest fund.
    trade_off
        The two outcomes that count most against each other; None too where there are fewer than two.
    information
        What it would be worth to know each effect.
    names
        What was asked for.
    earlier
        An earlier plan, against whose money that of this one is held.
    explorer
        The exact plans as revenue, weights and limits move.
    no_explorer
        Why there is none, where it was asked for.
    """

    comparison: PlanComparison | None = None
    dollars: pd.DataFrame | None = None
    ensemble: Ensemble | None = None
    seed: int = 0
    frontier: Frontier | None = None
    trade_off: TradeOff | None = None
    information: InformationValue | None = None
    names: tuple[str, ...] = ()
    earlier: EarlierPlan | None = None
    explorer: Explorer | None = None
    no_explorer: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return self.comparison is None and not self.names and self.explorer is None


def run_analyses(
    plan: Allocation,
    names: Sequence[str] = (),
    *,
    seed: int = 0,
    since: str | Path | None = None,
    sliders: Sequence[str] = (),
) -> AskedAnalyses:
    """Run what a page is to show beside a plan.

    Parameters
    ----------
    plan
        The plan.
    names
        Which: ``compare``, ``dollars``, ``frontier``, ``ensemble``, ``information``, ``explorer``. Without
        ``compare`` the current budget and one percentage for all programs are compared, which solves nothing.
    seed
        The seed of the draws of the ensemble.
    since
        The result document of an earlier plan: what moved since, by the evidence behind the programs.
    sliders
        Paths of further figures that the explorer moves, as for ``--set``; with one there is an explorer.

    Raises
    ------
    UnknownNameError
        If there is no such analysis.
    OptionError
        If one cannot be made, such as an ensemble where no effect has an error; or the earlier plan cannot be read, or
        is in another currency. A plan that has no explorer has the reason in its place, unless a slider was named.
    ResultFileError
        If what is named as an earlier plan is no result document, or a damaged one.
    ScenarioError
        If the path of a slider leads nowhere or to no number.
    """
    for name in names:
        if name not in ANALYSES:
            raise UnknownNameError("analysis", name, list(ANALYSES))
    from budgetopt.analysis.comparing.compare import compare

    drawn, known = _varied(plan, names, seed)
    explored, reason = _explored(plan, sliders) if "explorer" in names or sliders else (None, "")
    curve, two = _frontiers(plan) if "frontier" in names else (None, None)
    return AskedAnalyses(
        compare(plan) if "compare" in names else _simple_comparison(plan),
        _steps(plan) if "dollars" in names else None,
        drawn,
        seed,
        curve,
        two,
        known,
        tuple(dict.fromkeys(names)),
        None if since is None else earlier_plan(plan, since),
        explored,
        reason,
    )


def _simple_comparison(plan: Allocation) -> PlanComparison | None:
    """Return the plan beside benchmark plans that are made without solving; None where there is none."""
    from budgetopt.analysis.comparing.compare import compare_simple

    if len(plan.scenario.programs) * len(plan.scenario.periods) > MOST_AMOUNTS:
        return None
    found = compare_simple(plan)
    return found if len(found.compared) > 1 else None


def _steps(plan: Allocation) -> pd.DataFrame:
    from budgetopt.analysis.sensitivity.dollar_ladder import budget_steps

    return budget_steps(plan)


def _varied(plan: Allocation, names: Sequence[str], seed: int) -> tuple[Ensemble | None, InformationValue | None]:
    """Return the analyses that need an effect with an error."""
    if not set(VARIED) & set(names):
        return None, None
    from budgetopt.analysis.risk.ensemble import NOTHING_VARIES, ensemble
    from budgetopt.analysis.risk.information_value import information_value

    try:
        drawn = ensemble(plan, seed=seed) if "ensemble" in names else None
        known = information_value(plan) if "information" in names else None
    except OptionError as error:
        if error.message != NOTHING_VARIES:
            raise
        left = " and ".join(name for name in VARIED if name in names)
        raise OptionError(NOTHING_VARIES, hint=f"write `std_error: 20%` by an effect, or leave {left} out") from None
    return drawn, known


def _frontiers(plan: Allocation) -> tuple[Frontier, TradeOff | None]:
    """Return the best value against the revenue of the largest fund, and two outcomes against each other."""
    from budgetopt.analysis.frontiers.frontier import frontier
    from budgetopt.analysis.frontiers.trade_off import trade_off

    scenario = plan.scenario
    revenue = {key: float(scenario.revenue(key).sum()) for key in scenario.funds}
    largest = max(revenue, key=lambda key: revenue[key])
    if not revenue[largest] > 0:
        raise OptionError("no fund has revenue, so that there is no frontier of it", hint="leave frontier out")
    curve = frontier(plan, ("funds", largest, "revenue"))
    worth = np.array([outcome.worth for outcome in scenario.outcomes.values()])
    keys = list(scenario.outcomes)
    # those that the plan has most of by weight; by the order of the file where no weight tells them apart
    first = np.argsort(-np.abs(worth * plan.audit.outcomes.sum(axis=1)), kind="stable")[:2].tolist()
    return curve, trade_off(plan, *(keys[at] for at in sorted(first))) if len(first) == 2 else None


def _explored(plan: Allocation, sliders: Sequence[str]) -> tuple[Explorer | None, str]:
    """Return the explorer of a plan, or the reason why it has none."""
    from budgetopt.analysis.exploring.explorer import explorer

    try:
        return explorer(plan, figures=sliders), ""
    except OptionError as error:
        if sliders:
            raise
        return None, error.message
