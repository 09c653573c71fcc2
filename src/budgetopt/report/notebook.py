"""A plan and an explanation as a notebook shows them: small, without a style sheet of their own."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from budgetopt.report.html import MINUS, environment
from budgetopt.report.limits import limits_of
from budgetopt.report.numbers import Numbers
from budgetopt.report.outcome_rows import Bought
from budgetopt.report.proof_words import proof_of
from budgetopt.report.rounded_money import Figures
from budgetopt.report.story import short_story
from budgetopt.report.text import one_line

if TYPE_CHECKING:
    from budgetopt.allocation.allocation import Allocation
    from budgetopt.report.explanation import Explanation

__all__ = ["explanation_html", "notebook_html"]


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


def explanation_html(explanation: Explanation, *, rows: int = 12) -> str:
    """Return an explanation as a piece of HTML for a notebook: its sentences, and its tables folded below them.

    Parameters
    ----------
    explanation
        The explanation.
    rows
        How many rows of a table are shown: the first and the last.
    """
    told = "".join(f'<p dir="auto">{escape(words)}</p>' for words in explanation.sentences)
    tables = "".join(
        f"<details><summary>{escape(name.replace('_', ' '))}</summary>"
        + table.rename(columns=lambda column: str(column).replace("_", " ")).to_html(
            index=False, max_rows=rows, na_rep="", border=0, float_format="{:,.6g}".format
        )
        + "</details>"
        for name, table in explanation.tables.items()
        if len(table)
    )
    return f"<div><p><strong><bdi>{escape(explanation.subject)}</bdi></strong></p>{told}{tables}</div>"
