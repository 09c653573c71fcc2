"""The section that tells the plan in a few sentences, beside the figures that stand out."""

from __future__ import annotations

from collections.abc import Iterator

from budgetopt.report.blocks.content import Media, Story
from budgetopt.report.plan_view.view import PlanView
from budgetopt.report.words.proof_words import given_up, how_much_better, is_solvers_word

__all__ = ["plan_blocks"]


def plan_blocks(view: PlanView) -> Iterator[Story]:
    """Yield the story."""
    yield Story(view.story, list(_facts(view)) if view.media is Media.PAGE else (), ~Media.WORKBOOK)


def _facts(view: PlanView) -> Iterator[tuple[str, str, str]]:
    """Yield the figures that stand out: a name, a value, and what to know about it."""
    plan, numbers, total = view.plan, view.numbers, view.figures.total
    share = ""
    if total.baseline:
        share = f"{view.share(total)} against the baseline" if total.change else "as the baseline"
    yield "Spending", numbers.spoken_money(total.spending * view.figures.unit.dollars), share
    funded = numbers.number(total.funded)
    yield "Programs funded", f"{funded} of {numbers.number(total.programs)}", ""
    if view.effects:
        assumed = f"{numbers.number(len(view.assumptions))} of {numbers.number(len(view.effects))}"
        silent = sum(line.silent for line in view.assumptions)
        say = f"{numbers.number(silent)} {'says' if silent == 1 else 'say'} nothing of the evidence" if silent else ""
        yield "Effects that are assumptions", assumed, say
    proved = "by the solver's word" if is_solvers_word(plan) else "proved"
    proved += f", apart from {left}" if (left := given_up(plan, numbers)) else ""
    best = ("best possible", proved) if plan.proved else ("best found", how_much_better(plan, numbers))
    yield "This plan is the", *best
