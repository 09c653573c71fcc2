"""HiGHS, given arrays directly: one live model that is changed and solved again warm.

Huangfu and Hall, "Parallelizing the dual revised simplex method", Mathematical Programming Computation 10 (2018).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

import highspy
import numpy as np

from budgetopt.errors import SolverError
from budgetopt.formulation.linear_program import Bools, Floats, Ints, LinearProgram
from budgetopt.formulation.sparse_rows import SparseRows
from budgetopt.solvers import checks
from budgetopt.solvers.interruptible_run import patient, run_at_once, run_interruptibly
from budgetopt.solvers.live_basis import LiveBasis
from budgetopt.solvers.powers_of_two import Scaling, cost_scale
from budgetopt.solvers.shared_threads import claim_threads
from budgetopt.solvers.solution import ENDED, LARGE_SEARCH, Options, Solution, Termination, better_of
from budgetopt.solvers.standard_output import descriptor_kept_clean

__all__ = ["LiveModel", "version"]

TOLERANCE = 1e-9  # of the scaled problem; HiGHS's own default is 1e-7
SEED = 0
AGAIN = 1.0  # seconds for the second search of a small problem
# A linear program whose last solve took no more seconds of work is solved in this thread, and Ctrl-C waits for it.
BRIEF = 0.5
# A solve that begins from an optimal basis of nearly the same costs needs few steps. HiGHS moves costs a little against
# stalling, which asks for many more. What stalls without that goes on with it. Its own scaling stays as it is: where it
# is changed between two solves, HiGHS returns wrong points.
_WARM = {"dual_simplex_cost_perturbation_multiplier": (1.0, 0.0)}
NEAR = 4.0  # times as large or small as the scale of costs that is in use: it is kept, and with it what did not change
OTHER = 0.75  # costs that differ by this share of their sum are another objective
STALLED = 0.5  # times as many steps as there are rows, and 40
_NO_LIMIT = 2**31 - 1

_TERMINATION = {
    highspy.HighsModelStatus.kOptimal: Termination.OPTIMAL,
    highspy.HighsModelStatus.kModelEmpty: Termination.OPTIMAL,
    highspy.HighsModelStatus.kInfeasible: Termination.INFEASIBLE,
    highspy.HighsModelStatus.kUnbounded: Termination.UNBOUNDED,
    highspy.HighsModelStatus.kUnboundedOrInfeasible: Termination.INFEASIBLE_OR_UNBOUNDED,
    highspy.HighsModelStatus.kTimeLimit: Termination.TIME_LIMIT,
    highspy.HighsModelStatus.kInterrupt: Termination.INTERRUPTED,
    highspy.HighsModelStatus.kIterationLimit: Termination.OTHER_LIMIT,
    highspy.HighsModelStatus.kSolutionLimit: Termination.OTHER_LIMIT,
    highspy.HighsModelStatus.kMemoryLimit: Termination.OTHER_LIMIT,
}
_FEASIBLE = 2  # what HiGHS calls a feasible point
_UNANSWERED = {Termination.OTHER_LIMIT, Termination.ERROR}
_AGGREGATOR = 1 << 12  # the rule of presolve that replaces columns by the others of an equation: of some it never ends
# Ways to try again, in turn, where HiGHS ends without an answer.
_RETRIES: tuple[dict[str, object], ...] = (
    {"presolve": "off"},
    {"presolve": "off", "solver": "simplex", "simplex_strategy": 4},
    {"solver": "ipm", "ipm_iteration_limit": 1000},
    {"primal_feasibility_tolerance": 1e-7, "dual_feasibility_tolerance": 1e-7},
)


def version() -> str:
    """Return the name and version of the solver."""
    return f"HiGHS {_silent_model().version()}"


class LiveModel:
    """One live HiGHS model: its costs, limits and coefficients can be changed, and it is solved again from there.

    Parameters
    ----------
    lp
        The problem; its first stage is the objective until :meth:`set_costs` sets another.
    options
        How to solve; ``options.solver`` is not looked at.
    scaling
        Powers of two by which rows and columns are scaled; chosen from the problem if left out.

    Raises
    ------
    SolverError, OptionError
        If the problem holds what is not a number or HiGHS refuses it; if an option is out of range.
    """

    def __init__(self, lp: LinearProgram, options: Options | None = None, *, scaling: Scaling | None = None) -> None:
        options = options or Options()
        checks.check_options(options)
        checks.check_program(lp)
        self._options = options.settled_for(lp)
        self._scaling = scaling or Scaling.of(lp)
        self._columns, self._rows = lp.columns, lp.rows
        self._lower, self._upper = lp.lower.copy(), lp.upper.copy()
        self._row_lower, self._row_upper = lp.row_lower.copy(), lp.row_upper.copy()
        self._integers = np.flatnonzero(lp.integer).astype(np.int32)
        self._sent = np.zeros(lp.columns)
        self._model = _silent_model()
        self._patience: float | None = None
        self._is_brief = self._is_warm = False
        self._version = f"HiGHS {self._model.version()}"
        self._pass(lp)
        self._set_options()
        stage = lp.stages[0]
        self._cost, self._maximize, self._offset, self._cost_scale = stage.cost, stage.maximize, stage.offset, np.nan
        self.set_costs(stage.cost, stage.maximize, stage.offset)

    # -- changes ------------------------------------------------------------------------------------------------------

    def set_costs(self, cost: Floats, maximize: bool, offset: float = 0.0) -> None:
        """Set another objective: coefficients, shape (columns,), direction, and constant, which counts for the gap."""
        cost = np.asarray(cost, np.float64)
        checks.check_costs(cost, self._columns, "of the live model")
        self._cost, self._maximize, self._offset = cost.copy(), maximize, offset
        scale = cost_scale(scaled := cost * self._scaling.column)
        if not 1.0 / NEAR <= scale / self._cost_scale <= NEAR:
            self._cost_scale = scale
        scaled = scaled * self._cost_scale
        if np.abs(scaled - self._sent).sum() > OTHER * np.abs(scaled).sum():
            self._set_warm(False)
        self._change_costs(scaled)
        self._check(self._model.changeObjectiveOffset(offset * self._cost_scale), "set the constant")
        sense = highspy.ObjSense.kMaximize if maximize else highspy.ObjSense.kMinimize
        self._check(self._model.changeObjectiveSense(sense), "set the direction")

    def set_column_bounds(self, columns: Ints, lower: Floats, upper: Floats) -> None:
        """Set the limits of some columns; all three of the same shape."""
        columns, lower, upper = checks.limits_of(columns, lower, upper, "changed column")
        self._lower[columns], self._upper[columns] = lower, upper
        scale = self._scaling.column[columns]
        args = len(columns), columns.astype(np.int32), lower / scale, upper / scale
        self._check(self._model.changeColsBounds(*args), "change the limits of columns")

    def set_row_bounds(self, rows: Ints, lower: Floats, upper: Floats) -> None:
        """Set the limits of some rows; all three of the same shape."""
        rows, lower, upper = checks.limits_of(rows, lower, upper, "changed row")
        self._row_lower[rows], self._row_upper[rows] = lower, upper
        scale = self._scaling.row[rows]
        args = len(rows), rows.astype(np.int32), lower * scale, upper * scale
        self._check(self._model.changeRowsBounds(*args), "change the limits of rows")

    def set_coefficients(self, rows: Ints, columns: Ints, values: Floats) -> None:
        """Set some entries of the matrix; all three of the same shape."""
        rows, columns = (np.atleast_1d(np.asarray(places, np.int64)) for places in (rows, columns))
        values = np.broadcast_to(np.asarray(values, np.float64), rows.shape)
        checks.check_coefficients(values)
        checks.check_places(rows, columns, self._rows, self._columns)
        scaled = values * self._scaling.row[rows] * self._scaling.column[columns]
        for row, column, value in zip(rows.tolist(), columns.tolist(), scaled.tolist(), strict=True):
            self._check(self._model.changeCoeff(row, column, value), "change a coefficient")

    def set_time_limit(self, seconds: float | None) -> None:
        """Set the limit of time of each following solve; None waits."""
        self._options = replace(self._options, time_limit=seconds)
        self._set("time_limit", np.inf if seconds is None else float(seconds))

    def set_start(self, x: Floats) -> None:
        """Offer a search the decisions of integer columns to begin from, NaN where open; shape (columns,)."""
        # bounds may have moved since: a decision beyond them is left open
        whole = np.rint(x[self._integers])
        within = (self._lower[self._integers] <= whole) & (whole <= self._upper[self._integers])
        if len(known := self._integers[within]):
            values = whole[within] / self._scaling.column[known]
            self._check(self._model.setSolution(len(known), known, values), "take a plan to begin from")

    def set_patience(self, seconds: float | None) -> None:
        """Set after how many seconds a search stops once it has a plan; without one it goes on to the limit of time."""
        self._patience = seconds

    def basis(self) -> LiveBasis:
        """Return the basis of the last solve, which has to have ended optimal."""
        return LiveBasis(self._model, self._scaling, self._check)

    def ray(self) -> Floats | None:
        """Return prices of the rows that show that there is no plan, if the last solve ended so; shape (rows,)."""
        status, is_known, ray = self._model.getDualRay()
        self._check(status, "tell why there is no plan")
        return np.asarray(ray, np.float64) * self._scaling.row if is_known else None

    def idle_rows(self) -> Bools:
        """Return the rows whose limits do not hold the basis of the last solve; shape (rows,)."""
        basic = highspy.HighsBasisStatus.kBasic
        return np.array([status == basic for status in self._model.getBasis().row_status], np.bool_)

    def keep_rows(self, kept: Ints) -> None:
        """Leave out all rows but some: their numbers, rising; shape (kept,). Idle ones leave the last basis whole."""
        left_out = np.ones(self._rows, np.bool_)
        left_out[kept] = False
        gone = np.flatnonzero(left_out).astype(np.int32)
        self._check(self._model.deleteRows(len(gone), gone), "leave out rows")
        self._rows, self._row_lower, self._row_upper = len(kept), self._row_lower[kept], self._row_upper[kept]
        self._scaling = Scaling(self._scaling.row[kept], self._scaling.column)

    def add_rows(self, rows: SparseRows, lower: Floats, upper: Floats, scale: Floats) -> None:
        """Add rows behind the others, with their limits and the powers of two that scale them; shape (rows,) each."""
        lengths = np.diff(rows.starts)
        value = rows.value * np.repeat(scale, lengths) * self._scaling.column[rows.column]
        limits = lower * scale, upper * scale
        places = rows.starts[:-1].astype(np.int32), rows.column.astype(np.int32)
        self._check(self._model.addRows(len(lengths), *limits, len(value), *places, value), "take rows")
        self._rows += len(lengths)
        self._row_lower = np.concatenate((self._row_lower, lower))
        self._row_upper = np.concatenate((self._row_upper, upper))
        self._scaling = Scaling(np.concatenate((self._scaling.row, scale)), self._scaling.column)

    # -- solving ------------------------------------------------------------------------------------------------------

    def solve(self) -> Solution:
        """Solve from where the model stands; Ctrl-C ends the solve and keeps the best plan found."""
        return self.search_otherwise(self.solve_once())

    def solve_once(self) -> Solution:
        """Solve without a second search."""
        start = time.perf_counter()
        return self._nothing(Termination.INFEASIBLE, start) if self._crossed() else self._solved(start)

    def search_otherwise(self, answer: Solution) -> Solution:
        """Return the better of an answer and that of a second search, with presolve if the first had none, or without.

        Of some problems HiGHS has cut off the best plan the one way or the other. Only for few integer columns.
        """
        limit, is_few = self._options.time_limit, 0 < len(self._integers) < LARGE_SEARCH
        left = AGAIN if limit is None else min(AGAIN, limit - answer.seconds)
        if not is_few or answer.termination not in ENDED or left <= 0 or self._crossed():
            return answer
        other = "on" if self._model.getOptionValue("presolve")[1] == "off" else "off"
        with self._from_nothing({"presolve": other, "time_limit": left}):
            second = self._solved(time.perf_counter() - answer.seconds)
        return better_of(answer, second, sign=-1.0 if self._maximize else 1.0)

    def _solved(self, start: float) -> Solution:
        termination = self._run()
        if self._is_warm and termination in _UNANSWERED:
            self._set_warm(False)
            termination = self._run()
        if termination is Termination.ERROR:
            termination = self._retry(start)
        self._set_warm(termination is Termination.OPTIMAL and not len(self._integers))
        if termination in {Termination.INFEASIBLE_OR_UNBOUNDED, Termination.UNBOUNDED}:
            return self._nothing(self._infeasible_or_unbounded(), start)
        return self._read(termination, start)

    def solve_anew(self) -> Solution:
        """Solve from nothing, and simplified first: that is faster where few of very many limits hold."""
        self._set_warm(False)
        with self._from_nothing({"presolve": "on"}):
            return self.solve()

    @contextmanager
    def _from_nothing(self, options: Mapping[str, object]) -> Iterator[None]:
        self._model.clearSolver()
        before = {name: self._model.getOptionValue(name)[1] for name in options}
        for name, value in options.items():
            self._set(name, value)
        try:
            yield
        finally:
            for name, value in before.items():
                self._set(name, value)

    def _crossed(self) -> bool:
        return bool((self._lower > self._upper).any() or (self._row_lower > self._row_upper).any())

    def _run(self) -> Termination:
        model = self._model
        # waiting for other processes is no work, but to ask for it takes long itself
        clock = time.perf_counter if self._is_brief else time.process_time
        begin = clock()
        with patient(model, self._patience, highspy.kHighsInf):
            interrupted = (run_at_once if self._is_brief else run_interruptibly)(model)
        self._is_brief = not len(self._integers) and clock() - begin <= BRIEF
        status = model.getModelStatus()
        if interrupted and _TERMINATION.get(status) not in ENDED:
            return Termination.INTERRUPTED
        if not interrupted and status == highspy.HighsModelStatus.kInterrupt:
            return Termination.TIME_LIMIT
        return _TERMINATION.get(status, Termination.ERROR)

    def _retry(self, start: float) -> Termination:
        termination = Termination.ERROR
        for changed in _RETRIES:
            with self._from_nothing(changed):
                termination = self._run()
            limit = self._options.time_limit
            if termination not in _UNANSWERED or (limit is not None and time.perf_counter() - start > limit):
                break
        return termination

    def _infeasible_or_unbounded(self) -> Termination:
        """Tell the two apart: without an objective, nothing is unbounded."""
        self._change_costs(np.zeros(self._columns))
        termination = self._run()
        self._change_costs(self._cost * self._scaling.column * self._cost_scale)
        return Termination.UNBOUNDED if termination is Termination.OPTIMAL else termination

    # -- reading ------------------------------------------------------------------------------------------------------

    def _nothing(self, termination: Termination, start: float) -> Solution:
        return Solution(termination, solver=self._version, seconds=time.perf_counter() - start)

    def _read(self, termination: Termination, start: float) -> Solution:
        info, answer = self._model.getInfo(), self._model.getSolution()
        integer = bool(len(self._integers))
        x, row_dual, reduced_cost, objective, bound = None, None, None, np.nan, np.nan
        # an optimal point may miss a limit by a little more than the tolerance: what it proves, the certificate says
        is_optimum = termination is Termination.OPTIMAL and not integer
        if answer.value_valid and (is_optimum or info.primal_solution_status == _FEASIBLE):
            x = np.clip(np.array(answer.col_value, np.float64) * self._scaling.column, self._lower, self._upper)
            x[self._integers] = np.rint(x[self._integers])
            # a sum, as the product @ wakes threads for long columns, which costs more than all else of a warm start
            objective = float((self._cost * x).sum()) + self._offset
        if answer.dual_valid and is_optimum:
            row_dual = np.array(answer.row_dual, np.float64) * (self._scaling.row / self._cost_scale)
            reduced_cost = np.array(answer.col_dual, np.float64) / (self._scaling.column * self._cost_scale)
            bound = objective
        if integer and np.isfinite(info.mip_dual_bound):
            bound = info.mip_dual_bound / self._cost_scale
        steps = info.mip_node_count if integer else info.simplex_iteration_count + info.ipm_iteration_count
        seconds, steps = time.perf_counter() - start, max(int(steps), 0)
        return Solution(termination, x, row_dual, reduced_cost, objective, bound, self._version, seconds, steps)

    # -- HiGHS --------------------------------------------------------------------------------------------------------

    def _pass(self, lp: LinearProgram) -> None:
        if lp.matrix.entries >= 2**31 - 1:
            raise SolverError(f"HiGHS takes at most 2147483646 matrix entries; there are {lp.matrix.entries}")
        row, column = self._scaling.row, self._scaling.column
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = lp.columns, lp.rows
        model.col_cost_ = np.zeros(lp.columns)
        model.col_lower_, model.col_upper_ = lp.lower / column, lp.upper / column
        model.row_lower_, model.row_upper_ = lp.row_lower * row, lp.row_upper * row
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.num_col_, model.a_matrix_.num_row_ = lp.columns, lp.rows
        model.a_matrix_.start_ = lp.matrix.starts.astype(np.int32)
        model.a_matrix_.index_ = lp.matrix.index.astype(np.int32)
        model.a_matrix_.value_ = self._scaling.entries(lp)
        self._set("small_matrix_value", 1e-12)
        self._check(self._model.passModel(model), "take the problem")
        if len(self._integers):
            kinds = np.full(len(self._integers), int(highspy.HighsVarType.kInteger), np.uint8)
            status = self._model.changeColsIntegrality(len(self._integers), self._integers, kinds)
            self._check(status, "take the integer columns")

    def _set_options(self) -> None:
        options = self._options
        self._set("random_seed", SEED)
        for kind in ("primal", "dual", "mip"):
            self._set(f"{kind}_feasibility_tolerance", TOLERANCE)
        # On generated cities of 40 to 500 programs searches are four times as fast without these two, and find as good
        # plans. Where most columns are decisions, and time is limited, they find what is not found without them.
        is_choice = 2 * len(self._integers) > self._columns and options.time_limit is not None
        self._set("mip_heuristic_run_rins", is_choice)
        self._set("mip_heuristic_run_rens", is_choice)
        # A search that begins again from its root cuts all of it again, before it branches for the first time.
        self._set("mip_allow_restart", False)
        self._set("mip_rel_gap", options.gap)
        self._set("mip_abs_gap", TOLERANCE)
        self._set("threads", claim_threads(self._model, options.threads))
        self.set_time_limit(options.time_limit)
        self._set("presolve_rule_off", _AGGREGATOR)
        # Budgets have few rows for their columns: HiGHS spends many times longer simplifying than solving them.
        narrow = checks.has_narrow((self._lower, self._upper), (self._row_lower, self._row_upper))
        self._set("presolve", "choose" if len(self._integers) and not narrow else "off")

    def _change_costs(self, scaled: Floats) -> None:
        changed = np.flatnonzero(scaled != self._sent).astype(np.int32)
        if len(changed):
            status = self._model.changeColsCost(len(changed), changed, scaled[changed])
            self._check(status, "change the objective")
            self._sent = scaled

    def _set_warm(self, is_warm: bool) -> None:
        """Have the next solve begin from an optimal basis, or from elsewhere."""
        if is_warm == self._is_warm:
            return
        self._is_warm = is_warm
        for name, values in _WARM.items():
            self._set(name, values[is_warm])
        self._set("simplex_iteration_limit", round(STALLED * (self._rows + 40)) if is_warm else _NO_LIMIT)

    def _set(self, name: str, value: object) -> None:
        self._check(self._model.setOptionValue(name, value), f"set {name} to {value}")

    @staticmethod
    def _check(status: highspy.HighsStatus, what: str) -> None:
        if status == highspy.HighsStatus.kError:
            raise SolverError(f"HiGHS refused to {what}")


def _silent_model() -> highspy.Highs:
    """Return an empty model that prints nothing."""
    with descriptor_kept_clean(dropped=True):
        model = highspy.Highs()
        model.setOptionValue("output_flag", False)
        model.setOptionValue("log_to_console", False)
    return model
