"""What a linear program becomes when one figure of its scenario changes, without saying the scenario anew.

An effect that grows, a cost that falls, a weight, a provision that is dropped: each touches a few numbers of the
problem, and these are worked out here from the terms that the formulation gives. Where that is not possible (decision
packages, services, fixed costs) the changed scenario is formulated anew; the answer is the same, only slower.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from budgetopt.analysis.live_problem.scaling import doubled, scaled
from budgetopt.formulation import Formulation, LinearProgram, Matrix, Stage, formulate
from budgetopt.formulation.linear_program import Bools, Floats, Ints, total_by
from budgetopt.formulation.program_bounds import ProgramLimits, program_limits
from budgetopt.formulation.segments import Segments, segments_of
from budgetopt.formulation.spending.terms import SpendingTerms
from budgetopt.formulation.stages import discounts, outcome_worths
from budgetopt.scenario.limits import Provision
from budgetopt.scenario.model import SHORTFALL, WEIGHTED_OUTCOMES, Smallest
from budgetopt.scenario.scenario import Scenario

__all__ = ["Alterations", "Altered", "whole", "without_objective"]

INDIRECT = ("service.unit_cost", "if_funded.fixed_cost", "if_funded.at_least")
"""Keys of programs whose costs and limits are not those of segments of dollars."""


def whole(scenario: Scenario, suspended: Collection[Provision] = (), like: Formulation | None = None) -> Formulation:
    """Return a formulation with all columns and rows, in which some provisions do not limit anything.

    ``like``: one of a near scenario, of which all that is the same is used.
    """
    return formulate(scenario, suspended=suspended, keep_all=True, like=like)  # no mutant: it only saves time


def without_objective(problem: LinearProgram) -> LinearProgram:
    """Return a problem in which every plan is as good as any other."""
    stage = replace(problem.stages[0], cost=np.zeros(problem.columns), offset=0.0)
    return replace(problem, stages=(stage,), tie_break=None)


@dataclass(frozen=True, slots=True, eq=False)
class Altered:
    """A problem in which something changed, and what its columns spend on the program that was asked about.

    It may have other columns than the problem as it is: at other figures an integer decision is needed, or is not.

    Parameters
    ----------
    problem
        The changed problem.
    spending
        How its columns make up the dollars of all programs.
    spends
        The dollars that one unit of each column spends on the program; shape (columns,).
    """

    problem: LinearProgram
    spending: SpendingTerms
    spends: Floats

    @classmethod
    def of(cls, problem: LinearProgram, formulation: Formulation, row: int) -> Altered:
        """Return a problem with the columns of a formulation, asked about the program in a row of the scenario's."""
        terms = formulation.terms.spending
        mine = np.flatnonzero(terms.program == row)
        return cls(problem, terms, total_by(terms.column[mine], terms.weight[mine], problem.columns))


