"""The accounts of each fund year by year, in words."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from budgetopt.analysis.outlooks.outlook import Outlook
from budgetopt.report.figures.numbers import Numbers, plural
from budgetopt.report.figures.text import label, one_line
from budgetopt.report.figures.text_table import TextTable

__all__ = ["outlook_document", "outlook_lines", "outlook_sentences"]

COLUMNS = {
    "year": "Year",
    "opening": "Opening",
    "recurring_revenue": "Recurring revenue",
    "one_time": "One-time",
    "transfers": "Transfers",
    "recurring_spending": "Recurring spending",
    "one_time_spending": "One-time spending",
    "closing": "Closing",
    "reserve": "Reserve",
}


def outlook_lines(found: Outlook) -> Iterator[str]:
    """Yield the accounts of each fund, and when it runs short, what falls away, and how its reserve is rebuilt."""
    if found.projected:
        verb = "is" if found.projected == 1 else "are"
        yield (
            f"The last {plural(found.projected, 'year')} {verb} assumed: recurring revenue grows as the scenario says, "
            "recurring spending with inflation; no one-time money, no projects, no transfers."
        )
        yield ""
    for row in found.summary.to_dict("records"):
        fund = str(row["fund"])
        yield f"{label(fund, found.scenario.funds[fund].name)}, {found.scenario.currency}"
        yield from _accounts(found, fund)
        yield from (f"- {words}" for words in outlook_sentences(found, row))
        yield ""
    yield from _falls(found)


def _falls(found: Outlook) -> Iterator[str]:
    """Say from which year to which programs that go on get less, all funds together."""
    numbers, spent = Numbers(found.scenario.currency), found.recurring.sum(axis=0).tolist()
    packages, goes_on = found.scenario.packages, found.scenario.programs.flag("recurring", default=True)
    # what projects cost counts as recurring where nothing else is said of them
    has_projects = bool(goes_on[packages.program[packages.is_project]].any())
    who = "programs that go on, or projects," if has_projects else "programs that go on"
    for (year, before), (following, after) in pairwise(zip(found.years, spent, strict=True)):
        if before - after > found.scenario.cent:
            fall, years = numbers.spoken_money(before - after), f"from {one_line(year)} to {one_line(following)}"
            yield f"All funds together, recurring spending falls by {fall} {years}: {who} get less then."


def _accounts(found: Outlook, fund: str) -> Iterator[str]:
    numbers = Numbers(found.scenario.currency)
    table = found.table[found.table["fund"] == fund]
    shown = [name for name in COLUMNS if name in ("year", "opening", "closing") or bool((table[name] != 0).any())]
    cells = [
        [one_line(value) if name == "year" else numbers.short_money(value) for value in table[name].tolist()]
        for name in shown
    ]
    headers = [COLUMNS[name] for name in shown]
    yield TextTable(headers, zip(*cells, strict=True))


def outlook_sentences(found: Outlook, row: Mapping[Hashable, Any]) -> Iterator[str]:
    """Yield what is said of one fund, which is a row of the summary."""
    numbers = Numbers(found.scenario.currency)
    has_reserve = found.scenario.funds[row["fund"]].reserve is not None
    if row["last_one_time"] and row["last_one_time"] != found.years[-1]:
        last = one_line(row["last_one_time"])
        if row["cliff"]:
            cliff = f"{numbers.spoken_money(row['cliff'])} above recurring revenue"
            yield f"One-time money ends in {last}: the year after, recurring spending is {cliff}."
        else:
            yield f"One-time money ends in {last}: the year after, recurring revenue pays for all that goes on."
    if row["ends"]:
        fall = numbers.spoken_money(row["falls_away"]) if row["falls_away"] else "nothing"
        yield f"Its revenue ends in {one_line(row['ends'])}; in the year after, {fall} of its spending falls away."
    if has_reserve and row["below_reserve"]:
        yield f"It falls below its reserve in {one_line(row['below_reserve'])}."
    if row["exhausted"]:
        yield f"It is exhausted in {one_line(row['exhausted'])}: it closes below zero."
    elif has_reserve and not row["below_reserve"]:
        yield f"It keeps its reserve in every year; {_lowest(found, row['fund'], numbers)}."
    elif not has_reserve:
        yield "It is not overdrawn in any year."
    if row["below_policy"] and has_reserve:
        end = f"rebuilt in {one_line(row['rebuilt'])}" if row["rebuilt"] else "not rebuilt at the end"
        yield f"Its reserve is below its full amount in {plural(row['below_policy'], 'year')}, and {end}."


def _lowest(found: Outlook, fund: str, numbers: Numbers) -> str:
    table = found.table[found.table["fund"] == fund].reset_index(drop=True)
    at = int(table["above_reserve"].argmin())
    least, year = float(table["above_reserve"].iloc[at]), one_line(table["year"].iloc[at])
    if least < found.scenario.cent / 2:
        return f"nothing is left above it in {year}"
    return f"the least above it is {numbers.spoken_money(least)}, in {year}"


def outlook_document(found: Outlook) -> dict[str, Any]:
    """Return the same as plain values, for JSON."""
    return {"years": found.table.to_dict("records"), "funds": found.summary.to_dict("records")}
