"""What holds for each program alone: amounts, who may pay, limits, minimum operating levels, and units of service."""

from __future__ import annotations

import numpy as np

from budgetopt.audit.check import Check
from budgetopt.audit.eligibility import may_pay
from budgetopt.audit.evaluation import Evaluation
from budgetopt.audit.inputs import dollars, number, pays_in, price_level
from budgetopt.scenario.accuracy import rounding_unit
from budgetopt.scenario.model import CHANGE, LARGEST_CUT
from budgetopt.scenario.programs import Bools, Floats, Ints, Texts, objects

__all__ = [
    "check_amounts",
    "check_eligibility",
    "check_kept_baselines",
    "check_minimum_levels",
    "check_services",
    "check_spending_limits",
]


def check_amounts(evaluation: Evaluation) -> list[Check]:
    """Check that every amount is a number and not below zero, and that only services have units.

    Only those that are wrong become cells.
    """
    spending, units = evaluation.given.spending, evaluation.given.units_in(evaluation.scenario)
    unit_cost = evaluation.activity.unit_cost[:, None]
    # of a service that costs money, units that a plan does not say are what its money pays for
    unsaid = np.isnan(units) & (unit_cost > 0)
    wrong = ~(spending >= 0.0) | ~np.isfinite(spending)
    program, fund, period = np.nonzero(wrong)
    is_service = ~np.isnan(unit_cost)
    server, when = np.nonzero(~unsaid & (~(units >= 0.0) | ~np.isfinite(units) | (~is_service & (units != 0))))
    return [
        Check(
            kind="amount",
            name="spending",
            value=spending[wrong],
            lower=np.zeros(len(program)),
            period=period,
            program=program,
            fund=fund,
            allowed=np.full(len(program), evaluation.cent),
            below="{fund} pays {value} for {program}{in_period}, and no amount may be below zero",
        ),
        Check(
            kind="amount",
            name="units",
            value=units[server, when],
            lower=np.zeros(len(server)),
            upper=np.where(is_service[server, 0], np.inf, 0.0),
            period=when,
            program=server,
            allowed=evaluation.a_unit[server],
            unit="units",
            below="{program} serves {value} units{in_period}, and no number of units may be below zero",
            above="{program} has {value} units{in_period}, and only a service has them",
        ),
    ]


def check_eligibility(evaluation: Evaluation) -> list[Check]:
    """Check that no fund pays for a program that it may not pay for, nor before it starts or after it has ended.

    Only payments that do become cells.
    """
    spending = evaluation.plan.spending
    barred = ~may_pay(evaluation.scenario)[:, :, None]
    wrong = (barred | ~pays_in(evaluation.scenario)) & (spending > 0.0)
    program, fund, period = np.nonzero(wrong)
    for_that = "{fund} pays {value} for {program}{in_period}, and it may not pay for that program"
    then = "{fund} pays {value} for {program}{in_period}, and it may not pay in that period"
    return [
        Check(
            kind="eligibility",
            name="funds",
            value=spending[wrong],
            upper=np.zeros(len(program)),
            period=period,
            program=program,
            fund=fund,
            allowed=np.full(len(program), evaluation.cent),
            above=np.where(barred[program, fund, 0], for_that, then).astype(object),
        )
    ]


def check_spending_limits(evaluation: Evaluation) -> list[Check]:
    """Check that each program's spending keeps within its limits in every period.

    A share is a share of the program's baseline of the period; of a program without a baseline it limits nothing. A
    period that a mapping leaves out has no limit.
    """
    lower = dollars(evaluation.scenario, "spending.at_least")
    upper = dollars(evaluation.scenario, "spending.at_most")
    program, period = np.nonzero(~(np.isnan(lower) & np.isnan(upper)))
    lower = np.nan_to_num(lower[program, period], nan=-np.inf)
    upper = np.nan_to_num(upper[program, period], nan=np.inf)
    value = evaluation.spent[program, period]
    return [
        Check(
            kind="spending limit",
            name="spending",
            value=value,
            lower=lower,
            upper=upper,
            period=period,
            program=program,
            share_of=evaluation.baselines[program, period],
            limit=evaluation.scenario.limits.of_programs("floor")[program],
            upper_limit=evaluation.scenario.limits.of_programs("ceiling")[program],
            because=evaluation.scenario.programs.text("spending.because")[program],
            allowed=evaluation.allowed_dollars(np.abs(value), evaluation.payments[program, period]),
            below="{program} gets {value}{in_period}, and its floor is {bound}",
            above="{program} gets {value}{in_period}, and its ceiling is {bound}",
        )
    ]


