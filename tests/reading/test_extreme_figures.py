"""Every number of the language is refused with its place, or solved, however large or small it is written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import budgetopt as bo
from budgetopt import Scenario, ScenarioError
from budgetopt.errors import NoAllocationError, Problem, SolverError
from budgetopt.reading.extreme_figures import extreme_figures, refused_if_extreme
from budgetopt.scenario.keys import Slot, slot_of
from budgetopt.scenario.model import Document
from reading.every_number import TOWN, Keys, numbers, with_number

SMALLEST_AND_LARGEST: list[Any] = [
    1e-320, 1e-300, 1e19, 1e148, 1e308, float("nan"), float("inf"), -float("inf"), 10**5000 - 1, "9" * 5000,
    "1e400", "nan", ".inf", "1e18B", "1e-400%", True, "", [],
]  # fmt: skip


def keys_with_numbers(slot: Slot, seen: set[type]) -> Iterator[str]:
    """Yield each key of each kind of mapping of the language at which a number may stand."""
    for kind in slot.models:
        if kind in seen or kind.__name__ in ("Tables", "Table"):
            continue
        seen.add(kind)
        for key in Slot([kind]).fields:
            below = Slot([kind]).below(key)
            inside = [below, below.below(0), below.below("x")] if below.is_list or below.has_names else [below]
            if any(one.kinds & {"number", "numbers", "points", "whole"} for one in inside):
                yield key
            for one in inside:
                yield from keys_with_numbers(one, seen)


def test_the_town_has_every_number_of_the_language() -> None:
    used = {key for path in numbers(TOWN) for key in path if isinstance(key, str)}
    assert set(keys_with_numbers(slot_of(Document), set())) <= used
    assert bo.solve(Scenario.from_document(TOWN)).proved


@pytest.mark.parametrize("step", [6, pytest.param(1, marks=pytest.mark.deep)])
@pytest.mark.parametrize(("at", "path"), list(enumerate(numbers(TOWN))))
def test_a_number_that_is_none_is_refused_where_it_stands(at: int, path: Keys, step: int) -> None:
    for value in SMALLEST_AND_LARGEST[at % step :: step]:
        with pytest.raises(ScenarioError) as caught:
            Scenario.from_document(with_number(path, value))
        said = str(caught.value)
        assert "9" * 100 not in said
        assert "Traceback" not in said


@pytest.mark.parametrize("path", [("outcomes", "o", "weight"), ("programs", "d", "baseline"), ("rules", 1, "at_most")])
def test_a_number_that_can_be_read_is_solved_or_refused(path: Keys) -> None:
    for value in (1e18, 1e-18):
        scenario = Scenario.from_document(with_number(path, value))
        refusals: tuple[Problem, ...] = ()
        try:
            bo.solve(scenario)
        except NoAllocationError:
            continue
        except ScenarioError as error:
            refusals = error.problems
        assert {problem.code for problem in refusals} <= {"magnitude"}


def test_the_figures_that_a_solver_may_fail_at_are_named() -> None:
    document = with_number(("programs", "b", "outcomes", "o", "curve", 1, 0), 1e-15)
    document["outcomes"]["o"]["weight"] = 1e15
    scenario = Scenario.from_document(document)
    said = [str(problem) for problem in extreme_figures(scenario)]
    assert len(said) == 2
    assert "1000000000000000 is too large" in said[0]
    assert "1e-15 is too small" in said[1]
    with pytest.raises(ScenarioError, match="beside the other figures"), refused_if_extreme(scenario):
        raise SolverError("a solver failed")
    with pytest.raises(SolverError), refused_if_extreme(Scenario.from_document(TOWN)):
        raise SolverError("a solver failed")


@pytest.mark.parametrize("document", [TOWN, {"programs": {"p": {"outcomes": {"o": {"per_dollar": 1}}}}}])
def test_empty_periods_are_refused(document: dict[str, Any]) -> None:
    plain = {"funds": {"g": {"revenue": 5}}, "outcomes": {"o": {"weight": 1}}, **document}
    with pytest.raises(ScenarioError) as caught:
        Scenario.from_document({**plain, "periods": []})
    (problem,) = caught.value.problems
    assert problem.message.endswith("the list is empty")
    with pytest.raises(ScenarioError, match="the list is empty"):
        Scenario.from_document(plain).with_(("periods", []))
