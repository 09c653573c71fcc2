"""Groups of programs: the districts where their service lands, or the values of an attribute."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from budgetopt.scenario.model.where import Where
from budgetopt.scenario.programs import Floats, ProgramTable
from budgetopt.scenario.selection import attribute_values, select

__all__ = ["groups_of"]


def groups_of(programs: ProgramTable, by: str, names: Iterable[str] = ()) -> dict[str, Floats]:
    """Return the share of each program that belongs to each group, by the group's name; shape (programs,) each.

    Parameters
    ----------
    by
        ``districts``, or an attribute of the programs.
    names
        The groups; left out, every district or value that some program has.
    """
    if by == "districts":
        found = programs.under("districts")
        return {name: np.nan_to_num(programs.number(f"districts.{name}")) for name in (tuple(names) or found)}
    values = tuple(names) or attribute_values(programs, by)
    return {name: select(programs, Where({by: name})).astype(float) for name in values}
