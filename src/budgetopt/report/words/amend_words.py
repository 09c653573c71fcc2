"""What motions do to a plan, in words: each motion, what is missed, what it costs, and what balances it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from budgetopt.analysis.amendments.amend import Amended, moves_between
from budgetopt.analysis.amendments.offsets import NOISE
from budgetopt.analysis.infeasibility.repair import Amendment, Repair
from budgetopt.audit import Audit, Violation
from budgetopt.formulation.stages import label_of
from budgetopt.report.figures.numbers import Numbers, join_words, plural
from budgetopt.report.figures.text import label, one_line
from budgetopt.report.words.contradiction import repair_lines
from budgetopt.scenario.programs import Floats
from budgetopt.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["amend_document", "amend_lines", "moves_lines"]

SHOWN = 20
"""So many amounts or limits are printed one by one."""


def amend_lines(found: Amended) -> Iterator[str]:
    """Yield what the motions change, whether the plan is balanced, what it costs, and what balances it."""
    numbers = Numbers(found.scenario.currency)
    if not found.steps:
        yield "No motion was made."
    table = found.motions
    for text, because, change, missed in zip(
        *(table[column].tolist() for column in ("motion", "because", "change", "missed")), strict=True
    ):
        why = f" ({one_line(because)})" if because else ""
        state = f"{plural(missed, 'limit')} missed" if missed else "every limit is kept"
        money = f"{numbers.spoken_money(change, signed=True)}" if round(change, 2) else "no money added"
        yield f"- {one_line(text)}{why}: {money}; {state}"
    yield ""
    yield from moves_lines(found.scenario, found.moves)
    yield from _value(found)
    yield from _outcomes(found)
    yield ""
    if found.balanced:
        yield f"Balanced: the plan keeps all {found.audit.limit_count:,} limits."
        yield from _purchases(found)
        return
    violations = found.audit.violations
    yield f"Not balanced: the plan misses {plural(len(violations), 'limit')}."
    yield from _missed(violations)
    yield ""
    yield from _offsets(found)
    yield from _purchases(found)
    yield from _waivers(found)


def _missed(violations: Sequence[Violation]) -> Iterator[str]:
    """Yield limits that are missed, one a line; of many the first."""
    yield from (f"- {one_line(str(violation))}" for violation in violations[:SHOWN])
    if len(violations) > SHOWN:
        yield f"- and {plural(len(violations) - SHOWN, 'more limit')}"


def moves_lines(scenario: Scenario, moves: pd.DataFrame) -> Iterator[str]:
    """Yield the amounts that change, one a line; of many the first."""
    numbers, periods = Numbers(scenario.currency), scenario.periods
    if not len(moves):
        yield "No amount changes."
    columns = (moves[column].tolist()[:SHOWN] for column in ("name", "period", "before", "after", "change"))
    for name, period, before, after, change in zip(*columns, strict=True):
        when = f" in {one_line(period)}" if len(periods) > 1 else ""
        sign, by = "-" if change < 0 else "+", numbers.exact_money(abs(change))
        amounts = f"{numbers.exact_money(after)} instead of {numbers.exact_money(before)}"
        yield f"- “{one_line(name)}”{when}: {amounts} ({sign}{by})"
    if len(moves) > SHOWN:
        yield f"- and {plural(len(moves) - SHOWN, 'more amount')}"


def _value(found: Amended) -> Iterator[str]:
    numbers, what = Numbers(), one_line(label_of(found.scenario.objective[0]))
    before = found.start.objectives[0].value
    words = f"“{what}”: {numbers.quantity(before)} before, {numbers.quantity(found.value)} after"
    yield f"{words}: {_lost(found.loss, before)}."


def _lost(loss: float, value: float) -> str:
    numbers = Numbers()
    if abs(loss) <= 1e-9 * max(abs(value), 1.0):
        return "nothing is lost or gained"
    share = f" ({numbers.said_share(abs(loss / value))})" if value else ""
    return f"{numbers.quantity(abs(loss))}{share} {'lost' if loss > 0 else 'gained'}"


def _outcomes(found: Amended) -> Iterator[str]:
    numbers, outcomes = Numbers(), found.scenario.outcomes
    for key, row in found.outcomes.iterrows():
        if abs(row["change"]) > 1e-6:
            name, outcome = label(str(key), outcomes[str(key)].name), outcomes[str(key)]
            change = numbers.with_unit(row["change"], outcome.unit, signed=True)
            before, after = numbers.quantity(row["before"]), numbers.quantity(row["after"])
            yield f"- “{name}”: {before} before, {after} after ({change})"


def _offsets(found: Amended) -> Iterator[str]:
    numbers = Numbers(found.scenario.currency)
    who = (
        f" of {join_words([one_line(name) for name in found.may_be_cut])}" if found.may_be_cut else " of other programs"
    )
    offsets = found.offsets
    if offsets is None:
        yield f"No cuts{who} balance it."
        return
    if not offsets.cut.any() and offsets.waived:
        yield f"No cut{who} is needed for it."
    elif not offsets.cut.any():
        yield "Without any cut, it is balanced when other funds pay, or money is transferred."
    else:
        total = numbers.spoken_money(float(offsets.cut.sum()))
        least = "at the least loss" if offsets.proved else "at the least loss that was found (not proved)"
        yield f"These cuts{who}, {total} in all, balance it {least}:"
    yield from (f"- cut “{name}” by {amounts}" for name, amounts in _amounts(found, offsets.cut))
    if offsets.cut.any():
        yield f"With them: {_against_start(found, offsets.audit)}."
    if offsets.waived:
        yield "The motions by themselves miss limits that no cut of others can help; with the offsets, waive:"
        yield from _amendments(found, offsets.waived)


def _amounts(found: Amended, moved: Floats) -> Iterator[tuple[str, str]]:
    """Yield each program that is moved, and its amounts; shape (programs, periods)."""
    numbers, periods = Numbers(found.scenario.currency), found.scenario.periods
    names = found.scenario.programs.names()
    for program in np.flatnonzero(moved.any(axis=1)).tolist():
        parts = [
            numbers.exact_money(round(amount, 2)) + (f" in {one_line(period)}" if len(periods) > 1 else "")
            for period, amount in zip(periods, moved[program].tolist(), strict=True)
            if amount > 0
        ]
        yield one_line(names[program]), join_words(parts)


def _against_start(found: Amended, audit: Audit) -> str:
    return f"{_lost(found.loss_of(audit), found.start.objectives[0].value)} against the plan before the motions"


def _purchases(found: Amended) -> Iterator[str]:
    """Say what the money that the motions free buys best."""
    bought = found.purchases
    if bought is None:
        return
    numbers = Numbers(found.scenario.currency)
    freed, left = numbers.spoken_money(bought.freed), bought.freed - float(bought.bought.sum())
    if not bought.bought.any():
        yield f"No other program gains by the {freed} that the motions free{_in_multiples(found)}."
        return
    best = "buy most" if bought.proved else "buy most, of what was found (not proved),"
    yield f"The {freed} that the motions free would {best} as:"
    yield from (f"- {amounts} more for “{name}”" for name, amounts in _amounts(found, bought.bought))
    if left > NOISE * found.scenario.cent:
        yield f"The other {numbers.spoken_money(left)} would buy nothing more{_in_multiples(found)}."
    yield f"With that: {_against_start(found, bought.audit)}."


def _in_multiples(found: Amended) -> str:
    """Return in what amounts money is given, where the scenario rounds it."""
    unit = found.scenario.document.round_to
    return f" in multiples of {Numbers(found.scenario.currency).exact_money(unit)}" if unit else ""


def _waivers(found: Amended) -> Iterator[str]:
    if found.waivers:
        yield "To adopt it as it is, this would have to change; for a fund, its reserve or its money:"
        yield from _amendments(found, found.waivers)
    if not found.not_waived:
        return
    if found.waivers:
        yield f"With all of that changed, it would still miss {plural(len(found.not_waived), 'limit')}:"
        yield from _missed(found.not_waived)
    else:
        yield "What would have to change to adopt it as it is cannot be told for these limits."


def _amendments(found: Amended, items: tuple[Amendment, ...]) -> Iterator[str]:
    yield from repair_lines(found.scenario, [Repair(0.0, (item,)) for item in items])


def amend_document(found: Amended) -> dict[str, Any]:
    """Return the same as plain values, for JSON."""
    offsets = None if found.balanced else found.offsets
    waived = () if offsets is None else offsets.waived
    document = {
        "balanced": found.balanced,
        "missed": [str(violation) for violation in found.audit.violations],
        "objective": {"before": found.start.objectives[0].value, "after": found.value, "loss": found.loss},
        "motions": found.motions.to_dict(orient="records"),
        "moves": found.moves.to_dict(orient="records"),
        "outcomes": found.outcomes.reset_index().to_dict(orient="records"),
        "funds": found.funds.reset_index().to_dict(orient="records"),
        "waive": [] if found.balanced else [_plain(item) for item in found.waivers],
        "not_waived": [] if found.balanced else [str(violation) for violation in found.not_waived],
        "offsets": None,
        "purchases": None,
    }
    if offsets is not None:
        document["offsets"] = {
            "moves": moves_between(found.scenario, found.plan, offsets.plan).to_dict(orient="records"),
            "loss": found.loss_of(offsets.audit),
            "proved": offsets.proved,
            "waive": [_plain(item) for item in waived],
        }
    if found.purchases is not None:
        document["purchases"] = {
            "freed": found.freed,
            "moves": moves_between(found.scenario, found.plan, found.purchases.plan).to_dict(orient="records"),
            "loss": found.loss_of(found.purchases.audit),
            "proved": found.purchases.proved,
        }
    return document


def _plain(item: Amendment) -> dict[str, Any]:
    return {"path": item.path, "before": item.before, "after": item.after}
