"""The section on resources that are counted and not limited, and on those that stand in for others.

Those with a capacity stand among the limits.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from budgetopt.report.blocks.content import Block, ReportColumn, ReportTable
from budgetopt.report.figures.text import label, one_line
from budgetopt.report.plan_view.view import PlanView
from budgetopt.scenario.programs import Floats

__all__ = ["resource_blocks"]


def resource_blocks(view: PlanView) -> Iterator[Block]:
    """Yield what the plan uses of resources without a capacity, and what stands in for others, period by period."""
    yield from _counted(view)
    yield from _standing_in(view)


def _counted(view: PlanView) -> Iterator[Block]:
    scenario = view.plan.scenario
    counted = {at: key for at, (key, one) in enumerate(scenario.resources.items()) if one.capacity is None}
    if not counted:
        return
    used = view.plan.audit.resources
    names = [label(key, scenario.resources[key].name) for key in counted.values()]
    units = [one_line(scenario.resources[key].unit) for key in counted.values()]
    rows = [f"{name}, {unit}" for name, unit in zip(names, units, strict=True)]
    caption = "Resources that are counted and not limited."
    yield _by_period(view, "What it uses", "Resource", rows, used[list(counted)], caption)


def _standing_in(view: PlanView) -> Iterator[Block]:
    scenario, pairs, made = view.plan.scenario, view.plan.scenario.stand_ins, view.plan.stand_ins
    used = np.flatnonzero((made > 0).any(axis=1))
    if not len(used):
        return
    keys = list(scenario.resources)
    names = [label(key, scenario.resources[key].name) for key in keys]
    units = [one_line(scenario.resources[keys[at]].unit) for at in pairs.resource[used].tolist()]
    both = zip(pairs.by[used].tolist(), pairs.resource[used].tolist(), units, strict=True)
    rows = [f"{names[by]} for {names[at]}, {unit}" for by, at, unit in both]
    caption = "Resources that stand in for others, in units of what they make."
    yield _by_period(view, "What stands in", "Stands in", rows, made[used], caption)


def _by_period(view: PlanView, title: str, head: str, rows: list[str], amounts: Floats, caption: str) -> ReportTable:
    """Return a table with one row a line of amounts, of shape (rows, periods)."""
    columns = [ReportColumn(head, rows)]
    for period, name in enumerate(view.plan.scenario.periods):
        figures = [view.numbers.quantity(float(amount)) for amount in amounts[:, period]]
        header = name if len(view.plan.scenario.periods) > 1 else "Plan"
        columns.append(ReportColumn(header, figures, figure=True))
    return ReportTable(title=title, caption=caption, columns=columns, records=range(len(rows)))
