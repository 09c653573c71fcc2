"""Each grant taken or not, in words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from budgetopt.analysis.outlooks.grant_choices import GrantChoices
from budgetopt.formulation.stages import label_of
from budgetopt.report.figures.numbers import Numbers, plural
from budgetopt.report.figures.text import label, one_line

__all__ = ["grants_document", "grants_lines"]

SHOWN = 5
"""So many programs are named one by one."""


def grants_lines(found: GrantChoices) -> Iterator[str]:
    """Yield for each grant what it brings, what it asks for, what stays unspent and what falls away after it."""
    if found.interrupted:
        yield "Interrupted: grants that were not worked out have no value."
    for row in found.table.to_dict("records"):
        yield from _grant(found, {str(key): value for key, value in row.items()})
        yield ""
    for one in found.failed:
        yield f"“{_name(found, found.names[one.number])}” was not worked out: {one.reason}"


def _name(found: GrantChoices, fund: str) -> str:
    return label(fund, found.scenario.funds[fund].name)


def _grant(found: GrantChoices, row: dict[str, Any]) -> Iterator[str]:
    scenario, name = found.scenario, str(row["fund"])
    numbers, fund = Numbers(scenario.currency), scenario.funds[name]
    when = "" if len(scenario.periods) == 1 else " over all periods"
    is_used = row["spent"] or row["transfers_out"]
    verdict = "take it" if row["take"] else "it makes no plan better" if is_used else "nothing of it is spent"
    yield f"“{_name(found, name)}”: {verdict}."
    unspent = row["unspent"]
    lost = ", and lapses" if unspent > scenario.cent and not fund.carryover else ""
    left = f"; {numbers.spoken_money(unspent)} stays unspent{lost}" if unspent > scenario.cent else ""
    received, spent = numbers.spoken_money(row["received"]), numbers.spoken_money(row["spent"])
    came, went = numbers.spoken_money(row["transfers_in"]), numbers.spoken_money(row["transfers_out"])
    has = f"{received}{when}, and the best plan spends {spent} of it"
    if row["transfers_in"] > scenario.cent:
        has = f"{received}{when}, and {came} is transferred to it; the best plan spends {spent} of that"
    passed_on = f" and transfers {went} to other funds" if row["transfers_out"] > scenario.cent else ""
    yield f"- It brings {has}{passed_on}{left}."
    if fund.match is not None:
        giver = _name(found, fund.match.from_)
        yield f"- Its match takes {numbers.spoken_money(row['match'])} from “{giver}” on the same programs."
    if fund.maintenance_of_effort is not None:
        giver, asked = _name(found, fund.maintenance_of_effort.fund), numbers.spoken_money(row["effort_asked"])
        if row["effort_asked"]:
            yield f"- While it is spent, “{giver}” must keep up {asked}{when} on what it may pay for."
        else:
            yield f"- While it is spent, “{giver}” must keep up its effort; nothing of it is spent."
    yield _worth(found, row)
    yield from _later(found, name)
    if row["ends"]:
        yield from _cliff(found, name, row)


def _worth(found: GrantChoices, row: dict[str, Any]) -> str:
    numbers, what = Numbers(), one_line(label_of(found.scenario.objective[0]))
    if math.isinf(row["worth"]):
        return "- Without it there is no plan that keeps every limit."
    if math.isnan(row["worth"]):
        return "- The plan without it is not known."
    proved = "" if row["proved"] else " (the plan without it is not proved to be the best)"
    before, after = numbers.quantity(row["value_without"]), numbers.quantity(row["value_with"])
    return f"- “{what}”: {after} with it, {before} in the best plan without it{proved}."


def _later(found: GrantChoices, name: str) -> Iterator[str]:
    """Say what the plans with a grant and without it have of the objectives after the first."""
    numbers = Numbers()
    values = found.later[found.names.index(name)] if found.later else ()
    for one, without in zip(found.best.audit.objectives[1:], values, strict=False):
        with_it = numbers.quantity(one.value)
        yield f"- “{one_line(one.label)}”: {with_it} with it, {numbers.quantity(without)} in the best plan without it."


def _cliff(found: GrantChoices, name: str, row: dict[str, Any]) -> Iterator[str]:
    periods, numbers = list(found.scenario.periods), Numbers(found.scenario.currency)
    after = one_line(periods[periods.index(row["ends"]) + 1])
    if not row["falls_away"]:
        yield f"- It ends after {one_line(row['ends'])}; the year after, nothing of its spending falls away."
        return
    yield f"- It ends after {one_line(row['ends'])}: in {after} {numbers.spoken_money(row['falls_away'])} falls away."
    falling = found.falling(name)
    columns = (falling[column].tolist()[:SHOWN] for column in ("name", "paid", "before", "after"))
    for program, paid, before, now in zip(*columns, strict=True):
        part = f"{numbers.spoken_money(paid)} of its {numbers.spoken_money(before)}"
        yield f"  - “{one_line(program)}”: {part}; in {after} it gets {numbers.spoken_money(now)} in all"
    if len(falling) > SHOWN:
        yield f"  - and {plural(len(falling) - SHOWN, 'more program')}"


def grants_document(found: GrantChoices) -> dict[str, Any]:
    """Return the same as plain values, for JSON."""
    tables = {"grants": found.table, "by_period": found.by_period}
    plain = {name: frame.replace({np.nan: None, np.inf: None}).to_dict("records") for name, frame in tables.items()}
    return {**plain, "failed": [{"fund": found.names[one.number], "reason": one.reason} for one in found.failed]}
