"""What a budget office says, checked: funds, programs as columns, outcomes, rules and the objective."""

from budgetopt.scenario.amounts import Share
from budgetopt.scenario.programs import ProgramTable
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import select

__all__ = ["ProgramTable", "Scenario", "Share", "select"]
