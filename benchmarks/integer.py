"""Integer problems, beside HiGHS, CBC, SCIP and others on the same arrays.

    python -m benchmarks.integer [--cities 200 500 2000] [--districts 18] [--programs 10000] [--knapsacks 100]
                                 [--gap 1e-4] [--limit 300] [--ways WORD ...] [--mknapcb FILE]

The first objective of generated cities with every feature; an election whose districts have money of their own, so that
it falls apart; a budget of concave curves, of which a few are not, with rules that many programs share, so that it is
mostly linear; and knapsacks with several limits, drawn as Chu and Beasley draw theirs (Journal of Heuristics 4, 1998),
whose own files are read with `--mknapcb`. Every way stops at the same gap and runs in a process of its own, which is
stopped after `--limit` seconds of the clock. The figures are seconds of the processor, those of CBC's own processes
included. Values that differ by more than the gap are told, and the run then ends with 1.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.integer_ways import INTEGER_WAYS, write_task
from benchmarks.measure import Measured, measure
from budgetopt.formulation.linear_program import Block, Floats, Ints, Labels, LinearProgram, Matrix, Stage

__all__ = ["bent_budget", "election", "knapsacks", "main", "read_mknapcb"]

SEGMENTS = 4
FUNDS = 8
RULES = 40
MEMBERS = 0.08
"""Rules over programs, each over this share of them: half are floors, half ceilings."""
LIMITS = 5
ROUNDING = 1e-6
"""How far apart, beyond the gap, values may be by the tolerances of the solvers."""


def main(argv: list[str] | None = None) -> int:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cities", type=int, nargs="*", default=[200, 500, 2000], help="their numbers of programs")
    parser.add_argument("--districts", type=int, default=18)
    parser.add_argument("--projects", type=int, default=45, help="projects in each district")
    parser.add_argument("--programs", type=int, default=10_000)
    parser.add_argument("--bent", type=int, default=4, help="programs whose curve is not concave")
    parser.add_argument("--knapsacks", type=int, default=100, help="projects to choose from, under five limits")
    parser.add_argument("--mknapcb", type=Path, nargs="*", default=[], help="files of OR-Library; the first of each")
    parser.add_argument("--gap", type=float, default=1e-4)
    parser.add_argument("--limit", type=float, default=300.0, help="seconds after which a way is stopped")
    parser.add_argument(
        "--ways", nargs="+", default=[], metavar="WORD", help="only ways with such a word in their name"
    )
    arguments = parser.parse_args(argv)
    words = [word.casefold() for word in arguments.ways]
    ways = [way for way in INTEGER_WAYS if not words or any(word in way.name.casefold() for word in words)]
    apart: list[str] = []
    for name, problem in _problems(arguments):
        print(f"{name}: {problem.summary()}", flush=True)
        found: list[Measured] = []
        with tempfile.TemporaryDirectory() as folder:
            write_task(Path(folder), problem, arguments.gap)
            for way in ways:
                found.append(measure(way, problem.columns, Path(folder), arguments.limit))
                print(line(found[-1], found[0]), flush=True)
        apart += [f"{name}: {one}" for one in disagreements(found, arguments.gap)]
    for words_ in apart:
        print(words_, file=sys.stderr)
    return 1 if apart else 0


def line(one: Measured, first: Measured) -> str:
    """Return one row of the table: what a way took, and how many times as long that is as the first."""
    if one.whole is None:
        return f"  {one.way:<20}{one.failure:>12}"
    beside = "" if one is first or not first.whole else f", {one.whole / first.whole:.1f} times as long"
    return f"  {one.way:<20}{one.whole:10.2f} s{beside}"


def disagreements(found: Sequence[Measured], gap: float) -> list[str]:
    """Return the ways that reached another value than the first that reached one, and those that failed."""
    told = [f"{one.way} {one.failure}" for one in found if one.failure.startswith("failed")]
    reached = [one for one in found if one.value is not None]
    told += [
        f"{one.way} reached {one.value!r}, {reached[0].way} {reached[0].value!r}"
        for one in reached[1:]
        if abs(one.value - reached[0].value) > (2 * gap + ROUNDING) * abs(reached[0].value)
    ]
    return told


def _problems(arguments: argparse.Namespace) -> Iterator[tuple[str, LinearProgram]]:
    """Yield the problems that are asked for, each with what it is."""
    from budgetopt import synthetic
    from budgetopt.formulation import formulate

    if arguments.districts:
        problem = election(arguments.districts, arguments.projects)
        yield f"election of {arguments.districts} districts", problem
    if arguments.programs:
        problem = bent_budget(arguments.programs, arguments.bent)
        yield f"{arguments.programs} programs, {arguments.bent} not concave", problem
    if arguments.knapsacks:
        yield f"knapsacks of {arguments.knapsacks} projects", knapsacks(arguments.knapsacks)
    for file in arguments.mknapcb:
        yield file.name, read_mknapcb(file)
    for programs in arguments.cities:
        yield f"city of {programs} programs", formulate(synthetic.city(programs)).linear_program


def election(districts: int, projects: int, seed: int = 1) -> LinearProgram:
    """Return an election: each district funds projects for their votes, with a third of what all of them cost."""
    random, count = np.random.default_rng(seed), districts * projects
    cost = np.round(random.lognormal(11.0, 0.9, count), -2)
    votes = np.round(random.gamma(2.0, 400.0, count) * (cost / cost.mean()) ** 0.4)
    district = np.repeat(np.arange(districts), projects)
    money = np.floor(np.bincount(district, weights=cost) / 3)
    entries = district, np.arange(count), cost
    return _problem(entries, (np.full(districts, -np.inf), money), np.ones(count), votes, np.ones(count, np.bool_))


def knapsacks(projects: int, limits: int = LIMITS, seed: int = 1) -> LinearProgram:
    """Return projects to choose from under several limits at once, each of half of what all of them would take."""
    random = np.random.default_rng(seed)
    takes = random.integers(1, 1001, (limits, projects)).astype(float)
    worth = np.round(takes.mean(axis=0) + 500.0 * random.random(projects))
    return _knapsacks(takes, np.floor(0.5 * takes.sum(axis=1)), worth)


def read_mknapcb(file: Path) -> LinearProgram:
    """Return the first problem of a file of OR-Library: how many there are, then their numbers one after another."""
    numbers = np.array(file.read_text(encoding="ascii").split(), np.float64)[1:]
    projects, limits = int(numbers[0]), int(numbers[1])
    worth, rest = np.split(numbers[3:], [projects])
    takes = rest[: limits * projects].reshape(limits, projects)
    return _knapsacks(takes, rest[limits * projects :][:limits], worth)


def _knapsacks(takes: Floats, most: Floats, worth: Floats) -> LinearProgram:
    limits, projects = takes.shape
    row, column = (places.ravel() for places in np.indices(takes.shape))
    sides = np.full(limits, -np.inf), most
    return _problem((row, column, takes.ravel()), sides, np.ones(projects), worth, np.ones(projects, np.bool_))


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


if __name__ == "__main__":
    sys.exit(main())
