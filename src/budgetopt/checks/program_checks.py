"""Programs that are written wrong: effects of two sizes, floors above ceilings, shares of nothing."""

from __future__ import annotations

import numpy as np

from budgetopt.checks.findings import Findings
from budgetopt.checks.floors import above, in_period
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.estimates import SIZES
from budgetopt.scenario.model.where import CONNECTIVES
from budgetopt.scenario.places import Path
from budgetopt.scenario.programs import Bools, ProgramTable, split_key
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import ATTRIBUTES
from budgetopt.scenario.words import money

__all__ = ["check_programs", "kept_programs", "rows_with"]

_SIZES = tuple(key for key in SIZES if key != "value")
_UP_TO = "write it with unit_cost, or as a curve"
_UP_TO_OF = {
    "curve": "the last point of a curve is its limit",
    "at_baseline": "`saturation` is what no amount of money exceeds",
}


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
    _fund_shares(scenario, findings)
    _attributes(programs, findings)
    _limits(scenario, findings)


def rows_with(programs: ProgramTable, *keys: str) -> Bools:
    """Return which programs have any of some keys; shape (programs,)."""
    mask = np.zeros(len(programs), dtype=bool)
    for key in keys:
        if (column := programs.columns.get(key)) is not None:
            mask[column.rows] = True
    return mask


def kept_programs(programs: ProgramTable, findings: Findings) -> Bools:
    """Return the programs of which nothing was left out because it is wrong; shape (programs,)."""
    invalid = {path[1] for path in findings.invalid if path[:1] == ("programs",) and len(path) > 1}
    kept = np.ones(len(programs), dtype=bool)
    kept[[programs.position(name) for name in invalid if isinstance(name, str) and name in programs]] = False
    return kept


def _effects(programs: ProgramTable, findings: Findings) -> None:
    sized = f"one of {', '.join(_SIZES)}"

    def add(code: str, row: int, name: str, key: str, message: str, expected: str, hint: str = "") -> None:
        path: Path = ("programs", programs.ids[row], "outcomes", name)
        if not findings.is_invalid(*path):
            place, _ = findings.program_place(programs, row, f"outcomes.{name}.{key}")
            if code == "no-effect":
                place = findings.places.keys.get(path) or place
            message = f"the effect of program '{path[1]}' on '{name}' {message}"
            findings.add_at(code, place, path, message, expected, hint)

    for name in dict.fromkeys(split_key(key)[1] for key in programs.columns if key.startswith("outcomes.")):
        keys = [key for key in programs.under(f"outcomes.{name}") if "." not in key]
        has = {key: rows_with(programs, f"outcomes.{name}.{key}") for key in (*keys, *_SIZES, "up_to")}
        sizes = sum(has[key].astype(int) for key in _SIZES)
        for row, more in findings.alike(np.flatnonzero(np.any(list(has.values()), axis=0) & (sizes == 0))):
            add("no-effect", row, name, next(key for key in keys if has[key][row]), f"has no size{more}", sized)
        for row, more in findings.alike(np.flatnonzero(sizes > 1)):
            given = [key for key in _SIZES if has[key][row]]
            add("two-effects", row, name, given[1], f"is given twice, as {' and as '.join(given)}{more}", sized)
        for row, more in findings.alike(np.flatnonzero(has["up_to"] & (sizes == 1) & ~has["unit_cost"])):
            hint = next((_UP_TO_OF[key] for key in _UP_TO_OF if has[key][row]), _UP_TO)
            add("up-to", row, name, "up_to", f"has up_to without unit_cost{more}", "up_to beside unit_cost", hint)
        low, high = (programs.number(f"outcomes.{name}.{key}") for key in ("low", "high"))
        for key, value, wrong, side in (
            ("low", low, above(low, 1.0), "most"),
            ("high", high, above(1.0, high), "least"),
        ):
            for row, more in findings.alike(np.flatnonzero(wrong)):
                message = f"has a {key} estimate of {Share(value[row])}{more}"
                add("estimate", row, name, key, message, f"at {side} 100% of the effect")


