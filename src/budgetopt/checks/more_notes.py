"""Remarks on projects, grants, rules that go round and costs that grow: no errors, and worth a look."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from budgetopt.checks.shape_checks import A_CENT
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.model import RequiresRule
from budgetopt.scenario.programs import Bools, Floats
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import select
from budgetopt.scenario.words import listed, money

__all__ = ["notes_on_grants", "notes_on_logic", "notes_on_prices", "notes_on_projects", "some"]

_MOST_NAMES = 5


def some(scenario: Scenario, chosen: Bools, one: str, many: str) -> Iterator[str]:
    """Yield one sentence on the chosen programs, if there are any; ``{}`` is their number or name."""
    names = scenario.programs.ids[chosen].tolist()
    if len(names) == 1:
        yield one.format(f"program '{names[0]}'")
    elif names:
        yield f"{many.format(f'{len(names):,} programs')}: {listed(names, _MOST_NAMES)}"


def notes_on_projects(scenario: Scenario) -> Iterator[str]:
    """Yield remarks on projects that the last period cuts off, and on packages that never open or never fit."""
    packages, count = scenario.packages, len(scenario.periods)
    if not len(packages):
        return
    periods = np.arange(count)
    may = np.ones((len(scenario.programs), count), dtype=bool)
    rows, names = scenario.programs.items("start")
    may[np.unique(rows)] = False
    for position, period in enumerate(scenario.periods):
        may[rows[names == period], position] = True
    first = np.where(may, periods, count).min(axis=1)[packages.program]
    last = np.where(may, periods, -1).max(axis=1)[packages.program]
    cut, never = (np.zeros(len(scenario.programs), dtype=bool) for _ in range(2))
    opens = first + packages.opens_after
    never[packages.program[packages.is_project & (opens >= count)]] = True
    cut[packages.program[packages.is_project & (last + packages.years > count) & (packages.years > 1)]] = True
    one = "{} has a package that opens after the last period wherever it starts, so its outcomes never count"
    many = "{} have a package that opens after the last period wherever it starts, so its outcomes never count"
    yield from some(scenario, never, one, many)
    one = "{} may start so late that some of its cost falls after the last period, where nothing counts it"
    many = "{} may start so late that some of their cost falls after the last period, where nothing counts it"
    yield from some(scenario, cut & ~never, one, many)
    ceiling = scenario.dollars("spending.at_most")
    cheapest = np.full(len(scenario.programs), np.inf)
    ordered = np.isin(scenario.programs.text("choose")[packages.program], ("", "in_order"))
    counts = ~ordered | (packages.number == 0)
    np.minimum.at(cheapest, packages.program[counts], packages.cost[counts].max(axis=1))
    below: Bools = np.all(cheapest[:, None] * scenario.price_level > ceiling + A_CENT, axis=1)
    below &= np.isfinite(cheapest) & (ceiling > 0).all(axis=1)
    one = "the ceiling of {} is below the cost of any package that it could begin with, so it is never funded"
    many = "the ceilings of {} are below the cost of any package that they could begin with, so they are never funded"
    yield from some(scenario, below, one, many)
    # in a table an empty cell leaves a number out, and the packages after it move up
    owner, count_of = packages.program, np.bincount(packages.program, minlength=len(scenario.programs))
    highest = np.full(len(scenario.programs), -1)
    np.maximum.at(highest, owner, packages.number)
    gaps: Bools = highest + 1 > count_of
    one = "{} leaves out a number among its packages: those after it move up, each on top of the one before"
    many = "{} leave out a number among their packages: those after it move up, each on top of the one before"
    yield from some(scenario, gaps & (scenario.programs.text("choose") != "any"), one, many)


def notes_on_grants(scenario: Scenario) -> Iterator[str]:
    """Yield remarks on funds whose own conditions leave them little or nothing to pay for."""
    funds, periods = list(scenario.funds), list(scenario.periods)
    for at, (name, fund) in enumerate(scenario.funds.items()):
        mine = scenario.eligible[:, at]
        local = mine if fund.match is None else mine & scenario.eligible[:, funds.index(fund.match.from_)]
        if fund.match is not None and fund.match.dollars > 0 and mine.any() and not local.any():
            yield (
                f"fund '{name}' can pay for nothing: fund '{fund.match.from_}', which is to pay its match, may pay for "
                "none of its programs"
            )
        money_in = scenario.revenue(name) + scenario.per_period(fund.one_time)
        first = 0 if fund.starts is None else periods.index(fund.starts)
        last = len(periods) - 1 if fund.ends is None else periods.index(fund.ends)
        late = [period for at, period in enumerate(periods) if money_in[at] > 0 and not first <= at <= last]
        if late:
            yield f"fund '{name}' has revenue in {listed(late)}, and may not pay then"
        if fund.maintenance_of_effort is not None:
            payer = fund.maintenance_of_effort.fund
            asked, most = _effort_asked(scenario, name), _most_kept_up(scenario, payer, mine)
            if (asked > most + A_CENT).all():
                yield (
                    f"fund '{name}' can never be spent: it asks fund '{payer}' to keep up {money(asked[0])}, and its "
                    f"programs can have at most {money(most[0])} of it"
                )


def _most_kept_up(scenario: Scenario, payer: str, programs: Bools) -> Floats:
    """Return a bound on what a fund can spend on some programs: their ceilings, and its money; shape (periods,)."""
    paid = programs & scenario.eligible[:, list(scenario.funds).index(payer)]
    ceilings = scenario.dollars("spending.at_most")[paid]
    fund = scenario.funds[payer]
    received = [other.transfers_to[payer].at_most for other in scenario.funds.values() if payer in other.transfers_to]
    income = scenario.revenue(payer) + scenario.per_period(fund.one_time)
    income = income + sum((scenario.per_period(amount) for amount in received), np.zeros(len(income)))
    most = np.where(np.isnan(ceilings), np.inf, ceilings).sum(axis=0)
    bound: Floats = np.minimum(most, fund.opening_balance + income.cumsum())
    return bound


def _effort_asked(scenario: Scenario, grant: str) -> Floats:
    """Return the local spending that a grant asks to be kept up; dollars, shape (periods,)."""
    effort = scenario.funds[grant].maintenance_of_effort
    assert effort is not None
    if isinstance(effort.at_least, Share):
        mine = select(scenario.programs, scenario.funds[grant].only)
        asked: Floats = effort.at_least * np.nan_to_num(scenario.baselines[mine]).sum(axis=0)
        return asked
    return np.full(len(scenario.periods), float(effort.at_least))


def notes_on_logic(scenario: Scenario) -> Iterator[str]:
    """Yield a remark for each ring of programs that need one another: all are funded together, or none."""
    needs: dict[str, set[str]] = {}
    for rule in scenario.rules:
        if isinstance(rule, RequiresRule):
            needs.setdefault(rule.requires.program, set()).update(rule.requires.needs)
    reached: dict[str, set[str]] = {}
    for start in needs:
        found: set[str] = set()
        left = list(needs[start])
        while left:
            name = left.pop()
            if name not in found:
                found.add(name)
                left.extend(needs.get(name, ()))
        reached[start] = found
    told: set[str] = set()
    for start, found in reached.items():
        ring = [name for name in reached if name in found and start in reached[name]]
        if start in found and start not in told:
            told.update(ring)
            names = listed([f"'{name}'" for name in ring], _MOST_NAMES)
            yield f"programs {names} need one another in a circle: all are funded, or none (`together`)"


def notes_on_prices(scenario: Scenario) -> Iterator[str]:
    """Yield a remark on limits in plain dollars where costs grow from period to period."""
    if len(scenario.periods) < 2:
        return
    grows = scenario.price_level[:, -1] > 1
    plain = np.zeros(len(scenario.programs), dtype=bool)
    for key in ("spending.at_least", "spending.at_most"):
        if (column := scenario.programs.columns.get(key)) is not None:
            plain[column.rows if column.shares is None else column.rows[~column.shares]] = True
    one = "the costs of {} grow, and its limits stay the same dollars: a share of the baseline would grow too"
    many = "the costs of {} grow, and their limits stay the same dollars: shares of the baseline would grow too"
    yield from some(scenario, grows & plain, one, many)
