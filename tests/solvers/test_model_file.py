"""Models written as files mean the same to other solvers."""

from __future__ import annotations

import subprocess
import warnings
from pathlib import Path
from typing import Any

import highspy
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.measures import few

import budgetopt as bo
from budgetopt.errors import OptionError
from budgetopt.formulation.linear_program import Block, Labels, LinearProgram, Matrix, Stage
from budgetopt.solvers import solve_linear_program, write_model
from strategies import ALL, scenarios

FOLDER = Path(__file__).resolve().parent


def read_by_highs(path: Path) -> Any:
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    assert solver.readModel(str(path)) == highspy.HighsStatus.kOk
    solver.run()
    assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return solver


def written(lp: LinearProgram, path: Path) -> Path:
    write_model(lp, path)
    return path


def small(**changes: Any) -> LinearProgram:
    """Every kind of limit: equal, ranged, one-sided, none, fixed, free, whole; a column that enters nothing."""
    arrays: dict[str, Any] = {
        "matrix": Matrix.from_triplets(
            5,
            5,
            np.array([0, 0, 1, 1, 2, 3, 4]),
            np.array([0, 1, 1, 2, 2, 3, 0]),
            np.array([1.0, 1.0, 0.1, -1.0, 3.0, 1.0, 1.0]),
        ),
        "row_lower": np.array([-np.inf, -2.5, 3.0, 0.25, -np.inf]),
        "row_upper": np.array([10.1, 4.0, 3.0, np.inf, np.inf]),
        "lower": np.array([0.0, -np.inf, -np.inf, 0.5, 2.0]),
        "upper": np.array([7.0, 8.0, np.inf, 3.0, 2.0]),
        "integer": np.array([True, False, False, False, False]),
        "stages": (Stage("maximize – everything", np.array([1.0, 2.0, 0.0, -1.0, 0.0]), maximize=True, offset=1.5),),
        "column_labels": Labels(
            (Block("über alles", 0, 5, {"program": np.arange(5)}),), {"program": ("a", "a", "b c", "9", "e")}
        ),
        "row_labels": Labels((Block("objective", 0, 5, {"rule": np.arange(5)}),), {}),
    }
    return LinearProgram(**{**arrays, **changes})


@pytest.mark.parametrize("ending", [".mps", ".lp"])
@pytest.mark.parametrize("maximize", [True, False])
def test_every_kind_of_limit_is_read_as_it_was_meant(ending: str, maximize: bool, tmp_path: Path) -> None:
    cost = np.array([1.0, 2.0, 0.0, -1.0, 0.0]) * (1.0 if maximize else -1.0)
    lp = small(stages=(Stage("it – all", cost, maximize=maximize, offset=1.5),))
    expected = solve_linear_program(lp).solution
    path = written(lp, tmp_path / f"model{ending}")
    solver = read_by_highs(path)
    sign = -1.0 if maximize and ending == ".mps" else 1.0
    assert sign * solver.getInfo().objective_function_value == pytest.approx(expected.objective)
    assert solver.getNumCol() == 5
    assert solver.getLp().row_lower_ is not None
    text = path.read_text(encoding="ascii")
    assert max(map(len, text.splitlines())) < 255


@pytest.mark.parametrize("ending", [".mps", ".lp"])
@few(1, at_most=100)
@given(scenario=scenarios(features=ALL))
def test_any_scenario_s_file_has_the_same_best_value(
    ending: str, scenario: bo.Scenario, tmp_path_factory: pytest.TempPathFactory
) -> None:
    lp = bo.formulate(scenario).linear_program
    path = written(lp, tmp_path_factory.mktemp("model") / f"model{ending}")
    sign = -1.0 if lp.stages[0].maximize and ending == ".mps" else 1.0
    value = sign * read_by_highs(path).getInfo().objective_function_value
    assert value == pytest.approx(bo.solve(scenario).objective_value, rel=1e-6, abs=1e-6)


def test_all_digits_are_written(tmp_path: Path) -> None:
    figure = 0.1234567890123456
    lp = small(row_upper=np.array([figure, 4.0, 3.0, np.inf, np.inf]))
    for ending in (".mps", ".lp"):
        assert repr(figure) in written(lp, tmp_path / f"model{ending}").read_text(encoding="ascii")


