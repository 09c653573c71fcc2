"""A robust plan beside the plan by the estimates, in plain sentences and tables."""

from __future__ import annotations

from collections.abc import Iterator

from budgetopt.analysis.risk.robust import RobustPlan
from budgetopt.report.figures.numbers import Numbers, plural
from budgetopt.report.figures.text import label, one_line
from budgetopt.report.figures.text_table import TextTable
from budgetopt.report.words.ensemble_words import KEPT_LIMITS, amount_text

__all__ = ["robust_lines"]

MOST_ROWS = 20
SHOWN = 1e-6
"""What rounding costs is said beyond this share of what the plan brings."""
GOALS = {
    "expected": "It is the plan with the best expected value.",
    "low": "It is the plan with the best value if every effect is at the end of its range that brings less.",
    "discount": "It is the plan with the best value if effects count less by the grade of their evidence.",
    "budget": "It is the plan with the best value if some effects, those that hurt most, are at their worst.",
    "cvar": "It is the plan whose worst draws are best on average (conditional value at risk).",
    "regret": "It is the plan whose largest regret over the draws is smallest.",
}
SETTINGS = {"budget": "effects at their worst", "cvar": "weight of the worst draws"}


def robust_lines(found: RobustPlan) -> list[str]:
    """Return a robust plan beside the plan by the estimates, and the price of robustness."""
    numbers = Numbers(found.plan.scenario.currency)
    lines = [
        one_line(found.plan.scenario.name),
        "",
        f"A robust plan. {GOALS[found.against]}",
        *_notes(found, numbers),
        "",
    ]
    headers = ["measure", "plan by the estimates", "robust plan", "difference", "unit"]
    rows = [
        [
            str(measure),
            *(numbers.quantity(_five_digits(float(row[key]))) for key in ("plan", "robust")),
            numbers.quantity(_five_digits(float(row["difference"])), signed=True),
            one_line(row["unit"]),
        ]
        for measure, row in found.measures.iterrows()
    ]
    lines.append(TextTable(headers, rows, [False, True, True, True, False]))
    lines += ["", *_programs(found, numbers)]
    if len(found.curve):
        lines += ["", *_curve(found, numbers)]
    return lines


def _five_digits(value: float) -> float:
    return float(f"{value:.5g}")


def _notes(found: RobustPlan, numbers: Numbers) -> Iterator[str]:
    yield KEPT_LIMITS
    if not found.proved:
        yield "It is not proved that no plan is more robust."
    elif found.gap > SHOWN * found.measures["robust"].abs().max():
        most = numbers.with_unit(_five_digits(found.gap), str(found.measures["unit"].iloc[0]))
        yield f"Its amounts are rounded: a plan with other amounts could be better by {most} at most."
    held, programs = found.at_limits
    if programs and held == programs:
        yield (
            "Caution: every program with money stands at a floor or a ceiling of its own, so that the plan follows"
            " these limits more than the evidence."
        )


def _programs(found: RobustPlan, numbers: Numbers) -> Iterator[str]:
    least = max(0.5, found.plan.rounded_to)
    moved = found.programs[found.programs["change"].abs() > least]
    if not len(moved):
        yield "It gives every program what the plan by the estimates gives."
        return
    moved = moved.reindex(moved["change"].abs().sort_values(ascending=False, kind="stable").index)
    yield f"It moves {plural(len(moved), 'program')} of {len(found.programs):,}:"
    yield ""
    rows = [
        [
            label(str(program), str(row["name"])),
            *(amount_text(numbers, float(row[key]), str(row["unit"])) for key in ("plan", "robust")),
            amount_text(numbers, float(row["change"]), str(row["unit"]), signed=True),
        ]
        for program, row in moved.head(MOST_ROWS).iterrows()
    ]
    yield TextTable(["program", "plan", "robust", "change"], rows)
    if len(moved) > MOST_ROWS:
        yield f"{plural(len(moved) - MOST_ROWS, 'program')} more: --format csv has all of them."


def _curve(found: RobustPlan, numbers: Numbers) -> Iterator[str]:
    brings = {"budget": "with so many effects at their worst", "cvar": "in the worst draws"}[found.against]
    said = f"The price of robustness: what the plan of each setting brings {brings}, and on average, and what it"
    yield f"{said} lacks of the best expected value."
    yield ""
    rows = [
        [numbers.quantity(setting), *(numbers.quantity(_five_digits(value)) for value in values)]
        for setting, *values in found.curve[["setting", "robust", "expected", "price"]].itertuples(index=False)
    ]
    headers = [SETTINGS[found.against], "at worst", "expected value", "price"]
    yield TextTable(headers, rows, [True] * 4)
