"""The proof that a result document carries: decisions in cents, the exact optimum, and the prices that prove it.

Rows and columns of the linear program are named by their labels, such as ``fund balance[general,FY2027]``, so that the
proof can be read, and checked against the scenario formulated anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from budgetopt.allocation.allocation import Allocation
from budgetopt.audit import SpendingPlan
from budgetopt.errors import ResultFileError, near
from budgetopt.formulation.linear_program import Labels
from budgetopt.scenario.programs import Floats
from budgetopt.scenario.scenario import Scenario

__all__ = ["labels_of", "plan_of", "proof_document", "vector_of"]

Decisions = Mapping[str, Mapping[str, Mapping[str, float]]]


def proof_document(plan: Allocation) -> dict[str, Any]:
    """Return what it takes to check an allocation without a solver.

    ``decisions`` are the payments by program, fund and period and the transfers by fund, fund and period, in whole
    cents, the packages taken, and the units of services that cost no money. ``point`` is the exact optimum before
    rounding to the cent, by the labels of its columns; ``stages`` are the duals of each objective by the rows' labels,
    null where there are none (integer decisions); ``held`` are the duals of the first objective while all integer
    decisions are held. What is zero is left out.
    """
    outcome, problem = plan.solver_result, plan.formulation.linear_program
    point = outcome.x
    assert point is not None, "an allocation is made of a plan"
    return {
        "decisions": {
            "payments": _nested(plan.spending, plan.scenario.programs.ids.tolist(), plan.scenario),
            "transfers": _nested(plan.transfers, list(plan.scenario.funds), plan.scenario),
            "packages": packages_taken(plan),
            "units": _units(plan),
        },
        "point": _sparse(point, problem.column_labels),
        "stages": [_duals(result.solution.row_dual, result.program.row_labels) for result in outcome.stages],
        "held": None if outcome.held is None else _duals(outcome.held.solution.row_dual, problem.row_labels),
    }


def packages_taken(plan: Allocation) -> dict[str, dict[str, list[str]]]:
    """Return for each program that takes packages the periods in which it takes each, or for projects starts it."""
    out: dict[str, dict[str, list[str]]] = {}
    names, ids, periods = package_names(plan.scenario), plan.scenario.programs.ids, plan.scenario.periods
    owner = plan.scenario.packages.program
    for package, period in np.argwhere(plan.packages).tolist():
        out.setdefault(str(ids[owner[package]]), {}).setdefault(names[package], []).append(periods[period])
    return out


def package_names(scenario: Scenario) -> list[str]:
    """Return what each package is called within its program: its name, or its place if it has none of its own."""
    table = scenario.packages
    seen: set[tuple[int, str]] = set()
    names = []
    for program, number, given in zip(table.program.tolist(), table.number.tolist(), table.name.tolist(), strict=True):
        name = given if given and (program, given) not in seen else f"package {number + 1}"
        while (program, name) in seen:
            name += "'"
        seen.add((program, name))
        names.append(name)
    return names


def _units(plan: Allocation) -> dict[str, dict[str, float]]:
    out: dict[str, dict[str, float]] = {}
    ids, periods = plan.scenario.programs.ids, plan.scenario.periods
    for program, period in np.argwhere(plan.units != 0).tolist():
        out.setdefault(str(ids[program]), {})[periods[period]] = float(plan.units[program, period])
    return out


def plan_of(decisions: Mapping[str, Any], scenario: Scenario) -> SpendingPlan:
    """Return the plan that the decisions of a proof describe.

    Raises
    ------
    ResultFileError
        If they name what the scenario does not have, or an amount is not in whole cents.
    """
    plan = SpendingPlan.nothing(scenario)
    programs, funds = scenario.programs.ids.tolist(), list(scenario.funds)
    _fill(plan.spending, decisions["payments"], (("program", programs), ("fund", funds)), scenario)
    _fill(plan.transfers, decisions["transfers"], (("fund", funds), ("fund", funds)), scenario)
    places = {name: place for place, name in enumerate(programs)}
    when = {name: place for place, name in enumerate(scenario.periods)}
    assert plan.packages is not None
    assert plan.units is not None
    packages = {
        (int(program), name): place
        for place, (program, name) in enumerate(
            zip(scenario.packages.program.tolist(), package_names(scenario), strict=True)
        )
    }
    for program, taken in decisions["packages"].items():
        for name, periods in taken.items():
            package = packages.get((_known(places, "program", program), name))
            if package is None:
                raise _unknown(f"package of {program}", name)
            plan.packages[package, [_known(when, "period", period) for period in periods]] = True
    for program, by_period in decisions["units"].items():
        for period, units in by_period.items():
            plan.units[_known(places, "program", program), _known(when, "period", period)] = units
    for array in (plan.spending, plan.transfers):
        cents = array * 100
        if (np.abs(cents - np.rint(cents)) > 1e-9 * np.maximum(np.abs(cents), 1.0)).any():
            raise ResultFileError("an amount of the decisions is not in whole cents")
    return plan


def vector_of(values: Mapping[str, float], labels: Sequence[str], what: str) -> Floats:
    """Return values that are given by label as an array; what is not named is zero. Shape (labels,).

    Raises
    ------
    ResultFileError
        If a label is none of the scenario's.
    """
    out = np.zeros(len(labels))
    position = {label: place for place, label in enumerate(labels)}
    for label, value in values.items():
        place = position.get(label)
        if place is None:
            close = near(label, labels) if len(labels) <= 2_000 else ""
            hint = f"the scenario has {close!r}" if close else "the scenario's linear program has no such thing"
            raise ResultFileError(f"the proof speaks of the {what} {label!r}", hint=hint)
        out[place] = value
    return out


def labels_of(labels: Labels) -> list[str]:
    """Return a name of its own for each row or column, in order; a second one of the same name is numbered."""
    seen: dict[str, int] = {}
    names = []
    for block in labels.blocks:
        plain = Labels((block,), labels.names).all_names() if block.keys else [f"{block.kind}[]"] * len(block)
        for name in plain:
            count = seen[name] = seen.get(name, 0) + 1
            names.append(name if count == 1 else f"{name} ({count})")
    return names


def _duals(row_dual: Floats | None, labels: Labels) -> dict[str, float] | None:
    return None if row_dual is None else _sparse(row_dual, labels)


def _sparse(values: Floats, labels: Labels) -> dict[str, float]:
    names, used = labels_of(labels), np.flatnonzero(values)
    return {names[place]: value for place, value in zip(used.tolist(), values[used].tolist(), strict=True)}


def _nested(amounts: Floats, first: Sequence[str], scenario: Scenario) -> dict[str, dict[str, dict[str, float]]]:
    """Return the amounts that are not zero by their three names."""
    out: dict[str, dict[str, dict[str, float]]] = {}
    funds, periods = list(scenario.funds), scenario.periods
    at = np.nonzero(amounts)
    for one, two, three, amount in zip(*(axis.tolist() for axis in at), amounts[at].tolist(), strict=True):
        out.setdefault(first[one], {}).setdefault(funds[two], {})[periods[three]] = amount
    return out


def _fill(array: Floats, decisions: Decisions, axes: tuple[tuple[str, Sequence[str]], ...], scenario: Scenario) -> None:
    (first_kind, first), (second_kind, second) = axes
    one, two, three = ({name: place for place, name in enumerate(names)} for names in (first, second, scenario.periods))
    for name, inner in decisions.items():
        for other, by_period in inner.items():
            for period, amount in by_period.items():
                at = _known(one, first_kind, name), _known(two, second_kind, other), _known(three, "period", period)
                array[at] = amount


def _known(places: Mapping[str, int], kind: str, name: str) -> int:
    place = places.get(name)
    if place is None:
        raise _unknown(kind, name)
    return place


def _unknown(kind: str, name: str) -> ResultFileError:
    return ResultFileError(f"the decisions name the {kind} {name[:60]!r}, which the scenario does not have")
