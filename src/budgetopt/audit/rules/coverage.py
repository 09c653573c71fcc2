"""Rules on how far programs cover what they could serve, beside one another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from budgetopt.audit.check import Check
from budgetopt.audit.packages import PackageWords
from budgetopt.audit.reading import dollars, number, price_level
from budgetopt.audit.reckoning import Reckoning
from budgetopt.scenario.model import FollowsRule, SubstitutesRule
from budgetopt.scenario.programs import Floats, Texts
from budgetopt.scenario.scenario import Scenario

__all__ = ["check_follows", "check_substitutes", "full_coverage"]


def full_coverage(scenario: Scenario, words: PackageWords) -> Floats:
    """Return the spending at which each program covers everything, infinite where nothing says so.

    That is its own ceiling. A program without one covers everything at the cost of all units of its service; at the
    cost of all of its packages, or of the dearest if one at most may be taken, each counted by its dearest year; or
    else where more money buys no more of any outcome, the fixed cost included. All of these grow as costs do. Shape
    (programs, periods).
    """
    programs = scenario.programs
    ceiling = dollars(scenario, "spending.at_most")
    fixed = number(scenario, "if_funded.fixed_cost")

    # where the last of its outcomes stops growing; one that never does has no end
    end, price = np.zeros(len(programs)), number(scenario, "service.unit_cost", 1.0)
    for name in scenario.outcomes:
        said = programs.under(f"outcomes.{name}")
        for key in ("per_dollar", "per_unit"):
            if (column := said.get(key)) is not None:
                end[column.rows[column.values != 0]] = np.inf
        if (column := said.get("unit_cost")) is not None:
            most = number(scenario, f"outcomes.{name}.up_to", np.inf)[column.rows]
            np.maximum.at(end, column.rows, most * column.values)
        if (column := said.get("curve")) is not None and column.offsets is not None:
            # a curve of a service is over its units
            np.maximum.at(end, column.rows, column.values[column.offsets[1:] - 1, 0] * price[column.rows])
    whole = np.where(end > 0, end + fixed, np.inf)

    dearest_year = words.dearest_year
    total, dearest = np.zeros(len(programs)), np.zeros(len(programs))
    np.add.at(total, words.program, dearest_year)
    np.maximum.at(dearest, words.program, dearest_year)
    packages = np.where(programs.text("choose") == "one", dearest, total)
    whole = np.where(packages > 0, packages, whole)

    units = number(scenario, "service.up_to", np.nan) * number(scenario, "service.unit_cost", np.nan)
    whole = np.where(np.isnan(units), whole, units + fixed)
    return np.where(np.isnan(ceiling), whole[:, None] * price_level(scenario), ceiling)


def check_substitutes(reckoning: Reckoning, rule: SubstitutesRule) -> Check:
    """Check that in every period the coverages of alternatives add up to no more than the rule allows."""
    periods = np.flatnonzero(reckoning.scenario.period_mask(rule.periods))
    coverage, cent, _ = _coverages(reckoning, tuple(dict.fromkeys(rule.substitutes)))
    value = coverage.sum(axis=0)[periods]
    return Check(
        kind="substitutes",
        name=rule.name,
        value=value,
        upper=np.full(len(value), float(rule.at_most)),
        period=periods,
        allowed=np.maximum(cent.sum(axis=0)[periods], reckoning.tolerance * (1.0 + value)),
        unit="of full coverage",
        because=rule.because,
        above=_percent("{{name}}: the coverages add up to {}{{in_period}}, and may add up to {}", value, rule.at_most),
    )


def check_follows(reckoning: Reckoning, rule: FollowsRule) -> Check:
    """Check that in every period a program's coverage is at most a share of the one that leads."""
    periods = np.flatnonzero(reckoning.scenario.period_mask(rule.periods))
    share = float(rule.follows.at_most)
    coverage, cent, rows = _coverages(reckoning, (rule.follows.program, rule.follows.of))
    value, upper = coverage[0, periods], share * coverage[1, periods]
    cent = (cent[0] + share * cent[1])[periods]
    leader = reckoning.scenario.programs.names()[rows[1]]
    return Check(
        kind="follows",
        name=rule.name,
        value=value,
        upper=upper,
        period=periods,
        program=np.full(len(value), rows[0]),
        allowed=np.maximum(cent, reckoning.tolerance * (1.0 + value + upper)),
        item=np.full(len(value), leader, dtype=object),
        base=coverage[1, periods],
        unit="of full coverage",
        because=rule.because,
        above=_percent(
            "{{name}}: {{program}} covers {} of what it could{{in_period}}, and beside {{item}} may cover {}",
            value,
            upper,
        ),
    )


def _percent(sentence: str, value: Floats, bound: Floats | float) -> Texts:
    """Return a sentence a cell, with a value and its limit as percentages."""
    pairs = np.stack(np.broadcast_arrays(value, bound)).T.tolist()
    said = (sentence.format(f"{100 * one:.6g}%", f"{100 * most:.6g}%") for one, most in pairs)
    return np.array([*said, ""], dtype=object)[:-1]


def _coverages(reckoning: Reckoning, names: Sequence[str]) -> tuple[Floats, Floats, list[int]]:
    """Return programs' coverages, what a cent of each payment makes of them, and the programs' positions.

    A program that can cover nothing, because its ceiling is nothing, covers nothing.
    """
    rows = [reckoning.scenario.programs.position(name) for name in names]
    full = full_coverage(reckoning.scenario, reckoning.words)[rows]
    each = np.divide(1.0, full, out=np.zeros_like(full), where=full > 0)
    spent = reckoning.spent[rows]
    payments = np.maximum(reckoning.payments[rows], 1)
    return each * spent, each * payments * reckoning.cent, rows
