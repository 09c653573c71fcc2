"""The result document ``budgetopt-result/2``: everything that an allocation says, and the proof of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from budgetopt.allocation.proof import decisions, proof_document
from budgetopt.allocation.result_columns import flags, numbers, significant, texts
from budgetopt.allocation.result_seal import RESULT_FORMAT, document_sha256, laid_out
from budgetopt.allocation.tables import RANGE, Columns
from budgetopt.scenario.estimates import assumed_programs
from budgetopt.scenario.inert_csv import inert_csv
from budgetopt.scenario.inert_json import inert
from budgetopt.scenario.programs import Bools, objects
from budgetopt.solvers import StageResult
from budgetopt.whole_files import write_folder, write_text

if TYPE_CHECKING:
    from budgetopt.allocation.allocation import Allocation

__all__ = ["result_document", "result_text", "write_csv"]

TABLES = ("programs", "by_period", "by_fund", "outcomes", "effects", "funds", "rules")
"""The tables that :func:`write_csv` writes, by their names as attributes of an allocation."""


def result_document(plan: Allocation) -> dict[str, Any]:
    """Return the result document of an allocation as plain values.

    The order of its keys and lists is always the same: that of this function, and that of the scenario. What is no
    number (a price in a problem of integer decisions, the baseline of a new program) is null.
    """
    return {key: _plain(value) for key, value in _sealed(plan).items()}


def result_text(plan: Allocation, path: str | Path | None = None) -> str:
    """Return the result document as JSON text, and write it to a file if one is named."""
    text = inert(laid_out(_sealed(plan))) + "\n"
    if path is not None:
        write_text(path, text)
    return text


def _sealed(plan: Allocation) -> dict[str, Any]:
    """Return the result document of an allocation, its columns as arrays."""
    from budgetopt._version import __version__

    scenario = plan.scenario
    figures = {
        "format": RESULT_FORMAT,
        "status": str(plan.status),
        "unique": plan.unique,
        "scenario": {
            "name": scenario.name,
            "description": scenario.document.description,
            "source": scenario.document.source,
            "currency": scenario.currency,
            "periods": list(scenario.periods),
        },
        "objective": _objective(plan),
        "funds": _funds(plan),
        "outcomes": _outcomes(plan),
        "rules": _rules(plan),
        "certificate": _certificate(plan),
        "provenance": {
            "scenario_sha256": scenario.sha256,
            "inputs": dict(scenario.inputs),
            "budgetopt": __version__,
            "solver": plan.solver,
            "seconds": float(plan.seconds),
        },
    }
    tables = {
        "programs": _programs(plan),
        "effects": _effects(plan),
        "program_limits": _own_limits(plan),
        "decisions": decisions(plan),
        "proof": proof_document(plan),
    }
    document = {key: _plain(value) for key, value in figures.items()} | tables
    return {**document, "document_sha256": document_sha256(document)}


def _plain(value: Any) -> Any:
    """Return values as JSON has them: null for a number that is none, and zero without a sign."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, np.ndarray):
        return _listed(value)
    if isinstance(value, float):
        return float(value) + 0.0 if math.isfinite(value) else None
    return value


def write_csv(plan: Allocation, folder: str | Path) -> list[Path]:
    """Write every table of an allocation as a CSV file into a folder, made if it is missing; return the files."""
    return write_folder(folder, {f"{name}.csv": partial(_write_table, getattr(plan, name)) for name in TABLES})


def _write_table(table: pd.DataFrame, file: Path) -> None:
    inert_csv(table, index=table.index.name is not None, file=file)


