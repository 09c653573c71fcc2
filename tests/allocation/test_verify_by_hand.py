"""The words of a verification, from the few figures that they depend on."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from budgetopt.allocation import Allocation
from budgetopt.allocation.verify import Finding, Verification, _conclusion, _fault_of, _first_of, _sizes

OUTCOME: Any = SimpleNamespace(
    stages=[SimpleNamespace(stage=SimpleNamespace(label="maximize good"))], solution=SimpleNamespace(solver="Solver")
)
START = "Confirmed: the plan keeps every limit of this scenario"


def told(
    *,
    believed: bool = False,
    conceded: float = 0.0,
    gap: float = 0.0,
    proved: float = 0.0,
    rounded: bool = False,
    few: bool = True,
) -> tuple[str, bool]:
    allocation: Any = SimpleNamespace(
        certificate=SimpleNamespace(bound_by_solver=believed, conceded=conceded),
        rounding_matters=rounded, gap=gap, relaxation_gap=proved, objective_value=-200.0,
        has_few_decisions=few,
    )  # fmt: skip
    share: Any = Allocation.conceded_share
    allocation.conceded_share = share.fget(allocation)
    text, shown = _conclusion(OUTCOME, allocation)
    assert text.startswith(START)
    return text.removeprefix(START), shown


def test_what_prices_prove() -> None:
    assert told() == (", and no plan can maximize good better.", True)
    rounding = ", and no plan can maximize good better by more than 0.5000%; its amounts are rounded."
    assert told(rounded=True, gap=0.005) == (rounding, True)
    # 2 of 200
    conceded = ", and no plan can maximize good better by more than the 1.0000% that later objectives gave up."
    assert told(conceded=2) == (conceded, True)


def test_what_is_said_of_integer_decisions() -> None:
    assert told(believed=True) == (", and no plan can maximize good better: the prices prove it.", True)
    relaxation = " The prices of the relaxation prove, without any solver, that no plan can maximize good better by"
    word = "is not proved here: the file says that Solver found this by search; --solve may prove it."
    assert told(believed=True, proved=0.02) == (
        f".{relaxation} more than 2.0000%. That no plan can maximize good better {word}", False,
    )  # fmt: skip
    # of many decisions none is split
    assert told(believed=True, proved=0.02, few=False)[0].endswith("found this by search.")
    beyond = "beyond what later objectives gave up"
    search = f"That no plan can maximize good better by more than 1.0000% {beyond} {word}"
    text, shown = told(believed=True, proved=0.02, gap=0.01, conceded=3)
    assert (text, shown) == (f".{relaxation} more than 2.0000% {beyond}. {search}", False)
    assert told(believed=True, proved=np.inf) == (f". That no plan can maximize good better {word}", False)
    unknown = ". How much better a plan could be is not known."
    assert told(believed=True, proved=np.inf, gap=np.inf) == (unknown, False)
    assert told(believed=True, proved=0.02, gap=np.nan) == (f".{relaxation} more than 2.0000%.", False)


@pytest.mark.parametrize(
    ("faults", "text"), [("", ""), ("ab", "a; b"), ("abcde", "a; b; c; d; e"), ("abcdefg", "a; b; c; d; e; and 2 more")]
)
def test_the_first_faults_are_told(faults: str, text: str) -> None:
    assert _first_of(list(faults)) == text


def objective(**more: Any) -> Any:
    """Return an objective to maximize that reached 10, which its prices prove."""
    certificate = {
        "feasible": True, "passed": True, "failures": ("gap",), "bound": 10.0, "bound_by_solver": False,
        "gap": SimpleNamespace(tolerance=0.1, scale=20.0), "objective": 10.0, **more,
    }  # fmt: skip
    duals = None if more.get("bound_by_solver") is None else np.ones(1)
    return SimpleNamespace(
        certificate=SimpleNamespace(**certificate), solution=SimpleNamespace(row_dual=duals, objective=10.0),
        stage=SimpleNamespace(sign=-1.0, within=0.0), program=SimpleNamespace(is_integer=False),
    )  # fmt: skip


GOOD = objective(bound_by_solver=False)
NOT_REACHED = SimpleNamespace(certificate=None, solution=SimpleNamespace(row_dual=None, objective=np.nan))


def fault(*stages: Any, held: Any = None, packages: tuple[bool, ...] = (True, False)) -> str:
    outcome: Any = SimpleNamespace(stages=stages, held=held, x=np.zeros(1))
    exact = SimpleNamespace(packages_of=lambda _: np.array([True, False]))
    plan: Any = SimpleNamespace(packages=np.array(packages), formulation=exact)
    return _fault_of(outcome, plan)


def test_what_is_wrong_with_a_proof() -> None:
    assert fault(GOOD, GOOD) == ""
    # later objectives were not reached: nothing is claimed of them
    assert fault(GOOD, NOT_REACHED) == ""
    assert fault(GOOD, NOT_REACHED, objective(feasible=False, failures=("rows", "bounds"))) == (
        "the point of the proof does not meet what objective 3 leaves: rows, bounds"
    )
    unproved = objective(bound_by_solver=False, passed=False)
    assert fault(GOOD, unproved) == "the prices of objective 2 do not prove it: gap"
    # the solver's word is no proof that could fail, and neither are prices that are not there
    assert fault(objective(bound_by_solver=True, passed=False)) == ""
    assert fault(objective(passed=False, bound_by_solver=None)) == ""
    assert fault(objective(bound_by_solver=False, bound=10 + 1e-8)) == ""
    # what later objectives may give up is no slack of the value that was reached before them
    assert fault(objective(bound_by_solver=False, bound=12.0)).endswith("it reached 10, and its bound is 12")
    assert fault(objective(bound_by_solver=False, bound=7.5)) == (
        "objective 1 says that it reached 10, and its bound is 7.5"
    )
    assert fault(objective(bound_by_solver=False, bound=np.nan)).endswith("its bound is nan")
    assert fault(GOOD, held=unproved) == "the prices around the integer decisions do not hold: gap"
    assert fault(GOOD, held=GOOD) == fault(GOOD, held=NOT_REACHED) == ""
    assert fault(GOOD, packages=(False, True)) == "the packages of the plan are not those of the exact optimum"


def test_sizes_are_those_of_each_objective() -> None:
    outcome: Any = SimpleNamespace(
        stages=[
            SimpleNamespace(certificate=SimpleNamespace(gap=SimpleNamespace(scale=7.0))),
            SimpleNamespace(certificate=None),
        ]
    )
    assert _sizes(outcome) == {
        "objective.stages.0.value": 7, "objective.stages.0.bound": 7, "objective.value": 7, "objective.bound": 7,
        "objective.stages.1.value": 0, "objective.stages.1.bound": 0,
    }  # fmt: skip


def test_a_verification_is_printed_line_by_line() -> None:
    found = Verification((Finding("form", True, "fine"), Finding("proof", False, "wrong")), "Not confirmed.", False)
    assert str(found) == "ok    form:      fine\nFAIL  proof:     wrong\n\nNot confirmed."
    noted = replace(found, findings=found.findings[:1], notes=(Finding("ties", True, "the file's word"),))
    assert str(noted) == "ok    form:      fine\nnote  ties:      the file's word\n\nNot confirmed."
    assert not found.accepted
    assert Verification(found.findings[:1], "", True).accepted
    assert found.to_dict() == {
        "accepted": False, "proved": False, "conclusion": "Not confirmed.",
        "findings": [
            {"name": "form", "passed": True, "text": "fine"}, {"name": "proof", "passed": False, "text": "wrong"},
        ],
        "notes": [],
    }  # fmt: skip
