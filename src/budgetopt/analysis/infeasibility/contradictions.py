"""When nothing fits: the smallest sets of provisions that contradict each other.

One set is found by dividing (QuickXplain: Junker, AAAI 2004): every set that is returned is infeasible, and becomes
feasible if any one of its provisions is dropped. More sets are found by keeping a map of what is known (MARCO:
Liffiton, Previti, Malik and Marques-Silva, Constraints 21, 2016): each set found, and each largest part that fits,
rules out a region of the map, and the search ends when the map is exhausted. Feasibility is asked of the solver, so
that conflicts of integer decisions are found too: first of the linear program in which every limit may be missed, whose
duals leave few limits to be tried, and of the integer program where that one does not tell.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np

from budgetopt.allocation import Subject, scenario_of
from budgetopt.analysis.infeasibility.least_missed import Answer, LeastMissed
from budgetopt.analysis.live_problem.alterations import without_objective
from budgetopt.analysis.live_problem.what_if import WhatIf
from budgetopt.errors import FaultError, OptionError
from budgetopt.formulation import Labels, LinearProgram, Matrix, Stage
from budgetopt.formulation.linear_program import Block
from budgetopt.scenario.limits import Limit, Provision
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import PointStatus, Termination
from budgetopt.solvers.highs import LiveModel

__all__ = ["Conflict", "conflicts", "fixed_conflict"]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Limits that no plan can meet together, though one can meet all but any one of them.

    Parameters
    ----------
    demands
        The limits, in the order of the scenario. If there are none, not even a plan without any limit exists.
    """

    demands: tuple[Limit, ...]

    @property
    def provisions(self) -> tuple[Provision, ...]:
        """The provisions alone."""
        return tuple(demand.provision for demand in self.demands)


def conflicts(scenario: Subject, *, at_most: int = 1) -> tuple[Conflict, ...]:
    """Return the sets of provisions that contradict each other, the smallest first; none if the scenario is feasible.

    Parameters
    ----------
    scenario
        The scenario, or the path of its folder or file.
    at_most
        How many sets to look for. If fewer come back, there are no others.

    Raises
    ------
    OptionError
        If fewer than one set is asked for, or it is asked of something else.
    """
    if at_most < 1:
        raise OptionError(f"at_most is {at_most}; at least one conflict must be asked for")
    found = islice(_Search(scenario_of(scenario, "conflicts")).run(), at_most)
    return tuple(sorted(found, key=lambda conflict: len(conflict.demands)))


def fixed_conflict(scenario: Scenario, may_change: Callable[[Limit], bool]) -> Conflict | None:
    """Return the smallest set of limits that contradict each other among those that may not change; None if all fit."""
    search = _Search(scenario)
    kept = frozenset(item for item, demand in enumerate(search.demands) if not may_change(demand))
    return None if search.fits(kept) else search.conflict_among(kept)


