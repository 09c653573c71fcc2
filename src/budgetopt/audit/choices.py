"""Decision packages: what is taken is paid for, whole, and only in a combination and at a time that is allowed."""

from __future__ import annotations

import numpy as np

from budgetopt.audit.check import ALL_PERIODS, Check
from budgetopt.audit.reckoning import Reckoning
from budgetopt.scenario.programs import Floats, Ints, Texts

__all__ = ["check_packages"]


def check_packages(reckoning: Reckoning) -> list[Check]:
    """Check everything that a choice of packages must keep.

    - A program of packages spends in each period exactly what the packages taken cost: in the prices of the period, and
      a project year by year from its start on, and then what it costs once it is in service.
    - ``in_order``: a package is taken only in a period in which the one before it is; a project starts no earlier than
      the one before it.
    - ``one``: at most one is taken in a period; of projects, at most one at all.
    - A project starts once, and only in a period in which it may.
    """
    if not len(reckoning.words):
        return []
    return [_costs(reckoning), _order(reckoning), _one(reckoning), _starts(reckoning), _once(reckoning)]


def _costs(reckoning: Reckoning) -> Check:
    words, periods = reckoning.words, len(reckoning.scenario.periods)
    due = words.due(reckoning.scenario, reckoning.taken)
    owners = np.unique(words.program)
    program, period = np.repeat(owners, periods), np.tile(np.arange(periods), len(owners))
    value, cost = reckoning.spent[program, period], due[program, period]
    sentence = "{program} gets {value}{in_period}, and the packages taken cost {bound}"
    return Check(
        kind="packages",
        name="packages",
        value=value,
        lower=cost,
        upper=cost,
        period=period,
        program=program,
        allowed=reckoning.allowed_dollars(np.abs(value) + cost, reckoning.payments[program, period]),
        below=sentence,
        above=sentence,
    )


def _order(reckoning: Reckoning) -> Check:
    words, running = reckoning.words, reckoning.words.running(reckoning.taken)
    later = np.flatnonzero((words.choose == "in_order") & (words.number > 0))
    package, period = np.nonzero(running[later] & ~running[later - 1])
    package = later[package]
    names = zip(words.name[package].tolist(), words.name[package - 1].tolist(), strict=True)
    item = np.array([*(f"{after} without {before}" for after, before in names), ""], dtype=object)[:-1]
    return _wrong(
        reckoning,
        package,
        period,
        np.where(words.is_project[package], "has started", "takes").astype(object),
        item,
        ", and its packages come in order",
    )


def _one(reckoning: Reckoning) -> Check:
    """Check programs of which one package at most may be taken, all of them as cells."""
    words, taken = reckoning.words, reckoning.taken
    alone = words.choose == "one"
    owners, first = np.unique(words.program[alone], return_index=True)
    counts = np.zeros((len(reckoning.scenario.programs), taken.shape[1]))
    np.add.at(counts, words.program[alone], taken[alone].astype(np.float64))
    project = words.is_project[np.flatnonzero(alone)[first]] if len(owners) else np.empty(0, dtype=bool)
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


def _starts(reckoning: Reckoning) -> Check:
    words = reckoning.words
    package, period = np.nonzero(reckoning.taken & ~words.may_start)
    verb = np.full(len(package), "starts", dtype=object)
    return _wrong(reckoning, package, period, verb, words.name[package], ", and it may not start then")


def _once(reckoning: Reckoning) -> Check:
    words = reckoning.words
    package = np.flatnonzero(words.is_project & (reckoning.taken.sum(axis=1) > 1))
    verb = np.full(len(package), "starts", dtype=object)
    period = np.full(len(package), ALL_PERIODS)
    return _wrong(reckoning, package, period, verb, words.name[package], " more than once", reckoning.taken.sum(axis=1))


def _wrong(
    reckoning: Reckoning,
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
        program=reckoning.words.program[package],
        item=item,
        unit="packages",
        allowed=np.zeros(len(package)),
        above=np.array([*sentences, ""], dtype=object)[:-1],
    )