@pytest.mark.parametrize("ending", [".mps", ".lp"])
def test_cbc_reads_it_too(ending: str, tmp_path: Path) -> None:
    pulp = pytest.importorskip("pulp")
    if "cbc" not in bo.available_solvers():
        pytest.skip("CBC is not installed here")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        names = pulp.listSolvers(onlyAvailable=True)
        cbc = pulp.getSolver(next(name for name in ("COIN_CMD", "PULP_CBC_CMD") if name in names))
    lp = small()
    path = written(lp, tmp_path / f"model{ending}")
    answer = tmp_path / "answer.txt"
    command = [cbc.path, str(path), "-solve", "-solution", str(answer), "-quit"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = answer.read_text(encoding="ascii").splitlines()
    assert lines[0].startswith("Optimal"), done.stdout
    # some builds print a value without the constant of the file: CBC's plan is valued as the file says
    plan = {words[1]: float(words[2]) for words in (line.replace("**", "").split() for line in lines[1:])}
    read = read_by_highs(path).getLp()
    costs = dict(zip(read.col_names_, read.col_cost_, strict=True))
    assert set(plan) <= set(costs)
    value = read.offset_ + sum(costs[name] * amount for name, amount in plan.items())
    assert abs(value) == pytest.approx(abs(solve_linear_program(lp).solution.objective)), done.stdout


@given(st.sampled_from(["model.txt", "model", "model.mps.gz"]))
def test_another_ending_is_refused(name: str) -> None:
    with pytest.raises(OptionError, match=r"\.mps or \.lp"):
        write_model(small(), FOLDER / name)


@pytest.mark.parametrize("name", ["model.mps", "model.lp"])
@pytest.mark.parametrize("unit", [1e3, 0.5])
def test_a_file_in_a_unit_says_it_and_has_the_same_plan(name: str, unit: float, tmp_path: Path) -> None:
    lp = small()
    plain = read_by_highs(written(lp, tmp_path / name))
    assert "units of" not in (tmp_path / name).read_text(encoding="ascii")
    write_model(lp, tmp_path / name, unit=unit)
    assert f"amounts are in units of {unit:g}: " in (tmp_path / name).read_text(encoding="ascii")
    scaled = read_by_highs(tmp_path / name)
    assert scaled.getInfo().objective_function_value == pytest.approx(plain.getInfo().objective_function_value)
    factor = np.where(lp.integer, 1.0, unit)
    columns = dict(zip(plain.getLp().col_names_, factor, strict=True))
    order = [columns[column] for column in scaled.getLp().col_names_]
    values = np.array(scaled.getSolution().col_value) * order
    assert values == pytest.approx(np.array(plain.getSolution().col_value))


def test_figures_of_budgets_are_nearer_one_in_a_unit(tmp_path: Path) -> None:
    # a floor on an outcome of a dollar's millionth, beside millions of dollars
    matrix = Matrix.from_triplets(2, 2, np.array([0, 0, 1]), np.array([0, 1, 0]), np.array([1.0, 3e7, 2e-6]))
    lp = LinearProgram(
        matrix, np.array([-np.inf, 40.0]), np.array([9e7, np.inf]), np.zeros(2), np.array([5e7, 1.0]),
        np.array([False, True]), (Stage("most", np.array([2e-6, 10.0]), maximize=True),),
        Labels((Block("column", 0, 2),)), Labels((Block("row", 0, 2),)),
    )  # fmt: skip
    write_model(lp, tmp_path / "model.mps", unit=1e6)
    read = read_by_highs(tmp_path / "model.mps").getLp()
    sizes = np.abs(read.a_matrix_.value_)
    assert (sizes.min() > 0.09, sizes.max() < 11.0) == (True, True)
    assert max(abs(limit) for limit in read.row_upper_ if np.isfinite(limit)) <= 100
    with pytest.raises(OptionError, match="units of 0"):
        write_model(lp, tmp_path / "model.mps", unit=0.0)
