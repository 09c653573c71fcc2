"""A plan that was edited by hand in a copy of the office's own table: which limits it misses, and what it loses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from budgetopt.allocation import Allocation, Subject, scenario_of
from budgetopt.allocation import solve as solve_one
from budgetopt.analysis.comparing.hand_edits import Edit, HandEdits
from budgetopt.audit import Audit, SpendingPlan, audit_plan
from budgetopt.errors import InfeasibleError
from budgetopt.reading.edited_table import read_edited_tables
from budgetopt.reading.yaml_text import to_yaml
from budgetopt.scenario.column_units import CURRENCY, OF_OUTCOME, with_units
from budgetopt.scenario.drawable import Drawable
from budgetopt.scenario.html_table import html_table
from budgetopt.scenario.programs import Floats, put
from budgetopt.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["EditedPlan", "compared", "edited_plan"]


@dataclass(frozen=True, eq=False)
class EditedPlan(Drawable):
    """A plan as it stands in an edited copy of the office's own table, beside the best plan.

    What the copy does not show is taken from the best plan: programs of other tables, transfers, and the packages and
    units of programs whose amounts are as they were.

    Parameters
    ----------
    file
        The copy.
    best
        The best plan of the scenario; None if no plan keeps every limit.
    audit
        The audit of the edited plan, with the plan and the scenario.
    edits
        The amounts that differ from those of the best plan.
    remarks
        What else differs from the office's own table, and what had to be assumed; one sentence each.
    """

    file: str
    best: Allocation | None
    audit: Audit
    edits: tuple[Edit, ...] = field(repr=False)
    remarks: tuple[str, ...] = ()

    @property
    def scenario(self) -> Scenario:
        """The scenario."""
        return self.audit.scenario

    @property
    def plan(self) -> SpendingPlan:
        """The edited plan."""
        return self.audit.plan

    @property
    def value(self) -> float:
        """The value of the first objective."""
        return self.audit.objectives[0].value

    @property
    def loss(self) -> float:
        """By how much it is worse than the best plan in the first objective; NaN without one, below 0 if it is better.

        It can only be better where it misses a limit, or the best plan is not proved to be the best.
        """
        if self.best is None:
            return float("nan")
        return self.best.solver_result.stages[0].stage.sign * (self.value - self.best.plan_value)

    @cached_property
    def moves(self) -> pd.DataFrame:
        """The amounts that were edited, dollars: one row a program and period, with ``change`` and ``place``.

        ``before`` is the best plan's amount; the change is 0 where only the funds that pay are others.
        """
        import pandas as pd

        programs, periods = self.scenario.programs, self.scenario.periods
        names = programs.names()
        rows = [
            (
                programs.ids[edit.program],
                names[edit.program],
                periods[edit.period],
                edit.before,
                edit.after,
                round(edit.after - edit.before, 9),
                str(edit.place or ""),
            )
            for edit in self.edits
        ]
        table = pd.DataFrame(rows, columns=["program", "name", "period", "before", "after", "change", "place"])
        return with_units(table, self.scenario, dict.fromkeys(("before", "after", "change"), CURRENCY))

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """What both plans reach of each outcome, in all periods together: ``before``, ``after``, ``change``."""
        levels = [self.audit.outcomes if audit is None else audit.outcomes for audit in self._audits]
        table = compared(list(self.scenario.outcomes), *(level.sum(axis=1) for level in levels))
        return with_units(table, self.scenario, dict.fromkeys(table.columns, OF_OUTCOME))

    @cached_property
    def funds(self) -> pd.DataFrame:
        """What each fund spends in both plans, dollars of all periods together: ``before``, ``after``, ``change``."""
        plans = [self.plan if audit is None else audit.plan for audit in self._audits]
        table = compared(list(self.scenario.funds), *(plan.spending.sum(axis=(0, 2)) for plan in plans))
        return with_units(table, self.scenario, dict.fromkeys(table.columns, CURRENCY))

    def _repr_html_(self) -> str:
        return html_table(self.moves, "The amounts that were edited")

    @property
    def _audits(self) -> tuple[Audit | None, Audit | None]:
        return (None if self.best is None else self.best.audit), self.audit

    def held(self) -> Scenario:
        """Return the scenario in which each edited amount is both floor and ceiling of its program.

        Raises
        ------
        ScenarioError
            If the scenario is wrong with these limits.
        """
        return self.scenario.with_(*((("programs", name, *key), value) for name, key, value in self._limits()))

    def to_layer(self, extends: str) -> str:
        """Return a scenario file that extends another, in which each edited amount is both floor and ceiling.

        Parameters
        ----------
        extends
            The scenario file or folder that it extends, relative to the folder in which the layer is written.
        """
        tree: dict[str, Any] = {"extends": extends}
        tree["name"] = f"{self.scenario.name}, as edited in {Path(self.file).name}"
        for name, key, value in self._limits():
            put(tree, ("programs", name, *key), value)
        return to_yaml(tree)

    def _limits(self) -> Iterator[tuple[str, tuple[str, ...], Any]]:
        """Yield what holds the edited amounts: programs, keys and values."""
        periods, told = self.scenario.periods, set[int]()
        for edit in self.edits:
            name = str(self.scenario.programs.ids[edit.program])
            when = (periods[edit.period],) if len(periods) > 1 else ()
            yield name, ("spending", "at_least", *when), edit.after
            yield name, ("spending", "at_most", *when), edit.after
            if edit.program not in told:
                told.add(edit.program)
                yield name, ("spending", "because"), f"Set by hand: {edit.place}"


def compared(names: list[str], before: Floats, after: Floats) -> pd.DataFrame:
    """Return amounts of two plans side by side, indexed by ``name``: ``before``, ``after``, ``change``."""
    import pandas as pd

    columns = {"before": before, "after": after, "change": (after - before).round(6)}
    return pd.DataFrame(columns, index=pd.Index(names, name="name"))


def edited_plan(subject: Subject, file: str | Path, *, table: str = "", time_limit: float | None = None) -> EditedPlan:
    """Return the plan that stands in an edited copy of the office's own table, audited, beside the best plan.

    Parameters
    ----------
    subject
        The scenario, its path, or its best plan; without that the scenario is solved.
    file
        A workbook or CSV file that :meth:`Allocation.to_own_table` or ``solve --into`` wrote, as it is now.
    table
        The office's own table that it is a copy of, where the scenario has several.
    time_limit
        Seconds for the solve.

    Raises
    ------
    OptionError
        If the copy cannot be opened, or the scenario has no such table.
    ScenarioError
        If the copy has no plan, or a cell of it cannot be read.
    """
    scenario = scenario_of(subject, "edited_plan")
    tables = read_edited_tables(scenario, file, table)
    try:
        best = subject if isinstance(subject, Allocation) else solve_one(scenario, time_limit=time_limit)
    except InfeasibleError:
        best = None
    work = HandEdits(scenario, best)
    for one in tables:
        work.add(one)
    return EditedPlan(str(file), best, audit_plan(scenario, work.plan()), tuple(work.edits), tuple(work.remarks))
