"""The formulas of a workbook, worked out by LibreOffice: as the plan says, and as the audit says of an edited plan."""

from __future__ import annotations

import math
import shutil
import subprocess
from collections import defaultdict, deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from tests.report.kinds import kind_of
from tests.report.plans import plan_of

from budgetopt import synthetic
from budgetopt.allocation import Allocation, solve
from budgetopt.audit import Audit, SpendingPlan, audit_plan
from budgetopt.report import write_excel
from budgetopt.report.blocks.live_limits import _VALUES

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")

pytestmark = [
    pytest.mark.office,
    pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed here"),
]


@dataclass
class Worked:
    """A workbook that LibreOffice worked out: the plan, the file as written, the audit of what stands in it."""

    plan: Allocation
    file: Path
    audit: Audit
    found: Workbook


@pytest.fixture(scope="module")
def workbooks(city: Allocation, odd: Allocation, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Worked]:
    """Workbooks of every kind of effect, package, service, fund and limit: as written, and edited."""
    folder = tmp_path_factory.mktemp("office")
    reserve = {"general": {"name": "General fund", "revenue": "3M", "reserve": {"at_least": "10%", "of": "spending"}}}
    town = solve(synthetic.city(12, 3, 2, 1))
    plans = {"city": city, "odd": odd, "town": town, "reserve": plan_of(kind_of(funds=reserve))}
    files, audits = {}, {}
    for name, plan in plans.items():
        file = write_excel(plan, folder / f"{name}.xlsx")
        for key, seed in ((name, None), (f"{name}_edited", 3)):
            # openpyxl keeps no stored results, so that every formula has to be worked out
            book = load_workbook(file)
            audits[key] = plan.audit if seed is None else edited(plan, book, seed)
            files[key] = folder / "in" / f"{key}.xlsx"
            files[key].parent.mkdir(exist_ok=True)
            book.save(files[key])
    assert OFFICE is not None
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [OFFICE, "--headless", profile, "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir"]
    subprocess.run(
        [*command, str(folder / "out"), *map(str, files.values())], check=True, capture_output=True, timeout=300
    )
    return {
        key: Worked(
            plans[key.removesuffix("_edited")],
            folder / f"{key.removesuffix('_edited')}.xlsx",
            audits[key],
            load_workbook(folder / "out" / f"{key}.xlsx", data_only=True),
        )
        for key in files
    }


def near(one: Any, other: Any, least: float = 0.004) -> bool:
    """Return whether two figures are the same, to the cent; an empty cell is 0."""
    return math.isclose(float(one or 0.0), float(other or 0.0), rel_tol=1e-9, abs_tol=least)


def test_every_formula_comes_to_its_stored_result(workbooks: dict[str, Worked]) -> None:
    for name, worked in workbooks.items():
        if name.endswith("_edited"):
            continue
        stored, formulas = load_workbook(worked.file, data_only=True), 0
        for sheet in load_workbook(worked.file):
            for cell in (cell for row in sheet.iter_rows() for cell in row):
                before, after = (book[sheet.title][cell.coordinate].value for book in (stored, worked.found))
                formulas += cell.data_type == "f"
                if isinstance(before, int | float):
                    assert near(after, before), (name, sheet.title, cell.coordinate, cell.value)
                else:
                    assert (after or "") == (before or ""), (name, sheet.title, cell.coordinate, cell.value)
        assert formulas > 20


def edited(plan: Allocation, book: Workbook, seed: int) -> Audit:
    """Edit amounts and packages of a workbook, and return the audit of the plan that then stands in it."""
    rng, sheet, periods = np.random.default_rng(seed), book["Spending"], len(plan.scenario.periods)
    spending, own = plan.spending.copy(), plan.spending_plan
    packages, units = own.packages_in(plan.scenario).copy(), own.units_in(plan.scenario).copy()
    for row in rng.choice(np.arange(2, sheet.max_row), min(6, sheet.max_row - 2), replace=False).tolist():
        period = int(rng.integers(periods))
        cell = sheet.cell(row, 5 + period)
        program = plan.scenario.programs.position(str(sheet.cell(row, 2).value))
        amount = round(float(rng.choice([0.0, 0.4, 1.7])) * cell.value + float(rng.choice([0.0, 1234.56])), 2)
        cell.value = spending[program, int(sheet.cell(row, 4).value) - 1, period] = amount
        if plan.scenario.programs.number("service.unit_cost")[program] > 0:
            units[program, period] = np.nan
    if "Packages" in book.sheetnames:
        for row in rng.choice(len(packages), min(3, len(packages)), replace=False).tolist():
            period = int(rng.integers(periods))
            packages[row, period] ^= True
            book["Packages"].cell(2 + row, 4 + period).value = int(packages[row, period])
    return audit_plan(plan.scenario, SpendingPlan(spending, own.transfers, packages, units, own.stand_ins))


