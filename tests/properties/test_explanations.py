"""What an explanation says is what solving again shows: forced up, cut, dropped, or scaled past a break-even."""

from __future__ import annotations

import copy
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

import budgetopt as bo
from budgetopt.analysis import WhatIf, break_even_factors, explain_all, marginal_returns, prices
from budgetopt.analysis.live_problem.alterations import whole
from budgetopt.analysis.live_problem.scaling import scaled
from budgetopt.analysis.sensitivity.break_even import MOVES
from budgetopt.analysis.sensitivity.limit_rows import limit_rows
from budgetopt.formulation import Formulation, Labels, LinearProgram, Matrix
from budgetopt.formulation.linear_program import Block
from budgetopt.scenario.limits import Provision
from budgetopt.scenario.programs import Floats, Ints
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import Termination
from budgetopt.solvers.highs import LiveModel
from measures import best_value, few
from strategies import ALL, CONVEX, PLAIN, Case, cases

if TYPE_CHECKING:
    import pandas as pd


def spends(formulation: Formulation, row: int, x: Floats) -> float:
    return float(formulation.spending_of(x)[row].sum())


def best_and_level(scenario: Scenario, row: int) -> tuple[float, float]:
    """Return the best value, and what a program gets in a plan that has it; both NaN where there is no plan."""
    formulation = whole(scenario)
    answer = LiveModel(formulation.linear_program).solve()
    if answer.termination is not Termination.OPTIMAL or answer.x is None:
        return math.nan, math.nan
    return answer.objective, spends(formulation, row, answer.x)


def check_break_evens(scenario: Scenario, row: int, width: float) -> None:
    plan = bo.solve(scenario)
    program = str(scenario.programs.ids[row])
    spent = plan.spending.sum(axis=(1, 2))
    tolerance = max(MOVES * float(spent.max(initial=0.0)), 0.005)
    for item in break_even_factors(plan, program):
        if math.isnan(item.factor):
            continue
        rises = item.more if item.what != "cost" else not item.more
        factor = item.factor * (1 + width if rises else 1 - width)
        _, level = best_and_level(scaled(scenario, program, item.what, item.outcome, factor), row)
        serves = level / factor if item.what == "cost" else level
        if item.more:
            assert min(level, serves) > spent[row] + tolerance / 2
        else:
            assert max(level, serves) < spent[row] - tolerance / 2


@few(1 / 3)
@given(case=cases(max_programs=3, max_funds=2, max_periods=2, features=PLAIN), data=st.data())
def test_just_beyond_a_break_even_the_program_moves(case: Case, data: st.DataObject) -> None:
    check_break_evens(case.scenario, data.draw(st.integers(0, len(case.scenario.programs) - 1)), 1e-6)


@few(1 / 5)
@given(case=cases(max_programs=3, max_funds=2, max_periods=2, features=ALL), data=st.data())
def test_just_beyond_a_break_even_the_program_moves_with_whole_decisions_too(case: Case, data: st.DataObject) -> None:
    check_break_evens(case.scenario, data.draw(st.integers(0, len(case.scenario.programs) - 1)), 1e-6)


# The objective is at its limit whatever a program costs, so that no factor moves the program.
HELD_BY_A_LIMIT_ON_THE_OUTCOME = {
    "periods": ["a"],
    "funds": {
        "general": {"revenue": 0, "one_time": {"a": 2_000_000}, "structural_balance": True, "carryover": False},
    },
    "outcomes": {
        "good": {"weight": 1, "target": {"at_most": -0.0001}},
        "also": {"weight": 0, "target": {"at_least": 0}},
    },
    "programs": {
        "buys": {"recurring": False, "outcomes": {"good": {"unit_cost": 2000}, "also": {"unit_cost": 250}}},
        "asked": {"recurring": False, "outcomes": {"good": {"per_dollar": -0.0001}}},
        "other": {
            "recurring": False,
            "outcomes": {"good": {"per_dollar": -0.0001}},
            "spending": {"at_most": 1},
        },
    },
}
# At some factors the curve is concave, so that the problem has no integer column, and at others it has.
CURVE_WITH_A_STEP = {
    "periods": ["a", "b"],
    "funds": {
        "general": {"one_time": {"a": 2_000_000}, "revenue": {"a": 0, "b": 500_000}, "carryover": False},
        "grant": {
            "kind": "grant",
            "only": {"program": ["asked"]},
            "one_time": {"a": 2_000_000},
            "revenue": {"a": 0, "b": 100_000},
            "carryover": False,
        },
    },
    "outcomes": {"good": {"weight": 1, "target": {"at_most": -2}}},
    "programs": {
        "asked": {
            "baseline": 300_000,
            "outcomes": {
                "good": {"curve": [[0, 0], [100_000, 0], [200_000, -1], [300_000, -1], [400_000, -2]]},
            },
            "spending": {"at_most": "134%"},
        },
        "other": {"baseline": 0, "outcomes": {"good": {"per_dollar": -0.0001}}},
    },
}


