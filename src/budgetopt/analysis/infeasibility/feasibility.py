"""Whether any plan exists, by solving: with all-or-nothing decisions taken in part first, and then with whole ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from budgetopt.analysis.infeasibility.existence import has_point
from budgetopt.formulation import formulate
from budgetopt.reading.extreme_figures import refused_if_extreme
from budgetopt.scenario.scenario import Scenario

if TYPE_CHECKING:
    from budgetopt.analysis.infeasibility.contradictions import Conflict
    from budgetopt.analysis.infeasibility.repair import Repair

__all__ = ["TIME_LIMIT", "Feasibility", "feasibility"]

TIME_LIMIT = 5.0
"""Seconds after which all-or-nothing decisions are left undecided."""
QUICK = 1_000
"""Repairs are looked for in problems of no more columns, of which a tenth may be all-or-nothing decisions."""
LARGE = 20_000
"""What contradicts itself is looked for in problems of no more columns: in larger ones that takes minutes."""


@dataclass(frozen=True, slots=True)
class Feasibility:
    """Whether a scenario has a plan.

    Parameters
    ----------
    feasible
        Whether it has one; None if that was not decided in time.
    decided
        What settled it: the ``linear program``; the ``relaxation`` of an integer program, in which all-or-nothing
        decisions may be taken in part; or the ``integer program`` itself. Where nothing was decided in time the
        relaxation has a plan.
    conflicts
        The smallest set of limits that contradict each other, if there is no plan and the problem is not very large.
    repairs
        The cheapest repairs, if they are found quickly.
    """

    feasible: bool | None
    decided: Literal["linear program", "relaxation", "integer program"]
    conflicts: tuple[Conflict, ...] = ()
    repairs: tuple[Repair, ...] = ()


def feasibility(scenario: Scenario, *, time_limit: float = TIME_LIMIT) -> Feasibility:
    """Return whether a scenario has a plan, and if not, what contradicts itself and the cheapest repairs."""
    problem = formulate(scenario).linear_program
    decided: Literal["linear program", "relaxation", "integer program"]
    decided = "relaxation" if problem.is_integer else "linear program"
    with refused_if_extreme(scenario):
        feasible = has_point(problem.relaxed())
        if feasible and problem.is_integer:
            feasible = has_point(problem, time_limit)
            decided = decided if feasible is None else "integer program"
    if feasible is not False:
        return Feasibility(feasible, decided)
    # most scenarios have a plan, and pay for none of this
    from budgetopt.analysis.infeasibility.contradictions import conflicts
    from budgetopt.analysis.infeasibility.repairs import repairs

    found = conflicts(scenario) if problem.columns <= LARGE else ()
    quick = problem.columns <= QUICK and problem.open_integers <= QUICK // 10 and any(one.demands for one in found)
    return Feasibility(False, decided, found, repairs(scenario, at_most=2) if quick else ())
