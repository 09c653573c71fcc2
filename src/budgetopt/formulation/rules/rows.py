"""Put linear rules into the matrix."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from budgetopt.formulation.builder import Builder
from budgetopt.formulation.linear_program import Bools, Floats, Ints, LinearProgram
from budgetopt.formulation.rules.linear_rule import LinearRule, Weighted
from budgetopt.formulation.spending.funded import add_ever_funded
from budgetopt.formulation.spending.terms import LevelTerms, OutcomeTerms, SpendingTerms
from budgetopt.scenario.programs import items_of

__all__ = ["RuleEntries", "Terms", "add_rules", "counted", "wanted"]


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """What the columns that stand so far read as.

    Parameters
    ----------
    spending, outcomes
        What they spend, and what they do to outcomes and resources.
    funded
        The column that says whether a program is funded, -1 where no rule asks; shape (programs, periods).
    units
        The levels of programs that are scaled: the units of those that have a service.
    """

    spending: SpendingTerms
    outcomes: OutcomeTerms
    funded: Ints
    units: LevelTerms

    def same_columns(self, other: Terms) -> bool:
        """Return whether every column spends and does the same, and stands for the same."""
        pairs = ((self.spending, other.spending), (self.outcomes, other.outcomes), (self.units, other.units))
        return np.array_equal(self.funded, other.funded) and all(
            np.array_equal(getattr(one, item.name), getattr(another, item.name))
            for one, another in pairs
            for item in fields(one)
            if item.name != "constant"
        )


SMALL_REST = 1e-3
"""A rest that is less than this share of both numbers has lost digits of theirs."""
DIGITS = 14
"""The digits behind the first that floating-point numbers keep of what is written."""
_FEW = 4
"""Where a rule is about less than one program in so many, its terms are looked up program by program."""


@dataclass(frozen=True, slots=True, eq=False)
class RuleEntries:
    """The entries of the rows of linear rules, to be used again where a near scenario says the same sums.

    Parameters
    ----------
    rules
        The linear rules with rows.
    terms
        What the columns read as.
    entries
        Of each rule the row, counted from its first, the column and the value of each entry.
    rows
        Of each rule its rows, and the periods that each is about, shape (its rows, periods).
    """

    rules: list[LinearRule]
    terms: Terms
    entries: list[tuple[Ints, Ints, Floats]]
    rows: list[tuple[Ints, Bools]]

    def of(self, place: int, rule: LinearRule) -> tuple[Ints, Ints, Floats] | None:
        """Return the entries of a rule if the one in its place has the same sums, over the same periods."""
        return self.entries[place] if place < len(self.rules) and rule.says_same(self.rules[place]) else None

    def with_limits(self, problem: LinearProgram, rules: Sequence[LinearRule]) -> tuple[LinearProgram, RuleEntries]:
        """Return a problem with the limits that rules of the same sums set, and the entries as theirs."""
        rules = [rule for rule in rules if rule.rows]
        row_lower, row_upper = problem.row_lower.copy(), problem.row_upper.copy()
        for rule, own, (rows, _) in zip(rules, self.rules, self.rows, strict=True):
            if rule is not own:
                _, row_lower[rows], row_upper[rows] = _rows_of(rule, self.terms.outcomes.constant)
        return replace(problem, row_lower=row_lower, row_upper=row_upper), replace(self, rules=rules)

    def given_by(self, program: int, count: int) -> Floats:
        """Return what a program's outcomes without any spending add to what rows limit, shape (rows,).

        ``count`` is the number of rows of the problem.
        """
        found, constant = np.zeros(count), np.zeros_like(self.terms.outcomes.constant)
        constant[program] = self.terms.outcomes.constant[program]
        for rule, (rows, masks) in zip(self.rules, self.rows, strict=True):
            found[rows] += _given(rule, masks, constant)
        return found


def wanted(rules: Sequence[LinearRule], outcomes: int, programs: int) -> tuple[Bools, Bools]:
    """Return where more of an outcome helps to keep some rule, and where less does; shape (outcomes, programs) both."""
    more, less = np.zeros((outcomes, programs), dtype=bool), np.zeros((outcomes, programs), dtype=bool)
    for rule in rules:
        for row in rule.rows:
            for outcome in {term.outcome for term in rule.terms if term.outcome is not None}:
                active = [term for term in rule.terms if term.outcome == outcome and _meets(term, row.periods)]
                # terms that hold in different periods are not netted: each may want its own way
                always = np.zeros(programs)
                for term in active:
                    always += term.weight if term.periods is None else 0.0
                weights = [always, *(always + term.weight for term in active if term.periods is not None)]
                for weight in weights:
                    more[outcome] |= (weight > 0) & np.isfinite(row.lower) | (weight < 0) & np.isfinite(row.upper)
                    less[outcome] |= (weight < 0) & np.isfinite(row.lower) | (weight > 0) & np.isfinite(row.upper)
    return more, less


def _meets(term: Weighted, periods: Bools) -> bool:
    return term.periods is None or bool((term.periods & periods).any())


def counted(rules: Sequence[LinearRule], programs: int) -> Bools:
    """Return the programs that some rule counts as funded or not; shape (programs,)."""
    found = np.zeros(programs, dtype=bool)
    for rule in rules:
        for term in rule.terms:
            if term.funded and rule.rows:
                found |= term.weight != 0
    return found


def add_rules(
    builder: Builder,
    rules: Sequence[LinearRule],
    terms: Terms,
    limits: Mapping[tuple[str, int], int],
    soft: str,
    like: RuleEntries | None = None,
) -> tuple[list[tuple[int, Ints]], RuleEntries]:
    """Add the rows of every linear rule, labelled with the position of its limit by its kind and position.

    Rules of the kind ``soft`` are goals and no limits: they get columns for what they are short of or beyond. Returned
    are the position of each and these columns; and the entries of all rules. Those of a near scenario may be given.
    """
    held = _TermsOfPrograms()
    goals, made = [], RuleEntries([rule for rule in rules if rule.rows], terms, [], [])
    like = like if like is not None and terms.same_columns(like.terms) else None
    for place, rule in enumerate(made.rules):
        masks, lower, upper = _rows_of(rule, terms.outcomes.constant)
        count = len(rule.rows)
        period = np.where(masks.sum(axis=1) == 1, masks.argmax(axis=1), -1)
        keys = {rule.kind: np.full(count, rule.position), "period": period}
        if rule.group >= 0:
            keys["group"] = np.full(count, rule.group)
        limit, part = limits[rule.kind, rule.position], rule.group if rule.part is None else rule.part
        rows = builder.rows(rule.kind, keys, lower, upper, limit=limit, part=part)
        entries = None if like is None else like.of(place, rule)
        made.entries.append(_entries(builder, rule, terms, masks, held) if entries is None else entries)
        made.rows.append((rows, masks))
        row, column, value = made.entries[-1]
        builder.entries(rows[row], column, value)
        if rule.kind == soft:
            under = builder.columns("shortfall", keys, 0.0, np.where(np.isfinite(lower), np.inf, 0.0))
            over = builder.columns("excess", keys, 0.0, np.where(np.isfinite(upper), np.inf, 0.0))
            builder.entries(rows, under, 1.0)
            builder.entries(rows, over, -1.0)
            goals.append((rule.position, np.concatenate((under, over))))
    return goals, made


def _entries(
    builder: Builder, rule: LinearRule, terms: Terms, masks: Bools, held: _TermsOfPrograms
) -> tuple[Ints, Ints, Floats]:
    """Return the entries of the rows of a rule: the row, counted from the first, the column and the value of each."""
    found = []
    for term in rule.terms:
        column, when, weight = _columns(builder, term, terms, masks, held)
        inside = masks[:, when] if when is not None else np.ones((len(masks), len(column)), dtype=bool)
        row, place = np.nonzero(inside)
        found.append((row, column[place], weight[place]))
    row, column, weight = (np.concatenate(part) for part in zip(*found, strict=True))
    return row, column, weight


def _rows_of(rule: LinearRule, constant: Floats) -> tuple[Bools, Floats, Floats]:
    """Return the periods that each row of a rule is about, (rows, periods), and its limits, shape (rows,) both.

    What the outcomes are without any spending, ``constant``, is not the plan's doing: it moves to the limits.
    """
    masks, lower, upper = (np.array(part) for part in zip(*rule.rows, strict=True))
    given = _given(rule, masks, constant)
    return masks, _without(lower, given), _without(upper, given)


def _without(limits: Floats, given: Floats) -> Floats:
    """Return limits less what is given, (rows,): a small rest of large numbers in the digits in which they are written.

    Of 900.00001 less 900 the binary difference has eight right digits, and a plan that keeps the limit misses it.
    """
    rest: Floats = limits - given
    size = np.maximum(np.abs(limits), np.abs(given))
    for at in np.flatnonzero(np.isfinite(rest) & (given != 0) & (np.abs(rest) < SMALL_REST * size)).tolist():
        rest[at] = round(rest[at], DIGITS - math.floor(math.log10(size[at])))
    return rest


def _given(rule: LinearRule, masks: Bools, constant: Floats) -> Floats:
    given = np.zeros(len(masks))
    for term in rule.terms:
        if term.outcome is not None:
            held = masks if term.periods is None else masks & term.periods
            given += held.sum(axis=1) * float(term.weight @ constant[:, term.outcome])
    return given


def _columns(
    builder: Builder, term: Weighted, terms: Terms, masks: Bools, held: _TermsOfPrograms
) -> tuple[Ints, Ints | None, Floats]:
    """Return the columns of a term, the period of each (None if they stand for all periods of the row), its weight."""
    if term.funded:
        programs = np.flatnonzero(term.weight)
        if len(masks) == 1 and masks[0].sum() > 1:
            ever = add_ever_funded(builder, terms.funded, programs, np.flatnonzero(masks[0]))
            return ever, None, term.weight[programs]
        periods = terms.funded.shape[1]
        column = terms.funded[programs].ravel()
        can = column >= 0  # a program that can never be funded has no column, and counts for nothing
        period, weight = np.tile(np.arange(periods), len(programs)), np.repeat(term.weight[programs], periods)
        return column[can], period[can], weight[can]
    if term.units:
        levels = terms.units
        which = held.of("units", levels.program, term.weight)
        column, period, weight = levels.column[which], levels.period[which], levels.weight[which]
        weight = term.weight[levels.program[which]] * weight
    elif term.outcome is None:
        spending = terms.spending
        which = held.of("spending", spending.program, term.weight)
        weight = term.weight[spending.program[which]] * spending.weight[which]
        if term.funds is not None:
            weight = weight * term.funds[spending.fund[which]]
        column, period = spending.column[which], spending.period[which]
    else:
        outcomes = terms.outcomes
        which = held.of("outcomes", outcomes.program, term.weight)
        weight = term.weight[outcomes.program[which]] * outcomes.weight[which]
        weight = np.where(outcomes.outcome[which] == term.outcome, weight, 0.0)
        column, period = outcomes.column[which], outcomes.period[which]
    kept = weight != 0
    if term.periods is not None:
        kept &= term.periods[period]
    return column[kept], period[kept], weight[kept]


class _TermsOfPrograms:
    """Finds the terms of the programs that a rule is about; each kind of terms is put in order once."""

    def __init__(self) -> None:
        self._ordered: dict[str, tuple[Ints, Ints]] = {}

    def of(self, kind: str, program: Ints, weight: Floats) -> Ints | slice:
        """Return the positions of the terms of programs with a weight; all of them where most have one.

        ``program`` is that of each term, shape (terms,); ``weight`` that of each program, shape (programs,).
        """
        programs = np.flatnonzero(weight)
        if _FEW * len(programs) > len(weight):
            return slice(None)
        if kind not in self._ordered:
            order = np.argsort(program, kind="stable")
            self._ordered[kind] = order, np.searchsorted(program[order], np.arange(len(weight) + 1))
        order, first = self._ordered[kind]
        return order[items_of(first, programs)[0]]
