"""Targets of outcomes, and capacities of resources."""

from __future__ import annotations

import numpy as np

from budgetopt.audit.check import Check
from budgetopt.audit.evaluation import Evaluation
from budgetopt.audit.rules.bounded import bounded

__all__ = ["check_resources", "check_stand_ins", "check_targets"]


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
    service adds up; a service with a use below zero makes some of it. Units of it that stand in for another resource
    are taken, too, and units that others make by standing in for it are not.
    """
    scenario = evaluation.scenario
    everyone, periods = np.ones(len(scenario.programs)), np.arange(len(scenario.periods))
    checks = []
    for position, (name, resource) in enumerate(scenario.resources.items()):
        if resource.capacity is None:
            continue
        stood_in = evaluation.stood_in[position]
        used, capacity = evaluation.resource(name, everyone), scenario.per_period(resource.capacity)
        shown = (resource.name or name).replace("{", "{{").replace("}", "}}")
        checks.append(
            Check(
                kind="resource",
                name=name,
                value=used.value + stood_in,
                upper=capacity,
                period=periods,
                allowed=np.maximum(used.cent, evaluation.tolerance * (used.gross + np.abs(stood_in) + capacity)),
                unit=resource.unit,
                because=resource.because,
                above=f"{shown}: the plan takes {{value}} {{unit}}{{in_period}}, and there are {{bound}}",
            )
        )
    return checks


def check_stand_ins(evaluation: Evaluation) -> list[Check]:
    """Check that no resource stands in for another by less than nothing, or by more than it may."""
    scenario, made = evaluation.scenario, evaluation.given.stand_ins_in(evaluation.scenario)
    pair, checks = 0, []
    for name, resource in scenario.resources.items():
        for other, said in resource.stand_in.items():
            shown = (scenario.resources[other].name or other, resource.name or name)
            by, of = (text.replace("{", "{{").replace("}", "}}") for text in shown)
            most = scenario.per_period(said.at_most, np.inf)
            checks.append(
                Check(
                    kind="stand-in",
                    name=f"{other} for {name}",
                    value=made[pair],
                    lower=np.zeros(len(most)),
                    upper=most,
                    period=np.arange(len(most)),
                    allowed=evaluation.tolerance * (np.abs(made[pair]) + np.where(np.isfinite(most), most, 0.0) + 1.0),
                    unit=resource.unit,
                    because=said.because,
                    below=f"{by} stands in for {{value}} {{unit}} of {of}{{in_period}}, and the least is {{bound}}",
                    above=f"{by} stands in for {{value}} {{unit}} of {of}{{in_period}}, and the most is {{bound}}",
                )
            )
            pair += 1
    return checks
