"""What differs between two scenarios, value by value, and what that changes in their best plans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from budgetopt.allocation import scenario_of
from budgetopt.allocation import solve as solve_one
from budgetopt.scenario.column_units import CURRENCY, OF_OUTCOME, with_units
from budgetopt.scenario.drawable import Drawable
from budgetopt.scenario.html_table import html_table
from budgetopt.scenario.model import WEIGHTED_OUTCOMES
from budgetopt.scenario.programs import Bools, Column, Ints, ProgramTable
from budgetopt.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from budgetopt.allocation import Allocation, Subject

__all__ = ["ChangedValue", "Difference", "diff", "program_keys"]

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangedValue:
    """One value that differs.

    Parameters
    ----------
    path
        Where it stands: ``("funds", "general", "revenue", "FY2027")``; rules are named.
    before, after
        What it was and what it is; None where there is none.
    """

    path: Path
    before: Any
    after: Any


@dataclass(frozen=True, eq=False)
class Difference(Drawable):
    """What differs between two scenarios.

    Parameters
    ----------
    before, after
        The scenarios.
    document
        What differs outside of the programs.
    new_programs, gone_programs
        Ids of the programs that only the second, or only the first, has.
    program_keys
        For each key of programs that differs: the programs' ids, the values before and the values after, as the models
        have them, None where there is none.
    order
        The sections whose entries that both have stand in another order: ties are settled by the order of the programs
        and of the funds, and the order of the rules is that in which they are told.
    plans
        The best plans of both, if both were solved.
    """

    before: Scenario
    after: Scenario
    document: tuple[ChangedValue, ...]
    new_programs: tuple[str, ...]
    gone_programs: tuple[str, ...]
    program_keys: Mapping[str, tuple[tuple[str, ...], tuple[Any, ...], tuple[Any, ...]]]
    order: tuple[str, ...]
    plans: tuple[Allocation, Allocation] | None = None

    def __bool__(self) -> bool:
        return bool(self.document or self.new_programs or self.gone_programs or self.program_keys or self.order)

    @property
    def values(self) -> pd.DataFrame:
        """Every value that differs outside of the programs: ``path``, ``before``, ``after``."""
        import pandas as pd

        rows = [(".".join(value.path), value.before, value.after) for value in self.document]
        return pd.DataFrame(rows, columns=["path", "before", "after"], dtype=object)

    @property
    def programs(self) -> pd.DataFrame:
        """Every value of a program that differs: ``program``, ``key``, ``before``, ``after``.

        A program that is new or gone has one row, without a key.
        """
        import pandas as pd

        rows: list[tuple[Any, ...]] = [(name, "", "there", "gone") for name in self.gone_programs]
        rows += [(name, "", "", "new") for name in self.new_programs]
        for key, columns in self.program_keys.items():
            rows += [(name, key, old, new) for name, old, new in zip(*columns, strict=True)]
        return pd.DataFrame(rows, columns=["program", "key", "before", "after"], dtype=object)

    @property
    def moves(self) -> pd.DataFrame:
        """What each program gets in both plans, dollars of all periods together, the greatest move first.

        ``name``, ``before``, ``after``, ``change``; empty without plans.
        """
        return self._compared("programs", "spending")

    @property
    def outcomes(self) -> pd.DataFrame:
        """What both plans reach of each outcome, in all periods together: ``before``, ``after``, ``change``."""
        return self._compared("outcomes", "level")

    @property
    def funds(self) -> pd.DataFrame:
        """What each fund spends in both plans, dollars of all periods together: ``before``, ``after``, ``change``."""
        return self._compared("funds", "spending")

    @property
    def values_by_weights(self) -> dict[str, tuple[float, float]]:
        """What both plans are worth by the weights of each scenario, the plan before first: ``before``, ``after``.

        Outcomes are counted by the weights and the discount of that scenario. Empty where no plans were solved, or the
        first objective of one of the scenarios is not the weighted outcomes.
        """
        scenarios = {"before": self.before, "after": self.after}
        firsts = [scenario.objective[0] for scenario in scenarios.values()]
        if self.plans is None or any(one.maximize != WEIGHTED_OUTCOMES or one.unspent_worth for one in firsts):
            return {}
        return {
            name: (_worth(self.plans[0], scenario), _worth(self.plans[1], scenario))
            for name, scenario in scenarios.items()
        }

    def _compared(self, table: str, column: str) -> pd.DataFrame:
        import pandas as pd

        if self.plans is None:
            return pd.DataFrame(columns=["before", "after", "change"], dtype=float)
        # a fund has a row for each period; programs and outcomes are the index
        key = table.removesuffix("s")
        before, after = (getattr(plan, table).groupby(key, sort=False)[column].sum() for plan in self.plans)
        names = list(dict.fromkeys([*after.index, *before.index]))
        both = pd.DataFrame({"before": before.reindex(names), "after": after.reindex(names)}).fillna(0.0)
        both["change"] = (both["after"] - both["before"]).round(6)
        order = np.argsort(-np.abs(both["change"].to_numpy()), kind="stable")
        unit = OF_OUTCOME if table == "outcomes" else CURRENCY
        with_units(both, self.after, dict.fromkeys(both.columns, unit))
        return both.iloc[order] if table == "programs" else both

    def _repr_html_(self) -> str:
        tables = {"Values that differ": self.values, "Values of programs that differ": self.programs}
        shown = [html_table(table, title) for title, table in tables.items() if len(table)]
        if self.plans is not None:
            shown.append(html_table(self.moves, "What programs get in both plans", index=True))
        return "".join(shown) or "<p>The scenarios are the same.</p>"


def _worth(plan: Allocation, scenario: Scenario) -> float:
    """Return what a plan's outcomes are worth by the weights and the discount of a scenario."""
    levels = plan.audit.outcomes
    counts = 1.0 / (1.0 + float(scenario.document.discount)) ** np.arange(levels.shape[1])
    worths = [scenario.outcomes[key].worth if key in scenario.outcomes else 0.0 for key in plan.scenario.outcomes]
    return float(np.array(worths) @ levels @ counts)