class Alterations:
    """The changed problems of one scenario, from a formulation with all columns kept.

    ``anew`` formulates a scenario near to it, without some provisions, in the same way.
    """

    def __init__(
        self,
        scenario: Scenario,
        formulation: Formulation,
        anew: Callable[[Scenario, Collection[Provision]], Formulation] = whole,
    ) -> None:
        self._scenario, self._formulation, self._anew = scenario, formulation, anew
        self._problem = formulation.linear_program
        self._given: dict[int, tuple[Floats, Floats]] = {}
        self._limits: dict[frozenset[str], ProgramLimits] = {}

    def scaled(self, row: int, what: str, outcome: str, factor: float) -> Altered:
        """Return the problem in which a program's effect or cost, or the weight of an outcome, is multiplied."""
        match what:
            case "effect":
                problem = self._with_effect(row, factor)
            case "cost":
                problem = self._with_cost(row, factor)
            case _:
                problem = self._with_weight(outcome, factor)
        if problem is not None:
            return Altered.of(problem, self._formulation, row)
        changed = scaled(self._scenario, str(self._scenario.programs.ids[row]), what, outcome, factor)
        formulation = self._anew(changed, ())
        return Altered.of(formulation.linear_program, formulation, row)

    def in_proportion(self, row: int) -> Altered | None:
        """Return the problem in which a program's effect is doubled; None unless numbers move in proportion to it."""
        problem = self._with_effect(row, 2.0)
        return None if problem is None else Altered.of(problem, self._formulation, row)

    def without(self, suspended: Collection[Provision]) -> LinearProgram:
        """Return the problem without some provisions; its columns and rows are those of the whole problem."""
        listed = self._scenario.limits
        positions = {listed.position(provision) for provision in suspended}
        if not all(self._is_direct(at) for at in positions):
            return self._anew(self._scenario, suspended).linear_program
        problem = self._problem
        row_lower, row_upper = problem.row_lower.copy(), problem.row_upper.copy()
        without = np.isin(self._row_limits, sorted(positions))
        row_lower[without], row_upper[without] = -np.inf, np.inf
        changed = replace(problem, row_lower=row_lower, row_upper=row_upper)
        freed: dict[str, frozenset[str]] = {}
        for limit in (listed[at] for at in positions if listed[at].of_program):
            freed[limit.name] = freed.get(limit.name, frozenset()) | {limit.kind}
        for kinds in dict.fromkeys(freed.values()):
            rows = [self._scenario.programs.position(name) for name, own in freed.items() if own == kinds]
            changed = self._with_limits(changed, np.array(rows), self._without(kinds))
        return changed

    def _without(self, kinds: frozenset[str]) -> ProgramLimits:
        """Return the limits of programs without any of some kinds: those of one do not rest on another's."""
        if kinds not in self._limits:
            listed = self._scenario.limits
            left_out = np.concatenate([listed.of_programs(kind) for kind in sorted(kinds)])
            self._limits[kinds] = program_limits(self._scenario, left_out[left_out >= 0].tolist())
        return self._limits[kinds]

    def with_limits_of(self, scenario: Scenario, rows: Ints) -> LinearProgram | None:
        """Return the problem of a scenario that differs in floors and ceilings of the programs in some rows alone.

        None where one of them is more than dollars in segments: its scenario is to be formulated.
        """
        if not self._is_simple[rows].all():
            return None
        return self._with_limits(self._problem, rows, program_limits(scenario))

    def _with_effect(self, row: int, factor: float) -> LinearProgram | None:
        if self._entry_changes is None:
            return None
        stage = self._with_worth(*self._worth_of(row), factor - 1.0)
        problem, doubled = self._problem, self._doubled
        limits = (problem.row_lower, doubled.row_lower), (problem.row_upper, doubled.row_upper)
        problem = replace(problem, matrix=self._with_entries(row, factor), stages=(stage,))
        # what outcomes are without any spending moves the limits of rows
        given = self._formulation.terms.outcomes.constant[row].any()
        if not given or all(np.array_equal(now, then) for now, then in limits):
            return problem
        lower, upper = self._given_changes(row)
        row_lower, row_upper = problem.row_lower + (factor - 1.0) * lower, problem.row_upper + (factor - 1.0) * upper
        return replace(problem, row_lower=row_lower, row_upper=row_upper)

    def _given_changes(self, row: int) -> tuple[Floats, Floats]:
        """Return what the limits of rows gain if one program's effect doubles; shape (rows,) both."""
        if row not in self._given:
            one = self._problem
            # an objective may have rows of its own, which no rule has
            is_smallest = any(isinstance(objective.maximize, Smallest) for objective in self._scenario.objective)
            given = None if is_smallest else self._formulation.given_by(row)
            if given is None:
                changed = scaled(self._scenario, str(self._scenario.programs.ids[row]), "effect", "", 2.0)
                two = self._anew(changed, ()).linear_program
                limits = (two.row_lower, one.row_lower), (two.row_upper, one.row_upper)
                lower, upper = (
                    np.subtract(*pair, out=np.zeros(one.rows), where=np.isfinite(pair[1])) for pair in limits
                )
            else:
                lower, upper = (np.where(np.isfinite(side), -given, 0.0) for side in (one.row_lower, one.row_upper))
            self._given[row] = lower, upper
        return self._given[row]

    def _with_cost(self, row: int, factor: float) -> LinearProgram | None:
        if self._entry_changes is None or not self._is_simple[row]:
            return None
        # for each dollar, it brings that much less; and so many dollars more fit into each segment
        worth, _ = self._worth_of(row)
        stage = self._with_worth(worth, 0.0, 1.0 / factor - 1.0)
        problem = replace(self._problem, matrix=self._with_entries(row, 1.0 / factor), stages=(stage,))
        return self._with_limits(problem, np.array([row]), self._formulation.limits, factor)

    def _with_weight(self, outcome: str, factor: float) -> LinearProgram | None:
        objective = self._scenario.objective[0]
        if objective.minimize == SHORTFALL:
            return None
        if WEIGHTED_OUTCOMES not in (objective.maximize, objective.minimize):
            return self._problem
        worth, given = self._worths
        position = list(self._scenario.outcomes).index(outcome)
        terms = self._formulation.terms.outcomes
        mine = np.flatnonzero(terms.outcome == position)
        cost = total_by(terms.column[mine], worth[mine], self._problem.columns)
        stage = self._with_worth(cost, float(given[:, position].sum()), factor - 1.0)
        return replace(self._problem, stages=(stage,))

    def _with_worth(self, worth: Floats, given: float, times: float) -> Stage:
        """Return the first objective with more of what columns are worth, and of what is given without them."""
        stage = self._problem.stages[0]
        return replace(stage, cost=stage.cost + times * worth, offset=stage.offset + times * given)

    @cached_property
    def _worths(self) -> tuple[Floats, Floats]:
        """Return what each term of the outcomes adds to the first objective, shape (terms,), and what is given.

        What is given is what the outcomes of a program at zero spending add; shape (programs, outcomes + resources).
        """
        scenario, terms = self._scenario, self._formulation.terms.outcomes
        worths = outcome_worths(scenario, scenario.objective[0])
        if worths is None:
            return np.zeros(len(terms.column)), np.zeros_like(terms.constant)
        padded = np.concatenate((worths, np.zeros(len(scenario.resources))))
        counts = discounts(scenario)
        return terms.weight * padded[terms.outcome] * counts[terms.period], terms.constant * padded * counts.sum()

    def _worth_of(self, row: int) -> tuple[Floats, float]:
        worth, given = self._worths
        terms = self._formulation.terms.outcomes
        mine = np.flatnonzero(terms.program == row)
        return total_by(terms.column[mine], worth[mine], self._problem.columns), float(given[row].sum())

    @cached_property
    def _doubled(self) -> LinearProgram:
        """The problem in which every effect is doubled: it shows where effects stand in the matrix."""
        return self._anew(doubled(self._scenario), ()).linear_program

    @cached_property
    def _entry_changes(self) -> Floats | None:
        """What each entry of the matrix gains if all effects double; None if more than entries change."""
        one, two = self._problem, self._doubled
        pairs = (
            *((getattr(one.matrix, name), getattr(two.matrix, name)) for name in ("starts", "index")),
            *((getattr(one, name), getattr(two, name)) for name in ("integer", "lower", "upper")),
        )
        same = one.rows == two.rows and all(np.array_equal(first, second) for first, second in pairs)
        return two.matrix.value - one.matrix.value if same else None

    def _with_entries(self, row: int, factor: float) -> Matrix:
        """Return the matrix in which what a program's columns do to outcomes is multiplied."""
        matrix, change = self._problem.matrix, self._entry_changes
        assert change is not None
        spending, outcomes = self._formulation.terms.spending, self._formulation.terms.outcomes
        mine = np.union1d(spending.column[spending.program == row], outcomes.column[outcomes.program == row])
        spans = zip(matrix.starts[mine].tolist(), matrix.starts[mine + 1].tolist(), strict=True)
        items = np.concatenate([np.arange(first, last) for first, last in spans] or [np.empty(0, dtype=np.int64)])
        items = items[change[items] != 0]
        if not len(items) or factor == 1.0:
            return matrix
        value = matrix.value.copy()
        value[items] += (factor - 1.0) * change[items]
        return replace(matrix, value=value)

    def columns_of_effects(self, row: int) -> Ints:
        """Return the columns by which a program does anything to an outcome or resource; shape (columns,)."""
        outcomes = self._formulation.terms.outcomes
        return np.unique(outcomes.column[outcomes.program == row])

    @cached_property
    def _segments(self) -> Segments:
        """The segments that the effects alone make: uses are straight, or follow the effects."""
        return segments_of(self._scenario.effects, len(self._scenario.programs))[0]

    @cached_property
    def decides(self) -> Bools:
        """Which programs have integer decisions, with their ceilings or without; shape (programs,)."""
        scenario = self._scenario
        found = np.zeros(len(scenario.programs), dtype=bool)
        # without ceilings, segments come into reach that integer decisions keep in order
        ceilings = [
            limit.provision
            for limit in scenario.limits.demands()
            if limit.sets_program_limits and any(number.sense == "at most" for number in limit.numbers)
        ]
        complete = whole(scenario)
        for either in (complete.linear_program, whole(scenario, ceilings, complete).linear_program):
            for block in either.column_labels.blocks:
                if "program" in block.keys:
                    found[block.keys["program"][either.integer[block.positions]]] = True
        return found

    @cached_property
    def _is_simple(self) -> Bools:
        """Which programs are dollars in segments and nothing else, so that their limits are worked out here."""
        scenario, problem = self._scenario, self._problem
        simple = ~self.decides
        for key in INDIRECT:
            simple &= np.isnan(scenario.programs.number(key))
        for block in problem.column_labels.of_kind("segment"):
            lower, upper, closed = self._segment_limits(block.positions, block.keys, self._formulation.limits)
            at = block.positions
            known = (problem.lower[at] == lower) & (closed | (problem.upper[at] == upper))
            simple[block.keys["program"][~known]] = False
        return simple

    def _segment_limits(
        self, at: Ints, keys: Mapping[str, Ints], limits: ProgramLimits, factor: float = 1.0
    ) -> tuple[Floats, Floats, Bools]:
        """Return the limits of columns of segments, and which of them no fund may pay for in their period."""
        cell = (keys["program"], keys["period"])
        segments = self._segments
        number = np.minimum(segments.first[keys["program"]] + keys["segment"], len(segments) - 1)
        start, width = segments.start[number] * factor, segments.width[number] * factor
        price = self._scenario.price_level[cell]
        lower = np.clip(np.maximum(limits.lower[cell], 0.0) / price - start, 0.0, width)
        upper = np.clip(limits.upper[cell] / price - start, 0.0, width)
        now = self._formulation.limits
        own_start, own_width = segments.start[number], segments.width[number]
        open_now = np.clip(now.upper[cell] / price - own_start, 0.0, own_width)
        return lower, upper, (self._problem.upper[at] == 0) & (open_now > 0)

    def _with_limits(
        self, problem: LinearProgram, rows: Ints, limits: ProgramLimits, factor: float = 1.0
    ) -> LinearProgram:
        """Return a problem with other limits of simple programs, or with other widths of their segments."""
        column_lower, column_upper = problem.lower.copy(), problem.upper.copy()
        for block in problem.column_labels.of_kind("segment"):
            mine = np.flatnonzero(np.isin(block.keys["program"], rows))
            at = block.positions[mine]
            keys = {name: values[mine] for name, values in block.keys.items()}
            lower, upper, closed = self._segment_limits(at, keys, limits, factor)
            column_lower[at], column_upper[at] = lower, np.where(closed, 0.0, upper)
        row_lower, row_upper = problem.row_lower.copy(), problem.row_upper.copy()
        for block in problem.row_labels.of_kind("program limits"):
            mine = np.flatnonzero(np.isin(block.keys["program"], rows))
            at, cell = block.positions[mine], (block.keys["program"][mine], block.keys["period"][mine])
            row_lower[at], row_upper[at] = limits.lower[cell], limits.upper[cell]
        return replace(problem, lower=column_lower, upper=column_upper, row_lower=row_lower, row_upper=row_upper)

    def _is_direct(self, position: int) -> bool:
        """Return whether a limit is rows of its own, or one of a simple program."""
        limit = self._scenario.limits[position]
        if limit.of_program:
            return bool(self._is_simple[self._scenario.programs.position(limit.name)])
        return not limit.sets_program_limits and not limit.is_goal

    @cached_property
    def _row_limits(self) -> Ints:
        """The position of the limit that each row keeps, -1 for none; shape (rows,)."""
        return self._problem.limit_of_rows
