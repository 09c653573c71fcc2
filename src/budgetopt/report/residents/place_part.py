"""What changes in each district: its money, for each person where the population is known, and its results."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from budgetopt.report.blocks.content import Block, Bullets, FoldedPart, Paragraph, ReportColumn, ReportTable
from budgetopt.report.residents.resident_view import ResidentView
from budgetopt.report.residents.results_part import about, assumed_mark, unit_beside
from budgetopt.report.sections.group_shares import GroupShares

__all__ = ["place_blocks"]

WHOLE = 100
"""From so many dollars on, what is spent for each person is told without cents."""
MOST_MOVES = 5
"""So many programs that change most in a district are named."""


def place_blocks(view: ResidentView) -> Iterator[Block]:
    """Yield a part for each district, and the districts side by side; nothing where no program says where it lands."""
    say = view.language.say
    if not view.plan.scenario.programs.under("districts"):
        return
    found = GroupShares(view.view, "districts")
    names = [say("Not in one district") if rest else view.language.of_office(name) for name, rest in found.named_rest]
    choose = say("Choose a district to see what changes there.")
    yield Paragraph(f"{choose} {view.together}".rstrip(), say("Each district"))
    for at, name in enumerate(names):
        yield _district(view, found, at, name)
    yield _side_by_side(view, found, names)
    yield Paragraph(say("A program that serves several districts counts in each by its share."), note=True)


def _each(view: ResidentView, found: GroupShares, at: int) -> str:
    """Return the money of a district for each person in it; empty where the population is not known."""
    people = found.population[at]
    dollars = found.money[at].spending * view.figures.unit.dollars
    if not (math.isfinite(people) and people > 0):
        return ""
    return view.numbers.money(dollars / people, 0 if dollars >= WHOLE * people else 2)


def _district(view: ResidentView, found: GroupShares, at: int, name: str) -> FoldedPart:
    say, row = view.language.say, found.money[at]
    each = _each(view, found, at)
    short = say("{amount} in this plan", amount=view.money(row.spending))
    if row.baseline is not None and row.change:
        change = view.money(abs(row.change))
        moved = say("{amount} more than at today's level", amount=change)
        moved = moved if row.change > 0 else say("{amount} less than at today's level", amount=change)
        short = f"{short}; {moved}"
    blocks: list[Block] = []
    if each:
        people = view.numbers.number(found.population[at])
        lives = say("{people} people live here.", people=people)
        spends = say("The plan spends about {amount} for each of them.", amount=each)
        blocks.append(Paragraph(f"{lives} {spends}"))
    if moves := list(_moves(view, found, at)):
        blocks.append(Bullets(say("What changes most"), moves))
    if results := list(_results(view, found, at)):
        blocks.append(Bullets(say("What the money brings"), results))
    if not blocks:
        blocks.append(Paragraph(say("No program changes here.")))
    return FoldedPart(f"place-{at + 1}", name, short, blocks)


def _moves(view: ResidentView, found: GroupShares, at: int) -> Iterator[str]:
    """Yield the largest changes of programs in a district, each by the district's share of it."""
    if not view.figures.has_baseline:
        return
    say = view.language.say
    change = found.shares[at] * view.figures.change * view.figures.unit.dollars
    new = view.figures.is_new
    for position in np.argsort(-np.abs(change), kind="stable")[:MOST_MOVES].tolist():
        if abs(change[position]) < view.figures.unit.dollars / 2:
            return
        values = {"name": view.names[position], "amount": view.numbers.spoken_money(abs(float(change[position])))}
        if new[position]:
            yield say("{name}: new, about {amount} here", **values)
        elif change[position] > 0:
            yield say("{name}: about {amount} more here", **values)
        else:
            yield say("{name}: about {amount} less here", **values)


def _results(view: ResidentView, found: GroupShares, at: int) -> Iterator[str]:
    """Yield what a district has of each outcome."""
    say = view.language.say
    shown = {row.key: (name, unit) for row, name, unit in view.results}
    levels, baselines = found.levels[at].tolist(), found.baselines[at].tolist()
    for row, level, baseline in zip(view.view.bought.rows, levels, baselines, strict=True):
        if row.key not in shown or not (level or baseline):
            continue
        name, unit = shown[row.key]
        counted = unit_beside(name, unit)
        named = f"{name} ({counted})" if counted else name
        values = {"name": named, "level": about(view, row, level)}
        words = say("{name}: {level}", **values)
        if view.figures.has_baseline and level != baseline:
            words = say("{name}: {level}; {now} at today's level", now=about(view, row, baseline), **values)
        mark = assumed_mark(view, row)
        yield f"{words} [{mark}]" if mark else words


def _side_by_side(view: ResidentView, found: GroupShares, names: list[str]) -> ReportTable:
    say, money = view.language.say, found.money
    columns = [ReportColumn(say("District"), names)]
    if view.figures.has_baseline:
        now = [view.language.say("new") if row.baseline is None else view.money(row.baseline) for row in money]
        columns.append(ReportColumn(say("Today's level"), now, figure=True))
    columns.append(ReportColumn(say("This plan"), [view.money(row.spending) for row in money], figure=True))
    if view.figures.has_baseline:
        changes = [view.money(row.change, signed=True) for row in money]
        columns.append(ReportColumn(say("Change"), changes, figure=True))
    each = [_each(view, found, at) for at in range(len(names))]
    if any(each):
        columns.append(ReportColumn(say("For each person"), each, figure=True))
    return ReportTable(
        heading=say("All districts side by side"), caption=say("The money of each district."), columns=columns,
        records=range(len(names)),
    )  # fmt: skip
