"""Draws of effects against the scenario whose effects are multiplied, solved anew, and against the audited plan."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import budgetopt as bo
from budgetopt.analysis.live_problem.alterations import whole
from budgetopt.analysis.live_problem.scaling import doubled, scaled
from budgetopt.analysis.risk.drawn_problems import DrawnProblems, solver_of_draws
from budgetopt.analysis.risk.effect_draws import EffectErrors
from budgetopt.analysis.sensitivity.overview import seeks_outcomes
from budgetopt.errors import NoAllocationError
from budgetopt.formulation.stages import outcome_worths
from measures import best_value, few, worth_of_a_cent
from strategies import cases


def has_free_limits(scenario: bo.Scenario) -> bool:
    """Return whether no limit depends on effects, so that they enter the objective alone."""
    one, two = (whole(each).linear_program for each in (scenario, doubled(scenario)))
    names = ("row_lower", "row_upper", "lower", "upper")
    return np.array_equal(one.matrix.value, two.matrix.value) and all(
        np.array_equal(getattr(one, name), getattr(two, name)) for name in names
    )


def without_rules(scenario: bo.Scenario) -> bo.Scenario:
    """Return a scenario without the limits that most often depend on effects: rules and targets."""
    outcomes = {name: one.model_copy(update={"target": None}) for name, one in scenario.outcomes.items()}
    document = scenario.document.model_copy(update={"rules": (), "outcomes": outcomes})
    return bo.Scenario(document, scenario.programs)


@few(1)
@given(data=st.data())
def test_a_draw_is_the_scenario_with_its_effects_multiplied(data: st.DataObject) -> None:
    scenario = data.draw(cases(max_programs=4, max_funds=2, max_periods=2)).scenario
    scenario = without_rules(scenario) if data.draw(st.booleans()) else scenario
    assume(seeks_outcomes(scenario))
    try:
        plan = bo.solve(scenario)
    except NoAllocationError:
        assume(False)
    errors = EffectErrors.of(plan, assumed_error=0.5)
    by_program = np.array(
        data.draw(st.lists(st.sampled_from([0.25, 0.5, 1.5, 3.0]), min_size=4, max_size=4)), dtype=np.float64
    )
    factors = by_program[errors.program][None, :]
    drawn = DrawnProblems.of(plan, errors, factors)
    # the value of the plan in the draw, by the audit and by the linear program
    point = plan.solver_result.x
    assert point is not None
    told = plan.plan_value + float((factors[0] - 1.0) @ errors.value)
    stage = drawn.problem.stages[0]
    assert told == pytest.approx(
        float(drawn.cost_of(factors[0]) @ point) + stage.offset, abs=4 * worth_of_a_cent(scenario), rel=1e-6
    )
    answer = solver_of_draws(drawn)(0)
    assert -stage.sign * (answer.value - told) >= -4 * worth_of_a_cent(scenario) - 1e-6 * abs(told)
    if not has_free_limits(scenario):
        return
    multiplied = scenario
    for row, program in enumerate(scenario.programs.ids.tolist()):
        multiplied = scaled(multiplied, str(program), "effect", "", float(by_program[row]))
    # what a curve has at no spending is no effect, and is not multiplied in a draw
    worth = outcome_worths(scenario, scenario.objective[0])
    assert worth is not None
    effects, counts = scenario.effects, 1.0 / (1.0 + scenario.document.discount) ** np.arange(len(scenario.periods))
    given_at_none = effects.value[effects.offsets[:-1]] * worth[effects.outcome] * counts.sum()
    again = best_value(multiplied)
    assert again is not None
    want = again - float((by_program[effects.program] - 1.0) @ given_at_none)
    assert answer.value == pytest.approx(want, rel=1e-5, abs=1e-4)
