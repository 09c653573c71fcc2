"""``python -m benchmarks.frontier``: the best value against a revenue, as the exact curve and as a grid in PuLP.

A generated city without integer decisions; general revenue goes from a tenth less to a tenth more. budgetopt finds
every end of a straight piece; PuLP solves a grid of points with CBC, each a model of its own, as one would write it.
Both must agree on the value at every point of the grid.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np

__all__ = ["main"]

PATH = "funds.general.revenue"
AGREE = 1e-6


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.frontier", description=__doc__)
    parser.add_argument("--programs", type=int, default=500)
    parser.add_argument("--points", type=int, default=100, help="points of the grid")
    parser.add_argument("--range", type=float, default=10.0, metavar="PERCENT", help="how far to each side")
    arguments = parser.parse_args(argv)
    import pulp

    import budgetopt as bo
    from budgetopt import synthetic

    city = synthetic.city(arguments.programs, features="linear")
    begin = time.perf_counter()
    found = bo.frontier(city, PATH, f"-{arguments.range:g}%", f"+{arguments.range:g}%")
    exact = time.perf_counter() - begin
    print(f"{arguments.programs:,} programs, {PATH} from -{arguments.range:g}% to +{arguments.range:g}%")
    print(f"budgetopt: {exact:8.1f} s, exact: {len(found.pieces):,} straight pieces, {found.solves:,} problems solved")
    begin, apart = time.perf_counter(), 0.0
    for place in np.linspace(found.low, found.high, arguments.points).tolist():
        model = bo.formulate(city.with_((PATH, f"*{place / found.now:.15f}"))).to_pulp()
        model.solve(pulp.PULP_CBC_CMD(msg=False))
        value = abs(pulp.value(model.objective))
        apart = max(apart, abs(value - found.value_at(place)) / value)
    grid = time.perf_counter() - begin
    print(f"PuLP+CBC:  {grid:8.1f} s, a grid of {arguments.points:,} points: {grid / exact:.1f} times as long")
    print(f"largest difference at a point: {apart:.1e} of the value")
    return 0 if apart <= AGREE else 1


if __name__ == "__main__":
    sys.exit(main())
