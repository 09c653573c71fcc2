"""Decision packages: what is taken is paid for, whole, and only in a combination and at a time that is allowed."""

from __future__ import annotations

import numpy as np

from budgetopt.audit.check import ALL_PERIODS, Check
from budgetopt.audit.evaluation import Evaluation
from budgetopt.scenario.programs import Floats, Ints, Texts, objects

__all__ = ["check_packages"]


def check_packages(evaluation: Evaluation) -> list[Check]:
    """Check everything that a choice of packages must keep.

    - A program of packages spends in each period exactly what the packages taken cost: in the prices of the period, and
      a project year by year from its start on, and then what it costs once it is in service.
    - ``in_order``: a package is taken only in a period in which the one before it is; a project starts no earlier than
      the one before it.
    - ``one``: at most one is taken in a period; of projects, at most one at all.
    - A project starts once, and only in a period in which it may.
    """
    if not len(evaluation.packages):
        return []
    return [_costs(evaluation), _order(evaluation), _one(evaluation), _starts(evaluation), _once(evaluation)]


def _costs(evaluation: Evaluation) -> Check:
    packages, periods = evaluation.packages, len(evaluation.scenario.periods)
    due = packages.due(evaluation.scenario, evaluation.taken)
    owners = np.unique(packages.program)
    program, period = np.repeat(owners, periods), np.tile(np.arange(periods), len(owners))
    value, cost = evaluation.spent[program, period], due[program, period]
    sentence = "{program} gets {value}{in_period}, and the packages taken cost {bound}"
    return Check(
        kind="packages",
        name="packages",
        value=value,
        lower=cost,
        upper=cost,
        period=period,
        program=program,
        allowed=evaluation.allowed_dollars(np.abs(value) + cost, evaluation.payments[program, period]),
        below=sentence,
        above=sentence,
    )


def _order(evaluation: Evaluation) -> Check:
    packages, running = evaluation.packages, evaluation.packages.running(evaluation.taken)
    later = np.flatnonzero((packages.choose == "in_order") & (packages.rank > 0))
    package, period = np.nonzero(running[later] & ~running[later - 1])
    package = later[package]
    names = zip(packages.name[package].tolist(), packages.name[package - 1].tolist(), strict=True)
    item = objects([f"{after} without {before}" for after, before in names])
    return _wrong(
        evaluation,
        package,
        period,
        np.where(packages.is_project[package], "has started", "takes").astype(object),
        item,
        ", and its packages come in order",
    )


def _one(evaluation: Evaluation) -> Check:
    """Check programs of which one package at most may be taken, all of them as cells."""
    packages, taken = evaluation.packages, evaluation.taken
    alone = packages.choose == "one"
    owners, first = np.unique(packages.program[alone], return_index=True)
    counts = np.zeros((len(evaluation.scenario.programs), taken.shape[1]))
    np.add.at(counts, packages.program[alone], taken[alone].astype(np.float64))
    project = packages.is_project[np.flatnonzero(alone)[first]] if len(owners) else np.empty(0, dtype=bool)
    yearly, whole = owners[~project], owners[project]
    program = np.concatenate((np.repeat(yearly, taken.shape[1]), whole))
    period = np.concatenate((np.tile(np.arange(taken.shape[1]), len(yearly)), np.full(len(whole), ALL_PERIODS)))
    value = np.concatenate((counts[yearly].ravel(), counts[whole].sum(axis=1)))
    return Check(
        kind="packages",
        name="one package",
        value=value,
        upper=np.ones(len(value)),
        period=period,
        program=program,
        unit="packages",
        allowed=np.zeros(len(value)),
        above="{program} takes {value} packages{in_period}, and at most one may be taken",
    )


def _starts(evaluation: Evaluation) -> Check:
    packages = evaluation.packages
    package, period = np.nonzero(evaluation.taken & ~packages.may_start)
    verb = np.full(len(package), "starts", dtype=object)
    return _wrong(evaluation, package, period, verb, packages.name[package], ", and it may not start then")


def _once(evaluation: Evaluation) -> Check:
    packages = evaluation.packages
    starts = evaluation.taken.sum(axis=1)
    package = np.flatnonzero(packages.is_project & (starts > 1))
    verb = np.full(len(package), "starts", dtype=object)
    period = np.full(len(package), ALL_PERIODS)
    return _wrong(
        evaluation, package, period, verb, packages.name[package], " more than once", evaluation.taken.sum(axis=1)
    )


def _wrong(
    evaluation: Evaluation,
    package: Ints,
    period: Ints,
    verb: Texts,
    item: Texts,
    why: str,
    times: Floats | Ints | None = None,
) -> Check:
    """Return a check whose cells are choices that may not be made."""
    once = period != ALL_PERIODS
    value = np.ones(len(package)) if times is None else times[package].astype(np.float64)
    sentences = [
        f"{{program}} {word} {{item}}{'{in_period}' if known else ''}{why}"
        for word, known in zip(verb.tolist(), once.tolist(), strict=True)
    ]
    return Check(
        kind="packages",
        name="packages",
        value=value,
        upper=np.where(once, 0.0, 1.0),
        period=period,
        program=evaluation.packages.program[package],
        item=item,
        unit="packages",
        allowed=np.zeros(len(package)),
        above=objects(sentences),
    )
