"""How sure the plan is, and where its figures come from."""

from __future__ import annotations

import math
from collections.abc import Iterator

from budgetopt.report.blocks.content import Block, Bullets, Paragraph
from budgetopt.report.residents.resident_view import ResidentView, is_vote
from budgetopt.report.words.proof_words import is_solvers_word
from budgetopt.scenario.estimates import is_assumed

__all__ = ["certainty_blocks", "source_blocks"]

STUDIES = ("rct", "quasi_experimental", "observational")
MOST_SOURCES = 60
"""So many sources are named."""


def certainty_blocks(view: ResidentView) -> Iterator[Block]:
    """Yield how the figures are known, what rests on assumptions, and what was checked."""
    say = view.language.say
    known = list(_known(view))
    if known:
        yield Paragraph(say("The plan rests on figures of what each program does with its money."))
        yield Bullets(say("How these figures are known"), known)
    money = int(view.figures.spending[view.view.resting].sum())
    if money:
        words = say("Programs with {amount} of the plan rest on assumed figures.", amount=view.money(money))
        share = view.numbers.share(money / view.figures.total.spending, 0)
        part = say("That is {share} of the money.", share=share)
        yield Paragraph(f"{words} {part}")
    if any(row.spread is not None for row, _, _ in view.results):
        yield Paragraph(say("Results can turn out better or worse than shown."))
    yield Paragraph(" ".join(_checked(view)), say("What was checked"))


def _known(view: ResidentView) -> Iterator[str]:
    say_many, counts_votes = view.language.say_many, [is_vote(row.key, row.unit) for row in view.view.bought.rows]
    effects = [line for line in view.view.effects if not counts_votes[line.outcome]]
    counts = {
        "studies": sum(line.evidence in STUDIES and not line.assumed for line in effects),
        "records": sum(line.evidence == "administrative" and not line.assumed for line in effects),
        "experts": sum(line.evidence == "expert" and not line.assumed for line in effects),
        "assumed": sum(line.assumed for line in effects),
    }
    words = {
        "studies": say_many("One comes from a study.", "{count} come from studies.", counts["studies"]),
        "records": say_many("One comes from public records.", "{count} come from public records.", counts["records"]),
        "experts": say_many("One is what experts expect.", "{count} are what experts expect.", counts["experts"]),
        "assumed": say_many(
            "One is assumed, or nothing says how it is known.",
            "{count} are assumed, or nothing says how they are known.",
            counts["assumed"],
        ),
    }
    yield from (words[kind] for kind, count in counts.items() if count)
    if others := len(view.view.other_assumptions):
        yield say_many(
            "One other figure is assumed, such as how much a result counts.",
            "{count} other figures are assumed, such as how much a result counts.",
            others,
        )


def _checked(view: ResidentView) -> Iterator[str]:
    say, plan = view.language.say, view.plan
    yield say("A computer made this plan from the figures and the rules of the office.")
    yield say("A second check found that the plan keeps every rule.")
    if plan.proved and is_solvers_word(plan):
        yield say("The computer found that no other plan within these rules does better, by the goals that were set.")
        yield say("No second check proves this.")
    elif plan.proved:
        yield say("It is proved that no other plan within these rules does better, by the goals that were set.")
    elif math.isfinite(plan.gap):
        yield say(
            "A better plan may exist. By the goals that were set, it is better by {share} at most.",
            share=view.numbers.most_share(plan.gap),
        )
    else:
        yield say("A better plan may exist.")
    yield say("The plan can only be as good as the figures that it rests on.")


def source_blocks(view: ResidentView) -> Iterator[Block]:
    """Yield every source with its dates; what only says that a figure is assumed is none."""
    items, sources = [], [source for source in view.view.sources.all if not is_assumed(source.text)]
    for source in sources[:MOST_SOURCES]:
        text, dates = view.language.of_office(source.text), sorted(set(source.dates))
        if len(dates) > 1:
            text = view.language.say("{source} (from {first} to {last})", source=text, first=dates[0], last=dates[-1])
        elif dates:
            text = view.language.say("{source} (from {date})", source=text, date=dates[0])
        items.append(text)
    if not items:
        return
    if more := len(sources) - len(items):
        items.append(view.language.say_many("One more source", "{count} more sources", more))
    yield Bullets(view.language.say("Sources"), items)
