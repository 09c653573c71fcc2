"""Allot public money by measured outcomes, under every rule that binds it.

>>> import budgetopt as bo
>>> plan = bo.solve("scenarios/classics/wyndor")
>>> round(plan.objective_value, 6)
36.0

What solves, prices, explains or compares takes a scenario, a plan, or the path of a scenario. Every type and error that
stands in a signature can be imported from here. It is imported when it is first used, so that ``import budgetopt``
costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from budgetopt.lazy_names import imported_when_used

if TYPE_CHECKING:
    from budgetopt._version import __version__ as __version__
    from budgetopt.allocation import Allocation as Allocation
    from budgetopt.allocation import EffectRanges as EffectRanges
    from budgetopt.allocation import OutcomeRanges as OutcomeRanges
    from budgetopt.allocation import Prices as Prices
    from budgetopt.allocation import Status as Status
    from budgetopt.allocation import Subject as Subject
    from budgetopt.allocation import solve as solve
    from budgetopt.allocation.tables import PlanColumns as PlanColumns
    from budgetopt.analysis import Amendment as Amendment
    from budgetopt.analysis import BreakEven as BreakEven
    from budgetopt.analysis import Conflict as Conflict
    from budgetopt.analysis import FigurePrice as FigurePrice
    from budgetopt.analysis import Repair as Repair
    from budgetopt.analysis import WhatIf as WhatIf
    from budgetopt.analysis import break_even_factors as break_even_factors
    from budgetopt.analysis import budget_steps as budget_steps
    from budgetopt.analysis import conflicts as conflicts
    from budgetopt.analysis import explain_all as explain_all
    from budgetopt.analysis import figure_prices as figure_prices
    from budgetopt.analysis import marginal_returns as marginal_returns
    from budgetopt.analysis import prices as prices
    from budgetopt.analysis import repairs as repairs
    from budgetopt.analysis import rules_one_by_one as rules_one_by_one
    from budgetopt.analysis.amendments.amend import Amended as Amended
    from budgetopt.analysis.amendments.amend import AmendmentStep as AmendmentStep
    from budgetopt.analysis.amendments.amend import amend as amend
    from budgetopt.analysis.amendments.amendment_log import AmendmentLog as AmendmentLog
    from budgetopt.analysis.amendments.amendment_log import read_log as read_log
    from budgetopt.analysis.amendments.motions import Motion as Motion
    from budgetopt.analysis.amendments.moved_plan import MovedPlan as MovedPlan
    from budgetopt.analysis.amendments.offsets import Offsets as Offsets
    from budgetopt.analysis.amendments.offsets import Purchases as Purchases
    from budgetopt.analysis.comparing.benchmark_plans import BenchmarkPlan as BenchmarkPlan
    from budgetopt.analysis.comparing.benchmark_plans import across_the_board as across_the_board
    from budgetopt.analysis.comparing.benchmark_plans import current_budget as current_budget
    from budgetopt.analysis.comparing.benchmark_plans import lowest_quartile_first as lowest_quartile_first
    from budgetopt.analysis.comparing.budget_files import BudgetDifference as BudgetDifference
    from budgetopt.analysis.comparing.budget_files import diff_budgets as diff_budgets
    from budgetopt.analysis.comparing.compare import compare as compare
    from budgetopt.analysis.comparing.compare import without_rules_on_groups as without_rules_on_groups
    from budgetopt.analysis.comparing.compared_plans import Comparable as Comparable
    from budgetopt.analysis.comparing.compared_plans import ComparedPlan as ComparedPlan
    from budgetopt.analysis.comparing.comparison import PlanComparison as PlanComparison
    from budgetopt.analysis.comparing.differences import ChangedValue as ChangedValue
    from budgetopt.analysis.comparing.differences import Difference as Difference
    from budgetopt.analysis.comparing.differences import diff as diff
    from budgetopt.analysis.comparing.edited_plan import EditedPlan as EditedPlan
    from budgetopt.analysis.comparing.edited_plan import edited_plan as edited_plan
    from budgetopt.analysis.comparing.equal_shares import equal_shares as equal_shares
    from budgetopt.analysis.comparing.equal_value import EqualValue as EqualValue
    from budgetopt.analysis.comparing.greedy_plan import greedy_by_return as greedy_by_return
    from budgetopt.analysis.comparing.hand_edits import Edit as Edit
    from budgetopt.analysis.exploring.explorer import ExploredPlan as ExploredPlan
    from budgetopt.analysis.exploring.explorer import Explorer as Explorer
    from budgetopt.analysis.exploring.explorer import LinePart as LinePart
    from budgetopt.analysis.exploring.explorer import explorer as explorer
    from budgetopt.analysis.exploring.plan_pieces import PlanPiece as PlanPiece
    from budgetopt.analysis.exploring.sliders import Slider as Slider
    from budgetopt.analysis.frontiers.frontier import Frontier as Frontier
    from budgetopt.analysis.frontiers.frontier import frontier as frontier
    from budgetopt.analysis.frontiers.trade_off import TradeOff as TradeOff
    from budgetopt.analysis.frontiers.trade_off import price_of_equity as price_of_equity
    from budgetopt.analysis.frontiers.trade_off import trade_off as trade_off
    from budgetopt.analysis.members import FailedMember as FailedMember
    from budgetopt.analysis.members import Machines as Machines
    from budgetopt.analysis.members import Members as Members
    from budgetopt.analysis.near_optimal.alternatives import Alternatives as Alternatives
    from budgetopt.analysis.near_optimal.alternatives import alternatives as alternatives
    from budgetopt.analysis.near_optimal.different_plans import Alternative as Alternative
    from budgetopt.analysis.near_optimal.reach import Reach as Reach
    from budgetopt.analysis.near_optimal.reach import reach as reach
    from budgetopt.analysis.near_optimal.replacement import replacement_values as replacement_values
    from budgetopt.analysis.outlooks.grant_choices import GrantChoices as GrantChoices
    from budgetopt.analysis.outlooks.grant_choices import grants as grants
    from budgetopt.analysis.outlooks.outlook import Outlook as Outlook
    from budgetopt.analysis.outlooks.outlook import outlook as outlook
    from budgetopt.analysis.risk.ensemble import Ensemble as Ensemble
    from budgetopt.analysis.risk.ensemble import ensemble as ensemble
    from budgetopt.analysis.risk.forecast_tree import ForecastPlan as ForecastPlan
    from budgetopt.analysis.risk.forecast_tree import forecast_tree as forecast_tree
    from budgetopt.analysis.risk.information_value import InformationValue as InformationValue
    from budgetopt.analysis.risk.information_value import StudyDesign as StudyDesign
    from budgetopt.analysis.risk.information_value import information_value as information_value
    from budgetopt.analysis.risk.robust import RobustPlan as RobustPlan
    from budgetopt.analysis.risk.robust import robust as robust
    from budgetopt.analysis.weighting.compromise import Compromise as Compromise
    from budgetopt.analysis.weighting.weights import Weights as Weights
    from budgetopt.analysis.weighting.weights import weights as weights
    from budgetopt.audit import Audit as Audit
    from budgetopt.audit import Balances as Balances
    from budgetopt.audit import Check as Check
    from budgetopt.audit import ObjectiveValue as ObjectiveValue
    from budgetopt.audit import OutcomeLevels as OutcomeLevels
    from budgetopt.audit import SpendingPlan as SpendingPlan
    from budgetopt.audit import Violation as Violation
    from budgetopt.audit import audit_plan as audit_plan
    from budgetopt.errors import AccuracyError as AccuracyError
    from budgetopt.errors import AuditError as AuditError
    from budgetopt.errors import BudgetoptError as BudgetoptError
    from budgetopt.errors import CertificateError as CertificateError
    from budgetopt.errors import FaultError as FaultError
    from budgetopt.errors import InfeasibleError as InfeasibleError
    from budgetopt.errors import InputError as InputError
    from budgetopt.errors import NoAllocationError as NoAllocationError
    from budgetopt.errors import OptionError as OptionError
    from budgetopt.errors import OutOfTimeError as OutOfTimeError
    from budgetopt.errors import Place as Place
    from budgetopt.errors import Problem as Problem
    from budgetopt.errors import ResultFileError as ResultFileError
    from budgetopt.errors import ScenarioError as ScenarioError
    from budgetopt.errors import SolverError as SolverError
    from budgetopt.errors import SolverUnavailableError as SolverUnavailableError
    from budgetopt.errors import UnboundedError as UnboundedError
    from budgetopt.errors import UnknownNameError as UnknownNameError
    from budgetopt.fitting import Fits as Fits
    from budgetopt.fitting import FittedResponse as FittedResponse
    from budgetopt.fitting import fit as fit
    from budgetopt.fitting.estimation import FitEstimate as FitEstimate
    from budgetopt.fitting.history import FitHistory as FitHistory
    from budgetopt.fitting.history import FitPoints as FitPoints
    from budgetopt.fitting.response_forms import ResponseForm as ResponseForm
    from budgetopt.formulation import Block as Block
    from budgetopt.formulation import Formulation as Formulation
    from budgetopt.formulation import Labels as Labels
    from budgetopt.formulation import LinearProgram as LinearProgram
    from budgetopt.formulation import Matrix as Matrix
    from budgetopt.formulation import Stage as Stage
    from budgetopt.formulation import TieBreak as TieBreak
    from budgetopt.formulation import formulate as formulate
    from budgetopt.formulation.program_bounds import ProgramLimits as ProgramLimits
    from budgetopt.formulation.rules.rows import Terms as Terms
    from budgetopt.formulation.spending.terms import LevelTerms as LevelTerms
    from budgetopt.formulation.spending.terms import OutcomeTerms as OutcomeTerms
    from budgetopt.formulation.spending.terms import SpendingTerms as SpendingTerms
    from budgetopt.reading import load as load
    from budgetopt.reading.changes import Change as Change
    from budgetopt.reading.office.choices import ChoiceError as ChoiceError
    from budgetopt.reading.office.choices import Choices as Choices
    from budgetopt.reading.office.choices import Option as Option
    from budgetopt.reading.office.first_scenario import BudgetFile as BudgetFile
    from budgetopt.reading.office.other_sheets import Grant as Grant
    from budgetopt.reading.office.other_sheets import Measures as Measures
    from budgetopt.reading.starting import first_scenario as first_scenario
    from budgetopt.reading.starting import read_budget as read_budget
    from budgetopt.reading.tree_file import ForecastPath as ForecastPath
    from budgetopt.report.documents.fit_page import write_fit_page as write_fit_page
    from budgetopt.report.explained.explanation import Explanation as Explanation
    from budgetopt.report.explained.explanation import explain as explain
    from budgetopt.report.plots.chart_parts import save_chart as save_chart
    from budgetopt.report.plots.curve_charts import frontier_chart as frontier_chart
    from budgetopt.report.plots.curve_charts import robust_chart as robust_chart
    from budgetopt.report.plots.curve_charts import trade_off_chart as trade_off_chart
    from budgetopt.report.plots.plan_charts import comparison_chart as comparison_chart
    from budgetopt.report.plots.price_charts import prices_chart as prices_chart
    from budgetopt.report.plots.price_charts import replacement_chart as replacement_chart
    from budgetopt.report.plots.price_charts import steps_chart as steps_chart
    from budgetopt.report.plots.range_charts import alternatives_chart as alternatives_chart
    from budgetopt.report.plots.range_charts import ensemble_chart as ensemble_chart
    from budgetopt.report.plots.range_charts import weights_chart as weights_chart
    from budgetopt.report.plots.year_charts import forecast_chart as forecast_chart
    from budgetopt.report.plots.year_charts import outlook_chart as outlook_chart
    from budgetopt.scenario import ProgramTable as ProgramTable
    from budgetopt.scenario import Scenario as Scenario
    from budgetopt.scenario.amounts import Share as Share
    from budgetopt.scenario.effects import Effects as Effects
    from budgetopt.scenario.limits import Limit as Limit
    from budgetopt.scenario.limits import Limits as Limits
    from budgetopt.scenario.limits import Mention as Mention
    from budgetopt.scenario.limits import Number as Number
    from budgetopt.scenario.limits import Provision as Provision
    from budgetopt.scenario.model import ChangeLimit as ChangeLimit
    from budgetopt.scenario.model import ChangeRule as ChangeRule
    from budgetopt.scenario.model import CountRule as CountRule
    from budgetopt.scenario.model import Document as Document
    from budgetopt.scenario.model import Effect as Effect
    from budgetopt.scenario.model import ExactlyOneRule as ExactlyOneRule
    from budgetopt.scenario.model import ExcludesRule as ExcludesRule
    from budgetopt.scenario.model import Follow as Follow
    from budgetopt.scenario.model import FollowsRule as FollowsRule
    from budgetopt.scenario.model import Fund as Fund
    from budgetopt.scenario.model import FundSpending as FundSpending
    from budgetopt.scenario.model import Hearing as Hearing
    from budgetopt.scenario.model import IfFunded as IfFunded
    from budgetopt.scenario.model import MaintenanceOfEffort as MaintenanceOfEffort
    from budgetopt.scenario.model import Match as Match
    from budgetopt.scenario.model import Need as Need
    from budgetopt.scenario.model import Objective as Objective
    from budgetopt.scenario.model import OfSelection as OfSelection
    from budgetopt.scenario.model import Outcome as Outcome
    from budgetopt.scenario.model import Package as Package
    from budgetopt.scenario.model import PackageEffect as PackageEffect
    from budgetopt.scenario.model import Program as Program
    from budgetopt.scenario.model import RequiresRule as RequiresRule
    from budgetopt.scenario.model import Reserve as Reserve
    from budgetopt.scenario.model import Residents as Residents
    from budgetopt.scenario.model import Resource as Resource
    from budgetopt.scenario.model import Rule as Rule
    from budgetopt.scenario.model import Service as Service
    from budgetopt.scenario.model import Smallest as Smallest
    from budgetopt.scenario.model import Spending as Spending
    from budgetopt.scenario.model import StandIn as StandIn
    from budgetopt.scenario.model import SubstitutesRule as SubstitutesRule
    from budgetopt.scenario.model import SumRule as SumRule
    from budgetopt.scenario.model import Table as Table
    from budgetopt.scenario.model import Tables as Tables
    from budgetopt.scenario.model import Target as Target
    from budgetopt.scenario.model import TogetherRule as TogetherRule
    from budgetopt.scenario.model import Transfer as Transfer
    from budgetopt.scenario.model import Use as Use
    from budgetopt.scenario.model import Where as Where
    from budgetopt.scenario.packages import PackageTable as PackageTable
    from budgetopt.scenario.places import Places as Places
    from budgetopt.scenario.programs import Column as Column
    from budgetopt.scenario.programs import Origin as Origin
    from budgetopt.scenario.stand_ins import StandIns as StandIns
    from budgetopt.solvers import Certificate as Certificate
    from budgetopt.solvers import Options as Options
    from budgetopt.solvers import PointStatus as PointStatus
    from budgetopt.solvers import Solution as Solution
    from budgetopt.solvers import SolverResult as SolverResult
    from budgetopt.solvers import StageResult as StageResult
    from budgetopt.solvers import Termination as Termination
    from budgetopt.solvers import available_solvers as available_solvers
    from budgetopt.solvers.certificate import CertificateCheck as CertificateCheck

_EXPORTS = {
    "budgetopt._version": "__version__",
    "budgetopt.allocation": "Allocation EffectRanges OutcomeRanges Prices Status Subject solve",
    "budgetopt.allocation.tables": "PlanColumns",
    "budgetopt.analysis": (
        "Amendment BreakEven Conflict FigurePrice Repair WhatIf break_even_factors budget_steps conflicts "
        "explain_all figure_prices marginal_returns prices repairs rules_one_by_one"
    ),
    "budgetopt.analysis.near_optimal.alternatives": "Alternatives alternatives",
    "budgetopt.analysis.amendments.amend": "Amended AmendmentStep amend",
    "budgetopt.analysis.amendments.amendment_log": "AmendmentLog read_log",
    "budgetopt.analysis.comparing.budget_files": "BudgetDifference diff_budgets",
    "budgetopt.analysis.comparing.benchmark_plans": (
        "BenchmarkPlan across_the_board current_budget lowest_quartile_first"
    ),
    "budgetopt.analysis.comparing.compare": "compare without_rules_on_groups",
    "budgetopt.analysis.comparing.compared_plans": "Comparable ComparedPlan",
    "budgetopt.analysis.comparing.comparison": "PlanComparison",
    "budgetopt.analysis.comparing.equal_shares": "equal_shares",
    "budgetopt.analysis.comparing.equal_value": "EqualValue",
    "budgetopt.analysis.comparing.greedy_plan": "greedy_by_return",
    "budgetopt.analysis.weighting.compromise": "Compromise",
    "budgetopt.analysis.comparing.differences": "ChangedValue Difference diff",
    "budgetopt.analysis.near_optimal.different_plans": "Alternative",
    "budgetopt.analysis.comparing.edited_plan": "EditedPlan edited_plan",
    "budgetopt.analysis.risk.forecast_tree": "ForecastPlan forecast_tree",
    "budgetopt.analysis.risk.ensemble": "Ensemble ensemble",
    "budgetopt.analysis.risk.information_value": "InformationValue StudyDesign information_value",
    "budgetopt.analysis.exploring.explorer": "ExploredPlan Explorer LinePart explorer",
    "budgetopt.analysis.exploring.plan_pieces": "PlanPiece",
    "budgetopt.analysis.exploring.sliders": "Slider",
    "budgetopt.analysis.frontiers.frontier": "Frontier frontier",
    "budgetopt.analysis.outlooks.grant_choices": "GrantChoices grants",
    "budgetopt.analysis.comparing.hand_edits": "Edit",
    "budgetopt.analysis.amendments.motions": "Motion",
    "budgetopt.analysis.amendments.moved_plan": "MovedPlan",
    "budgetopt.analysis.amendments.offsets": "Offsets Purchases",
    "budgetopt.analysis.members": "FailedMember Machines Members",
    "budgetopt.analysis.outlooks.outlook": "Outlook outlook",
    "budgetopt.analysis.near_optimal.replacement": "replacement_values",
    "budgetopt.analysis.near_optimal.reach": "Reach reach",
    "budgetopt.analysis.risk.robust": "RobustPlan robust",
    "budgetopt.analysis.frontiers.trade_off": "TradeOff price_of_equity trade_off",
    "budgetopt.analysis.weighting.weights": "Weights weights",
    "budgetopt.audit": "Audit Balances Check ObjectiveValue OutcomeLevels SpendingPlan Violation audit_plan",
    "budgetopt.errors": (
        "AccuracyError AuditError BudgetoptError CertificateError FaultError InfeasibleError InputError "
        "NoAllocationError OptionError OutOfTimeError Place Problem ResultFileError ScenarioError SolverError "
        "SolverUnavailableError UnboundedError UnknownNameError"
    ),
    "budgetopt.fitting": "Fits FittedResponse fit",
    "budgetopt.fitting.estimation": "FitEstimate",
    "budgetopt.fitting.history": "FitHistory FitPoints",
    "budgetopt.fitting.response_forms": "ResponseForm",
    "budgetopt.formulation": "Block Formulation Labels LinearProgram Matrix Stage TieBreak formulate",
    "budgetopt.formulation.program_bounds": "ProgramLimits",
    "budgetopt.formulation.rules.rows": "Terms",
    "budgetopt.formulation.spending.terms": "LevelTerms OutcomeTerms SpendingTerms",
    "budgetopt.reading": "load",
    "budgetopt.reading.changes": "Change",
    "budgetopt.reading.office.choices": "ChoiceError Choices Option",
    "budgetopt.reading.office.first_scenario": "BudgetFile",
    "budgetopt.reading.office.other_sheets": "Grant Measures",
    "budgetopt.reading.starting": "first_scenario read_budget",
    "budgetopt.reading.tree_file": "ForecastPath",
    "budgetopt.report.plots.chart_parts": "save_chart",
    "budgetopt.report.plots.curve_charts": "frontier_chart robust_chart trade_off_chart",
    "budgetopt.report.plots.plan_charts": "comparison_chart",
    "budgetopt.report.plots.price_charts": "prices_chart replacement_chart steps_chart",
    "budgetopt.report.plots.range_charts": "alternatives_chart ensemble_chart weights_chart",
    "budgetopt.report.plots.year_charts": "forecast_chart outlook_chart",
    "budgetopt.report.explained.explanation": "Explanation explain",
    "budgetopt.report.documents.fit_page": "write_fit_page",
    "budgetopt.scenario": "ProgramTable Scenario",
    "budgetopt.scenario.amounts": "Share",
    "budgetopt.scenario.effects": "Effects",
    "budgetopt.scenario.limits": "Limit Limits Mention Number Provision",
    "budgetopt.scenario.model": (
        "ChangeLimit ChangeRule CountRule Document Effect ExactlyOneRule ExcludesRule Follow FollowsRule Fund "
        "FundSpending Hearing IfFunded MaintenanceOfEffort Match Need Objective OfSelection Outcome Package "
        "PackageEffect Program RequiresRule Reserve Residents Resource Rule Service Smallest Spending StandIn "
        "SubstitutesRule SumRule Table Tables Target TogetherRule Transfer Use Where"
    ),
    "budgetopt.scenario.packages": "PackageTable",
    "budgetopt.scenario.stand_ins": "StandIns",
    "budgetopt.scenario.places": "Places",
    "budgetopt.scenario.programs": "Column Origin",
    "budgetopt.solvers": (
        "Certificate Options PointStatus Solution SolverResult StageResult Termination available_solvers"
    ),
    "budgetopt.solvers.certificate": "CertificateCheck",
}
"""What is exported, by the module that it is imported from."""
_OLD_NAMES = {
    "break_evens": "break_even_factors",
    "explanations": "explain_all",
    "ladder": "budget_steps",
    "margins": "marginal_returns",
    "rule_ladder": "rules_one_by_one",
}
"""Names that still work, and are listed nowhere (docs/decisions/0016)."""

__all__ = sorted(" ".join(_EXPORTS.values()).split())

__getattr__ = imported_when_used(__name__, _EXPORTS, _OLD_NAMES)


def __dir__() -> list[str]:
    return list(__all__)
