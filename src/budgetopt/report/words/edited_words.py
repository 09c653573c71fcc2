"""What an edited plan changes, in words: a line an amount, long lists cut."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from budgetopt.analysis.comparing.edited_plan import EditedPlan
from budgetopt.formulation.stages import label_of
from budgetopt.report.figures.numbers import Numbers, plural
from budgetopt.report.figures.text import label, one_line

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["audit_lines", "edit_lines", "edited_document"]

SHOWN = 20
"""So many edited amounts are printed one by one."""


def audit_lines(edited: EditedPlan) -> Iterator[str]:
    """Yield which limits the plan misses, what it loses against the best plan, and what was edited."""
    yield str(edited.audit)
    yield ""
    yield _value_line(edited)
    yield from _edits(edited)
    yield from _remarks(edited)


def edit_lines(edited: EditedPlan) -> Iterator[str]:
    """Yield what was edited, and what that changes of outcomes and funds."""
    yield from _edits(edited)
    yield _value_line(edited)
    numbers, scenario = Numbers(edited.scenario.currency), edited.scenario
    for key, row in _moved(edited.outcomes, 1e-6):
        name, change = label(key, scenario.outcomes[key].name), numbers.quantity(row["change"], signed=True)
        yield f"- “{name}”: from {numbers.quantity(row['before'])} to {numbers.quantity(row['after'])} ({change})"
    for key, row in _moved(edited.funds, scenario.cent / 2):
        name, change = label(key, scenario.funds[key].name), numbers.spoken_money(row["change"], signed=True)
        before, after = numbers.spoken_money(row["before"]), numbers.spoken_money(row["after"])
        yield f"- the fund “{name}” pays {after} instead of {before} ({change})"
    if count := len(edited.audit.violations):
        yield f"The edited plan misses {plural(count, 'limit')}; `budgetopt audit` lists them."
    yield from _remarks(edited)


def _moved(table: pd.DataFrame, least: float) -> Iterator[tuple[str, pd.Series[float]]]:
    for key, row in table.iterrows():
        if abs(row["change"]) > least:
            yield str(key), row


def _edits(edited: EditedPlan) -> Iterator[str]:
    numbers, scenario, edits = Numbers(edited.scenario.currency), edited.scenario, edited.edits
    other = "the baseline" if edited.best is None else "the best plan"
    if not edits:
        yield f"Every amount is that of {other}."
        return
    yield f"{plural(len(edits), 'amount')} {'differs' if len(edits) == 1 else 'differ'} from {other}:"
    names = scenario.programs.names()
    for edit in edits[:SHOWN]:
        when = f" in {one_line(scenario.periods[edit.period])}" if len(scenario.periods) > 1 else ""
        place = f", {edit.place}" if edit.place else ""
        after, change = numbers.exact_money(edit.after), round(edit.after - edit.before, 9)
        words = f"other funds pay its {after}"
        if change:
            sign = "-" if change < 0 else "+"
            words = f"{after} instead of {numbers.exact_money(edit.before)} ({sign}{numbers.exact_money(abs(change))})"
        yield f"- “{one_line(names[edit.program])}”{when}: {words}{place}"
    if len(edits) > SHOWN:
        yield f"- and {plural(len(edits) - SHOWN, 'more amount')}"


def _value_line(edited: EditedPlan) -> str:
    numbers, what = Numbers(), one_line(label_of(edited.scenario.objective[0]))
    if edited.best is None:
        return f"“{what}”: {numbers.quantity(edited.value)}. No plan keeps every limit of the scenario."
    best, loss = edited.best.plan_value, edited.loss
    share = f" ({numbers.said_share(abs(loss / best))})" if best else ""
    values = f"“{what}”: {numbers.quantity(edited.value)}, and {numbers.quantity(best)} in the best plan."
    if abs(loss) <= 1e-9 * max(abs(best), 1.0):
        return f"{values} The edited plan loses nothing."
    if loss > 0:
        return f"{values} The edited plan loses {numbers.quantity(loss)}{share}."
    why = "it misses limits that the best plan keeps" if not edited.audit.accepted else "the best plan is not proved"
    return f"{values} The edited plan is better by {numbers.quantity(-loss)}{share}: {why}."


def _remarks(edited: EditedPlan) -> Iterator[str]:
    yield from (f"note: {remark}" for remark in edited.remarks)


def edited_document(edited: EditedPlan) -> dict[str, Any]:
    """Return the same as plain values, for JSON."""
    best = None if edited.best is None else edited.best.plan_value
    return {
        "file": edited.file,
        "kept": edited.audit.accepted,
        "missed": [str(violation) for violation in edited.audit.violations],
        "objective": {"edited": edited.value, "best": best, "loss": None if math.isnan(edited.loss) else edited.loss},
        "moves": edited.moves.to_dict(orient="records"),
        "outcomes": edited.outcomes.reset_index().to_dict(orient="records"),
        "funds": edited.funds.reset_index().to_dict(orient="records"),
        "remarks": list(edited.remarks),
    }
