"""Draws per second of an ensemble, beside a loop that builds each problem anew for HiGHS, and one for PuLP and CBC.

    python -m benchmarks.draws [--programs 500] [--periods 5] [--draws 200]

All solve the same linear programs, those of a generated city whose effects are drawn, one after another on one core,
and must agree on their values.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

import budgetopt as bo
from benchmarks.ways import highs_of, run_cbc
from budgetopt import synthetic
from budgetopt.analysis.risk.drawn_problems import DrawnProblems, solver_of_draws
from budgetopt.analysis.risk.effect_draws import EffectErrors

if TYPE_CHECKING:
    from budgetopt.formulation import LinearProgram

__all__ = ["main"]

FEW = {"live model": 1.0, "HiGHS, rebuilt": 0.1, "PuLP and CBC, rebuilt": 0.02}
"""The share of the draws that each way solves: the slow ones are measured on fewer."""


def main(argv: list[str] | None = None) -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=int, default=500)
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--periods", type=int, default=5)
    arguments = parser.parse_args(argv)
    plan = bo.solve(synthetic.city(arguments.programs, periods=arguments.periods, features="linear"))
    errors = EffectErrors.of(plan)
    begin = time.perf_counter()
    drawn = DrawnProblems.of(plan, errors, errors.draws(arguments.draws, 0))
    solve = solver_of_draws(drawn)
    start = time.perf_counter() - begin
    ways: dict[str, Callable[[int], float]] = {
        "live model": lambda draw: solve(draw).value,
        "HiGHS, rebuilt": lambda draw: _highs(_problem(drawn, draw)),
        "PuLP and CBC, rebuilt": lambda draw: _pulp(_problem(drawn, draw)),
    }
    values: dict[str, list[float]] = {}
    rates: dict[str, float] = {}
    for name, way in ways.items():
        count = max(2, round(arguments.draws * FEW[name]))
        begin = time.perf_counter()
        values[name] = [way(draw) for draw in range(count)]
        rates[name] = count / (time.perf_counter() - begin + (start if name == "live model" else 0.0))
    size, varying = drawn.problem.summary(), int(errors.uncertain.sum())
    print(f"{arguments.programs} programs, {arguments.periods} periods, {size}, {varying} uncertain effects")
    for name, rate in rates.items():
        np.testing.assert_allclose(values[name], values["live model"][: len(values[name])], rtol=1e-6)
        times = rates["live model"] / rate
        print(f"{name:<24}{rate:10.2f} draws a second; the live model solves {times:.1f} times as many")


def _problem(drawn: DrawnProblems, draw: int) -> LinearProgram:
    stage = replace(drawn.problem.stages[0], cost=drawn.cost_of(drawn.factors[draw]))
    return replace(drawn.problem, stages=(stage,))


def _highs(problem: LinearProgram) -> float:
    """Solve with HiGHS as it comes: a new model, its own options."""
    solver = highs_of(problem)
    solver.run()
    return float(solver.getInfo().objective_function_value)


def _pulp(problem: LinearProgram) -> float:
    """Solve with PuLP and CBC the usual way."""
    import pulp

    model = problem.to_pulp()
    run_cbc(model)
    return float(pulp.value(model.objective))


if __name__ == "__main__":
    main()