def _records(table: Columns, names: Sequence[str]) -> list[dict[str, Any]]:
    """Return the rows of a table as mappings with the named columns, in that order."""
    columns = [_listed(table[name]) for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _listed(values: NDArray[Any]) -> list[Any]:
    """Return the values of an array as JSON has them."""
    if values.dtype.kind != "f":
        items = values.tolist()
        return items if {*map(type, items)} <= {str} else [_plain(item) for item in items]
    fine = np.isfinite(values)
    # a zero loses its sign
    plain = values + 0.0
    found: list[Any] = plain.tolist()
    return (
        found if fine.all() else [value if known else None for value, known in zip(found, fine.tolist(), strict=True)]
    )


def _direction(maximize: bool) -> str:
    return "maximize" if maximize else "minimize"


def _objective(plan: Allocation) -> dict[str, Any]:
    first = plan.formulation.linear_program.stages[0]
    return {
        "label": first.label,
        "direction": _direction(first.maximize),
        "value": float(plan.objective_value),
        "bound": float(plan.bound),
        "gap": float(plan.gap),
        "conceded": float(plan.certificate.conceded) if first.within else None,
        "relaxation_bound": float(plan.relaxation_bound),
        "plan_value": float(plan.plan_value),
        "distance": float(plan.distance),
        "rounded_to": float(plan.rounded_to),
        "stages": [_stage(plan, place, result) for place, result in enumerate(plan.solver_result.stages)],
    }


def _stage(plan: Allocation, place: int, result: StageResult) -> dict[str, Any]:
    certificate = result.certificate
    return {
        "label": result.stage.label,
        "direction": _direction(result.stage.maximize),
        "within": float(result.stage.within),
        "termination": str(result.solution.termination),
        "value": float(result.solution.objective),
        "bound": float(result.solution.bound if certificate is None else certificate.bound),
        "proved": certificate is not None and certificate.proved,
        "tolerance": float(certificate.gap.tolerance) if certificate and result.program.is_integer else None,
        "plan_value": float(plan.audit.objectives[place].value),
    }


def _programs(plan: Allocation) -> dict[str, Any]:
    table = plan.columns.programs
    return {
        "id": plan.scenario.programs.ids.tolist(),
        "name": table["name"].tolist(),
        "department": texts(table["department"]),
        "priority": texts(table["priority"]),
        **{name: numbers(table[name]) for name in ("baseline", "spending", "change")},
        "change_share": numbers(significant(table["change_share"])),
        "reason": texts(table["reason"]),
    }


def _effects(plan: Allocation) -> dict[str, Any]:
    """Return what each program brings to each outcome that it affects, over all periods."""
    names, levels, programs = list(plan.scenario.outcomes), plan.audit.levels, plan.scenario.programs
    low, high = (ends.sum(axis=1) for ends in plan.effect_ranges.period_ends(levels.program, levels.outcome))
    assumed = np.zeros(len(levels.program), dtype=bool)
    for place, name in enumerate(names):
        mine = np.flatnonzero(levels.outcome == place)
        assumed[mine] = assumed_programs(programs, name)[levels.program[mine]]
    order = np.lexsort((levels.program, levels.outcome))
    figures = {"level": levels.level.sum(axis=1), "low": low, "high": high}
    return {
        "program": levels.program[order],
        "outcome": texts(objects(names)[levels.outcome[order]]),
        **{name: numbers(significant(values[order])) for name, values in figures.items()},
        "assumed": flags(assumed[order]),
    }


def _own_limits(plan: Allocation) -> dict[str, Any]:
    """Return the limits of single programs that stand in the table of limits."""
    own = _is_own(plan)
    table = {name: column[own] for name, column in plan.columns.rules.items()}
    words = {name: texts(table[name]) for name in ("kind", "part", "period", "sense", "unit", "because")}
    figures = {name: numbers(significant(table[name].astype(np.float64))) for name in ("value", "bound", "price")}
    return {
        "program": plan.scenario.programs.positions(table["name"]),
        **{name: words[name] for name in ("kind", "part", "period", "sense")},
        **{name: figures[name] for name in ("value", "bound")},
        "unit": words["unit"],
        "binding": flags(table["binding"].astype(bool)),
        "price": figures["price"],
        "total_cost": numbers(np.full(int(own.sum()), np.nan)),
        "because": words["because"],
    }


def _is_own(plan: Allocation) -> Bools:
    """Return which rows of the table of limits are about limits of single programs; shape (rows,)."""
    return np.asarray(plan.columns.rules["limit"].astype(np.int64) >= len(plan.scenario.limits.shared))


def _funds(plan: Allocation) -> list[dict[str, Any]]:
    funds = plan.columns.funds
    rows = _records(funds, [name for name in funds if name != "fund"])
    count = len(plan.scenario.periods)
    return [
        {"id": key, "name": fund.name or key, "kind": fund.kind, "by_period": rows[place * count : (place + 1) * count]}
        for place, (key, fund) in enumerate(plan.scenario.funds.items())
    ]


def _outcomes(plan: Allocation) -> list[dict[str, Any]]:
    names = ["id", "name", "unit", "direction", "weight", "baseline", "level", "change", "value"]
    rows = _records({"id": objects(list(plan.scenario.outcomes)), **plan.columns.outcomes}, names)
    for row, levels in zip(rows, plan.audit.outcomes.tolist(), strict=True):
        row["by_period"] = dict(zip(plan.scenario.periods, levels, strict=True))
    for row, more in zip(rows, _records(plan.columns.outcomes, RANGE), strict=True):
        counts = {name: int(more.pop(name)) for name in ("effects", "with_range", "assumed")}
        row["range"] = more if counts["with_range"] else None
        row["evidence"] = counts
    return rows


def _rules(plan: Allocation) -> list[dict[str, Any]]:
    first = ["kind", "name", "part", "period", "sense", "value", "bound", "unit", "binding", "price"]
    shared = ~_is_own(plan)
    table = {name: column[shared] for name, column in plan.columns.rules.items()}
    table["total_cost"] = np.full(int(shared.sum()), np.nan)
    return _records(table, [*first, "total_cost", "because"])


def _certificate(plan: Allocation) -> dict[str, Any]:
    said = plan.certificate.to_dict()
    first = ("primal_violation", "dual_violation", "gap", "proved", "bound_by_solver", "bound_is_rigorous")
    checks = {
        name: {key: check[key] for key in ("worst", "tolerance", "passed")} for name, check in said["checks"].items()
    }
    audit = {"limits": plan.audit.limit_count, "accepted": plan.audit.accepted}
    return {**{key: said[key] for key in first}, "checks": checks, "audit": audit}
