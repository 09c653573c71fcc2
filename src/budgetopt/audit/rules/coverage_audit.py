"""Rules on how far programs cover what they could serve, beside one another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from budgetopt.audit.check import Check
from budgetopt.audit.evaluation import Evaluation
from budgetopt.audit.inputs import number, price_level
from budgetopt.scenario.model import FollowsRule, SubstitutesRule
from budgetopt.scenario.programs import Floats, Texts, objects, unit_of_services

__all__ = ["check_follows", "check_substitutes"]


def check_substitutes(evaluation: Evaluation, rule: SubstitutesRule) -> Check:
    """Check that in every period the coverages, or the units, of alternatives add up to no more than allowed."""
    scenario = evaluation.scenario
    held, names = scenario.period_mask(rule.periods), tuple(dict.fromkeys(rule.substitutes))
    in_units = rule.units_at_most is not None
    if in_units:
        # a period that a mapping leaves out has no limit
        held &= ~np.isnan(scenario.per_period(rule.units_at_most, np.nan))
    periods = np.flatnonzero(held)
    each, cent, _ = (_units if in_units else _coverages)(evaluation, names)
    value = each.sum(axis=0)[periods]
    upper = scenario.per_period(rule.units_at_most if in_units else rule.at_most)[periods]
    sentence = "{{name}}: the coverages add up to {}{{in_period}}, and may add up to {}"
    return Check(
        kind="substitutes",
        name=rule.name,
        value=value,
        upper=upper,
        period=periods,
        allowed=np.maximum(cent.sum(axis=0)[periods], evaluation.tolerance * (1.0 + value)),
        unit=unit_of_services(scenario.programs, names) if in_units else "of full coverage",
        because=rule.because,
        above="{name}: {value} {unit} are served{in_period}, and the most is {bound}"
        if in_units
        else _percent(sentence, value, upper),
    )


def check_follows(evaluation: Evaluation, rule: FollowsRule) -> Check:
    """Check that in every period a program's coverage, or its units, are at most a share of the one that leads."""
    periods = np.flatnonzero(evaluation.scenario.period_mask(rule.periods))
    share, in_units = float(rule.follows.at_most), rule.follows.by == "units"
    names = (rule.follows.program, rule.follows.of)
    each, cent, rows = (_units if in_units else _coverages)(evaluation, names)
    value, upper = each[0, periods], share * each[1, periods]
    cent = (cent[0] + share * cent[1])[periods]
    leader = evaluation.names[rows[1]]
    sentence = "{{name}}: {{program}} covers {} of what it could{{in_period}}, and beside {{item}} may cover {}"
    return Check(
        kind="follows",
        name=rule.name,
        value=value,
        upper=upper,
        period=periods,
        program=np.full(len(value), rows[0]),
        allowed=np.maximum(cent, evaluation.tolerance * (1.0 + value + upper)),
        item=np.full(len(value), leader, dtype=object),
        share_of=each[1, periods],
        unit=unit_of_services(evaluation.scenario.programs, names[:1]) if in_units else "of full coverage",
        because=rule.because,
        above="{name}: {program} serves {value} {unit}{in_period}, and beside {item} may serve {bound}"
        if in_units
        else _percent(sentence, value, upper),
    )


def _percent(sentence: str, value: Floats, bound: Floats | float) -> Texts:
    """Return a sentence a cell, with a value and its limit as percentages."""
    pairs = np.stack(np.broadcast_arrays(value, bound)).T.tolist()
    return objects([sentence.format(f"{100 * one:.6g}%", f"{100 * most:.6g}%") for one, most in pairs])


def _coverages(evaluation: Evaluation, names: Sequence[str]) -> tuple[Floats, Floats, list[int]]:
    """Return programs' coverages, what a cent of each payment makes of them, and the programs' positions.

    A program that can cover nothing, because its ceiling is nothing, covers nothing.
    """
    served, least, rows = _units(evaluation, names)
    full, level = evaluation.full_coverage[rows], price_level(evaluation.scenario)[rows]
    each = np.divide(1.0, full, out=np.zeros_like(full), where=full > 0)
    activity = evaluation.activity
    spent = activity.real[rows] * level
    # a cent of each payment, or what the least part of a unit costs
    cents = evaluation.cent * np.maximum(evaluation.payments[rows], 1)
    rough = np.where(activity.said[rows], least * activity.price[rows, None] * level, cents)
    # a service that costs no money covers what it serves of all that it could serve
    most = number(evaluation.scenario, "service.up_to")[rows, None]
    share = np.divide(1.0, most, out=np.zeros_like(most), where=most > 0)
    free = (activity.unit_cost[rows] == 0)[:, None]
    return np.where(free, share * served, each * spent), np.where(free, share * least, each * rough), rows


def _units(evaluation: Evaluation, names: Sequence[str]) -> tuple[Floats, Floats, list[int]]:
    """Return the units that programs serve, what these may be off, and the programs' positions."""
    rows = [evaluation.scenario.programs.position(name) for name in names]
    rough = np.maximum(evaluation.rough[rows], evaluation.a_unit[rows, None])
    return evaluation.activity.units[rows], rough, rows
