"""Tables of programs, made of models."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from budgetopt.checks.findings import Findings
from budgetopt.reading.program_reader import ProgramReader
from budgetopt.scenario.model import Program
from budgetopt.scenario.places import Places
from budgetopt.scenario.programs import ProgramTable

__all__ = ["table_of"]


def table_of(programs: Mapping[str, Program], places: Places | None = None) -> ProgramTable:
    """Return programs as a table, with the places at which they and their keys stand."""
    findings = Findings({}, places or Places())
    reader = ProgramReader(ProgramTable(np.empty(0, dtype=object)), findings)
    reader.read_each({name: said.model_dump(by_alias=True, exclude_unset=True) for name, said in programs.items()})
    table = reader.written()
    assert not findings.problems
    return table
