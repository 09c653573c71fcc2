"""PuLP: the adapter to every solver that an office may own, and the model that an analyst can extend by hand.

PuLP 3 and PuLP 4 differ in how problems are built, in what a solve returns and in the solvers that come along; this is
the one file that knows. Problems are always passed as minimizations: on a maximization the sign of PuLP's duals
depends on the solver.
"""

from __future__ import annotations

import inspect
import tempfile
import time
import warnings
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import pulp

from budgetopt.errors import OptionError, SolverError, SolverUnavailableError, near
from budgetopt.formulation.linear_program import Floats, LinearProgram, Stage
from budgetopt.solvers.certificate import certify_point
from budgetopt.solvers.checks import Clock, check_options, check_program
from budgetopt.solvers.powers_of_two import Scaling, cost_scale
from budgetopt.solvers.projection import onto_costs, onto_limits
from budgetopt.solvers.safe_names import safe_names
from budgetopt.solvers.solution import EXACT, NO_BEST, Options, Solution, Termination
from budgetopt.solvers.standard_output import stdout_kept_clean

__all__ = ["available_through_pulp", "solve_with_pulp", "to_pulp"]

LOOSE = 1e-6  # what a point of a solver that stopped early may breach, in its own tolerance
TURNS = 3  # so often a search is begun until its plan is within the gap; the next one is carried to its end
_FOURTH = not hasattr(pulp.LpProblem, "assignStatus")
# The names that people use, and PuLP's names for the ways to reach each solver, best first.
_SOLVERS: dict[str, tuple[str, ...]] = {
    "cbc": ("COIN_CMD", "PULP_CBC_CMD"),
    "glpk": ("GLPK_CMD", "PYGLPK"),
    "scip": ("SCIP_PY", "SCIP_CMD", "FSCIP_CMD"),
    "gurobi": ("GUROBI", "GUROBI_CMD"),
    "cplex": ("CPLEX_PY", "CPLEX_CMD"),
    "xpress": ("XPRESS_PY", "XPRESS", "XPRESS_CMD"),
    "mosek": ("MOSEK",),
    "copt": ("COPT", "COPT_CMD"),
    "cuopt": ("CUOPT",),
    "mipcl": ("MIPCL_CMD",),
}
_POLISHED = "pulp-highs"  # HiGHS by way of PuLP, to compare the two ways
_BY_STATUS = {
    1: Termination.OPTIMAL,
    -1: Termination.INFEASIBLE,
    -2: Termination.UNBOUNDED,
    -4: Termination.TIME_LIMIT,
    -5: Termination.OTHER_LIMIT,
    -6: Termination.OTHER_LIMIT,
    -7: Termination.OPTIMAL,
    -8: Termination.OTHER_LIMIT,
    -9: Termination.OTHER_LIMIT,
    -10: Termination.INTERRUPTED,
    -11: Termination.OTHER_LIMIT,
}


@dataclass(slots=True)
class _Built:
    """A PuLP problem and the handles of its parts."""

    problem: Any
    variables: list[Any]
    constraints: list[Any]
    row_of_constraint: np.ndarray


def available_through_pulp() -> tuple[str, ...]:
    """Return the names of the solvers that PuLP can reach on this machine."""
    return tuple(name for name in _SOLVERS if _reachable(name) is not None)


def to_pulp(lp: LinearProgram) -> pulp.LpProblem:
    """Return the first stage as a plain ``pulp.LpProblem``, with names that lead back to the scenario.

    A row with two different limits becomes two constraints, the second with ``_at_least`` after its name.
    """
    check_program(lp)
    columns, rows = safe_names(lp.column_labels.all_names(), "x"), safe_names(lp.row_labels.all_names(), "r")
    return _build(lp, lp.stages[0], columns, rows).problem


