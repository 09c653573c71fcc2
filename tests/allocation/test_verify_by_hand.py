"""The words of a verification, from the few figures that they depend on."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from budgetopt.allocation.verify import Finding, Verification, _conclusion, _first_of, _sizes

OUTCOME: Any = SimpleNamespace(
    stages=[SimpleNamespace(stage=SimpleNamespace(label="maximize good"))], solution=SimpleNamespace(solver="Solver")
)
START = "Confirmed: the plan keeps every limit of this scenario"


def told(
    *, believed: bool = False, conceded: float = 0.0, gap: float = 0.0, proved: float = 0.0, rounded: bool = False
) -> tuple[str, bool]:
    allocation: Any = SimpleNamespace(
        certificate=SimpleNamespace(bound_by_solver=believed, conceded=conceded),
        rounding_matters=rounded, gap=gap, relaxation_gap=proved, objective_value=-200.0,
    )  # fmt: skip
    text, shown = _conclusion(OUTCOME, allocation)
    assert text.startswith(START)
    return text.removeprefix(START), shown


def test_what_prices_prove() -> None:
    assert told() == (", and no plan can maximize good better.", True)
    rounding = ", and no plan can maximize good better by more than 0.5000%, which is what whole amounts cost it."
    assert told(rounded=True, gap=0.005) == (rounding, True)
    # 2 of 200
    conceded = ", and no plan can maximize good better by more than the 1.0000% that later objectives gave up."
    assert told(conceded=2) == (conceded, True)


def test_what_is_said_of_integer_decisions() -> None:
    assert told(believed=True) == (", and no plan can maximize good better: the prices prove it.", True)
    relaxation = " The prices of the relaxation prove, without any solver, that no plan can maximize good better by"
    word = "is not proved here: the file says that Solver found this by search."
    assert told(believed=True, proved=0.02) == (
        f".{relaxation} more than 2.0000%. That no plan can maximize good better {word}", False,
    )  # fmt: skip
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
    assert not found.accepted
    assert Verification(found.findings[:1], "", True).accepted
    assert found.to_dict() == {
        "accepted": False, "proved": False, "conclusion": "Not confirmed.",
        "findings": [
            {"name": "form", "passed": True, "text": "fine"}, {"name": "proof", "passed": False, "text": "wrong"},
        ],
    }  # fmt: skip
