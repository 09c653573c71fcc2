"""Which funds pay for amounts that somebody else decided: those with which as few limits as possible are missed.

A benchmark plan says what each program gets, and not who pays. A linear program chooses the payers: every limit that
depends on them may be missed at a cost, and the least cost is searched for. Costs are then set anew, high where little
is missed (reweighted l1 minimization: Candes, Wakin and Boyd, Journal of Fourier Analysis and Applications 14, 2008),
so that few limits are missed and not many by a little. The audit judges each answer, and the best one is kept.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from budgetopt.analysis.infeasibility.elastic import money_of, with_slacks
from budgetopt.audit import Audit, SpendingPlan, audit_plan
from budgetopt.formulation import LinearProgram, Stage
from budgetopt.formulation.builder import Builder
from budgetopt.formulation.fund_rows import add_accounts, add_grants, add_who_pays, inflow, most_of_each, pays
from budgetopt.formulation.rules import compile_rules
from budgetopt.formulation.rules.linear_rule import LinearRule
from budgetopt.formulation.rules.rows import Terms, add_rules
from budgetopt.formulation.spending.positions import placed
from budgetopt.formulation.spending.terms import LevelTerms, OutcomeTerms, SpendingTerms, enter
from budgetopt.scenario.accuracy import amounts_of, counts_of
from budgetopt.scenario.programs import Bools, Floats, Ints
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import Options, Solution, Termination
from budgetopt.solvers.highs import LiveModel

__all__ = ["FundCapacity", "paid_by_funds"]

ROUNDS = 4
"""How often costs are set anew."""
SECONDS = 5.0
"""How long one search with all-or-nothing conditions of grants may take."""
FIRM = 1e3
"""How much more a limit of money counts than others where it comes before them."""
SMALL = 1e-3
"""The share of all money, or of a limit, by which a limit counts as missed by little."""


def paid_by_funds(
    scenario: Scenario,
    amounts: Floats,
    *,
    packages: Bools | None = None,
    units: Floats | None = None,
    stated: Floats | None = None,
) -> Audit:
    """Return the audit of the plan with given amounts, paid by the funds with which the fewest limits are missed.

    Parameters
    ----------
    amounts
        Dollars for each program; shape (programs, periods).
    packages, units
        As in :class:`budgetopt.SpendingPlan`.
    stated
        Dollars that each fund pays in any case; shape (programs, funds, periods). Left out, nothing is stated.
    """
    may = _payable(scenario)
    least = np.zeros(may.shape) if stated is None else stated
    found = [
        audit_plan(scenario, SpendingPlan(spending, transfers, packages, units))
        for spending, transfers in _choices(scenario, amounts, may, least)
    ]
    return min(found, key=misses)


def misses(audit: Audit) -> tuple[int, float]:
    """Return how many limits a plan misses, and by how much in dollars, those that are not in dollars left aside."""
    dollars = sum(one.excess for one in audit.violations if one.kind in _IN_DOLLARS)
    return len(audit.violations), float(dollars)


_IN_DOLLARS = ("fund balance", "reserve", "structural balance", "fund spending", "match", "maintenance of effort")


def _payable(scenario: Scenario) -> Bools:
    """Return which fund may pay for a program in a period; shape (programs, funds, periods).

    Where no fund may in a period, those that may in another one do, and where none may at all the first fund does: the
    audit then says so.
    """
    eligible = scenario.eligible.copy()
    eligible[~eligible.any(axis=1), :1] = True
    may: Bools = np.logical_and(eligible[:, :, None], pays(scenario)[None])
    return np.where(may.any(axis=1, keepdims=True), may, eligible[:, :, None])


def _choices(scenario: Scenario, amounts: Floats, may: Bools, least: Floats) -> Iterator[tuple[Floats, Floats]]:
    """Yield who pays, and the transfers, by the answers of the linear program; the shapes are those of a plan."""
    builder = Builder()
    terms = _payments(builder, amounts, may, least)
    most = np.maximum(most_of_each(scenario), amounts.sum(axis=0))
    add_accounts(builder, scenario, terms)
    add_grants(builder, scenario, terms, most)
    add_who_pays(builder, scenario, terms, most)
    _add_rules_on_funds(builder, scenario, terms)
    problem = _built(builder)
    row, sign = _elastic_rows(problem)
    bound = np.where(sign > 0, problem.row_lower[row], problem.row_upper[row])
    money = money_of(scenario)
    # shares of all money
    size = np.maximum(np.abs(bound) / money, SMALL)
    wider = with_slacks(problem, row, np.arange(len(row)), sign, 1.0 / size)
    live = LiveModel(wider, Options(time_limit=SECONDS if wider.is_integer else None))  # no mutant: no test waits
    before, of_money = np.zeros(problem.columns), _rows_of_money(problem)[row]
    # limits alike, and then those of money before the conditions of grants and rules
    for counts in (np.ones(len(row)), np.where(of_money, FIRM, 1.0)):
        cost = counts / size
        for _ in range(ROUNDS):
            live.set_costs(np.concatenate((before, cost)), maximize=False)
            answer = _uninterrupted(live.solve())
            if answer.x is None:
                answer = LiveModel(wider.relaxed()).solve()
            assert answer.x is not None, "every limit may be missed, so there is an answer"
            yield _read(scenario, problem, terms, answer.x, amounts)
            by = answer.x[problem.columns :]
            if not (by > scenario.cent).any():  # no mutant: this only saves rounds that find the same
                return  # no mutant: as above
            cost = counts / (by / money + SMALL * size)


def _rows_of_money(problem: LinearProgram) -> Bools:
    """Return which rows say what money a fund has, and how much of it must stay; shape (rows,)."""
    found = np.empty(problem.rows, dtype=bool)
    for block in problem.row_labels.blocks:
        found[block.positions] = block.kind in ("fund balance", "reserve", "structural balance")
    return found


def _payments(builder: Builder, amounts: Floats, may: Bools, least: Floats) -> SpendingTerms:
    """Add what each fund pays for each program, and the rows by which that is what the program gets."""
    program, fund, period = np.nonzero((may | (least > 0)) & (amounts > 0)[:, None, :])
    keys = {"program": program, "fund": fund, "period": period}
    column = builder.columns("spending", keys, least[program, fund, period], np.inf)
    terms = SpendingTerms(column, program, fund, period, np.ones(len(column)))
    cell = np.nonzero(amounts > 0)
    total = np.maximum(amounts, least.sum(axis=1))[cell]
    rows = builder.rows("program total", {"program": cell[0], "period": cell[1]}, total, total)
    enter(builder, placed(amounts.shape, cell, rows)[program, period], terms)
    return terms


def _add_rules_on_funds(builder: Builder, scenario: Scenario, terms: SpendingTerms) -> None:
    """Add the rules on money that depend on who pays it."""
    rules = [rule for rule in compile_rules(scenario).in_order if _asks_who_pays(rule)]
    shape, none = scenario.baselines.shape, np.empty(0, dtype=np.int64)
    outcomes = OutcomeTerms(none, none, none, none, np.empty(0), np.empty((shape[0], 0)))
    levels = LevelTerms(none, none, none, np.empty(0))
    limits = {("rule", at): scenario.limits.find("rule", rule.name) for at, rule in enumerate(scenario.rules)}
    add_rules(builder, rules, Terms(terms, outcomes, np.full(shape, -1), levels), limits, soft="")


def _asks_who_pays(rule: LinearRule) -> bool:
    of_money = all(term.outcome is None for term in rule.terms)
    return of_money and any(term.funds is not None and not term.funds.all() for term in rule.terms)


def _built(builder: Builder) -> LinearProgram:
    return builder.build([Stage("nothing", np.zeros(builder.column_count), maximize=False)], {}, None)


_WHO_PAYS = ("fixed part", "one payer")
"""Kinds of rows that keep a limit of a program, whose position they do not say."""


def _elastic_rows(problem: LinearProgram) -> tuple[Ints, Floats]:
    """Return the rows that may be missed, one entry a side, and 1 for the lower or -1 for the upper side.

    A fund's balance is missed by spending more than there is, and by nothing else; no more is transferred than may be.
    """
    may: Bools = problem.limit_of_rows >= 0
    balances, transfers = np.empty((2, problem.rows), dtype=bool)
    for block in problem.row_labels.blocks:
        may[block.positions] |= block.kind in _WHO_PAYS
        balances[block.positions] = block.kind == "fund balance"
        transfers[block.positions] = block.kind == "transfer"
    below = np.flatnonzero(may & ~balances & np.isfinite(problem.row_lower))
    above = np.flatnonzero(may & ~transfers & np.isfinite(problem.row_upper))
    return np.concatenate((below, above)), np.concatenate((np.ones(len(below)), -np.ones(len(above))))


def _read(
    scenario: Scenario, problem: LinearProgram, terms: SpendingTerms, x: Floats, amounts: Floats
) -> tuple[Floats, Floats]:
    """Return what a point pays and transfers, in whole cents but for the largest payment of each program."""
    spending = np.zeros((*scenario.eligible.shape, amounts.shape[1]))
    spending[terms.program, terms.fund, terms.period] = _in_cents(x[terms.column], scenario.cent)
    most = spending.argmax(axis=1)[:, None, :]
    rest = spending.sum(axis=1, keepdims=True) - np.take_along_axis(spending, most, axis=1)
    np.put_along_axis(spending, most, np.maximum(amounts[:, None, :] - rest, 0.0), axis=1)
    transfers = np.zeros((spending.shape[1], *spending.shape[1:]))
    for block in problem.column_labels.of_kind("transfer"):
        keys = (block.keys["fund"], block.keys["to"], block.keys["period"])
        transfers[keys] = _in_cents(x[block.start : block.stop], scenario.cent)
    return spending, transfers


def _in_cents(dollars: Floats, cent: float) -> Floats:
    return amounts_of(np.rint(counts_of(dollars, cent)), cent)


def _uninterrupted(answer: Solution) -> Solution:
    """Return an answer, or end as an interruption does: a solver that was stopped says nothing of what there is."""
    if answer.termination is Termination.INTERRUPTED:
        raise KeyboardInterrupt
    return answer


class FundCapacity:
    """Whether the funds have the money for amounts, with their reserves, structural balance, transfers and matches.

    Rules and the limits of programs are not looked at: they say what is asked of a plan, and not what there is. Where
    a fund cannot keep its reserve even if nothing is spent, it need not keep more than it can.

    Parameters
    ----------
    scenario
        The scenario.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario, self._money = scenario, float(inflow(scenario).sum())
        may, shares = _payable(scenario), scenario.fund_shares
        recurring = scenario.programs.flag("recurring", default=True)
        alike = np.column_stack(
            (may.reshape(len(may), may[0].size if len(may) else 0), recurring, np.nan_to_num(shares))
        )
        _, first, group = np.unique(alike, axis=0, return_index=True, return_inverse=True)
        # which programs are paid for alike; shape (programs,)
        self.group: Ints = np.asarray(group, dtype=np.int64).reshape(-1)
        builder = Builder()
        program, fund, period = np.nonzero(may[first])
        keys = {"program": program, "fund": fund, "period": period}
        column = builder.columns("spending", keys, 0.0, np.inf)
        groups, periods = len(first), len(scenario.periods)
        cell = tuple(grid.ravel() for grid in np.indices((groups, periods)))
        rows = builder.rows("program total", {"program": cell[0], "period": cell[1]}, 0.0, 0.0)
        by_group = SpendingTerms(column, program, fund, period, np.ones(len(column)))
        enter(builder, placed((groups, periods), cell, rows)[program, period], by_group)
        terms = SpendingTerms(column, first[program], fund, period, np.ones(len(column)))
        add_accounts(builder, scenario, terms)
        self._add_shares(builder, by_group, shares[first])
        self._add_matches(builder, by_group, groups)
        self._rows = rows
        self._live = self._at_nothing(_built(builder))

    def can_pay(self, amounts: Floats) -> bool:
        """Return whether there is the money for amounts; dollars, shape (programs, periods)."""
        demand = np.zeros((int(self.group.max(initial=-1)) + 1, amounts.shape[1]))
        np.add.at(demand, self.group, amounts)
        self._live.set_row_bounds(self._rows, demand.ravel(), demand.ravel())
        return _uninterrupted(self._live.solve()).termination is Termination.OPTIMAL

    def _add_shares(self, builder: Builder, terms: SpendingTerms, shares: Floats) -> None:
        fixed = np.flatnonzero(~np.isnan(shares[terms.program, terms.fund]))
        keys = {name: getattr(terms, name)[fixed] for name in ("program", "fund", "period")}
        row = builder.rows("fixed part", keys, 0.0, 0.0)
        builder.entries(row, terms.column[fixed], 1.0)
        shape = (*shares.shape, len(self.scenario.periods))
        row_of = placed(shape, (keys["program"], keys["fund"], keys["period"]), row)
        for payer in range(shares.shape[1]):
            # in the row of each payer stands what all of them pay
            part = -np.nan_to_num(shares[terms.program, payer])
            enter(builder, row_of[terms.program, payer, terms.period], terms, factor=part)

    def _add_matches(self, builder: Builder, terms: SpendingTerms, groups: int) -> None:
        funds, periods = list(self.scenario.funds), len(self.scenario.periods)
        asking = {name: fund.match for name, fund in self.scenario.funds.items() if fund.match is not None}
        for payer in dict.fromkeys(match.from_ for match in asking.values()):
            cell = tuple(grid.ravel() for grid in np.indices((groups, periods)))
            rows = builder.rows("match", {"program": cell[0], "period": cell[1]}, -np.inf, 0.0).reshape(groups, periods)
            enter(builder, rows[terms.program, terms.period], terms, terms.fund == funds.index(payer), -1.0)
            for name, match in asking.items():
                if match.from_ == payer:
                    granted = terms.fund == funds.index(name)
                    enter(builder, rows[terms.program, terms.period], terms, granted, match.dollars)

    def _at_nothing(self, problem: LinearProgram) -> LiveModel:
        """Return the live problem in which limits are missed by no more than they are if nothing is spent."""
        row, sign = _elastic_rows(problem)
        limited = np.flatnonzero(problem.limit_of_rows[row] >= 0)
        row, sign = row[limited], sign[limited]
        wider = with_slacks(problem, row, np.arange(len(row)), sign, np.ones(len(row)))
        live = LiveModel(wider)
        answer = _uninterrupted(live.solve())
        assert answer.x is not None, "every limit may be missed, so there is an answer"
        slack = problem.columns + np.arange(len(row))
        live.set_column_bounds(slack, np.zeros(len(slack)), np.maximum(answer.x[slack], 0.0))
        live.set_costs(np.zeros(wider.columns), maximize=False)
        return live
