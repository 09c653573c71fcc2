"""A scenario that is put together from files, or changed: it becomes a checked scenario, or one error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from budgetopt.checks import check
from budgetopt.checks.findings import Findings
from budgetopt.errors import ScenarioError
from budgetopt.reading.document_tree import document_of
from budgetopt.reading.model_checks import check_models
from budgetopt.reading.overlay import periods_of, remove_at
from budgetopt.reading.paths import expand, parse_path
from budgetopt.reading.program_paths import without_programs
from budgetopt.reading.program_reader import ProgramReader
from budgetopt.reading.program_shifts import shifted
from budgetopt.reading.tables import overlay
from budgetopt.scenario.joining import with_summed_baselines
from budgetopt.scenario.programs import ProgramTable
from budgetopt.scenario.scenario import Scenario

__all__ = ["Assembly"]


class Assembly:
    """A scenario that is not finished: its programs as columns, and a tree of plain values for everything else."""

    def __init__(self, findings: Findings, programs: ProgramTable | None = None) -> None:
        self.findings = findings
        self.programs = ProgramTable(np.empty(0, dtype=object)) if programs is None else programs

    def add_programs(self, programs: ProgramTable, reader: ProgramReader) -> None:
        """Put programs on top of those that stand, and make the shifts that were read with them."""
        periods = periods_of(self.findings.tree)
        before = self.programs
        table = overlay(before, programs, periods)
        top = shifted(reader.shifts, table, programs, reader.findings)
        self.programs = with_summed_baselines(overlay(table, top, periods), before)

    def remove(self, path: str | Sequence[str]) -> None:
        """Take away what stands at a path; raise OptionError if it is no path, PathError if nothing stands there."""
        findings, parts = self.findings, parse_path(path)
        if parts[0] == "programs":
            left = without_programs(self.programs, parts, periods_of(findings.tree))
            self.programs = with_summed_baselines(left, self.programs)
            return
        for found in reversed(expand(findings.tree, parts, new=False)):
            findings.tree, findings.places = remove_at(findings.tree, findings.places, found)

    def remember(self, before: ProgramTable) -> None:
        """Keep the programs as they were before a file or some changes, if these speak of them."""
        if self.programs is not before:
            places = self.findings.places
            self.findings.places = replace(places, tables=(*places.tables, before))

    def scenario(self) -> Scenario:
        """Return the checked scenario, or raise a ScenarioError with every problem that was found."""
        findings, known = self.findings, list(self.findings.problems)
        document = document_of(findings.tree, findings)
        programs = with_summed_baselines(check_models(self.programs, findings))
        scenario = Scenario(document, programs, findings.places, dict(findings.inputs))
        check(scenario, findings)
        if findings.problems:
            # what follows from a mistake that was found before, at the same place, is not worth a word
            places = {problem.place for problem in known} - {None}
            raise ScenarioError(
                [problem for problem in findings.problems if problem in known or problem.place not in places]
            )
        return scenario
