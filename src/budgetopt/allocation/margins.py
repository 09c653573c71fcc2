"""What the next unit of each program that is scaled adds, and what money, resources and rules charge for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from budgetopt.formulation.linear_program import LinearProgram
from budgetopt.scenario.programs import Bools, Floats, Ints

if TYPE_CHECKING:
    from budgetopt.allocation.allocation import Allocation

__all__ = ["Margins", "margins_of", "money_buys_more"]

FULL, SAME = 1e-7, 1e-9
"""The shares of a limit, and of what is charged, that are taken for nothing."""


class AskedFor(NamedTuple):
    """A program that a rule or target asks for: its row, the kind and the name of that, and whether others may do.

    ``alike`` is whether a dollar of another program would lose as little, and do what the rule or target asks for.
    """

    row: int
    kind: str
    name: str
    alike: bool


@dataclass(frozen=True, slots=True, eq=False)
class Margins:
    """The next column of each program, in the first period that it could grow in; every array: shape (programs,).

    Parameters
    ----------
    worth
        What a unit of it adds to the first objective by itself; NaN where nothing can grow.
    money, resource, other
        What funds, resources, and rules and targets charge for it.
    scarcest
        The resource that charges most, -1 without any.
    here, there
        What a unit of that resource buys here, and at the least where it is used.
    asked
        The funded programs whose spending adds nothing by itself, each with the limit that asks for it.
    """

    worth: Floats
    money: Floats
    resource: Floats
    other: Floats
    scarcest: Ints
    here: Floats
    there: Floats
    asked: tuple[AskedFor, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Charges:
    """What a unit of each column adds to the first objective by itself, and what is charged for it.

    ``worth``, ``money`` and ``other`` have shape (columns,), ``resources`` (resources, columns); ``limit_of`` and
    ``resource_of`` are the position of the limit and of the resource that each row keeps, -1 for none. ``rules`` are
    the prices of the rows of rules and targets, 0 in all others.
    """

    worth: Floats
    money: Floats
    other: Floats
    resources: Floats
    limit_of: Ints
    resource_of: Ints
    rules: Floats


def margins_of(plan: Allocation) -> Margins | None:
    """Return the margins by the prices of the first objective; None where a plan has no prices."""
    problem, x, charges = plan.formulation.linear_program, plan.solver_result.x, _charges_of(plan)
    if charges is None:
        return None
    assert x is not None, "a plan is made of a point"
    worth, money, other, resources = charges.worth, charges.money, charges.other, charges.resources
    column = _next_columns(plan, problem, x)
    has = column >= 0
    at = np.maximum(column, 0)
    if len(resources):
        scarcest = np.where(resources[:, at].max(axis=0) > 0, resources[:, at].argmax(axis=0), -1)
        total = resources.sum(axis=0)
    else:
        scarcest, total = np.full(len(at), -1), np.zeros(problem.columns)
    here, there = _buys(problem, x, worth - money - other, charges.resource_of, scarcest, at)
    figures = (np.where(has, worth[at], np.nan), money[at], total[at], other[at])
    asked = tuple(_asked_for(plan, charges))
    return Margins(*figures, np.where(has, scarcest, -1), here, there, asked)


def money_buys_more(plan: Allocation) -> Bools:
    """Return the programs of packages each of which is worth less than its money is elsewhere; shape (programs,)."""
    problem, programs = plan.formulation.linear_program, len(plan.scenario.programs)
    offered, worthwhile = np.zeros(programs, dtype=bool), np.zeros(programs, dtype=bool)
    charges = _charges_of(plan) if len(plan.scenario.packages) else None
    if charges is None:
        return offered
    for block in problem.column_labels.of_kind("package"):
        program, worth, money = block.keys["program"], charges.worth[block.positions], charges.money[block.positions]
        offered[program] = True
        worthwhile[program[~((money > 0) & (worth <= money))]] = True
    return offered & ~worthwhile


def _charges_of(plan: Allocation) -> _Charges | None:
    """Return the charges by the prices of the first objective; None where a plan has no prices."""
    problem, prices = plan.formulation.linear_program, _prices(plan)
    if prices is None:
        return None
    stage = problem.stages[0]
    worth = -stage.sign * stage.cost_for(problem.columns)
    limit_of = problem.limit_of_rows
    is_money, is_other, resource_of = _kinds(plan, limit_of)
    charged = problem.matrix.transpose_times
    money, other = charged(np.where(is_money, prices, 0.0)), charged(np.where(is_other, prices, 0.0))
    resources = np.array(
        [charged(np.where(resource_of == at, prices, 0.0)) for at in range(len(plan.scenario.resources))]
    ).reshape(len(plan.scenario.resources), problem.columns)
    # what several funds pay for one program reaches its segments and packages through a row that links them
    linking = np.zeros(problem.rows, dtype=bool)
    for block in problem.row_labels.of_kind("link"):
        linking[block.positions] = True
    linked, dollars = charged(np.where(linking, prices, 0.0)), np.abs(charged(linking.astype(np.float64)))
    of_rules = dollars * _rules_of_payment(plan, problem, money, other)
    money, other = money + linked - of_rules, other + of_rules
    rules = np.where(is_other, prices, 0.0)
    return _Charges(worth, money, other, resources, limit_of, resource_of, rules)


def _rules_of_payment(plan: Allocation, problem: LinearProgram, money: Floats, other: Floats) -> Floats:
    """Return what rules charge for a dollar of columns that several funds pay for; shape (columns,), 0 in all others.

    It is what they charge for a dollar of the fund whose dollar costs least for the program in the period.
    """
    shape = (len(plan.scenario.programs), len(plan.scenario.periods))
    least, found = np.full(shape, np.inf), np.zeros(problem.columns)
    rules = np.zeros(shape)  # no mutant: a program that no link charges has no dollars to be charged for
    for block in problem.column_labels.of_kind("spending"):
        cell, at = (block.keys["program"], block.keys["period"]), block.positions
        total = money[at] + other[at]
        np.minimum.at(least, cell, total)
        cheapest = total <= least[cell]
        rules[cell[0][cheapest], cell[1][cheapest]] = other[at][cheapest]
    for kind in ("segment", "package"):
        for block in problem.column_labels.of_kind(kind):
            found[block.positions] = rules[block.keys["program"], block.keys["period"]]
    return found


def _prices(plan: Allocation) -> Floats | None:
    """Return the prices of the rows, around the integer decisions if there are any; None where there are none."""
    problem, result = plan.formulation.linear_program, plan.solver_result
    dual = result.solution.row_dual
    if dual is None and result.held is not None:
        dual = result.held.solution.row_dual
    return None if dual is None or len(dual) != problem.rows else -problem.stages[0].sign * dual


def _asked_for(plan: Allocation, charges: _Charges) -> Iterator[AskedFor]:
    """Yield :attr:`Margins.asked`."""
    problem, x = plan.formulation.linear_program, plan.solver_result.x
    assert x is not None, "a plan has a point"
    matrix, prices, worth = problem.matrix, charges.rules, charges.worth
    favoured = matrix.transpose_times(prices) < 0
    programs = len(plan.scenario.programs)
    adds, asked, open_ones = np.zeros(programs, dtype=bool), np.full(programs, -1), np.zeros(programs, dtype=bool)
    charged = charges.money + charges.other + charges.resources.sum(axis=0)
    costless = worth - charged >= -SAME * (np.abs(worth) + np.abs(charges.money) + np.abs(charges.other))
    for block in problem.column_labels.of_kind("segment"):
        used = (x[block.positions] > FULL) & ~problem.integer[block.positions]
        program, position = block.keys["program"], block.positions
        adds[program[used & (worth[position] > 0)]] = True
        at = used & favoured[position]
        asked[program[at]] = position[at]
        open_ones[program[_grow(problem, x, position) & favoured[position] & costless[position]]] = True
    for row in np.flatnonzero((asked >= 0) & ~adds).tolist():
        entries = slice(*matrix.starts[asked[row] : asked[row] + 2].tolist())
        charge = matrix.value[entries] * prices[matrix.index[entries]]
        limit = plan.scenario.limits[int(charges.limit_of[matrix.index[entries][np.argmin(charge)]])]
        yield AskedFor(row, limit.kind, limit.name, bool(np.delete(open_ones, row).any()))


def _kinds(plan: Allocation, limit_of: Ints) -> tuple[Bools, Bools, Ints]:
    """Return which rows are limits of money, which of rules and targets, and the resource of each other row or -1."""
    names, kept = list(plan.scenario.resources), limit_of >= 0
    found, at = np.unique(limit_of[kept], return_inverse=True)
    limits = [plan.scenario.limits[position] for position in found.tolist()]
    of_funds = np.array([limit.path[0] == "funds" for limit in limits], dtype=bool)
    of_resource = np.array([names.index(limit.name) if limit.kind == "resource" else -1 for limit in limits], dtype=int)
    money, resource, other = np.zeros(len(kept), dtype=bool), np.full(len(kept), -1), np.zeros(len(kept), dtype=bool)
    money[kept], resource[kept] = of_funds[at], of_resource[at]
    other[kept] = (~of_funds & (of_resource < 0))[at]
    return money, other, resource


def _next_columns(plan: Allocation, problem: LinearProgram, x: Floats) -> Ints:
    """Return the first column of each program that is not full, -1 where all are; shape (programs,)."""
    found = np.full(len(plan.scenario.programs), -1)
    for kind in ("spending", "segment"):
        for block in problem.column_labels.of_kind(kind):
            grows = _grow(problem, x, block.positions)
            position, program = block.positions[grows], block.keys["program"][grows]
            found[program[::-1]] = position[::-1]
    return found


def _grow(problem: LinearProgram, x: Floats, columns: Ints) -> Bools:
    """Return which of some columns are not full; shape (columns,) of these."""
    upper = problem.upper[columns]
    return x[columns] < upper - FULL * np.maximum(np.where(np.isfinite(upper), upper, 1.0), 1.0)


def _buys(
    problem: LinearProgram, x: Floats, net: Floats, resource_of: Ints, scarcest: Ints, column: Ints
) -> tuple[Floats, Floats]:
    """Return what a unit of each program's scarcest resource buys here, and at the least where it is used."""
    here, there = np.full(len(column), np.nan), np.full(len(column), np.nan)
    matrix, column_of = problem.matrix, problem.matrix.column_of_entry()
    for position in np.unique(scarcest[scarcest >= 0]).tolist():
        entries = np.flatnonzero(resource_of[matrix.index] == position)
        use = np.bincount(column_of[entries], matrix.value[entries], minlength=problem.columns)
        with np.errstate(divide="ignore", invalid="ignore"):
            buys = net / use
        used = (use > 0) & (x > FULL) & ~problem.integer
        mine = scarcest == position
        here[mine] = buys[column[mine]]
        if used.any():
            there[mine] = buys[used].min()
    return here, there
