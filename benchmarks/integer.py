"""Integer problems with structure, beside HiGHS and CBC on the same arrays.

    python -m benchmarks.integer [--districts 18] [--projects 45] [--programs 10000] [--bent 4] [--gap 1e-6]

Two kinds: an election whose districts have money of their own, so that it falls apart; and a budget of concave curves,
of which a few are not, with rules that many programs share, so that it is mostly linear. Every way stops at the same
gap, and the values must agree within it. The time is that of the processor, that of CBC's own processes included.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable

import numpy as np

from benchmarks.ways import highs_of, run_cbc
from budgetopt.formulation.linear_program import Block, Floats, Ints, Labels, LinearProgram, Matrix, Stage
from budgetopt.solvers import Options
from budgetopt.solvers.engine import solve_stage

__all__ = ["bent_budget", "election", "main"]

SEGMENTS = 4
FUNDS = 8
RULES = 40
MEMBERS = 0.08
"""Rules over programs, each over this share of them: half are floors, half ceilings."""


def main(argv: list[str] | None = None) -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--districts", type=int, default=18)
    parser.add_argument("--projects", type=int, default=45, help="projects in each district")
    parser.add_argument("--programs", type=int, default=10_000)
    parser.add_argument("--bent", type=int, default=4, help="programs whose curve is not concave")
    parser.add_argument("--gap", type=float, default=1e-6)
    parser.add_argument("--ways", nargs="+", default=["HiGHS", "PuLP and CBC"], choices=["HiGHS", "PuLP and CBC"])
    arguments = parser.parse_args(argv)
    problems = {
        f"election of {arguments.districts} districts": election(arguments.districts, arguments.projects),
        f"{arguments.programs} programs, {arguments.bent} not concave": bent_budget(arguments.programs, arguments.bent),
    }
    peers: dict[str, Callable[[LinearProgram, float], float]] = {"HiGHS": _highs, "PuLP and CBC": _cbc}
    for name, problem in problems.items():
        print(f"{name}: {problem.summary()}")
        begin = _seconds()
        own = _own(problem, arguments.gap)
        taken = _seconds() - begin
        print(f"  {'budgetopt':<14}{taken:8.2f} s")
        for peer in arguments.ways:
            begin = _seconds()
            value = peers[peer](problem, arguments.gap)
            seconds = _seconds() - begin
            np.testing.assert_allclose(value, own, rtol=2 * arguments.gap + 1e-9)
            print(f"  {peer:<14}{seconds:8.2f} s, {seconds / max(taken, 1e-9):.1f} times as long")


def election(districts: int, projects: int, seed: int = 1) -> LinearProgram:
    """Return an election: each district funds projects for their votes, with a third of what all of them cost."""
    random, count = np.random.default_rng(seed), districts * projects
    cost = np.round(random.lognormal(11.0, 0.9, count), -2)
    votes = np.round(random.gamma(2.0, 400.0, count) * (cost / cost.mean()) ** 0.4)
    district = np.repeat(np.arange(districts), projects)
    money = np.floor(np.bincount(district, weights=cost) / 3)
    entries = district, np.arange(count), cost
    return _problem(entries, (np.full(districts, -np.inf), money), np.ones(count), votes, np.ones(count, np.bool_))


def bent_budget(programs: int, bent: int, seed: int = 1) -> LinearProgram:
    """Return a budget of curves of four segments and a few funds; of some, the second segment pays most.

    Such a segment is open only once the first is full, which is an integer decision.
    """
    random = np.random.default_rng(seed)
    width = random.lognormal(12.0, 1.0, (programs, SEGMENTS))
    slope = -np.sort(-random.lognormal(0.0, 0.6, (programs, SEGMENTS)), axis=1)
    chosen = random.choice(programs, bent, replace=False)
    slope[chosen, :2] = slope[chosen, 1::-1] * [0.3, 1.3]
    fund, count = random.integers(FUNDS, size=programs), programs * SEGMENTS
    rule, member = np.nonzero(random.random((RULES, programs)) < MEMBERS)
    rule, ruled = np.repeat(rule, SEGMENTS), (member[:, None] * SEGMENTS + np.arange(SEGMENTS)).ravel()
    opens, first = count + np.arange(bent), chosen * SEGMENTS
    needs = FUNDS + RULES + np.arange(bent)
    fills = needs + bent
    row = np.concatenate((np.repeat(fund, SEGMENTS), FUNDS + rule, needs, needs, fills, fills))
    column = np.concatenate((np.arange(count), ruled, first + 1, opens, first, opens))
    wide, one = width.ravel(), np.ones(bent)
    value = np.concatenate((np.ones(count + len(ruled)), one, -wide[first + 1], one, -wide[first]))
    money = 0.55 * np.bincount(fund, weights=width.sum(axis=1), minlength=FUNDS)
    half = 0.5 * np.bincount(rule, weights=wide[ruled], minlength=RULES)
    is_floor, none = np.arange(RULES) % 2 == 0, np.full(bent, np.inf)
    limits = (
        np.concatenate((np.full(FUNDS, -np.inf), np.where(is_floor, half, -np.inf), -none, np.zeros(bent))),
        np.concatenate((money, np.where(is_floor, np.inf, half), np.zeros(bent), none)),
    )
    upper, integer = np.append(wide, one), np.arange(count + bent) >= count
    return _problem((row, column, value), limits, upper, np.append(slope.ravel(), np.zeros(bent)), integer)


def _problem(
    entries: tuple[Ints, Ints, Floats], limits: tuple[Floats, Floats], upper: Floats, worth: Floats, integer: np.ndarray
) -> LinearProgram:
    rows, columns = len(limits[0]), len(upper)
    return LinearProgram(
        Matrix.from_triplets(rows, columns, *entries),
        *limits,
        np.zeros(columns),
        upper,
        integer,
        (Stage("what it is worth", worth, maximize=True),),
        Labels((Block("segment", 0, columns),)),
        Labels((Block("limit", 0, rows),)),
    )


def _seconds() -> float:
    """Return the time of the processor, that of processes that have ended included."""
    return sum(os.times()[:4])


def _own(problem: LinearProgram, gap: float) -> float:
    answer = solve_stage(problem, problem.stages[0], Options(gap=gap))
    if not answer.proved:
        raise RuntimeError(f"not solved: {answer.termination}")
    return answer.objective


def _highs(problem: LinearProgram, gap: float) -> float:
    import highspy

    solver, whole = highs_of(problem), np.flatnonzero(problem.integer).astype(np.int32)
    kinds = np.full(len(whole), int(highspy.HighsVarType.kInteger), np.uint8)
    solver.changeColsIntegrality(len(whole), whole, kinds)
    solver.setOptionValue("mip_rel_gap", gap)
    solver.run()
    return float(solver.getInfo().objective_function_value)


def _cbc(problem: LinearProgram, gap: float) -> float:
    import pulp

    model = problem.to_pulp()
    run_cbc(model, gap)
    return float(pulp.value(model.objective))


if __name__ == "__main__":
    main()
