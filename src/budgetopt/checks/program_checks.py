"""Programs that are written wrong: effects of two sizes, floors above ceilings, shares of nothing."""

from __future__ import annotations

import numpy as np

from budgetopt.checks.findings import Findings
from budgetopt.checks.floors import above
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.model.where import CONNECTIVES
from budgetopt.scenario.places import Path
from budgetopt.scenario.programs import Bools, ProgramTable, split_key
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import ATTRIBUTES
from budgetopt.scenario.words import money

__all__ = ["check_programs"]

_SIZES = ("per_dollar", "unit_cost", "per_unit", "curve")


def limit_key(programs: ProgramTable, row: int, limit: str, period: str) -> str:
    """Return the key that holds a program's limit in a period: of that period alone, or of all of them."""
    key = f"spending.{limit}.{period}"
    return key if key in programs.columns and row in programs.columns[key].rows else f"spending.{limit}"


def check_programs(scenario: Scenario, findings: Findings) -> None:
    """Look for contradictions inside of single programs."""
    programs = scenario.programs
    if not len(programs):
        if not (findings.partial or findings.lost_a_section or findings.is_invalid("programs")):
            expected = "at least one program, under `programs` or in a table"
            findings.add("no-programs", ("programs",), "the scenario has no programs", expected, key=True)
        return
    _effects(programs, findings)
    _districts(programs, findings)
    _attributes(programs, findings)
    _limits(scenario, findings)


def _rows(programs: ProgramTable, key: str) -> Bools:
    mask = np.zeros(len(programs), dtype=bool)
    if (column := programs.columns.get(key)) is not None:
        mask[column.rows] = True
    return mask


def _effects(programs: ProgramTable, findings: Findings) -> None:
    names = dict.fromkeys(split_key(key)[1] for key in programs.columns if key.startswith("outcomes."))
    expected = f"one of {', '.join(_SIZES)}"

    def add(code: str, row: int, name: str, key: str, message: str, expected: str, hint: str = "") -> None:
        path: Path = ("programs", programs.ids[row], "outcomes", name)
        if findings.is_invalid(*path):
            return
        below = f"outcomes.{name}.{key}" if key else next(iter(_keys(programs, row, name)))
        place, _ = findings.program_place(programs, row, below)
        if not key:
            place = findings.places.keys.get(path) or place
        findings.add_at(
            code, place, path, f"the effect of program '{programs.ids[row]}' on '{name}' {message}", expected, hint
        )

    for name in names:
        has = {key: _rows(programs, f"outcomes.{name}.{key}") for key in (*_SIZES, "up_to")}
        sizes = sum(has[key].astype(int) for key in _SIZES)
        some = np.zeros(len(programs), dtype=bool)
        for key, column in programs.under(f"outcomes.{name}").items():
            if "." not in key:
                some[column.rows] = True
        for row, more in findings.alike(np.flatnonzero(some & (sizes == 0))):
            add("no-effect", row, name, "", f"has no size{more}", expected)
        for row, more in findings.alike(np.flatnonzero(sizes > 1)):
            given = [key for key in _SIZES if has[key][row]]
            add("two-effects", row, name, given[1], f"is given twice, as {' and as '.join(given)}{more}", expected)
        for row, more in findings.alike(np.flatnonzero(has["up_to"] & (sizes == 1) & ~has["unit_cost"])):
            hint = (
                "the last point of a curve is its limit"
                if has["curve"][row]
                else "write it with unit_cost, or as a curve"
            )
            add("up-to", row, name, "up_to", f"has up_to without unit_cost{more}", "up_to beside unit_cost", hint)
        low, high = (programs.number(f"outcomes.{name}.{key}") for key in ("low", "high"))
        for row, more in findings.alike(np.flatnonzero(above(low, np.ones(1)))):
            add(
                "estimate",
                row,
                name,
                "low",
                f"has a low estimate of {Share(low[row])}{more}",
                "at most 100% of the effect",
            )
        for row, more in findings.alike(np.flatnonzero(above(np.ones(1), high))):
            add(
                "estimate",
                row,
                name,
                "high",
                f"has a high estimate of {Share(high[row])}{more}",
                "at least 100% of the effect",
            )


def _keys(programs: ProgramTable, row: int, name: str) -> list[str]:
    return [
        f"outcomes.{name}.{key}"
        for key, column in programs.under(f"outcomes.{name}").items()
        if "." not in key and row in column.rows
    ]


def _districts(programs: ProgramTable, findings: Findings) -> None:
    total = np.zeros(len(programs))
    for column in programs.under("districts").values():
        total[column.rows] += column.values
    for row, more in findings.alike(np.flatnonzero(above(total, np.ones(1)))):
        path: Path = ("programs", programs.ids[row], "districts")
        key = next(
            key for key, column in programs.columns.items() if key.startswith("districts.") and row in column.rows
        )
        place = findings.places.keys.get(path) or findings.program_place(programs, row, key)[0]
        message = f"the districts of program '{programs.ids[row]}' add up to {Share(round(total[row], 10))}{more}"
        findings.add_at("shares-above-one", place, path, message, "at most 100%")


def _attributes(programs: ProgramTable, findings: Findings) -> None:
    for name in programs.under("attributes"):
        if name in ATTRIBUTES or name in CONNECTIVES:
            key = f"attributes.{name}"
            for row, more in findings.alike(programs.columns[key].rows):
                place, path = findings.program_place(programs, row, key)
                what = f"`{key}` of program '{programs.ids[row]}'"
                message = f"{what} has a name by which selections mean something else{more}"
                hint = (
                    f"`{name}` is a key of programs: write it there, not below `attributes`"
                    if name in ATTRIBUTES
                    else ""
                )
                findings.add_at(
                    "reserved-name", findings.places.keys.get(path) or place, path, message, "another name", hint
                )


def _limits(scenario: Scenario, findings: Findings) -> None:
    programs, periods = scenario.programs, scenario.periods
    without = np.isnan(programs.baseline())
    invalid = {path[1] for path in findings.invalid if path[:1] == ("programs",) and len(path) > 1}
    kept = np.array([name not in invalid for name in programs.ids.tolist()], dtype=bool)
    for key in [key for key in programs.columns if key.startswith(("spending.at_least", "spending.at_most"))]:
        column = programs.columns[key]
        if column.shares is None:
            continue
        cells = np.flatnonzero(column.shares & (without & kept)[column.rows])
        for cell, more in findings.alike(cells):
            row = int(column.rows[cell])
            place, path = findings.program_place(programs, row, key)
            share = f"`{key}` of program '{programs.ids[row]}' is {Share(column.values[cell])} of its baseline"
            hint = "write an amount, or give the program a baseline"
            findings.add_at(
                "no-baseline", place, path, f"{share}, and it has none{more}", "an amount, or a `baseline`", hint
            )
    floor, ceiling = (scenario.dollars(f"spending.{key}") for key in ("at_least", "at_most"))
    wrong = above(floor, ceiling) & kept[:, None]
    for row, more in findings.alike(np.flatnonzero(wrong.any(axis=1))):
        period = int(np.argmax(wrong[row]))
        place, path = findings.program_place(programs, row, limit_key(programs, row, "at_least", periods[period]))
        low, high = money(floor[row, period]), money(ceiling[row, period])
        when = f" in {periods[period]}" if len(periods) > 1 and not wrong[row].all() else ""
        message = f"the floor of program '{programs.ids[row]}', {low}, is above its ceiling, {high}{when}{more}"
        findings.add_at("floor-above-ceiling", place, path, message, f"at_least of at most {high}")
