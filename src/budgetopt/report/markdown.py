"""A plan as Markdown, for an agenda item or a merge request."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from budgetopt.report.figures import Figures, MoneyRow
from budgetopt.report.limit_lines import limits_of
from budgetopt.report.numbers import Numbers
from budgetopt.report.outcomes import Bought
from budgetopt.report.proof import proof_of
from budgetopt.report.story import short_story
from budgetopt.report.text import one_line

if TYPE_CHECKING:
    from budgetopt.allocation.allocation import Allocation

__all__ = ["markdown_summary"]

_SPECIAL = re.compile(
    r"([\\`*_{}\[\]<>#|~$!&])|^([-+=])(?=[-+=\s]|$)|^(\d+)([.)])(?=\s|$)|(://|@)|(?<=\bwww)(\.)", re.IGNORECASE
)


def markdown_summary(plan: Allocation, *, programs: int = 15) -> str:
    """Return a plan as a short Markdown document.

    Parameters
    ----------
    plan
        The plan.
    programs
        How many programs are listed, the largest changes first; the others stand in one row.
    """
    numbers = Numbers(plan.scenario.currency)
    figures, bought = Figures.of(plan), Bought(plan)
    limits = limits_of(plan, numbers)
    lines = [f"# {_text(plan.scenario.name)}", ""]
    for words in short_story(plan, figures, bought.rows, limits, numbers):
        lines += [_text(words), ""]
    together = "" if len(plan.scenario.periods) == 1 else ", all periods together"
    amounts = f"in {_text(plan.scenario.currency)}{together}"
    group = figures.by("priority") or figures.by("department")
    if group is not None:
        lines += [f"## Money by {group.title.lower()}, {amounts}", ""]
        lines += _money(group.title, [*group.rows, group.total], figures, numbers)
    order = figures.by_size_of_change.tolist()
    rows = [figures.program(at) for at in order[:programs]]
    title = "Money by program"
    if len(order) > programs:
        rows.append(figures.together("and {} more", order[programs:]))
        title = "The largest changes"
    lines += [f"## {title}, {amounts}", "", *_money("Program", [*rows, figures.total], figures, numbers)]
    if bought.rows:
        lines += ["## What it buys", "", *_outcomes(bought, numbers)]
    binding = [limit for limit in limits if limit.binding]
    if binding:
        lines += ["## Limits that bind", ""]
        for limit in binding[:programs]:
            where = f", {limit.period}" if limit.period else ""
            lines.append(f"- {_text(f'{limit.name}{where}: {limit.bound or limit.sense}. {limit.price_words}')}")
        if len(binding) > programs:
            lines.append(f"- and {numbers.number(len(binding) - programs)} more")
        lines.append("")
    return "\n".join([*lines, _text(proof_of(plan, numbers).short), ""])


def _money(head: str, rows: Sequence[MoneyRow], figures: Figures, numbers: Numbers) -> list[str]:
    """Return a table of money whose last row is the total."""
    unit = figures.unit
    based = figures.has_baseline
    lines = [f"| {head} | Baseline | Plan | Change | |", "| :-- | --: | --: | --: | --: |"]
    if not based:
        lines = [f"| {head} | Plan |", "| :-- | --: |"]
    for at, row in enumerate(rows):
        spending = numbers.units(row.spending, unit, symbol=False)
        cells = [_text(row.name), spending]
        if based:
            baseline = "new" if row.baseline is None else numbers.units(row.baseline, unit, symbol=False)
            share = (
                "" if math.isnan(row.change_share) or not row.change else numbers.share(row.change_share, signed=True)
            )
            cells = [cells[0], baseline, spending, numbers.units(row.change, unit, signed=True, symbol=False), share]
        last = at == len(rows) - 1
        lines.append(f"| {' | '.join(f'**{cell}**' if last and cell else cell for cell in cells)} |")
    return [*lines, ""]


def _outcomes(bought: Bought, numbers: Numbers) -> list[str]:
    based = any(row.baseline is not None for row in bought.rows)
    lines = ["| Outcome | Baseline | Plan | Change | Evidence |", "| :-- | --: | --: | --: | :-- |"]
    if not based:
        lines = ["| Outcome | Plan | Evidence |", "| :-- | --: | :-- |"]
    for row in bought.rows:
        evidence = {"all": "assumed", "part": "partly assumed"}.get(row.assumed, "")
        figures = [row.with_unit(numbers, row.level)]
        if based:
            figures = [
                row.text(numbers, row.baseline or 0),
                *figures,
                row.text(numbers, row.change, signed=True),
            ]
        lines.append(f"| {' | '.join(_text(cell) for cell in (row.name, *figures, evidence))} |")
    return [*lines, ""]


def _text(text: str) -> str:
    """Return a text in which nothing is taken for Markdown or HTML."""
    return _SPECIAL.sub(_escaped, one_line(text))


def _escaped(found: re.Match[str]) -> str:
    special, sign, number, after, address, dot = found.groups()
    if special is not None:
        return {"<": "&lt;", ">": "&gt;", "&": "&amp;"}.get(special, f"\\{special}")
    if sign is not None:
        return f"\\{sign}"
    if number is not None:
        return f"{number}\\{after}"
    return "".join(f"&#{ord(character)};" for character in address or dot)