def solve_with_pulp(lp: LinearProgram, stage: Stage, options: Options) -> Solution:
    """Solve one objective with a solver that PuLP knows.

    Parameters
    ----------
    lp
        The problem; its own stages are not looked at.
    stage
        The objective.
    options
        How to solve; ``options.solver`` is a name such as ``cbc`` or one of PuLP's own, such as ``GUROBI_CMD``.

    Raises
    ------
    SolverUnavailableError
        If the solver is not installed here; the hint names those that are.
    OptionError
        If there is no such solver.
    SolverError
        If the solver breaks.
    """
    check_options(options)
    options = options.settled_for(lp)
    check_program(replace(lp, stages=(stage,)))
    start, name = time.perf_counter(), f"{options.solver} through PuLP {pulp.__version__}"
    termination, x, y, beyond = _within_gap(lp, stage, options)
    nothing = Solution(termination, solver=name, seconds=time.perf_counter() - start)
    if x is None:
        return nothing
    value, optimal = stage.value(x), termination is Termination.OPTIMAL
    point = replace(nothing, x=x, objective=value, bound=value - stage.sign * beyond if optimal else np.nan)
    if y is None or not optimal:
        return point
    return replace(point, row_dual=y, reduced_cost=stage.reduced_costs(lp.matrix, y))


def _within_gap(
    lp: LinearProgram, stage: Stage, options: Options
) -> tuple[Termination, Floats | None, Floats | None, float]:
    """Solve an objective until its plan is within the gap; return also how far beyond its value a bound lies.

    PuLP tells no bound, and no constant of the objective to some solvers. These stop at a share of the value without
    it; where that is more than the gap allows, they are to go on with a smaller one.
    """
    gap, clock = (options.gap or 0.0) if lp.is_integer else 0.0, Clock(options.time_limit)
    smaller, turns = gap, 0
    while True:
        termination, x, y = _solved(lp, stage, replace(options, gap=smaller or options.gap, time_limit=clock.left))
        value = 0.0 if x is None else stage.value(x)
        turnover = max(abs(value), abs(value - stage.offset))
        beyond, turns = smaller * turnover, turns + 1
        if beyond <= gap * abs(value) or smaller <= EXACT or termination is not Termination.OPTIMAL or clock.over:
            return termination, x, y, beyond
        smaller = max(gap * abs(value) / turnover, EXACT) if turns < TURNS else EXACT


def _solved(lp: LinearProgram, stage: Stage, options: Options) -> tuple[Termination, Floats | None, Floats | None]:
    """Solve the scaled problem as a minimization; return how it ended, the point and the prices of a linear program."""
    if lp.contradicts_itself:
        return Termination.INFEASIBLE, None, None
    scaling = Scaling.of(lp)
    scaled_cost = stage.sign * stage.cost * scaling.column
    factor = cost_scale(scaled_cost)
    scaled = replace(
        lp,
        matrix=replace(lp.matrix, value=scaling.entries(lp)),
        row_lower=lp.row_lower * scaling.row,
        row_upper=lp.row_upper * scaling.row,
        lower=lp.lower / scaling.column,
        upper=lp.upper / scaling.column,
        stages=(Stage("scaled", scaled_cost * factor, maximize=False),),
    )
    termination, x, y = _run(scaled, options)
    if termination in NO_BEST:
        return _told_apart(scaled, termination, options), None, None
    if x is None:
        return termination, None, None
    x = np.clip(x * scaling.column, lp.lower, lp.upper)
    if y is None:
        return termination, onto_limits(lp, x), None
    return termination, *_best_proved(lp, stage, x, stage.sign * y * scaling.row / factor)


