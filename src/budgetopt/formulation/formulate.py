"""A scenario as a linear program: a pure function, without files and without a solver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.formulation.builder import Builder
from budgetopt.formulation.funds import add_funds, most_available
from budgetopt.formulation.limits import ProgramLimits, program_limits
from budgetopt.formulation.linear_program import Bools, Floats, LinearProgram, TieBreak
from budgetopt.formulation.objective import add_stages, sought
from budgetopt.formulation.rules import compile_rules
from budgetopt.formulation.rules.rows import add_rules, wanted
from budgetopt.formulation.segments import Segments, Slopes, segments_of
from budgetopt.formulation.spending import OutcomeTerms, SpendingTerms, add_spending, outcome_terms
from budgetopt.scenario.effects import Effects
from budgetopt.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pulp

__all__ = ["Formulation", "formulate"]


@dataclass(frozen=True, slots=True)
class Formulation:
    """A linear program, and how its columns read in the scenario's words.

    Parameters
    ----------
    linear_program
        The problem to solve.
    spending, outcomes
        Which columns make up what is spent, and what they do to the outcomes.
    limits
        Floors and ceilings of the programs, and which words set them.
    """

    linear_program: LinearProgram
    spending: SpendingTerms
    outcomes: OutcomeTerms
    limits: ProgramLimits

    def to_pulp(self) -> pulp.LpProblem:
        """Return a plain ``pulp.LpProblem``, to extend by hand or to give to another solver."""
        return self.linear_program.to_pulp()

    def spending_of(self, x: Floats) -> Floats:
        """Return what a point of the linear program spends; dollars, shape (programs, funds, periods)."""
        names = self.linear_program.column_labels.names
        spent = np.zeros((*self.limits.lower.shape, len(names["fund"])))
        terms = self.spending
        np.add.at(spent, (terms.program, terms.period, terms.fund), terms.weight * x[terms.column])
        return np.ascontiguousarray(np.moveaxis(spent, 2, 1))

    def transfers_of(self, x: Floats) -> Floats:
        """Return what a point transfers between funds; dollars, shape (from funds, to funds, periods)."""
        labels = self.linear_program.column_labels
        funds = len(labels.names["fund"])
        moved = np.zeros((funds, funds, len(labels.names["period"])))
        for block in labels.of_kind("transfer"):
            moved[block.keys["fund"], block.keys["to"], block.keys["period"]] = x[block.start : block.stop]
        return moved


def formulate(scenario: Scenario) -> Formulation:
    """Say a scenario as a linear program.

    The columns are dollars: of a segment of a program's spending, or of a fund's payment to a program; closing balances
    and transfers of funds. Binary columns come only with a shape that needs them. See the formulation in the
    documentation for the mathematics.

    Returns
    -------
    Formulation
        The linear program and the terms that lead back to the scenario.
    """
    programs, effects = len(scenario.programs), scenario.effects
    builder = Builder()
    limits = program_limits(scenario)
    segments, slopes = segments_of(effects, programs)
    rules = compile_rules(scenario)

    more, less = wanted(rules, len(scenario.outcomes), programs)
    seek_more, seek_less = sought(scenario)
    more |= seek_more[:, None]
    less |= seek_less[:, None]
    skips = _out_of_order(effects, segments, slopes, more, less)
    # a segment that begins at the ceiling or beyond it is never used, so nothing need keep it in order
    skips &= segments.start < limits.upper.max(axis=1)[segments.program]

    spending, carriers = add_spending(builder, scenario.eligible, segments, limits, skips, most_available(scenario))
    outcomes = outcome_terms(effects, slopes, carriers, len(scenario.outcomes), programs)
    add_funds(builder, scenario, spending)
    add_rules(builder, rules, spending, outcomes)
    # a new program changes from nothing
    reference = np.repeat(np.nan_to_num(scenario.programs.baseline())[:, None], len(scenario.periods), axis=1)
    stages = add_stages(builder, scenario, spending, outcomes, reference)

    tie_break = TieBreak(
        spending.program * len(scenario.periods) + spending.period,
        spending.column,
        spending.weight,
        reference.ravel(),
    )
    names = {
        "program": tuple(scenario.programs.ids.tolist()),
        "fund": tuple(scenario.funds),
        "to": tuple(scenario.funds),
        "period": scenario.periods,
        "rule": tuple(rule.name for rule in scenario.rules),
        "target": tuple(scenario.outcomes),
    }
    return Formulation(builder.build(stages, names, tie_break), spending, outcomes, limits)


def _out_of_order(effects: Effects, segments: Segments, slopes: Slopes, more: Bools, less: Bools) -> Bools:
    """Return the segments that it would pay to use before those below them are full; shape (segments,).

    A segment is one if some outcome that is wanted rises faster there than just below it, or one that is unwanted
    slower. ``more`` and ``less`` say where an outcome is wanted and unwanted; shape (outcomes, programs).
    """
    out = np.zeros(len(segments), dtype=bool)
    if len(slopes.effect) < 2:
        return out
    next_to = (slopes.effect[1:] == slopes.effect[:-1]).nonzero()[0] + 1
    before, after = slopes.slope[next_to - 1], slopes.slope[next_to]
    # slopes are quotients: what differs in the last digits only is the same
    differs = np.abs(after - before) > 1e-9 * np.maximum(np.abs(after), np.abs(before))
    outcome, program = effects.outcome[slopes.effect[next_to]], effects.program[slopes.effect[next_to]]
    skips = differs & ((after > before) & more[outcome, program] | (after < before) & less[outcome, program])
    out[slopes.segment[next_to[skips]]] = True
    return out
