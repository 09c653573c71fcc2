"""Random scenarios for property tests: small, mostly of round figures, and each with a plan that keeps every rule.

A scenario is drawn as the mapping that a file would hold, so that a test can change its words. The plan comes first;
the limits are then chosen around what the plan does, often exactly there, because a vertex with many limits is where
solvers and formulations go wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from hypothesis import strategies as st

from budgetopt.audit import SpendingPlan, audit_plan
from budgetopt.scenario.model import Document
from budgetopt.scenario.scenario import Scenario
from drawn_limits import draw_limit, draw_revenue, draw_rule, draw_target
from drawn_words import (
    ALL,
    CONVEX,
    PERIODS,
    PLAIN,
    STEP,
    Features,
    draw_funds,
    draw_money,
    draw_outcomes,
    draw_program,
)
from oracle import Reading, admitted
from program_tables import table_of

__all__ = ["ALL", "CONVEX", "PLAIN", "Case", "cases", "plans", "random_plans", "scenarios", "unchecked"]


@dataclass(frozen=True, eq=False)
class Case:
    """A scenario as it is written, and a plan that keeps all of it.

    Parameters
    ----------
    document
        What stands in the file.
    spending, transfers
        The plan, exactly.
    feasible
        Whether the plan keeps the scenario's limits.
    """

    document: dict[str, Any]
    spending: Mapping[tuple[str, str, str], Fraction]
    transfers: Mapping[tuple[str, str, str], Fraction] = field(default_factory=dict)
    feasible: bool = True

    @cached_property
    def scenario(self) -> Scenario:
        return Scenario.from_document(self.document) if self.feasible else unchecked(self.document)

    @cached_property
    def plan(self) -> SpendingPlan:
        return plan_of(self.document, self.spending, self.transfers)

    @cached_property
    def reading(self) -> Reading:
        return Reading(self.document, self.spending, self.transfers)

    def read(self, plan: SpendingPlan) -> Reading:
        """Return the plain reading of any plan, given as arrays."""
        programs, funds, periods = (
            list(self.document["programs"]),
            list(self.document["funds"]),
            self.document["periods"],
        )
        spending = {
            (programs[p], funds[f], periods[t]): Fraction(plan.spending[p, f, t])
            for p, f, t in np.argwhere(plan.spending)
        }
        transfers = {
            (funds[a], funds[b], periods[t]): Fraction(plan.transfers[a, b, t])
            for a, b, t in np.argwhere(plan.transfers)
        }
        return Reading(self.document, spending, transfers)

    def __repr__(self) -> str:
        return f"Case({self.document!r}, {dict(self.spending)!r}, {dict(self.transfers)!r})"


def unchecked(document: Mapping[str, Any]) -> Scenario:
    """Return the scenario of a mapping that may contradict itself, which no reader of files would let pass."""
    words = Document.model_validate(document)
    return Scenario(words.model_copy(update={"programs": {}}), table_of(words.programs))


def plan_of(
    document: Mapping[str, Any],
    spending: Mapping[tuple[str, str, str], Fraction],
    transfers: Mapping[tuple[str, str, str], Fraction],
) -> SpendingPlan:
    programs, funds, periods = list(document["programs"]), list(document["funds"]), document["periods"]
    plan = SpendingPlan(
        np.zeros((len(programs), len(funds), len(periods))), np.zeros((len(funds), len(funds), len(periods)))
    )
    for (program, fund, period), amount in spending.items():
        plan.spending[programs.index(program), funds.index(fund), periods.index(period)] = float(amount)
    for (giver, taker, period), amount in transfers.items():
        plan.transfers[funds.index(giver), funds.index(taker), periods.index(period)] = float(amount)
    return plan


def scenarios(**options: Any) -> st.SearchStrategy[Scenario]:
    """Return scenarios that some plan keeps; the options are those of :func:`cases`."""
    return cases(**options).map(lambda case: case.scenario)


@st.composite
def cases(
    draw: st.DrawFn,
    *,
    max_programs: int = 8,
    max_funds: int = 4,
    max_periods: int = 3,
    features: Features = CONVEX,
    feasible: bool = True,
) -> Case:
    """Draw a scenario and a plan that keeps all of it; with ``feasible=False`` the limits do not care for the plan."""
    periods = PERIODS[: draw(st.integers(1, max_periods))]
    outcomes = draw_outcomes(draw, features)
    programs = {f"p{i}": draw_program(draw, outcomes, features) for i in range(draw(st.integers(1, max_programs)))}
    funds = draw_funds(draw, programs, max_funds, features)
    document = {
        "name": "Drawn",
        "periods": periods,
        "funds": funds,
        "outcomes": outcomes,
        "programs": programs,
        "rules": [],
    }
    _choose_payers(draw, document)
    spending = _witness(draw, document, features)
    transfers = _transfers(draw, document, features)
    reading = Reading(document, spending, transfers)
    for program in programs:
        draw_limit(draw, reading, program, features, feasible)
    for outcome in outcomes:
        draw_target(draw, reading, outcome, features, feasible)
    for number in range(draw(st.integers(0, 4))):
        rule = draw_rule(draw, reading, f"Rule {number}", features, feasible)
        if rule is not None:
            document["rules"].append(rule)
    covers = any(rule.get("of") == "revenue" for rule in document["rules"])
    for fund in funds:
        draw_revenue(draw, reading, fund, covers, feasible)
    return Case(document, spending, transfers, feasible)


def _choose_payers(draw: st.DrawFn, document: dict[str, Any]) -> None:
    for program, words in document["programs"].items():
        may = admitted(document, program)
        if draw(st.integers(0, 2)) == 0:
            words["funds"] = may[-draw(st.integers(1, len(may))) :]


def _witness(draw: st.DrawFn, document: Mapping[str, Any], features: Features) -> dict[tuple[str, str, str], Fraction]:
    """Draw a plan: mostly by one fund, and the same in each period or near the baseline."""
    spending = {}
    for program, words in document["programs"].items():
        funds = admitted(document, program)
        main = draw(st.sampled_from(funds))
        usual = draw(st.sampled_from([0, words.get("baseline", 0), draw_money(draw, features, 25)]))
        for period in document["periods"]:
            amount = usual if draw(st.integers(0, 2)) else draw_money(draw, features, 25)
            if amount:
                spending[program, main, period] = Fraction(amount)
            if len(funds) > 1 and draw(st.integers(0, 3)) == 0:
                other = draw(st.sampled_from(funds))
                spending[program, other, period] = spending.get((program, other, period), Fraction(0)) + STEP
    return spending


def _transfers(draw: st.DrawFn, document: dict[str, Any], features: Features) -> dict[tuple[str, str, str], Fraction]:
    moved: dict[tuple[str, str, str], Fraction] = {}
    funds = list(document["funds"])
    if len(funds) < 2 or "transfers" not in features or draw(st.integers(0, 3)) == 0:
        return moved
    giver, taker = draw(st.permutations(funds))[:2]
    amounts = {period: draw_money(draw, features, 5) for period in document["periods"]}
    limits: dict[str, Any] = {"at_most": draw(st.sampled_from([max(amounts.values()), dict(amounts), 1_000_000]))}
    if draw(st.booleans()):
        limits["at_least"] = draw(st.sampled_from([min(amounts.values()), dict(amounts)]))
    if limits["at_most"] == 1_000_000:
        amounts = {period: min(amount, 1_000_000) for period, amount in amounts.items()}
    document["funds"][giver]["transfers_to"] = {taker: limits}
    return {(giver, taker, period): Fraction(amount) for period, amount in amounts.items()}


def random_plans(scenario: Scenario, *, most: float = 3e6) -> st.SearchStrategy[SpendingPlan]:
    """Return plans drawn without regard to any rule but which fund may pay for what."""
    shape = (len(scenario.programs), len(scenario.funds), len(scenario.periods))
    count = int(np.prod(shape))
    pairs = shape[1] ** 2 * shape[2]
    step = st.sampled_from([0.0, 0.0, 100_000.0, 500_000.0, 1_000_000.0, 123_456.78])
    amounts = st.one_of(step, st.floats(0, most).map(lambda value: round(value, 2)))
    return st.builds(
        lambda spent, moved: SpendingPlan(
            np.array(spent).reshape(shape) * scenario.eligible[:, :, None],
            np.array(moved).reshape(shape[1], shape[1], shape[2]) * _named_transfers(scenario)[:, :, None],
        ),
        st.lists(amounts, min_size=count, max_size=count),
        st.lists(st.sampled_from([0.0, 0.0, 100_000.0, 500_000.0]), min_size=pairs, max_size=pairs),
    )


def _named_transfers(scenario: Scenario) -> np.ndarray[Any, Any]:
    names = list(scenario.funds)
    named = np.zeros((len(names), len(names)), dtype=bool)
    for giver, fund in enumerate(scenario.funds.values()):
        for taker in fund.transfers_to:
            named[giver, names.index(taker)] = True
    return named


@st.composite
def plans(draw: st.DrawFn, scenario: Scenario, start: SpendingPlan) -> SpendingPlan:
    """Draw a plan that the audit accepts: a random one, pulled towards an accepted one until it is accepted too."""
    other = draw(random_plans(scenario))
    for step in (1.0, 0.5, 0.2, 0.05, 0.01):
        mixed = SpendingPlan(
            start.spending + step * (other.spending - start.spending),
            start.transfers + step * (other.transfers - start.transfers),
        )
        if audit_plan(scenario, mixed).accepted:
            return mixed
    return start
