"""A budget that is written in any shape that offices have reads back: the same programs, sums to the cent, places."""

from __future__ import annotations

import csv
import io
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from budgetopt.errors import OptionError, ScenarioError
from budgetopt.reading.office.choices import ChoiceError
from budgetopt.reading.starting import read_budget
from budgetopt.reading.tables import read_tables
from budgetopt.scenario.model import Tables
from measures import few

FUNDS = ("General Fund", "Grants", "Parking")
DEPARTMENTS = ("Police", "Parks & Récréation", "Library")
PROGRAMS = ("Patrol", "Dispatch", "Pools", "Trails", "Branches")


@dataclass
class Line:
    """A line of a budget: where it belongs, and its cents."""

    department: str
    program: str
    fund: str
    cents: int


@dataclass
class Written:
    """A file, the keys that describe it, and the row in which each program first stands."""

    name: str
    data: bytes
    keys: dict[str, Any]
    first: dict[str, int] = field(default_factory=dict)


@st.composite
def budgets(draw: st.DrawFn) -> list[Line]:
    """Return lines, those of a program one after another; what a fund pays for a program is never below zero."""
    lines = []
    count = draw(st.integers(2, len(PROGRAMS)))
    # programs of a department stand together
    of = sorted(draw(st.lists(st.integers(0, 2), min_size=count, max_size=count)))
    for program, department in zip(PROGRAMS, of, strict=False):
        for fund in draw(st.lists(st.sampled_from(FUNDS), min_size=1, max_size=3, unique=True)):
            cents = draw(st.integers(1_000_000, 9_999_999_999))
            less = draw(st.sampled_from([0, 0, 1, cents // 3]))
            lines.append(Line(DEPARTMENTS[department], program, fund, cents))
            if less:
                lines.append(Line(DEPARTMENTS[department], program, fund, -less))
    return lines


def number(amount: Decimal, mark: str, group: str, style: str) -> str:
    """Return an amount as an office writes it."""
    if not amount and style == "accounting":
        return "$ -"
    text = f"{abs(amount):,.5f}".rstrip("0").rstrip(".")
    text = text.replace(",", "\0").replace(".", mark).replace("\0", group)
    if style == "accounting":
        return f"$ ({text})" if amount < 0 else f"$ {text}"
    return f"-{text}" if amount < 0 else text


@st.composite
def written(draw: st.DrawFn, lines: list[Line], *, wide: bool) -> Written:
    """Return the lines in a shape that is drawn; a wide one has a column for each fund."""
    scale = draw(st.sampled_from([1, 1000]))
    mark, group = draw(st.sampled_from([(".", ","), (".", ""), (",", "."), (",", " "), (",", "")]))
    style = draw(st.sampled_from(["plain", "accounting"]))
    once = draw(st.sampled_from(["each", "fill_down", "headings"]))
    titles, blanks = draw(st.integers(0, 2)), draw(st.booleans())
    totals, again, two_headers = draw(st.booleans()), draw(st.booleans()), draw(st.booleans())
    funds = list(FUNDS) if wide else ["Fund", "Adopted"]
    header = ["Department", "Program", *funds]
    table: list[list[Any]] = [["City of Elmfield" if scale == 1 else "(in thousands)"], ["Adopted budget"]][:titles]
    if scale == 1000 and not titles:
        table.append(["(in thousands)"])
    top = ["", ""] + ["FY 2026"] * len(FUNDS) if wide else ["", "", "", "FY 2026"]
    if two_headers:
        table.append(top)
    table.append(header)
    below = len(table)

    def cell(cents: int) -> Decimal:
        return Decimal(cents) / 100 / scale

    rows: list[tuple[Line, list[Any]]] = []
    if wide:
        paid: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for line in lines:
            paid[line.program][line.fund] += line.cents
        for program, by_fund in paid.items():
            line = next(line for line in lines if line.program == program)
            rows.append((line, [line.department, program, *(cell(by_fund[fund]) for fund in FUNDS)]))
    else:
        rows = [(line, [line.department, line.program, line.fund, cell(line.cents)]) for line in lines]
    first: dict[str, int] = {}
    department = ""
    for position, (line, row) in enumerate(rows):
        if line.department != department:
            if blanks:
                table.append([])
            if again and position:
                table.append(header)
            if once == "headings":
                table.append(["", line.department])
        if once == "headings" or (once == "fill_down" and line.department == department):
            row[0] = ""
        department = line.department
        table.append(row)
        first.setdefault(line.program, len(table))
        if totals and (position + 1 == len(rows) or rows[position + 1][0].department != department):
            mine = [other for line, other in rows if line.department == department]
            sums_of = [sum((other[at] for other in mine), Decimal(0)) for at in range(2 if wide else 3, len(row))]
            table.append(["", f"{department} Total", *([] if wide else [""]), *sums_of])
    amount = "FY 2026 Adopted" if two_headers else "Adopted"
    columns = {"Department": "ignore" if once == "headings" else "department", "Program": "program"}
    if wide:
        columns |= {f"FY 2026 {fund}" if two_headers else fund: f"baseline_by_fund.{fund}" for fund in FUNDS}
    else:
        columns |= {"Fund": "funds", amount: "baseline"}
    keys: dict[str, Any] = {"header": [below - 1, below] if two_headers else below, "columns": columns, "scale": scale}
    keys |= {"add_up": True, "decimal": mark, "skip": {"Program": ["* Total", "Program"]}}
    keys |= {"fill_down": {"fill_down": "Department"}, "headings": {"headings": "department"}, "each": {}}[once]
    if draw(st.booleans()):
        return Written("t.xlsx", _workbook(table), keys, first)
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
    separator = draw(st.sampled_from([",", ";", "\t", "|"]))
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator)
    for row in table:
        cells = [number(value, mark, group, style) if isinstance(value, Decimal) else value for value in row]
        writer.writerow([*cells, *([""] * (len(header) - len(cells)))])
    return Written("t.csv", text.getvalue().encode(encoding), keys, first)


def _workbook(table: list[list[Any]]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in table:
        sheet.append([float(value) if isinstance(value, Decimal) else value or None for value in row] or [None])
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def sums(lines: list[Line]) -> dict[str, dict[str, int]]:
    """Return the cents of each program and fund."""
    found: dict[str, dict[str, int]] = {}
    for line in lines:
        by_fund = found.setdefault(line.program, {})
        by_fund[line.fund] = by_fund.get(line.fund, 0) + line.cents
    return found


@few(1 / 2)
@given(st.data())
def test_a_budget_in_any_shape_reads_back_by_the_keys_that_describe_it(data: st.DataObject) -> None:
    lines = data.draw(budgets())
    file = data.draw(written(lines, wide=data.draw(st.booleans())))
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, file.name).write_bytes(file.data)
        read = read_tables(Tables.model_validate({"programs": {"file": file.name, **file.keys}}), folder)
    assert not read.problems, [str(problem) for problem in read.problems]
    (programs,) = read.programs
    assert programs.ids.tolist() == list(sums(lines))
    for name, by_fund in sums(lines).items():
        program = programs[name]
        paid = {fund: round(amount * 100) for fund, amount in program.baseline_by_fund.items() if amount}
        assert paid == {fund: cents for fund, cents in by_fund.items() if cents}
        if program.baseline is not None:
            assert program.baseline == pytest.approx(sum(by_fund.values()) / 100, abs=0.004)
        assert program.department == next(line.department for line in lines if line.program == name)
        place = programs.place(name)
        assert place is not None
        assert place.line == file.first[name]


@few(1 / 2)
@given(st.data())
def test_a_budget_is_never_another_sum_in_silence(data: st.DataObject) -> None:
    lines = data.draw(budgets())
    file = data.draw(written(lines, wide=False))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, file.name)
        path.write_bytes(file.data)
        try:
            programs = read_budget(str(path)).programs
        except (OptionError, ScenarioError):
            return
    right = sums(lines)
    total = sum(cents for by_fund in right.values() for cents in by_fund.values())
    assert round(float(programs.baseline().sum()) * 100) == pytest.approx(total, abs=1)
    assert len(programs) == len(right), programs.ids.tolist()


def test_columns_of_funds_beside_one_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "Department,Program,General Fund,Grants,Parking\nPolice,Patrol,10000,5,0\nPolice,Dispatch,10000,0,70\n"
        "Parks,Pools,10000,0,0\nLibrary,Branches,10000,0,0\n"
    )
    with pytest.raises(ChoiceError) as caught:
        read_budget(str(path))
    together, alone = caught.value.options
    programs = read_budget(str(path), together.choices).programs
    assert programs.baseline().tolist() == [10_005, 10_070, 10_000, 10_000]
    assert programs["Patrol"].baseline_by_fund == {"General Fund": 10_000, "Grants": 5, "Parking": 0}
    assert read_budget(str(path), alone.choices).programs.baseline().sum() == 40_000
