"""Which resources can stand in for others, as columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.scenario.programs import Floats, Ints

if TYPE_CHECKING:
    from budgetopt.scenario.scenario import Scenario

__all__ = ["StandIns", "stand_in_name", "stand_ins_of"]


@dataclass(frozen=True, slots=True, eq=False)
class StandIns:
    """Every pair of resources of which one can stand in for the other, in the order of the file.

    Parameters
    ----------
    resource, by
        Positions of the resource that is made, and of the one that is used for it; shape (stand-ins,).
    per_unit
        How many units of ``by`` take the place of one unit of ``resource``; shape (stand-ins,).
    most
        The most units of ``resource`` that may be made so, infinite without a limit; shape (stand-ins, periods).
    """

    resource: Ints
    by: Ints
    per_unit: Floats
    most: Floats

    def __len__(self) -> int:
        return len(self.resource)


def stand_in_name(by: str, resource: str) -> str:
    """Return what the limit of a stand-in is called, from the keys of two resources."""
    return f"{by} for {resource}"


def stand_ins_of(scenario: Scenario) -> StandIns:
    """Return the stand-ins of a scenario; what names no resource is left out."""
    place = {name: position for position, name in enumerate(scenario.resources)}
    found = [
        (place[name], place[other], model.per_unit, scenario.per_period(model.at_most, np.inf))
        for name, resource in scenario.resources.items()
        for other, model in resource.stand_in.items()
        if other in place
    ]
    made, by, per_unit, most = zip(*found, strict=True) if found else ((), (), (), ())
    limits = np.array(most, dtype=np.float64).reshape(len(found), len(scenario.periods))
    rates = np.array(per_unit, dtype=np.float64)
    return StandIns(np.array(made, dtype=np.int64), np.array(by, dtype=np.int64), rates, limits)
