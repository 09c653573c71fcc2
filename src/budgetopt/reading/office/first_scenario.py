"""The text of a first scenario, made of what was understood of an office's budget file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from budgetopt.reading.office.other_sheets import Grant, Measures
from budgetopt.reading.yaml_text import number_text, quoted
from budgetopt.scenario.model.table import Table
from budgetopt.scenario.programs import Floats, ProgramTable, split_key

__all__ = ["BudgetFile", "baselines_of", "scenario_text"]


@dataclass(frozen=True)
class BudgetFile:
    """An office's own file as it was understood.

    Parameters
    ----------
    table
        How it is read, as ``tables`` of a scenario says it.
    programs
        Its programs.
    remarks
        What was taken for what, and what is left out with how much money; one sentence each.
    measures, grants
        What other sheets of the workbook say of results and of grants.
    currency
        The code of the currency that the file names; empty if it names none.
    headers
        The headers of its columns.
    """

    file: str
    sheet: str
    table: Table
    programs: ProgramTable
    remarks: tuple[str, ...]
    measures: Measures | None = None
    grants: tuple[Grant, ...] = ()
    currency: str = ""
    headers: tuple[str, ...] = ()


def scenario_text(found: BudgetFile, file: str, title: str) -> str:
    """Return a scenario file that pays for the baselines of all programs, and asks for an even cut.

    ``file`` is the name of the budget file beside it.
    """
    copied = file
    file += f"!{found.sheet}" if found.sheet and "!" in found.table.file else ""
    lines = [
        f"# Made from {file}. Look over what each column was taken for, then add what the money is for: outcomes.",
        "format: budgetopt/1",
        f"name: {quoted(title or 'Untitled')}",
        f"source: {quoted(file)}",
        *([f"currency: {found.currency}"] if found.currency else []),
        *_period_lines(found.programs),
        "",
        "# Each fund's revenue is the sum of the baselines that it pays: put the forecast in its place.",
        "funds:",
        *_fund_lines(found),
        *_outcome_lines(found),
        "",
        "tables:",
        "  programs:",
        f"    file: {quoted(file)}",
        *_table_lines(found.table.model_dump(exclude_defaults=True)),
        *_evidence_lines(found, copied),
        "",
        *_example_lines(found),
        "# Until then every program keeps its baseline, or is cut as evenly as the limits allow.",
        "objective: {minimize: largest cut}",
        "# Programs of which nothing is measured keep this share of their baselines when outcomes are the objective.",
        "keep_unmeasured: 100%",
        "",
    ]
    return "\n".join(lines)


def _example_lines(found: BudgetFile) -> Iterator[str]:
    """Yield what to write next."""
    if _outcomes(found):
        yield "# The outcomes have no weights yet: what a unit of each is worth is for the council to say. Then write:"
    else:
        program = quoted(found.programs.ids[0]) if len(found.programs) else "library"
        yield "# What the money is for, and what a program does for it. For example:"
        yield "# outcomes:"
        yield "#   visits: {unit: visits, weight: 5}"
        yield "# programs:"
        yield f"#   {program}: {{outcomes: {{visits: {{per_dollar: 0.2}}}}}}"
    yield "# objective: {maximize: weighted outcomes}"


def _outcomes(found: BudgetFile) -> dict[str, str]:
    """Return the outcomes of the table of programs and of the sheet of results, with the units that are said."""
    keys = (split_key(key) for key in found.programs.columns if key.startswith("outcomes."))
    own = {outcome: "" for _, outcome, *_ in keys}
    return own if found.measures is None else own | dict(found.measures.outcomes)


def _outcome_lines(found: BudgetFile) -> Iterator[str]:
    """Yield the outcomes of which the file says something."""
    if outcomes := _outcomes(found):
        yield ""
        yield "outcomes:"
        yield from (f"  {quoted(outcome)}: {{unit: {quoted(unit or outcome)}}}" for outcome, unit in outcomes.items())


def _evidence_lines(found: BudgetFile, copied: str) -> Iterator[str]:
    """Yield how the sheet of results is read: this year's result of each program, at its baseline."""
    if found.measures is None:
        return
    table = Table.model_validate(found.measures.table)
    yield "  # This year's results. How they grow with the money is not said there: in proportion is assumed."
    yield "  evidence:"
    yield f"    file: {quoted(copied + '!' + table.file.rpartition('!')[2])}"
    yield from _table_lines(table.model_dump(exclude_defaults=True))


def _table_lines(table: dict[str, Any]) -> Iterator[str]:
    """Yield how a table is read, as a scenario file says it."""
    columns = table.get("columns", {})
    for key, value in table.items():
        if key in ("file", "columns"):
            continue
        if isinstance(value, dict):
            yield f"    {key}:"
            yield from (f"      {quoted(name)}: {_value(item)}" for name, item in value.items())
        elif key == "skip_rows":
            yield f"    {key}: [{', '.join(map(str, _ranges(value)))}]"
        else:
            yield f"    {key}: {_value(value)}"
    if columns:
        yield "    columns:"
        yield from (f"      {quoted(header)}: {quoted(key)}" for header, key in columns.items())


