"""The budget in short, where its money comes from, and what each hundred of it pays for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from budgetopt.report.blocks.content import Bar, Block, Cell, Chart, Paragraph, ReportColumn, ReportTable, Story, Tick
from budgetopt.report.figures.rounding import round_column
from budgetopt.report.residents.resident_view import ResidentView
from budgetopt.scenario.programs import Ints

__all__ = ["budget_blocks", "hundred_blocks", "hundred_parts"]

MOST_PARTS = 12
"""So many parts of a hundred are shown, and the others together."""
HUNDRED = 100
CENTS = 100


def budget_blocks(view: ResidentView) -> Iterator[Block]:
    """Yield what the budget is and how much, and which funds it comes from."""
    yield Story(list(_sentences(view)), list(_facts(view)))
    yield from _funds(view)


def _sentences(view: ResidentView) -> Iterator[str]:
    say, total = view.language.say, view.figures.total
    spends = view.money(total.spending)
    yield say("A budget says where public money comes from and what it pays for.")
    if view.when:
        yield say("This plan spends {amount} {when}.", amount=spends, when=view.when)
    else:
        yield say("This plan spends {amount}.", amount=spends)
    if view.figures.has_baseline:
        change = view.money(abs(total.change))
        if total.change > 0:
            yield say("That is {amount} more than at today's level.", amount=change)
        elif total.change < 0:
            yield say("That is {amount} less than at today's level.", amount=change)
        else:
            yield say("That is as much as at today's level.")
    funded = int((view.figures.spending > 0).sum())
    yield view.language.say_many("It pays for one program.", "It pays for {count} programs.", funded)


def _facts(view: ResidentView) -> Iterator[tuple[str, str, str]]:
    say, total = view.language.say, view.figures.total
    yield say("The plan spends"), view.money(total.spending), view.when
    if total.baseline is not None:
        yield say("Today's level"), view.money(total.baseline), ""
    accounts = view.figures.accounts
    carries = view.plan.scenario.carries_over
    left = int(accounts["closing"][carries, -1].sum())
    kept = int(np.minimum(accounts["reserve"], accounts["closing"])[carries, -1].sum())
    if left > 0:
        more = say("{amount} of it is a reserve for hard times", amount=view.money(kept)) if kept > 0 else ""
        more = say("All of it is a reserve for hard times") if kept == left else more
        yield say("Left in the funds at the end"), view.money(left), more


def _funds(view: ResidentView) -> Iterator[Block]:
    say = view.language.say
    paid = view.figures.payments.sum(axis=(0, 2)).tolist()
    funds = list(view.plan.scenario.funds.values())
    rows = sorted((at for at, amount in enumerate(paid) if amount), key=lambda at: -paid[at])
    if not rows:
        return
    names = [view.language.of_office(name) for name in view.figures.fund_names]
    texts = [view.language.of_office(fund.description) for fund in funds]
    columns = [
        ReportColumn(say("Fund"), lambda at: say("Total") if at < 0 else Cell(names[at], below=[texts[at]])),
        ReportColumn(say("It pays"), lambda at: view.money(sum(paid) if at < 0 else paid[at]), figure=True),
    ]
    total = -1 if len(rows) > 1 else None
    caption = say("What each fund pays in this plan.")
    heading = say("Where the money comes from")
    yield ReportTable(
        heading=heading, caption=f"{caption} {view.together}".rstrip(), columns=columns, records=rows, total=total
    )


def hundred_blocks(view: ResidentView) -> Iterator[Block]:
    """Yield what each hundred dollars pay for, by priority and by department."""
    say, figures = view.language.say, view.figures
    if not figures.total.spending:
        return
    by = {"priority": say("By priority"), "department": say("By department")}
    groups = {key: group.rows for key in by if (group := figures.by(key)) is not None}
    if not groups:
        order = np.argsort(-figures.spending, kind="stable").tolist()
        by, groups = {"": say("By program")}, {"": tuple(figures.program(at) for at in order)}
    for key, rows in groups.items():
        silent = f"No {key} given"
        paid = [(view.language.of_office(row.name), row.spending) for row in rows if row.name != silent]
        paid += [(say("Not said"), row.spending) for row in rows if row.name == silent]
        yield _hundred_chart(view, by[key], [(name, amount) for name, amount in paid if amount > 0])
    yield Paragraph(
        say("The parts are rounded so that they make {hundred}.", hundred=_of_hundred(view, HUNDRED * CENTS)), note=True
    )


def _hundred_chart(view: ResidentView, heading: str, paid: list[tuple[str, int]]) -> Chart:
    say = view.language.say
    if len(paid) > MOST_PARTS:
        rest = paid[MOST_PARTS - 1 :]
        others = view.language.say_many("One other", "{count} others together", len(rest))
        paid = [*paid[: MOST_PARTS - 1], (others, sum(amount for _, amount in rest))]
    parts, hundred = hundred_parts([amount for _, amount in paid]).tolist(), _of_hundred(view, HUNDRED * CENTS)
    bars = []
    for (name, amount), part in zip(paid, parts, strict=True):
        figure = _of_hundred(view, part) if part else say("less than {amount}", amount=_of_hundred(view, 1))
        words = say(
            "{name}: {part} of each {hundred}, {amount} in all.",
            name=name, part=figure, hundred=hundred, amount=view.money(amount),
        )  # fmt: skip
        bars.append(Bar(name, part / CENTS, figure, words))
    high = max(parts) / CENTS
    ticks = [Tick(0.0, _of_hundred(view, 0)), Tick(high, _of_hundred(view, max(parts)))]
    title = say("What {hundred} of the plan pays for", hundred=hundred)
    return Chart(heading=heading, title=title, bars=bars, ticks=ticks, high=high)


def hundred_parts(amounts: Sequence[int]) -> Ints:
    """Return what each amount is of a hundred, in hundredths, by the largest remainder: together exactly 10,000.

    They are whole hundreds, that is whole dollars of a hundred, where each amount has one at least.
    """
    total = sum(amounts)
    for step in (CENTS, 1):
        target = HUNDRED * CENTS // step
        exact = np.array([amount * target / total for amount in amounts], dtype=np.float64)
        parts = round_column(exact, target) * step
        if parts.all():
            break
    return parts


def _of_hundred(view: ResidentView, hundredths: int) -> str:
    """Return a part of a hundred in the currency, with cents where it has any."""
    return view.numbers.money(hundredths / CENTS, 2 if hundredths % CENTS else 0)
