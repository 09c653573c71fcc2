"""The section on resources that are counted and not limited; those with a capacity stand among the limits."""

from __future__ import annotations

from collections.abc import Iterator

from budgetopt.report.content import Block, ReportColumn, ReportTable
from budgetopt.report.text import label, one_line
from budgetopt.report.view import PlanView

__all__ = ["resource_blocks"]


def resource_blocks(view: PlanView) -> Iterator[Block]:
    """Yield what the plan uses of resources without a capacity, period by period; nothing where there are none."""
    scenario = view.plan.scenario
    counted = {at: key for at, (key, one) in enumerate(scenario.resources.items()) if one.capacity is None}
    if not counted:
        return
    used = view.plan.audit.resources
    names = [label(key, scenario.resources[key].name) for key in counted.values()]
    units = [one_line(scenario.resources[key].unit) for key in counted.values()]
    columns = [ReportColumn("Resource", [f"{name}, {unit}" for name, unit in zip(names, units, strict=True)])]
    for period, title in enumerate(scenario.periods):
        amounts = [view.numbers.quantity(float(used[at, period])) for at in counted]
        header = title if len(scenario.periods) > 1 else "Plan"
        columns.append(ReportColumn(header, amounts, figure=True))
    caption = "Resources that are counted and not limited."
    yield ReportTable(title="What it uses", caption=caption, columns=columns, records=range(len(counted)))
