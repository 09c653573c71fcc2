"""The words of a scenario: one frozen model for each kind of thing that a budget office writes."""

from budgetopt.scenario.model.base import Evidence, Model
from budgetopt.scenario.model.document import FORMAT, Document
from budgetopt.scenario.model.fund import Fund, FundSpending, MaintenanceOfEffort, Match, Reserve, Transfer
from budgetopt.scenario.model.objective import (
    CHANGE,
    LARGEST_CUT,
    SHORTFALL,
    SPENDING,
    WEIGHTED_OUTCOMES,
    Objective,
    Smallest,
)
from budgetopt.scenario.model.outcome import Outcome, Target
from budgetopt.scenario.model.package import Package, PackageEffect
from budgetopt.scenario.model.program import Effect, IfFunded, Program, Service, Spending
from budgetopt.scenario.model.residents import LANGUAGES, Hearing, Residents, checked_language
from budgetopt.scenario.model.resource import Resource, StandIn, Use
from budgetopt.scenario.model.rule import (
    RULE_KINDS,
    ChangeLimit,
    ChangeRule,
    CountRule,
    ExactlyOneRule,
    ExcludesRule,
    Follow,
    FollowsRule,
    Need,
    OfSelection,
    RequiresRule,
    Rule,
    RuleBase,
    SubstitutesRule,
    SumRule,
    TogetherRule,
)
from budgetopt.scenario.model.table import IGNORE, Table, Tables
from budgetopt.scenario.model.where import Comparison, Where

__all__ = [
    "CHANGE", "FORMAT", "IGNORE", "LANGUAGES", "LARGEST_CUT", "RULE_KINDS", "SHORTFALL", "SPENDING",
    "WEIGHTED_OUTCOMES", "ChangeLimit", "ChangeRule", "Comparison", "CountRule", "Document", "Effect", "Evidence",
    "ExactlyOneRule", "ExcludesRule", "Follow", "FollowsRule", "Fund", "FundSpending", "Hearing", "IfFunded",
    "MaintenanceOfEffort", "Match", "Model", "Need", "Objective", "OfSelection", "Outcome", "Package",
    "PackageEffect", "Program", "RequiresRule", "Reserve", "Residents", "Resource", "Rule", "RuleBase", "Service",
    "Smallest", "Spending", "StandIn", "SubstitutesRule", "SumRule", "Table", "Tables", "Target", "TogetherRule",
    "Transfer", "Use", "Where", "checked_language",
]  # fmt: skip
