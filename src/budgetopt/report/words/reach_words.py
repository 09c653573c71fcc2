"""The cheapest way to targets, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from budgetopt.analysis.near_optimal.reach import Reach
from budgetopt.formulation.stages import label_of
from budgetopt.report.figures.numbers import Numbers, join_words
from budgetopt.report.figures.text import label, one_line
from budgetopt.report.words.amend_words import moves_lines

__all__ = ["reach_document", "reach_lines"]


def reach_lines(found: Reach) -> Iterator[str]:
    """Yield what the targets ask for, what is added, who pays for it, and what changes."""
    scenario = found.scenario
    numbers = Numbers(scenario.currency)
    yield f"Targets: {join_words([_target(found, name) for name, one in scenario.outcomes.items() if one.target])}."
    when = "" if len(scenario.periods) == 1 else " over all periods"
    least = "the least" if found.proved else "the least that was found (not proved)"
    if found.keeps and not found.moves["change"].gt(0.0).any():
        yield "They are reached already: nothing has to be added."
    elif found.keeps:
        yield f"With every other program kept, {least} that is added is {numbers.spoken_money(found.added)}{when}:"
    elif found.new_money:
        yield f"Over any plan, {least} money that must be found is {numbers.spoken_money(found.new_money)}{when}:"
    else:
        yield "They can be reached with the money that there is; of all plans that do so this is the best:"
    if len(found.moves):
        yield from moves_lines(scenario, found.moves)
    yield from _money(found, numbers, when)
    yield from _outcomes(found)
    yield from _each_target(found, numbers)
    value, before = found.audit.objectives[0].value, found.start.objectives[0].value
    what = one_line(label_of(scenario.objective[0]))
    yield f"“{what}”: {numbers.quantity(before)} before, {numbers.quantity(value)} after."


def _target(found: Reach, name: str) -> str:
    numbers, outcome = Numbers(), found.scenario.outcomes[name]
    assert outcome.target is not None
    bounds = []
    for words, bound in (("at least", outcome.target.at_least), ("at most", outcome.target.at_most)):
        levels = np.unique(found.scenario.per_period(bound, np.nan))
        levels = levels[~np.isnan(levels)]
        if len(levels):
            bounds.append(
                f"{words} {' to '.join(numbers.quantity(float(one)) for one in levels[[0, -1][: len(levels)]])}"
            )
    each = " in each period" if outcome.target.each == "period" else " in all periods together"
    each = each if len(found.scenario.periods) > 1 else ""
    return f"{' and '.join(bounds)} {one_line(outcome.unit)} of “{label(name, outcome.name)}”{each}"


def _money(found: Reach, numbers: Numbers, when: str) -> Iterator[str]:
    scenario = found.scenario
    if not found.new_money:
        if found.keeps and found.added > scenario.cent:
            yield "The funds have the money: none has to be found."
        return
    funds = found.funds
    columns = (funds[name].tolist() for name in ("fund", "period", "money"))
    parts = [
        f"{numbers.exact_money(money)} for “{label(fund, scenario.funds[fund].name)}”"
        + (f" in {one_line(period)}" if len(scenario.periods) > 1 else "")
        for fund, period, money in zip(*columns, strict=True)
    ]
    yield f"Recurring revenue to be found{when}: {numbers.spoken_money(found.new_money)}; {join_words(parts)}."


def _outcomes(found: Reach) -> Iterator[str]:
    numbers, outcomes = Numbers(), found.scenario.outcomes
    for key, row in found.outcomes.iterrows():
        if abs(row["change"]) > 1e-6 * max(abs(row["after"]), 1.0):
            outcome = outcomes[str(key)]
            change = numbers.with_unit(row["change"], outcome.unit, signed=True)
            before, after = numbers.quantity(row["before"]), numbers.quantity(row["after"])
            yield f"- “{label(str(key), outcome.name)}”: {before} before, {after} after ({change})"


def _each_target(found: Reach, numbers: Numbers) -> Iterator[str]:
    """Say what each of several targets adds."""
    column, verb = ("added", "is added") if found.keeps else ("new_money", "must be found")
    rows = found.targets[["outcome", column, "note"]].to_numpy().tolist()
    for key, less, note in rows if found.added or found.new_money else []:
        name = label(key, found.scenario.outcomes[key].name)
        said = f"{numbers.spoken_money(less)} less {verb}" if less else f"as much {verb}"
        yield f"Without the target of “{name}” {said}." if not note else f"Without that of “{name}”: {one_line(note)}."


def reach_document(found: Reach) -> dict[str, Any]:
    """Return the same as plain values, for JSON."""
    return {
        "added": found.added,
        "new_money": found.new_money,
        "keeps": found.keeps,
        "proved": found.proved,
        "objective": {"before": found.start.objectives[0].value, "after": found.audit.objectives[0].value},
        "targets": found.targets.to_dict(orient="records"),
        "moves": found.moves.to_dict(orient="records"),
        "funds": found.funds.to_dict(orient="records"),
        "outcomes": found.outcomes.reset_index().to_dict(orient="records"),
    }