class _Search:
    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self.demands = tuple(scenario.limits.demands())
        self._position = [scenario.limits.position(demand.provision) for demand in self.demands]
        self._item = {position: item for item, position in enumerate(self._position)}
        # asked for after the others, which give the same answer sooner
        others = (item for item, one in enumerate(self.demands) if not one.is_linear)  # no mutant: as said
        self._others = frozenset(others)
        self._missed = LeastMissed(scenario)
        self._known: dict[frozenset[int], Answer] = {}
        self._fits: dict[frozenset[int], bool] = {}

    @cached_property
    def _question(self) -> WhatIf:
        return WhatIf(self._scenario)

    def run(self) -> Iterator[Conflict]:
        everything = frozenset(range(len(self.demands)))
        if self.fits(everything):
            return
        # of each group of provisions, how many the sets that are still open have at least, and at most
        groups: list[tuple[frozenset[int], float, float]] = []
        while (seed := _largest(len(self.demands), groups)) is not None:
            if self.fits(seed):
                # a largest seed that fits cannot grow: every other set with something outside of it is still open
                groups.append((everything - seed, 1.0, np.inf))
            else:
                core = self._smallest(seed)
                groups.append((core, -np.inf, len(core) - 1.0))
                yield self._named(core)
                if not core:
                    return

    def conflict_among(self, kept: frozenset[int]) -> Conflict:
        """Return the smallest set that contradicts itself among provisions that do not fit together."""
        return self._named(self._smallest(kept))

    def _named(self, items: frozenset[int]) -> Conflict:
        return Conflict(tuple(self.demands[item] for item in sorted(items)))

    def fits(self, kept: frozenset[int]) -> bool:
        """Return whether some plan meets these provisions, all others being suspended."""
        if kept not in self._fits:
            answer = self._relaxed(kept)
            self._fits[kept] = answer.contradicting is None and (answer.has_plan or self._has_plan(kept))
        return self._fits[kept]

    def _smallest(self, seed: frozenset[int]) -> frozenset[int]:
        """Return a part of provisions that do not fit, each smaller part of which does; empty if not even none fits."""
        needed: set[int] = set()
        rest = sorted(self._relaxed(seed).contradicting or ())
        some = (len(rest) + 1) // 2  # no mutant: the answer is the same, whatever is tried at a time
        while rest:
            part = self._relaxed(needed.union(rest[:-some])).contradicting
            if part is None and some > 1:  # no mutant: one question more, with the same answer
                some //= 2
                continue
            if part is None:
                needed.add(rest.pop())
            else:
                rest = [item for item in rest[:-some] if item in part]
            some = (len(rest) + 1) // 2  # no mutant: the answer is the same, whatever is tried at a time
        found = frozenset(needed) if self._relaxed(needed).contradicting is not None else seed
        if found is not seed and all(self.fits(found - {item}) for item in found):
            return found
        return frozenset(_smallest(self.fits, sorted(found)) if self.fits(frozenset()) else ())

    def _relaxed(self, kept: Collection[int]) -> Answer:
        """Return whether some provisions fit together with decisions taken in part, and if not, which do not."""
        kept = frozenset(kept)
        if kept not in self._known:
            # most contradictions are of what can be relaxed little by little, whose part in them is known
            linear = kept - self._others
            answer = self._asked(linear)
            if answer.contradicting is None and linear != kept:  # no mutant: it saves the larger question
                answer = self._asked(kept)
            self._known[kept] = answer
        return self._known[kept]

    def _asked(self, kept: frozenset[int]) -> Answer:
        if kept not in self._known:
            answer = self._missed.among([self._position[item] for item in kept])
            found = answer.contradicting
            items = None if found is None else frozenset(self._item[at] for at in found)
            self._known[kept] = Answer(items, answer.has_plan)
        return self._known[kept]

    def _has_plan(self, kept: frozenset[int]) -> bool:
        suspended = [demand.provision for item, demand in enumerate(self.demands) if item not in kept]
        answer = self._question.solve(without_objective(self._question.problem_without(suspended)))
        fits = answer.primal is PointStatus.FEASIBLE
        if not fits and answer.termination is not Termination.INFEASIBLE:
            raise FaultError(f"{answer.solver} could not tell whether provisions fit together: {answer.termination}")
        return fits


def _smallest(fits: Callable[[frozenset[int]], bool], items: Sequence[int]) -> list[int]:
    """Return a part of the items that does not fit, each smaller part of which does."""

    def explain(background: frozenset[int], new: bool, rest: Sequence[int]) -> list[int]:
        if new and not fits(background):
            return []
        if len(rest) == 1:
            return list(rest)
        half = len(rest) // 2
        first, second = rest[:half], rest[half:]
        from_second = explain(background | frozenset(first), True, second)
        from_first = explain(background | frozenset(from_second), bool(from_second), first)
        return from_first + from_second

    return explain(frozenset(), False, items)


def _largest(items: int, groups: Sequence[tuple[frozenset[int], float, float]]) -> frozenset[int] | None:
    """Return a largest set that has at least and at most so many of each group of items; None if there is none."""
    count = len(groups)
    entries = [(at, item) for at, (group, _, _) in enumerate(groups) for item in sorted(group)]
    row, column = np.array(entries, dtype=np.int64).reshape(-1, 2).T
    problem = LinearProgram(
        matrix=Matrix.from_triplets(count, items, row, column, np.ones(len(row))),
        row_lower=np.array([lower for _, lower, _ in groups]),
        row_upper=np.array([upper for _, _, upper in groups]),
        lower=np.zeros(items),
        upper=np.ones(items),
        integer=np.ones(items, dtype=bool),
        stages=(Stage("largest set", np.ones(items), maximize=True),),
        column_labels=Labels((Block("item", 0, items, {"item": np.arange(items)}),)),  # no mutant: a name alone
        row_labels=Labels((Block("known", 0, count, {"set": np.arange(count)}),)),  # no mutant: a name alone
    )
    answer = LiveModel(problem).solve()
    if answer.x is None:
        return None
    return frozenset(np.flatnonzero(np.rint(answer.x)).tolist())
