"""The section on staff: the posts that there are, those that the plan uses, by department, and what one more gains.

Staff are the resources whose unit says so (``STAFF_UNITS``); other resources are told among limits and uses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from budgetopt.audit import Audit
from budgetopt.report.blocks.content import Block, Cell, Media, Paragraph, ReportColumn, ReportTable
from budgetopt.report.figures.numbers import join_words
from budgetopt.report.figures.text import capital, label, one_line
from budgetopt.report.plan_view.view import PlanView
from budgetopt.scenario.programs import Floats

__all__ = ["is_staff", "staff_blocks"]

STAFF_UNITS = ("employees", "fte", "ftes", "full-time equivalents", "people", "positions", "posts", "staff", "workers")
"""Units in which staff are counted."""
NONE_HELD = (
    "This plan holds no staff: no resource of the scenario is counted in posts, FTE or people, and pay is not told "
    "apart from other money."
)
_SMALL = 1e-6


def is_staff(unit: str) -> bool:
    """Return whether a unit counts staff: ``FTE``, ``posts``, ``full-time positions``."""
    words = one_line(unit).lower()
    return words in STAFF_UNITS or bool(set(re.split(r"[^a-z]+", words)) & set(STAFF_UNITS))


@dataclass(frozen=True, slots=True)
class _Staff:
    """Staff of one kind: figures by period, NaN where nothing is said."""

    at: int  # the position of the resource
    name: str
    unit: str
    exists: Floats
    used: Floats  # by what the audit counts, stand-ins included
    gains: tuple[str, ...]  # what one more gains in each period, in a sentence


@dataclass(frozen=True, slots=True)
class _Line:
    """What one department uses of one kind of staff."""

    staff: str
    department: str
    baseline: float
    used: Floats


def staff_blocks(view: PlanView) -> Iterator[Block]:
    """Yield what there is of staff, what the plan uses, and where, on a page."""
    if view.media is not Media.PAGE:
        return
    kinds = [_of(view, at) for at, one in enumerate(view.plan.scenario.resources.values()) if is_staff(one.unit)]
    if not kinds:
        yield Paragraph(NONE_HELD)
        return
    yield _summary(view, kinds)
    yield _by_department(view, kinds)
    yield Paragraph(
        "Staff are resources that are counted in posts, FTE or people. The scenario does not tell pay apart from other "
        "money, so that what a post costs is not said here.",
        note=True,
    )


def _of(view: PlanView, at: int) -> _Staff:
    scenario = view.plan.scenario
    key, resource = list(scenario.resources.items())[at]
    exists = np.full(len(view.periods), np.nan)
    if resource.capacity is not None:
        exists = scenario.per_period(resource.capacity)
    mine = [
        line
        for line in (*view.limits.first, *view.limits.last)
        if line.position >= 0 and (limit := scenario.limits[line.position]).kind == "resource" and limit.name == key
    ]
    gains = tuple(" ".join(line.price_words for line in mine if _is_in(period, line.period)) for period in view.periods)
    return _Staff(at, label(key, resource.name), one_line(resource.unit), exists, view.plan.audit.resources[at], gains)


def _is_in(period: str, said: str) -> bool:
    """Return whether a limit is of a period: it names it alone, among others, or none where there is one."""
    return not said or period == said or period in re.split(", | and ", said)


def _summary(view: PlanView, kinds: list[_Staff]) -> ReportTable:
    """Return what there is, what is used and what is left, one row a kind of staff and period."""
    rows = [(one, period) for one in kinds for period in range(len(view.periods))]
    numbers = view.numbers

    def figure(amount: float) -> str:
        return "no limit" if np.isnan(amount) else numbers.quantity(round(amount, 6))

    columns = [
        ReportColumn("Staff", lambda row: Cell(capital(row[0].name), below=[row[0].unit])),
        ReportColumn("Period", lambda row: view.periods[row[1]]),
        ReportColumn("There is", lambda row: figure(row[0].exists[row[1]]), figure=True),
        ReportColumn("The plan uses", lambda row: figure(row[0].used[row[1]]), figure=True),
        ReportColumn("Not used", lambda row: _left(view, row[0], row[1]), figure=True),
        ReportColumn("What one more would gain", lambda row: row[0].gains[row[1]]),
    ]
    shown = [column for column in columns if len(view.periods) > 1 or column.header != "Period"]
    caption = "Staff that there is, and that the plan uses, stand-ins included."
    return ReportTable(caption=caption, columns=shown, records=rows, repeats=True)


def _left(view: PlanView, one: _Staff, period: int) -> str:
    left = float(one.exists[period] - one.used[period])
    return "" if np.isnan(left) else view.numbers.quantity(left if abs(left) > _SMALL else 0.0)


def _by_department(view: PlanView, kinds: list[_Staff]) -> ReportTable:
    """Return what each department uses, with what it would use at the baseline where that is known."""
    group = view.figures.by("department")
    names = ["All programs"] if group is None else [row.name for row in group.rows]
    of = np.zeros(len(view.plan.scenario.programs), dtype=np.int64) if group is None else group.of
    used, before = _sums(view.plan.audit, of, len(names)), None
    if (budget := _current_budget(view)) is not None:
        before = _sums(budget, of, len(names))
    lines, several = [], len(names) > 1
    for one in kinds:
        each, now = used[:, one.at], np.full(len(names), np.nan) if before is None else before[:, one.at, 0]
        held = [at for at in range(len(names)) if each[at].any() or now[at] > 0]
        lines += [_Line(capital(one.name), names[at], float(now[at]), each[at]) for at in held]
        if several and len(held) > 1:
            lines.append(_Line(capital(one.name), "Together", float(now.sum()), each.sum(axis=0)))

    def used_in(at: int) -> ReportColumn:
        header = view.periods[at] if len(view.periods) > 1 else "Plan"
        return ReportColumn(header, lambda line: view.numbers.quantity(round(float(line.used[at]), 6)), figure=True)

    columns = [ReportColumn("Staff", "staff"), ReportColumn("Department", "department")]
    first = f", {view.periods[0]}" if len(view.periods) > 1 else ""
    if before is not None:
        quantity = view.numbers.quantity
        columns.append(ReportColumn(f"Baseline{first}", lambda line: quantity(round(line.baseline, 6)), figure=True))
    columns += [used_in(at) for at in range(len(view.periods))]
    units = join_words(list(dict.fromkeys(one.unit for one in kinds)))
    caption = f"Staff that the programs use, in {units}."
    if before is not None:
        caption += " The baseline is what the current budget would use."
    return ReportTable(
        heading="By department", caption=caption, columns=columns, records=lines, repeats=True, look="accounts"
    )


def _sums(audit: Audit, of: np.ndarray, groups: int) -> Floats:
    """Return what the programs of each group use; shape (groups, resources, periods)."""
    uses = audit.uses
    sums = np.zeros((groups, len(audit.scenario.resources), len(audit.scenario.periods)))
    np.add.at(sums, (of[uses.program], uses.outcome), uses.level)
    return sums


def _current_budget(view: PlanView) -> Audit | None:
    """Return the current budget as it is judged, if the page compares with it."""
    found = view.asked.comparison
    if found is None:
        return None
    return next((one.audit for one in found.compared if one.best is None and one.name == "current budget"), None)
