"""Services of which only whole units can be served."""

from __future__ import annotations

import numpy as np

from budgetopt.formulation.builder import Builder
from budgetopt.formulation.linear_program import Floats
from budgetopt.formulation.spending.positions import each_period, placed
from budgetopt.formulation.spending.terms import LevelTerms
from budgetopt.scenario.scenario import Scenario

__all__ = ["add_whole_units"]


def add_whole_units(builder: Builder, scenario: Scenario, units: LevelTerms, most: Floats) -> None:
    """Add an integer column for the units of each service that is whole, and the row that makes the units equal to it.

    ``most`` are the most units of each program in each period; shape (programs, periods).
    """
    whole = scenario.programs.flag("service.whole", default=False)
    cell = each_period(np.flatnonzero(whole), len(scenario.periods))
    keys = {"program": cell[0], "period": cell[1]}
    column = builder.columns("whole units", keys, 0.0, np.floor(most[cell]), integer=True)
    rows = builder.rows("whole units", keys, 0.0, 0.0)
    builder.entries(rows, column, -1.0)
    row_of = placed(most.shape, cell, rows)
    builder.entries(row_of[units.program, units.period], units.column, units.weight)
