"""What is no error in a scenario, and worth a look all the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np

from budgetopt.checks.evidence_remarks import evidence_remarks
from budgetopt.checks.objective_checks import affected_names
from budgetopt.checks.remarks import MOST_NAMES, some_programs
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.curves import STRAIGHT, bends_of
from budgetopt.scenario.model import CHANGE, LARGEST_CUT, ChangeRule, Fund, RequiresRule, SumRule
from budgetopt.scenario.payers import local_baselines
from budgetopt.scenario.programs import Bools, Floats
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import attribute_values, select
from budgetopt.scenario.words import listed, money

__all__ = ["notes"]


def notes(scenario: Scenario) -> list[str]:
    """Return remarks on a scenario, one sentence each: what its author may have meant otherwise."""
    kinds = (
        _programs,
        _payers,
        _unmeasured,
        _signs,
        _curves,
        evidence_remarks,
        _outcomes,
        _resources,
        _funds,
        _rules,
        _spellings,
    )
    more = (_projects, _packages, _conditions, _rings, _plain_limits)
    return [*scenario.places.remarks, *(remark for kind in (*kinds, *more) for remark in kind(scenario))]


def _programs(scenario: Scenario) -> Iterator[str]:
    programs = scenario.programs
    if any(isinstance(rule, ChangeRule) for rule in scenario.rules):
        sentence = "{} [has|have] no baseline and [is|are] new: limits on change leave [it|them] alone"
        yield from some_programs(scenario, np.isnan(programs.baseline()), sentence)
    paid: Bools = np.any(scenario.eligible, axis=1)
    yield from some_programs(scenario, ~paid, "{} may be paid for by no fund, so [it gets|they get] nothing")
    affects = programs.measured()
    if scenario.objective and scenario.objective[0].minimize in (CHANGE, LARGEST_CUT):
        affects[:] = True
    sentence = "{} [has|have] no effect on any outcome, so [it gets|they get] only what limits and rules ask for"
    yield from some_programs(scenario, ~affects & paid, sentence)
    rows, names = programs.items("funds")
    excluded = np.zeros(len(programs), dtype=bool)
    for position, name in enumerate(scenario.funds):
        named = rows[names == name]
        excluded[named] |= ~scenario.eligible[named, position]
    sentence = "{} [names|name] a fund whose `only` excludes [it, so that fund|them, so it] pays nothing for [it|them]"
    yield from some_programs(scenario, excluded & paid, sentence)
    total = np.zeros(len(programs))
    for shares in programs.under("districts").values():
        total[shares.rows] += shares.values
    yield from some_programs(scenario, (total > 0) & (total < 1 - 1e-9), "the districts of {} add up to less than 100%")


def _payers(scenario: Scenario) -> Iterator[str]:
    """Yield what `baseline_by_fund` says that other keys say otherwise."""
    programs = scenario.programs
    total = np.zeros(len(programs))
    excluded = np.zeros(len(programs), dtype=bool)
    for name, part in programs.under("baseline_by_fund").items():
        total[part.rows] += part.values
        if name in scenario.funds:
            position = list(scenario.funds).index(name)
            excluded[part.rows] |= (part.values > 0) & ~scenario.eligible[part.rows, position]
    other = (total > 0) & (np.abs(np.nan_to_num(programs.baseline()) - total) > scenario.cent)
    sentence = "the parts in `baseline_by_fund` of {} add up to another sum than [its baseline|their baselines]: "
    yield from some_programs(scenario, other, sentence + "they are taken in proportion")
    sentence = "a fund pays for {} by `baseline_by_fund`, and may not pay for [it|them] by other keys: "
    yield from some_programs(scenario, excluded, sentence + "the current service level keeps no such limit")


def _unmeasured(scenario: Scenario) -> Iterator[str]:
    """Yield how much money the programs without an effect on any outcome have, and what keeps it or releases it."""
    programs, first = scenario.programs, scenario.objective[0] if scenario.objective else None
    baseline, kept = np.nan_to_num(programs.baseline()), scenario.kept[:, 0]
    unmeasured = ~programs.measured() & (baseline > 0)
    if first is None or not unmeasured.any():
        return
    count = int(unmeasured.sum())
    amount, total = money(float(baseline[unmeasured].sum())), money(float(baseline.sum()))
    who = (
        "1 program without an effect on any outcome has"
        if count == 1
        else (f"{count:,} programs without an effect on any outcome have")
    )
    said = f"{who} {amount} of the baseline of {total}"
    if kept.any():
        said += f"; {money(float(kept.sum()))} of it is kept: `spending: {{at_least: 0}}` releases a program"
    elif first.minimize in (CHANGE, LARGEST_CUT):
        said += ", which this objective keeps near as it is"
    elif not scenario.document.keep_unmeasured:
        said += "; to keep their baselines, write `keep_unmeasured: 100%`"
    yield said


def _signs(scenario: Scenario) -> Iterator[str]:
    """Yield programs that make an outcome worse where others make it better: a sign may be wrong."""
    effects, packages = scenario.effects, scenario.packages
    program = np.concatenate((effects.program, packages.program[packages.effect_package]))
    outcome = np.concatenate((effects.outcome, packages.effect_outcome))
    moved = np.concatenate((effects.moved, packages.effect_value))
    for position, (name, known) in enumerate(scenario.outcomes.items()):
        gain = known.worth * np.where(outcome == position, moved, 0.0)
        if known.weight > 0 and (gain < 0).any() and (gain > 0).any():
            worse = np.zeros(len(scenario.programs), dtype=bool)
            worse[program[gain < 0]] = True
            sentence = f"{{}} [makes|make] outcome '{name}' worse, where other programs make it better: "
            yield from some_programs(scenario, worse, sentence + "is the sign of [its effect|their effects] right?")


def _curves(scenario: Scenario) -> Iterator[str]:
    """Yield which curves make all-or-nothing decisions, and which would but for the rounding of their figures."""
    for name, outcome in scenario.outcomes.items():
        key = f"outcomes.{name}.curve"
        if (column := scenario.calculated.columns.get(key)) is None:
            continue
        bends = bends_of(column)
        # where less of the outcome is better, it is a slope that falls which does
        steeper = bends.rising if outcome.worth >= 0 else bends.falling
        bent, smooth = np.zeros(len(scenario.programs), dtype=bool), np.zeros(len(scenario.programs), dtype=bool)
        bent[column.rows[steeper > STRAIGHT]] = True
        if (written := scenario.programs.columns.get(key)) is not None:
            # among the calculated ones stand those of results at the baseline, too
            before, after = (
                bends_of(written),
                bends_of(column.take(np.searchsorted(column.rows, written.rows), written.rows)),
            )
            smoothed = (before.rising > after.rising + STRAIGHT) | (before.falling > after.falling + STRAIGHT)
            smooth[written.rows[smoothed]] = True
        most = Share(round(float(steeper.max(initial=0.0)), 3))
        sentence = f"{{}} [has a curve|have curves] of '{name}' that [gets|get] steeper, by up to {most}: "
        yield from some_programs(scenario, bent, sentence + "each such point is an all-or-nothing decision")
        sentence = f"{{}} [has a curve|have curves] of '{name}' that [gets|get] steeper by the rounding of "
        yield from some_programs(
            scenario, smooth, sentence + "[its|their] figures alone; [it is|they are] read as if not"
        )


def _outcomes(scenario: Scenario) -> Iterator[str]:
    affected = affected_names(scenario, "outcomes")
    named = [said for entry in scenario.objective for said in (entry.maximize, entry.minimize)]
    summed = [rule.sum for rule in scenario.rules if isinstance(rule, SumRule)]
    for name, outcome in scenario.outcomes.items():
        if name not in affected:
            yield f"no program has an effect on outcome '{name}'"
        elif outcome.weight < 0:
            other = "decrease" if outcome.direction == "increase" else "increase"
            yield f"outcome '{name}' has a negative weight: `direction: {other}` with a positive one is plainer"
        elif outcome.weight == 0 and outcome.target is None and not (name in named or f"outcome {name}" in summed):
            yield f"outcome '{name}' has no weight and no target: it is reported, and no part of the objective"


def _resources(scenario: Scenario) -> Iterator[str]:
    used = affected_names(scenario, "uses")
    used |= {other for resource in scenario.resources.values() for other in resource.stand_in}
    for name, resource in scenario.resources.items():
        if name not in used:
            yield f"no program uses resource '{name}'"
        elif resource.capacity is None:
            yield f"resource '{name}' has no capacity: it is counted and not limited"


def _funds(scenario: Scenario) -> Iterator[str]:
    receivers = {other for fund in scenario.funds.values() for other in fund.transfers_to}
    for position, (name, fund) in enumerate(scenario.funds.items()):
        income = scenario.revenue(name).sum() + scenario.per_period(fund.one_time).sum() + fund.opening_balance
        if income == 0 and name not in receivers:
            yield f"fund '{name}' has no money"
        if isinstance(fund.revenue, Mapping):
            left_out = [period for period in scenario.periods if period not in fund.revenue]
            if left_out:
                yield f"fund '{name}' has no revenue in {listed(left_out)}"
        if not scenario.eligible[:, position].any() and not fund.transfers_to:
            yield f"fund '{name}' may pay for no program"


def _rules(scenario: Scenario) -> Iterator[str]:
    for rule in scenario.rules:
        if isinstance(rule, ChangeRule):
            chosen = select(scenario.programs, rule.where)
            if np.isnan(scenario.programs.baseline()[chosen]).all():
                yield f"rule '{rule.name}' limits nothing: none of its programs has a baseline"
    if len(scenario.objective) == 1 and scenario.objective[0].minimize == "spending":
        floors = "spending.at_least" in scenario.programs.columns or bool(scenario.programs.under("spending.at_least"))
        targets = any(outcome.target is not None for outcome in scenario.outcomes.values())
        if not (floors or targets or scenario.rules):
            yield "the cheapest plan spends nothing: there is no target, floor or rule that asks for more"


def _spellings(scenario: Scenario) -> Iterator[str]:
    """Yield words that are one but for capitals and blanks: a rule would select only one of them."""
    for key in ("department", "priority", "tags", "districts", *scenario.programs.under("attributes")):
        seen: dict[str, str] = {}
        for value in attribute_values(scenario.programs, key):
            plain = " ".join(value.replace("_", " ").replace("-", " ").casefold().split())
            if plain in seen:
                yield f"'{seen[plain]}' and '{value}' are two values of '{key}': are they one?"
            seen.setdefault(plain, value)


def _projects(scenario: Scenario) -> Iterator[str]:
    """Yield remarks on projects that the last period cuts off."""
    packages, programs, count = scenario.packages, scenario.programs, len(scenario.periods)
    may = np.ones((len(programs), count), dtype=bool)
    rows, names = programs.items("start")
    may[np.unique(rows)] = False
    for position, period in enumerate(scenario.periods):
        may[rows[names == period], position] = True
    first = np.where(may, np.arange(count), count).min(axis=1)[packages.program]
    last = np.where(may, np.arange(count), -1).max(axis=1)[packages.program]
    cut, never = np.zeros((2, len(programs)), dtype=bool)
    never[packages.program[packages.is_project & (first + packages.opens_after >= count)]] = True
    cut[packages.program[packages.is_project & (last + packages.years > count) & (packages.years > 1)]] = True
    sentence = "{} [has|have] a package that opens after the last period wherever it starts, "
    yield from some_programs(scenario, never, sentence + "so its outcomes never count")
    sentence = "{} may start so late that some of [its|their] cost falls after the last period, where nothing counts it"
    yield from some_programs(scenario, cut & ~never, sentence)


def _packages(scenario: Scenario) -> Iterator[str]:
    """Yield remarks on packages that never fit, and on numbers of packages that are left out."""
    packages, programs = scenario.packages, scenario.programs
    if not len(packages):
        return
    ceiling, choice = scenario.dollars("spending.at_most"), programs.text("choose")
    first = ~np.isin(choice[packages.program], ("", "in_order")) | (packages.rank == 0)
    cheapest = np.full(len(programs), np.inf)
    np.minimum.at(cheapest, packages.program[first], packages.cost[first].max(axis=1))
    below: Bools = np.all(cheapest[:, None] * scenario.price_level > ceiling + scenario.cent, axis=1)
    below &= np.isfinite(cheapest) & (ceiling > 0).all(axis=1)
    sentence = "the [ceiling|ceilings] of {} [is|are] below the cost of any package that [it|they] could begin with, "
    yield from some_programs(scenario, below, sentence + "so [it is|they are] never funded")
    # in a table an empty cell leaves a number out, and the packages after it move up
    highest = np.full(len(programs), -1)
    np.maximum.at(highest, packages.program, packages.number)
    gaps = (highest + 1 > np.bincount(packages.program, minlength=len(programs))) & (choice != "any")
    sentence = "{} [leaves|leave] out a number among [its|their] packages: those after it move up, "
    yield from some_programs(scenario, gaps, sentence + "each on top of the one before")


def _conditions(scenario: Scenario) -> Iterator[str]:
    """Yield remarks on funds whose own conditions leave them little or nothing to pay for."""
    funds, periods = list(scenario.funds), list(scenario.periods)
    for position, (name, fund) in enumerate(scenario.funds.items()):
        mine = scenario.eligible[:, position]
        if fund.match is not None and fund.match.dollars > 0 and mine.any():
            payer = fund.match.from_
            if not (mine & scenario.eligible[:, funds.index(payer)]).any():
                yield (
                    f"fund '{name}' can pay for nothing: fund '{payer}', which is to pay its match, may pay for none "
                    "of its programs"
                )
        income = scenario.revenue(name) + scenario.per_period(fund.one_time)
        first = 0 if fund.starts is None else periods.index(fund.starts)
        last = len(periods) - 1 if fund.ends is None else periods.index(fund.ends)
        late = [period for at, period in enumerate(periods) if income[at] > 0 and not first <= at <= last]
        if late:
            yield f"fund '{name}' has revenue in {listed(late)}, and may not pay then"
        yield from _effort(scenario, name, fund, mine)


def _effort(scenario: Scenario, name: str, fund: Fund, mine: Bools) -> Iterator[str]:
    """Yield a remark on local spending to be kept up that is more than can be spent."""
    effort = fund.maintenance_of_effort
    if effort is None:
        return
    asked = scenario.per_period(effort.at_least)
    if isinstance(effort.at_least, Share):
        local = np.array([other == effort.fund for other in scenario.funds], dtype=bool)
        asked = asked * local_baselines(scenario, local)[mine].sum(axis=0)
    most = _most_kept_up(scenario, effort.fund, mine)
    if (asked > most + scenario.cent).all():
        yield (
            f"fund '{name}' can never be spent: it asks fund '{effort.fund}' to keep up {money(asked[0])}, and its "
            f"programs can have at most {money(most[0])} of it"
        )


def _most_kept_up(scenario: Scenario, payer: str, programs: Bools) -> Floats:
    """Return a bound on what a fund can spend on some programs: their ceilings, and its money; shape (periods,)."""
    ceilings = scenario.dollars("spending.at_most")[programs & scenario.eligible[:, list(scenario.funds).index(payer)]]
    income = scenario.revenue(payer) + scenario.per_period(scenario.funds[payer].one_time)
    for other in scenario.funds.values():
        if payer in other.transfers_to:
            income = income + scenario.per_period(other.transfers_to[payer].at_most)
    most = np.where(np.isnan(ceilings), np.inf, ceilings).sum(axis=0)
    bound: Floats = np.minimum(most, scenario.funds[payer].opening_balance + income.cumsum())
    return bound


def _rings(scenario: Scenario) -> Iterator[str]:
    """Yield a remark for each ring of programs that need one another: all are funded together, or none."""
    needs: dict[str, set[str]] = defaultdict(set)
    for rule in scenario.rules:
        if isinstance(rule, RequiresRule):
            needs[rule.requires.program].update(rule.requires.needs)
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
    for start, found in reached.items():
        ring = [name for name in reached if name in found and start in reached[name]]
        if ring[:1] == [start]:  # the others of it have the same ring
            names = listed([f"'{name}'" for name in ring], MOST_NAMES)
            yield f"programs {names} need one another in a circle: all are funded, or none (`together`)"


def _plain_limits(scenario: Scenario) -> Iterator[str]:
    """Yield a remark on limits in plain dollars where costs grow from period to period."""
    if len(scenario.periods) < 2:
        return
    plain = np.zeros(len(scenario.programs), dtype=bool)
    for key in ("spending.at_least", "spending.at_most"):
        if (column := scenario.programs.columns.get(key)) is not None:
            plain[column.rows if column.shares is None else column.rows[~column.shares]] = True
    sentence = "the costs of {} grow, and [its|their] limits stay the same dollars: "
    sentence += "[a share|shares] of the baseline would grow too"
    yield from some_programs(scenario, (scenario.price_level[:, -1] > 1) & plain, sentence)