def check_accounts(audit: Audit, book: Workbook) -> None:
    names = ("opening", "revenue", "one_time", "transfers_in", "transfers_out", "spending", "closing", "reserve")
    periods = len(audit.scenario.periods)
    for fund, period in np.ndindex(len(audit.scenario.funds), periods):
        cells = [cell.value for cell in book["Funds"][2 + fund * periods + period][2:10]]
        for name, cell in zip(names, cells, strict=True):
            assert near(cell, getattr(audit.balances, name)[fund, period], 0.006), (name, fund, period)


def check_outcomes(audit: Audit, book: Workbook) -> None:
    for outcome, level in enumerate(audit.outcomes.sum(axis=1).tolist()):
        assert near(book["Outcomes"].cell(2 + outcome, 6).value, level, 1e-6)
    for sheet, levels in (("Effects", audit.levels), ("Resources", audit.uses)):
        for (row, period), level in np.ndenumerate(levels.level):
            assert near(book[sheet].cell(2 + row, 3 + period).value, level, 1e-6), (sheet, row, period)


def check_limits(plan: Allocation, audit: Audit, book: Workbook) -> int:
    """Compare every limit that is worked out again with the audit, and return how many are broken."""
    names, cells = (*audit.scenario.periods, "all"), defaultdict[tuple[int, str, str], deque[Any]](deque)
    for limit in set(plan.rules["limit"].tolist()):
        parts = (*audit.scenario.limits[limit].parts, "")
        for check in (check for check in audit.of_limit(limit) if check.kind in _VALUES):
            for cell in np.flatnonzero(np.isfinite(check.lower) | np.isfinite(check.upper)).tolist():
                part = "" if check.part is None else parts[check.part[cell]]
                cells[limit, part, names[check.period[cell]]].append((check, cell))
    broken = 0
    for row, key in enumerate(plan.rules[["limit", "part", "period"]].itertuples(index=False, name=None), start=2):
        shown = [book["Limits"].cell(row, column).value for column in (5, 6, 7, 9)]
        if not cells[key]:
            assert shown[3] in ("see Programs", "not worked out again", None)
            continue
        check, cell = cells[key].popleft()
        for figure, value in zip(shown, (check.value, check.lower, check.upper), strict=False):
            assert near(figure, value[cell] if np.isfinite(value[cell]) else None), (key, check.name)
        broken += bool(check.missed[cell])
        assert (shown[3] == "no") == check.missed[cell], (key, check.name)
    return broken


def check_programs(audit: Audit, book: Workbook) -> int:
    """Compare which programs miss limits of their own with the audit, and return how many do."""
    missing: set[int] = set()
    rules = {rule.name: rule for rule in audit.scenario.rules}
    for check in audit.checks:
        of_packages = check.kind == "packages" and "packages taken cost" in str(check.below)
        change = getattr(rules.get(check.name), "change", None) if check.kind == "change" else None
        from_baseline = change is not None and change.from_ != "previous"
        if check.kind in ("spending limit", "kept baseline") or of_packages or from_baseline:
            assert check.program is not None
            missing |= set(check.program[check.missed].tolist())
    sheet = book["Programs"]
    column = [cell.value for cell in sheet[1]].index("Keeps its own limits") + 1
    assert {row - 2 for row in range(2, sheet.max_row) if sheet.cell(row, column).value == "no"} == missing
    return len(missing)


def test_an_edited_workbook_says_what_the_audit_says(workbooks: dict[str, Worked]) -> None:
    broken, outside = 0, 0
    for worked in workbooks.values():
        audit, book = worked.audit, worked.found
        check_accounts(audit, book)
        check_outcomes(audit, book)
        missed, programs = check_limits(worked.plan, audit, book), check_programs(audit, book)
        broken, outside = broken + missed, outside + programs
        figures = {row[0]: row[1] for row in book["Summary"].iter_rows(max_col=2, values_only=True)}
        assert near(figures["Spending"], audit.plan.spending.sum())
        assert figures.get("Limits that are broken", 0) == missed
        assert figures["Programs outside their own limits"] == programs
    # the edits are large enough to break something
    assert broken > 3
    assert outside > 3


def test_what_is_broken_turns_red(city: Allocation, tmp_path: Path) -> None:
    book = load_workbook(write_excel(city, tmp_path / "plan.xlsx"))
    for sheet, column in (("Limits", "I"), ("Funds", "K"), ("Programs", "K")):
        areas = {str(area.sqref): rules for area, rules in book[sheet].conditional_formatting._cf_rules.items()}
        rules = next(rules for area, rules in areas.items() if area.startswith(f"{column}2:"))
        assert rules[0].formula == ['"no"']
        assert rules[0].dxf.fill.bgColor.rgb == "FFF8D0CE"
