"""Draws per second of an ensemble, beside a loop that builds each problem anew for HiGHS, and one for PuLP and CBC.

    python -m benchmarks.draws [--programs 500] [--periods 5] [--draws 1000]

All solve the same linear programs, those of a generated city whose effects are drawn, one after another on one core,
and must agree on their values. The slow ones solve a share of the draws. Beside the time by the clock stands that of
the processor, that of CBC's own processes included, in which other work on the machine counts little.
"""

from __future__ import annotations

import argparse
import os
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
from budgetopt.analysis.risk.ensemble import CHUNK

if TYPE_CHECKING:
    from budgetopt.formulation import LinearProgram

__all__ = ["main"]

FEW = {"live model": 1.0, "HiGHS, rebuilt": 0.1, "PuLP and CBC, rebuilt": 0.02}
"""The share of the draws that each way solves: the slow ones are measured on fewer."""


def main(argv: list[str] | None = None) -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=int, default=500)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--periods", type=int, default=5)
    arguments = parser.parse_args(argv)
    plan = bo.solve(synthetic.city(arguments.programs, periods=arguments.periods, features="linear"))
    errors = EffectErrors.of(plan)
    begin = _seconds()
    drawn = DrawnProblems.of(plan, errors, errors.draws(arguments.draws, 0))
    start = _seconds() - begin
    ways: dict[str, Callable[[int], list[float]]] = {
        "live model": lambda count: _live(drawn, count),
        "HiGHS, rebuilt": lambda count: [_highs(_problem(drawn, draw)) for draw in range(count)],
        "PuLP and CBC, rebuilt": lambda count: [_pulp(_problem(drawn, draw)) for draw in range(count)],
    }
    values: dict[str, list[float]] = {}
    taken: dict[str, np.ndarray] = {}
    for name, way in ways.items():
        count = max(2, round(arguments.draws * FEW[name]))
        begin = _seconds()
        values[name] = way(count)
        taken[name] = (_seconds() - begin + (start if name == "live model" else 0.0)) / count
    size, varying = drawn.problem.summary(), int(errors.uncertain.sum())
    print(f"{arguments.programs} programs, {arguments.periods} periods, {size}, {varying} uncertain effects")
    for name, seconds in taken.items():
        np.testing.assert_allclose(values[name], values["live model"][: len(values[name])], rtol=1e-6)
        clock, processor = seconds / taken["live model"]
        rate = f"{1 / seconds[0]:10.2f} draws a second, {1 / seconds[1]:.2f} of the processor"
        print(f"{name:<24}{rate}; the live model solves {clock:.1f} and {processor:.1f} times as many")


def _seconds() -> np.ndarray:
    """Return the time by the clock and that of the processor, that of processes that have ended included."""
    return np.array([time.perf_counter(), sum(os.times()[:4])])


def _live(drawn: DrawnProblems, count: int) -> list[float]:
    """Solve as `ensemble` does: each chunk of draws begins with a model of its own, and each draw is proved."""
    values: list[float] = []
    for begin in range(0, count, CHUNK):
        solve = solver_of_draws(drawn)
        answers = [solve(draw) for draw in range(begin, min(begin + CHUNK, count))]
        if not all(answer.proved for answer in answers):
            raise RuntimeError("a draw is not proved")
        values += [answer.value for answer in answers]
    return values


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