@pytest.mark.parametrize("document", [HELD_BY_A_LIMIT_ON_THE_OUTCOME, CURVE_WITH_A_STEP])
@pytest.mark.parametrize("row", [0, 1])
def test_just_beyond_a_break_even_the_program_moves_in_cases_once_wrong(document: dict[str, Any], row: int) -> None:
    check_break_evens(Scenario.from_document(copy.deepcopy(document)), row, 1e-6)


@few(1 / 2)
@given(case=cases(max_programs=4, max_funds=2, max_periods=2, features=CONVEX), data=st.data())
def test_forcing_a_dollar_costs_no_less_than_it_is_said_to(case: Case, data: st.DataObject) -> None:
    question = WhatIf(case.scenario)
    assume(not question.is_integer)
    table = marginal_returns(bo.solve(case.scenario), question=question)
    assume(len(table))
    line = table.iloc[data.draw(st.integers(0, len(table) - 1))]
    assume(check_forced(question, line, data.draw(st.sampled_from([0.5, 100.0]))))


# A target that a program of two funds keeps in either of two periods: a dollar moved between them costs nothing.
MET_IN_EITHER = {
    "periods": ["a", "b"],
    "funds": {
        "general": {"revenue": {"a": 2_000_000, "b": 200_000}, "carryover": False},
        "grant": {"kind": "grant", "revenue": {"a": 2_100_000, "b": 0}, "carryover": False},
    },
    "outcomes": {"good": {"weight": 1}, "waits": {"weight": 0, "direction": "decrease", "target": {"at_most": -10}}},
    "programs": {
        "other": {"outcomes": {"good": {"per_dollar": 0.0001}}},
        "asked": {
            "outcomes": {"good": {"curve": [[0, 0], [100_000, 0]]}, "waits": {"per_dollar": -0.0001}},
        },
    },
}


@pytest.mark.parametrize("step", [0.5, 100.0])
@pytest.mark.parametrize("row", range(4))
def test_forcing_a_dollar_that_a_target_asks_for(row: int, step: float) -> None:
    scenario = Scenario.from_document(copy.deepcopy(MET_IN_EITHER))
    question = WhatIf(scenario)
    assert check_forced(question, marginal_returns(bo.solve(scenario), question=question).iloc[row], step)


def check_forced(question: WhatIf, line: pd.Series[Any], step: float) -> bool:
    """Check that a program forced up and down loses what is said; return whether its plan is that of the problem."""
    scenario = question.scenario
    row, period = scenario.programs.position(line["program"]), scenario.periods.index(line["period"])
    problem, terms = question.problem, question.formulation.terms.spending
    base = question.as_is()
    assert base.x is not None
    now = float(question.formulation.spending_of(base.x)[row, :, period].sum())
    if abs(now - line["spending"]) > 0.01:
        return False
    mine = np.flatnonzero((terms.program == row) & (terms.period == period))
    gain = 1.0 if problem.stages[0].maximize else -1.0
    for side, worth, charges in ((1.0, "next_dollar", "charges"), (-1.0, "last_dollar", "last_charges")):
        net = float(line["price"] + line[charges] - line[worth])
        if math.isnan(net) or now + side * step < 0:
            continue
        answer = question.solve(forced_problem(question, mine, now + side * step))
        if answer.termination is not Termination.OPTIMAL:
            continue
        lost = gain * (base.objective - answer.objective)
        assert lost >= side * net * step - 1e-6 * max(1.0, abs(base.objective)) - 0.02 * abs(net)
    return True


def forced_problem(question: WhatIf, mine: Ints, amount: float) -> LinearProgram:
    """Return the problem with one more row: what some columns spend is just an amount."""
    problem, terms = question.problem, question.formulation.terms.spending
    matrix = problem.matrix
    return replace(
        problem,
        matrix=Matrix.from_triplets(
            problem.rows + 1,
            problem.columns,
            np.concatenate((matrix.index, np.full(len(mine), problem.rows))),
            np.concatenate((matrix.column_of_entry(), terms.column[mine])),
            np.concatenate((matrix.value, terms.weight[mine])),
        ),
        row_lower=np.append(problem.row_lower, amount),
        row_upper=np.append(problem.row_upper, amount),
        row_labels=Labels(
            (*problem.row_labels.blocks, Block("forced", problem.rows, problem.rows + 1)), problem.row_labels.names
        ),
        tie_break=None,
    )


# The floor of the reserve, in cents, keeps the plan a cent below what the rule allows.
STOPS_A_CENT_SHORT = {
    "periods": ["a", "b"],
    "funds": {
        "general": {
            "structural_balance": True,
            "reserve": {"at_least": "5%", "of": "spending"},
            "opening_balance": 0,
            "one_time": {"a": 2_000_000},
            "revenue": {"a": 0, "b": 100_000},
        }
    },
    "outcomes": {"good": {"weight": 1}},
    "programs": {
        "curved": {"recurring": False, "outcomes": {"good": {"curve": [[0, 0], [300_000, 33]]}}},
        "straight": {"recurring": False, "outcomes": {"good": {"per_dollar": 0.0001}}},
    },
    "rules": [{"name": "Cap", "periods": ["b"], "sum": "spending", "at_most": {"b": 220_001.1}}],
}


