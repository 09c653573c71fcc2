"""The ways to solve an integer problem that is given as arrays, each to the same gap and in a process of its own.

What passes between processes is one file, ``task.pickle``: the problem and the gap.
"""

from __future__ import annotations

import importlib
import pickle
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.ways import Clock, Seconds, Way, highs_of, matrix_of, run_cbc, run_highs

if TYPE_CHECKING:
    from budgetopt.formulation import LinearProgram

__all__ = ["INTEGER_WAYS", "write_task"]

FILE = "task.pickle"
IMPORTED = {
    "": ("budgetopt.solvers.highs", "budgetopt.solvers.pulp_adapter"),
    "scipy": ("scipy.optimize", "scipy.sparse"),
    "ortools": ("ortools.linear_solver.python.model_builder",),
}
"""What is imported before the clock runs, by the package that a way needs."""


def write_task(folder: Path, problem: LinearProgram, gap: float) -> None:
    """Write a problem and the gap at which a search of it may stop into a folder, which is made if it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_bytes(pickle.dumps((problem, gap)))


def _budgetopt(problem: LinearProgram, gap: float, clock: Clock) -> float:
    """Search the first objective as `solve` does; its second one, tie break and audit are not in the figure."""
    from budgetopt.solvers import Options
    from budgetopt.solvers.engine import solve_stage

    answer = solve_stage(problem, problem.stages[0], Options(gap=gap))
    clock.lap("solve")
    if not answer.proved:
        raise RuntimeError(f"it ended {answer.termination}")
    return answer.objective


def _highs(problem: LinearProgram, gap: float, clock: Clock) -> float:
    import highspy

    solver, whole = highs_of(problem), np.flatnonzero(problem.integer).astype(np.int32)
    kinds = np.full(len(whole), int(highspy.HighsVarType.kInteger), np.uint8)
    solver.changeColsIntegrality(len(whole), whole, kinds)
    solver.setOptionValue("mip_rel_gap", gap)
    clock.lap("formulate")
    return run_highs(solver, clock)


def _pulp_cbc(problem: LinearProgram, gap: float, clock: Clock) -> float:
    import pulp

    model = problem.to_pulp()
    clock.lap("formulate")
    run_cbc(model, gap)
    clock.lap("solve")
    return float(pulp.value(model.objective))


def _pulp_highs(problem: LinearProgram, gap: float, clock: Clock) -> float:
    import pulp

    model = problem.to_pulp()
    clock.lap("formulate")
    model.solve(pulp.getSolver("HiGHS", msg=False, gapRel=gap))
    clock.lap("solve")
    return float(pulp.value(model.objective))


def _scipy(problem: LinearProgram, gap: float, clock: Clock) -> float:
    from scipy.optimize import Bounds, LinearConstraint, milp

    stage = problem.stages[0]
    limits = LinearConstraint(matrix_of(problem), problem.row_lower, problem.row_upper)
    clock.lap("formulate")
    found = milp(
        stage.sign * stage.cost,
        integrality=problem.integer.astype(int),
        bounds=Bounds(problem.lower, problem.upper),
        constraints=limits,
        options={"mip_rel_gap": gap},
    )
    clock.lap("solve")
    if found.x is None or found.status != 0:
        raise RuntimeError(found.message)
    return stage.sign * float(found.fun) + stage.offset


def _scip(problem: LinearProgram, gap: float, clock: Clock, folder: Path) -> float:
    from pyscipopt import Model

    from budgetopt.solvers.model_file import write_model

    path = folder / "model.mps"
    write_model(problem, path)
    model = Model()
    model.hideOutput()
    model.readProblem(str(path))
    model.setParam("limits/gap", gap)
    clock.lap("formulate")
    model.optimize()
    clock.lap("solve")
    if model.getStatus() not in ("optimal", "gaplimit"):
        raise RuntimeError(f"it ended {model.getStatus()}")
    # the file holds a minimization
    return problem.stages[0].sign * float(model.getObjVal())


def _ortools(problem: LinearProgram, gap: float, clock: Clock, folder: Path) -> float:
    from ortools.linear_solver.python import model_builder

    from budgetopt.solvers.model_file import write_model

    path = folder / "ortools.mps"
    write_model(problem, path)
    model = model_builder.Model()
    if not model.import_from_mps_file(str(path)):
        raise RuntimeError("OR-tools does not read the file")
    solver = model_builder.Solver("scip")
    solver.set_solver_specific_parameters(f"limits/gap = {gap}")
    clock.lap("formulate")
    status = solver.solve(model)
    clock.lap("solve")
    if status != model_builder.SolveStatus.OPTIMAL:
        raise RuntimeError(f"it ended {status}")
    return problem.stages[0].sign * float(solver.objective_value)


def _way(name: str, solve: Callable[..., float], needs: str = "", *, by_file: bool = False) -> Way:
    """Return a way that reads its task; ``by_file``: it hands the problem over as a file beside it."""

    def run(folder: Path) -> tuple[Seconds, float]:
        problem, gap = pickle.loads((folder / FILE).read_bytes())
        for module in IMPORTED.get(needs, (needs,)):
            importlib.import_module(module)
        clock = Clock()
        task: Callable[..., Any] = partial(solve, folder=folder) if by_file else solve
        return clock.seconds, task(problem, gap, clock)

    return Way(name, run, needs, "integer")


INTEGER_WAYS = (
    _way("budgetopt", _budgetopt),
    _way("HiGHS", _highs),
    _way("PuLP and CBC", _pulp_cbc),
    _way("PuLP and HiGHS", _pulp_highs),
    _way("SciPy", _scipy, "scipy"),
    _way("SCIP", _scip, "pyscipopt", by_file=True),
    _way("OR-tools with SCIP", _ortools, "ortools", by_file=True),
)
"""Every way, budgetopt first: the others are set beside it."""
