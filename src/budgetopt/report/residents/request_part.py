"""What was asked for and what was decided: amounts, packages, votes, and what each result counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from budgetopt.formulation.stages import is_goal_programming
from budgetopt.report.blocks.content import Block, Bullets, Cell, Paragraph, ReportColumn, ReportTable
from budgetopt.report.figures.text import capital, label
from budgetopt.report.residents.resident_view import VOTES, ResidentView, is_vote
from budgetopt.report.residents.results_part import unit_beside
from budgetopt.scenario.programs import Floats

__all__ = ["request_blocks"]

MOST_REQUESTS = 100
"""So many requests are shown, and the others counted."""
MOST_RULES = 12
"""So many rules are named."""


@dataclass(frozen=True, slots=True)
class _Request:
    """One request, and what was decided."""

    name: str
    program: str  # empty where the request is the whole program
    asked: str
    decided: str
    whole: bool  # whether it is granted in full
    votes: float = np.nan


def request_blocks(view: ResidentView) -> Iterator[Block]:
    """Yield amounts that were asked for, packages, votes, what each result counts, and rules with their reasons."""
    say = view.language.say
    if amounts := list(_amounts(view)):
        yield from _table(view, say("Amounts that were asked for"), amounts, say("Program"), say("Decided"))
    if packages := list(_packages(view)):
        heading = say("Proposals: each is paid for in full, or not at all")
        yield from _table(view, heading, packages, say("Proposal"), say("In the plan?"))
        yield from _votes_words(view)
    yield from _weights(view)
    yield from _rules(view)


def _amounts(view: ResidentView) -> Iterator[_Request]:
    """Yield the amounts that were asked for programs, over the years for which they were."""
    scenario, figures, say = view.plan.scenario, view.figures, view.language.say
    asked, _ = scenario.programs.per_period("requested", scenario.periods)
    said = ~np.isnan(asked)
    least = figures.unit.dollars
    decided = np.where(said, figures.by_period, 0).sum(axis=1)
    for at in np.flatnonzero(said.any(axis=1)).tolist():
        wanted, has = float(asked[at][said[at]].sum()), int(decided[at]) * least
        if abs(has - wanted) < least:
            words = say("in full")
        elif has > wanted:
            words = say("more than that")
        else:
            words = say("in part") if has else say("nothing")
        amount, answer = view.numbers.money(wanted, figures.unit.decimals), f"{view.money(int(decided[at]))} ({words})"
        yield _Request(view.names[at], view.departments[at], amount, answer, has > wanted - least)


def _packages(view: ResidentView) -> Iterator[_Request]:
    """Yield every decision package, with the votes for it where residents voted."""
    plan, own, say = view.plan, view.language.of_office, view.language.say
    packages, several = plan.scenario.packages, len(plan.scenario.periods) > 1
    if not len(packages):
        return
    votes = _votes(view)
    only = np.bincount(packages.program, minlength=len(view.names)) == 1
    for at in range(len(packages)):
        program, taken = int(packages.program[at]), plan.packages[at]
        cost = view.numbers.exact_money(float(packages.cost[at].sum()))
        if several and not packages.is_project[at]:
            cost = say("{amount} a year", amount=cost)
        named = own(packages.name[at])
        if not named and not only[program]:
            named = say("Step {number}", number=int(packages.number[at]) + 1)
        decided = say("Yes") if taken.any() else say("No")
        if taken.any() and not taken.all():
            periods = view.language.listed([view.periods[period] for period in np.flatnonzero(taken).tolist()])
            decided = say("Yes, in {periods}", periods=periods)
            if packages.is_project[at]:
                decided = say("Yes, it starts in {periods}", periods=periods)
        name, program_name = (named, view.names[program]) if named else (view.names[program], "")
        # what is asked for every year is granted in full only in all of them
        whole = bool(taken.any() if packages.is_project[at] else taken.all())
        yield _Request(name, program_name, cost, decided, whole, float(votes[at]))


def _votes(view: ResidentView) -> Floats:
    """Return the votes for each package, NaN where nobody voted on it; shape (packages,)."""
    packages = view.plan.scenario.packages
    found = np.full(len(packages), np.nan)
    outcome = view.plan.scenario.outcomes.get(VOTES)
    if outcome is not None and is_vote(VOTES, outcome.unit):
        mine = packages.effect_outcome == list(view.plan.scenario.outcomes).index(VOTES)
        found[packages.effect_package[mine]] = packages.effect_value[mine]
    return found


def _votes_words(view: ResidentView) -> Iterator[Paragraph]:
    outcome = view.plan.scenario.outcomes.get(VOTES)
    if outcome is not None and is_vote(VOTES, outcome.unit):
        how = view.language.of_office(outcome.description)
        words = view.language.say("Residents voted on these proposals.")
        yield Paragraph(f"{words} {how}".strip())


def _table(view: ResidentView, heading: str, requests: list[_Request], what: str, decided: str) -> Iterator[Block]:
    say = view.language.say
    if any(request.votes >= 0 for request in requests):
        requests = sorted(requests, key=lambda request: -request.votes if request.votes >= 0 else np.inf)
    columns = [
        ReportColumn(what, lambda request: Cell(request.name, below=[request.program])),
        ReportColumn(say("Asked for"), "asked", figure=True),
        ReportColumn(decided, "decided"),
    ]
    if any(request.votes >= 0 for request in requests):
        votes = ReportColumn(say("Votes"), lambda request: _count(view, request.votes), figure=True)
        columns.insert(1, votes)
    granted, every = sum(request.whole for request in requests), view.numbers.number(len(requests))
    caption = view.language.say_many(
        "One of {every} is granted in full.", "{count} of {every} are granted in full.", granted, every=every
    )
    yield ReportTable(heading=heading, caption=caption, columns=columns, records=requests[:MOST_REQUESTS])
    more = len(requests) - MOST_REQUESTS
    if more > 0:
        words = view.language.say_many(
            "One more request is not shown here.", "{count} more requests are not shown here.", more
        )
        yield Paragraph(words, note=True)


def _count(view: ResidentView, votes: float) -> str:
    return view.numbers.quantity(votes) if votes >= 0 else ""


def _weights(view: ResidentView) -> Iterator[Block]:
    """Yield what one of each result counts in the choice, and who says so."""
    scenario, say, own = view.plan.scenario, view.language.say, view.language.of_office
    weighted = [(key, one.name) for key, one in scenario.outcomes.items() if one.weight and not is_vote(key, one.unit)]
    if not any(scenario.outcomes[key].source for key, _ in weighted):
        return
    columns = [
        ReportColumn(say("Result"), lambda one: _result(own(label(*one)), own(scenario.outcomes[one[0]].unit))),
        ReportColumn(
            say("One unit counts"), lambda one: view.numbers.quantity(scenario.outcomes[one[0]].weight), figure=True
        ),
        ReportColumn(say("Who says so"), lambda one: own(scenario.outcomes[one[0]].source) or say("not said")),
    ]
    yield ReportTable(
        heading=say("What counts how much"), caption=say("How much one unit of each result counts in the choice."),
        columns=columns, records=weighted,
    )  # fmt: skip


def _result(name: str, unit: str) -> Cell:
    return Cell(capital(name), below=[unit_beside(name, unit)])


def _rules(view: ResidentView) -> Iterator[Block]:
    """Yield the rules and targets for which a reason is given; targets that are goals are no rules."""
    scenario, own, say = view.plan.scenario, view.language.of_office, view.language.say
    rules = [(own(rule.name), own(rule.because)) for rule in scenario.rules if rule.name and rule.because]
    targets = [(key, one.name, one.target) for key, one in scenario.outcomes.items() if one.target is not None]
    aims = [(own(label(key, name)), own(target.because)) for key, name, target in targets if target.because]
    if is_goal_programming(scenario):
        yield from _reasons(view, say("Goals that the plan may reach or miss"), aims)
    else:
        rules += aims
    yield from _reasons(view, say("Rules that the plan keeps"), rules)


def _reasons(view: ResidentView, title: str, found: list[tuple[str, str]]) -> Iterator[Block]:
    """Yield rules or goals, each with its reason."""
    say = view.language.say
    items = [say("{rule}. The reason: {reason}", rule=rule.rstrip("."), reason=reason) for rule, reason in found]
    if items:
        shown, more = items[:MOST_RULES], len(items) - MOST_RULES
        if more > 0:
            shown.append(view.language.say_many("One more", "{count} more", more))
        yield Bullets(title, shown)