def _districts(programs: ProgramTable, findings: Findings) -> None:
    columns = programs.under("districts")
    total = np.zeros(len(programs))
    for column in columns.values():
        total[column.rows] += column.values
    for row, more in findings.alike(np.flatnonzero(above(total, 1.0))):
        path: Path = ("programs", programs.ids[row], "districts")
        key = next(key for key, column in columns.items() if row in column.rows)
        place = findings.places.keys.get(path) or findings.program_place(programs, row, f"districts.{key}")[0]
        message = f"the districts of program '{path[1]}' add up to {Share(round(total[row], 10))}{more}"
        findings.add_at("shares-above-one", place, path, message, "at most 100%")


def _fund_shares(scenario: Scenario, findings: Findings) -> None:
    """Look for fixed parts that are not all of the spending, or of a fund that may not pay."""
    programs, columns = scenario.programs, scenario.programs.under("fund_shares")
    if any(findings.is_invalid("funds", name) or name not in scenario.funds for name in columns):
        return
    total, kept = np.zeros(len(programs)), kept_programs(programs, findings)
    for column in columns.values():
        total[column.rows] += column.values
    named = rows_with(programs, *(f"fund_shares.{name}" for name in columns))
    for row, more in findings.alike(np.flatnonzero(named & kept & (np.abs(total - 1.0) > 1e-9))):
        path: Path = ("programs", programs.ids[row], "fund_shares")
        key = next(key for key, column in columns.items() if row in column.rows)
        place = findings.places.keys.get(path) or findings.program_place(programs, row, f"fund_shares.{key}")[0]
        message = f"the parts that funds pay of program '{path[1]}' add up to {Share(round(total[row], 10))}{more}"
        findings.add_at("shares-of-funds", place, path, message, "parts that add up to 100%")
    for name, column in columns.items():
        barred = ~scenario.eligible[column.rows, list(scenario.funds).index(name)] & (column.values > 0)
        for row, more in findings.alike(column.rows[barred & kept[column.rows]]):
            place, path = findings.program_place(programs, row, f"fund_shares.{name}")
            message = f"fund '{name}' pays a part of program '{programs.ids[row]}', and it may not pay for it{more}"
            hint = "see `funds` of the program and `only` of the fund"
            findings.add_at("shares-of-funds", place, path, message, "a fund that may pay for the program", hint)


def _attributes(programs: ProgramTable, findings: Findings) -> None:
    for name, column in programs.under("attributes").items():
        if name not in ATTRIBUTES and name not in CONNECTIVES:
            continue
        key = f"attributes.{name}"
        hint = f"`{name}` is a key of programs: write it there, not below `attributes`" if name in ATTRIBUTES else ""
        for row, more in findings.alike(column.rows):
            place, path = findings.program_place(programs, row, key)
            place = findings.places.keys.get(path) or place
            what = f"`{key}` of program '{programs.ids[row]}'"
            message = f"{what} has a name by which selections mean something else{more}"
            findings.add_at("reserved-name", place, path, message, "another name", hint)


def _limits(scenario: Scenario, findings: Findings) -> None:
    programs = scenario.programs
    kept = kept_programs(programs, findings)
    alone = np.isnan(programs.baseline()) & kept
    for key, column in programs.columns.items():
        if column.shares is None or not key.startswith(("spending.at_least", "spending.at_most")):
            continue
        for cell, more in findings.alike(np.flatnonzero(column.shares & alone[column.rows])):
            row = int(column.rows[cell])
            place, path = findings.program_place(programs, row, key)
            share = f"`{key}` of program '{programs.ids[row]}' is {Share(column.values[cell])} of its baseline"
            hint = "write an amount, or give the program a baseline"
            expected = "an amount, or a `baseline`"
            findings.add_at("no-baseline", place, path, f"{share}, and it has none{more}", expected, hint)
    floor, ceiling = (scenario.dollars(f"spending.{key}") for key in ("at_least", "at_most"))
    wrong = above(floor, ceiling) & kept[:, None]
    for row, more in findings.alike(np.flatnonzero(wrong.any(axis=1))):
        period = int(np.argmax(wrong[row]))
        # the floor of that period alone, or of all of them
        key = f"spending.at_least.{scenario.periods[period]}"
        key = key if programs.value(row, key) is not None else "spending.at_least"
        place, path = findings.program_place(programs, row, key)
        low, high = money(floor[row, period]), money(ceiling[row, period])
        message = f"the floor of program '{programs.ids[row]}', {low}, is above its ceiling, {high}"
        message += f"{in_period(scenario, wrong[row])}{more}"
        findings.add_at("floor-above-ceiling", place, path, message, f"at_least of at most {high}")
