"""The ways to solve the problem. Each takes the folder and gives the seconds of its phases and the value it reached.

Each runs in a process of its own, so that none pays for the imports or the memory of another.
"""

from __future__ import annotations

import csv
import importlib.util
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from budgetopt.formulation import LinearProgram

__all__ = ["WAYS", "Clock", "Seconds", "Way", "highs_of", "matrix_of", "processor_time", "run_cbc", "run_highs"]

Seconds = dict[str, float]


def processor_time() -> float:
    """Return the seconds of the processor that this process took, and processes of it that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


class Clock:
    """Seconds of the processor of phases, one after another: what a busy machine does not change."""

    def __init__(self) -> None:
        self.seconds: Seconds = {}
        self._from = processor_time()

    def lap(self, phase: str) -> None:
        """End a phase: what passed since the one before is its own."""
        now = processor_time()
        self.seconds[phase] = now - self._from
        self._from = now


@dataclass(frozen=True)
class Way:
    """A way to solve the problem.

    Parameters
    ----------
    name
        What it is called in the table.
    solve
        Does it: gives the seconds of ``load``, ``formulate``, ``solve`` and the value.
    needs
        The package that it needs, if budgetopt itself does not.
    kind
        What it solves: ``linear`` problems of files, or ``integer`` ones of arrays.
    """

    name: str
    solve: Callable[[Path], tuple[Seconds, float]]
    needs: str = ""
    kind: str = "linear"

    @property
    def missing(self) -> str:
        """Why it cannot run here, or nothing."""
        return f"{self.needs} is not installed" if self.needs and importlib.util.find_spec(self.needs) is None else ""


def _budgetopt(folder: Path) -> tuple[Seconds, float]:
    """From the files to a plan that is certified, unique, in whole cents and audited."""
    from budgetopt.allocation.solve import allocation_of
    from budgetopt.formulation import formulate
    from budgetopt.solvers import highs, solve_linear_program

    load = _loader()
    highs.version()
    clock = Clock()
    scenario = load(folder)
    clock.lap("load")
    formulation = formulate(scenario)
    clock.lap("formulate")
    outcome = solve_linear_program(formulation.linear_program)
    clock.lap("solve")
    plan = allocation_of(scenario, formulation, outcome)
    clock.lap("audit")
    if not plan.proved:
        raise RuntimeError("the plan is not proved")
    return clock.seconds, plan.objective_value


def _loader() -> Callable[[Path], Any]:
    """Return what loads a scenario, with everything imported that it imports when it is first called."""
    import budgetopt.checks
    import budgetopt.reading.tables
    import budgetopt.reading.yaml_file

    return budgetopt.reading.load


def _started(folder: Path) -> tuple[Clock, Any]:
    """Load and formulate with budgetopt: the opponents that take arrays are given these."""
    from budgetopt.formulation import formulate

    load = _loader()
    clock = Clock()
    scenario = load(folder)
    clock.lap("load")
    return clock, formulate(scenario).linear_program


def highs_of(problem: LinearProgram) -> Any:
    """Return HiGHS as it comes, with its own options, that has been given the arrays of a linear program."""
    import highspy
    import numpy as np

    stage, model = problem.stages[0], highspy.HighsLp()
    model.num_col_, model.num_row_ = problem.columns, problem.rows
    model.col_cost_, model.offset_ = stage.cost_for(problem.columns), stage.offset
    model.sense_ = highspy.ObjSense.kMaximize if stage.maximize else highspy.ObjSense.kMinimize
    model.col_lower_, model.col_upper_ = problem.lower, problem.upper
    model.row_lower_, model.row_upper_ = problem.row_lower, problem.row_upper
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = problem.matrix.starts.astype(np.int32)
    model.a_matrix_.index_ = problem.matrix.index.astype(np.int32)
    model.a_matrix_.value_ = problem.matrix.value
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.passModel(model)
    return solver


def matrix_of(problem: LinearProgram) -> Any:
    """Return the matrix of a linear program for SciPy."""
    from scipy.sparse import csc_array

    matrix = problem.matrix
    return csc_array((matrix.value, matrix.index, matrix.starts), (matrix.rows, matrix.columns))


def run_highs(solver: Any, clock: Clock) -> float:
    """Solve what HiGHS holds, and return the value of the objective."""
    import highspy

    solver.run()
    clock.lap("solve")
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise RuntimeError(f"HiGHS ended {solver.getModelStatus()}")
    return float(solver.getInfo().objective_function_value)


def _highs(folder: Path, algorithm: str = "choose") -> tuple[Seconds, float]:
    """HiGHS as it comes, given the arrays of the same linear program; no tie break, no certificate, no audit."""
    clock, problem = _started(folder)
    solver = highs_of(problem)
    solver.setOptionValue("solver", algorithm)
    clock.lap("formulate")
    return clock.seconds, run_highs(solver, clock)


def _pulp_of_arrays(folder: Path) -> tuple[Seconds, float]:
    """PuLP and CBC on the problem that ``LinearProgram.to_pulp`` gives."""
    import pulp

    clock, formulated = _started(folder)
    problem = formulated.to_pulp()
    clock.lap("formulate")
    run_cbc(problem)
    clock.lap("solve")
    return clock.seconds, float(pulp.value(problem.objective))


def _pulp_by_hand(folder: Path) -> tuple[Seconds, float]:
    """PuLP and CBC the usual way: rows of a CSV file, and a loop that makes a variable for each segment."""
    import pulp
    from ruamel.yaml import YAML

    clock = Clock()
    scenario = YAML(typ="safe").load(folder / "scenario.yaml")
    with (folder / "programs.csv").open(encoding="utf-8", newline="") as file:
        programs = list(csv.DictReader(file))
    clock.lap("load")
    problem = _new_problem(pulp)
    by_fund: dict[str, list[Any]] = {fund: [] for fund in scenario["funds"]}
    by_department: dict[str, list[Any]] = {}
    by_outcome: dict[str, list[Any]] = {outcome: [] for outcome in scenario["outcomes"]}
    for program in programs:
        for outcome in by_outcome:
            curve = program[f"outcomes.{outcome}.curve"]
            points = [tuple(map(float, point.split(":"))) for point in curve.split(";")] if curve else []
            for k, ((x, y), (next_x, next_y)) in enumerate(pairwise(points)):
                spent = _new_variable(pulp, problem, f"x_{program['program']}_{k}", next_x - x)
                by_fund[program["funds"]].append(spent)
                by_department.setdefault(program["department"], []).append(spent)
                by_outcome[outcome].append((spent, (next_y - y) / (next_x - x)))
    problem += pulp.lpSum(
        scenario["outcomes"][outcome]["weight"] * slope * spent
        for outcome, terms in by_outcome.items()
        for spent, slope in terms
    )
    for fund, spent in by_fund.items():
        problem += pulp.lpSum(spent) <= scenario["funds"][fund]["revenue"], f"balance_{fund}"
    for outcome, terms in by_outcome.items():
        if "target" in scenario["outcomes"][outcome]:
            level = pulp.lpSum(slope * spent for spent, slope in terms)
            problem += level >= scenario["outcomes"][outcome]["target"]["at_least"], f"target_{outcome}"
    for number, rule in enumerate(scenario["rules"]):
        total = pulp.lpSum(by_department.get(rule["where"]["department"], []))
        if "at_least" in rule:
            problem += total >= rule["at_least"], f"rule_{number}"
        else:
            problem += total <= rule["at_most"], f"rule_{number}"
    clock.lap("formulate")
    run_cbc(problem)
    clock.lap("solve")
    return clock.seconds, float(pulp.value(problem.objective))


def _new_problem(pulp: Any) -> Any:
    return pulp.LpProblem("budget", pulp.LpMaximize)


def _new_variable(pulp: Any, problem: Any, name: str, most: float) -> Any:
    """Make a variable: PuLP 3 makes it by itself, and PuLP 4 in its problem."""
    if hasattr(problem, "add_variable"):
        return problem.add_variable(name, 0, most)
    return pulp.LpVariable(name, 0, most)


def run_cbc(problem: Any, gap: float | None = None) -> None:
    """Solve a PuLP problem with CBC, whichever of its adapters is installed; ``gap``: where a search may stop."""
    import pulp

    solvers = pulp.listSolvers(onlyAvailable=True)
    name = next((name for name in ("COIN_CMD", "PULP_CBC_CMD") if name in solvers), None)
    if name is None:
        raise RuntimeError("CBC is not installed here")
    problem.solve(pulp.getSolver(name, msg=False, gapRel=gap))
    status = getattr(problem, "status", None)
    if status is not None and pulp.LpStatus.get(status) != "Optimal":
        raise RuntimeError(f"CBC ended {pulp.LpStatus.get(status)}")


def _pulp_highs(folder: Path) -> tuple[Seconds, float]:
    """PuLP with HiGHS behind it, on the problem that ``LinearProgram.to_pulp`` gives."""
    import pulp

    clock, formulated = _started(folder)
    problem = formulated.to_pulp()
    clock.lap("formulate")
    problem.solve(pulp.getSolver("HiGHS", msg=False))
    clock.lap("solve")
    return clock.seconds, float(pulp.value(problem.objective))


def _scipy(folder: Path) -> tuple[Seconds, float]:
    """SciPy on the same arrays, with the interior point of HiGHS: the fastest of its methods on these problems."""
    import numpy as np
    from scipy.optimize import linprog
    from scipy.sparse import vstack

    clock, problem = _started(folder)
    stage, matrix = problem.stages[0], matrix_of(problem).tocsr()
    low, high = problem.row_lower, problem.row_upper
    equal = np.flatnonzero(low == high)
    above = np.flatnonzero(np.isfinite(high) & (low < high))
    below = np.flatnonzero(np.isfinite(low) & (low < high))
    at_most = {"A_ub": vstack([matrix[above], -matrix[below]]), "b_ub": np.concatenate((high[above], -low[below]))}
    held = {"A_eq": matrix[equal], "b_eq": low[equal]}
    bounds = np.column_stack((problem.lower, problem.upper))
    clock.lap("formulate")
    found = linprog(stage.sign * stage.cost_for(problem.columns), **at_most, **held, bounds=bounds, method="highs-ipm")
    clock.lap("solve")
    if found.status != 0:
        raise RuntimeError(found.message)
    return clock.seconds, stage.sign * float(found.fun) + stage.offset


def _ortools(folder: Path) -> tuple[Seconds, float]:
    """OR-tools with its own simplex, GLOP, on the same problem as a file."""
    from ortools.linear_solver.python import model_builder

    from budgetopt.solvers.model_file import write_model

    clock, problem = _started(folder)
    path = folder / "ortools.mps"
    write_model(problem, path)
    model = model_builder.Model()
    if not model.import_from_mps_file(str(path)):
        raise RuntimeError("OR-tools does not read the file")
    solver = model_builder.Solver("glop")
    clock.lap("formulate")
    status = solver.solve(model)
    clock.lap("solve")
    if status != model_builder.SolveStatus.OPTIMAL:
        raise RuntimeError(f"OR-tools ended {status}")
    # the file holds a minimization
    return clock.seconds, problem.stages[0].sign * float(solver.objective_value)


def _cvxpy(folder: Path) -> tuple[Seconds, float]:
    """CVXPY on the same arrays, with HiGHS behind it."""
    import cvxpy
    import numpy as np

    clock, problem = _started(folder)
    stage, matrix = problem.stages[0], matrix_of(problem)
    x = cvxpy.Variable(problem.columns)
    limits = []
    for side, at_most in ((problem.row_upper, True), (problem.row_lower, False)):
        rows = np.flatnonzero(np.isfinite(side))
        if len(rows):
            part = matrix[rows] @ x
            limits.append(part <= side[rows] if at_most else part >= side[rows])
    for side, at_most in ((problem.upper, True), (problem.lower, False)):
        columns = np.flatnonzero(np.isfinite(side))
        limits.append(x[columns] <= side[columns] if at_most else x[columns] >= side[columns])
    sense = cvxpy.Maximize if stage.maximize else cvxpy.Minimize
    model = cvxpy.Problem(sense(stage.cost_for(problem.columns) @ x + stage.offset), limits)
    clock.lap("formulate")
    model.solve(solver=cvxpy.HIGHS)
    clock.lap("solve")
    return clock.seconds, float(model.value)


def _linopy(folder: Path) -> tuple[Seconds, float]:
    """Linopy on the same arrays, its rows grouped from their entries, with HiGHS behind it."""
    import linopy
    import numpy as np
    import pandas as pd
    import xarray as xr

    clock, problem = _started(folder)
    stage, matrix = problem.stages[0], problem.matrix
    model = linopy.Model()
    names = pd.Index(np.arange(problem.columns), name="column")
    x = model.add_variables(pd.Series(problem.lower, names), pd.Series(problem.upper, names), name="x")
    entry = x.sel(column=xr.DataArray(matrix.column_of_entry(), dims="entry"))
    row = xr.DataArray(matrix.index, dims="entry", name="row")
    total = (entry * xr.DataArray(matrix.value, dims="entry")).groupby(row).sum()
    rows = pd.Index(np.arange(problem.rows), name="row")
    for side, sign in ((problem.row_lower, ">="), (problem.row_upper, "<=")):
        limited = rows[np.isfinite(side)]
        limit = pd.Series(side[limited], limited).to_xarray()
        model.add_constraints(total.sel(row=limited), sign, limit, name=f"rows {sign}")
    cost = pd.Series(stage.cost_for(problem.columns), names).to_xarray()
    model.add_objective((x * cost).sum(), sense="max" if stage.maximize else "min")
    clock.lap("formulate")
    model.solve("highs", io_api="direct", output_flag=False)
    clock.lap("solve")
    return clock.seconds, float(model.objective.value) + stage.offset


def _pyomo(folder: Path) -> tuple[Seconds, float]:
    """Pyomo, row by row on the same arrays, with HiGHS behind it."""
    import pyomo.environ as pyo

    clock, problem = _started(folder)
    stage, matrix = problem.stages[0], problem.matrix
    cost = stage.cost_for(problem.columns).tolist()
    lower, upper = problem.lower.tolist(), problem.upper.tolist()
    model = pyo.ConcreteModel()
    model.x = pyo.Var(range(problem.columns), bounds=lambda _model, j: (_limit(lower[j]), _limit(upper[j])))
    terms: list[list[tuple[int, float]]] = [[] for _ in range(problem.rows)]
    for row, column, value in zip(
        matrix.index.tolist(), matrix.column_of_entry().tolist(), matrix.value.tolist(), strict=True
    ):
        terms[row].append((column, value))
    low, high = problem.row_lower.tolist(), problem.row_upper.tolist()
    model.rows = pyo.Constraint(
        range(problem.rows),
        rule=lambda model, i: (_limit(low[i]), pyo.quicksum(v * model.x[j] for j, v in terms[i]), _limit(high[i])),
    )
    model.value = pyo.Objective(
        expr=pyo.quicksum(c * model.x[j] for j, c in enumerate(cost) if c) + stage.offset,
        sense=pyo.maximize if stage.maximize else pyo.minimize,
    )
    clock.lap("formulate")
    pyo.SolverFactory("appsi_highs").solve(model)
    clock.lap("solve")
    return clock.seconds, float(pyo.value(model.value))


def _limit(value: float) -> float | None:
    return value if abs(value) < float("inf") else None


WAYS = (
    Way("budgetopt", _budgetopt),
    Way("HiGHS, default settings", _highs),
    Way("HiGHS, interior point", partial(_highs, algorithm="ipm")),
    Way("SciPy, interior point", _scipy, "scipy"),
    Way("PuLP by hand, CBC", _pulp_by_hand),
    Way("to_pulp, CBC", _pulp_of_arrays),
    Way("to_pulp, HiGHS", _pulp_highs),
    Way("CVXPY, HiGHS", _cvxpy, "cvxpy"),
    Way("Linopy, HiGHS", _linopy, "linopy"),
    Way("Pyomo, HiGHS", _pyomo, "pyomo"),
    Way("OR-tools, GLOP", _ortools, "ortools"),
)
"""Every way, budgetopt first: the others are set beside it."""
