"""At what spending each program covers everything that it could serve."""

from __future__ import annotations

import numpy as np

from budgetopt.audit.inputs import dollars, number, price_level
from budgetopt.audit.package_list import PackageList
from budgetopt.scenario.programs import Floats
from budgetopt.scenario.responses import is_diminishing
from budgetopt.scenario.scenario import Scenario

__all__ = ["full_coverage"]


def full_coverage(scenario: Scenario, packages: PackageList) -> Floats:
    """Return the spending at which each program covers everything, infinite where nothing bounds it.

    That is its own ceiling. A program without one covers everything at the cost of all units of its service; at the
    cost of all of its packages, or of the most expensive if one at most may be taken, each counted by its most
    expensive year; or else where more money buys no more of any outcome, the fixed cost included. All of these grow as
    costs do. Shape (programs, periods).
    """
    programs = scenario.programs
    ceiling = dollars(scenario, "spending.at_most")
    fixed = number(scenario, "if_funded.fixed_cost")

    # where the last of its outcomes stops growing; one that never does is unbounded
    end, price = np.zeros(len(programs)), number(scenario, "service.unit_cost", 1.0)
    for name in scenario.outcomes:
        said = programs.under(f"outcomes.{name}")
        for key in ("per_dollar", "per_unit", "at_baseline"):
            if (column := said.get(key)) is not None:
                grows = (column.values != 0) & ~is_diminishing(programs, f"outcomes.{name}")[column.rows]
                end[column.rows[grows]] = np.inf
        if (column := said.get("unit_cost")) is not None:
            most = number(scenario, f"outcomes.{name}.up_to", np.inf)[column.rows]
            np.maximum.at(end, column.rows, most * column.values)
        curves = scenario.calculated.columns
        if (column := curves.get(f"outcomes.{name}.curve")) is not None and column.offsets is not None:
            # a curve of a service is over its units
            np.maximum.at(end, column.rows, column.values[column.offsets[1:] - 1, 0] * price[column.rows])
    whole = np.where(end > 0, end + fixed, np.inf)

    total, most_expensive = np.zeros(len(programs)), np.zeros(len(programs))
    np.add.at(total, packages.program, packages.most_expensive_year)
    np.maximum.at(most_expensive, packages.program, packages.most_expensive_year)
    of_packages = np.where(programs.text("choose") == "one", most_expensive, total)
    whole = np.where(of_packages > 0, of_packages, whole)

    units = number(scenario, "service.up_to", np.nan) * number(scenario, "service.unit_cost", np.nan)
    whole = np.where(np.isnan(units), whole, units + fixed)
    return np.where(np.isnan(ceiling), whole[:, None] * price_level(scenario), ceiling)
