"""Problems from the literature come out with their published answers: the best value, the plan and the prices."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import budgetopt as bo
from budgetopt.scenario.amounts import parse_number

CLASSICS = Path(__file__).parents[2] / "scenarios" / "classics"
FOLDERS = sorted(path.parent.name for path in CLASSICS.glob("*/scenario.yaml"))
SOLVERS = [solver for solver in ("highs", "cbc") if solver in bo.available_solvers()]
HALF_A_CENT = 0.005 + 1e-6  # plans are rounded to the cent


def number(value: Any) -> float:
    """Return a number of an answer: 36, 6M or 3/22."""
    return float(Fraction(value)) if isinstance(value, str) and "/" in value else parse_number(value)


def answer_of(name: str) -> dict[str, Any]:
    answer: dict[str, Any] = YAML(typ="safe").load(CLASSICS / name / "answer.yaml")
    return answer


def close(value: Any, answer: dict[str, Any], abs_: float = 1e-9) -> Any:
    """Return what a figure must be near to, in as many digits as were published."""
    relative = 10.0 ** (1 - answer["digits"]) if "digits" in answer else 1e-9
    return pytest.approx(number(value), rel=relative, abs=abs_)


def test_every_classic_has_its_answer_and_its_source() -> None:
    assert len(FOLDERS) >= 7
    for name in FOLDERS:
        assert answer_of(name)["source"]
        assert bo.load(CLASSICS / name).document.source


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("name", FOLDERS)
def test_the_published_answer(name: str, solver: str) -> None:
    answer = answer_of(name)
    plan = bo.solve(bo.load(CLASSICS / name), solver=solver)

    assert plan.proved
    assert plan.objective_value == close(answer["objective"], answer)

    spending = plan.programs["spending"]
    for program, dollars in answer["spending"].items():
        assert spending[program] == close(dollars, answer, HALF_A_CENT), program
    if "equal_spending" in answer:
        assert len({round(spending[program], 2) for program in answer["equal_spending"]}) == 1

    for program, names in answer.get("packages", {}).items():
        packages = plan.scenario.packages
        mine = (packages.program == plan.scenario.programs.position(program)) & plan.packages.any(axis=1)
        assert packages.name[mine].tolist() == names
    for program, units in answer.get("units", {}).items():
        assert plan.units[plan.scenario.programs.position(program)].sum() == close(units, answer, 1e-6)

    # whole decisions have no prices
    prices = answer.get("prices", {"funds": {}})
    assert answer.get("whole", False) is ("prices" not in answer)
    funds = plan.funds.set_index("fund")["price"]
    rules = plan.rules.set_index("name")["price"]
    for fund, price in prices["funds"].items():
        assert funds[fund] == close(price, answer), fund
    for rule, price in {**prices.get("rules", {}), **prices.get("targets", {})}.items():
        assert rules[rule] == close(price, answer), rule


@pytest.mark.parametrize("name", FOLDERS)
def test_a_classic_is_linear_unless_it_asks_for_whole_decisions(name: str) -> None:
    whole = answer_of(name).get("whole", False)
    assert bo.formulate(bo.load(CLASSICS / name)).linear_program.is_integer is whole


def test_only_the_foods_of_the_published_diet_are_bought() -> None:
    bought = bo.solve(bo.load(CLASSICS / "stigler_diet")).programs["spending"]
    assert set(bought.index[bought > 0]) == set(answer_of("stigler_diet")["spending"])
    assert len(bought) == 77


def test_the_congressman_loses_no_vote_by_any_of_the_best_splits() -> None:
    """All plans between 400,000 and 800,000 for job training and sanitation win the same votes; the file says so."""
    scenario = bo.load(CLASSICS / "congressman")
    votes = [float(scenario.programs[name].outcomes["votes"].per_dollar or 0) for name in scenario.programs]
    for matched in (400_000, 550_000, 800_000):
        plan = [matched, 1_600_000, matched, 4_000_000 - 1_600_000 - 2 * matched]
        assert sum(v * x for v, x in zip(votes, plan, strict=True)) == pytest.approx(240_000)
