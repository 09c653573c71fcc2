"""Check a result again from the result document and the scenario alone, without the word of any solver.

What is shown for a linear program: the plan keeps every limit of this very scenario, by the independent audit;
every figure of the document follows from the plan; and the prices in the proof show that no plan can do better. For
integer decisions the prices of the relaxation show how much better a plan could be at most; where it is asked for,
those of branches show that none is. What is said beyond that is the word of the solver, as the file gives it, and said
to be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from budgetopt.allocation.allocation import Allocation
from budgetopt.allocation.figures import differences
from budgetopt.allocation.first_result_format import by_program
from budgetopt.allocation.proof import plan_of
from budgetopt.allocation.replay import replay
from budgetopt.allocation.result import result_document
from budgetopt.allocation.result_schema import check_form
from budgetopt.allocation.result_seal import document_sha256
from budgetopt.allocation.solve import allocation_of
from budgetopt.allocation.unproved import unproved
from budgetopt.allocation.whole_amounts import WholePlan, is_near, is_rounded_to
from budgetopt.audit import audit_plan
from budgetopt.errors import BudgetoptError, ResultFileError
from budgetopt.formulation import formulate
from budgetopt.formulation.linear_program import Stage
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.words import plural, visible
from budgetopt.solvers import SolverResult, StageResult
from budgetopt.solvers.certificate import CLOSED, TOLERANCE, Certificate

if TYPE_CHECKING:
    from budgetopt.solvers.branching import Branches

__all__ = ["Finding", "Verification", "verify_result"]

MOST_SHOWN = 5
CLOSE = 1e-7
"""The share of the figures of a search by which its bound may pass a plan that it found."""
SAME = 1e-9
"""A share of a value below which two values are one."""


_NOT_CONFIRMED = "The result is NOT confirmed."


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked: ``form``, ``seal``, ``scenario``, ``audit``, ``proof``, ``branches`` or ``figures``.

    Notes are ``inputs``, ``ties`` and ``solver``: what cannot be checked, and is said by the document alone.
    """

    name: str
    passed: bool
    text: str


class Conclusion(NamedTuple):
    """What follows from all that was checked, and whether it is proved that no plan can do better."""

    text: str
    proved: bool


