"""Plans nearly as good as the best, and the range of each program, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from budgetopt.analysis.near_optimal.alternatives import Alternatives
from budgetopt.formulation.stages import label_of
from budgetopt.report.figures.numbers import Numbers, plural
from budgetopt.report.figures.text import one_line
from budgetopt.report.words.plan_words import together

__all__ = ["alternatives_document", "alternatives_lines"]

SHOWN = 30
"""So many programs are printed."""
NO_MONEY = 1.0
"""Dollars below which a program has no freedom."""


def alternatives_lines(found: Alternatives) -> Iterator[str]:
    """Yield how far each program could move, and how the other plans differ."""
    numbers, scenario = Numbers(found.scenario.currency), found.scenario
    share, what = numbers.share(found.within, 3), one_line(label_of(scenario.objective[0]))
    when = together(scenario)
    value = numbers.quantity(found.best.plan_value)
    yield f"Plans that give up at most {share} of “{what}” ({value} in the best plan)."
    if found.interrupted:
        yield "Interrupted: what was not worked out is left out."
    if found.failed:
        yield f"{plural(len(found.failed), 'search', 'searches')} ended without an answer: {found.failed[0].reason}."
    yield from _ranges(found, numbers, when)
    if found.plans:
        yield ""
        yield f"Other plans, each as different as can be from all before it{when}:"
    programs = found.programs
    for number, (plan, lost) in enumerate(zip(found.plans, found.summary["lost"].tolist(), strict=True), 1):
        proved = "" if plan.proved else f"; up to {numbers.spoken_money(plan.most)} is not ruled out"
        moved = numbers.spoken_money(plan.difference)
        given = f"gives up {numbers.share(lost, 2)}" if lost > 0 else "gives up nothing"
        yield f"{number}. It {given}, and differs by {moved} from the nearest plan before it{proved}."
        change = (programs[f"plan {number}"] - programs["best"]).to_numpy()
        order = np.argsort(-np.abs(change), kind="stable")[:6]
        for row in order[np.abs(change[order]) > NO_MONEY].tolist():
            amount = numbers.spoken_money(float(change[row]), signed=True)
            yield f"   - “{one_line(programs['name'].iloc[row])}”: {amount} against the best plan"


def _ranges(found: Alternatives, numbers: Numbers, when: str) -> Iterator[str]:
    ranges = found.ranges
    if not len(ranges):
        return
    ordered = ranges.sort_values("freedom", ascending=False, kind="stable", na_position="last")
    free = ordered[ordered["freedom"] > NO_MONEY]
    yield ""
    if not len(free):
        yield "No program can move within that."
    else:
        yield f"How far each program can move{when}, the most freedom first:"
    columns = (free[name].tolist()[:SHOWN] for name in ("name", "plan", "least", "most", "proved"))
    for name, plan, least, most, proved in zip(*columns, strict=True):
        low, high = numbers.spoken_money(least), numbers.spoken_money(most)
        note = "" if proved else " (what was found; not proved)"
        yield f"- “{one_line(name)}”: from {low} to {high}; {numbers.spoken_money(plan)} in the best plan{note}"
    if len(free) > SHOWN:
        yield f"- and {plural(len(free) - SHOWN, 'more program')}"
    held = len(ranges) - len(free) - int(ranges["freedom"].isna().sum())
    if len(free) and held:
        yield f"{plural(held, 'program')} cannot move."


def alternatives_document(found: Alternatives) -> dict[str, Any]:
    """Return the same as plain values, for JSON."""
    frames = {"ranges": found.ranges, "programs": found.programs, "plans": found.summary}
    tables = {name: frame.replace({np.nan: None, np.inf: None}).to_dict("records") for name, frame in frames.items()}
    failed = [{"number": one.number, "reason": one.reason} for one in found.failed]
    return {"within": found.within, "best": found.best.plan_value, **tables, "failed": failed}
