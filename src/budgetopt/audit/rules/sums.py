"""Rules of the form ``sum / where / at_least, at_most, equals / of / funds / periods / each``."""

from __future__ import annotations

import numpy as np

from budgetopt.audit.check import Check
from budgetopt.audit.reckoning import Quantity, Reckoning
from budgetopt.audit.rules.limits import limits_of
from budgetopt.scenario.model import OfSelection, SumRule
from budgetopt.scenario.selection import select

__all__ = ["check_sum"]


def check_sum(reckoning: Reckoning, rule: SumRule) -> Check:
    """Check a limit on a sum over programs.

    The sum is the spending for the programs that ``where`` selects, by the rule's ``funds`` where it names some; or
    what these programs do to an outcome, a curve's value at zero spending included, whoever pays for it.

    Without ``of`` a limit is an amount. With it, a limit is a share of

    - ``total spending``: the spending for all programs, by the rule's ``funds`` where it names some;
    - ``baseline``: the baselines of the selected programs, whoever pays; a new program counts 0;
    - ``revenue``: the recurring revenue, without one-time revenue, of the rule's ``funds``, or of all funds;
    - another selection: its own ``sum``, ``where`` and ``funds``; the rule's ``funds`` do not enter into it.

    With ``each: period`` all of this holds in each of the rule's periods; with ``total`` for its periods added up, so
    that baselines count once for each of them.
    """
    quantity = reckoning.of_words(rule.sum, rule.where, rule.funds)
    base = _base(reckoning, rule)
    bounds = (rule.at_least, rule.at_most) if rule.equals is None else (rule.equals, rule.equals)
    limits = limits_of(reckoning, quantity, base, bounds, reckoning.scenario.period_mask(rule.periods), rule.each)
    subject = "spending is" if rule.sum == "spending" else f"{rule.sum.removeprefix('outcome').strip()} is"
    of = "" if rule.of is None else f", a share of {rule.of if isinstance(rule.of, str) else 'another selection'}"
    least, most = ("it must be", "it must be") if rule.equals is not None else ("the least is", "the most is")
    sentence = f"{{name}}: {_literal(subject)} {{value}}{{in_period}}, and "
    return Check(
        kind="sum",
        name=rule.name,
        value=limits.value,
        lower=limits.lower,
        upper=limits.upper,
        period=limits.period,
        allowed=limits.allowed,
        base=limits.base,
        unit=quantity.unit,
        because=rule.because,
        below=f"{sentence}{least} {{bound}}{of}",
        above=f"{sentence}{most} {{bound}}{of}",
    )


def _literal(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _base(reckoning: Reckoning, rule: SumRule) -> Quantity | None:
    scenario = reckoning.scenario
    if rule.of is None:
        return None
    if isinstance(rule.of, OfSelection):
        return reckoning.of_words(rule.of.sum, rule.of.where, rule.of.funds)
    if rule.of == "total spending":
        return reckoning.dollars(None, rule.funds)
    if rule.of == "baseline":
        baseline = np.nan_to_num(scenario.programs.baseline(), nan=0.0)[select(scenario.programs, rule.where)].sum()
        amount = np.full(len(scenario.periods), baseline)
    else:
        amount = reckoning.balances.revenue[reckoning.fund_mask(rule.funds)].sum(axis=0)
    return Quantity(amount, np.abs(amount), np.zeros(len(amount)))