@dataclass(frozen=True, slots=True)
class Verification:
    """What could be confirmed of a result document.

    The findings end with one that leaves the others without a ground. ``proved``: it is shown, without believing any
    solver, that no plan can do better.
    """

    findings: tuple[Finding, ...]
    conclusion: str
    proved: bool
    notes: tuple[Finding, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether everything that was checked holds."""
        return all(finding.passed for finding in self.findings)

    def with_finding(self, finding: Finding) -> Verification:
        """Return it with one more thing that was checked."""
        found = replace(self, findings=(*self.findings, finding))
        return found if finding.passed else replace(found, conclusion=_NOT_CONFIRMED, proved=False)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "accepted": self.accepted,
            "proved": self.proved,
            "conclusion": self.conclusion,
            "findings": [asdict(finding) for finding in self.findings],
            "notes": [asdict(note) for note in self.notes],
        }

    def __str__(self) -> str:
        lines = [f"{'ok  ' if one.passed else 'FAIL'}  {one.name + ':':<10} {one.text}" for one in self.findings]
        lines += [f"note  {one.name + ':':<10} {one.text}" for one in self.notes]
        return "\n".join([*lines, "", self.conclusion])


def verify_result(
    document: Mapping[str, Any],
    scenario: Scenario,
    *,
    check_seal: bool = True,
    read_from: str = "",
    branching: float | None = None,
) -> Verification:
    """Check a result document against its scenario with every change that it was made with.

    Nothing is raised for a document that is wrong, and no solver is run but for branching.

    Parameters
    ----------
    document, scenario
        The result, and the scenario that it is of.
    check_seal
        Whether its own fingerprint has to fit, which tells that nothing was changed by mistake; whoever tampers on
        purpose can seal again, so nothing else rests on it.
    read_from
        The file of the scenario, to be told.
    branching
        So many seconds integer decisions are split at most, if they are not many: prices of the branches prove what
        those of the relaxation leave open. A solver finds these prices, and nothing that it says is believed.
    """
    findings: list[Finding] = []
    conclusion: tuple[str, bool] | None = None
    notes: tuple[Finding, ...] = ()
    for found in _findings(document, scenario, check_seal, read_from, branching):
        if isinstance(found, Finding):
            findings.append(found)
        elif isinstance(found, Conclusion):
            conclusion = found.text, found.proved
        else:
            notes = found
    if conclusion is None or not all(finding.passed for finding in findings):
        conclusion = _NOT_CONFIRMED, False
    return Verification(tuple(findings), *conclusion, notes)


def _findings(
    document: Mapping[str, Any], scenario: Scenario, check_seal: bool, read_from: str, branching: float | None
) -> Iterator[Finding | tuple[Finding, ...] | Conclusion]:
    try:
        check_form(document)
        plain = by_program(document)
    except BudgetoptError as error:
        yield Finding("form", False, str(error))
        return
    yield Finding("form", True, f"the document has the form {document['format']}")
    if check_seal:
        sealed = _is_sealed(document)
        text = "nothing was changed since it was written" if sealed else "the document was changed after it was written"
        yield Finding("seal", sealed, text)
    document = plain
    said = document["provenance"]["scenario_sha256"]
    if scenario.sha256 != said:
        text = f"the result belongs to another scenario, or this one was changed (its fingerprint was {said[:12]}…)"
        hint = "a scenario that was changed with --set is named with the same --set"
        yield Finding("scenario", False, f"{text}; {hint}")
        return
    where = f", in {visible(read_from)}" if read_from else ""
    yield Finding("scenario", True, f"it answers this scenario, to the last figure ({said[:12]}…{where})")
    try:
        plan = plan_of(document["proof"]["decisions"], scenario)
        audit = audit_plan(scenario, plan)
    except BudgetoptError as error:
        yield Finding("audit", False, str(error))
        return
    faults = _first_of([str(violation) for violation in audit.violations])
    count = audit.limit_count
    kept = f"the plan keeps {'the one limit' if count == 1 else f'all {count:,} limits'} that the scenario sets"
    yield Finding("audit", audit.accepted, faults or kept)
    if not audit.accepted:
        return
    formulation = formulate(scenario)
    try:
        outcome = replay(document, formulation)
        whole = WholePlan(plan, audit, document["proof"]["decisions"]["rounded_to"])
        assert outcome.x is not None
        if not is_rounded_to(scenario, formulation, outcome.x, whole):
            raise ResultFileError(f"the amounts of the decisions are not rounded to {whole.unit:.10g}")
        allocation = allocation_of(scenario, formulation, outcome, whole)
    except BudgetoptError as error:
        yield Finding("proof", False, str(error))
        return
    wrong, figures = differences(document, by_program(result_document(allocation)), _sizes(outcome))
    fault = _fault_of(outcome, allocation)
    if not fault and not wrong and not is_near(scenario, formulation, outcome.x, whole):
        fault = "the amounts of the decisions are not those of the exact optimum, but for rounding"
    yield Finding("proof", not fault, fault or _shown(outcome))
    text = _first_of(wrong) or f"all {figures:,} figures follow from the plan and the scenario"
    yield Finding("figures", not wrong, text)
    objectives = [stage.label for stage in formulation.linear_program.stages]
    yield tuple(Finding(name, True, words) for name, words in unproved(document, scenario, objectives))
    is_right = not fault and not wrong
    branches = _branched(outcome, allocation, branching) if is_right and branching is not None else None
    if branches is not None:
        yield _looked_into(branches, outcome.stages[0].stage)
    yield Conclusion(*_conclusion(outcome, allocation, branches))


def _is_sealed(document: Mapping[str, Any]) -> bool:
    try:
        return bool(document_sha256(document) == document["document_sha256"])
    except BudgetoptError:
        return False


def _first_of(faults: list[str]) -> str:
    """Return the first few faults in words, and how many more there are."""
    more = len(faults) - MOST_SHOWN
    return "; ".join(faults[:MOST_SHOWN]) + (f"; and {more} more" if more > 0 else "")


def _fault_of(outcome: SolverResult, allocation: Allocation) -> str:
    """Return what is wrong with the proof, or nothing."""
    for place, result in enumerate(outcome.stages, 1):
        certificate, said = result.certificate, result.solution
        if certificate is None:
            continue
        if not certificate.feasible:
            failures = ", ".join(certificate.failures)
            return f"the point of the proof does not meet what objective {place} leaves: {failures}"
        by_prices = not (said.row_dual is None or certificate.bound_by_solver)
        if by_prices and not certificate.passed:
            return f"the prices of objective {place} do not prove it: {', '.join(certificate.failures)}"
        if fault := _contradiction(result, certificate, by_prices):
            return f"objective {place} {fault}"
    if outcome.held is not None and outcome.held.certificate is not None and not outcome.held.certificate.passed:
        return f"the prices around the integer decisions do not hold: {', '.join(outcome.held.certificate.failures)}"
    assert outcome.x is not None
    if not np.array_equal(allocation.packages, allocation.formulation.packages_of(outcome.x)):
        return "the packages of the plan are not those of the exact optimum"
    return ""


def _contradiction(result: StageResult, certificate: Certificate, by_prices: bool) -> str:
    """Return in what the value, the bound and the point of an objective contradict one another, or nothing.

    Prices prove the value that was reached before later objectives gave up any of it, so it meets their bound. Of what
    the document says by itself, no plan is better than the bound, and the point gives up no more than it may.
    """
    stage, value, bound, point = result.stage, result.solution.objective, certificate.bound, certificate.objective
    allowed = (CLOSE if result.program.is_integer else TOLERANCE) * certificate.gap.scale
    if by_prices and not abs(value - bound) <= allowed:
        return f"says that it reached {value:,.10g}, and its bound is {bound:,.10g}"
    best = stage.sign * min(stage.sign * value, stage.sign * point)
    if stage.sign * (bound - best) > allowed:
        return f"says that no plan is better than {bound:,.10g}, and has one with {best:,.10g}"
    if not result.program.is_integer and stage.sign * (point - value) > stage.within * abs(value) + allowed:
        return f"says that it reached {value:,.10g}, and the point has {point:,.10g}"
    return ""


def _shown(outcome: SolverResult) -> str:
    first = outcome.stages[0]
    certificate = first.certificate
    assert certificate is not None
    if first.solution.row_dual is None and not first.program.is_integer:
        return "the exact point meets every row; the solver was stopped, so there is no proof that it is the best"
    if certificate.bound_by_solver:
        if outcome.relaxation is not None:
            return "the exact point meets every row; the bound of the relaxation follows from its prices"
        return "the exact point meets every row; that none can do better is the solver's word"
    count, priced = len(outcome.stages), sum(result.solution.row_dual is not None for result in outcome.stages)
    many = "" if count == 1 else f" in {'each' if priced == count else priced} of {count} objectives"
    return f"value and bound meet{many}: worked out from the prices alone, without a solver"


def _sizes(outcome: SolverResult) -> dict[str, float]:
    """Return the size of the figures that the values and bounds of objectives were computed from, by their path."""
    sizes: dict[str, float] = {}
    for place, result in enumerate(outcome.stages):
        size = 0.0 if result.certificate is None else result.certificate.gap.scale
        for name in ("value", "bound"):
            sizes[f"objective.stages.{place}.{name}"] = size
            sizes.setdefault(f"objective.{name}", size)
    return sizes


def _branched(outcome: SolverResult, allocation: Allocation, seconds: float) -> Branches | None:
    """Return what branches prove of a plan with integer decisions; None where nothing is open, or there are many."""
    certificate, first, problem = allocation.certificate, outcome.stages[0], allocation.formulation.linear_program
    is_open = certificate.bound_by_solver and not allocation.relaxation_gap <= SAME
    if not is_open or not allocation.has_few_decisions:
        return None
    from budgetopt.solvers.branching import prove_by_branching

    # the plan that the first objective had reached before later ones gave some of it up
    value = certificate.objective - first.stage.sign * certificate.conceded
    tolerance = CLOSED * certificate.gap.scale
    return prove_by_branching(problem, first.stage, value, tolerance=tolerance, seconds=seconds)


def _looked_into(branches: Branches, stage: Stage) -> Finding:
    solved = f"{plural(branches.solved, 'branch', 'branches')} of the integer decisions"
    if branches.better is not None:
        return Finding("branches", False, f"in {solved} a better plan is found: {stage.value(branches.better):,.10g}")
    if branches.left:
        return Finding("branches", True, f"{solved} leave {branches.left:,} more open")
    return Finding("branches", True, f"the prices of {solved} show that none of them has a better plan")


def _conclusion(outcome: SolverResult, allocation: Allocation, branches: Branches | None = None) -> tuple[str, bool]:
    certificate = allocation.certificate
    label = outcome.stages[0].stage.label
    start = "Confirmed: the plan keeps every limit of this scenario"
    is_shown = branches is not None and not branches.left
    if certificate.bound_by_solver and not is_shown:
        return _with_integers(start, label, outcome, allocation, branches)
    by = f": the prices of {plural(branches.solved, 'branch', 'branches')} prove it" if branches is not None else ""
    if allocation.rounding_matters:
        gap = allocation.gap if branches is None else allocation.gap_to(branches.bound)
        return f"{start}, and no plan can {label} better by more than {gap:.4%}; its amounts are rounded{by}.", True
    return f"{start}, and no plan can {label} better{_conceded(allocation)}{by}.", True


def _conceded(allocation: Allocation) -> str:
    """Return how much of the first objective later ones gave up, as a share of its value, in words."""
    share = allocation.conceded_share
    return f" by more than the {share:.4%} that later objectives gave up" if share > 1e-9 else ""


def _with_integers(
    start: str, label: str, outcome: SolverResult, allocation: Allocation, branches: Branches | None
) -> tuple[str, bool]:
    """Say what prices prove of a plan with integer decisions, and what is the word of the file and of its solver."""
    beyond = " beyond what later objectives gave up" if allocation.certificate.conceded else ""
    by, proved, said = "prices of the relaxation", allocation.relaxation_gap, allocation.gap
    if branches is not None and allocation.gap_to(branches.bound) < proved:
        by, proved = "prices of the branches", allocation.gap_to(branches.bound)
    if proved <= SAME:
        return f"{start}, and no plan can {label} better{_conceded(allocation)}: the prices prove it.", True
    shown = "" if np.isfinite(said) else " How much better a plan could be is not known."
    if np.isfinite(proved):
        most = f"better by more than {proved:.4%}{beyond}"
        shown = f" The {by} prove, without any solver, that no plan can {label} {most}."
    if not np.isfinite(said):
        return f"{start}.{shown}", False
    most = f"better by more than {said:.4%}" if said > SAME else "better"
    who = f"the file says that {outcome.solution.solver} found this by search"
    if branches is None and allocation.has_few_decisions:
        who += "; --solve may prove it"
    return f"{start}.{shown} That no plan can {label} {most}{beyond} is not proved here: {who}.", False
