"""What moves from one plan to the next one, in a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from budgetopt.report.figures.numbers import Numbers, join_words
from budgetopt.report.figures.text import one_line

if TYPE_CHECKING:
    from budgetopt.allocation import Allocation

__all__ = ["moved_line", "value_line"]

MOST_NAMED = 3


def value_line(plan: Allocation) -> str:
    """Return what the plan is worth, in the words of its first objective."""
    label = plan.formulation.linear_program.stages[0].label
    return f"{one_line(label)}: {Numbers(plan.scenario.currency).quantity(plan.plan_value)}"


def moved_line(before: Allocation, after: Allocation) -> str:
    """Return how the value changes, and the programs whose money changes most; programs are told apart by their ids."""
    numbers = Numbers(after.scenario.currency)
    spent = [plan.programs["spending"] for plan in (before, after)]
    ids = spent[1].index.union(spent[0].index, sort=False)
    was, now = (column.reindex(ids).fillna(0.0).to_numpy() for column in spent)
    moved = np.abs(now - was) > max(before.half_a_cent, after.half_a_cent)
    value = value_line(after)
    if value_line(before) != value:
        gain = after.plan_value - before.plan_value
        is_same = before.formulation.linear_program.stages[0].label == after.formulation.linear_program.stages[0].label
        if is_same and before.plan_value:
            value += f" ({numbers.said_share(gain / abs(before.plan_value), signed=True)})"
    elif not moved.any():
        return "nothing moves: the plan is the same"
    names = pd.concat([before.programs["name"], after.programs["name"]])
    names = names[~names.index.duplicated(keep="last")].reindex(ids)
    order = np.argsort(-np.abs(now - was), kind="stable")[: int(moved.sum())]
    told = [
        f"{one_line(str(names.iloc[at]))} {numbers.spoken_money(now[at] - was[at], signed=True)}"
        for at in order[:MOST_NAMED].tolist()
    ]
    if len(order) > MOST_NAMED:
        rest = len(order) - MOST_NAMED
        told.append(f"{rest:,} other program{'s' if rest > 1 else ''}")
    return f"{value}; {join_words(told)}" if told else f"{value}; no program's money changes"