def diff(before: Subject, after: Subject, *, solve: bool = False, time_limit: float | None = None) -> Difference:
    """Return what differs between two scenarios.

    Parameters
    ----------
    before, after
        The scenarios or their paths, such as the proposed and the adopted budget; of plans, their scenarios.
    solve
        Whether both are solved as well, to show what the differences change.
    time_limit
        Seconds for each of the two solves.

    Raises
    ------
    InfeasibleError
        With ``solve``, if one of the two has no plan.
    """
    before, after = scenario_of(before, "diff"), scenario_of(after, "diff")
    document = tuple(_values((), _tree(before), _tree(after)))
    shared = np.array([name for name in before.programs if name in after.programs], dtype=object)
    old, new = before.programs.positions(shared), after.programs.positions(shared)
    plans = (solve_one(before, time_limit=time_limit), solve_one(after, time_limit=time_limit)) if solve else None
    return Difference(
        before,
        after,
        document,
        tuple(name for name in after.programs if name not in before.programs),
        tuple(name for name in before.programs if name not in after.programs),
        dict(program_keys(before.programs, after.programs, old, new)),
        _reordered(before, after),
        plans,
    )


def _reordered(before: Scenario, after: Scenario) -> tuple[str, ...]:
    """Return the sections in which what both scenarios have stands in another order."""
    reordered = []
    for section in ("programs", "funds", "outcomes", "resources", "rules"):
        entries = [getattr(scenario, section) for scenario in (before, after)]
        old, new = ([rule.name for rule in items] if section == "rules" else list(items) for items in entries)
        shared = set(old) & set(new)
        if [name for name in old if name in shared] != [name for name in new if name in shared]:
            reordered.append(section)
    return tuple(reordered)


def _tree(scenario: Scenario) -> dict[str, Any]:
    """Return what a scenario says outside of its programs, rules by their names."""
    tree = scenario.document.model_dump(by_alias=True)
    dumped = [rule.model_dump(by_alias=True) for rule in scenario.rules]
    tree["rules"] = {rule["name"]: {key: rule[key] for key in rule if key != "name"} for rule in dumped}
    return tree


def _values(path: Path, before: Any, after: Any) -> Iterator[ChangedValue]:
    """Yield what differs below a path; a part that only one of the two has is one value."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            yield from _values((*path, str(key)), before.get(key), after.get(key))
    elif before != after:
        yield ChangedValue(path, before, after)


def program_keys(
    before: ProgramTable, after: ProgramTable, old: Ints, new: Ints
) -> Iterator[tuple[str, tuple[tuple[str, ...], tuple[Any, ...], tuple[Any, ...]]]]:
    """Yield the keys that differ for programs that both have, with the programs and their values."""
    for key in dict.fromkeys([*after.columns, *before.columns]):
        one, other = before.columns.get(key), after.columns.get(key)
        cell_before, cell_after = _cells(one, old, len(before)), _cells(other, new, len(after))
        differs = (cell_before < 0) != (cell_after < 0)
        both = np.flatnonzero((cell_before >= 0) & (cell_after >= 0))
        if one is not None and other is not None and len(both):
            differs[both] = _unequal(one, other, cell_before[both], cell_after[both])
        rows = np.flatnonzero(differs)
        if len(rows):
            ids = tuple(before.ids[old[rows]].tolist())
            yield key, (ids, _values_of(one, cell_before[rows]), _values_of(other, cell_after[rows]))


def _values_of(column: Column | None, cells: Ints) -> tuple[Any, ...]:
    """Return the values of some cells of a column, None where there is none."""
    return tuple(None if column is None or cell < 0 else column.cell(cell) for cell in cells.tolist())


def _cells(column: Column | None, rows: Ints, programs: int) -> Ints:
    """Return the cell of each of some programs, -1 where it has none; shape (rows,)."""
    at = np.full(programs, -1, dtype=np.int64)
    if column is not None:
        at[column.rows] = np.arange(len(column))
    return np.take(at, rows)


def _unequal(one: Column, other: Column, before: Ints, after: Ints) -> Bools:
    """Return which cells of two columns differ; shape (cells,)."""
    if one.offsets is None:
        differs: Bools = np.not_equal(one.values[before], other.values[after]).astype(bool)  # noqa: PD011
        shares, others = (
            np.zeros(len(cells), dtype=bool) if column.shares is None else column.shares[cells]
            for column, cells in ((one, before), (other, after))
        )
        either: Bools = differs | (shares != others)
        return either
    assert other.offsets is not None, "a key has one value for a program in both columns, or a list in both"
    lengths = np.diff(one.offsets)[before]
    differs = np.not_equal(lengths, np.diff(other.offsets)[after])
    same = np.flatnonzero(~differs)
    rows = np.arange(len(same), dtype=np.int64)
    items = [column.take(cells[same], rows) for column, cells in ((one, before), (other, after))]
    unequal = np.not_equal(items[0].values, items[1].values).astype(bool)
    if unequal.ndim == 2:
        unequal = unequal.any(axis=1)
    differs[same] = np.bincount(np.repeat(rows, lengths[same]), weights=unequal, minlength=len(same)) > 0
    return differs
