"""The result document ``budgetopt-result/1``: everything that an allocation says, and the proof of it."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from budgetopt.allocation.allocation import Allocation
from budgetopt.allocation.canonical import canonical_json
from budgetopt.allocation.proof import packages_taken, proof_document
from budgetopt.scenario.programs import Floats
from budgetopt.solvers import StageResult

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["RESULT_FORMAT", "document_sha256", "result_document", "result_text", "write_csv"]

RESULT_FORMAT = "budgetopt-result/1"
TABLES = ("programs", "by_period", "by_fund", "outcomes", "effects", "funds", "rules")
"""The tables that :func:`write_csv` writes, by their names as attributes of an allocation."""


def result_document(plan: Allocation) -> dict[str, Any]:
    """Return the result document of an allocation.

    The order of its keys and lists is always the same: that of this function, and that of the scenario. What is no
    number (a price in a problem of integer decisions, the baseline of a new program) is null.
    """
    from budgetopt._version import __version__

    scenario = plan.scenario
    document = {
        "format": RESULT_FORMAT,
        "status": str(plan.status),
        "scenario": {
            "name": scenario.name,
            "description": scenario.document.description,
            "source": scenario.document.source,
            "currency": scenario.currency,
            "periods": list(scenario.periods),
        },
        "objective": _objective(plan),
        "programs": _programs(plan),
        "funds": _funds(plan),
        "outcomes": _outcomes(plan),
        "rules": _rules(plan),
        "certificate": _certificate(plan),
        "provenance": {
            "scenario_sha256": scenario.sha256,
            "inputs": dict(scenario.inputs),
            "budgetopt": __version__,
            "solver": plan.solver,
            "seconds": number(plan.seconds),
        },
        "proof": proof_document(plan),
    }
    return {**document, "document_sha256": document_sha256(document)}


def document_sha256(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a result document, whatever its layout; the entry that holds it does not enter into it."""
    return hashlib.sha256(
        canonical_json({key: value for key, value in document.items() if key != "document_sha256"})
    ).hexdigest()


