"""The words of a scenario: one frozen model for each kind of thing that a budget office writes."""

from budgetopt.scenario.model.base import Model
from budgetopt.scenario.model.document import FORMAT, Document
from budgetopt.scenario.model.fund import Fund, FundKind, Reserve, Transfer
from budgetopt.scenario.model.objective import WEIGHTED_OUTCOMES, Objective
from budgetopt.scenario.model.outcome import Outcome, Target
from budgetopt.scenario.model.program import Effect, Evidence, Program, Spending
from budgetopt.scenario.model.rule import (
    RULE_KINDS,
    ChangeLimit,
    ChangeRule,
    OfSelection,
    Rule,
    RuleBase,
    SumRule,
)
from budgetopt.scenario.model.table import IGNORE, Table, Tables
from budgetopt.scenario.model.where import Comparison, Where

__all__ = [
    "FORMAT",
    "IGNORE",
    "RULE_KINDS",
    "WEIGHTED_OUTCOMES",
    "ChangeLimit",
    "ChangeRule",
    "Comparison",
    "Document",
    "Effect",
    "Evidence",
    "Fund",
    "FundKind",
    "Model",
    "Objective",
    "OfSelection",
    "Outcome",
    "Program",
    "Reserve",
    "Rule",
    "RuleBase",
    "Spending",
    "SumRule",
    "Table",
    "Tables",
    "Target",
    "Transfer",
    "Where",
]