def check_kept_baselines(evaluation: Evaluation) -> list[Check]:
    """Check that programs without a measured effect keep their share of the baseline, or their own ceiling if less.

    A program that says of no outcome what it does for it is one, unless it makes a resource for others or consists of
    packages. Its own floor, in dollars or in units of service, takes the place of the share. Where the first
    objective is to keep near the baselines itself, nothing is asked for.
    """
    scenario, share = evaluation.scenario, float(evaluation.scenario.document.keep_unmeasured)
    if share <= 0 or scenario.objective[0].minimize in (CHANGE, LARGEST_CUT):
        return []
    programs, baseline = scenario.programs, np.nan_to_num(evaluation.baselines)
    held = may_pay(scenario).any(axis=1) & (number(scenario, "service.unit_cost", 1.0) > 0)
    for key, cells in programs.columns.items():
        makes = cells.values < 0 if key.startswith("uses.") and key.endswith(".per_unit") else None
        if key.startswith(("outcomes.", "packages.", "spending.at_least", "service.at_least")):
            held[cells.rows] = False
        elif makes is not None:
            held[cells.rows[makes]] = False
    most = dollars(scenario, "spending.at_most")
    served = number(scenario, "service.up_to", np.inf) * number(scenario, "service.unit_cost", np.inf)
    served = (served + number(scenario, "if_funded.fixed_cost"))[:, None] * price_level(scenario)
    asked = np.minimum(share * baseline, np.fmin(most, served))
    program, period = np.nonzero(held[:, None] & (asked > 0))
    value = evaluation.spent[program, period]
    return [
        Check(
            kind="kept baseline",
            name="keep_unmeasured",
            value=value,
            lower=asked[program, period],
            period=period,
            program=program,
            share_of=baseline[program, period],
            allowed=evaluation.allowed_dollars(np.abs(value), evaluation.payments[program, period]),
            below="{program} gets {value}{in_period}; nothing of it is measured, and it keeps at least {bound}",
        )
    ]


def check_minimum_levels(evaluation: Evaluation) -> list[Check]:
    """Check that a program with ``if_funded`` spends nothing in a period, or its minimum operating level.

    That is ``at_least``, in dollars of the period, and no less than its fixed cost, which grows as costs do. A
    service whose units cost no money is funded if it serves.
    """
    scenario = evaluation.scenario
    fixed = number(scenario, "if_funded.fixed_cost")[:, None] * price_level(scenario)
    least = np.maximum(fixed, number(scenario, "if_funded.at_least")[:, None])
    paid = (evaluation.activity.unit_cost > 0)[:, None]
    serving = np.where(paid, least, fixed)
    needed = np.where(evaluation.spent > 0, least, np.where(evaluation.serves, serving, 0.0))
    program, period = np.nonzero(needed > 0)
    value = evaluation.spent[program, period]
    return [
        Check(
            kind="if funded",
            name="if_funded",
            value=value,
            lower=needed[program, period],
            period=period,
            program=program,
            allowed=evaluation.allowed_dollars(np.abs(value), evaluation.payments[program, period]),
            below="{program} gets {value}{in_period}, and if it is funded at all it needs {bound}",
        )
    ]


