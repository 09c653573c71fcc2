"""What programs do to outcomes and take of resources, as formulas of the amounts of a workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from budgetopt.audit import OutcomeLevels
from budgetopt.audit.inputs import first_baseline, number
from budgetopt.report.blocks.content import Formula, Value
from budgetopt.report.blocks.live_rows import LONGEST_FORMULA, LiveRows, height_on_curve, literal, times
from budgetopt.report.blocks.live_spending import LiveSpending
from budgetopt.scenario.programs import Floats, Ints
from budgetopt.scenario.responses import is_diminishing

__all__ = ["effect_cells", "use_cells"]

_Terms = tuple[Ints, Sequence[Any], Callable[[int, Any, int], str]]
"""Programs, a value of each, and the formula of a program, its value and a period."""


def effect_cells(live: LiveSpending, levels: OutcomeLevels) -> list[list[Value]]:
    """Return what each effect brings in each period: one list of cells a period, in the order of the rows of levels."""
    return _cells(levels, _effects(live), len(live.plan.scenario.periods))


def use_cells(live: LiveSpending, uses: OutcomeLevels, effects: LiveRows, levels: OutcomeLevels) -> list[list[Value]]:
    """Return what each use takes in each period, in the same form; ``effects`` are the rows of the effects."""
    return _cells(uses, _uses(live, effects, levels), len(live.plan.scenario.periods))


def _cells(levels: OutcomeLevels, terms: Iterator[_Terms], periods: int) -> list[list[Value]]:
    found: list[list[Value]] = [[] for _ in range(periods)]
    for programs, values, formula in terms:
        for program, value in zip(programs.tolist(), values, strict=True):
            row = len(found[0])
            # the rows of the audit come in the same order
            assert program == levels.program[row]
            for period in range(periods):
                words, result = formula(program, value, period), float(levels.level[row, period])
                found[period].append(Formula(f"={words}", result) if len(words) < LONGEST_FORMULA else result)
    assert len(found[0]) == len(levels.program)
    return found


def _effects(live: LiveSpending) -> Iterator[_Terms]:
    """Yield the effects in the order of the audit: outcome by outcome, and shape by shape."""
    scenario, packages = live.plan.scenario, live.evaluation.packages
    programs, buying = scenario.programs, live.buying
    fixed, baseline = number(scenario, "if_funded.fixed_cost"), first_baseline(scenario)

    def by_money(program: int, rate: float, period: int) -> str:
        return times(rate, buying(program, period))

    def by_units(program: int, rate: float, period: int) -> str:
        return times(rate, live.units(program, period))

    def bought(program: int, cost_and_most: tuple[float, float], period: int) -> str:
        cost, most = cost_and_most
        words = f"({buying(program, period)})/{literal(cost)}"
        return words if np.isinf(most) else f"MIN({words},{literal(most)})"

    def on_curve(program: int, points: Any, period: int) -> str:
        return height_on_curve(points, live.level(program, period))

    for name in scenario.outcomes:
        said = programs.under(f"outcomes.{name}")
        if (column := said.get("per_dollar")) is not None:
            yield column.rows, column.values.tolist(), by_money
        if (column := said.get("per_unit")) is not None:
            yield column.rows, column.values.tolist(), by_units
        if (column := said.get("at_baseline")) is not None:
            straight = np.flatnonzero(~is_diminishing(programs, f"outcomes.{name}")[column.rows])
            rows = column.rows[straight]
            yield rows, (column.values[straight] / (baseline[rows] - fixed[rows])).tolist(), by_money
        if (column := said.get("unit_cost")) is not None:
            most = number(scenario, f"outcomes.{name}.up_to", np.inf)[column.rows]
            yield column.rows, list(zip(column.values.tolist(), most.tolist(), strict=True)), bought
        if (column := scenario.calculated.columns.get(f"outcomes.{name}.curve")) is not None:
            assert column.offsets is not None
            curves = [part.tolist() for part in np.split(column.values, column.offsets[1:-1])]
            yield column.rows, curves, on_curve
        if name in packages.effects:
            package, value = packages.effects[name]
            yield _of_packages(live, package, value[:, None], np.ones(len(package), dtype=bool))


def _uses(live: LiveSpending, effects: LiveRows, levels: OutcomeLevels) -> Iterator[_Terms]:
    scenario, packages, outcomes = live.plan.scenario, live.evaluation.packages, list(live.plan.scenario.outcomes)
    programs, baseline = scenario.programs, first_baseline(scenario)

    def by_money(program: int, rate: float, period: int) -> str:
        return times(rate, live.real(program, period))

    def by_units(program: int, rate: float, period: int) -> str:
        return times(rate, live.units(program, period))

    def by_effect(_program: int, rate_and_row: tuple[float, int], period: int) -> str:
        return times(rate_and_row[0], effects.cell(rate_and_row[1], period))

    for name in scenario.resources:
        for key, column in programs.under(f"uses.{name}").items():
            rate = column.values
            if key in ("per", "per_dollar", "at_baseline"):
                rate = 1.0 / rate if key == "per" else rate
                rate = rate / baseline[column.rows] if key == "at_baseline" else rate
                yield column.rows, rate.tolist(), by_money
            elif key == "per_unit":
                yield column.rows, rate.tolist(), by_units
            elif key.startswith("per_outcome."):
                each = np.zeros(len(programs))
                each[column.rows] = rate
                chosen = levels.outcome == outcomes.index(key.removeprefix("per_outcome."))
                rows = np.flatnonzero(chosen & (each[levels.program] != 0))
                owners = levels.program[rows]
                yield owners, list(zip(each[owners].tolist(), rows.tolist(), strict=True)), by_effect
        if name in packages.uses:
            yield _of_packages(live, *packages.uses[name])


def _of_packages(live: LiveSpending, package: Ints, units: Floats, in_service: Any) -> _Terms:
    """Return what packages bring or use, one term a program: by the year after its start, or while in service."""
    owner = live.evaluation.packages.program[package]
    owners = np.unique(owner)
    parts = [np.flatnonzero(owner == one).tolist() for one in owners.tolist()]

    def formula(_program: int, own: list[int], period: int) -> str:
        words = []
        for at in own:
            if not in_service[at]:
                words.append(live.by_year(int(package[at]), period, units[at]))
            elif serves := live.in_service(int(package[at]), period):
                words.append(times(float(units[at, 0]), serves))
        return "+".join(filter(None, words)) or "0"

    return owners, parts, formula
