"""Analyses that a report shows only where they are asked for, since each solves many problems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from budgetopt.allocation import Allocation
from budgetopt.errors import OptionError, UnknownNameError

if TYPE_CHECKING:
    import pandas as pd

    from budgetopt.analysis.comparing.comparison import PlanComparison
    from budgetopt.analysis.risk.ensemble import Ensemble

__all__ = ["ANALYSES", "AskedAnalyses", "run_analyses"]

ANALYSES = {
    "compare": "the plan beside the current budget and other benchmark plans",
    "dollars": "what the last and the next dollars buy",
    "ensemble": "which decisions stay in draws of the effects",
}
"""What may be asked for, and what it shows."""


@dataclass(frozen=True, eq=False)
class AskedAnalyses:
    """What was worked out beside a plan; None where it was not asked for.

    Parameters
    ----------
    comparison
        The plan and the benchmark plans.
    dollars
        What :func:`budgetopt.budget_steps` returns.
    ensemble
        The plan in draws of its effects.
    seed
        The seed of the draws.
    """

    comparison: PlanComparison | None = None
    dollars: pd.DataFrame | None = None
    ensemble: Ensemble | None = None
    seed: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing was asked for."""
        return self.comparison is None and self.dollars is None and self.ensemble is None


def run_analyses(plan: Allocation, names: Sequence[str], *, seed: int = 0) -> AskedAnalyses:
    """Run what a report is to show beside a plan.

    Parameters
    ----------
    plan
        The plan.
    names
        Which: ``compare``, ``dollars``, ``ensemble``.
    seed
        The seed of the draws of the ensemble.

    Raises
    ------
    UnknownNameError
        If there is no such analysis.
    OptionError
        If one cannot be made, such as an ensemble where no effect has an error.
    """
    for name in names:
        if name not in ANALYSES:
            raise UnknownNameError("analysis", name, list(ANALYSES))
    if not names:
        return AskedAnalyses()
    from budgetopt.analysis.comparing.compare import compare
    from budgetopt.analysis.risk.ensemble import NOTHING_VARIES, ensemble
    from budgetopt.analysis.sensitivity.dollar_ladder import budget_steps

    try:
        drawn = ensemble(plan, seed=seed) if "ensemble" in names else None
    except OptionError as error:
        if error.message != NOTHING_VARIES:
            raise
        raise OptionError(NOTHING_VARIES, hint="write `std_error: 20%` by an effect, or leave ensemble out") from None
    return AskedAnalyses(
        compare(plan) if "compare" in names else None,
        budget_steps(plan) if "dollars" in names else None,
        drawn,
        seed,
    )
