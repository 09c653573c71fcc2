"""The sheets of programs and of the amounts that funds pay for them, which may be edited, and of packages."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from budgetopt.errors import column_letters
from budgetopt.report.blocks.content import NUMBER, SHARE, Formula, ReportColumn, ReportTable, Value
from budgetopt.report.blocks.live_limits import BROKEN, KEPT
from budgetopt.report.blocks.live_rows import literal
from budgetopt.report.figures.sources import EVIDENCE_WORDS
from budgetopt.report.figures.text import clean, label
from budgetopt.report.plan_view.view import PlanView
from budgetopt.scenario.programs import Floats

__all__ = ["BASELINE_COLUMN", "PLAN_COLUMN", "PROGRAM_SHEET", "kept_column", "spending_sheets"]

PROGRAM_SHEET = "Programs"

BASELINE_COLUMN, PLAN_COLUMN = "D", "E"
"""Columns of the sheet of programs."""
FIRST_PERIOD_COLUMN = 8
"""The column of the first of several periods, on the sheet of programs, counted from 1."""


def spending_sheets(view: PlanView) -> Iterator[ReportTable]:
    """Yield the sheets of programs and of amounts, and of packages if there are any."""
    # the limits say what each amount counts for
    _ = view.live_limits.rows
    yield _programs(view)
    yield _amounts(view)
    if len(view.plan.scenario.packages):
        yield _packages(view)


def kept_column(view: PlanView) -> str:
    """Return the column of the sheet of programs that says whether each keeps its own limits."""
    return column_letters(FIRST_PERIOD_COLUMN + (len(view.periods) if len(view.periods) > 1 else 0))


def _programs(view: PlanView) -> ReportTable:
    table, periods, money = view.plan.programs, view.plan.by_period, view.money_format
    spending, texts, count = view.live.spending, view.plan.scenario.programs.text, len(view.plan.programs)
    several, is_live = len(view.periods) > 1, view.live.is_live
    plan: list[Value] = table["spending"].tolist()
    change: list[Value] = table["change"].tolist()
    share: list[Value] = table["change_share"].tolist()
    by_period: list[list[Value]] = [periods[period].tolist() for period in (periods.columns if several else ())]
    if is_live:
        plan = [Formula(f"={spending.spent_in_all(at)}", float(value)) for at, value in enumerate(table["spending"])]
        moved = (table["spending"] - table["baseline"].fillna(0.0)).tolist()
        change = [Formula("=E{row}-D{row}", value) for value in moved]
        share = [None if np.isnan(value) else Formula("=F{row}/D{row}", value) for value in table["change_share"]]
        by_period = [
            [Formula(f"={spending.spent(at, period)}", value) for at, value in enumerate(column)]  # type: ignore[arg-type]
            for period, column in enumerate(by_period)
        ]
    evidence = [EVIDENCE_WORDS.get(grade, grade) for grade in table["evidence"].tolist()]
    packages = [view.packages.get(at, "") for at in range(count)]
    before = [
        ReportColumn("Program", table["name"].tolist(), width=34),
        ReportColumn("Department", table["department"].tolist(), width=18),
        ReportColumn("Priority", table["priority"].tolist(), width=22),
        ReportColumn("Baseline", table["baseline"].tolist(), format=money, width=15, total=True),
        ReportColumn("Plan", plan, format=money, width=15, total=True),
        ReportColumn("Change", change, format=money, width=15, total=True),
        ReportColumn("Change, share", share, format=SHARE, width=9),
        *(
            ReportColumn(clean(period), column, format=money, width=15, total=True)
            for period, column in zip(periods.columns, by_period, strict=False)
        ),
    ]
    after = [
        *([ReportColumn("Packages", packages, width=40)] if any(packages) else []),
        ReportColumn("Why", table["reason"].tolist(), width=60),
        ReportColumn("Id", table.index.tolist(), width=18, printed=False),
        ReportColumn("Weakest evidence", evidence, width=18, printed=False),
        ReportColumn("Source", texts("source").tolist(), width=40, printed=False),
        ReportColumn("Note", texts("public_note").tolist(), width=40, printed=False),
    ]
    columns = [*before, *after]
    if is_live:
        limits = _ProgramLimits(view, len(before) + 1 + len(after))
        columns = [*before, limits.kept(), *after, *limits.columns()]
    return ReportTable(title=PROGRAM_SHEET, columns=columns, records=range(count))


class _ProgramLimits:
    """The least and the most that each program may have in each period, by its own limits and by rules on changes."""

    def __init__(self, view: PlanView, last_column: int) -> None:
        self._view, self._last = view, last_column
        shape = (len(view.plan.scenario.programs), len(view.periods))
        self.lower, self.upper, self.allowed = np.full(shape, -np.inf), np.full(shape, np.inf), np.zeros(shape)
        changes = {
            rule.name
            for rule in view.plan.scenario.rules
            if (change := getattr(rule, "change", None)) is not None and change.from_ != "previous"
        }
        for check in view.plan.audit.checks:
            named = check.kind in ("spending limit", "kept baseline")
            if check.program is None or not (named or (check.kind == "change" and check.name in changes)):
                continue
            at = (check.program, check.period)
            np.maximum.at(self.lower, at, check.lower)
            np.minimum.at(self.upper, at, check.upper)
            np.maximum.at(self.allowed, at, check.allowed)
        self.packaged = set(view.live.spending.evaluation.packages.program.tolist())

    def _sides(self) -> Iterator[tuple[str, list[Value]]]:
        """Yield the least and the most of each period: a header, and a cell a program."""
        spending = self._view.live.spending
        due = spending.evaluation.packages.due(spending.plan.scenario, spending.evaluation.taken)
        for period, name in enumerate(self._view.periods):
            for word, bounds in (("Least", self.lower), ("Most", self.upper)):
                cells = _finite(bounds[:, period])
                for at in self.packaged:
                    cells[at] = Formula(f"={spending.due(at, period)}", float(due[at, period]))
                yield (f"{word}, {name}" if len(self._view.periods) > 1 else word), cells

    def columns(self) -> Iterator[ReportColumn]:
        """Yield the columns of these limits."""
        for header, cells in self._sides():
            yield ReportColumn(header, cells, format=self._view.money_format, width=15, printed=False, folded=True)

    def kept(self) -> ReportColumn:
        """Return the column that says whether a program keeps them all."""
        cells: list[Value] = []
        count = len(self._view.periods)
        has = [column_letters(FIRST_PERIOD_COLUMN + at) if count > 1 else PLAN_COLUMN for at in range(count)]
        # the cells that hold these limits, by period and side
        held = [[column_letters(self._last + 1 + 2 * at + side) for side in (0, 1)] for at in range(count)]
        allowed = np.maximum(self.allowed, self._view.plan.scenario.cent)
        for at in range(len(self.lower)):
            sides = []
            for period in range(count):
                value, off = f"{has[period]}{{row}}", literal(float(allowed[at, period]))
                if np.isfinite(self.lower[at, period]) or at in self.packaged:
                    sides.append(f"{value}>={held[period][0]}{{row}}-{off}")
                if np.isfinite(self.upper[at, period]) or at in self.packaged:
                    sides.append(f"{value}<={held[period][1]}{{row}}+{off}")
            cells.append(Formula(f'=IF(AND({",".join(sides)}),"{KEPT}","{BROKEN}")', KEPT) if sides else None)
        return ReportColumn("Keeps its own limits", cells, width=10, alarm=BROKEN)


def _finite(bounds: Floats) -> list[Value]:
    return [bound if np.isfinite(bound) else None for bound in bounds.tolist()]


def _amounts(view: PlanView) -> ReportTable:
    """Return the sheet of what each fund pays for each program: the cells that may be edited."""
    scenario, spending = view.plan.scenario, view.live.spending
    program, fund = spending.pairs
    names, ids = scenario.programs.names()[program], scenario.programs.ids[program]
    named = spending.rows.range_names("amounts", scenario.periods)
    funds = np.array([label(key, one.name) for key, one in scenario.funds.items()], dtype=object)[fund]
    columns = [
        ReportColumn("Program", names.tolist(), width=34),
        ReportColumn("Id", ids.tolist(), width=18),
        ReportColumn("Fund", funds.tolist(), width=24),
        ReportColumn("Fund number", (fund + 1).tolist(), format=NUMBER, width=9),
        *(
            ReportColumn(
                clean(name) if len(view.periods) > 1 else "Amount",
                view.plan.spending[program, fund, period].tolist(),
                format=view.money_format,
                width=17,
                total=True,
                input_range=named[period] if spending.is_live else "",
            )
            for period, name in enumerate(scenario.periods)
        ),
        *spending.rows.count_columns(),
    ]
    return ReportTable(
        title=spending.rows.sheet, columns=columns, records=range(len(program)), ordered=spending.is_live
    )


def _packages(view: PlanView) -> ReportTable:
    """Return the sheet of decision packages: 1 where one is taken, or starts."""
    scenario, spending = view.plan.scenario, view.live.spending
    packages, taken = spending.evaluation.packages, spending.evaluation.taken
    named = spending.packages.range_names("packages", scenario.periods)
    columns = [
        ReportColumn("Program", scenario.programs.names()[packages.program].tolist(), width=34),
        ReportColumn("Package", packages.name.tolist(), width=34),
        ReportColumn("Cost in its first period", packages.cost[:, 0].tolist(), format=view.money_format, width=17),
        *(
            ReportColumn(
                clean(name) if len(view.periods) > 1 else "Taken",
                taken[:, period].astype(np.float64).tolist(),
                format="0",
                width=12,
                input_range=named[period] if spending.is_live else "",
            )
            for period, name in enumerate(scenario.periods)
        ),
    ]
    return ReportTable(
        title=spending.packages.sheet, columns=columns, records=range(len(packages)), ordered=spending.is_live
    )
