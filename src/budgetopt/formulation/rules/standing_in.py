"""Resources that stand in for others, at a rate."""

from __future__ import annotations

import numpy as np

from budgetopt.formulation.builder import Builder
from budgetopt.formulation.spending.positions import each_period, placed
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.stand_ins import stand_in_name

__all__ = ["add_stand_ins"]


def add_stand_ins(builder: Builder, scenario: Scenario) -> None:
    """Add what each stand-in makes in each period to the rows of the capacities, and the rows that limit it."""
    pairs, periods, names = scenario.stand_ins, len(scenario.periods), list(scenario.resources)
    pair, period = each_period(np.arange(len(pairs)), periods)
    made, by = pairs.resource[pair], pairs.by[pair]
    keys = {"resource": made, "by": by, "period": period}
    column = builder.columns("stand-in", keys, 0.0, np.inf)
    for block in builder.blocks_of("resource"):
        # the period of each row of a capacity
        row = placed((len(names), periods), (block.keys["resource"], block.keys["period"]), block.positions)
        builder.entries(row[made, period], column, -1.0)
        builder.entries(row[by, period], column, pairs.per_unit[pair])
    find = scenario.limits.find
    limit = np.array([find("stand-in", stand_in_name(names[b], names[m])) for m, b in zip(made, by, strict=True)])
    kept = limit >= 0
    keys = {key: values[kept] for key, values in keys.items()}
    most = pairs.most[pair, period][kept]
    rows = builder.rows("stand-in", keys, -np.inf, most, limit=limit[kept])
    builder.entries(rows, column[kept], 1.0)
