"""A scenario as a linear program: a pure function, without files and without a solver."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from budgetopt.formulation.builder import Assembled, Builder
from budgetopt.formulation.fund_rows import add_accounts, add_grants, add_who_pays, most_available, most_of_each, pays
from budgetopt.formulation.linear_program import Bools, Floats, LinearProgram, TieBreak
from budgetopt.formulation.program_bounds import ProgramLimits, program_limits
from budgetopt.formulation.rules import CompiledRules, compile_rules
from budgetopt.formulation.rules.linear_rule import LinearRule
from budgetopt.formulation.rules.rows import RuleEntries, Terms, add_rules, counted, wanted
from budgetopt.formulation.rules.standing_in import add_stand_ins
from budgetopt.formulation.rules.year_to_year import add_year_to_year
from budgetopt.formulation.segments import Segments, Slopes, segments_of
from budgetopt.formulation.spending.continuous import Scaled, add_continuous
from budgetopt.formulation.spending.funded import add_funded
from budgetopt.formulation.spending.levels import levels_of
from budgetopt.formulation.spending.package_columns import add_packages
from budgetopt.formulation.spending.terms import LevelTerms, SpendingTerms, joined, outcome_terms, uses_of_fixed_costs
from budgetopt.formulation.spending.whole_units import add_whole_units
from budgetopt.formulation.stages import add_stages, is_goal_programming, wanted_outcomes
from budgetopt.scenario.accuracy import least_funding
from budgetopt.scenario.effects import Effects
from budgetopt.scenario.limits import Provision
from budgetopt.scenario.model import CHANGE, LARGEST_CUT
from budgetopt.scenario.packages import PackageTable
from budgetopt.scenario.programs import items_of
from budgetopt.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pulp

__all__ = ["Formulation", "formulate"]

NO_UNIT = 1e-9
"""Units below this number, or this share of all where these are fewer than one, are what a solver leaves of none."""


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """What a formulation is made of: rules, their entries, those of the matrix; and whether limits are left out."""

    compiled: CompiledRules
    rules: RuleEntries
    assembled: Assembled
    is_part: bool


@dataclass(frozen=True, slots=True)
class Formulation:
    """A linear program, and how its columns read in the scenario's words.

    Parameters
    ----------
    linear_program
        The problem to solve.
    terms
        Which columns make up what is spent, what they do to the outcomes, and which programs they fund.
    limits
        Floors and ceilings of the programs, and which words set them.
    prices
        Dollars for a unit of each program's level; shape (programs, periods).
    packages
        The decision packages.
    serves, whole
        Which programs are services, and of which of these only whole units can be served; shape (programs,).
    _made
        What near scenarios may use again, where it was asked for.
    """

    linear_program: LinearProgram
    terms: Terms
    limits: ProgramLimits
    prices: Floats
    packages: PackageTable
    serves: Bools
    whole: Bools
    _made: Made | None = None

    def given_by(self, program: int) -> Floats | None:
        """Return what a program's outcomes without any spending add to what rows of rules limit; shape (rows,).

        None where columns that can only be zero are left out.
        """
        return None if self._made is None else self._made.rules.given_by(program, self.linear_program.rows)

    def to_pulp(self) -> pulp.LpProblem:
        """Return a plain ``pulp.LpProblem``, to extend by hand or to give to another solver."""
        return self.linear_program.to_pulp()

    def spending_of(self, x: Floats) -> Floats:
        """Return what a point of the linear program spends; dollars, shape (programs, funds, periods)."""
        names = self.linear_program.column_labels.names
        spent = np.zeros((*self.limits.lower.shape, len(names["fund"])))
        terms = self.terms.spending
        np.add.at(spent, (terms.program, terms.period, terms.fund), terms.weight * x[terms.column])
        return np.ascontiguousarray(np.moveaxis(spent, 2, 1))

    def packages_of(self, x: Floats) -> Bools:
        """Return which packages a point takes in each period, or starts in it; shape (packages, periods)."""
        taken = np.zeros((len(self.packages), self.limits.lower.shape[1]), dtype=bool)
        for block in self.linear_program.column_labels.of_kind("package"):
            at = self.packages.at(block.keys["program"], block.keys["package"])
            taken[at, block.keys["period"]] = x[block.start : block.stop] > 0.5
        return taken

    def units_of(self, x: Floats) -> Floats:
        """Return the units of each service, within its limits, 0 for all other programs; shape (programs, periods)."""
        units, terms, limits = np.zeros(self.limits.lower.shape), self.terms.units, self.limits
        np.add.at(units, (terms.program, terms.period), terms.weight * x[terms.column])
        units = np.where(units > NO_UNIT * np.minimum(limits.most, 1.0), units, 0.0)
        within = np.clip(units, limits.fewest, np.maximum(limits.most, limits.fewest))
        units = np.where((units > 0) & (np.abs(within - units) <= 1e-6 * np.maximum(units, NO_UNIT)), within, units)
        return np.where(self.whole[:, None], np.rint(units), np.where(self.serves[:, None], units, 0.0))

    def transfers_of(self, x: Floats) -> Floats:
        """Return what a point transfers between funds; dollars, shape (from funds, to funds, periods)."""
        labels = self.linear_program.column_labels
        funds = len(labels.names["fund"])
        moved = np.zeros((funds, funds, len(labels.names["period"])))
        for block in labels.of_kind("transfer"):
            moved[block.keys["fund"], block.keys["to"], block.keys["period"]] = x[block.start : block.stop]
        return moved

    def stand_ins_of(self, x: Floats) -> Floats:
        """Return the units of a resource that each stand-in makes at a point; shape (stand-ins, periods)."""
        blocks = list(self.linear_program.column_labels.of_kind("stand-in"))
        periods = self.limits.lower.shape[1]
        made = [x[block.start : block.stop].reshape(-1, periods) for block in blocks]
        return np.maximum(made[0], 0.0) if made else np.zeros((0, periods))


def formulate(
    scenario: Scenario,
    *,
    suspended: Collection[Provision] = (),
    keep_all: bool = False,
    reusable: bool = False,
    like: Formulation | None = None,
) -> Formulation:
    """Say a scenario as a linear program.

    The columns are levels of programs, segment by segment, or what a fund pays for a program; decision packages;
    closing balances and transfers of funds; what resources make by standing in for others. Binary columns come only
    with a shape or a rule that needs them. See the formulation in the documentation for the mathematics.

    Parameters
    ----------
    suspended
        Limits that are left out. With ``keep_all`` the columns, rows and matrix stay those of the whole scenario,
        so that only limits differ and one live model can serve many such questions.
    keep_all
        Whether columns that can only be zero are kept.
    reusable, like
        Whether it keeps what near scenarios may use again, as one with all columns does; and the formulation of a near
        scenario that did: what is the same there is not worked out again.

    Returns
    -------
    Formulation
        The linear program and the terms that lead back to the scenario.
    """
    left_out = {scenario.limits.position(provision) for provision in suspended}
    builder = Builder(left_out)
    near = None if like is None else like._made
    limits = program_limits(scenario, left_out)
    compiled = compile_rules(scenario, None if near is None else near.compiled)
    rules = compiled.in_order
    terms, price = _add_programs(builder, scenario, limits, rules, keep_all=keep_all)
    if like is not None and near is not None and not near.is_part and terms.same_columns(like.terms):
        moved = _with_limits(like, near, builder, compiled, rules)
        if moved is not None:
            return replace(moved, terms=terms, limits=limits, prices=price)
    add_accounts(builder, scenario, terms.spending)
    most = most_of_each(scenario)
    add_grants(builder, scenario, terms.spending, most)
    add_who_pays(builder, scenario, terms.spending, most)
    names, find = _names(scenario), scenario.limits.find
    limit_of = {(rule.kind, rule.position): find(rule.kind, names[rule.kind][rule.position]) for rule in rules}
    soft = "target" if is_goal_programming(scenario) else ""
    goals, entries = add_rules(builder, rules, terms, limit_of, soft, None if near is None else near.rules)
    add_stand_ins(builder, scenario)
    add_year_to_year(builder, scenario, terms.spending)
    # a new program changes from nothing
    reference = np.nan_to_num(scenario.baselines)
    stages = add_stages(builder, scenario, terms, reference, goals)
    tie_break = _tie_break(scenario, terms.spending, reference)
    problem = builder.build(stages, names, tie_break, None if near is None else near.assembled)
    made = Made(compiled, entries, builder.assembled, builder.leaves_out) if keep_all or reusable else None
    serves, whole = scenario.programs.has("service.unit_cost"), scenario.programs.flag("service.whole", default=False)
    return Formulation(problem, terms, limits, price, scenario.packages, serves, whole, made)


def _tie_break(scenario: Scenario, spending: SpendingTerms, reference: Floats) -> TieBreak:
    group = spending.program * len(scenario.periods) + spending.period
    settled = any(objective.minimize == CHANGE and not objective.within for objective in scenario.objective)
    even = any(objective.minimize == LARGEST_CUT for objective in scenario.objective)
    return TieBreak(group, spending.column, spending.weight, reference.ravel(), settled, even)


def _with_limits(
    like: Formulation, near: Made, builder: Builder, compiled: CompiledRules, rules: Sequence[LinearRule]
) -> Formulation | None:
    """Return a formulation with other limits of programs, those of a builder, and of rules; None if more differs."""
    if not compiled.is_same_but_for_limits(near.compiled):
        return None
    problem, entries = near.rules.with_limits(like.linear_program, rules)
    begun = builder.begin_of(problem, near.assembled)
    if begun is None:
        return None
    made = Made(compiled, entries, builder.assembled, builder.leaves_out)
    return replace(like, linear_program=begun, _made=made)


def _add_programs(
    builder: Builder, scenario: Scenario, limits: ProgramLimits, rules: Sequence[LinearRule], *, keep_all: bool
) -> tuple[Terms, Floats]:
    """Add the columns of programs; return what they read as, and the dollars for a unit of each program's level."""
    programs, outcome_count = len(scenario.programs), len(scenario.outcomes) + len(scenario.resources)
    effects = _together(scenario.effects, scenario.uses, len(scenario.outcomes))
    segments, slopes = segments_of(effects, programs)
    more, less = wanted(rules, outcome_count, programs)
    for wants, objective in zip((more, less), wanted_outcomes(scenario), strict=True):
        wants[: len(objective)] |= objective[:, None]
    may_pay, counts = pays(scenario), counted(rules, programs)
    levels = levels_of(scenario, limits, most_available(scenario))
    skips = _out_of_order(effects, segments, slopes, more, less)
    # a segment that begins at the ceiling or beyond it is never used, so nothing need keep it in order
    skips &= segments.start < levels.upper.max(axis=1)[segments.program]

    packaged = np.zeros(programs, dtype=bool)
    packaged[scenario.packages.program] = True
    minimum = np.zeros(programs, dtype=bool)
    for key in ("if_funded.at_least", "if_funded.fixed_cost"):
        minimum |= np.nan_to_num(scenario.programs.number(key)) > 0
    eligible, opens = scenario.eligible & ~packaged[:, None], (minimum | counts) & ~packaged
    least = least_funding(scenario)
    programs_scaled = Scaled(
        ~packaged, eligible, may_pay, segments, limits, levels, opens, counts, skips, least, keep_all
    )
    scaled, carriers, opened = add_continuous(builder, programs_scaled)
    chosen, served, packages = add_packages(
        builder, scenario, scenario.eligible & packaged[:, None], may_pay, limits, keep_all=keep_all
    )
    outcomes = outcome_terms(effects, slopes, carriers, outcome_count, programs).with_more(served)
    outcomes = outcomes.with_more(uses_of_fixed_costs(scenario, opened))
    units = LevelTerms(carriers.column, segments.program[carriers.segment], carriers.period, carriers.factor)
    add_whole_units(builder, scenario, units, limits.most)
    terms = Terms(joined([scaled, chosen]), outcomes, add_funded(builder, opened, counts, packages), units)
    return terms, levels.price


