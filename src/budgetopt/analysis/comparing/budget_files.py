"""What differs between two budgets as they stand in office files: the proposed and the adopted one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.audit import SpendingPlan
from budgetopt.errors import near
from budgetopt.reading.budget_file import read_budget_file
from budgetopt.reading.office.choices import Choices
from budgetopt.reading.plan_columns import is_plan
from budgetopt.reading.tables.shape import normal
from budgetopt.scenario.column_units import CURRENCY, with_units
from budgetopt.scenario.drawable import Drawable
from budgetopt.scenario.html_table import html_table
from budgetopt.scenario.programs import Floats, Ints, Texts, objects
from budgetopt.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BudgetDifference", "diff_budgets"]

NEW, GONE, RENAMED, CHANGED, SAME = "new", "gone", "renamed", "changed", "same"
ALIKE = 0.8
"""Names that are as alike as this may be one program."""
MOST_ALIKE = 200
"""Among more programs than so many that are new or gone, no near names are looked for."""


@dataclass(frozen=True, eq=False)
class BudgetDifference(Drawable):
    """What differs between the budgets of two files.

    Programs are those of one id in both files; of the others, those of one name. Names that are only alike are told and
    never matched.

    Parameters
    ----------
    before, after
        The budgets, as scenarios begun from the files.
    files
        The names of the files.
    old, new
        For each row the position of the program in each budget, -1 where it has none; shape (rows,).
    alike
        Names of programs that are gone and new, and may be one program.
    remarks
        What was guessed of each file, and what is doubtful.
    """

    before: Scenario
    after: Scenario
    files: tuple[str, str]
    old: Ints = field(repr=False)
    new: Ints = field(repr=False)
    alike: tuple[tuple[str, str], ...] = ()
    remarks: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool((self.programs["status"] != SAME).any())

    @cached_property
    def programs(self) -> pd.DataFrame:
        """One row a program, dollars: ``name``, ``department``, ``before``, ``after``, ``change``, ``status``.

        The status is ``new``, ``gone``, ``renamed``, ``changed`` or ``same``; ``was_called`` is the name before,
        ``was_in`` the department and ``was_id`` the id, where they differ. Those with the greatest changes come first.
        """
        import pandas as pd

        in_both = (self.old >= 0) & (self.new >= 0)
        one, other = self.before.programs, self.after.programs
        ids, was_ids = _of(other.ids, self.new), _of(one.ids, self.old)
        names, was = _of(other.names(), self.new), _of(one.names(), self.old)
        home, was_home = _of(other.text("department"), self.new), _of(one.text("department"), self.old)
        spent, spends = _money(self.before, self.old), _money(self.after, self.new)
        change = np.round(spends - spent, 6)
        renamed = in_both & (_plain(names) != _plain(was))
        moved = in_both & (_plain(home) != _plain(was_home))
        status = np.select(
            [self.old < 0, self.new < 0, renamed, (change != 0) | moved], [NEW, GONE, RENAMED, CHANGED], SAME
        )
        table = pd.DataFrame(
            {
                "name": np.where(self.new >= 0, names, was),
                "department": np.where(self.new >= 0, home, was_home),
                "before": spent,
                "after": spends,
                "change": change,
                "status": status,
                "was_called": np.where(renamed, was, ""),
                "was_in": np.where(moved, was_home, ""),
                "was_id": np.where(in_both & (ids != was_ids), was_ids, ""),
            },
            index=pd.Index(np.where(self.new >= 0, ids, was_ids), name="program"),
        )
        with_units(table, self.after, dict.fromkeys(("before", "after"), CURRENCY))
        return table.iloc[np.argsort(-np.abs(change), kind="stable")]

    def _repr_html_(self) -> str:
        return html_table(self.programs, "Two budget files: what programs get in each", index=True)

    @cached_property
    def departments(self) -> pd.DataFrame:
        """Dollars of each department: ``before``, ``after``, ``change``; the greatest change first."""
        sums = [
            dict(zip(*_added(scenario.programs.text("department"), _all_money(scenario)), strict=True))
            for scenario in (self.before, self.after)
        ]
        return _table("department", self.after, *sums)

    @cached_property
    def funds(self) -> pd.DataFrame:
        """Dollars that each fund pays: ``before``, ``after``, ``change``; the greatest change first."""
        sums = []
        for scenario in (self.before, self.after):
            paid = SpendingPlan.current(scenario).spending[:, :, 0].sum(axis=0)
            sums.append(dict(zip(scenario.funds, paid.tolist(), strict=True)))
        return _table("fund", self.after, *sums)

    @property
    def totals(self) -> tuple[float, float]:
        """The money of all programs, before and after."""
        return float(_all_money(self.before).sum()), float(_all_money(self.after).sum())


def diff_budgets(before: str | Path, after: str | Path, choices: Choices | None = None) -> BudgetDifference:
    """Return what differs between the budgets of two office files.

    Parameters
    ----------
    before, after
        The files, such as the proposed and the adopted budget: what ``new --from`` takes.
    choices
        What is known of both files; whatever is left out is found in them.

    Raises
    ------
    OptionError
        If a file cannot be read, or no column of it can be taken for the programs or their money.
    ScenarioError
        If cells of those cannot be read.
    """
    one, first, headers = read_budget_file(before, choices)
    other, second, others = read_budget_file(after, choices)
    both = [header for header in headers if header in others and is_plan(header)]
    if both and "baseline" not in (choices or Choices()).columns:
        # two copies with a plan differ in it, and not in the office's own columns
        known = choices or Choices()
        plan = replace(known, columns={**known.columns, "baseline": both[0]})
        (one, first, _), (other, second, _) = read_budget_file(before, plan), read_budget_file(after, plan)
    files = (Path(before).name, Path(after).name)
    old, new, doubts = _matched(one, other)
    gone = one.programs.names()[old[new < 0]].tolist()
    added = other.programs.names()[new[old < 0]].tolist()
    taken = ([*_columns(one), *first], [*_columns(other), *second])
    remarks = [f"{file}: {remark}" for file, said in zip(files, taken, strict=True) for remark in said]
    return BudgetDifference(one, other, files, old, new, tuple(_alike(gone, added)), (*remarks, *doubts))


def _columns(scenario: Scenario) -> Iterator[str]:
    """Yield which columns of a file were taken for the money."""
    for _, table in scenario.places.lists:
        headers = [header for header, key in table.columns.items() if key.partition(".")[0] in ("baseline", "cost")]
        if headers:
            yield "the money is that of the column " + ", ".join(map(repr, headers))


def _matched(before: Scenario, after: Scenario) -> tuple[Ints, Ints, list[str]]:
    """Return the programs of both in pairs, those of ``after`` first, -1 for none; and what is doubtful."""
    old = before.programs.positions(after.programs.ids)
    names, was = _plain(after.programs.names()), _plain(before.programs.names())
    by_id = old >= 0
    others = names[by_id] != was[old[by_id]]
    doubts = []
    if int(others.sum()) * 2 > int(by_id.sum()):
        many, all_of = int(others.sum()), int(by_id.sum())
        doubts.append(
            f"of {all_of:,} programs with one id in both files {many:,} have another name: are the ids numbers of rows?"
        )
    free = np.setdiff1d(np.arange(len(was)), old)
    once = {name: int(row) for name, row in zip(was[free].tolist(), free.tolist(), strict=True)}
    counts = _count(was[free].tolist())
    theirs = _count(names[~by_id].tolist())
    for row in np.flatnonzero(~by_id).tolist():
        if counts.get(names[row]) == 1 and theirs[names[row]] == 1:
            old[row] = once[names[row]]
    gone = np.setdiff1d(np.arange(len(was)), old)
    new = np.concatenate([np.arange(len(names)), np.full(len(gone), -1)]).astype(np.int64)
    return np.concatenate([old, gone]).astype(np.int64), new, doubts


def _count(names: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in names:
        found[name] = found.get(name, 0) + 1
    return found


def _plain(names: Texts) -> Texts:
    """Return names as they are compared: without case and runs of blanks."""
    return objects([normal(str(name)).casefold() for name in names.tolist()])


def _alike(gone: Sequence[str], added: Sequence[str]) -> list[tuple[str, str]]:
    if max(len(gone), len(added)) > MOST_ALIKE:
        return []
    return [(close, name) for name in added if (close := near(name, gone, ALIKE))]


def _of(texts: Texts, rows: Ints) -> Texts:
    """Return the texts of some programs, empty for those that are not there; shape (rows,)."""
    return objects([*texts.tolist(), ""])[rows]


def _all_money(scenario: Scenario) -> Floats:
    """Return the baseline of each program, or what a project asks for that has none; dollars, shape (programs,)."""
    baseline, packages = scenario.programs.baseline(), scenario.packages
    asked = np.bincount(packages.program, weights=packages.cost.sum(axis=1), minlength=len(baseline))
    return np.where(np.isnan(baseline), asked, baseline)


def _money(scenario: Scenario, rows: Ints) -> Floats:
    """Return the money of some programs, 0 for those that are not there; shape (rows,)."""
    return np.append(_all_money(scenario), 0.0)[rows]


def _added(names: Texts, amounts: Floats) -> tuple[list[str], list[float]]:
    known, at = np.unique(names.astype(str), return_inverse=True)
    return known.tolist(), np.bincount(at, weights=amounts, minlength=len(known)).tolist()


def _table(index: str, scenario: Scenario, before: dict[str, float], after: dict[str, float]) -> pd.DataFrame:
    import pandas as pd

    names = [name for name in dict.fromkeys([*before, *after]) if name]
    one = np.array([before.get(name, 0.0) for name in names])
    other = np.array([after.get(name, 0.0) for name in names])
    columns = {"before": one, "after": other, "change": np.round(other - one, 6)}
    table = pd.DataFrame(columns, index=pd.Index(names, name=index, dtype=object))
    with_units(table, scenario, dict.fromkeys(("before", "after"), CURRENCY))
    return table.iloc[np.argsort(-np.abs(table["change"].to_numpy()), kind="stable")]
