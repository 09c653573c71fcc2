"""A budget problem of any size, as the files that an office would keep: a scenario file and a CSV of programs.

Every program has one fund and a concave curve of four segments on one of three outcomes. Some sixty rows couple them:
a balance for each fund, a floor and a ceiling for each department, and a target. Everything is drawn from a fixed seed.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

__all__ = ["SEGMENTS", "write_problem"]

SEED = 2027
FUNDS = 11
DEPARTMENTS = 24
OUTCOMES = 3
SEGMENTS = 4
CURVE_STEP = 1_000  # dollars; amounts are round, as they are in a budget


def write_problem(folder: Path, programs: int) -> None:
    """Write ``scenario.yaml`` and ``programs.csv`` into a folder.

    Parameters
    ----------
    folder
        Where to write; it is made if it is missing.
    programs
        How many programs there are, at least one for each department.
    """
    random = np.random.default_rng(SEED)
    folder.mkdir(parents=True, exist_ok=True)
    fund = random.integers(FUNDS, size=programs)
    department = np.concatenate((np.arange(DEPARTMENTS), random.integers(DEPARTMENTS, size=programs)))[:programs]
    outcome = random.integers(OUTCOMES, size=programs)
    # widths are log-normal, as sizes of programs are; returns fall from segment to segment
    widths = np.maximum(np.round(random.lognormal(4.5, 0.8, (programs, SEGMENTS))), 1) * CURVE_STEP
    first = random.lognormal(0.0, 0.5, programs)
    falls = random.uniform(0.4, 0.95, (programs, SEGMENTS - 1))
    slopes = first[:, None] * np.cumprod(np.concatenate((np.ones((programs, 1)), falls), axis=1), axis=1)
    spent = np.concatenate((np.zeros((programs, 1)), np.cumsum(widths, axis=1)), axis=1)
    # to five digits, as a measure would be given: a curve that is read is the same for everyone
    gained = np.concatenate((np.zeros((programs, 1)), np.cumsum(np.round(slopes, 5) * widths, axis=1)), axis=1)
    baseline = np.round(spent[:, -1] * random.uniform(0.2, 0.8, programs) / CURVE_STEP) * CURVE_STEP
    _write_programs(folder / "programs.csv", fund, department, outcome, baseline, spent, gained)
    _write_scenario(folder / "scenario.yaml", fund, department, outcome, baseline, gained)


def _write_programs(
    path: Path,
    fund: np.ndarray,
    department: np.ndarray,
    outcome: np.ndarray,
    baseline: np.ndarray,
    spent: np.ndarray,
    gained: np.ndarray,
) -> None:
    curves = [
        ";".join(f"{x:.0f}:{y:.10g}" for x, y in zip(xs, ys, strict=True))
        for xs, ys in zip(spent.tolist(), gained.tolist(), strict=True)
    ]
    headers = ["program", "department", "funds", "baseline", *(f"outcomes.o{o}.curve" for o in range(OUTCOMES))]
    lines = [",".join(headers)]
    for row, curve in enumerate(curves):
        cells = [curve if o == outcome[row] else "" for o in range(OUTCOMES)]
        start = [f"p{row}", f"d{department[row]}", f"f{fund[row]}", f"{baseline[row]:.0f}"]
        lines.append(",".join([*start, *cells]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _write_scenario(
    path: Path,
    fund: np.ndarray,
    department: np.ndarray,
    outcome: np.ndarray,
    baseline: np.ndarray,
    gained: np.ndarray,
) -> None:
    by_fund = np.bincount(fund, weights=baseline, minlength=FUNDS)
    by_department = np.bincount(department, weights=baseline, minlength=DEPARTMENTS)
    reach = np.bincount(outcome, weights=gained[:, -1], minlength=OUTCOMES)
    lines = [
        "format: budgetopt/1",
        f"name: {len(baseline)} programs",
        "description: Drawn from a fixed seed, for timing. Every figure is invented.",
        "funds:",
        *(f"  f{f}: {{revenue: {by_fund[f]:.0f}}}" for f in range(FUNDS)),
        "outcomes:",
        *(f"  o{o}: {{unit: units, weight: {1 + o}}}" for o in range(1, OUTCOMES)),
        f"  o0: {{unit: units, weight: 1, target: {{at_least: {0.4 * reach[0]:.0f}}}}}",
        "tables: {programs: programs.csv}",
        "rules:",
    ]
    for d in range(DEPARTMENTS):
        where = f"sum: spending, where: {{department: d{d}}}"
        lines.append(f"  - {{name: d{d} at least, {where}, at_least: {0.8 * by_department[d]:.0f}}}")
        lines.append(f"  - {{name: d{d} at most, {where}, at_most: {1.15 * by_department[d]:.0f}}}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