def _ranges(rows: Sequence[int]) -> Iterator[int | str]:
    """Yield rising row numbers with runs of three and more as ranges."""
    start = 0
    for at in range(1, len(rows) + 1):
        if at == len(rows) or rows[at] != rows[at - 1] + 1:
            run = rows[start:at]
            yield from [f"{run[0]}-{run[-1]}"] if len(run) > 2 else run
            start = at


def _value(value: Any) -> str:
    if isinstance(value, tuple | list):
        items = [_value(item) for item in value]
        return items[0] if len(items) == 1 else f"[{', '.join(items)}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(value)
    return quoted(str(value))


def _fund_lines(found: BudgetFile) -> Iterator[str]:
    """Yield one fund for each that the file names, or one that pays for everything, and the grants of their sheet."""
    paid, periods = _paid(found.programs), baselines_of(found.programs)[0]
    grants = {grant.name: grant for grant in found.grants}
    first = max((name for name in paid if name not in grants), key=lambda name: float(paid[name].sum()), default="")
    new = {name: np.full(max(1, len(periods)), grant.amount) for name, grant in grants.items()}
    for name, totals in (paid | new).items():
        by_period = ", ".join(
            f"{quoted(each)}: {_revenue(total)}" for each, total in zip(periods, totals.tolist(), strict=False)
        )
        said = {"kind": "general", "revenue": f"{{{by_period}}}" if periods else _revenue(float(totals[0]))}
        if name in grants:
            said |= {"kind": "grant", **_conditions(grants[name], first, is_new=name not in paid)}
        yield f"  {quoted(name)}: {{{', '.join(f'{key}: {value}' for key, value in said.items())}}}"


def _conditions(grant: Grant, payer: str, *, is_new: bool) -> dict[str, str]:
    """Return what a grant asks for, as a scenario file says it."""
    said = {}
    if grant.programs and is_new:
        said["only"] = f"{{program: {_value(list(grant.programs))}}}"
    rate = _rate(grant.match)
    if rate and payer:
        said["match"] = f"{{from: {quoted(payer)}, rate: {rate}}}"
    rest = [f"match {grant.match}"] if grant.match and not said.get("match") else []
    rest += [f"ends {grant.ends}"] if grant.ends else []
    return said | ({"description": quoted("; ".join(rest).capitalize())} if rest else {})


def _rate(match: str) -> str:
    """Return local dollars for each grant dollar as a share: of ``25%`` and ``1:4``; empty for any other text."""
    if re.fullmatch(r"\d+(\.\d+)?%", match) and float(match[:-1]) > 0:
        return match
    if (parts := re.fullmatch(r"(\d+(?:\.\d+)?) ?: ?(\d+(?:\.\d+)?)", match)) and float(parts[2]) > 0:
        return f"{100 * float(parts[1]) / float(parts[2]):g}%"
    return ""


def _revenue(total: float) -> str:
    cents = round(total * 100)
    return f"{cents // 100:_}" if cents % 100 == 0 else f"{cents / 100:.2f}"


def baselines_of(programs: ProgramTable) -> tuple[list[str], Floats]:
    """Return the periods of which a file has baselines, and these; one column without a period for one that has none.

    Shape (programs, periods).
    """
    periods = list(programs.under("baseline"))
    if not periods:
        return [], np.nan_to_num(programs.baseline())[:, None]
    return periods, np.nan_to_num(programs.per_period("baseline", periods)[0])


def _period_lines(programs: ProgramTable) -> Iterator[str]:
    if periods := baselines_of(programs)[0]:
        yield f"periods: [{', '.join(map(quoted, periods))}]"


def _paid(programs: ProgramTable) -> dict[str, Floats]:
    """Return what each fund pays of the baselines in all; shape (periods,) each."""
    _, baseline = baselines_of(programs)
    paid = {
        name: np.full(baseline.shape[1], float(column.values.sum()))
        for name, column in programs.under("baseline_by_fund").items()
    }
    if paid:
        stated = np.zeros(len(programs), dtype=bool)
        for column in programs.under("baseline_by_fund").values():
            stated[column.rows] = True
        paid |= {name: np.zeros(baseline.shape[1]) for name in programs.items("funds")[1].tolist() if name not in paid}
        rest = baseline[~stated].sum(axis=0)
        return paid | ({"general": paid.get("general", 0.0) + rest} if rest.any() else {})
    rows, names = programs.items("funds")
    funds = list(dict.fromkeys(names.tolist())) or ["general"]
    named, first = np.unique(rows, return_index=True)
    payer = np.zeros(len(programs), dtype=np.int64)
    payer[named] = [funds.index(name) for name in names[first].tolist()]
    return {name: baseline[payer == position].sum(axis=0) for position, name in enumerate(funds)}
