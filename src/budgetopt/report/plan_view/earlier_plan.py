"""An earlier plan, read from its result document, against whose money that of a plan is held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from budgetopt.allocation import Allocation
from budgetopt.errors import OptionError, ResultFileError
from budgetopt.scenario.programs import Floats

__all__ = ["EarlierPlan", "earlier_plan"]


@dataclass(frozen=True, eq=False)
class EarlierPlan:
    """An earlier plan and the years that are compared.

    Parameters
    ----------
    name
        What its scenario is called.
    then, now
        The periods of it, and of the plan, that are compared: those of the same names; without any, its last one and
        the first one of the plan.
    spending
        Dollars of each program of the plan in the periods of the earlier one, 0 where it had none; shape (programs,).
    gone
        Dollars of the programs that the plan's scenario no longer has, by their names.
    """

    name: str
    then: tuple[str, ...]
    now: tuple[str, ...]
    spending: Floats
    gone: Mapping[str, float]


def earlier_plan(plan: Allocation, file: str | Path) -> EarlierPlan:
    """Return an earlier plan from its result document, which ``solve --json`` writes; programs are known by their ids.

    Raises
    ------
    OptionError
        If the file cannot be read, or counts another currency.
    ResultFileError
        If it is no result document, or a damaged one.
    """
    from budgetopt.allocation.first_result_format import by_program
    from budgetopt.allocation.result_schema import read_result
    from budgetopt.reading.input_file import UnreadableFileError, read_document

    try:
        document = by_program(read_result(read_document(file)))
    except UnreadableFileError as error:
        raise OptionError(f"{str(file)!r} cannot be read: {error.reason}", hint=error.hint) from None
    except ResultFileError as error:
        raise ResultFileError(f"{file}: {error.message}", hint=error.hint) from None
    scenario, said = plan.scenario, document["scenario"]
    if said["currency"] != scenario.currency:
        message = f"{str(file)!r} counts {said['currency']}, and this plan {scenario.currency}"
        raise OptionError(message, hint="name an earlier plan in the same currency")
    then, now = _compared_periods(said["periods"], scenario.periods)
    amounts = {str(row["id"]): sum(float(row["by_period"].get(one, 0.0)) for one in then) for row in _rows(document)}
    ids = [str(name) for name in scenario.programs.ids]
    kept = set(ids)
    gone = {str(row["name"]): amounts[str(row["id"])] for row in _rows(document) if str(row["id"]) not in kept}
    return EarlierPlan(
        str(said["name"]),
        then,
        now,
        np.array([amounts.get(name, 0.0) for name in ids], dtype=np.float64),
        {name: amount for name, amount in gone.items() if amount},
    )


def _rows(document: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    rows: Sequence[Mapping[str, Any]] = document["programs"]
    return rows


def _compared_periods(before: Sequence[str], after: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the periods of an earlier plan and of a plan that are compared."""
    both = tuple(one for one in after if one in before)
    return (both, both) if both else (tuple(before[-1:]), tuple(after[:1]))
