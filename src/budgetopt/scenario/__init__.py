"""What a budget office writes: reading it, checking it, and the scenario that comes of it."""

from budgetopt.scenario.amounts import Share
from budgetopt.scenario.checks import notes
from budgetopt.scenario.load import load
from budgetopt.scenario.programs import ProgramTable
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import select

__all__ = ["ProgramTable", "Scenario", "Share", "load", "notes", "select"]