def _best_proved(lp: LinearProgram, stage: Stage, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return the point and the prices, as given or corrected, the prices in either sign, that prove the most."""
    settled = onto_limits(lp, x)
    prices = [given for turned in (y, -y) for given in (turned, onto_costs(lp, stage, settled, turned))]
    choices = list(product((x, settled), prices))
    breaches = []
    for choice in choices:
        proof = certify_point(lp, stage, *choice)
        checks = (proof.rows, proof.bounds, proof.dual, proof.complementarity, proof.gap)
        breaches.append(sum(min(check.worst, 1e300) for check in checks if check is not None))
    return choices[int(np.argmin(breaches))]


def _told_apart(lp: LinearProgram, termination: Termination, options: Options) -> Termination:
    """Tell infeasible from unbounded: without an objective, nothing is unbounded. Some solvers mix the two up."""
    nothing = replace(lp, stages=(Stage("nothing", np.zeros(lp.columns), maximize=False),))
    without, _, _ = _run(nothing, options)
    if without is Termination.OPTIMAL:
        return Termination.UNBOUNDED
    return Termination.INFEASIBLE if without is Termination.INFEASIBLE else termination


def _run(lp: LinearProgram, options: Options) -> tuple[Termination, Floats | None, Floats | None]:
    """Solve a minimization as it stands; return how it ended, the columns and the rows' duals as PuLP gives them."""
    columns, rows = [f"x{j}" for j in range(lp.columns)], [f"r{i}" for i in range(lp.rows)]
    built = _build(lp, lp.stages[0], columns, rows)
    start = time.perf_counter()
    folders = tempfile.TemporaryDirectory(prefix="budgetopt-")
    with folders as folder, warnings.catch_warnings(), stdout_kept_clean():
        warnings.simplefilter("ignore")
        solver = _solver(options)
        if hasattr(solver, "tmpDir"):
            solver.tmpDir = folder
        try:
            answer = built.problem.solve(solver)
        except KeyboardInterrupt:
            return Termination.INTERRUPTED, None, None
        except (pulp.PulpError, OSError) as error:
            raise SolverError(f"the solver {options.solver} broke off: {error}") from error
    termination, has_point = _ending(built.problem, answer)
    limit = options.time_limit
    late = limit is not None and time.perf_counter() - start >= 0.98 * limit
    stopped = termination in {Termination.ERROR, Termination.OTHER_LIMIT} or lp.is_integer
    if late and stopped and has_point is not None:
        # PuLP 3 calls an integer problem that ran out of time optimal.
        termination = Termination.TIME_LIMIT
    if not has_point:
        return termination, None, None
    x = _values(built, lp)
    if (
        termination is not Termination.OPTIMAL
        and not certify_point(lp, lp.stages[0], x, None, tolerance=LOOSE).feasible
    ):
        return termination, None, None
    return termination, x, _duals(built, lp)


def _ending(problem: Any, answer: Any) -> tuple[Termination, bool | None]:
    """Return how a solve ended and whether it left a point, None where that ending has neither."""
    if _FOURTH:
        termination = _BY_STATUS.get(int(answer.status), Termination.ERROR)
        return termination, bool(answer.has_solution) if termination not in _WITHOUT else None
    termination = _BY_STATUS.get(problem.status, Termination.ERROR)
    if termination in _WITHOUT:
        return termination, None
    if termination is Termination.OPTIMAL and problem.sol_status == pulp.LpSolutionIntegerFeasible:
        return Termination.OTHER_LIMIT, True
    return termination, termination is Termination.OPTIMAL


_WITHOUT = {Termination.INFEASIBLE, Termination.UNBOUNDED}


def _values(built: _Built, lp: LinearProgram) -> Floats:
    given = [variable.varValue for variable in built.variables]
    values = np.array([np.nan if value is None else value for value in given], np.float64)
    # A column that neither the objective nor a row mentions is not passed to the solver.
    return np.where(np.isnan(values), lp.resting, values)


def _duals(built: _Built, lp: LinearProgram) -> Floats | None:
    given = [constraint.pi for constraint in built.constraints]
    if lp.is_integer or any(value is None for value in given):
        return None
    prices = np.array(given, np.float64)
    return np.asarray(np.bincount(built.row_of_constraint, weights=prices, minlength=lp.rows), np.float64)


# -- building ---------------------------------------------------------------------------------------------------------


def _build(lp: LinearProgram, stage: Stage, columns: list[str], rows: list[str]) -> _Built:
    problem = pulp.LpProblem("budgetopt", pulp.LpMaximize if stage.maximize else pulp.LpMinimize)
    variables = _variables(problem, lp, columns)
    used = np.flatnonzero(stage.cost)
    terms = [(variables[j], c) for j, c in zip(used.tolist(), stage.cost[used].tolist(), strict=True)]
    problem.setObjective(_expression(terms) + stage.offset)
    order = np.argsort(lp.matrix.index, kind="stable")
    entry_column = lp.matrix.column_of_entry()[order].tolist()
    entry_value = lp.matrix.value[order].tolist()
    ends = np.cumsum(np.bincount(lp.matrix.index, minlength=lp.rows)).tolist()
    constraints: list[Any] = []
    row_of_constraint: list[int] = []
    begin = 0
    for i, (name, low, high) in enumerate(zip(rows, lp.row_lower.tolist(), lp.row_upper.tolist(), strict=True)):
        terms = [
            (variables[j], a) for j, a in zip(entry_column[begin : ends[i]], entry_value[begin : ends[i]], strict=True)
        ]
        begin = ends[i]
        for suffix, sense, limit in _sides(low, high) if terms else ():
            constraints.append(_constrain(problem, terms, sense, limit, name + suffix))
            row_of_constraint.append(i)
    return _Built(problem, variables, constraints, np.array(row_of_constraint, np.int64))


def _sides(low: float, high: float) -> list[tuple[str, int, float]]:
    if low == high:
        return [("", 0, low)]
    above, below = (("", -1, high), ("_at_least" if np.isfinite(high) else "", 1, low))
    return [side for side in (above, below) if np.isfinite(side[2])]


def _variables(problem: Any, lp: LinearProgram, names: list[str]) -> list[Any]:
    make = getattr(problem, "add_variable", None) or pulp.LpVariable  # the former since PuLP 3.3.2
    whole = {False: pulp.LpContinuous, True: pulp.LpInteger}
    bounds = zip(names, lp.lower.tolist(), lp.upper.tolist(), lp.integer.tolist(), strict=True)
    return [
        make(name, low if np.isfinite(low) else None, high if np.isfinite(high) else None, whole[integer])
        for name, low, high, integer in bounds
    ]


def _expression(terms: list[tuple[Any, float]]) -> Any:
    make = pulp.LpAffineExpression.from_list if _FOURTH else pulp.LpAffineExpression
    return make(terms)


def _constrain(problem: Any, terms: list[tuple[Any, float]], sense: int, limit: float, name: str) -> Any:
    expression = _expression(terms)
    relation = expression == limit if sense == 0 else expression <= limit if sense < 0 else expression >= limit
    added = problem.addConstraint(relation, name)
    return added if _FOURTH else relation


# -- solvers ----------------------------------------------------------------------------------------------------------


def _ways(name: str) -> tuple[str, ...]:
    """Return PuLP's names for a solver."""
    known = {each.casefold(): each for each in pulp.listSolvers()}
    wanted = name.casefold()
    if wanted == _POLISHED:
        return ("HiGHS", "HiGHS_CMD")
    if wanted in _SOLVERS:
        return tuple(way for way in _SOLVERS[wanted] if way.casefold() in known)
    if wanted in known:
        return (known[wanted],)
    choices = ("highs", *_SOLVERS)
    close = near(name, (*choices, *known.values()))
    hint = f"did you mean {close!r}?" if close else f"there are: {', '.join(choices)}"
    raise OptionError(f"there is no solver named {name!r}", hint=hint)


def _reachable(name: str) -> str | None:
    """Return PuLP's name for the first way to a solver that is open here."""
    with warnings.catch_warnings(), stdout_kept_clean():
        warnings.simplefilter("ignore")
        for way in _ways(name):
            try:
                if pulp.getSolver(way, msg=False).available():
                    return way
            except Exception:  # noqa: BLE001 - a solver half installed fails in its own ways; it is not available
                continue
    return None


def _solver(options: Options) -> Any:
    way = _reachable(options.solver)
    if way is None:
        here = ", ".join(("highs", *available_through_pulp()))
        hint = f"solvers that can be used here: {here}"
        if options.solver.casefold() == "cbc" and _FOURTH:
            hint += "; CBC comes with `pip install pulp[cbc]`"
        raise SolverUnavailableError(f"the solver {options.solver!r} is not installed here", hint=hint)
    wanted = {"msg": False, "timeLimit": options.time_limit, "gapRel": options.gap, "threads": options.threads}
    accepted = inspect.signature(type(pulp.getSolver(way, msg=False)).__init__).parameters
    anything = any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in accepted.values())
    given = {key: value for key, value in wanted.items() if value is not None and (anything or key in accepted)}
    return pulp.getSolver(way, **given)
