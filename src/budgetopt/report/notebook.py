"""A plan as a notebook shows it: small, without a style sheet of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from budgetopt.report.figures import Figures
from budgetopt.report.html import MINUS, environment
from budgetopt.report.limit_lines import limits_of
from budgetopt.report.numbers import Numbers
from budgetopt.report.outcomes import Bought
from budgetopt.report.proof import proof_of
from budgetopt.report.story import short_story
from budgetopt.report.text import one_line

if TYPE_CHECKING:
    from budgetopt.allocation.allocation import Allocation

__all__ = ["notebook_html"]


def notebook_html(plan: Allocation, *, programs: int = 12) -> str:
    """Return a plan as a piece of HTML for a notebook.

    Parameters
    ----------
    plan
        The plan.
    programs
        How many programs are listed, the largest changes first; the others stand in one row.
    """
    numbers = Numbers(plan.scenario.currency, MINUS)
    figures, bought = Figures.of(plan), Bought(plan)
    order = figures.by_size_of_change.tolist()
    rows = [figures.program(at) for at in order[:programs]]
    if len(order) > programs:
        rows.append(figures.together("and {} more", order[programs:]))
    return (
        environment()
        .get_template("notebook.html.j2")
        .render(
            name=one_line(plan.scenario.name),
            story=short_story(plan, figures, bought.rows, limits_of(plan, numbers), numbers)[:2],
            rows=rows,
            total=figures.total,
            based=figures.has_baseline,
            outcomes=bought.rows,
            proof=proof_of(plan, numbers).short,
            numbers=numbers,
            money=lambda amount: numbers.units(amount, figures.unit),
            signed=lambda amount: numbers.units(amount, figures.unit, signed=True),
        )
    )