def _names(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """Return the names behind the positions in the labels of rows and columns."""
    funds, outcomes = tuple(scenario.funds), tuple(scenario.outcomes)
    return {
        "program": tuple(scenario.programs.ids.tolist()),
        "fund": funds,
        "to": funds,
        "period": scenario.periods,
        "rule": tuple(rule.name for rule in scenario.rules),
        "target": outcomes,
        "outcome": outcomes,
        "resource": tuple(scenario.resources),
        "by": tuple(scenario.resources),
    }


def _together(effects: Effects, uses: Effects, outcomes: int) -> Effects:
    """Return effects on outcomes and uses of resources as one: the resources follow the outcomes."""
    if not len(uses):
        return effects
    program = np.concatenate((effects.program, uses.program))
    outcome = np.concatenate((effects.outcome, uses.outcome + outcomes))
    lengths = np.concatenate((np.diff(effects.offsets), np.diff(uses.offsets)))
    order = np.lexsort((outcome, program))
    items, offsets = items_of(np.concatenate(([0], np.cumsum(lengths))), order)
    return Effects(
        program[order],
        outcome[order],
        offsets,
        np.concatenate((effects.spending, uses.spending))[items],
        np.concatenate((effects.value, uses.value))[items],
        np.concatenate((effects.tail, uses.tail))[order],
    )


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
