"""What changes against today's level: which programs get more, get less, are new, and end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from budgetopt.report.blocks.content import Block, Cell, Paragraph, ReportColumn, ReportTable
from budgetopt.report.residents.resident_view import ResidentView
from budgetopt.scenario.programs import Bools, Ints

__all__ = ["change_blocks"]

MOST_CHANGES = 10
"""So many programs of each kind are shown, and the others together."""


@dataclass(frozen=True, slots=True)
class _Changed:
    """One program that changes, or several together."""

    name: str
    department: str
    note: str
    baseline: int
    spending: int


def change_blocks(view: ResidentView) -> Iterator[Block]:
    """Yield the programs of each kind of change, the largest first; nothing where no program has a baseline."""
    figures, say_many = view.figures, view.language.say_many
    if not figures.has_baseline:
        return
    change, old = figures.change, ~figures.is_new
    ends = old & (figures.baseline > 0) & (figures.spending == 0)
    kinds = (
        (old & (change > 0), "more"),
        (old & (change < 0) & ~ends, "less"),
        (figures.is_new & (figures.spending > 0), "new"),
        (ends, "ended"),
    )
    if view.together:
        yield Paragraph(view.together)
    for chosen, kind in kinds:
        if chosen.any():
            yield _table(view, chosen, kind)
    same = old & (change == 0) & (figures.baseline > 0)
    if same.any():
        amount = view.money(int(figures.spending[same].sum()))
        words = say_many(
            "One program keeps today's level: {amount}.",
            "{count} programs keep today's level: {amount} in all.",
            int(same.sum()),
            amount=amount,
        )
        yield Paragraph(words, view.language.say("The same as today"))


def _heading(view: ResidentView, kind: str, count: int) -> str:
    say_many = view.language.say_many
    return {
        "more": say_many("More money: one program", "More money: {count} programs", count),
        "less": say_many("Less money: one program", "Less money: {count} programs", count),
        "new": say_many("New: one program", "New: {count} programs", count),
        "ended": say_many("Ended: one program", "Ended: {count} programs", count),
    }[kind]


def _caption(view: ResidentView, kind: str, amount: str) -> str:
    say = view.language.say
    return {
        "more": say("Together they get {amount} more than at today's level.", amount=amount),
        "less": say("Together they get {amount} less than at today's level.", amount=amount),
        "new": say("Together they get {amount}.", amount=amount),
        "ended": say("Together they have {amount} at today's level, and nothing in this plan.", amount=amount),
    }[kind]


def _table(view: ResidentView, chosen: Bools, kind: str) -> ReportTable:
    say, figures = view.language.say, view.figures
    positions: Ints = np.flatnonzero(chosen)
    positions = positions[np.argsort(-np.abs(figures.change[positions]), kind="stable")]
    moved = abs(int(figures.change[chosen].sum()))
    columns = [ReportColumn(say("Program"), lambda row: Cell(row.name, below=[row.department, row.note]))]
    if kind != "new":
        columns.append(ReportColumn(say("Today's level"), lambda row: view.money(row.baseline), figure=True))
    if kind != "ended":
        columns.append(ReportColumn(say("This plan"), lambda row: view.money(row.spending), figure=True))
    if kind in ("more", "less"):
        change = ReportColumn(
            say("Change"), lambda row: view.money(row.spending - row.baseline, signed=True), figure=True
        )
        columns.append(change)
    return ReportTable(
        heading=_heading(view, kind, len(positions)),
        caption=_caption(view, kind, view.money(moved)),
        columns=columns,
        records=list(_rows(view, positions)),
    )


def _rows(view: ResidentView, positions: Ints) -> Iterator[_Changed]:
    figures, own = view.figures, view.language.of_office
    notes = view.plan.scenario.programs.text("public_note")
    shown = positions if len(positions) <= MOST_CHANGES + 1 else positions[:MOST_CHANGES]
    for at in shown.tolist():
        amounts = int(figures.baseline[at]), int(figures.spending[at])
        yield _Changed(view.names[at], view.departments[at], own(notes[at]), *amounts)
    rest = positions[len(shown) :]
    if len(rest):
        name = view.language.say_many("One other program", "{count} other programs", len(rest))
        yield _Changed(name, "", "", int(figures.baseline[rest].sum()), int(figures.spending[rest].sum()))
