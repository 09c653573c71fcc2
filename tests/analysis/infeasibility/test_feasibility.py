"""Whether a plan exists: what was decided is true, and said."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

import budgetopt as bo
from budgetopt.analysis import conflicts
from budgetopt.analysis.infeasibility.feasibility import feasibility
from budgetopt.analysis.infeasibility.shortfall import shortfall_of
from budgetopt.errors import InfeasibleError, ScenarioError, UnboundedError
from budgetopt.formulation import LinearProgram
from budgetopt.scenario import Scenario
from budgetopt.scenario.limits import Provision
from budgetopt.solvers import Options
from budgetopt.solvers.highs import LiveModel
from measures import few
from small_scenarios import town, village
from strategies import ALL, Case, cases

HALVES = [{"cost": 6, "outcomes": {"helped": 1}}]


def test_a_linear_scenario_is_decided_by_its_linear_program() -> None:
    answer = feasibility(Scenario.from_document(town()))
    assert (answer.feasible, answer.decided, answer.conflicts, answer.repairs) == (True, "linear program", (), ())


def test_what_the_relaxation_rules_out_is_said_of_it() -> None:
    scenario = Scenario.from_document(village(programs={"pool": {"if_funded": {"at_least": 1}, "baseline": 1}}))
    assert feasibility(scenario).decided == "integer program"
    answer = feasibility(scenario.with_("programs.clinic.spending.at_least=20"))
    assert (answer.feasible, answer.decided) == (False, "relaxation")
    assert answer.conflicts[0].provisions == (Provision("floor", "clinic"),)


def test_what_only_whole_decisions_rule_out_is_found_by_the_integer_program() -> None:
    # half of each package would fit: 3 a year
    programs = {"house": {"packages": HALVES, "spending": {"at_least": 3, "at_most": 5}}}
    answer = feasibility(Scenario.from_document(village(programs=programs)))
    assert (answer.feasible, answer.decided) == (False, "integer program")
    assert set(answer.conflicts[0].provisions) == {Provision("floor", "house"), Provision("ceiling", "house")}


def test_what_is_not_decided_in_time_is_not_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    def in_no_time(problem: LinearProgram, time_limit: float | None = None) -> bool | None:
        assert problem.is_integer == (time_limit is not None)
        return None if problem.is_integer else True

    monkeypatch.setattr("budgetopt.analysis.infeasibility.feasibility.has_point", in_no_time)
    programs = {"house": {"packages": HALVES}}
    answer = feasibility(Scenario.from_document(village(programs=programs)))
    assert (answer.feasible, answer.decided, answer.conflicts) == (None, "relaxation", ())


def test_two_repairs_at_most_are_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def many(_: Scenario, *, at_most: int = 9) -> tuple[str, ...]:
        return ("repair",) * at_most

    monkeypatch.setattr("budgetopt.analysis.infeasibility.repairs.repairs", many)
    assert len(feasibility(Scenario.from_document(town(**floor("police", 11)))).repairs) == 2


def test_a_search_has_the_time_that_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[float | None] = []

    class Recorded(LiveModel):
        def __init__(self, problem: LinearProgram, options: Options) -> None:
            given.append(options.time_limit)
            super().__init__(problem, options)

    monkeypatch.setattr("budgetopt.analysis.infeasibility.existence.LiveModel", Recorded)
    feasibility(Scenario.from_document(village(programs={"house": {"packages": HALVES}})), time_limit=7.0)
    assert given == [7.0]


def test_of_a_very_large_scenario_only_whether_it_has_a_plan_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = Scenario.from_document(town(**floor("police", 11)))
    assert feasibility(scenario).conflicts
    monkeypatch.setattr("budgetopt.analysis.infeasibility.feasibility.LARGE", 3)
    answer = feasibility(scenario)
    assert (answer.feasible, answer.conflicts, answer.repairs) == (False, (), ())


def test_without_an_end_to_the_gain_there_are_plans() -> None:
    document = village(funds={"general": {"revenue": 10}})
    document["objective"] = {"minimize": "helped"}
    document["programs"]["clinic"]["outcomes"]["helped"] = {"per_dollar": 1}
    assert feasibility(Scenario.from_document(document)).feasible is True


@few(0.5)
@given(cases(max_programs=3, max_funds=2, max_periods=2, features=ALL, feasible=False))
def test_the_answer_is_that_of_solving_and_of_looking_for_conflicts(case: Case) -> None:
    try:
        scenario = Scenario.from_document(case.document)
    except ScenarioError:
        return
    answer = feasibility(scenario)
    assert bool(answer.conflicts) == (answer.feasible is False) == bool(conflicts(scenario))
    try:
        bo.solve(scenario)
    except InfeasibleError:
        assert answer.feasible is False
    except UnboundedError:
        assert answer.feasible is True
    else:
        assert answer.feasible is True
    if answer.repairs:
        assert feasibility(answer.repairs[0].apply(scenario)).feasible is True


Sum = tuple[Provision | None, bool, tuple[str, ...], tuple[str, ...], float, float, str]


def shortfall(document: dict[str, Any]) -> Sum | None:
    """Return the sum behind the only conflict: the limit, whether it is a floor, funds, periods, figures and unit."""
    scenario = Scenario.from_document(document)
    (conflict,) = conflicts(scenario)
    found = shortfall_of(scenario, conflict)
    if found is None:
        return None
    limit = found.limit.provision if found.limit else None
    unit = found.limit.unit if found.limit else ""
    return limit, found.is_floor, found.funds, found.periods, found.asked, found.available, unit


def money(*funds: str, periods: tuple[str, str], asked: float, available: float) -> Sum:
    return None, False, funds, periods, asked, available, ""


def floor(program: str, value: Any) -> dict[str, Any]:
    return {f"programs__{program}__spending__at_least": value}


def rule(**words: Any) -> dict[str, Any]:
    return {"rules": [{"name": "r", **words}]}


SPARE = {"funds__spare": {"revenue": 3, "only": {"tags": "housing"}, "transfers_to": {"general": {"at_most": 2}}}}
SUMS = [
    (floor("police", {"t2": 21}), money("general", periods=("t1", "t2"), asked=21, available=20)),
    ({**floor("police", 13), **SPARE}, money("general", periods=("t1", "t1"), asked=13, available=12)),
    (
        rule(sum="spending", at_least=43, each="total"),
        money("general", "grant", periods=("t1", "t3"), asked=43, available=42),
    ),
    (
        {**floor("police", 7), **rule(sum="spending", where={"program": "police"}, at_most="100%", of="baseline")},
        (Provision("rule", "r"), False, (), ("t1", "t1"), 7, 6, ""),
    ),
    (
        {
            **floor("police", 9),
            "funds__general__revenue": 30,
            **rule(sum="spending", where={"program": "police"}, at_most=26, each="total"),
        },
        (Provision("rule", "r"), False, (), (), 27, 26, ""),
    ),
    (
        rule(sum="outcome helped", at_least={"t2": 25}),
        (Provision("rule", "r"), True, (), ("t2", "t2"), 25, 24, "units"),
    ),
    (
        {"outcomes__helped": {"weight": 1, "unit": "people", "target": {"at_least": 10}}}
        | {"programs__police__spending": {"at_most": 5}},
        (Provision("target", "helped"), True, (), ("t1", "t1"), 10, 9.5, "people"),
    ),
]


@pytest.mark.parametrize(("changes", "expected"), SUMS, ids=[str(number) for number in range(len(SUMS))])
def test_the_sum_behind_a_conflict(changes: dict[str, Any], expected: Sum) -> None:
    assert shortfall(town(**changes)) == expected


def test_what_whole_decisions_alone_rule_out_is_no_sum() -> None:
    programs = {"house": {"packages": HALVES, "spending": {"at_least": 3, "at_most": 5}}}
    assert shortfall(village(programs=programs)) is None
