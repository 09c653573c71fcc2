"""Check the proof of a result again: the solver's answer is put together from the document and certified anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from budgetopt.allocation.proof import labels_of, vector_of
from budgetopt.errors import ResultFileError
from budgetopt.formulation import Formulation
from budgetopt.formulation.linear_program import Floats, LinearProgram, Stage
from budgetopt.solvers import Solution, SolverResult, StageResult, Termination
from budgetopt.solvers.certificate import CLOSED, TOLERANCE, Certificate, CertificateCheck, certify_point
from budgetopt.solvers.faces import fix_integers, on_optimal_face, with_value_row

__all__ = ["replay"]


def replay(document: Mapping[str, Any], formulation: Formulation) -> SolverResult:
    """Return the outcome that a result document of checked form tells of, every certificate in it worked out here.

    For a linear program nothing is believed: the bound of each objective follows from its duals over the plans that
    the objectives before it leave, and the point is checked against all of them. For integer decisions the bounds of
    the objectives are the solver's word. A proof of another linear program is refused.
    """
    problem = formulation.linear_program
    proof, stages = document["proof"], document["objective"]["stages"]
    if not (len(stages) == len(proof["stages"]) and 1 <= len(stages) <= len(problem.stages)):
        raise ResultFileError(
            f"the document proves {len(proof['stages'])} of its {len(stages)} objectives, "
            f"and the scenario has {len(problem.stages)}"
        )
    point = vector_of(proof["point"], labels_of(problem.column_labels), "column")
    results: list[StageResult] = []
    for stage, said, duals in zip(problem.stages, stages, proof["stages"], strict=False):
        program = _left_by(results[-1]) if results else problem
        stage = replace(stage, cost=stage.cost_for(problem.columns))
        solver = document["provenance"]["solver"]
        results.append(_stage(program, stage, point, said, duals, solver, results))
    last = results[-1].solution.termination
    if len(results) < len(problem.stages) and last is Termination.OPTIMAL:
        left = problem.stages[len(results)].label
        raise ResultFileError(f"the document does not say why the solver stopped before the objective to {left}")
    first = results[0]
    solution = replace(first.solution, objective=first.stage.value(point))
    certificate = first.certificate
    if problem.is_integer and certificate is not None:
        asked = document["certificate"]["checks"].get("gap", {}).get("tolerance")
        certificate = _with_gap(certificate, abs(certificate.bound - certificate.objective), asked)
        certificate = _conceding(certificate, first.stage, first.solution.objective)
    held = None if proof["held"] is None else _held(problem, first, point, proof["held"])
    duals = proof["relaxation"]
    return SolverResult(
        termination=last,
        solution=solution,
        certificate=certificate,
        stages=tuple(results),
        unique=document["unique"],
        held=held,
        seconds=document["provenance"]["seconds"],
        relaxation=None if duals is None or not problem.is_integer else _relaxation(problem, first, point, duals),
    )


def _stage(
    program: LinearProgram,
    stage: Stage,
    point: Floats,
    said: Mapping[str, Any],
    duals: Mapping[str, float] | None,
    solver: str,
    before: Sequence[StageResult],
) -> StageResult:
    reached = said["value"] is not None
    value, bound = _figure(said["value"]), _figure(said["bound"])
    # of later objectives over integer decisions the bound is the solver's word, whatever prices it found on the way
    believed = bool(before) and program.is_integer
    row_dual = None if duals is None or believed else vector_of(duals, labels_of(program.row_labels), "row")
    certificate: Certificate | None = None
    if reached and program.is_integer:
        certificate = _believed(program, stage, point, said)
    elif reached:
        allowance = stage.within * abs(value)
        certificate = certify_point(program, stage, point, row_dual, bound=bound, allowance=allowance)
        certificate = _conceding(certificate, stage, value)
    solution = Solution(
        termination=_termination(said["termination"]),
        x=point if reached else None,
        row_dual=row_dual,
        reduced_cost=None if row_dual is None else stage.reduced_costs(program.matrix, row_dual),
        objective=value,
        bound=bound,
        solver=solver,
    )
    return StageResult(stage, program, solution, certificate)


def _believed(program: LinearProgram, stage: Stage, point: Floats, said: Mapping[str, Any]) -> Certificate:
    """Return the certificate of an objective over integer decisions, whose bound is the solver's word.

    The point must reach the value that the objective reached, less what later objectives may give up.
    """
    value, bound = _figure(said["value"]), _figure(said["bound"])
    certificate = certify_point(program, stage, point, None, bound=bound)
    scale = certificate.gap.scale
    lost = (certificate.objective - value) * stage.sign
    allowed = stage.within * abs(value) + CLOSED * max(abs(value), scale)
    exceeds = not lost <= allowed  # no mutant: amounts that were rounded are never just as large
    if np.isfinite(value) and exceeds:
        raise ResultFileError(
            f"the objective '{stage.label}' says that it reached {value:,.10g}, "
            f"and the point has {certificate.objective:,.10g}"
        )
    distance = abs(bound - value)
    if not said["proved"] and distance <= CLOSED * scale:
        # the solver's own plan of this objective is not in the document: if that did not pass, nothing is claimed here
        distance = np.inf
    return _with_gap(certificate, distance, said["tolerance"])


def _conceding(certificate: Certificate, stage: Stage, reached: float) -> Certificate:
    """Return a certificate that says what later objectives gave up of the value that an objective reached."""
    lost = stage.sign * (certificate.objective - reached) if stage.within else 0.0
    return replace(certificate, conceded=max(lost, 0.0))


def _with_gap(certificate: Certificate, distance: float, tolerance: float | None) -> Certificate:
    """Return a certificate that allows the gap that was asked of the solver."""
    scale, distance = certificate.gap.scale, distance if np.isfinite(distance) else np.inf
    tolerance = TOLERANCE if tolerance is None else tolerance
    return replace(certificate, gap=CertificateCheck(distance / scale, tolerance, distance, scale))


def _figure(value: float | None) -> float:
    return np.nan if value is None else float(value)


def _termination(word: str) -> Termination:
    try:
        return Termination(word)
    except ValueError:
        known = ", ".join(str(one) for one in Termination)
        raise ResultFileError(f"a solver does not end {word[:60]!r}", hint=f"the words are: {known}") from None


def _left_by(result: StageResult) -> LinearProgram:
    """Return what an objective leaves to the next ones, as the solving did.

    With integer decisions that is the whole problem: what the point gives up of an objective is looked at by itself.
    """
    solution, stage, program = result.solution, result.stage, result.program
    give_up = stage.within * abs(solution.objective)
    if program.is_integer:
        return program
    if give_up == 0.0 and solution.row_dual is not None:
        return on_optimal_face(program, stage, solution.row_dual)
    return with_value_row(program, stage, solution.objective, give_up)


def _relaxation(problem: LinearProgram, first: StageResult, point: Floats, duals: Mapping[str, float]) -> StageResult:
    """Return the first objective without the integer conditions: its bound follows from the duals alone."""
    relaxed, stage = problem.relaxed(), first.stage
    row_dual = vector_of(duals, labels_of(problem.row_labels), "row")
    certificate = certify_point(relaxed, stage, point, row_dual)
    return StageResult(stage, relaxed, replace(first.solution, row_dual=row_dual), certificate)


def _held(problem: LinearProgram, first: StageResult, point: Floats, duals: Mapping[str, float]) -> StageResult:
    """Return the first objective over the linear program that is left when the integer decisions are held."""
    fixed, stage, value = fix_integers(problem, point), first.stage, first.solution.objective
    row_dual = vector_of(duals, labels_of(problem.row_labels), "row")
    allowance = 2e-9 * max(abs(value), float(np.abs(stage.cost).max()))
    if stage.within:
        # later objectives gave up a share of what the search reached, which may be short of the best here by its gap
        open_gap = abs(first.solution.bound - value)
        allowance += stage.within * abs(value) + (open_gap if np.isfinite(open_gap) else np.inf)
    certificate = certify_point(fixed, stage, point, row_dual, allowance=allowance)
    reduced_cost = stage.reduced_costs(fixed.matrix, row_dual)
    answer = replace(first.solution, row_dual=row_dual, reduced_cost=reduced_cost)
    answer = replace(answer, objective=certificate.objective, bound=certificate.bound)
    return StageResult(stage, fixed, answer, certificate)
