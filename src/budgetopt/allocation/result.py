"""The result document ``budgetopt-result/1``: everything that an allocation says, and the proof of it."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from budgetopt.allocation.allocation import Allocation
from budgetopt.allocation.proof import packages_taken, proof_document
from budgetopt.allocation.tables import RANGE, exact_sum
from budgetopt.scenario.estimates import assumed_programs
from budgetopt.scenario.inert_csv import inert_csv
from budgetopt.scenario.programs import Floats
from budgetopt.solvers import StageResult
from budgetopt.whole_files import write_folder, write_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["RESULT_FORMAT", "canonical_json", "document_sha256", "result_document", "result_text", "write_csv"]

RESULT_FORMAT = "budgetopt-result/1"
_DEPTH = 2
"""How many levels of a document have a line for each of their entries; the decisions of the proof have two more."""
TABLES = ("programs", "by_period", "by_fund", "outcomes", "effects", "funds", "rules")
"""The tables that :func:`write_csv` writes, by their names as attributes of an allocation."""


def result_document(plan: Allocation) -> dict[str, Any]:
    """Return the result document of an allocation.

    The order of its keys and lists is always the same: that of this function, and that of the scenario. What is no
    number (a price in a problem of integer decisions, the baseline of a new program) is null.
    """
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
        "programs": [],
        "funds": _funds(plan),
        "outcomes": _outcomes(plan),
        "rules": [],
        "certificate": _certificate(plan),
        "provenance": {
            "scenario_sha256": scenario.sha256,
            "inputs": dict(scenario.inputs),
            "budgetopt": __version__,
            "solver": plan.solver,
            "seconds": float(plan.seconds),
        },
    }
    rows = {"programs": _programs(plan), "rules": _rules(plan)}
    document = {key: rows[key] if key in rows else _plain(value) for key, value in figures.items()}
    # the numbers of the rows and of the proof are floats already: they are many
    proof = proof_document(plan)
    floats = {key: rows[key] if key in rows else _floats(value) for key, value in document.items()}
    sha256 = hashlib.sha256(_sorted_json({**floats, "proof": proof})).hexdigest()
    return {**document, "proof": proof, "document_sha256": sha256}


def document_sha256(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a result document, whatever its layout; the entry that holds it does not enter into it."""
    entries = {key: value for key, value in document.items() if key != "document_sha256"}
    return hashlib.sha256(canonical_json(entries)).hexdigest()


def canonical_json(value: Any) -> bytes:
    """Return JSON that does not depend on layout, the order of keys, or ``5`` being written ``5.0``."""
    return _sorted_json(_floats(value))


def _floats(value: Any) -> Any:
    """Return plain values with every whole number as a float."""
    return json.loads(json.dumps(value, ensure_ascii=False), parse_int=float)


def _sorted_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False).encode()


