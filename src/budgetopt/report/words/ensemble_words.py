"""An ensemble, and the value of information, in plain sentences and tables for the terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import pandas as pd

from budgetopt.analysis.risk.ensemble import Ensemble
from budgetopt.analysis.risk.information_value import PREDICTED, InformationValue
from budgetopt.report.figures.gain import Gain
from budgetopt.report.figures.numbers import Numbers, plural
from budgetopt.report.figures.text import label, one_line
from budgetopt.report.figures.text_table import TextTable
from budgetopt.scenario.model import WEIGHTED_OUTCOMES

__all__ = [
    "KEPT_LIMITS",
    "MOST_ROWS",
    "amount_text",
    "effect_cells",
    "ensemble_lines",
    "ensemble_sentences",
    "information_basis",
    "information_lines",
    "information_said",
    "least_stable",
]

MOST_ROWS = 15
OFTEN = 0.9
"""A decision that is the same in such a share of the draws is one that stays."""
KEPT_LIMITS = "Limits and targets are kept with the effects as estimated."


def ensemble_lines(found: Ensemble) -> Iterator[str]:
    """Yield what an ensemble shows: which decisions stay, what the plan loses, what it brings."""
    yield one_line(found.plan.scenario.name)
    for part in (_drawn(found), _value(found), _decisions(found), _programs(found), _outcomes(found)):
        if lines := list(part):
            yield ""
            yield from lines


def ensemble_sentences(found: Ensemble) -> list[str]:
    """Return what was drawn, what the plan brings and loses in the draws, and how many decisions stay."""
    return [*_drawn(found), *_value(found), *_decisions(found)]


def least_stable(found: Ensemble) -> pd.DataFrame:
    """Return the rows of the programs whose amounts stay least, so many as are shown."""
    table = found.stability[~found.stability["same"].isna()]
    moved = table.assign(width=table["high"] - table["low"])
    return moved.sort_values(["same", "width"], ascending=[True, False]).head(MOST_ROWS)


def _numbers(found: Ensemble | InformationValue) -> Numbers:
    return Numbers(found.plan.scenario.currency)


def _worth(numbers: Numbers, value: float, unit: str) -> str:
    if unit == WEIGHTED_OUTCOMES:
        return f"{numbers.quantity(_short(value))} of weighted outcomes"
    return numbers.with_unit(_short(value), unit)


def _short(value: float) -> float:
    """Return a number with the four digits that an estimate has."""
    return float(f"{value:.4g}")


def _drawn(found: Ensemble) -> Iterator[str]:
    solved = len(found.draws)
    yield (
        f"{plural(solved, 'draw')} of {plural(found.uncertain, 'uncertain effect')}"
        f" (of {plural(found.effects, 'effect')} in all); the best plan of each was found."
    )
    if found.assumed:
        yield f"The standard error of {plural(found.assumed, 'effect')} is assumed: the scenario says none."
    yield KEPT_LIMITS
    yield from Gain.told(found.plan.scenario, _numbers(found), "the best plan of a draw is that")
    if found.interrupted:
        yield f"Interrupted: {plural(found.requested - solved, 'draw')} of {found.requested:,} were not solved."
    if found.failed:
        first = found.failed[0]
        yield f"{plural(len(found.failed), 'draw')} failed; draw {first.number}: {one_line(first.reason)}"
    unproved = int((~found.draws["proved"] & found.draws["feasible"]).sum())
    if unproved:
        yield f"In {plural(unproved, 'draw')} the best plan found is not proved to be the best: regret may be more."


def _value(found: Ensemble) -> Iterator[str]:
    numbers, summary = _numbers(found), found.summary
    paid = "" if found.draws["affordable"].all() else " in the draws in which its amounts can be paid"
    lines = [
        ("expected value of the plan", f"The plan brings {{}} on average{paid}"),
        ("expected value of the best plan of each draw", "The best plan of each draw brings {} on average"),
        ("expected regret", f"The plan's expected regret is {{}}{paid}"),
        ("expected value of perfect information", "Perfect information on all effects is worth {} (EVPI)"),
    ]
    for measure, words in lines:
        value = found.value(measure)
        if math.isnan(value):
            continue
        error, unit = float(summary["standard_error"][measure]), str(summary["unit"][measure])
        known = "" if math.isnan(error) else f"; standard error {numbers.quantity(_short(error))}"
        yield words.format(_worth(numbers, value, unit)) + known + "."
    exceeded, unit = found.value("regret that one draw in twenty exceeds"), str(summary["unit"].iloc[0])
    if not math.isnan(exceeded):
        yield f"In one draw of twenty the regret is above {_worth(numbers, exceeded, unit)}."
    for measure, words in (
        ("draws in which no plan keeps every limit", "In {} of the draws no plan keeps every limit."),
        ("draws in which the plan can be paid", "In {} of the draws the plan's amounts can be paid."),
    ):
        value = found.value(measure)
        if not math.isnan(value):
            yield words.format(numbers.share(value))


def _decisions(found: Ensemble) -> Iterator[str]:
    table = found.stability
    if table["same"].isna().all():
        return
    stays = int((table["same"] >= OFTEN).sum())
    yield (
        f"Of {plural(len(table), 'program')}, {stays:,} {'gets' if stays == 1 else 'get'} the same amount as in the"
        f" plan in at least {_numbers(found).share(OFTEN)} of the draws."
    )
    held, programs = found.at_limits
    if programs and held == programs:
        yield (
            "Caution: every program with money stands at a floor or a ceiling of its own. The plan follows these"
            " limits; the effects decide only which of the two."
        )
    elif held > 0.5 * programs:
        yield f"{held:,} of {plural(programs, 'program')} with money stand at a floor or a ceiling of their own."


def _programs(found: Ensemble) -> list[str]:
    numbers, every = _numbers(found), int(found.stability["same"].notna().sum())
    rows = [
        [
            label(str(program), str(row["name"])),
            *(amount_text(numbers, float(row[key]), str(row["unit"])) for key in ("spending", "low", "median", "high")),
            *(numbers.share(float(row[key])) for key in ("funded", "at_least", "same")),
        ]
        for program, row in least_stable(found).iterrows()
    ]
    if not rows:
        return []
    headers = ["program", "plan", "5%", "median", "95%", "funded", "at least", "same"]
    table = TextTable(headers, rows, spare=[["at least"], ["funded"], ["median"]])
    first = "The programs whose amounts stay least; in what share of the draws each is funded, and gets at least as"
    lines = [f"{first} much as in the plan, or the same:", "", table]
    left = every - len(rows)
    return [*lines, *([f"{plural(left, 'program')} more: --format csv has all of them."] if left > 0 else [])]


def amount_text(numbers: Numbers, amount: float, unit: str, *, signed: bool = False) -> str:
    """Return the amount of a program: dollars, or the units of a service that costs no money."""
    if unit == numbers.currency:
        return numbers.money(amount, signed=signed)
    return numbers.with_unit(_short(amount), unit, signed=signed)


def _outcomes(found: Ensemble) -> Iterator[str]:
    numbers = _numbers(found)
    table = found.outcomes[found.outcomes["low"] != found.outcomes["high"]]
    rows = [
        [
            f"{label(str(outcome), '' if row['name'] == outcome else str(row['name']))} ({one_line(row['unit'])})",
            *(numbers.quantity(_short(float(row[key]))) for key in ("level", "low", "median", "high")),
            "" if math.isnan(row["target_missed"]) else numbers.share(float(row["target_missed"])),
        ]
        for outcome, row in table.iterrows()
    ]
    if rows:
        yield "What the plan brings in the draws, and in what share of them it misses a target:"
        yield ""
        headers = ["outcome", "estimate", "5%", "median", "95%", "missed"]
        yield TextTable(headers, rows, spare=[["median"]], elsewhere="--format json")


def information_lines(found: InformationValue) -> list[str]:
    """Return what it would be worth to know each effect, and which study pays."""
    numbers, table, study = _numbers(found), found.table, found.study
    lines = [one_line(found.plan.scenario.name), "", *information_said(found, numbers)]
    headers = ["effect", "error", "plan changes below", "above", "perfect information"]
    if study is not None:
        headers += ["subjects", "study", "cost", "net"]
    rows = [effect_cells(row, numbers, study=study is not None) for _, row in table.head(MOST_ROWS).iterrows()]
    if rows:
        lines += ["", TextTable(headers, rows)]
    if len(table) > len(rows):
        lines.append(f"{plural(len(table) - len(rows), 'effect')} more: --format csv has all of them.")
    return [*lines, "", *information_basis(found)]


def information_said(found: InformationValue, numbers: Numbers) -> list[str]:
    """Return which effect it would be worth most to know, or that none is."""
    table, study = found.table, found.study
    key = "evppi" if study is None else "net"
    worthwhile = table[table[key] > 0] if len(table) else table
    if not len(worthwhile):
        what = "To know any one effect exactly" if study is None else "A study of any one effect"
        return [f"{what} would change no decision for the better" + (", net of its cost." if study else ".")]
    return _next(found, worthwhile.iloc[0], numbers)


def _next(found: InformationValue, best: pd.Series, numbers: Numbers) -> list[str]:
    unit = str(best["unit"])
    lines = [
        (
            f"To know {one_line(best['effect'])} exactly would be worth {_worth(numbers, float(best['evppi']), unit)}"
            " on average, over the periods of the plan."
        )
    ]
    if found.study is not None:
        lines.append(
            f"The study that pays most is one of it with {plural(int(best['subjects']), 'subject')}: it is worth"
            f" {_worth(numbers, float(best['evsi']), unit)} on average and costs {numbers.money(float(best['cost']))},"
            f" a net {numbers.money(float(best['net']))} with a unit of weighted outcomes counted as one"
            f" {found.plan.scenario.currency}."
        )
    return lines


def effect_cells(row: pd.Series, numbers: Numbers, *, study: bool) -> Sequence[str]:
    """Return the cells of an effect: its name, its error, where the plan changes, and what to know it is worth."""

    def factor(value: float) -> str:
        return "" if math.isinf(value) else numbers.share(value)

    cells = [
        one_line(row["effect"]),
        numbers.share(float(row["error"])) + (" assumed" if row["assumed"] else ""),
        factor(float(row["changes_below"])),
        factor(float(row["changes_above"])),
        numbers.quantity(_short(float(row["evppi"]))),
    ]
    if study:
        cells += [
            numbers.number(int(row["subjects"])),
            numbers.quantity(_short(float(row["evsi"]))),
            numbers.money(float(row["cost"])),
            numbers.money(float(row["net"])),
        ]
    return cells


def information_basis(found: InformationValue) -> Iterator[str]:
    """Say how the figures were worked out, and what they rest on."""
    table = found.table
    yield from Gain.told(found.plan.scenario, _numbers(found), "the plan that changes is that")
    yield "The plan changes where an effect is below, or above, such a share of its estimate, all others at their mean."
    yield "Values are exact expectations over the pieces of the best value, in units of the objective. " + KEPT_LIMITS
    if len(table) and (table["method"] == PREDICTED).any():
        yield f"Where errors that go together are not normal, values are {PREDICTED}."
    if len(table) and not table["proved"].all():
        count = int((~table["proved"]).sum())
        yield f"For {plural(count, 'effect')} not every plan is proved to be the best: the value is what was found."
    assumed = int(table["assumed"].sum()) if len(table) else 0
    if assumed:
        yield f"The standard error of {plural(assumed, 'effect')} is assumed: the scenario says none."
    if found.interrupted:
        yield "Interrupted: some effects were not valued."
    if found.failed:
        yield f"{plural(len(found.failed), 'effect')} failed: {one_line(found.failed[0].reason)}"