@few(1 / 2)
@example(case=Case(STOPS_A_CENT_SHORT, {}))
@given(case=cases(max_programs=4, max_funds=2, max_periods=2, features=CONVEX))
def test_a_rule_that_costs_something_binds_and_one_that_does_not_bind_costs_nothing(case: Case) -> None:
    scenario = case.scenario
    assume(scenario.rules)
    plan = bo.solve(scenario)
    asked = [Provision("rule", rule.name) for rule in scenario.rules]
    table = prices(plan, only=asked)
    for rule in scenario.rules:
        mine = plan.rules[plan.rules["name"] == rule.name]
        costs = table.loc[table["name"] == rule.name, "total_cost"].dropna()
        if len(costs) and costs.iloc[0] > 1e-5 * max(abs(plan.objective_value), 1.0):
            assert mine["binding"].any()


@few(1 / 3)
@given(case=cases(max_programs=3, max_funds=2, max_periods=2, features=ALL))
def test_the_total_cost_of_a_rule_is_that_of_solving_without_it_whatever_the_decisions(case: Case) -> None:
    scenario = case.scenario
    assume(scenario.rules)
    plan = bo.solve(scenario)
    gain = 1.0 if plan.formulation.linear_program.stages[0].maximize else -1.0
    rule = scenario.rules[0].name
    table = prices(plan, only=[Provision("rule", rule)])
    costs = table["total_cost"].dropna()
    assume(len(costs) and np.isfinite(costs.iloc[0]))
    without = best_value(scenario.without(f"rules[{rule}]"))
    assert without is not None
    expected = max(gain * (without - plan.objective_value), 0.0)
    assert abs(costs.iloc[0] - expected) <= 1e-6 * max(abs(plan.objective_value), abs(without), 1.0)


@few(1 / 3)
@given(case=cases(max_programs=4, max_funds=2, max_periods=2, features=ALL))
def test_the_table_of_all_programs_agrees_with_each_by_itself(case: Case) -> None:
    scenario = case.scenario
    plan = bo.solve(scenario)
    question = WhatIf(scenario)
    table = explain_all(plan, question=question).set_index("program")
    assert table.index.tolist() == scenario.programs.ids.tolist()
    np.testing.assert_allclose(table["spending"], plan.spending.sum(axis=(1, 2)), atol=0.01)
    assert (table["held_by"] != "").all()
    if question.is_integer:
        factors = table[["effect_for_more", "effect_for_less"]].to_numpy(dtype=np.float64)
        assert ((factors > 0) | np.isnan(factors)).all()
        return
    program = str(scenario.programs.ids[-1])
    for item in break_even_factors(plan, program, kinds=("effect",)):
        said = table.loc[program, "effect_for_more" if item.more else "effect_for_less"]
        # factors are looked for up to a hundred, and one that is a hundred may be found or not
        at_the_end = np.fmax(said, item.factor) > 99.9999
        assert math.isnan(said) == math.isnan(item.factor) or at_the_end
        assert math.isnan(said) or math.isnan(item.factor) or abs(said / item.factor - 1) < 1e-6


@few(1 / 3)
@given(
    case=cases(max_programs=4, max_funds=2, max_periods=2, features=CONVEX),
    share=st.sampled_from([0.01, 0.3, 1.0]),
    data=st.data(),
)
def test_a_price_bounds_what_a_larger_step_brings(case: Case, share: float, data: st.DataObject) -> None:
    question = WhatIf(case.scenario)
    assume(not question.is_integer)
    plan = bo.solve(case.scenario)
    limits = list(limit_rows(question))
    at = data.draw(st.integers(0, len(limits) - 1))
    limit = limits[at]
    # money is priced along everything that revenue moves, not by its row alone
    assume(limit.limit.kind != "money")
    line = prices(plan, only=[limit.limit.provision], question=question)
    own = [item for item in limits if item.limit is limit.limit]
    # the rows of a limit follow those of its whole
    mine = own.index(limit) - len(own)
    relief, tightening = line["relief"].iloc[mine], line["tightening"].iloc[mine]
    gain = 1.0 if question.problem.stages[0].maximize else -1.0
    base = question.as_is().objective
    step = share * max(abs(limit.bound), 1.0)
    slack = 1e-6 * max(abs(base), 1.0)
    for side, price in ((1, relief), (-1, tightening)):
        bound = limit.bound + side * limit.relaxes * step
        row, moved = np.array([limit.row]), np.array([bound])
        lower, upper = question.problem.row_lower[row], question.problem.row_upper[row]
        changed = question.changed_rows(
            row,
            lower if limit.sense == "at most" else moved,
            upper if limit.sense == "at least" else moved,
        )
        answer = question.solve(changed)
        if answer.termination is not Termination.OPTIMAL or math.isnan(price):
            continue
        change = gain * (answer.objective - base)
        # the best value is concave in a limit: no step gains more, or loses less, than its price says
        assert change <= side * price * step + slack