def _plain(value: Any) -> Any:
    """Return values as JSON has them: null for a number that is none, and zero without a sign."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return float(value) + 0.0 if math.isfinite(value) else None
    return value


def result_text(plan: Allocation, path: str | Path | None = None) -> str:
    """Return the result document as JSON text, and write it to a file if one is named."""
    text = _laid_out(result_document(plan), _DEPTH) + "\n"
    if path is not None:
        write_text(path, text)
    return text


_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def _laid_out(value: Any, depth: int, indent: str = "") -> str:
    """Return JSON with a line for each entry and each item, so many levels deep; what is below stands on one line."""
    if not depth or not value or not isinstance(value, dict | list):
        return _encode(value)
    inner = indent + " "
    if isinstance(value, list):
        lines, ends = [_laid_out(item, depth - 1, inner) for item in value], "[]"
    else:
        deeper = {"proof": depth + 1}
        lines = [f"{_encode(key)}: {_laid_out(item, deeper.get(key, depth - 1), inner)}" for key, item in value.items()]
        ends = "{}"
    return f"{ends[0]}\n{inner}" + f",\n{inner}".join(lines) + f"\n{indent}{ends[1]}"


def write_csv(plan: Allocation, folder: str | Path) -> list[Path]:
    """Write every table of an allocation as a CSV file into a folder, made if it is missing; return the files."""
    return write_folder(folder, {f"{name}.csv": partial(_write_table, getattr(plan, name)) for name in TABLES})


def _write_table(table: pd.DataFrame, file: Path) -> None:
    inert_csv(table, index=table.index.name is not None, file=file)


def _records(table: pd.DataFrame, names: Sequence[str]) -> list[dict[str, Any]]:
    """Return the rows of a table as mappings with the named columns, in that order."""
    columns = [_listed(table[name].to_numpy()) for name in names]
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


def _lists(values: Floats) -> list[list[Any]]:
    """Return the rows of a table of numbers, as JSON has them."""
    return list(map(list, zip(*(_listed(column) for column in values.T), strict=True)))


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


def _programs(plan: Allocation) -> list[dict[str, Any]]:
    names = ["id", "name", "department", "priority", "baseline", "spending", "change", "change_share"]
    rows = _records(plan.programs.rename_axis("id").reset_index(), names)
    funds, periods, packages = list(plan.scenario.funds), plan.scenario.periods, packages_taken(plan)
    by_fund, by_period = (exact_sum(plan.spending, axis, plan.exact_unit) for axis in (2, 1))
    reasons, serves = plan.programs["reason"].tolist(), plan.formulation.serves.tolist()
    more = zip(
        rows, _lists(by_fund), _lists(by_period), _lists(plan.units), serves, _by_program(plan), reasons, strict=True
    )
    for row, paid, spent, units, is_service, effects, reason in more:
        row["by_fund"] = {fund: amount for fund, amount in zip(funds, paid, strict=True) if amount}
        row["by_period"] = dict(zip(periods, spent, strict=True))
        row["units"] = dict(zip(periods, units, strict=True)) if is_service else {}
        row["packages"] = packages.get(row["id"], {})
        row["outcomes"], row["reason"] = effects, reason
    for row, (ranges, assumed) in zip(rows, _known(plan), strict=True):
        row["outcome_ranges"], row["assumed"] = ranges, assumed
    return rows


def _known(plan: Allocation) -> list[tuple[dict[str, dict[str, float]], list[str]]]:
    """Return the ranges of what each program brings to outcomes, and the outcomes on which its effect is assumed."""
    names, programs = list(plan.scenario.outcomes), plan.scenario.programs
    found: list[tuple[dict[str, dict[str, float]], list[str]]] = [({}, []) for _ in range(len(programs))]
    for (program, outcome), (low, high) in plan.effect_ranges.program_ends.items():
        found[program][0][names[outcome]] = {"low": _plain(low), "high": _plain(high)}
    for name in names:
        for program in np.flatnonzero(assumed_programs(programs, name)).tolist():
            found[program][1].append(name)
    return found


def _by_program(plan: Allocation) -> list[dict[str, float]]:
    """Return what each program brings to each outcome that it affects, over all periods."""
    names, levels = list(plan.scenario.outcomes), plan.audit.levels
    effects: list[dict[str, float]] = [{} for _ in range(len(plan.scenario.programs))]
    total = _listed(levels.level.sum(axis=1))
    for outcome, program, level in zip(levels.outcome.tolist(), levels.program.tolist(), total, strict=True):
        effects[program][names[outcome]] = level
    return effects


def _funds(plan: Allocation) -> list[dict[str, Any]]:
    rows = _records(plan.funds, [name for name in plan.funds.columns if name != "fund"])
    count = len(plan.scenario.periods)
    return [
        {"id": key, "name": fund.name or key, "kind": fund.kind, "by_period": rows[place * count : (place + 1) * count]}
        for place, (key, fund) in enumerate(plan.scenario.funds.items())
    ]


def _outcomes(plan: Allocation) -> list[dict[str, Any]]:
    names = ["id", "name", "unit", "direction", "weight", "baseline", "level", "change", "value"]
    rows = _records(plan.outcomes.rename_axis("id").reset_index(), names)
    for row, levels in zip(rows, plan.audit.outcomes.tolist(), strict=True):
        row["by_period"] = dict(zip(plan.scenario.periods, levels, strict=True))
    for row, more in zip(rows, _records(plan.outcomes, RANGE), strict=True):
        counts = {name: int(more.pop(name)) for name in ("effects", "with_range", "assumed")}
        row["range"] = more if counts["with_range"] else None
        row["evidence"] = counts
    return rows


def _rules(plan: Allocation) -> list[dict[str, Any]]:
    first = ["kind", "name", "part", "period", "sense", "value", "bound", "unit", "binding", "price"]
    return _records(plan.rules.assign(total_cost=None), [*first, "total_cost", "because"])


def _certificate(plan: Allocation) -> dict[str, Any]:
    said = plan.certificate.to_dict()
    first = ("primal_violation", "dual_violation", "gap", "proved", "bound_by_solver", "bound_is_rigorous")
    checks = {
        name: {key: check[key] for key in ("worst", "tolerance", "passed")} for name, check in said["checks"].items()
    }
    audit = {"limits": plan.audit.limit_count, "accepted": plan.audit.accepted}
    return {**{key: said[key] for key in first}, "checks": checks, "audit": audit}
