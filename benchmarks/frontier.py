"""``python -m benchmarks.frontier``: the best value against a revenue, as the exact curve and as a grid of points.

A generated city without integer decisions; general revenue goes from a tenth less to a tenth more. budgetopt finds
every end of a straight piece; HiGHS and PuLP with CBC solve a grid of points, each a model of its own, as one would
write it. All must agree on the value at every point of the grid. The figures are seconds of the processor.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.ways import highs_of, processor_time, run_cbc

if TYPE_CHECKING:
    from budgetopt.formulation import LinearProgram

__all__ = ["main"]

PATH = "funds.general.revenue"
AGREE = 1e-6


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.frontier", description=__doc__)
    parser.add_argument("--programs", type=int, default=500)
    parser.add_argument("--points", type=int, default=100, help="points of the grid")
    parser.add_argument("--range", type=float, default=10.0, metavar="PERCENT", help="how far to each side")
    arguments = parser.parse_args(argv)
    import budgetopt as bo
    from budgetopt import synthetic

    city = synthetic.city(arguments.programs, features="linear")
    begin = processor_time()
    found = bo.frontier(city, PATH, f"-{arguments.range:g}%", f"+{arguments.range:g}%")
    exact = processor_time() - begin
    print(f"{arguments.programs:,} programs, {PATH} from -{arguments.range:g}% to +{arguments.range:g}%")
    print(f"budgetopt: {exact:8.1f} s, exact: {len(found.pieces):,} straight pieces, {found.solves:,} problems solved")
    places = np.linspace(found.low, found.high, arguments.points).tolist()
    worst = 0.0
    ways: dict[str, Callable[[LinearProgram], float]] = {"HiGHS": _highs, "PuLP+CBC": _cbc}
    for name, solve in ways.items():
        begin, apart = processor_time(), 0.0
        for place in places:
            value = solve(bo.formulate(city.with_((PATH, f"*{place / found.now:.15f}"))).linear_program)
            apart = max(apart, abs(value - found.value_at(place)) / value)
        grid, worst = processor_time() - begin, max(worst, apart)
        print(
            f"{name + ':':<10} {grid:8.1f} s, a grid of {arguments.points:,} points: {grid / exact:.1f} times as long"
        )
    print(f"largest difference at a point: {worst:.1e} of the value")
    return 0 if worst <= AGREE else 1


def _highs(problem: LinearProgram) -> float:
    solver = highs_of(problem)
    solver.run()
    return abs(float(solver.getInfo().objective_function_value))


def _cbc(problem: LinearProgram) -> float:
    import pulp

    model = problem.to_pulp()
    run_cbc(model)
    return abs(float(pulp.value(model.objective)))


if __name__ == "__main__":
    sys.exit(main())
