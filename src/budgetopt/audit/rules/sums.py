"""Rules of the form ``sum / where / at_least, at_most, equals / of / funds / periods / each``, and group by group."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from budgetopt.audit.check import ALL_PERIODS, Check
from budgetopt.audit.reading import groups
from budgetopt.audit.reckoning import Quantity, Reckoning
from budgetopt.audit.rules.limits import Limits, limits_of
from budgetopt.scenario.model import OfSelection, SumRule
from budgetopt.scenario.programs import Floats
from budgetopt.scenario.selection import select

__all__ = ["check_sum"]


@dataclass
class _Cells:
    """Cells of the check as they are found: sums beside their limits, with the group and the sentences of each."""

    limits: list[Limits] = field(default_factory=list)
    item: list[str] = field(default_factory=list)
    below: list[str] = field(default_factory=list)
    above: list[str] = field(default_factory=list)

    def add(self, limits: Limits, item: str, below: str, above: str) -> None:
        count = len(limits.value)
        self.limits.append(limits)
        self.item += [item] * count
        self.below += [below] * count
        self.above += [above] * count

    def check(self, rule: SumRule, unit: str) -> Check:
        def joined(name: str) -> Floats:
            return np.concatenate([getattr(part, name) for part in self.limits])

        bases = [np.full(len(part.value), np.nan) if part.base is None else part.base for part in self.limits]
        return Check(
            kind="sum",
            name=rule.name,
            value=joined("value"),
            lower=joined("lower"),
            upper=joined("upper"),
            period=joined("period").astype(np.int64),
            allowed=joined("allowed"),
            item=np.array([*self.item, ""], dtype=object)[:-1],
            base=None if all(part.base is None for part in self.limits) else np.concatenate(bases),
            unit=unit,
            because=rule.because,
            below=np.array([*self.below, ""], dtype=object)[:-1],
            above=np.array([*self.above, ""], dtype=object)[:-1],
        )


def check_sum(reckoning: Reckoning, rule: SumRule) -> Check:
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
    there are groups, both of what all groups together have. ``parity`` says that no group has less for each head, or
    for each group where no population is given, than any other has, by more than that share.
    """
    scenario = reckoning.scenario
    selected = select(scenario.programs, rule.where).astype(np.float64)
    held = scenario.period_mask(rule.periods)
    quantity = reckoning.of_words(rule.sum, selected, rule.funds)
    cells = _Cells()
    kind, _, name = rule.sum.partition(" ")
    what = "spending" if rule.sum == "spending" else _literal(name.strip() if name else kind)
    of = "" if rule.of is None else f", a share of {rule.of if isinstance(rule.of, str) else 'another selection'}"
    if rule.by is None:
        bounds = (rule.at_least, rule.at_most) if rule.equals is None else (rule.equals, rule.equals)
        base = _base(reckoning, rule, selected)
        least, most = ("it must be", "it must be") if rule.equals is not None else ("the least is", "the most is")
        sentence = f"{{name}}: {what} is {{value}}{{in_period}}, and "
        limits = limits_of(reckoning, quantity, base, bounds, held, rule.each)
        cells.add(limits, "", f"{sentence}{least} {{bound}}{of}", f"{sentence}{most} {{bound}}{of}")
        return cells.check(rule, quantity.unit)

    members = {name: share * selected for name, share in groups(scenario, rule.by, rule.population).items()}
    sums = {name: reckoning.of_words(rule.sum, weight, rule.funds) for name, weight in members.items()}
    heads = {name: rule.population.get(name, 1.0) for name in members}
    everyone = reckoning.of_words(rule.sum, np.sum([*members.values(), np.zeros_like(selected)], axis=0), rule.funds)
    bounds = (rule.each_at_least, rule.each_at_most)
    sentence = f"{{name}}: {what} of {{item}} is {{value}}{{in_period}}, and "
    for name, weight in members.items():
        if any(bound is not None for bound in bounds):
            if rule.of == "population share":
                base = everyone.times(heads[name] / sum(heads.values()))
            elif rule.of == "equal share":
                base = everyone.times(1 / len(members))
            else:
                base = _base(reckoning, rule, weight)
            limits = limits_of(reckoning, sums[name], base, bounds, held, rule.each)
            cells.add(limits, name, f"{sentence}the least is {{bound}}{of}", f"{sentence}the most is {{bound}}{of}")
    if rule.parity is not None:
        _add_parity(reckoning, rule, cells, {name: one.times(1 / heads[name]) for name, one in sums.items()}, what)
    if not cells.limits:
        cells.add(limits_of(reckoning, quantity, None, (None, None), held, rule.each), "", "", "")
    return cells.check(rule, quantity.unit)


def _add_parity(reckoning: Reckoning, rule: SumRule, cells: _Cells, each: dict[str, Quantity], what: str) -> None:
    """Set what each group has beside the most that any other has, less the share by which it may be lower."""
    held = reckoning.scenario.period_mask(rule.periods)
    at = np.array([ALL_PERIODS]) if rule.each == "total" else np.flatnonzero(held)
    kept = 1.0 - float(rule.parity or 0.0)
    head = "for each head" if rule.population else "in all"
    text = f"{{name}}: {what} of {{item}} is {{value}} {head}{{in_period}}, and beside others the least is {{bound}}"
    parts = {name: one.at(held) for name, one in each.items()}
    parts = {name: one.total() for name, one in parts.items()} if rule.each == "total" else parts
    for name, mine in parts.items():
        others = [one for group, one in parts.items() if group != name]
        if not others:
            continue
        most, gross, cent = (
            np.max([getattr(one, key) for one in others], axis=0) for key in ("value", "gross", "cent")
        )
        limits = Limits(
            at,
            mine.value,
            kept * most,
            np.full(len(at), np.inf),
            np.maximum(mine.cent + kept * cent, reckoning.tolerance * (mine.gross + kept * gross)),
            most,
        )
        cells.add(limits, name, text, text)


def _literal(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _base(reckoning: Reckoning, rule: SumRule, weight: Floats) -> Quantity | None:
    """Return what a share is a share of, for the programs that are summed, each by its weight."""
    scenario = reckoning.scenario
    if rule.of is None:
        return None
    if isinstance(rule.of, OfSelection):
        others = select(scenario.programs, rule.of.where).astype(np.float64)
        return reckoning.of_words(rule.of.sum, others, rule.of.funds)
    if rule.of == "total spending":
        return reckoning.dollars(np.ones(len(weight)), rule.funds)
    if rule.of == "baseline":
        amount = weight @ np.nan_to_num(reckoning.baselines)
    else:
        amount = reckoning.balances.revenue[reckoning.fund_mask(rule.funds)].sum(axis=0)
    return Quantity(amount, np.abs(amount), np.zeros(len(amount)))
