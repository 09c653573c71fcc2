"""Rules of the form ``sum / where / at_least, at_most, equals / of / funds / periods / each``, and group by group."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from budgetopt.audit.check import ALL_PERIODS, Check
from budgetopt.audit.evaluation import Evaluation, Quantity
from budgetopt.audit.inputs import groups
from budgetopt.audit.rules.bounded import Bounded, bounded
from budgetopt.scenario.model import OfSelection, SumRule
from budgetopt.scenario.programs import Floats, objects
from budgetopt.scenario.selection import select

__all__ = ["check_sum"]


@dataclass
class _Cells:
    """Cells of the check as they are found: sums beside their limits, with the group and the sentences of each."""

    limits: list[Bounded] = field(default_factory=list)
    item: list[str] = field(default_factory=list)
    part: list[int] = field(default_factory=list)
    below: list[str] = field(default_factory=list)
    above: list[str] = field(default_factory=list)

    def add(self, limits: Bounded, item: str, below: str, above: str, part: int = -1) -> None:
        count = len(limits.value)
        self.limits.append(limits)
        self.item += [item] * count
        self.part += [part] * count
        self.below += [below] * count
        self.above += [above] * count

    def check(self, rule: SumRule, unit: str) -> Check:
        def joined(name: str) -> Floats:
            return np.concatenate([getattr(part, name) for part in self.limits])

        share_of = joined("share_of")
        return Check(
            kind="sum",
            name=rule.name,
            value=joined("value"),
            lower=joined("lower"),
            upper=joined("upper"),
            period=joined("period").astype(np.int64),
            allowed=joined("allowed"),
            item=objects(self.item),
            part=None if rule.by is None else np.array(self.part, dtype=np.int64),
            share_of=None if np.isnan(share_of).all() else share_of,
            unit=unit,
            because=rule.because,
            below=objects(self.below),
            above=objects(self.above),
        )


def check_sum(evaluation: Evaluation, rule: SumRule) -> Check:
    """Check a limit on a sum over programs.

    The sum is the spending for the programs that ``where`` selects, by the rule's ``funds`` where it names some; or
    what these programs do to an outcome, a curve's value at zero spending included, whoever pays for it; or what they
    take of a resource.

    Without ``of`` a limit is an amount. With it, a limit is a share of

    - ``total spending``: the spending for all programs, by the rule's ``funds`` where it names some;
    - ``baseline``: the baselines of the selected programs in the period, whoever pays; a new program counts 0;
    - ``revenue``: the recurring revenue, without one-time revenue, of the rule's ``funds``, or of all funds;
    - another selection: its own ``sum``, ``where`` and ``funds``; the rule's ``funds`` do not enter into it.

    With ``each: period`` all of this holds in each of the rule's periods; with ``total`` for its periods added up, so
    that baselines count once for each of them.

    With ``by`` the sum and the baselines are those of a group, to which a program belongs wholly, or by the share of
    its service that lands in a district. ``each_at_least`` and ``each_at_most`` limit the sum of every group; a
    ``population share`` is the group's share of the population of all groups, an ``equal share`` one of as many as
    there are groups, both of what all groups together have. ``parity`` says that no group has less per head, or
    for each group where no population is given, than any other has, by more than that share.
    """
    scenario = evaluation.scenario
    selected = select(scenario.programs, rule.where).astype(np.float64)
    quantity = evaluation.quantity_of(rule.sum, selected, rule.funds)
    cells = _Cells()
    if rule.by is None:
        bounds = (rule.at_least, rule.at_most) if rule.equals is None else (rule.equals, rule.equals)
        limits = _bounded(evaluation, rule, quantity, _share_of(evaluation, rule, selected), bounds)
        words = ("the least is", "the most is") if rule.equals is None else ("it must be", "it must be")
        below, above = (f"{_sentence(rule)} {word} {{bound}}{_of(rule)}" for word in words)
        cells.add(limits, "", below, above)
    else:
        _add_groups(evaluation, rule, cells, selected)
    if not cells.limits:
        cells.add(_bounded(evaluation, rule, quantity, None, (None, None)), "", "", "")
    return cells.check(rule, quantity.unit)


def _add_groups(evaluation: Evaluation, rule: SumRule, cells: _Cells, selected: Floats) -> None:
    """Set the sum of each group beside its limits, and beside the other groups where the rule asks for parity."""
    named = groups(evaluation.scenario, rule.by or "", rule.population)
    members = {name: share * selected for name, share in named.items()}
    sums = {name: evaluation.quantity_of(rule.sum, weight, rule.funds) for name, weight in members.items()}
    population = {name: rule.population.get(name, 1.0) for name in members}
    bounds = (rule.each_at_least, rule.each_at_most)
    if bounds != (None, None):
        in_a_group = np.sum([*members.values(), np.zeros_like(selected)], axis=0)
        everyone = evaluation.quantity_of(rule.sum, in_a_group, rule.funds)
        for number, (name, weight) in enumerate(members.items()):
            share_of: Quantity | None
            if rule.of == "population share":
                share_of = everyone.times(population[name] / sum(population.values()))
            elif rule.of == "equal share":
                share_of = everyone.times(1 / len(members))
            else:
                share_of = _share_of(evaluation, rule, weight)
            limits = _bounded(evaluation, rule, sums[name], share_of, bounds)
            words = ("the least is", "the most is")
            below, above = (f"{_sentence(rule)} {word} {{bound}}{_of(rule)}" for word in words)
            cells.add(limits, name, below, above, number)
    if rule.parity is not None:
        _add_parity(evaluation, rule, cells, {name: one.times(1 / population[name]) for name, one in sums.items()})


def _add_parity(evaluation: Evaluation, rule: SumRule, cells: _Cells, each: dict[str, Quantity]) -> None:
    """Set what each group has beside the most that any other has, less the share by which it may be lower."""
    held = evaluation.scenario.period_mask(rule.periods)
    at = np.array([ALL_PERIODS]) if rule.each == "total" else np.flatnonzero(held)
    kept = 1.0 - float(rule.parity or 0.0)
    text = f"{_sentence(rule, ' for each head' if rule.population else ' in all')} beside others the least is {{bound}}"
    parts = {name: one.at(held) for name, one in each.items()}
    parts = {name: one.total() for name, one in parts.items()} if rule.each == "total" else parts
    for number, (name, mine) in enumerate(parts.items()):
        others = [one for group, one in parts.items() if group != name]
        if not others:
            continue
        most, gross, cent = (
            np.max([getattr(one, key) for one in others], axis=0) for key in ("value", "gross", "cent")
        )
        limits = Bounded(
            at,
            mine.value,
            kept * most,
            np.full(len(at), np.inf),
            np.maximum(mine.cent + kept * cent, evaluation.tolerance * (mine.gross + kept * gross)),
            most,
        )
        # the parts of parity come after those of the groups' own limits
        cells.add(limits, name, text, text, len(parts) + number)


def _sentence(rule: SumRule, per: str = "") -> str:
    """Return how the sentence about a cell begins: what is summed, of which group, and what it is."""
    what = rule.sum.removeprefix("outcome ").removeprefix("resource ").strip().replace("{", "{{").replace("}", "}}")
    return f"{{name}}: {what}{' of {item}' if rule.by else ''} is {{value}}{per}{{in_period}}, and"


def _of(rule: SumRule) -> str:
    if rule.of is None:
        return ""
    return f", a share of {rule.of if isinstance(rule.of, str) else 'another selection'}"


def _bounded(
    evaluation: Evaluation, rule: SumRule, quantity: Quantity, share_of: Quantity | None, bounds: tuple[Any, Any]
) -> Bounded:
    return bounded(evaluation, quantity, share_of, bounds, evaluation.scenario.period_mask(rule.periods), rule.each)


def _share_of(evaluation: Evaluation, rule: SumRule, weight: Floats) -> Quantity | None:
    """Return what a share is a share of, for the programs that are summed, each by its weight."""
    scenario = evaluation.scenario
    if rule.of is None:
        return None
    if isinstance(rule.of, OfSelection):
        others = select(scenario.programs, rule.of.where).astype(np.float64)
        return evaluation.quantity_of(rule.of.sum, others, rule.of.funds)
    if rule.of == "total spending":
        return evaluation.dollars(np.ones(len(weight)), rule.funds)
    if rule.of == "baseline":
        amount = weight @ np.nan_to_num(evaluation.baselines)
    else:
        amount = evaluation.balances.revenue[evaluation.fund_mask(rule.funds)].sum(axis=0)
    return Quantity(amount, np.abs(amount), np.zeros(len(amount)))
