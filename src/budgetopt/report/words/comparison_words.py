"""Plans side by side in words: a table of them, a sentence on each, and what they bring, leave and miss."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from budgetopt.analysis.comparing.comparison import PlanComparison
from budgetopt.analysis.comparing.equal_value import FAR
from budgetopt.report.figures.gain import Gain
from budgetopt.report.figures.numbers import Numbers, plural
from budgetopt.report.figures.text import capital, label, one_line, one_of
from budgetopt.report.figures.text_table import TextTable
from budgetopt.report.words.proof_words import is_solvers_word

if TYPE_CHECKING:
    import pandas as pd

    from budgetopt.allocation import Allocation

__all__ = ["comparison_document", "comparison_lines", "plan_sentences"]

SHOWN = 3
"""So many limits that a plan misses are told in full."""
MOST_GROUPS = 20
"""Groups beyond so many are counted."""
SAME = 1e-9
"""The share of a value below which a difference is none."""
_NO_MONEY = 1.0
"""Less money than this is told as none."""
PART = 1e-6
"""A part of all money below this one is told as none."""


def comparison_lines(found: PlanComparison, by: Sequence[str] = (), against: str = "") -> Iterator[str]:
    """Yield what a terminal shows.

    ``by`` are the attributes by whose groups money is shown; with ``against``, the name of a plan, it is what each
    group gains or loses against that plan.
    """
    numbers = Numbers(found.scenario.currency)
    over = found.scenario.periods
    when = one_line(over[0]) if len(over) == 1 else f"{one_line(over[0])} to {one_line(over[-1])} together"
    yield f"{one_line(found.scenario.name)}: {plural(len(found.compared), 'plan')}, {when}"
    yield ""
    yield from _plan_table(found, numbers)
    yield ""
    for at in range(len(found.compared)):
        yield from plan_sentences(found, at, numbers)
    yield from _table("Outcomes", found, found.outcomes.reset_index(), _outcome_name, numbers.quantity)

    def money(amount: float) -> str:
        """Return an amount; what whole cents leave of none is none."""
        return numbers.short_money(amount if abs(amount) >= _NO_MONEY else 0.0)

    spending = found.funds[found.funds["figure"] != "reserve asked for"]
    yield from _table("Funds", found, spending, lambda row: _fund_name(found, row), money)
    for one in by:
        if against:
            yield from _gains(found, one, against, numbers)
            continue
        table = found.groups(one)
        rows = table[table["figure"] == "spending"]
        yield from _table(f"Spending by {one_of(one)}", found, rows, lambda row: one_line(row["group"]), money)
        yield from _per_head(found, one, numbers)
    yield from (f"note: {one_line(remark)}" for remark in found.remarks)


def _plan_table(found: PlanComparison, numbers: Numbers) -> Iterator[str]:
    """Yield one line a plan: money, value, difference from the first, limits missed."""
    table = found.plans
    labels = list(dict.fromkeys(table["objective"]))
    headers = [
        "",
        "plan",
        "money spent",
        *[one.split(" ", 1)[1] for one in labels],
        "against A",
        "limits missed",
    ]
    rows: list[list[str]] = []
    for letter, (name, row) in zip(found.letters, table.iterrows(), strict=True):
        values = [numbers.quantity(row["value"]) if row["objective"] == one else "" for one in labels]
        share = "" if not math.isfinite(row["share"]) else numbers.share(row["share"], 2, signed=True)
        missed = numbers.number(row["limits_missed"])
        against = share if rows else ""
        rows.append([letter, one_line(name), numbers.short_money(row["spending"]), *values, against, missed])
    yield TextTable(headers, rows, names=2)


def plan_sentences(found: PlanComparison, at: int, numbers: Numbers) -> Iterator[str]:
    """Yield what is said of one plan: how it is made, what it brings against the first, what that is worth."""
    one, row = found.compared[at], found.plans.iloc[at]
    name = f"{found.letters[at]}, {one_line(one.name)}"
    said = [one.words]
    if one.best is not None:
        said = [_how_good(one.best, numbers)]
        said += _given_up(one.best, numbers)
    if at:
        said.append(_against(found, row, numbers))
        if (worth := found.worth[at]) is not None:
            said.append(_worth(worth, numbers))
    if missed := one.audit.violations:
        shown = "; ".join(one_line(violation.text) for violation in missed[:SHOWN])
        more = f"; and {len(missed) - SHOWN:,} more" if len(missed) > SHOWN else ""
        said.append(f"It misses {plural(len(missed), 'limit')}: {shown}{more}.")
    else:
        said.append("It keeps every limit.")
    yield f"{name}: {' '.join(part for part in said if part)}"


def _how_good(best: Allocation, numbers: Numbers) -> str:
    if not best.proved:
        return f"It is the best found, and no plan is better by more than {numbers.most_share(best.gap)}."
    return "It is the best by the solver's word." if is_solvers_word(best) else "It is proved to be the best."


def _given_up(best: Allocation, numbers: Numbers) -> Iterator[str]:
    """Yield what later objectives gave up of the first one."""
    if best.conceded_share > PART:
        # as a share of the plan's own value it may be more than the share of the best one that `within` says
        amount = Gain.of(best, numbers).amount(best.certificate.conceded)
        yield f"Later objectives give up {amount}, as `within` lets them."


def _against(found: PlanComparison, row: pd.Series[Any], numbers: Numbers) -> str:
    """Return the difference of a value from that of the first plan, in words."""
    difference, first = row["difference"], found.compared[0]
    if not math.isfinite(difference):
        return f"Its objective is another one ({one_line(row['objective'])})."
    what, maximize = first.objective.label.split(" ", 1)[1], first.objective.maximize
    if abs(difference) <= SAME * max(abs(first.objective.value), abs(row["value"])):
        return f"It has as much of {one_line(what)} as the {_called(first.name)}."
    share = f" ({numbers.share(row['share'], 2, signed=True)})" if math.isfinite(row["share"]) else ""
    size = f"{numbers.quantity(abs(difference))} {'less' if difference < 0 else 'more'}{share}"
    better = "" if maximize else ", and less is better"
    return f"It has {size} of {one_line(what)} than the {_called(first.name)}{better}."


def _called(name: str) -> str:
    return one_line(name) if name == "best plan" else f"plan “{one_line(name)}”"


def _worth(worth: Any, numbers: Numbers) -> str:
    """Return how many dollars less the best plan needs to be as good, in words."""
    if math.isnan(worth.factor):
        return ""
    if math.isinf(worth.factor):
        return f"Even with {FAR:.0f} times the money the best plan that keeps every limit is not as good."
    size = abs(worth.saved)
    of = f"{numbers.spoken_money(size)} ({numbers.share(size / worth.money, 2)} of all money)"
    about = f", to within {numbers.share(worth.within, 2)}" if worth.within > PART else ""
    if worth.is_least:
        if size <= PART * worth.money:
            return "With less money no plan keeps every limit, so that it cannot be told what the difference is worth."
        least = f"{of} less, the least with which a plan keeps every limit"
        return f"Even with {least}, the best plan is at least as good{about}."
    if size <= PART * worth.money:
        return ""
    if worth.saved > 0:
        return f"The best plan is as good with {of} less{about}."
    return f"The best plan that keeps every limit needs {of} more to be as good{about}."


def _table(
    title: str, found: PlanComparison, table: pd.DataFrame, name: Callable[[Any], str], text: Callable[[float], str]
) -> Iterator[str]:
    """Yield a table with a line for each row and a column for each plan."""
    if not len(table):
        return
    rows = []
    for _, row in table.head(MOST_GROUPS).iterrows():
        rows.append([name(row), *("" if math.isnan(row[one]) else text(row[one]) for one in found.names)])
    yield ""
    yield TextTable([title, *found.letters], rows)
    if len(table) > MOST_GROUPS:
        yield f"and {plural(len(table) - MOST_GROUPS, 'more row')}: --format json has all of them"


def _outcome_name(row: pd.Series[Any]) -> str:
    name = label(str(row["outcome"]), str(row["name"]) if row["name"] != row["outcome"] else "")
    return f"{name} ({one_line(row['unit'])})" if row["unit"] else name


def _fund_name(found: PlanComparison, row: pd.Series[Any]) -> str:
    fund = found.scenario.funds.get(str(row["fund"]))
    figure = "at the close" if row["figure"] == "closing balance" else "spent"
    return f"{label(str(row['fund']), '' if fund is None else fund.name)}, {figure}"


def _gains(found: PlanComparison, by: str, against: str, numbers: Numbers) -> Iterator[str]:
    """Yield what each group gains or loses of money and of each outcome against a plan."""
    table = found.gains(by, against)
    table[against] = math.nan
    for figure in dict.fromkeys(table["figure"]):
        rows = table[table["figure"] == figure]
        if not rows[found.names].fillna(0.0).to_numpy().any():
            continue
        spending = figure == "spending"
        what = "Spending" if spending else capital(label(str(figure)))
        unit = "" if spending else f" ({one_line(rows['unit'].iloc[0])})"

        def text(value: float, *, spending: bool = spending) -> str:
            return numbers.short_money(value, signed=True) if spending else numbers.quantity(value, signed=True)

        letter = found.letters[found.names.index(against)]
        title = f"{what} by {one_of(by)}{unit}, against {letter}"
        yield from _table(title, found, rows, lambda row: one_line(row["group"]), text)


def _per_head(found: PlanComparison, by: str, numbers: Numbers) -> Iterator[str]:
    """Yield what each group gets and has of each outcome per head, where populations are known."""
    table = found.per_head(by)
    for figure in dict.fromkeys(table["figure"]):
        rows = table[table["figure"] == figure]
        if not rows[found.names].to_numpy().any():
            continue
        money = figure == "spending"
        what = "Spending" if money else capital(label(str(figure)))
        unit = one_line(str(rows["unit"].iloc[0]))
        title = f"{what} per head by {one_of(by)}" if money else f"{what} by {one_of(by)} ({unit})"
        text = numbers.spoken_money if money else numbers.quantity
        yield from _table(title, found, rows, lambda row: one_line(row["group"]), text)


def comparison_document(found: PlanComparison, by: Sequence[str] = (), against: str = "") -> dict[str, Any]:
    """Return every table as plain values for JSON; what is no number is null."""
    tables = {
        "plans": found.plans.reset_index(),
        "programs": found.programs.reset_index(),
        "outcomes": found.outcomes.reset_index(),
        "funds": found.funds,
        "limits": found.limits,
        "missed": found.missed,
        **{f"by {one}": found.groups(one) for one in by},
        **({f"gains by {one}": found.gains(one, against) for one in by} if against else {}),
    }
    document: dict[str, Any] = {name: table.to_dict(orient="records") for name, table in tables.items()}
    document["made"] = {one.name: one.words for one in found.compared}
    document["remarks"] = list(found.remarks)
    return document
