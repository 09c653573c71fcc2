"""``python -m benchmarks.language``: a generated city with every feature of the language, in several ways.

The first objective is solved over the same linear program each time: by budgetopt, and by PuLP with CBC and with HiGHS.
Each runs in a process of its own. No way need end by itself: what each has reached when its time is up counts, and how
far it may be from the best is worked out from the best bound that any way has proved.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

__all__ = ["main"]

WAYS = ("plan", "budgetopt", "pulp+cbc", "pulp+highs")
PHASES = ("load", "formulate", "build", "solve")
GRACE = 240.0
"""Seconds beyond the limit of time after which a process is stopped: a solver may look at its clock rarely."""


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.language", description=__doc__)
    parser.add_argument("--programs", type=int, default=500)
    parser.add_argument("--large", type=int, default=5000, help="programs of the city of which only the gap is asked")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds that each solver has")
    parser.add_argument("--gap", type=float, default=1e-4, help="the share of the best value at which to stop")
    parser.add_argument("--ways", nargs="+", default=list(WAYS), choices=WAYS)
    parser.add_argument("--child", nargs=2, metavar=("WAY", "FOLDER"), help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    if arguments.child:
        print(json.dumps(run(arguments.child[0], Path(arguments.child[1]), arguments.limit, arguments.gap)))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        for programs, ways in ((arguments.programs, arguments.ways), (arguments.large, ["budgetopt"])):
            if programs:
                compare(programs, ways, Path(folder) / str(programs), arguments)
    return 0


def compare(programs: int, ways: list[str], folder: Path, arguments: argparse.Namespace) -> None:
    from budgetopt import synthetic

    start = time.perf_counter()
    city = synthetic.city(programs)
    made = time.perf_counter() - start
    city.to_folder(folder)
    print(f"\n{programs:,} programs x {len(city.funds)} funds x {len(city.periods)} years, {len(city.rules)} rules;")
    print(f"made in {made:.1f} s; each solver has {arguments.limit:g} s, gap asked for {arguments.gap:g}")
    found = {way: child(way, folder, arguments) for way in ways}
    known = [one for one in found.values() if one.get("bound") is not None]
    bound = min((one["bound"] for one in known), default=float("nan"))
    size = next((one["size"] for one in found.values() if "size" in one), None)
    if size:
        share = size["integers"] / size["columns"]
        print(
            f"{size['rows']:,} rows, {size['columns']:,} columns, {size['entries']:,} entries, "
            f"{size['integers']:,} columns are integer ({share:.1%})"
        )
    print(f"{'':12}" + "".join(f"{phase:>11}" for phase in (*PHASES, "process")) + f"{'value':>18}{'gap':>11}  ended")
    for way, one in found.items():
        if "failure" in one:
            print(f"{way:12}{one['failure']}")
            continue
        seconds = "".join(f"{one['seconds'].get(phase, 0.0):11.2f}" for phase in PHASES) + f"{one['process']:11.2f}"
        value, gap = one["value"], "n/a"
        if value is not None:
            gap = f"{(bound - value) / abs(value):.2e}"
        shown = "none" if value is None else f"{value:,.0f}"
        print(f"{way:12}{seconds}{shown:>18}{gap:>11}  {one['ended']}", flush=True)


def child(way: str, folder: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """Run one way in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.language", "--child", way, str(folder)]
    command += ["--limit", str(arguments.limit), "--gap", str(arguments.gap)]
    start = time.perf_counter()
    try:
        root = Path(__file__).parent.parent
        done = subprocess.run(
            command, cwd=root, capture_output=True, text=True, timeout=arguments.limit + GRACE, check=False
        )
    except subprocess.TimeoutExpired:
        return {"failure": f"stopped after {arguments.limit + GRACE:g} s"}
    if done.returncode:
        return {"failure": (done.stderr.strip().splitlines() or ["no message"])[-1][:110]}
    return {**json.loads(done.stdout.splitlines()[-1]), "process": time.perf_counter() - start}


def run(way: str, folder: Path, limit: float, gap: float) -> dict[str, Any]:
    """Solve the city in a folder in one way; seconds of the phases, the value, the bound and how it ended."""
    import budgetopt as bo
    from budgetopt.solvers import Options

    seconds: dict[str, float] = {}
    clock = time.perf_counter()

    def lap(phase: str) -> None:
        nonlocal clock
        seconds[phase], clock = time.perf_counter() - clock, time.perf_counter()

    scenario = bo.load(folder)
    lap("load")
    if way == "plan":
        # everything that a user gets: all objectives, one plan of equals, the proof and the audit
        plan = bo.solve(scenario, time_limit=limit, gap=gap)
        lap("solve")
        return {"seconds": seconds, "value": plan.objective_value, "bound": plan.bound, "ended": str(plan.status)}
    problem = bo.formulate(scenario).linear_program
    lap("formulate")
    size, stage = problem.summary(), problem.stages[0]
    if way == "budgetopt":
        from budgetopt.solvers.engine import solve_stage

        solution = solve_stage(problem, stage, Options(time_limit=limit, gap=gap))
        lap("solve")
        value = None if solution.x is None else solution.objective
        ended, bound = str(solution.termination), solution.bound
        return {"seconds": seconds, "value": value, "bound": bound, "ended": ended, "size": size}
    import pulp

    built = problem.to_pulp()
    lap("build")
    if way == "pulp+cbc":
        solver = pulp.PULP_CBC_CMD(msg=False, timeLimit=limit, gapRel=gap)
    else:
        solver = pulp.HiGHS(msg=False, timeLimit=limit, gapRel=gap)
    built.solve(solver)
    lap("solve")
    value = pulp.value(built.objective)
    if value is not None:
        # a minimization of what is maximized, without the constant
        value = (-value if stage.maximize and built.sense == pulp.LpMinimize else value) + (
            stage.offset if not built.objective.constant else 0.0
        )
    return {"seconds": seconds, "value": value, "ended": pulp.LpStatus[built.status], "size": size}


if __name__ == "__main__":
    sys.exit(main())