def result_text(plan: Allocation, path: str | Path | None = None) -> str:
    """Return the result document as JSON text, and write it to a file if one is named."""
    text = json.dumps(result_document(plan), indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    if path is not None:
        Path(path).write_text(text, encoding="utf-8", newline="\n")
    return text


def write_csv(plan: Allocation, folder: str | Path) -> list[Path]:
    """Write every table of an allocation as a CSV file, and return the files.

    Parameters
    ----------
    plan
        The allocation.
    folder
        Where the files are written; it is made if it is missing.
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    files = []
    for name in TABLES:
        table: pd.DataFrame = getattr(plan, name)
        file = target / f"{name}.csv"
        table.to_csv(file, index=table.index.name is not None, encoding="utf-8", lineterminator="\n")
        files.append(file)
    return files


def number(value: Any) -> float | None:
    """Return a number as JSON has it: null for what is none, and zero without a sign."""
    plain = float(value)
    return plain + 0.0 if math.isfinite(plain) else None


def numbers(values: Floats) -> list[float | None]:
    """Return many numbers as JSON has them."""
    return [number(value) for value in values.tolist()]


def _direction(maximize: bool) -> str:
    return "maximize" if maximize else "minimize"


def _objective(plan: Allocation) -> dict[str, Any]:
    first = plan.formulation.linear_program.stages[0]
    return {
        "label": first.label,
        "direction": _direction(first.maximize),
        "value": number(plan.objective_value),
        "bound": number(plan.bound),
        "gap": number(plan.gap),
        "plan_value": number(plan.audit.objectives[0].value),
        "stages": [_stage(plan, place, result) for place, result in enumerate(plan.solver_result.stages)],
    }


def _stage(plan: Allocation, place: int, result: StageResult) -> dict[str, Any]:
    certificate = result.certificate
    bound = result.solution.bound if certificate is None else certificate.bound
    return {
        "label": result.stage.label,
        "direction": _direction(result.stage.maximize),
        "within": number(result.stage.within),
        "termination": str(result.solution.termination),
        "value": number(result.solution.objective),
        "bound": number(bound),
        "proved": certificate is not None and certificate.proved,
        "tolerance": number(certificate.gap.tolerance) if certificate and result.program.is_integer else None,
        "plan_value": number(plan.audit.objectives[place].value),
    }


def _programs(plan: Allocation) -> list[dict[str, Any]]:
    table, scenario = plan.programs, plan.scenario
    funds, periods = list(scenario.funds), scenario.periods
    # whole cents are added, so that the sums are exact
    cents = np.rint(plan.spending * 100)
    by_fund, by_period = cents.sum(axis=2) / 100, cents.sum(axis=1) / 100
    outcomes, packages = _by_program(plan), packages_taken(plan)
    rows = zip(
        table.index.tolist(),
        *(table[name].tolist() for name in ("name", "department", "priority")),
        *(numbers(table[name].to_numpy()) for name in ("baseline", "spending", "change", "change_share")),
        by_fund.tolist(),
        by_period.tolist(),
        outcomes,
        table["reason"].tolist(),
        strict=True,
    )
    return [
        {
            "id": key,
            "name": name,
            "department": department,
            "priority": priority,
            "baseline": baseline,
            "spending": spending,
            "change": change,
            "change_share": share,
            "by_fund": {fund: amount for fund, amount in zip(funds, paid, strict=True) if amount},
            "by_period": dict(zip(periods, spent, strict=True)),
            "packages": packages.get(key, {}),
            "outcomes": effects,
            "reason": reason,
        }
        for key, name, department, priority, baseline, spending, change, share, paid, spent, effects, reason in rows
    ]


def _by_program(plan: Allocation) -> list[dict[str, float | None]]:
    """Return what each program brings to each outcome that it affects, over all periods."""
    names, levels = list(plan.scenario.outcomes), plan.audit.levels
    effects: list[dict[str, float | None]] = [{} for _ in range(len(plan.scenario.programs))]
    total = levels.level.sum(axis=1)
    for outcome, program, level in zip(levels.outcome.tolist(), levels.program.tolist(), total.tolist(), strict=True):
        effects[program][names[outcome]] = number(level)
    return effects


def _funds(plan: Allocation) -> list[dict[str, Any]]:
    table = plan.funds
    money = [name for name in table.columns if name not in ("fund", "period")]
    periods = len(plan.scenario.periods)
    rows = [
        {"period": period, **dict(zip(money, values, strict=True))}
        for period, *values in zip(
            table["period"].tolist(), *(numbers(table[name].to_numpy()) for name in money), strict=True
        )
    ]
    return [
        {
            "id": key,
            "name": fund.name or key,
            "kind": fund.kind,
            "by_period": rows[place * periods : (place + 1) * periods],
        }
        for place, (key, fund) in enumerate(plan.scenario.funds.items())
    ]


def _outcomes(plan: Allocation) -> list[dict[str, Any]]:
    table = plan.outcomes
    by_period = plan.audit.outcomes
    figures = ("weight", "baseline", "level", "change", "value")
    rows = zip(
        table.index.tolist(),
        *(table[name].tolist() for name in ("name", "unit", "direction")),
        *(numbers(table[name].to_numpy()) for name in figures),
        by_period,
        strict=True,
    )
    return [
        {
            "id": key,
            "name": name,
            "unit": unit,
            "direction": direction,
            **dict(zip(figures, values, strict=True)),
            "by_period": dict(zip(plan.scenario.periods, numbers(levels), strict=True)),
        }
        for key, name, unit, direction, *values, levels in rows
    ]


def _rules(plan: Allocation) -> list[dict[str, Any]]:
    table = plan.rules
    rows = zip(
        *(table[name].tolist() for name in ("kind", "name", "part", "period", "sense", "unit", "because")),
        *(numbers(table[name].to_numpy(dtype=np.float64)) for name in ("value", "bound", "price")),
        table["binding"].tolist(),
        strict=True,
    )
    return [
        {
            "kind": kind,
            "name": name,
            "part": part,
            "period": period,
            "sense": sense,
            "value": value,
            "bound": bound,
            "unit": unit,
            "binding": bool(binding),
            "price": price,
            "total_cost": None,
            "because": because,
        }
        for kind, name, part, period, sense, unit, because, value, bound, price, binding in rows
    ]


def _certificate(plan: Allocation) -> dict[str, Any]:
    said = plan.certificate.to_dict()
    return {
        "primal_violation": number(said["primal_violation"]),
        "dual_violation": None if said["dual_violation"] is None else number(said["dual_violation"]),
        "gap": number(said["gap"]),
        "proved": said["proved"],
        "bound_by_solver": said["bound_by_solver"],
        "bound_is_rigorous": said["bound_is_rigorous"],
        "checks": {
            name: {"worst": number(check["worst"]), "tolerance": number(check["tolerance"]), "passed": check["passed"]}
            for name, check in said["checks"].items()
        },
        "audit": {"limits": len(plan.audit.checks), "accepted": plan.audit.accepted},
    }
