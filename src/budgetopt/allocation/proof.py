"""The proof that a result document carries: the decisions, the exact optimum, and the prices that prove it.

Rows and columns of the linear program are named by their labels, such as ``fund balance[general,FY2027]``, so that the
proof can be read, and checked against the scenario formulated anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from budgetopt.allocation.allocation import Allocation
from budgetopt.allocation.result_columns import labelled, named, numbers, texts
from budgetopt.audit import SpendingPlan
from budgetopt.errors import ResultFileError, near
from budgetopt.formulation.linear_program import Labels
from budgetopt.scenario.accuracy import CENT, counts_of
from budgetopt.scenario.programs import Floats, objects
from budgetopt.scenario.scenario import Scenario

__all__ = ["decisions", "labels_of", "plan_of", "proof_document", "vector_of"]

LEAST_UNIT = 1e-100
"""What no amounts are rounded to: such counts of it would be no numbers."""


def proof_document(plan: Allocation) -> dict[str, Any]:
    """Return what it takes to check an allocation without a solver, beside its decisions.

    ``point`` is the exact optimum before amounts are rounded, by the labels of its columns; ``stages`` are the duals of
    each objective by the rows' labels, null where there are none (integer decisions); ``held`` are the duals of the
    first objective while all integer decisions are held; ``relaxation`` are its duals without the integer conditions,
    which prove a bound. What is zero is left out.
    """
    outcome, problem = plan.solver_result, plan.formulation.linear_program
    return {
        "point": labelled(outcome.x, problem.column_labels),
        "stages": [
            None
            if place and result.program.is_integer
            else labelled(result.solution.row_dual, result.program.row_labels)
            for place, result in enumerate(outcome.stages)
        ],
        **{
            name: None if one is None else labelled(one.solution.row_dual, problem.row_labels)
            for name, one in (("held", outcome.held), ("relaxation", outcome.relaxation))
        },
    }


def decisions(plan: Allocation) -> dict[str, Any]:
    """Return the decisions of an allocation, table by table; what is zero is left out, but for units of services."""
    scenario = plan.scenario
    funds, periods, pairs = objects(list(scenario.funds)), objects(list(scenario.periods)), scenario.stand_ins
    resources, owner = objects(list(scenario.resources)), scenario.packages.program
    paid, given, made = (np.nonzero(amounts) for amounts in (plan.spending, plan.transfers, plan.stand_ins))
    package, when = np.nonzero(plan.packages)
    serving = np.flatnonzero(plan.formulation.serves)
    served = np.repeat(serving, len(periods)), np.tile(np.arange(len(periods)), len(serving))
    return {
        "payments": {
            "program": paid[0],
            "fund": texts(funds[paid[1]]),
            "period": texts(periods[paid[2]]),
            "amount": numbers(plan.spending[paid]),
        },
        "transfers": {
            "giver": named(funds[given[0]]),
            "receiver": texts(funds[given[1]]),
            "period": texts(periods[given[2]]),
            "amount": numbers(plan.transfers[given]),
        },
        "packages": {
            "program": owner[package],
            "package": texts(objects(package_names(scenario))[package]),
            "period": texts(periods[when]),
        },
        "units": {"program": served[0], "period": texts(periods[served[1]]), "units": numbers(plan.units[served])},
        "stand_ins": {
            "resource": named(resources[pairs.resource[made[0]]]),
            "by": texts(resources[pairs.by[made[0]]]),
            "period": texts(periods[made[1]]),
            "units": numbers(plan.stand_ins[made]),
        },
        "rounded_to": float(plan.rounded_to),
    }


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


def plan_of(decisions: Mapping[str, Any], scenario: Scenario) -> SpendingPlan:
    """Return the plan that the decisions of a proof describe, if the scenario has all that they name."""
    plan = SpendingPlan.nothing(scenario)
    assert plan.packages is not None
    assert plan.units is not None
    plan.units[:] = 0.0
    programs, funds, periods = (
        {name: place for place, name in enumerate(names)}
        for names in (scenario.programs.ids.tolist(), scenario.funds, scenario.periods)
    )
    for array, amounts, kind, payers in (
        (plan.spending, decisions["payments"], "program", programs),
        (plan.transfers, decisions["transfers"], "fund", funds),
    ):
        for name, by_fund in amounts.items():
            for fund, by_period in by_fund.items():
                for period, amount in by_period.items():
                    at = _known(payers, kind, name), _known(funds, "fund", fund), _known(periods, "period", period)
                    array[at] = amount
    owned = zip(scenario.packages.program.tolist(), package_names(scenario), strict=True)
    packages = {program_and_name: place for place, program_and_name in enumerate(owned)}
    for program, taken in decisions["packages"].items():
        for name, when in taken.items():
            package = packages.get((_known(programs, "program", program), name))
            if package is None:
                raise _unknown(f"package of {program}", name)
            plan.packages[package, [_known(periods, "period", period) for period in when]] = True
    for program, by_period in decisions["units"].items():
        for period, units in by_period.items():
            plan.units[_known(programs, "program", program), _known(periods, "period", period)] = units
    _read_stand_ins(plan, decisions["stand_ins"], scenario)
    unit = min(decisions["rounded_to"], CENT)
    if unit < LEAST_UNIT:
        raise ResultFileError(f"no amounts are multiples of {unit:g}")
    for array in (plan.spending, plan.transfers):
        counts = counts_of(array, unit)
        if (np.abs(counts - np.rint(counts)) > 1e-9 * np.maximum(np.abs(counts), 1.0)).any():
            in_cents = "whole cents" if unit == CENT else f"multiples of {unit:g}"
            raise ResultFileError(f"an amount of the decisions is not in {in_cents}")
    return plan


def _read_stand_ins(plan: SpendingPlan, said: Mapping[str, Any], scenario: Scenario) -> None:
    """Put the units that stand-ins make into a plan."""
    assert plan.stand_ins is not None
    names, pairs = list(scenario.resources), scenario.stand_ins
    periods = {name: place for place, name in enumerate(scenario.periods)}
    known = {(names[made], names[by]): at for at, (made, by) in enumerate(zip(pairs.resource, pairs.by, strict=True))}
    for made, others in said.items():
        for by, by_period in others.items():
            if (made, by) not in known:
                raise _unknown("stand-in", f"{by} for {made}")
            for period, units in by_period.items():
                plan.stand_ins[known[made, by], _known(periods, "period", period)] = units


def vector_of(values: Mapping[str, float], labels: Sequence[str], what: str) -> Floats:
    """Return values that are given by labels of the scenario as an array; zero where none is given. Shape (labels,)."""
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


def _known(places: Mapping[str, int], kind: str, name: str) -> int:
    place = places.get(name)
    if place is None:
        raise _unknown(kind, name)
    return place


def _unknown(kind: str, name: str) -> ResultFileError:
    return ResultFileError(f"the decisions name the {kind} {name[:60]!r}, which the scenario does not have")