def check_services(evaluation: Evaluation) -> list[Check]:
    """Check that each service keeps within its fewest and most units in every period, and is whole if it must be.

    Where a plan says the units of a service, its money is what these cost, to within the rounding of money. For a
    service that costs no money that is nothing, or its fixed cost. Only what is not becomes a cell.
    """
    scenario = evaluation.scenario
    lower = number(scenario, "service.at_least")
    upper = number(scenario, "service.up_to", np.inf)
    limited = ~np.isnan(evaluation.activity.unit_cost) & ((lower > 0) | np.isfinite(upper))
    program, period, value, rough, unit = _served(evaluation, limited)
    whole = _whole_units(evaluation)
    unpaid = _unpaid_units(evaluation)
    return [
        *([whole] if len(whole) else []),
        *([unpaid] if len(unpaid) else []),
        Check(
            kind="service",
            name="service",
            value=value,
            lower=lower[program],
            upper=upper[program],
            period=period,
            program=program,
            limit=scenario.limits.of_programs("floor")[program],
            upper_limit=scenario.limits.of_programs("most units")[program],
            unit=unit,
            allowed=np.maximum(rough, evaluation.tolerance * np.abs(value)),
            below="{program} serves {value} {unit}{in_period}, and the fewest are {bound}",
            above="{program} serves {value} {unit}{in_period}, and the most are {bound}",
        ),
    ]


def _unpaid_units(evaluation: Evaluation) -> Check:
    """Check that the money of each service whose units a plan says, or that costs nothing, is what its units cost."""
    activity, scenario = evaluation.activity, evaluation.scenario
    spent, free = evaluation.spent, (activity.unit_cost == 0)[:, None]
    fixed = number(scenario, "if_funded.fixed_cost")[:, None]
    cost = np.where(free, fixed, activity.real) * price_level(scenario)
    allowed = evaluation.allowed_dollars(cost, evaluation.payments)
    # money in whole thousands is up to a thousand more than what it buys
    most = cost + np.maximum(rounding_unit(scenario) * np.maximum(evaluation.payments, 1), allowed)
    # what a free service needs for its fixed cost is a condition of its being funded
    wrong = (activity.said & ~free & (spent < cost - allowed)) | ((activity.said | free) & (spent > most))
    program, period = np.nonzero(wrong)
    units = activity.units[program, period]
    named = scenario.programs.text("service.unit")[program]
    served = [f"{count:,.10g} {unit or 'units'}" for count, unit in zip(units.tolist(), named.tolist(), strict=True)]
    sentence = "{program} gets {value}{in_period}, and the {item} that it serves cost {bound}"
    return Check(
        kind="service",
        name="service",
        value=spent[program, period],
        lower=cost[program, period],
        upper=cost[program, period],
        period=period,
        program=program,
        allowed=allowed[program, period],
        item=objects(served),
        below=sentence,
        above=sentence,
    )


def _whole_units(evaluation: Evaluation) -> Check:
    """Check that of services that are whole only whole units are served."""
    whole = evaluation.scenario.programs.flag("service.whole", default=False)
    program, period, value, rough, unit = _served(evaluation, whole)
    sentence = "{program} serves {value} {unit}{in_period}, and only whole ones can be served"
    return Check(
        kind="whole units",
        name="service",
        value=value,
        lower=np.round(value),
        upper=np.round(value),
        period=period,
        program=program,
        unit=unit,
        limit=evaluation.scenario.limits.of_programs("whole units")[program],
        allowed=np.maximum(rough, evaluation.a_unit[program]),
        below=sentence,
        above=sentence,
    )


def _served(evaluation: Evaluation, which: Bools) -> tuple[Ints, Ints, Floats, Floats, Texts]:
    """Return for some programs in every period: program, period, units, how far these may be off, and their name."""
    periods, held = len(evaluation.scenario.periods), np.flatnonzero(which)
    program, period = np.repeat(held, periods), np.tile(np.arange(periods), len(held))
    unit = evaluation.scenario.programs.text("service.unit")[program]
    named = np.where(unit == "", "units", unit)
    return program, period, evaluation.activity.units[program, period], evaluation.rough[program, period], named
