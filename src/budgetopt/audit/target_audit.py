"""Targets of outcomes, and capacities of resources."""

from __future__ import annotations

import numpy as np

from budgetopt.audit.check import Check
from budgetopt.audit.evaluation import Evaluation
from budgetopt.audit.rules.bounded import bounded

__all__ = ["check_resources", "check_targets"]


def check_targets(evaluation: Evaluation) -> list[Check]:
    """Check that each outcome reaches its target in every period, or with ``each: total`` over all periods added up.

    The level of an outcome is what all programs together bring to it, a curve's value at zero spending included; its
    direction does not change the level, only what it is worth. Where an objective minimizes the shortfall from targets,
    they are goals, which a plan may miss.
    """
    scenario = evaluation.scenario
    everyone = np.ones(len(scenario.programs))
    every_period = np.ones(len(scenario.periods), dtype=bool)
    checks = []
    for name, outcome in scenario.outcomes.items():
        target = outcome.target
        if target is None:
            continue
        bounds = (target.at_least, target.at_most)
        limits = bounded(evaluation, evaluation.outcome(name, everyone), None, bounds, every_period, target.each)
        shown = (outcome.name or name).replace("{", "{{").replace("}", "}}")
        checks.append(
            Check(
                kind="target",
                name=name,
                value=limits.value,
                lower=limits.lower,
                upper=limits.upper,
                period=limits.period,
                allowed=limits.allowed,
                unit=outcome.unit,
                because=target.because,
                below=f"{shown}: {{value}} {{unit}}{{in_period}}, and the target is at least {{bound}}",
                above=f"{shown}: {{value}} {{unit}}{{in_period}}, and the target is at most {{bound}}",
                is_goal=evaluation.targets_are_goals,
            )
        )
    return checks


def check_resources(evaluation: Evaluation) -> list[Check]:
    """Check that no resource is used up in any period: a period that its capacity leaves out has none of it.

    A resource without a capacity is not limited.

    What programs take of it for a dollar, for a unit of their service, for a unit of an outcome and for a package in
    service adds up; a service with a use below zero makes some of it.
    """
    scenario = evaluation.scenario
    everyone, periods = np.ones(len(scenario.programs)), np.arange(len(scenario.periods))
    checks = []
    for name, resource in scenario.resources.items():
        if resource.capacity is None:
            continue
        used, capacity = evaluation.resource(name, everyone), scenario.per_period(resource.capacity)
        shown = (resource.name or name).replace("{", "{{").replace("}", "}}")
        checks.append(
            Check(
                kind="resource",
                name=name,
                value=used.value,
                upper=capacity,
                period=periods,
                allowed=np.maximum(used.cent, evaluation.tolerance * (used.gross + capacity)),
                unit=resource.unit,
                because=resource.because,
                above=f"{shown}: the plan takes {{value}} {{unit}}{{in_period}}, and there are {{bound}}",
            )
        )
    return checks
